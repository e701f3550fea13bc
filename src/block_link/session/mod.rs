//! A session over a block link, as a state machine without sockets, threads or clocks.
//!
//! One session is one side of a link: it sends, it receives, or both. What arrived and the time go in; then
//! [`poll_transmit`](LinkSession::poll_transmit) gives blocks to be sent, one by one and only when the link takes more, and
//! [`poll_event`](LinkSession::poll_event) tells what happened, until there is nothing left.
//!
//! ```
//! use sttp::block_link::session::{LinkEvent, LinkSession};
//! use sttp::block_link::{LinkKind, negotiation::LinkRole};
//! use sttp::session::Moment;
//! use sttp::settings::BlockLinkSettings;
//!
//! let now = Moment::now();
//! let side = |role| LinkSession::new(BlockLinkSettings::default(), LinkKind::SERIAL, role);
//! let (mut publisher, mut subscriber) = (side(LinkRole::Server), side(LinkRole::Client));
//! publisher.opened(false, now);
//! subscriber.opened(true, now);
//! // What one sends, the other gets.
//! let mut bytes = Vec::new();
//! for _ in 0..3 {
//!     while subscriber.poll_transmit(&mut bytes, now) {}
//!     publisher.receive(&std::mem::take(&mut bytes), now);
//!     while publisher.poll_transmit(&mut bytes, now) {}
//!     subscriber.receive(&std::mem::take(&mut bytes), now);
//! }
//! assert!(matches!(subscriber.poll_event(), Some(LinkEvent::Agreed(_))));
//! ```

mod agreeing;
mod counters;
mod event;
mod ground;
mod messages;
mod outbox;
mod publishing;
mod receiving;
mod repetition;
mod selecting;
mod sending;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use thiserror::Error;
use uuid::Uuid;

use super::assembler::BlockAssembler;
use super::block::{BlockFormat, LARGEST_BLOCK, LEAST_LARGEST_BLOCK};
use super::documents::DocumentName;
use super::feature::{Feature, Levels, NEGOTIATION};
use super::kind::LinkKind;
use super::negotiation::{Agreement, LinkRole, Negotiator};
use super::stream::PointStream;
use super::subscription::SubscriptionMessage;
use crate::host::Moment;
use crate::metadata::Metadata;
use crate::operator::Severity;
use crate::settings::{BlockLinkSettings, TimeForm};

use agreeing::abilities;
pub use counters::BlockLinkCounters;
pub use event::LinkEvent;
use ground::Ground;
use outbox::Outbox;
use receiving::{RETRY, Receiving};
use repetition::Repetition;
use selecting::Selection;
use sending::Sending;

/// Why a frame of C37.118 cannot be sent over a link.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum FrameRefused {
    /// It is not a data frame.
    #[error("a {0} is no data frame; give configurations to set_configuration")]
    NotData(&'static str),
    /// There is no configuration of its stream, or it is another.
    #[error(
        "a data frame of stream {0} does not fit the configuration that was set; set the one that it is by"
    )]
    OtherConfiguration(u16),
    /// Blocks are too small for the names in its configuration.
    #[error(
        "the names of a value of stream {id_code} take {largest} bytes of a block, and there are {room}; raise blockSize at both sides"
    )]
    LongNames {
        /// ID code of the stream.
        id_code: u16,
        /// Bytes that they take.
        largest: usize,
        /// Bytes that there are.
        room: usize,
    },
    /// There is no CFG-2 or CFG-3 among the frames.
    #[error("there is no CFG-2 or CFG-3 among the configuration frames")]
    NoConfiguration,
}

/// What this side wants of the other.
#[derive(Debug)]
struct Wish {
    message: SubscriptionMessage,
    request: u16,
    is_answered: bool,
    retry_at: Option<Instant>,
}

