//! User commands and responses, schemas.

use super::*;

#[test]
fn user_commands_go_out_and_user_responses_come_in() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    connection.sent();
    connection.session.send_user_command(3, b"\0opaque");
    assert_eq!(connection.sent(), [(0xD3, b"\0opaque".to_vec())]);
    connection.answer(Response::User(15), Command::User(3), &[0xFF, 0]);
    connection.answer(Response::Succeeded, Command::User(3), b"done");
    connection.answer(Response::Failed, Command::User(0), b"no");
    // Codes that STTP does not know answer nothing, but the response is one.
    let mut unknown = response_frame(Response::User(1), 0x77, b"x");
    unknown.extend(response_frame(Response::User(2), 0x02, &[]));
    connection.receive(&unknown).unwrap();
    assert_eq!(
        connection.take(),
        [
            Event::UserResponse(15, Some(3), vec![0xFF, 0]),
            Event::Succeeded(Command::User(3), "done".into()),
            Event::Failed(Command::User(0), "no".into()),
            Event::UserResponse(1, None, b"x".to_vec()),
            Event::UserResponse(2, None, vec![]),
        ]
    );
}

#[test]
fn documents_that_nobody_asked_for_are_ignored() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    for command in [Command::MetadataRefresh, Command::GetPrimaryMetadataSchema] {
        connection.answer(Response::Succeeded, command, b"<DataSet/>");
        assert!(connection.only_messages());
    }
    let now = connection.now;
    connection.session.request_metadata("", now);
    for expected in [true, false] {
        connection.answer(Response::Succeeded, Command::MetadataRefresh, b"<DataSet/>");
        assert_eq!(connection.take().contains(&Event::Metadata(b"<DataSet/>".to_vec())), expected);
    }
}

#[test]
fn the_words_of_a_publisher_control_nothing_and_end() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    let text = format!("\x1b[2Jno\n{}", "x".repeat(1 << 20));
    connection.answer(Response::Failed, Command::Unsubscribe, text.as_bytes());
    let [Event::Failed(_, told)] = &connection.take()[..] else { panic!("one event") };
    assert!(told.starts_with("\\u{1b}[2Jno\\nxxx"), "{}", &told[..30]);
    assert!(told.len() < 200 << 10);
}

#[test]
fn schemas_are_asked_for_and_may_be_refused() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    connection.sent();
    connection.session.request_schema(Schema::Metadata);
    connection.session.request_schema(Schema::SignalSelection);
    assert_eq!(connection.sent(), [(0x0C, vec![]), (0x0D, vec![])]);
    connection.answer(Response::Succeeded, Command::GetPrimaryMetadataSchema, b"<DataSet/>");
    connection.answer(Response::Failed, Command::GetSignalSelectionSchema, b"not here");
    assert_eq!(
        connection.take(),
        [
            Event::Schema(Schema::Metadata, b"<DataSet/>".to_vec()),
            Event::Failed(Command::GetSignalSelectionSchema, "not here".into()),
        ]
    );
}
