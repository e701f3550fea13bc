//! Where everything leaves a session: commands to the publisher, outputs to the driver.

use std::collections::VecDeque;
use std::ops::Range;

use super::output::Output;
use crate::session::{Frame, SendQueue, Severity};
use crate::wire::Command;
use crate::wire::frame::command_frame;

/// An output that waits to be polled.
#[derive(Debug)]
pub(super) enum Pending {
    /// Where they lie in the array of decoded measurements.
    Measurements(Range<usize>),
    Output(Output<'static>),
}

/// What waits to leave the session.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pub(super) queue: SendQueue,
    /// Commands that wait for the answer to the operational modes.
    held: Vec<Frame>,
    holds: bool,
    outputs: VecDeque<Pending>,
}

impl Outbox {
    /// Sends a command, or holds it until the others are released.
    pub(super) fn send(&mut self, command: Command, payload: &[u8]) {
        let frame = Frame::control(command_frame(command, payload));
        if self.holds { self.held.push(frame) } else { self.queue.push(frame) }
    }

    /// Commands wait from now on.
    pub(super) fn hold(&mut self) {
        self.holds = true;
    }

    /// Sends what waited, and holds nothing any more.
    pub(super) fn release(&mut self) {
        self.holds = false;
        self.held.drain(..).for_each(|frame| self.queue.push(frame));
    }

    /// Commands that the publisher has not read.
    pub(super) fn waiting_commands(&self) -> usize {
        self.queue.control_frames().0 + self.held.len()
    }

    pub(super) fn tell(&mut self, output: Output<'static>) {
        self.outputs.push_back(Pending::Output(output));
    }

    pub(super) fn tell_measurements(&mut self, place: Range<usize>) {
        self.outputs.push_back(Pending::Measurements(place));
    }

    pub(super) fn message(&mut self, severity: Severity, text: String) {
        self.tell(Output::Message(severity, text));
    }

    pub(super) fn warn(&mut self, text: String) {
        self.message(Severity::Warning, text);
    }

    /// Whether something waits to be polled.
    pub(super) fn has_outputs(&self) -> bool {
        !self.outputs.is_empty()
    }

    pub(super) fn next_output(&mut self) -> Option<Pending> {
        self.outputs.pop_front()
    }
}
