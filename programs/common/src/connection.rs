//! What operators are told of a subscriber's connection: each message once, signs of life while there is none, and how it
//! stands. In the words of the C tools.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sttp::error::Error;
use sttp::session::Severity;
use sttp::settings::{Endpoint, SubscriberSetup};

use crate::log::{self, Level};
use crate::supervisor;
use crate::text::{duration, plural};

/// Short outages are told by the messages of the library alone. Long ones are told less and less often.
const FIRST_SIGN: Duration = Duration::from_millis(2500);
const LEAST_BETWEEN: Duration = Duration::from_secs(10);
const MOST_BETWEEN: Duration = Duration::from_secs(300);

/// Tells of one connection; for the methods of the same names of a subscriber's handler. Copies tell of the same one.
#[derive(Debug, Clone)]
pub struct Teller {
    peer: Arc<str>,
    /// What is done at first.
    begins: &'static str,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// Each attempt to connect may meet the same problem.
    last_problem: String,
    outage: Option<Outage>,
}

#[derive(Debug, Clone, Copy)]
struct Outage {
    since: Instant,
    next_sign: Instant,
    attempts: u32,
}

impl Teller {
    /// Tells of the connection of a subscriber that is set up so.
    ///
    /// # Errors
    ///
    /// When the setup does not say where the publisher is.
    pub fn of(setup: &SubscriberSetup) -> Result<Teller, Error> {
        Ok(match setup.endpoint()? {
            Endpoint::Connect(address) => Teller::new(&address),
            Endpoint::Listen(address) => Teller { begins: "Listening on", ..Teller::new(&address) },
        })
    }

    /// Tells of the connection with a publisher at that address.
    pub fn new(peer: &str) -> Teller {
        Teller { peer: peer.into(), begins: "Connecting to", state: Arc::default() }
    }

    /// The publisher's address, as it was given, or where it is waited for.
    pub fn peer(&self) -> &str {
        &self.peer
    }

    /// It is about to begin; before anything else is told.
    pub fn begin(&self) {
        supervisor::status(&format!("{} {}", self.begins, self.peer));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is a connection.
    pub fn connected(&self, address: &str) {
        if let Some(line) = self.end(Instant::now()) {
            log::line(Level::Info, &line);
        }
        supervisor::status(&format!("Connected to {address}"));
    }

    /// An attempt of that number follows after a delay.
    pub fn reconnecting(&self, attempt: u32, delay: Duration) {
        if let Some(lasted) = self.attempt(attempt, Instant::now()) {
            let (peer, failed) = (&self.peer, attempt.saturating_sub(1));
            let failed = format!("{failed} attempt{} failed", plural(failed.into()));
            let lasted = duration(lasted);
            let next = delay.as_secs_f64();
            let line =
                format!("no connection with {peer} for {lasted}, {failed}; the next one in {next:.1} s");
            log::line(Level::Warning, &line);
            supervisor::status(&format!("No connection with {peer} for {lasted}, {failed}"));
        }
    }

    /// The publisher has granted so many signals.
    pub fn subscribed(&self, signals: usize) {
        let text = format!("ubscribed to {signals} signal{} of {}", plural(signals as u64), self.peer);
        if signals == 0 {
            log::line(Level::Warning, "the filter matches no signal of the publisher");
        } else if log::tells_events() {
            log::line(Level::Info, &format!("s{text}"));
        }
        supervisor::status(&format!("S{text}"));
    }

    /// Something that the library says.
    pub fn message(&self, severity: Severity, text: &str) {
        let level = Level::from(severity);
        if level > Level::Warning {
            // At the level debug the library's own log tells it.
            if log::tells_events() && !log::tells(Level::Debug) {
                log::line(level, text);
            }
        } else if std::mem::replace(&mut self.state().last_problem, text.to_owned()) != text {
            log::line(level, text);
        }
    }

    /// Takes note of an attempt; how long there has been no connection, when that is to be told.
    fn attempt(&self, attempt: u32, now: Instant) -> Option<Duration> {
        let mut state = self.state();
        let new = Outage { since: now, next_sign: now + FIRST_SIGN, attempts: 0 };
        let outage = state.outage.get_or_insert(new);
        outage.attempts = attempt;
        let lasted = now.saturating_duration_since(outage.since);
        if now < outage.next_sign {
            return None;
        }
        outage.next_sign = now + lasted.clamp(LEAST_BETWEEN, MOST_BETWEEN);
        Some(lasted)
    }

    /// Ends an outage; what is to be told of it.
    fn end(&self, now: Instant) -> Option<String> {
        let outage = self.state().outage.take()?;
        let lasted = now.saturating_duration_since(outage.since);
        (lasted >= FIRST_SIGN).then(|| {
            let (peer, attempts) = (&self.peer, outage.attempts);
            format!("connected with {peer} again after {}, at attempt {attempts}", duration(lasted))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_outages_are_told_less_and_less_often() {
        let teller = Teller::new("pdc:7165");
        let began = Instant::now();
        let at = |seconds: u64| began + Duration::from_secs(seconds);
        let told: Vec<u64> =
            (0..2000).filter(|second| teller.attempt(*second as u32 + 1, at(*second)).is_some()).collect();
        assert_eq!(told, [3, 13, 26, 52, 104, 208, 416, 716, 1016, 1316, 1616, 1916]);
        let end = teller.end(at(2000)).unwrap();
        assert_eq!(end, "connected with pdc:7165 again after 33 min 20 s, at attempt 2000");
        assert_eq!(teller.attempt(1, at(2001)), None);
        assert_eq!((teller.end(at(2002)), teller.end(at(2003))), (None, None));
    }
}
