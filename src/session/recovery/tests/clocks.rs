//! Clocks that are wrong, now and then or always.

use super::*;

/// Signals 7 and 8, of which the second has a clock that is so many seconds off. What both were sent from
/// second 0 on, while the link was cut from `cut` to `back`; then everything is recovered.
fn with_wrong_clock(offset: i64, wrong_first: bool, cut: i64, back: i64) -> Subscriber {
    let mut subscriber = Subscriber::new(immediately(), &[7, 8]);
    let mut archive = Vec::new();
    for second in 0..back + 30 {
        let mut rows = [(0, 7, second), (1, 8, second + offset)];
        if wrong_first {
            rows.reverse();
        }
        for (row, signal, time) in rows {
            archive.push((signal, time));
            if !(cut..back).contains(&second) {
                subscriber.live(row, time);
            }
        }
        if second == cut {
            subscriber.recovery.lost(subscriber.now);
        }
        subscriber.now += Duration::from_secs(1);
    }
    subscriber.recover_all(&archive);
    let delivered = subscriber.delivered.len();
    assert_eq!(delivered, archive.len(), "offset {offset}, wrong first: {wrong_first}");
    subscriber
}

#[test]
fn a_clock_that_is_wrong_costs_nobody_anything() {
    for offset in [45, -3, -25_200, 315_360_000, 5, -61, 61, 100, -100, 20, -20] {
        for wrong_first in [false, true] {
            for (cut, back) in [(20, 23), (20, 140)] {
                let subscriber = with_wrong_clock(offset, wrong_first, cut, back);
                assert_eq!(subscriber.given_up, [], "offset {offset}");
                let all: Vec<i64> = (0..back + 30).collect();
                assert_eq!(subscriber.seconds_of(7), all, "offset {offset}");
                let shifted: Vec<i64> = all.iter().map(|second| second + offset).collect();
                assert_eq!(subscriber.seconds_of(8), shifted, "offset {offset}");
            }
        }
    }
}

/// One time that is wrong, of the signal itself, just before the loss, just after it, or earlier.
#[test]
fn one_time_that_is_wrong_moves_no_gap() {
    for wrong in [25_200, -25_200, 315_360_000, 300] {
        for place in [5, 18, 19, 30, 31, 33] {
            let mut subscriber = Subscriber::new(RecoverySettings::default(), &[7]);
            let mut archive = Vec::new();
            for second in 0..80 {
                archive.push((7, second));
                let time = if second == place { second + wrong } else { second };
                if !(20..30).contains(&second) {
                    subscriber.live(0, time);
                }
                if second == 20 {
                    subscriber.recovery.lost(subscriber.now);
                }
                subscriber.now += Duration::from_secs(1);
            }
            let windows = subscriber.recover_all(&archive);
            assert!(
                windows.iter().all(|(start, stop)| stop - start < 200),
                "{wrong} at {place}: {windows:?}"
            );
            let got = subscriber.seconds_of(7);
            let missing: Vec<i64> = (0..80).filter(|second| !got.contains(second)).collect();
            // What was sent with the wrong time came with that one.
            assert!(missing.iter().all(|second| *second == place), "{wrong} at {place}: {missing:?}");
            let mut once = got.clone();
            once.dedup();
            assert_eq!(got, once, "{wrong} at {place}");
            assert_eq!(subscriber.given_up, [], "{wrong} at {place}");
        }
    }
}

/// A signal that reports once an hour misses no more than the others.
#[test]
fn a_slow_signal_does_not_make_the_window_longer() {
    let mut subscriber = Subscriber::new(immediately(), &[7, 8]);
    subscriber.live(1, 0);
    for second in 0..3000 {
        subscriber.live(0, second);
        subscriber.now += Duration::from_secs(1);
    }
    subscriber.recovery.lost(subscriber.now);
    subscriber.now += Duration::from_secs(60);
    subscriber.live(0, 3060);
    let archive: Vec<_> = (0..3060).map(|second| (7, second)).chain([(8, 3030)]).collect();
    let windows = subscriber.recover_all(&archive);
    assert_eq!(windows, [(2999 - 20, 3060 + 10)]);
    subscriber.now += Duration::from_secs(540);
    subscriber.live(1, 3600);
    assert_eq!(subscriber.recover_all(&archive), [], "everything was asked for");
    assert_eq!(subscriber.seconds_of(8), [0, 3030, 3600]);
}

