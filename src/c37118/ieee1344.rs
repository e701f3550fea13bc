//! IEEE 1344, which came before C37.118. It is recognised, so that it can be refused by its name.
//!
//! Its frames have no byte that marks their begin: SOC (4 bytes), a sample count whose three upper bits are the type of
//! the frame (2), a status word whose eleven lower bits are the length of the frame (2), what the frame carries, and the
//! check word of C37.118 (2).

use super::frame::{CHECK_SIZE, SYNC, check_word};

/// Bytes up to the length, itself included.
const PREFIX_SIZE: usize = 8;
/// Bits of the status word that are the length.
const LENGTH_BITS: u16 = 0x07FF;
/// The fewest bytes that a frame can have.
const LEAST_SIZE: usize = PREFIX_SIZE + 2 + CHECK_SIZE;
/// The highest type that has a meaning: data, header, configuration.
const LAST_TYPE: u8 = 2;

/// Looks at the begin of a stream, and at datagrams, until it has seen a frame of IEEE 1344.
#[derive(Debug, Default)]
pub(super) struct Recogniser {
    /// The first bytes of the stream, until they tell.
    begin: Vec<u8>,
    /// The begin of the stream is over.
    is_over: bool,
    /// There was such a frame.
    has_seen: bool,
}

impl Recogniser {
    /// Another stream begins.
    pub(super) fn restart(&mut self) {
        self.begin.clear();
        self.is_over = false;
    }

    /// Bytes of the stream. True, once, when a frame of IEEE 1344 is the first that came.
    pub(super) fn sees(&mut self, bytes: &[u8]) -> bool {
        if self.is_over || self.has_seen {
            return false;
        }
        let room = usize::from(LENGTH_BITS) - self.begin.len();
        self.begin.extend_from_slice(&bytes[..room.min(bytes.len())]);
        let Some(prefix) = self.begin.first_chunk() else { return false };
        let size = read_size(*prefix);
        if size.is_some_and(|size| size > self.begin.len()) {
            return false;
        }
        self.is_over = true;
        self.has_seen = size.is_some_and(|size| is_undamaged(&self.begin[..size]));
        self.begin = Vec::new();
        self.has_seen
    }

    /// A datagram. True, once, when it is a frame of IEEE 1344.
    pub(super) fn sees_datagram(&mut self, bytes: &[u8]) -> bool {
        let size = bytes.first_chunk().and_then(|prefix| read_size(*prefix));
        let is_first = !self.has_seen && size == Some(bytes.len()) && is_undamaged(bytes);
        self.has_seen |= is_first;
        is_first
    }
}

/// The length of what may be a frame that begins so.
fn read_size(prefix: [u8; PREFIX_SIZE]) -> Option<usize> {
    let [first, _, _, _, count, _, status @ ..] = prefix;
    let size = usize::from(u16::from_be_bytes(status) & LENGTH_BITS);
    (first != SYNC && count >> 5 <= LAST_TYPE && size >= LEAST_SIZE).then_some(size)
}

fn is_undamaged(frame: &[u8]) -> bool {
    let (content, check) = frame.split_at(frame.len() - CHECK_SIZE);
    check == check_word(content).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A data frame of two phasors: frequency and its rate of change behind them.
    fn frame() -> Vec<u8> {
        let mut frame = 0xECD1_0A00_u32.to_be_bytes().to_vec();
        for word in [0x0123, 0x4000 | 22, 1000, 0, 2000, 90, 5, 0] {
            frame.extend_from_slice(&u16::to_be_bytes(word));
        }
        let check = check_word(&frame);
        frame.extend_from_slice(&check.to_be_bytes());
        frame
    }

    #[test]
    fn a_stream_that_begins_with_such_a_frame_is_recognised_once() {
        let stream = [frame(), frame()].concat();
        for piece in [1, 5, 22, 44] {
            let mut recogniser = Recogniser::default();
            let seen = stream.chunks(piece).filter(|bytes| recogniser.sees(bytes)).count();
            assert_eq!(seen, 1, "pieces of {piece}");
            recogniser.restart();
            assert!(!recogniser.sees(&stream));
        }
        let mut recogniser = Recogniser::default();
        let late = [&[0], &stream[..]].concat();
        assert!(!recogniser.sees(&late) && !recogniser.sees(&stream));
        recogniser.restart();
        assert!(recogniser.sees(&stream));
    }

    #[test]
    fn nothing_else_is_taken_for_one() {
        for place in 0..frame().len() {
            let mut damaged = frame();
            damaged[place] ^= 1;
            assert!(!Recogniser::default().sees_datagram(&damaged), "byte {place}");
            assert!(!Recogniser::default().sees(&damaged), "byte {place}");
        }
        let mut recogniser = Recogniser::default();
        let longer = [frame(), vec![0]].concat();
        for bytes in [&[][..], &frame()[..21], &longer, &[0; 2000], &[0xAA; 2000]] {
            assert!(!recogniser.sees_datagram(bytes));
        }
        assert!(recogniser.sees_datagram(&frame()));
        assert!(!recogniser.sees_datagram(&frame()), "it was told");
    }
}
