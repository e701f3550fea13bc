//! The times of the frames of a stream.

use super::super::time::{FrameTime, TimeBase};
use crate::Ticks;

/// Beyond this distance from the time of its frame, a value may have a nearer one that is still to come:
/// devices send up to 120 frames a second.
const MOST_JITTER: i64 = 4 * Ticks::PER_MILLISECOND;

/// Which frame of the stream: in the order of time. An inserted second comes after the second before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place {
    /// Since 1970.
    second: i64,
    is_inserted: bool,
    /// Within the second.
    index: i64,
}

/// Where the frames of a data rate are: at every whole part of each second, or at every so-manieth second
/// since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    frames_per_second: i64,
    seconds_per_frame: i64,
}

impl Grid {
    /// None without a rate.
    pub(super) fn new(data_rate: i16) -> Option<Grid> {
        let rate = i64::from(data_rate);
        (rate != 0).then_some(Grid {
            frames_per_second: rate.max(1),
            seconds_per_frame: if rate < 0 { -rate } else { 1 },
        })
    }

    /// Ticks from one frame to the next, rounded.
    pub(super) fn interval(self) -> i64 {
        self.seconds_per_frame * Ticks::PER_SECOND / self.frames_per_second
    }

    /// How far a value of a frame may be from the time of the frame for no nearer one to be waited for.
    pub(super) fn jitter(self) -> u32 {
        MOST_JITTER.min(self.interval() / 4) as u32
    }

    /// The frame that is nearest to a time, and how many ticks it is away. None before 1970 and after the
    /// last second that frames can tell.
    pub(super) fn place(self, time: Ticks) -> Option<(Place, u32)> {
        let since = time.value() - Ticks::UNIX_EPOCH.value();
        if since < 0 || since / Ticks::PER_SECOND >= i64::from(u32::MAX) - self.seconds_per_frame {
            return None;
        }
        if self.seconds_per_frame > 1 {
            let interval = self.interval();
            let number = (since + interval / 2) / interval;
            let place = Place { second: number * self.seconds_per_frame, is_inserted: false, index: 0 };
            let distance = since.abs_diff(number * interval);
            return Some((place, u32::try_from(distance).unwrap_or(u32::MAX)));
        }
        let (second, rest) = (since / Ticks::PER_SECOND, since % Ticks::PER_SECOND);
        let index = (rest * self.frames_per_second + Ticks::PER_SECOND / 2) / Ticks::PER_SECOND;
        let distance = rest.abs_diff(self.ticks_of(index)) as u32;
        let place = match index == self.frames_per_second {
            true => Place { second: second + 1, is_inserted: false, index: 0 },
            false => {
                Place { second, is_inserted: time.is_inserted_second() && is_last_of_day(second), index }
            }
        };
        Some((place, distance))
    }

    /// Ticks within the second; those of a frame are rounded.
    fn ticks_of(self, index: i64) -> i64 {
        (index * Ticks::PER_SECOND + self.frames_per_second / 2) / self.frames_per_second
    }

    /// The frame after one, if no second is inserted between them.
    pub(super) fn after(self, place: Place) -> Place {
        match place.index + 1 < self.frames_per_second {
            true => Place { index: place.index + 1, ..place },
            false => Place { second: place.second + self.seconds_per_frame, is_inserted: false, index: 0 },
        }
    }

    /// How many frames later the second place is; an inserted second counts as the one before it.
    pub(super) fn frames_between(self, earlier: Place, later: Place) -> i64 {
        (later.second - earlier.second) / self.seconds_per_frame * self.frames_per_second + later.index
            - earlier.index
    }

    pub(super) fn ticks(self, place: Place) -> Ticks {
        let value = Ticks::UNIX_EPOCH.value() + place.second * Ticks::PER_SECOND + self.ticks_of(place.index);
        Ticks(if place.is_inserted { value | Ticks::LEAP_SECOND } else { value })
    }

    /// The time as the frame has it: the nearest count of the time base to the exact time, which ticks are not.
    pub(super) fn time(self, place: Place, base: TimeBase, quality: u8) -> FrameTime {
        let whole = FrameTime::from_ticks(self.ticks(Place { index: 0, ..place }), base, quality);
        let per_second = i64::from(base.per_second());
        let count = (place.index * per_second + self.frames_per_second / 2) / self.frames_per_second;
        match count < per_second {
            true => FrameTime { count: count as u32, ..whole },
            // A time base that is coarser than the frames.
            false => FrameTime { count: per_second as u32 - 1, ..whole },
        }
    }
}

