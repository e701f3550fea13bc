//! Buffer blocks to frames.

use uuid::Uuid;

use super::EncapsulatedStream;

/// Buffer blocks to frames.
#[derive(Debug)]
pub struct Decapsulator {
    stream: EncapsulatedStream,
}

impl Decapsulator {
    /// For one stream. While its configuration is not known, at most `most_held` bytes of data frames are
    /// held; then the oldest are dropped.
    pub fn new(stream: EncapsulatedStream, most_held: usize) -> Decapsulator {
        let _ = most_held;
        Decapsulator { stream }
    }

    /// The stream.
    pub fn stream(&self) -> &EncapsulatedStream {
        &self.stream
    }

    /// Takes a buffer block of any signal.
    pub fn receive(&mut self, signal_id: Uuid, bytes: &[u8]) {
        let _ = (signal_id, bytes);
    }

    /// The next frame, byte by byte as the device sent it: configurations and headers before the data
    /// that follow them.
    pub fn poll(&mut self) -> Option<&[u8]> {
        None
    }
}