/// One side of a block link.
///
/// It does not block and has no clock; one thread uses it at a time. What waits is bounded by the settings.
#[derive(Debug)]
pub struct LinkSession {
    settings: BlockLinkSettings,
    kind: LinkKind,
    role: LinkRole,
    largest: usize,
    negotiator: Negotiator,
    assembler: BlockAssembler,
    outbox: Outbox,
    /// What comes is by this agreement.
    incoming: Option<Agreement>,
    sending: Sending,
    receiving: Receiving,
    repetition: Repetition,
    ground: Ground,
    metadata: Option<Arc<Metadata>>,
    selection: Selection,
    /// The answer to the last request of the other side.
    answer: Option<(u16, SubscriptionMessage)>,
    wish: Option<Wish>,
    next_request: u16,
    is_open: bool,
    /// The handshake of TLS is under way.
    is_securing: bool,
    is_silence_told: bool,
    heartbeat_at: Option<Instant>,
    is_heartbeat_due: bool,
    silent_at: Option<Instant>,
    /// When the first byte of a block that is not there whole is given up, and which byte that is.
    unfinished_at: Option<Instant>,
    unfinished: u64,
    /// When the link ends unless something was agreed.
    agreed_by: Option<Instant>,
}

impl LinkSession {
    /// A side of a link that is not open yet.
    pub fn new(settings: BlockLinkSettings, kind: LinkKind, role: LinkRole) -> LinkSession {
        let usual = if settings.block_size == 0 { kind.usual_block() } else { settings.block_size };
        let largest = usual.clamp(LEAST_LARGEST_BLOCK, LARGEST_BLOCK);
        LinkSession {
            negotiator: Negotiator::new(kind, abilities(&settings, role, largest)),
            assembler: BlockAssembler::default(),
            outbox: Outbox::new(largest),
            incoming: None,
            sending: Sending::new(settings.clone()),
            receiving: Receiving::new(settings.max_document),
            repetition: Repetition::new(kind, settings.repeat_interval, settings.repeat_rate),
            ground: Ground::default(),
            metadata: None,
            selection: Selection::new(settings.steps_per_second),
            answer: None,
            wish: None,
            next_request: 1,
            is_open: false,
            is_securing: false,
            is_silence_told: false,
            heartbeat_at: None,
            is_heartbeat_due: false,
            silent_at: None,
            unfinished_at: None,
            unfinished: 0,
            agreed_by: None,
            settings,
            kind,
            role,
            largest,
        }
    }

    /// Whether this side sends measurements.
    fn sends(&self) -> bool {
        self.role != LinkRole::Client
    }

    fn receives(&self) -> bool {
        self.role != LinkRole::Server
    }

    /// The link is open. `offers` says whether this side begins the negotiation: the one that connected does, on other links
    /// one that was chosen, or both. On one-way links who sends announces.
    pub fn opened(&mut self, offers: bool, now: Moment) {
        self.begin(false, now);
        if self.kind.is_two_way() {
            if offers {
                self.negotiator.offer(now.instant);
            }
        } else if self.sends() {
            let announcement = self.negotiator.announce();
            self.repetition.set_announcement(announcement, now.instant);
        }
        self.negotiate(now);
    }

    /// The handshake of TLS, which [`LinkEvent::StartTls`] asked for, is done. Until then the session takes nothing and has no
    /// deadlines: how long the handshake may take is a matter of who does it. What comes and is sent from here on is inside it.
    /// `offers` is whether this side was the client of the handshake.
    pub fn secured(&mut self, offers: bool, now: Moment) {
        self.begin(true, now);
        if offers {
            self.negotiator.offer(now.instant);
            self.negotiate(now);
        }
    }

