//! Publishers that grant each subscriber its own.

use std::fs;
use std::net::TcpStream;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::OnceLock;

use sttp::codec::SignalIndexCache;
use sttp::metadata::Metadata as ReceivedMetadata;
use sttp::rights::{Admission, Audit, AuditSubject, Grant, Peer, Rights};
use sttp::session::Severity;
use sttp::settings::{LimitSettings, PublisherSetup, RightsSettings};
use sttp::tls::{SelfSigned, Source, TlsSettings};

use super::tls::{hear, made, trusting};
use super::*;

/// What a publisher decides, and has to tell.
struct Gate {
    told: Sender<String>,
    decide: fn(&Peer) -> Admission,
    connected: Box<dyn FnMut(&ConnectionInfo) + Send>,
}

impl PublisherHandler for Gate {
    fn admit(&mut self, peer: &Peer) -> Admission {
        (self.decide)(peer)
    }

    fn connected(&mut self, connection: &ConnectionInfo) {
        (self.connected)(connection);
    }

    fn audit(&mut self, event: &Audit) {
        let _ = self.told.send(format!("audit: {event}"));
    }

    fn message(&mut self, _severity: Severity, text: &str) {
        let _ = self.told.send(text.to_owned());
    }
}

fn gate(engine: &Engine, decide: fn(&Peer) -> Admission) -> (Publisher, Receiver<String>) {
    let (told, heard) = channel();
    let publisher = Publisher::new(engine, Gate { told, decide, connected: Box::new(|_| {}) });
    publisher.set_metadata(Arc::new(Metadata::new(DataSet::sample().unwrap()))).unwrap();
    (publisher, heard)
}

fn by_rights(_: &Peer) -> Admission {
    Admission::ByRights
}

/// What a subscriber gets.
#[derive(Debug)]
enum Got {
    Connected,
    Signals(Arc<SignalIndexCache>),
    Metadata(Arc<ReceivedMetadata>),
    Ended(String),
}

struct Gets(Sender<Got>);

impl SubscriberHandler for Gets {
    fn connected(&mut self, _address: &str) {
        let _ = self.0.send(Got::Connected);
    }

    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        let _ = self.0.send(Got::Signals(cache.clone()));
    }

    fn metadata(&mut self, metadata: &Arc<ReceivedMetadata>) {
        let _ = self.0.send(Got::Metadata(metadata.clone()));
    }

    fn disconnected(&mut self, reason: Result<(), &Error>) {
        let _ = self.0.send(Got::Ended(reason.err().map_or(String::new(), Error::to_string)));
    }
}

fn subscribing(
    engine: &Engine,
    address: SocketAddr,
    tls: Option<TlsSettings>,
) -> (Subscriber, Receiver<Got>) {
    let (gets, got) = channel();
    let subscriber = Subscriber::new(engine, Gets(gets));
    subscriber.secure(tls).unwrap();
    let filter = "FILTER ActiveMeasurements WHERE True".to_owned();
    subscriber.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
    let settings = SubscriberSettings::default().reconnect(ReconnectSettings::default().enabled(false));
    subscriber.connect(&address.to_string(), settings).unwrap();
    (subscriber, got)
}

#[track_caller]
fn signals(got: &Receiver<Got>) -> Arc<SignalIndexCache> {
    loop {
        match got.recv_timeout(PATIENCE).expect("a signal index cache comes") {
            Got::Signals(cache) => return cache,
            Got::Ended(reason) => panic!("{reason}"),
            Got::Connected | Got::Metadata(_) => {}
        }
    }
}

#[track_caller]
fn metadata(got: &Receiver<Got>) -> Arc<ReceivedMetadata> {
    loop {
        match got.recv_timeout(PATIENCE).expect("metadata come") {
            Got::Metadata(metadata) => return metadata,
            Got::Ended(reason) => panic!("{reason}"),
            Got::Connected | Got::Signals(_) => {}
        }
    }
}

#[track_caller]
fn ended(got: &Receiver<Got>) {
    while !matches!(got.recv_timeout(PATIENCE).expect("it is disconnected"), Got::Ended(_)) {}
}

/// A folder of the test's own, and a file in it.
struct RightsFile(PathBuf);

