//! The Rust API over real sockets: what the simulated link cannot show.

#[path = "rust_api/access.rs"]
mod access;
#[path = "rust_api/auto_traits.rs"]
mod auto_traits;
#[path = "rust_api/c37118.rs"]
mod c37118;
#[path = "rust_api/connection_strings.rs"]
mod connection_strings;
#[path = "rust_api/direct_sending.rs"]
mod direct_sending;
#[path = "rust_api/gateway.rs"]
mod gateway;
#[path = "rust_api/gateway_collecting.rs"]
mod gateway_collecting;
#[path = "rust_api/gateway_round_trip.rs"]
mod gateway_round_trip;
#[path = "rust_api/gateway_streams.rs"]
mod gateway_streams;
#[path = "rust_api/history.rs"]
mod history;
#[path = "rust_api/leap_seconds.rs"]
mod leap_seconds;
#[path = "rust_api/long_requests.rs"]
mod long_requests;
#[path = "patience/mod.rs"]
mod patience;
#[path = "rust_api/process.rs"]
mod process;
#[path = "rust_api/recovery.rs"]
mod recovery;
#[path = "rust_api/refusals.rs"]
mod refusals;
#[path = "rust_api/reverse.rs"]
mod reverse;
#[path = "rust_api/rights.rs"]
mod rights;
#[path = "rust_api/statistics.rs"]
mod statistics;
#[path = "rust_api/threads.rs"]
mod threads;
#[path = "rust_api/tls.rs"]
mod tls;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use sttp::engine::Engine;
use sttp::error::Error;
use sttp::metadata::{DataSet, Metadata};
use sttp::publisher::{ConnectionInfo, Overflow, Publisher, PublisherHandler, PublisherSettings};
use sttp::subscriber::SubscriptionOptions;
use sttp::subscriber::{
    ConnectionState, ReconnectSettings, Subscriber, SubscriberHandler, SubscriberSettings,
};
use sttp::{Measurement, StateFlags, Ticks};

use patience::PATIENCE;

#[derive(Debug, PartialEq)]
enum Event {
    Subscribed,
    Connected,
    DataStartTime(Ticks),
    Disconnected(String),
    Reconnecting(u32),
    GaveUp(String),
}

struct Events(Sender<Event>);

impl PublisherHandler for Events {
    fn subscribed(&mut self, _connection: &ConnectionInfo) {
        let _ = self.0.send(Event::Subscribed);
    }

    fn reconnecting(&mut self, _address: &str, attempt: u32, _delay: Duration) {
        let _ = self.0.send(Event::Reconnecting(attempt));
    }

    fn gave_up(&mut self, address: &str, _reason: &Error) {
        let _ = self.0.send(Event::GaveUp(address.to_owned()));
    }
}

impl SubscriberHandler for Events {
    fn connected(&mut self, _address: &str) {
        let _ = self.0.send(Event::Connected);
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        let text = reason.err().map_or(String::new(), Error::to_string);
        let _ = self.0.send(Event::Disconnected(text));
    }

    fn data_start_time(&mut self, time: Ticks) {
        let _ = self.0.send(Event::DataStartTime(time));
    }

    fn reconnecting(&mut self, attempt: u32, _delay: Duration) {
        let _ = self.0.send(Event::Reconnecting(attempt));
    }
}

/// A publisher of the sample that neither listens nor connects.
fn idle_publisher(engine: &Engine) -> (Publisher, Receiver<Event>) {
    let (events, happened) = channel();
    let publisher = Publisher::new(engine, Events(events));
    publisher.set_metadata(Arc::new(Metadata::new(DataSet::sample().unwrap()))).unwrap();
    (publisher, happened)
}

fn publisher(engine: &Engine, address: &str, overflow: Overflow) -> (Publisher, Receiver<Event>) {
    let (publisher, happened) = idle_publisher(engine);
    publisher.start(address, PublisherSettings::default().overflow(overflow)).unwrap();
    (publisher, happened)
}

/// A subscriber to everything that neither listens nor connects.
fn idle_subscriber(engine: &Engine) -> (Subscriber, Receiver<Event>) {
    let (events, happened) = channel();
    let subscriber = Subscriber::new(engine, Events(events));
    let filter = "FILTER ActiveMeasurements WHERE True".to_owned();
    subscriber.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
    (subscriber, happened)
}

fn subscriber(
    engine: &Engine,
    address: SocketAddr,
    settings: SubscriberSettings,
) -> (Subscriber, Receiver<Event>) {
    let (subscriber, happened) = idle_subscriber(engine);
    subscriber.connect(&address.to_string(), settings).unwrap();
    (subscriber, happened)
}

fn quick_reconnects() -> SubscriberSettings {
    let reconnect = ReconnectSettings::default()
        .initial_delay(Duration::from_millis(20))
        .max_delay(Duration::from_millis(100));
    SubscriberSettings::default().reconnect(reconnect)
}

fn wait_for(happened: &Receiver<Event>, wanted: &Event) {
    while happened.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("{wanted:?} did not happen")) != *wanted {
    }
}

