//! What clients want: messages of feature `subscription`.

use bytes::BufMut;

use super::error::{BlockLinkError, ended, no_message, short};
use super::field::FieldType;
use super::number::{put_bytes, read_bytes};
use crate::wire::Reader;

pub use crate::settings::TimeForm;

const WHAT: &str = "subscription";
const SUBSCRIBE: u8 = 1;
const UNSUBSCRIBE: u8 = 2;
const ANSWER: u8 = 3;

impl TimeForm {
    /// The type of such a field.
    pub const fn field_type(self) -> FieldType {
        match self {
            TimeForm::Ticks => FieldType::Ticks,
            TimeForm::DateTime2 => FieldType::DateTime2,
        }
    }

    /// The form that fields of this type have.
    pub(super) const fn of(field_type: FieldType) -> Option<TimeForm> {
        match field_type {
            FieldType::Ticks => Some(TimeForm::Ticks),
            FieldType::DateTime2 => Some(TimeForm::DateTime2),
            _ => None,
        }
    }
}

/// What became of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It is in force.
    Accepted,
    /// Its filter cannot be read or evaluated.
    BadFilter,
    /// It is refused for another reason.
    Refused,
}

impl Status {
    const fn code(self) -> u8 {
        match self {
            Status::Accepted => 0,
            Status::BadFilter => 1,
            Status::Refused => 2,
        }
    }
}

/// A message of feature `subscription`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubscriptionMessage {
    /// The signals that a client wants.
    Subscribe {
        /// Number of the request.
        request: u16,
        /// How times are to be written.
        times: TimeForm,
        /// A filter expression; empty for all signals.
        filter: String,
    },
    /// The client wants nothing any more.
    Unsubscribe {
        /// Number of the request.
        request: u16,
    },
    /// The answer to either.
    Answer {
        /// Number of the request that it is to.
        request: u16,
        /// What became of it.
        status: Status,
        /// How many signals there are.
        signals: u32,
        /// For people.
        text: String,
    },
}

impl SubscriptionMessage {
    /// Appends the message.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            SubscriptionMessage::Subscribe { request, times, filter } => {
                out.put_u8(SUBSCRIBE);
                out.put_u16(*request);
                out.put_u8(times.field_type().code());
                put_bytes(out, filter.as_bytes());
            }
            SubscriptionMessage::Unsubscribe { request } => {
                out.put_u8(UNSUBSCRIBE);
                out.put_u16(*request);
            }
            SubscriptionMessage::Answer { request, status, signals, text } => {
                out.put_u8(ANSWER);
                out.put_u16(*request);
                out.put_u8(status.code());
                out.put_u32(*signals);
                put_bytes(out, text.as_bytes());
            }
        }
    }

    /// Reads a message.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(data: &[u8]) -> Result<SubscriptionMessage, BlockLinkError> {
        let mut reader = Reader::new(data);
        let code = reader.u8("message").map_err(short(WHAT))?;
        let request = reader.u16("request").map_err(short(WHAT))?;
        let message = match code {
            SUBSCRIBE => {
                let code = reader.u8("type of times").map_err(short(WHAT))?;
                let times = FieldType::from_code(code).and_then(TimeForm::of);
                let times = times.ok_or(BlockLinkError::Value {
                    what: WHAT,
                    field: "type of times",
                    value: code.into(),
                    allowed: "11 is DateTime2, 12 ticks",
                })?;
                SubscriptionMessage::Subscribe { request, times, filter: text(&mut reader, "filter")? }
            }
            UNSUBSCRIBE => SubscriptionMessage::Unsubscribe { request },
            ANSWER => SubscriptionMessage::Answer {
                request,
                status: match reader.u8("status").map_err(short(WHAT))? {
                    0 => Status::Accepted,
                    1 => Status::BadFilter,
                    _ => Status::Refused,
                },
                signals: reader.u32("signals").map_err(short(WHAT))?,
                text: text(&mut reader, "text")?,
            },
            number => return Err(no_message(WHAT, number, "1 subscribes, 2 unsubscribes, 3 answers")),
        };
        ended(WHAT, reader.rest())?;
        Ok(message)
    }
}

fn text(reader: &mut Reader<'_>, field: &'static str) -> Result<String, BlockLinkError> {
    let bytes = read_bytes(reader, field).map_err(short(WHAT))?;
    let text = std::str::from_utf8(bytes).map_err(|_| BlockLinkError::NotUtf8 { what: WHAT, field })?;
    Ok(text.to_owned())
}
