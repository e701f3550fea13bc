//! Historical data: the pace of their playback, and its end.

use super::SubscriberSession;
use super::events::{EventSink, SubscriberEvent};
use super::responses::text;
use crate::session::Severity;
use crate::wire::messages::encode_processing_interval;
use crate::wire::{Command, SubscriptionOptions};

/// Whose end the next ProcessingComplete tells.
#[derive(Debug, Default)]
pub(super) struct Playback {
    /// The subscription in effect is temporal and has not ended.
    is_expected: bool,
    /// The one before it was temporal, and the publisher may tell its end first.
    is_replaced: bool,
}

impl Playback {
    /// Another subscription, or none, takes the place of the one before.
    pub(super) fn replace(&mut self, options: Option<&SubscriptionOptions>) {
        self.is_replaced |= self.is_expected;
        self.is_expected = options.is_some_and(|options| options.start_time.is_some());
    }

    /// Every Subscribe command is answered: ends from now on are not those of earlier ones.
    pub(super) fn answered(&mut self) {
        self.is_replaced = false;
    }
}

impl SubscriberSession {
    /// Changes the pace of the playback of historical data: milliseconds of a step, 0 for as fast
    /// as possible, -1 for the publisher's default.
    pub fn update_processing_interval(&mut self, milliseconds: i32) {
        if let Some(options) = &mut self.subscription {
            options.processing_interval = milliseconds;
        }
        self.send(Command::UpdateProcessingInterval, &encode_processing_interval(milliseconds));
    }

    pub(super) fn handle_processing_complete(&mut self, payload: &[u8], events: &mut EventSink<'_>) {
        let text = text(payload);
        if self.playback.is_expected && !self.playback.is_replaced {
            self.playback.is_expected = false;
            return events(SubscriberEvent::ProcessingComplete(text));
        }
        self.playback.is_replaced = false;
        let text = format!("historical data of a subscription that is over have ended: {text}");
        events(SubscriberEvent::Message(Severity::Debug, text));
    }
}
