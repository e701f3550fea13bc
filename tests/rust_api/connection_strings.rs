//! Publishers and subscribers that are opened by connection strings, and nothing else.

use super::*;

use sttp::settings::{PublisherSetup, SubscriberSetup};

const FILTER: &str = "outputMeasurements={FILTER ActiveMeasurements WHERE True}; readQueue=1000";

fn sample() -> Arc<Metadata> {
    Arc::new(Metadata::new(DataSet::sample().unwrap()))
}

fn open_publisher(engine: &Engine, string: &str) -> (Publisher, Receiver<Event>) {
    let (events, happened) = channel();
    (Publisher::open(engine, string, sample(), Events(events)).unwrap(), happened)
}

fn open_subscriber(engine: &Engine, string: &str) -> (Subscriber, Receiver<Event>) {
    let (events, happened) = channel();
    (Subscriber::open(engine, string, Events(events)).unwrap(), happened)
}

#[test]
fn a_subscriber_connects() {
    let engine = Engine::new().unwrap();
    let (publisher, published) = open_publisher(&engine, "port=0; interface=127.0.0.1; overflow=wait");
    let port = publisher.address().unwrap().port();
    let (subscriber, _events) = open_subscriber(
        &engine,
        &format!(
            "interface=0.0.0.0; compression=true; autoConnect=true; securityMode=None; server=127.0.0.1:{port}; {FILTER}"
        ),
    );
    wait_for(&published, &Event::Subscribed);
    exchange_all(publisher, &subscriber);
}

#[test]
fn a_publisher_connects() {
    let engine = Engine::new().unwrap();
    let (subscriber, _events) =
        open_subscriber(&engine, &format!("commandChannel={{port=0; interface=127.0.0.1}}; {FILTER}"));
    let port = subscriber.address().unwrap().port();
    let (publisher, published) = open_publisher(
        &engine,
        &format!("server=127.0.0.1; port={port}; retryInterval=20; maxRetryInterval=100; overflow=wait"),
    );
    assert_eq!(publisher.address(), None);
    wait_for(&published, &Event::Subscribed);
    assert!(publisher.connections()[0].outgoing);
    exchange_all(publisher, &subscriber);
}

#[test]
fn measurements_come_by_udp() {
    let engine = Engine::new().unwrap();
    let (publisher, published) = open_publisher(&engine, "port=0; interface=127.0.0.1; datagramSize=1000");
    let port = publisher.address().unwrap().port();
    let (subscriber, _events) = open_subscriber(
        &engine,
        &format!("server=127.0.0.1:{port}; dataChannel={{port=0; interface=0.0.0.0}}; {FILTER}"),
    );
    wait_for(&published, &Event::Subscribed);
    let signals = DataSet::sample().unwrap().table("MeasurementDetail").unwrap().row_count() as u32;
    for number in 0..50 {
        // Each is read before the next, so that no buffer overflows.
        let sent = frame(number, signals);
        publisher.publish_indexed(&sent).unwrap();
        let mut received = frame(0, signals);
        let mut count = 0;
        while count < received.len() {
            count += subscriber.read(&mut received[count..], Some(PATIENCE)).unwrap();
        }
        for (received, sent) in received.iter().zip(&sent) {
            assert_eq!((received.timestamp, received.value), (sent.timestamp, sent.value));
        }
    }
    assert!(subscriber.statistics().datagrams >= 50);
    assert_eq!(publisher.statistics().datagrams_sent, subscriber.statistics().datagrams);
}

#[test]
fn historical_data_are_asked_for() {
    let engine = Engine::new().unwrap();
    let (publisher, _published) =
        open_publisher(&engine, "port=0; interface=127.0.0.1; historyDuration=3600; historyLimit=1048576");
    let signals = DataSet::sample().unwrap().table("MeasurementDetail").unwrap().row_count() as u32;
    let frames: Vec<_> = (0..20).map(|number| frame(number, signals)).collect();
    for sent in &frames {
        publisher.publish_indexed(sent).unwrap();
    }
    publisher.flush(Some(PATIENCE)).unwrap();
    let port = publisher.address().unwrap().port();
    let window = format!(
        "startTimeConstraint={}; stopTimeConstraint={}",
        frames[5][0].timestamp, frames[9][0].timestamp
    );
    let (subscriber, _events) = open_subscriber(
        &engine,
        &format!("server=127.0.0.1:{port}; {window}; processingInterval=0; {FILTER}"),
    );
    let expected = frames[5..10].concat();
    let mut received = expected.clone();
    let mut count = 0;
    while count < received.len() {
        count += subscriber.read(&mut received[count..], Some(PATIENCE)).unwrap();
    }
    for (received, expected) in received.iter().zip(&expected) {
        assert_eq!((received.timestamp, received.value), (expected.timestamp, expected.value));
    }
}

#[test]
fn what_was_read_can_be_looked_at_changed_and_written() {
    let engine = Engine::new().unwrap();
    let mut setup: PublisherSetup = "port=7165; maxConnections=5".parse().unwrap();
    setup.command_channel.port = Some(0);
    setup.apply("interface=127.0.0.1; overflow=wait").unwrap();
    assert_eq!(setup.to_string(), "port=0;interface=127.0.0.1;maxConnections=5;overflow=wait");
    let (publisher, published) = idle_publisher(&engine);
    publisher.set_up(&setup).unwrap();
    assert!(matches!(publisher.set_up(&setup), Err(Error::InvalidState(_))));

    let mut setup = SubscriberSetup::default();
    setup.apply(FILTER).unwrap();
    let (events, _happened) = channel();
    let subscriber = Subscriber::new(&engine, Events(events));
    assert!(matches!(subscriber.set_up(&setup), Err(Error::InvalidArgument(_))));
    setup.command_channel.server = publisher.address().unwrap().to_string();
    subscriber.set_up(&setup).unwrap();
    assert!(matches!(subscriber.set_up(&setup), Err(Error::InvalidState(_))));
    wait_for(&published, &Event::Subscribed);
    exchange_all(publisher, &subscriber);
}

#[test]
fn strings_that_are_wrong_open_nothing() {
    let engine = Engine::new().unwrap();
    for wrong in
        ["", "filterExpression=PPA:1", "server=127.0.0.1:1; compresion=true", "port=0; securityMode=TLS"]
    {
        let (events, _happened) = channel();
        let refused = Subscriber::open(&engine, wrong, Events(events));
        assert!(matches!(refused, Err(Error::InvalidArgument(_))), "{wrong}");
        let (events, _happened) = channel();
        let refused = Publisher::open(&engine, wrong, sample(), Events(events));
        assert!(matches!(refused, Err(Error::InvalidArgument(_))), "{wrong}");
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let (events, _happened) = channel();
    let refused = Subscriber::open(&engine, &format!("port={port}; interface=127.0.0.1"), Events(events));
    assert!(matches!(refused, Err(Error::Io { .. })));
}
