//! How long to wait before trying again.

use std::time::Duration;

use crate::host;
use crate::settings::ReconnectSettings;

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
}

impl Backoff {
    /// `None` when there are to be no further attempts at all.
    pub(crate) fn from_settings(settings: ReconnectSettings) -> Option<Backoff> {
        let ReconnectSettings { enabled, initial_delay, max_delay, max_attempts } = settings;
        enabled.then(|| Backoff::new(initial_delay, max_delay, max_attempts))
    }

    /// Delays from `initial` up to `longest`, none shorter than 10 ms; `max_attempts` of them,
    /// or any number if that is 0.
    pub(crate) fn new(initial: Duration, longest: Duration, max_attempts: u32) -> Backoff {
        let initial = initial.max(SHORTEST);
        Backoff { initial, longest: longest.max(initial), max_attempts, attempts: 0 }
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
        Some(full.mul_f64(1.0 - host::random_fraction() / 2.0).max(SHORTEST))
    }

    /// Attempts since the last success, the next one included once its delay was asked for.
    pub(crate) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// An attempt has succeeded.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn delays_double_up_to_the_longest_and_lose_a_half_at_most() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1), 0);
        for round in 0..2 {
            for full in [100, 200, 400, 800, 1000, 1000, 1000] {
                let delay = backoff.next_delay().unwrap();
                let full = Duration::from_millis(full);
                assert!(delay >= full / 2 && delay <= full, "{delay:?} for {full:?} in round {round}");
            }
            assert_eq!(backoff.attempts(), 7);
            backoff.reset();
            assert_eq!(backoff.attempts(), 0);
        }
    }

    #[test]
    fn attempts_are_limited() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(1), 3);
        assert_eq!((0..10).filter(|_| backoff.next_delay().is_some()).count(), 3);
        assert_eq!(backoff.attempts(), 3);
        backoff.reset();
        assert!(backoff.next_delay().is_some());
    }

    #[test]
    fn clients_do_not_return_at_the_same_time() {
        let delay = || Backoff::new(Duration::from_secs(60), Duration::from_secs(60), 0).next_delay();
        let first = delay();
        assert!((0..100).any(|_| delay() != first));
    }

    proptest! {
        #[test]
        fn delays_stay_in_bounds_whatever_is_asked_for(
            initial: Duration, longest: Duration, calls in 1..200_u32,
        ) {
            let mut backoff = Backoff::new(initial, longest, 0);
            for _ in 0..calls {
                let delay = backoff.next_delay().unwrap();
                prop_assert!(delay >= SHORTEST && delay <= longest.max(initial).max(SHORTEST));
            }
        }
    }
}
