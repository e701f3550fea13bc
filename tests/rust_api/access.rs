//! Who may connect, by address.

use std::net::TcpStream;

use sttp::settings::AccessSettings;

use super::tls::{Told, hear};
use super::*;

fn access(allowed: &str, denied: &str) -> AccessSettings {
    AccessSettings::default().allowed(allowed.parse().unwrap()).denied(denied.parse().unwrap())
}

/// What somebody gets who connects to a port, until its end.
fn everything_from(address: SocketAddr) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    // A command that any publisher answers.
    let _ = stream.write_all(&[0, 0, 0, 5, 6, 0, 0, 2, 1]);
    let mut bytes = Vec::new();
    // The end, whichever way the system tells it.
    let _ = stream.read_to_end(&mut bytes);
    bytes
}

#[test]
fn a_publisher_says_nothing_to_those_who_may_not_connect() {
    let engine = Engine::new().unwrap();
    let (sender, told) = channel();
    let publisher = Publisher::new(&engine, Told(sender));
    publisher.set_access(access("10.0.0.0/8, ::1", ""));
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let address = publisher.address().unwrap();
    assert_eq!(everything_from(address), []);
    let text = hear(&told, "not among the allowedAddresses");
    assert!(text.starts_with("a connection from 127.0.0.1:"), "{text}");

    publisher.set_access(access("127.0.0.0/8", "127.0.0.1"));
    assert_eq!(everything_from(address), []);
    hear(&told, "among the deniedAddresses (127.0.0.1)");
    assert_eq!(publisher.statistics().connections_accepted, 0);

    publisher.set_access(access("127.0.0.0/8", "127.0.0.2"));
    let (subscriber, happened) = subscriber(&engine, address, SubscriberSettings::default());
    wait_for(&happened, &Event::Connected);
    drop(subscriber);
}

#[test]
fn a_listening_subscriber_serves_no_publisher_that_may_not_connect() {
    let engine = Engine::new().unwrap();
    let (sender, told) = channel();
    let listener = Subscriber::new(&engine, Told(sender));
    let settings = "port=0; interface=127.0.0.1; deniedAddresses={127.0.0.0/8}";
    listener.set_up(&settings.parse().unwrap()).unwrap();
    let (publisher, published) = idle_publisher(&engine);
    publisher.connect(&listener.address().unwrap().to_string(), quick_reconnects().reconnect).unwrap();
    hear(&told, "among the deniedAddresses (127.0.0.0/8)");
    wait_for(&published, &Event::Reconnecting(2));
    assert_eq!(listener.statistics().connections, 0);
}
