//! Measurements for multicast groups: sent once, however many subscribers receive them.
//!
//! All members of a group have one subscription, so that one signal index cache and one cache
//! slot serve them all. A new cache is used when the last member has confirmed it; those who
//! join get the cache in use for the slot in use. What a member does is noted at once; what follows
//! from it for the others is done when the group is [settled](Groups::settle).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use crate::filter::Allowance;
use crate::session::publisher::catalog::View;
use crate::session::publisher::close_reason::{CONFIRMATION_TIMEOUT, CloseReason};
use crate::session::publisher::connection::{CacheExchange, Connection};
use crate::session::publisher::connections::Connections;
use crate::session::publisher::context::Context;
use crate::session::publisher::counts::Counts;
use crate::session::publisher::events::ConnectionKey;
use crate::session::publisher::output::{ChannelId, Outbox, Output};
use crate::session::publisher::packet::Packet;
use crate::session::publisher::subscription::Subscription;
use crate::session::publisher::timers::{Task, Timers};
use crate::session::publisher::totals::{Kind, Place};
use crate::session::publisher::udp_channel::UdpChannel;
use crate::session::{Datagram, Frame, Handed};

/// All groups. They are few, so that they are searched.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    groups: Vec<Group>,
}

/// A multicast group and port that measurements are sent to.
#[derive(Debug)]
struct Group {
    channel: UdpChannel,
    exchange: CacheExchange,
    members: Vec<Member>,
    /// A cache is on offer that members were not sent yet.
    has_new_offer: bool,
    /// Nothing follows for the other members from what one has done.
    is_settled: bool,
}

/// A connection whose measurements go to the group.
#[derive(Debug)]
struct Member {
    key: ConnectionKey,
    /// Caches that it was sent and has not confirmed yet.
    unconfirmed: u32,
    /// Since when others wait for it, as far as that is known.
    awaited_since: Option<Instant>,
    /// It has the cache in use, and gets measurements.
    is_active: bool,
}

/// A connection that gets measurements of this subscription from now on.
pub(super) type Activated = (ConnectionKey, Arc<Subscription>);

impl Group {
    fn new(address: SocketAddr, exchange: CacheExchange, place: Place) -> Group {
        Group {
            channel: UdpChannel::new(address, place),
            exchange,
            members: Vec::new(),
            has_new_offer: false,
            is_settled: true,
        }
    }

    fn address(&self) -> SocketAddr {
        self.channel.destination()
    }

    /// The connection from whose local address datagrams are sent.
    fn first_member(&self) -> Option<ConnectionKey> {
        self.members.first().map(|member| member.key)
    }

    fn member_mut(&mut self, key: ConnectionKey) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.key == key)
    }

    /// Everyone was sent the cache that is on offer, and has it.
    fn can_switch(&self) -> bool {
        self.exchange.open_offer().is_some()
            && !self.has_new_offer
            && self.members.iter().all(|member| member.unconfirmed == 0)
    }

    /// Switches to the cache on offer if everyone has it, sends a new one to all members, and names those
    /// who have got the cache in use.
    fn settle(&mut self, connections: &mut Connections, cx: &mut Context<'_>) -> Vec<Activated> {
        let now = cx.now.instant;
        if self.can_switch()
            && let Some(confirmed) = self.exchange.confirm(now)
        {
            self.members.iter_mut().for_each(|member| member.is_active = false);
            self.has_new_offer |= confirmed.next.is_some();
        }
        if std::mem::take(&mut self.has_new_offer) {
            self.send_offer(connections, cx);
        }
        self.watch_offer(cx.timers);
        self.is_settled = true;
        self.activate(connections, now)
    }

    /// Sends the cache on offer to all members.
    fn send_offer(&mut self, connections: &mut Connections, cx: &mut Context<'_>) {
        let Some(offer) = self.exchange.open_offer() else { return };
        for member in &mut self.members {
            let Some(connection) = connections.get_mut(member.key) else { continue };
            connection.send_cache(&offer);
            connection.outlet.tell(cx.outbox);
            member.unconfirmed += 1;
        }
    }

    /// Members that have the cache in use since a moment ago: at most the one on offer is
    /// unconfirmed. They are active from now on.
    fn activate(&mut self, connections: &mut Connections, now: Instant) -> Vec<Activated> {
        let Some(current) = self.exchange.current_offer() else { return Vec::new() };
        let on_offer = u32::from(self.exchange.open_offer().is_some());
        let exchange = &self.exchange;
        let ready = |member: &&mut Member| !member.is_active && member.unconfirmed <= on_offer;
        let activated = self.members.iter_mut().filter(ready).map(|member| {
            member.is_active = true;
            if let Some(connection) = connections.get_mut(member.key) {
                connection.exchange.take_over(exchange, 0, now);
            }
            (member.key, current.subscription.clone())
        });
        activated.collect()
    }

    /// Sets a timer if a cache waits for its slot. A timer belongs to a connection.
    fn watch_offer(&self, timers: &mut Timers) {
        if let (Some(until), Some(key)) = (self.exchange.held_until(), self.first_member()) {
            timers.set(until, key, Task::OfferCache);
        }
    }
}

