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
    published_at: Option<Instant>,
}

impl Collecting {
    /// Something has happened that may wait so long since something was published.
    pub(super) fn happened(&mut self, may_wait: Duration, now: Instant) {
        let due = self.published_at.map_or(now, |before| now.max(before + may_wait));
        self.due = Some(self.due.map_or(due, |at| at.min(due)));
    }

    /// When to publish what was collected.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Something was published.
    pub(super) fn published(&mut self, now: Instant) {
        self.published_at = Some(now);
    }

    /// All that has happened is dealt with.
    pub(super) fn settled(&mut self) {
        self.due = None;
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
        collecting.published(at(0));
        collecting.settled();
        assert_eq!(collecting.deadline(), None);
        for now in [1, 3] {
            collecting.happened(time, at(now));
            assert_eq!(collecting.deadline(), Some(at(4)), "more of it does not put it off");
        }
        collecting.happened(Duration::ZERO, at(3));
        assert_eq!(collecting.deadline(), Some(at(3)), "who does not wait takes all with it");
        collecting.published(at(3));
        collecting.settled();
        collecting.happened(time, at(20));
        assert_eq!(collecting.deadline(), Some(at(20)));
    }
}
