//! Measurements for benchmarks of data: frames of noisy frequencies.

use sttp::codec::{RawMeasurement, narrow_value};

/// Signals in each frame.
pub(crate) const SIGNALS: u32 = 1_000;
const START: i64 = 638_500_000_000_000_000;

/// Frames of all signals at 60 Hz: 60 Hz and a little noise, which leaves some of the low bits of each value
/// unpredictable.
pub(crate) fn noisy_frequencies(frames: usize) -> Vec<RawMeasurement> {
    let mut state = 1u64;
    let mut noise = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1u64 << 24) as f64 - 0.5
    };
    let mut stream = Vec::with_capacity(frames * SIGNALS as usize);
    for frame in 0..frames as i64 {
        for row in 0..SIGNALS {
            let ticks = START + frame * 10_000_000 / 60;
            let value_bits = narrow_value(60.0 + 0.006 * noise());
            stream.push(RawMeasurement { ticks, row, flags: 0, value_bits });
        }
    }
    stream
}
