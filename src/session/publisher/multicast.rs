//! Measurements for multicast groups: sent once, however many subscribers receive them.
//!
//! All members of a group have one subscription, so that one signal index cache and one cache
//! slot serve them all. A new cache is used when the last member has confirmed it; those who
//! join get the cache in use for the slot in use.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::data_channels::{ChannelId, WAITING_BYTES, mark_channel_changed};
use super::events::{ConnectionId, PublisherEvent};
use super::exchange::CacheExchange;
use super::stream::Packet;
use super::subscription::Subscription;
use super::timers::Task;
use super::{CloseReason, PublisherSession, mark_changed};
use crate::session::datagram_queue::{Datagram, DatagramQueue};
use crate::session::{Frame, Moment, Severity};

/// How long a member may take to confirm a cache that others wait for.
pub(super) const CONFIRMATION_TIMEOUT: Duration = Duration::from_secs(10);

/// A multicast group and port that measurements are sent to.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) queue: DatagramQueue,
    exchange: CacheExchange,
    members: Vec<Member>,
}

/// A connection whose measurements go to the group.
#[derive(Debug)]
struct Member {
    id: ConnectionId,
    /// Caches that it was sent and has not confirmed yet.
    unconfirmed: u32,
    /// Since when others wait for it, as far as that is known.
    awaited_since: Option<Instant>,
    /// It has the cache in use, and gets measurements.
    is_active: bool,
}

impl Group {
    fn new(address: SocketAddr, exchange: CacheExchange) -> Group {
        Group { queue: DatagramQueue::new(address), exchange, members: Vec::new() }
    }

    /// The connection from whose local address datagrams are sent.
    pub(super) fn first_member(&self) -> Option<ConnectionId> {
        self.members.first().map(|member| member.id)
    }

    pub(super) fn active_members(&self) -> impl Iterator<Item = ConnectionId> {
        self.members.iter().filter(|member| member.is_active).map(|member| member.id)
    }

    fn member_mut(&mut self, id: ConnectionId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.id == id)
    }

    /// Queues a packet of the subscription in use. False when it had to be dropped.
    pub(super) fn deliver(&mut self, packet: &Packet) -> bool {
        let Some(frame) = packet.frame(self.exchange.slot()) else { return false };
        let frame = Frame::data(frame.clone(), packet.measurements);
        self.queue.push(Datagram::new(frame), WAITING_BYTES)
    }

    /// Everyone has the cache that is on offer.
    fn can_switch(&self) -> bool {
        self.exchange.open_offer().is_some() && self.members.iter().all(|member| member.unconfirmed == 0)
    }

    /// Members that have the cache in use since a moment ago: at most the one on offer is
    /// unconfirmed. They are active from now on.
    fn activate(&mut self) -> Vec<ConnectionId> {
        if self.exchange.current_offer().is_none() {
            return Vec::new();
        }
        let on_offer = u32::from(self.exchange.open_offer().is_some());
        let ready = |member: &&mut Member| !member.is_active && member.unconfirmed <= on_offer;
        let activated = self.members.iter_mut().filter(ready).map(|member| {
            member.is_active = true;
            member.id
        });
        activated.collect()
    }
}

impl PublisherSession {
    pub(super) fn group(&self, address: SocketAddr) -> Option<&Group> {
        self.groups.iter().find(|group| group.queue.destination() == address)
    }