impl Groups {
    fn get(&self, address: SocketAddr) -> Option<&Group> {
        self.groups.iter().find(|group| group.address() == address)
    }

    fn get_mut(&mut self, address: SocketAddr) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.address() == address)
    }

    fn group_of(&mut self, connection: &Connection) -> Option<&mut Group> {
        connection.group.and_then(|address| self.get_mut(address))
    }

    /// Whether there is such a group.
    pub(super) fn has(&self, address: SocketAddr) -> bool {
        self.get(address).is_some()
    }

    /// Whether no datagrams wait for the driver.
    pub(crate) fn are_empty(&self) -> bool {
        self.groups.iter().all(|group| group.channel.is_empty())
    }

    /// Bytes in memory of what waits for a group.
    pub(super) fn waiting_for(&self, address: SocketAddr) -> usize {
        self.get(address).map_or(0, |group| group.channel.uncounted_len())
    }

    /// The channel of a group.
    pub(super) fn channel_mut(&mut self, address: SocketAddr) -> Option<&mut UdpChannel> {
        self.get_mut(address).map(|group| &mut group.channel)
    }

    /// How many datagrams were sent to a group since it has members.
    pub(super) fn datagrams_sent(&self, address: SocketAddr) -> Option<u64> {
        self.get(address).map(|group| group.channel.sent())
    }

    /// The connection from whose local address the datagrams of a group are sent.
    pub(super) fn sender(&self, address: SocketAddr) -> Option<ConnectionKey> {
        self.get(address).and_then(Group::first_member)
    }

    /// All subscriptions of a connection's group, in use or to come.
    pub(super) fn subscriptions_of(
        &self,
        connection: &Connection,
    ) -> impl Iterator<Item = &Arc<Subscription>> {
        let group = connection.group.and_then(|address| self.get(address));
        group.into_iter().flat_map(|group| group.exchange.all())
    }

    /// Why a connection cannot have its measurements by a group: the first member decides what goes there.
    pub(super) fn check(&self, connection: &Connection, wanted: &Subscription) -> Result<(), String> {
        let Some(address) = wanted.carriage.group else { return Ok(()) };
        let Some(group) = self.get(address) else { return Ok(()) };
        let has_others = group.members.iter().any(|member| member.key != connection.key);
        let is_same = group.exchange.newest().is_some_and(|newest| newest.has_same_wishes(wanted));
        if is_same || !has_others {
            return Ok(());
        }
        Err(format!(
            "multicast group {address} carries another subscription; use another group or port, or subscribe \
             with the same filter and options as its members"
        ))
    }

    /// Subscribes a connection to what a group gets. Returns what that is.
    pub(super) fn join(
        &mut self,
        connection: &mut Connection,
        address: SocketAddr,
        wanted: Arc<Subscription>,
        cx: &mut Context<'_>,
    ) -> Arc<Subscription> {
        if self.get(address).is_none() {
            let mut exchange = connection.exchange.successor();
            exchange.offer(wanted.clone(), cx.now.instant);
            self.groups.push(Group::new(
                address,
                exchange,
                cx.limits.totals.add(Kind::Channel, connection.info.address.ip()),
            ));
        }
        let Some(group) = self.get_mut(address) else { return wanted };
        connection.group = Some(address);
        connection.info.data_channel = Some(address);
        let offers = [group.exchange.current_offer(), group.exchange.open_offer()];
        let mut member =
            Member { key: connection.key, unconfirmed: 0, awaited_since: None, is_active: false };
        for offer in offers.into_iter().flatten() {
            connection.send_cache(&offer);
            member.unconfirmed += 1;
        }
        group.members.push(member);
        group.watch_offer(cx.timers);
        group.channel.tell(ChannelId::Group(address), cx.outbox);
        group.exchange.newest().cloned().unwrap_or(wanted)
    }

    /// A connection is no member of any group any more.
    pub(super) fn leave(&mut self, connection: &mut Connection, cx: &mut Context<'_>) {
        let Some(group) = self.group_of(connection) else { return };
        let (address, key) = (group.address(), connection.key);
        let unconfirmed = group.member_mut(key).map_or(0, |member| member.unconfirmed);
        connection.exchange.take_over(&group.exchange, unconfirmed, cx.now.instant);
        group.members.retain(|member| member.key != key);
        group.is_settled = false;
        self.groups.retain(|group| !group.members.is_empty());
        // Its socket is closed, or sends from the address of another connection.
        cx.outbox.push(Output::Datagrams(ChannelId::Group(address)));
        connection.group = None;
        connection.info.data_channel = None;
    }

    /// A member confirmed the oldest cache that it had not confirmed yet.
    pub(super) fn confirm(&mut self, connection: &Connection) {
        let Some(group) = self.group_of(connection) else { return };
        if let Some(member) = group.member_mut(connection.key) {
            member.unconfirmed = member.unconfirmed.saturating_sub(1);
            member.awaited_since = None;
            group.is_settled = false;
        }
    }

    /// The cache that has waited for its slot goes to the members of a connection's group.
    pub(super) fn release_offer(&mut self, connection: &Connection, now: Instant) {
        if let Some(group) = self.group_of(connection) {
            group.has_new_offer |= group.exchange.release(now).is_some();
            group.is_settled = false;
        }
    }

    /// The metadata are others now.
    pub(super) fn change_catalog(&mut self, cx: &mut Context<'_>) {
        for group in &mut self.groups {
            let Some(newest) = group.exchange.newest() else { continue };
            let view = View::new(cx.catalog, newest.rights.clone());
            let mut allowance = Allowance::new(cx.settings.limits.max_filter_steps as u64)
                .because("the publisher allows no more (maxFilterSteps)");
            match view.select(&newest.filter, cx.now.utc, &mut allowance) {
                Ok(selection) if selection == newest.selection => {}
                Ok(selection) => {
                    let subscription = Arc::new(newest.with_selection(selection));
                    group.has_new_offer |= group.exchange.offer(subscription, cx.now.instant).is_some();
                    group.is_settled = false;
                }
                Err(error) => cx.outbox.warn(format!(
                    "multicast group {} keeps its signals, because its filter does not fit the new metadata: \
                     {error}",
                    group.address()
                )),
            }
        }
    }

    /// Does for all members what follows from what one of them has done. Names those for whom measurements
    /// are to start.
    pub(super) fn settle(&mut self, connections: &mut Connections, cx: &mut Context<'_>) -> Vec<Activated> {
        let mut activated = Vec::new();
        for group in self.groups.iter_mut().filter(|group| !group.is_settled) {
            activated.extend(group.settle(connections, cx));
        }
        activated
    }

    /// Why a member must go: others have waited too long for its confirmation.
    pub(crate) fn held_up_by(&mut self, connection: &Connection, now: Instant) -> Option<CloseReason> {
        let group = self.group_of(connection)?;
        if group.members.len() < 2 {
            return None;
        }
        let member = group.member_mut(connection.key).filter(|member| member.unconfirmed > 0)?;
        let since = *member.awaited_since.get_or_insert(now);
        (now >= since + CONFIRMATION_TIMEOUT).then_some(CloseReason::Unconfirmed)
    }

    /// Queues a packet of the subscription in use. False when it had to be dropped, `None` when there is no
    /// such group.
    pub(super) fn deliver(
        &mut self,
        address: SocketAddr,
        packet: &Packet,
        outbox: &mut Outbox,
    ) -> Option<bool> {
        let group = self.get_mut(address)?;
        group.channel.tell(ChannelId::Group(address), outbox);
        let Some(frame) = packet.frame(group.exchange.slot()) else { return Some(false) };
        Some(group.channel.push(Frame::data(frame.clone(), packet.measurements), packet.encoded))
    }

    /// Hands the datagrams of a group to `send`, as those of a channel.
    pub(super) fn send_datagrams(
        &mut self,
        address: SocketAddr,
        send: impl FnOnce(&[Datagram]) -> Handed,
        connections: &mut Connections,
        counts: &mut Counts,
    ) {
        let Some(group) = self.get_mut(address) else { return };
        let Some(outcome) = group.channel.hand_out(send) else { return };
        counts.add_datagrams(outcome);
        for member in group.members.iter().filter(|member| member.is_active) {
            if let Some(connection) = connections.get_mut(member.key) {
                connection.count_datagrams(outcome, counts);
            }
        }
    }
}
