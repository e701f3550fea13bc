//! Publishers and subscribers whose connections are secured by TLS.

use std::net::TcpStream;
use std::num::NonZeroUsize;
use std::time::SystemTime;

use sttp::session::Severity;
use sttp::tls::{IdentitySource, SelfSigned, SelfSignedOptions, Source, TlsDetails, TlsSettings};

use super::*;

/// A certificate, made for a side.
pub(crate) fn made(name: &str) -> SelfSigned {
    let validity = Duration::from_secs(24 * 3600 * 100);
    let options = SelfSignedOptions { name: name.to_owned(), hosts: Vec::new(), validity };
    SelfSigned::make(&options, SystemTime::now()).unwrap()
}

/// Settings of a side that trusts another's certificate.
pub(crate) fn trusting(own: &SelfSigned, peer: &SelfSigned) -> TlsSettings {
    let memory = |text: &str| Source::memory(text.as_bytes());
    TlsSettings {
        identity: Some(IdentitySource {
            certificates: memory(&own.certificate_pem),
            private_key: Some(memory(&own.private_key_pem)),
        }),
        pinned: vec![memory(&peer.certificate_pem)],
        ..TlsSettings::default()
    }
}

/// What is told of a connection, one text after the other.
pub(crate) struct Told(pub(crate) Sender<String>);

impl Told {
    fn tell(&self, text: String) {
        let _ = self.0.send(text);
    }
}

impl PublisherHandler for Told {
    fn connected(&mut self, connection: &ConnectionInfo) {
        self.tell(format!("connected: {}", connection.address));
    }

    fn disconnected(&mut self, _connection: &ConnectionInfo, reason: Result<(), &Error>) {
        self.tell(format!("disconnected: {reason:?}"));
    }

    fn message(&mut self, _severity: Severity, text: &str) {
        self.tell(text.to_owned());
    }
}

impl SubscriberHandler for Told {
    fn connected(&mut self, address: &str) {
        self.tell(format!("connected: {address}"));
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        self.tell(format!("disconnected: {}", reason.err().map_or(String::new(), Error::to_string)));
    }

    fn message(&mut self, _severity: Severity, text: &str) {
        self.tell(text.to_owned());
    }
}

/// Waits for a text that contains another.
#[track_caller]
pub(crate) fn hear(told: &Receiver<String>, wanted: &str) -> String {
    loop {
        let text = told.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("nobody says {wanted:?}"));
        if text.contains(wanted) {
            return text;
        }
        println!("{text}");
    }
}

fn publisher_by(engine: &Engine, tls: Option<TlsSettings>) -> (Publisher, Receiver<String>) {
    let (sender, told) = channel();
    let publisher = Publisher::new(engine, Told(sender));
    publisher.set_metadata(Arc::new(Metadata::new(DataSet::sample().unwrap()))).unwrap();
    publisher.secure(tls).unwrap();
    (publisher, told)
}

fn listening_publisher(engine: &Engine, tls: Option<TlsSettings>) -> (Publisher, Receiver<String>, String) {
    let (publisher, told) = publisher_by(engine, tls);
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let address = publisher.address().unwrap().to_string();
    (publisher, told, address)
}

fn subscriber_by(engine: &Engine, tls: Option<TlsSettings>) -> (Subscriber, Receiver<String>) {
    let (sender, told) = channel();
    let subscriber = Subscriber::new(engine, Told(sender));
    subscriber.secure(tls).unwrap();
    (subscriber, told)
}

/// Connects once, and does not come back.
fn connect_once(engine: &Engine, address: &str, tls: Option<TlsSettings>) -> (Subscriber, Receiver<String>) {
    let (subscriber, told) = subscriber_by(engine, tls);
    subscriber.connect(address, SubscriberSettings::default().reconnect(once())).unwrap();
    (subscriber, told)
}

fn once() -> ReconnectSettings {
    ReconnectSettings::default().enabled(false)
}

pub(crate) fn read_all() -> SubscriberSettings {
    quick_reconnects().read_queue(1_000)
}

#[track_caller]
fn assert_names(details: Option<&TlsDetails>, name: &str) {
    let details = details.expect("TLS has agreed on something");
    assert_eq!((details.version, &*details.cipher_suite), ("TLS 1.3", "TLS13_AES_256_GCM_SHA384"));
    let peer = details.peer.as_ref().unwrap();
    assert_eq!((peer.certificate.subject(), peer.is_pinned), (&*format!("CN={name}"), true));
}