    pub(super) fn group_mut(&mut self, address: SocketAddr) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.queue.destination() == address)
    }

    fn group_of(&mut self, id: ConnectionId) -> Option<&mut Group> {
        let address = self.connections.get(&id)?.group?;
        self.group_mut(address)
    }

    /// Subscribes a connection to what a group gets, which the first member decides. Returns what
    /// that is.
    pub(super) fn join_group(
        &mut self,
        id: ConnectionId,
        address: SocketAddr,
        wanted: Subscription,
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) -> Result<Arc<Subscription>, String> {
        if let Some(group) = self.group(address) {
            let has_others = group.members.iter().any(|member| member.id != id);
            let is_same = group.exchange.newest().is_some_and(|newest| newest.has_same_wishes(&wanted));
            if has_others && !is_same {
                return Err(format!(
                    "multicast group {address} carries another subscription; use another group or port, or subscribe \
                     with the same filter and options as its members"
                ));
            }
        }
        self.drop_subscription(id, now, events);
        Ok(self.add_member(id, address, Arc::new(wanted), now.instant))
    }

    fn add_member(
        &mut self,
        id: ConnectionId,
        address: SocketAddr,
        wanted: Arc<Subscription>,
        now: Instant,
    ) -> Arc<Subscription> {
        let Some(connection) = self.connections.get_mut(&id) else { return wanted };
        let number = self.groups.iter().position(|group| group.queue.destination() == address);
        let number = number.unwrap_or_else(|| {
            let mut exchange = connection.exchange.successor();
            exchange.offer(wanted.clone(), now);
            self.groups.push(Group::new(address, exchange));
            self.groups.len() - 1
        });
        let group = &mut self.groups[number];
        connection.group = Some(address);
        connection.info.data_channel = Some(address);
        let offers = [group.exchange.current_offer(), group.exchange.open_offer()];
        let mut member = Member { id, unconfirmed: 0, awaited_since: None, is_active: false };
        for offer in offers.into_iter().flatten() {
            connection.send_cache(&offer);
            member.unconfirmed += 1;
        }
        group.members.push(member);
        mark_channel_changed(ChannelId::Group(address), &mut self.changed_channels);
        let newest = group.exchange.newest().cloned();
        self.watch_held_offer(id);
        newest.unwrap_or(wanted)
    }

    /// A connection is no member of any group any more.
    pub(super) fn leave_group(&mut self, id: ConnectionId, now: Moment, events: &mut Vec<PublisherEvent>) {
        let Some(group) = self.group_of(id) else { return };
        let (address, slot) = (group.queue.destination(), group.exchange.slot());
        let unconfirmed = group.member_mut(id).map_or(0, |member| member.unconfirmed);
        group.members.retain(|member| member.id != id);
        self.groups.retain(|group| !group.members.is_empty());
        mark_channel_changed(ChannelId::Group(address), &mut self.changed_channels);
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.group = None;
            connection.info.data_channel = None;
            connection.exchange.take_over(slot, unconfirmed, now.instant);
        }
        self.advance_group(address, now, events);
    }

    /// A member confirmed the oldest cache that it had not confirmed yet. False for connections
    /// that are no member.
    pub(super) fn handle_group_confirmation(
        &mut self,
        id: ConnectionId,
        now: Moment,
        events: &mut Vec<PublisherEvent>,
    ) -> bool {
        let Some(address) = self.connections.get(&id).and_then(|connection| connection.group) else {
            return false;
        };
        // Those of the subscription before come first.
        let is_older = self
            .connections
            .get_mut(&id)
            .is_some_and(|member| member.exchange.confirm(now.instant).is_some());
        if !is_older && let Some(member) = self.group_of(id).and_then(|group| group.member_mut(id)) {
            member.unconfirmed = member.unconfirmed.saturating_sub(1);
            member.awaited_since = None;
            self.advance_group(address, now, events);
        }
        true
    }

    /// Switches to the cache on offer if everyone has it, and starts measurements for those who
    /// have got the cache in use.
    fn advance_group(&mut self, address: SocketAddr, now: Moment, events: &mut Vec<PublisherEvent>) {
        // What was published so far belongs to the slot in use so far.
        self.finish_packets();
        let Some(group) = self.group_mut(address) else { return };
        if group.can_switch()
            && let Some(confirmed) = group.exchange.confirm(now.instant)
        {
            group.members.iter_mut().for_each(|member| member.is_active = false);
            if confirmed.next.is_some() {
                self.send_group_offer(address);
            }
        }
        let Some(group) = self.group_mut(address) else { return };
        let (activated, slot) = (group.activate(), group.exchange.slot());
        let Some(current) = group.exchange.current_offer() else { return };
        for id in activated {
            if let Some(connection) = self.connections.get_mut(&id) {
                connection.exchange.take_over(slot, 0, now.instant);
                mark_changed(connection, &mut self.changed);
            }
            self.start_measurements(id, &current.subscription, events);
        }
        self.watch_held_group_offer(address);
    }

    /// Sends the cache on offer to all members.
    fn send_group_offer(&mut self, address: SocketAddr) {
        let Some(group) = self.groups.iter_mut().find(|group| group.queue.destination() == address) else {
            return;
        };
        let Some(offer) = group.exchange.open_offer() else { return };
        for member in &mut group.members {
            let Some(connection) = self.connections.get_mut(&member.id) else { continue };
            connection.send_cache(&offer);
            member.unconfirmed += 1;
            mark_changed(connection, &mut self.changed);
        }
    }

    /// The metadata are others now.
    pub(super) fn move_groups_to_catalog(&mut self, now: Moment, events: &mut Vec<PublisherEvent>) {
        let addresses: Vec<SocketAddr> = self.groups.iter().map(|group| group.queue.destination()).collect();
        for address in addresses {
            let newest = self.group(address).and_then(|group| group.exchange.newest().cloned());
            let Some(newest) = newest else { continue };
            match self.catalog.select(&newest.filter, now.utc) {
                Ok(selection) if selection == newest.selection => {}
                Ok(selection) => {
                    let subscription = Arc::new(newest.with_selection(selection));
                    let offered = self
                        .group_mut(address)
                        .and_then(|group| group.exchange.offer(subscription, now.instant));
                    match offered {
                        Some(_) => self.send_group_offer(address),
                        None => self.watch_held_group_offer(address),
                    }
                }
                Err(error) => {
                    let text = format!(
                        "multicast group {address} keeps its signals, because its filter does not fit the new metadata: \
                         {error}"
                    );
                    events.push(PublisherEvent::Message(Severity::Warning, text));
                }
            }
        }
    }

    /// Sets a timer if a cache of a group waits for its slot. A timer belongs to a connection.
    fn watch_held_group_offer(&mut self, address: SocketAddr) {
        if let Some(id) = self.group(address).and_then(Group::first_member) {
            self.watch_held_offer(id);
        }
    }

    /// Sets a timer if a cache of a connection, or of its group, waits for its slot.
    pub(super) fn watch_held_offer(&mut self, id: ConnectionId) {
        let held_until = match self.group_of(id) {
            Some(group) => group.exchange.held_until(),
            None => self.connections.get(&id).and_then(|connection| connection.exchange.held_until()),
        };
        if let Some(until) = held_until {
            self.timers.set(until, id, Task::OfferCache);
        }
    }

    /// Sends the cache that has waited for its slot.
    pub(super) fn release_offer(&mut self, id: ConnectionId, now: Instant) {
        if let Some(group) = self.group_of(id) {
            let address = group.queue.destination();
            if group.exchange.release(now).is_some() {
                self.send_group_offer(address);
            }
        } else if let Some(connection) = self.connections.get_mut(&id)
            && let Some(offer) = connection.exchange.release(now)
        {
            connection.send_cache(&offer);
            mark_changed(connection, &mut self.changed);
        }
        self.watch_held_offer(id);
    }

    /// Why a member must go: others have waited too long for its confirmation.
    pub(super) fn holds_up_group(&mut self, id: ConnectionId, now: Instant) -> Option<CloseReason> {
        let group = self.group_of(id)?;
        if group.members.len() < 2 {
            return None;
        }
        let member = group.member_mut(id).filter(|member| member.unconfirmed > 0)?;
        let since = *member.awaited_since.get_or_insert(now);
        (now >= since + CONFIRMATION_TIMEOUT).then_some(CloseReason::Unconfirmed)
    }
}
