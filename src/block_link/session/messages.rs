//! What blocks of the other side mean, by their features.

use super::super::c37118::read_records;
use super::super::documents::DocumentMessage;
use super::super::feature::Feature;
use super::super::signals::SignalMessage;
use super::super::subscription::{Status, SubscriptionMessage};
use super::LinkSession;
use super::event::LinkEvent;
use crate::block_link::BlockLinkError;
use crate::host::Moment;
use crate::operator::Severity;

/// The most bytes of an answer to a subscription besides its text.
const ANSWER_HEADER: usize = 1 + 2 + 1 + 4 + 3;

impl LinkSession {
    /// A block of a feature that was agreed has come.
    pub(super) fn take_block(&mut self, feature: Feature, data: &[u8], now: Moment) {
        let result = match feature {
            Feature::Points if self.receives() => {
                // Only the Standard stream has errors, and cannot go on after one.
                if let Err(error) = self.receiving.take_points(data, &mut self.ground, now) {
                    self.end(error.to_string(), now);
                }
                Ok(true)
            }
            Feature::Points => Ok(false),
            Feature::Signals => self.take_signals(data, now),
            Feature::C37118 => self.take_channels(data),
            Feature::Documents => self.take_document(data, now),
            Feature::Subscription => self.take_subscription(data, now),
        };
        let name = feature.name();
        match result {
            Ok(true) => {}
            Ok(false) => {
                self.ground.counters.messages_rejected += 1;
                let text = format!("A message of feature {name} is not for this side, and is dropped");
                self.ground.message(Severity::Warning, text, now);
            }
            Err(error) => {
                self.ground.counters.messages_rejected += 1;
                let text = format!("A message of feature {name} cannot be read: {error}");
                self.ground.message(Severity::Warning, text, now);
            }
        }
    }

    /// False when the message is not for this side.
    fn take_signals(&mut self, data: &[u8], now: Moment) -> Result<bool, BlockLinkError> {
        match SignalMessage::read(data)? {
            SignalMessage::Assign(records) if self.receives() => {
                self.receiving.take_signals(&records, &mut self.ground, now);
            }
            // While an answer waits nothing is added: what is still not known then is asked for again.
            SignalMessage::Ask(_) if self.sends() && self.outbox.has_answers() => {}
            SignalMessage::Ask(ids) if self.sends() => self.sending.tell_again(&ids, &mut self.outbox),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn take_channels(&mut self, data: &[u8]) -> Result<bool, BlockLinkError> {
        let records = read_records(data)?;
        if self.receives() {
            self.receiving.take_channels(records, &mut self.ground);
        }
        Ok(self.receives())
    }

    fn take_document(&mut self, data: &[u8], now: Moment) -> Result<bool, BlockLinkError> {
        let (name, message) = DocumentMessage::read(data)?;
        match message {
            DocumentMessage::Request { number, ranges } if self.sends() => {
                self.repetition.request(name, number, ranges);
            }
            DocumentMessage::Request { .. } => return Ok(false),
            message if self.receives() => {
                self.receiving.take_document(name, &message, &mut self.outbox, &mut self.ground, now);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn take_subscription(&mut self, data: &[u8], now: Moment) -> Result<bool, BlockLinkError> {
        match SubscriptionMessage::read(data)? {
            SubscriptionMessage::Answer { request, status, signals, text } if self.receives() => {
                if let Some(wish) = &mut self.wish
                    && wish.request == request
                    && !wish.is_answered
                {
                    (wish.is_answered, wish.retry_at) = (true, None);
                    self.ground.tell(LinkEvent::Answered { status, signals, text });
                }
            }
            SubscriptionMessage::Subscribe { request, times, filter } if self.sends() => {
                if !self.answer_again(request, now) {
                    self.subscribed(request, times, filter, now);
                }
            }
            SubscriptionMessage::Unsubscribe { request } if self.sends() => {
                if !self.answer_again(request, now) {
                    self.unsubscribed(request, now);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether a request was answered before; then it is answered again, as the answer may be lost.
    fn answer_again(&mut self, request: u16, now: Moment) -> bool {
        let Some((known, answer)) = &self.answer else { return false };
        if *known != request {
            return false;
        }
        let mut data = Vec::new();
        answer.write(&mut data);
        self.push_answer(data, now);
        true
    }

    /// Answers, unless the other side asks on and takes no answers.
    fn push_answer(&mut self, data: Vec<u8>, now: Moment) {
        if !self.outbox.push_answer(Feature::Subscription, data) {
            match self.kind.loses() {
                // It will ask again.
                true => self.ground.counters.messages_rejected += 1,
                false => self.end("the other side asks on and does not take the answers".into(), now),
            }
        }
    }

    pub(super) fn answer(
        &mut self,
        request: u16,
        status: Status,
        signals: u32,
        mut text: String,
        now: Moment,
    ) {
        text.truncate(text.floor_char_boundary(self.outbox.room() - ANSWER_HEADER));
        let answer = SubscriptionMessage::Answer { request, status, signals, text };
        let mut data = Vec::new();
        answer.write(&mut data);
        self.push_answer(data, now);
        self.answer = Some((request, answer));
    }
}
