//! Whether there may be another stream, channel or playback.

use std::sync::Arc;

use super::Feed;
use crate::session::publisher::connection::Connection;
use crate::session::publisher::context::Context;
use crate::session::publisher::events::ConnectionKey;
use crate::session::publisher::subscription::Subscription;
use crate::session::publisher::totals::{Kind, Place, Scarcity};

/// The place of a stream that begins when its signals are confirmed.
pub(super) struct Reserved {
    subscription: Arc<Subscription>,
    /// Who waits for it.
    keys: Vec<ConnectionKey>,
    place: Place,
}

impl Feed {
    /// Why there is no place for a subscription, if there is none.
    pub(super) fn shortage(
        &self,
        connection: &Connection,
        subscription: &Subscription,
        cx: &Context<'_>,
    ) -> Option<String> {
        let (limits, totals) = (&cx.settings.limits, &cx.limits.totals);
        let address = connection.info.address.ip();
        // What there is no place for, at most so many, and what to do.
        let why = |kind: Kind, what: &str, most: usize, key: &str, advice: &str| {
            let share = match totals.scarcity(kind, most, address)? {
                Scarcity::Full => String::new(),
                Scarcity::ShareUsed(share) => {
                    format!(", half of which are taken, and then no more than {share} for one address")
                }
            };
            Some(format!("this publisher {what} at a time ({key}){share}; {advice}"))
        };
        let carriage = &subscription.carriage;
        if subscription.window.is_some() {
            let most = limits.max_playbacks;
            let what = format!("plays back {most} historical subscriptions");
            return (!self.playbacks.has_one(connection.key))
                .then(|| why(Kind::Playback, &what, most, "maxPlaybacks", "try again later"))
                .flatten();
        }
        if !self.has_stream_for(connection, subscription) {
            let most = limits.max_streams;
            let what = format!("serves {most} different subscriptions");
            let advice = "subscribe with the same filter and options as others, or later";
            if let Some(why) = why(Kind::Stream, &what, most, "maxStreams", advice) {
                return Some(why);
            }
        }
        let has_channel = match carriage.group {
            Some(group) => self.groups.has(group),
            None => carriage.channel.is_none() || connection.outlet.channel.is_some(),
        };
        let most = limits.max_udp_channels;
        let what = format!("sends measurements to {most} UDP ports");
        let advice = "leave out dataChannel to get them by TCP";
        (!has_channel).then(|| why(Kind::Channel, &what, most, "maxUdpChannels", advice)).flatten()
    }

    /// Whether there is such a stream already, or the connection leaves one that it has for itself.
    fn has_stream_for(&self, connection: &Connection, subscription: &Subscription) -> bool {
        let own = [connection.key];
        self.streams
            .iter()
            .any(|stream| stream.members == own || stream.subscription.has_same_stream(subscription))
            || self
                .reserved
                .iter()
                .any(|reserved| reserved.keys == own || reserved.subscription.has_same_stream(subscription))
    }

    /// Takes the place of the stream that a connection is to have once it has confirmed its signals, unless there is
    /// such a stream, or it leaves another one then.
    pub(super) fn reserve(
        &mut self,
        connection: &Connection,
        subscription: &Arc<Subscription>,
        cx: &Context<'_>,
    ) {
        // The new place is taken before an old one is free, so that the count never falls short.
        let before = self.release(connection.key);
        let is_same = |reserved: &&mut Reserved| reserved.subscription.has_same_stream(subscription);
        if subscription.window.is_some() {
            return;
        }
        if let Some(same) = self.reserved.iter_mut().find(is_same) {
            same.keys.push(connection.key);
        } else if !self.has_stream_for(connection, subscription) {
            let place = cx.limits.totals.add(Kind::Stream, connection.info.address.ip());
            let (subscription, keys) = (Arc::clone(subscription), vec![connection.key]);
            self.reserved.push(Reserved { subscription, keys, place });
        }
        drop(before);
    }

    /// A connection waits for no stream any more. Returns the places that nobody needs now.
    pub(super) fn release(&mut self, key: ConnectionKey) -> Vec<Reserved> {
        for reserved in &mut self.reserved {
            reserved.keys.retain(|waiting| *waiting != key);
        }
        self.reserved.extract_if(.., |reserved| reserved.keys.is_empty()).collect()
    }

    /// The place of a stream that begins now.
    pub(super) fn take_place(
        &mut self,
        connection: &Connection,
        subscription: &Subscription,
        cx: &Context<'_>,
    ) -> Place {
        let is_same = |reserved: &Reserved| reserved.subscription.has_same_stream(subscription);
        match self.reserved.iter().position(is_same) {
            Some(number) => self.reserved.swap_remove(number).place,
            None => cx.limits.totals.add(Kind::Stream, connection.info.address.ip()),
        }
    }
}
