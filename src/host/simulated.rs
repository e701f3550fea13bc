//! The clocks and random numbers of the simulation that the calling thread runs.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::Ticks;

/// When every simulation begins: 2026-01-01 in ticks.
const BEGINNING: Ticks = Ticks(639_028_224_000_000_000);

thread_local! {
    static SIMULATED: Cell<Option<Simulated>> = const { Cell::new(None) };
}

#[derive(Clone, Copy)]
struct Simulated {
    instant: Instant,
    utc: Ticks,
    /// What each look at the monotonic clock takes.
    look: Duration,
    random: Random,
}

/// Both clocks of this thread's simulation, if it runs one.
pub(super) fn moment() -> Option<(Instant, Ticks)> {
    SIMULATED.get().map(|simulated| (simulated.instant, simulated.utc))
}

/// The monotonic clock of this thread's simulation, if it runs one. The look at it may take some time.
pub(super) fn now() -> Option<Instant> {
    let simulated = SIMULATED.get()?;
    if !simulated.look.is_zero() {
        pass(simulated.look);
    }
    Some(simulated.instant)
}

/// Fills `bytes` from the seed of this thread's simulation. False when it runs none.
pub(super) fn fill_random(bytes: &mut [u8]) -> bool {
    let Some(mut simulated) = SIMULATED.get() else { return false };
    for chunk in bytes.chunks_mut(size_of::<u64>()) {
        chunk.copy_from_slice(&simulated.random.next().to_be_bytes()[..chunk.len()]);
    }
    SIMULATED.set(Some(simulated));
    true
}

/// A random number below 1 from the seed of this thread's simulation, if it runs one.
pub(super) fn fraction() -> Option<f64> {
    let mut simulated = SIMULATED.get()?;
    let fraction = simulated.random.fraction();
    SIMULATED.set(Some(simulated));
    Some(fraction)
}

/// This thread runs a simulation from now on. False when it runs one already.
pub(crate) fn begin(random: Random) -> bool {
    if SIMULATED.get().is_some() {
        return false;
    }
    let (instant, look) = (Instant::now(), Duration::ZERO);
    SIMULATED.set(Some(Simulated { instant, utc: BEGINNING, look, random }));
    true
}

/// This thread runs no simulation any more.
pub(crate) fn end() {
    SIMULATED.set(None);
}

/// Time passes, on both clocks.
pub(crate) fn pass(span: Duration) {
    if let Some(mut simulated) = SIMULATED.get() {
        simulated.instant += span;
        simulated.utc = Ticks(simulated.utc.0 + (span.as_nanos() / 100) as i64);
        SIMULATED.set(Some(simulated));
    }
}

/// Each look at the monotonic clock takes so long from now on.
pub(crate) fn set_look(look: Duration) {
    if let Some(simulated) = SIMULATED.get() {
        SIMULATED.set(Some(Simulated { look, ..simulated }));
    }
}

/// Sets the wall clock on or back; the monotonic one goes on.
pub(crate) fn set_utc(utc: Ticks) {
    if let Some(simulated) = SIMULATED.get() {
        SIMULATED.set(Some(Simulated { utc, ..simulated }));
    }
}

/// Random numbers that a seed determines, the same on every machine: SplitMix64.
#[derive(Debug, Clone, Copy)]
pub struct Random {
    state: u64,
}

impl Random {
    /// Those of a seed.
    pub fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// Numbers of their own, for a part whose use of them must not change those of others.
    pub fn fork(&mut self) -> Random {
        Random::new(self.next())
    }

    /// The next number.
    #[expect(clippy::should_implement_trait, reason = "it never ends, and is no iterator")]
    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    /// A number below `end`, which is not 0.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// At least 0 and less than 1.
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True in so many cases out of 1.
    pub fn happens(&mut self, probability: f64) -> bool {
        probability > 0.0 && self.fraction() < probability
    }

    /// A time up to `longest`.
    pub fn up_to(&mut self, longest: Duration) -> Duration {
        longest.mul_f64(self.fraction())
    }

    /// A number of bytes out of `available`: often everything, often very few, never none.
    pub fn piece(&mut self, available: usize) -> usize {
        match self.below(4) {
            0 => available,
            1 => 1 + self.below(available.min(8)),
            _ => 1 + self.below(available),
        }
    }
}
