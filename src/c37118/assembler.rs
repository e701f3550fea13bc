//! Frames in a stream of bytes.

use super::error::C37118Error;
use super::frame::{Frame, PREFIX_SIZE, SYNC, check_word, read_size};
use super::ieee1344::Recogniser;
use super::image::{self, ImageSize};

/// What became of the bytes of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct AssemblerCounts {
    /// Frames that were found.
    pub frames: u64,
    /// Places where a frame seemed to begin, but its check word was wrong.
    pub bad_checks: u64,
    /// Bytes that belonged to no frame.
    pub skipped_bytes: u64,
}

/// Bytes whose check words may be computed for each byte received, where check words turn out wrong:
/// bytes that look like the begin of a long frame over and over must not cost more.
const CHECKED_PER_BYTE: u64 = 16;
/// As much may be checked at once.
const MOST_CREDIT: u64 = 4 << 20;

/// Cuts a stream of bytes into frames. After bytes that are no frame it goes on at the next place
/// where one may begin, so a good frame behind garbage is found. It keeps one frame at most, which is
/// 65,535 bytes, or a CFG-3 that comes as one image of several.
#[derive(Debug)]
pub struct FrameAssembler {
    pending: Vec<u8>,
    counts: AssemblerCounts,
    /// Bytes that belonged to no frame, when the latest one was found.
    skipped_at_frame: u64,
    /// Frames that were found in streams before this one.
    frames_before: u64,
    /// Bytes that may still be checked in vain.
    credit: u64,
    unsupported: Option<C37118Error>,
    /// Looks for IEEE 1344 until there is a good frame; None where commands are expected.
    older: Option<Recogniser>,
    /// A CFG-3 may come as one image of several frames.
    takes_images: bool,
}

impl Default for FrameAssembler {
    fn default() -> FrameAssembler {
        FrameAssembler {
            pending: Vec::new(),
            counts: AssemblerCounts::default(),
            skipped_at_frame: 0,
            frames_before: 0,
            credit: MOST_CREDIT,
            unsupported: None,
            older: Some(Recogniser::default()),
            takes_images: true,
        }
    }
}

/// What is behind the bytes at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rest {
    /// More bytes, in a call to come.
    Follows,
    /// Nothing.
    Lost,
}

/// What the bytes at some place are.
enum Step {
    /// Unknown before there are so many.
    Need(usize),
    /// A frame of so many bytes.
    Frame(usize),
    /// No frame. So many bytes were checked to know it.
    Nothing(C37118Error, usize),
}

impl FrameAssembler {
    /// One that never keeps more than 65,535 bytes: for those who get commands, not configurations.
    pub fn for_commands() -> FrameAssembler {
        FrameAssembler { takes_images: false, older: None, ..FrameAssembler::default() }
    }

