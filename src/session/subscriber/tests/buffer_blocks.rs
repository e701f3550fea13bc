//! Buffer blocks in every layout and every order.

use super::*;
use crate::codec::gzip;
use crate::wire::Version;
use proptest::prelude::*;

/// A block whose sequence number is also its content.
fn block(sequence: u32, flags: u8, index: u32) -> Vec<u8> {
    with_bytes(sequence, flags, index, &sequence.to_be_bytes())
}

fn with_bytes(sequence: u32, flags: u8, index: u32, bytes: &[u8]) -> Vec<u8> {
    [&sequence.to_be_bytes()[..], &[flags], &index.to_be_bytes(), bytes].concat()
}

/// A subscriber whose publisher has announced the signals of family 1 for slot 0.
fn subscribed(greeting: Option<&str>) -> Connection {
    let mut connection = Connection::subscribed(settings(true), greeting);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(0, 1));
    connection.sent();
    connection.take();
    connection
}

impl Connection {
    fn tell_block(&mut self, payload: &[u8]) {
        self.tell(Response::BufferBlock, payload);
    }

    /// Contents of the blocks delivered since the last call.
    fn taken_blocks(&mut self) -> Vec<Vec<u8>> {
        let delivered = |event| match event {
            Event::BufferBlock(_, _, bytes) => Some(bytes),
            _ => None,
        };
        self.take().into_iter().filter_map(delivered).collect()
    }

    fn taken_sequences(&mut self) -> Vec<u32> {
        let blocks = self.taken_blocks();
        blocks.into_iter().map(|bytes| u32::from_be_bytes(bytes.try_into().unwrap())).collect()
    }

    /// Sequence numbers confirmed since the last call.
    fn confirmed(&mut self) -> Vec<u32> {
        let frames = self.sent();
        assert!(frames.iter().all(|(code, _)| *code == 0x08), "{frames:?}");
        frames.into_iter().map(|(_, payload)| u32::from_be_bytes(payload.try_into().unwrap())).collect()
    }
}

#[test]
fn blocks_are_told_with_their_signal_and_confirmed_when_asked() {
    let mut connection = subscribed(OURS);
    connection.tell_block(&with_bytes(0, 0x00, 300, b"abc"));
    assert_eq!(connection.take(), [Event::BufferBlock(id(1, 300), 3, b"abc".to_vec())]);
    assert_eq!(connection.confirmed(), []);
    connection.tell_block(&with_bytes(1, 0x01, 0, b""));
    assert_eq!(connection.take(), [Event::BufferBlock(id(1, 0), 0, vec![])]);
    assert_eq!(connection.confirmed(), [1]);
    let packed = gzip::compress(&[7; 1000]);
    connection.tell_block(&with_bytes(2, 0x09, 5, &packed));
    assert_eq!(connection.taken_blocks(), [vec![7; 1000]]);
    assert_eq!(connection.session.statistics().buffer_blocks, 3);
}

#[test]
fn the_slot_named_by_the_flags_counts() {
    let mut connection = subscribed(OURS);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(1, 2));
    connection.take();
    connection.tell_block(&block(0, 0x00, 5));
    connection.tell_block(&block(1, 0x10, 5));
    let told = connection.take();
    let [Event::BufferBlock(first, ..), Event::Updated(2, _), Event::BufferBlock(second, ..)] = &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!((*first, *second), (id(1, 5), id(2, 5)));
}

#[test]
fn order_is_restored_and_repetitions_are_confirmed_but_not_told() {
    let mut connection = subscribed(OURS);
    for sequence in [2, 1, 3, 1, 0, 0, 3] {
        connection.tell_block(&block(sequence, 0x01, 1));
    }
    assert_eq!(connection.taken_sequences(), [0, 1, 2, 3]);
    assert_eq!(connection.confirmed(), [2, 1, 3, 1, 0, 0, 3]);
    // Without the flag nobody waits for a confirmation.
    connection.tell_block(&block(0, 0x00, 1));
    assert_eq!(connection.confirmed(), []);
}

#[test]
fn sequence_numbers_wrap() {
    let mut connection = subscribed(OURS);
    connection.session.parts.blocks.expected = u32::MAX;
    for sequence in [1, 0, u32::MAX, u32::MAX - 1] {
        connection.tell_block(&block(sequence, 0x01, 1));
    }
    assert_eq!(connection.taken_sequences(), [u32::MAX, 0, 1]);
}

