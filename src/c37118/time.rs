//! The time of a frame: SOC and FRACSEC.

use crate::Ticks;

/// Ticks of a fraction of a second are counted in units of this: the low 24 bits of TIME_BASE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimeBase(
    /// The whole word as it is sent; its high byte is reserved.
    pub u32,
);

impl TimeBase {
    /// The finest one: 16,777,215 counts a second.
    pub const FINEST: TimeBase = TimeBase(0x00FF_FFFF);

    /// Counts per second, at least 1.
    pub const fn per_second(self) -> u32 {
        let count = self.0 & 0x00FF_FFFF;
        if count == 0 { 1 } else { count }
    }
}

/// How good the clock of a device is: the low four bits of the time quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClockQuality {
    /// Locked to a source of UTC.
    Locked,
    /// Within 10 to the power of this many nanoseconds: 0 (1 ns) to 10 (10 s).
    WithinPowerOf10Nanoseconds(u8),
    /// The clock has failed, its time is not reliable.
    Failed,
    /// A code without meaning, 12 to 14.
    Reserved(u8),
}

/// The time of a frame, bit by bit as it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct FrameTime {
    /// SOC: seconds since 1970-01-01 UTC, leap seconds not counted.
    pub second: u32,
    /// The high byte of FRACSEC: leap seconds and the quality of the clock.
    pub quality: u8,
    /// The low 24 bits of FRACSEC, in units of the time base.
    pub count: u32,
}

impl FrameTime {
    const LEAP_DELETED: u8 = 0x40;
    const LEAP_OCCURRED: u8 = 0x20;
    const LEAP_PENDING: u8 = 0x10;

    /// Splits SOC and FRACSEC.
    pub const fn from_words(second: u32, fraction: u32) -> FrameTime {
        FrameTime { second, quality: (fraction >> 24) as u8, count: fraction & 0x00FF_FFFF }
    }

    /// FRACSEC.
    pub const fn fraction_word(self) -> u32 {
        (self.quality as u32) << 24 | self.count & 0x00FF_FFFF
    }

    /// How good the clock is.
    pub const fn clock_quality(self) -> ClockQuality {
        match self.quality & 0x0F {
            0 => ClockQuality::Locked,
            code @ 1..=11 => ClockQuality::WithinPowerOf10Nanoseconds(code - 1),
            15 => ClockQuality::Failed,
            code => ClockQuality::Reserved(code),
        }
    }

    /// A leap second comes within a minute, or is under way.
    pub const fn is_leap_pending(self) -> bool {
        self.quality & Self::LEAP_PENDING != 0
    }

    /// There was a leap second in the last 24 hours.
    pub const fn has_leap_occurred(self) -> bool {
        self.quality & Self::LEAP_OCCURRED != 0
    }

    /// The leap second is one that is left out, not one that is put in.
    pub const fn is_leap_deleted(self) -> bool {
        self.quality & Self::LEAP_DELETED != 0
    }

    /// The time as ticks, which round to the nearest 100 ns.
    ///
    /// An inserted second, 23:59:60, has the SOC of the midnight behind it; only "leap second
    /// pending" tells them apart, which is set up to the end of the inserted second and not from
    /// midnight on. It comes out as the second before, marked as the inserted one, which is how STTP
    /// writes it.
    pub fn ticks(self, base: TimeBase) -> Ticks {
        let per_second = u64::from(base.per_second());
        let fraction = (u64::from(self.count) * Ticks::PER_SECOND as u64 + per_second / 2) / per_second;
        let of_second = i64::from(self.second) * Ticks::PER_SECOND;
        let value = Ticks::UNIX_EPOCH.0 + of_second + fraction as i64;
        if self.is_in_inserted_second() {
            return Ticks((value - Ticks::PER_SECOND) | Ticks::LEAP_SECOND);
        }
        Ticks(value)
    }

    fn is_in_inserted_second(self) -> bool {
        self.is_leap_pending() && !self.is_leap_deleted() && self.second.is_multiple_of(86_400)
    }

    /// The frame time that comes nearest to a time. `quality` is the time quality to send with it;
    /// in an inserted second, "leap second pending" is set as well.
    pub fn from_ticks(ticks: Ticks, base: TimeBase, quality: u8) -> FrameTime {
        let per_second = i64::from(base.per_second());
        let since = (ticks.value() - Ticks::UNIX_EPOCH.0).max(0);
        let (mut second, of_second) = (since / Ticks::PER_SECOND, since % Ticks::PER_SECOND);
        let mut count = (of_second * per_second + Ticks::PER_SECOND / 2) / Ticks::PER_SECOND;
        if count >= per_second {
            (second, count) = (second + 1, 0);
        }
        let mut quality = quality;
        if ticks.is_inserted_second() {
            second += 1;
            quality = quality & !Self::LEAP_DELETED | Self::LEAP_PENDING;
        }
        FrameTime { second: u32::try_from(second).unwrap_or(u32::MAX), quality, count: count as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_a_stream_have_the_ticks_of_their_rate() {
        let base = TimeBase(1_000_000);
        let time = FrameTime::from_words(1_149_577_200, 33_333);
        assert_eq!(time.ticks(base).to_string(), "2006-06-06T07:00:00.033333Z");
        assert_eq!(FrameTime::from_ticks(time.ticks(base), base, 0), time);
    }

    #[test]
    fn every_count_of_the_finest_base_survives_ticks_to_the_tick() {
        for count in (0..0x00FF_FFFF).step_by(4_099) {
            let time = FrameTime { second: 1_700_000_000, quality: 0, count };
            let ticks = time.ticks(TimeBase::FINEST);
            let again = FrameTime::from_ticks(ticks, TimeBase::FINEST, 0);
            assert_eq!(again.ticks(TimeBase::FINEST), ticks);
            assert!(again.count.abs_diff(count) <= 1, "{count}");
        }
    }

    #[test]
    fn an_inserted_second_is_told_from_the_midnight_behind_it() {
        // 2017-01-01T00:00:00 follows 2016-12-31T23:59:60.
        let midnight = 1_483_228_800;
        let base = TimeBase(1000);
        let inserted = FrameTime { second: midnight, quality: FrameTime::LEAP_PENDING, count: 500 };
        assert_eq!(inserted.ticks(base).to_string(), "2016-12-31T23:59:60.5Z");
        assert_eq!(FrameTime::from_ticks(inserted.ticks(base), base, 0), inserted);
        let after = FrameTime { quality: FrameTime::LEAP_OCCURRED, ..inserted };
        assert_eq!(after.ticks(base).to_string(), "2017-01-01T00:00:00.5Z");
        let before = FrameTime { second: midnight - 1, ..inserted };
        assert_eq!(before.ticks(base).to_string(), "2016-12-31T23:59:59.5Z");
    }

    #[test]
    fn a_time_base_of_zero_does_not_divide_by_it() {
        assert_eq!(
            FrameTime::from_words(1, 5).ticks(TimeBase(0)).value(),
            Ticks::UNIX_EPOCH.0 + 6 * Ticks::PER_SECOND
        );
    }

    #[test]
    fn clock_quality_is_named() {
        let quality = |code| FrameTime { quality: code, ..FrameTime::default() }.clock_quality();
        assert_eq!(quality(0), ClockQuality::Locked);
        assert_eq!(quality(0x34), ClockQuality::WithinPowerOf10Nanoseconds(3));
        assert_eq!(quality(11), ClockQuality::WithinPowerOf10Nanoseconds(10));
        assert_eq!(quality(13), ClockQuality::Reserved(13));
        assert_eq!(quality(15), ClockQuality::Failed);
    }
}
