//! What a device has in common with the others of its input, for one call.

use std::time::Instant;

use uuid::Uuid;

use super::DeviceId;
use super::handler::InputHandler;
use super::merger::{Described, Mapped, Merger};
use crate::Measurement;
use crate::c37118::DataFrame;
use crate::c37118::mapping::MappedValue;
use crate::error::Error;
use crate::operator::{MessageLimiter, Severity, log_message};
use crate::publisher::Publisher;

/// What devices of an input share.
pub(super) struct Context<'a> {
    pub(super) handler: &'a mut dyn InputHandler,
    /// What the metadata have of the devices.
    pub(super) mapped: Option<&'a Mapped>,
    pub(super) merger: &'a mut Merger,
    pub(super) limiter: &'a mut MessageLimiter,
    pub(super) batch: &'a mut Batch,
    /// How many devices there are.
    pub(super) devices: usize,
    pub(super) now: Instant,
}

/// Measurements that are published together, when every socket had its turn.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) measurements: Vec<Measurement>,
    /// Frames that are passed on: their signals and their bytes.
    pub(super) blocks: Vec<(Uuid, Vec<u8>)>,
    /// Kept for its memory.
    values: Vec<MappedValue>,
}

impl Batch {
    /// Publishes all of it.
    pub(super) fn publish(&self, publisher: &Publisher) -> Result<(), Error> {
        if !self.measurements.is_empty() {
            publisher.publish(&self.measurements)?;
        }
        self.blocks.iter().try_for_each(|(signal, bytes)| publisher.send_buffer_block(signal, bytes, false))
    }
}

impl Context<'_> {
    /// Adds the measurements of a data frame to those that are published. Tells how many they are; `None` when the
    /// metadata do not have them.
    pub(super) fn map(&mut self, input: usize, frame: &DataFrame<'_>) -> Option<u64> {
        let mapped = self.mapped?;
        let Batch { measurements, values, .. } = &mut *self.batch;
        values.clear();
        let timestamp = mapped.mapping.read(input, frame, values)?;
        let signals = &mapped.signals;
        measurements.extend(values.iter().filter_map(|value| {
            Some(Measurement {
                signal_id: *signals.get(value.row as usize)?,
                timestamp,
                value: value.value,
                flags: value.flags,
                signal_index: value.row,
            })
        }));
        Some(values.len() as u64)
    }

    /// A device has told its configuration, which is to come into the metadata.
    pub(super) fn configured(&mut self, device: DeviceId, described: Described) {
        let known = self.merger.device_count() + usize::from(!self.merger.knows(device));
        self.merger.set(device, described, known < self.devices, self.now);
    }

    /// Tells operators something.
    pub(super) fn message(&mut self, device: Option<DeviceId>, severity: Severity, text: String) {
        if let Some(text) = self.limiter.pass(text, self.now) {
            log_message(severity, "sttp::gateway", &text);
            self.handler.message(device, severity, &text);
        }
    }
}
