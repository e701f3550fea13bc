//! A server of a C37.118 stream, as a state machine without sockets, threads or clocks: what a device is.
//!
//! It serves many clients at once, by streams (TCP) and by datagrams (UDP), and sends to fixed targets that
//! cannot ask. What arrived and the time go in; after each call [`poll`](ServerSession::poll) tells what to do,
//! until there is nothing left. The configuration is told in all forms, whichever it was given in, or frames
//! of another device are told byte by byte.
//!
//! ```
//! use sttp::c37118::server::{ServerOutput, ServerSession};
//! use sttp::c37118::{Command, FrameTime, Version, encode_command};
//! use sttp::session::Moment;
//! use sttp::settings::C37118ServerSettings;
//!
//! let now = Moment::now();
//! let mut session = ServerSession::new(C37118ServerSettings::default());
//! session.set_header(b"SHELBY substation".to_vec(), now)?;
//! // A client has connected by TCP, and asks for the header.
//! let client = session.accepted("127.0.0.1:50000".parse()?, now)?;
//! let mut command = Vec::new();
//! encode_command(&mut command, Version::V1, 235, FrameTime::default(), &Command::SendHeader)?;
//! session.receive(client, &command, now);
//! // It is told as soon as the ID code of the stream is known, which the configuration tells:
//! // `session.set_configuration`, and then `session.publish` for each data frame.
//! while let Some(output) = session.poll() {
//!     if let ServerOutput::Send(client) = output {
//!         // Write what `session.queue(client)` holds, and tell `session.sent`.
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clients;
mod counters;
mod description;
mod output;
mod passed_on;
mod sending;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use thiserror::Error;

use super::assembler::FrameAssembler;
use super::configuration::Configuration;
use super::error::C37118Error;
use super::{Command, Frame, FrameType, Message};
use crate::Ticks;
use crate::host::Moment;
use crate::operator::{MessageLimiter, Severity};
use crate::settings::{C37118ServerSettings, CommandIds};
use crate::wire::send_queue::SendQueue;

pub use clients::ClientKey;
use clients::{Client, Clients, Link};
pub use counters::ServerCounters;
use description::{Description, SharedFrame};
pub use output::ServerOutput;
use passed_on::{Pieces, examine};

const MINUTE: Duration = Duration::from_secs(60);
/// Outputs that wait for the driver. It takes them after each call, so that more only come when it does not.
const MOST_WAITING: usize = 1 << 16;

/// No more clients are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{0} clients are served already; raise maxClients to serve more")]
pub struct TooManyClients(
    /// How many there are.
    pub usize,
);

/// What a server knows of one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientInfo {
    /// The client.
    pub client: ClientKey,
    /// Its address and port.
    pub peer: SocketAddr,
    /// It sends commands by datagrams, not on a stream.
    pub is_by_datagrams: bool,
    /// It wants data.
    pub is_receiving: bool,
    /// Bytes that wait to be sent to it.
    pub queued_bytes: usize,
}

/// A server of one data stream.
///
/// It does not block and has no clock; one thread uses it at a time. What waits for each client, how many
/// clients there are and how often they may ask is bounded by the settings.
#[derive(Debug)]
pub struct ServerSession {
    settings: C37118ServerSettings,
    description: Description,
    clients: Clients,
    targets: Vec<SocketAddr>,
    datagrams: FrameAssembler,
    /// Pieces of a CFG-3 that are passed on, until the last one has come.
    pieces: Pieces,
    next_minute: Option<Instant>,
    /// When a client may have to be disconnected.
    next_end: Option<Instant>,
    waiting: VecDeque<ServerOutput>,
    limiter: MessageLimiter,
    counters: ServerCounters,
    /// Of streams that are gone.
    bad_checks: u64,
    skipped_bytes: u64,
}

