//! What the library takes from the machine beside sockets: clocks, random numbers, threads, and in which process
//! it is.
//!
//! Everything that runs on an engine asks here, so that a thread which runs a simulation (cargo
//! feature `simulation`) gets a clock that only the simulation moves, and numbers that its seed
//! determines.

mod descriptors;
mod files;
mod memory;
mod moment;
mod process;
#[cfg(feature = "simulation")]
pub(crate) mod simulated;
pub(crate) mod threads;

use std::hash::{BuildHasher, RandomState};
use std::time::Instant;

use uuid::Uuid;

use crate::Ticks;
pub(crate) use descriptors::most_descriptors;
pub(crate) use files::FileStamp;
pub(crate) use memory::{give_back_memory, give_back_memory_of};
pub use moment::Moment;
pub(crate) use process::Process;

/// The time on the monotonic clock.
pub(crate) fn now() -> Instant {
    #[cfg(feature = "simulation")]
    if let Some(now) = simulated::now() {
        return now;
    }
    Instant::now()
}

/// The time on the wall clock, UTC.
pub(crate) fn utc() -> Ticks {
    #[cfg(feature = "simulation")]
    if let Some(moment) = simulated::moment() {
        return moment.1;
    }
    Ticks::now()
}

/// Fills `bytes` with random numbers that nobody can guess.
///
/// # Errors
/// The system has none.
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
    #[cfg(feature = "simulation")]
    if simulated::fill_random(bytes) {
        return Ok(());
    }
    getrandom::fill(bytes)
}

/// A random ID.
pub(crate) fn random_id() -> Uuid {
    #[cfg(feature = "simulation")]
    {
        let mut bytes = [0; 16];
        if simulated::fill_random(&mut bytes) {
            return uuid::Builder::from_random_bytes(bytes).into_uuid();
        }
    }
    Uuid::new_v4()
}

/// A random number, at least 0 and at most 1, good enough to spread load.
pub(crate) fn random_fraction() -> f64 {
    #[cfg(feature = "simulation")]
    if let Some(fraction) = simulated::fraction() {
        return fraction;
    }
    // Hashes under a random key.
    RandomState::new().hash_one(0) as f64 / u64::MAX as f64
}
