//! What is refused at the limit of connections hears why, whatever it does meanwhile.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use sttp::engine::Engine;
use sttp::publisher::PublisherSettings;

use crate::{PATIENCE, idle_publisher};

/// DefineOperationalModes of version 2, as a frame.
const MODES: [u8; 9] = [0, 0, 0, 5, 6, 3, 0, 0, 2];

/// Everything that comes until the publisher closes, which it does not do before it was read.
fn read_to_end(mut stream: &TcpStream) -> String {
    let mut received = Vec::new();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let end = stream.read_to_end(&mut received);
    assert!(end.is_ok(), "{end:?} after {} bytes", received.len());
    String::from_utf8_lossy(&received).into_owned()
}

/// What a client does that is about to be refused.
type Way = fn(&TcpStream);

#[test]
fn a_refusal_reaches_its_peer_before_the_close() {
    let engine = Engine::new().unwrap();
    let (publisher, _) = idle_publisher(&engine);
    publisher.start("127.0.0.1:0", PublisherSettings::default().max_connections(1)).unwrap();
    let address = publisher.address().unwrap();
    let mut served = TcpStream::connect(address).unwrap();
    served.write_all(&MODES).unwrap();
    while publisher.connections().is_empty() {
        thread::sleep(Duration::from_millis(1));
    }
    let ways: [(&str, Way); 4] = [
        ("says nothing", |_| {}),
        ("says what subscribers say", |mut stream| stream.write_all(&MODES).unwrap()),
        ("says much, which nobody reads", |mut stream| {
            // It would be reset if the publisher closed with it unread.
            let _ = stream.write_all(&vec![7; 1 << 20]);
        }),
        ("reads late", |mut stream| {
            stream.write_all(&MODES).unwrap();
            thread::sleep(Duration::from_millis(500));
            stream.write_all(&MODES).unwrap();
        }),
    ];
    for (name, talk) in ways {
        let stream = TcpStream::connect(address).unwrap();
        talk(&stream);
        let text = read_to_end(&stream);
        assert!(text.contains("this publisher accepts at most 1 connections"), "who {name} got {text:?}");
    }
}
