//! Latency.

use crate::session::Latency;

/// How late measurements were: the time by this machine's clock less `timestamp`, in ticks of 100 ns; below 0 when
/// the clock that the timestamp is of is ahead. All 0 without any measurement.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub struct sttp_latency {
    /// Measurements that this is of: those with a time.
    pub measurements: u64,
    /// Of the quickest one.
    pub minimum: i64,
    /// Mean of all of them.
    pub mean: i64,
    /// Of the slowest one.
    pub maximum: i64,
}

impl From<Latency> for sttp_latency {
    fn from(latency: Latency) -> sttp_latency {
        let Latency { measurements, minimum, mean, maximum } = latency;
        sttp_latency { measurements, minimum, mean, maximum }
    }
}
