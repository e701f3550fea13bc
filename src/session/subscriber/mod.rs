//! The subscriber's side of one connection.

mod buffer_blocks;
mod caches;
mod data;
mod datagrams;
mod decryption;
mod events;
mod messages;
mod responses;
mod temporal;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use thiserror::Error;

use crate::settings::SubscriberSettings;
use crate::wire::frame::{FrameAssembler, FrameError, command_frame};
use crate::wire::messages::encode_metadata_refresh;
use crate::wire::modes::ModeFlags;
use crate::wire::subscribe::SubscribeError;
use crate::wire::{Command, OperationalModes, SubscribeRequest, SubscriptionOptions, TextEncoding, Version};

use super::{Frame, SendQueue};
use buffer_blocks::BufferBlocks;
use caches::CacheSlots;
use data::Decoding;
use datagrams::GroupSignals;
use decryption::Decryption;
pub use events::{EventSink, SubscriberEvent};
pub use messages::Schema;
use temporal::Playback;

/// How long compressed measurements may be out of sequence. A publisher that skipped some starts
/// anew with sequence 0; one that does not has lost count, and only a new connection helps.
const OUT_OF_SEQUENCE_LIMIT: Duration = Duration::from_secs(5);

/// First bytes of the answer to a metadata request.
const METADATA_ANSWER: [u8; 2] = [0x80, 0x01];

/// Frames that may wait to be sent. Commands are few; more are confirmations that a publisher
/// provokes without reading them.
const MAX_WAITING_FRAMES: usize = 10_000;

/// How a subscriber speaks to its publisher.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionSettings {
    /// Protocol version.
    pub version: Version,
    /// Ask for TSSC-compressed measurements. Leave it off when they come by UDP.
    pub compress_payload: bool,
    /// Ask for GZip-compressed metadata and signal index caches.
    pub gzip: bool,
    /// Receive the metadata of the publisher's own devices.
    pub internal_metadata: bool,
    /// Receive the metadata of devices that the publisher has from others.
    pub external_metadata: bool,
    /// Largest accepted frame, and largest signal index cache after decompression, in bytes.
    pub max_frame_size: usize,
    /// A connection without any byte for so long is lost; publishers send something every five
    /// seconds. `None` waits for ever.
    pub data_loss_timeout: Option<Duration>,
    /// How long the publisher may take to answer a metadata request, or operational modes of
    /// version 3.
    pub answer_timeout: Duration,
}

impl Default for SessionSettings {
    fn default() -> SessionSettings {
        let settings = SubscriberSettings::default();
        SessionSettings {
            version: settings.version,
            compress_payload: settings.compress_payload,
            gzip: settings.gzip,
            internal_metadata: settings.internal_metadata,
            external_metadata: settings.external_metadata,
            max_frame_size: settings.max_frame_size,
            data_loss_timeout: settings.data_loss_timeout,
            answer_timeout: Duration::from_secs(60),
        }
    }
}

impl SessionSettings {
    fn operational_modes(&self) -> OperationalModes {
        let mut flags = ModeFlags::empty();
        flags.set(ModeFlags::INTERNAL_METADATA, self.internal_metadata);
        flags.set(ModeFlags::EXTERNAL_METADATA, self.external_metadata);
        if self.compress_payload {
            flags |= ModeFlags::TSSC | ModeFlags::COMPRESS_PAYLOAD;
        }
        if self.gzip {
            flags |= ModeFlags::GZIP | ModeFlags::COMPRESS_CACHE | ModeFlags::COMPRESS_METADATA;
        }
        OperationalModes { version: self.version, encoding: TextEncoding::Utf8, flags }
    }
}

/// Why a connection cannot go on.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SubscriberError {
    /// The byte stream cannot be cut into frames any more.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// Two subscribers are connected with each other.
    #[error(
        "the other side is a subscriber too, not a publisher; connect to a publisher that listens, or listen for one \
         that connects"
    )]
    OtherSubscriber,
    /// The publisher refuses this subscriber.
    #[error("the publisher refused the connection: {0}")]
    Refused(String),
    /// The publisher refuses the operational modes.
    #[error("the publisher refused STTP version {version}: {text}")]
    ModesRefused {
        /// Version that was asked for.
        version: u32,
        /// The publisher's words.
        text: String,
    },
    /// Compressed measurements cannot be decoded, so later ones cannot either.
    #[error("compressed measurements from the publisher are damaged: {0}")]
    Payload(String),
    /// The publisher is silent.
    #[error("nothing was received for {} s, although publishers send something every 5 s", .0.as_secs_f64())]
    Silent(Duration),
    /// The publisher does not answer.
    #[error("the publisher did not answer {command} within {} s", .timeout.as_secs_f64())]
    NoAnswer {
        /// Name of the command.
        command: &'static str,
        /// How long it had.
        timeout: Duration,
    },
    /// Compressed measurements were out of sequence for too long.
    #[error("compressed measurements were out of sequence and did not start anew within {} s", .0.as_secs_f64())]
    OutOfSequence(Duration),
    /// The publisher asks for confirmations that it does not read.
    #[error("the publisher does not read what is sent to it: {waiting} commands and confirmations wait")]
    Unread {
        /// Frames that wait to be sent.
        waiting: usize,
    },
}

