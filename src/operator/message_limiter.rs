//! Keeps repeated messages of a connection from drowning the others, and peers from writing what they like
//! into the operator's log.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::wire::text::printable;

/// Messages alike that pass in each period.
const PASSED: u32 = 5;
/// Messages of all kinds that pass in each period.
const PASSED_IN_ALL: u32 = 100;
/// Longest message, in characters: much may be the words of a peer.
const LONGEST: usize = 2_000;
/// Length of a period.
const PERIOD: Duration = Duration::from_secs(10);
/// Kinds of messages told apart; beyond, counting starts afresh.
const KINDS: usize = 64;

/// Characters that tell kinds apart: peers' texts may have any length.
const KIND_LENGTH: usize = 200;

/// Lets the first few of equal messages pass, holds back the rest of a period and says how many
/// they were. Messages that differ only in their numbers count as equal. There is a limit for all
/// messages, too, whose number a peer may decide.
#[derive(Debug, Default)]
pub(crate) struct MessageLimiter {
    kinds: HashMap<String, Passage>,
    all: Option<Passage>,
}

/// Where messages pass, so many in each period.
#[derive(Debug)]
struct Passage {
    since: Instant,
    passed: u32,
    held_back: u64,
}

impl Passage {
    fn new(now: Instant) -> Passage {
        Passage { since: now, passed: 0, held_back: 0 }
    }

    /// Whether another message may pass. If not, it is counted.
    fn has_room(&mut self, most: u32, now: Instant) -> bool {
        if now >= self.since + PERIOD {
            (self.since, self.passed) = (now, 0);
        }
        let has_room = self.passed < most;
        self.held_back += u64::from(!has_room);
        has_room
    }

    /// A message passes. Returns how many were held back before it.
    fn pass(&mut self) -> u64 {
        self.passed += 1;
        std::mem::take(&mut self.held_back)
    }
}

impl MessageLimiter {
    /// The text to show now, in one line of bounded length, or `None` when it is held back.
    pub(crate) fn pass(&mut self, text: String, now: Instant) -> Option<String> {
        let letters = text.chars().filter(|character| !character.is_ascii_digit());
        let kind: String = letters.take(KIND_LENGTH).collect();
        if self.kinds.len() >= KINDS && !self.kinds.contains_key(&kind) {
            self.kinds.clear();
        }
        let kind = self.kinds.entry(kind).or_insert_with(|| Passage::new(now));
        let all = self.all.get_or_insert_with(|| Passage::new(now));
        if !kind.has_room(PASSED, now) || !all.has_room(PASSED_IN_ALL, now) {
            return None;
        }
        let mut shown = printable(&text, LONGEST).into_owned();
        for (held_back, which) in [(kind.pass(), "similar"), (all.pass(), "other")] {
            if held_back > 0 {
                shown.push_str(&format!(" ({held_back} {which} messages were held back)"));
            }
        }
        Some(shown)
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
    fn messages_of_ever_new_kinds_are_counted_too() {
        let mut limiter = MessageLimiter::default();
        let start = Instant::now();
        let letters = |number: u32| char::from_u32(0x4E00 + number).unwrap().to_string();
        let passed = (0..1000).filter(|number| limiter.pass(letters(*number), start).is_some());
        assert_eq!(passed.count(), PASSED_IN_ALL as usize);
        let later = limiter.pass("later".into(), start + PERIOD);
        assert_eq!(later.as_deref(), Some("later (900 other messages were held back)"));
    }

    #[test]
    fn a_message_is_one_line_of_bounded_length() {
        let mut limiter = MessageLimiter::default();
        let shown = limiter.pass(format!("\x1b[2J\n{}", "x".repeat(1 << 20)), Instant::now()).unwrap();
        assert!(shown.starts_with("\\u{1b}[2J\\nxxx"), "{shown}");
        assert!(shown.len() < 2 * LONGEST);
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
