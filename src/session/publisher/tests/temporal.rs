//! Temporal subscriptions on the wire.

use super::*;
use crate::time_expression::TimeWindow;

pub(super) const COMPLETE: u8 = 0x87;

/// A publisher that keeps what it publishes, with one connection.
pub(super) fn keeping(modes: u32) -> Publisher {
    let history_duration = Duration::from_secs(60);
    let mut publisher =
        Publisher::new(PublisherSettings { history_duration, ..PublisherSettings::default() });
    publisher.send(Command::DefineOperationalModes, &modes.to_be_bytes());
    publisher.answers();
    publisher
}

/// A connection string that asks for history of the signals of these rows.
pub(super) fn window(rows: &[usize], start: &str, stop: &str) -> String {
    let filter = filter(rows);
    format!("startTimeConstraint={start};stopTimeConstraint={stop};processingInterval=0;{filter}")
}

/// Everything that is answered while a playback goes on.
pub(super) fn play(publisher: &mut Publisher) -> Vec<Answer> {
    let mut answers = publisher.answers();
    while publisher.session.deadline().is_some_and(|deadline| deadline <= publisher.now.instant) {
        publisher.wait(Duration::ZERO);
        answers.extend(publisher.answers());
    }
    answers
}

pub(super) fn codes(answers: &[Answer]) -> Vec<u8> {
    answers.iter().map(|answer| answer.response).collect()
}

#[test]
fn history_follows_the_confirmation_and_ends_with_processing_complete() {
    let mut publisher = keeping(PLAIN);
    publisher.publish(&[1, 2, 3]);
    // The times are those of rows 1 to 3: one tick after the other from 08:00 on.
    publisher.subscribe(&window(&[3, 1], "2026-01-01 00:00:00.0000001", "2026-01-01 00:00:00.0000003"));
    let answers = play(&mut publisher);
    assert_eq!(codes(&answers), [0x83, 0x80]);
    let text = answers[1].text(TextEncoding::Utf8);
    assert!(text.contains("historical data from 2026-01-01T00:00:00.0000001Z to"), "{text}");

    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.publish(&[3]);
    let answers = play(&mut publisher);
    assert_eq!(codes(&answers), [0x86, 0x82, COMPLETE]);
    assert_eq!(answers[0].payload, (TICKS + 1).to_be_bytes());
    assert_eq!(answers[1].payload[..5], [0x02, 0, 0, 0, 3], "measurements that came late are in");
    assert_eq!(answers[1].payload[5..10], [0, 0, 0, 0, 1], "signal 1 of the selection is row 1");
    assert_eq!(answers[2].command, 0x02);
    assert!(!publisher.session.info(publisher.id()).unwrap().subscribed);
    let events = publisher.take_events();
    assert!(matches!(events[1..], [PublisherEvent::Subscribed(_), PublisherEvent::Unsubscribed(_)]));

    publisher.publish(&[3]);
    assert_eq!(play(&mut publisher), [], "nothing follows");
    publisher.send(Command::Unsubscribe, &[]);
    assert_eq!(publisher.answer_codes(), [(0x80, 0x03)]);
}

#[test]
fn version_1_is_answered_before_the_data_too() {
    let mut publisher = keeping(0x2000_0241);
    publisher.publish(&[1, 2, 3]);
    publisher.subscribe(&window(&[1], "*-1d", "*+1h"));
    let answers = play(&mut publisher);
    assert_eq!(codes(&answers), [0x83, 0x80, 0x86, 0x82, COMPLETE]);
    assert_eq!(answers[3].payload[..8], [0x08, 0, 0, 0, 1, 85, 0, 0]);
}

#[test]
fn both_ends_of_the_window_belong_to_it() {
    let mut publisher = keeping(TSSC);
    publisher.publish(&[0, 1, 2, 3, 4, 5, 6]);
    for (start, stop, count) in [(2, 4, 3), (2, 2, 1), (0, 9, 7), (7, 9, 0)] {
        let time = |number: i64| Ticks(TICKS + number).to_string();
        publisher.subscribe(&window(&[0, 1, 2, 3, 4, 5, 6], &time(start), &time(stop)));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        let answers = play(&mut publisher);
        let measurements: u8 =
            answers.iter().filter(|one| one.response == 0x82).map(|one| one.payload[4]).sum();
        assert_eq!(measurements, count, "{start} to {stop}");
        assert_eq!(answers.last().unwrap().response, COMPLETE);
    }
}

