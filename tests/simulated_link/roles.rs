//! Two publishers, or two subscribers, that are connected with each other learn which role the other
//! side has.

use std::time::{Duration, Instant};

use sttp::Ticks;
use sttp::engine::simulated::Random;
use sttp::session::publisher::{CloseReason, ConnectionKey, NewConnection, PublisherSettings};
use sttp::session::subscriber::{Output, SessionSettings, SubscriberError};
use sttp::session::{Moment, PublisherSession, SendQueue, SubscriberSession};
use sttp::wire::{SubscriptionOptions, Version};

use crate::link::Direction;
use crate::signals::catalog;

/// Time from turn to turn.
const STEP: Duration = Duration::from_millis(5);
/// More than two publishers take until their first keep-alive.
const LONG_ENOUGH: u32 = 4000;

/// Moves what is queued into a direction. Returns how many bytes went.
fn send(queue: &SendQueue, way: &mut Direction, now: Instant, random: &mut Random) -> usize {
    let bytes: Vec<u8> = queue.pieces().flatten().copied().collect();
    way.write(&bytes, now, random)
}

/// One of two publishers.
struct Publisher {
    session: PublisherSession,
    key: ConnectionKey,
    /// Why the connection ends.
    end: Option<CloseReason>,
}

impl Publisher {
    fn new(outgoing: bool, now: Moment) -> Publisher {
        let mut session = PublisherSession::new(PublisherSettings::default(), catalog(0..3));
        let address = ([127, 0, 0, 1], 7175).into();
        let key = session.open(NewConnection { outgoing, ..NewConnection::accepted(1, address) }, now);
        Publisher { session, key, end: None }
    }

    fn turn(&mut self, from: &mut Direction, to: &mut Direction, now: Moment, random: &mut Random) {
        self.session.handle_timeout(now);
        while let Some(piece) = from.read(now.instant, random) {
            self.session.receive(self.key, &piece, now);
        }
        let count = send(self.session.queue(self.key).unwrap(), to, now.instant, random);
        self.session.sent(self.key, count, now);
        if self.session.queue(self.key).unwrap().is_empty() {
            self.end = self.session.closing(self.key).cloned();
        }
    }
}

#[test]
fn two_publishers_are_told_what_to_do() {
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let mut now = Moment { instant: Instant::now(), utc: Ticks(639_028_224_000_000_000) };
        let (mut there, mut back) = (Direction::new(), Direction::new());
        let mut connecting = Publisher::new(true, now);
        // One side's keep-alive may be the first thing that the other one sees.
        now += STEP * random.below(200) as u32;
        let mut listening = Publisher::new(false, now);
        for _ in 0..LONG_ENOUGH {
            connecting.turn(&mut back, &mut there, now, &mut random);
            listening.turn(&mut there, &mut back, now, &mut random);
            now += STEP;
        }
        let reason = |publisher: &Publisher| match &publisher.end {
            Some(CloseReason::Refused(text)) => text.clone(),
            other => panic!("seed {seed}: {other:?}"),
        };
        let (connecting, listening) = (reason(&connecting), reason(&listening));
        assert!(connecting.starts_with("a publisher is there, not a subscriber; connect to"), "{connecting}");
        assert!(listening.starts_with("a publisher has connected to this publisher; let it"), "{listening}");
    }
}

#[test]
fn two_subscribers_are_told_what_to_do() {
    for seed in 0..20 {
        let mut random = Random::new(seed);
        let mut now = Instant::now();
        let version = [Version::V1, Version::V2, Version::V3][seed as usize % 3];
        let settings = SessionSettings { version, ..SessionSettings::default() };
        let mut ways = [Direction::new(), Direction::new()];
        let mut sessions = [(); 2].map(|()| SubscriberSession::new(settings.clone(), now));
        for session in &mut sessions {
            session.request_metadata("", now);
            session.subscribe(SubscriptionOptions::default()).unwrap();
        }
        let mut ends: [Option<SubscriberError>; 2] = [None, None];
        for _ in 0..LONG_ENOUGH {
            for side in 0..2 {
                let session = &mut sessions[side];
                let count = send(session.queue(), &mut ways[side], now, &mut random);
                session.queue().advance(count);
                while ends[side].is_none()
                    && let Some(piece) = ways[1 - side].read(now, &mut random)
                {
                    let mut rest = &piece[..];
                    while session.receive(&mut rest, now) {
                        ends[side] = session.poll().map(|output| match output {
                            Output::Ended(error) => error,
                            other => panic!("{other:?}"),
                        });
                    }
                }
            }
            now += STEP;
        }
        for end in ends {
            assert_eq!(end, Some(SubscriberError::OtherSubscriber), "seed {seed}");
        }
        let text = SubscriberError::OtherSubscriber.to_string();
        assert!(text.contains("is a subscriber too") && text.contains("connect to a publisher"), "{text}");
    }
}
