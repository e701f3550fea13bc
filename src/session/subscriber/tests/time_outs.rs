//! What is given up, and what is not.

use super::*;
use crate::wire::Version;
use crate::wire::frame::FrameError;

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
fn what_a_limit_ends_names_its_key() {
    let time = Duration::from_secs(20);
    let announced = FrameError::TooLarge { length: 1 << 30, limit: 1 << 20 };
    for (error, key) in [
        (SubscriberError::Silent(time), "(dataLossInterval)"),
        (SubscriberError::NoAnswer { command: "Subscribe", timeout: time }, "(answerTimeout)"),
        (SubscriberError::NoResponse(time), "(answerTimeout)"),
        (SubscriberError::Unfinished { received: 7, timeout: time }, "(answerTimeout)"),
        (SubscriberError::UnfinishedResponse { received: 7, announced: 9, timeout: time }, "(answerTimeout)"),
        (SubscriberError::from(announced), "(maxFrameSize)"),
    ] {
        assert!(error.to_string().contains(key), "{error}");
    }
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
    let document = vec![b'x'; 20_000];
    let answer = response_frame(Response::Succeeded, Command::MetadataRefresh.code(), &document);
    for piece in answer.chunks(2_000) {
        connection.wait(Duration::from_secs(50)).unwrap();
        connection.receive(piece).unwrap();
    }
    assert_eq!(connection.take(), [Event::Metadata(document)]);
    assert_eq!(connection.session.deadline(), None);
}

#[test]
fn metadata_that_trickle_are_given_up() {
    let settings = SessionSettings { data_loss_timeout: None, ..SessionSettings::default() };
    let timeout = settings.answer_timeout;
    let mut connection = Connection::new(settings);
    let now = connection.now;
    connection.session.request_metadata("", now);
    let answer = response_frame(Response::Succeeded, Command::MetadataRefresh.code(), &[b'x'; 5_000]);
    connection.receive(&answer[..2_000]).unwrap();
    let ended = answer[2_000..].iter().find_map(|byte| {
        connection.receive(&[*byte]).unwrap();
        connection.wait(Duration::from_secs(1)).err()
    });
    let command = Command::MetadataRefresh.name();
    assert_eq!(ended, Some(SubscriberError::NoAnswer { command, timeout }));
    assert_eq!(connection.now, now + timeout);
}

#[test]
fn a_subscribe_that_is_not_answered_is_given_up() {
    let settings = SessionSettings { data_loss_timeout: None, ..SessionSettings::default() };
    let timeout = settings.answer_timeout;
    let mut connection = Connection::new(settings);
    connection.tell(Response::NoOp, &[]);
    // Nothing was asked for so far, for a long time.
    connection.wait(timeout * 3).unwrap();
    connection.subscribe();
    connection.wait(Duration::ZERO).unwrap();
    connection.wait(timeout - Duration::from_secs(1)).unwrap();
    connection.tell(Response::NoOp, &[]);
    let expected = SubscriberError::NoAnswer { command: "Subscribe", timeout };
    assert_eq!(connection.wait(Duration::from_secs(1)), Err(expected));
}

#[test]
fn signals_or_a_refusal_answer_a_subscribe() {
    let settings = SessionSettings { data_loss_timeout: None, ..SessionSettings::default() };
    for answer in [Response::UpdateSignalIndexCache, Response::Failed] {
        let mut connection = Connection::new(settings.clone());
        connection.subscribe();
        connection.tell(answer, &cache_for_slot(0, 1));
        assert_eq!(connection.session.deadline(), None, "{answer:?}");
    }
}

#[test]
fn metadata_answered_late_leave_time_for_the_answer_to_subscribe() {
    let settings = SessionSettings { data_loss_timeout: None, ..SessionSettings::default() };
    let timeout = settings.answer_timeout;
    let mut connection = Connection::new(settings);
    let now = connection.now;
    connection.session.request_metadata("", now);
    connection.subscribe();
    connection.wait(timeout - Duration::from_secs(1)).unwrap();
    connection.answer(Response::Succeeded, Command::MetadataRefresh, b"");
    connection.wait(timeout - Duration::from_secs(1)).unwrap();
    assert!(connection.wait(Duration::from_secs(1)).is_err());
}

#[test]
fn the_rest_of_a_record_comes_in_time_or_is_not_waited_for() {
    let mut connection = Connection::new(SessionSettings { data_loss_timeout: None, ..settings(true) });
    let (timeout, second) = (SessionSettings::default().answer_timeout, Duration::from_secs(1));
    connection.tell(Response::NoOp, &[]);
    connection.session.heard_untold(10, connection.now);
    connection.wait(timeout - second).unwrap();
    connection.session.reading_is_paused(connection.now);
    connection.wait(timeout - second).unwrap();
    connection.tell(Response::NoOp, &[]);
    assert_eq!(connection.session.deadline(), None, "it was whole");
    // However much of it comes.
    let seconds = timeout.as_secs() as usize;
    for bytes in (1..seconds).map(|step| 200 * step) {
        connection.session.heard_untold(bytes, connection.now);
        connection.wait(second).unwrap();
    }
    let received = 200 * seconds;
    connection.session.heard_untold(received, connection.now);
    assert_eq!(connection.wait(second), Err(SubscriberError::Unfinished { received, timeout }));
}

