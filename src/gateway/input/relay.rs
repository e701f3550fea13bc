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