impl ServerSession {
    /// A session without clients and without a configuration.
    pub fn new(settings: C37118ServerSettings) -> ServerSession {
        ServerSession {
            settings,
            description: Description::default(),
            clients: Clients::default(),
            targets: Vec::new(),
            datagrams: FrameAssembler::for_commands(),
            pieces: Pieces::default(),
            next_minute: None,
            next_end: None,
            waiting: VecDeque::new(),
            limiter: MessageLimiter::default(),
            counters: ServerCounters::default(),
            bad_checks: 0,
            skipped_bytes: 0,
        }
    }

    /// Sets or changes the configuration, which is told as CFG-1, CFG-2 and CFG-3. Who asked for it before it
    /// was there is answered; who receives data gets the changed one, by
    /// [`push_configuration`](C37118ServerSettings::push_configuration).
    ///
    /// # Errors
    ///
    /// [`C37118Error`] when no frame can hold it, or its data; the one before stays.
    pub fn set_configuration(
        &mut self,
        configuration: &Configuration,
        now: Moment,
    ) -> Result<(), C37118Error> {
        self.set_configurations(configuration, configuration, now)
    }

    /// As [`set_configuration`](Self::set_configuration), but what is told as CFG-3 is `long`: of the same data frames,
    /// with what the other forms have no room for.
    ///
    /// # Errors
    ///
    /// As [`set_configuration`](Self::set_configuration); [`C37118Error::Unencodable`] when both are not of the same
    /// data frames.
    pub fn set_configurations(
        &mut self,
        configuration: &Configuration,
        long: &Configuration,
        now: Moment,
    ) -> Result<(), C37118Error> {
        let (changed, errors) = self.description.set_configuration(configuration, long)?;
        for error in errors {
            let text = format!("The configuration cannot be told in all forms: {error}");
            self.message(Severity::Warning, text, now);
        }
        self.tell_changes(&changed, now);
        Ok(())
    }

    /// Sets the text of the header frame.
    ///
    /// # Errors
    ///
    /// [`C37118Error::TooLarge`] when a frame cannot hold it.
    pub fn set_header(&mut self, text: Vec<u8>, now: Moment) -> Result<(), C37118Error> {
        let changed = self.description.set_header(text)?;
        self.tell_changes(&changed, now);
        Ok(())
    }

    /// Sets what is told when a configuration of one form, or the header, is asked for: frames of another device,
    /// byte by byte, times and check words included. Data frames are then not compared with a configuration.
    ///
    /// # Errors
    ///
    /// [`C37118Error`] when they are not whole, undamaged frames of that kind.
    pub fn set_raw(&mut self, kind: FrameType, frames: &[Bytes], now: Moment) -> Result<(), C37118Error> {
        let changed = self.description.set_raw(kind, frames)?;
        self.tell_changes(&changed, now);
        Ok(())
    }

    /// Takes any frame of another device, which is served as it is: data frames are
    /// [published](Self::publish), others [told](Self::set_raw) when they are asked for.
    ///
    /// # Errors
    ///
    /// [`C37118Error`] when the bytes are not one whole, undamaged frame that a device sends.
    pub fn pass_on(&mut self, bytes: &[u8], now: Moment) -> Result<(), C37118Error> {
        match examine(bytes)? {
            (FrameType::Data, _) => self.publish(bytes, now),
            (kind, None) => self.set_raw(kind, &[Bytes::copy_from_slice(bytes)], now),
            (kind, Some(index)) => match self.pieces.take(bytes, index)? {
                Some(frames) => self.set_raw(kind, &frames, now),
                None => Ok(()),
            },
        }
    }

    /// Sets who gets data, and the configuration every minute, without asking: hosts by UDP, and multicast
    /// groups.
    pub fn set_targets(&mut self, targets: Vec<SocketAddr>, now: Moment) {
        if self.targets == targets {
            return;
        }
        self.targets = targets;
        self.announce(now);
        self.next_minute = (!self.targets.is_empty()).then(|| now.instant + MINUTE - since_minute(now.utc));
    }

