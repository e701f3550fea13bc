//! A peer that does in TLS what is known of GSF (openPDC, openHistorian, SIEGate) on Windows, where it was not recorded: TLS
//! 1.2 alone, the suites of Windows in their order, RSA of 4096 bits without names, certificates of both sides that are
//! matched one to one; and whom it does not know it lets go right after the handshake, without a word. It may publish or
//! subscribe, connect or listen. What was recorded is in `recorded`.

use std::sync::mpsc::{Receiver, channel};

use sttp::engine::Engine;
use sttp::publisher::Publisher;
use sttp::rights::Rights;
use sttp::subscriber::{ReconnectSettings, Subscriber, SubscriberSettings};
use sttp::tls::TlsSettings;

use crate::certificates::{Kind, openssl};
use crate::peers::Setting;
use crate::processes::Peer;
use crate::roles::{Told, hear, listening, publisher};

/// What our side does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    PublisherListens,
    PublisherConnects,
    SubscriberListens,
    SubscriberConnects,
}

pub(crate) const WAYS: [Way; 4] =
    [Way::PublisherListens, Way::PublisherConnects, Way::SubscriberListens, Way::SubscriberConnects];

impl Way {
    pub(crate) fn connects(self) -> bool {
        matches!(self, Way::PublisherConnects | Way::SubscriberConnects)
    }
}

/// Our side and the peer, which have met, and what ours tells.
pub(crate) struct Met<P> {
    pub(crate) told: Receiver<String>,
    pub(crate) peer: P,
    _publisher: Option<Publisher>,
    _subscriber: Option<Subscriber>,
}

/// `start` makes a peer that connects to a port, or without one a peer that listens, and tells on which.
pub(crate) fn meet<P>(way: Way, tls: TlsSettings, start: impl FnOnce(Option<u16>) -> (P, u16)) -> Met<P> {
    let once = ReconnectSettings::default().enabled(false);
    let subscriber = |tls| {
        let (sender, told) = channel();
        let subscriber = Subscriber::new(&Engine::shared().unwrap(), Told(sender));
        subscriber.secure(Some(tls)).unwrap();
        (subscriber, told)
    };
    let settings = SubscriberSettings::default().reconnect(once);
    match way {
        Way::PublisherListens => {
            let (publisher, told, port) = listening(tls);
            let (peer, _) = start(Some(port));
            Met { told, peer, _publisher: Some(publisher), _subscriber: None }
        }
        Way::PublisherConnects => {
            let (peer, port) = start(None);
            let (publisher, told) = publisher(tls);
            publisher.connect(&format!("127.0.0.1:{port}"), once).unwrap();
            Met { told, peer, _publisher: Some(publisher), _subscriber: None }
        }
        Way::SubscriberListens => {
            let (subscriber, told) = subscriber(tls);
            subscriber.listen("127.0.0.1:0", settings).unwrap();
            let (peer, _) = start(Some(subscriber.address().unwrap().port()));
            Met { told, peer, _publisher: None, _subscriber: Some(subscriber) }
        }
        Way::SubscriberConnects => {
            let (peer, port) = start(None);
            let (subscriber, told) = subscriber(tls);
            subscriber.connect(&format!("127.0.0.1:{port}"), settings).unwrap();
            Met { told, peer, _publisher: None, _subscriber: Some(subscriber) }
        }
    }
}

fn python(port: Option<u16>, arguments: &[&str]) -> (Peer, u16) {
    match port {
        Some(port) => (Peer::python_client(port, arguments), port),
        None => Peer::python_server(arguments),
    }
}

pub(crate) fn usual() -> Setting {
    let rsa = Kind { rsa_bits: Some(4096), ..Kind::default() };
    Setting::new(rsa.clone(), Kind { name: "Peer", ..rsa })
}

#[test]
fn its_suites_and_certificates_will_do() {
    let setting = usual();
    for way in WAYS {
        let met = meet(way, setting.settings(), |port| python(port, &setting.python("gsf", "subscriber")));
        let text = hear(&met.told, "TLS 1.2");
        assert!(text.contains("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"), "{way:?}: {text}");
        assert!(text.contains("CN=Peer"), "{way:?}: {text}");
    }
}

#[test]
fn whom_it_lets_go_without_a_word_is_told_what_that_means() {
    let setting = usual();
    for way in WAYS {
        let met = meet(way, setting.settings(), |port| python(port, &setting.python("gsf", "refuse")));
        let text = hear(&met.told, "right after the handshake");
        assert!(text.contains("Have our certificate (CN=Gateway"), "{way:?}: {text}");
    }
}

#[test]
fn a_certificate_of_version_1_is_named() {
    let setting = usual();
    let key = setting.their_key();
    let request = openssl(&["req", "-new", "-key", key, "-subj", "/CN=old"], "");
    let certificate = setting.folder.write("old.cer", openssl(&["x509", "-req", "-signkey", key], &request));
    for way in WAYS {
        let mut arguments = setting.python("gsf", "refuse");
        arguments[0] = certificate.to_str().unwrap();
        let met = meet(way, setting.settings(), |port| python(port, &arguments));
        hear(&met.told, "X.509 certificate of version 1 (CN=old");
    }
}

#[test]
fn policies_that_leave_unsafe_suites_alone_are_named() {
    let setting = usual();
    for way in WAYS {
        let met = meet(way, setting.settings(), |port| python(port, &setting.python("gsf-old", "refuse")));
        match way.connects() {
            // Only those who connect say what they have.
            true => hear(&met.told, "the peer wants other cipher suites than are here"),
            false => hear(&met.told, "it offers TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
        };
    }
}

/// It has a certificate that is trusted, and no rights.
#[test]
fn who_has_no_rights_gets_no_byte() {
    let setting = usual();
    for version in ["gsf", "TLSv1_3"] {
        for way in [Way::PublisherListens, Way::PublisherConnects] {
            let rights =
                Rights::parse("[subscriber other]\nsubject = CN=other\nsignals =\n", "rights").unwrap();
            let (publisher, told) = publisher(setting.settings());
            publisher.set_rights(Some(rights));
            let arguments = setting.python(version, "curious");
            let mut peer = match way.connects() {
                true => {
                    let (peer, port) = Peer::python_server(&arguments);
                    let once = ReconnectSettings::default().enabled(false);
                    publisher.connect(&format!("127.0.0.1:{port}"), once).unwrap();
                    peer
                }
                false => {
                    publisher.start("127.0.0.1:0", Default::default()).unwrap();
                    Peer::python_client(publisher.address().unwrap().port(), &arguments)
                }
            };
            peer.prints("got 0 bytes");
            hear(&told, "is not let in: by the rights");
            assert_eq!(publisher.statistics().bytes_sent, 0, "{way:?} {version}");
        }
    }
}
