//! Messages of the negotiation as bytes.

use bytes::BufMut;

use super::super::block::{BlockFormat, LARGEST_BLOCK, LEAST_LARGEST_BLOCK};
use super::super::error::{BlockLinkError, no_message, short};
use super::super::feature::{Feature, FeatureTable, Levels};
use super::super::number::{put_bytes, read_bytes};
use super::super::stream::PointStream;
use super::Reason;
use crate::wire::Reader;

const WHAT: &str = "negotiation";

const OFFER: u8 = 1;
const SELECT: u8 = 2;
const COMMIT: u8 = 3;
const REJECT: u8 = 4;

const ENCRYPTION: u8 = 1;
const AUTHENTICATION: u8 = 2;
const FORMAT: u8 = 3;
const ROLE: u8 = 4;
const FEATURES: u8 = 5;
const STREAM: u8 = 6;
const LARGEST: u8 = 7;
const LEVELS: u8 = 8;
const REASON: u8 = 9;
const TEXT: u8 = 10;

/// Most entries of a list.
const MOST_ENTRIES: usize = 64;
/// Most bytes of a text for people that are read.
const LONGEST_TEXT: usize = 1000;

/// Makes an enum of what can be selected, with its codes. The notes name more, which nobody ever selects.
macro_rules! choices {
    ($($(#[doc = $about:literal])* $name:ident { $($(#[doc = $document:literal])* $variant:ident = $code:literal,)* })*) => {
        $(
            $(#[doc = $about])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
            pub enum $name {
                $($(#[doc = $document])* $variant,)*
            }

            impl Choice for $name {
                fn from_code(code: u8) -> Option<$name> {
                    match code {
                        $($code => Some($name::$variant),)*
                        _ => None,
                    }
                }

                fn code(self) -> u8 {
                    match self {
                        $($name::$variant => $code,)*
                    }
                }
            }
        )*
    };
}

/// What has a code in the negotiation.
pub(super) trait Choice: Copy + PartialEq {
    fn from_code(code: u8) -> Option<Self>;
    fn code(self) -> u8;
}

choices! {
    /// How what goes over a link is encrypted.
    Encryption {
        /// Not at all.
        None = 0,
        /// By TLS 1.2 or later.
        Tls = 2,
    }
    /// How the sides know each other.
    Authentication {
        /// Not at all.
        None = 0,
        /// By certificates of TLS.
        Certificate = 4,
    }
    /// What a side is.
    LinkRole {
        /// It receives.
        Client = 1,
        /// It sends.
        Server = 2,
        /// Both.
        Peer = 3,
    }
}

impl Choice for BlockFormat {
    fn from_code(code: u8) -> Option<BlockFormat> {
        match code {
            1 => Some(BlockFormat::Standard),
            2 => Some(BlockFormat::Compact),
            _ => None,
        }
    }

    fn code(self) -> u8 {
        match self {
            BlockFormat::Standard => 1,
            BlockFormat::Compact => 2,
        }
    }
}

impl Choice for PointStream {
    fn from_code(code: u8) -> Option<PointStream> {
        match code {
            1 => Some(PointStream::Raw),
            2 => Some(PointStream::Standard),
            _ => None,
        }
    }

    fn code(self) -> u8 {
        match self {
            PointStream::Raw => 1,
            PointStream::Standard => 2,
        }
    }
}

/// What is the same for both steps of a negotiation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// What of encryption is possible, best first.
    pub encryption: Vec<Encryption>,
    /// What of authentication is possible, best first.
    pub authentication: Vec<Authentication>,
    /// What the side is.
    pub role: LinkRole,
    /// All else; None in the first step, which is about encryption alone.
    pub session: Option<SessionOffer>,
    /// For people: the name of the software.
    pub text: String,
}

/// What is offered of everything but encryption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionOffer {
    /// Possible forms of blocks, best first.
    pub formats: Vec<BlockFormat>,
    /// Possible features.
    pub features: Vec<Feature>,
    /// Possible streams of data points, best first.
    pub streams: Vec<PointStream>,
    /// The largest block that the side takes, in bytes.
    pub largest: usize,
    /// Its levels of compliance.
    pub levels: Levels,
}

/// What was selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// How the link is encrypted.
    pub encryption: Encryption,
    /// How the sides know each other.
    pub authentication: Authentication,
    /// What the side is that sends this.
    pub role: LinkRole,
    /// All else; None in the first step.
    pub session: Option<SessionSelection>,
    /// For people: the name of the software.
    pub text: String,
}

/// What was selected of everything but encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionSelection {
    /// The form of blocks.
    pub format: BlockFormat,
    /// The features.
    pub features: FeatureTable,
    /// The stream of data points.
    pub stream: PointStream,
    /// The largest block that the sender of this takes, in bytes.
    pub largest: usize,
    /// The levels of compliance of the sender of this.
    pub levels: Levels,
}

/// A message of the negotiation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// What one side can do.
    Offer(Offer),
    /// What the other has chosen of it.
    Select(Selection),
    /// What the sender does from here on.
    Commit(Selection),
    /// There is nothing in common.
    Reject {
        /// Why.
        reason: Reason,
        /// The same for people.
        text: String,
    },
}

