//! Measurement payloads: compact measurements, TSSC blocks, GZip and encryption.
//!
//! Encoders take [`RawMeasurement`]s, which name a signal by the publisher's row, and a route
//! table from rows to wire indexes. Decoders append [`Measurement`](crate::Measurement)s to a
//! [`MeasurementBuffer`], finding signals in a [`SignalTable`].

pub mod cipher;
pub mod compact;
pub mod gzip;
pub mod history;
pub mod signal_index_cache;
pub mod tssc;

mod buffer;
mod signal_table;

pub use buffer::MeasurementBuffer;
pub use signal_index_cache::SignalIndexCache;
pub use signal_table::{Signal, SignalTable};

/// Entry of a route table for a row that is not subscribed.
///
/// A route table is a slice indexed by the publisher's row that holds the signal index used on
/// the wire, 0 to `i32::MAX`.
pub const NOT_SUBSCRIBED: u32 = u32::MAX;

/// A measurement as the encoders take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RawMeasurement {
    /// Time: ticks of 100 ns since 0001-01-01 UTC, possibly with leap-second bits.
    pub ticks: i64,
    /// Row of the signal in the publisher's metadata.
    pub row: u32,
    /// The 32 state flags.
    pub flags: u32,
    /// Value as the bits of an IEEE-754 single; see [`narrow_value`].
    pub value_bits: u32,
}

/// How far an encoder came with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Encoded {
    /// Measurements of the batch that are dealt with: written, or skipped for not being subscribed.
    /// Fewer than the batch has when the packet is full.
    pub consumed: usize,
    /// Measurements written.
    pub written: usize,
}

/// What a decoder got out of one payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Decoded {
    /// Measurements in the payload. A packet's header must tell the same number.
    pub measurements: usize,
    /// How many of them were dropped because their signal index is not in the table.
    pub unknown: usize,
}

/// Rounds a value to the IEEE-754 single that goes on the wire. The payload of a NaN keeps its
/// high bits, and a signaling NaN stays one.
#[inline]
pub fn narrow_value(value: f64) -> u32 {
    if value.is_nan() { narrow_nan(value.to_bits()) } else { (value as f32).to_bits() }
}

/// The value of an IEEE-754 single from the wire. Every bit pattern, signaling NaN included, gives
/// itself back through [`narrow_value`].
#[inline]
pub fn widen_value(bits: u32) -> f64 {
    let value = f32::from_bits(bits);
    if value.is_nan() { f64::from_bits(widen_nan(bits)) } else { f64::from(value) }
}

// A floating-point conversion would set the quiet bit of a NaN; these move bits only.

#[cold]
fn narrow_nan(bits: u64) -> u32 {
    let sign = ((bits >> 63) as u32) << 31;
    let payload = (bits >> 29) as u32 & 0x007F_FFFF;
    // A payload that is lost altogether must not turn the NaN into an infinity.
    let payload = if payload == 0 { 0x0040_0000 } else { payload };
    sign | 0x7F80_0000 | payload
}

#[cold]
fn widen_nan(bits: u32) -> u64 {
    let sign = u64::from(bits >> 31) << 63;
    sign | 0x7FF0_0000_0000_0000 | u64::from(bits & 0x007F_FFFF) << 29
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nan_stays_nan() {
        assert!(f32::from_bits(narrow_value(f64::NAN)).is_nan());
        assert!(f32::from_bits(narrow_value(f64::from_bits(0x7FF0_0000_0000_0001))).is_nan());
        assert_eq!(narrow_value(1e300), f32::INFINITY.to_bits());
    }

    proptest! {
        #[test]
        fn single_bits_round_trip(bits in prop_oneof![any::<u32>(), 0x7F80_0000u32..0x7FFF_FFFF]) {
            prop_assert_eq!(narrow_value(widen_value(bits)), bits);
        }
    }
}