fn frame(number: i64, signals: u32) -> Vec<Measurement> {
    (0..signals)
        .map(|row| Measurement {
            signal_id: uuid::Uuid::nil(),
            timestamp: Ticks(638_500_000_000_000_000 + number * 333_333),
            value: f64::from(row) + f64::from(number as f32) / 4.0,
            flags: StateFlags::from_bits_retain(row & 1),
            signal_index: row,
        })
        .collect()
}

/// Publishes frames and reads them back by pull, over `address`.
fn exchange(address: &str) {
    let engine = Engine::new().unwrap();
    let (publisher, published) = publisher(&engine, address, Overflow::Wait { timeout: None });
    let settings = SubscriberSettings::default().read_queue(1_000);
    let (subscriber, _events) = subscriber(&engine, publisher.address().unwrap(), settings);
    wait_for(&published, &Event::Subscribed);
    exchange_all(publisher, &subscriber);
}

/// Publishes frames, losing none, and reads them back by pull.
fn exchange_all(publisher: Publisher, subscriber: &Subscriber) {
    const FRAMES: i64 = 2_000;
    let signals = DataSet::sample().unwrap().table("MeasurementDetail").unwrap().row_count() as u32;
    let sender = std::thread::spawn(move || {
        for number in 0..FRAMES {
            publisher.publish_indexed(&frame(number, signals)).unwrap();
        }
        publisher.flush(Some(PATIENCE)).unwrap();
        publisher.statistics()
    });
    let expected: Vec<Measurement> = (0..FRAMES).flat_map(|number| frame(number, signals)).collect();
    let mut received = Vec::new();
    let mut space = frame(0, 700);
    while received.len() < expected.len() {
        let count = subscriber.read(&mut space, Some(PATIENCE)).unwrap();
        received.extend_from_slice(&space[..count]);
    }
    for (received, expected) in received.iter().zip(&expected) {
        assert_eq!(
            (received.timestamp, received.value, received.flags, received.signal_index),
            (expected.timestamp, expected.value, expected.flags, expected.signal_index)
        );
    }
    assert_eq!(received.len(), expected.len());
    let counted = subscriber.statistics();
    assert_eq!((counted.measurements, counted.measurements_dropped), (expected.len() as u64, 0));
    let statistics = sender.join().unwrap();
    assert_eq!(statistics.measurements_sent, expected.len() as u64);
    assert_eq!((statistics.measurements_dropped, statistics.measurements_unknown), (0, 0));
}

#[test]
fn measurements_are_pulled_without_loss_over_ipv4() {
    exchange("127.0.0.1:0");
}

#[test]
fn measurements_are_pulled_without_loss_over_ipv6() {
    exchange("[::1]:0");
}

#[test]
fn a_subscriber_comes_back_to_a_publisher_restarted_on_the_same_port() {
    let engine = Engine::new().unwrap();
    let (first, published) = publisher(&engine, "127.0.0.1:0", Overflow::DropOldest);
    let address = first.address().unwrap();
    let (subscriber, happened) = subscriber(&engine, address, quick_reconnects());
    wait_for(&published, &Event::Subscribed);
    first.stop().unwrap();

    // At once: the port of a stopped publisher is free.
    let (_second, published) = publisher(&engine, &address.to_string(), Overflow::DropOldest);
    wait_for(&happened, &Event::Disconnected("the publisher closed the connection".into()));
    wait_for(&happened, &Event::Reconnecting(1));
    wait_for(&happened, &Event::Connected);
    wait_for(&published, &Event::Subscribed);
    assert!(subscriber.statistics().connections >= 2);
}

#[test]
fn attempts_to_connect_end_at_their_limit() {
    let engine = Engine::new().unwrap();
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut settings = quick_reconnects();
    settings.reconnect.max_attempts = 2;
    let (subscriber, happened) = subscriber(&engine, unused, settings);
    wait_for(&happened, &Event::Reconnecting(1));
    wait_for(&happened, &Event::Reconnecting(2));
    assert!(
        matches!(happened.recv_timeout(PATIENCE), Ok(Event::Disconnected(text)) if text.contains("cannot connect"))
    );
    assert_eq!(subscriber.state(), ConnectionState::Idle);
}

#[test]
fn a_response_larger_than_allowed_ends_the_connection_before_it_arrives() {
    let engine = Engine::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = quick_reconnects().max_frame_size(1_000);
    let (_subscriber, happened) = subscriber(&engine, listener.local_addr().unwrap(), settings);
    let (mut hostile, _) = listener.accept().unwrap();
    hostile.write_all(&[0xFF, 0xFF, 0xFF, 0xF0, 0x80]).unwrap();
    wait_for(&happened, &Event::Connected);
    assert!(
        matches!(happened.recv_timeout(PATIENCE), Ok(Event::Disconnected(text)) if text.contains("4294967280 bytes"))
    );
    // The subscriber has closed: reading ends.
    hostile.set_read_timeout(Some(PATIENCE)).unwrap();
    while hostile.read(&mut [0; 4_096]).is_ok_and(|count| count > 0) {}
    listener.accept().expect("the subscriber comes back");
}
