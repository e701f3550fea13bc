mod clocks;
mod earlier_runs;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::codec::SignalIndexCache;
use crate::{Measurement, StateFlags, Ticks};

const START: i64 = 639_028_224_000_000_000;
const SECOND: i64 = Ticks::PER_SECOND;

fn signal(number: usize) -> Uuid {
    Uuid::from_u128(1 + number as u128)
}

fn cache(signals: &[usize]) -> SignalIndexCache {
    let mut cache = SignalIndexCache::new(Uuid::nil());
    signals.iter().for_each(|number| cache.push(signal(*number), "", 0));
    cache
}

/// A measurement of a row at a number of seconds.
fn measurement(signals: &[usize], row: usize, second: i64) -> Measurement {
    Measurement {
        signal_id: signal(signals[row]),
        timestamp: Ticks(START + second * SECOND),
        value: second as f64,
        flags: StateFlags::empty(),
        signal_index: row as u32,
    }
}

fn immediately() -> RecoverySettings {
    RecoverySettings { start_delay: Duration::ZERO, ..RecoverySettings::default() }
}

/// A subscriber of signals, and what its application got.
struct Subscriber {
    recovery: GapRecovery,
    signals: Vec<usize>,
    now: Instant,
    delivered: Vec<(usize, i64)>,
    /// What it was told to be lost.
    given_up: Vec<GivenUp>,
}

impl Subscriber {
    fn new(settings: RecoverySettings, signals: &[usize]) -> Subscriber {
        let mut recovery = GapRecovery::new(settings);
        recovery.use_cache(&cache(signals));
        Subscriber {
            recovery,
            signals: signals.to_vec(),
            now: Instant::now(),
            delivered: Vec::new(),
            given_up: Vec::new(),
        }
    }

    fn live(&mut self, row: usize, second: i64) {
        let mut room = Vec::new();
        let packet = [measurement(&self.signals, row, second)];
        let kept = self.recovery.live(&packet, self.now, &mut room).to_vec();
        self.deliver(&kept);
    }

    /// What a publisher has of a window, with rows of a cache in another order.
    fn recover(&mut self, archive: &[(usize, i64)], window: Window) {
        let mut signals = self.signals.clone();
        signals.reverse();
        self.recovery.use_recovery_cache(&cache(&signals));
        for (number, second) in archive {
            let time = START + second * SECOND;
            if (window.start.0..=window.stop.0).contains(&time) {
                let row = signals.iter().position(|signal| signal == number).unwrap();
                let mut kept = Vec::new();
                self.recovery.recovered(&[measurement(&signals, row, *second)], self.now, &mut kept);
                self.deliver(&kept);
            }
        }
    }

    fn deliver(&mut self, kept: &[Measurement]) {
        for one in kept {
            assert_eq!(signal(self.signals[one.signal_index as usize]), one.signal_id, "wrong row");
            let second = (one.timestamp.0 - START) / SECOND;
            self.delivered.push((self.signals[one.signal_index as usize], second));
        }
    }

    /// What is to be asked for now.
    fn next_window(&mut self) -> Option<Window> {
        self.recovery.handle_timeout(true, self.now);
        loop {
            match self.recovery.poll()? {
                Output::Recover(window) => return Some(window),
                Output::GivenUp(gap) => self.given_up.push(gap),
                Output::Stop(gap) => panic!("{gap}"),
            }
        }
    }

    fn gives_up(&mut self) -> bool {
        self.recovery.handle_timeout(true, self.now);
        matches!(self.recovery.poll(), Some(Output::Stop(gap)) if matches!(gap.reason, Reason::Silent(_)))
    }

    /// Recovers everything that is missing. Tells the windows that this took, in seconds.
    fn recover_all(&mut self, archive: &[(usize, i64)]) -> Vec<(i64, i64)> {
        let mut windows = Vec::new();
        while let Some(window) = self.next_window() {
            self.recover(archive, window);
            self.recovery.completed();
            windows.push(((window.start.0 - START) / SECOND, (window.stop.0 - START) / SECOND));
        }
        windows
    }

