//! What is remembered over the end of the process.

use super::*;

fn at(second: i64) -> Ticks {
    Ticks(START + second * SECOND)
}

fn gap(start: i64, stop: Option<i64>, signals: &[usize]) -> LoggedGap {
    LoggedGap {
        start: at(start),
        stop: stop.map(at),
        signals: signals.iter().map(|number| signal(*number)).collect(),
    }
}

/// A run that finds these gaps in its log.
fn resumed(gaps: &[LoggedGap]) -> Subscriber {
    let mut subscriber = Subscriber::new(immediately(), &[]);
    gaps.iter().for_each(|gap| subscriber.recovery.resume(gap.clone(), subscriber.now));
    let possible = gaps.iter().filter(|gap| gap.stop.is_none_or(|stop| stop >= gap.start));
    let possible: Vec<LoggedGap> = possible.cloned().collect();
    assert_eq!(subscriber.recovery.gaps(subscriber.now), possible, "what is not recovered yet is kept");
    subscriber
}

fn use_signals(subscriber: &mut Subscriber, signals: &[usize]) {
    subscriber.signals = signals.to_vec();
    subscriber.recovery.use_cache(&cache(signals));
}

#[test]
fn gaps_of_an_earlier_run_are_asked_for() {
    let mut subscriber = resumed(&[gap(20, Some(30), &[]), gap(50, None, &[])]);
    use_signals(&mut subscriber, &[7]);
    subscriber.live(0, 100);
    let archive: Vec<_> = (0..=110).map(|second| (7, second)).collect();
    assert_eq!(subscriber.recover_all(&archive), [(0, 40), (30, 110)]);
    let recovered: Vec<i64> = subscriber.delivered[1..].iter().map(|one| one.1).collect();
    assert_eq!(recovered, (21..=29).chain(51..=99).collect::<Vec<_>>());
    assert_eq!(subscriber.recovery.gaps(subscriber.now), [gap(100, None, &[])]);
    assert_eq!(subscriber.given_up, []);
}

#[test]
fn every_gap_that_goes_on_is_kept() {
    let mut subscriber = resumed(&[gap(50, None, &[]), gap(20, None, &[]), gap(70, None, &[])]);
    use_signals(&mut subscriber, &[7]);
    subscriber.live(0, 100);
    let archive: Vec<_> = (0..=100).map(|second| (7, second)).collect();
    subscriber.recover_all(&archive);
    assert_eq!(subscriber.seconds_of(7), (21..=100).collect::<Vec<_>>());
}

#[test]
fn gaps_that_overlap_are_delivered_once() {
    let mut subscriber = resumed(&[gap(30, Some(60), &[]), gap(20, None, &[])]);
    use_signals(&mut subscriber, &[7]);
    subscriber.live(0, 100);
    let archive: Vec<_> = (0..=100).map(|second| (7, second)).collect();
    subscriber.recover_all(&archive);
    assert_eq!(subscriber.seconds_of(7), (21..=100).collect::<Vec<_>>());
}

/// Written by hand, or by a run whose clock was wrong.
#[test]
fn gaps_that_cannot_be_are_told_and_cost_the_others_nothing() {
    let (past, future) = (-11 * 86_400, 315_360_000);
    let mut subscriber =
        resumed(&[gap(past, None, &[]), gap(future, None, &[]), gap(20, None, &[]), gap(9, Some(5), &[])]);
    use_signals(&mut subscriber, &[7]);
    subscriber.live(0, 100);
    let archive: Vec<_> = (0..=100).map(|second| (7, second)).collect();
    assert_eq!(subscriber.recover_all(&archive), [(0, 110)]);
    assert_eq!(subscriber.seconds_of(7), (21..=100).collect::<Vec<_>>());
    let reasons: Vec<_> = subscriber.given_up.iter().map(|gap| &gap.reason).collect();
    let too_long = Reason::TooLong(RecoverySettings::default().maximum_span);
    assert_eq!(reasons, [&Reason::WentBack, &too_long, &Reason::WentBack]);
    assert_eq!(subscriber.recovery.gaps(subscriber.now), [gap(100, None, &[])], "they are gone for good");
}

#[test]
fn a_wrong_clock_is_remembered_by_its_own_signals() {
    for offset in [45, -25_200, 315_360_000] {
        let mut first = Subscriber::new(immediately(), &[7, 8, 9]);
        for second in 0..100 {
            first.live(0, second);
            first.live(1, second + offset);
            first.live(2, second);
            first.now += Duration::from_secs(1);
        }
        first.recovery.lost(first.now);
        let remembered = first.recovery.gaps(first.now);
        assert_eq!(remembered, [gap(99, None, &[]), gap(99 + offset, None, &[8])]);
        let mut second = resumed(&remembered);
        use_signals(&mut second, &[9, 8, 7]);
        second.live(1, 130 + offset);
        second.live(0, 130);
        second.live(2, 130);
        let archive: Vec<_> =
            (50..=130).flat_map(|second| [(7, second), (8, second + offset), (9, second)]).collect();
        second.recover_all(&archive);
        let expected: Vec<i64> = (100..=130).collect();
        assert_eq!((second.seconds_of(7), second.seconds_of(9)), (expected.clone(), expected.clone()));
        let shifted: Vec<i64> = expected.iter().map(|second| second + offset).collect();
        assert_eq!(second.seconds_of(8), shifted, "{offset}");
        assert_eq!(second.given_up, []);
    }
}

/// A run that ends while its gaps wait remembers whose they are.
#[test]
fn gaps_that_wait_are_remembered_with_their_signals() {
    let offset = -25_200;
    let mut subscriber = Subscriber::new(immediately(), &[7, 8, 9]);
    let live = |subscriber: &mut Subscriber, second| {
        (0..3).for_each(|row| subscriber.live(row, second + if row == 1 { offset } else { 0 }));
    };
    live(&mut subscriber, 0);
    subscriber.recovery.lost(subscriber.now);
    live(&mut subscriber, 10);
    assert!(subscriber.next_window().is_some());
    let mut remembered = subscriber.recovery.gaps(subscriber.now);
    remembered.sort_by_key(|gap| gap.start);
    let ended = [gap(offset, Some(10 + offset), &[8]), gap(10 + offset, None, &[8])];
    assert_eq!(remembered, [&ended[..], &[gap(0, Some(10), &[]), gap(10, None, &[])]].concat());
}

#[test]
fn many_places_take_few_lines() {
    let signals: Vec<usize> = (0..1000).collect();
    let mut subscriber = Subscriber::new(immediately(), &signals);
    signals.iter().for_each(|row| subscriber.live(*row, *row as i64 / 20));
    let remembered = subscriber.recovery.gaps(subscriber.now);
    assert!(remembered.len() <= 16, "{}", remembered.len());
    assert_eq!(
        remembered.iter().map(|gap| gap.start).min(),
        Some(at(0)),
        "rather something twice than nothing"
    );
}