/// Counts of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SessionStatistics {
    /// Measurements delivered.
    pub measurements: u64,
    /// Data packets delivered.
    pub packets: u64,
    /// Measurements not delivered, because their signal was not in the signal index cache.
    pub measurements_dropped: u64,
    /// Data packets not delivered: damaged, out of sequence, not to be decrypted, late for a change
    /// of signals, or without a signal index cache.
    pub packets_dropped: u64,
    /// Buffer blocks delivered.
    pub buffer_blocks: u64,
    /// Buffer blocks not delivered: damaged, of an unknown signal, or too far before their turn.
    pub buffer_blocks_dropped: u64,
    /// Buffer blocks that never came.
    pub buffer_blocks_lost: u64,
    /// Datagrams received.
    pub datagrams: u64,
    /// Datagrams not used: damaged, or not from the publisher.
    pub datagrams_rejected: u64,
}

/// One connection of a subscriber to a publisher, from the established transport to its end.
///
/// Call [`receive`](Self::receive) with what arrived, send what [`queue`](Self::queue) holds, and
/// call [`handle_timeout`](Self::handle_timeout) at [`deadline`](Self::deadline). After an error
/// the session is of no further use.
pub struct SubscriberSession {
    settings: SessionSettings,
    assembler: FrameAssembler,
    queue: SendQueue,
    /// Commands that wait for the answer to the operational modes (version 3).
    held: Vec<Frame>,
    modes: ModesAnswer,
    subscription: Option<SubscriptionOptions>,
    /// Measurements that arrive now belong to a subscription that was ended.
    discarding: bool,
    playback: Playback,
    /// Subscribe commands that were sent and neither succeeded nor failed yet.
    unanswered: u32,
    caches: CacheSlots,
    group_signals: GroupSignals,
    /// Data packets delivered before the last keep-alive.
    packets_at_keep_alive: u64,
    /// Generation of the cache that rows of delivered measurements refer to.
    announced: u32,
    decoding: Decoding,
    blocks: BufferBlocks,
    decryption: Decryption,
    statistics: SessionStatistics,
    last_received: Instant,
    metadata_requested: Option<Instant>,
    modes_sent: Instant,
}

/// What the publisher said to the operational modes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ModesAnswer {
    None,
    /// By a publisher that may never name the slot of its second cache.
    Accepted,
    /// By a publisher that is known to name slots, or to use only one.
    AcceptedWithoutQuirk,
}

impl SubscriberSession {
    /// A session on a transport that was just established. Queues the operational modes.
    pub fn new(settings: SessionSettings, now: Instant) -> SubscriberSession {
        let modes = settings.operational_modes().bits().to_be_bytes();
        let mut queue = SendQueue::default();
        queue.push(Frame::control(command_frame(Command::DefineOperationalModes, &modes)));
        SubscriberSession {
            settings,
            assembler: FrameAssembler::default(),
            queue,
            held: Vec::new(),
            modes: ModesAnswer::None,
            subscription: None,
            discarding: false,
            playback: Playback::default(),
            unanswered: 0,
            caches: CacheSlots::default(),
            group_signals: GroupSignals::default(),
            packets_at_keep_alive: 0,
            announced: 0,
            decoding: Decoding::default(),
            blocks: BufferBlocks::default(),
            decryption: Decryption::default(),
            statistics: SessionStatistics::default(),
            last_received: now,
            metadata_requested: None,
            modes_sent: now,
        }
    }

    /// What is to be sent.
    pub fn queue(&mut self) -> &mut SendQueue {
        &mut self.queue
    }

    /// Counts so far.
    pub fn statistics(&self) -> SessionStatistics {
        self.statistics
    }

    /// The subscription that was asked for last.
    pub fn subscription(&self) -> Option<&SubscriptionOptions> {
        self.subscription.as_ref()
    }

    /// Starts or replaces the subscription.
    pub fn subscribe(&mut self, options: SubscriptionOptions) -> Result<(), SubscribeError> {
        let payload = SubscribeRequest::encode(&options, TextEncoding::Utf8)?;
        if let Some(old) = &self.subscription
            && (changes_layout(old, &options) || self.may_not_name_slots())
        {
            self.unsubscribe();
        }
        let group = options.data_channel.and_then(|channel| channel.multicast_group);
        self.group_signals.subscribe(group.map(|_| self.caches.newest_generation() + 1));
        self.playback.replace(Some(&options));
        self.subscription = Some(options);
        self.unanswered += 1;
        self.send(Command::Subscribe, &payload);
        Ok(())
    }

