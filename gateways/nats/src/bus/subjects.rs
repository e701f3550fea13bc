//! Subjects of measurements.

use sttp::Ticks;

use crate::config::Bus;

/// How far times may be from the clock of the ingest, in ticks, before measurements count as late (or early). What is
/// in time is found in the stream by the time at which it was stored.
pub(crate) const LATE: i64 = 10 * Ticks::PER_SECOND;

/// Whether measurements of these times count as late at `now`. Ticks without leap-second bits.
pub(crate) fn is_late(earliest: i64, latest: i64, now: i64) -> bool {
    now.saturating_sub(earliest) > LATE || latest.saturating_sub(now) > LATE
}

/// How much earlier than its measurements a message in time may have been stored, in ticks: ten seconds that their clock
/// may be ahead, and ten that the clocks of an ingest and of NATS may differ.
pub(crate) const BEFORE: i64 = LATE + 10 * Ticks::PER_SECOND;
/// How much later: ten seconds that they may be late, and twenty for the clocks and for the way into the stream.
pub(crate) const AFTER: i64 = LATE + 20 * Ticks::PER_SECOND;

/// Whether who looks for measurements of these times finds a message in time that was stored then. One that NATS took
/// when it had stood still for long is not acknowledged in time, and so comes late once more.
pub(crate) fn is_found(earliest: i64, latest: i64, stored: i64) -> bool {
    latest.saturating_sub(stored) <= BEFORE && stored.saturating_sub(earliest) <= AFTER
}

/// Where measurements are on the bus.
#[derive(Debug, Clone)]
pub(crate) struct Subjects {
    prefix: String,
}

impl Subjects {
    pub(crate) fn new(bus: &Bus) -> Subjects {
        Subjects { prefix: bus.prefix.clone() }
    }

    /// Of a message of a group.
    pub(crate) fn of(&self, is_late: bool, source: &str, group: u32) -> String {
        format!("{}.{}.{source}.{group}", self.prefix, kind(is_late))
    }

    /// Of all messages that are late, or in time, of one source or of all.
    pub(crate) fn all(&self, is_late: bool, source: Option<&str>) -> String {
        format!("{}.{}.{}.*", self.prefix, kind(is_late), source.unwrap_or("*"))
    }
}

fn kind(is_late: bool) -> &'static str {
    if is_late { "late" } else { "live" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_tell_what_is_late_and_the_source() {
        let subjects = Subjects::new(&Bus::default());
        assert_eq!(subjects.of(true, "east", 3), "sttp.v1.late.east.3");
        assert_eq!(subjects.all(false, None), "sttp.v1.live.*.*");
    }

    #[test]
    fn what_is_ten_seconds_away_is_late() {
        assert!(!is_late(100, 200, 200 + LATE - 100));
        assert!(is_late(100, 200, 200 + LATE));
        assert!(is_late(0, LATE + 1, 0));
        assert!(is_late(i64::MAX - 1, i64::MAX, 0) && is_late(0, 0, i64::MAX));
    }

    #[test]
    fn what_is_stored_long_after_its_time_is_not_found() {
        let stored = 1_000 * Ticks::PER_SECOND;
        assert!(is_found(stored - AFTER, stored + BEFORE, stored));
        assert!(!is_found(stored - AFTER - 1, stored, stored));
        assert!(!is_found(stored, stored + BEFORE + 1, stored));
        assert!(!is_found(i64::MIN, i64::MAX, stored));
        // Of what an ingest sends in time, and has acknowledged within five seconds.
        assert!(!is_late(stored - LATE, stored, stored) && is_found(stored - LATE, stored, stored + LATE));
    }
}
