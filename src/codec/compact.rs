//! Compact measurements: 9, 11, 13 or 17 bytes each, without state.
//!
//! | offset | bytes | field, big-endian |
//! | --- | --- | --- |
//! | 0 | 1 | compact flags |
//! | 1 | 4 | signal index |
//! | 5 | 4 | value, IEEE-754 single |
//! | 9 | 0 | no time, when the subscription asked for none |
//! | | 8 | or ticks |
//! | | 4 | or ticks since a base time, when the flags say so |
//! | | 2 | or milliseconds since a base time, likewise, when the subscription asked for milliseconds |
//!
//! The compact flags summarise the 32 state flags: a bit is set when any flag of its group is set,
//! and stands for all of the group when it comes back. [`StateFlags`] from `USER_DEFINED_1` to
//! `USER_DEFINED_5` are in no group and get lost.

use thiserror::Error;

use super::{Decoded, Encoded, MeasurementBuffer, RawMeasurement, SignalTable, widen_value};
use crate::{Measurement, StateFlags, Ticks};

/// Bytes without the time.
const FIXED_LENGTH: usize = 9;
/// Bytes with the shortest time: none.
pub const MIN_LENGTH: usize = FIXED_LENGTH;
/// Bytes with the longest time.
pub const MAX_LENGTH: usize = 17;

const BASE_TIME_OFFSET: u8 = 0x40;
const TIME_INDEX: u8 = 0x80;

/// Compact flag bits 0 to 5 with the state flags each stands for.
const FLAG_GROUPS: [u32; 6] = [
    0x0000_00FC, // data range
    0x0000_EF03, // data quality
    0x00BF_0000, // time quality
    0xE000_0000, // system issue
    0x0000_1000, // calculated value
    0x0040_0000, // discarded value
];

/// The state flags for each combination of the six bits.
static STATE_FLAGS: [u32; 64] = state_flags();

/// How times are written. Nothing in the payload tells it: it follows from what the subscription
/// asked for and from the base times announced last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeFormat {
    /// False when measurements carry no time.
    pub include_time: bool,
    /// True when offsets from base times are 2-byte milliseconds, false when they are 4-byte ticks.
    pub millisecond_resolution: bool,
    /// The two base times in ticks; 0 when not known yet.
    pub base_times: [i64; 2],
}

impl Default for TimeFormat {
    /// Times of 8 bytes.
    fn default() -> TimeFormat {
        TimeFormat { include_time: true, millisecond_resolution: false, base_times: [0; 2] }
    }
}

/// Why a payload of compact measurements could not be decoded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CompactError {
    /// The payload ends within a measurement.
    #[error(
        "compact measurement at byte {position} of {length} is cut short: it takes {needed} bytes, as the subscription's time format tells"
    )]
    Truncated {
        /// Where the measurement starts.
        position: usize,
        /// Bytes in the payload.
        length: usize,
        /// Bytes the measurement takes.
        needed: usize,
    },
}

/// Appends the subscribed measurements of `batch` to `out` while it stays within `limit` bytes.
/// `route` gives the signal index of each row; rows beyond it, and those routed to an index above
/// `i32::MAX`, such as [`NOT_SUBSCRIBED`](super::NOT_SUBSCRIBED), are skipped.
///
/// An offset is written in place of the full time when base time `active_base` (0 or 1) is not 0
/// and lies before the time by less than the offset's range; never when the time has leap-second
/// bits, which no offset can carry.
pub fn encode(
    batch: &[RawMeasurement],
    route: &[u32],
    format: &TimeFormat,
    active_base: usize,
    out: &mut Vec<u8>,
    limit: usize,
) -> Encoded {
    let offsets = Offsets::new(format, active_base);
    let mut encoded = Encoded { consumed: batch.len(), written: 0 };
    let mut end = out.len();
    // The longest form is written always and what is too much then written over or cut off, which is cheaper than
    // writing a varying length.
    let most = batch.len().min(limit.saturating_sub(end) / offsets.shortest_length());
    out.resize(end + MAX_LENGTH * (most + 1), 0);
    for (consumed, measurement) in batch.iter().enumerate() {
        let Some(&index) = route.get(measurement.row as usize) else { continue };
        if index > i32::MAX as u32 {
            continue;
        }
        let (time_flags, time, time_length) = offsets.time_field(measurement.ticks);
        let length = FIXED_LENGTH + time_length as usize;
        let room = out[end..].first_chunk_mut().filter(|_| end + length <= limit);
        let Some(bytes): Option<&mut [u8; MAX_LENGTH]> = room else {
            encoded.consumed = consumed;
            break;
        };
        bytes[0] = time_flags | compact_flags(measurement.flags);
        bytes[1..5].copy_from_slice(&index.to_be_bytes());
        bytes[5..9].copy_from_slice(&measurement.value_bits.to_be_bytes());
        bytes[9..].copy_from_slice(&time.to_be_bytes());
        end += length;
        encoded.written += 1;
    }
    out.truncate(end);
    encoded
}

