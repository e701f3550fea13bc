//! Publishers and subscribers, with openssl and Python's `ssl` at the other end.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use sttp::engine::Engine;
use sttp::error::Error;
use sttp::metadata::{DataSet, Metadata};
use sttp::publisher::{ConnectionInfo, Publisher, PublisherHandler, PublisherSettings};
use sttp::session::Severity;
use sttp::subscriber::{ReconnectSettings, Subscriber, SubscriberHandler, SubscriberSettings};
use sttp::tls::{MinimumVersion, TlsSettings};

use crate::certificates::{Authority, Kind, memory};
use crate::patience::PATIENCE;
use crate::peers::Setting;
use crate::processes::Peer;

/// What is told of connections, one text after the other.
pub(crate) struct Told(pub(crate) Sender<String>);

impl PublisherHandler for Told {
    fn connected(&mut self, connection: &ConnectionInfo) {
        let subject =
            connection.tls.as_ref().and_then(|tls| tls.peer.as_ref()).map(|peer| peer.certificate.subject());
        let _ = self.0.send(format!("connected: {subject:?}"));
    }

    fn disconnected(&mut self, _connection: &ConnectionInfo, reason: Result<(), &Error>) {
        let _ =
            self.0.send(format!("disconnected: {}", reason.err().map_or(String::new(), Error::to_string)));
    }

    fn message(&mut self, _severity: Severity, text: &str) {
        let _ = self.0.send(text.to_owned());
    }
}

impl SubscriberHandler for Told {
    fn disconnected(&mut self, reason: Result<(), &Error>) {
        let _ =
            self.0.send(format!("disconnected: {}", reason.err().map_or(String::new(), Error::to_string)));
    }

    fn message(&mut self, _severity: Severity, text: &str) {
        let _ = self.0.send(text.to_owned());
    }
}

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

pub(crate) fn publisher(tls: TlsSettings) -> (Publisher, Receiver<String>) {
    let (sender, told) = channel();
    let publisher = Publisher::new(&Engine::shared().unwrap(), Told(sender));
    publisher.set_metadata(Arc::new(Metadata::new(DataSet::sample().unwrap()))).unwrap();
    publisher.secure(Some(tls)).unwrap();
    (publisher, told)
}

pub(crate) fn listening(tls: TlsSettings) -> (Publisher, Receiver<String>, u16) {
    let (publisher, told) = publisher(tls);
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let port = publisher.address().unwrap().port();
    (publisher, told, port)
}

/// A subscriber's attempt, and why it failed.
fn failure_of_subscriber(tls: TlsSettings, port: u16) -> String {
    let (sender, told) = channel();
    let subscriber = Subscriber::new(&Engine::shared().unwrap(), Told(sender));
    subscriber.secure(Some(tls)).unwrap();
    let settings = SubscriberSettings::default().reconnect(ReconnectSettings::default().enabled(false));
    subscriber.connect(&format!("127.0.0.1:{port}"), settings).unwrap();
    let text = hear(&told, "disconnected: ");
    assert_eq!(subscriber.statistics().bytes_received, 0);
    text
}

/// One side's certificate was issued by an authority; the other's settings know a revocation list.
fn revoked() -> (Setting, TlsSettings) {
    let authority = Authority::new();
    let revoked = Kind { name: "Peer", serial: 4711, ..Kind::default() }.issued_by(&authority);
    let setting = Setting::of(Kind::default().self_signed(), revoked);
    let settings = TlsSettings {
        authorities: vec![memory(&authority.certificate)],
        revocations: vec![memory(&authority.revoke(4711, 30))],
        ..setting.ours.trusting(&[])
    };
    (setting, settings)
}

fn expired() -> Setting {
    Setting::new(Kind::default(), Kind { name: "Peer", valid: (-30, -1), ..Kind::default() })
}

