//! Buffer blocks: who gets them, in which form, and when they come again.

use super::*;
use crate::codec::gzip;
use crate::session::Severity;

const PLAIN_BLOCK: &[u8] = b"some bytes";

/// Payload of a block.
fn payload(sequence: u32, flags: u8, index: u32, bytes: &[u8]) -> Vec<u8> {
    [&sequence.to_be_bytes()[..], &[flags], &index.to_be_bytes(), bytes].concat()
}

impl Publisher {
    fn send_block(&mut self, row: u32, bytes: &[u8], confirm: bool) {
        self.session.send_buffer_block(row, bytes, confirm, self.now);
    }

    fn send_blocks(&mut self, count: usize) {
        (0..count).for_each(|_| self.send_block(1, PLAIN_BLOCK, true));
    }

    fn confirm_block(&mut self, sequence: u32) {
        self.send(Command::ConfirmBufferBlock, &sequence.to_be_bytes());
    }

    /// Sequence numbers of the blocks queued, when there is nothing else.
    fn sequences(&mut self) -> Vec<u32> {
        let sequence = |answer: Answer| {
            assert_eq!((answer.response, answer.command), (0x88, 0x02));
            u32::from_be_bytes(answer.payload[..4].try_into().unwrap())
        };
        self.answers().into_iter().map(sequence).collect()
    }

    /// Lets time pass, without keep-alives.
    fn repeated_after(&mut self, duration: Duration) -> Vec<u32> {
        assert_eq!(self.wait(duration), []);
        let mut answers = self.answers();
        answers.retain(|answer| answer.response != 0xFF);
        answers.iter().map(|answer| u32::from_be_bytes(answer.payload[..4].try_into().unwrap())).collect()
    }

    fn messages(&mut self) -> usize {
        let events = self.take_events();
        events.iter().filter(|event| matches!(event, PublisherEvent::Message(Severity::Warning, _))).count()
    }
}

#[test]
fn a_block_goes_to_who_has_its_signal_behind_what_was_published_before() {
    let mut publisher = Publisher::subscribed(PLAIN, &[3, 1]);
    let measurement = RawMeasurement { ticks: TICKS, row: 3, flags: 0, value_bits: 0 };
    publisher.session.publish(&[measurement], publisher.now);
    publisher.send_block(1, PLAIN_BLOCK, false);
    publisher.send_block(2, PLAIN_BLOCK, false);
    publisher.send_block(99, PLAIN_BLOCK, false);
    publisher.send_block(3, &[], false);
    let answers = publisher.answers();
    let codes: Vec<u8> = answers.iter().map(|answer| answer.response).collect();
    assert_eq!(codes, [0x86, 0x82, 0x88, 0x88]);
    assert_eq!(answers[2].payload, payload(0, 0x00, 1, PLAIN_BLOCK));
    assert_eq!(answers[3].payload, payload(1, 0x00, 0, &[]));
    assert_eq!(publisher.session.statistics().buffer_blocks_sent, 2);
}

#[test]
fn blocks_are_compressed_for_who_gets_tssc_if_that_helps() {
    let zeros = [0; 5000];
    for (modes, flags) in [(PLAIN, 0x01), (TSSC, 0x09)] {
        let mut publisher = Publisher::subscribed(modes, &[1]);
        publisher.send_block(1, &zeros, true);
        publisher.send_block(1, b"short", true);
        let answers = publisher.answers();
        let sent = answers[0].payload[9..].to_vec();
        assert_eq!(answers[0].payload[4], flags);
        assert_eq!(if flags & 8 == 0 { sent } else { gzip::decompress(&sent, 5000).unwrap() }, zeros);
        assert_eq!(answers[1].payload, payload(1, 0x01, 0, b"short"));
    }
}

#[test]
fn the_flags_name_the_slot_of_the_cache() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    publisher.subscribe(&filter(&[2, 1]));
    publisher.send_block(1, PLAIN_BLOCK, false);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.send_block(1, PLAIN_BLOCK, false);
    let mut answers = publisher.answers();
    answers.retain(|answer| answer.response == 0x88);
    assert_eq!(answers[0].payload, payload(0, 0x00, 0, PLAIN_BLOCK));
    assert_eq!(answers[1].payload, payload(1, 0x10, 1, PLAIN_BLOCK));
}

