//! How often the encoder of a stream starts anew.
//!
//! Whoever joins a stream needs that, and so does who lost packets. All others pay for it: what is encoded
//! anew takes up to twice the bytes. So there are a few restarts at once, and afterwards one a second, which
//! serves all who wait for it.

use std::time::{Duration, Instant};

/// Restarts that may follow each other at once.
const AT_ONCE: u32 = 16;
/// After so long there may be another one.
const INTERVAL: Duration = Duration::from_secs(1);

/// The restarts of one stream.
#[derive(Debug)]
pub(super) struct Restarts {
    left: u32,
    /// Since when another one is due, while some are used up.
    since: Option<Instant>,
}

impl Default for Restarts {
    fn default() -> Restarts {
        Restarts { left: AT_ONCE, since: None }
    }
}

impl Restarts {
    /// Takes one, if there may be one now.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        while let Some(since) = self.since.filter(|since| now >= *since + INTERVAL) {
            self.left += 1;
            self.since = (self.left < AT_ONCE).then_some(since + INTERVAL);
        }
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        self.since.get_or_insert(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn restarts_are_few_in_the_long_run() {
        let (mut restarts, start) = (Restarts::default(), Instant::now());
        let taken = |restarts: &mut Restarts, from: u64, until: u64| {
            let times = (from * 1000..until * 1000).map(|time| start + Duration::from_millis(time));
            times.filter(|time| restarts.take(*time)).count()
        };
        assert_eq!(taken(&mut restarts, 0, 1), AT_ONCE as usize);
        assert_eq!(taken(&mut restarts, 1, 21), 20);
        assert!(restarts.take(start + Duration::from_secs(100)));
        assert_eq!(taken(&mut restarts, 101, 102), AT_ONCE as usize);
    }
}