    /// Sends a data frame to all who want data.
    ///
    /// # Errors
    ///
    /// [`C37118Error`] when it is no data frame of this stream.
    pub fn publish(&mut self, frame: &[u8], now: Moment) -> Result<(), C37118Error> {
        self.description.check_data(frame)?;
        self.counters.published_frames += 1;
        let frame: SharedFrame = Arc::new(frame.to_vec());
        let keys: Vec<ClientKey> =
            self.clients.iter().filter(|(_, client)| client.is_receiving).map(|(key, _)| key).collect();
        for key in keys {
            self.send_data(key, &frame, now);
        }
        for place in 0..self.targets.len() {
            self.send_datagram(self.targets[place], &frame, true);
        }
        Ok(())
    }

    /// A client has connected by TCP.
    ///
    /// # Errors
    ///
    /// [`TooManyClients`]: close the connection.
    pub fn accepted(&mut self, peer: SocketAddr, now: Moment) -> Result<ClientKey, TooManyClients> {
        match self.clients.accept(peer, &self.settings, now.instant) {
            Some(key) => {
                self.schedule_end(key);
                Ok(key)
            }
            None => {
                self.refuse_client(peer, now);
                Err(TooManyClients(self.clients.len()))
            }
        }
    }

    /// Bytes have come from a client by TCP; they continue those of the call before.
    pub fn receive(&mut self, client: ClientKey, bytes: &[u8], now: Moment) {
        self.counters.bytes_received += bytes.len() as u64;
        let Some(known) = self.clients.get_mut(client) else { return };
        let Link::Stream(link) = &mut known.link else { return };
        let mut assembler = std::mem::replace(&mut link.assembler, FrameAssembler::for_commands());
        assembler.receive(bytes, |frame| self.take(client, &frame, now));
        let unsupported = assembler.take_unsupported();
        let Some(known) = self.clients.get_mut(client) else { return };
        if let Link::Stream(link) = &mut known.link {
            link.assembler = assembler;
        }
        if known.sends_garbage() {
            return self.end(client, "it sends what is no C37.118", now);
        }
        if let Some(error) = unsupported {
            let text = format!("What {} sends cannot be read: {error}", known.peer);
            self.message(Severity::Warning, text, now);
        }
    }

    /// The connection of a client by TCP has ended.
    pub fn closed(&mut self, client: ClientKey) {
        self.forget(client);
    }

    /// A datagram has come. Who sends a command by it becomes a client.
    pub fn receive_datagram(&mut self, from: SocketAddr, bytes: &[u8], now: Moment) {
        self.counters.bytes_received += bytes.len() as u64;
        let mut assembler = std::mem::replace(&mut self.datagrams, FrameAssembler::for_commands());
        assembler.receive_datagram(bytes, |frame| {
            if frame.kind != FrameType::Command || !self.is_own(&frame) {
                return self.refuse_frame(from, &frame, now);
            }
            match self.clients.by_datagram(from, &self.settings, now.instant) {
                Some(client) => {
                    self.take(client, &frame, now);
                    self.schedule_end(client);
                }
                None => self.refuse_client(from, now),
            }
        });
        if let Some(error) = assembler.take_unsupported() {
            let text = format!("What {from} sends cannot be read: {error}");
            self.message(Severity::Warning, text, now);
        }
        self.datagrams = assembler;
    }

    /// The host of a client or target has refused a datagram: nobody listens there. A client that is refused for
    /// [long](C37118ServerSettings::refused_timeout) is forgotten.
    pub fn datagram_refused(&mut self, from: SocketAddr, now: Moment) {
        self.counters.refused_datagrams += 1;
        let Some(key) = self.clients.known_by_datagram(from) else {
            let text = format!("{from} refuses the datagrams that go there: nobody listens");
            return self.message(Severity::Warning, text, now);
        };
        let client = self.clients.get_mut(key);
        if client.is_some_and(|client| client.is_refused(&self.settings, now.instant)) {
            self.end(key, "its host refuses the datagrams", now);
        }
    }

