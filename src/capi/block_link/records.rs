//! Block links: what is known of them.
//!
//! Block links carry STTP where TCP is not to be had: over serial lines, radio, one-way UDP, files; docs/block-links.md
//! describes them, on the wire, too. There are three handles. A sttp_block_link is one side of a link, for programs that
//! have the measurements or want them. A sttp_block_link_output sends what a publisher sends over any number of links,
//! and a sttp_block_link_input publishes what comes over any number of them; each knows its links by their numbers.
//!
//! Where a link is and how it is used, a connection string says, as `link=serial:/dev/ttyS0,115200,8N1`,
//! `link=tcp-listen:7170`, `link=udp:192.0.2.7:7170; oneWay=true` or `link=file:/tmp/recording`. Its keys are the settings
//! of STTP_ROLE_BLOCK_LINK.

use std::ffi::c_char;

use crate::block_link::negotiation::{Agreement, Authentication, Encryption, LinkRole};
pub(super) use crate::block_link::session::BlockLinkCounters as sttp_block_link_session_counters;
use crate::block_link::stream::PointStream;
use crate::block_link::{BlockFormat, Feature, Level};
use crate::capi::shared::arguments::{invalid, write_record, write_text};
use crate::capi::shared::status::Failure;
use crate::error::Error;
pub(super) use crate::gateway::block_link::LinkCounters as sttp_block_link_counters;
use crate::gateway::block_link::{LinkId, LinkInfo, LinkState};

/// Role of a side of a link: it receives.
pub const STTP_BLOCK_LINK_CLIENT: i32 = 1;
/// Role of a side of a link: it sends.
pub const STTP_BLOCK_LINK_SERVER: i32 = 2;
/// Role of a side of a link: both.
pub const STTP_BLOCK_LINK_PEER: i32 = 3;

/// State of a link: it is not to be open, or a file was read to its end.
pub const STTP_BLOCK_LINK_CLOSED: i32 = 0;
/// State of a link: it is being opened, or waits for a connection.
pub const STTP_BLOCK_LINK_OPENING: i32 = 1;
/// State of a link: it is open, and nothing is agreed with the other side.
pub const STTP_BLOCK_LINK_OPEN: i32 = 2;
/// State of a link: both sides have agreed how they talk.
pub const STTP_BLOCK_LINK_RUNNING: i32 = 3;
/// State of a link: it was lost or could not be opened, the next attempt follows.
pub const STTP_BLOCK_LINK_REOPENING: i32 = 4;
/// State of a link: it was lost or could not be opened, and no attempt follows.
pub const STTP_BLOCK_LINK_GAVE_UP: i32 = 5;
/// State of a link: what waits for a file is being written.
pub const STTP_BLOCK_LINK_CLOSING: i32 = 6;

/// Blocks in standard form: with sync bytes, sequence number and check word.
pub const STTP_BLOCK_LINK_STANDARD_BLOCKS: i32 = 1;
/// Blocks in compact form: with a length, where the link loses nothing.
pub const STTP_BLOCK_LINK_COMPACT_BLOCKS: i32 = 2;

/// Data points each with its ID and its length.
pub const STTP_BLOCK_LINK_RAW_STREAM: i32 = 1;
/// Data points as short as it goes, where the link loses nothing.
pub const STTP_BLOCK_LINK_STANDARD_STREAM: i32 = 2;

/// Bit of a level of compliance: an application, which receives measurements and metadata.
pub const STTP_BLOCK_LINK_APPLICATION: i32 = 1;
/// Bit of a level of compliance: a gateway, which also sends them, to those who subscribe with a filter.
pub const STTP_BLOCK_LINK_GATEWAY: i32 = 2;
/// Bit of a level of compliance: a concentrator, which also makes data frames of data points of C37.118.
pub const STTP_BLOCK_LINK_CONCENTRATOR: i32 = 4;

