//! Documents that are read while the loop goes on. The publishers are sockets that the test writes to.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::{ConnectionState, ReconnectSettings, Subscriber, SubscriberHandler, SubscriberSettings};
use crate::codec::gzip;
use crate::engine::Engine;
use crate::engine::worker::Step;
use crate::engine::worker::stepped::Stepped;
use crate::metadata::{DataSetBuilder, Metadata};
use crate::wire::frame::{command_frame, response_frame};
use crate::wire::{Command, Response};

const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, PartialEq)]
enum Told {
    /// Metadata of so many devices.
    Metadata(usize),
    Notification(String),
    Failed(Command, String),
    Disconnected,
}

struct Handler(Sender<Told>);

impl SubscriberHandler for Handler {
    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        let _ = self.0.send(Told::Metadata(metadata.devices().count()));
    }

    fn notification(&mut self, text: &str) {
        let _ = self.0.send(Told::Notification(text.to_owned()));
    }

    fn request_failed(&mut self, request: Command, text: &str) {
        let _ = self.0.send(Told::Failed(request, text.to_owned()));
    }

    fn disconnected(&mut self, _reason: Result<(), &crate::error::Error>) {
        let _ = self.0.send(Told::Disconnected);
    }
}

/// One loop whose worker the test steps.
struct Bench {
    executor: Arc<Stepped>,
    engine: Engine,
}

impl Bench {
    fn new() -> Bench {
        let executor = Arc::new(Stepped::default());
        let engine = Engine::polled_with(executor.clone()).unwrap();
        Bench { executor, engine }
    }

    /// A subscriber, and the publisher that it is connected with.
    fn connect(&self) -> (Subscriber, TcpStream, Receiver<Told>) {
        self.connect_with(SubscriberSettings::default())
    }

    fn connect_with(&self, settings: SubscriberSettings) -> (Subscriber, TcpStream, Receiver<Told>) {
        let (telling, told) = channel();
        let subscriber = Subscriber::new(&self.engine, Handler(telling));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let settings = SubscriberSettings {
            request_metadata: false,
            reconnect: ReconnectSettings { enabled: false, ..ReconnectSettings::default() },
            ..settings
        };
        subscriber.connect(&listener.local_addr().unwrap().to_string(), settings).unwrap();
        self.poll_until(|| subscriber.state() == ConnectionState::Connected);
        // What nobody has asked for is not read.
        (0..3).for_each(|_| subscriber.request_metadata("").unwrap());
        let sent = |command: Command, payload: usize| command_frame(command, &vec![0; payload]).len() as u64;
        let all = sent(Command::DefineOperationalModes, 4) + 3 * sent(Command::MetadataRefresh, 0);
        self.poll_until(|| subscriber.statistics().bytes_sent == all);
        (subscriber, listener.accept().unwrap().0, told)
    }

    fn poll_until(&self, mut done: impl FnMut() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !done() {
            assert!(Instant::now() < end, "nothing has happened for a minute");
            self.engine.poll(Some(Duration::from_millis(10))).unwrap();
        }
    }

    fn next(&self, told: &Receiver<Told>) -> Told {
        let next = Mutex::new(None);
        self.poll_until(|| {
            *next.lock().unwrap() = told.try_recv().ok();
            next.lock().unwrap().is_some()
        });
        next.into_inner().unwrap().unwrap()
    }

    /// Polls until the worker has something to do.
    fn wait_for_work(&self) {
        self.poll_until(|| self.executor.runners() > 0);
    }
}

fn document(devices: usize) -> Vec<u8> {
    let mut builder = DataSetBuilder::standard().unwrap();
    let table = builder.table_index("DeviceDetail").unwrap();
    for row in 0..devices {
        builder.append_row(table).unwrap().set_text("Acronym", &format!("PMU-{row}")).unwrap();
    }
    builder.finish().to_xml()
}

fn metadata(document: &[u8]) -> Vec<u8> {
    response_frame(Response::Succeeded, Command::MetadataRefresh.code(), document)
}

fn notification(text: &str) -> Vec<u8> {
    response_frame(Response::Notify, Command::Subscribe.code(), &[&[0; 4], text.as_bytes()].concat())
}

