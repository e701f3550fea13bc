//! The second connection, on which a subscriber fetches what it missed while the first was lost.

use std::io;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use mio::Token;

use super::delivery::Delivery;
use super::outage_log::{OutageLog, WRITE_INTERVAL};
use super::settings::SubscriberSettings;
use super::stream::Stream;
use crate::engine::pump::ReadEnd;
use crate::engine::{Address, Dialer, Established, Io, Readiness, ReconnectSettings};
use crate::session::recovery::{self, GapRecovery, GivenUp, Reason, Window};
use crate::session::subscriber::{Output, SessionSettings};
use crate::session::{ALL_THERE_ARE, END_HERE, Severity, SubscriberSession};
use crate::settings::SubscriptionOptions;
use crate::wire::Command;
use crate::{Measurement, Ticks};

/// Reads of one turn: fewer than those of the live connection, which goes first.
const READS_PER_TURN: usize = 4;
/// How long to wait after a recovery broke off.
const RETRY_DELAY: Duration = Duration::from_secs(5);
/// The recovery itself is tried again, by another connection.
const ONE_ATTEMPT: ReconnectSettings = ReconnectSettings {
    enabled: false,
    initial_delay: Duration::ZERO,
    max_delay: Duration::ZERO,
    max_attempts: 1,
};

/// Recovers one gap at a time.
#[derive(Default)]
pub(super) struct Recoverer {
    link: Link,
    log: Option<OutageLog>,
    /// When the log is to be written next.
    log_due: Option<Instant>,
    settings: SessionSettings,
    options: SubscriptionOptions,
    incoming: Incoming,
}

/// What comes of a recovery.
#[derive(Default)]
struct Incoming {
    /// Room for what is new of a packet.
    kept: Vec<Measurement>,
    /// Something new has come since it was asked for.
    has_advanced: bool,
}

#[derive(Default)]
enum Link {
    #[default]
    Idle,
    Dialing(Box<Dialer>),
    Serving(Box<Stream>),
}

/// The subscription of the present, whose past is recovered.
pub(super) struct Live<'a> {
    pub(super) address: &'a Address,
    pub(super) settings: &'a SubscriberSettings,
    pub(super) options: &'a SubscriptionOptions,
}

/// How a recovery ends.
enum Outcome {
    /// Everything was sent, and what the publisher says of it.
    Complete(String),
    /// The publisher has no such data.
    Refused(String),
    /// It may go on later.
    Broken(String),
}

impl Recoverer {
    /// A subscriber begins to connect, as `settings` say: looks out for gaps, if it is to.
    pub(super) fn open(&mut self, settings: &SubscriberSettings, delivery: &mut Delivery, now: Instant) {
        if !settings.recovery.enabled {
            return;
        }
        let mut gaps = GapRecovery::new(settings.recovery);
        if !settings.outage_log.is_empty() {
            match OutageLog::open(&settings.outage_log) {
                Ok((log, earlier)) => {
                    earlier.into_iter().for_each(|gap| gaps.resume(gap, now));
                    self.log = Some(log);
                }
                Err(error) => {
                    delivery.shared.count(|counts| counts.outage_log_failures += 1);
                    let text = format!("The outage log {} cannot be used: {error}", settings.outage_log);
                    delivery.message(Severity::Error, text);
                }
            }
        }
        delivery.gaps = Some(gaps);
    }

    /// The live connection is lost.
    pub(super) fn lost(&mut self, delivery: &mut Delivery, io: &mut Io<'_>) {
        self.stop(io);
        if let Some(gaps) = &mut delivery.gaps {
            gaps.lost(io.now());
        }
        count(delivery);
        self.write_log(delivery, io.now());
    }

    /// The application wants no measurements any more.
    pub(super) fn forget(&mut self, delivery: &mut Delivery, io: &mut Io<'_>) {
        self.stop(io);
        if let Some(gaps) = &mut delivery.gaps {
            gaps.forget();
        }
    }

    /// The subscriber disconnects. What is missing then stays in the log.
    pub(super) fn close(&mut self, delivery: &mut Delivery, io: &mut Io<'_>) {
        self.lost(delivery, io);
        if let Some(mut log) = self.log.take()
            && let Err(error) = log.finish()
        {
            log_failed(&error, delivery);
        }
        delivery.gaps = None;
    }

    /// Does what is due: gives up what brings nothing, and begins with the next gap, once there
    /// is a `live` subscription of which measurements flow.
    pub(super) fn attend(&mut self, live: Option<Live<'_>>, delivery: &mut Delivery, io: &mut Io<'_>) {
        if live.is_some() {
            self.write_log_if_due(delivery, io.now());
        }
        if let Some(gaps) = &mut delivery.gaps {
            gaps.handle_timeout(live.is_some(), io.now());
        }
        while let Some(output) = delivery.gaps.as_mut().and_then(GapRecovery::poll) {
            match output {
                recovery::Output::Recover(window) => {
                    if let Some(live) = &live {
                        self.begin(window, live, delivery, io);
                    }
                }
                recovery::Output::GivenUp(gap) => self.given_up(&gap, delivery, io.now()),
                recovery::Output::Stop(gap) => {
                    self.stop(io);
                    self.given_up(&gap, delivery, io.now());
                }
            }
        }
    }