impl RightsFile {
    fn new(name: &str) -> RightsFile {
        let folder = std::env::temp_dir().join(format!("sttp-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        RightsFile(folder.join("rights.txt"))
    }

    fn write(&self, text: &str) {
        fs::write(&self.0, text).unwrap();
    }
}

impl Drop for RightsFile {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(self.0.parent().unwrap());
    }
}

fn signals_of_type(kind: &str) -> usize {
    let metadata = Metadata::new(DataSet::sample().unwrap());
    metadata.measurements().filter(|measurement| measurement.signal_acronym() == Some(kind)).count()
}

/// A publisher's settings that trust several certificates.
fn trusting_all(own: &SelfSigned, peers: &[&SelfSigned]) -> TlsSettings {
    let pinned = peers.iter().map(|peer| Source::memory(peer.certificate_pem.as_bytes())).collect();
    TlsSettings { pinned, ..trusting(own, peers[0]) }
}

#[test]
fn who_shows_which_certificate_gets_which_signals_and_no_others() {
    let engine = Engine::new().unwrap();
    let [ours, north, south] = ["publisher", "north", "south"].map(made);
    let (publisher, told) = gate(&engine, by_rights);
    publisher.secure(Some(trusting_all(&ours, &[&north, &south]))).unwrap();
    let section = format!(
        "[subscriber northern]\ncertificate = {}\nsubject = CN=north\nsignals = ALLOW WHERE SignalType = 'FREQ'\n",
        north.details.fingerprint()
    );
    publisher.set_rights(Some(Rights::parse(&section, "rights").unwrap()));
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let address = publisher.address().unwrap();

    let (northern, got) = subscribing(&engine, address, Some(trusting(&north, &ours)));
    let frequencies = signals_of_type("FREQ");
    assert!(frequencies > 0);
    let cache = signals(&got);
    assert_eq!(cache.records().len(), frequencies);
    assert!(cache.unauthorized().len() > frequencies);
    northern.request_metadata("").unwrap();
    let received = metadata(&got);
    assert_eq!(received.measurements().len(), frequencies);
    assert!(received.measurements().all(|measurement| measurement.signal_acronym() == Some("FREQ")));
    assert_eq!(received.phasors().len(), 0, "frequencies belong to no phasor");
    let line = hear(&told, "audit: ");
    assert!(line.contains("accepted connection of 127.0.0.1"), "{line}");
    assert!(line.contains(&format!("CN=north, SHA-256 {}", north.details.fingerprint())), "{line}");
    assert!(line.contains("rights \"northern\""), "{line}");

    // It is trusted, but has no rights.
    let (southern, got) = subscribing(&engine, address, Some(trusting(&south, &ours)));
    hear(&told, "refused connection of");
    ended(&got);
    assert_eq!(southern.statistics().bytes_received, 0);
}

#[test]
fn a_changed_file_holds_for_those_who_are_connected_and_a_bad_one_changes_nothing() {
    let engine = Engine::new().unwrap();
    let file = RightsFile::new("rights-reload");
    let name = file.0.display().to_string();
    let (publisher, told) = gate(&engine, by_rights);
    let setup: PublisherSetup =
        format!("port=0; interface=127.0.0.1; rightsFile={{{name}}}").parse().unwrap();
    let missing = publisher.set_up(&setup).unwrap_err().to_string();
    assert!(missing.contains(&name), "{missing}");
    assert!(!publisher.is_running());

    file.write("[others]\nsignals = ALLOW WHERE SignalType = 'FREQ'\n");
    publisher.set_up(&setup).unwrap();
    let (_subscriber, got) = subscribing(&engine, publisher.address().unwrap(), None);
    assert_eq!(signals(&got).records().len(), signals_of_type("FREQ"));

    file.write("[others]\nsignals = ALLOW WHERE SignalType = 'FREQ' OR SignalType = 'DFDT'\n");
    hear(&told, "the rights were read again");
    assert_eq!(signals(&got).records().len(), signals_of_type("FREQ") + signals_of_type("DFDT"));

    file.write("[others]\nsignals = ALLOW WHERE\n");
    let text = hear(&told, "the rights stay as they were: ");
    assert!(text.contains(&format!("{name}:2: signals")), "{text}");
    let error = publisher.reload_rights().unwrap_err().to_string();
    assert!(error.contains(&format!("{name}:2: ")), "{error}");

    file.write("[subscriber elsewhere]\naddresses = 192.0.2.7\nsignals =\n");
    publisher.reload_rights().unwrap();
    ended(&got);
    hear(&told, "refused rights of 127.0.0.1");
    publisher.use_rights_file(None).unwrap();
    let (_subscriber, got) = subscribing(&engine, publisher.address().unwrap(), None);
    assert!(signals(&got).unauthorized().is_empty());

    // What the program says takes the place of a file.
    publisher.use_rights_file(Some(&file.0)).unwrap();
    publisher.set_rights(None);
    assert!(matches!(publisher.reload_rights(), Err(Error::InvalidState(_))));
}

/// Everything that comes until the end, to somebody who asks for all there is at once.
fn answers_to_everything(address: SocketAddr) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let modes = [0, 0, 0, 5, 6, 0, 0, 2, 2];
    let metadata = [0, 0, 0, 1, 1];
    let filter = b"filterExpression={FILTER ActiveMeasurements WHERE True}";
    let mut subscribe = vec![0, 0, 0, 6 + filter.len() as u8, 2, 2, 0, 0, 0, filter.len() as u8];
    subscribe.extend(filter);
    let _ = stream.write_all(&[&modes[..], &metadata, &subscribe, &metadata].concat());
    let mut bytes = Vec::new();
    // The end, whichever way the system tells it.
    let _ = stream.read_to_end(&mut bytes);
    bytes
}

