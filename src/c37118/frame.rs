//! One frame: its header, its length, its check word.

use bytes::BufMut;
use crc::{CRC_16_IBM_3740, Crc, Table};

use super::command::Command;
use super::error::C37118Error;
use super::time::FrameTime;
use crate::wire::Reader;

/// CRC-CCITT with polynomial 1021 and start FFFF, neither reflected nor inverted, by sixteen tables.
static CHECK: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_IBM_3740);

/// First byte of every frame.
pub(super) const SYNC: u8 = 0xAA;
/// Bytes before what a frame carries: SYNC, FRAMESIZE, IDCODE, SOC, FRACSEC.
pub(super) const HEADER_SIZE: usize = 14;
/// Where SOC and FRACSEC are: behind SYNC, FRAMESIZE and IDCODE.
pub(super) const TIME_OFFSET: usize = 6;
/// Bytes of the check word.
pub(super) const CHECK_SIZE: usize = 2;
/// Bytes that say how long a frame is: SYNC and FRAMESIZE.
pub(super) const PREFIX_SIZE: usize = 4;
/// Largest frame that FRAMESIZE can tell.
pub(super) const MAX_FRAME_SIZE: usize = u16::MAX as usize;
/// Bytes of CONT_IDX, in front of what a CFG-3 carries.
pub(super) const INDEX_SIZE: usize = 2;
/// CONT_IDX of the last piece of a CFG-3 in several.
pub(super) const LAST: u16 = 0xFFFF;
/// Bytes of CMD.
const COMMAND_SIZE: usize = 2;
/// Largest payload of an extended command: 65,517 bytes.
const MAX_EXTENDED: usize = MAX_FRAME_SIZE - HEADER_SIZE - COMMAND_SIZE - CHECK_SIZE;

/// What kind of frame it is: bits 6 to 4 of SYNC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameType {
    /// Measurements.
    Data,
    /// A text for people.
    Header,
    /// What the device is able to give.
    Configuration1,
    /// What the data frames carry.
    Configuration2,
    /// What the data frames carry, in the longer form of version 2.
    Configuration3,
    /// A command to the device.
    Command,
}

impl FrameType {
    fn from_code(code: u8) -> Option<FrameType> {
        Some(match code {
            0 => FrameType::Data,
            1 => FrameType::Header,
            2 => FrameType::Configuration1,
            3 => FrameType::Configuration2,
            5 => FrameType::Configuration3,
            4 => FrameType::Command,
            _ => return None,
        })
    }

    fn code(self) -> u8 {
        match self {
            FrameType::Data => 0,
            FrameType::Header => 1,
            FrameType::Configuration1 => 2,
            FrameType::Configuration2 => 3,
            FrameType::Configuration3 => 5,
            FrameType::Command => 4,
        }
    }

    /// Its name in messages.
    pub const fn name(self) -> &'static str {
        match self {
            FrameType::Data => "data frame",
            FrameType::Header => "header frame",
            FrameType::Configuration1 => "CFG-1",
            FrameType::Configuration2 => "CFG-2",
            FrameType::Configuration3 => "CFG-3",
            FrameType::Command => "command frame",
        }
    }

    /// The fewest bytes that such a frame has.
    const fn least_size(self) -> usize {
        HEADER_SIZE
            + CHECK_SIZE
            + match self {
                FrameType::Data | FrameType::Command => 2,
                FrameType::Header => 0,
                FrameType::Configuration1 | FrameType::Configuration2 => 8,
                FrameType::Configuration3 => 2,
            }
    }
}

/// Which standard a frame follows: bits 3 to 0 of SYNC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// C37.118-2005.
    V1,
    /// C37.118.2-2011.
    V2,
}

impl Version {
    fn from_code(code: u8) -> Option<Version> {
        match code {
            1 => Some(Version::V1),
            2 => Some(Version::V2),
            _ => None,
        }
    }

    /// 1 or 2.
    pub const fn number(self) -> u8 {
        match self {
            Version::V1 => 1,
            Version::V2 => 2,
        }
    }

    /// The name of the protocol in metadata, as openPDC has it.
    pub const fn protocol_name(self) -> &'static str {
        match self {
            Version::V1 => "IEEE C37.118-2005",
            Version::V2 => "IEEE C37.118.2-2011",
        }
    }
}

/// The type and version that the second byte of a frame tells.
pub(super) fn read_kind(second: u8) -> Result<(FrameType, Version), C37118Error> {
    let code = second >> 4;
    let kind = FrameType::from_code(code).ok_or(C37118Error::UnknownType(code))?;
    let version = Version::from_code(second & 15).ok_or(C37118Error::UnknownVersion(second & 15))?;
    Ok((kind, version))
}

/// The length that a frame claims by its first four bytes.
pub(super) fn read_size(prefix: [u8; PREFIX_SIZE]) -> Result<usize, C37118Error> {
    let [sync, second, high, low] = prefix;
    if sync != SYNC {
        return Err(C37118Error::NoSync(sync));
    }
    let (kind, _) = read_kind(second)?;
    let size = usize::from(u16::from_be_bytes([high, low]));
    if size < kind.least_size() {
        let (what, least) = (kind.name(), kind.least_size());
        return Err(C37118Error::Size { what, size, least, most: MAX_FRAME_SIZE });
    }
    Ok(size)
}

