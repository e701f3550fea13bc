//! What was published already: each measurement once, by signal and time.
//!
//! Signals have slots, and 64 neighbours one set of bits for each time: measurements of one frame cost a bit each.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::mem;
use std::time::{Duration, Instant};

/// Signals that share a set of bits.
const CELL: u32 = 64;

/// A cell of signals and a time: ticks with leap-second bits.
type Key = (u32, i64);
type Bits = HashMap<Key, u64, BuildHasherDefault<Mixer>>;

/// Mixes cells and times, which nobody gains anything by choosing badly: the sets are bounded by time.
#[derive(Default)]
struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(number.into());
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number as u64);
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0.rotate_left(29) ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ mixed >> 32;
    }
}

/// Remembers measurements for a while.
pub(super) struct Seen {
    /// How long each is remembered at least; at most twice as long.
    window: Duration,
    turned: Instant,
    young: Bits,
    old: Bits,
    /// The set that was used last, and what of it is not in `young` yet.
    last: Key,
    last_bits: u64,
    is_changed: bool,
}

impl Seen {
    pub(super) fn new(window: Duration, now: Instant) -> Seen {
        Seen {
            window,
            turned: now,
            young: Bits::default(),
            old: Bits::default(),
            last: (u32::MAX, 0),
            last_bits: 0,
            is_changed: false,
        }
    }

    /// Forgets what is old.
    pub(super) fn turn(&mut self, now: Instant) {
        if now.duration_since(self.turned) >= self.window {
            self.put_back();
            self.last = (u32::MAX, 0);
            self.last_bits = 0;
            self.old = mem::take(&mut self.young);
            self.turned = now;
        }
    }

    /// Remembers the measurement of a slot at a time: true the first time.
    pub(super) fn is_new(&mut self, slot: u32, time: i64) -> bool {
        let key = (slot / CELL, time);
        if key != self.last {
            self.put_back();
            self.last = key;
            let bits = |of: &Bits| of.get(&key).copied().unwrap_or(0);
            self.last_bits = bits(&self.young) | bits(&self.old);
        }
        let bit = 1 << (slot % CELL);
        let is_new = self.last_bits & bit == 0;
        self.last_bits |= bit;
        self.is_changed |= is_new;
        is_new
    }

    fn put_back(&mut self) {
        if mem::take(&mut self.is_changed) {
            self.young.insert(self.last, self.last_bits);
        }
    }

    /// Sets of bits that are kept.
    pub(super) fn len(&self) -> usize {
        self.young.len() + self.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_new_once_until_it_is_forgotten() {
        let start = Instant::now();
        let window = Duration::from_secs(60);
        let mut seen = Seen::new(window, start);
        for time in 0..10 {
            for slot in 0..200 {
                assert!(seen.is_new(slot, time), "{slot} at {time}");
            }
        }
        assert_eq!(seen.len(), 10 * 4 - 1, "the last one is not put back yet");
        seen.turn(start + window / 2);
        seen.turn(start + window);
        assert!(seen.is_new(200, 3));
        for slot in 0..200 {
            assert!((0..10).all(|time| !seen.is_new(slot, time)), "{slot}");
        }
        assert!(!seen.is_new(200, 3));
        seen.turn(start + 2 * window);
        assert!(!seen.is_new(200, 3));
        assert!(!seen.is_new(199, 3), "of the same set");
        assert!(seen.is_new(5, 3), "forgotten");
    }
}
