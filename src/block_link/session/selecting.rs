//! Which signals are sent: those that the other side has subscribed to, or, where nobody can subscribe, those that the settings say.
//!
//! Filters of the other side are evaluated once for each set of metadata, and as much of them as the settings allow; what is beyond
//! waits, without being refused.

use std::time::{Duration, Instant};

use uuid::Uuid;

use super::super::feature::Feature;
use super::super::subscription::Status;
use super::LinkSession;
use super::event::LinkEvent;
use crate::filter::{Allowance, Filter, FilterError};
use crate::host::Moment;
use crate::operator::Severity;
use crate::settings::TimeForm;

/// Steps that one filter may take.
const FILTER_STEPS: u64 = 10_000_000;
/// What a subscription counts as besides, whatever its filter is.
const REQUEST_STEPS: u64 = 2_000;
/// What may be asked for at once, in seconds of the lasting share.
const BURST_SECONDS: u64 = 4;

/// What the other side has subscribed to, and the signals that it gets.
#[derive(Debug)]
struct Subscription {
    times: TimeForm,
    /// None for everything.
    filter: Option<Filter>,
    signals: Vec<Uuid>,
}

/// A request to subscribe that was not looked at yet.
#[derive(Debug)]
struct Waiting {
    request: u16,
    times: TimeForm,
    filter: String,
}

/// The signals that are sent, and what finding them has cost.
#[derive(Debug)]
pub(super) struct Selection {
    subscription: Option<Subscription>,
    /// The subscription was evaluated with other metadata.
    is_outdated: bool,
    waiting: Option<Waiting>,
    /// When what waits is looked at.
    at: Option<Instant>,
    /// The signals by the settings; None before they were found with the metadata that there are.
    configured: Option<Vec<Uuid>>,
    work: Work,
}

impl Selection {
    pub(super) fn new(steps_per_second: usize) -> Selection {
        Selection {
            subscription: None,
            is_outdated: false,
            waiting: None,
            at: None,
            configured: None,
            work: Work { per_second: steps_per_second as u64, owed: 0, at: None },
        }
    }

    /// The link is another one: nobody has subscribed. What was worked for the other side still counts: whoever connects again
    /// has no more than who stays.
    pub(super) fn forget_peer(&mut self) {
        (self.subscription, self.waiting, self.at) = (None, None, None);
    }

    /// When [`LinkSession::catch_up`] is to be called.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.at
    }
}

/// Steps that were taken for the other side, less those that it is entitled to since.
#[derive(Debug)]
struct Work {
    /// 0 for no limit.
    per_second: u64,
    owed: u64,
    at: Option<Instant>,
}

impl Work {
    fn owed(&self, now: Instant) -> u64 {
        let passed = self.at.map_or(0, |at| now.saturating_duration_since(at).as_micros());
        let paid = passed.saturating_mul(self.per_second.into()) / 1_000_000;
        self.owed.saturating_sub(u64::try_from(paid).unwrap_or(u64::MAX))
    }

    fn charge(&mut self, steps: u64, now: Instant) {
        self.owed = self.owed(now) + steps;
        self.at = Some(now);
    }

    /// When more is done, if not now.
    fn overdrawn(&self, now: Instant) -> Option<Instant> {
        let too_much =
            self.owed(now).checked_sub(self.per_second * BURST_SECONDS).filter(|much| *much > 0)?;
        let micros = too_much.saturating_mul(1_000_000).checked_div(self.per_second)?;
        Some(now + Duration::from_micros(1 + micros))
    }
}

impl LinkSession {
    /// The other side wants to subscribe.
    pub(super) fn subscribed(&mut self, request: u16, times: TimeForm, filter: String, now: Moment) {
        if self.selection.waiting.as_ref().is_some_and(|waiting| waiting.request == request) {
            return;
        }
        self.refuse_waiting(now);
        self.selection.waiting = Some(Waiting { request, times, filter });
        self.catch_up(now);
    }

    /// The other side wants nothing any more.
    pub(super) fn unsubscribed(&mut self, request: u16, now: Moment) {
        self.refuse_waiting(now);
        self.selection.forget_peer();
        self.select(now);
        self.ground.tell(LinkEvent::Subscribed { filter: None, signals: 0 });
        self.answer(request, Status::Accepted, 0, String::new(), now);
    }

    /// Another request has come before the one that waits was looked at.
    fn refuse_waiting(&mut self, now: Moment) {
        if let Some(waiting) = self.selection.waiting.take() {
            self.answer(waiting.request, Status::Refused, 0, "another request came behind it".into(), now);
        }
    }

    /// The metadata are others.
    pub(super) fn metadata_changed(&mut self, now: Moment) {
        self.selection.configured = None;
        self.selection.is_outdated = true;
        if !self.is_open {
            return;
        }
        match self.selection.subscription {
            Some(_) => self.catch_up(now),
            None => self.select(now),
        }
    }

