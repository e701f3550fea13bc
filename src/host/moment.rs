//! The time, as a driver hands it to a session.

use std::ops::{Add, AddAssign};
use std::time::{Duration, Instant};

use crate::Ticks;

/// Now, on both clocks: the monotonic one, for deadlines, and the wall clock, for what compares
/// with the times of measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// On the monotonic clock.
    pub instant: Instant,
    /// On the wall clock, UTC.
    pub utc: Ticks,
}

impl Moment {
    /// The time that the system's clocks show.
    pub fn now() -> Moment {
        Moment { instant: super::now(), utc: super::utc() }
    }
}

impl Add<Duration> for Moment {
    type Output = Moment;

    fn add(self, span: Duration) -> Moment {
        let ticks = (span.as_nanos() / 100) as i64;
        Moment { instant: self.instant + span, utc: Ticks(self.utc.0.saturating_add(ticks)) }
    }
}

impl AddAssign<Duration> for Moment {
    fn add_assign(&mut self, span: Duration) {
        *self = *self + span;
    }
}
