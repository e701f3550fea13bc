//! Over TCP, and over files.

use std::env;
use std::fs;
use std::net::TcpStream;
use std::process;

use sttp::Measurement;
use sttp::block_link::BlockFormat;
use sttp::block_link::negotiation::LinkRole;
use sttp::block_link::stream::PointStream;
use sttp::engine::Engine;
use sttp::gateway::block_link::LinkState;

use super::{Side, batch, key, metadata, wait, wait_until_subscribed};

#[test]
fn tcp_loses_nothing_and_is_connected_again() {
    let engine = Engine::new().unwrap();
    let publisher = Side::publisher(&engine, "link=tcp-listen:127.0.0.1:0");
    let address = publisher.link.info().listening.unwrap();
    let setup = format!("link=tcp:{address}; retryInterval=10; maxRetryInterval=20");
    let subscriber = Side::subscriber(&engine, &setup);
    wait_until_subscribed(&subscriber);
    let agreed = subscriber.link.info().agreement.unwrap().session.unwrap();
    assert_eq!((agreed.format, agreed.stream), (BlockFormat::Compact, PointStream::Standard));
    let sent: Vec<_> = (0..100).flat_map(batch).collect();
    publisher.send(&sent);
    let keys = |side: &Side| side.log().measurements.iter().map(key).collect::<Vec<_>>();
    wait("all has come", || subscriber.log().measurements.len() == sent.len());
    assert_eq!(keys(&subscriber), sent.iter().map(key).collect::<Vec<_>>());
    // Another one is not welcome while there is a connection.
    let other = Side::subscriber(&engine, &setup);
    wait("it is turned away", || !other.log().closed.is_empty());
    drop(other);
    publisher.close();
    wait("the loss is noticed", || subscriber.log().closed.iter().any(Option::is_some));
    let again = Side::publisher(&engine, &format!("link=tcp-listen:{address}"));
    wait("it is subscribed again", || subscriber.log().answers.len() == 2);
    again.send(&batch(200));
    wait("more has come", || subscriber.log().measurements.len() == sent.len() + 20);
    assert!(subscriber.link.info().counters.openings >= 2);
}

#[test]
fn a_connection_that_agrees_to_nothing_gives_way_to_one_that_does() {
    let engine = Engine::new().unwrap();
    let publisher = Side::publisher(&engine, "link=tcp-listen:127.0.0.1:0; silenceTimeout=3600");
    let address = publisher.link.info().listening.unwrap();
    let silent = TcpStream::connect(address).unwrap();
    wait("it is accepted", || publisher.is_open());
    let setup = format!("link=tcp:{address}; retryInterval=100; maxRetryInterval=200");
    let subscriber = Side::subscriber(&engine, &setup);
    wait_until_subscribed(&subscriber);
    assert!(publisher.log().closed.iter().flatten().any(|reason| reason.contains("gives way")));
    drop(silent);
    publisher.send(&batch(1));
    wait("it gets what is published", || subscriber.log().measurements.len() == 20);
}

#[test]
fn a_converter_gets_blocks_that_may_be_damaged() {
    let engine = Engine::new().unwrap();
    let publisher = Side::publisher(&engine, "link=tcp-listen:127.0.0.1:0; serialConverter=true");
    let address = publisher.link.info().listening.unwrap();
    let subscriber = Side::subscriber(&engine, &format!("link=tcp:{address}; serialConverter=true"));
    wait_until_subscribed(&subscriber);
    let agreed = subscriber.link.info().agreement.unwrap().session.unwrap();
    assert_eq!((agreed.format, agreed.stream), (BlockFormat::Standard, PointStream::Raw));
}

#[test]
fn a_file_is_written_and_read() {
    let path = env::temp_dir().join(format!("sttp-block-link-{}", process::id()));
    // What is left of a run that was ended.
    let _ = fs::remove_file(&path);
    let setup = format!("link={{file:{}}}", path.display());
    let engine = Engine::new().unwrap();
    let writer = Side::publisher(&engine, &setup);
    wait("the file is open", || writer.is_open());
    let sent: Vec<_> = (0..50).flat_map(batch).collect();
    writer.link.publish(&sent).unwrap();
    writer.close();
    assert_eq!(writer.log().closed, [None]);
    assert_eq!(writer.counters().points_sent, sent.len() as u64);
    {
        let reader = Side::new(&engine, LinkRole::Client, &setup);
        reader.link.open().unwrap();
        wait("it is read to its end", || reader.state() == LinkState::Closed);
        wait("the metadata are read", || !reader.log().metadata.is_empty());
        let log = reader.log();
        assert_eq!(log.metadata[0].data_set().to_xml(), metadata().data_set().to_xml());
        assert_eq!(log.closed, [None]);
        let keys = |measurements: &[Measurement]| measurements.iter().map(key).collect::<Vec<_>>();
        assert_eq!(keys(&log.measurements), keys(&sent));
    }
    // What is there is not overwritten.
    let other = Side::publisher(&engine, &format!("{setup}; autoReconnect=false"));
    wait("it is refused", || other.state() == LinkState::GaveUp);
    let log = other.log();
    assert!(log.messages.iter().any(|text| text.contains("not overwritten")), "{:?}", log.messages);
    // A size that is wrong costs its block, also when what it claims goes beyond the end.
    let mut bytes = fs::read(&path).unwrap();
    let size = |at: usize| usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
    let mut places = vec![0];
    while let Some(next) = places.last().map(|at| at + size(*at)).filter(|next| *next < bytes.len()) {
        places.push(next);
    }
    // Blocks with data points are among the last ones, in front of what is repeated.
    let damaged = places[places.len() - 3];
    let its_size = size(damaged) as u64;
    bytes[damaged + 2] ^= 0x08;
    fs::write(&path, &bytes).unwrap();
    {
        let reader = Side::new(&engine, LinkRole::Client, &setup);
        reader.link.open().unwrap();
        wait("it is read to its end", || reader.state() == LinkState::Closed);
        let counters = reader.counters();
        assert_eq!(counters.blocks_received, places.len() as u64 - 1, "{counters:?}");
        assert_eq!((counters.blocks_lost, counters.bytes_skipped), (1, its_size), "{counters:?}");
        assert_eq!(reader.log().closed, [None]);
    }
    fs::remove_file(&path).unwrap();
    let nothing = Side::new(&engine, LinkRole::Client, &(setup + "; autoReconnect=false"));
    nothing.link.open().unwrap();
    wait("there is none", || nothing.state() == LinkState::GaveUp);
}