/// A frame whose type, version, length and check word are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What kind of frame it is.
    pub kind: FrameType,
    /// Which standard it follows.
    pub version: Version,
    /// The data stream that it belongs to, 1 to 65534.
    pub id_code: u16,
    /// Its time.
    pub time: FrameTime,
    /// The whole frame as it was received. Only a CFG-3 that comes as one image of several frames is
    /// longer than 65,535 bytes.
    pub bytes: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Checks the frame that `bytes` are, which is as long as it tells.
    pub(super) fn decode_single(bytes: &'a [u8]) -> Result<Frame<'a>, C37118Error> {
        let prefix = bytes.first_chunk().ok_or(C37118Error::Size {
            what: "frame",
            size: bytes.len(),
            least: HEADER_SIZE + CHECK_SIZE,
            most: MAX_FRAME_SIZE,
        })?;
        let size = read_size(*prefix)?;
        if size != bytes.len() {
            return Err(C37118Error::Size {
                what: "frame as received",
                size,
                least: bytes.len(),
                most: bytes.len(),
            });
        }
        Frame::checked(bytes)
    }

    /// Checks the check word of a frame whose length is known to be right.
    pub(super) fn checked(bytes: &'a [u8]) -> Result<Frame<'a>, C37118Error> {
        let (content, check) = bytes.split_at(bytes.len() - CHECK_SIZE);
        let (found, computed) = (u16::from_be_bytes([check[0], check[1]]), check_word(content));
        if found != computed {
            return Err(C37118Error::BadCheck { found, computed });
        }
        Frame::unchecked(bytes)
    }

    /// Reads the header of a frame whose length is known to be right.
    pub(super) fn unchecked(bytes: &'a [u8]) -> Result<Frame<'a>, C37118Error> {
        let mut reader = Reader::new(bytes);
        let mut header = || -> Result<_, crate::wire::Truncated> {
            let sync = reader.u16("SYNC")?;
            reader.u16("FRAMESIZE")?;
            Ok((sync, reader.u16("IDCODE")?, reader.u32("SOC")?, reader.u32("FRACSEC")?))
        };
        let (sync, id_code, second, fraction) =
            header().map_err(|cause| C37118Error::Short { what: "frame", cause })?;
        let (kind, version) = read_kind(sync as u8)?;
        Ok(Frame { kind, version, id_code, time: FrameTime::from_words(second, fraction), bytes })
    }

    /// What the frame carries, between its header and its check word.
    pub fn payload(&self) -> &'a [u8] {
        &self.bytes[HEADER_SIZE..self.bytes.len() - CHECK_SIZE]
    }
}

/// The check word of a frame without it.
pub(super) fn check_word(bytes: &[u8]) -> u16 {
    CHECK.checksum(bytes)
}

/// Writes the header of a frame to an empty buffer; [`finish`] completes it.
pub(super) fn begin(frame: &mut Vec<u8>, kind: FrameType, version: Version, id_code: u16, time: FrameTime) {
    frame.clear();
    frame.put_u8(SYNC);
    frame.put_u8(kind.code() << 4 | version.number());
    frame.put_u16(0);
    frame.put_u16(id_code);
    frame.put_u32(time.second);
    frame.put_u32(time.fraction_word());
}

/// Puts in the length of a frame and appends its check word.
pub(super) fn finish(frame: &mut Vec<u8>, what: &'static str) -> Result<(), C37118Error> {
    let size = frame.len() + CHECK_SIZE;
    let length = u16::try_from(size).map_err(|_| C37118Error::TooLarge { what, size })?;
    frame[2..4].copy_from_slice(&length.to_be_bytes());
    let check = check_word(frame);
    frame.put_u16(check);
    Ok(())
}

/// Whether two frames differ at most in their times, and so in their check words. What is too short for a frame is the
/// same as nothing.
pub(super) fn is_same_but_for_time(one: &[u8], two: &[u8]) -> bool {
    untimed(one).is_some_and(|content| untimed(two) == Some(content))
}

/// What a frame holds in front of its time, and between its time and its check word.
fn untimed(frame: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = frame.len().checked_sub(CHECK_SIZE)?;
    Some((frame.get(..TIME_OFFSET)?, frame.get(HEADER_SIZE..end)?))
}

/// The same of as many frames.
pub(super) fn are_same_but_for_times<'a>(
    one: impl ExactSizeIterator<Item = &'a [u8]>,
    two: impl ExactSizeIterator<Item = &'a [u8]>,
) -> bool {
    one.len() == two.len() && one.zip(two).all(|(one, two)| is_same_but_for_time(one, two))
}

/// Gives a whole frame another time.
pub(crate) fn restamp(frame: &mut [u8], time: FrameTime) {
    let content = frame.len() - CHECK_SIZE;
    frame[TIME_OFFSET..TIME_OFFSET + 4].copy_from_slice(&time.second.to_be_bytes());
    frame[TIME_OFFSET + 4..HEADER_SIZE].copy_from_slice(&time.fraction_word().to_be_bytes());
    let check = check_word(&frame[..content]);
    frame[content..].copy_from_slice(&check.to_be_bytes());
}

