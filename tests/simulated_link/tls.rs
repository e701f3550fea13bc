//! TLS on the simulated network: bytes that come in pieces, time that passes, strangers in numbers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sttp::engine::simulated::{Peer, RawListener};
use sttp::publisher::{PublisherSettings, UdpSettings};
use sttp::session::Severity;
use sttp::subscriber::{ConnectionState, Subscriber, SubscriberSettings};
use sttp::tls::TlsSettings;
use sttp::wire::Command;

use crate::harness::{
    DAY, End, Network, PUBLISHER, PublisherTold, Slow, by_udp, coming_back, made, quiet, subscriber,
    trusting, wanting,
};

/// A publisher with TLS, and the settings of its subscribers.
fn secured(loops: usize, seed: u64, settings: PublisherSettings) -> (Network, TlsSettings) {
    let (ours, theirs) = (made("publisher", 365), made("subscriber", 365));
    let network = Network::with_loops(loops, seed, settings, 0..20);
    network.publisher.secure(Some(trusting(&ours, &theirs))).unwrap();
    network.publisher.configure(settings).unwrap();
    (network, trusting(&theirs, &ours))
}

fn connect(
    network: &mut Network,
    tls: &TlsSettings,
    settings: SubscriberSettings,
    signals: &[usize],
) -> usize {
    let peer = network.connect_after(settings, |subscriber| subscriber.secure(Some(tls.clone())).unwrap());
    network.subscribe(peer, signals);
    peer
}

/// Warnings that the publisher has told since the last call.
fn warnings(network: &mut Network) -> Vec<String> {
    let told = network.take_events().into_iter();
    told.filter_map(|event| match event {
        PublisherTold::Message(Severity::Warning, text) => Some(text),
        _ => None,
    })
    .collect()
}

#[test]
fn everything_arrives_in_whatever_pieces_it_comes() {
    for seed in 0..6 {
        let loops = 1 + seed as usize % 2;
        let (mut network, tls) = secured(loops, seed, PublisherSettings::default());
        let peers = [0, 1].map(|_| connect(&mut network, &tls, quiet(), &[3, 5, 7]));
        network.settle();
        for _ in 0..30 {
            network.publish(500);
            network.step();
        }
        network.settle();
        for peer in peers {
            network.assert_received_all(peer, &[3, 5, 7]);
            assert!(network.info(peer).tls.is_some());
        }
        network.publisher.stop().unwrap();
        network.settle();
        assert!(
            matches!(network.peers[peers[0]].error(), Some(End::Closed(_))),
            "{:?}",
            network.peers[peers[0]].error()
        );
    }
}

#[test]
fn measurements_by_udp_are_encrypted_unless_the_operator_says_otherwise() {
    let keys = |settings: PublisherSettings| {
        let (mut network, tls) = secured(1, 3, settings);
        let peer = connect(&mut network, &tls, by_udp(|_| {}), &[1, 2]);
        network.settle();
        network.publish(2_000);
        network.settle();
        network.assert_received_all(peer, &[1, 2]);
        assert!(network.datagrams(peer).sizes.len() > 1);
        let succeeded = network.peers[peer].received.succeeded.iter();
        succeeded.filter(|command| **command == Command::RotateCipherKeys).count()
    };
    assert_eq!(keys(PublisherSettings::default()), 1);
    let clear = UdpSettings::default().clear_with_tls(true);
    assert_eq!(keys(PublisherSettings::default().udp(clear)), 0);
}

#[test]
fn strangers_in_numbers_keep_nobody_out() {
    let (mut network, tls) = secured(1, 5, PublisherSettings::default());
    let stranger = |number: u16| IpAddr::V4(Ipv4Addr::new(10, 9, (number / 40) as u8, 1));
    // More than there are places, each silent.
    let strangers: Vec<_> =
        (0..600).map(|number| network.simulation.connect(stranger(number), PUBLISHER)).collect();
    network.run_for(Duration::from_secs(1));
    let honest = connect(&mut network, &tls, quiet(), &[1]);
    network.run_for(Duration::from_secs(2));
    network.publish(100);
    network.run_for(Duration::from_millis(500));
    network.assert_complete(honest, &[1]);
    let ended = || strangers.iter().filter(|peer| !matches!(peer.read(), Ok((_, false)))).count();
    assert!(ended() >= 600 - 512, "who came first and took most places has lost them");
    network.run_for(Duration::from_secs(10));
    assert_eq!(ended(), 600, "nobody stays who says nothing");
    assert!(
        warnings(&mut network)
            .iter()
            .any(|text| text.contains("was not done within 10 s (handshakeTimeout)"))
    );
    assert_eq!(network.simulation.open_connection_ends(), 2 + 600);
}