    /// A datagram could not be sent, and is lost. `reason` is for operators.
    pub fn datagram_failed(&mut self, target: SocketAddr, reason: &dyn Display, now: Moment) {
        self.counters.failed_datagrams += 1;
        self.message(Severity::Warning, format!("A datagram to {target} was lost: {reason}"), now);
    }

    /// What is to be sent to a client by TCP; `None` when it is gone.
    pub fn queue(&self, client: ClientKey) -> Option<&SendQueue> {
        match &self.clients.get(client)?.link {
            Link::Stream(link) => Some(&link.queue),
            Link::Datagrams => None,
        }
    }

    /// The first `count` bytes of a client's [queue](Self::queue) were sent.
    pub fn sent(&mut self, client: ClientKey, count: usize, now: Moment) {
        let Some(Client { link: Link::Stream(link), .. }) = self.clients.get_mut(client) else { return };
        link.queue.advance(count);
        if link.queue.is_empty() {
            (link.is_told, link.waiting_since) = (false, None);
        } else if count > 0 {
            link.waiting_since = Some(now.instant);
        }
    }

    /// The time of [`deadline`](Self::deadline) has come; calls that are too early or too late do no harm.
    pub fn handle_timeout(&mut self, now: Moment) {
        if self.next_minute.is_some_and(|next| next <= now.instant) {
            self.announce(now);
            // The clock of the system may be a little behind the one that deadlines are of.
            let since = since_minute(now.utc);
            let minutes = if since < MINUTE / 2 { 1 } else { 2 };
            self.next_minute = Some(now.instant + MINUTE * minutes - since);
        }
        if self.next_end.is_some_and(|next| next <= now.instant) {
            self.end_overdue(now);
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) is to be called; `None` for never.
    pub fn deadline(&self) -> Option<Instant> {
        self.next_minute.into_iter().chain(self.next_end).min()
    }

    /// The next thing to do or to know, in order.
    pub fn poll(&mut self) -> Option<ServerOutput> {
        self.waiting.pop_front()
    }

    /// The clients that are served now.
    pub fn clients(&self) -> impl Iterator<Item = ClientInfo> {
        self.clients.iter().map(|(key, client)| ClientInfo {
            client: key,
            peer: client.peer,
            is_by_datagrams: matches!(client.link, Link::Datagrams),
            is_receiving: client.is_receiving,
            queued_bytes: self.queue(key).map_or(0, SendQueue::len),
        })
    }

    /// What was counted so far.
    pub fn counters(&self) -> ServerCounters {
        let mut counters = self.counters;
        counters.clients = self.clients.len() as u64;
        counters.bad_checks = self.bad_checks + self.datagrams.counts().bad_checks;
        counters.skipped_bytes = self.skipped_bytes + self.datagrams.counts().skipped_bytes;
        for (_, client) in self.clients.iter() {
            if let Link::Stream(link) = &client.link {
                counters.bad_checks += link.assembler.counts().bad_checks;
                counters.skipped_bytes += link.assembler.counts().skipped_bytes;
            }
        }
        counters
    }

    /// Whether a command may be one to this stream.
    fn is_own(&self, frame: &Frame<'_>) -> bool {
        match (self.settings.command_ids, self.description.id_code()) {
            (CommandIds::Own, Some(id_code)) => frame.id_code == id_code,
            _ => true,
        }
    }

    fn refuse_frame(&mut self, from: SocketAddr, frame: &Frame<'_>, now: Moment) {
        let text = if frame.kind == FrameType::Command {
            self.counters.other_ids += 1;
            format!(
                "{from} sends commands to ID code {}; this stream has {}. Let it ask for that, or set commandIDs=any",
                frame.id_code,
                self.description.id_code().unwrap_or_default()
            )
        } else {
            self.counters.unusable_frames += 1;
            format!("{from} sends a {}, as devices do, not clients; it is dropped", frame.kind.name())
        };
        self.message(Severity::Warning, text, now);
    }

    fn refuse_client(&mut self, peer: SocketAddr, now: Moment) {
        self.counters.refused_clients += 1;
        let text = format!("{peer} is refused: {}", TooManyClients(self.clients.len()));
        self.message(Severity::Warning, text, now);
    }

    /// A frame has come from a client.
    fn take(&mut self, key: ClientKey, frame: &Frame<'_>, now: Moment) {
        let is_own = self.is_own(frame);
        let Some(client) = self.clients.get_mut(key) else { return };
        let peer = client.peer;
        let is_allowed = client.has_sent(&self.settings, now.instant);
        if frame.kind != FrameType::Command || !is_own {
            return self.refuse_frame(peer, frame, now);
        }
        if !is_allowed {
            self.counters.refused_commands += 1;
            let text = format!("{peer} sends too many commands; they are dropped");
            return self.message(Severity::Warning, text, now);
        }
        let Ok(Message::Command(command)) = frame.message() else {
            self.counters.unusable_frames += 1;
            return;
        };
        self.counters.commands += 1;
        match command {
            Command::StopData => client.is_receiving = false,
            Command::StartData => self.start(key, now),
            Command::SendHeader => self.answer(key, FrameType::Header, now),
            Command::SendConfiguration1 => self.answer(key, FrameType::Configuration1, now),
            Command::SendConfiguration2 => self.answer(key, FrameType::Configuration2, now),
            Command::SendConfiguration3 => self.answer(key, FrameType::Configuration3, now),
            Command::Extended(_) | Command::Other(_) => {
                self.tell(ServerOutput::Command { client: key, command });
            }
        }
    }

    fn schedule_end(&mut self, key: ClientKey) {
        let end = self.clients.get(key).and_then(|client| client.end(&self.settings));
        if let Some((end, _)) = end {
            self.next_end = Some(self.next_end.map_or(end, |next| next.min(end)));
        }
    }

    fn end_overdue(&mut self, now: Moment) {
        let ends = self.clients.iter().filter_map(|(key, client)| Some((key, client.end(&self.settings)?)));
        let (due, later): (Vec<_>, Vec<_>) = ends.partition(|(_, (end, _))| *end <= now.instant);
        self.next_end = later.into_iter().map(|(_, (end, _))| end).min();
        for (key, (_, reason)) in due {
            self.end(key, reason, now);
        }
    }

    /// Ends what is between the session and a client.
    fn end(&mut self, key: ClientKey, reason: &str, now: Moment) {
        let Some(client) = self.forget(key) else { return };
        self.counters.ended_clients += 1;
        let text = format!("{} is not served any more: {reason}", client.peer);
        self.message(Severity::Warning, text, now);
        if let Link::Stream(_) = client.link {
            self.tell(ServerOutput::Close { client: key, reason: reason.to_owned() });
        }
    }

    fn forget(&mut self, key: ClientKey) -> Option<Client> {
        let client = self.clients.remove(key)?;
        if let Link::Stream(link) = &client.link {
            self.bad_checks += link.assembler.counts().bad_checks;
            self.skipped_bytes += link.assembler.counts().skipped_bytes;
        }
        Some(client)
    }

    fn tell(&mut self, output: ServerOutput) {
        self.waiting.push_back(output);
    }

    fn message(&mut self, severity: Severity, text: String, now: Moment) {
        if let Some(text) = self.limiter.pass(text, now.instant) {
            self.tell(ServerOutput::Message { severity, text });
        }
    }
}

/// How long the current minute has lasted.
fn since_minute(utc: Ticks) -> Duration {
    let ticks = utc.value().rem_euclid(60 * Ticks::PER_SECOND);
    Duration::from_nanos(ticks as u64 * 100)
}
