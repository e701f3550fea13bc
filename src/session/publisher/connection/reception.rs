//! What a subscriber has of the data packets, and needs to go on.

use std::net::SocketAddr;

use super::Connection;
use super::keys::DATA_PACKET;
use super::outlet::Outlet;
use crate::session::datagram_queue::Outcome;
use crate::session::publisher::close_reason::CloseReason;
use crate::session::publisher::context::Context;
use crate::session::publisher::counts::Counts;
use crate::session::publisher::output::{ChannelId, Outbox, Output};
use crate::session::publisher::packet::Packet;
use crate::session::publisher::subscription::Subscription;
use crate::session::publisher::totals::{BEYOND_TOTAL, Kind};
use crate::session::publisher::udp_channel::UdpChannel;
use crate::session::{Datagram, Frame, Handed};
use crate::wire::messages::{BaseTimes, encode_data_start_time};
use crate::wire::{Command, DataChannel, Response};

/// State of a subscriber's side of the data packets.
#[derive(Debug, Default)]
pub(crate) struct Reception {
    /// What it gets, or got last, are historical data: publishing does not wait for it.
    pub(crate) is_historical: bool,
    /// DataStartTime goes in front of the next packet.
    needs_start_time: bool,
    /// The next packet must be one that starts a new encoder: the subscriber lost packets, or has none
    /// yet.
    pub(crate) needs_restart: bool,
    /// The base times that the subscriber knows.
    base_times: Option<BaseTimes>,
    /// Something of a subscription that is over waits to be sent.
    has_older: bool,
    /// The setting for whose sake packets were dropped last; empty when none were.
    pub(crate) dropped_for: &'static str,
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Queued,
    /// The queue was full: everything droppable in it and the packet were dropped.
    Dropped,
    /// The queue was full, or the subscriber waits for a new encoder: the packet was dropped.
    Skipped,
}

impl Reception {
    /// Packets of another subscription follow.
    pub(super) fn begin(&mut self, is_historical: bool) {
        // The subscriber may have forgotten base times with the subscription before.
        *self = Reception {
            is_historical,
            needs_start_time: true,
            needs_restart: true,
            base_times: None,
            has_older: self.has_older,
            dropped_for: self.dropped_for,
        };
    }

    /// Tells what a subscriber has to know before a packet.
    fn announce_for(&mut self, packet: &Packet, outlet: &mut Outlet) {
        if std::mem::take(&mut self.needs_start_time) {
            outlet.announce(Response::DataStartTime, &encode_data_start_time(packet.first_time));
        }
        if let Some(base_times) = packet.base_times
            && self.base_times.replace(base_times) != packet.base_times
        {
            outlet.announce(Response::UpdateBaseTimes, &base_times.encode());
        }
    }
}

impl Connection {
    /// Queues a packet of the subscription in use, or drops what the policy says. With a `limit`
    /// the queue never holds more bytes of measurements than that.
    pub(crate) fn deliver(&mut self, packet: &Packet, limit: Option<usize>, counts: &mut Counts) -> Delivery {
        let delivery = self.queue_packet(packet, limit, counts);
        self.count_delivery(packet, delivery, counts);
        delivery
    }

    fn queue_packet(&mut self, packet: &Packet, limit: Option<usize>, counts: &mut Counts) -> Delivery {
        let Some(frame) = packet.frame(self.exchange.slot()) else { return Delivery::Skipped };
        let account = self.account_of_dropped();
        let length = frame.len() + account.as_ref().map_or(0, |account| account.bytes().len());
        let Connection { outlet, reception, quota, grant, .. } = self;
        let limit = limit.filter(|_| outlet.channel.is_none());
        if limit.is_some_and(|limit| outlet.queue.data_len() + length > limit) {
            let dropped = outlet.queue.drop_data() + u64::from(packet.measurements);
            reception.needs_restart = true;
            self.lose(dropped, counts);
            return Delivery::Dropped;
        }
        if reception.needs_restart && !packet.starts_anew {
            // Who has got nothing yet begins a little later.
            if !reception.needs_start_time {
                self.lose(packet.measurements.into(), counts);
            }
            return Delivery::Skipped;
        }
        if !reception.is_historical
            && !quota.has_measurements(packet.measurements, grant.as_deref(), packet.encoded)
        {
            reception.needs_restart = true;
            self.lose(packet.measurements.into(), counts);
            return Delivery::Skipped;
        }
        reception.needs_restart = false;
        reception.announce_for(packet, outlet);
        let frame = Frame::data(outlet.sealed(frame, DATA_PACKET), packet.measurements);
        if let Some(account) = account {
            outlet.push(account);
            self.dropped_is_told();
        }
        if self.outlet.push_measurements(frame, packet.encoded) {
            return Delivery::Queued;
        }
        self.lose(packet.measurements.into(), counts);
        Delivery::Skipped
    }

