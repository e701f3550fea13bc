//! The subscriber's side of one connection.
//!
//! [`SubscriberSession`] routes, parts decide: the handshake, what is subscribed, the signal index
//! caches, data packets, buffer blocks, cipher keys, and the questions that wait for answers. Each
//! is given what it needs for a call. Whatever they want of the driver goes through one outbox and
//! leaves by one [`poll`](SubscriberSession::poll).

mod account;
mod agreed;
mod blocks;
mod caches;
mod counters;
mod data;
mod early;
mod error;
mod ground;
mod handshake;
mod keys;
mod outbox;
mod output;
mod part;
mod questions;
mod responses;
mod settings;
mod slot;
mod subscription;
#[cfg(test)]
mod tests;
mod unnamed;

use std::time::Instant;

use uuid::Uuid;

use super::SendQueue;
use crate::session::{SubscribeError, SubscribeRequest};
use crate::settings::SubscriptionOptions;
use crate::wire::frame::{FrameAssembler, FrameError, copy_into, next_response};
use crate::wire::messages::{encode_metadata_refresh, encode_processing_interval};
use crate::wire::{Command, TextEncoding};

pub use agreed::{AgreedModes, Compression};
pub use counters::SubscriberCounters;
pub use error::SubscriberError;
use outbox::Pending;
pub use output::{Output, Schema};
use questions::{Asker, Document};
use responses::Parts;
pub use settings::SessionSettings;

/// Frames that may wait to be sent. Commands are few; more are confirmations that a publisher provokes without reading
/// them. What is read at once, before anything is sent, provokes less than that.
const MAX_WAITING_FRAMES: usize = 100_000;

/// One connection of a subscriber to a publisher, from the established transport to its end.
///
/// Hand in what arrives by [`receive`](Self::receive), and after this and every other call poll
/// until nothing is left; send what [`queue`](Self::queue) holds, and call
/// [`handle_timeout`](Self::handle_timeout) at [`deadline`](Self::deadline).
/// [`Output::Ended`] is the last output, after which the session is of no further use.
///
/// ```
/// use std::time::Instant;
/// use sttp::session::SubscriberSession;
/// use sttp::session::subscriber::{Output, SessionSettings};
///
/// fn take_in(session: &mut SubscriberSession, mut bytes: &[u8]) {
///     while session.receive(&mut bytes, Instant::now()) {
///         while let Some(output) = session.poll() {
///             match output {
///                 Output::Measurements(measurements) => println!("{} measurements", measurements.len()),
///                 Output::Ended(error) => eprintln!("{error}"),
///                 _ => {}
///             }
///         }
///     }
/// }
///
/// let mut session = SubscriberSession::new(SessionSettings::default(), Instant::now());
/// assert!(!session.queue().is_empty(), "the operational modes are to be sent");
/// take_in(&mut session, &[0, 0, 0, 6, 0x85, 0x02, 0, 0, 0, 0]);
/// ```
pub struct SubscriberSession {
    assembler: FrameAssembler,
    backlog: Backlog,
    parts: Parts,
}

/// The rest of a frame that holds several responses, of which each is polled before the next.
#[derive(Debug, Default)]
struct Backlog {
    bytes: Vec<u8>,
    taken: usize,
}

impl Backlog {
    fn keep(&mut self, rest: &[u8]) -> Result<(), FrameError> {
        self.taken = 0;
        self.bytes.clear();
        copy_into(&mut self.bytes, rest)
    }

    fn is_empty(&self) -> bool {
        self.taken == self.bytes.len()
    }
}

impl SubscriberSession {
    /// A session on a transport that was just established. Queues the operational modes.
    pub fn new(settings: SessionSettings, now: Instant) -> SubscriberSession {
        SubscriberSession {
            assembler: FrameAssembler::default(),
            backlog: Backlog::default(),
            parts: Parts::new(settings, now),
        }
    }

    /// What is to be sent.
    pub fn queue(&self) -> &SendQueue {
        &self.parts.outbox.queue
    }

    /// The first `count` bytes of the [`queue`](Self::queue) were sent.
    pub fn sent(&mut self, count: usize) {
        self.parts.outbox.queue.advance(count);
    }

