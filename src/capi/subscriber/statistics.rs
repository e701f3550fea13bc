//! Subscribers: how late measurements are, and what came of each signal.

use crate::capi::shared::arguments::{live, output, record_room};
use crate::capi::shared::guard::guard;
use crate::capi::shared::latency::sttp_latency;
use crate::capi::shared::records::sttp_guid;
use crate::capi::subscriber::sttp_subscriber;
use crate::subscriber::SignalStatistics;

/// What came of one signal since the current signals came into use.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_signal_statistics {
    /// The signal.
    pub signal_id: sttp_guid,
    /// Measurements that arrived; not those recovered afterwards.
    pub measurements: u64,
    /// Measurements with any state flag (STTP_FLAG_...).
    pub measurements_with_flags: u64,
    /// Ticks of the latest to arrive; 0 before the first.
    pub last_timestamp: i64,
    /// Value of the latest to arrive; 0 before the first.
    pub last_value: f64,
    /// How late they were.
    pub latency: sttp_latency,
}

/// Reads how late measurements arrive (STTP_SETTING_LATENCY_STATISTICS).
///
/// \param total     Receives it for all measurements since the subscriber was made.
/// \param interval  Receives it for those of the latest complete interval
///                  (STTP_SETTING_STATISTICS_INTERVAL).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_latency_statistics(
    subscriber: *const sttp_subscriber,
    total: *mut sttp_latency,
    interval: *mut sttp_latency,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, total, interval) = unsafe {
            (live(subscriber, "subscriber")?, output(total, "total")?, output(interval, "interval")?)
        };
        let latency = subscriber.subscriber.latency_statistics();
        total.write(latency.total.into());
        interval.write(latency.interval.into());
        Ok(())
    })
}

/// Reads what came of each signal (STTP_SETTING_SIGNAL_STATISTICS) since the current signals
/// came into use: those that sttp_subscriber_on_subscription_updated was told last. Other signals, also
/// those of another connection, begin anew at 0 before that callback is called.
///
/// \param statistics  Receives the first `capacity` signals, each in its row. NULL when the capacity is 0.
/// \param size        sizeof(*statistics): that of one element.
/// \param capacity    Elements of the array.
/// \param count       Receives how many signals there are, even when it is more than `capacity`; 0
///                    before the first.
/// \param generation  Receives their number as the callback was told, 0 before the first. Each
///                    connection counts from its own start; the signal IDs tell the signals of two
///                    connections apart. May be NULL.
/// \return STTP_ERR_INVALID_STATE when the signals were not to be counted at the latest connect.
/// *Blocks*: no; measurements wait while they are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_signal_statistics(
    subscriber: *const sttp_subscriber,
    statistics: *mut sttp_signal_statistics,
    size: usize,
    capacity: usize,
    count: *mut usize,
    generation: *mut u32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, mut places, count) = unsafe {
            (
                live(subscriber, "subscriber")?,
                record_room(statistics, size, capacity, "statistics")?,
                output(count, "count")?,
            )
        };
        let generation = match generation.is_null() {
            true => None,
            // SAFETY: the contract of the header.
            false => Some(unsafe { output(generation, "generation")? }),
        };
        let (signals, number) = subscriber.subscriber.read_signal_statistics(|number, rows| {
            for (row, signal) in rows.iter().take(capacity).enumerate() {
                places.write(row, &signal.statistics().into());
            }
            (rows.len(), number)
        })?;
        count.write(signals);
        if let Some(generation) = generation {
            generation.write(number);
        }
        Ok(())
    })
}

impl From<SignalStatistics> for sttp_signal_statistics {
    fn from(statistics: SignalStatistics) -> sttp_signal_statistics {
        sttp_signal_statistics {
            signal_id: statistics.signal_id.into(),
            measurements: statistics.measurements,
            measurements_with_flags: statistics.measurements_with_flags,
            last_timestamp: statistics.last_timestamp.0,
            last_value: statistics.last_value,
            latency: statistics.latency.into(),
        }
    }
}