    fn begin(&mut self, is_secured: bool, now: Moment) {
        self.count_dropped();
        self.assembler.restart();
        self.assembler.set_largest(self.largest.max(super::block::USUAL_BLOCK));
        self.negotiator.restart(is_secured);
        self.outbox.restart();
        self.repetition.restart(now.instant);
        self.sending.restart(None);
        self.receiving.restart(PointStream::Raw);
        self.receiving.forget_peer();
        self.incoming = None;
        self.selection.forget_peer();
        self.answer = None;
        (self.is_open, self.is_securing, self.is_silence_told) = (true, false, false);
        (self.is_heartbeat_due, self.unfinished_at) = (false, None);
        self.heartbeat_at = Some(now.instant + self.settings.heartbeat);
        self.silent_at = Some(now.instant + self.settings.silence);
        self.agreed_by = self.kind.is_two_way().then(|| now.instant + self.settings.silence);
        if let Some(wish) = &mut self.wish {
            (wish.is_answered, wish.retry_at) = (false, None);
        }
    }

    /// The link is closed, or lost.
    pub fn closed(&mut self) {
        self.count_dropped();
        self.is_open = false;
        self.outbox.restart();
    }

    fn count_dropped(&mut self) {
        self.ground.counters.points_dropped += self.outbox.waiting_points() as u64;
    }

    /// Bytes have come; they continue those of the call before.
    pub fn receive(&mut self, bytes: &[u8], now: Moment) {
        self.take_bytes(bytes, now, BlockAssembler::push);
    }

    /// A datagram has come.
    pub fn receive_datagram(&mut self, bytes: &[u8], now: Moment) {
        self.take_bytes(bytes, now, BlockAssembler::push_datagram);
    }

    fn take_bytes(&mut self, bytes: &[u8], now: Moment, push: fn(&mut BlockAssembler, &[u8])) {
        if !self.is_open || self.is_securing {
            return;
        }
        self.ground.counters.bytes_received += bytes.len() as u64;
        push(&mut self.assembler, bytes);
        self.take_blocks(now);
    }

    /// Takes all blocks that are there.
    fn take_blocks(&mut self, now: Moment) {
        let mut assembler = std::mem::take(&mut self.assembler);
        while self.is_open && !self.is_securing {
            let block = match assembler.next_block() {
                Ok(Some(block)) => block,
                Ok(None) => break,
                Err(error) => {
                    self.end(error.to_string(), now);
                    break;
                }
            };
            self.is_silence_told = false;
            self.silent_at = Some(now.instant + self.settings.silence);
            if block.feature == NEGOTIATION {
                if !block.data.is_empty() {
                    self.negotiator.receive(block.data, now.instant);
                    self.negotiate_with(&mut assembler, now);
                }
                continue;
            }
            let feature = self.incoming.and_then(|agreement| agreement.features().feature(block.feature));
            match feature {
                Some(feature) => self.take_block(feature, block.data, now),
                None => self.ground.counters.blocks_unknown += 1,
            }
        }
        self.assembler = assembler;
        // Of compact blocks nothing can be given up: what follows could not be found.
        let is_standard = self.assembler.format() == BlockFormat::Standard;
        let is_unfinished = self.is_open && is_standard && self.assembler.unfinished() > 0;
        // What comes behind it does not make it wait longer.
        let is_the_same = self.unfinished_at.is_some() && self.unfinished == self.assembler.position();
        if !is_unfinished {
            self.unfinished_at = None;
        } else if !is_the_same {
            self.unfinished_at = Some(now.instant + self.settings.block_time);
        }
        self.unfinished = self.assembler.position();
    }

    /// Nothing more comes: what is unfinished stays so, and good blocks inside it are taken.
    pub fn input_ended(&mut self, now: Moment) {
        let is_unfinished = |side: &LinkSession| {
            side.assembler.format() == BlockFormat::Standard && side.assembler.unfinished() > 0
        };
        while self.is_open && !self.is_securing && is_unfinished(self) {
            self.assembler.give_up();
            self.take_blocks(now);
        }
    }