#[test]
fn what_nobody_sends_again_is_waited_for_briefly() {
    let mut connection = subscribed(OURS);
    connection.tell_block(&block(2, 0x00, 1));
    connection.tell_block(&block(3, 0x00, 1));
    connection.now += Duration::from_millis(600);
    connection.tell_block(&block(6, 0x00, 1));
    assert_eq!(connection.take(), []);
    connection.now += Duration::from_millis(600);
    connection.tell(Response::NoOp, &[]);
    assert_eq!(connection.taken_sequences(), [2, 3]);
    connection.tell_block(&block(4, 0x00, 1));
    assert_eq!(connection.taken_sequences(), [4]);
    connection.now += Duration::from_millis(600);
    connection.tell(Response::NoOp, &[]);
    assert_eq!(connection.taken_sequences(), [6]);
    let statistics = connection.session.statistics();
    assert_eq!((statistics.buffer_blocks, statistics.buffer_blocks_lost), (4, 3));
}

#[test]
fn what_comes_again_is_waited_for_longer() {
    let mut connection = subscribed(OURS);
    connection.tell_block(&block(1, 0x01, 1));
    connection.now += Duration::from_secs(19);
    connection.tell(Response::NoOp, &[]);
    assert_eq!(connection.take(), []);
    connection.now += Duration::from_secs(2);
    connection.tell(Response::NoOp, &[]);
    assert_eq!(connection.taken_sequences(), [1]);
    // Too late, but its publisher must not send it for ever.
    connection.sent();
    connection.tell_block(&block(0, 0x01, 1));
    assert_eq!((connection.taken_sequences(), connection.confirmed()), (vec![], vec![0]));
}

#[test]
fn blocks_far_beyond_their_turn_are_not_kept() {
    let mut connection = subscribed(OURS);
    for sequence in [1025, 0x7FFF_FFFF, 0x8000_0000, u32::MAX] {
        connection.tell_block(&block(sequence, 0x01, 1));
    }
    assert_eq!(connection.taken_sequences(), []);
    // The second half of all numbers has been before.
    assert_eq!(connection.confirmed(), [0x8000_0000, u32::MAX]);
    assert_eq!(connection.session.statistics().buffer_blocks_dropped, 2);
    connection.now += Duration::from_secs(21);
    connection.tell_block(&block(1025, 0x01, 1));
    assert_eq!(connection.taken_sequences(), [1025]);
    assert_eq!(connection.session.statistics().buffer_blocks_lost, 1025);

    // What nobody sends again is not waited for.
    let mut connection = subscribed(OURS);
    connection.tell_block(&block(3, 0x00, 1));
    connection.tell_block(&block(0x7FFF_FFFF, 0x00, 1));
    assert_eq!(connection.taken_sequences(), [3, 0x7FFF_FFFF]);
    assert_eq!(connection.session.statistics().buffer_blocks_lost, 0x7FFF_FFFF - 1);
}

#[test]
fn the_bytes_that_are_kept_are_bounded() {
    let mut connection = subscribed(OURS);
    let large = vec![0; 1 << 20];
    for sequence in 1..=70 {
        connection.tell_block(&with_bytes(sequence, 0x01, 1, &large));
    }
    let first_refused = connection.confirmed().len() as u32 + 1;
    assert_eq!(first_refused, 65);
    // One that is kept already is confirmed all the same.
    connection.tell_block(&with_bytes(64, 0x01, 1, &large));
    assert_eq!(connection.confirmed(), [64]);
    connection.take();
    for sequence in [0].into_iter().chain(first_refused..=70) {
        connection.tell_block(&with_bytes(sequence, 0x01, 1, &large));
    }
    assert_eq!(connection.taken_blocks().len(), 71);
}

#[test]
fn unusable_blocks_are_counted_and_do_not_stop_the_others() {
    let mut connection = subscribed(OURS);
    let mut bomb = settings(true);
    bomb.max_frame_size = 1000;
    connection.session.parts.settings = bomb;
    connection.tell_block(&block(0, 0x01, 2));
    connection.tell_block(&with_bytes(1, 0x09, 1, b"no GZip"));
    connection.tell_block(&with_bytes(2, 0x09, 1, &gzip::compress(&[0; 100_000])));
    connection.tell_block(&[0; 8]);
    connection.tell_block(&[]);
    assert!(connection.only_messages());
    connection.tell_block(&block(3, 0x01, 1));
    assert_eq!(connection.taken_sequences(), [3]);
    assert_eq!(connection.confirmed(), [0, 1, 2, 3]);
    assert_eq!(connection.session.statistics().buffer_blocks_dropped, 5);
}

#[test]
fn without_a_cache_nothing_is_told() {
    let mut connection = Connection::subscribed(settings(true), None);
    connection.sent();
    connection.tell_block(&block(0, 0x01, 0));
    assert!(connection.only_messages());
    assert_eq!(connection.confirmed(), [0]);
}

#[test]
fn blocks_of_an_ended_subscription_are_confirmed_only() {
    let mut connection = subscribed(OURS);
    connection.session.unsubscribe();
    connection.sent();
    connection.tell_block(&block(0, 0x01, 1));
    assert_eq!((connection.take(), connection.confirmed()), (vec![], vec![0]));
}

