//! A publisher that is connected and sends nothing: that is told, less and less often, and when something comes again.

use std::time::{Duration, Instant};

use sttp::subscriber::{ConnectionState, Subscriber};

use crate::log::{self, Level};
use crate::supervisor;
use crate::text::duration;

const LEAST: Duration = Duration::from_secs(10);
const MOST: Duration = Duration::from_secs(300);
/// Nothing comes for so many times the longest silence so far.
const TIMES_THE_LONGEST: u32 = 3;

/// What has come so far.
#[derive(Debug, Default)]
pub struct Silence {
    /// Since when measurements are waited for, and how many there were then.
    since: Option<(Instant, u64)>,
    next_sign: Option<Instant>,
    longest: Duration,
    is_told: bool,
}

/// What is to be told.
#[derive(Debug, PartialEq, Eq)]
enum Sign {
    /// Nothing has come for so long.
    Silent(Duration),
    /// Something has come again, after so long.
    Again(Duration),
}

impl Silence {
    /// Looks whether something has come, and tells when nothing does. To be called about twice a second, and not for what
    /// is of the past or throttled, of which nobody knows when it comes.
    pub fn watch(&mut self, subscriber: &Subscriber, peer: &str) {
        let counters = subscriber.statistics();
        let is_expected = subscriber.state() == ConnectionState::Subscribed && counters.signal_count > 0;
        match self.look(is_expected, counters.measurements, Instant::now()) {
            None => {}
            Some(Sign::Silent(lasted)) => {
                let lasted = duration(lasted);
                let text = format!("{peer} is connected, and has sent no measurement for {lasted}");
                log::line(Level::Warning, &text);
                supervisor::status(&text);
            }
            Some(Sign::Again(lasted)) => {
                let line = format!("measurements of {peer} come again after {}", duration(lasted));
                log::line(Level::Info, &line);
                supervisor::status(&format!("Measurements of {peer} come"));
            }
        }
    }

    fn look(&mut self, is_expected: bool, measurements: u64, now: Instant) -> Option<Sign> {
        if !is_expected {
            self.since = None;
            return None;
        }
        let Some((since, before)) = self.since else {
            self.begin(measurements, now);
            return None;
        };
        let lasted = now.saturating_duration_since(since);
        if measurements != before {
            let was_told = self.is_told;
            if !was_told {
                self.longest = self.longest.max(lasted);
            }
            self.begin(measurements, now);
            return was_told.then_some(Sign::Again(lasted));
        }
        if self.next_sign.is_none_or(|next| now < next) {
            return None;
        }
        self.is_told = true;
        self.next_sign = Some(now + lasted.clamp(LEAST, MOST));
        Some(Sign::Silent(lasted))
    }

    /// Measurements have come, or are waited for from now on.
    fn begin(&mut self, measurements: u64, now: Instant) {
        self.since = Some((now, measurements));
        self.next_sign = Some(now + LEAST.max(self.longest * TIMES_THE_LONGEST));
        self.is_told = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_told_and_its_end() {
        let began = Instant::now();
        let mut silence = Silence::default();
        // Something comes every 5 s until 60, then nothing until 100; there is no connection from 200 on.
        let mut told = Vec::new();
        for second in 0..300_u64 {
            let came = second.min(60) / 5 + u64::from(second >= 100);
            let sign = silence.look(second < 200, came, began + Duration::from_secs(second));
            told.extend(sign.map(|sign| (second, sign)));
        }
        let seconds = Duration::from_secs;
        // Three times the longest silence, which was of 5 s.
        let wanted = [
            (75, Sign::Silent(seconds(15))),
            (90, Sign::Silent(seconds(30))),
            (100, Sign::Again(seconds(40))),
            (115, Sign::Silent(seconds(15))),
            (130, Sign::Silent(seconds(30))),
            (160, Sign::Silent(seconds(60))),
        ];
        assert_eq!(told, wanted);
    }
}
