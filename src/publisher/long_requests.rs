//! Requests whose answers are worked out elsewhere: large metadata, filters over many signals.

use std::sync::Arc;

use crate::engine::{Io, Job};
use crate::session::publisher::{ConnectionKey, LongAnswer, LongRequest};

/// Requests of a shard's connections that wait for their answer, one for each connection at most.
#[derive(Default)]
pub(super) struct LongRequests {
    waiting: Vec<Waiting>,
}

struct Waiting {
    request: Arc<LongRequest>,
    answer: Job<LongAnswer>,
}

impl LongRequests {
    /// Has a request answered. The driver is notified then.
    pub(super) fn begin(&mut self, request: LongRequest, io: &Io<'_>) {
        let request = Arc::new(request);
        let asked = Arc::clone(&request);
        self.waiting.push(Waiting { request, answer: io.elsewhere().run(move || asked.answer()) });
    }

    /// Nobody wants the answer for a connection any more.
    pub(super) fn forget(&mut self, connection: ConnectionKey) {
        self.waiting.retain(|waiting| waiting.request.connection() != connection);
    }

    /// The answers that have come.
    pub(super) fn take(&mut self) -> Vec<LongAnswer> {
        let mut answers = Vec::new();
        self.waiting.retain_mut(|waiting| {
            let Some(answer) = waiting.answer.take() else { return true };
            answers.push(answer.unwrap_or_else(|error| {
                log::error!(target: "sttp::publisher", "a request of a subscriber was not answered: {error}");
                waiting.request.fail("the publisher failed to answer")
            }));
            false
        });
        answers
    }
}
