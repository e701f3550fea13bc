//! Base times: what the times of one stream's compact measurements are offsets from.
//!
//! Two base times take turns. While one is in use, the other, which lies one period later, is
//! announced already. A period is a little shorter than the reach of an offset.
//!
//! The first base times are announced in front of the first packet. Other publishers send 8-byte
//! times during the first period and announce then; but whoever joins a stream must be told of its
//! base times at once in any case, so that is nothing new to subscribers.

use std::time::Instant;

use crate::Ticks;
use crate::codec::{NOT_SUBSCRIBED, RawMeasurement};
use crate::session::Moment;
use crate::session::publisher::rules::{BaseTimeRules, RealTime};
use crate::wire::messages::BaseTimes;

/// The base times of one stream, and when they are replaced.
#[derive(Debug)]
pub(super) struct BaseTimeRotation {
    rules: BaseTimeRules,
    /// `None` as long as there was nothing to take a time from.
    current: Option<BaseTimes>,
    /// Newest time of the measurements since the last rotation; 0 without any.
    newest: i64,
    /// When the other base time comes into use.
    due: Option<Instant>,
}

impl BaseTimeRotation {
    pub(super) fn new(rules: BaseTimeRules) -> BaseTimeRotation {
        BaseTimeRotation { rules, current: None, newest: 0, due: None }
    }

    /// The base times in use.
    pub(super) fn current(&self) -> Option<BaseTimes> {
        self.current
    }

    /// When [`rotate`](Self::rotate) is to be called.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Looks at measurements that are about to be encoded. The first ones may bring the first base
    /// times.
    pub(super) fn observe(&mut self, measurements: &[RawMeasurement], route: &[u32], now: Moment) {
        if let RealTime::NewestMeasurement { limits } = self.rules.real_time {
            // Nothing can be counted from a time with leap-second bits.
            let is_plain = |time: &Ticks| time.value() == time.0;
            let is_reasonable = |time: &Ticks| limits.is_none_or(|limits| limits.allow(*time, now.utc));
            let newest = routed_times(measurements, route).filter(is_plain).filter(is_reasonable).max();
            self.newest = self.newest.max(newest.unwrap_or_default().0);
        }
        if self.current.is_none()
            && let Some(time) = self.real_time(now)
        {
            self.current = Some(BaseTimes { time_index: 0, offsets: [time, self.one_period_after(time)] });
            self.due = Some(now.instant + self.rules.period());
        }
    }

    /// Brings the base time into use that was announced before, and replaces the other. Without
    /// measurements to take a time from, the base times stay for another period.
    pub(super) fn rotate(&mut self, now: Moment) {
        self.due = Some(now.instant + self.rules.period());
        let (Some(current), Some(time)) = (self.current, self.real_time(now)) else { return };
        let mut next = BaseTimes { time_index: current.time_index ^ 1, ..current };
        next.offsets[usize::from(current.time_index == 1)] = self.one_period_after(time);
        self.current = Some(next);
        self.newest = 0;
    }

    fn real_time(&self, now: Moment) -> Option<i64> {
        let time = match self.rules.real_time {
            RealTime::LocalClock => now.utc.value(),
            RealTime::NewestMeasurement { .. } => self.newest,
        };
        (time > 0).then_some(time)
    }

    fn one_period_after(&self, time: i64) -> i64 {
        time + self.rules.period().as_millis() as i64 * Ticks::PER_MILLISECOND
    }
}