#[test]
fn a_byte_now_and_then_does_not_prolong_the_handshake() {
    let (mut network, _tls) = secured(1, 6, PublisherSettings::default());
    let slow = network.simulation.connect(IpAddr::V4(Ipv4Addr::new(10, 9, 0, 1)), PUBLISHER);
    network.run_for(Duration::from_millis(100));
    for byte in [22, 3, 1, 2, 0, 1, 0, 1, 252, 3] {
        slow.write(&[byte]).unwrap();
        network.run_for(Duration::from_millis(900));
        assert!(!slow.read().unwrap().1);
    }
    network.run_for(Duration::from_secs(2));
    assert!(slow.read().is_ok_and(|(_, is_over)| is_over));
}

#[test]
fn certificates_that_soon_end_are_told_every_day() {
    let (ours, theirs) = (made("publisher", 365), made("subscriber", 10));
    let mut network = Network::new(7, PublisherSettings::default(), 0..4);
    network.publisher.secure(Some(trusting(&ours, &theirs))).unwrap();
    network.run_for(Duration::from_secs(1));
    let first = warnings(&mut network);
    assert!(
        matches!(&first[..], [text] if text.contains("expires in 9 days") && text.contains("CN=subscriber")),
        "{first:?}"
    );
    network.run_for(DAY * 3);
    assert_eq!(warnings(&mut network).len(), 3);
    network.publisher.secure(None).unwrap();
    network.run_for(DAY * 3);
    assert_eq!(warnings(&mut network), [""; 0]);
}

/// Where somebody is on the way between a subscriber and the publisher.
const BETWEEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 9, 0, 9)), 7165);
/// Who says something on a connection through there.
const BY_SUBSCRIBER: usize = 0;
const BY_PUBLISHER: usize = 1;
/// The type of records of everything that is encrypted.
const ENCRYPTED: u8 = 23;
const HEADER: usize = 5;

/// Somebody on the way, who carries what is said, record by record.
struct Between {
    listener: RawListener,
    links: Vec<Link>,
    /// The next record of that side is to get another length.
    altered: Option<usize>,
    /// So much of what the publisher has said last is not carried on yet.
    kept_back: usize,
}

/// One connection through there: its ends, what came from each in part, and what is to go on to the other.
struct Link {
    ends: [Peer; 2],
    parts: [Vec<u8>; 2],
    unsent: [Vec<u8>; 2],
}

impl Between {
    fn new(network: &Network) -> Between {
        let listener = network.simulation.listen(BETWEEN).unwrap();
        Between { listener, links: Vec::new(), altered: None, kept_back: 0 }
    }

    fn carry(&mut self, network: &mut Network, span: Duration) {
        let end = network.simulation.elapsed() + span;
        while network.simulation.elapsed() < end {
            while let Some(near) = self.listener.accept() {
                let far = network.simulation.connect(BETWEEN.ip(), PUBLISHER);
                let (parts, unsent) = Default::default();
                self.links.push(Link { ends: [near, far], parts, unsent });
            }
            let Between { links, altered, kept_back, .. } = self;
            links.retain_mut(|link| {
                link.carry(BY_SUBSCRIBER, altered, 0) && link.carry(BY_PUBLISHER, altered, *kept_back)
            });
            network.step();
        }
    }
}

impl Link {
    /// Carries on what one side says, but for so much of the end. False when it says nothing more.
    fn carry(&mut self, by: usize, altered: &mut Option<usize>, kept_back: usize) -> bool {
        let Ok((bytes, is_over)) = self.ends[by].read() else { return false };
        let part = &mut self.parts[by];
        part.extend(bytes);
        while let [kind, _, _, high, low, ..] = part[..]
            && let length = HEADER + usize::from(u16::from_be_bytes([high, low]))
            && part.len() >= length
        {
            if kind == ENCRYPTED && altered.take_if(|whose| *whose == by).is_some() {
                part[3] += 0x20;
            }
            self.unsent[by].extend(part.drain(..length));
        }
        let ready = self.unsent[by].len().saturating_sub(kept_back);
        let written = self.ends[1 - by].write(&self.unsent[by][..ready]).unwrap_or_default();
        self.unsent[by].drain(..written);
        !is_over
    }
}

/// Does not mind silence, and comes back.
fn patient() -> SubscriberSettings {
    subscriber(|settings| {
        settings.reconnect = coming_back();
        settings.data_loss_timeout = None;
    })
}

