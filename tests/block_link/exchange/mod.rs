//! Whole exchanges over two-way links: the session on one side, on the other one the side in Python, which knows no more than
//! `docs/block-links.md`.

mod pair;

use std::time::Duration;

use serde_json::{Value, json};
use sttp::block_link::LinkKind;
use sttp::block_link::negotiation::{LinkRole, Reason};
use sttp::settings::{BlockLinkSettings, TimeForm};

use crate::items::hex;
use pair::{FREQUENCIES, Key, Pair, SIGNALS, Setup, can, filters, metadata, settings, signal, xml};

/// The kinds of links, with a name.
const KINDS: [(&str, LinkKind); 3] =
    [("stream", LinkKind::STREAM), ("serial", LinkKind::SERIAL), ("datagrams", LinkKind::DATAGRAMS)];

/// Everything once, over a link that loses nothing now: agreements again and again in mid-stream, each with another form of blocks or
/// another stream, and times in another form; metadata that grow.
fn everything(seed: u64) {
    let (name, kind) = KINDS[seed as usize % 3];
    let role = [LinkRole::Client, LinkRole::Server, LinkRole::Peer][seed as usize / 3 % 3];
    let offers = [[true, false], [false, true], [true, true]][(seed as usize + seed as usize / 3) % 3];
    let (mut format, mut stream) = ([1, 2], [1, 2]);
    let mut pair = Pair::open(&Setup {
        kind,
        role,
        settings: BlockLinkSettings::default(),
        offers,
        format: &format,
        stream: &stream,
        largest: 700,
        seed,
    });
    pair.run(Duration::from_secs(3));
    assert!(!pair.log.agreed.is_empty(), "{name} {role:?} {offers:?}: {:?} {:?}", pair.told, pair.log.ended);
    pair.subscribe(role, "", TimeForm::Ticks);
    pair.run(Duration::from_secs(3));
    pair.check_metadata(role, SIGNALS);
    let mut sent = Vec::new();
    let mut signals = SIGNALS;
    for round in 0..8 {
        for _ in 0..3 {
            sent.extend(pair.publish(role, signals));
            // Sometimes it is still on its way when something else happens.
            if pair.chance.is() {
                pair.settle();
            }
        }
        match round % 4 {
            0 => {
                pair.chance.is().then(|| format.reverse());
                stream.reverse();
                let can = can(role, &format, &stream, 700);
                pair.command(json!({"do": "renegotiate", "can": can}));
            }
            1 => pair.session.renegotiate(pair.now),
            2 => {
                format.reverse();
                let can = can(role, &format, &stream, 700);
                pair.command(json!({"do": "renegotiate", "can": can}));
            }
            _ => {
                let times = if round < 4 { TimeForm::DateTime2 } else { TimeForm::Ticks };
                pair.settle();
                pair.subscribe(role, "", times);
                signals += 7;
                if role != LinkRole::Client {
                    pair.session.set_metadata(metadata(signals), pair.now);
                }
                if role != LinkRole::Server {
                    pair.command(
                        json!({"do": "grow", "xml": hex(&xml(signals)), "filters": filters(signals)}),
                    );
                }
                pair.run(Duration::from_secs(4));
            }
        }
        if pair.chance.is() {
            sent.extend(pair.publish(role, signals));
        }
        pair.run(Duration::from_secs(13));
    }
    pair.check_came(role, &sent);
    pair.check_metadata(role, signals);
    let agreed: Vec<(u64, u64)> = pair
        .python_told("agreed")
        .iter()
        .map(|told| (told[1].as_u64().unwrap(), told[2].as_u64().unwrap()))
        .collect();
    assert_eq!(pair.log.agreed, agreed, "both know the same agreements");
    assert!(agreed.len() >= 7, "{agreed:?}");
    let kinds = |of: fn(&(u64, u64)) -> u64| [1, 2].map(|one| agreed.iter().any(|each| of(each) == one));
    let both = [true, !kind.loses()];
    assert_eq!((kinds(|each| each.0), kinds(|each| each.1)), (both, both), "{agreed:?}");
    let (counters, counts) = (pair.session.counters(), pair.counts());
    assert_eq!((counters.points_unknown, counters.points_malformed, counters.contradictions), (0, 0, 0));
    let rejected = (counters.blocks_unknown, counters.messages_rejected, counters.blocks_lost);
    assert_eq!(rejected, (0, 0, 0), "{name} {role:?}: {:?}", pair.log.messages);
    for name in ["unknown", "malformed", "contradictions", "lost", "skipped"] {
        assert_eq!(counts[name], 0, "{counts}");
    }
    assert_eq!(
        counts["points"]["contradictions"], 0,
        "an ID has the same fields as long as an agreement holds"
    );
}

