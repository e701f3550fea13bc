//! Commands, and records of TLS, of which the rest does not come.

use super::limits::publisher_with;
use super::*;
use crate::settings::LimitSettings;

#[test]
fn the_rest_of_a_command_comes_in_time_or_its_connection_is_closed() {
    let mut publisher = publisher_with(LimitSettings::default().command_timeout(Duration::from_secs(20)));
    let command = command_frame(Command::User(1), &[0; 100]);
    let drip = |publisher: &mut Publisher, bytes: &[u8]| {
        bytes
            .iter()
            .flat_map(|byte| {
                publisher.receive(&[*byte]);
                publisher.wait(Duration::from_secs(2))
            })
            .collect::<Vec<_>>()
    };
    for _ in 0..5 {
        assert_eq!(drip(&mut publisher, &command[..8]), []);
        publisher.receive(&command[8..]);
    }
    let closes = drip(&mut publisher, &command[..14]);
    let [reason @ CloseReason::Unfinished { .. }] = &closes[..] else { panic!("{closes:?}") };
    let text = reason.to_string();
    assert!(text.contains("within 20 s (commandTimeout)"), "{text}");
    assert_eq!(publisher.answers().pop().map(|told| told.text(TextEncoding::Utf8)), Some(text));
}

#[test]
fn the_rest_of_a_record_comes_in_time_or_its_connection_is_closed() {
    let mut publisher = publisher_with(LimitSettings::default().command_timeout(Duration::from_secs(20)));
    let key = publisher.key();
    for _ in 0..5 {
        publisher.session.note_unfinished(key, 30, publisher.now);
        assert_eq!(publisher.wait(Duration::from_secs(15)), []);
        publisher.receive(&command_frame(Command::User(1), &[0; 100]));
        publisher.session.note_unfinished(key, 0, publisher.now);
        assert_eq!(publisher.wait(Duration::from_secs(15)), []);
    }
    publisher.session.note_unfinished(key, 30, publisher.now);
    let closes: Vec<_> = (0..5).flat_map(|_| publisher.wait(Duration::from_secs(5))).collect();
    let [reason] = &closes[..] else { panic!("{closes:?}") };
    assert_eq!(*reason, CloseReason::UnfinishedRecord { received: 30, timeout: Duration::from_secs(20) });
    let text = reason.to_string();
    assert!(text.starts_with("the rest of a record of TLS") && text.contains("(commandTimeout)"), "{text}");
}

#[test]
fn a_command_in_part_is_what_does_not_come_though_its_end_is_a_record_in_part() {
    let mut publisher = publisher_with(LimitSettings::default().command_timeout(Duration::from_secs(20)));
    publisher.receive(&command_frame(Command::User(1), &[0; 100])[..40]);
    publisher.session.note_unfinished(publisher.key(), 30, publisher.now);
    let closes: Vec<_> = (0..5).flat_map(|_| publisher.wait(Duration::from_secs(5))).collect();
    let [CloseReason::Unfinished { received: 66, .. }] = &closes[..] else { panic!("{closes:?}") };
}

#[test]
fn all_connections_together_leave_only_so_much_unfinished() {
    let mut publisher = publisher_with(LimitSettings::default().max_unfinished_commands(1 << 20));
    let unfinished = [&(1_000_000_u32).to_be_bytes()[..], &[2; 400_000]].concat();
    for round in 0..3 {
        publisher.connect();
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        publisher.answers();
        publisher.receive(&unfinished);
        assert_eq!(publisher.closes.len(), usize::from(round == 2));
    }
    let [CloseReason::Refused(text)] = &publisher.closes[..] else { panic!("{:?}", publisher.closes) };
    assert!(text.contains("1048576 bytes"), "{text}");
    assert!(publisher.audits.iter().any(|audit| !audit.accepted && audit.reason == *text));
    assert_eq!(publisher.answers()[0].response, 0x81);
    publisher.close();
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.receive(&unfinished[..100_000]);
    assert_eq!(publisher.closes.len(), 1, "what is gone does not count");
}

#[test]
fn records_in_part_count_among_the_commands_that_came_in_part() {
    let mut publisher = publisher_with(LimitSettings::default().max_unfinished_commands(1 << 20));
    let unfinished = [&(1_000_000_u32).to_be_bytes()[..], &[2; 100_000]].concat();
    for round in 0..2 {
        let keys: Vec<_> = (0..60)
            .map(|_| {
                publisher.connect();
                publisher.session.note_unfinished(publisher.key(), 16 << 10, publisher.now);
                publisher.key()
            })
            .collect();
        // All of these have become whole.
        if round == 0 {
            keys.iter().for_each(|key| publisher.session.note_unfinished(*key, 0, publisher.now));
        }
        publisher.connect();
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        publisher.receive(&unfinished);
        assert_eq!(publisher.closes.len(), round);
    }
    let [CloseReason::Refused(text)] = &publisher.closes[..] else { panic!("{:?}", publisher.closes) };
    assert!(text.contains("(maxUnfinishedCommands)"), "{text}");
}
