//! Keeps repeated messages of a connection from drowning the others.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Messages alike that pass in each period.
const PASSED: u32 = 5;
/// Length of a period.
const PERIOD: Duration = Duration::from_secs(10);
/// Kinds of messages told apart; beyond, counting starts afresh.
const KINDS: usize = 64;

/// Characters that tell kinds apart: peers' texts may have any length.
const KIND_LENGTH: usize = 200;

/// Lets the first few of equal messages pass, holds back the rest of a period and says how many
/// they were. Messages that differ only in their numbers count as equal.
#[derive(Debug, Default)]
pub(crate) struct MessageLimiter {
    kinds: HashMap<String, Kind>,
}

#[derive(Debug)]
struct Kind {
    since: Instant,
    passed: u32,
    held_back: u64,
}

impl MessageLimiter {
    /// The text to show now, or `None` when it is held back.
    pub(crate) fn pass(&mut self, text: String, now: Instant) -> Option<String> {
        let letters = text.chars().filter(|character| !character.is_ascii_digit());
        let kind: String = letters.take(KIND_LENGTH).collect();
        if self.kinds.len() >= KINDS && !self.kinds.contains_key(&kind) {
            self.kinds.clear();
        }
        let kind = self.kinds.entry(kind).or_insert(Kind { since: now, passed: 0, held_back: 0 });
        if now >= kind.since + PERIOD {
            kind.since = now;
            kind.passed = 0;
        }
        if kind.passed >= PASSED {
            kind.held_back += 1;
            return None;
        }
        kind.passed += 1;
        Some(match std::mem::take(&mut kind.held_back) {
            0 => text,
            held_back => format!("{text} ({held_back} similar messages were held back)"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_messages_are_counted() {
        let mut limiter = MessageLimiter::default();
        let start = Instant::now();
        let passed =
            (0..12).filter(|number| limiter.pass(format!("packet {number} dropped"), start).is_some());
        assert_eq!(passed.count(), 5);
        assert_eq!(limiter.pass("another".into(), start).as_deref(), Some("another"));
        let later = limiter.pass("packet 99 dropped".into(), start + PERIOD);
        assert_eq!(later.as_deref(), Some("packet 99 dropped (7 similar messages were held back)"));
    }

    #[test]
    fn kinds_are_bounded() {
        let mut limiter = MessageLimiter::default();
        let start = Instant::now();
        for number in 0..1000 {
            limiter.pass("x".repeat(number), start);
        }
        assert!(limiter.kinds.len() <= KINDS);
    }
}
