//! The frames of a device, passed on as buffer blocks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::DeviceId;
use super::context::{Block, Context, Passed};
use crate::c37118::Frame;
use crate::c37118::encapsulation::Encapsulator;
use crate::session::Severity;

/// Passes on what a device sends, byte by byte.
pub(super) struct Relay {
    device: DeviceId,
    encapsulator: Arc<Mutex<Encapsulator>>,
}

impl Relay {
    /// For a device that is called so in the metadata.
    pub(super) fn new(device: DeviceId, name: &str) -> Relay {
        Relay { device, encapsulator: Arc::new(Mutex::new(Encapsulator::new(name))) }
    }

    /// For the metadata.
    pub(super) fn encapsulator(&self) -> Arc<Mutex<Encapsulator>> {
        Arc::clone(&self.encapsulator)
    }

    fn lock(&self) -> MutexGuard<'_, Encapsulator> {
        self.encapsulator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Passes on a frame. False when the metadata do not have its signal yet.
    pub(super) fn take(&self, bytes: &[u8], what: Passed, context: &mut Context<'_>) -> bool {
        let mut encapsulator = self.lock();
        let taken = Frame::decode(bytes).and_then(|frame| encapsulator.take(&frame));
        match taken {
            Ok(None) => true,
            Ok(Some(_)) if !context.mapped.is_some_and(|mapped| mapped.relays(self.device)) => false,
            Ok(Some(block)) => {
                let (signal, bytes) = (block.signal_id, block.bytes.to_vec());
                context.batch.push(Block { device: self.device, signal, bytes, what });
                true
            }
            Err(error) => {
                drop(encapsulator);
                let text = format!("A frame is not passed on: {error}");
                context.message(Some(self.device), Severity::Warning, text);
                true
            }
        }
    }

    /// Whether the metadata are to be made anew.
    pub(super) fn has_new_metadata(&self) -> bool {
        self.lock().has_new_metadata()
    }

    /// Passes on once more what describes the device, for those who have not got it yet.
    pub(super) fn again(&self, context: &mut Context<'_>) {
        if context.mapped.is_some_and(|mapped| mapped.relays(self.device)) {
            let encapsulator = self.lock();
            let blocks = encapsulator.again().map(|block| (block.signal_id, block.bytes.to_vec()));
            context.owed.set(self.device, blocks, context.now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::context::Batch;
    use super::super::handler::InputHandler;
    use super::super::merger::Merger;
    use super::*;
    use crate::c37118::encapsulation::Decapsulator;
    use crate::c37118::{ConfigurationForm, FrameAssembler, image, sample};
    use crate::gateway::owed::Owed;
    use crate::operator::MessageLimiter;

    struct NoMessages;

    impl InputHandler for NoMessages {
        fn message(&mut self, _device: Option<DeviceId>, _severity: Severity, text: &str) {
            panic!("{text}");
        }
    }

    #[test]
    fn a_configuration_that_is_one_image_of_several_frames_is_passed_on_byte_by_byte() {
        let mut configuration = sample(ConfigurationForm::Cfg3);
        let pmu = configuration.pmus[0].clone();
        configuration.pmus.resize(300, pmu);
        let mut sent = Vec::new();
        FrameAssembler::default()
            .receive(&image(&configuration), |frame| sent.extend_from_slice(frame.bytes));
        assert_eq!(sent, image(&configuration));
        let relay = Relay::new(1, "SHELBY");
        let mut merger = Merger::new("PMU".into());
        let mut context = Context {
            handler: &mut NoMessages,
            mapped: None,
            merger: &mut merger,
            limiter: &mut MessageLimiter::default(),
            batch: &mut Batch::default(),
            owed: &mut Owed::default(),
            devices: 1,
            now: Instant::now(),
        };
        assert!(!relay.take(&sent, Passed::Description, &mut context), "it waits for the metadata");
        assert!(relay.has_new_metadata());
        let encapsulator = relay.lock();
        let mut decapsulator = Decapsulator::new(encapsulator.stream().clone(), 1 << 20);
        encapsulator.again().for_each(|block| decapsulator.receive(block.signal_id, block.bytes));
        assert_eq!(decapsulator.poll(), Some(sent.as_slice()));
        assert_eq!(decapsulator.configuration().map(|one| &**one), Some(&configuration));
    }
}
