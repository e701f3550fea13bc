//! What all relays show alike: metadata, signals, rights.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sttp::Uuid;
use sttp::codec::SignalIndexCache;
use sttp::engine::Engine;
use sttp::settings::SubscriberSetup;
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriptionOptions};

use crate::support::hand::Hand;
use crate::support::link::Link;
use crate::support::nats::{self, Server};
use crate::support::program::Program;
use crate::support::source::Source;
use crate::support::{Folder, free_port, wait_until};
use crate::write;

/// What a subscriber is shown.
#[derive(Clone, Default)]
struct Shown {
    document: Arc<Mutex<Vec<u8>>>,
    signals: Arc<Mutex<Option<Vec<Uuid>>>>,
}

impl SubscriberHandler for Shown {
    fn metadata_document(&mut self, xml: &[u8]) {
        *self.document.lock().unwrap() = xml.to_vec();
    }

    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        let mut signals: Vec<Uuid> = cache.records().iter().map(|record| record.signal_id).collect();
        signals.sort();
        *self.signals.lock().unwrap() = Some(signals);
    }
}

impl Shown {
    fn signal_count(&self) -> usize {
        self.signals.lock().unwrap().as_ref().map_or(0, Vec::len)
    }

    /// To somebody who stays.
    fn to(engine: &Engine, port: u16) -> (Subscriber, Shown) {
        let shown = Shown::default();
        let subscriber = Subscriber::new(engine, shown.clone());
        let options = SubscriptionOptions::default().filter("FILTER ActiveMeasurements WHERE True".into());
        subscriber.subscribe(options).unwrap();
        let setup: SubscriberSetup =
            format!("server=127.0.0.1:{port}; retryInterval=100; maxRetryInterval=300").parse().unwrap();
        let mut settings = setup.settings;
        settings.follow_configuration = true;
        subscriber.connect(&format!("127.0.0.1:{port}"), settings).unwrap();
        (subscriber, shown)
    }

    fn by(engine: &Engine, port: u16) -> (Vec<u8>, Vec<Uuid>) {
        let (_subscriber, shown) = Shown::to(engine, port);
        wait_until("signals", || shown.signals.lock().unwrap().is_some());
        let document = shown.document.lock().unwrap().clone();
        (document, shown.signals.lock().unwrap().clone().unwrap())
    }
}

/// Runs `sttp-nats rights`.
fn put_rights(folder: &Folder, url: &str, text: &str) {
    let file = write(&folder.0, "rights.txt", text);
    let put = Command::new(env!("CARGO_BIN_EXE_sttp-nats")).args(["rights", &file, "--nats", url]).output();
    assert!(put.unwrap().status.success());
}

#[test]
fn all_relays_show_the_same_metadata_signals_and_rights() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("alike");
    let engine = Engine::new().unwrap();
    let server = Server::start(&folder.0.join("nats"));
    let hand = Hand::on(&server);
    let urls = [server.url()];
    let [mut east, west] = [1, 1_001].map(|first| Source::new(&engine, first, 2));
    let first = Program::ingest(&folder.0, "first", &urls, &[("east", east.connection())], &[]);
    let second = Program::ingest(&folder.0, "second", &urls, &[("west", west.connection())], &[]);
    [&first, &second].into_iter().for_each(Program::wait_until_well);
    let config = write(&folder.0, "serve.toml", "[serve]\nshared-rights = true\n");
    let ports = [free_port(), free_port()];
    let serve = |number: usize| {
        let name = format!("serve-{number}");
        Program::serve(&folder.0, &name, &urls, ports[number], &["--config", &config])
    };
    let mut serves = [serve(0), serve(1)];
    serves[0].says("publishing at ");
    let (_stays, shown) = Shown::to(&engine, ports[0]);
    // Nobody is let in before somebody says who may what.
    serves[0].says("by the rights, it is none of the subscribers");
    let health = serves[0].get("/health").unwrap();
    assert!(health.starts_with("HTTP/1.1 503") && health.contains("rights: "), "{health}");
    assert_eq!(shown.signal_count(), 0);
    put_rights(&folder, &urls[0], "[others]\nsignals = ALLOW WHERE True\n");
    serves.iter().for_each(Program::wait_until_well);
    let both = || ports.map(|port| Shown::by(&engine, port));
    wait_until("signals of both sources", || both().iter().all(|(_, signals)| signals.len() == 40));
    let [one, other] = both();
    assert!(!one.0.is_empty() && one == other);
    wait_until("signals of both sources", || shown.signal_count() == 40);

    // A source has one device more, and relays and subscribers stay.
    east.change(3);
    wait_until("new signals", || shown.signal_count() == 50);
    wait_until("new signals", || both().iter().all(|(_, signals)| signals.len() == 50));
    let [one, other] = both();
    assert!(one == other);

    let some = "[others]\nsignals = ALLOW WHERE Device LIKE 'DEVICE1001%'\n";
    put_rights(&folder, &urls[0], some);
    wait_until("rights", || both().iter().all(|(_, signals)| signals.len() == 20));
    let [one, other] = both();
    assert!(one == other && one.1.iter().all(|signal| *signal > Uuid::from_u128(1_000)));
    let answer = serves[0].get("/metrics").unwrap();
    assert!(answer.contains("sttp_nats_metadata_revision{source=\"east\"}"), "{answer}");
    assert!(serves[0].get("/other").unwrap().starts_with("HTTP/1.1 404"));

    // A mistake changes nothing for a relay that runs; one that starts lets nobody in.
    hand.put("shared.rights", b"[others\n");
    serves[0].says("the rights stay as they were");
    assert_eq!(Shown::by(&engine, ports[0]).1.len(), 20);
    assert!(serves[0].get("/health").unwrap().contains("rights: they stay as they were"));
    serves[1].kill();
    serves[1].run();
    serves[1].says("the rights stay as they were");
    let (_stays, shown) = Shown::to(&engine, ports[1]);
    serves[1].says("by the rights, it is none of the subscribers");
    put_rights(&folder, &urls[0], some);
    wait_until("rights", || shown.signal_count() == 20);
    // As when they are removed.
    hand.purge("shared.rights");
    serves[0].says("the bucket has no rights any more");
}

