//! The operational modes, with which every connection begins.

use super::Connection;
use super::exchange::CacheExchange;
use super::phase::Phase;
use crate::rights::AuditSubject;
use crate::session::GREETING;
use crate::session::publisher::close_reason::CloseReason;
use crate::session::publisher::context::Context;
use crate::session::publisher::events::PublisherEvent;
use crate::session::publisher::terms::ConnectionModes;
use crate::wire::modes::ModesError;
use crate::wire::{Command, OperationalModes, Response};

impl Connection {
    /// The command that a code stands for, if it may come now. Otherwise the subscriber is told why not.
    pub(crate) fn admit(&mut self, code: u8, cx: &mut Context<'_>) -> Option<Command> {
        self.info.counters.commands_received += 1;
        cx.counts.statistics.commands_received += 1;
        let command = Command::from_code(code);
        if matches!(self.phase, Phase::AwaitingModes { .. })
            && command != Some(Command::DefineOperationalModes)
        {
            let text = match Response::from_code(code) {
                Some(_) => other_publisher(self.info.outgoing).to_owned(),
                None => {
                    format!("command {code:#04x} came before DefineOperationalModes, which must be the first")
                }
            };
            self.outlet.respond(Response::Failed, code, &text);
            self.record(AuditSubject::OtherCommand, false, &text, cx);
            self.close(CloseReason::Refused(text), cx.outbox);
            return None;
        }
        if command.is_none() {
            let text = format!("STTP has no command {code:#04x}");
            self.outlet.respond(Response::Failed, code, &text);
            self.record(AuditSubject::OtherCommand, false, &text, cx);
        }
        command
    }

    pub(crate) fn define_modes(&mut self, payload: &[u8], cx: &mut Context<'_>) {
        let command = Command::DefineOperationalModes;
        if self.exchange.newest().is_some() || self.group.is_some() {
            let text = "operational modes cannot change while subscribed; unsubscribe first";
            return self.refuse(command, AuditSubject::OperationalModes, text, cx);
        }
        match OperationalModes::decode(payload) {
            Ok(modes) => self.accept_modes(modes, cx),
            Err(error) => {
                self.refuse(command, AuditSubject::OperationalModes, &error.to_string(), cx);
                if !matches!(error, ModesError::Truncated(_)) {
                    self.close(CloseReason::Refused(error.to_string()), cx.outbox);
                }
            }
        }
    }

    fn accept_modes(&mut self, modes: OperationalModes, cx: &mut Context<'_>) {
        let before = std::mem::replace(&mut self.phase, Phase::Ready(modes));
        self.outlet.encoding = modes.encoding;
        // A confirmation that is still to come must not count in the new version.
        self.exchange = CacheExchange::default();
        self.info.version = Some(modes.version);
        self.info.modes = Some(ConnectionModes::of(modes));
        let (release, version) = (env!("CARGO_PKG_VERSION"), modes.version as u32);
        let text = format!("{GREETING}{release}: STTP version {version} accepted");
        self.outlet.succeed(Command::DefineOperationalModes, &text);
        self.accept(AuditSubject::OperationalModes, &format!("version {version}, {:?}", modes.encoding), cx);
        self.notifications.send_waiting(&mut self.outlet);
        if matches!(before, Phase::AwaitingModes { .. }) {
            self.inbox.is_held = cx.told_first;
            cx.outbox.event(PublisherEvent::Connected(self.snapshot()));
        }
    }
}

/// What to tell operators when a response came where a command should have.
fn other_publisher(outgoing: bool) -> &'static str {
    match outgoing {
        true => {
            "a publisher is there, not a subscriber; connect to a subscriber that listens, or listen for one that \
             connects"
        }
        false => {
            "a publisher has connected to this publisher; let it connect to a subscriber that listens, or listen for \
             one that connects"
        }
    }
}
