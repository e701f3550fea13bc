//! A subscriber, and the board of what comes from it.

use std::time::{Duration, Instant};

use sttp::Ticks;
use sttp::engine::Engine;
use sttp::error::Error;
use sttp::settings::{Endpoint, SubscriberSetup};
use sttp::subscriber::Subscriber;

use crate::model::{Board, Facts, Intake};

/// A subscriber whose stream is watched.
pub struct Watch {
    subscriber: Subscriber,
    intake: Intake,
    /// Where the publisher is expected.
    place: String,
}

impl Watch {
    /// Connects, or listens, and subscribes, as the program of that name unless the setup says otherwise.
    ///
    /// # Errors
    ///
    /// When the setup cannot be, the system refuses to listen, or certificates cannot be used.
    pub fn begin(setup: &SubscriberSetup, program: &str) -> Result<Watch, Error> {
        let place = match setup.endpoint()? {
            Endpoint::Connect(address) => address,
            Endpoint::Listen(address) => format!("listening on {address}"),
        };
        let mut setup = setup.clone();
        if setup.subscription.assembly.source.is_empty() {
            setup.subscription.assembly.source = program.into();
            setup.subscription.assembly.version = env!("CARGO_PKG_VERSION").into();
        }
        let engine = Engine::shared()
            .map_err(|source| Error::Io { context: "no engine can be had".into(), source })?;
        let intake = Intake::default();
        let subscriber = Subscriber::new(&engine, intake.clone());
        subscriber.set_up(&setup)?;
        Ok(Watch { subscriber, intake, place })
    }

    /// A board to look at it with.
    pub fn board(&self) -> Board {
        Board::new(self.facts(), Ticks::now(), Instant::now())
    }

    /// Looks at what came.
    pub fn look(&self, board: &mut Board) {
        board.look(&self.intake, self.facts(), Ticks::now(), Instant::now());
    }

    /// Looks as often as the board wants, until `done` says so or the time is over; tells which.
    pub fn look_until(
        &self,
        board: &mut Board,
        time: Duration,
        mut done: impl FnMut(&Board) -> bool,
    ) -> bool {
        let end = Instant::now() + time;
        loop {
            self.look(board);
            if done(board) {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            std::thread::sleep(board.interval().min(left));
        }
    }

    /// Why nothing comes, once that is known.
    pub fn why_not(&self) -> Option<Error> {
        self.subscriber.wait_until_subscribed(Some(Duration::ZERO)).err()
    }

    fn facts(&self) -> Facts {
        let publisher = self.subscriber.publisher();
        Facts {
            state: self.subscriber.state(),
            since: publisher.as_ref().map(|publisher| publisher.connected_since),
            publisher: publisher
                .filter(|publisher| publisher.incoming)
                .map_or_else(|| self.place.clone(), |publisher| publisher.address.to_string()),
            security: self.subscriber.tls().map(|tls| tls.version.to_owned()),
            counters: self.subscriber.statistics(),
            latency: self.subscriber.latency_statistics(),
        }
    }
}