#[test]
fn a_large_document_holds_up_its_own_connection_and_nobody_else() {
    let bench = Bench::new();
    let (_first, mut to_first, first) = bench.connect();
    let (_second, mut to_second, second) = bench.connect();
    let packed = gzip::compress(&document(10_000));
    to_first.write_all(&[metadata(&packed), notification("behind it")].concat()).unwrap();
    bench.wait_for_work();

    to_first.write_all(&notification("later")).unwrap();
    to_second.write_all(&notification("meanwhile")).unwrap();
    assert_eq!(bench.next(&second), Told::Notification("meanwhile".into()));
    to_second.write_all(&metadata(&document(3))).unwrap();
    assert_eq!(bench.next(&second), Told::Metadata(3), "a small one needs no worker");
    assert!(first.try_recv().is_err(), "everything waits for the document before it");

    assert_eq!(bench.executor.step(0), Step::Done);
    let rest = [Told::Metadata(10_000), Told::Notification("behind it".into())];
    assert_eq!([bench.next(&first), bench.next(&first)], rest);
    assert_eq!(bench.next(&first), Told::Notification("later".into()));
}

#[test]
fn several_documents_come_in_their_order() {
    let bench = Bench::new();
    let (_subscriber, mut publisher, told) = bench.connect();
    let frames = [metadata(&document(5_000)), metadata(&document(6_000)), metadata(&document(1))];
    publisher.write_all(&frames.concat()).unwrap();
    for devices in [5_000, 6_000] {
        bench.poll_until(|| (0..bench.executor.runners()).any(|one| bench.executor.step(one) == Step::Done));
        assert_eq!(bench.next(&told), Told::Metadata(devices));
    }
    assert_eq!(bench.next(&told), Told::Metadata(1));
}

#[test]
fn a_damaged_document_is_a_failed_request_and_the_connection_stays() {
    let bench = Bench::new();
    let (_subscriber, mut publisher, told) = bench.connect();
    let mut damaged = document(10_000);
    damaged.truncate(damaged.len() - 5);
    publisher.write_all(&[metadata(&damaged), notification("still here")].concat()).unwrap();
    bench.wait_for_work();
    assert_eq!(bench.executor.step(0), Step::Done);
    assert!(matches!(bench.next(&told), Told::Failed(Command::MetadataRefresh, _)));
    assert_eq!(bench.next(&told), Told::Notification("still here".into()));
}

#[test]
fn a_document_that_is_too_large_is_a_failed_request_and_the_connection_stays() {
    let bench = Bench::new();
    let settings = SubscriberSettings { max_metadata_size: 128 << 10, ..SubscriberSettings::default() };
    let (_subscriber, mut publisher, told) = bench.connect_with(settings);
    let large = document(10_000);
    assert!(large.len() > 128 << 10);
    for (sent, why) in [
        (gzip::compress(&large), "inflate to more than the 131072 bytes allowed (maxMetadataSize)"),
        (large, "bytes in the document: 593286, allowed are 131072 (maxMetadataSize)"),
    ] {
        publisher.write_all(&metadata(&sent)).unwrap();
        bench.poll_until(|| (0..bench.executor.runners()).any(|one| bench.executor.step(one) == Step::Done));
        let Told::Failed(Command::MetadataRefresh, text) = bench.next(&told) else { panic!("it was read") };
        assert!(text.contains(why), "{text}");
    }
    publisher.write_all(&metadata(&gzip::compress(&document(100)))).unwrap();
    assert_eq!(bench.next(&told), Told::Metadata(100));
}

#[test]
fn the_document_of_a_connection_that_has_ended_is_not_delivered() {
    let bench = Bench::new();
    let (subscriber, mut publisher, told) = bench.connect();
    publisher.write_all(&metadata(&document(10_000))).unwrap();
    bench.wait_for_work();
    subscriber.disconnect().unwrap();
    assert_eq!(bench.next(&told), Told::Disconnected);
    assert_eq!(bench.executor.step(0), Step::Done);
    for _ in 0..10 {
        bench.engine.poll(Some(Duration::ZERO)).unwrap();
    }
    assert!(told.try_recv().is_err());
    assert!(publisher.read_to_end(&mut Vec::new()).is_ok());
}
