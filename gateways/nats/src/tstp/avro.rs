//! Avro's binary encoding, as far as TSTP has it: both directions without a copy.
//!
//! A crate that knows schemas reads any of them, but into an allocation for each name and value, which takes several
//! times as long, and with counts believed up to hundreds of megabytes. Here the schemas are known, so that what reads
//! and writes them is written out; tests hold it against two implementations that follow the schemas.

use thiserror::Error;

/// Why bytes are no event.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum AvroError {
    /// They end too early.
    #[error("it ends in the midst of {what}, at byte {place}")]
    Truncated { what: &'static str, place: usize },
    /// An integer has more bits than its type.
    #[error("{what} at byte {place} is no {bits}-bit integer")]
    Integer { what: &'static str, bits: u32, place: usize },
    /// A length is negative or beyond the end.
    #[error("{what} at byte {place} is said to have {length} bytes; {left} are left")]
    Length { what: &'static str, length: i64, left: usize, place: usize },
    /// A text is not UTF-8.
    #[error("{what} at byte {place} is not UTF-8")]
    Text { what: &'static str, place: usize },
    /// A union has no such branch.
    #[error("{what} at byte {place} has branch {branch} of {branches}")]
    Branch { what: &'static str, branch: i64, branches: usize, place: usize },
    /// A boolean is neither 0 nor 1.
    #[error("{what} at byte {place} is {byte}; a boolean is 0 or 1")]
    Boolean { what: &'static str, byte: u8, place: usize },
    /// A block of an array or map announces more than its bytes can hold, or tells a wrong size.
    #[error("a block of {what} at byte {place} is said to have {count} items; that cannot be")]
    Block { what: &'static str, count: i64, place: usize },
}

/// A value of TSTP's union.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    Boolean(bool),
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    String(&'a str),
    Bytes(&'a [u8]),
    Null,
}

/// Number of branches of TSTP's union, and where a float is.
const BRANCHES: usize = 8;
const FLOAT: i64 = 3;

/// Reads one thing after the other.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    place: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes, place: 0 }
    }

    /// How many bytes were not read.
    pub(crate) fn left(&self) -> usize {
        self.bytes.len() - self.place
    }

    fn byte(&mut self, what: &'static str) -> Result<u8, AvroError> {
        let byte = self.bytes.get(self.place).copied();
        let byte = byte.ok_or(AvroError::Truncated { what, place: self.place })?;
        self.place += 1;
        Ok(byte)
    }

    fn take(&mut self, count: usize, what: &'static str) -> Result<&'a [u8], AvroError> {
        let end = self.place.checked_add(count).filter(|end| *end <= self.bytes.len());
        let end = end.ok_or(AvroError::Truncated { what, place: self.place })?;
        let taken = &self.bytes[self.place..end];
        self.place = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], AvroError> {
        let place = self.place;
        self.take(N, what)?.try_into().map_err(|_| AvroError::Truncated { what, place })
    }

    /// A variable-length integer of up to ten bytes, positive and negative ones in turns.
    pub(crate) fn long(&mut self, what: &'static str) -> Result<i64, AvroError> {
        let place = self.place;
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte(what)?;
            // Of the tenth byte one bit is left.
            if shift == 63 && byte > 1 {
                break;
            }
            value |= u64::from(byte & 0x7F) << shift;
            if byte & 0x80 == 0 {
                return Ok((value >> 1) as i64 ^ -((value & 1) as i64));
            }
        }
        Err(AvroError::Integer { what, bits: 64, place })
    }

    pub(crate) fn int(&mut self, what: &'static str) -> Result<i32, AvroError> {
        let place = self.place;
        self.long(what)?.try_into().map_err(|_| AvroError::Integer { what, bits: 32, place })
    }

    pub(crate) fn bytes(&mut self, what: &'static str) -> Result<&'a [u8], AvroError> {
        let place = self.place;
        let length = self.long(what)?;
        let left = self.left();
        match usize::try_from(length) {
            Ok(count) if count <= left => self.take(count, what),
            _ => Err(AvroError::Length { what, length, left, place }),
        }
    }

    pub(crate) fn string(&mut self, what: &'static str) -> Result<&'a str, AvroError> {
        let place = self.place;
        std::str::from_utf8(self.bytes(what)?).map_err(|_| AvroError::Text { what, place })
    }

    /// The branch of a union that has `branches` of them.
    pub(crate) fn branch(&mut self, what: &'static str, branches: usize) -> Result<usize, AvroError> {
        let place = self.place;
        let branch = self.long(what)?;
        let known = usize::try_from(branch).ok().filter(|known| *known < branches);
        known.ok_or(AvroError::Branch { what, branch, branches, place })
    }

    /// A value of TSTP's union.
    pub(crate) fn value(&mut self, what: &'static str) -> Result<Value<'a>, AvroError> {
        Ok(match self.branch(what, BRANCHES)? {
            0 => {
                let place = self.place;
                match self.byte(what)? {
                    0 => Value::Boolean(false),
                    1 => Value::Boolean(true),
                    byte => return Err(AvroError::Boolean { what, byte, place }),
                }
            }
            1 => Value::Int(self.int(what)?),
            2 => Value::Long(self.long(what)?),
            3 => Value::Float(f32::from_le_bytes(self.array(what)?)),
            4 => Value::Double(f64::from_le_bytes(self.array(what)?)),
            5 => Value::String(self.string(what)?),
            6 => Value::Bytes(self.bytes(what)?),
            _ => Value::Null,
        })
    }

    /// Reads the items of an array or map, block by block. Each item has `least` bytes or more, so that no count is
    /// believed that the bytes cannot hold.
    pub(crate) fn items(
        &mut self,
        what: &'static str,
        least: usize,
        mut item: impl FnMut(&mut Self) -> Result<(), AvroError>,
    ) -> Result<(), AvroError> {
        loop {
            let place = self.place;
            let count = self.long(what)?;
            if count == 0 {
                return Ok(());
            }
            // With a negative count, the size of the block in bytes follows.
            let size = if count < 0 { Some(self.long(what)?) } else { None };
            let most = (self.left() / least) as u64;
            let start = self.place;
            if count.unsigned_abs() > most {
                return Err(AvroError::Block { what, count, place });
            }
            for _ in 0..count.unsigned_abs() {
                item(self)?;
            }
            if size.is_some_and(|size| size != (self.place - start) as i64) {
                return Err(AvroError::Block { what, count, place });
            }
        }
    }
}

/// Appends an integer.
pub(crate) fn put_long(out: &mut Vec<u8>, value: i64) {
    let mut left = ((value << 1) ^ (value >> 63)) as u64;
    while left >= 0x80 {
        out.push(left as u8 | 0x80);
        left >>= 7;
    }
    out.push(left as u8);
}

/// Appends bytes behind their length, which is also what a text is.
pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_long(out, bytes.len() as i64);
    out.extend_from_slice(bytes);
}

/// Appends a text.
pub(crate) fn put_string(out: &mut Vec<u8>, text: &str) {
    put_bytes(out, text.as_bytes());
}

/// Appends a float as a value of TSTP's union.
pub(crate) fn put_float(out: &mut Vec<u8>, value: f32) {
    put_long(out, FLOAT);
    out.extend_from_slice(&value.to_le_bytes());
}

/// Appends a value of TSTP's union.
pub(crate) fn put_value(out: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Boolean(value) => {
            put_long(out, 0);
            out.push(value.into());
        }
        Value::Int(value) => {
            put_long(out, 1);
            put_long(out, value.into());
        }
        Value::Long(value) => {
            put_long(out, 2);
            put_long(out, value);
        }
        Value::Float(value) => put_float(out, value),
        Value::Double(value) => {
            put_long(out, 4);
            out.extend_from_slice(&value.to_le_bytes());
        }
        Value::String(value) => {
            put_long(out, 5);
            put_string(out, value);
        }
        Value::Bytes(value) => {
            put_long(out, 6);
            put_bytes(out, value);
        }
        Value::Null => put_long(out, 7),
    }
}