/// Bit of a feature: data points.
pub const STTP_BLOCK_LINK_POINTS: i32 = 1;
/// Bit of a feature: which signals data points are of.
pub const STTP_BLOCK_LINK_SIGNALS: i32 = 2;
/// Bit of a feature: metadata, and configurations of C37.118.
pub const STTP_BLOCK_LINK_DOCUMENTS: i32 = 4;
/// Bit of a feature: subscriptions by filter.
pub const STTP_BLOCK_LINK_SUBSCRIPTION: i32 = 8;
/// Bit of a feature: data points of C37.118.
pub const STTP_BLOCK_LINK_C37118: i32 = 16;

/// What both sides of a link have agreed; on one-way links, what the sender says of itself, at either side.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_block_link_agreement {
    /// Number of the agreement, which no other one of the link has.
    pub exchange: u32,
    /// The role of the other side: STTP_BLOCK_LINK_CLIENT to STTP_BLOCK_LINK_PEER.
    pub peer: i32,
    /// Levels of compliance that the other side has: bits STTP_BLOCK_LINK_APPLICATION to STTP_BLOCK_LINK_CONCENTRATOR.
    pub levels: i32,
    /// Features that were agreed: bits STTP_BLOCK_LINK_POINTS to STTP_BLOCK_LINK_C37118.
    pub features: i32,
    /// STTP_BLOCK_LINK_STANDARD_BLOCKS or STTP_BLOCK_LINK_COMPACT_BLOCKS.
    pub blocks: i32,
    /// STTP_BLOCK_LINK_RAW_STREAM or STTP_BLOCK_LINK_STANDARD_STREAM.
    pub stream: i32,
    /// Largest block that the other side takes, in bytes.
    pub largest_block: u32,
    /// 1 when the link is encrypted by TLS, else 0.
    pub is_encrypted: i32,
    /// 1 when the sides know each other by certificates, else 0.
    pub is_authenticated: i32,
    /// 0.
    pub reserved: u32,
}

/// Where a link stands.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_block_link_info {
    /// Which it is, as sttp_block_link_input_add or sttp_block_link_output_add told it; 0 for a sttp_block_link.
    pub id: u64,
    /// STTP_BLOCK_LINK_CLOSED to STTP_BLOCK_LINK_CLOSING.
    pub state: i32,
    /// 1 when both sides can send, 0 when only one can.
    pub is_two_way: i32,
    /// Data points that wait to be sent, or are in blocks that the line, the socket or the file has not taken whole yet.
    pub waiting_points: u64,
}

impl From<&Agreement> for sttp_block_link_agreement {
    fn from(agreement: &Agreement) -> sttp_block_link_agreement {
        let session = agreement.session.as_ref();
        sttp_block_link_agreement {
            exchange: agreement.exchange,
            peer: match agreement.peer {
                LinkRole::Client => STTP_BLOCK_LINK_CLIENT,
                LinkRole::Server => STTP_BLOCK_LINK_SERVER,
                LinkRole::Peer => STTP_BLOCK_LINK_PEER,
            },
            levels: Level::ALL
                .into_iter()
                .filter(|level| session.is_some_and(|session| session.levels.has(*level)))
                .fold(0, |bits, level| {
                    bits | match level {
                        Level::Application => STTP_BLOCK_LINK_APPLICATION,
                        Level::Gateway => STTP_BLOCK_LINK_GATEWAY,
                        Level::Concentrator => STTP_BLOCK_LINK_CONCENTRATOR,
                    }
                }),
            features: agreement.features().iter().fold(0, |bits, (feature, _)| {
                bits | match feature {
                    Feature::Points => STTP_BLOCK_LINK_POINTS,
                    Feature::Signals => STTP_BLOCK_LINK_SIGNALS,
                    Feature::Documents => STTP_BLOCK_LINK_DOCUMENTS,
                    Feature::Subscription => STTP_BLOCK_LINK_SUBSCRIPTION,
                    Feature::C37118 => STTP_BLOCK_LINK_C37118,
                }
            }),
            blocks: match session.map(|session| session.format) {
                Some(BlockFormat::Compact) => STTP_BLOCK_LINK_COMPACT_BLOCKS,
                Some(BlockFormat::Standard) | None => STTP_BLOCK_LINK_STANDARD_BLOCKS,
            },
            stream: match session.map(|session| session.stream) {
                Some(PointStream::Standard) => STTP_BLOCK_LINK_STANDARD_STREAM,
                Some(PointStream::Raw) | None => STTP_BLOCK_LINK_RAW_STREAM,
            },
            largest_block: session.map_or(0, |session| session.largest.try_into().unwrap_or(u32::MAX)),
            is_encrypted: (agreement.encryption != Encryption::None).into(),
            is_authenticated: (agreement.authentication != Authentication::None).into(),
            reserved: 0,
        }
    }
}