#[test]
fn a_slot_in_place_of_the_flags() {
    // Byte 1 with only slot 1 filled is the slot, as all publishers meant it once.
    let mut connection = Connection::subscribed(settings(true), None);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(1, 2));
    connection.sent();
    connection.take();
    connection.tell_block(&block(0, 0x01, 5));
    assert_eq!(connection.take()[0], Event::BufferBlock(id(2, 5), 2, vec![0; 4]));
    assert_eq!(connection.confirmed(), [0]);
}

#[test]
fn a_silent_publisher_that_repeats_what_needs_no_confirmation_has_no_flags() {
    let mut connection = subscribed(None);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(1, 2));
    connection.sent();
    connection.take();
    let old = |sequence, slot, bytes: &[u8]| with_bytes(sequence, slot, 5, &[bytes, &[0; 6]].concat());
    connection.tell_block(&old(0, 0, b"a"));
    assert_eq!(connection.confirmed(), []);
    connection.tell_block(&old(0, 0, b"a"));
    assert_eq!(connection.confirmed(), [0]);
    connection.take();
    connection.tell_block(&old(1, 0, b"b"));
    connection.tell_block(&old(2, 1, b"c"));
    let told = connection.take();
    assert_eq!(told[0], Event::BufferBlock(id(1, 5), 2, b"b".to_vec()));
    assert_eq!(told[2], Event::BufferBlock(id(2, 5), 2, b"c".to_vec()));
    assert_eq!(connection.confirmed(), [1, 2]);
    // No slot has such a number, so these are flags after all.
    connection.tell_block(&with_bytes(3, 0x10, 5, &[0; 6]));
    assert_eq!(connection.taken_blocks(), [vec![0; 6]]);

    let mut other = subscribed(OURS);
    other.tell_block(&old(0, 0, b"a"));
    other.tell_block(&old(0, 0, b"a"));
    assert_eq!(other.confirmed(), []);
}

#[test]
fn blocks_of_version_1_with_and_without_flags() {
    let version_1 = |greeting| {
        let settings = SessionSettings { version: Version::V1, ..settings(true) };
        let mut connection = Connection::subscribed(settings, greeting);
        connection.tell(Response::UpdateSignalIndexCache, &cache(1));
        connection.sent();
        connection.take();
        connection
    };
    let without_flags = |sequence: u32, index: u32, bytes: &[u8]| {
        [&sequence.to_be_bytes()[..], &index.to_be_bytes(), bytes, &[0; 6]].concat()
    };
    let mut connection = version_1(None);
    connection.tell_block(&without_flags(0, 300, b"xyz"));
    connection.tell_block(&without_flags(1, 0, b"\x00x"));
    let told = connection.take();
    assert_eq!(told[0], Event::BufferBlock(id(1, 300), 3, b"xyz".to_vec()));
    assert_eq!(told[1], Event::BufferBlock(id(1, 0), 0, b"\x00x".to_vec()));
    assert_eq!(connection.confirmed(), [0, 1]);

    for greeting in [None, OURS] {
        let mut connection = version_1(greeting);
        connection.tell_block(&with_bytes(0, 0x01, 300, b"xyz"));
        connection.tell_block(&with_bytes(1, 0x00, 5, &[9, 0, 0, 0, 0, 0, 0]));
        let told = connection.take();
        assert_eq!(told[0], Event::BufferBlock(id(1, 300), 3, b"xyz".to_vec()));
        assert_eq!(told[1], Event::BufferBlock(id(1, 5), 2, vec![9, 0, 0, 0, 0, 0, 0]));
        assert_eq!(connection.confirmed(), [0]);
    }
}

proptest! {
    #[test]
    fn arbitrary_blocks_never_panic_and_memory_stays_bounded(
        payloads in proptest::collection::vec(
            (prop_oneof![0_u32..2000, any::<u32>()], any::<u8>(), 0_u32..6, 0_usize..40), 0..60,
        ),
        silent: bool,
    ) {
        let mut connection = subscribed(if silent { None } else { OURS });
        for (sequence, flags, index, length) in payloads {
            connection.tell_block(&with_bytes(sequence, flags, index, &vec![1; length]));
            connection.now += Duration::from_millis(u64::from(sequence % 700));
        }
        prop_assert!(connection.session.parts.blocks.early.len() <= 1024);
    }

    #[test]
    fn any_order_with_repetitions_is_restored(mut order in Just((0_u32..60).collect::<Vec<_>>()).prop_shuffle(),
        repeated in proptest::collection::vec(0_u32..60, 0..60)) {
        order.splice(30..30, repeated);
        let mut connection = subscribed(OURS);
        for sequence in order {
            connection.tell_block(&block(sequence, 0x01, 1));
        }
        prop_assert_eq!(connection.taken_sequences(), (0..60).collect::<Vec<_>>());
    }
}
