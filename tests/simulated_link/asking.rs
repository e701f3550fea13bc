//! What is asked of a publisher that is not there, or not any more.

use std::time::Duration;

use sttp::error::Error;
use sttp::publisher::PublisherSettings;
use sttp::subscriber::{Schema, Subscriber};
use sttp::wire::Command;

use crate::harness::{Network, coming_back, quiet, subscriber};

/// Everything that can be asked on a connection, and by which command.
fn ask(subscriber: &Subscriber) -> [(Command, Result<(), Error>); 5] {
    [
        (Command::MetadataRefresh, subscriber.request_metadata("")),
        (Command::RotateCipherKeys, subscriber.rotate_cipher_keys()),
        (Command::GetPrimaryMetadataSchema, subscriber.request_schema(Schema::Metadata)),
        (Command::User(3), subscriber.send_user_command(3, b"now")),
        (Command::UpdateProcessingInterval, subscriber.update_processing_interval(10)),
    ]
}

#[track_caller]
fn assert_not_connected(subscriber: &Subscriber) {
    for (command, asked) in ask(subscriber) {
        assert!(
            matches!(&asked, Err(Error::NotConnected(text)) if text.contains("not connected")),
            "{command:?}: {asked:?}"
        );
    }
}

#[test]
fn it_fails_while_there_is_no_connection() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..4);
    let never = network.add();
    assert_not_connected(&network.peers[never].subscriber);
    let peer = network.connect(subscriber(|settings| settings.reconnect = coming_back()));
    assert_not_connected(&network.peers[peer].subscriber);
    network.settle();
    assert!(ask(&network.peers[peer].subscriber).iter().all(|(_, asked)| asked.is_ok()));
    network.settle();
    network.towards_publisher(peer, |way| way.unreachable = true);
    network.cut(peer);
    network.run_for(Duration::from_millis(10));
    assert_not_connected(&network.peers[peer].subscriber);
    network.peers[peer].subscriber.disconnect().unwrap();
    assert_not_connected(&network.peers[peer].subscriber);
    network.settle();
    assert_not_connected(&network.peers[peer].subscriber);
}

#[test]
fn it_is_told_when_the_connection_ends_first() {
    let mut network = Network::new(2, PublisherSettings::default(), 0..4);
    let peer = network.connect(quiet());
    network.settle();
    network.cut(peer);
    let asked = ask(&network.peers[peer].subscriber);
    assert!(asked.iter().all(|(_, asked)| asked.is_ok()), "nobody knows of the end yet");
    network.settle();
    let failed = &network.peers[peer].received.failed;
    for (command, _) in asked {
        let told = |(failed, text): &&(Command, String)| {
            *failed == command && text.contains("the connection has ended before")
        };
        assert_eq!(failed.iter().filter(told).count(), 1, "{command:?}: {failed:?}");
    }
}