#[test]
fn measurements_arrive_without_loss_whoever_connects() {
    let (ours, theirs) = (made("publisher"), made("subscriber"));
    let two = NonZeroUsize::new(2).unwrap();
    for engine in [Engine::new().unwrap(), Engine::with_threads(two).unwrap()] {
        let (publisher, published) = idle_publisher(&engine);
        publisher.secure(Some(trusting(&ours, &theirs))).unwrap();
        let overflow = Overflow::Wait { timeout: None };
        publisher.start("127.0.0.1:0", PublisherSettings::default().overflow(overflow)).unwrap();
        let (subscriber, _events) = idle_subscriber(&engine);
        subscriber.secure(Some(trusting(&theirs, &ours))).unwrap();
        subscriber.connect(&publisher.address().unwrap().to_string(), read_all()).unwrap();
        wait_for(&published, &Event::Subscribed);
        assert_names(publisher.connections()[0].tls.as_deref(), "subscriber");
        assert_names(subscriber.tls().as_deref(), "publisher");
        exchange_all(publisher, &subscriber);

        let (subscriber, _events) = idle_subscriber(&engine);
        subscriber.secure(Some(trusting(&theirs, &ours))).unwrap();
        subscriber.listen("127.0.0.1:0", read_all()).unwrap();
        let (publisher, published) = idle_publisher(&engine);
        publisher.secure(Some(trusting(&ours, &theirs))).unwrap();
        publisher.configure(PublisherSettings::default().overflow(overflow)).unwrap();
        let address = subscriber.address().unwrap().to_string();
        publisher.connect(&address, quick_reconnects().reconnect).unwrap();
        wait_for(&published, &Event::Subscribed);
        assert_names(publisher.connections()[0].tls.as_deref(), "subscriber");
        assert_names(subscriber.tls().as_deref(), "publisher");
        exchange_all(publisher, &subscriber);
        subscriber.disconnect().unwrap();
    }
}

#[test]
fn a_stranger_is_told_why_and_gets_nothing() {
    let engine = Engine::new().unwrap();
    let (ours, theirs, stranger) = (made("publisher"), made("subscriber"), made("stranger"));
    let (publisher, publisher_told, address) = listening_publisher(&engine, Some(trusting(&ours, &theirs)));

    let (subscriber, told) = connect_once(&engine, &address, Some(trusting(&stranger, &ours)));
    hear(&told, "does not accept our certificate (CN=stranger");
    let text = hear(&publisher_told, "is none of the 1 certificates trusted here (CN=stranger");
    assert!(text.starts_with("a connection from 127.0.0.1:"), "{text}");
    assert_eq!(subscriber.statistics().bytes_received, 0);

    let (subscriber, told) = connect_once(&engine, &address, Some(trusting(&theirs, &stranger)));
    let text = hear(&told, "disconnected: ");
    assert!(text.contains(&format!("the connection to {address} cannot be secured")), "{text}");
    assert!(text.contains("is none of the 1 certificates trusted here (CN=publisher"), "{text}");
    hear(&publisher_told, "does not accept our certificate (CN=publisher");
    assert_eq!((subscriber.statistics().connections, subscriber.tls()), (0, None));
    let counts = publisher.statistics();
    assert_eq!((counts.connections_accepted, counts.bytes_sent), (0, 0));
}

#[test]
fn one_side_without_tls_is_told_so() {
    let engine = Engine::new().unwrap();
    let (ours, theirs) = (made("publisher"), made("subscriber"));
    let (with, without) = (|| Some(trusting(&ours, &theirs)), || Some(trusting(&theirs, &ours)));
    let (_secured, secured_told, secured_address) = listening_publisher(&engine, with());
    let (_plain, plain_told, plain_address) = listening_publisher(&engine, None);

    let (_subscriber, told) = connect_once(&engine, &secured_address, None);
    hear(&told, "this port is for TLS: turn it on (securityMode=TLS)");
    hear(&secured_told, "the peer does not speak TLS but STTP without TLS");

    let (_subscriber, told) = connect_once(&engine, &plain_address, without());
    hear(&told, "may not speak TLS on this port");
    hear(&plain_told, "the peer speaks TLS, and this connection is without");
}

#[test]
fn one_side_without_tls_is_told_so_where_publishers_connect() {
    let engine = Engine::new().unwrap();
    let (ours, theirs) = (made("publisher"), made("subscriber"));

    let (subscriber, told) = subscriber_by(&engine, None);
    subscriber.listen("127.0.0.1:0", SubscriberSettings::default()).unwrap();
    let (publisher, publisher_told) = publisher_by(&engine, Some(trusting(&ours, &theirs)));
    publisher.connect(&subscriber.address().unwrap().to_string(), once()).unwrap();
    hear(&publisher_told, "the peer does not speak TLS on this port but STTP without TLS");
    hear(&told, "the peer speaks TLS, and this connection is without");

    let (subscriber, told) = subscriber_by(
        &engine,
        Some(TlsSettings { handshake_timeout: Duration::from_millis(200), ..trusting(&theirs, &ours) }),
    );
    subscriber.listen("127.0.0.1:0", SubscriberSettings::default()).unwrap();
    let (publisher, publisher_told) = publisher_by(&engine, None);
    publisher.connect(&subscriber.address().unwrap().to_string(), once()).unwrap();
    hear(&told, "it may wait for us, as publishers that connect without TLS do");
    hear(&publisher_told, "closed the connection at once; check that it is a subscriber");
}

