//! A subscriber, and the board of what comes from it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sttp::Ticks;
use sttp::engine::Engine;
use sttp::error::Error;
use sttp::settings::{Endpoint, SubscriberSetup};
use sttp::subscriber::Subscriber;
use sttp_programs::connection::Teller;
use sttp_programs::silence::Silence;

use crate::model::{Board, Facts, Intake};

/// A subscriber whose stream is watched.
pub struct Watch {
    subscriber: Arc<Subscriber>,
    intake: Intake,
    /// Where the publisher is expected.
    place: String,
    teller: Teller,
    silence: Mutex<Silence>,
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
        let teller = Teller::of(setup)?;
        let mut setup = setup.clone();
        if setup.subscription.assembly.source.is_empty() {
            setup.subscription.assembly.source = program.into();
            setup.subscription.assembly.version = env!("CARGO_PKG_VERSION").into();
        }
        let engine = Engine::shared()
            .map_err(|source| Error::Io { context: "no engine can be had".into(), source })?;
        let intake = Intake::new(teller.clone());
        let subscriber = Arc::new(Subscriber::new(&engine, intake.clone()));
        teller.begin();
        subscriber.set_up(&setup)?;
        Ok(Watch { subscriber, intake, place, teller, silence: Mutex::default() })
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

    /// The subscriber, for those who count.
    pub fn subscriber(&self) -> &Arc<Subscriber> {
        &self.subscriber
    }

    /// Tells operators when the publisher is connected and sends nothing. To be called about twice a second.
    pub fn look_for_silence(&self) {
        let mut silence = self.silence.lock().unwrap_or_else(PoisonError::into_inner);
        silence.watch(&self.subscriber, self.teller.peer());
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