    /// Counts so far.
    pub fn statistics(&self) -> SubscriberCounters {
        self.parts.counts
    }

    /// The subscription that was asked for last.
    pub fn subscription(&self) -> Option<&SubscriptionOptions> {
        self.parts.subscription.wanted()
    }

    /// How both sides speak, as far as that is known.
    pub fn modes(&self) -> AgreedModes {
        self.parts.agreed
    }

    /// The ID that the publisher has given this subscriber, which comes with its signals.
    pub fn subscriber_id(&self) -> Option<Uuid> {
        self.parts.caches.slots.newest().map(|slot| slot.cache.subscriber_id)
    }

    /// The publisher has told keys: it encrypts measurements.
    pub fn has_keys(&self) -> bool {
        self.parts.keys.are_there()
    }

    /// The list of signals that came last, whether or not measurements of it have come: its generation, and how
    /// many signals it has.
    pub fn newest_signals(&self) -> Option<(u32, usize)> {
        self.parts.caches.slots.newest().map(|slot| (slot.generation, slot.cache.records().len()))
    }

    /// Takes in bytes as they arrived, in pieces of any size, up to where there is something to
    /// [`poll`](Self::poll): then this is true, and it is to be called again with the rest, even
    /// if that is empty, until it is false.
    pub fn receive(&mut self, bytes: &mut &[u8], now: Instant) -> bool {
        self.parts.questions.heard(now);
        while !self.parts.outbox.has_outputs() && !self.parts.is_ended() {
            match self.take_response(bytes, now) {
                Ok(true) => {}
                Ok(false) => return false,
                Err(error) => self.parts.end(error),
            }
        }
        if self.parts.is_ended() {
            *bytes = &[];
        }
        self.parts.outbox.has_outputs()
    }

    /// Takes in one response. False when no more of them have arrived.
    fn take_response(&mut self, bytes: &mut &[u8], now: Instant) -> Result<bool, SubscriberError> {
        let SubscriberSession { assembler, backlog, parts } = self;
        if !backlog.is_empty() {
            let mut rest = &backlog.bytes[backlog.taken..];
            let response = next_response(&mut rest);
            backlog.taken = backlog.bytes.len() - rest.len();
            if let Some(response) = response {
                parts.receive(response?, now)?;
            }
            return Ok(true);
        }
        let Some(frame) = assembler.next(bytes, parts.settings.max_frame_size)? else {
            parts.questions.heard_part(assembler.pending(), assembler.announced(), now);
            return Ok(false);
        };
        parts.begin_frame(frame, now)?;
        parts.questions.heard_response();
        let mut rest = frame;
        if let Some(response) = next_response(&mut rest) {
            parts.receive(response?, now)?;
        }
        if !rest.is_empty() {
            backlog.keep(rest)?;
        }
        let waiting = parts.outbox.waiting_commands();
        if waiting > MAX_WAITING_FRAMES { Err(SubscriberError::Unread { waiting }) } else { Ok(true) }
    }

    /// Takes in a datagram. `from_publisher` tells whether it came from where the publisher sends; others are counted and
    /// left alone. Any datagram may be lost, late, repeated, damaged or forged, and none of that ends the connection.
    /// True when it was taken for one of the publisher.
    pub fn receive_datagram(&mut self, bytes: &[u8], from_publisher: bool, now: Instant) -> bool {
        self.parts.counts.datagrams += 1;
        let taken = match from_publisher {
            _ if self.parts.is_ended() => return false,
            true => {
                self.parts.account.receive();
                self.take_datagram(bytes, now)
            }
            false => Err("it did not come from where the publisher sends".into()),
        };
        if let Err(why) = &taken {
            self.parts.counts.datagrams_rejected += 1;
            self.parts.outbox.warn(format!("dropped a datagram of {} bytes: {why}", bytes.len()));
        }
        taken.is_ok()
    }

    /// No datagram waits in the socket: what the publisher has sent before and did not come is lost.
    pub fn datagrams_are_read(&mut self) {
        if let Some(lost) = self.parts.account.settle() {
            let counted = &mut self.parts.counts.datagrams_lost;
            *counted = counted.saturating_add(lost);
            self.parts.outbox.warn(format!(
                "{lost} datagrams that the publisher sent did not come: the network lost them, or they came faster than \
                 they were read"
            ));
        }
    }

