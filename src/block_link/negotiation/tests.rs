use super::super::block::BlockFormat;
use super::super::feature::Feature;
use super::super::stream::PointStream;
use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn side(kind: LinkKind, role: LinkRole) -> Negotiator {
    Negotiator::new(kind, Abilities { role, ..Abilities::default() })
}

fn pair(kind: LinkKind) -> [Negotiator; 2] {
    [side(kind, LinkRole::Client), side(kind, LinkRole::Server)]
}

/// What happened at each side.
#[derive(Debug, Default)]
struct Log {
    received: Vec<Agreement>,
    committed: Vec<Agreement>,
    others: Vec<NegotiationOutput>,
}

/// Carries messages until none is left; `passes` says which get through.
fn run(sides: &mut [Negotiator; 2], now: Instant, mut passes: impl FnMut() -> bool) -> [Log; 2] {
    let mut logs = [Log::default(), Log::default()];
    loop {
        let mut is_idle = true;
        for from in 0..2 {
            while let Some(output) = sides[from].poll() {
                is_idle = false;
                let log = &mut logs[from];
                let message = match output {
                    NegotiationOutput::Send(message) => message,
                    NegotiationOutput::Commit { message, agreement } => {
                        log.committed.push(agreement);
                        message
                    }
                    NegotiationOutput::Receive(agreement) => {
                        log.received.push(agreement);
                        continue;
                    }
                    other => {
                        log.others.push(other);
                        continue;
                    }
                };
                if passes() {
                    sides[1 - from].receive(&message, now);
                }
            }
        }
        if is_idle {
            return logs;
        }
    }
}

fn session(negotiator: &Negotiator) -> SessionSelection {
    negotiator.agreement().unwrap().session.unwrap()
}

