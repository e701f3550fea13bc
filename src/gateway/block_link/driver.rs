//! A link on its loop.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use crossbeam_channel::Receiver;
use mio::Token;

use super::handler::LinkHandler;
use super::line::Line;
use super::plan::Plan;
use super::{LinkState, Request, Shared};
use crate::c37118::Frame;
use crate::engine::{Driver, Io, Readiness};
use crate::operator::Severity;

/// The driver of a link.
pub(super) struct LinkDriver {
    shared: Arc<Shared>,
    requests: Receiver<Request>,
    /// What the line is made of when the loop has the driver.
    parts: Option<(Plan, Box<dyn LinkHandler>)>,
    line: Option<Line>,
    /// Measurements and bytes of frames that the line has taken since its application saw how it stands.
    taken: usize,
    finished: bool,
}

impl LinkDriver {
    pub(super) fn new(
        shared: Arc<Shared>,
        requests: Receiver<Request>,
        plan: Plan,
        handler: Box<dyn LinkHandler>,
    ) -> LinkDriver {
        LinkDriver { shared, requests, parts: Some((plan, handler)), line: None, taken: 0, finished: false }
    }

    /// Has the line do something, and lets the application see what has become of it.
    fn with_line(&mut self, io: &mut Io<'_>, call: impl FnOnce(&mut Line, &mut Io<'_>)) {
        let Some(line) = &mut self.line else { return };
        call(line, io);
        let mut info = self.shared.info();
        let is_to_be_opened = self.shared.openings.load(Ordering::Acquire) > 0;
        line.show(&mut info, is_to_be_opened);
        self.shared.waiting.fetch_sub(std::mem::take(&mut self.taken), Ordering::AcqRel);
        drop(info);
        self.shared.shown.notify_all();
        self.finished = self.shared.dropped.load(Ordering::Acquire) && line.is_closed();
    }

    fn do_request(&mut self, request: Request, line: &mut Line, io: &mut Io<'_>) {
        let now = io.moment();
        match request {
            Request::Open => {
                self.shared.openings.fetch_sub(1, Ordering::AcqRel);
                line.open(io);
            }
            Request::Close => line.close(io),
            Request::Subscribe(filter, times) => line.session.subscribe(&filter, times, now),
            Request::Unsubscribe => line.session.unsubscribe(now),
            Request::AskForMetadata => line.session.request_metadata(now),
            Request::SetMetadata(metadata) => line.session.set_metadata(metadata, now),
            Request::SetConfiguration(frames) => {
                if let Err(error) = line.session.set_configuration(frames, now) {
                    line.message(
                        Severity::Error,
                        format!("The configuration is not used: {error}"),
                        now.instant,
                    );
                }
            }
            Request::Publish(measurements) => {
                self.taken += measurements.len();
                match line.is_open() {
                    true => line.session.publish(&measurements, now),
                    false => line.counters.measurements_while_closed += measurements.len() as u64,
                }
            }
            Request::PublishFrame(bytes) => {
                self.taken += bytes.len();
                if !line.is_open() {
                    line.counters.frames_while_closed += 1;
                    return;
                }
                let refused = match Frame::decode(&bytes) {
                    Ok(frame) => line.session.publish_frame(&frame).err().map(|error| error.to_string()),
                    Err(error) => Some(error.to_string()),
                };
                if let Some(reason) = refused {
                    line.counters.frames_refused += 1;
                    line.message(Severity::Warning, format!("A frame is not sent: {reason}"), now.instant);
                }
            }
        }
    }
}

impl Driver for LinkDriver {
    fn start(&mut self, io: &mut Io<'_>) {
        if let Some((plan, handler)) = self.parts.take() {
            self.line = Some(Line::new(plan, handler, io));
        }
        self.notified(io);
    }

    fn notified(&mut self, io: &mut Io<'_>) {
        let Some(mut line) = self.line.take() else { return };
        while let Ok(request) = self.requests.try_recv() {
            self.do_request(request, &mut line, io);
        }
        if self.shared.dropped.load(Ordering::Acquire) {
            line.close(io);
        }
        self.line = Some(line);
        self.with_line(io, Line::proceed);
    }

    fn ready(&mut self, io: &mut Io<'_>, token: Token, readiness: Readiness) {
        self.with_line(io, |line, io| line.ready(token, readiness, io));
    }

    fn timeout(&mut self, io: &mut Io<'_>) {
        self.with_line(io, Line::timeout);
    }

    fn deadline(&self) -> Option<Instant> {
        self.line.as_ref().and_then(Line::deadline)
    }

    fn finished(&self) -> bool {
        self.finished
    }
}

impl Drop for LinkDriver {
    fn drop(&mut self) {
        let mut info = self.shared.info();
        info.state = LinkState::Closed;
        self.shared.ended.store(true, Ordering::Release);
        drop(info);
        self.shared.shown.notify_all();
    }
}
