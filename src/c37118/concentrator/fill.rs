//! The values of a frame, of what was collected.

use super::super::configuration::{Format, PhasorScale, Pmu};
use super::super::data::{PhasorBits, PmuValues, Real};
use super::super::mapping::FlagValue;
use super::super::status::StatusWord;
use super::outline::PmuCells;
use super::window::{NO_CELL, OpenFrame};
use crate::StateFlags;

/// Reads the values of a PMU from a frame, and notes what is missing.
struct Reader<'a> {
    frame: &'a OpenFrame,
    /// Of all values that came.
    flags: StateFlags,
    missing: usize,
    /// Whether a value did not come that has a signal.
    has_absent: bool,
}

impl Reader<'_> {
    /// NaN without a value.
    fn number(&mut self, cell: u32) -> f64 {
        match self.frame.get(cell) {
            Some((value, flags)) => {
                self.flags |= flags;
                value.into()
            }
            None => {
                self.note_missing(cell);
                f64::NAN
            }
        }
    }

    fn note_missing(&mut self, cell: u32) {
        self.missing += 1;
        self.has_absent |= cell != NO_CELL;
    }
}

/// Fills in the values of a PMU; returns how many are missing. They stand in it as the standard says: NaN or 8000 in
/// their place, zeros for a digital word, which has no such value, and 2 as data error of the PMU. What the
/// publisher has no signal of has its filler alone: it never comes, and the others are good all the same.
pub(super) fn fill(values: &mut PmuValues, cells: &PmuCells, pmu: &Pmu, frame: &OpenFrame) -> usize {
    let mut reader = Reader { frame, flags: StateFlags::empty(), missing: 0, has_absent: false };
    let format = pmu.format;
    for ((bits, (magnitude, angle)), channel) in
        values.phasors.iter_mut().zip(&cells.phasors).zip(&pmu.phasors)
    {
        let (magnitude, angle) = (reader.number(*magnitude), reader.number(*angle));
        let scale: PhasorScale = channel.scale;
        *bits = PhasorBits::from_polar(magnitude, angle, format, scale);
    }
    let is_float = format.has(Format::FLOAT_FREQUENCY);
    let frequency = reader.number(cells.frequency);
    values.frequency = match is_float {
        true => Real::from_number(frequency, true),
        false => Real::from_number((frequency - pmu.nominal_frequency.hertz()) * 1e3, false),
    };
    let rate_of_change = reader.number(cells.rate_of_change);
    values.rate_of_change =
        Real::from_number(if is_float { rate_of_change } else { rate_of_change * 1e2 }, is_float);
    for (bits, cell) in values.analogs.iter_mut().zip(&cells.analogs) {
        *bits = Real::from_number(reader.number(*cell), format.has(Format::FLOAT_ANALOGS));
    }
    for (word, cell) in values.digitals.iter_mut().zip(&cells.digitals) {
        // NaN becomes zero.
        *word = reader.number(*cell) as u16;
    }
    let word = match frame.get(cells.status) {
        Some((value, _)) => FlagValue(value as u32).status(),
        None => {
            reader.note_missing(cells.status);
            status_of(reader.flags)
        }
    };
    values.status = if reader.has_absent { with_absent(word) } else { word };
    reader.missing
}

/// The status word of a PMU for which values were filled in. One that says worse says that already.
fn with_absent(word: StatusWord) -> StatusWord {
    if word.has(StatusWord::DATA_INVALID) {
        return word;
    }
    StatusWord(word.0 & !StatusWord::DEVICE_ERROR | StatusWord::DATA_INVALID)
}

/// The status word of values without one, as far as their state flags tell it.
fn status_of(flags: StateFlags) -> StatusWord {
    let mut word = 0;
    for (flag, bit) in [
        (StateFlags::BAD_DATA, StatusWord::DATA_INVALID),
        (StateFlags::SYSTEM_ERROR, StatusWord::DEVICE_ERROR),
        (StateFlags::BAD_TIME, StatusWord::NOT_SYNCHRONISED),
    ] {
        if flags.contains(flag) {
            word |= bit;
        }
    }
    StatusWord(word)
}

/// The time quality of a frame, of what its clocks say: the worst clock, and every leap second that one of
/// them tells. `before` is what the clocks said last; the leap bits of a frame without any are not known.
pub(super) fn quality(frame: &OpenFrame, cells: &[u32], before: u8) -> u8 {
    let qualities =
        cells.iter().filter_map(|cell| frame.get(*cell)).map(|(value, _)| (value as u32 >> 24) as u8);
    let worst = |one: u8, two: u8| (one | two) & 0xF0 | (one & 0x0F).max(two & 0x0F);
    qualities.reduce(worst).unwrap_or(before & 0x0F)
}
