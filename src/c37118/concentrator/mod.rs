//! Measurements as a stream of C37.118: the signals of a subscription become frames at the rate of the
//! stream, aligned by time. No sockets, no clocks.
//!
//! A [`Concentrator`] chooses devices and signals from metadata and makes a [`Configuration`] of them. Its
//! [signals](Concentrator::signals) are what to subscribe to. Measurements are [pushed](Concentrator::push)
//! as they come, by rows that [`set_rows`](Concentrator::set_rows) names; frames are
//! [polled](Concentrator::poll). Several concentrators may be fed with the same measurements: each takes
//! what belongs to its stream.

mod counters;
mod error;
mod settings;

use std::sync::Arc;
use std::time::Instant;

use uuid::Uuid;

use super::configuration::{Configuration, ConfigurationForm};
use crate::metadata::Metadata;
use crate::{Measurement, Ticks};

pub use counters::ConcentratorCounters;
pub use error::ConcentratorError;
pub use settings::{Selection, StreamSettings, Waiting};

/// Now, on both clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// On the monotonic clock.
    pub instant: Instant,
    /// On the wall clock, UTC.
    pub utc: Ticks,
}

/// Makes the frames of one stream.
#[derive(Debug)]
pub struct Concentrator {
    signals: Vec<Uuid>,
    configuration: Arc<Configuration>,
    counters: ConcentratorCounters,
}

impl Concentrator {
    /// A stream of what `settings` select from the metadata.
    ///
    /// # Errors
    ///
    /// [`ConcentratorError`] when there is nothing to select, or when frames cannot hold it.
    pub fn new(
        settings: StreamSettings,
        metadata: &Metadata,
        now: Now,
    ) -> Result<Concentrator, ConcentratorError> {
        let _ = (settings, metadata, now);
        Err(ConcentratorError::NothingToSend)
    }

    /// The configuration of the stream as CFG-2.
    pub fn configuration(&self) -> &Arc<Configuration> {
        &self.configuration
    }

    /// The configuration of the stream as one form or another has it.
    pub fn configuration_in(&self, form: ConfigurationForm) -> Configuration {
        Configuration { form, ..Configuration::clone(&self.configuration) }
    }

    /// The signals of the stream: what to subscribe to. Rows of measurements are these, in this order,
    /// until [`set_rows`](Self::set_rows) says otherwise.
    pub fn signals(&self) -> &[Uuid] {
        &self.signals
    }

    /// Says which signal each row is that `signal_index` of measurements names: the signal index cache of
    /// the subscription. To be called again whenever that changes. Rows of signals that the stream has not
    /// are skipped when they come.
    pub fn set_rows(&mut self, signal_ids: &[Uuid]) {
        let _ = signal_ids;
    }

    /// Takes measurements. Their `signal_index` counts, not their `signal_id`. Values are kept in 32 bits,
    /// as STTP carries them.
    pub fn push(&mut self, measurements: &[Measurement], now: Now) {
        let _ = (measurements, now);
    }

    /// The next data frame that is complete or due, if there is one. To be called until it gives None after
    /// each [`push`](Self::push), and when the [`deadline`](Self::deadline) has come.
    pub fn poll(&mut self, now: Now) -> Option<&[u8]> {
        let _ = now;
        None
    }

    /// The next data frame, complete, due or not: to be called until it gives None before the metadata
    /// are [changed](Self::set_metadata), so that nothing is lost.
    pub fn finish(&mut self, now: Now) -> Option<&[u8]> {
        let _ = now;
        None
    }

    /// When [`poll`](Self::poll) is to be called at the latest.
    pub fn deadline(&self, now: Now) -> Option<Instant> {
        let _ = now;
        None
    }

    /// Selects anew from metadata that changed. True when the configuration is another one now: CFGCNT is
    /// then the next, frames say for a minute that the configuration changed, and [signals](Self::signals)
    /// are to be subscribed to anew. Rows stay valid as far as their signals are.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); the stream goes on as it was.
    pub fn set_metadata(&mut self, metadata: &Metadata, now: Now) -> Result<bool, ConcentratorError> {
        let _ = (metadata, now);
        Ok(false)
    }

    /// What became of measurements and frames.
    pub fn counters(&self) -> &ConcentratorCounters {
        &self.counters
    }
}