/// Times of the measurements that are routed.
pub(super) fn routed_times(
    measurements: &[RawMeasurement],
    route: &[u32],
) -> impl DoubleEndedIterator<Item = Ticks> {
    let is_routed = |measurement: &&RawMeasurement| {
        route.get(measurement.row as usize).is_some_and(|index| *index != NOT_SUBSCRIBED)
    };
    measurements.iter().filter(is_routed).map(|measurement| Ticks(measurement.ticks))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::codec::NOT_SUBSCRIBED;
    use crate::session::SubscribeRequest;
    use crate::session::publisher::rules::TICK_PERIOD;
    use crate::wire::ConnectionString;

    const SECOND: i64 = Ticks::PER_SECOND;
    const START: i64 = 639_028_224_000_000_000;

    /// Seconds with the default limits of reasonable times: 10 s in the past, 5 s in the future.
    fn rotation(text: &str) -> BaseTimeRotation {
        let request = SubscribeRequest::from_connection_string(&ConnectionString::parse(text).unwrap());
        BaseTimeRotation::new(BaseTimeRules::new(&request.unwrap().options))
    }

    fn at(seconds: i64) -> RawMeasurement {
        RawMeasurement { ticks: START + seconds * SECOND, ..RawMeasurement::default() }
    }

    fn moment() -> Moment {
        Moment { instant: Instant::now(), utc: Ticks(START + 100 * SECOND) }
    }

    fn base_times(time_index: i32, seconds: [i64; 2]) -> Option<BaseTimes> {
        Some(BaseTimes { time_index, offsets: seconds.map(|seconds| START + seconds * SECOND) })
    }

    fn observe(rotation: &mut BaseTimeRotation, seconds: &[i64], now: Moment) {
        let measurements: Vec<_> = seconds.iter().copied().map(at).collect();
        rotation.observe(&measurements, &[0], now);
    }

    #[test]
    fn the_first_measurements_bring_base_times_that_take_turns() {
        for (text, period) in [("", 420), ("useMillisecondResolution=true", 60)] {
            let (mut rotation, mut now) = (rotation(text), moment());
            assert_eq!((rotation.current(), rotation.deadline()), (None, None));
            observe(&mut rotation, &[], now);
            assert_eq!(rotation.current(), None);
            observe(&mut rotation, &[5, 7, 3], now);
            assert_eq!(rotation.current(), base_times(0, [7, 7 + period]));
            observe(&mut rotation, &[9, period + 1], now);
            assert_eq!(rotation.current(), base_times(0, [7, 7 + period]));

            let span = Duration::from_secs(period as u64);
            assert_eq!(rotation.deadline(), Some(now.instant + span));
            now += span;
            rotation.rotate(now);
            assert_eq!(rotation.current(), base_times(1, [1 + 2 * period, 7 + period]));
            observe(&mut rotation, &[2 * period + 5], now);
            now += span;
            rotation.rotate(now);
            assert_eq!(rotation.current(), base_times(0, [1 + 2 * period, 5 + 3 * period]));
            assert_eq!(rotation.deadline(), Some(now.instant + span));
        }
    }

    #[test]
    fn without_measurements_base_times_stay() {
        let (mut rotation, mut now) = (rotation(""), moment());
        observe(&mut rotation, &[1], now);
        now += TICK_PERIOD;
        rotation.rotate(now);
        let rotated = rotation.current();
        now += TICK_PERIOD;
        rotation.rotate(now);
        assert_eq!(rotation.current(), rotated);
        assert_eq!(rotation.deadline(), Some(now.instant + TICK_PERIOD));
    }

    #[test]
    fn the_local_clock_needs_no_measurements() {
        let (mut rotation, mut now) = (rotation("useLocalClockAsRealTime=true"), moment());
        observe(&mut rotation, &[7000], now);
        assert_eq!(rotation.current(), base_times(0, [100, 520]));
        now += TICK_PERIOD;
        rotation.rotate(now);
        assert_eq!(rotation.current(), base_times(1, [100 + 840, 520]));
    }

    #[test]
    fn unreasonable_times_are_no_base_if_the_subscriber_says_so() {
        let mut trusting = rotation("");
        observe(&mut trusting, &[99, 106], moment());
        assert_eq!(trusting.current(), base_times(0, [106, 526]));
        let mut checking = rotation("enableTimeReasonabilityCheck=true");
        observe(&mut checking, &[89, 106], moment());
        assert_eq!(checking.current(), None);
        observe(&mut checking, &[90, 105, 106], moment());
        assert_eq!(checking.current(), base_times(0, [105, 525]));
    }

    #[test]
    fn leap_seconds_and_signals_of_others_are_no_base() {
        let (mut rotation, now) = (rotation(""), moment());
        let leap = RawMeasurement { ticks: START | Ticks::LEAP_SECOND, ..RawMeasurement::default() };
        let deleted = RawMeasurement { ticks: leap.ticks | Ticks::LEAP_SECOND_DELETED, ..leap };
        let other = RawMeasurement { row: 1, ..at(50) };
        let unknown = RawMeasurement { row: 2, ..at(50) };
        rotation.observe(&[leap, deleted, other, unknown], &[0, NOT_SUBSCRIBED], now);
        assert_eq!(rotation.current(), None);
    }
}
