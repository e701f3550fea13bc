//! Whether there may be another stream, channel or playback.

use super::Feed;
use crate::session::publisher::connection::Connection;
use crate::session::publisher::context::Context;
use crate::session::publisher::subscription::Subscription;
use crate::session::publisher::totals::Kind;

impl Feed {
    /// Why there is no place for a subscription, if there is none.
    pub(super) fn shortage(
        &self,
        connection: &Connection,
        subscription: &Subscription,
        cx: &Context<'_>,
    ) -> Option<String> {
        let (limits, totals) = (&cx.settings.limits, &cx.limits.totals);
        let is_full = |kind: Kind, most: usize| totals.count(kind) >= most;
        let carriage = &subscription.carriage;
        if subscription.window.is_some() {
            let most = limits.max_playbacks;
            return (!self.playbacks.has_one(connection.key) && is_full(Kind::Playback, most)).then(|| {
                format!(
                    "this publisher plays back {most} historical subscriptions at a time (maxPlaybacks); try again \
                     later"
                )
            });
        }
        let most = limits.max_streams;
        if is_full(Kind::Stream, most) && !self.has_stream_for(connection, subscription) {
            return Some(format!(
                "this publisher serves {most} different subscriptions at a time (maxStreams); subscribe with the \
                 same filter and options as others, or later"
            ));
        }
        let has_channel = match carriage.group {
            Some(group) => self.groups.has(group),
            None => carriage.channel.is_none() || connection.outlet.channel.is_some(),
        };
        let most = limits.max_udp_channels;
        (!has_channel && is_full(Kind::Channel, most)).then(|| {
            format!(
                "this publisher sends measurements to {most} UDP ports at a time (maxUdpChannels); leave out \
                 dataChannel to get them by TCP"
            )
        })
    }

    /// Whether there is such a stream already, or the connection leaves one that it has for itself.
    fn has_stream_for(&self, connection: &Connection, subscription: &Subscription) -> bool {
        self.streams.iter().any(|stream| {
            stream.members == [connection.key] || stream.subscription.has_same_stream(subscription)
        })
    }
}