    fn take_datagram(&mut self, bytes: &[u8], now: Instant) -> Result<(), String> {
        if bytes.is_empty() {
            return Err("it holds nothing".into());
        }
        let mut rest = bytes;
        while let Some(response) = next_response(&mut rest) {
            let response = response.map_err(|error: FrameError| error.to_string())?;
            self.parts.receive_by_udp(response, now)?;
        }
        Ok(())
    }

    /// What happened, in order; `None` when everything was told.
    pub fn poll(&mut self) -> Option<Output<'_>> {
        let parts = &mut self.parts;
        Some(match parts.outbox.next_output()? {
            Pending::Measurements(place) => Output::Measurements(&parts.data.measurements()[place]),
            Pending::Output(output) => output,
        })
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called at the latest.
    pub fn deadline(&self) -> Option<Instant> {
        self.parts.deadline()
    }

    /// Ends the connection if the publisher was silent for too long.
    pub fn handle_timeout(&mut self, now: Instant) {
        self.parts.handle_timeout(now);
    }

    /// What had come was taken in by now, which may have needed a long time.
    pub fn heard(&mut self, now: Instant) {
        self.parts.questions.taken_in(now);
    }

    /// Bytes have arrived since then that cannot be told before more do, as a record of TLS in part; none when all were
    /// told.
    pub fn heard_untold(&mut self, bytes: usize, now: Instant) {
        self.parts.questions.heard_untold(bytes, now);
    }

    /// The driver does not read on purpose, so what is missing is not the publisher's fault.
    pub fn reading_is_paused(&mut self, now: Instant) {
        self.parts.handshake.put_off(now);
        self.parts.questions.put_off(now);
        self.parts.data.put_off(now);
    }
}

/// What the application asks of the publisher.
impl SubscriberSession {
    /// Starts or replaces the subscription. Options alone ask for measurements by TCP. Of a publisher that may not tell
    /// which measurements belong to which subscription, it is asked for as soon as the one before is in effect; what is
    /// asked for meanwhile replaces what waits.
    ///
    /// # Errors
    /// The options cannot be written as a connection string.
    pub fn subscribe(&mut self, request: impl Into<SubscribeRequest>) -> Result<(), SubscribeError> {
        let request = request.into();
        request.encode(TextEncoding::Utf8)?;
        self.parts.subscribe(request);
        Ok(())
    }

    /// Ends the subscription. Measurements still on their way are not delivered.
    pub fn unsubscribe(&mut self) {
        self.parts.unsubscribe();
    }

    /// Changes the pace of the playback of historical data: milliseconds of a step, 0 for as fast
    /// as possible, -1 for the publisher's default.
    pub fn update_processing_interval(&mut self, milliseconds: i32) {
        self.parts.subscription.set_processing_interval(milliseconds);
        self.parts.questions.interval_changed(Asker::Application);
        self.send(Command::UpdateProcessingInterval, &encode_processing_interval(milliseconds));
    }

    /// Asks for the metadata, or for the part that `filters` select.
    pub fn request_metadata(&mut self, filters: &str, now: Instant) {
        self.parts.questions.metadata_requested(now);
        self.send(Command::MetadataRefresh, &encode_metadata_refresh(filters, TextEncoding::Utf8));
    }

    /// Sends user command `command`, 0 to 15.
    pub fn send_user_command(&mut self, command: u8, payload: &[u8]) {
        self.send(Command::User(command), payload);
    }

    /// Asks for the tables and columns of a data set. Many publishers do not answer.
    pub fn request_schema(&mut self, schema: Schema) {
        self.parts.questions.asked_for(Document::Schema);
        self.send(schema.command(), &[]);
    }

    /// Asks the publisher for new cipher keys, which it refuses if they are not a second old.
    pub fn rotate_cipher_keys(&mut self) {
        self.send(Command::RotateCipherKeys, &[]);
    }

    fn send(&mut self, command: Command, payload: &[u8]) {
        self.parts.outbox.send(command, payload);
    }
}