/// A subscriber that gets signal 1 through somebody on the way.
fn connect_through(
    between: &mut Between,
    network: &mut Network,
    tls: TlsSettings,
    settings: SubscriberSettings,
) -> usize {
    let peer = network.add();
    network.peers[peer].subscriber.secure(Some(tls)).unwrap();
    network.peers[peer].subscriber.connect(&BETWEEN.to_string(), settings).unwrap();
    network.subscribe(peer, &[1]);
    assert_signal_comes(between, network, peer, 1);
    peer
}

fn assert_signal_comes(between: &mut Between, network: &mut Network, peer: usize, signal: usize) {
    between.carry(network, Duration::from_secs(4));
    let first = network.published.next_number();
    network.publish(200);
    between.carry(network, Duration::from_secs(4));
    network.assert_received_since(peer, &[signal], first);
}

#[test]
fn a_subscriber_does_not_wait_for_ever_for_a_record_whose_length_was_altered() {
    let (mut network, tls) = secured(1, 8, PublisherSettings::default());
    let mut between = Between::new(&network);
    let peer = connect_through(&mut between, &mut network, tls, patient());
    between.altered = Some(BY_PUBLISHER);
    network.publish(200);
    between.carry(&mut network, Duration::from_secs(59));
    assert_eq!(network.peers[peer].received.ends, [], "the rest may come");
    between.carry(&mut network, Duration::from_secs(2));
    let ends = &network.peers[peer].received.ends;
    assert!(
        matches!(&ends[..], [End::Timeout(text)] if text.contains("record") && text.contains("(answerTimeout)")),
        "{ends:?}"
    );
    assert_signal_comes(&mut between, &mut network, peer, 1);
}

#[test]
fn a_publisher_does_not_wait_for_ever_for_a_record_whose_length_was_altered() {
    let (mut network, tls) = secured(1, 9, PublisherSettings::default());
    let mut between = Between::new(&network);
    let peer = connect_through(&mut between, &mut network, tls, patient());
    between.altered = Some(BY_SUBSCRIBER);
    network.subscribe(peer, &[2]);
    between.carry(&mut network, Duration::from_secs(29));
    assert!(network.closed.is_empty(), "the rest may come");
    between.carry(&mut network, Duration::from_secs(10));
    let reasons: Vec<_> = network.closed.iter().map(|(_, reason)| reason).collect();
    assert!(
        matches!(&reasons[..], [Err(End::Protocol(text))] if text.contains("record of TLS") && text.contains("(commandTimeout)")),
        "{reasons:?}"
    );
    assert_signal_comes(&mut between, &mut network, peer, 2);
}

#[test]
fn a_record_may_come_as_slowly_as_the_network_is() {
    let (mut network, tls) = secured(1, 10, PublisherSettings::default());
    let mut between = Between::new(&network);
    let peer = connect_through(&mut between, &mut network, tls, quiet());
    let first = network.published.next_number();
    between.kept_back = 12_000;
    network.publish(60_000);
    while between.kept_back > 0 {
        between.carry(&mut network, Duration::from_secs(10));
        between.kept_back -= 400;
    }
    between.carry(&mut network, Duration::from_secs(4));
    assert_eq!(network.peers[peer].received.ends, []);
    network.assert_received_since(peer, &[1], first);
}

#[test]
fn a_callback_may_take_longer_than_the_rest_of_a_record() {
    let (mut network, tls) = secured(1, 11, PublisherSettings::default());
    let mut between = Between::new(&network);
    let engine = network.simulation.engine([10, 3, 0, 1].into(), NonZeroUsize::MIN);
    let count = Arc::new(AtomicUsize::new(0));
    let subscriber =
        Subscriber::new(&engine, Slow { takes: Duration::from_secs(90), count: Arc::clone(&count) });
    subscriber.secure(Some(tls)).unwrap();
    subscriber.connect(&BETWEEN.to_string(), quiet()).unwrap();
    subscriber.subscribe(wanting(&Vec::from_iter(0..20))).unwrap();
    between.carry(&mut network, Duration::from_secs(4));
    between.kept_back = 10;
    network.publish(20_000);
    between.carry(&mut network, Duration::from_secs(4));
    network.run_for(Duration::from_secs(4));
    let so_far = count.load(Ordering::SeqCst);
    assert!((1..20_000).contains(&so_far), "{so_far}: the last record has come in part");
    between.kept_back = 0;
    between.carry(&mut network, Duration::from_secs(4));
    assert_eq!(count.load(Ordering::SeqCst), 20_000);
    assert_eq!(subscriber.state(), ConnectionState::Subscribed);
}