/// Each case: who comes, whom the operator trusts, options of openssl, and what both sides then say.
#[test]
fn a_publisher_lets_in_nobody_whom_it_does_not_know_and_tells_both_sides_why() {
    let usual = Setting::usual();
    let expired = expired();
    let (revoked, by_authority) = revoked();
    let strict = TlsSettings { minimum_version: MinimumVersion::Tls13, ..usual.settings() };
    let old = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
    let cases: [(&Setting, TlsSettings, &[&str], &str, &str); 7] = [
        (
            &usual,
            usual.ours.trusting(&[&usual.ours]),
            &["-tls1_2"],
            "certificates trusted here (CN=Peer",
            "unknown ca",
        ),
        (
            &usual,
            usual.ours.trusting(&[&usual.ours]),
            &["-tls1_3"],
            "certificates trusted here (CN=Peer",
            "unknown ca",
        ),
        (&expired, expired.settings(), &["-tls1_2"], "it has expired (CN=Peer", "certificate expired"),
        (&expired, expired.settings(), &["-tls1_3"], "it has expired (CN=Peer", "certificate expired"),
        (&revoked, by_authority, &[], "it was revoked by its issuer (CN=Peer", "certificate revoked"),
        (&usual, strict, &["-tls1_2"], "speaks TLS 1.2 or older, and 1.3 is the minimum", "protocol version"),
        (&usual, usual.settings(), &old, "the peer speaks TLS 1.1 or older", "alert"),
    ];
    for (setting, tls, options, told_here, told_there) in cases {
        let (publisher, told, port) = listening(tls);
        let peer = Peer::openssl_client(port, &setting.openssl(options));
        let text = hear(&told, told_here);
        assert!(text.starts_with("a connection from 127.0.0.1:"), "{text}");
        let printed = peer.ended();
        assert!(printed.contains(told_there), "{printed}");
        let counts = publisher.statistics();
        assert_eq!((counts.connections_accepted, counts.bytes_sent), (0, 0), "{told_here}");
    }
    // One without any certificate.
    let (_publisher, told, port) = listening(usual.settings());
    let peer = Peer::openssl_client(port, &["-CAfile", usual.our_file.to_str().unwrap()]);
    hear(&told, "the peer has sent no certificate");
    assert!(peer.ended().contains("alert certificate required"));
}

#[test]
fn a_subscriber_trusts_no_publisher_that_it_does_not_know() {
    let usual = Setting::usual();
    let expired = expired();
    let (revoked, by_authority) = revoked();
    let old = ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"];
    let cases: [(&Setting, TlsSettings, &[&str], &str); 5] = [
        (&usual, usual.ours.trusting(&[&usual.ours]), &["-tls1_2"], "certificates trusted here (CN=Peer"),
        (&usual, usual.ours.trusting(&[&usual.ours]), &["-tls1_3"], "certificates trusted here (CN=Peer"),
        (&expired, expired.settings(), &[], "it has expired (CN=Peer"),
        (&revoked, by_authority, &[], "it was revoked by its issuer (CN=Peer"),
        (&usual, usual.settings(), &old, "no version of TLS that is spoken here"),
    ];
    for (setting, tls, options, why) in cases {
        let options = setting.openssl(&[&["-Verify", "1", "-naccept", "1"], options].concat());
        let (_peer, port) = Peer::openssl_server(&options);
        let text = failure_of_subscriber(tls, port);
        assert!(text.contains(&format!("the connection to 127.0.0.1:{port} cannot be secured")), "{text}");
        assert!(text.contains(why), "{text}");
    }
}

#[test]
fn a_subscriber_in_python_is_served_and_its_sudden_end_told() {
    let setting = Setting::usual();
    for version in ["TLSv1_2", "TLSv1_3"] {
        let (_publisher, told, port) = listening(setting.settings());
        let mut peer = Peer::python_client(port, &setting.python(version, "subscriber"));
        peer.prints("answer 80 06");
        hear(&told, "connected: Some(\"CN=Peer\")");
        hear(&told, "disconnected: the connection to the subscriber failed: the connection was cut");

        // The subscriber listens.
        let (_peer, port) = Peer::python_server(&setting.python(version, "subscriber"));
        let (publisher, told) = publisher(setting.settings());
        publisher.connect(&format!("127.0.0.1:{port}"), ReconnectSettings::default().enabled(false)).unwrap();
        hear(&told, "connected: Some(\"CN=Peer\")");
        hear(&told, "disconnected: the connection to the subscriber failed: the connection was cut");
    }
}

#[test]
fn who_ends_a_connection_says_farewell() {
    let setting = Setting::usual();
    let subscriber_settings = setting.their_settings();
    let settings = SubscriberSettings::default().reconnect(ReconnectSettings::default().enabled(false));
    for publisher_ends in [false, true] {
        let (publisher, told, port) = listening(setting.settings());
        let (sender, told_there) = channel();
        let subscriber = Subscriber::new(&Engine::shared().unwrap(), Told(sender));
        subscriber.secure(Some(subscriber_settings.clone())).unwrap();
        subscriber.connect(&format!("127.0.0.1:{port}"), settings.clone()).unwrap();
        hear(&told, "connected: Some(\"CN=Peer\")");
        hear(&told_there, "is secured: TLS 1.3");
        if publisher_ends {
            publisher.stop().unwrap();
            let text = hear(&told_there, "disconnected: ");
            assert!(!text.contains("cut"), "{text}");
        } else {
            subscriber.disconnect().unwrap();
            assert_eq!(hear(&told, "disconnected: "), "disconnected: ");
        }
    }
}
