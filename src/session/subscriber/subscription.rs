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
    /// Subscribe commands that were sent and neither succeeded nor failed yet, oldest first.
    unanswered: VecDeque<Asked>,
    /// What the publisher has granted last.
    in_effect: Asked,
    /// That was not ended yet, by either side.
    is_granted: bool,
    /// Where the subscription in use or the one before it had measurements sent by UDP.
    last_channel: Option<DataChannel>,
    /// Datagrams of the one before may come to the same port.
    reuses_channel: bool,
}

/// What a Subscribe asked for.
#[derive(Debug, Default)]
struct Asked {
    /// Generation of its first signal index cache, if it is by multicast. Measurements of other subscribers may come
    /// to the group before the cache that this session is about to get.
    first_group_generation: Option<u32>,
    /// Historical data that have not ended.
    plays: bool,
    /// An Unsubscribe was sent after it.
    is_over: bool,
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
        self.unanswered.is_empty() && !self.discarding
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
        self.unanswered.push_back(Asked {
            first_group_generation: group.map(|_| next_generation),
            plays: request.options.start_time.is_some(),
            is_over: false,
        });
        self.request = Some(request);
    }

    /// Unsubscribe was sent.
    pub(super) fn end(&mut self) {
        self.request = None;
        self.waiting = None;
        self.discarding = true;
        self.is_granted = false;
        self.unanswered.iter_mut().for_each(|asked| asked.is_over = true);
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
        match self.unanswered.pop_front() {
            // The end of the one before has come, if it is told at all.
            Some(asked) if is_granted => {
                self.is_granted = !asked.is_over;
                self.in_effect = asked;
            }
            // Some publishers tell the end of what they refuse.
            Some(asked) => self.in_effect.plays |= asked.plays,
            // Publishers also end what they have granted.
            None => self.is_granted = is_granted,
        }
        if self.unanswered.is_empty() {
            self.discarding = self.request.is_none();
        }
    }

    /// Whether the publisher has granted something that goes on.
    pub(super) fn is_granted(&self) -> bool {
        self.is_granted
    }

    /// A Subscribe has neither succeeded nor failed yet.
    pub(super) fn is_unanswered(&self) -> bool {
        !self.unanswered.is_empty()
    }

    /// The first generation of caches that datagrams may refer to: a multicast group may get
    /// measurements, or still get those of an ended subscription, before this session has got the
    /// signals of its own.
    pub(super) fn first_group_generation(&self) -> Option<u32> {
        self.unanswered.back().unwrap_or(&self.in_effect).first_group_generation
    }

    /// The publisher tells the end of historical data: of the oldest that have not ended, because it does one thing
    /// after the other.
    pub(super) fn complete(&mut self, text: String, outbox: &mut Outbox) {
        let waits = self.waiting.is_some();
        let is_wanted = self.options().is_some_and(|options| options.start_time.is_some()) && !waits;
        let mut in_order = [&mut self.in_effect].into_iter().chain(&mut self.unanswered);
        let ended = in_order.find(|asked| asked.plays);
        if let Some(asked) = ended {
            asked.plays = false;
            if in_order.next().is_none() && is_wanted {
                return outbox.tell(Output::ProcessingComplete(text));
            }
        }
        let text = format!("historical data of a subscription that is over have ended: {text}");
        outbox.message(Severity::Debug, text);
    }
}