/// When and how the encoder writes times as offsets.
struct Offsets {
    base: i64,
    /// Ticks of one unit.
    unit: i64,
    /// Offsets are less than so many ticks; 0 when there are none.
    range: i64,
    flags: u8,
    length: u32,
    full_length: u32,
}

impl Offsets {
    fn new(format: &TimeFormat, active_base: usize) -> Offsets {
        let second = active_base % 2;
        let base = format.base_times[second];
        let (unit, units, length) = match format.millisecond_resolution {
            true => (Ticks::PER_MILLISECOND, i64::from(u16::MAX), 2),
            false => (1, i64::from(u32::MAX), 4),
        };
        Offsets {
            base,
            unit,
            range: if base > 0 && format.include_time { units * unit } else { 0 },
            flags: if second == 1 { BASE_TIME_OFFSET | TIME_INDEX } else { BASE_TIME_OFFSET },
            length,
            full_length: if format.include_time { 8 } else { 0 },
        }
    }

    /// Bytes of the shortest measurement.
    fn shortest_length(&self) -> usize {
        let time_length = if self.range > 0 { self.length } else { self.full_length };
        FIXED_LENGTH + time_length as usize
    }

    /// The flags for the time field, its bytes from the highest on, and how many they are.
    #[inline(always)]
    fn time_field(&self, ticks: i64) -> (u8, u64, u32) {
        let offset = ticks.wrapping_sub(self.base);
        let has_leap_second_bits = ticks >> 62 != 0;
        if offset < self.range && 0 < offset && !has_leap_second_bits {
            let units = (offset / self.unit) as u64;
            (self.flags, units << (64 - 8 * self.length), self.length)
        } else {
            (0, ticks as u64, self.full_length)
        }
    }
}

/// Decodes a payload of compact measurements (what follows the packet's flags and count) and
/// appends them to `out`. Those whose index is not in `signals` are counted and dropped.
///
/// Without times in the payload, timestamps are 0. An offset from a base time that is not known
/// gives timestamp 0 and [`StateFlags::BAD_TIME`].
///
/// # Errors
/// [`CompactError::Truncated`]. `out` is as before then.
pub fn decode(
    payload: &[u8],
    format: &TimeFormat,
    signals: &SignalTable,
    out: &mut MeasurementBuffer,
) -> Result<Decoded, CompactError> {
    let before = out.len();
    let mut decoded = Decoded::default();
    let mut position = 0;
    while let Some(&flags) = payload.get(position) {
        let length = FIXED_LENGTH + format.time_length(flags);
        let mut padded = [0; MAX_LENGTH];
        let rest = &payload[position..];
        let bytes: &[u8; MAX_LENGTH] = match rest.first_chunk() {
            Some(bytes) => bytes,
            None if rest.len() >= length => {
                padded[..rest.len()].copy_from_slice(rest);
                &padded
            }
            None => {
                out.truncate(before);
                return Err(CompactError::Truncated { position, length: payload.len(), needed: length });
            }
        };
        decoded.measurements += 1;
        position += length;
        let [_, fields @ ..] = *bytes;
        let fields = u128::from_be_bytes(fields);
        let Some(signal) = signals.get((fields >> 96) as u32) else {
            decoded.unknown += 1;
            continue;
        };
        let (timestamp, time_flags) = format.timestamp(flags, fields as u64);
        let state_flags = STATE_FLAGS[usize::from(flags & 63)];
        out.push(Measurement {
            signal_id: signal.id,
            timestamp,
            value: widen_value((fields >> 64) as u32),
            flags: StateFlags::from_bits_retain(state_flags) | time_flags,
            signal_index: signal.row,
        });
    }
    Ok(decoded)
}