    /// A packet goes to the group of the connection, or was dropped on the way there.
    pub(crate) fn accompany(&mut self, packet: &Packet, is_queued: bool, counts: &mut Counts) {
        self.reception.needs_restart = false;
        let delivery = if is_queued { Delivery::Queued } else { Delivery::Skipped };
        match delivery {
            Delivery::Queued => self.reception.announce_for(packet, &mut self.outlet),
            Delivery::Dropped | Delivery::Skipped => self.lose(packet.measurements.into(), counts),
        }
        self.count_delivery(packet, delivery, counts);
    }

    fn count_delivery(&mut self, packet: &Packet, delivery: Delivery, counts: &mut Counts) {
        if delivery == Delivery::Queued {
            self.info.counters.packets_sent += 1;
            packet.count_in(&mut self.meter);
            counts.add_packet(packet);
        }
    }

    /// What waits to be sent now belongs to a subscription that is over.
    pub(crate) fn note_older(&mut self) {
        self.reception.has_older |= self.has_unsent();
    }

    /// Whether something of a subscription that is over waits to be sent: nobody knows any more of which signals it is.
    pub(crate) fn has_older(&self) -> bool {
        self.reception.has_older
    }

    /// Something was sent, or will never be.
    pub(super) fn forget_older(&mut self) {
        if self.reception.has_older {
            self.reception.has_older = self.has_unsent();
        }
    }

    /// Measurements or buffer blocks wait, to be sent or to be confirmed.
    fn has_unsent(&self) -> bool {
        let Outlet { queue, channel, .. } = &self.outlet;
        queue.data_len() > 0
            || channel.as_ref().is_some_and(|channel| !channel.is_empty())
            || !self.blocks.is_confirmed()
    }

    /// Drops what waits to be sent, since the subscriber may not have all of it any more; `subscription` is what it may
    /// have, if anything. Of a frame that is sent in part the rest goes too: what follows could not be read otherwise.
    pub(crate) fn drop_forbidden(&mut self, subscription: Option<&Subscription>, cx: &mut Context<'_>) {
        let before = self.info.counters.measurements_dropped;
        let (measurements, blocks) = self.outlet.queue.drop_data_and_blocks();
        self.lose(measurements, cx.counts);
        self.send_datagrams(|_| Handed::dropping_others(0), cx.counts);
        let is_kept = |index: u32| {
            subscription.is_some_and(|subscription| {
                let place = index.wrapping_sub(subscription.first_index());
                !subscription.selection.is_withheld(place)
            })
        };
        self.give_up_blocks_but(is_kept, cx.counts);
        self.reception.needs_restart = true;
        self.reception.has_older = false;
        let dropped = self.info.counters.measurements_dropped - before;
        self.told_dropped += dropped;
        if dropped + blocks > 0 {
            cx.outbox.warn(format!(
                "dropped {dropped} measurements and {blocks} buffer blocks that waited for {}: what it may have has \
                 changed",
                self.info.address
            ));
        }
    }

    fn lose(&mut self, measurements: u64, counts: &mut Counts) {
        self.info.counters.measurements_dropped += measurements;
        counts.statistics.measurements_dropped += measurements;
    }