#[test]
fn what_is_not_confirmed_comes_again_byte_for_byte() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    publisher.send_blocks(3);
    let first = publisher.answers();
    assert_eq!(publisher.repeated_after(Duration::from_secs(4)), []);
    publisher.confirm_block(0);
    assert_eq!(publisher.wait(Duration::from_secs(1)), []);
    let mut again = publisher.answers();
    again.retain(|answer| answer.response != 0xFF);
    assert_eq!(again, first[1..]);
    publisher.confirm_block(1);
    assert!(!publisher.session.is_flushed());
    publisher.confirm_block(2);
    assert!(publisher.session.is_flushed());
    assert_eq!(publisher.repeated_after(Duration::from_secs(60)), []);
    let statistics = publisher.session.statistics();
    assert_eq!((statistics.buffer_blocks_sent, statistics.buffer_blocks_repeated), (3, 2));
    assert_eq!(statistics.buffer_blocks_unconfirmed, 0);
}

#[test]
fn the_subscriber_chooses_after_how_long() {
    for (seconds, due) in [("0.5", 500), ("0", 5000), ("1e300", 3_600_000), ("0.000001", 100)] {
        let mut publisher = Publisher::with_modes(PLAIN);
        publisher.subscribe(&format!("bufferBlockRetransmissionTimeout={seconds};{}", filter(&[1])));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        publisher.answers();
        publisher.send_blocks(1);
        publisher.answers();
        assert_eq!(publisher.repeated_after(Duration::from_millis(due - 1)), [], "{seconds}");
        assert_eq!(publisher.repeated_after(Duration::from_millis(1)), [0], "{seconds}");
    }
}

#[test]
fn a_confirmation_out_of_order_repeats_the_older_blocks_but_not_for_ever() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    publisher.send_blocks(5);
    publisher.answers();
    publisher.confirm_block(2);
    assert_eq!(publisher.sequences(), [0, 1]);
    for sequence in [2, 3, 4, 4, 77, u32::MAX] {
        publisher.confirm_block(sequence);
        assert_eq!(publisher.sequences(), [], "{sequence}");
    }
    publisher.confirm_block(1);
    assert_eq!(publisher.sequences(), []);
    assert_eq!(publisher.repeated_after(Duration::from_secs(5)), [0]);
}

#[test]
fn blocks_with_and_without_confirmation_share_their_numbers() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    for confirm in [false, true, false, true] {
        publisher.send_block(1, PLAIN_BLOCK, confirm);
    }
    assert_eq!(publisher.sequences(), [0, 1, 2, 3]);
    publisher.confirm_block(2);
    publisher.confirm_block(0);
    assert_eq!(publisher.sequences(), []);
    publisher.confirm_block(3);
    assert_eq!(publisher.sequences(), [1]);
}

#[test]
fn numbers_wrap() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    let key = publisher.key();
    publisher.session.connections.get_mut(key).unwrap().blocks.next_sequence = u32::MAX;
    publisher.send_blocks(3);
    assert_eq!(publisher.sequences(), [u32::MAX, 0, 1]);
    publisher.confirm_block(1);
    assert_eq!(publisher.sequences(), [u32::MAX, 0]);
    publisher.confirm_block(u32::MAX);
    assert_eq!(publisher.repeated_after(Duration::from_secs(5)), [0]);
}

#[test]
fn unconfirmed_blocks_are_no_more_than_the_settings_allow() {
    let limits = crate::settings::LimitSettings::default().max_unconfirmed_blocks(64 << 10);
    let mut publisher = Publisher::subscribed_with(PublisherSettings::default().limits(limits), PLAIN, &[1]);
    for _ in 0..4 {
        publisher.session.send_buffer_block(1, &[7; 30_000], true, publisher.now);
    }
    assert_eq!(publisher.sequences().len(), 2);
    let told = publisher.take_events().into_iter().filter(|event| {
        matches!(event, PublisherEvent::Message(_, text) if text.contains("as many bytes as maxUnconfirmedBlocks says"))
    });
    assert_eq!(told.count(), 2);
}

