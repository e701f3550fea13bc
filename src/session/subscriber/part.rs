//! How long the rest of a response may take of which a part has come.

use std::time::{Duration, Instant};

use crate::wire::Response;

/// Bytes of a large response for which it has the time of another answer.
const BYTES_PER_ANSWER: usize = 32 << 10;
/// The time that a large response has in any case, in times of an answer.
const LEAST_OF_LARGE: u32 = 10;

/// A response of which a part has come. When somebody on the way has altered its length, all that follows is taken for its
/// rest, so that it has a time however many bytes come.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Since when its rest is awaited.
    pub(super) begun: Instant,
    /// When it was looked at last.
    looked_at: Instant,
    /// Bytes that have come, and that it has announced to have.
    pub(super) received: usize,
    pub(super) announced: usize,
    /// It is one of those that may be large.
    is_large: bool,
}

impl Part {
    /// What has come by now of a response of that length, of which a part may have been there before.
    pub(super) fn look(before: Option<Part>, pending: &[u8], announced: usize, now: Instant) -> Part {
        Part {
            begun: before.map_or(now, |before| before.begun),
            looked_at: now,
            received: pending.len(),
            announced,
            is_large: pending.first().and_then(|code| Response::from_code(*code)).is_some_and(may_be_large),
        }
    }

    /// The time that all of it has, where an answer has `timeout`.
    pub(super) fn time(&self, timeout: Duration) -> Duration {
        let answers = u32::try_from(self.announced.div_ceil(BYTES_PER_ANSWER)).unwrap_or(u32::MAX);
        timeout.saturating_mul(if self.is_large { answers.max(LEAST_OF_LARGE) } else { 1 })
    }

    /// Nothing of it was read since it was looked at: what else had come was taken in until now.
    pub(super) fn reading_went_on(&mut self, now: Instant) {
        self.begun += now.saturating_duration_since(self.looked_at);
        self.looked_at = now;
    }
}

/// Metadata, schemas, lists of signals, and what applications send. Measurements come in small packets.
fn may_be_large(response: Response) -> bool {
    matches!(
        response,
        Response::Succeeded | Response::UpdateSignalIndexCache | Response::BufferBlock | Response::User(_)
    )
}