    /// What was delivered of a signal, in order.
    fn seconds_of(&self, signal: usize) -> Vec<i64> {
        let mut seconds: Vec<i64> =
            self.delivered.iter().filter(|one| one.0 == signal).map(|one| one.1).collect();
        seconds.sort_unstable();
        seconds
    }

    fn window(&mut self) -> Option<(i64, i64)> {
        let window = self.next_window()?;
        Some(((window.start.0 - START) / SECOND, (window.stop.0 - START) / SECOND))
    }
}

#[test]
fn nothing_is_asked_for_while_nothing_is_missing() {
    let mut subscriber = Subscriber::new(immediately(), &[7, 8]);
    (0..100).for_each(|second| subscriber.live(0, second));
    assert_eq!(subscriber.recovery.deadline(), None);
    assert_eq!(subscriber.window(), None);
    assert_eq!(subscriber.recovery.take_statistics(), RecoveryStatistics::default());
}

#[test]
fn a_gap_is_asked_for_with_its_buffers_after_the_delay() {
    let mut subscriber = Subscriber::new(RecoverySettings::default(), &[7]);
    subscriber.live(0, 100);
    subscriber.recovery.lost(subscriber.now);
    assert_eq!(subscriber.recovery.deadline(), None, "no end is known yet");
    subscriber.live(0, 160);
    assert_eq!(subscriber.recovery.deadline(), Some(subscriber.now + Duration::from_secs(20)));
    assert_eq!(subscriber.window(), None);
    subscriber.now += Duration::from_secs(20);
    assert_eq!(subscriber.window(), Some((80, 170)));
    assert_eq!(subscriber.window(), None, "one at a time");
}

#[test]
fn gaps_that_are_too_short_or_too_long_are_given_up() {
    let settings = RecoverySettings {
        minimum_span: Duration::from_secs(5),
        maximum_span: Duration::from_secs(50),
        ..immediately()
    };
    let mut subscriber = Subscriber::new(settings, &[7]);
    for (second, wanted) in [(0, false), (4, false), (54, true), (105, false)] {
        subscriber.live(0, second);
        assert_eq!(subscriber.window().is_some(), wanted, "{second}");
        subscriber.recovery.completed();
        subscriber.recovery.lost(subscriber.now);
    }
    let counts = subscriber.recovery.take_statistics();
    assert_eq!((counts.gaps, counts.gaps_abandoned, counts.gaps_recovered), (4, 2, 1));
    let told: Vec<String> = subscriber.given_up.iter().map(GivenUp::to_string).collect();
    assert!(told[0].contains("of 1 signal: that is shorter than minimumRecoverySpan, 5 seconds"), "{told:?}");
    assert!(told[1].contains("of 1 signal: that is longer than maximumRecoverySpan, 50 seconds"), "{told:?}");
    assert_eq!(told.len(), 2);
}

#[test]
fn what_was_delivered_live_is_not_recovered_and_the_other_way_round() {
    let mut subscriber = Subscriber::new(immediately(), &[7, 8]);
    subscriber.live(0, 10);
    subscriber.live(1, 12);
    subscriber.recovery.lost(subscriber.now);
    subscriber.live(0, 20);
    let window = subscriber.next_window().unwrap();
    let archive: Vec<_> = (0..=25).flat_map(|second| [(7, second), (8, second)]).collect();
    subscriber.recover(&archive, window);
    subscriber.recovery.completed();
    // Signal 8 was archived, and recovered, further than it came live.
    subscriber.live(1, 24);
    subscriber.live(1, 26);
    subscriber.live(0, 21);
    // The publisher is asked once more, for what signal 8 may have missed of it.
    subscriber.recover_all(&archive);
    assert_eq!(subscriber.seconds_of(7), (10..=21).collect::<Vec<_>>());
    assert_eq!(subscriber.seconds_of(8), (12..=26).collect::<Vec<_>>());
}

