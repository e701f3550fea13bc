//! GSF's own publisher and subscriber as they were recorded with libsttp at the other end (gsf/README.md): an imitation
//! does what the recording says, our publisher and subscriber meet it, and what passes between them is recorded in the
//! same way and compared.

use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};

use sttp::tls::TlsSettings;

use crate::gsf::{WAYS, Way, meet, usual};
use crate::processes::Peer;
use crate::roles::hear;

const RECORDING: &str = include_str!("gsf/recording.txt");
const RECORDING_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls/gsf/recording.txt");

/// What GSF thinks of us, or has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Known,
    Unknown,
    /// The side that connects has no certificate.
    Uncertified,
}

const CASES: [(Case, &str); 3] =
    [(Case::Known, "known"), (Case::Unknown, "unknown"), (Case::Uncertified, "uncertified")];

/// What GSF did where our side is so.
fn gsf(way: Way) -> &'static str {
    match way {
        Way::PublisherListens => "subscriber connects",
        Way::PublisherConnects => "subscriber listens",
        Way::SubscriberListens => "publisher connects",
        Way::SubscriberConnects => "publisher listens",
    }
}

/// GSF's side of TLS.
fn gsf_side(way: Way) -> &'static str {
    if way.connects() { "server" } else { "client" }
}

/// The lines of a section.
fn section(name: &str) -> Vec<&'static str> {
    let (_, rest) = RECORDING.split_once(&format!("[{name}]\n")).expect("the recording has all sections");
    rest.lines().take_while(|line| !line.starts_with('[')).filter(|line| !line.is_empty()).collect()
}

/// What counts of a recording, up to the first end: of GSF who says what, and what it offers, chooses and shows; of us who
/// says what.
fn essence<'a>(lines: impl IntoIterator<Item = &'a str>, gsf: &str) -> Vec<String> {
    let mut essence = Vec::new();
    for line in lines {
        let mut words = line.split_whitespace().skip(1);
        let (side, what) = (words.next().unwrap(), words.next().unwrap());
        let mut told = format!("{side} {what}");
        for word in words {
            let counts = ["version=", "suites=", "suite=", "certificates="];
            if what == "alert" || (side == gsf && counts.iter().any(|key| word.starts_with(key))) {
                told = format!("{told} {word}");
            }
        }
        // Both hang up after a fatal alert; who is seen to do so first is a matter of chance.
        if what == "end" && essence.last().is_some_and(|last: &String| last.contains(" alert 2 ")) {
            told = what.into();
        }
        // The bytes themselves differ each time.
        if what != "bytes" {
            essence.push(told);
        }
        if ["end", "reset"].contains(&what) {
            break;
        }
    }
    essence
}

/// What passes the connections on to a port, and records them.
fn recorder(port: u16) -> (Peer, u16) {
    let mut recorder = Peer::script("gsf/record.py", &["0", &port.to_string()]);
    let port = recorder.port();
    (recorder, port)
}

#[test]
fn what_gsf_did_is_understood_and_told() {
    let setting = usual();
    for way in WAYS {
        for (case, name) in CASES {
            let section_name = format!("{}, {name}", gsf(way));
            let start = |port: Option<u16>| {
                let imitation = |port: &str| {
                    let arguments = [&[port], &setting.files()[..], &[RECORDING_FILE, &section_name]];
                    Peer::script("gsf/imitation.py", &arguments.concat())
                };
                match port {
                    Some(ours) => {
                        let (recorder, port) = recorder(ours);
                        ((imitation(&port.to_string()), recorder), port)
                    }
                    None => {
                        let mut imitation = imitation("0");
                        let (recorder, port) = recorder(imitation.port());
                        ((imitation, recorder), port)
                    }
                }
            };
            let ours = match case {
                Case::Uncertified if way.connects() => TlsSettings { identity: None, ..setting.settings() },
                _ => setting.settings(),
            };
            let mut met = meet(way, ours, start);
            match (case, way.connects()) {
                (Case::Known, _) => {
                    let text = hear(&met.told, "is secured: TLS 1.2");
                    assert!(text.contains("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 with CN=Peer"), "{text}");
                    hear(&met.told, "it ended without TLS's close_notify");
                }
                (Case::Unknown, _) => {
                    let text = hear(&met.told, "right after the handshake");
                    assert!(text.contains("Have our certificate (CN=Gateway"), "{text}");
                }
                (Case::Uncertified, true) => {
                    let text = hear(&met.told, "right after the handshake");
                    assert!(text.contains("which we do not have (localCertificate)"), "{text}");
                }
                (Case::Uncertified, false) => {
                    hear(&met.told, "the peer has sent no certificate");
                }
            }
            let side = gsf_side(way);
            let passed = met.peer.1.lines_before("over");
            assert_eq!(
                essence(passed.iter().map(String::as_str), side),
                essence(section(&section_name), side),
                "{section_name}"
            );
        }
    }
}

/// Byte by byte what GSF began with, and how it was answered.
#[test]
fn its_first_message_is_answered_as_it_was() {
    let setting = usual();
    for way in [Way::PublisherListens, Way::SubscriberListens] {
        let lines = section(&format!("{}, known", gsf(way)));
        let hello = lines.iter().find_map(|line| line.split_once("client bytes ")).unwrap().1;
        let message: Vec<u8> = (0..hello.len() / 2)
            .map(|place| u8::from_str_radix(&hello[2 * place..2 * place + 2], 16).unwrap())
            .collect();
        let mut met = meet(way, setting.settings(), |port| {
            let (recorder, port) = recorder(port.unwrap());
            ((recorder, port), port)
        });
        let (recorder, port) = &mut met.peer;
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).unwrap();
        let length = u16::try_from(message.len()).unwrap().to_be_bytes();
        stream.write_all(&[&[22, 3, 1], &length[..], &message].concat()).unwrap();
        let answered = recorder.lines_before("server_hello_done");
        let then = lines.into_iter().take_while(|line| !line.contains("server_hello_done"));
        // What we chose and showed counts too.
        assert_eq!(
            essence(answered.iter().map(String::as_str), "server"),
            essence(then, "server"),
            "{way:?}"
        );
    }
}
