//! What data points stand for: messages of feature `signals`.

use bytes::BufMut;
use uuid::Uuid;

use super::error::{BlockLinkError, ended, no_message, short};
use super::field::read_id;
use super::number::{number_size, put_number, read_number};
use crate::wire::Reader;

const WHAT: &str = "signals";
const ASSIGN: u8 = 1;
const ASK: u8 = 2;
/// Most IDs that are asked for at once.
pub(super) const MOST_ASKED: usize = 64;
/// Bytes of a signal ID.
const GUID_SIZE: usize = 16;

/// Which signal two data points are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalRecord {
    /// The signal.
    pub signal_id: Uuid,
    /// Runtime ID of its points without flags.
    pub plain: u32,
    /// Runtime ID of its points with flags.
    pub flagged: u32,
}

/// A message of feature `signals`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignalMessage {
    /// What data points are of.
    Assign(Vec<SignalRecord>),
    /// Points of these runtime IDs came, and nobody knows what they are.
    Ask(Vec<u32>),
}

impl SignalRecord {
    /// Bytes that the record takes in a message.
    pub(super) fn size(&self) -> usize {
        GUID_SIZE + number_size(self.plain.into()) + number_size(self.flagged.into())
    }
}

impl SignalMessage {
    /// Appends the message.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            SignalMessage::Assign(records) => {
                out.put_u8(ASSIGN);
                put_number(out, records.len() as u64);
                for record in records {
                    out.extend_from_slice(record.signal_id.as_bytes());
                    put_number(out, record.plain.into());
                    put_number(out, record.flagged.into());
                }
            }
            SignalMessage::Ask(ids) => {
                out.put_u8(ASK);
                put_number(out, ids.len() as u64);
                for id in ids {
                    put_number(out, (*id).into());
                }
            }
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(data: &[u8]) -> Result<SignalMessage, BlockLinkError> {
        let mut reader = Reader::new(data);
        let code = reader.u8("message").map_err(short(WHAT))?;
        let count = read_number(&mut reader, "count").map_err(short(WHAT))?;
        let message = match code {
            ASSIGN => {
                let mut records = Vec::new();
                for _ in 0..count {
                    records.push(SignalRecord {
                        signal_id: reader.guid("signal ID").map_err(short(WHAT))?,
                        plain: read_id(&mut reader, "plain ID").map_err(short(WHAT))?,
                        flagged: read_id(&mut reader, "flagged ID").map_err(short(WHAT))?,
                    });
                }
                SignalMessage::Assign(records)
            }
            ASK => {
                let mut ids = Vec::new();
                for _ in 0..count {
                    ids.push(read_id(&mut reader, "runtime ID").map_err(short(WHAT))?);
                }
                SignalMessage::Ask(ids)
            }
            number => return Err(no_message(WHAT, number, "1 assigns signals, 2 asks for them")),
        };
        ended(WHAT, reader.rest())?;
        Ok(message)
    }
}
