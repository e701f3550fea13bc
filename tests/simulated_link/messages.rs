//! Notifications, user commands, schemas and changes of the configuration over connections in
//! every form.

use std::time::Duration;

use sttp::codec::gzip;
use sttp::publisher::{PublisherSettings, UserAnswer};
use sttp::subscriber::Schema;
use sttp::wire::Command;

use crate::harness::{Network, PublisherTold, all_forms, answer_to};

#[test]
fn notifications_are_confirmed_while_measurements_flow() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..5);
        let peer = network.connect_subscriber(settings, &[1, 2]);
        let mut sent = Vec::new();
        network.settle();
        for number in 0..100 {
            sent.push(network.publisher.notify(None, &format!("note {number} é")).unwrap());
            network.publish(20);
            network.step();
        }
        network.settle();
        let received = &network.peers[peer].received.notifications;
        assert_eq!(received.len(), sent.len());
        for (number, text) in received.iter().enumerate() {
            assert!(text.ends_with(&format!("Z] note {number} é")), "{text}");
        }
        let told = |event| match event {
            PublisherTold::Notification(_, id, confirmed) => Some((id, confirmed)),
            _ => None,
        };
        let told: Vec<_> = network.take_events().into_iter().filter_map(told).collect();
        assert_eq!(told, sent.into_iter().map(|id| (id, true)).collect::<Vec<_>>());
    }
}

#[test]
fn user_commands_find_their_answers() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..5);
        let peer = network.connect_subscriber(settings, &[1]);
        network.settle();
        for command in 0..16_u8 {
            let payload = vec![command; usize::from(command) * 1000];
            network.peers[peer].subscriber.send_user_command(command, &payload).unwrap();
        }
        network.settle();
        for event in network.take_events() {
            let PublisherTold::UserCommand(connection, command, payload) = event else { continue };
            assert_eq!(payload, vec![command; usize::from(command) * 1000]);
            let answer = match command % 3 {
                0 => UserAnswer::Response(15 - command, &payload),
                1 => UserAnswer::Succeeded("did it"),
                _ => UserAnswer::Failed("cannot"),
            };
            network.publisher.answer_user_command(connection, command, answer).unwrap();
        }
        network.settle();
        let received = &network.peers[peer].received;
        for command in 0..16_u8 {
            let payload = vec![command; usize::from(command) * 1000];
            let responses = &received.user_responses;
            assert_eq!(responses.contains(&(15 - command, Some(command), payload)), command % 3 == 0);
            assert_eq!(received.succeeded.contains(&Command::User(command)), command % 3 == 1);
            let failed = (Command::User(command), "cannot".to_owned());
            assert_eq!(received.failed.contains(&failed), command % 3 == 2);
        }
    }
}

#[test]
fn schemas_are_served() {
    for (seed, settings) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..5);
        let gzipped = settings.compress_metadata;
        let peer = network.connect(settings);
        network.record(peer);
        network.settle();
        network.peers[peer].subscriber.request_schema(Schema::SignalSelection).unwrap();
        network.peers[peer].subscriber.request_schema(Schema::Metadata).unwrap();
        network.settle();
        let schemas = &network.peers[peer].received.schemas;
        let [(Schema::SignalSelection, active), (Schema::Metadata, metadata)] = &schemas[..] else {
            panic!("{} schemas", schemas.len())
        };
        for (schema, table) in [(active, "ActiveMeasurements"), (metadata, "MeasurementDetail")] {
            assert_eq!(schema.data_set().table(table).unwrap().row_count(), 0);
        }
        let answers = network.answers(peer);
        for command in [Command::GetSignalSelectionSchema, Command::GetPrimaryMetadataSchema] {
            let document = answer_to(&answers, command);
            assert_eq!(gzip::is_gzip(document), gzipped);
            assert!(gzipped || document.starts_with(b"<"));
        }
    }
}

#[test]
fn changes_of_the_configuration_are_told_on_request() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..5);
    let peers: Vec<usize> = all_forms().map(|settings| network.connect(settings)).collect();
    network.settle();
    network.publisher.announce_configuration_change();
    network.run_for(Duration::from_secs(1));
    for peer in peers {
        assert_eq!(network.peers[peer].received.configuration_changes, 1);
    }
}
