//! The way into a connection: bytes become commands, unless its subscriber waits for an answer.

use crate::session::SubscribeRequest;
use crate::wire::frame::FrameAssembler;

/// What came from a subscriber, and was not dealt with yet.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    assembler: FrameAssembler,
    /// The request whose answer is worked out elsewhere.
    unanswered: Option<Unanswered>,
}

/// What a connection keeps until its long request is answered.
#[derive(Debug)]
pub(crate) struct Unanswered {
    /// What a Subscribe asks for.
    pub(crate) subscribe: Option<Box<SubscribeRequest>>,
    /// What came after it.
    pub(crate) rest: Vec<u8>,
}

impl Inbox {
    /// Takes the assembler out, so that frames can be read while the connection is changed.
    pub(crate) fn take_assembler(&mut self) -> FrameAssembler {
        std::mem::take(&mut self.assembler)
    }

    pub(crate) fn put_back(&mut self, assembler: FrameAssembler) {
        self.assembler = assembler;
    }

    /// The subscriber waits for an answer, and what it asks for meanwhile is kept.
    pub(crate) fn is_waiting(&self) -> bool {
        self.unanswered.is_some()
    }

    /// Keeps bytes for when the long request before them is answered. False when there is none.
    pub(crate) fn keep_for_later(&mut self, bytes: &[u8]) -> bool {
        let Some(unanswered) = &mut self.unanswered else { return false };
        unanswered.rest.extend_from_slice(bytes);
        true
    }

    /// Waits for the answer to a long request. `subscribe` is what a Subscribe asks for.
    pub(crate) fn wait(&mut self, subscribe: Option<Box<SubscribeRequest>>) {
        self.unanswered = Some(Unanswered { subscribe, rest: Vec::new() });
    }

    /// The answer has come.
    pub(crate) fn answered(&mut self) -> Option<Unanswered> {
        self.unanswered.take()
    }
}
