//! The small payloads: metadata requests, status texts, start time, base times, and the header of
//! data packets.

use bitflags::bitflags;
use bytes::BufMut;

use super::reader::{Reader, Truncated};
use super::text::TextEncoding;
use crate::time::Ticks;

/// Longest text of a response that is read, in bytes: twice what this library sends.
pub const MAX_STATUS_TEXT: usize = 128 << 10;

/// Payload of MetadataRefresh (0x01): nothing, or a four-byte length and filter statements.
pub fn encode_metadata_refresh(filters: &str, encoding: TextEncoding) -> Vec<u8> {
    if filters.is_empty() {
        return Vec::new();
    }
    let text = encoding.encode(filters);
    let mut payload = Vec::with_capacity(4 + text.len());
    payload.put_u32(text.len() as u32);
    payload.put_slice(&text);
    payload
}

/// The filter statements of a MetadataRefresh payload. A subscriber that left out the length is
/// understood too.
pub fn decode_metadata_refresh(payload: &[u8], encoding: TextEncoding) -> String {
    encoding.decode(without_length(payload)).into_owned()
}

/// The text of a Succeeded, Failed, ProcessingComplete or Notify payload. One publisher puts the
/// length of the text in front of it; that is skipped. No more than [`MAX_STATUS_TEXT`] bytes of it are
/// read.
pub fn decode_status_text(payload: &[u8], encoding: TextEncoding) -> String {
    let text = without_length(payload);
    let mut end = text.len().min(MAX_STATUS_TEXT);
    // Not within a character.
    while encoding == TextEncoding::Utf8 && end > 0 && text.get(end).is_some_and(|byte| byte & 0xC0 == 0x80) {
        end -= 1;
    }
    encoding.decode(&text[..end]).into_owned()
}

fn without_length(payload: &[u8]) -> &[u8] {
    if has_length(payload) { &payload[4..] } else { payload }
}

/// True when a status text has its length in front of it, by which one publisher is known.
pub fn has_length(payload: &[u8]) -> bool {
    let parts = payload.split_first_chunk::<4>();
    parts.is_some_and(|(length, text)| u32::from_be_bytes(*length) as usize == text.len())
}

/// Payload of DataStartTime (0x86): eight bytes of ticks.
pub fn encode_data_start_time(time: Ticks) -> [u8; 8] {
    time.0.to_be_bytes()
}

/// Reads the payload of DataStartTime.
pub fn decode_data_start_time(payload: &[u8]) -> Result<Ticks, Truncated> {
    Reader::new(payload).i64("data start time").map(Ticks)
}

/// What a publisher tells of what it has sent, in the payload of a keep-alive (0xFF), an extension: others leave that
/// payload alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Datagrams that were sent since their channel was opened; to a multicast group, since that has members. Eight bytes.
    DatagramsSent(u64),
    /// Measurements of this connection that were dropped so far, because they were not taken fast enough. Those that
    /// follow come after the last of them. A byte 1, then eight bytes.
    MeasurementsDropped(u64),
}

const MEASUREMENTS_DROPPED: u8 = 1;

impl Account {
    /// Writes the payload.
    pub fn encode(self) -> Vec<u8> {
        match self {
            Account::DatagramsSent(sent) => sent.to_be_bytes().to_vec(),
            Account::MeasurementsDropped(dropped) => {
                [&[MEASUREMENTS_DROPPED][..], &dropped.to_be_bytes()].concat()
            }
        }
    }

    /// Reads a payload; `None` when it tells nothing of the kind.
    pub fn decode(payload: &[u8]) -> Option<Account> {
        let number = |bytes: &[u8]| bytes.try_into().ok().map(u64::from_be_bytes);
        match payload.split_first() {
            Some((&MEASUREMENTS_DROPPED, rest)) if rest.len() == 8 => {
                number(rest).map(Account::MeasurementsDropped)
            }
            _ => number(payload).map(Account::DatagramsSent),
        }
    }
}

/// Payload of UpdateProcessingInterval (0x05): four bytes, milliseconds.
pub fn encode_processing_interval(milliseconds: i32) -> [u8; 4] {
    milliseconds.to_be_bytes()
}

/// Reads the payload of UpdateProcessingInterval.
pub fn decode_processing_interval(payload: &[u8]) -> Result<i32, Truncated> {
    Reader::new(payload).i32("processing interval")
}

/// Payload of UpdateBaseTimes (0x84): 20 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BaseTimes {
    /// Which of the two is in use: 0 or 1.
    pub time_index: i32,
    /// The base times in ticks; 0 is "not known".
    pub offsets: [i64; 2],
}

impl BaseTimes {
    /// Reads the payload.
    pub fn decode(payload: &[u8]) -> Result<BaseTimes, Truncated> {
        let mut reader = Reader::new(payload);
        Ok(BaseTimes {
            time_index: reader.i32("time index")?,
            offsets: [reader.i64("base time 0")?, reader.i64("base time 1")?],
        })
    }

    /// Writes the payload.
    pub fn encode(&self) -> Vec<u8> {
        let mut payload = Vec::with_capacity(20);
        payload.put_i32(self.time_index);
        self.offsets.iter().for_each(|offset| payload.put_i64(*offset));
        payload
    }
}