    /// Hands each whole frame to `visit`, in order. `bytes` continue those of the call before.
    pub fn receive(&mut self, mut bytes: &[u8], mut visit: impl FnMut(Frame<'_>)) {
        self.credit = MOST_CREDIT.min(self.credit + CHECKED_PER_BYTE * bytes.len() as u64);
        let is_older = self.older.as_mut().is_some_and(|older| older.sees(bytes));
        while !self.pending.is_empty() && !bytes.is_empty() {
            // No more is copied than what was begun needs.
            if let Step::Need(length) = self.examine(&self.pending) {
                let (more, rest) = bytes.split_at((length - self.pending.len()).min(bytes.len()));
                self.pending.extend_from_slice(more);
                bytes = rest;
            }
            let mut pending = std::mem::take(&mut self.pending);
            let used = self.scan(&pending, Rest::Follows, &mut visit);
            pending.drain(..used);
            self.pending = pending;
        }
        let used = self.scan(bytes, Rest::Follows, &mut visit);
        self.pending.extend_from_slice(&bytes[used..]);
        self.note_older(is_older);
    }

    /// Hands each frame of a datagram to `visit`, in order. What the datagram does not hold whole is lost.
    pub fn receive_datagram(&mut self, bytes: &[u8], mut visit: impl FnMut(Frame<'_>)) {
        self.credit = MOST_CREDIT.min(self.credit + CHECKED_PER_BYTE * bytes.len() as u64);
        let is_older = self.older.as_mut().is_some_and(|older| older.sees_datagram(bytes));
        // A datagram begins where a frame does.
        self.skipped_at_frame = self.counts.skipped_bytes;
        self.scan(bytes, Rest::Lost, &mut visit);
        self.note_older(is_older);
    }

    /// Whether what came is a frame of IEEE 1344. Those who speak C37.118 do not speak it.
    fn note_older(&mut self, is_older: bool) {
        if self.counts.frames > 0 {
            self.older = None;
        } else if is_older {
            self.unsupported = Some(C37118Error::Ieee1344);
        }
    }

    /// Forgets a frame that was begun: the bytes that come next are those of another stream.
    pub fn restart(&mut self) {
        self.counts.skipped_bytes += self.pending.len() as u64;
        self.skipped_at_frame = self.counts.skipped_bytes;
        self.frames_before = self.counts.frames;
        self.pending.clear();
        if let Some(older) = &mut self.older {
            older.restart();
        }
    }

    /// Whether a frame has begun whose end is still to come.
    pub fn has_begun(&self) -> bool {
        !self.pending.is_empty()
    }

    /// What was found and lost so far.
    pub fn counts(&self) -> AssemblerCounts {
        self.counts
    }

    /// Bytes since the latest frame that belonged to none.
    pub(super) fn skipped_since_frame(&self) -> u64 {
        self.counts.skipped_bytes - self.skipped_at_frame
    }

    /// Why what looks like a frame is none that can be read: a version that is not supported, or IEEE 1344.
    /// Taken once.
    pub fn take_unsupported(&mut self) -> Option<C37118Error> {
        self.unsupported.take()
    }

    /// Takes all frames out of `bytes`. Returns the place of the first byte that is still needed: where
    /// a frame begins that is not whole yet.
    fn scan(&mut self, bytes: &[u8], following: Rest, visit: &mut impl FnMut(Frame<'_>)) -> usize {
        let mut at = 0;
        while let Some(garbage) = bytes[at..].iter().position(|byte| *byte == SYNC) {
            self.counts.skipped_bytes += garbage as u64;
            at += garbage;
            let rest = &bytes[at..];
            match self.examine(rest) {
                Step::Need(_) if following == Rest::Follows => return at,
                Step::Need(_) => {
                    self.counts.skipped_bytes += 1;
                    at += 1;
                }
                Step::Frame(size) => {
                    if let Ok(frame) = Frame::unchecked(&rest[..size]) {
                        self.counts.frames += 1;
                        self.skipped_at_frame = self.counts.skipped_bytes;
                        visit(frame);
                    }
                    at += size;
                }
                Step::Nothing(error, checked) => at += self.skip(rest, error, checked),
            }
        }
        self.counts.skipped_bytes += (bytes.len() - at) as u64;
        bytes.len()
    }

    /// Counts bytes that are no frame, and returns how many there are to leave out.
    fn skip(&mut self, bytes: &[u8], error: C37118Error, checked: usize) -> usize {
        match error {
            C37118Error::BadCheck { .. } => self.counts.bad_checks += 1,
            C37118Error::UnknownVersion(_) if self.may_be_unsupported(bytes) => {
                self.unsupported = Some(error)
            }
            _ => {}
        }
        let (remaining, is_short) = self.credit.overflowing_sub(checked as u64);
        let skipped = if is_short { checked } else { 1 };
        self.credit = if is_short { 0 } else { remaining };
        self.counts.skipped_bytes += skipped as u64;
        skipped
    }

    /// Whether what looks like the begin of a frame of another version is one, and no bytes of a damaged frame: it is
    /// where a frame begins, and either nobody has sent any other frame here, or its check word is right.
    fn may_be_unsupported(&self, bytes: &[u8]) -> bool {
        let is_whole_and_right = || {
            let size = bytes.get(2..4).map(|size| usize::from(u16::from_be_bytes([size[0], size[1]])));
            let frame = size.and_then(|size| bytes.get(..size));
            let split = frame.and_then(<[u8]>::split_last_chunk);
            split.is_some_and(|(checked, check)| check_word(checked) == u16::from_be_bytes(*check))
        };
        self.skipped_since_frame() == 0 && (self.counts.frames == self.frames_before || is_whole_and_right())
    }

    /// What begins at the first of these bytes.
    fn examine(&self, bytes: &[u8]) -> Step {
        let Some(prefix) = bytes.first_chunk() else { return Step::Need(PREFIX_SIZE) };
        let size = match read_size(*prefix) {
            Ok(size) => size,
            Err(error) => return Step::Nothing(error, 0),
        };
        let Some(frame) = bytes.get(..size) else { return Step::Need(size) };
        match Frame::decode(frame) {
            Ok(_) => Step::Frame(size),
            Err(error) if !self.takes_images => Step::Nothing(error, size),
            Err(error) => match image::measure(bytes) {
                ImageSize::None => Step::Nothing(error, size),
                ImageSize::Need(size) => Step::Need(size),
                ImageSize::Whole(size) if image::is_undamaged(&bytes[..size]) => Step::Frame(size),
                ImageSize::Whole(size) => Step::Nothing(error, size),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::encode_header;
    use super::super::{FrameTime, Version};
    use super::*;
    use proptest::prelude::*;

    fn header(text: &str) -> Vec<u8> {
        let mut frame = Vec::new();
        encode_header(&mut frame, Version::V2, 7, FrameTime::default(), text.as_bytes()).unwrap();
        frame
    }

    fn texts(assembler: &mut FrameAssembler, stream: &[u8], piece: usize) -> Vec<String> {
        let mut found = Vec::new();
        for piece in stream.chunks(piece) {
            assembler
                .receive(piece, |frame| found.push(String::from_utf8_lossy(frame.payload()).into_owned()));
        }
        found
    }

    #[test]
    fn frames_are_found_behind_garbage_and_damage() {
        let mut damaged = header("damaged");
        damaged[16] ^= 1;
        let stream = [
            b"noise\xAA".as_slice(),
            &header("one"),
            &damaged,
            b"\xAA\x72",
            &header("two"),
            &header("three"),
        ];
        let stream = stream.concat();
        for piece in [1, 2, 3, 7, 1000] {
            let mut assembler = FrameAssembler::default();
            assert_eq!(texts(&mut assembler, &stream, piece), ["one", "two", "three"], "pieces of {piece}");
            let counts = assembler.counts();
            assert_eq!((counts.frames, counts.bad_checks), (3, 1));
            assert_eq!(counts.skipped_bytes, 6 + 2 + damaged.len() as u64);
        }
    }

    #[test]
    fn an_unsupported_version_is_told() {
        let mut frame = header("new");
        frame[1] = 0x13;
        let mut assembler = FrameAssembler::default();
        assert!(texts(&mut assembler, &frame, 100).is_empty());
        assert_eq!(assembler.take_unsupported(), Some(C37118Error::UnknownVersion(3)));
        assert_eq!(assembler.take_unsupported(), None);
    }

    #[test]
    fn bytes_of_a_damaged_frame_are_no_other_version() {
        let mut damaged = header("x\u{aa}\x03\0\x18 and so on");
        let place = damaged.iter().position(|byte| *byte == 0xC2).unwrap();
        damaged[place] = b'x';
        assert_eq!(damaged[place + 1..place + 3], [0xAA, 0x03]);
        let mut assembler = FrameAssembler::default();
        assert_eq!(texts(&mut assembler, &header("one"), 100), ["one"]);
        assert!(texts(&mut assembler, &damaged, 100).is_empty());
        assert_eq!((assembler.take_unsupported(), assembler.counts().bad_checks), (None, 1));
        // Nor where it is the first that comes.
        let mut assembler = FrameAssembler::default();
        assert!(texts(&mut assembler, &damaged, 7).is_empty());
        assert_eq!(assembler.take_unsupported(), None);
        // Of several who send datagrams, one may speak another version.
        let mut newer = header("new");
        newer[1] = 0x13;
        let (checked, check) = newer.split_last_chunk_mut().unwrap();
        *check = check_word(checked).to_be_bytes();
        for (damage, told) in [(0, Some(C37118Error::UnknownVersion(3))), (1, None)] {
            newer[8] ^= damage;
            let mut assembler = FrameAssembler::default();
            assembler.receive_datagram(&header("one"), |_| {});
            assembler.receive_datagram(&newer, |_| panic!("it is read"));
            assert_eq!(assembler.take_unsupported(), told);
        }
        // Another stream may be that of another device.
        assembler.restart();
        assert!(texts(&mut assembler, &newer, 3).is_empty());
        assert_eq!(assembler.take_unsupported(), Some(C37118Error::UnknownVersion(3)));
    }

    #[test]
    fn begins_of_long_frames_over_and_over_cost_no_more_than_the_credit() {
        let mut assembler = FrameAssembler::default();
        let hostile = [0xAA, 0x01, 0xFF, 0xFF].repeat(40_000);
        let mut begun = 0;
        for piece in hostile.chunks(1000) {
            assembler.receive(piece, |_| begun += 1);
        }
        let counts = assembler.counts();
        let affordable = (MOST_CREDIT + CHECKED_PER_BYTE * hostile.len() as u64) / 65_535;
        assert!(begun == 0 && counts.bad_checks <= affordable + 8, "{counts:?}");
        // The last of them is still thought of as a frame; once it is over, good ones are found again.
        assembler.receive(&[0; 65_535], |_| {});
        assert_eq!(texts(&mut assembler, &header("good"), 9), ["good"]);
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            parts in proptest::collection::vec(
                prop_oneof![
                    "[a-z]{0,40}".prop_map(|text| header(&text)),
                    proptest::collection::vec(prop_oneof![Just(SYNC), Just(0x12_u8), any::<u8>()], 0..30),
                ],
                0..20,
            ),
            piece in 1_usize..60,
        ) {
            let stream = parts.concat();
            let (mut whole, mut pieced) = (FrameAssembler::default(), FrameAssembler::default());
            let found = texts(&mut whole, &stream, stream.len().max(1));
            prop_assert_eq!(texts(&mut pieced, &stream, piece), found);
            prop_assert_eq!(pieced.counts(), whole.counts());
        }
    }
}