#[test]
fn metadata_that_cannot_be_read_are_tried_again() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("pieces");
    let engine = Engine::new().unwrap();
    let server = Server::start(&folder.0.join("nats"));
    let hand = Hand::on(&server);
    let urls = [server.url()];
    let source = Source::new(&engine, 1, 2);
    let mut ingest = Program::ingest(&folder.0, "ingest", &urls, &[("east", source.connection())], &[]);
    ingest.wait_until_well();
    wait_until("metadata", || hand.get("shared.metadata.east").is_some());
    assert!(ingest.stop().success());
    let keys = hand.keys("document.east.");
    let pieces: Vec<_> = keys.iter().map(|key| hand.get(key).unwrap()).collect();
    keys.iter().for_each(|key| hand.purge(key));
    let port = free_port();
    let serve = Program::serve(&folder.0, "serve", &urls, port, &[]);
    serve.says("a piece is missing");
    serve.says("publishing at ");
    let health = serve.get("/health").unwrap();
    assert!(health.starts_with("HTTP/1.1 503") && health.contains("metadata: "), "{health}");
    // As by a server of the cluster that has them later.
    keys.iter().zip(&pieces).for_each(|(key, piece)| hand.put(key, piece));
    serve.wait_until_well();
    wait_until("signals", || Shown::by(&engine, port).1.len() == 20);
}

#[test]
fn an_ingest_that_is_overtaken_puts_all_of_its_metadata() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("overtaken");
    let engine = Engine::new().unwrap();
    let server = Server::start(&folder.0.join("nats"));
    let hand = Hand::on(&server);
    let link = Link::to(server.port);
    let source = Source::new(&engine, 1, 2);
    let sources = [("east", source.connection())];
    let other = "00112233445566778899aabbccddeeff 1 7";
    // Slow enough for the hand to be faster.
    link.slow_down(Duration::from_millis(200));
    let urls = [format!("nats://127.0.0.1:{}", link.port)];
    let mut ingest = None;
    let subject = hand.subject_of_next("$KV.STTP.document.east.>", || {
        ingest = Some(Program::ingest(&folder.0, "ingest", &urls, &sources, &[]));
    });
    // Another ingest names its own, and removes what it has read of before.
    let piece = subject.strip_prefix("$KV.STTP.").unwrap();
    hand.put("shared.metadata.east", other.as_bytes());
    hand.purge(piece);
    link.slow_down(Duration::ZERO);
    wait_until("metadata", || hand.get("shared.metadata.east").is_some_and(|name| name != other.as_bytes()));
    assert!(hand.get(piece).is_some(), "what is named is there");
    let port = free_port();
    let serve = Program::serve(&folder.0, "serve", &[server.url()], port, &[]);
    serve.wait_until_well();
    assert_eq!(Shown::by(&engine, port).1.len(), 20);
    assert!(ingest.unwrap().stop().success());
}
