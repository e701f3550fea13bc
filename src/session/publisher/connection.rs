//! The publisher's side of one connection.

use std::net::SocketAddr;
use std::time::Instant;

use super::buffer_blocks::BlockSender;
use super::encryption::{Cipher, DATA_PACKET};
use super::events::{ConnectionId, ConnectionInfo};
use super::exchange::{CacheExchange, Offer};
use super::long_requests::Unanswered;
use super::notifications::Notifications;
use super::stream::Packet;
use super::subscription::Subscription;
use super::{CloseReason, FEW_ANSWERS, MAX_WAITING_ANSWERS, MAX_WAITING_BYTES, STATISTICS_INTERVAL};
use crate::codec::gzip;
use crate::session::datagram_queue::DatagramQueue;
use crate::session::meter::Meter;
use crate::session::{Frame, LatencyStatistics, Moment, SendQueue};
use crate::wire::frame::{FrameAssembler, response_frame};
use crate::wire::messages::{BaseTimes, encode_data_start_time};
use crate::wire::{Command, OperationalModes, Response, TextEncoding};

/// State of one connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) info: ConnectionInfo,
    pub(super) assembler: FrameAssembler,
    pub(super) queue: SendQueue,
    /// What goes by UDP, if measurements do.
    pub(super) datagrams: Option<DatagramQueue>,
    /// The keys that measurements are encrypted with, once there are some.
    pub(super) cipher: Option<Cipher>,
    pub(super) modes: Option<OperationalModes>,
    pub(super) exchange: CacheExchange,
    /// The multicast group that measurements go to, which leads the exchange of caches then.
    pub(super) group: Option<SocketAddr>,
    pub(super) blocks: BlockSender,
    pub(super) notifications: Notifications,
    pub(super) opened: Instant,
    /// Since when bytes wait that the subscriber does not take, as far as that is known.
    pub(super) stalled_since: Option<Instant>,
    /// The connection is among those that the driver will be told of.
    pub(super) is_changed: bool,
    /// Why the connection ends once everything queued is sent.
    pub(super) closing: Option<CloseReason>,
    /// What it gets, or got last, are historical data: publishing does not wait for it.
    pub(super) is_historical: bool,
    /// DataStartTime goes in front of the next packet.
    needs_start_time: bool,
    /// The next packet must be one that starts a new encoder.
    needs_restart: bool,
    /// The base times that the subscriber knows.
    base_times: Option<BaseTimes>,
    pub(super) meter: Meter,
    /// The request whose answer is worked out on another thread.
    pub(super) unanswered: Option<Unanswered>,
}

/// What became of a packet.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    Queued,
    /// The queue was full: everything droppable in it and the packet were dropped.
    Dropped,
    /// The queue was full, or the subscriber waits for a new encoder: the packet was dropped.
    Skipped,
}

impl Connection {
    pub(super) fn new(id: ConnectionId, address: SocketAddr, now: Moment) -> Connection {
        let info = ConnectionInfo {
            id,
            subscriber_id: crate::host::random_id(),
            address,
            outgoing: false,
            identity: String::new(),
            filter: String::new(),
            signal_count: 0,
            measurements_sent: 0,
            measurements_dropped: 0,
            bytes_sent: 0,
            data_channel: None,
            queued_bytes: 0,
            version: None,
            subscribed: false,
            connected_since: now.utc,
            packets_sent: 0,
            bytes_received: 0,
            datagrams_sent: 0,
            datagrams_dropped: 0,
            buffer_blocks_sent: 0,
            buffer_blocks_repeated: 0,
            buffer_blocks_dropped: 0,
            buffer_blocks_unconfirmed: 0,
            measurements_per_second: 0.0,
            latency: LatencyStatistics::default(),
        };
        Connection {
            info,
            assembler: FrameAssembler::default(),
            queue: SendQueue::default(),
            datagrams: None,
            cipher: None,
            modes: None,
            exchange: CacheExchange::default(),
            group: None,
            blocks: BlockSender::default(),
            notifications: Notifications::default(),
            opened: now.instant,
            stalled_since: None,
            is_changed: false,
            closing: None,
            is_historical: false,
            needs_start_time: false,
            needs_restart: false,
            base_times: None,
            meter: Meter::new(STATISTICS_INTERVAL, now.instant),
            unanswered: None,
        }
    }

    pub(super) fn encoding(&self) -> TextEncoding {
        self.modes.map_or(TextEncoding::Utf8, |modes| modes.encoding)
    }

    /// Answers a command. `command` may be a code that STTP does not know.
    pub(super) fn respond(&mut self, response: Response, command: u8, text: &str) {
        let payload = self.encoding().encode(text);
        self.push(Frame::control(response_frame(response, command, &payload)));
    }

    pub(super) fn succeed(&mut self, command: Command, text: &str) {
        self.respond(Response::Succeeded, command.code(), text);
    }

    pub(super) fn fail(&mut self, command: Command, text: &str) {
        self.respond(Response::Failed, command.code(), text);
    }