impl Message {
    /// Appends the message; it is the data of one block.
    pub fn write(&self, out: &mut Vec<u8>, exchange: u32) {
        let code = match self {
            Message::Offer(_) => OFFER,
            Message::Select(_) => SELECT,
            Message::Commit(_) => COMMIT,
            Message::Reject { .. } => REJECT,
        };
        out.push(code);
        out.put_u32(exchange);
        match self {
            Message::Offer(offer) => write_offer(out, offer),
            Message::Select(selection) | Message::Commit(selection) => write_selection(out, selection),
            Message::Reject { reason, text } => {
                item(out, REASON, &[reason.code()]);
                write_text(out, text);
            }
        }
    }

    /// Reads a message, and the number of its exchange.
    ///
    /// # Errors
    ///
    /// What is wrong with it. The number of the exchange is told whenever there is one.
    pub fn read(data: &[u8]) -> (u32, Result<Message, BlockLinkError>) {
        let mut reader = Reader::new(data);
        let begin = reader.u8("message").and_then(|code| Ok((code, reader.u32("exchange")?)));
        match begin.map_err(short(WHAT)) {
            Err(error) => (0, Err(error)),
            Ok((code, exchange)) => (exchange, read_message(code, reader)),
        }
    }
}

fn read_message(code: u8, reader: Reader<'_>) -> Result<Message, BlockLinkError> {
    let items = Items::read(reader)?;
    Ok(match code {
        OFFER => Message::Offer(items.offer()?),
        SELECT => Message::Select(items.selection()?),
        COMMIT => Message::Commit(items.selection()?),
        REJECT => {
            let [reason] = items.byte(REASON)?;
            Message::Reject { reason: Reason::from_code(reason), text: items.text() }
        }
        number => return Err(no_message(WHAT, number, "messages are 1 to 4")),
    })
}

fn item(out: &mut Vec<u8>, tag: u8, value: &[u8]) {
    out.push(tag);
    out.put_u16(value.len() as u16);
    out.extend_from_slice(value);
}

fn codes<T: Choice>(list: &[T]) -> Vec<u8> {
    list.iter().map(|choice| choice.code()).collect()
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    if !text.is_empty() {
        let end = text.floor_char_boundary(LONGEST_TEXT);
        item(out, TEXT, &text.as_bytes()[..end]);
    }
}

fn write_offer(out: &mut Vec<u8>, offer: &Offer) {
    item(out, ENCRYPTION, &codes(&offer.encryption));
    item(out, AUTHENTICATION, &codes(&offer.authentication));
    item(out, ROLE, &[offer.role.code()]);
    if let Some(session) = &offer.session {
        let mut names = Vec::new();
        for feature in &session.features {
            put_bytes(&mut names, feature.name().as_bytes());
        }
        item(out, FORMAT, &codes(&session.formats));
        item(out, FEATURES, &names);
        item(out, STREAM, &codes(&session.streams));
        item(out, LARGEST, &(session.largest as u16).to_be_bytes());
        item(out, LEVELS, &[session.levels.bits()]);
    }
    write_text(out, &offer.text);
}

fn write_selection(out: &mut Vec<u8>, selection: &Selection) {
    item(out, ENCRYPTION, &[selection.encryption.code()]);
    item(out, AUTHENTICATION, &[selection.authentication.code()]);
    item(out, ROLE, &[selection.role.code()]);
    if let Some(session) = &selection.session {
        let mut features = Vec::new();
        for (feature, id) in session.features.iter() {
            features.put_u16(id);
            put_bytes(&mut features, feature.name().as_bytes());
        }
        item(out, FORMAT, &[session.format.code()]);
        item(out, FEATURES, &features);
        item(out, STREAM, &[session.stream.code()]);
        item(out, LARGEST, &(session.largest as u16).to_be_bytes());
        item(out, LEVELS, &[session.levels.bits()]);
    }
    write_text(out, &selection.text);
}

/// The items of a message, by their tags.
struct Items<'a>([Option<&'a [u8]>; TEXT as usize + 1]);

impl<'a> Items<'a> {
    fn read(mut reader: Reader<'a>) -> Result<Items<'a>, BlockLinkError> {
        let mut items = Items([None; TEXT as usize + 1]);
        while !reader.rest().is_empty() {
            let tag = reader.u8("tag").map_err(short(WHAT))?;
            let length = reader.u16("length").map_err(short(WHAT))?;
            let value = reader.bytes("item", length.into()).map_err(short(WHAT))?;
            // Unknown tags are those of others, or of later versions.
            let Some(place) = items.0.get_mut(usize::from(tag)).filter(|_| tag > 0) else { continue };
            if place.replace(value).is_some() {
                return Err(BlockLinkError::Item { tag, problem: "comes twice" });
            }
        }
        Ok(items)
    }

    fn get(&self, tag: u8) -> Result<&'a [u8], BlockLinkError> {
        self.0[usize::from(tag)].ok_or(BlockLinkError::Item { tag, problem: "is missing" })
    }