/// Seconds are inserted behind the last one of a day; frames cannot tell others.
fn is_last_of_day(second: i64) -> bool {
    (second + 1) % 86_400 == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ticks(text: &str) -> Ticks {
        text.parse().unwrap()
    }

    #[test]
    fn frames_have_the_rounded_times_that_all_use() {
        let grid = Grid::new(30).unwrap();
        let (mut place, _) = grid.place(ticks("2024-01-01T00:00:00Z")).unwrap();
        let mut times = Vec::new();
        for _ in 0..4 {
            times.push((grid.ticks(place).to_string(), grid.time(place, TimeBase(1_000_000), 0).count));
            place = grid.after(place);
        }
        let expected = [("", 0), (".0333333", 33_333), (".0666667", 66_667), (".1", 100_000)]
            .map(|(fraction, count)| (format!("2024-01-01T00:00:00{fraction}Z"), count));
        assert_eq!(times, expected);
    }

    #[test]
    fn times_of_coarse_clocks_find_their_frame() {
        let grid = Grid::new(60).unwrap();
        for (time, expected) in [
            ("2024-01-01T00:00:00.0083Z", "2024-01-01T00:00:00Z"),
            ("2024-01-01T00:00:00.017Z", "2024-01-01T00:00:00.0166667Z"),
            ("2024-01-01T00:00:00.016Z", "2024-01-01T00:00:00.0166667Z"),
            ("2024-01-01T00:00:00.9999Z", "2024-01-01T00:00:01Z"),
        ] {
            let (place, distance) = grid.place(ticks(time)).unwrap();
            assert_eq!(grid.ticks(place).to_string(), expected, "{time}");
            if time != "2024-01-01T00:00:00.9999Z" {
                assert_eq!(
                    u64::from(distance),
                    grid.ticks(place).value().abs_diff(ticks(time).value()),
                    "{time}"
                );
            }
        }
    }

    #[test]
    fn slow_streams_have_a_frame_in_several_seconds() {
        let grid = Grid::new(-5).unwrap();
        let (place, distance) = grid.place(ticks("2024-01-01T00:00:12Z")).unwrap();
        assert_eq!((grid.ticks(place), distance), (ticks("2024-01-01T00:00:10Z"), 20_000_000));
        assert_eq!(grid.ticks(grid.after(place)), ticks("2024-01-01T00:00:15Z"));
        assert!(Grid::new(0).is_none());
    }

    #[test]
    fn an_inserted_second_has_frames_of_its_own() {
        let grid = Grid::new(10).unwrap();
        let place = |text| grid.place(ticks(text)).unwrap().0;
        let (before, inside, behind) = (
            place("2016-12-31T23:59:59.5Z"),
            place("2016-12-31T23:59:60.5Z"),
            place("2017-01-01T00:00:00.5Z"),
        );
        assert!(before < inside && inside < behind);
        assert_eq!(grid.ticks(inside).to_string(), "2016-12-31T23:59:60.5Z");
        let elsewhere = Ticks(ticks("2016-12-31T12:00:00.5Z").0 | Ticks::LEAP_SECOND);
        assert_eq!(
            grid.place(elsewhere).unwrap().0,
            place("2016-12-31T12:00:00.5Z"),
            "none is inserted at noon"
        );
        let time = grid.time(inside, TimeBase(1000), 0);
        assert_eq!((time.second, time.count, time.is_leap_pending()), (1_483_228_800, 500, true));
    }

    proptest! {
        #[test]
        fn every_frame_is_the_nearest_to_its_own_time(
            rate in prop_oneof![-600..=-1_i16, 1..=240_i16],
            since in 0..4_000_000_000 * Ticks::PER_SECOND,
        ) {
            let grid = Grid::new(rate).unwrap();
            let (place, distance) = grid.place(Ticks(Ticks::UNIX_EPOCH.value() + since)).unwrap();
            prop_assert!(i64::from(distance) <= grid.interval() / 2 + 1 || distance == u32::MAX);
            prop_assert_eq!(grid.place(grid.ticks(place)), Some((place, 0)));
            let next = grid.after(place);
            prop_assert!(next > place);
            prop_assert_eq!(grid.frames_between(place, next), 1);
            prop_assert!(grid.ticks(next).value().abs_diff(grid.ticks(place).value() + grid.interval()) <= 1);
            for base in [TimeBase(1_000_000), TimeBase::FINEST] {
                let time = grid.time(place, base, 0);
                let error = time.ticks(base).value().abs_diff(grid.ticks(place).value());
                prop_assert!(error <= 5 + 1, "{error}");
            }
        }
    }
}
