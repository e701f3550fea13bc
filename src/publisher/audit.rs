//! How many audit events are told: peers decide how many there are.

use std::time::{Duration, Instant};

use crate::rights::Audit;

/// How long the number counts that the setting allows, of events of accepted peers and requests, and of refused ones.
const PERIOD: Duration = Duration::from_secs(1);

/// Lets the first of each period pass. Of the others the last follows when the period is over, and tells how many
/// were left out. Refusals, which strangers can cause, leave no acceptance out.
#[derive(Debug, Default)]
pub(super) struct AuditLimiter {
    accepted: Passage,
    refused: Passage,
}

#[derive(Debug, Default)]
struct Passage {
    since: Option<Instant>,
    passed: usize,
    last: Option<Audit>,
    left_out: u64,
}

impl Passage {
    fn end(&self) -> Option<Instant> {
        self.since.map(|since| since + PERIOD)
    }

    fn pass(&mut self, audit: Audit, most: usize, now: Instant) -> Option<Audit> {
        if self.end().is_none_or(|end| now >= end) {
            (self.since, self.passed) = (Some(now), 0);
        }
        if self.passed < most && self.last.is_none() {
            self.passed += 1;
            return Some(audit);
        }
        self.left_out += u64::from(self.last.replace(audit).is_some());
        None
    }

    fn take_last(&mut self, now: Instant) -> Option<Audit> {
        let last = self.last.take_if(|_| self.since.is_none_or(|since| now >= since + PERIOD))?;
        (self.since, self.passed) = (Some(now), 1);
        Some(Audit { left_out: std::mem::take(&mut self.left_out), ..last })
    }
}

impl AuditLimiter {
    /// The event, if it is to be told now, of `most` in a period. To be called when nothing is [late](Self::take_late).
    pub(super) fn pass(&mut self, audit: Audit, most: usize, now: Instant) -> Option<Audit> {
        let passage = if audit.accepted { &mut self.accepted } else { &mut self.refused };
        passage.pass(audit, most, now)
    }

    /// Events whose period is over.
    pub(super) fn take_late(&mut self, now: Instant) -> Vec<Audit> {
        [&mut self.accepted, &mut self.refused]
            .into_iter()
            .filter_map(|passage| passage.take_last(now))
            .collect()
    }

    /// When there is one that is late.
    pub(super) fn deadline(&self) -> Option<Instant> {
        let passages = [&self.accepted, &self.refused].into_iter();
        passages.filter(|passage| passage.last.is_some()).filter_map(Passage::end).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ticks;
    use crate::rights::Peer;

    fn audit(number: u64, accepted: bool) -> Audit {
        let peer = Peer { address: ([192, 0, 2, 1], 7).into(), outgoing: false, tls: None };
        Audit { connection: Some(number), accepted, ..Audit::of_stranger(peer, String::new(), Ticks(0)) }
    }

    #[test]
    fn what_is_left_out_of_a_flood_is_counted_and_its_last_event_told() {
        let (mut limiter, start) = (AuditLimiter::default(), Instant::now());
        let passed =
            (0..1000).filter(|number| limiter.pass(audit(*number, false), 30, start).is_some()).count();
        assert_eq!(passed, 30);
        assert!(limiter.pass(audit(7, true), 30, start).is_some(), "refusals leave no acceptance out");
        assert_eq!(limiter.deadline(), Some(start + PERIOD));
        assert!(limiter.take_late(start).is_empty());
        let [late] = &limiter.take_late(start + PERIOD)[..] else { panic!("one") };
        assert_eq!((late.connection, late.left_out), (Some(999), 969));
        assert_eq!(limiter.deadline(), None);
        assert!(limiter.pass(audit(1000, false), 30, start + PERIOD).is_some_and(|next| next.left_out == 0));
    }
}
