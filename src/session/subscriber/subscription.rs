//! The subscription: what was asked for, what was granted, and when historical data end.

use std::collections::VecDeque;

use super::outbox::Outbox;
use super::output::Output;
use crate::session::Severity;
use crate::session::SubscribeRequest;
use crate::settings::SubscriptionOptions;
use crate::wire::DataChannel;

/// What is subscribed, from Subscribe to its end.
#[derive(Debug, Default)]
pub(super) struct Subscription {
    request: Option<SubscribeRequest>,
    /// What is asked for once the publisher has done what was asked before.
    waiting: Option<SubscribeRequest>,
    /// Measurements that arrive now belong to a subscription that was ended.
    discarding: bool,
    /// Subscribe commands that were sent and neither succeeded nor failed yet.
    unanswered: u32,
    playback: Playback,
    group_signals: GroupSignals,
    /// Where the subscription in use or the one before it had measurements sent by UDP.
    last_channel: Option<DataChannel>,
    /// Datagrams of the one before may come to the same port.
    reuses_channel: bool,
}

/// Whose end the next ProcessingComplete tells.
#[derive(Debug, Default)]
struct Playback {
    /// The subscription in effect is temporal and has not ended.
    is_expected: bool,
    /// The one before it was temporal, and the publisher may tell its end first.
    is_replaced: bool,
}

impl Playback {
    /// Another subscription, or none, takes the place of the one before.
    fn replace(&mut self, options: Option<&SubscriptionOptions>) {
        self.is_replaced |= self.is_expected;
        self.is_expected = options.is_some_and(|options| options.start_time.is_some());
    }
}

/// Which signal index caches measurements by multicast can refer to. Those of other subscribers
/// may come before the cache that this session is about to get.
#[derive(Debug, Default)]
struct GroupSignals {
    /// Generation of the first cache of the subscription in use, if that is by multicast.
    in_use: Option<u32>,
    /// The same of the subscriptions that the publisher has not answered yet.
    unanswered: VecDeque<Option<u32>>,
}

impl Subscription {
    /// What the publisher was asked for last.
    pub(super) fn options(&self) -> Option<&SubscriptionOptions> {
        self.request.as_ref().map(|request| &request.options)
    }

    /// What the application wants, be it asked for already or not.
    pub(super) fn wanted(&self) -> Option<&SubscriptionOptions> {
        self.waiting.as_ref().or(self.request.as_ref()).map(|request| &request.options)
    }

    /// Asks for it when [`take_waiting`](Self::take_waiting) is called, in place of what waits already.
    pub(super) fn wait(&mut self, request: SubscribeRequest) {
        self.playback.replace(None);
        self.waiting = Some(request);
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    pub(super) fn take_waiting(&mut self) -> Option<SubscribeRequest> {
        self.waiting.take()
    }

    /// Whether measurements that arrive are not wanted any more.
    pub(super) fn is_discarding(&self) -> bool {
        self.discarding
    }

    pub(super) fn is_by_udp(&self) -> bool {
        self.data_channel().is_some()
    }

    pub(super) fn data_channel(&self) -> Option<DataChannel> {
        self.request.as_ref().and_then(|request| request.data_channel)
    }

    /// Whether datagrams may be those of an earlier subscription, which had the same port.
    pub(super) fn reuses_channel(&self) -> bool {
        self.is_by_udp() && self.reuses_channel
    }

    pub(super) fn is_by_multicast(&self) -> bool {
        self.data_channel().is_some_and(|channel| channel.multicast_group.is_some())
    }

    /// Whether the publisher has granted what was asked for last.
    pub(super) fn is_answered(&self) -> bool {
        self.unanswered == 0 && !self.discarding
    }

    /// True when packets of the subscription would be misread under other options.
    pub(super) fn has_other_layout(&self, new: &SubscriptionOptions) -> bool {
        self.options().is_some_and(|old| {
            old.include_time != new.include_time || old.millisecond_resolution != new.millisecond_resolution
        })
    }

    /// Subscribe was sent. Its first cache will have the generation `next_generation`.
    pub(super) fn replace(&mut self, request: SubscribeRequest, next_generation: u32) {
        if let Some(channel) = request.data_channel {
            self.reuses_channel = self.last_channel.replace(channel) == Some(channel);
        }
        let group = request.data_channel.and_then(|channel| channel.multicast_group);
        self.group_signals.unanswered.push_back(group.map(|_| next_generation));
        self.playback.replace(Some(&request.options));
        self.request = Some(request);
        self.unanswered += 1;
    }

    /// Unsubscribe was sent.
    pub(super) fn end(&mut self) {
        self.playback.replace(None);
        self.request = None;
        self.waiting = None;
        self.discarding = true;
    }

    pub(super) fn set_processing_interval(&mut self, milliseconds: i32) {
        for request in self.request.iter_mut().chain(&mut self.waiting) {
            request.options.processing_interval = milliseconds;
        }
    }

    /// The publisher granted or refused the oldest Subscribe that it had not answered yet. Once
    /// every one is answered, what arrives belongs to the newest one that succeeded. A cache tells
    /// nothing of the kind: it may be that of a subscription ended meanwhile.
    pub(super) fn answered(&mut self, is_granted: bool) {
        if let Some(first_generation) = self.group_signals.unanswered.pop_front()
            && is_granted
        {
            self.group_signals.in_use = first_generation;
        }
        self.unanswered = self.unanswered.saturating_sub(1);
        if self.unanswered == 0 {
            // Ends from now on are not those of earlier ones.
            self.playback.is_replaced = false;
            self.discarding = self.request.is_none();
        }
    }

    /// A Subscribe has neither succeeded nor failed yet.
    pub(super) fn is_unanswered(&self) -> bool {
        self.unanswered > 0
    }

    /// The first generation of caches that datagrams may refer to: a multicast group may get
    /// measurements, or still get those of an ended subscription, before this session has got the
    /// signals of its own.
    pub(super) fn first_group_generation(&self) -> Option<u32> {
        self.group_signals.unanswered.back().copied().unwrap_or(self.group_signals.in_use)
    }

    /// The publisher tells the end of historical data.
    pub(super) fn complete(&mut self, text: String, outbox: &mut Outbox) {
        if self.playback.is_expected && !self.playback.is_replaced {
            self.playback.is_expected = false;
            return outbox.tell(Output::ProcessingComplete(text));
        }
        self.playback.is_replaced = false;
        let text = format!("historical data of a subscription that is over have ended: {text}");
        outbox.message(Severity::Debug, text);
    }
}
