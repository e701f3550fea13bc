//! The way of packets from a stream to all who get them.

use super::groups::Groups;
use super::stream::Stream;
use super::throttle::Throttle;
use crate::codec::RawMeasurement;
use crate::session::publisher::close_reason::CloseReason;
use crate::session::publisher::connection::{Delivery, Outlet};
use crate::session::publisher::connections::Connections;
use crate::session::publisher::context::Context;
use crate::session::publisher::settings::Overflow;

/// Everyone whom packets may go to.
pub(super) struct Receivers<'a, 'b> {
    pub(super) connections: &'a mut Connections,
    pub(super) groups: &'a mut Groups,
    pub(super) cx: &'a mut Context<'b>,
}

/// What waits of a stream to be sent.
#[derive(Default)]
struct Waiting {
    /// Bytes in the longest of the queues that share their frames: what is in the others is in that one.
    longest: usize,
    /// Bytes in the others.
    of_own: usize,
    /// How many of those there are that something waits in.
    own_queues: usize,
}

impl Waiting {
    fn add(&mut self, outlet: &Outlet) {
        let bytes = outlet.measurements_in_memory();
        if outlet.has_own_frames() {
            self.of_own += bytes;
            self.own_queues += usize::from(bytes > 0);
        } else {
            self.longest = self.longest.max(bytes);
        }
    }

    /// What waits for the group of a stream, if it has one, is in no queue of its members.
    fn add_group(&mut self, stream: &Stream, groups: &Groups) {
        let group = stream.subscription.carriage.group;
        self.longest = self.longest.max(group.map_or(0, |address| groups.waiting_for(address)));
    }

    fn count_in(&self, stream: &mut Stream) {
        stream.count_held(self.longest + self.of_own, usize::from(self.longest > 0) + self.own_queues);
    }
}

/// Counts what waits of a stream.
pub(super) fn count_held(stream: &mut Stream, connections: &Connections, groups: &Groups) {
    let mut waiting = Waiting::default();
    for connection in stream.members.iter().filter_map(|key| connections.get(*key)) {
        waiting.add(&connection.outlet);
    }
    waiting.add_group(stream, groups);
    waiting.count_in(stream);
}

impl Receivers<'_, '_> {
    /// Encodes measurements, and queues the packets that are full.
    pub(super) fn encode(&mut self, stream: &mut Stream, points: &[RawMeasurement]) {
        stream.observe(points, self.cx.now);
        let mut rest = points;
        while !rest.is_empty() {
            let used = stream.encode(rest, self.cx.now);
            rest = &rest[used..];
            if !rest.is_empty() {
                self.finish_packet(stream);
            }
        }
    }

    /// Queues the packet under construction, if there is anything in it.
    pub(super) fn finish_packet(&mut self, stream: &mut Stream) {
        if !stream.has_packet() {
            return;
        }
        let mut slots = [false; 2];
        for connection in stream.members.iter().filter_map(|key| self.connections.get(*key)) {
            if !connection.is_closing() {
                slots[usize::from(connection.exchange.slot())] = true;
            }
        }
        let Some(packet) = stream.finish_packet(slots) else { return };
        let Context { settings, outbox, counts, limits, .. } = &mut *self.cx;
        let limit = limits.totals.droppable_beyond(settings);
        let key_of_limit = limits.totals.queue_limit_key(settings);
        let mut waiting = Waiting::default();
        let group = stream.subscription.carriage.group;
        let in_group = group.and_then(|address| self.groups.deliver(address, &packet, outbox));
        for key in &stream.members {
            let Some(connection) = self.connections.get_mut(*key) else { continue };
            if connection.is_closing() {
                continue;
            }
            let queued = connection.outlet.queue.data_len();
            match in_group {
                Some(is_queued) => connection.accompany(&packet, is_queued, counts),
                None => {
                    let delivery = connection.deliver(&packet, limit, counts);
                    if delivery == Delivery::Dropped {
                        connection.reception.dropped_for = key_of_limit;
                        if settings.overflow == Overflow::Disconnect {
                            connection.close(CloseReason::TooSlow { key: key_of_limit, queued }, outbox);
                        }
                    }
                }
            }
            stream.restart |= connection.reception.needs_restart;
            waiting.add(&connection.outlet);
            connection.outlet.tell_channel(outbox);
            connection.outlet.tell(outbox);
        }
        waiting.add_group(stream, self.groups);
        waiting.count_in(stream);
        stream.recycle(packet);
    }

    /// Does what a stream has to do by itself. Its deadlines are its own, so that none is left
    /// behind when it goes. Throttled measurements wait while publishing `waits` for slow subscribers.
    pub(super) fn handle_timeout(&mut self, stream: &mut Stream, waits: bool) {
        let now = self.cx.now;
        let rotation_is_due = stream.rotation_deadline().is_some_and(|due| due <= now.instant);
        if stream.throttle.as_ref().and_then(Throttle::deadline).is_some_and(|due| due <= now.instant) {
            self.publish_latest(stream, waits);
        }
        if rotation_is_due {
            // What was encoded with the old base times is sent with them.
            self.finish_packet(stream);
            stream.rotate_base_times(now);
        }
    }

    /// Publishes the latest measurements of a throttled stream. A set that nobody takes helps nobody: while
    /// publishing waits this waits too, for the next interval.
    fn publish_latest(&mut self, stream: &mut Stream, waits: bool) {
        let Some(throttle) = &mut stream.throttle else { return };
        throttle.schedule_next(self.cx.now.instant);
        if waits {
            return;
        }
        let set = throttle.take_set(self.cx.now);
        self.encode(stream, &set);
        self.finish_packet(stream);
        if let Some(throttle) = &mut stream.throttle {
            throttle.recycle(set);
        }
    }
}
