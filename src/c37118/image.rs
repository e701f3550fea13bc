//! A CFG-3 as another implementation sends it when one frame cannot hold it: one image of several
//! frames, each but the last of them 65,535 bytes long, with one check word over everything at the very
//! end. The standard wants a check word in each frame.

use super::configuration::{Configuration, ConfigurationForm};
use super::error::C37118Error;
use super::fragments::MOST_BYTES;
use super::frame::{
    CHECK_SIZE, Frame, FrameType, HEADER_SIZE, INDEX_SIZE, LAST, MAX_FRAME_SIZE, check_word, read_kind,
    read_size,
};

/// Bytes before what a part carries of the configuration.
const PART_HEADER_SIZE: usize = HEADER_SIZE + INDEX_SIZE;

/// How long an image is.
pub(super) enum ImageSize {
    /// It is none.
    None,
    /// Unknown before there are so many bytes.
    Need(usize),
    /// So many bytes.
    Whole(usize),
}

/// How long the image is that begins here.
pub(super) fn measure(bytes: &[u8]) -> ImageSize {
    let (mut at, mut expected) = (0, 1);
    while at + MAX_FRAME_SIZE <= MOST_BYTES {
        let Some(header) = bytes.get(at..at + PART_HEADER_SIZE) else {
            return ImageSize::Need(at + PART_HEADER_SIZE);
        };
        match part(header) {
            Some((MAX_FRAME_SIZE, index)) if index == expected => {}
            Some((size, LAST)) if expected > 1 => {
                let size = at + size;
                return if bytes.len() < size { ImageSize::Need(size) } else { ImageSize::Whole(size) };
            }
            _ => return ImageSize::None,
        }
        at += MAX_FRAME_SIZE;
        expected += 1;
    }
    ImageSize::None
}

/// Length and CONT_IDX of a part.
fn part(header: &[u8]) -> Option<(usize, u16)> {
    let prefix = *header.first_chunk()?;
    let size = read_size(prefix).ok()?;
    let (kind, _) = read_kind(prefix[1]).ok()?;
    let index = u16::from_be_bytes(*header.last_chunk()?);
    (kind == FrameType::Configuration3).then_some((size, index))
}

/// Whether the check word at the end of an image is right.
pub(super) fn is_undamaged(image: &[u8]) -> bool {
    image.split_last_chunk().is_some_and(|(content, check)| check_word(content) == u16::from_be_bytes(*check))
}

impl<'a> Frame<'a> {
    /// Checks the frame that `bytes` are, no more and no less: also a CFG-3 that is one image of several frames.
    ///
    /// # Errors
    ///
    /// [`C37118Error`] when they are not one whole, undamaged frame of version 1 or 2.
    pub fn decode(bytes: &'a [u8]) -> Result<Frame<'a>, C37118Error> {
        let is_longer = bytes.len() > MAX_FRAME_SIZE;
        match is_longer.then(|| measure(bytes)) {
            Some(ImageSize::Whole(size)) if size == bytes.len() => Frame::checked(bytes),
            _ => Frame::decode_single(bytes),
        }
    }
}

/// Reads an undamaged image.
///
/// # Errors
///
/// Those of [`Configuration::decode`].
pub(super) fn decode(frame: &Frame<'_>) -> Result<Configuration, C37118Error> {
    let content = &frame.bytes[..frame.bytes.len() - CHECK_SIZE];
    // Where a whole configuration has CONT_IDX.
    let mut payload = vec![0; INDEX_SIZE];
    for part in content.chunks(MAX_FRAME_SIZE) {
        payload.extend_from_slice(part.get(PART_HEADER_SIZE..).unwrap_or_default());
    }
    Configuration::decode_payload(frame, ConfigurationForm::Cfg3, &payload)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::FrameAssembler;
    use super::super::Message;
    use super::super::configuration::sample;
    use super::super::frame;
    use super::*;

    /// The image that tells a configuration.
    pub(crate) fn image(configuration: &Configuration) -> Vec<u8> {
        let mut payload = Vec::new();
        configuration.write(&mut payload).unwrap();
        let parts: Vec<_> = payload.chunks(MAX_FRAME_SIZE - PART_HEADER_SIZE).collect();
        let (mut image, mut header) = (Vec::new(), Vec::new());
        for (number, part) in parts.iter().enumerate() {
            let is_last = number + 1 == parts.len();
            let kind = FrameType::Configuration3;
            frame::begin(&mut header, kind, configuration.version, configuration.id_code, configuration.time);
            let size = if is_last { PART_HEADER_SIZE + part.len() + CHECK_SIZE } else { MAX_FRAME_SIZE };
            header[2..4].copy_from_slice(&(size as u16).to_be_bytes());
            let index = if is_last { LAST } else { number as u16 + 1 };
            image.extend_from_slice(&header);
            image.extend_from_slice(&index.to_be_bytes());
            image.extend_from_slice(part);
        }
        let check = check_word(&image);
        image.extend_from_slice(&check.to_be_bytes());
        image
    }

    #[test]
    fn an_image_of_several_frames_is_found_and_read() {
        let mut configuration = sample(ConfigurationForm::Cfg3);
        let pmu = configuration.pmus[0].clone();
        configuration.pmus.resize(300, pmu);
        let mut stream = b"garbage".to_vec();
        stream.extend_from_slice(&image(&configuration));
        let mut damaged = image(&configuration);
        damaged[70_000] ^= 4;
        stream.extend_from_slice(&damaged);
        stream.extend_from_slice(&image(&configuration));
        for piece in [4096, 65_536, usize::MAX] {
            let mut assembler = FrameAssembler::default();
            let mut found = Vec::new();
            for piece in stream.chunks(piece) {
                assembler.receive(piece, |frame| match frame.message().unwrap() {
                    Message::Configuration(configuration) => found.push(*configuration),
                    other => panic!("{other:?}"),
                });
            }
            assert_eq!(found, [configuration.clone(), configuration.clone()], "pieces of {piece}");
        }
        let whole = image(&configuration);
        assert_eq!(Frame::decode(&whole).unwrap().bytes, whole);
        assert!(matches!(Frame::decode(&damaged), Err(C37118Error::BadCheck { .. })));
        assert!(Frame::decode(&whole[..whole.len() - 1]).is_err(), "part of an image");
        assert!(Frame::decode(&[whole.as_slice(), &[0]].concat()).is_err(), "more than an image");
    }
}
