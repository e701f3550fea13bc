//! Fields of data points: their types and values.

use bytes::BufMut;
use uuid::Uuid;

use super::number::{number_size, put_bytes, read_bytes, read_number};
use crate::wire::{Reader, Truncated};
use crate::{DateTime2, Ticks};

/// Makes the types with their codes and sizes; a size of 0 is one of its own for each value.
macro_rules! types {
    ($($(#[doc = $document:literal])* $name:ident = $code:literal, $size:literal;)*) => {
        /// What a field of a data point is. All are big-endian.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum FieldType {
            $($(#[doc = $document])* $name = $code,)*
        }

        impl FieldType {
            /// All types, in the order of their codes.
            pub const ALL: &'static [FieldType] = &[$(FieldType::$name),*];

            /// The type with this code.
            pub const fn from_code(code: u8) -> Option<FieldType> {
                match code {
                    $($code => Some(FieldType::$name),)*
                    _ => None,
                }
            }

            /// The bytes that such a field takes; None where each value has a length of its own.
            pub const fn size(self) -> Option<usize> {
                match self {
                    $(FieldType::$name => if $size == 0 { None } else { Some($size) },)*
                }
            }
        }
    };
}

types! {
    /// One byte.
    U8 = 1, 1;
    /// Two bytes, signed.
    I16 = 2, 2;
    /// Two bytes.
    U16 = 3, 2;
    /// Three bytes.
    U24 = 4, 3;
    /// Four bytes.
    U32 = 5, 4;
    /// Four bytes, signed.
    I32 = 6, 4;
    /// Eight bytes.
    U64 = 7, 8;
    /// Eight bytes, signed.
    I64 = 8, 8;
    /// A number of IEEE 754 in four bytes.
    F32 = 9, 4;
    /// A number of IEEE 754 in eight bytes.
    F64 = 10, 8;
    /// A time of UTC that tells leap seconds, in eight bytes.
    DateTime2 = 11, 8;
    /// A time of STTP in eight bytes.
    Ticks = 12, 8;
    /// Sixteen bytes in the order of their text.
    Guid = 13, 16;
    /// UTF-8 behind its length.
    Text = 14, 0;
    /// Bytes behind their length.
    Bytes = 15, 0;
}

impl FieldType {
    /// The code of the type.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

/// The value of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Field<'a> {
    /// One byte.
    U8(u8),
    /// Two bytes, signed.
    I16(i16),
    /// Two bytes.
    U16(u16),
    /// Three bytes: less than 2^24.
    U24(u32),
    /// Four bytes.
    U32(u32),
    /// Four bytes, signed.
    I32(i32),
    /// Eight bytes.
    U64(u64),
    /// Eight bytes, signed.
    I64(i64),
    /// A number in four bytes.
    F32(f32),
    /// A number in eight bytes.
    F64(f64),
    /// A time that tells leap seconds, bit by bit: [`DateTime2::unpack`] says whether it is one.
    DateTime2(u64),
    /// A time of STTP.
    Ticks(Ticks),
    /// A GUID.
    Guid(Uuid),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl<'a> Field<'a> {
    /// The type of the value.
    pub const fn field_type(&self) -> FieldType {
        match self {
            Field::U8(_) => FieldType::U8,
            Field::I16(_) => FieldType::I16,
            Field::U16(_) => FieldType::U16,
            Field::U24(_) => FieldType::U24,
            Field::U32(_) => FieldType::U32,
            Field::I32(_) => FieldType::I32,
            Field::U64(_) => FieldType::U64,
            Field::I64(_) => FieldType::I64,
            Field::F32(_) => FieldType::F32,
            Field::F64(_) => FieldType::F64,
            Field::DateTime2(_) => FieldType::DateTime2,
            Field::Ticks(_) => FieldType::Ticks,
            Field::Guid(_) => FieldType::Guid,
            Field::Text(_) => FieldType::Text,
            Field::Bytes(_) => FieldType::Bytes,
        }
    }

    /// Appends the value. Of a [`Field::U24`] the low three bytes count.
    pub fn write(&self, out: &mut Vec<u8>) {
        match *self {
            Field::U8(value) => out.put_u8(value),
            Field::I16(value) => out.put_i16(value),
            Field::U16(value) => out.put_u16(value),
            Field::U24(value) => out.extend_from_slice(&value.to_be_bytes()[1..]),
            Field::U32(value) => out.put_u32(value),
            Field::I32(value) => out.put_i32(value),
            Field::U64(value) | Field::DateTime2(value) => out.put_u64(value),
            Field::I64(value) => out.put_i64(value),
            Field::F32(value) => out.put_f32(value),
            Field::F64(value) => out.put_f64(value),
            Field::Ticks(value) => out.put_i64(value.0),
            Field::Guid(value) => out.extend_from_slice(value.as_bytes()),
            Field::Text(value) => put_bytes(out, value.as_bytes()),
            Field::Bytes(value) => put_bytes(out, value),
        }
    }

    /// Reads a value. A text that is not UTF-8 is none: [`None`].
    pub(super) fn read(
        field_type: FieldType,
        reader: &mut Reader<'a>,
    ) -> Result<Option<Field<'a>>, Truncated> {
        let what = "field of a data point";
        Ok(Some(match field_type {
            FieldType::U8 => Field::U8(reader.u8(what)?),
            FieldType::I16 => Field::I16(reader.u16(what)?.cast_signed()),
            FieldType::U16 => Field::U16(reader.u16(what)?),
            FieldType::U24 => {
                let [high, middle, low] = *reader.array(what)?;
                Field::U24(u32::from_be_bytes([0, high, middle, low]))
            }
            FieldType::U32 => Field::U32(reader.u32(what)?),
            FieldType::I32 => Field::I32(reader.i32(what)?),
            FieldType::U64 => Field::U64(reader.u64(what)?),
            FieldType::I64 => Field::I64(reader.i64(what)?),
            FieldType::F32 => Field::F32(f32::from_bits(reader.u32(what)?)),
            FieldType::F64 => Field::F64(f64::from_bits(reader.u64(what)?)),
            FieldType::DateTime2 => Field::DateTime2(reader.u64(what)?),
            FieldType::Ticks => Field::Ticks(Ticks(reader.i64(what)?)),
            FieldType::Guid => Field::Guid(reader.guid(what)?),
            FieldType::Text => match std::str::from_utf8(read_bytes(reader, what)?) {
                Ok(text) => Field::Text(text),
                Err(_) => return Ok(None),
            },
            FieldType::Bytes => Field::Bytes(read_bytes(reader, what)?),
        }))
    }

    /// The time that the value is, if it is one: ticks as they are, [`DateTime2`] converted.
    pub fn time(&self) -> Option<Ticks> {
        match *self {
            Field::Ticks(ticks) => Some(ticks),
            Field::DateTime2(bits) => DateTime2::unpack(bits).ok().map(Ticks::from),
            _ => None,
        }
    }
}

/// The fields of a data point, by its definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    types: Box<[FieldType]>,
    /// Bytes of all fields, where none has a length of its own.
    size: Option<usize>,
}

impl Layout {
    pub(super) fn new(types: &[FieldType]) -> Layout {
        Layout { types: types.into(), size: types.iter().map(|field_type| field_type.size()).sum() }
    }

    pub(super) fn types(&self) -> &[FieldType] {
        &self.types
    }

    /// Takes the fields of a point out of a message.
    pub(super) fn take<'a>(&self, reader: &mut Reader<'a>) -> Result<&'a [u8], Truncated> {
        if let Some(size) = self.size {
            return reader.bytes("data point", size);
        }
        let rest = reader.rest();
        let start = reader.offset();
        for field_type in &self.types {
            match field_type.size() {
                Some(size) => reader.bytes("field of a data point", size)?,
                None => read_bytes(reader, "field of a data point")?,
            };
        }
        Ok(&rest[..reader.offset() - start])
    }

    /// Whether these are the fields of a point, and nothing else.
    pub(super) fn fits(&self, data: &[u8]) -> bool {
        match self.size {
            Some(size) => data.len() == size,
            None => {
                let mut reader = Reader::new(data);
                self.take(&mut reader).is_ok() && reader.rest().is_empty()
            }
        }
    }
}

/// A data point as it came: which one, and its fields.
#[derive(Debug, Clone, Copy)]
pub struct DataPoint<'a> {
    /// Its runtime ID.
    pub id: u32,
    /// The types of its fields.
    pub types: &'a [FieldType],
    /// Its fields as they came, which are as long as their types say.
    pub data: &'a [u8],
}

impl<'a> DataPoint<'a> {
    /// Its fields in their order; what is not UTF-8 is left out.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let mut reader = Reader::new(self.data);
        self.types.iter().filter_map(move |field_type| Field::read(*field_type, &mut reader).ok().flatten())
    }
}

/// Bytes that a text or bytes of this length take.
pub(super) fn counted_size(length: usize) -> usize {
    number_size(length as u64) + length
}

/// Reads a number that has to be less than 2^32.
pub(super) fn read_id(reader: &mut Reader<'_>, field: &'static str) -> Result<u32, Truncated> {
    let number = read_number(reader, field)?;
    // No message has so many bytes; the error is the same as for one that ends early.
    u32::try_from(number).map_err(|_| Truncated {
        field,
        offset: reader.offset(),
        needed: usize::MAX,
        available: reader.rest().len(),
    })
}
