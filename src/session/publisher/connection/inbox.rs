//! The way into a connection: bytes become commands, as fast as the subscriber may ask.

use std::time::Instant;

use crate::session::SubscribeRequest;
use crate::wire::frame::FrameAssembler;

/// Bytes of commands that may wait before no more are read from the transport.
const ENOUGH: usize = 64 << 10;

/// What came from a subscriber, and was not dealt with yet.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    assembler: FrameAssembler,
    /// What came behind the command that was dealt with last.
    rest: Vec<u8>,
    /// So much of it was dealt with.
    taken: usize,
    /// The request whose answer is worked out elsewhere.
    unanswered: Option<Unanswered>,
    /// It is among those that are served next.
    pub(crate) has_turn: bool,
    /// The filter of its subscription is to be evaluated anew, because the metadata or rights are others now.
    pub(crate) wants_selection: Option<Selecting>,
    /// Nothing is dealt with before the application was told that the subscriber is there.
    pub(crate) is_held: bool,
    /// The transport is not read, because enough has come.
    is_full: bool,
    /// Bytes that have arrived and cannot be told before more do.
    untold: usize,
    /// Since when the rest of a command is awaited, or of what cannot be told before it comes.
    unfinished_since: Option<Instant>,
    /// Steps that its requests took.
    pub(crate) steps: u64,
    /// Bytes that are counted among those of all connections.
    pub(crate) counted: usize,
}

/// Where a filter is evaluated anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selecting {
    /// When the connection has its turn.
    InTurn,
    /// Elsewhere, since it takes long.
    Elsewhere,
}

/// What a connection keeps until its long request is answered.
#[derive(Debug)]
pub(crate) struct Unanswered {
    /// What a Subscribe asks for.
    pub(crate) subscribe: Option<Box<SubscribeRequest>>,
}

impl Inbox {
    /// Takes the assembler out, so that frames can be read while the connection is changed.
    pub(crate) fn take_assembler(&mut self) -> FrameAssembler {
        std::mem::take(&mut self.assembler)
    }

    pub(crate) fn put_back(&mut self, assembler: FrameAssembler) {
        self.assembler = assembler;
    }

    /// The answer to a request is worked out elsewhere.
    pub(crate) fn is_waiting(&self) -> bool {
        self.unanswered.is_some()
    }

    /// Something came that was not dealt with.
    pub(crate) fn has_more(&self) -> bool {
        self.taken < self.rest.len()
    }

    /// Enough came that was not dealt with: the transport is not to be read now.
    pub(crate) fn is_full(&self) -> bool {
        self.is_full
    }

    /// Keeps bytes for later.
    pub(crate) fn keep(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        self.is_full = self.rest.len() - self.taken >= ENOUGH;
    }

    /// Takes out what came and was not dealt with.
    pub(crate) fn take_rest(&mut self) -> (Vec<u8>, usize) {
        (std::mem::take(&mut self.rest), std::mem::take(&mut self.taken))
    }

    /// Puts it back, when bytes up to `taken` were dealt with. True when the transport is to be read again.
    pub(crate) fn put_back_rest(&mut self, mut rest: Vec<u8>, taken: usize) -> bool {
        let left = rest.len().saturating_sub(taken);
        if left == 0 {
            rest.clear();
            rest.shrink_to(ENOUGH);
        }
        self.taken = if left == 0 { 0 } else { taken };
        self.rest = rest;
        let was_full = std::mem::replace(&mut self.is_full, left >= ENOUGH);
        was_full && !self.is_full
    }

    /// Bytes that are kept here.
    fn len(&self) -> usize {
        self.assembler.pending().len() + self.rest.len() - self.taken
    }

    /// A command is whole: from now on the rest of another one is awaited, if any.
    pub(crate) fn command_is_whole(&mut self) {
        self.unfinished_since = None;
    }

    /// The beginning of a command has come, and not its rest.
    pub(crate) fn is_within_command(&self) -> bool {
        self.assembler.is_within_frame()
    }

    /// Looks whether the rest of a command is awaited, or of what cannot be told before it comes.
    pub(crate) fn note_unfinished(&mut self, now: Instant) {
        let is_within = self.is_within_command() || self.untold > 0;
        if is_within && !self.has_more() {
            self.unfinished_since.get_or_insert(now);
        } else {
            self.unfinished_since = None;
        }
    }

    /// So many bytes have arrived that cannot be told before more do.
    pub(crate) fn note_untold(&mut self, bytes: usize) {
        self.untold = bytes;
    }

    /// Bytes that have come and were not dealt with.
    pub(crate) fn arrived(&self) -> usize {
        self.len() + self.untold
    }

    /// Since when the rest of something is awaited, if it is.
    pub(crate) fn unfinished_since(&self) -> Option<Instant> {
        self.unfinished_since
    }

    /// Waits for the answer to a long request. `subscribe` is what a Subscribe asks for.
    pub(crate) fn wait(&mut self, subscribe: Option<Box<SubscribeRequest>>) {
        self.unanswered = Some(Unanswered { subscribe });
    }

    /// The answer has come.
    pub(crate) fn answered(&mut self) -> Option<Unanswered> {
        self.unanswered.take()
    }
}
