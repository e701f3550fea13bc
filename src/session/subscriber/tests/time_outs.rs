//! What is given up, and what is not.

use super::*;
use crate::wire::Version;

#[test]
fn silence_is_given_up() {
    let mut connection = Connection::new(settings(true));
    connection.wait(Duration::from_secs(19)).unwrap();
    connection.tell(Response::NoOp, &[]);
    assert_eq!(connection.session.deadline(), Some(connection.now + Duration::from_secs(20)));
    connection.wait(Duration::from_secs(19)).unwrap();
    connection.session.reading_is_paused(connection.now);
    connection.wait(Duration::from_secs(19)).unwrap();
    let silent = SubscriberError::Silent(Duration::from_secs(20));
    assert_eq!(connection.wait(Duration::from_secs(1)), Err(silent));
}

#[test]
fn an_answer_that_does_not_come_is_given_up() {
    for (version, command) in
        [(Version::V2, Command::MetadataRefresh), (Version::V3, Command::DefineOperationalModes)]
    {
        let settings = SessionSettings { version, data_loss_timeout: None, ..SessionSettings::default() };
        let timeout = settings.answer_timeout;
        let mut connection = Connection::new(settings);
        let now = connection.now;
        connection.session.request_metadata("", now);
        assert_eq!(connection.session.deadline(), Some(now + timeout));
        connection.wait(timeout - Duration::from_secs(1)).unwrap();
        connection.tell(Response::NoOp, &[]);
        let expected = SubscriberError::NoAnswer { command: command.name(), timeout };
        assert_eq!(connection.wait(Duration::from_secs(1)), Err(expected));
    }
}

#[test]
fn a_refusal_is_an_answer() {
    let settings = SessionSettings { data_loss_timeout: None, ..SessionSettings::default() };
    for response in [Response::Failed, Response::Succeeded] {
        let mut connection = Connection::new(settings.clone());
        let now = connection.now;
        connection.session.request_metadata("", now);
        connection.answer(response, Command::MetadataRefresh, b"");
        assert_eq!(connection.session.deadline(), None);
    }
}

#[test]
fn metadata_that_are_on_their_way_are_not_given_up() {
    let settings = SessionSettings { data_loss_timeout: None, ..SessionSettings::default() };
    let mut connection = Connection::new(settings);
    let now = connection.now;
    connection.session.request_metadata("", now);
    let answer = response_frame(Response::Succeeded, Command::MetadataRefresh.code(), &[b'x'; 100]);
    for piece in answer.chunks(10) {
        connection.wait(Duration::from_secs(50)).unwrap();
        connection.receive(piece).unwrap();
    }
    assert_eq!(connection.take(), [Event::Metadata(vec![b'x'; 100])]);
    assert_eq!(connection.session.deadline(), None);
}
