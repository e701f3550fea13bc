//! The end of historical data, and the pace of their playback.

use super::*;

impl Connection {
    /// A publisher's word that historical data have ended. True when the application is told.
    fn end(&mut self) -> bool {
        self.tell(Response::ProcessingComplete, b"end");
        self.take().contains(&Event::ProcessingComplete("end".into()))
    }

    fn succeed(&mut self) {
        self.answer(Response::Succeeded, Command::Subscribe, b"");
    }
}

#[test]
fn the_end_of_historical_data_is_told_once() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    assert!(!connection.end(), "live measurements have no end");
    connection.subscribe_to_history();
    connection.succeed();
    assert!(connection.end());
    assert!(!connection.end());
}

#[test]
fn the_end_may_come_before_the_answer_and_after_a_failure() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    connection.subscribe_to_history();
    assert!(connection.end());
    connection.succeed();
    connection.subscribe_to_history();
    connection.answer(Response::Failed, Command::Subscribe, b"no");
    assert!(connection.end());
}

#[test]
fn the_end_of_a_subscription_that_was_replaced_is_not_that_of_the_next() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    connection.subscribe_to_history();
    connection.succeed();
    connection.subscribe_to_history();
    assert!(!connection.end());
    connection.succeed();
    assert!(connection.end());

    // Not every publisher tells the end of what is replaced.
    connection.subscribe_to_history();
    connection.succeed();
    connection.subscribe_to_history();
    connection.succeed();
    assert!(connection.end());

    connection.subscribe_to_history();
    connection.succeed();
    connection.session.unsubscribe();
    assert!(!connection.end());
    connection.subscribe_to_history();
    connection.succeed();
    assert!(connection.end());
}

#[test]
fn each_subscription_that_was_replaced_may_have_an_end() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    connection.subscribe_to_history();
    connection.succeed();
    connection.subscribe_to_history();
    connection.subscribe_to_history();
    assert!(!connection.end());
    connection.succeed();
    assert!(!connection.end());
    connection.succeed();
    assert!(connection.end());
    // One whose end has come is not replaced any more.
    connection.subscribe();
    connection.subscribe_to_history();
    connection.succeed();
    connection.succeed();
    assert!(connection.end());
}

#[test]
fn the_pace_is_sent_in_four_bytes() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    connection.subscribe_to_history();
    connection.sent();
    connection.session.update_processing_interval(-1);
    connection.session.update_processing_interval(258);
    assert_eq!(connection.sent(), [(5, vec![255; 4]), (5, vec![0, 0, 1, 2])]);
    assert_eq!(connection.session.subscription().unwrap().processing_interval, 258);
}
