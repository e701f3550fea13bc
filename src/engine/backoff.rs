//! How long to wait before trying again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// The shortest delay, whatever was asked for: a peer that refuses at once must not become a
/// busy loop.
const SHORTEST: Duration = Duration::from_millis(10);

/// Delays that double from an initial to a longest one. Each is shortened by a random part of
/// up to a half, so that many clients of a restarted publisher do not return all at once.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    initial: Duration,
    longest: Duration,
    max_attempts: u32,
    attempts: u32,
    randomness: RandomState,
}

impl Backoff {
    /// Delays from `initial` up to `longest`, none shorter than 10 ms; `max_attempts` of them,
    /// or any number if that is 0.
    pub(crate) fn new(initial: Duration, longest: Duration, max_attempts: u32) -> Backoff {
        let initial = initial.max(SHORTEST);
        Backoff {
            initial,
            longest: longest.max(initial),
            max_attempts,
            attempts: 0,
            randomness: RandomState::new(),
        }
    }

    /// The delay before the next attempt, which is counted; `None` when there have been enough.
    pub(crate) fn next_delay(&mut self) -> Option<Duration> {
        if self.max_attempts != 0 && self.attempts >= self.max_attempts {
            return None;
        }
        let full = 2_u32
            .checked_pow(self.attempts)
            .and_then(|factor| self.initial.checked_mul(factor))
            .map_or(self.longest, |delay| delay.min(self.longest));
        self.attempts = self.attempts.saturating_add(1);
        Some(full.mul_f64(1.0 - self.random() / 2.0).max(SHORTEST))
    }

    /// Attempts since the last success, the next one included once its delay was asked for.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// An attempt has succeeded.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }

    /// At least 0 and at most 1. Hashes under a random key: good enough to spread load.
    fn random(&self) -> f64 {
        self.randomness.hash_one(self.attempts) as f64 / u64::MAX as f64
    }
}