    /// Ends the subscription. Measurements still on their way are not delivered.
    pub fn unsubscribe(&mut self) {
        self.playback.replace(None);
        self.subscription = None;
        self.discarding = true;
        self.decoding.forget_sequence();
        self.send(Command::Unsubscribe, &[]);
    }

    /// Asks for the metadata, or for the part that `filters` select.
    pub fn request_metadata(&mut self, filters: &str, now: Instant) {
        self.metadata_requested = Some(now);
        self.send(Command::MetadataRefresh, &encode_metadata_refresh(filters, TextEncoding::Utf8));
    }

    fn send(&mut self, command: Command, payload: &[u8]) {
        let frame = Frame::control(command_frame(command, payload));
        if self.settings.version == Version::V3 && self.modes == ModesAnswer::None {
            self.held.push(frame);
        } else {
            self.queue.push(frame);
        }
    }

    /// Takes in bytes as they arrived, in pieces of any size, and tells `events` what they mean.
    pub fn receive(
        &mut self,
        mut bytes: &[u8],
        now: Instant,
        events: &mut EventSink<'_>,
    ) -> Result<(), SubscriberError> {
        self.last_received = now;
        let mut assembler = std::mem::take(&mut self.assembler);
        while let Some(frame) = assembler.next(&mut bytes, self.settings.max_frame_size)? {
            self.handle_frame(frame, now, events)?;
            let waiting = self.queue.control_frames().0 + self.held.len();
            if waiting > MAX_WAITING_FRAMES {
                return Err(SubscriberError::Unread { waiting });
            }
        }
        if assembler.pending().starts_with(&METADATA_ANSWER) {
            self.put_off_metadata(now);
        }
        self.assembler = assembler;
        Ok(())
    }

    /// Metadata are on their way, however long they take.
    fn put_off_metadata(&mut self, now: Instant) {
        if let Some(since) = &mut self.metadata_requested {
            *since = now;
        }
    }

    /// The driver does not read on purpose, so what is missing is not the publisher's fault.
    pub fn reading_is_paused(&mut self, now: Instant) {
        self.last_received = now;
        self.modes_sent = now;
        self.put_off_metadata(now);
        self.decoding.put_off_restart(now);
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called at the latest.
    pub fn deadline(&self) -> Option<Instant> {
        let silent = self.settings.data_loss_timeout.map(|timeout| self.last_received + timeout);
        let answer = self.oldest_question().map(|(since, _)| since + self.settings.answer_timeout);
        let sequence = self.decoding.out_of_sequence_since().map(|since| since + OUT_OF_SEQUENCE_LIMIT);
        [silent, answer, sequence].into_iter().flatten().min()
    }

    /// Ends the connection if the publisher was silent for too long.
    pub fn handle_timeout(&mut self, now: Instant) -> Result<(), SubscriberError> {
        let timeout = self.settings.answer_timeout;
        if let Some(silent) = self.settings.data_loss_timeout
            && now >= self.last_received + silent
        {
            return Err(SubscriberError::Silent(silent));
        }
        if let Some((since, command)) = self.oldest_question()
            && now >= since + timeout
        {
            return Err(SubscriberError::NoAnswer { command: command.name(), timeout });
        }
        if self.decoding.out_of_sequence_since().is_some_and(|since| now >= since + OUT_OF_SEQUENCE_LIMIT) {
            return Err(SubscriberError::OutOfSequence(OUT_OF_SEQUENCE_LIMIT));
        }
        Ok(())
    }

    /// The question that waits for its answer longest. Version 1 and 2 publishers need not answer
    /// operational modes.
    fn oldest_question(&self) -> Option<(Instant, Command)> {
        let waits_for_modes = self.settings.version == Version::V3 && self.modes == ModesAnswer::None;
        let modes = waits_for_modes.then_some((self.modes_sent, Command::DefineOperationalModes));
        let metadata = self.metadata_requested.map(|since| (since, Command::MetadataRefresh));
        modes.or(metadata)
    }

    /// One implementation alternates cache slots but never says in its packets which slot they
    /// mean. It answers operational modes, as others do that name slots.
    fn may_not_name_slots(&self) -> bool {
        self.modes == ModesAnswer::Accepted && !self.caches.publisher_names_slots()
    }
}

/// True when packets under the old options would be misread under the new ones.
fn changes_layout(old: &SubscriptionOptions, new: &SubscriptionOptions) -> bool {
    old.include_time != new.include_time || old.millisecond_resolution != new.millisecond_resolution
}