/// Writes a command frame over `frame`.
///
/// # Errors
///
/// [`C37118Error::TooLarge`] when an extended command has more than 65,517 bytes.
pub fn encode_command(
    frame: &mut Vec<u8>,
    version: Version,
    id_code: u16,
    time: FrameTime,
    command: &Command,
) -> Result<(), C37118Error> {
    begin(frame, FrameType::Command, version, id_code, time);
    frame.put_u16(command.code());
    if let Command::Extended(payload) = command {
        if payload.len() > MAX_EXTENDED {
            return Err(C37118Error::TooLarge { what: "an extended command", size: payload.len() });
        }
        frame.extend_from_slice(payload);
    }
    finish(frame, "a command frame")
}

/// Writes a frame with this payload over `frame`.
pub(crate) fn encode_payload(
    frame: &mut Vec<u8>,
    kind: FrameType,
    version: Version,
    id_code: u16,
    time: FrameTime,
    payload: &[u8],
) -> Result<(), C37118Error> {
    begin(frame, kind, version, id_code, time);
    frame.extend_from_slice(payload);
    finish(frame, kind.name())
}

/// Writes a header frame over `frame`; `text` is ASCII or UTF-8.
///
/// # Errors
///
/// [`C37118Error::TooLarge`] when the text does not fit into a frame.
pub fn encode_header(
    frame: &mut Vec<u8>,
    version: Version,
    id_code: u16,
    time: FrameTime,
    text: &[u8],
) -> Result<(), C37118Error> {
    begin(frame, FrameType::Header, version, id_code, time);
    frame.extend_from_slice(text);
    finish(frame, "a header frame")
}

#[cfg(test)]
mod tests {
    use super::super::Message;
    use super::*;

    const TIME: FrameTime = FrameTime { second: 1_700_000_000, quality: 0x12, count: 77 };

    #[test]
    fn frames_are_compared_without_their_times() {
        let frame = |second, text: &[u8]| {
            let mut frame = Vec::new();
            encode_header(&mut frame, Version::V1, 7, FrameTime { second, quality: 0, count: 9 }, text)
                .unwrap();
            frame
        };
        let one = frame(1, b"text");
        assert!(is_same_but_for_time(&one, &frame(2, b"text")));
        assert!(
            !is_same_but_for_time(&one, &frame(1, b"else")) && !is_same_but_for_time(&one, &frame(1, b""))
        );
        assert!(!is_same_but_for_time(&[], &[]) && !is_same_but_for_time(&one[..15], &one[..15]));
        let twice = [one.as_slice(), &one];
        assert!(are_same_but_for_times(twice.into_iter(), twice.into_iter()));
        assert!(!are_same_but_for_times(twice.into_iter(), twice[1..].iter().copied()));
    }

    #[test]
    fn the_check_word_is_the_one_of_the_standard() {
        for (text, check) in [("123456789", 0x29B1), ("ABCD", 0xBFFA), ("123456", 0x2EF4), ("abc", 0x514A)] {
            assert_eq!(check_word(text.as_bytes()), check, "{text}");
        }
    }

    #[test]
    fn commands_are_read_as_they_were_written() {
        let extended = Command::Extended(vec![7; 100]);
        for command in [Command::StopData, Command::SendConfiguration3, Command::Other(0x0123), extended] {
            let mut bytes = Vec::new();
            encode_command(&mut bytes, Version::V2, 235, TIME, &command).unwrap();
            let frame = Frame::decode(&bytes).unwrap();
            assert_eq!(
                (frame.kind, frame.version, frame.id_code, frame.time),
                (FrameType::Command, Version::V2, 235, TIME)
            );
            assert_eq!(frame.message().unwrap(), Message::Command(command));
        }
        let mut bytes = Vec::new();
        let longest = Command::Extended(vec![0; 65_517]);
        encode_command(&mut bytes, Version::V2, 1, TIME, &longest).unwrap();
        assert_eq!(bytes.len(), 65_535);
        assert_eq!(Frame::decode(&bytes).unwrap().message().unwrap(), Message::Command(longest));
        let too_long = Command::Extended(vec![0; 65_518]);
        let refused = encode_command(&mut bytes, Version::V2, 1, TIME, &too_long);
        assert_eq!(refused, Err(C37118Error::TooLarge { what: "an extended command", size: 65_518 }));
    }

    #[test]
    fn every_damaged_bit_is_noticed() {
        let mut bytes = Vec::new();
        encode_header(&mut bytes, Version::V1, 9, TIME, b"SHELBY substation").unwrap();
        assert_eq!(Frame::decode(&bytes).unwrap().message().unwrap(), Message::Header(b"SHELBY substation"));
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Frame::decode(&bytes).is_err(), "bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }

    #[test]
    fn a_version_of_the_future_is_named() {
        let error = read_kind(0x33).unwrap_err().to_string();
        assert!(error.contains("C37.118.2-2024"), "{error}");
    }
}