    /// Evaluates what waits for it, if the other side has steps left.
    pub(super) fn catch_up(&mut self, now: Moment) {
        let Selection { subscription, waiting, is_outdated, work, .. } = &self.selection;
        let is_outdated = *is_outdated && subscription.is_some();
        let until = work.overdrawn(now.instant).filter(|_| waiting.is_some() || is_outdated);
        self.selection.at = until;
        if until.is_some() {
            let text = format!(
                "A subscription of the other side waits: its filters take more than stepsPerSecond={}; raise it if that is meant to be",
                self.settings.steps_per_second
            );
            return self.ground.message(Severity::Warning, text, now);
        }
        if let Some(waiting) = self.selection.waiting.take() {
            self.subscribe_anew(waiting, now);
        } else if is_outdated && let Some(mut subscription) = self.selection.subscription.take() {
            match self.evaluate_for_peer(subscription.filter.as_ref(), now) {
                Ok(signals) => subscription.signals = signals,
                Err(error) => {
                    subscription.signals.clear();
                    self.tell_no_filter(&error, now);
                }
            }
            self.selection.subscription = Some(subscription);
            self.selection.is_outdated = false;
            self.select(now);
        }
    }

    fn subscribe_anew(&mut self, waiting: Waiting, now: Moment) {
        let Waiting { request, times, filter: text } = waiting;
        let filter = match text.trim() {
            "" => Ok(None),
            expression => Filter::parse(expression).map(Some),
        };
        let evaluated = filter.and_then(|filter| {
            let signals = self.evaluate_for_peer(filter.as_ref(), now)?;
            Ok(Subscription { times, filter, signals })
        });
        match evaluated {
            Err(error) => {
                self.answer(request, Status::BadFilter, 0, error.to_string(), now);
                // The subscription before this one goes on.
                self.catch_up(now);
            }
            Ok(subscription) => {
                let count = subscription.signals.len();
                self.selection.subscription = Some(subscription);
                self.selection.is_outdated = false;
                // In front of what is sent by it, and of another agreement if that is needed.
                self.answer(request, Status::Accepted, count as u32, String::new(), now);
                self.select(now);
                self.ground.tell(LinkEvent::Subscribed { filter: Some(text), signals: count });
            }
        }
    }

    /// Sends what is to be sent from here on.
    pub(super) fn select(&mut self, now: Moment) {
        let is_configured = !self.kind.is_two_way() || !self.outbox.has(Feature::Subscription);
        let is_other = if let Some(Subscription { signals, times, .. }) = &self.selection.subscription {
            self.sending.want(signals.iter().copied(), *times)
        } else {
            let signals = if is_configured { self.configured(now) } else { Vec::new() };
            self.sending.want(signals.into_iter(), self.settings.times)
        };
        if is_other {
            self.renegotiate(now);
        }
    }

    /// The signals that the settings say.
    fn configured(&mut self, now: Moment) -> Vec<Uuid> {
        if self.selection.configured.is_none() {
            let filter = match self.settings.signals.trim() {
                "" => Ok(None),
                text => Filter::parse(text).map(Some),
            };
            let mut allowance = Allowance::new(FILTER_STEPS);
            let found = filter.and_then(|filter| self.evaluate(filter.as_ref(), &mut allowance, now));
            let found = found.unwrap_or_else(|error| {
                self.tell_no_filter(&error, now);
                Vec::new()
            });
            self.selection.configured = Some(found);
        }
        self.selection.configured.clone().unwrap_or_default()
    }

    fn tell_no_filter(&mut self, error: &FilterError, now: Moment) {
        let text = format!("The filter of what is sent cannot be evaluated: {error}");
        self.ground.message(Severity::Error, text, now);
    }

    /// The signals of a filter of the other side, which has so many steps less.
    fn evaluate_for_peer(&mut self, filter: Option<&Filter>, now: Moment) -> Result<Vec<Uuid>, FilterError> {
        let mut allowance = Allowance::new(FILTER_STEPS);
        let found = self.evaluate(filter, &mut allowance, now);
        self.selection.work.charge(REQUEST_STEPS + allowance.spent(), now.instant);
        found
    }

    fn evaluate(
        &self,
        filter: Option<&Filter>,
        allowance: &mut Allowance,
        now: Moment,
    ) -> Result<Vec<Uuid>, FilterError> {
        let Some(metadata) = &self.metadata else { return Ok(Vec::new()) };
        match filter {
            None => Ok(metadata.measurements().filter_map(|measurement| measurement.signal_id()).collect()),
            Some(filter) => {
                let selected = filter.select_signals(metadata, now.utc, allowance)?;
                Ok(selected.iter().filter_map(|measurement| measurement.signal_id()).collect())
            }
        }
    }
}
