//! How long what devices send waits for what others send, to be published with it.
//!
//! Hundreds of devices that send one after the other would wake everybody for each of their frames. What comes soon
//! after something was published is therefore collected; what comes after a pause is published at once, so that
//! nothing is won by waiting, and nothing lost.

use std::time::{Duration, Instant};

/// When what was collected is due.
#[derive(Debug, Default)]
pub(super) struct Collecting {
    /// None while nothing has happened.
    due: Option<Instant>,
    /// How long what has happened may wait.
    may_wait: Option<Duration>,
    published_at: Option<Instant>,
}

impl Collecting {
    /// Something has happened that may wait so long since something was published.
    pub(super) fn happened(&mut self, may_wait: Duration, now: Instant) {
        let due = self.published_at.map_or(now, |before| now.max(before + may_wait));
        self.due = Some(self.due.map_or(due, |at| at.min(due)));
        self.may_wait = Some(self.may_wait.map_or(may_wait, |before| before.min(may_wait)));
    }

    /// When to publish what was collected.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Something was published. Tells until when nobody need look at devices: where something is published all the
    /// time, what comes next would be collected anyway.
    pub(super) fn published(&mut self, now: Instant) -> Option<Instant> {
        let before = self.published_at.replace(now)?;
        let may_wait = self.may_wait.filter(|may_wait| !may_wait.is_zero())?;
        (now.saturating_duration_since(before) <= 2 * may_wait).then(|| now + may_wait)
    }

    /// All that has happened is dealt with.
    pub(super) fn settled(&mut self) {
        (self.due, self.may_wait) = (None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_after_a_pause_does_not_wait_and_what_comes_soon_does() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let time = Duration::from_millis(4);
        let mut collecting = Collecting::default();
        assert_eq!(collecting.deadline(), None);
        collecting.happened(time, at(0));
        assert_eq!(collecting.deadline(), Some(at(0)), "nothing was published before");
        assert_eq!(collecting.published(at(0)), None);
        collecting.settled();
        assert_eq!(collecting.deadline(), None);
        for now in [1, 3] {
            collecting.happened(time, at(now));
            assert_eq!(collecting.deadline(), Some(at(4)), "more of it does not put it off");
        }
        collecting.happened(Duration::ZERO, at(3));
        assert_eq!(collecting.deadline(), Some(at(3)), "who does not wait takes all with it");
        assert_eq!(collecting.published(at(3)), None);
        collecting.settled();
        collecting.happened(time, at(20));
        assert_eq!(collecting.deadline(), Some(at(20)));
    }

    #[test]
    fn devices_rest_where_something_is_published_all_the_time() {
        let start = Instant::now();
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        let mut collecting = Collecting::default();
        let mut publish = |may_wait, now| {
            collecting.happened(Duration::from_millis(may_wait), at(now));
            let rest = collecting.published(at(now));
            collecting.settled();
            rest
        };
        assert_eq!(publish(4, 0), None);
        assert_eq!(publish(4, 16), None, "one device sends seldom");
        assert_eq!(publish(4, 20), Some(at(24)));
        assert_eq!(publish(4, 24), Some(at(28)));
        assert_eq!(publish(0, 24), None, "who does not wait does not rest");
        assert_eq!(publish(4, 40), None);
    }
}
