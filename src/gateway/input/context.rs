//! What a device has in common with the others of its input, for one call.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use uuid::Uuid;

use super::DeviceId;
use super::handler::InputHandler;
use super::merger::{Described, Mapped, Merger};
use crate::Measurement;
use crate::c37118::DataFrame;
use crate::c37118::mapping::MappedValue;
use crate::error::Error;
use crate::gateway::owed::Owed;
use crate::operator::{MessageLimiter, Severity, log_message};

/// Measurements that are published at once at the latest.
const LARGEST_BATCH: usize = 4096;
/// The same of bytes of frames.
const MOST_BYTES: usize = 256 << 10;

/// What devices of an input share.
pub(super) struct Context<'a> {
    pub(super) handler: &'a mut dyn InputHandler,
    /// What the metadata have of the devices.
    pub(super) mapped: Option<&'a Mapped>,
    pub(super) merger: &'a mut Merger,
    pub(super) limiter: &'a mut MessageLimiter,
    pub(super) batch: &'a mut Batch,
    pub(super) owed: &'a mut Owed<DeviceId>,
    /// How many devices there are.
    pub(super) devices: usize,
    pub(super) now: Instant,
}

/// What is published together.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) measurements: Vec<Measurement>,
    /// Frames that are passed on.
    blocks: Vec<Block>,
    /// Bytes of these.
    bytes: usize,
    /// Kept for its memory.
    values: Vec<MappedValue>,
}

/// A frame that is passed on.
pub(super) struct Block {
    pub(super) device: DeviceId,
    pub(super) signal: Uuid,
    pub(super) bytes: Vec<u8>,
    pub(super) what: Passed,
}

/// What is passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// A configuration or header frame.
    Description,
    /// A data frame, whose measurements may be among the others.
    Data { is_mapped: bool },
}

/// What was not published of a batch.
#[derive(Debug, Default)]
pub(super) struct NotPublished {
    /// Whether the measurements were refused.
    pub(super) measurements: bool,
    /// Data frames that were refused as blocks, beside those of which the measurements were.
    pub(super) frames: BTreeMap<DeviceId, u64>,
    /// Devices whose descriptions are still to be passed on.
    pub(super) owed: BTreeSet<DeviceId>,
    /// Why, of the first thing that was refused.
    pub(super) error: Option<Error>,
}

impl Batch {
    pub(super) fn is_empty(&self) -> bool {
        self.measurements.is_empty() && self.blocks.is_empty()
    }

    /// Whether nothing more is to wait with it.
    pub(super) fn is_full(&self) -> bool {
        self.measurements.len() >= LARGEST_BATCH || self.bytes >= MOST_BYTES
    }

    /// Adds a frame.
    pub(super) fn push(&mut self, block: Block) {
        self.bytes += block.bytes.len();
        self.blocks.push(block);
    }

    /// Publishes all that is not refused, and is empty then. Descriptions of devices that are `owed` one already
    /// have to wait for it.
    pub(super) fn publish(
        &mut self,
        owed: &Owed<DeviceId>,
        publish: impl FnOnce(&[Measurement]) -> Result<(), Error>,
        mut send: impl FnMut(&Uuid, &[u8]) -> Result<(), Error>,
    ) -> NotPublished {
        let mut not = NotPublished::default();
        if !self.measurements.is_empty()
            && let Err(error) = publish(&self.measurements)
        {
            (not.measurements, not.error) = (true, Some(error));
        }
        self.measurements.clear();
        self.bytes = 0;
        for Block { device, signal, bytes, what } in self.blocks.drain(..) {
            let is_description = what == Passed::Description;
            if is_description && (owed.has(device) || not.owed.contains(&device)) {
                not.owed.insert(device);
            } else if let Err(error) = send(&signal, &bytes) {
                if is_description {
                    not.owed.insert(device);
                } else if !(not.measurements && what == (Passed::Data { is_mapped: true })) {
                    *not.frames.entry(device).or_default() += 1;
                }
                not.error.get_or_insert(error);
            }
        }
        not
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_keeps_nothing_else_back_and_descriptions_are_owed() {
        let now = Instant::now();
        let block = |device: u8, what| Block {
            device: device.into(),
            signal: Uuid::from_bytes([device; 16]),
            bytes: vec![device],
            what,
        };
        let measurement = Measurement {
            signal_id: Uuid::nil(),
            timestamp: crate::Ticks(0),
            value: 0.0,
            flags: crate::StateFlags::empty(),
            signal_index: 0,
        };
        use Passed::{Data, Description};
        let (mapped, plain) = (Data { is_mapped: true }, Data { is_mapped: false });
        let mut owed = Owed::default();
        owed.set(5, [(Uuid::nil(), vec![0])], now);
        let mut batch = Batch::default();
        let mut publish = |takes_measurements: bool| {
            batch.measurements.push(measurement);
            let blocks = [(1, plain), (1, Description), (1, Description), (1, mapped), (2, Description)];
            let more = [(2, plain), (5, Description)];
            blocks.into_iter().chain(more).for_each(|(device, what)| batch.push(block(device, what)));
            let refused = || Error::WouldBlock("full".into());
            let mut sent = Vec::new();
            let measurements = |measurements: &[Measurement]| {
                assert_eq!(measurements.len(), 1);
                if takes_measurements { Ok(()) } else { Err(refused()) }
            };
            let not = batch.publish(&owed, measurements, |_, bytes| {
                sent.push(bytes[0]);
                if bytes[0] == 1 { Err(refused()) } else { Ok(()) }
            });
            assert!(batch.is_empty() && not.error.is_some());
            assert_eq!(sent, [1, 1, 1, 2, 2], "what describes a device is not sent behind what was refused");
            assert_eq!(not.owed, BTreeSet::from([1, 5]));
            assert_eq!(not.measurements, !takes_measurements);
            not.frames
        };
        assert_eq!(publish(true), BTreeMap::from([(1, 2)]));
        assert_eq!(
            publish(false),
            BTreeMap::from([(1, 1)]),
            "the other one is refused with its measurements"
        );
    }
}