#[test]
fn a_recovery_that_breaks_off_is_continued_where_it_was() {
    let mut subscriber = Subscriber::new(immediately(), &[7]);
    subscriber.live(0, 100);
    subscriber.recovery.lost(subscriber.now);
    subscriber.live(0, 110);
    let window = subscriber.next_window().unwrap();
    subscriber.recover(&[(7, 101), (7, 102)], window);
    subscriber.recovery.interrupted(subscriber.now + Duration::from_secs(1));
    assert_eq!(subscriber.window(), None);
    subscriber.now += Duration::from_secs(1);
    assert_eq!(subscriber.window(), Some((82, 120)), "with the buffer again");
}

#[test]
fn a_recovery_that_gets_nothing_is_given_up() {
    let mut subscriber = Subscriber::new(immediately(), &[7]);
    subscriber.live(0, 100);
    subscriber.recovery.lost(subscriber.now);
    subscriber.live(0, 110);
    assert!(subscriber.window().is_some());
    assert!(!subscriber.gives_up());
    subscriber.now = subscriber.recovery.deadline().unwrap();
    assert!(subscriber.gives_up());
    assert_eq!(subscriber.recovery.take_statistics().gaps_abandoned, 1);
    assert_eq!(subscriber.recovery.deadline(), None);
}

/// Signals 7 and 8, of which the second came back when what both had missed was recovered.
fn back_after_the_recovery() -> Subscriber {
    let mut subscriber = Subscriber::new(immediately(), &[7, 8]);
    (0..2).for_each(|row| subscriber.live(row, 100));
    subscriber.recovery.lost(subscriber.now);
    subscriber.live(0, 110);
    assert_eq!(subscriber.recover_all(&[(7, 105)]), [(80, 120)]);
    subscriber.live(1, 112);
    assert_eq!(subscriber.recover_all(&[]), [], "everything was asked for");
    subscriber
}

#[test]
fn nothing_is_looked_up_once_everything_was_asked_for() {
    let mut subscriber = back_after_the_recovery();
    let (packet, mut room) = ([measurement(&[7, 8], 1, 113)], Vec::new());
    let kept = subscriber.recovery.live(&packet, subscriber.now, &mut room);
    assert!(std::ptr::eq(kept, &packet[..]), "it is handed on as it came");
}

#[test]
fn what_comes_live_after_it_was_asked_for_is_not_recovered_again() {
    let mut subscriber = back_after_the_recovery();
    subscriber.recovery.lost(subscriber.now);
    // The publisher has got it itself meanwhile.
    subscriber.live(1, 108);
    (0..2).for_each(|row| subscriber.live(row, 125));
    assert_eq!(subscriber.recover_all(&[(8, 108), (8, 120)]), [(90, 135)]);
    assert_eq!(subscriber.seconds_of(8), [100, 108, 112, 120, 125]);
}

#[test]
fn other_signals_keep_what_is_known_of_those_that_stay() {
    let mut subscriber = Subscriber::new(immediately(), &[7, 8]);
    subscriber.live(0, 10);
    subscriber.live(1, 10);
    subscriber.recovery.lost(subscriber.now);
    subscriber.signals = vec![9, 8];
    subscriber.recovery.use_cache(&cache(&[9, 8]));
    subscriber.live(1, 15);
    let window = subscriber.next_window().unwrap();
    subscriber.recover(&[(8, 9), (8, 10), (8, 11), (9, 11), (8, 15), (8, 16)], window);
    assert_eq!(subscriber.delivered[3..], [(8, 11), (9, 11)]);
}

