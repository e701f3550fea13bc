//! What is wrong with a frame.

use thiserror::Error;

use crate::wire::Truncated;

/// Why bytes are no frame of C37.118, or not the one that they claim to be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum C37118Error {
    /// The first byte is not AA.
    #[error("a frame of C37.118 begins with the byte AA, this one with {0:02X}")]
    NoSync(u8),
    /// The frame type has no meaning.
    #[error("C37.118 has no frame type {0}")]
    UnknownType(u8),
    /// A version that this library does not speak.
    #[error("{}", unknown_version(*.0))]
    UnknownVersion(u8),
    /// Frames of the standard before C37.118.
    #[error(
        "this looks like IEEE 1344, which came before C37.118 and is not supported; set the device to C37.118"
    )]
    Ieee1344,
    /// The length field cannot be true.
    #[error("the frame says that it has {size} bytes; a {what} has {least} to {most}")]
    Size {
        /// The type of the frame.
        what: &'static str,
        /// FRAMESIZE as received.
        size: usize,
        /// The least that is possible.
        least: usize,
        /// The most that is possible.
        most: usize,
    },
    /// The check word is wrong: the frame was damaged on its way.
    #[error(
        "the check word of the frame is {found:04X}, its bytes give {computed:04X}: it was damaged on its way"
    )]
    BadCheck {
        /// CHK as received.
        found: u16,
        /// The check word of the bytes received.
        computed: u16,
    },
    /// The frame ends before its fields do.
    #[error("{what}: {cause}")]
    Short {
        /// The type of the frame.
        what: &'static str,
        /// The field that is cut.
        #[source]
        cause: Truncated,
    },
    /// The frame goes on behind its last field.
    #[error("{what}: {extra} bytes follow its last field; its counts of channels do not fit its length")]
    TrailingBytes {
        /// The type of the frame.
        what: &'static str,
        /// Bytes behind the last field.
        extra: usize,
    },
    /// A data frame that does not fit the configuration.
    #[error(
        "a data frame of {size} bytes does not fit the configuration, whose data frames have {expected}; ask the \
         device for its configuration again"
    )]
    OtherConfiguration {
        /// Length of the frame.
        size: usize,
        /// Length by the configuration.
        expected: usize,
    },
    /// The frame is from another data stream.
    #[error("the frame has ID code {found}, the configuration {expected}")]
    OtherId {
        /// ID code of the frame.
        found: u16,
        /// ID code of the configuration.
        expected: u16,
    },
    /// A pieced CFG-3 does not fit together.
    #[error("piece {index} of a CFG-3 came where piece {expected} was due; ask for the configuration again")]
    Fragment {
        /// CONT_IDX as received.
        index: u16,
        /// CONT_IDX that was due.
        expected: u16,
    },
    /// The configuration has more than a frame can hold.
    #[error("{what} would take {size} bytes; a frame of C37.118 holds at most 65535")]
    TooLarge {
        /// What does not fit.
        what: &'static str,
        /// The bytes that it would take.
        size: usize,
    },
    /// A value that the form of a frame cannot carry.
    #[error("{0}")]
    Unencodable(String),
}

fn unknown_version(version: u8) -> String {
    match version {
        3 => "this is version 3 of C37.118 (C37.118.2-2024), which is not supported; set the device to \
              C37.118.2-2011 or C37.118-2005"
            .into(),
        _ => format!("C37.118 has no version {version}; set the device to C37.118.2-2011 or C37.118-2005"),
    }
}
