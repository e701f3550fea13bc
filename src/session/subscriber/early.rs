//! Datagrams that overtook the signal index cache which they refer to.

use std::collections::VecDeque;

use crate::wire::frame::RawResponse;

/// Bytes that are kept until the cache comes: a second of many signals.
const MAX_BYTES: usize = 8 << 20;
/// Memory that one takes beside its bytes.
const OVERHEAD: usize = 64;

/// Responses by UDP, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct EarlyDatagrams {
    kept: VecDeque<Early>,
    bytes: usize,
}

#[derive(Debug)]
pub(super) struct Early {
    response: u8,
    command: u8,
    payload: Vec<u8>,
}

impl Early {
    pub(super) fn response(&self) -> RawResponse<'_> {
        RawResponse { response: self.response, command: self.command, payload: &self.payload }
    }
}

impl EarlyDatagrams {
    /// Keeps a response. False when too many are kept already.
    pub(super) fn keep(&mut self, raw: RawResponse<'_>) -> bool {
        let bytes = self.bytes + raw.payload.len() + OVERHEAD;
        if bytes > MAX_BYTES {
            return false;
        }
        self.bytes = bytes;
        let RawResponse { response, command, payload } = raw;
        self.kept.push_back(Early { response, command, payload: payload.to_vec() });
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Takes out all of them.
    pub(super) fn take(&mut self) -> VecDeque<Early> {
        self.bytes = 0;
        std::mem::take(&mut self.kept)
    }
}