#[test]
fn the_side_in_python_exchanges_everything() {
    // Each kind of link with each role, and either with each way of offering.
    for seed in 0..9 {
        everything(seed);
    }
}

#[test]
fn a_piece_that_is_lost_on_the_way_comes_again() {
    for role in [LinkRole::Client, LinkRole::Server] {
        let mut pair = Pair::open(&Setup {
            kind: LinkKind::SERIAL,
            role,
            settings: settings(|settings| settings.block_size = 128),
            offers: [role == LinkRole::Client, role == LinkRole::Server],
            format: &[1],
            stream: &[1],
            largest: 128,
            seed: 1,
        });
        // Only pieces are that long.
        pair.lost_size = 128;
        pair.run(Duration::from_secs(1) / 2);
        assert_eq!((pair.log.metadata.len(), pair.python_told("metadata").len()), (0, 0), "{role:?}");
        assert!(pair.lost > 0);
        pair.lost_size = 0;
        pair.run(Duration::from_secs(8));
        pair.check_metadata(role, SIGNALS);
        let asked: Vec<Value> = ["asks again", "asked again"]
            .iter()
            .flat_map(|what| pair.python_told(what))
            .map(|told| told[1].clone())
            .collect();
        assert_eq!(asked, [json!(1)], "{role:?}: for the one piece that is missing, once");
    }
}

#[test]
fn filters_are_answered_and_what_is_no_filter_is_refused() {
    for role in [LinkRole::Client, LinkRole::Server] {
        let mut pair = Pair::open(&Setup {
            kind: LinkKind::DATAGRAMS,
            role,
            settings: BlockLinkSettings::default(),
            offers: [true, false],
            format: &[2, 1],
            stream: &[2, 1],
            largest: 1_400,
            seed: 2,
        });
        pair.run(Duration::from_secs(2));
        pair.subscribe(role, FREQUENCIES, TimeForm::DateTime2);
        pair.run(Duration::from_secs(2));
        let sent: Vec<Key> = (0..5).flat_map(|_| pair.publish(role, SIGNALS)).collect();
        pair.run(Duration::from_secs(1));
        let chosen: Vec<Key> = sent
            .into_iter()
            .filter(|key| (1..=SIGNALS).any(|number| number % 3 == 0 && signal(number) == key.0))
            .collect();
        assert!(!chosen.is_empty());
        pair.check_came(role, &chosen);
        pair.subscribe(role, "FILTER nothing of the kind", TimeForm::Ticks);
        pair.run(Duration::from_secs(2));
        if role == LinkRole::Client {
            assert_eq!(pair.log.answered, [SIGNALS as u32 / 3, 0]);
            let subscribed = pair.python_told("subscribed");
            assert_eq!((&subscribed[0][1], &subscribed[0][2]), (&json!(FREQUENCIES), &json!(0)));
            assert_eq!(subscribed[1][2], 1);
        } else {
            let answered = pair.python_told("answered");
            assert_eq!(answered, [&json!(["answered", 0, SIGNALS as u32 / 3]), &json!(["answered", 1, 0])]);
            assert_eq!(pair.log.subscribed[0], (Some(FREQUENCIES.to_owned()), SIGNALS as usize / 3));
        }
    }
}

