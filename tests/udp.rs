//! Measurements by UDP over real sockets: what the simulated link cannot show.

#[path = "patience/mod.rs"]
mod patience;

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use sttp::engine::Engine;
use sttp::error::Error;
use sttp::metadata::{DataSet, Metadata};
use sttp::publisher::{
    ConnectionInfo, LimitSettings, Publisher, PublisherHandler, PublisherSettings, UdpSettings,
};
use sttp::subscriber::SubscriptionOptions;
use sttp::subscriber::{
    ConnectionState, Interface, MulticastReception, Subscriber, SubscriberHandler, SubscriberSettings,
    UdpReception,
};
use sttp::wire::Command;
use sttp::{Measurement, StateFlags, Ticks};

use patience::PATIENCE;

/// Tells when measurements begin to flow to a subscriber.
struct Subscribed(Sender<()>);

impl PublisherHandler for Subscribed {
    fn subscribed(&mut self, _connection: &ConnectionInfo) {
        let _ = self.0.send(());
    }
}

struct Failures(Sender<String>);

impl SubscriberHandler for Failures {
    fn request_failed(&mut self, request: Command, text: &str) {
        let _ = self.0.send(format!("{}: {text}", request.name()));
    }
}

/// A publisher and its subscriber, which reads by pull.
struct Pair {
    publisher: Publisher,
    subscriber: Subscriber,
    subscribed: Receiver<()>,
    failures: Receiver<String>,
    signals: u32,
}

impl Pair {
    fn new(address: &str, settings: PublisherSettings, udp: UdpReception) -> Pair {
        let engine = Engine::new().unwrap();
        let receiving = SubscriberSettings::default().udp(Some(udp)).read_queue(100_000);
        Pair::on(&engine, &engine, address, settings, receiving)
    }

    fn on(
        publishing: &Engine,
        subscribing: &Engine,
        address: &str,
        settings: PublisherSettings,
        receiving: SubscriberSettings,
    ) -> Pair {
        let sample = DataSet::sample().unwrap();
        let signals = sample.table("MeasurementDetail").unwrap().row_count() as u32;
        let (sender, subscribed) = channel();
        let publisher = Publisher::new(publishing, Subscribed(sender));
        publisher.set_metadata(Arc::new(Metadata::new(sample))).unwrap();
        publisher.start(address, settings).unwrap();
        let (sender, failures) = channel();
        let subscriber = Subscriber::new(subscribing, Failures(sender));
        subscriber.connect(&publisher.address().unwrap().to_string(), receiving).unwrap();
        Pair { publisher, subscriber, subscribed, failures, signals }
    }

    fn subscribe(&self) {
        let filter = "FILTER ActiveMeasurements WHERE True".to_owned();
        self.subscriber.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
    }