    fn given_up(&self, gap: &GivenUp, delivery: &mut Delivery, now: Instant) {
        count(delivery);
        self.write_log(delivery, now);
        delivery.message(Severity::Warning, gap.to_string());
    }

    /// Connects, and subscribes as `live` does, for the past.
    fn begin(&mut self, window: Window, live: &Live<'_>, delivery: &mut Delivery, io: &mut Io<'_>) {
        let Live { address, settings, options } = live;
        // By TCP, whatever the live connection does.
        self.settings = SessionSettings { compress_payload: settings.compress_payload, ..settings.session() };
        self.options = SubscriptionOptions {
            start_time: Some(time_constraint(window.start)),
            stop_time: Some(time_constraint(window.stop)),
            processing_interval: settings.recovery.processing_interval,
            throttled: false,
            ..(*options).clone()
        };
        let text = format!("Recovering what was missed from {} to {}.", window.start, window.stop);
        delivery.message(Severity::Info, text);
        let security = delivery.shared.security.clone();
        self.incoming.has_advanced = false;
        let mut dialer = Box::new(Dialer::new((*address).clone(), ONE_ATTEMPT, security));
        let begun = dialer.start(io);
        self.link = Link::Dialing(dialer);
        self.dialed(begun, delivery, io);
    }

    fn write_log_if_due(&mut self, delivery: &mut Delivery, now: Instant) {
        if self.log.is_some() && self.log_due.is_none_or(|due| due <= now) {
            self.log_due = Some(now + WRITE_INTERVAL);
            self.write_log(delivery, now);
        }
    }

    fn write_log(&self, delivery: &mut Delivery, now: Instant) {
        let Some(log) = &self.log else { return };
        if let Some(error) = log.failure() {
            log_failed(&error, delivery);
        }
        let Some(gaps) = &delivery.gaps else { return };
        log.write(gaps.gaps(now));
    }

    /// Goes on with what is under way; to be called when the driver is notified and when the
    /// deadline has passed.
    pub(super) fn proceed(&mut self, delivery: &mut Delivery, io: &mut Io<'_>) {
        if let Link::Serving(stream) = &self.link
            && stream.is_due(io.now())
        {
            self.serve(Readiness { readable: true, writable: true }, delivery, io);
        }
        match &mut self.link {
            Link::Idle => {}
            Link::Dialing(dialer) => {
                let dialed = dialer.proceed(io);
                self.dialed(dialed, delivery, io);
            }
            Link::Serving(stream) => {
                stream.session.handle_timeout(io.now());
                let ended = stream.drain(|output| take(output, io.now(), &mut self.incoming, delivery));
                if let ControlFlow::Break(outcome) = ended {
                    return self.end(outcome, delivery, io);
                }
                self.serve(Readiness { readable: false, writable: true }, delivery, io);
            }
        }
    }

    /// True when the token is one of this connection; then everything was done.
    pub(super) fn ready(
        &mut self,
        token: Token,
        readiness: Readiness,
        delivery: &mut Delivery,
        io: &mut Io<'_>,
    ) -> bool {
        match &self.link {
            Link::Dialing(dialer) if dialer.owns(token) => self.proceed(delivery, io),
            Link::Serving(stream) if stream.owns(token) => self.serve(readiness, delivery, io),
            _ => return false,
        }
        true
    }

    /// When [`proceed`](Self::proceed) and [`attend`](Self::attend) are to be called
    /// at the latest, while measurements flow.
    pub(super) fn deadline(&self, delivery: &Delivery) -> Option<Instant> {
        let gaps = delivery.gaps.as_ref()?.deadline();
        let log = self.log.as_ref().and(self.log_due);
        let link = match &self.link {
            Link::Idle => None,
            Link::Dialing(dialer) => dialer.deadline(),
            Link::Serving(stream) => stream.session.deadline(),
        };
        [gaps, log, link].into_iter().flatten().min()
    }

    /// Gives up the connection.
    fn stop(&mut self, io: &mut Io<'_>) {
        match std::mem::take(&mut self.link) {
            Link::Idle => {}
            Link::Dialing(mut dialer) => dialer.stop(io),
            Link::Serving(stream) => stream.close(io),
        }
    }

    fn dialed(&mut self, dialed: Option<io::Result<Established>>, delivery: &mut Delivery, io: &mut Io<'_>) {
        match dialed {
            None => {}
            Some(Ok(established)) => {
                let mut session = SubscriberSession::new(self.settings.clone(), io.now());
                let subscribed = session.subscribe(self.options.clone());
                let stream = Stream::new(established, session, delivery.shared.clone());
                self.link = Link::Serving(Box::new(stream));
                match subscribed {
                    Ok(()) => self.serve(Readiness { readable: true, writable: true }, delivery, io),
                    Err(error) => self.end(Outcome::Refused(error.to_string()), delivery, io),
                }
            }
            Some(Err(error)) => self.end(Outcome::Broken(error.to_string()), delivery, io),
        }
    }

