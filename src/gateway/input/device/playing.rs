//! A capture in place of a connection.

use std::ops::ControlFlow;

use super::{Device, Way};
use crate::engine::Io;
use crate::error::Error;
use crate::gateway::input::DeviceState;
use crate::gateway::input::capture::Next;
use crate::gateway::input::context::Context;
use crate::session::Severity;

/// Frames of a capture in one turn, so that a fast one does not keep the loop from others.
const FRAMES_PER_TURN: usize = 64;

impl Device {
    /// Receives what is due of a capture.
    pub(super) fn play(&mut self, context: &mut Context<'_>, io: &mut Io<'_>) {
        for _ in 0..FRAMES_PER_TURN {
            let Way::Capture(player) = &mut self.way else { return };
            // Data frames are not published before the metadata have them.
            if player.release(self.input.is_some(), io.now()) {
                return;
            }
            match player.next(io.now(), io.utc(), &io.elsewhere()) {
                Next::Later => return,
                Next::Opened => self.begin(&self.plan.address(), context, io),
                Next::Frame(frame) => {
                    self.session.receive_datagram(&frame, io.moment());
                    if let ControlFlow::Break(reason) = self.take_outputs(context) {
                        return self.finish_capture(Err(Error::Protocol(reason.into())), context, io);
                    }
                }
                Next::Ended(reason) => return self.finish_capture(reason, context, io),
            }
        }
    }

    fn finish_capture(&mut self, reason: Result<u64, Error>, context: &mut Context<'_>, io: &mut Io<'_>) {
        self.close_sockets(io);
        self.state = DeviceState::GaveUp;
        match &reason {
            Ok(frames) => {
                let text = format!("The capture {} has ended with frame {frames}.", self.plan.address());
                context.message(Some(self.id), Severity::Info, text);
            }
            Err(error) => context.message(Some(self.id), Severity::Error, error.to_string()),
        }
        context.handler.disconnected(self.id, reason.as_ref().map(|_| ()));
    }
}