    fn wait(&self, what: &str, mut done: impl FnMut() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !done() {
            assert!(Instant::now() < end, "{what} did not happen");
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn wait_until_subscribed(&self) {
        self.subscribed.recv_timeout(PATIENCE).expect("measurements flow");
    }

    /// Publishes frames one by one and reads each before the next, so that no buffer overflows.
    fn exchange(&self, frames: i64) {
        let mut space = frame(0, self.signals);
        for number in 0..frames {
            self.publisher.publish_indexed(&frame(number, self.signals)).unwrap();
            let mut count = 0;
            while count < space.len() {
                count += self.subscriber.read(&mut space[count..], Some(PATIENCE)).unwrap();
            }
            let expected = frame(number, self.signals);
            for (received, expected) in space.iter().zip(&expected) {
                assert_eq!(
                    (received.timestamp, received.value, received.signal_index),
                    (expected.timestamp, expected.value, expected.signal_index)
                );
            }
        }
    }
}

fn frame(number: i64, signals: u32) -> Vec<Measurement> {
    (0..signals)
        .map(|row| Measurement {
            signal_id: uuid::Uuid::nil(),
            timestamp: Ticks(638_500_000_000_000_000 + number * 333_333),
            value: f64::from(row) + f64::from(number as f32) / 4.0,
            flags: StateFlags::from_bits_retain(0),
            signal_index: row,
        })
        .collect()
}

fn exchange(address: &str) {
    const FRAMES: i64 = 50;
    let udp = UdpReception::default().receive_buffer(1 << 20);
    let pair = Pair::new(address, PublisherSettings::default(), udp);
    pair.subscribe();
    pair.wait_until_subscribed();
    pair.exchange(FRAMES);
    let (sent, received) = (pair.publisher.statistics(), pair.subscriber.statistics());
    assert!(sent.datagrams_sent >= FRAMES as u64);
    assert_eq!((received.datagrams, received.packets), (sent.datagrams_sent, sent.datagrams_sent));
    assert_eq!((sent.datagrams_dropped, received.datagrams_rejected, received.packets_dropped), (0, 0, 0));
    assert_eq!(sent.measurements_sent, received.measurements);
    let info = &pair.publisher.connections()[0];
    assert_eq!(
        (info.counters.datagrams_sent, info.counters.packets_sent),
        (sent.datagrams_sent, sent.packets_sent)
    );
    assert_eq!(
        (info.counters.datagrams_dropped, info.counters.measurements_sent),
        (0, sent.measurements_sent)
    );
}

#[test]
fn measurements_arrive_by_udp_over_ipv4() {
    exchange("127.0.0.1:0");
}

#[test]
fn measurements_arrive_by_udp_over_ipv6() {
    exchange("[::1]:0");
}

#[test]
fn measurements_arrive_by_udp_from_a_publisher_for_both_families() {
    let pair = Pair::new("[::]:0", PublisherSettings::default(), UdpReception::default());
    let port = pair.publisher.address().unwrap().port();
    pair.subscriber.disconnect().unwrap();
    let settings = SubscriberSettings::default().udp(Some(UdpReception::default())).read_queue(100_000);
    pair.wait("disconnection", || {
        pair.subscriber.connect(&format!("127.0.0.1:{port}"), settings.clone()).is_ok()
    });
    pair.subscribe();
    pair.wait_until_subscribed();
    pair.exchange(3);
    assert!(pair.subscriber.statistics().datagrams > 0);
}

#[test]
fn only_the_publisher_is_heard() {
    let pair = Pair::new("127.0.0.1:0", PublisherSettings::default(), UdpReception::default());
    pair.subscribe();
    pair.wait_until_subscribed();
    pair.exchange(1);
    let destination = pair.publisher.connections()[0].data_channel.unwrap();
    let before = pair.subscriber.statistics();

    // What is damaged is counted, whoever sends it.
    let garbage = UdpSocket::bind("127.0.0.1:0").unwrap();
    for datagram in [&[][..], &[0x82], &[0x80, 2, 0, 0, 0, 0], &[0x82, 2, 0, 0, 0, 1, 8], &[7; 2000]] {
        garbage.send_to(datagram, destination).unwrap();
    }
    // Every host of 127.0.0.0/8 is this one, but not under the publisher's address.
    let forger = UdpSocket::bind("127.0.0.2:0").unwrap();
    let packet = [0x82, 2, 0, 0, 0, 14, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    forger.send_to(&packet, destination).unwrap();
    pair.wait("the datagrams", || pair.subscriber.statistics().datagrams == before.datagrams + 6);

    pair.exchange(1);
    let after = pair.subscriber.statistics();
    assert_eq!(after.datagrams_rejected, 6);
    assert_eq!(after.connections, 1);
    assert_eq!(after.measurements, 2 * u64::from(pair.signals));
}

/// The publisher has gone before the subscriber looks at its sockets again, where more waits than
/// is read in one turn, or fits the read queue.
#[test]
fn datagrams_that_came_before_the_end_of_the_connection_are_read() {
    const FRAMES: i64 = 300;
    let polled = Engine::polled().unwrap();
    let receiving = SubscriberSettings::default()
        .udp(Some(UdpReception::default().receive_buffer(1 << 20)))
        .read_queue(20);
    let engine = Engine::new().unwrap();
    let pair = Pair::on(&engine, &polled, "127.0.0.1:0", PublisherSettings::default(), receiving);
    let filter = "FILTER TOP 1 ActiveMeasurements WHERE True".to_owned();
    pair.subscriber.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
    let poll = || polled.poll(Some(Duration::from_millis(1))).unwrap();
    pair.wait("the subscription", || {
        poll();
        pair.subscribed.try_recv().is_ok()
    });
    let mut expected = Vec::new();
    for number in 0..FRAMES {
        let frame = frame(number, pair.signals);
        expected.push(frame[0].timestamp);
        pair.publisher.publish_indexed(&frame).unwrap();
        pair.publisher.flush(Some(PATIENCE)).unwrap();
    }
    pair.publisher.stop().unwrap();
    pair.wait("the end of the connection", || pair.publisher.connections().is_empty());
    assert_eq!(pair.publisher.statistics().datagrams_sent, FRAMES as u64);

    let mut received = Vec::new();
    let mut space = frame(0, 7);
    pair.wait("the last datagram", || {
        poll();
        if let Ok(count) = pair.subscriber.read(&mut space, Some(Duration::ZERO)) {
            received.extend(space[..count].iter().map(|measurement| measurement.timestamp));
        }
        received.len() == expected.len()
    });
    assert_eq!(received, expected);
    pair.wait("the loss of the connection", || {
        poll();
        pair.subscriber.state() == ConnectionState::Reconnecting
    });
    assert_eq!(pair.subscriber.statistics().datagrams, FRAMES as u64);
}

#[test]
fn a_publisher_may_refuse_udp() {
    let udp = UdpSettings::default().enabled(false);
    let settings = PublisherSettings::default().udp(udp);
    let pair = Pair::new("127.0.0.1:0", settings, UdpReception::default());
    pair.subscribe();
    let failure = pair.failures.recv_timeout(PATIENCE).unwrap();
    assert!(failure.starts_with("Subscribe: ") && failure.contains("TCP only"), "{failure}");
}

#[test]
fn who_does_not_listen_where_it_wants_datagrams_is_told_so_and_disconnected() {
    let limits = LimitSettings::default().refused_channel_timeout(Duration::from_secs(1));
    let settings = PublisherSettings::default().limits(limits);
    let pair = Pair::new("127.0.0.1:0", settings, UdpReception::default());
    let closed = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let mut stream = TcpStream::connect(pair.publisher.address().unwrap()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let wanted =
        format!("filterExpression=FILTER ActiveMeasurements WHERE True; dataChannel={{localport={closed}}}");
    let mut subscribe = [&[Command::Subscribe.code(), 2][..], &(wanted.len() as u32).to_be_bytes()].concat();
    subscribe.extend_from_slice(wanted.as_bytes());
    let modes = [&[Command::DefineOperationalModes.code()][..], &0x0202_u32.to_be_bytes()].concat();
    for command in [&modes, &subscribe, &vec![Command::ConfirmSignalIndexCache.code()]] {
        stream.write_all(&(command.len() as u32).to_be_bytes()).unwrap();
        stream.write_all(command).unwrap();
    }
    let (mut told, begun, mut number) = (Vec::new(), Instant::now(), 0);
    let mut buffer = [0; 4096];
    loop {
        assert!(begun.elapsed() < PATIENCE, "the connection goes on");
        number += 1;
        pair.publisher.publish_indexed(&frame(number, pair.signals)).unwrap();
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => told.extend_from_slice(&buffer[..count]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
    }
    let told = String::from_utf8_lossy(&told);
    assert!(told.contains("nobody takes the datagrams at 127.0.0.1"), "{told}");
}

#[test]
fn a_port_in_use_fails_the_subscription_only() {
    let other = UdpSocket::bind("127.0.0.1:0").unwrap();
    let udp = UdpReception::default().port(other.local_addr().unwrap().port());
    let pair = Pair::new("127.0.0.1:0", PublisherSettings::default(), udp);
    pair.subscribe();
    let failure = pair.failures.recv_timeout(PATIENCE).unwrap();
    assert!(failure.contains("choose another port"), "{failure}");
    drop(other);
    pair.subscribe();
    pair.wait_until_subscribed();
    pair.exchange(2);
}

#[test]
fn unsubscribing_frees_the_port() {
    let pair = Pair::new("127.0.0.1:0", PublisherSettings::default(), UdpReception::default());
    pair.subscribe();
    pair.wait_until_subscribed();
    pair.exchange(1);
    let port = pair.publisher.connections()[0].data_channel.unwrap().port();
    pair.subscriber.unsubscribe().unwrap();
    pair.wait("freeing the port", || UdpSocket::bind(("127.0.0.1", port)).is_ok());
    pair.wait("the end", || pair.publisher.connections()[0].data_channel.is_none());
    pair.subscribe();
    pair.wait_until_subscribed();
    pair.exchange(1);
}

#[test]
fn a_multicast_group_serves_several_subscribers() {
    let udp = UdpSettings::default().multicast(true);
    let settings = PublisherSettings::default().udp(udp);
    // A port that is free now, for the group.
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let group = Ipv4Addr::new(239, 255, 77, 2).into();
    let by = |interface| {
        let multicast = MulticastReception::new(group).interface(interface);
        UdpReception::default().port(port).multicast(Some(multicast))
    };
    let pair = Pair::new("127.0.0.1:0", settings, by(None));
    let (sender, _failures) = channel();
    let second = Subscriber::new(&Engine::new().unwrap(), Failures(sender));
    let settings = SubscriberSettings::default().udp(Some(by(Some(Interface::Address(Ipv4Addr::LOCALHOST)))));
    second.connect(&pair.publisher.address().unwrap().to_string(), settings).unwrap();
    let filter = "FILTER ActiveMeasurements WHERE True".to_owned();
    second.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
    pair.subscribe();
    pair.wait_until_subscribed();
    pair.wait_until_subscribed();
    pair.exchange(20);
    let sent = pair.publisher.statistics();
    pair.wait("the second subscriber", || second.statistics().datagrams == sent.datagrams_sent);
    assert_eq!(pair.subscriber.statistics().datagrams, sent.datagrams_sent, "sent once for both");
    assert_eq!(second.statistics().measurements, 20 * u64::from(pair.signals));
    assert_eq!(second.statistics().datagrams_rejected, 0);
}

#[test]
fn groups_that_cannot_be_are_refused_at_once() {
    let engine = Engine::new().unwrap();
    let (sender, _failures) = channel();
    let subscriber = Subscriber::new(&engine, Failures(sender));
    for (port, group) in [(9600, "192.0.2.1"), (0, "239.255.77.3")] {
        let multicast = Some(MulticastReception::new(group.parse().unwrap()));
        let udp = Some(UdpReception::default().port(port).multicast(multicast));
        let refused = subscriber.connect("127.0.0.1:1", SubscriberSettings::default().udp(udp));
        assert!(matches!(refused, Err(Error::InvalidArgument(_))), "{group}:{port}");
    }
}