/// Else it would never end, when as much is published meanwhile as it plays.
#[test]
fn a_playback_ends_with_what_was_newest_when_it_was_asked_for() {
    for stop in ["stopTimeConstraint=*+1h;", ""] {
        let mut publisher = keeping(PLAIN);
        publisher.publish(&[1, 2]);
        let window = window(&[1, 2, 3, 4, 5, 6], "*-1d", "*+1h").replace("stopTimeConstraint=*+1h;", stop);
        publisher.subscribe(&window.replace("processingInterval=0", "processingInterval=1000"));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        assert_eq!(codes(&play(&mut publisher)), [0x83, 0x80, 0x86, 0x82]);
        let mut answers = Vec::new();
        for row in 3..=6 {
            publisher.publish(&[row]);
            publisher.wait(Duration::from_secs(1));
            answers.extend(play(&mut publisher));
        }
        assert_eq!(codes(&answers), [0x82, COMPLETE], "{stop}");
    }
}

#[test]
pub(super) fn windows_that_make_no_sense_fail_and_change_nothing() {
    let mut publisher = keeping(PLAIN);
    publisher.subscribe(&filter(&[1]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    for (text, told) in [
        (window(&[1], "yesterday", "*"), "startTimeConstraint: \"yesterday\" is no time"),
        (window(&[1], "*-1h", "later"), "stopTimeConstraint: \"later\" is no time"),
        (window(&[1], "*", "*-1h"), "before startTimeConstraint"),
    ] {
        publisher.subscribe(&text);
        let answers = play(&mut publisher);
        assert_eq!((answers.len(), answers[0].response, answers[0].command), (1, 0x81, 0x02), "{text}");
        let answer = answers[0].text(TextEncoding::Utf8);
        assert!(answer.contains(told), "{answer}");
    }
    publisher.publish(&[1]);
    assert_eq!(codes(&publisher.answers()), [0x86, 0x82], "the live subscription goes on");
}

#[test]
fn a_playback_is_ended_before_the_command_that_ends_it_is_answered() {
    let slow = |publisher: &mut Publisher| {
        let slow =
            window(&[1, 2], "*-1d", "*+1h").replace("processingInterval=0", "processingInterval=60000");
        publisher.subscribe(&slow);
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        let answers = play(publisher);
        assert_eq!(codes(&answers)[answers.len() - 2..], [0x86, 0x82], "one step");
    };
    let mut publisher = keeping(PLAIN);
    publisher.publish(&[1, 2]);
    slow(&mut publisher);
    publisher.send(Command::Unsubscribe, &[]);
    assert_eq!(publisher.answer_codes(), [(COMPLETE, 0x02), (0x80, 0x03)]);
    slow(&mut publisher);
    publisher.subscribe(&filter(&[1]));
    assert_eq!(publisher.answer_codes(), [(COMPLETE, 0x02), (0x83, 0x02), (0x80, 0x02)]);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.wait(Duration::from_secs(4));
    assert_eq!(publisher.answers(), []);
    slow(&mut publisher);
    publisher.subscribe("filterExpression={");
    assert_eq!(publisher.answer_codes(), [(0x81, 0x02)], "what fails ends nothing");
    publisher.wait(Duration::from_secs(60));
    assert!(codes(&play(&mut publisher)).contains(&0x82), "the next step");
}

#[test]
fn only_the_newest_of_waiting_subscriptions_is_played() {
    let mut publisher = keeping(PLAIN);
    publisher.publish(&[1, 2]);
    publisher.subscribe(&window(&[1], "*-1d", "*+1h"));
    publisher.subscribe(&window(&[2], "*-1d", "*+1h"));
    let answers = play(&mut publisher);
    assert_eq!(codes(&answers), [0x83, 0x80, COMPLETE, 0x80]);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    let answers = play(&mut publisher);
    assert_eq!(codes(&answers), [0x83], "the first one was replaced before it began");
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    let answers = play(&mut publisher);
    assert_eq!(codes(&answers), [0x86, 0x82, COMPLETE]);
    assert_eq!(answers[1].payload[..5], [0x12, 0, 0, 0, 1]);
}

#[test]
fn processing_intervals_are_for_playbacks_only() {
    let mut publisher = keeping(PLAIN);
    publisher.publish(&[1, 2, 3]);
    let update = Command::UpdateProcessingInterval;
    publisher.send(update, &0_i32.to_be_bytes());
    publisher.subscribe(&window(&[1, 2, 3], "*-1d", "*+1h").replace("Interval=0", "Interval=2147483647"));
    // Before the signals are confirmed it counts as well.
    publisher.send(update, &600_000_i32.to_be_bytes());
    publisher.send(update, &[0, 0, 1]);
    assert_eq!(publisher.answer_codes(), [(0x81, 5), (0x83, 2), (0x80, 2), (0x80, 5), (0x81, 5)]);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    assert_eq!(codes(&play(&mut publisher)), [0x86, 0x82]);
    publisher.send(update, &(-1_i32).to_be_bytes());
    assert_eq!(codes(&play(&mut publisher)), [0x80, 0x82]);
    // The times are one tick apart.
    publisher.wait(Duration::from_nanos(100));
    assert_eq!(codes(&play(&mut publisher)), [0x82, COMPLETE]);
    publisher.send(update, &0_i32.to_be_bytes());
    assert_eq!(publisher.answer_codes(), [(0x81, 5)]);
}

#[test]
fn the_source_of_the_application_is_asked_and_its_failures_are_told() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.session.use_history_source(true, publisher.now);
    publisher.subscribe(&format!("timeConstraintParameters={{table=x}};{}", window(&[2, 1], "*-1d", "*+1d")));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    assert_eq!(codes(&play(&mut publisher)), [0x83, 0x80]);
    let calls = publisher.history_calls();
    let [HistoryCall::Read(id, request)] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(request.signals, signal_ids(&[2, 1]));
    assert_eq!(request.parameters, "table=x");
    assert_eq!(request.window.stop.0 - request.window.start.0, 2 * 86_400 * Ticks::PER_SECOND);
    publisher.wait(Duration::from_secs(1));
    assert_eq!(publisher.history_calls(), [], "asked once");

    let point = RawMeasurement { ticks: TICKS, row: 1, flags: 0, value_bits: 0 };
    publisher.supply(*id, Ok(HistoryPart::Rows(vec![point])));
    assert_eq!(codes(&play(&mut publisher)), [0x86, 0x82]);
    assert!(matches!(publisher.history_calls()[..], [HistoryCall::Read(..)]));
    publisher.supply(*id, Err("the archive is on fire".into()));
    let answers = play(&mut publisher);
    assert_eq!(codes(&answers), [0x81, COMPLETE]);
    assert!(answers[0].text(TextEncoding::Utf8).contains("the archive is on fire"));
    assert_eq!(publisher.history_calls(), [HistoryCall::Close(*id)]);
    publisher.supply(*id, Ok(HistoryPart::End(String::new())));
    assert_eq!(play(&mut publisher), [], "too late");
}

#[test]
fn a_source_leaves_some_times_to_memory_and_tells_what_is_missing() {
    let mut publisher = keeping(PLAIN);
    publisher.session.use_history_source(true, publisher.now);
    publisher.publish(&[1, 2, 3]);
    publisher.subscribe(&window(&[3, 2], "*-1d", "*+1h"));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    assert_eq!(codes(&play(&mut publisher)), [0x83, 0x80]);
    let calls = publisher.history_calls();
    let [HistoryCall::Read(id, request)] = &calls[..] else { panic!("{calls:?}") };
    publisher.supply(*id, Ok(HistoryPart::Kept(request.window)));
    let answers = play(&mut publisher);
    assert_eq!(codes(&answers), [0x86, 0x82]);
    assert_eq!(answers[1].payload[4], 2, "those that are wanted");
    assert!(matches!(publisher.history_calls()[..], [HistoryCall::Read(..)]), "asked again behind it");

    // Nothing of these times, and nothing at all, is no end either.
    let before = TimeWindow { start: Ticks(0), stop: Ticks(request.window.start.value() - 1) };
    publisher.supply(*id, Ok(HistoryPart::Kept(before)));
    assert_eq!(play(&mut publisher), []);
    publisher.supply(*id, Ok(HistoryPart::Rows(Vec::new())));
    assert_eq!(play(&mut publisher), []);
    publisher.supply(*id, Ok(HistoryPart::End("the tape before May is lost".into())));
    let answers = play(&mut publisher);
    assert_eq!(codes(&answers), [COMPLETE]);
    assert!(answers[0].text(TextEncoding::Utf8).contains("the tape before May is lost"));
}

#[test]
fn nobody_is_asked_for_no_signals() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.session.use_history_source(true, publisher.now);
    publisher.subscribe("startTimeConstraint=*-1d;filterExpression={FILTER ActiveMeasurements WHERE False}");
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    assert_eq!(codes(&play(&mut publisher)), [0x83, 0x80, COMPLETE]);
    let calls = publisher.history_calls();
    assert!(matches!(calls[..], [HistoryCall::Close(_)]), "{calls:?}");
}