/// A connection to which a response of that length is announced, and its first bytes come.
fn connection_with_part(response: Response, length: usize) -> Connection {
    let mut connection = Connection::new(SessionSettings { data_loss_timeout: None, ..settings(true) });
    connection.tell(Response::NoOp, &[]);
    let beginning = [&(length as u32).to_be_bytes()[..], &[response.code(), 0x02]].concat();
    connection.receive(&beginning).unwrap();
    connection
}

#[test]
fn the_rest_of_a_response_comes_in_time_however_much_of_it_has_come() {
    let (timeout, second) = (SessionSettings::default().answer_timeout, Duration::from_secs(1));
    for (response, length, times) in [
        (Response::DataPacket, 5 << 20, 1),
        (Response::NoOp, 5 << 20, 1),
        (Response::Notify, 5 << 20, 1),
        (Response::UpdateSignalIndexCache, 5 << 20, 160),
        (Response::BufferBlock, 300_000, 10),
        (Response::User(3), 2 << 20, 64),
        (Response::Succeeded, 10 << 20, 320),
    ] {
        let mut connection = connection_with_part(response, length);
        let mut seconds = 0;
        let ended = loop {
            seconds += 1;
            connection.receive(&[7; 400]).unwrap();
            if let Err(error) = connection.wait(second) {
                break error;
            }
        };
        assert_eq!(second * seconds, timeout * times, "{response:?}");
        let received = 2 + 400 * seconds as usize;
        let timeout = timeout * times;
        assert_eq!(ended, SubscriberError::UnfinishedResponse { received, announced: length, timeout });
    }
}

#[test]
fn time_in_which_nothing_is_read_is_not_taken_from_the_rest_of_a_response() {
    let (timeout, second) = (SessionSettings::default().answer_timeout, Duration::from_secs(1));
    let mut connection = connection_with_part(Response::DataPacket, 5_000);
    connection.wait(timeout - second).unwrap();
    connection.session.reading_is_paused(connection.now);
    connection.wait(timeout - second).unwrap();
    // Whoever took what came with these bytes needed a long time.
    connection.receive(&[7; 100]).unwrap();
    connection.session.heard(connection.now + timeout * 3);
    connection.wait(timeout * 3).unwrap();
    assert_eq!(connection.session.deadline(), Some(connection.now + second));
    assert!(connection.wait(second).is_err());
    // What was whole in time leaves nothing to be waited for.
    let mut connection = connection_with_part(Response::NoOp, 6);
    connection.wait(timeout - second).unwrap();
    connection.receive(&[0; 4]).unwrap();
    assert_eq!(connection.session.deadline(), None);
}

#[test]
fn a_publisher_is_not_silent_while_a_record_comes_slowly() {
    let mut connection = Connection::new(settings(true));
    connection.tell(Response::NoOp, &[]);
    for step in 1..4 {
        connection.session.heard_untold(400 * step, connection.now);
        connection.wait(Duration::from_secs(15)).unwrap();
    }
    // What was there before is nothing new.
    connection.session.heard_untold(400 * 3, connection.now);
    let silent = SubscriberError::Silent(Duration::from_secs(20));
    assert_eq!(connection.wait(Duration::from_secs(5)), Err(silent));
}

#[test]
fn an_answer_may_be_in_a_record_that_comes_slowly() {
    for is_answered in [true, false] {
        let mut connection = Connection::new(settings(true));
        let (timeout, now) = (SessionSettings::default().answer_timeout, connection.now);
        connection.tell(Response::NoOp, &[]);
        connection.session.request_metadata("", now);
        connection.wait(Duration::from_secs(15)).unwrap();
        connection.tell(Response::NoOp, &[]);
        // Until the answer is overdue, and longer.
        for step in 1..4 {
            connection.session.heard_untold(400 * step, connection.now);
            connection.wait(Duration::from_secs(19)).unwrap();
        }
        // Now it is whole, and others follow.
        if is_answered {
            connection.answer(Response::Succeeded, Command::MetadataRefresh, b"");
        } else {
            connection.tell(Response::NoOp, &[]);
        }
        connection.session.heard_untold(400, connection.now);
        let command = Command::MetadataRefresh.name();
        let expected = if is_answered { Ok(()) } else { Err(SubscriberError::NoAnswer { command, timeout }) };
        assert_eq!(connection.wait(Duration::ZERO), expected);
    }
}

#[test]
fn a_peer_that_never_sends_a_whole_response_is_given_up() {
    let mut connection = Connection::new(settings(true));
    let timeout = SessionSettings::default().answer_timeout;
    let ended = (0..100).find_map(|_| {
        connection.receive(&[0, 1, 0][..1]).unwrap();
        connection.wait(Duration::from_secs(12)).err()
    });
    assert_eq!(ended, Some(SubscriberError::NoResponse(timeout)));
}
