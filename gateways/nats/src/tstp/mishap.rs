//! What goes wrong with events: counted each time, told at once and then not too often.

use std::time::{Duration, Instant};

use crate::operation::{Counter, log};

/// The least time between two lines about the same thing.
const PAUSE: Duration = Duration::from_secs(10);

/// Longest part of a foreign name that is told.
const EXCERPT: usize = 60;

/// A foreign name, short enough to be told, and on one line.
pub(crate) fn shown(name: &str) -> String {
    let text: String = name.chars().take(EXCERPT).map(|c| if c.is_control() { '?' } else { c }).collect();
    if text.len() < name.len() { text + "…" } else { text }
}

/// One thing that can go wrong.
pub(crate) struct Mishap {
    counter: Counter,
    /// How often it happened since it was told.
    untold: u64,
    told_at: Option<Instant>,
}

impl Mishap {
    pub(crate) fn new(counter: Counter) -> Mishap {
        Mishap { counter, untold: 0, told_at: None }
    }

    /// It happened so often; `text` tells the latest one, and what to do about it.
    pub(crate) fn happened(&mut self, count: u64, now: Instant, text: impl FnOnce() -> String) {
        if count == 0 {
            return;
        }
        self.counter.add(count);
        self.untold += count;
        if self.told_at.is_some_and(|told_at| now.saturating_duration_since(told_at) < PAUSE) {
            return;
        }
        let more = match self.untold - count {
            0 => String::new(),
            more => format!(" ({more} more since it was told last)"),
        };
        log::warning!("{}{more}", text());
        self.untold = 0;
        self.told_at = Some(now);
    }
}