impl TimeFormat {
    /// Bytes of the time of a measurement with these compact flags.
    #[inline(always)]
    fn time_length(&self, flags: u8) -> usize {
        match (self.include_time, flags & BASE_TIME_OFFSET != 0, self.millisecond_resolution) {
            (false, _, _) => 0,
            (true, false, _) => 8,
            (true, true, false) => 4,
            (true, true, true) => 2,
        }
    }

    /// The time that a time field stands for, and the state flags that come with it. `field` is the eight bytes from
    /// the field's first on, highest first.
    #[inline(always)]
    fn timestamp(&self, flags: u8, field: u64) -> (Ticks, StateFlags) {
        if !self.include_time {
            return (Ticks(0), StateFlags::empty());
        }
        if flags & BASE_TIME_OFFSET == 0 {
            return (Ticks(field as i64), StateFlags::empty());
        }
        let base = self.base_times[usize::from(flags >> 7)];
        if base == 0 {
            return (Ticks(0), StateFlags::BAD_TIME);
        }
        let offset = match self.millisecond_resolution {
            true => (field >> 48) as i64 * Ticks::PER_MILLISECOND,
            false => (field >> 32) as i64,
        };
        (Ticks(base.wrapping_add(offset)), StateFlags::empty())
    }
}

/// True when a packet of compact measurements has no count in front of them, as one publisher in
/// the field sends it. `body` is what follows the packet's flags. Such measurements are all
/// 17 bytes; the first bytes of the body are no possible count for its length then.
pub fn lacks_count(body: &[u8]) -> bool {
    let Some((count, measurements)) = body.split_first_chunk::<4>() else { return false };
    let count = u64::from(u32::from_be_bytes(*count));
    let length = measurements.len() as u64;
    let count_fits = count * FIXED_LENGTH as u64 <= length && length <= count * MAX_LENGTH as u64;
    !count_fits && body.len().is_multiple_of(MAX_LENGTH)
}

/// The six bits that summarise the state flags.
#[inline(always)]
pub(crate) fn compact_flags(state_flags: u32) -> u8 {
    if state_flags == 0 {
        return 0;
    }
    let groups = (0u8..).zip(FLAG_GROUPS);
    groups.fold(0, |bits, (bit, group)| bits | u8::from(state_flags & group != 0) << bit)
}