#[test]
fn what_was_missed_first_and_comes_live_after_a_second_loss_is_delivered_once() {
    let mut subscriber = Subscriber::new(immediately(), &[7, 8]);
    (0..2).for_each(|row| subscriber.live(row, 100));
    subscriber.recovery.lost(subscriber.now);
    (0..2).for_each(|row| subscriber.live(row, 110));
    assert!(subscriber.next_window().is_some());
    subscriber.recovery.lost(subscriber.now);
    // From a publisher that has recovered it itself.
    subscriber.live(0, 105);
    (0..2).for_each(|row| subscriber.live(row, 125));
    subscriber.recover_all(&[(7, 105), (7, 120)]);
    assert_eq!(subscriber.seconds_of(7), [100, 105, 110, 120, 125]);
}

/// What happens next to a subscriber.
#[derive(Debug, Clone)]
enum Step {
    /// This many measurements are published while it is connected; so many of the last are
    /// delivered only if the connection stays.
    Live(u8),
    /// The connection breaks: this many measurements on their way are lost, and so many are
    /// published before it is back.
    Lose { in_flight: u8, missed: u8 },
    /// A recovery runs, and breaks off after so many measurements.
    Recover { breaks_after: Option<u8> },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..40u8).prop_map(Step::Live),
        (0..10u8, 0..40u8).prop_map(|(in_flight, missed)| Step::Lose { in_flight, missed }),
        proptest::option::of(0..30u8).prop_map(|breaks_after| Step::Recover { breaks_after }),
    ]
}

proptest! {
    /// Whatever breaks when: at the end everything that was published was delivered once.
    #[test]
    fn everything_is_delivered_once(
        steps in proptest::collection::vec(step(), 1..40),
        rows in proptest::collection::vec(0..5usize, 4000),
    ) {
        let signals = [3, 1, 4, 0, 2];
        let settings = RecoverySettings { maximum_span: Duration::MAX, ..immediately() };
        let mut subscriber = Subscriber::new(settings, &signals);
        let mut rows = rows.into_iter().cycle();
        let mut archive: Vec<(usize, i64)> = Vec::new();
        let mut publish = |archive: &mut Vec<(usize, i64)>| {
            let (row, second) = (rows.next().unwrap(), archive.len() as i64);
            archive.push((signals[row], second));
            (row, second)
        };
        // The first measurement tells since when there is something to miss.
        let (row, second) = publish(&mut archive);
        subscriber.live(row, second);
        let ending = [Step::Live(60), Step::Recover { breaks_after: None }];
        let drain = std::iter::repeat_n(Step::Recover { breaks_after: None }, 50);
        for step in steps.into_iter().chain(ending).chain(drain) {
            match step {
                Step::Live(count) => for _ in 0..count {
                    let (row, second) = publish(&mut archive);
                    subscriber.live(row, second);
                },
                Step::Lose { in_flight, missed } => {
                    for _ in 0..in_flight { publish(&mut archive); }
                    subscriber.recovery.lost(subscriber.now);
                    for _ in 0..missed { publish(&mut archive); }
                }
                Step::Recover { breaks_after } => {
                    let Some(window) = subscriber.next_window() else { continue };
                    let within: Vec<_> = archive
                        .iter()
                        .filter(|(_, second)| {
                            (window.start.0..=window.stop.0).contains(&(START + second * SECOND))
                        })
                        .copied()
                        .collect();
                    match breaks_after {
                        Some(count) => {
                            let count = usize::from(count).min(within.len());
                            subscriber.recover(&within[..count], window);
                            subscriber.recovery.interrupted(subscriber.now);
                        }
                        None => {
                            subscriber.recover(&within, window);
                            subscriber.recovery.completed();
                        }
                    }
                }
            }
        }
        let mut counts: HashMap<(usize, i64), usize> = HashMap::new();
        for one in &subscriber.delivered {
            *counts.entry(*one).or_default() += 1;
        }
        // What was on its way when the program ends was neither lost nor delivered; there is none.
        for one in &archive {
            prop_assert_eq!(counts.remove(one), Some(1), "{:?}", one);
        }
        prop_assert!(counts.is_empty());
    }
}
