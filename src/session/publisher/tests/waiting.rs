//! Who has to wait, and is told why.

use super::shares::Cost;
use super::*;
use crate::settings::LimitSettings;

/// A publisher with a subscriber that has told its modes.
fn joined_by(limits: LimitSettings) -> Publisher {
    let mut publisher = Publisher::new(PublisherSettings::default().limits(limits));
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.answers();
    publisher
}

#[test]
fn commands_beyond_the_share_of_an_address_wait_and_their_subscriber_is_told_why() {
    let mut publisher = joined_by(LimitSettings::default().commands_per_second(10));
    publisher.receive(&command_frame(Command::ConfirmBufferBlock, &[0; 4]).repeat(500));
    publisher.receive(&command_frame(Command::Unsubscribe, &[]).repeat(70));
    let answers = publisher.answers();
    // Four seconds' worth, one more, and one less for the modes.
    let is_answer = |answer: &&Answer| (answer.response, answer.command) == (0x80, 0x03);
    assert_eq!(answers.iter().filter(is_answer).count(), 40);
    let (notices, others): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.response == 0x89);
    let [notice] = &notices[..] else { panic!("{notices:?}") };
    assert_eq!(others.len(), 40);
    let told = notice.text(TextEncoding::Utf8);
    let why = "asks for waits: from its address comes more than commandsPerSecond, 10, allows lastingly";
    assert!(
        told.starts_with("wait[")
            && told.ends_with(
                "you ask for waits: from its address comes more than commandsPerSecond, 10, allows lastingly"
            ),
        "{told}"
    );
    let is_told =
        |event: &PublisherEvent| matches!(event, PublisherEvent::Message(_, text) if text.contains(why));
    assert!(publisher.take_events().iter().any(is_told));
    // Who waits is told once in ten seconds, and what it says of that is nothing to the application.
    publisher.send(Command::ConfirmNotification, b"wait");
    let mut answered = 0;
    for second in 1..=3 {
        assert_eq!(publisher.wait(Duration::from_secs(1)), []);
        let answers = publisher.answers();
        assert!(answers.iter().all(|answer| answer.response != 0x89), "{answers:?}");
        answered += answers.iter().filter(is_answer).count();
        assert_eq!(answered, 10 * second);
    }
    let is_confirmed = |event: &PublisherEvent| matches!(event, PublisherEvent::Notification { .. });
    assert!(!publisher.take_events().iter().any(is_confirmed));
    publisher.wait(Duration::from_secs(8));
    publisher.receive(&command_frame(Command::Unsubscribe, &[]).repeat(90));
    let notices = publisher.answers().iter().filter(|answer| answer.response == 0x89).count();
    assert_eq!(notices, 1);
}

#[test]
fn nobody_is_told_to_wait_who_has_asked_for_nothing() {
    let limits = LimitSettings::default().steps_per_second(50_000);
    let mut publisher = joined_by(limits);
    publisher.subscribe("filterExpression={FILTER ActiveMeasurements WHERE PointTag > 'A'}");
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    // Much was done for others of its address, so that its filter is evaluated anew in a later turn.
    let (address, now) = ([127, 0, 0, 1].into(), publisher.now.instant);
    publisher.session.ground.limits.charge(address, Cost::Steps(400_000), &limits, now);
    publisher.session.set_catalog(catalog(9), publisher.now);
    let codes: Vec<_> = publisher.answers().iter().map(|answer| answer.response).collect();
    assert_eq!(codes, [0x8A, 0x83]);
    publisher.send(Command::Unsubscribe, &[]);
    assert_eq!(publisher.answer_codes(), [(0x89, 0x02)]);
}

#[test]
fn answers_may_be_left_unread_as_the_settings_say() {
    let commands = command_frame(Command::Unsubscribe, &[]).repeat(3_000);
    for (most, expected) in [(4 << 10, 4), (256 << 10, 256), (1 << 20, 1024)] {
        let mut publisher = joined_by(LimitSettings::default().max_unread_answers(most));
        publisher.receive(&commands);
        assert_eq!(publisher.session.queue(publisher.key()).unwrap().control_frames().0, expected);
    }
}
