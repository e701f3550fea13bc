//! What a client session wants of its driver.

use std::sync::Arc;

use bytes::Bytes;

use crate::c37118::{Configuration, DataFrame, FrameType};
use crate::operator::Severity;

/// What a [`ClientSession`](super::ClientSession) wants of its driver.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClientOutput<'a> {
    /// Send these bytes, which are one command: on the stream, or as one datagram where commands go by
    /// datagrams.
    Send(Vec<u8>),
    /// All data frames from here on are by this configuration. It is the first one, or another than before.
    Configuration {
        /// The configuration.
        configuration: Arc<Configuration>,
        /// The frames that it came in, byte by byte: one, or the pieces of a CFG-3.
        frames: Arc<[Bytes]>,
    },
    /// A data frame.
    Data {
        /// What it carries, by its configuration.
        frame: DataFrame<'a>,
        /// The whole frame as it came.
        bytes: &'a [u8],
        /// Its configuration: the one that was told last.
        configuration: &'a Arc<Configuration>,
    },
    /// The text of the header frame, as it came.
    Header(Bytes),
    /// With [`every_description`](crate::settings::C37118ClientSettings::every_description): a header frame
    /// or configuration of any form, that is new or not the same as before, its time aside.
    Description {
        /// The header frame, CFG-1, CFG-2 or CFG-3.
        kind: FrameType,
        /// The frames that it came in, byte by byte.
        frames: Arc<[Bytes]>,
    },
    /// Something that operators should know; repeated messages are held back.
    Message {
        /// How much it matters.
        severity: Severity,
        /// What it is, and what to do.
        text: String,
    },
    /// The connection is of no use any more: close it, which needs no call of
    /// [`disconnected`](super::ClientSession::disconnected), and connect again, with a delay that grows as long
    /// as [`has_received_data`](super::ClientSession::has_received_data) stays false.
    Reconnect {
        /// Why.
        reason: String,
    },
}