    /// Tells operators of what was dropped since they were last told, if anything was.
    pub(crate) fn tell_dropped(&mut self, outbox: &mut Outbox) {
        let total = self.info.counters.measurements_dropped;
        let dropped = total - std::mem::replace(&mut self.told_dropped, total);
        if dropped == 0 {
            return;
        }
        let channel = self.outlet.channel.as_mut();
        let beyond = channel.and_then(UdpChannel::take_beyond);
        let why = match self.outlet.channel {
            _ if self.quota.take_was_exceeded() => "its rights allow no more measurementsPerSecond",
            None if self.reception.dropped_for == "maxSendQueues" => BEYOND_TOTAL,
            None => "it does not take them as fast as they are published (sendQueueLimit)",
            Some(_) => {
                beyond.unwrap_or("the system does not send its datagrams as fast as they are published")
            }
        };
        let address = self.info.address;
        outbox.warn(format!("dropped {dropped} measurements for {address}, {total} so far: {why}"));
    }

    /// Counts datagrams that were to reach the connection, be it by its own channel or by that of its
    /// group.
    pub(crate) fn count_datagrams(&mut self, outcome: Outcome, counts: &mut Counts) {
        counts.statistics.measurements_sent += outcome.measurements_sent;
        self.lose(outcome.measurements_dropped, counts);
        self.info.counters.measurements_sent += outcome.measurements_sent;
        self.info.counters.bytes_sent += outcome.bytes_sent;
        self.info.counters.data_channel_bytes_sent += outcome.bytes_sent;
        self.info.counters.datagrams_sent += outcome.datagrams_sent;
        self.info.counters.datagrams_dropped += outcome.datagrams_dropped;
    }

    /// Sends measurements by this channel from now on, or by TCP. What waits on the one before is lost.
    pub(crate) fn use_channel(&mut self, channel: Option<DataChannel>, cx: &mut Context<'_>) {
        let destination = channel.map(|channel| with_port(self.info.address, channel.port));
        if destination == self.outlet.channel.as_ref().map(UdpChannel::destination) {
            return;
        }
        self.info.data_channel = destination;
        // Its place is taken before that of the other is free, so that the count never falls short.
        let channel = destination.map(|destination| {
            UdpChannel::new(destination, cx.limits.totals.add(Kind::Channel, self.info.address.ip()))
        });
        let old = std::mem::replace(&mut self.outlet.channel, channel);
        if destination.is_some() {
            self.begin_account(cx);
        }
        cx.outbox.push(Output::Datagrams(ChannelId::Connection(self.key)));
        if let Some(outcome) = old.and_then(|mut old| old.hand_out(|_| Handed::dropping_others(0))) {
            cx.counts.add_datagrams(outcome);
            self.count_datagrams(outcome, cx.counts);
        }
    }

    /// Hands what goes by UDP to `send`, which tells what became of it.
    pub(crate) fn send_datagrams(&mut self, send: impl FnOnce(&[Datagram]) -> Handed, counts: &mut Counts) {
        if let Some(outcome) = self.outlet.channel.as_mut().and_then(|channel| channel.hand_out(send)) {
            counts.add_datagrams(outcome);
            self.count_datagrams(outcome, counts);
            self.forget_older();
        }
    }

    /// The subscriber's host says that nobody listens where the datagrams go. After some time of that it is told so, and
    /// the connection ends.
    pub(crate) fn datagrams_refused(&mut self, cx: &mut Context<'_>) {
        let timeout = cx.settings.limits.refused_channel_timeout;
        let Some(channel) = &mut self.outlet.channel else { return };
        let (destination, refused) = (channel.destination(), channel.refused(cx.now.instant));
        if refused < timeout || self.is_closing() {
            return;
        }
        let reason = CloseReason::ChannelRefused { destination, timeout };
        self.outlet.fail(Command::Subscribe, &reason.to_string());
        self.close(reason, cx.outbox);
    }
}

fn with_port(mut address: SocketAddr, port: u16) -> SocketAddr {
    address.set_port(port);
    address
}
