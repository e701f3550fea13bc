//! What subscribers may wish of times: limits, base times, intervals.

use std::time::Duration;

use crate::Ticks;
use crate::settings::SubscriptionOptions;

/// Period of base times when offsets count ticks: 4 bytes reach 429 s.
pub(super) const TICK_PERIOD: Duration = Duration::from_secs(420);
/// Period when offsets count milliseconds: 2 bytes reach 65 s.
const MILLISECOND_PERIOD: Duration = Duration::from_secs(60);
/// Interval of subscribers that name none, unless they name a lag time.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(1);
/// Shortest interval; shorter wishes get it.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(10);
/// Longest interval; longer wishes get it.
const LONGEST_INTERVAL: Duration = Duration::from_secs(86_400);

/// How far from now times are reasonable, in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeLimits {
    lag: i64,
    lead: i64,
}

impl TimeLimits {
    /// The limits, if the subscriber wants times to be checked. Historical times never are.
    pub(super) fn new(options: &SubscriptionOptions) -> Option<TimeLimits> {
        let ticks = |time: Duration| i64::try_from(time.as_nanos() / 100).unwrap_or(i64::MAX);
        let limits = TimeLimits { lag: ticks(options.lag_time), lead: ticks(options.lead_time) };
        (options.check_time_reasonability && options.start_time.is_none()).then_some(limits)
    }

    pub(super) fn allow(&self, time: Ticks, now: Ticks) -> bool {
        let age = now.value() - time.value();
        -self.lead <= age && age <= self.lag
    }
}

/// How a subscription wants its base times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BaseTimeRules {
    pub(super) millisecond_resolution: bool,
    pub(super) real_time: RealTime,
}

/// What new base times are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RealTime {
    LocalClock,
    /// The newest time of the stream's measurements, of those within the limits if there are any.
    NewestMeasurement {
        limits: Option<TimeLimits>,
    },
}

impl BaseTimeRules {
    pub(super) fn new(options: &SubscriptionOptions) -> BaseTimeRules {
        let real_time = match options.use_local_clock {
            true => RealTime::LocalClock,
            false => RealTime::NewestMeasurement { limits: TimeLimits::new(options) },
        };
        BaseTimeRules { millisecond_resolution: options.millisecond_resolution, real_time }
    }

    /// Whether times that are not reasonable are no base.
    pub(super) fn checks_times(&self) -> bool {
        matches!(self.real_time, RealTime::NewestMeasurement { limits: Some(_) })
    }

    pub(super) fn period(&self) -> Duration {
        if self.millisecond_resolution { MILLISECOND_PERIOD } else { TICK_PERIOD }
    }
}

/// How a subscription is throttled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ThrottleRules {
    pub(super) interval: Duration,
    /// Times outside are marked as bad, if the subscriber wants that.
    pub(super) limits: Option<TimeLimits>,
}

impl ThrottleRules {
    /// The rules of a subscription, if it is throttled.
    pub(super) fn new(options: &SubscriptionOptions) -> Option<ThrottleRules> {
        let rules = ThrottleRules { interval: interval(options), limits: TimeLimits::new(options) };
        options.throttled.then_some(rules)
    }
}

/// Without an interval the lag time takes its place, unless that has its default value.
fn interval(options: &SubscriptionOptions) -> Duration {
    let default_lag_time = SubscriptionOptions::default().lag_time;
    let wanted = match options.publish_interval {
        Duration::ZERO if options.lag_time != default_lag_time => options.lag_time,
        Duration::ZERO => DEFAULT_INTERVAL,
        interval => interval,
    };
    wanted.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL)
}
