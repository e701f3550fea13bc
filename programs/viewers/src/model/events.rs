//! What happened lately.

use std::collections::VecDeque;
use std::sync::Arc;

use sttp::Ticks;
use sttp::session::Severity;

/// Events that are kept.
const KEPT: usize = 500;
/// Bytes of an event's text; a publisher may send as much as it likes.
const LONGEST: usize = 400;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Which it is, counted from 1.
    pub number: u64,
    /// When, by this machine's clock.
    pub time: Ticks,
    /// How much it matters.
    pub severity: Severity,
    /// What.
    pub text: Arc<str>,
}

/// The latest events, the oldest first.
#[derive(Debug, Clone, Default)]
pub struct Events {
    kept: VecDeque<Event>,
    count: u64,
}

impl Events {
    /// Adds one; the oldest goes when there are too many.
    pub fn add(&mut self, time: Ticks, severity: Severity, text: &str) {
        self.count += 1;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        let mut end = text.len().min(LONGEST);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.kept.push_back(Event { number: self.count, time, severity, text: text[..end].into() });
    }

    /// Moves the events of another here, behind those that are here.
    pub fn append(&mut self, other: &mut Events) {
        for event in other.kept.drain(..) {
            self.add(event.time, event.severity, &event.text);
        }
    }

    /// Those that are kept, the oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> + ExactSizeIterator {
        self.kept.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_and_so_long_are_kept() {
        let mut events = Events::default();
        for number in 0..KEPT + 7 {
            events.add(Ticks(number as i64), Severity::Info, &"é".repeat(LONGEST));
        }
        assert_eq!(events.iter().len(), KEPT);
        let first = events.iter().next().unwrap();
        assert_eq!((first.number, first.time.0, first.text.len()), (8, 7, LONGEST));
    }
}