#[test]
fn who_never_confirms_is_given_up_and_told() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    publisher.send_blocks(2000);
    assert_eq!(publisher.sequences().len(), 1024);
    assert_eq!(publisher.session.statistics().buffer_blocks_dropped, 2000 - 1024);
    assert_eq!(publisher.messages(), 2000 - 1024);
    let mut repeated = 0;
    for _ in 0..200 {
        repeated += publisher.repeated_after(Duration::from_secs(1)).len();
    }
    assert_eq!(repeated, 10 * 1024);
    assert_eq!(publisher.messages(), 1);
    let statistics = publisher.session.statistics();
    assert_eq!((statistics.buffer_blocks_repeated, statistics.buffer_blocks_unconfirmed), (10_240, 1024));
    publisher.send_blocks(1);
    assert_eq!(publisher.sequences(), [1024]);
}

#[test]
fn unconfirmed_bytes_are_bounded() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    let large = vec![1; 3 << 20];
    for _ in 0..10 {
        publisher.send_block(1, &large, true);
        publisher.answers();
    }
    assert_eq!(publisher.session.statistics().buffer_blocks_sent, 5);
    assert_eq!(publisher.session.statistics().buffer_blocks_dropped, 5);
}

#[test]
fn who_takes_nothing_gets_no_repetitions_and_not_too_many_blocks() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    for _ in 0..100 {
        publisher.send_block(1, &[0; 100_000], false);
        publisher.send_block(1, &[0; 100_000], true);
    }
    let limit = PublisherSettings::default().send_queue_limit;
    assert!(publisher.session.queue(publisher.key()).unwrap().data_len() <= limit);
    assert!(publisher.session.statistics().buffer_blocks_dropped > 100);
    for _ in 0..100 {
        publisher.wait(Duration::from_secs(5));
        publisher.confirm_block(41);
    }
    assert!(publisher.session.queue(publisher.key()).unwrap().data_len() <= limit);
    assert_eq!(publisher.session.statistics().buffer_blocks_repeated, 0);
}

#[test]
fn the_policy_for_slow_subscribers_holds_for_blocks() {
    let settings = PublisherSettings {
        overflow: Overflow::Disconnect,
        send_queue_limit: 100_000,
        ..PublisherSettings::default()
    };
    let mut publisher = Publisher::subscribed_with(settings, PLAIN, &[1]);
    publisher.send_block(1, &[0; 90_000], false);
    assert_eq!(publisher.session.closing(publisher.key()), None);
    publisher.send_block(1, &[0; 90_000], false);
    assert!(matches!(publisher.session.closing(publisher.key()), Some(CloseReason::TooSlow { .. })));

    let overflow = Overflow::Wait { timeout: None };
    let mut publisher = Publisher::subscribed_with(PublisherSettings { overflow, ..settings }, PLAIN, &[1]);
    publisher.send_block(1, &[0; 90_000], false);
    assert!(publisher.session.has_room());
    publisher.send_block(1, &[0; 90_000], false);
    assert!(!publisher.session.has_room());
    assert_eq!(publisher.session.statistics().buffer_blocks_dropped, 0);
}

#[test]
fn blocks_of_a_replaced_cache_do_not_come_again() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    publisher.send_blocks(2);
    publisher.subscribe(&filter(&[2, 1]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.send_blocks(1);
    publisher.answers();
    // Slot 0 still holds the cache of the first two.
    assert_eq!(publisher.repeated_after(Duration::from_secs(5)), [0, 1, 2]);
    publisher.subscribe(&filter(&[3, 1]));
    publisher.answers();
    assert_eq!(publisher.repeated_after(Duration::from_secs(5)), [2]);
    assert_eq!(publisher.session.statistics().buffer_blocks_unconfirmed, 2);
    publisher.close();
    assert_eq!(publisher.session.statistics().buffer_blocks_unconfirmed, 3);
}

#[test]
fn confirmations_nobody_asked_for_are_ignored() {
    let mut publisher = Publisher::subscribed(PLAIN, &[1]);
    for _ in 0..2 {
        for code in [&[][..], &[0, 0, 0], &[0, 0, 0, 0], &[0, 0, 0, 5, 9], &[0xFF; 4]] {
            publisher.send(Command::ConfirmBufferBlock, code);
            assert_eq!(publisher.answers(), []);
        }
        publisher.send_block(1, PLAIN_BLOCK, false);
        publisher.sequences();
    }
}
