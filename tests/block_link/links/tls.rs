//! TLS on TCP: agreed in clear, and everything else inside it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use sttp::Measurement;
use sttp::block_link::negotiation::{Encryption, LinkRole, Message, Selection};
use sttp::block_link::stream::PointStream;
use sttp::block_link::{BlockAssembler, BlockFormat, BlockWriter};
use sttp::engine::Engine;
use sttp::gateway::block_link::Link;
use sttp::tls::{SelfSigned, SelfSignedOptions};

use super::{Recorder, Side, Tally, batch, key, metadata, wait, wait_until_subscribed};

/// Certificates and keys of some systems, each in a file, while this lives.
pub(super) struct Certificates(PathBuf);

impl Certificates {
    pub(super) fn new(test: &str, names: &[&str]) -> Certificates {
        let folder = std::env::temp_dir().join(format!("sttp-block-link-tls-{test}-{}", std::process::id()));
        // What is left of a run that was ended.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let certificates = Certificates(folder);
        for name in names {
            let options = SelfSignedOptions {
                name: (*name).into(),
                hosts: vec!["127.0.0.1".into()],
                validity: Duration::from_secs(24 * 3600),
            };
            let made = SelfSigned::make(&options, SystemTime::now()).unwrap();
            made.write(&certificates.path(name, "cer"), &certificates.path(name, "key")).unwrap();
        }
        certificates
    }

    fn path(&self, name: &str, ending: &str) -> PathBuf {
        self.0.join(format!("{name}.{ending}"))
    }

