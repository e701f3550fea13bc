//! Throttled subscriptions: the latest measurement of every signal, once per interval.

use std::time::Instant;

use crate::codec::RawMeasurement;
use crate::session::Moment;
use crate::session::publisher::catalog::Catalog;
use crate::session::publisher::rules::ThrottleRules;
use crate::session::publisher::selection::Selection;
use crate::{StateFlags, Ticks};

/// The latest measurements of one stream's signals.
#[derive(Debug)]
pub(super) struct Throttle {
    rules: ThrottleRules,
    /// Position of each row of the metadata in the selection.
    route: Vec<u32>,
    /// By this position, which is also their row here; `None` before the first.
    latest: Vec<Option<RawMeasurement>>,
    /// What is published at once, kept to spare its memory.
    set: Vec<RawMeasurement>,
    /// When the next set is published; `None` before the first measurement.
    due: Option<Instant>,
}

impl Throttle {
    pub(super) fn new(rules: ThrottleRules, selection: &Selection, catalog: &Catalog) -> Throttle {
        Throttle {
            rules,
            route: catalog.route(selection, 0),
            latest: vec![None; selection.signal_count()],
            set: Vec::new(),
            due: None,
        }
    }

    pub(super) fn change_catalog(&mut self, selection: &Selection, catalog: &Catalog) {
        self.route = catalog.route(selection, 0);
    }

    /// Position of each row of the metadata in the selection.
    pub(super) fn route(&self) -> &Vec<u32> {
        &self.route
    }

    /// When the next set is to be published.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Keeps measurements until the end of the interval. The last one of a signal counts, whatever
    /// its time: a clock that was ahead once must not hold up the signal.
    pub(super) fn keep(&mut self, measurements: &[RawMeasurement], now: Instant) {
        for measurement in measurements {
            let Some(&index) = self.route.get(measurement.row as usize) else { continue };
            if let Some(latest) = self.latest.get_mut(index as usize) {
                *latest = Some(RawMeasurement { row: index, ..*measurement });
                self.due.get_or_insert(now + self.rules.interval);
            }
        }
    }

    /// The set that is due. Give it back with [`recycle`](Self::recycle).
    pub(super) fn take_set(&mut self, now: Moment) -> Vec<RawMeasurement> {
        let mut set = std::mem::take(&mut self.set);
        set.clear();
        let limits = self.rules.limits;
        set.extend(self.latest.iter().flatten().map(|latest| match limits {
            Some(limits) if !limits.allow(Ticks(latest.ticks), now.utc) => {
                RawMeasurement { flags: latest.flags | StateFlags::BAD_TIME.bits(), ..*latest }
            }
            _ => *latest,
        }));
        set
    }

    pub(super) fn recycle(&mut self, set: Vec<RawMeasurement>) {
        self.set = set;
    }

    /// Sets keep their pace, but those that were missed are not made up for.
    pub(super) fn schedule_next(&mut self, now: Instant) {
        let next = self.due.map(|due| due + self.rules.interval).filter(|next| *next > now);
        self.due = Some(next.unwrap_or(now + self.rules.interval));
    }
}
