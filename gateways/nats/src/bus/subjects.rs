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
}