    /// Settings of a system that trusts another one.
    pub(super) fn of(&self, own: &str, peer: &str) -> String {
        let path = |name, ending| self.path(name, ending).display().to_string();
        format!(
            "localCertificate={{{}}}; localPrivateKey={{{}}}; remoteCertificate={{{}}}",
            path(own, "cer"),
            path(own, "key"),
            path(peer, "cer")
        )
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Passes on one connection, and keeps what went over it: to the one that listens, and from it.
struct Tap {
    address: SocketAddr,
    heard: [Arc<Mutex<Vec<u8>>>; 2],
}

impl Tap {
    fn new(listening: SocketAddr) -> Tap {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard: [Arc<Mutex<Vec<u8>>>; 2] = Default::default();
        let all = heard.clone();
        thread::spawn(move || {
            let near = listener.accept().unwrap().0;
            let far = TcpStream::connect(listening).unwrap();
            let pairs = [(near.try_clone(), far.try_clone()), (far.try_clone(), near.try_clone())];
            for ((from, to), heard) in pairs.into_iter().zip(all) {
                let (mut from, mut to) = (from.unwrap(), to.unwrap());
                thread::spawn(move || {
                    let mut buffer = [0; 4096];
                    while let Ok(count @ 1..) = from.read(&mut buffer) {
                        heard.lock().unwrap().extend_from_slice(&buffer[..count]);
                        if to.write_all(&buffer[..count]).is_err() {
                            break;
                        }
                    }
                    let _ = to.shutdown(std::net::Shutdown::Both);
                });
            }
        });
        Tap { address, heard }
    }

    fn has_heard(&self, what: &[u8]) -> bool {
        self.heard.iter().any(|heard| heard.lock().unwrap().windows(what.len()).any(|bytes| bytes == what))
    }

    /// The blocks that were sent in clear, in either direction, up to what is none.
    fn clear_blocks(&self) -> Vec<(u16, Vec<u8>)> {
        let mut blocks = Vec::new();
        for heard in &self.heard {
            let mut tally = Tally::default();
            let heard = heard.lock().unwrap();
            let mut rest = &heard[..];
            while let [0xA7, 0x7A, high, low, ..] = *rest {
                let block;
                (block, rest) = rest.split_at(u16::from_be_bytes([high, low]).into());
                tally.push(block);
            }
            assert_eq!(rest[..2], [22, 3], "a record of TLS follows, of a handshake");
            blocks.append(&mut tally.blocks);
        }
        blocks
    }
}

/// Two sides that are connected by way of a tap: one that listens first.
fn tapped(engine: &Engine, listens: LinkRole, settings: [&str; 2]) -> (Side, Side, Tap) {
    let side = |role, setup: &str| match role {
        LinkRole::Server => Side::publisher(engine, setup),
        _ => Side::subscriber(engine, setup),
    };
    let listening = side(listens, &format!("link=tcp-listen:127.0.0.1:0; {}", settings[0]));
    let tap = Tap::new(listening.link.info().listening.unwrap());
    let connects = if listens == LinkRole::Server { LinkRole::Client } else { LinkRole::Server };
    let connecting =
        side(connects, &format!("link=tcp:{}; autoReconnect=false; {}", tap.address, settings[1]));
    match listens {
        LinkRole::Server => (listening, connecting, tap),
        _ => (connecting, listening, tap),
    }
}

/// What a measurement is on its way: time and value; and what its signal is.
fn on_the_wire(measurement: &Measurement) -> [Vec<u8>; 2] {
    let value = (measurement.value as f32).to_be_bytes();
    let time = measurement.timestamp.0.to_be_bytes();
    [[&time[..], &value].concat(), measurement.signal_id.as_bytes().to_vec()]
}

#[test]
fn nothing_but_the_agreement_on_tls_can_be_read_on_the_way() {
    let certificates = Certificates::new("read", &["one", "two"]);
    let engine = Engine::new().unwrap();
    let own = [("one", "two"), ("two", "one")].map(|(own, peer)| certificates.of(own, peer));
    for listens in [LinkRole::Server, LinkRole::Client] {
        // Without TLS all of it can be read, or the test would see nothing.
        for (mode, encryption) in [
            ("linkEncryption=none", Encryption::None),
            ("linkEncryption=required", Encryption::Tls),
            ("linkEncryption=possible", Encryption::Tls),
            ("securityMode=TLS", Encryption::Tls),
        ] {
            let is_on = encryption == Encryption::Tls;
            let settings =
                own.each_ref().map(|own| if is_on { format!("{mode}; {own}") } else { mode.into() });
            let settings = settings.each_ref().map(String::as_str);
            let (publisher, subscriber, tap) = tapped(&engine, listens, settings);
            wait_until_subscribed(&subscriber);
            let sent: Vec<Measurement> = (0..20).flat_map(batch).collect();
            publisher.send(&sent);
            wait("all has come", || subscriber.log().measurements.len() == sent.len());
            let keys = |measurements: &[Measurement]| measurements.iter().map(key).collect::<Vec<_>>();
            assert_eq!(keys(&subscriber.log().measurements), keys(&sent), "{mode}");
            for side in [&publisher, &subscriber] {
                let info = side.link.info();
                let agreement = info.agreement.unwrap();
                let session = agreement.session.unwrap();
                assert_eq!(agreement.encryption, encryption, "{mode}");
                assert_eq!(
                    (session.format, session.stream),
                    (BlockFormat::Compact, PointStream::Standard),
                    "inside TLS all else is agreed"
                );
                assert_eq!(info.tls.is_some(), is_on);
                let is_told = side.log().messages.iter().any(|text| text.contains("is secured: TLS 1.3"));
                assert_eq!(is_told, is_on, "{:?}", side.log().messages);
            }
            for measurement in sent.iter().step_by(7) {
                for bytes in on_the_wire(measurement) {
                    assert_eq!(tap.has_heard(&bytes), !is_on, "{mode}: {measurement:?}");
                }
            }
            if is_on {
                // Offer, Select and two Commits of the first step, which name no feature.
                let blocks = tap.clear_blocks();
                assert_eq!(blocks.len(), 4, "{blocks:?}");
                assert!(blocks.iter().all(|(feature, _)| *feature == 0), "{blocks:?}");
                assert!(!tap.has_heard(b"subscription"));
            }
            // The subscriber's own end has to be understood inside TLS, too.
            subscriber.close();
            wait("the publisher notices", || !publisher.log().closed.is_empty());
        }
    }
}

#[test]
fn whose_certificate_is_another_one_gets_nothing() {
    let certificates = Certificates::new("other", &["one", "two", "other"]);
    let engine = Engine::new().unwrap();
    for listens in [LinkRole::Server, LinkRole::Client] {
        for (settings, refuses) in [
            // Who connects is not who is expected, and then who listens is not.
            ([certificates.of("one", "two"), certificates.of("other", "one")], 0),
            ([certificates.of("other", "two"), certificates.of("two", "one")], 1),
        ] {
            let settings = settings.map(|own| format!("linkEncryption=required; {own}"));
            let (publisher, subscriber, _tap) =
                tapped(&engine, listens, settings.each_ref().map(String::as_str));
            publisher.link.publish(&batch(1)).unwrap();
            wait("both are told", || {
                [&publisher, &subscriber].iter().all(|side| !side.log().closed.is_empty())
            });
            let [listening, connecting] = match listens {
                LinkRole::Server => [&publisher, &subscriber],
                _ => [&subscriber, &publisher],
            };
            let told = [listening, connecting].map(|side| side.log().messages.join("\n"));
            let (refusing, refused) = (&told[refuses], &told[1 - refuses]);
            assert!(refusing.contains("cannot be secured") && refusing.contains("CN=other"), "{told:?}");
            assert!(refused.contains("does not accept our certificate"), "{told:?}");
            assert_eq!(publisher.counters().points_sent, 0);
            assert_eq!((subscriber.counters().agreements, subscriber.log().measurements.len()), (0, 0));
        }
    }
}

#[test]
fn who_cannot_is_refused_where_tls_is_demanded() {
    let certificates = Certificates::new("plain", &["one", "two"]);
    let engine = Engine::new().unwrap();
    let with = |mode: &str, own, peer| format!("{mode}; {}", certificates.of(own, peer));
    let none = String::from("linkEncryption=none");
    for listens in [LinkRole::Server, LinkRole::Client] {
        for settings in [
            [with("linkEncryption=required", "one", "two"), none.clone()],
            [none.clone(), with("linkEncryption=required", "two", "one")],
        ] {
            let (publisher, subscriber, _tap) =
                tapped(&engine, listens, settings.each_ref().map(String::as_str));
            publisher.link.publish(&batch(1)).unwrap();
            wait("the link ends", || {
                [&publisher, &subscriber].iter().any(|side| !side.log().closed.is_empty())
            });
            let told = [&publisher, &subscriber].map(|side| side.log().messages.join("\n"));
            assert!(told.iter().all(|told| told.contains("no encryption that both sides can")), "{told:?}");
            assert_eq!(publisher.counters().points_sent, 0);
            assert_eq!((subscriber.counters().agreements, subscriber.log().measurements.len()), (0, 0));
        }
        // Where it is only possible, there is a link without.
        for settings in [
            [with("linkEncryption=possible", "one", "two"), none.clone()],
            [none.clone(), with("linkEncryption=possible", "two", "one")],
        ] {
            let (publisher, subscriber, _tap) =
                tapped(&engine, listens, settings.each_ref().map(String::as_str));
            wait_until_subscribed(&subscriber);
            assert_eq!(publisher.link.info().agreement.unwrap().encryption, Encryption::None);
            assert!(publisher.link.info().tls.is_none());
        }
    }
}

/// Somebody who listens and takes part in the negotiation as he likes.
struct Impostor {
    stream: TcpStream,
    assembler: BlockAssembler,
    writer: BlockWriter,
}

impl Impostor {
    fn accept(listener: &TcpListener) -> Impostor {
        let stream = listener.accept().unwrap().0;
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Impostor { stream, assembler: BlockAssembler::default(), writer: BlockWriter::default() }
    }

    /// The next message of the negotiation; None when the other side has closed.
    fn next(&mut self) -> Option<(u32, Message)> {
        let mut buffer = [0; 4096];
        loop {
            while let Some(block) = self.assembler.next_block().unwrap() {
                if block.feature == 0 && !block.data.is_empty() {
                    let (exchange, message) = Message::read(block.data);
                    return Some((exchange, message.unwrap()));
                }
            }
            match self.stream.read(&mut buffer) {
                Ok(count @ 1..) => self.assembler.push(&buffer[..count]),
                _ => return None,
            }
        }
    }

    fn say(&mut self, exchange: u32, message: &Message) {
        let mut data = Vec::new();
        message.write(&mut data, exchange);
        self.send(0, &data);
    }

    fn send(&mut self, feature: u16, data: &[u8]) {
        let mut block = Vec::new();
        self.writer.write(&mut block, feature, data).unwrap();
        self.stream.write_all(&block).unwrap();
    }
}

#[test]
fn an_impostor_who_takes_no_tls_gets_nothing() {
    let certificates = Certificates::new("impostor", &["one", "two"]);
    let engine = Engine::new().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let setup = format!(
        "link=tcp:{}; linkEncryption=required; autoReconnect=false; {}",
        listener.local_addr().unwrap(),
        certificates.of("one", "two")
    );
    let selection = |encryption, authentication| Selection {
        encryption,
        authentication,
        role: LinkRole::Client,
        session: None,
        text: String::new(),
    };
    for selects_tls in [false, true] {
        let recorder = Recorder::default();
        let link = Link::new(&engine, LinkRole::Server, &setup.parse().unwrap(), recorder.clone()).unwrap();
        link.set_metadata(metadata()).unwrap();
        link.open().unwrap();
        let mut impostor = Impostor::accept(&listener);
        let Some((exchange, Message::Offer(offer))) = impostor.next() else { panic!("it offers") };
        assert_eq!((&offer.encryption[..], &offer.session), (&[Encryption::Tls][..], &None));
        let encryption = if selects_tls { Encryption::Tls } else { Encryption::None };
        let selected = selection(encryption, offer.authentication[0]);
        impostor.say(exchange, &Message::Select(selected.clone()));
        if selects_tls {
            // And then goes on as if nothing had been agreed.
            assert!(matches!(impostor.next(), Some((_, Message::Commit(_)))));
            impostor.say(exchange, &Message::Commit(selected));
            (0..20).for_each(|_| impostor.send(0, &[]));
        } else {
            assert!(matches!(impostor.next(), Some((_, Message::Reject { .. }))));
        }
        link.publish(&batch(1)).unwrap();
        wait("the link ends", || !recorder.log().closed.is_empty());
        let info = link.info();
        assert_eq!((info.session.points_sent, info.session.agreements), (0, 0));
        let told = recorder.log().messages.join("\n");
        let expected =
            if selects_tls { "a block link without TLS" } else { "what was selected was not offered" };
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn only_two_way_tcp_can_be_encrypted_and_certificates_have_to_be_there() {
    let certificates = Certificates::new("settings", &["one", "two"]);
    let engine = Engine::new().unwrap();
    let own = certificates.of("one", "two");
    for (setup, told) in [
        (format!("link=udp:127.0.0.1:9; linkEncryption=possible; {own}"), "only two-way TCP"),
        (format!("link=tcp:127.0.0.1:9; serialConverter=true; securityMode=TLS; {own}"), "only two-way TCP"),
        (format!("link=tcp:127.0.0.1:9; oneWay=true; linkEncryption=required; {own}"), "only two-way TCP"),
        ("link=tcp:127.0.0.1:9; linkEncryption=required".into(), "whom to trust"),
        (format!("link=tcp:127.0.0.1:9; {own}"), "without TLS nothing is secured"),
        (
            "link=tcp:127.0.0.1:9; linkEncryption=required; remoteCertificate=/no/such/file".into(),
            "/no/such/file",
        ),
    ] {
        let link = Link::new(&engine, LinkRole::Server, &setup.parse().unwrap(), Recorder::default());
        let error = link.err().unwrap_or_else(|| panic!("{setup} is refused")).to_string();
        assert!(error.contains(told), "{setup}: {error}");
    }
    let link = |setup: &str| {
        Link::new(&engine, LinkRole::Server, &setup.parse().unwrap(), Recorder::default()).unwrap()
    };
    assert!(link("link=tcp:127.0.0.1:9").reload_certificates().is_err(), "there are none");
    let secured = link(&format!("link=tcp:127.0.0.1:9; linkEncryption=required; {own}"));
    secured.reload_certificates().unwrap();
    std::fs::remove_file(certificates.path("two", "cer")).unwrap();
    assert!(secured.reload_certificates().is_err());
}
