//! Messages of feature `documents`.

use bytes::BufMut;

use super::super::error::{BlockLinkError, ended, no_message, short};
use super::super::number::{put_number, read_number};
use super::{DocumentKind, DocumentName, Edition};
use crate::wire::Reader;

const WHAT: &str = "documents";
const PIECE: u8 = 1;
const CURRENT: u8 = 2;
const REQUEST: u8 = 3;
const NONE: u8 = 4;

/// A part of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    /// What the document is.
    pub edition: Edition,
    /// Bytes of all pieces but the last.
    pub size: u16,
    /// Number of this one, from 0 on.
    pub number: u16,
    /// Its bytes.
    pub data: &'a [u8],
}

/// A message of feature `documents`; all of them are of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DocumentMessage<'a> {
    /// A piece of it.
    Piece(Piece<'a>),
    /// What it is now.
    Current(Edition),
    /// It is wanted.
    Request {
        /// Number of its edition; 0 for whichever there is.
        number: u32,
        /// First and last piece of what is missing; nothing for all of it.
        ranges: Vec<(u16, u16)>,
    },
    /// There is none.
    None,
}

impl<'a> DocumentMessage<'a> {
    /// Appends the message.
    pub fn write(&self, out: &mut Vec<u8>, name: DocumentName) {
        out.put_u8(match self {
            DocumentMessage::Piece(_) => PIECE,
            DocumentMessage::Current(_) => CURRENT,
            DocumentMessage::Request { .. } => REQUEST,
            DocumentMessage::None => NONE,
        });
        out.put_u8(name.kind.code());
        out.put_u16(name.subject);
        match self {
            DocumentMessage::Piece(piece) => {
                write_edition(out, piece.edition);
                out.put_u16(piece.size);
                out.put_u16(piece.number);
                out.extend_from_slice(piece.data);
            }
            DocumentMessage::Current(edition) => write_edition(out, *edition),
            DocumentMessage::Request { number, ranges } => {
                out.put_u32(*number);
                put_number(out, ranges.len() as u64);
                for (first, last) in ranges {
                    out.put_u16(*first);
                    out.put_u16(*last);
                }
            }
            DocumentMessage::None => {}
        }
    }

    /// Reads a message, and which document it is of.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(data: &'a [u8]) -> Result<(DocumentName, DocumentMessage<'a>), BlockLinkError> {
        let mut reader = Reader::new(data);
        let code = reader.u8("message").map_err(short(WHAT))?;
        let kind = reader.u8("kind").map_err(short(WHAT))?;
        let subject = reader.u16("subject").map_err(short(WHAT))?;
        let kind = DocumentKind::from_code(kind).ok_or(BlockLinkError::Value {
            what: WHAT,
            field: "kind",
            value: kind.into(),
            allowed: "1 is metadata, 2 a configuration of C37.118",
        })?;
        let message = match code {
            PIECE => {
                let edition = read_edition(&mut reader)?;
                let size = reader.u16("length of pieces").map_err(short(WHAT))?;
                let number = reader.u16("number").map_err(short(WHAT))?;
                let data = reader.rest();
                reader = Reader::new(&[]);
                DocumentMessage::Piece(Piece { edition, size, number, data })
            }
            CURRENT => DocumentMessage::Current(read_edition(&mut reader)?),
            REQUEST => {
                let number = reader.u32("document").map_err(short(WHAT))?;
                let count = read_number(&mut reader, "ranges").map_err(short(WHAT))?;
                let mut ranges = Vec::new();
                for _ in 0..count {
                    let first = reader.u16("first piece").map_err(short(WHAT))?;
                    ranges.push((first, reader.u16("last piece").map_err(short(WHAT))?));
                }
                DocumentMessage::Request { number, ranges }
            }
            NONE => DocumentMessage::None,
            number => return Err(no_message(WHAT, number, "messages are 1 to 4")),
        };
        ended(WHAT, reader.rest())?;
        Ok((DocumentName { kind, subject }, message))
    }
}

fn write_edition(out: &mut Vec<u8>, edition: Edition) {
    out.put_u32(edition.number);
    out.put_u32(edition.length);
    out.put_u32(edition.check);
}

fn read_edition(reader: &mut Reader<'_>) -> Result<Edition, BlockLinkError> {
    Ok(Edition {
        number: reader.u32("document").map_err(short(WHAT))?,
        length: reader.u32("length").map_err(short(WHAT))?,
        check: reader.u32("check").map_err(short(WHAT))?,
    })
}