    fn serve(&mut self, readiness: Readiness, delivery: &mut Delivery, io: &mut Io<'_>) {
        let Link::Serving(stream) = &mut self.link else { return };
        if let Err(outcome) = serve(stream, readiness, &mut self.incoming, delivery, io) {
            self.end(outcome, delivery, io);
        }
    }

    fn end(&mut self, outcome: Outcome, delivery: &mut Delivery, io: &mut Io<'_>) {
        self.stop(io);
        let Some(gaps) = &mut delivery.gaps else { return };
        let told = match outcome {
            Outcome::Complete(text) => gaps.completed().map(|gap| match text.starts_with(ALL_THERE_ARE) {
                true => (Severity::Warning, format!("{gap} Not everything was there: {text}")),
                false => (Severity::Info, gap.to_string()),
            }),
            Outcome::Refused(text) => {
                gaps.abandoned(Reason::Refused(text)).map(|gap| (Severity::Warning, gap.to_string()))
            }
            Outcome::Broken(text) => {
                gaps.interrupted(io.now() + RETRY_DELAY);
                Some((Severity::Warning, format!("A recovery broke off and will go on: {text}")))
            }
        };
        count(delivery);
        if let Some((severity, text)) = told {
            delivery.message(severity, text);
        }
        self.write_log(delivery, io.now());
    }
}

fn log_failed(error: &io::Error, delivery: &mut Delivery) {
    delivery.shared.count(|counts| counts.outage_log_failures += 1);
    let text = format!(
        "The outage log cannot be written: {error}. What is missing is not remembered over the end of this program."
    );
    delivery.message(Severity::Error, text);
}

/// Adds what was found and recovered since the last call.
fn count(delivery: &mut Delivery) {
    let Some(gaps) = &mut delivery.gaps else { return };
    let new = gaps.take_statistics();
    delivery.shared.count(|counts| {
        counts.gaps += new.gaps;
        counts.gaps_recovered += new.gaps_recovered;
        counts.gaps_abandoned += new.gaps_abandoned;
        counts.measurements_recovered += new.measurements_recovered;
    });
}

/// Reads and sends what there is. The end of the recovery is an error.
fn serve(
    stream: &mut Stream,
    readiness: Readiness,
    incoming: &mut Incoming,
    delivery: &mut Delivery,
    io: &mut Io<'_>,
) -> Result<(), Outcome> {
    let now = io.now();
    if readiness.readable {
        match stream.read(READS_PER_TURN, io, |output| take(output, now, incoming, delivery)) {
            ReadEnd::Pausing => {}
            ReadEnd::Stopped(outcome) => return Err(outcome),
            ReadEnd::PeerEnded => return Err(Outcome::Broken("the publisher closed the connection".into())),
            ReadEnd::Failed(error) => return Err(Outcome::Broken(error.to_string())),
        }
    }
    stream.write().map_err(|error| Outcome::Broken(error.to_string()))
}

/// Acts on what the publisher sent. An outcome ends the recovery.
fn take(
    output: Output<'_>,
    now: Instant,
    incoming: &mut Incoming,
    delivery: &mut Delivery,
) -> ControlFlow<Outcome> {
    let Some(gaps) = delivery.gaps.as_mut() else { return ControlFlow::Continue(()) };
    match output {
        Output::SubscriptionUpdated { cache, .. } => gaps.use_recovery_cache(&cache),
        Output::Measurements(measurements) => {
            gaps.recovered(measurements, now, &mut incoming.kept);
            // Before they are delivered, so that the application finds them counted.
            count(delivery);
            if !incoming.kept.is_empty() {
                incoming.has_advanced = true;
                delivery.handler.recovered_measurements(&incoming.kept);
            }
        }
        Output::ProcessingComplete(text) => return ControlFlow::Break(Outcome::Complete(text)),
        Output::Failed { command: Command::Subscribe, text } => {
            // What was cut off is asked for again from there on; each time brings it further, or is the last.
            return ControlFlow::Break(match incoming.has_advanced && text.starts_with(END_HERE) {
                true => Outcome::Broken(text),
                false => Outcome::Refused(text),
            });
        }
        Output::Ended(error) => return ControlFlow::Break(Outcome::Broken(error.to_string())),
        Output::Message(severity, text) => delivery.message(severity, format!("while recovering: {text}")),
        _ => {}
    }
    ControlFlow::Continue(())
}

/// As every implementation reads it.
fn time_constraint(time: Ticks) -> String {
    let text = time.to_string();
    text.trim_end_matches('Z').replace('T', " ")
}