    /// Tells something that nobody asked for.
    pub(super) fn announce(&mut self, response: Response, payload: &[u8]) {
        self.push(Frame::control(response_frame(response, Command::Subscribe.code(), payload)));
    }

    pub(super) fn push(&mut self, frame: Frame) {
        self.queue.push(frame);
    }

    /// Sends the cache of a subscription, behind its slot if the subscriber's version has slots.
    pub(super) fn send_cache(&mut self, offer: &Offer) {
        let Some(modes) = self.modes else { return };
        self.blocks.give_up_slot(offer.slot);
        let mut cache = offer.subscription.selection.cache.encode(modes.encoding);
        cache[4..20].copy_from_slice(self.info.subscriber_id.as_bytes());
        if modes.compresses_cache() {
            cache = gzip::compress(&cache);
        }
        if modes.version.confirms_caches() {
            cache.insert(0, offer.slot);
        }
        self.announce(Response::UpdateSignalIndexCache, &cache);
    }

    /// Measurements of `subscription` flow from now on.
    pub(super) fn start(&mut self, subscription: &Subscription) {
        self.is_historical = subscription.window.is_some();
        self.needs_start_time = true;
        self.needs_restart = true;
        // It may have forgotten them with the subscription before.
        self.base_times = None;
        self.info.subscribed = true;
        self.info.filter.clone_from(&subscription.filter);
        self.info.signal_count = subscription.selection.signal_count() as u64;
    }

    pub(super) fn stop(&mut self) {
        self.info.subscribed = false;
        self.info.filter.clear();
        self.info.signal_count = 0;
    }

    /// Queues a packet of the subscription in use, or drops what the policy says. With a `limit`
    /// the queue never holds more bytes of measurements than that.
    pub(super) fn deliver(&mut self, packet: &Packet, limit: Option<usize>) -> Delivery {
        let Some(frame) = packet.frame(self.exchange.slot()) else { return Delivery::Skipped };
        let by_udp = self.datagrams.is_some();
        let limit = limit.filter(|_| !by_udp);
        if limit.is_some_and(|limit| self.queue.data_len() + frame.len() > limit) {
            let dropped = self.queue.drop_data() + u64::from(packet.measurements);
            self.info.measurements_dropped += dropped;
            self.needs_restart = true;
            return Delivery::Dropped;
        }
        if self.needs_restart && !packet.starts_anew {
            self.info.measurements_dropped += u64::from(packet.measurements);
            return Delivery::Skipped;
        }
        self.needs_restart = false;
        self.announce_for(packet);
        let frame = Frame::data(self.sealed(frame, DATA_PACKET), packet.measurements);
        if by_udp {
            return self.push_datagram(frame);
        }
        self.push(frame);
        Delivery::Queued
    }

    /// Tells what a subscriber has to know before a packet.
    fn announce_for(&mut self, packet: &Packet) {
        if std::mem::take(&mut self.needs_start_time) {
            self.announce(Response::DataStartTime, &encode_data_start_time(packet.first_time));
        }
        if let Some(base_times) = packet.base_times
            && self.base_times.replace(base_times) != packet.base_times
        {
            self.announce(Response::UpdateBaseTimes, &base_times.encode());
        }
    }

    /// A packet goes to the group of the connection, or was dropped on the way there.
    pub(super) fn accompany(&mut self, packet: &Packet, is_queued: bool) -> Delivery {
        self.needs_restart = false;
        if !is_queued {
            self.info.measurements_dropped += u64::from(packet.measurements);
            return Delivery::Skipped;
        }
        self.announce_for(packet);
        Delivery::Queued
    }

    /// A packet was queued.
    pub(super) fn count_packet(&mut self, packet: &Packet) {
        self.info.packets_sent += 1;
        packet.count_in(&mut self.meter);
    }

    /// True when the subscriber lost packets, or has none yet, and a new encoder would help it.
    pub(super) fn waits_for_restart(&self) -> bool {
        self.needs_restart
    }

    /// The transport took `count` bytes.
    pub(super) fn sent(&mut self, count: usize, now: Instant) {
        self.info.measurements_sent += self.queue.advance(count);
        self.info.bytes_sent += count as u64;
        self.stalled_since = (!self.queue.is_empty()).then_some(now);
    }

    /// Why a subscriber must not ask for more: it does not take what it asked for.
    pub(super) fn unread(&self) -> Option<CloseReason> {
        let (waiting, bytes) = self.queue.control_frames();
        let too_many = waiting > MAX_WAITING_ANSWERS || waiting > FEW_ANSWERS && bytes > MAX_WAITING_BYTES;
        too_many.then_some(CloseReason::Unread { waiting })
    }

    /// What is known of the connection now.
    pub(super) fn current_info(&mut self) -> &ConnectionInfo {
        self.info.queued_bytes = self.queue.len() as u64;
        self.info.measurements_per_second = self.meter.measurements_per_second();
        self.info.latency = self.meter.latency();
        &self.info
    }
}
