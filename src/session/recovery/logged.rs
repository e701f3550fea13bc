//! What is remembered over the end of the process.

use std::collections::HashMap;

use uuid::Uuid;

use super::signal::is_near;
use crate::Ticks;

/// Places where signals stand that are told apart.
const MAX_PLACES: usize = 16;
/// Signals that are named. Of more, it is not told which they are.
pub(super) const MAX_NAMED: usize = 20_000;

/// A gap from the newest time received before it to the first one after it, if that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedGap {
    /// Newest time that was received.
    pub start: Ticks,
    /// First time after the gap; `None` when it goes on.
    pub stop: Option<Ticks>,
    /// The signals that miss it; none for all that are not named by other gaps.
    pub signals: Vec<Uuid>,
}

impl LoggedGap {
    /// A gap of all signals.
    pub fn of_all(start: Ticks, stop: Option<Ticks>) -> LoggedGap {
        LoggedGap { start, stop, signals: Vec::new() }
    }
}

/// Gaps that begin where each signal stands, the one of most signals first and without their names.
pub(super) fn open_gaps(places: impl Iterator<Item = (i64, Uuid)>) -> Vec<LoggedGap> {
    let mut groups: HashMap<i64, Vec<Uuid>> = HashMap::new();
    places.for_each(|(place, id)| groups.entry(place).or_default().push(id));
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(start, signals)| (std::cmp::Reverse(signals.len()), *start));
    let mut gaps: Vec<LoggedGap> = Vec::new();
    let mut named = 0;
    for (number, (start, signals)) in groups.into_iter().enumerate() {
        let is_named = number > 0 && number < MAX_PLACES && named + signals.len() <= MAX_NAMED;
        if number == 0 {
            gaps.push(LoggedGap::of_all(Ticks(start), None));
        } else if is_named {
            named += signals.len();
            gaps.push(LoggedGap { start: Ticks(start), stop: None, signals });
        } else if let Some(main) = gaps.first_mut().filter(|main| is_near(main.start.0, start)) {
            // Rather something twice than nothing.
            main.start = main.start.min(Ticks(start));
        }
    }
    gaps
}
