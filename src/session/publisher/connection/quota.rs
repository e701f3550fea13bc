//! How much of something a subscriber has had in a time, of what its rights allow.

use std::time::{Duration, Instant};

use crate::rights::Grant;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// What a subscriber has had of late.
#[derive(Debug, Default)]
pub(super) struct Quota {
    metadata_requests: Window,
    measurements: Window,
    was_exceeded: bool,
}

/// How much was had since a time.
#[derive(Debug, Default)]
struct Window {
    since: Option<Instant>,
    had: u64,
}

impl Window {
    /// Takes so much of what there is in a time; 0 is no limit. False when there is not so much left. Whoever takes
    /// the first of a time gets it, however much it is.
    fn take(&mut self, wanted: u64, most: usize, time: Duration, now: Instant) -> bool {
        if most == 0 {
            return true;
        }
        if self.since.is_none_or(|since| now.saturating_duration_since(since) >= time) {
            *self = Window { since: Some(now), had: 0 };
        }
        let had = self.had.saturating_add(wanted);
        let is_left = self.had == 0 || had <= most as u64;
        // What was refused once is not to be followed by something smaller: packets would be lost one by one.
        self.had = if is_left { had } else { u64::MAX };
        is_left
    }
}

impl Quota {
    /// Whether another request for metadata may be answered now.
    pub(super) fn has_metadata_request(&mut self, grant: &Grant, now: Instant) -> bool {
        self.metadata_requests.take(1, grant.settings().metadata_requests_per_minute, MINUTE, now)
    }

    /// Whether so many measurements may be sent now.
    pub(super) fn has_measurements(&mut self, count: u32, grant: Option<&Grant>, now: Instant) -> bool {
        let Some(grant) = grant else { return true };
        let has = self.measurements.take(count.into(), grant.settings().measurements_per_second, SECOND, now);
        self.was_exceeded |= !has;
        has
    }

    /// Whether measurements were refused since this was last asked.
    pub(super) fn take_was_exceeded(&mut self) -> bool {
        std::mem::take(&mut self.was_exceeded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_waits_for_the_next_time() {
        let (mut window, start) = (Window::default(), Instant::now());
        let mut take =
            |wanted, seconds| window.take(wanted, 10, SECOND, start + Duration::from_secs_f64(seconds));
        assert!(take(6, 0.0) && take(4, 0.5));
        assert!(!take(1, 0.9), "ten were had");
        assert!(take(6, 1.0));
        assert!(!take(5, 1.5) && !take(1, 1.6), "after the first that is lost all are");
        assert!(take(25, 2.0), "a packet is never too large for a whole second");
        assert!(!take(1, 2.1));
        assert!(Window::default().take(u64::MAX, 0, SECOND, start), "no limit");
    }
}