#[test]
fn a_listening_subscriber_serves_the_publisher_it_knows_whoever_came_before() {
    let engine = Engine::new().unwrap();
    let (ours, theirs, stranger) = (made("publisher"), made("subscriber"), made("stranger"));
    let (subscriber, told) = subscriber_by(&engine, Some(trusting(&theirs, &ours)));
    subscriber.listen("127.0.0.1:0", SubscriberSettings::default()).unwrap();
    let address = subscriber.address().unwrap().to_string();
    // One who says nothing, and one who is not known.
    let _silent = TcpStream::connect(&address).unwrap();
    let (unknown, unknown_told) = publisher_by(&engine, Some(trusting(&stranger, &theirs)));
    unknown.connect(&address, once()).unwrap();
    hear(&told, "is none of the 1 certificates trusted here (CN=stranger");
    hear(&unknown_told, "does not accept our certificate (CN=stranger");

    let (known, _told) = publisher_by(&engine, Some(trusting(&ours, &theirs)));
    known.connect(&address, once()).unwrap();
    hear(&told, "connected: ");
    assert_names(subscriber.tls().as_deref(), "publisher");
}

#[test]
fn who_never_ends_the_handshake_is_let_go_and_told_of() {
    let engine = Engine::new().unwrap();
    let (ours, theirs) = (made("publisher"), made("subscriber"));
    let tls = TlsSettings { handshake_timeout: Duration::from_millis(200), ..trusting(&ours, &theirs) };
    let (publisher, told, address) = listening_publisher(&engine, Some(tls));
    let mut silent = TcpStream::connect(&address).unwrap();
    let mut beginner = TcpStream::connect(&address).unwrap();
    // The beginning of a hello.
    beginner.write_all(&[22, 3, 1, 2, 0, 1]).unwrap();
    for stream in [&mut silent, &mut beginner] {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // The end, whichever way the system tells it.
        assert_eq!(stream.read(&mut [0; 100]).unwrap_or(0), 0);
    }
    let texts = [(); 2].map(|()| hear(&told, "was not done within 0.2 s (handshakeTimeout)")).concat();
    assert!(
        texts.contains("the peer says nothing") && texts.contains("began and went no further"),
        "{texts}"
    );
    assert_eq!(publisher.statistics().connections_accepted, 0);
}

#[test]
fn handshakes_are_no_more_than_a_setting_says() {
    let engine = Engine::new().unwrap();
    let (ours, theirs) = (made("publisher"), made("subscriber"));
    let tls = TlsSettings { max_handshakes: 3, ..trusting(&ours, &theirs) };
    let (_publisher, told, address) = listening_publisher(&engine, Some(tls));
    let mut silent: Vec<_> = (0..5).map(|_| TcpStream::connect(&address).unwrap()).collect();
    for stream in &mut silent[..2] {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        assert_eq!(stream.read(&mut [0; 100]).unwrap_or(0), 0);
        hear(&told, "3 handshakes of TLS are under way (maxHandshakes), the most of them with this address");
    }
    let (_known, told) = connect_once(&engine, &address, Some(trusting(&theirs, &ours)));
    hear(&told, "connected: ");
}

#[test]
fn certificates_that_cannot_be_used_change_nothing() {
    let engine = Engine::new().unwrap();
    let (publisher, _published) = idle_publisher(&engine);
    let error = publisher.secure(Some(TlsSettings::default())).unwrap_err();
    assert!(matches!(&error, Error::InvalidArgument(text) if text.contains("remoteCertificate")), "{error}");
    assert!(matches!(publisher.reload_certificates(), Err(Error::InvalidState(_))));
    let (ours, theirs) = (made("publisher"), made("subscriber"));
    publisher.secure(Some(trusting(&ours, &theirs))).unwrap();
    publisher.reload_certificates().unwrap();
    publisher.secure(None).unwrap();
    assert!(publisher.reload_certificates().is_err());
}

#[test]
fn certificates_are_exchanged_while_connections_stand() {
    let folder = std::env::temp_dir().join(format!("sttp-tls-rotation-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let trusted = folder.join("trusted.pem");
    let engine = Engine::new().unwrap();
    let (ours, before, after) = (made("publisher"), made("before"), made("after"));
    std::fs::write(&trusted, &before.certificate_pem).unwrap();
    let tls = TlsSettings { pinned: vec![Source::file(&trusted)], ..trusting(&ours, &before) };
    let (publisher, publisher_told, address) = listening_publisher(&engine, Some(tls));
    let (first, told) = connect_once(&engine, &address, Some(trusting(&before, &ours)));
    hear(&told, "connected: ");

    std::fs::write(&trusted, "nonsense").unwrap();
    let error = publisher.reload_certificates().unwrap_err();
    assert!(error.to_string().contains("trusted.pem"), "{error}");
    std::fs::write(&trusted, &after.certificate_pem).unwrap();
    publisher.reload_certificates().unwrap();
    let (_second, told) = connect_once(&engine, &address, Some(trusting(&after, &ours)));
    hear(&told, "connected: ");
    let (_third, told) = connect_once(&engine, &address, Some(trusting(&before, &ours)));
    hear(&told, "does not accept our certificate (CN=before");
    hear(&publisher_told, "is none of the 1 certificates trusted here (CN=before");
    assert_eq!(first.state(), ConnectionState::Connected);
    std::fs::remove_dir_all(&folder).unwrap();
}
