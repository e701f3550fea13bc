//! What a thread learns that asks where its subscription stands, and what a reader learns when nothing is there.

use std::time::Duration;

use sttp::error::Error;
use sttp::publisher::PublisherSettings;

use crate::harness::{Network, coming_back, subscriber, wanting};
use crate::signals::not_a_number;

/// Where the subscription stands now.
fn standing(network: &Network, peer: usize) -> Result<(), Error> {
    network.peers[peer].subscriber.wait_until_subscribed(Some(Duration::ZERO))
}

/// What a read says, without waiting.
fn read(network: &Network, peer: usize) -> Result<usize, Error> {
    let mut room = [not_a_number(0); 10];
    network.peers[peer].subscriber.read(&mut room, Some(Duration::ZERO))
}

/// Both say the same of what keeps measurements from coming.
#[track_caller]
fn assert_told(network: &Network, peer: usize, text: &str, expected: fn(&Error) -> bool) {
    for error in [standing(network, peer).unwrap_err(), read(network, peer).unwrap_err()] {
        assert!(expected(&error) && error.to_string().contains(text), "{error:?}");
    }
}

#[test]
fn it_is_told_from_a_quiet_line() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.connect(subscriber(|settings| {
        settings.read_queue = 1_000;
        settings.reconnect = coming_back();
    }));
    assert_told(&network, peer, "not connected yet", |error| matches!(error, Error::NotConnected(_)));
    network.settle();
    assert_told(&network, peer, "nothing is subscribed", |error| matches!(error, Error::InvalidState(_)));
    network.subscribe(peer, &[1, 2]);
    assert_told(&network, peer, "not answered", |error| matches!(error, Error::Timeout(_)));
    network.settle();
    standing(&network, peer).unwrap();
    assert!(matches!(read(&network, peer), Err(Error::Timeout(text)) if text.contains("no measurement")));
    network.publish(100);
    network.settle();
    assert_eq!(read(&network, peer).unwrap(), 10);
    while read(&network, peer).is_ok() {}

    // An answer to what was asked before says nothing of what is asked now.
    let nonsense = wanting(&[]).filter("FILTER Nothing WHERE True".into());
    network.peers[peer].subscriber.subscribe(nonsense.clone()).unwrap();
    network.run_for(Duration::ZERO);
    network.subscribe(peer, &[77]);
    network.run_until("an answer", |network| !network.peers[peer].received.failed.is_empty());
    assert!(matches!(standing(&network, peer), Err(Error::Timeout(_) | Error::NoSignals(_))));
    network.settle();
    assert_told(&network, peer, "no signal", |error| matches!(error, Error::NoSignals(_)));
    // It gets one.
    network.redefine(0..100);
    network.settle();
    standing(&network, peer).unwrap();

    network.peers[peer].subscriber.subscribe(nonsense).unwrap();
    network.settle();
    assert_told(&network, peer, "Nothing", |error| matches!(error, Error::Refused(_)));
    network.subscribe(peer, &[1, 2]);
    assert_told(&network, peer, "not answered", |error| matches!(error, Error::Timeout(_)));
    network.settle();
    standing(&network, peer).unwrap();

    network.towards_publisher(peer, |way| way.unreachable = true);
    network.cut(peer);
    network.run_for(Duration::from_millis(1));
    assert_told(&network, peer, "not connected: ", |error| matches!(error, Error::NotConnected(_)));
    network.towards_publisher(peer, |way| way.unreachable = false);
    network.run_for(Duration::from_secs(30));
    standing(&network, peer).unwrap();
    network.peers[peer].subscriber.disconnect().unwrap();
    network.settle();
    assert_told(&network, peer, "disconnected", |error| matches!(error, Error::Closed(_)));
}

#[test]
fn who_gave_up_tells_why() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let peer = network.add();
    let settings = subscriber(|settings| settings.read_queue = 1_000);
    network.peers[peer].subscriber.subscribe(wanting(&[1])).unwrap();
    network.peers[peer].subscriber.connect("10.4.0.2:7165", settings).unwrap();
    network.settle();
    assert_told(&network, peer, "cannot connect to 10.4.0.2:7165", |error| matches!(error, Error::Closed(_)));
}

#[test]
fn the_past_is_over_when_it_was_read() {
    let settings = PublisherSettings::default().history_duration(Duration::from_secs(600));
    let mut network = Network::new(1, settings, 0..4);
    network.publish(100);
    network.settle();
    let peer = network.connect(subscriber(|settings| settings.read_queue = 1_000));
    let past = wanting(&[0, 1, 2, 3]).start_time(Some("2020-01-01".into())).processing_interval(0);
    network.subscribe_with(peer, past);
    network.run_until_complete(peer);
    assert!(matches!(standing(&network, peer), Err(Error::Complete(_))));
    let mut total = 0;
    while let Ok(count) = read(&network, peer) {
        total += count;
    }
    assert_eq!(total, 100, "what is queued can still be read");
    assert_told(&network, peer, "have ended", |error| matches!(error, Error::Complete(_)));
    // The publisher goes, which does not matter any more.
    network.cut(peer);
    network.settle();
    assert_told(&network, peer, "have ended", |error| matches!(error, Error::Complete(_)));
}