    fn byte<const N: usize>(&self, tag: u8) -> Result<[u8; N], BlockLinkError> {
        self.get(tag)?.try_into().map_err(|_| BlockLinkError::Item { tag, problem: "has another length" })
    }

    fn list<T: Choice>(&self, tag: u8) -> Result<Vec<T>, BlockLinkError> {
        let codes = self.get(tag)?;
        if codes.is_empty() || codes.len() > MOST_ENTRIES {
            return Err(BlockLinkError::Item { tag, problem: "has not 1 to 64 entries" });
        }
        // What is unknown cannot be selected.
        Ok(codes.iter().filter_map(|code| T::from_code(*code)).collect())
    }

    fn choice<T: Choice>(&self, tag: u8) -> Result<T, BlockLinkError> {
        let [code] = self.byte(tag)?;
        T::from_code(code).ok_or(BlockLinkError::Item { tag, problem: "is nothing that can be selected" })
    }

    fn text(&self) -> String {
        let text = self.0[usize::from(TEXT)].unwrap_or_default();
        String::from_utf8_lossy(&text[..text.len().min(LONGEST_TEXT)]).into_owned()
    }

    fn has_session(&self) -> bool {
        self.0[usize::from(FEATURES)].is_some()
    }

    fn largest(&self) -> Result<usize, BlockLinkError> {
        let largest = usize::from(u16::from_be_bytes(self.byte(LARGEST)?));
        match (LEAST_LARGEST_BLOCK..=LARGEST_BLOCK).contains(&largest) {
            true => Ok(largest),
            false => Err(BlockLinkError::Item { tag: LARGEST, problem: "is not 64 to 32767" }),
        }
    }

    /// The levels that are true for these features.
    fn levels(&self, features: &[Feature]) -> Result<Levels, BlockLinkError> {
        let [bits] = self.byte(LEVELS)?;
        Ok(Levels::from_bits(bits).among(Levels::of(features)))
    }

    /// Each feature that is known, by what `read` takes in front of its name.
    fn features<T>(
        &self,
        mut read: impl FnMut(&mut Reader<'a>) -> Result<T, crate::wire::Truncated>,
    ) -> Result<Vec<(Feature, T)>, BlockLinkError> {
        let mut reader = Reader::new(self.get(FEATURES)?);
        let mut features: Vec<(Feature, T)> = Vec::new();
        let mut count = 0;
        while !reader.rest().is_empty() {
            let before = read(&mut reader).map_err(short(WHAT))?;
            let name = read_bytes(&mut reader, "name of a feature").map_err(short(WHAT))?;
            count += 1;
            let Some(feature) = std::str::from_utf8(name).ok().and_then(Feature::from_name) else { continue };
            if features.iter().any(|(known, _)| *known == feature) {
                return Err(BlockLinkError::Item { tag: FEATURES, problem: "has a feature twice" });
            }
            features.push((feature, before));
        }
        if count > MOST_ENTRIES {
            return Err(BlockLinkError::Item { tag: FEATURES, problem: "has not 1 to 64 entries" });
        }
        Ok(features)
    }

    fn offer(&self) -> Result<Offer, BlockLinkError> {
        let session = match self.has_session() {
            false => None,
            true => {
                let features: Vec<Feature> =
                    self.features(|_| Ok(()))?.into_iter().map(|(feature, ())| feature).collect();
                Some(SessionOffer {
                    formats: self.list(FORMAT)?,
                    streams: self.list(STREAM)?,
                    largest: self.largest()?,
                    levels: self.levels(&features)?,
                    features,
                })
            }
        };
        Ok(Offer {
            encryption: self.list(ENCRYPTION)?,
            authentication: self.list(AUTHENTICATION)?,
            role: self.choice(ROLE)?,
            session,
            text: self.text(),
        })
    }

    fn selection(&self) -> Result<Selection, BlockLinkError> {
        let session = match self.has_session() {
            false => None,
            true => {
                let mut table = FeatureTable::default();
                let mut features = Vec::new();
                for (feature, id) in self.features(|reader| reader.u16("runtime ID"))? {
                    if !table.set(feature, id) {
                        let problem = "has a runtime ID that is 0 or taken";
                        return Err(BlockLinkError::Item { tag: FEATURES, problem });
                    }
                    features.push(feature);
                }
                Some(SessionSelection {
                    format: self.choice(FORMAT)?,
                    features: table,
                    stream: self.choice(STREAM)?,
                    largest: self.largest()?,
                    // Of all that its sender can do, the selection has a part.
                    levels: Levels::from_bits(self.byte::<1>(LEVELS)?[0]),
                })
            }
        };
        Ok(Selection {
            encryption: self.choice(ENCRYPTION)?,
            authentication: self.choice(AUTHENTICATION)?,
            role: self.choice(ROLE)?,
            session,
            text: self.text(),
        })
    }
}
