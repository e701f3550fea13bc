//! How often the stream is made anew that somebody deletes.

use std::time::{Duration, Instant};

/// Between the first two times; twice as long between the next ones,
const SHORTEST: Duration = Duration::from_secs(1);
/// until it is so long.
const LONGEST: Duration = Duration::from_secs(60);

/// When the stream may be made anew: at once, and later and later if that does not last.
#[derive(Debug, Default)]
pub(super) struct Remaking {
    /// When it was begun last, and how long nobody begins again from then on.
    last: Option<(Instant, Duration)>,
}

impl Remaking {
    /// Begins to make it, or says in how long that may be.
    pub(super) fn begin(&mut self, now: Instant) -> Result<(), Duration> {
        let pause = match self.last {
            Some((begun, pause)) if now < begun + pause => return Err(begun + pause - now),
            Some((begun, pause)) if now < begun + pause + LONGEST => (pause * 2).min(LONGEST),
            _ => SHORTEST,
        };
        self.last = Some((now, pause));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_at_once_and_then_less_and_less_often() {
        let mut remaking = Remaking::default();
        let mut now = Instant::now();
        for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
            let pause = Duration::from_secs(pause);
            assert_eq!(remaking.begin(now), Ok(()));
            assert_eq!(remaking.begin(now), Err(pause));
            now += pause;
            let moment = Duration::from_millis(1);
            assert_eq!(remaking.begin(now - moment), Err(moment));
        }
        now += LONGEST;
        assert_eq!(remaking.begin(now), Ok(()));
        assert_eq!(remaking.begin(now), Err(SHORTEST), "it had lasted");
    }
}