    /// Begins another negotiation, also when something is agreed already.
    pub fn renegotiate(&mut self, now: Moment) {
        if !self.is_open || self.is_securing {
            return;
        }
        if self.kind.is_two_way() {
            self.negotiator.offer(now.instant);
        } else if self.sends() {
            let announcement = self.negotiator.announce();
            self.repetition.set_announcement(announcement, now.instant);
        }
        self.negotiate(now);
    }

    /// Wants the signals of a filter expression, an empty one for all, with times in this form. It is asked for as soon as that is possible, and
    /// again whenever the link is opened. On one-way links it does nothing.
    pub fn subscribe(&mut self, filter: &str, times: TimeForm, now: Moment) {
        let request = self.request();
        let filter = filter.to_owned();
        self.set_wish(SubscriptionMessage::Subscribe { request, times, filter }, request, now);
    }

    /// Wants nothing any more.
    pub fn unsubscribe(&mut self, now: Moment) {
        let request = self.request();
        self.set_wish(SubscriptionMessage::Unsubscribe { request }, request, now);
    }

    fn request(&mut self) -> u16 {
        let request = self.next_request;
        self.next_request = self.next_request.wrapping_add(1);
        request
    }

    fn set_wish(&mut self, message: SubscriptionMessage, request: u16, now: Moment) {
        self.wish = Some(Wish { message, request, is_answered: false, retry_at: None });
        self.send_wish(now);
    }

    fn send_wish(&mut self, now: Moment) {
        let Some(wish) = &mut self.wish else { return };
        if !self.is_open || !self.outbox.has(Feature::Subscription) {
            return;
        }
        let mut data = Vec::new();
        wish.message.write(&mut data);
        let room = self.outbox.room();
        if data.len() > room {
            (wish.is_answered, wish.retry_at) = (true, None);
            let text = format!(
                "The filter is not sent: it takes {} bytes of a block, and there are {room}; give a shorter one, or raise blockSize",
                data.len()
            );
            return self.ground.message(Severity::Error, text, now);
        }
        self.outbox.push(Feature::Subscription, data);
        wish.retry_at = self.kind.loses().then(|| now.instant + RETRY);
    }

    /// Asks for the metadata once more; they come as [`LinkEvent::Metadata`].
    pub fn request_metadata(&mut self, now: Moment) {
        self.receiving.forget_documents();
        self.receiving.want(DocumentName::METADATA, &mut self.outbox, now);
    }

    /// The signals that were heard of since the link was opened: `signal_index` of a measurement is the place of its signal here.
    pub fn signals(&self) -> &[Uuid] {
        self.receiving.signals()
    }

    /// What is agreed in both directions.
    pub fn agreement(&self) -> Option<&Agreement> {
        self.negotiator.agreement()
    }

    /// The levels of compliance that this side has, and tells the other one.
    pub fn levels(&self) -> Levels {
        self.negotiator.levels()
    }

    /// Appends the next block to `out`, and returns true; false when there is nothing to send now. Call it only when the link takes more:
    /// what waits here can still give way to newer measurements. Each block may be a datagram.
    pub fn poll_transmit(&mut self, out: &mut Vec<u8>, now: Moment) -> bool {
        if !self.is_open {
            return false;
        }
        let start = out.len();
        let is_due = !self.outbox.is_urgent() && self.repetition.is_due(&self.outbox) && !self.is_securing;
        let mut sent = None;
        if is_due {
            sent = self.repetition.write_next(out, &mut self.sending, &mut self.outbox, now.instant);
        }
        if sent.is_none() {
            sent = self.outbox.write_next(out);
            self.repetition.note_other();
        }
        if sent.is_none() && self.is_heartbeat_due && !self.is_securing {
            sent = self.outbox.write_now(out, &[]);
        }
        let Some(sent) = sent else { return false };
        self.is_heartbeat_due = false;
        self.heartbeat_at = Some(now.instant + self.settings.heartbeat);
        self.ground.counters.blocks_sent += 1;
        self.ground.counters.bytes_sent += (out.len() - start) as u64;
        self.ground.counters.points_sent += sent.points as u64;
        true
    }

