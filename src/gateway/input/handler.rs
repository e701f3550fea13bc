//! What an input of C37.118 tells its application.

use std::sync::Arc;
use std::time::Duration;

use super::DeviceId;
use crate::c37118::{Configuration, DataFrame};
use crate::error::Error;
use crate::metadata::Metadata;
use crate::session::Severity;

/// Receives what happens, on the thread of the engine, always the same. While a method runs, nothing else of that
/// thread is served: return soon.
pub trait InputHandler: Send + 'static {
    /// A device is connected; by UDP, its socket is open.
    fn connected(&mut self, _device: DeviceId, _address: &str) {}

    /// The connection to a device has ended, or an attempt to make one has failed: `Ok` when the application asked for
    /// it. [`reconnecting`](Self::reconnecting) follows when there is to be another attempt.
    fn disconnected(&mut self, _device: DeviceId, _reason: Result<(), &Error>) {}

    /// Attempt number `attempt` in a row to connect to a device follows after `delay`.
    fn reconnecting(&mut self, _device: DeviceId, _attempt: u32, _delay: Duration) {}

    /// A device has told its configuration, the first one or another. Its data frames are published when the metadata
    /// have it.
    fn configuration(&mut self, _device: DeviceId, _configuration: &Arc<Configuration>) {}

    /// The text of a header frame of a device, as it came.
    fn header(&mut self, _device: DeviceId, _text: &[u8]) {}

    /// A data frame, as it is to be read and as it came, before its measurements are published.
    fn data(
        &mut self,
        _device: DeviceId,
        _configuration: &Arc<Configuration>,
        _frame: &DataFrame<'_>,
        _bytes: &[u8],
    ) {
    }

    /// The publisher has these metadata from now on: those of all devices that have told their configurations.
    fn metadata(&mut self, _metadata: &Arc<Metadata>) {}

    /// Something that operators want to know; of a device, or of all.
    fn message(&mut self, _device: Option<DeviceId>, _severity: Severity, _text: &str) {}
}