#[test]
fn a_playback_ends_with_its_connection_and_with_its_source() {
    let mut publisher = Publisher::with_modes(PLAIN);
    publisher.session.use_history_source(true, publisher.now);
    publisher.subscribe(&window(&[1], "*-1d", "*+1h"));
    publisher.session.use_history_source(false, publisher.now);
    assert_eq!(codes(&play(&mut publisher)), [0x83, 0x80, 0x81, COMPLETE]);
    publisher.subscribe(&window(&[1], "*-1d", "*+1h"));
    assert_eq!(publisher.answer_codes(), [(0x81, 0x02)], "there is none now");
    publisher.session.use_history_source(true, publisher.now);
    publisher.subscribe(&window(&[1], "*-1d", "*+1h"));
    publisher.history_calls();
    publisher.close();
    assert!(matches!(publisher.history_calls()[..], [HistoryCall::Close(_)]));
}

#[test]
fn redefined_metadata_leave_a_playback_alone() {
    let mut publisher = keeping(PLAIN);
    publisher.publish(&[1, 2, 3]);
    publisher.subscribe(&window(&[3, 2], "*-1d", "*+1h"));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    publisher.session.set_catalog(catalog(3), publisher.now);
    let answers = play(&mut publisher);
    assert_eq!(codes(&answers), [0x8A, 0x86, 0x82, COMPLETE]);
    assert_eq!(answers[2].payload[4], 2);
}