#[test]
fn the_best_that_both_can_is_agreed() {
    let now = Instant::now();
    let mut sides = pair(LinkKind::STREAM);
    sides[0].offer(now);
    let logs = run(&mut sides, now, || true);
    for (side, log) in sides.iter().zip(&logs) {
        assert_eq!(
            (session(side).format, session(side).stream),
            (BlockFormat::Compact, PointStream::Standard)
        );
        assert_eq!(session(side).features.iter().map(|(_, id)| id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        assert_eq!((log.received.len(), log.committed.len()), (1, 1));
        assert_eq!(side.deadline(), None);
        assert!(matches!(log.others[..], [NegotiationOutput::Done(_)]));
    }
    assert_eq!(sides[0].agreement().unwrap().peer, LinkRole::Server);
    assert_eq!(sides[1].agreement().unwrap().peer, LinkRole::Client);
    // Links that lose have neither, and other runtime IDs each time.
    let mut sides = pair(LinkKind::SERIAL);
    sides[1].offer(now);
    run(&mut sides, now, || true);
    let first = session(&sides[0]);
    assert_eq!((first.format, first.stream), (BlockFormat::Standard, PointStream::Raw));
    sides[0].offer(now);
    run(&mut sides, now, || true);
    let second = session(&sides[1]);
    assert!(second.features.iter().all(|(_, id)| first.features.feature(id).is_none()));
    assert_eq!(session(&sides[0]).features, second.features);
}

#[test]
fn encryption_comes_first_and_everything_again_inside_it() {
    let now = Instant::now();
    let able = |role, encryption: &[Encryption]| {
        let encryption = encryption.to_vec();
        Negotiator::new(LinkKind::STREAM, Abilities { role, encryption, ..Abilities::default() })
    };
    let both = [Encryption::Tls, Encryption::None];
    let mut sides = [able(LinkRole::Peer, &both), able(LinkRole::Server, &[Encryption::Tls])];
    sides[1].offer(now);
    let logs = run(&mut sides, now, || true);
    assert_eq!(logs[0].others, [NegotiationOutput::StartTls { as_client: false }]);
    assert_eq!(logs[1].others, [NegotiationOutput::StartTls { as_client: true }]);
    assert!(logs[0].received[0].session.is_none());
    sides.iter_mut().for_each(|side| side.restart(true));
    sides[1].offer(now);
    run(&mut sides, now, || true);
    assert_eq!(sides[0].agreement().unwrap().encryption, Encryption::Tls);
    assert_eq!(session(&sides[0]).format, BlockFormat::Compact);
    // Who cannot is told so at once where it is possible without.
    let mut sides = [able(LinkRole::Client, &both), able(LinkRole::Server, &[Encryption::None])];
    sides[0].offer(now);
    let logs = run(&mut sides, now, || true);
    assert_eq!(logs[0].received.len(), 2);
    assert_eq!(sides[0].agreement().unwrap().encryption, Encryption::None);
    assert_eq!(session(&sides[1]).stream, PointStream::Standard);
    // And refused where it is not.
    for (first, second) in [(Encryption::Tls, Encryption::None), (Encryption::None, Encryption::Tls)] {
        let mut sides = [able(LinkRole::Client, &[first]), able(LinkRole::Server, &[second])];
        sides[0].offer(now);
        let logs = run(&mut sides, now, || true);
        assert!(matches!(logs[0].others[..], [NegotiationOutput::Rejected(Reason::Encryption, _)]));
        assert!(sides.iter().all(|side| side.agreement().is_none()));
    }
}

#[test]
fn what_is_not_in_common_is_refused_with_its_reason() {
    let now = Instant::now();
    let usual = Abilities { role: LinkRole::Client, ..Abilities::default() };
    for (abilities, reason) in [
        (Abilities { role: LinkRole::Server, ..usual.clone() }, Reason::Role),
        (Abilities { features: vec![Feature::Points], ..usual.clone() }, Reason::Features),
        (
            Abilities { authentication: vec![Authentication::Certificate], ..usual.clone() },
            Reason::Authentication,
        ),
    ] {
        let mut sides =
            [Negotiator::new(LinkKind::DATAGRAMS, abilities), side(LinkKind::DATAGRAMS, LinkRole::Server)];
        sides[0].offer(now);
        let logs = run(&mut sides, now, || true);
        assert!(matches!(logs[0].others[..], [NegotiationOutput::Rejected(found, _)] if found == reason));
    }
}

#[test]
fn when_both_offer_one_of_them_wins() {
    let now = Instant::now();
    for _ in 0..20 {
        let mut sides = pair(LinkKind::SERIAL);
        sides[0].offer(now);
        sides[1].offer(now);
        let logs = run(&mut sides, now, || true);
        assert!(logs.iter().all(|log| log.received.len() == 1), "{logs:?}");
        assert_eq!(sides[0].agreement().unwrap().exchange, sides[1].agreement().unwrap().exchange);
    }
}

#[test]
fn messages_that_are_lost_come_again() {
    let start = Instant::now();
    let mut state = 7_u64;
    let mut chance = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 62 != 0
    };
    let mut agreed = 0;
    for _ in 0..100 {
        let mut sides = pair(LinkKind::SERIAL);
        let mut now = start;
        sides[0].offer(now);
        let mut has_ended = false;
        while sides.iter().any(|side| side.deadline().is_some()) {
            for log in run(&mut sides, now, &mut chance) {
                has_ended |= log.others.iter().any(|output| matches!(output, NegotiationOutput::End(_)));
            }
            now += SECOND;
            sides.iter_mut().for_each(|side| side.handle_timeout(now));
        }
        for log in run(&mut sides, now, &mut chance) {
            has_ended |= log.others.iter().any(|output| matches!(output, NegotiationOutput::End(_)));
        }
        if !has_ended {
            agreed += 1;
            assert_eq!(session(&sides[0]).features, session(&sides[1]).features);
        }
    }
    assert!(agreed > 50, "{agreed}");
}

#[test]
fn nobody_waits_for_ever() {
    let mut now = Instant::now();
    let mut sides = pair(LinkKind::SERIAL);
    sides[0].offer(now);
    let mut sent = 0;
    loop {
        let log = run(&mut sides, now, || {
            sent += 1;
            false
        });
        if matches!(log[0].others[..], [NegotiationOutput::End(_)]) {
            break;
        }
        now = sides[0].deadline().expect("it offers again, or ends");
        sides[0].handle_timeout(now);
    }
    assert_eq!((sent, sides[0].deadline()), (10, None));
}

#[test]
fn offers_without_end_are_refused_and_then_end_the_link() {
    let mut now = Instant::now();
    let mut negotiator = side(LinkKind::STREAM, LinkRole::Server);
    let offer = Message::Offer(Abilities { role: LinkRole::Client, ..Abilities::default() }.offer(
        LinkKind::STREAM,
        false,
        false,
    ));
    let mut answers = |exchange, now| {
        let mut bytes = Vec::new();
        offer.write(&mut bytes, exchange);
        negotiator.receive(&bytes, now);
        std::iter::from_fn(|| negotiator.poll()).collect::<Vec<_>>()
    };
    for exchange in 0..10 {
        assert!(matches!(answers(exchange, now)[..], [NegotiationOutput::Send(_)]));
    }
    for exchange in 10..20 {
        let [NegotiationOutput::Send(message), NegotiationOutput::Tell(_)] = &answers(exchange, now)[..]
        else {
            panic!("it is refused")
        };
        assert!(matches!(Message::read(message).1, Ok(Message::Reject { reason: Reason::TooOften, .. })));
    }
    assert!(matches!(answers(20, now)[..], [NegotiationOutput::End(_)]));
    now += Duration::from_secs(60);
    assert!(matches!(answers(21, now)[..], [NegotiationOutput::Send(_)]));
}

#[test]
fn a_link_that_leads_back_is_told() {
    let now = Instant::now();
    let mut negotiator = side(LinkKind::SERIAL, LinkRole::Peer);
    negotiator.offer(now);
    let Some(NegotiationOutput::Send(own)) = negotiator.poll() else { panic!("it offers") };
    negotiator.receive(&own, now);
    assert!(matches!(negotiator.poll(), Some(NegotiationOutput::Tell(text)) if text.contains("leads back")));
}

#[test]
fn what_was_not_offered_cannot_be_selected_and_what_was_not_selected_not_committed() {
    let now = Instant::now();
    let offered = |negotiator: &mut Negotiator| {
        negotiator.offer(now);
        let Some(NegotiationOutput::Send(offer)) = negotiator.poll() else { panic!("it offers") };
        let (exchange, Ok(Message::Offer(offer))) = Message::read(&offer) else { panic!("an offer") };
        (exchange, offer)
    };
    let other = Abilities { role: LinkRole::Server, ..Abilities::default() };
    let mut negotiator = side(LinkKind::SERIAL, LinkRole::Client);
    let (exchange, offer) = offered(&mut negotiator);
    let good = other.select(&offer, LinkKind::SERIAL, false, 100, &FeatureTable::default()).unwrap();
    let of_session = |change: fn(&mut SessionSelection)| {
        let mut selection = good.clone();
        change(selection.session.as_mut().unwrap());
        selection
    };
    for bad in [
        of_session(|session| session.format = BlockFormat::Compact),
        of_session(|session| session.stream = PointStream::Standard),
        of_session(|session| session.features = FeatureTable::default()),
        Selection { encryption: Encryption::Tls, ..good.clone() },
        Selection { role: LinkRole::Client, ..good.clone() },
        Selection { session: None, ..good.clone() },
    ] {
        let (exchange, _) = offered(&mut negotiator);
        let mut bytes = Vec::new();
        Message::Select(bad.clone()).write(&mut bytes, exchange);
        negotiator.receive(&bytes, now);
        let Some(NegotiationOutput::Send(message)) = negotiator.poll() else { panic!("{bad:?} is refused") };
        assert!(matches!(Message::read(&message).1, Ok(Message::Reject { reason: Reason::Malformed, .. })));
        while negotiator.poll().is_some() {}
    }
    // An answer to an offer that was given up.
    let mut bytes = Vec::new();
    Message::Select(good.clone()).write(&mut bytes, exchange);
    negotiator.receive(&bytes, now);
    assert_eq!(negotiator.poll(), None);
    let (exchange, _) = offered(&mut negotiator);
    let mut bytes = Vec::new();
    Message::Select(good.clone()).write(&mut bytes, exchange);
    negotiator.receive(&bytes, now);
    assert!(matches!(negotiator.poll(), Some(NegotiationOutput::Commit { .. })));
    let mut bytes = Vec::new();
    Message::Commit(of_session(|session| session.features = FeatureTable::default()))
        .write(&mut bytes, exchange);
    negotiator.receive(&bytes, now);
    assert!(matches!(negotiator.poll(), Some(NegotiationOutput::End(_))));
}

#[test]
fn messages_that_cannot_be_are_refused_and_never_a_panic() {
    let now = Instant::now();
    let mut negotiator = side(LinkKind::STREAM, LinkRole::Server);
    let offer = Abilities { role: LinkRole::Client, ..Abilities::default() };
    let mut bytes = Vec::new();
    Message::Offer(offer.offer(LinkKind::STREAM, false, false)).write(&mut bytes, 7);
    for length in 0..bytes.len() {
        let (_, message) = Message::read(&bytes[..length]);
        // Cut where an item ends it may be an offer of less.
        if let Ok(message) = message {
            assert!(matches!(message, Message::Offer(_)));
        }
    }
    let twice = [&bytes[..], &[1, 0, 1, 0]].concat();
    assert_eq!(Message::read(&twice), (7, Err(BlockLinkError::Item { tag: 1, problem: "comes twice" })));
    let unknown = [&bytes[..], &[200, 0, 1, 0]].concat();
    assert_eq!(Message::read(&unknown), Message::read(&bytes));
    negotiator.receive(&twice, now);
    assert!(matches!(negotiator.poll(), Some(NegotiationOutput::Tell(_))));
    assert!(matches!(negotiator.poll(), Some(NegotiationOutput::Send(_))));
    for place in 0..bytes.len() {
        for value in [0, 1, 0x7F, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[place] = value;
            negotiator.receive(&damaged, now);
            while negotiator.poll().is_some() {}
        }
    }
}

#[test]
fn one_way_links_are_announced() {
    let now = Instant::now();
    let kind = LinkKind::DATAGRAMS.one_way();
    let mut sides = [side(kind, LinkRole::Server), side(kind, LinkRole::Client)];
    let message = sides[0].announce();
    sides[1].receive(&message, now);
    let log = run(&mut sides, now, || true);
    assert_eq!(log[1].received.len(), 1);
    sides[1].receive(&message, now);
    assert_eq!(sides[1].poll(), None);
    let again = sides[0].announce();
    assert_ne!(again, message);
    assert_eq!(run(&mut sides, now, || true)[1].received.len(), 1);
    assert_eq!(session(&sides[0]), session(&sides[1]));
}

#[test]
fn announcements_without_end_are_bounded_and_told() {
    let mut now = Instant::now();
    let kind = LinkKind::DATAGRAMS.one_way();
    let mut sender = side(kind, LinkRole::Server);
    let mut receiver = side(kind, LinkRole::Client);
    let mut take = |now| {
        let message = sender.announce();
        receiver.receive(&message, now);
        std::iter::from_fn(|| receiver.poll()).collect::<Vec<_>>()
    };
    for _ in 0..20 {
        assert!(matches!(take(now)[..], [NegotiationOutput::Receive(_), NegotiationOutput::Done(_)]));
    }
    for _ in 0..100 {
        assert!(matches!(&take(now)[..], [NegotiationOutput::Tell(text)] if text.contains("20 agreements")));
    }
    now += Duration::from_secs(60);
    assert!(matches!(take(now)[..], [NegotiationOutput::Receive(_), NegotiationOutput::Done(_)]));
}

#[test]
fn an_offer_in_the_middle_of_an_exchange_waits_for_its_end() {
    let now = Instant::now();
    for kind in [LinkKind::STREAM, LinkKind::SERIAL] {
        // Of the side that has committed, and of the one that has selected.
        for offers_anew in 0..2 {
            let mut sides = pair(kind);
            sides[0].offer(now);
            let say = |from: usize, sides: &mut [Negotiator; 2]| {
                let message = match sides[from].poll() {
                    Some(NegotiationOutput::Send(message) | NegotiationOutput::Commit { message, .. }) => {
                        message
                    }
                    other => panic!("a message is sent: {other:?}"),
                };
                sides[1 - from].receive(&message, now);
            };
            say(0, &mut sides);
            if offers_anew == 1 {
                sides[1].offer(now);
            }
            say(1, &mut sides);
            if offers_anew == 0 {
                sides[0].offer(now);
            }
            let logs = run(&mut sides, now, || true);
            // Both have changed twice, each time in both directions.
            for log in &logs {
                let exchanges = |agreements: &[Agreement]| {
                    agreements.iter().map(|agreement| agreement.exchange).collect::<Vec<_>>()
                };
                assert_eq!(exchanges(&log.received), exchanges(&log.committed), "{kind:?}");
                assert_eq!(log.received.len(), 2, "{kind:?} {offers_anew}");
            }
            assert_eq!(sides[0].agreement().unwrap().exchange, sides[1].agreement().unwrap().exchange);
        }
    }
}
