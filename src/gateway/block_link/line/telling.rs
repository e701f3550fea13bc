//! What a link tells its application.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use super::securing::Starting;
use super::{Line, Way};
use crate::block_link::session::LinkEvent;
use crate::error::Error;
use crate::gateway::block_link::LinkState;
use crate::gateway::block_link::plan::TakeMetadata;
use crate::metadata::{DataSet, Limits, Metadata};
use crate::operator::{Severity, log_message};

/// What becomes of metadata that have come, found elsewhere than on the loop.
pub(super) type Taken = Result<Arc<Metadata>, String>;

/// Why a session takes nothing more.
pub(super) enum Interruption {
    /// It has ended.
    Ended(Error),
    /// What comes next belongs to the handshake of TLS.
    Secures,
}

impl Line {
    /// Takes what the session tells, up to where it takes nothing more, and says why.
    pub(super) fn take_events(&mut self, now: Instant) -> ControlFlow<Interruption> {
        while let Some(event) = self.session.poll_event() {
            let handler = &mut *self.handler;
            match event {
                LinkEvent::Agreed(agreement) => {
                    self.state = LinkState::Running;
                    handler.agreed(&agreement);
                    match &mut self.way {
                        Way::Dialer(dialer) => dialer.proven(),
                        Way::Finder(finder) => finder.proven(),
                        Way::Acceptor(_) => {}
                    }
                }
                LinkEvent::Measurements(measurements) => handler.measurements(measurements),
                LinkEvent::Frame(frame) => handler.frame(&frame),
                LinkEvent::Configuration { id_code, frames } => handler.configuration(id_code, &frames),
                LinkEvent::Metadata(xml) => {
                    let take = self.plan.take_metadata.clone();
                    // One that is under way is of metadata that were replaced.
                    self.metadata = Some(self.elsewhere.run(move || read_metadata(&xml, take)));
                }
                LinkEvent::Subscribed { filter, signals } => handler.subscribed(filter.as_deref(), signals),
                LinkEvent::Answered { status, signals, text } => handler.answered(status, signals, &text),
                LinkEvent::Signal { .. } => {}
                LinkEvent::NoDocument(name) => {
                    let text = format!("The other side has no {:?} {}.", name.kind, name.subject);
                    self.message(Severity::Info, text, now);
                }
                LinkEvent::Rejected(reason, text) => {
                    let told = format!("The other side refuses what was offered: {} {text}", reason.text());
                    self.message(Severity::Warning, told, now);
                }
                LinkEvent::Message { severity, text } => self.message(severity, text, now),
                LinkEvent::StartTls { as_client, received } => {
                    self.starting = Some(Starting { as_client, received });
                    return ControlFlow::Break(Interruption::Secures);
                }
                LinkEvent::Ended { reason } => {
                    return ControlFlow::Break(Interruption::Ended(Error::NotConnected(reason)));
                }
            }
        }
        ControlFlow::Continue(())
    }

    pub(in crate::gateway::block_link) fn message(&mut self, severity: Severity, text: String, now: Instant) {
        if let Some(text) = self.limiter.pass(text, now) {
            log_message(severity, "sttp::gateway", &text);
            self.handler.message(severity, &text);
        }
    }
}

/// Reads metadata, and has them taken by whoever wants them read and checked.
fn read_metadata(xml: &[u8], take: Option<TakeMetadata>) -> Taken {
    let data_set = DataSet::from_xml(xml, &Limits::default()).map_err(|error| error.to_string())?;
    let metadata = Arc::new(Metadata::new(data_set));
    metadata.validate();
    if let Some(take) = take {
        take(&metadata)?;
    }
    Ok(metadata)
}