pub(super) fn role_of(number: i32) -> Result<LinkRole, Failure> {
    match number {
        STTP_BLOCK_LINK_CLIENT => Ok(LinkRole::Client),
        STTP_BLOCK_LINK_SERVER => Ok(LinkRole::Server),
        STTP_BLOCK_LINK_PEER => Ok(LinkRole::Peer),
        _ => Err(invalid(format!(
            "role is {number}; give STTP_BLOCK_LINK_CLIENT, STTP_BLOCK_LINK_SERVER or STTP_BLOCK_LINK_PEER (1 to 3)"
        ))),
    }
}

fn state_of(state: LinkState) -> i32 {
    match state {
        LinkState::Closed => STTP_BLOCK_LINK_CLOSED,
        LinkState::Opening => STTP_BLOCK_LINK_OPENING,
        LinkState::Open => STTP_BLOCK_LINK_OPEN,
        LinkState::Running => STTP_BLOCK_LINK_RUNNING,
        LinkState::Reopening => STTP_BLOCK_LINK_REOPENING,
        LinkState::GaveUp => STTP_BLOCK_LINK_GAVE_UP,
        LinkState::Closing => STTP_BLOCK_LINK_CLOSING,
    }
}

/// Writes where a link stands.
pub(super) unsafe fn write_info(
    id: LinkId,
    known: &LinkInfo,
    info: *mut sttp_block_link_info,
    size: usize,
) -> Result<(), Failure> {
    let record = sttp_block_link_info {
        id,
        state: state_of(known.state),
        is_two_way: known.is_two_way.into(),
        waiting_points: known.waiting_points as u64,
    };
    // SAFETY: the caller has the contract of the header.
    unsafe { write_record(&record, info, size, "info") }
}

/// Writes what was agreed.
pub(super) unsafe fn write_agreement(
    known: &LinkInfo,
    agreement: *mut sttp_block_link_agreement,
    size: usize,
) -> Result<(), Failure> {
    let Some(agreed) = &known.agreement else {
        return Err(Error::InvalidState(
            "nothing is agreed with the other side yet; wait for the callback agreed".into(),
        )
        .into());
    };
    // SAFETY: the caller has the contract of the header.
    unsafe { write_record(&agreed.into(), agreement, size, "agreement") }
}

/// Writes what a link is open to, or where it listens.
pub(super) unsafe fn write_address(
    known: &LinkInfo,
    buffer: *mut c_char,
    size: usize,
) -> Result<(), Failure> {
    let listening = known.listening.map(|address| address.to_string());
    let address = listening.as_ref().unwrap_or(&known.address);
    if address.is_empty() {
        return Err(Error::InvalidState("the link is not open; wait for the callback opened".into()).into());
    }
    // SAFETY: the caller has the contract of the header.
    unsafe { write_text(address, buffer, size) }
}

/// Writes what was counted of a link and of its session, where that is wanted.
pub(super) unsafe fn write_counters(
    known: &LinkInfo,
    (counters, size): (*mut sttp_block_link_counters, usize),
    (session, session_size): (*mut sttp_block_link_session_counters, usize),
) -> Result<(), Failure> {
    if !counters.is_null() {
        // SAFETY: the caller has the contract of the header.
        unsafe { write_record(&known.counters, counters, size, "counters")? };
    }
    if !session.is_null() {
        // SAFETY: the caller has the contract of the header.
        unsafe { write_record(&known.session, session, session_size, "session")? };
    }
    Ok(())
}