#[test]
fn what_cannot_be_agreed_is_refused_by_either_and_the_link_goes_on() {
    // What Python can do from now on, the role that it has then, and the reason.
    let cases: [(Value, u64, Reason); 5] = [
        (json!({"encryption": [2]}), 2, Reason::Encryption),
        (json!({"authentication": [4]}), 3, Reason::Authentication),
        (json!({"role": 1}), 5, Reason::Role),
        (json!({"features": ["points", "documents"]}), 6, Reason::Features),
        (json!({"stream": [2]}), 7, Reason::Stream),
    ];
    for (change, number, reason) in cases {
        for python_offers in [true, false] {
            let role = LinkRole::Client;
            let mut pair = Pair::open(&Setup {
                kind: LinkKind::STREAM,
                role,
                settings: settings(|settings| settings.standard_stream = false),
                offers: [false, true],
                format: &[2, 1],
                stream: &[1],
                largest: 900,
                seed: 3,
            });
            pair.subscribe(role, "", TimeForm::Ticks);
            pair.run(Duration::from_secs(1));
            let mut can = can(role, &[2, 1], &[1], 900);
            for (name, value) in change.as_object().unwrap() {
                can[name] = value.clone();
            }
            if python_offers {
                pair.command(json!({"do": "renegotiate", "can": can}));
            } else {
                pair.command(json!({"do": "restrict", "can": can}));
                pair.session.renegotiate(pair.now);
            }
            pair.run(Duration::from_secs(1));
            match python_offers {
                true => assert_eq!(pair.python_told("rejected"), [&json!(["rejected", number])]),
                false => assert_eq!(pair.log.rejected, [reason]),
            }
            assert_eq!(pair.log.agreed, [(2, 1)], "{reason:?}");
            let sent = pair.publish(role, SIGNALS);
            pair.run(Duration::from_secs(1));
            pair.check_came(role, &sent);
        }
    }
}

#[test]
fn on_links_that_lose_what_comes_is_right_and_the_rest_is_counted() {
    for seed in 0..8 {
        let (name, kind) = KINDS[1 + seed as usize % 2];
        let mut pair = Pair::open(&Setup {
            kind,
            role: LinkRole::Peer,
            settings: BlockLinkSettings::default(),
            offers: [seed % 4 < 2, seed % 4 >= 2],
            format: &[1],
            stream: &[1],
            largest: 512,
            seed,
        });
        pair.loss = 12;
        let mut sent = Vec::new();
        pair.subscribe(LinkRole::Peer, "", TimeForm::Ticks);
        for round in 0..60 {
            pair.run(Duration::from_secs(1) / 2);
            sent.extend(pair.publish(LinkRole::Peer, SIGNALS));
            if round % 20 == 10 {
                pair.session.renegotiate(pair.now);
            }
        }
        pair.loss = 0;
        // So that the last ones are noticed to be lost, and metadata are repaired.
        pair.run(Duration::from_secs(12));
        pair.check_metadata(LinkRole::Peer, SIGNALS);
        for (who, came) in [("session", &pair.log.came), ("Python", &pair.came)] {
            assert!(
                came.iter().all(|key| sent.contains(key)),
                "{name} {seed}: {who} got what nobody has sent"
            );
            assert!(
                came.len() * 10 > sent.len() * 6 && came.len() < sent.len(),
                "{who}: {} of {}",
                came.len(),
                sent.len()
            );
        }
        let (counters, counts) = (pair.session.counters(), pair.counts());
        let number = |name: &str| counts[name].as_u64().unwrap();
        assert_eq!(counters.blocks_sent, number("blocks") + number("lost"), "{name} {seed}");
        assert_eq!(number("sent"), counters.blocks_received + counters.blocks_lost, "{name} {seed}");
        assert_eq!(pair.lost, number("lost") + counters.blocks_lost, "{name} {seed}");
        assert!(number("repeated") > 0, "what definitions are of is repeated");
        assert_eq!((counters.contradictions, number("contradictions")), (0, 0));
    }
}