    /// The next thing to know, in order.
    pub fn poll_event(&mut self) -> Option<LinkEvent<'_>> {
        self.ground.poll()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called; None for never.
    pub fn poll_timeout(&self) -> Option<Instant> {
        if !self.is_open {
            return None;
        }
        let receiving = self.receiving.deadline().filter(|_| self.kind.is_two_way());
        let wish = self.wish.as_ref().and_then(|wish| wish.retry_at);
        let deadlines = [
            self.silent_at.filter(|_| !self.is_securing),
            self.agreed_by.filter(|_| !self.is_securing),
            self.heartbeat_at.filter(|_| self.can_send() && !self.is_heartbeat_due),
            self.unfinished_at,
            self.negotiator.deadline(),
            self.repetition.deadline().filter(|_| self.sends()),
            receiving,
            wish,
            self.selection.deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// Whether anything can be sent over the link.
    fn can_send(&self) -> bool {
        self.kind.is_two_way() || self.sends()
    }

    /// The time of [`poll_timeout`](Self::poll_timeout) has come; calls that are too early or too late do no harm.
    pub fn handle_timeout(&mut self, now: Moment) {
        if !self.is_open {
            return;
        }
        let is_over = |at: Option<Instant>| at.is_some_and(|at| at <= now.instant);
        // A handshake has a time of its own.
        if is_over(self.silent_at) && !self.is_securing {
            self.silent_at = None;
            self.note_silence(now);
        }
        if is_over(self.heartbeat_at) {
            (self.heartbeat_at, self.is_heartbeat_due) = (None, true);
        }
        if is_over(self.unfinished_at) {
            self.unfinished_at = None;
            self.assembler.give_up();
            self.take_blocks(now);
        }
        if is_over(self.agreed_by) && !self.is_securing {
            self.agreed_by = None;
            let seconds = self.settings.silence.as_secs_f64();
            self.end(format!("nothing was agreed within {seconds} s"), now);
        }
        self.negotiator.handle_timeout(now.instant);
        self.negotiate(now);
        self.repetition.handle_timeout(now.instant);
        if self.kind.is_two_way() {
            self.receiving.handle_timeout(&mut self.outbox, now);
        }
        if self.wish.as_ref().is_some_and(|wish| !wish.is_answered && is_over(wish.retry_at)) {
            self.send_wish(now);
        }
        if is_over(self.selection.deadline()) {
            self.catch_up(now);
        }
    }

    fn note_silence(&mut self, now: Moment) {
        let seconds = self.settings.silence.as_secs_f64();
        if self.kind.is_two_way() {
            self.end(format!("nothing has come for {seconds} s"), now);
        } else if self.receives() && !self.is_silence_told {
            self.is_silence_told = true;
            let text = format!("Nothing has come for {seconds} s");
            self.ground.message(Severity::Warning, text, now);
        }
    }

    /// Tells operators something in the order of everything else, such as what the driver has noticed.
    pub fn message(&mut self, severity: Severity, text: impl Into<String>, now: Moment) {
        self.ground.message(severity, text, now);
    }

    /// Data points that wait to be sent.
    pub fn waiting_points(&self) -> usize {
        self.outbox.waiting_points()
    }

    /// What was counted so far.
    pub fn counters(&self) -> BlockLinkCounters {
        let mut counters = self.ground.counters;
        let blocks = self.assembler.counts();
        counters.blocks_received = blocks.blocks;
        counters.blocks_lost = blocks.lost;
        counters.blocks_late = blocks.late;
        counters.blocks_repeated = blocks.repeated;
        counters.sequence_restarts = blocks.restarts;
        counters.bad_checks = blocks.bad_checks;
        counters.bytes_skipped = blocks.skipped_bytes;
        self.receiving.count(&mut counters);
        counters
    }
}