bitflags! {
    /// First byte of a data packet's payload.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct DataPacketFlags: u8 {
        /// Historic frame format; never sent.
        const SYNCHRONIZED = 0x01;
        /// Measurements are compact measurements.
        const COMPACT = 0x02;
        /// Set of cipher keys in use.
        const CIPHER_INDEX = 0x04;
        /// Measurements are a TSSC packet.
        const COMPRESSED = 0x08;
        /// Slot of the signal index cache in use (versions 2 and 3).
        const CACHE_INDEX = 0x10;
    }
}

/// Version byte of TSSC packets.
pub const TSSC_VERSION: u8 = 85;

/// Bytes of a data packet's payload in front of compact measurements: flags and count.
pub const DATA_PACKET_HEADER_SIZE: usize = 5;

/// Bytes of a data packet's payload in front of a TSSC block: flags, count, version, sequence
/// number.
pub const TSSC_HEADER_SIZE: usize = DATA_PACKET_HEADER_SIZE + 3;

/// Payload of a data packet (0x82).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DataPacket<'a> {
    /// The flags byte, unknown bits included.
    pub flags: DataPacketFlags,
    /// Number of measurements.
    pub count: u32,
    /// Compact measurements, or a TSSC packet.
    pub body: &'a [u8],
}

impl<'a> DataPacket<'a> {
    /// Splits the payload of a data packet.
    pub fn decode(payload: &'a [u8]) -> Result<DataPacket<'a>, Truncated> {
        let mut reader = Reader::new(payload);
        let flags = DataPacketFlags::from_bits_retain(reader.u8("data packet flags")?);
        let count = reader.u32("measurement count")?;
        Ok(DataPacket { flags, count, body: reader.rest() })
    }
}

/// Body of a compressed data packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TsscPacket<'a> {
    /// Version byte, [`TSSC_VERSION`] in every valid packet.
    pub version: u8,
    /// Number of the packet; 0 means "new encoder state".
    pub sequence: u16,
    /// The TSSC block.
    pub block: &'a [u8],
}

impl<'a> TsscPacket<'a> {
    /// Splits the body of a compressed data packet.
    pub fn decode(body: &'a [u8]) -> Result<TsscPacket<'a>, Truncated> {
        let mut reader = Reader::new(body);
        let version = reader.u8("TSSC version")?;
        let sequence = reader.u16("TSSC sequence number")?;
        Ok(TsscPacket { version, sequence, block: reader.rest() })
    }
}

/// The sequence number after `sequence`: 65535 is followed by 1, because 0 means a new encoder.
pub fn next_sequence(sequence: u16) -> u16 {
    sequence.checked_add(1).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_filters_with_and_without_their_length() {
        let filters = "FILTER DeviceDetail WHERE True";
        for encoding in [TextEncoding::Utf8, TextEncoding::Utf16Le] {
            assert_eq!(
                decode_metadata_refresh(&encode_metadata_refresh(filters, encoding), encoding),
                filters
            );
            assert_eq!(decode_metadata_refresh(&encoding.encode(filters), encoding), filters);
        }
        assert!(encode_metadata_refresh("", TextEncoding::Utf8).is_empty());
        assert_eq!(decode_metadata_refresh(&[], TextEncoding::Utf8), "");
    }

    #[test]
    fn status_text_with_a_length_in_front() {
        assert_eq!(decode_status_text(b"\0\0\0\x05hello", TextEncoding::Utf8), "hello");
        assert_eq!(decode_status_text(b"hello", TextEncoding::Utf8), "hello");
        let endless = "é".repeat(MAX_STATUS_TEXT);
        assert_eq!(
            decode_status_text(&endless.as_bytes()[1..], TextEncoding::Utf8).len(),
            MAX_STATUS_TEXT + 1
        );
        assert_eq!(
            decode_status_text(endless.as_bytes(), TextEncoding::Utf8),
            "é".repeat(MAX_STATUS_TEXT / 2)
        );
    }

    #[test]
    fn short_payloads_are_errors() {
        assert!(decode_data_start_time(&[0; 7]).is_err());
        assert!(decode_processing_interval(&[0; 3]).is_err());
        for length in [0, 1, 7, 10] {
            assert_eq!(Account::decode(&vec![1; length]), None);
        }
        assert_eq!(Account::decode(&[2; 9]), None, "a later kind");
        for account in [Account::DatagramsSent(1 << 60), Account::MeasurementsDropped(1 << 40)] {
            assert_eq!(Account::decode(&account.encode()), Some(account));
        }
        assert_eq!(decode_processing_interval(&encode_processing_interval(-1)), Ok(-1));
        assert!(BaseTimes::decode(&[0; 19]).is_err());
        assert!(DataPacket::decode(&[0; 4]).is_err());
        assert!(TsscPacket::decode(&[85, 0]).is_err());
        let base = BaseTimes { time_index: 1, offsets: [2, 3] };
        let bytes = [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3];
        assert_eq!(BaseTimes::decode(&bytes), Ok(base));
        assert_eq!(base.encode(), bytes);
    }

    #[test]
    fn sequence_numbers_wrap_to_one() {
        assert_eq!(next_sequence(0), 1);
        assert_eq!(next_sequence(u16::MAX), 1);
    }
}
