//! A cursor over received bytes that checks every length.

use bytes::Buf;
use thiserror::Error;
use uuid::Uuid;

/// A message ends before a field of it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{field} needs {needed} bytes at offset {offset}, but only {available} are left")]
pub struct Truncated {
    /// The field that was to be read.
    pub field: &'static str,
    /// Offset of the field in the message.
    pub offset: usize,
    /// Length of the field in bytes.
    pub needed: usize,
    /// Bytes left in the message.
    pub available: usize,
}

/// Reads big-endian fields of a message one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Reader<'a> {
    /// Reads from the start of `message`.
    pub fn new(message: &'a [u8]) -> Reader<'a> {
        Reader { rest: message, length: message.len() }
    }

    /// The bytes not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Offset of the next field.
    pub fn offset(&self) -> usize {
        self.length - self.rest.len()
    }

    /// The next `length` bytes as they are.
    pub fn bytes(&mut self, field: &'static str, length: usize) -> Result<&'a [u8], Truncated> {
        match self.rest.split_at_checked(length) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => {
                Err(Truncated { field, offset: self.offset(), needed: length, available: self.rest.len() })
            }
        }
    }

    /// The next `N` bytes as they are.
    pub fn array<const N: usize>(&mut self, field: &'static str) -> Result<&'a [u8; N], Truncated> {
        match self.rest.split_first_chunk() {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(Truncated { field, offset: self.offset(), needed: N, available: self.rest.len() }),
        }
    }

    /// One byte.
    pub fn u8(&mut self, field: &'static str) -> Result<u8, Truncated> {
        Ok(self.bytes(field, 1)?.get_u8())
    }

    /// Two bytes.
    pub fn u16(&mut self, field: &'static str) -> Result<u16, Truncated> {
        Ok(self.bytes(field, 2)?.get_u16())
    }

    /// Four bytes.
    pub fn u32(&mut self, field: &'static str) -> Result<u32, Truncated> {
        Ok(self.bytes(field, 4)?.get_u32())
    }

    /// Four bytes, signed.
    pub fn i32(&mut self, field: &'static str) -> Result<i32, Truncated> {
        Ok(self.bytes(field, 4)?.get_i32())
    }

    /// Eight bytes.
    pub fn u64(&mut self, field: &'static str) -> Result<u64, Truncated> {
        Ok(self.bytes(field, 8)?.get_u64())
    }

    /// Eight bytes, signed.
    pub fn i64(&mut self, field: &'static str) -> Result<i64, Truncated> {
        Ok(self.bytes(field, 8)?.get_i64())
    }

    /// Sixteen bytes of a GUID in RFC 4122 order.
    pub fn guid(&mut self, field: &'static str) -> Result<Uuid, Truncated> {
        Ok(Uuid::from_u128(self.bytes(field, 16)?.get_u128()))
    }
}
