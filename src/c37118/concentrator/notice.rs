//! What operators are told of measurements that are not used.

use std::time::{Duration, Instant};

use super::counters::ConcentratorCounters;
use super::settings::{StreamSettings, WaitBy};

/// How often at most.
const INTERVAL: Duration = Duration::from_secs(60);

/// Remembers what was told.
#[derive(Debug, Default)]
pub(super) struct Notices {
    told_at: Option<Instant>,
    late: u64,
    early: u64,
    restarts: u64,
}

impl Notices {
    /// What there is to tell since the last time, at most once a minute.
    pub(super) fn take(
        &mut self,
        counters: &ConcentratorCounters,
        settings: &StreamSettings,
        now: Instant,
    ) -> Option<String> {
        let late = counters.measurements_late - self.late;
        let early = counters.measurements_early - self.early;
        let restarts = counters.restarts - self.restarts;
        let is_soon = self.told_at.is_some_and(|at| now.saturating_duration_since(at) < INTERVAL);
        if is_soon || late + early + restarts == 0 {
            return None;
        }
        *self = Notices {
            told_at: Some(now),
            late: counters.measurements_late,
            early: counters.measurements_early,
            restarts: counters.restarts,
        };
        let mut sentences = Vec::new();
        if late > 0 {
            let advice = match settings.wait_by {
                WaitBy::Clock => "choose a longer lag, set the clocks right, or wait by arrival",
                WaitBy::Arrival => "choose a longer lag",
            };
            sentences.push(format!(
                "{late} measurements were not sent, because they came later than the {:?} that frames wait for; {advice}.",
                settings.lag
            ));
        }
        if early > 0 {
            sentences.push(format!(
                "{early} measurements were not sent, because their times are more than {:?} ahead; set the clock of \
                 their device right, or choose a longer lead.",
                settings.lead
            ));
        }
        if restarts > 0 {
            sentences.push("The times of all measurements went back, and the stream with them.".to_owned());
        }
        Some(sentences.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_and_early_measurements_are_told_once_a_minute() {
        let (settings, mut counters) = (StreamSettings::default(), ConcentratorCounters::default());
        let (mut notices, start) = (Notices::default(), Instant::now());
        assert_eq!(notices.take(&counters, &settings, start), None);
        counters.measurements_late = 3;
        counters.measurements_early = 2;
        let text = notices.take(&counters, &settings, start).unwrap();
        assert!(
            text.contains("3 measurements") && text.contains("by arrival") && text.contains("2 measurements"),
            "{text}"
        );
        counters.measurements_late = 10;
        assert_eq!(notices.take(&counters, &settings, start + INTERVAL / 2), None);
        let text = notices.take(&counters, &settings, start + INTERVAL).unwrap();
        assert!(text.contains("7 measurements") && !text.contains("ahead"), "{text}");
        assert_eq!(notices.take(&counters, &settings, start + 3 * INTERVAL), None, "nothing new");
    }
}
