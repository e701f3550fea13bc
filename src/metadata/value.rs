//! The types a column can have and the values of its cells.

use std::fmt;

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::time::Ticks;

/// The type of a column. Source: the XML schema types of an STTP metadata document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// `boolean`.
    Boolean,
    /// `byte`: signed, 8 bits.
    Int8,
    /// `short`.
    Int16,
    /// `int`.
    Int32,
    /// `long`.
    Int64,
    /// `unsignedByte`.
    UInt8,
    /// `unsignedShort`.
    UInt16,
    /// `unsignedInt`.
    UInt32,
    /// `unsignedLong`.
    UInt64,
    /// `float`: IEEE-754 single precision.
    Single,
    /// `double`: IEEE-754 double precision.
    Double,
    /// `decimal`: 96-bit integer scaled by a power of ten.
    Decimal,
    /// `string`.
    String,
    /// `string` marked as a GUID.
    Guid,
    /// `dateTime`.
    DateTime,
}

impl ColumnType {
    /// The least and greatest value of an integer type other than [`ColumnType::UInt64`].
    pub(super) fn integer_range(self) -> Option<(i64, i64)> {
        Some(match self {
            ColumnType::Int8 => (i8::MIN.into(), i8::MAX.into()),
            ColumnType::Int16 => (i16::MIN.into(), i16::MAX.into()),
            ColumnType::Int32 => (i32::MIN.into(), i32::MAX.into()),
            ColumnType::Int64 => (i64::MIN, i64::MAX),
            ColumnType::UInt8 => (0, u8::MAX.into()),
            ColumnType::UInt16 => (0, u16::MAX.into()),
            ColumnType::UInt32 => (0, u32::MAX.into()),
            _ => return None,
        })
    }
}

/// The name of the type: `Boolean`, `Int32`, `Guid`, …
impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The value of one cell. Texts are borrowed from the data set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// No value.
    Null,
    /// A cell of a [`ColumnType::Boolean`] column.
    Boolean(bool),
    /// A cell of any integer column except [`ColumnType::UInt64`].
    Int(i64),
    /// A cell of a [`ColumnType::UInt64`] column.
    UInt64(u64),
    /// A cell of a [`ColumnType::Single`] column.
    Single(f32),
    /// A cell of a [`ColumnType::Double`] column.
    Double(f64),
    /// A cell of a [`ColumnType::Decimal`] column.
    Decimal(Decimal),
    /// A cell of a [`ColumnType::String`] column.
    String(&'a str),
    /// A cell of a [`ColumnType::Guid`] column.
    Guid(Uuid),
    /// A cell of a [`ColumnType::DateTime`] column, UTC.
    DateTime(Ticks),
}

impl<'a> Value<'a> {
    /// True for [`Value::Null`].
    pub fn is_null(self) -> bool {
        matches!(self, Value::Null)
    }

    /// The text of a [`Value::String`].
    pub fn as_str(self) -> Option<&'a str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

macro_rules! value_from {
    ($($source:ty => $variant:ident),* $(,)?) => {$(
        impl From<$source> for Value<'_> {
            fn from(value: $source) -> Self {
                Value::$variant(value.into())
            }
        }
    )*};
}

value_from! {
    bool => Boolean,
    i8 => Int,
    i16 => Int,
    i32 => Int,
    i64 => Int,
    u8 => Int,
    u16 => Int,
    u32 => Int,
    u64 => UInt64,
    f32 => Single,
    f64 => Double,
    Decimal => Decimal,
    Uuid => Guid,
    Ticks => DateTime,
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Value::String(value)
    }
}

/// `None` is [`Value::Null`].
impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