const fn state_flags() -> [u32; 64] {
    let mut table = [0; 64];
    let mut flags = 0;
    while flags < table.len() {
        let mut bit = 0;
        while bit < FLAG_GROUPS.len() {
            if flags >> bit & 1 == 1 {
                table[flags] |= FLAG_GROUPS[bit];
            }
            bit += 1;
        }
        flags += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::codec::{NOT_SUBSCRIBED, narrow_value};

    const BASES: [i64; 2] = [638_500_000_000_000_000, 638_500_004_200_000_000];

    fn table() -> SignalTable {
        SignalTable::new(&[0, 1, 2, 3].map(|index| (index, Uuid::from_u128(index.into()))))
    }

    fn format(include_time: bool, millisecond_resolution: bool, base_times: [i64; 2]) -> TimeFormat {
        TimeFormat { include_time, millisecond_resolution, base_times }
    }

    fn measurement() -> impl Strategy<Value = RawMeasurement> {
        let ticks = prop_oneof![any::<i64>(), (-10i64..5_000_000_000).prop_map(|after| BASES[0] + after)];
        (ticks, 0u32..4, any::<u32>(), any::<u32>())
            .prop_map(|(ticks, row, flags, value_bits)| RawMeasurement { ticks, row, flags, value_bits })
    }

    proptest! {
        #[test]
        fn round_trips(
            batch in vec(measurement(), 0..50), milliseconds: bool, include_time: bool, known: bool, active in 0usize..2,
        ) {
            let format = format(include_time, milliseconds, if known { BASES } else { [0; 2] });
            let (mut payload, mut out) = (Vec::new(), MeasurementBuffer::new());
            let encoded = encode(&batch, &[0, 1, 2, 3], &format, active, &mut payload, usize::MAX);
            prop_assert_eq!(encoded, Encoded { consumed: batch.len(), written: batch.len() });
            let decoded = decode(&payload, &format, &table(), &mut out).unwrap();
            prop_assert_eq!(decoded, Decoded { measurements: batch.len(), unknown: 0 });
            for (sent, received) in batch.iter().zip(out.as_slice()) {
                prop_assert_eq!(received.signal_index, sent.row);
                prop_assert_eq!(narrow_value(received.value), sent.value_bits);
                prop_assert_eq!(compact_flags(received.flags.bits()), compact_flags(sent.flags));
                prop_assert_eq!(sent.flags & 0xE0FF_FFFF & !received.flags.bits(), 0);
                let lost = if include_time { sent.ticks.wrapping_sub(received.timestamp.0) } else { 0 };
                let resolution = if milliseconds && known { Ticks::PER_MILLISECOND } else { 1 };
                prop_assert!((0..resolution).contains(&lost), "{lost} ticks lost");
            }
        }

        #[test]
        fn arbitrary_payloads_never_panic(
            payload in vec(any::<u8>(), 0..100), include_time: bool, milliseconds: bool, base in any::<i64>(),
        ) {
            let mut out = MeasurementBuffer::new();
            match decode(&payload, &format(include_time, milliseconds, [base, 0]), &table(), &mut out) {
                Ok(decoded) => prop_assert_eq!(out.len(), decoded.measurements - decoded.unknown),
                Err(_) => prop_assert!(out.is_empty()),
            }
            let _ = lacks_count(&payload);
        }
    }

    #[test]
    fn unknown_signals_are_skipped_and_unknown_bases_marked() {
        let mut payload = vec![0x40, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 5];
        payload.extend([0xC0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 5]);
        let mut out = MeasurementBuffer::new();
        let decoded = decode(&payload, &format(true, false, [BASES[0], 0]), &table(), &mut out).unwrap();
        assert_eq!(decoded, Decoded { measurements: 2, unknown: 1 });
        let received = out.as_slice()[0];
        assert_eq!(
            (received.signal_index, received.timestamp, received.flags),
            (2, Ticks(0), StateFlags::BAD_TIME)
        );
    }

    #[test]
    fn a_cut_payload_is_an_error_and_leaves_nothing() {
        let mut payload = Vec::new();
        encode(&[RawMeasurement::default(); 3], &[0], &TimeFormat::default(), 0, &mut payload, 1_000);
        payload.pop();
        let mut out = MeasurementBuffer::new();
        let error = decode(&payload, &TimeFormat::default(), &table(), &mut out);
        assert_eq!(error, Err(CompactError::Truncated { position: 34, length: 50, needed: 17 }));
        assert!(out.is_empty());
    }

    #[test]
    fn the_limit_holds_and_rows_not_subscribed_are_skipped() {
        let batch: Vec<_> = (0..4).map(|row| RawMeasurement { row, ..Default::default() }).collect();
        let mut out = vec![0; 5];
        let route = [1, NOT_SUBSCRIBED, 3];
        for (limit, consumed, written) in [(21, 0, 0), (22, 2, 1), (38, 2, 1), (39, 4, 2)] {
            out.truncate(5);
            let encoded = encode(&batch, &route, &TimeFormat::default(), 0, &mut out, limit);
            assert_eq!(encoded, Encoded { consumed, written }, "{limit}");
            assert_eq!(out.len(), 5 + 17 * written);
        }
    }

    #[test]
    fn a_missing_count_is_recognised() {
        for count in 1u8..40 {
            let mut body = Vec::new();
            let batch =
                vec![RawMeasurement { ticks: BASES[0], row: 0, flags: 0, value_bits: 7 }; count.into()];
            encode(&batch, &[9], &TimeFormat::default(), 0, &mut body, usize::MAX);
            assert!(lacks_count(&body), "{count}");
            body.splice(0..0, [0, 0, 0, count]);
            assert!(!lacks_count(&body), "{count}");
        }
        assert!(!lacks_count(&[]));
    }
}