#[test]
fn a_clock_that_is_set_back_while_the_link_is_cut_is_told() {
    let mut subscriber = Subscriber::new(immediately(), &[7, 8, 9]);
    (0..3).for_each(|row| subscriber.live(row, 1000));
    subscriber.recovery.lost(subscriber.now);
    for second in [100, 101] {
        subscriber.live(1, second);
        subscriber.live(2, second);
    }
    subscriber.live(0, 1010);
    assert_eq!(subscriber.recover_all(&[(7, 1005)]), [(980, 1020)]);
    let [gap] = &subscriber.given_up[..] else { panic!("{:?}", subscriber.given_up) };
    assert_eq!((&gap.reason, gap.signals), (&Reason::WentBack, 2));
    assert_eq!(subscriber.seconds_of(7), [1000, 1005, 1010]);
    let counts = subscriber.recovery.take_statistics();
    assert_eq!((counts.gaps_recovered, counts.gaps_abandoned), (1, 1));
}

#[test]
fn more_clocks_than_windows_are_told() {
    let signals: Vec<usize> = (0..100).collect();
    let mut subscriber = Subscriber::new(immediately(), &signals);
    let time_of = |row: usize, second: i64| second + if row < 50 { 0 } else { row as i64 * 10_000 };
    signals.iter().for_each(|row| subscriber.live(*row, time_of(*row, 0)));
    subscriber.recovery.lost(subscriber.now);
    let mut room = Vec::new();
    let packet: Vec<_> = signals.iter().map(|row| measurement(&signals, *row, time_of(*row, 10))).collect();
    subscriber.recovery.live(&packet, subscriber.now, &mut room);
    let windows = subscriber.recover_all(&[]);
    assert_eq!(windows.len(), 16);
    assert!(windows.contains(&(-20, 20)), "what most signals miss is recovered: {windows:?}");
    assert_eq!(subscriber.given_up[0].reason, Reason::TooManyClocks);
    assert_eq!(subscriber.given_up[0].signals, 100 - 50 - 15);
}

/// A publisher that has itself recovered something sends that later than what is newer, live and out of its history.
#[test]
fn what_the_publisher_recovered_is_recovered_from_it() {
    for order in [0, 1, 2] {
        let mut subscriber = Subscriber::new(immediately(), &[7, 8]);
        let both = |seconds: std::ops::Range<i64>| seconds.flat_map(|second| [(7, second), (8, second)]);
        (0..10).for_each(|second| (0..2).for_each(|row| subscriber.live(row, second)));
        subscriber.recovery.lost(subscriber.now);
        // The publisher had nothing from 20 to 100, and got it at 120.
        let archive: Vec<_> = match order {
            0 => both(0..20).chain(both(100..120)).chain(both(20..100)).chain(both(120..200)).collect(),
            1 => both(0..20).chain(both(100..200)).chain(both(20..100)).collect(),
            _ => both(0..20).chain(both(20..60)).chain(both(100..200)).chain(both(60..100)).collect(),
        };
        (150..200).for_each(|second| (0..2).for_each(|row| subscriber.live(row, second)));
        subscriber.recover_all(&archive);
        for signal in [7, 8] {
            assert_eq!(subscriber.seconds_of(signal), (0..200).collect::<Vec<_>>(), "order {order}");
        }
    }
}

/// The same, while it still sends what it recovered between what it has live.
#[test]
fn what_the_publisher_recovers_meanwhile_ends_no_gap() {
    let settings = RecoverySettings { start_delay: Duration::from_secs(20), ..RecoverySettings::default() };
    let mut subscriber = Subscriber::new(settings, &[7]);
    (0..10).for_each(|second| subscriber.live(0, second));
    subscriber.recovery.lost(subscriber.now);
    // Second 30 to 99 come late, those up to 60 while the link is cut.
    for step in 0..40 {
        subscriber.live(0, 60 + step);
        subscriber.live(0, 150 + step);
        subscriber.now += Duration::from_secs(1);
    }
    let archive: Vec<_> =
        (0..30).chain(100..150).chain(30..60).chain(150..160).map(|second| (7, second)).collect();
    subscriber.recover_all(&archive);
    assert_eq!(subscriber.seconds_of(7), (0..190).collect::<Vec<_>>());
}
