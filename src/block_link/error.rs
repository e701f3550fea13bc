//! What is wrong with what came over a block link.

use thiserror::Error;

use crate::wire::Truncated;

/// Why bytes mean nothing on a block link, or cannot be sent over it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BlockLinkError {
    /// Data for a block are longer than the other side takes.
    #[error(
        "{size} bytes of data do not fit a block of {most} bytes; raise largestBlock, or send less at once"
    )]
    TooLarge {
        /// Bytes of the data.
        size: usize,
        /// Bytes of the largest block.
        most: usize,
    },
    /// A block in compact form is longer than was agreed.
    #[error(
        "the other side announced a compact block of {size} bytes, but {most} is the most that it may send"
    )]
    CompactTooLarge {
        /// Announced length of its data in bytes.
        size: usize,
        /// The most that is possible.
        most: usize,
    },
    /// The first compact block refers to one before it.
    #[error("the first compact block belongs to the feature of the block before it, but there is none")]
    NoFeatureBefore,
    /// A message ends before its fields do.
    #[error("{what}: {cause}")]
    Short {
        /// The message.
        what: &'static str,
        /// The field that is cut.
        #[source]
        cause: Truncated,
    },
    /// A message goes on behind its last field.
    #[error("{what}: {extra} bytes follow its last field")]
    TrailingBytes {
        /// The message.
        what: &'static str,
        /// Bytes behind the last field.
        extra: usize,
    },
    /// A field has a value that means nothing.
    #[error("{what}: {field} is {value}; {allowed}")]
    Value {
        /// The message.
        what: &'static str,
        /// The field.
        field: &'static str,
        /// Its value.
        value: u64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A text is not UTF-8.
    #[error("{what}: {field} is not UTF-8")]
    NotUtf8 {
        /// The message.
        what: &'static str,
        /// The text.
        field: &'static str,
    },
    /// An item of a negotiation comes twice, is missing or is too long.
    #[error("negotiation: item {tag} {problem}")]
    Item {
        /// Its tag.
        tag: u8,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// Points of the Standard stream have a runtime ID without a definition.
    #[error("the Standard stream has a point of ID {0}, which was never defined")]
    UnknownPoint(u64),
    /// The Standard stream refers to something before it, and there is nothing.
    #[error("the Standard stream refers to {0} before it, but there is none")]
    NothingBefore(&'static str),
    /// There are more definitions than are kept.
    #[error(
        "there are {0} definitions of data points already, and no more are taken; subscribe to fewer signals"
    )]
    TooManyDefinitions(usize),
    /// Values do not fit the definition of their point.
    #[error("the values of a point of ID {0} do not have the types of its definition")]
    OtherFields(u64),
}

/// Names the message that a field is cut of.
pub(super) fn short(what: &'static str) -> impl Fn(Truncated) -> BlockLinkError {
    move |cause| BlockLinkError::Short { what, cause }
}

/// Checks that a message ends behind its last field.
pub(super) fn ended(what: &'static str, rest: &[u8]) -> Result<(), BlockLinkError> {
    match rest.len() {
        0 => Ok(()),
        extra => Err(BlockLinkError::TrailingBytes { what, extra }),
    }
}

/// What is wrong with a message of a number that there is none of.
pub(super) fn no_message(what: &'static str, number: u8, allowed: &'static str) -> BlockLinkError {
    BlockLinkError::Value { what, field: "message", value: number.into(), allowed }
}