#[test]
fn audit_events_are_no_more_in_a_second_than_a_setting_says() {
    let engine = Engine::new().unwrap();
    let (publisher, told) = gate(&engine, |_| Admission::Refused("closed".into()));
    let limits = LimitSettings::default().audit_events_per_second(1);
    publisher.start("127.0.0.1:0", PublisherSettings::default().limits(limits)).unwrap();
    let address = publisher.address().unwrap();
    let (mut told_of, mut left_out) = (0, 0);
    for _ in 0..60 {
        answers_to_everything(address);
    }
    while told_of + left_out < 60 {
        let line = hear(&told, "audit: ");
        let others =
            line.split_once(" (").and_then(|(_, rest)| rest.split_once(" others before it were left out"));
        left_out += others.map_or(0, |(count, _)| count.parse().unwrap());
        told_of += 1;
    }
    // None would be, did they take a second each.
    assert!(told_of + left_out == 60 && left_out > 0, "{told_of} were told, {left_out} left out");
}

#[test]
fn who_is_refused_by_the_program_is_told_nothing() {
    let engine = Engine::new().unwrap();
    let (publisher, told) = gate(&engine, |peer| Admission::Refused(format!("port {}", peer.address.port())));
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let bytes = answers_to_everything(publisher.address().unwrap());
    assert!(bytes.is_empty(), "{bytes:?}");
    let line = hear(&told, "audit: ");
    assert!(line.contains("refused connection of 127.0.0.1") && line.contains("not let in: port "), "{line}");
}

#[test]
fn who_is_disconnected_in_the_callback_gets_nothing_more() {
    for threads in [1, 3] {
        let engine = Engine::with_threads(NonZeroUsize::new(threads).unwrap()).unwrap();
        let own: Arc<OnceLock<Publisher>> = Arc::default();
        let publisher = own.clone();
        let (told, _heard) = channel();
        let connected = move |connection: &ConnectionInfo| {
            publisher.get().unwrap().disconnect(connection.id).unwrap();
        };
        let gate = Gate { told, decide: by_rights, connected: Box::new(connected) };
        let publisher = own.get_or_init(|| Publisher::new(&engine, gate));
        publisher.set_metadata(Arc::new(Metadata::new(DataSet::sample().unwrap()))).unwrap();
        publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
        for _ in 0..20 {
            let bytes = answers_to_everything(publisher.address().unwrap());
            let length = u32::from_be_bytes(bytes[..4].try_into().unwrap()) as usize;
            assert_eq!(bytes.len(), 4 + length, "only that the operational modes are accepted");
            assert_eq!(bytes[4..6], [0x80, 6]);
        }
        publisher.stop().unwrap();
    }
}

#[test]
fn the_program_grants_what_it_likes_and_changes_its_mind() {
    let engine = Engine::new().unwrap();
    let rights = |kind: &str| RightsSettings::default().signals(format!("ALLOW WHERE SignalType = '{kind}'"));
    let (publisher, told) = gate(&engine, |_| {
        let rights = RightsSettings::default().signals("ALLOW WHERE SignalType = 'FREQ'".into());
        Admission::Granted(Arc::new(Grant::new("guest", rights).unwrap()))
    });
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let (_subscriber, got) = subscribing(&engine, publisher.address().unwrap(), None);
    assert_eq!(signals(&got).records().len(), signals_of_type("FREQ"));
    publisher.set_rights(Some(Rights::default()));
    let connection = publisher.connections().pop().expect("what the program has granted stays");
    assert_eq!(connection.rights, "guest");

    let grant = Grant::new("friend", rights("DFDT")).unwrap();
    publisher.set_connection_rights(connection.id, Some(grant)).unwrap();
    assert_eq!(signals(&got).records().len(), signals_of_type("DFDT"));
    hear(&told, "accepted rights of 127.0.0.1");
    let nobody = publisher.set_connection_rights(connection.id + 100, None);
    assert!(matches!(nobody, Err(Error::NotFound(_))));
    publisher.set_connection_rights(connection.id, None).unwrap();
    hear(&told, &format!("refused {}", AuditSubject::Rights.name()));
}
