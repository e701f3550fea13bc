//! Leap seconds.
//!
//! Ticks have marks for them in their two top bits, which STTP carries where a timestamp is sent
//! whole. sttp_datetime2 is the DateTime2 of the STTP design notes, for storing times: it sorts.

use super::arguments::{invalid, output, reference};
use super::guard::{guard, guard_or};
use crate::date_time2::{DateTime2, DateTime2Error};
use crate::time::Ticks;

/// Bits of ticks that hold the time: units of 100 ns since 0001-01-01T00:00:00 UTC. Mask with it
/// before any arithmetic.
pub const STTP_TICKS_VALUE_MASK: i64 = 0x3FFF_FFFF_FFFF_FFFF;
/// Number of the bit of ticks that marks a leap second. Alone: second 60, whose value is as in
/// second 59.
pub const STTP_TICKS_LEAP_SECOND_BIT: i32 = 63;
/// Number of the bit of ticks that, beside the one for leap seconds, marks second 58 of a minute
/// without second 59.
pub const STTP_TICKS_SECOND_DELETED_BIT: i32 = 62;
/// Flag of sttp_datetime2: this is second 23:59:58, and 23:59:59 is deleted.
pub const STTP_DATETIME2_SECOND_DELETED: u32 = 1;

const _: () = {
    assert!(STTP_TICKS_VALUE_MASK == !(Ticks::LEAP_SECOND | Ticks::LEAP_SECOND_DELETED));
    assert!(1 << STTP_TICKS_LEAP_SECOND_BIT == Ticks::LEAP_SECOND);
    assert!(1 << STTP_TICKS_SECOND_DELETED_BIT == Ticks::LEAP_SECOND_DELETED);
    assert!(STTP_DATETIME2_SECOND_DELETED == DateTime2::SECOND_DELETED);
};

/// A time of UTC that tells leap seconds apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C)]
pub struct sttp_datetime2 {
    /// Units of 100 ns since the start of the day; 864,000,000,000 or more, but less than
    /// 864,010,000,000, in the inserted leap second 23:59:60.
    pub ticks: u64,
    /// Days since 0001-01-01, at most 4194303.
    pub days: u32,
    /// 0, or STTP_DATETIME2_SECOND_DELETED; bit 1 has no meaning yet.
    pub flags: u32,
}

/// Compares two times in ticks as times: a leap second comes after second 59 and before the next one.
/// (As numbers, ticks with the mark of a leap second are negative.)
///
/// \param left   Ticks.
/// \param right  Ticks.
/// \return -1 when `left` is earlier, 0 when they are equal, 1 when `left` is later.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_ticks_compare(left: i64, right: i64) -> i32 {
    guard_or(0, || Ticks(left).cmp(&Ticks(right)) as i32)
}

/// Converts ticks to a DateTime2.
///
/// \param ticks      Units of 100 ns since 0001-01-01T00:00:00 UTC, with the marks of leap seconds.
/// \param datetime2  Receives the time.
/// \return STTP_ERR_INVALID_ARGUMENT when the time is after year 11483, or the mark of an inserted
///         second is on another second than 23:59:59 UTC.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_ticks_to_datetime2(ticks: i64, datetime2: *mut sttp_datetime2) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let datetime2 = unsafe { output(datetime2, "datetime2")? };
        let time = DateTime2::try_from(Ticks(ticks)).map_err(|error| invalid(error.to_string()))?;
        datetime2.write(time.into());
        Ok(())
    })
}

/// Converts a DateTime2 to ticks. Flag bit 1 is lost.
///
/// \param datetime2  The time.
/// \param ticks      Receives units of 100 ns since 0001-01-01T00:00:00 UTC, with the marks of leap
///                   seconds.
/// \return STTP_ERR_INVALID_ARGUMENT when a field is out of range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_datetime2_to_ticks(datetime2: *const sttp_datetime2, ticks: *mut i64) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (datetime2, ticks) = unsafe { (reference(datetime2, "datetime2")?, output(ticks, "ticks")?) };
        let time = DateTime2::try_from(*datetime2).map_err(|error| invalid(error.to_string()))?;
        ticks.write(Ticks::from(time).0);
        Ok(())
    })
}

/// Packs a DateTime2 into 64 bits, from the highest on: 22 of days, 40 of ticks, 2 of flags. Such
/// numbers sort as the times do.
///
/// \param datetime2  The time.
/// \param packed     Receives the bits.
/// \return STTP_ERR_INVALID_ARGUMENT when a field is out of range.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_datetime2_pack(datetime2: *const sttp_datetime2, packed: *mut u64) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (datetime2, packed) = unsafe { (reference(datetime2, "datetime2")?, output(packed, "packed")?) };
        let time = DateTime2::try_from(*datetime2).map_err(|error| invalid(error.to_string()))?;
        packed.write(time.pack());
        Ok(())
    })
}

/// Unpacks a DateTime2.
///
/// \param packed     The bits, as of sttp_datetime2_pack.
/// \param datetime2  Receives the time.
/// \return STTP_ERR_INVALID_ARGUMENT when the ticks are more than a day has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_datetime2_unpack(packed: u64, datetime2: *mut sttp_datetime2) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let datetime2 = unsafe { output(datetime2, "datetime2")? };
        let time = DateTime2::unpack(packed).map_err(|error| invalid(error.to_string()))?;
        datetime2.write(time.into());
        Ok(())
    })
}

impl From<DateTime2> for sttp_datetime2 {
    fn from(time: DateTime2) -> sttp_datetime2 {
        sttp_datetime2 { ticks: time.ticks_of_day(), days: time.days(), flags: time.flags() }
    }
}

impl TryFrom<sttp_datetime2> for DateTime2 {
    type Error = DateTime2Error;

    fn try_from(time: sttp_datetime2) -> Result<DateTime2, DateTime2Error> {
        DateTime2::new(time.days, time.ticks, time.flags)
    }
}
