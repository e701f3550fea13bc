//! Windows of time that cover what single signals miss.

use std::time::Duration;

use super::RecoverySettings;
use super::given_up::{GivenUp, Reason};
use crate::Ticks;

/// Windows that one lost connection can leave. The others would be those of clocks that are wrong, each in
/// its own way.
const MAX_WINDOWS: usize = 16;

/// A span of time to ask for, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First time wanted.
    pub start: Ticks,
    /// Last time wanted.
    pub stop: Ticks,
}

/// What one signal misses, or several do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: i64,
    pub(super) stop: i64,
}

impl Span {
    pub(super) fn covers(self, other: Span) -> bool {
        self.start <= other.start && other.stop <= self.stop
    }

    /// What the publisher is asked for.
    pub(super) fn with_buffers(self, settings: &RecoverySettings) -> Span {
        Span {
            start: self.start.saturating_sub(ticks(settings.start_buffer)),
            stop: self.stop.saturating_add(ticks(settings.end_buffer)),
        }
    }

    /// Why it is not asked for, if it is not.
    pub(super) fn fault(self, settings: &RecoverySettings) -> Option<Reason> {
        let length = self.stop.saturating_sub(self.start);
        if length < 0 {
            Some(Reason::WentBack)
        } else if length > ticks(settings.maximum_span) {
            Some(Reason::TooLong(settings.maximum_span))
        } else if length < ticks(settings.minimum_span) {
            Some(Reason::TooShort(settings.minimum_span))
        } else {
            None
        }
    }
}

/// The windows that cover these spans, with the number of spans in each, and what is given up.
pub(super) fn cover(mut spans: Vec<Span>, settings: &RecoverySettings) -> (Vec<(Span, u64)>, Vec<GivenUp>) {
    let mut given_up = Vec::new();
    spans.retain(|span| match span.fault(settings) {
        Some(reason) => {
            give_up(&mut given_up, *span, 1, reason);
            false
        }
        None => true,
    });
    spans.sort_unstable_by_key(|span| (span.start, span.stop));
    let mut windows: Vec<(Span, u64)> = Vec::new();
    for span in spans {
        if let Some((last, signals)) = windows.last_mut() {
            let joined = Span { start: last.start, stop: last.stop.max(span.stop) };
            let meets = span.with_buffers(settings).start <= last.with_buffers(settings).stop;
            if meets && joined.fault(settings).is_none() {
                (*last, *signals) = (joined, *signals + 1);
                continue;
            }
        }
        windows.push((span, 1));
    }
    if windows.len() > MAX_WINDOWS {
        windows.sort_by_key(|(_, signals)| std::cmp::Reverse(*signals));
        for (span, signals) in windows.drain(MAX_WINDOWS..) {
            give_up(&mut given_up, span, signals, Reason::TooManyClocks);
        }
        windows.sort_unstable_by_key(|(span, _)| span.start);
    }
    (windows, given_up)
}

/// Adds what is given up to what is so for the same reason.
fn give_up(all: &mut Vec<GivenUp>, span: Span, signals: u64, reason: Reason) {
    let (start, stop) = (Ticks(span.start), Ticks(span.stop));
    match all.iter_mut().find(|other| other.reason == reason) {
        Some(other) => {
            (other.start, other.stop) = (other.start.min(start), other.stop.max(stop));
            other.signals += signals;
        }
        None => all.push(GivenUp { start, stop, signals, reason }),
    }
}

pub(super) fn ticks(span: Duration) -> i64 {
    i64::try_from(span.as_nanos() / 100).unwrap_or(i64::MAX)
}