#[test]
fn history_is_kept_only_on_request() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    publisher.publish(&[1]);
    assert_eq!(publisher.history(), HistoryExtent::default());
    let mut publisher = keeping(PLAIN);
    publisher.publish(&[1, 3]);
    let extent = publisher.history();
    assert_eq!(
        (extent.measurements, extent.earliest, extent.latest),
        (2, Ticks(TICKS + 1), Ticks(TICKS + 3))
    );
    publisher.configure(PublisherSettings::default());
    assert_eq!(publisher.history(), HistoryExtent::default());
}

#[test]
fn history_is_not_throttled() {
    let mut publisher = keeping(PLAIN);
    publisher.publish(&[1, 1, 1]);
    let window = window(&[1], "2026-01-01 00:00:00", "2026-01-01 00:00:01");
    publisher.subscribe(&format!("throttled=true;publishInterval=1;{window}"));
    let answers = publisher.answers();
    let text = answers.last().unwrap().text(TextEncoding::Utf8);
    assert!(text.starts_with("Client subscribed") && !text.contains("latest values"), "{text}");
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    let answers = play(&mut publisher);
    let packet = answers.iter().find(|answer| answer.response == 0x82).unwrap();
    assert_eq!(packet.payload[1..5], [0, 0, 0, 3]);
}
