//! What a data point of C37.118 is: the metadata that the design notes list. Messages of feature `c37118`.

use bytes::BufMut;

use super::super::error::{BlockLinkError, ended, no_message, short};
use super::super::field::{FieldType, counted_size, read_id};
use super::super::number::{number_size, put_bytes, put_number, read_bytes, read_number};
use crate::wire::Reader;

const WHAT: &str = "channels of C37.118";
const ASSIGN: u8 = 1;
/// Labels of a digital word.
const LABELS: usize = 16;

/// What kind of value a channel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValueType {
    /// A status word.
    Status,
    /// A phasor.
    Phasor,
    /// The frequency.
    Frequency,
    /// Its rate of change.
    RateOfChange,
    /// An analog value.
    Analog,
    /// A word of sixteen digital values.
    Digital,
}

impl ValueType {
    const ALL: [ValueType; 6] = [
        ValueType::Status,
        ValueType::Phasor,
        ValueType::Frequency,
        ValueType::RateOfChange,
        ValueType::Analog,
        ValueType::Digital,
    ];

    /// Its letter in the design notes.
    pub const fn letter(self) -> u8 {
        match self {
            ValueType::Status => b'S',
            ValueType::Phasor => b'P',
            ValueType::Frequency => b'F',
            ValueType::RateOfChange => b'Q',
            ValueType::Analog => b'A',
            ValueType::Digital => b'D',
        }
    }

    fn from_letter(letter: u8) -> Option<ValueType> {
        ValueType::ALL.into_iter().find(|value_type| value_type.letter() == letter)
    }
}

/// What a data point of C37.118 is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRecord {
    /// Runtime ID of its points.
    pub id: u32,
    /// ID code of the stream.
    pub concentrator_id: u16,
    /// ID code of the PMU.
    pub source_id: u16,
    /// TIME_BASE.
    pub time_base: u32,
    /// What kind of value it is.
    pub value_type: ValueType,
    /// Bytes of a number: 4 where it is a float, else 2.
    pub size: u8,
    /// Whether a phasor is magnitude and angle; None for other values.
    pub is_polar: Option<bool>,
    /// Position among those of its type, from 1 on.
    pub position: u16,
    /// Number of the PMU in the stream, from 1 on.
    pub pmu_number: u16,
    /// Name of the station, as the device has it.
    pub station: Vec<u8>,
    /// Name of the channel, as the device has it: sixteen of a digital word, else one.
    pub names: Vec<Vec<u8>>,
    /// Nominal frequency in hertz.
    pub nominal_frequency: u16,
    /// DATA_RATE.
    pub data_rate: i16,
    /// CFGCNT.
    pub change_count: u16,
}

impl ChannelRecord {
    /// The fields of its data points: SOC, count of FRACSEC, time quality, and one value or two.
    pub fn types(&self) -> Vec<FieldType> {
        let value = if self.size == 4 { FieldType::F32 } else { FieldType::I16 };
        let count = if self.value_type == ValueType::Phasor { 2 } else { 1 };
        let mut types = vec![FieldType::U32, FieldType::U24, FieldType::U8];
        types.resize(types.len() + count, value);
        types
    }

    /// Bytes that the record takes in a message.
    pub(in super::super) fn encoded_size(&self) -> usize {
        let names: usize = self.names.iter().map(|name| counted_size(name.len())).sum();
        number_size(self.id.into()) + 21 + counted_size(self.station.len()) + names
    }

    fn write(&self, out: &mut Vec<u8>) {
        put_number(out, self.id.into());
        out.put_u16(self.concentrator_id);
        out.put_u16(self.source_id);
        out.put_u32(self.time_base);
        out.put_u8(self.value_type.letter());
        out.put_u8(self.size);
        out.put_u8(match self.is_polar {
            None => 0,
            Some(true) => b'P',
            Some(false) => b'R',
        });
        out.put_u16(self.position);
        out.put_u16(self.pmu_number);
        put_bytes(out, &self.station);
        for name in &self.names {
            put_bytes(out, name);
        }
        out.put_u16(self.nominal_frequency);
        out.put_i16(self.data_rate);
        out.put_u16(self.change_count);
    }

    fn read(reader: &mut Reader<'_>) -> Result<ChannelRecord, BlockLinkError> {
        let wrong = |field, value: u8, allowed| BlockLinkError::Value {
            what: WHAT,
            field,
            value: value.into(),
            allowed,
        };
        let id = read_id(reader, "runtime ID").map_err(short(WHAT))?;
        let concentrator_id = reader.u16("ID code of the concentrator").map_err(short(WHAT))?;
        let source_id = reader.u16("ID code of the source").map_err(short(WHAT))?;
        let time_base = reader.u32("time base").map_err(short(WHAT))?;
        let letter = reader.u8("type of value").map_err(short(WHAT))?;
        let value_type = ValueType::from_letter(letter).ok_or(wrong(
            "type of value",
            letter,
            "it is one of the letters S, P, F, Q, A and D",
        ))?;
        let size = reader.u8("size").map_err(short(WHAT))?;
        if size != 2 && size != 4 {
            return Err(wrong("size", size, "it is 2 or 4"));
        }
        let is_polar = match (value_type, reader.u8("type of phasor").map_err(short(WHAT))?) {
            (ValueType::Phasor, b'P') => Some(true),
            (ValueType::Phasor, b'R') => Some(false),
            (ValueType::Phasor, other) => return Err(wrong("type of phasor", other, "it is P or R")),
            _ => None,
        };
        let position = reader.u16("position").map_err(short(WHAT))?;
        let pmu_number = reader.u16("number of the PMU").map_err(short(WHAT))?;
        let station = read_bytes(reader, "station").map_err(short(WHAT))?.to_vec();
        let count = if value_type == ValueType::Digital { LABELS } else { 1 };
        let mut names = Vec::with_capacity(count);
        for _ in 0..count {
            names.push(read_bytes(reader, "name").map_err(short(WHAT))?.to_vec());
        }
        Ok(ChannelRecord {
            id,
            concentrator_id,
            source_id,
            time_base,
            value_type,
            size,
            is_polar,
            position,
            pmu_number,
            station,
            names,
            nominal_frequency: reader.u16("nominal frequency").map_err(short(WHAT))?,
            data_rate: reader.u16("data rate").map_err(short(WHAT))?.cast_signed(),
            change_count: reader.u16("configuration count").map_err(short(WHAT))?,
        })
    }
}

/// Appends a message of feature `c37118` with these records.
pub fn write_records(out: &mut Vec<u8>, records: &[ChannelRecord]) {
    out.put_u8(ASSIGN);
    put_number(out, records.len() as u64);
    for record in records {
        record.write(out);
    }
}

/// Reads a message of feature `c37118`.
///
/// # Errors
///
/// What is wrong with it.
pub fn read_records(data: &[u8]) -> Result<Vec<ChannelRecord>, BlockLinkError> {
    let mut reader = Reader::new(data);
    let code = reader.u8("message").map_err(short(WHAT))?;
    if code != ASSIGN {
        return Err(no_message(WHAT, code, "there is only message 1"));
    }
    let count = read_number(&mut reader, "count").map_err(short(WHAT))?;
    let mut records = Vec::new();
    for _ in 0..count {
        records.push(ChannelRecord::read(&mut reader)?);
    }
    ended(WHAT, reader.rest())?;
    Ok(records)
}
