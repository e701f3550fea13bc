//! Data packets that are damaged, out of sequence or come too early.

use proptest::prelude::*;

use super::*;
use crate::session::SubscribeRequest;
use crate::wire::DataChannel;

fn with_cache(compressed: bool) -> Connection {
    let mut connection = Connection::subscribed(settings(compressed), OURS);
    connection.tell(Response::UpdateSignalIndexCache, &cache_for_slot(0, 1));
    connection.take();
    connection
}

#[test]
fn packets_out_of_sequence_are_dropped_until_sequence_0() {
    let mut connection = with_cache(true);
    connection.tell(Response::DataPacket, &tssc(0, 0, 0));
    connection.take();
    for sequence in [2, 3, u16::MAX] {
        connection.tell(Response::DataPacket, &tssc(0, sequence, 2));
        assert!(connection.only_messages());
    }
    connection.tell(Response::DataPacket, &tssc(0, 0, 0));
    connection.tell(Response::DataPacket, &tssc(0, 1, 1));
    assert_eq!(connection.taken_ids(), ids(1, &[0, 1, 5, 0, 1, 300]));
    assert_eq!(connection.session.statistics().packets_dropped, 3);
    connection.wait(Duration::from_secs(6)).unwrap();
}

#[test]
fn missing_packets_are_counted_and_told() {
    let mut connection = with_cache(true);
    let missing = |connection: &Connection| connection.session.statistics().packets_missing;
    for (sequence, expected) in [(0, 0), (3, 2), (4, 2), (7, 4), (6, 4), (0, 4), (u16::MAX - 1, 4), (0, 4)] {
        connection.tell(Response::DataPacket, &tssc(0, sequence, 0));
        assert_eq!(missing(&connection), expected, "{sequence}");
    }
    let is_told = |event: &Event| matches!(event, Event::Message(Severity::Warning, text) if text == "2 data packets are missing: number 3 came, expected was 1");
    assert!(connection.take().iter().any(is_told));

    // After the greatest number comes 1.
    let mut connection = with_cache(true);
    for sequence in [30_000, 60_000, u16::MAX, 2] {
        connection.tell(Response::DataPacket, &tssc(0, sequence, 0));
    }
    assert_eq!(missing(&connection), 30_000 + 29_999 + 5_534 + 1);
}

#[test]
fn a_publisher_that_does_not_start_anew_is_given_up() {
    let mut connection = with_cache(true);
    connection.tell(Response::DataPacket, &tssc(0, 7, 0));
    connection.wait(Duration::from_secs(4)).unwrap();
    connection.tell(Response::DataPacket, &tssc(0, 8, 0));
    assert_eq!(connection.session.deadline(), Some(connection.now + Duration::from_secs(1)));
    assert!(matches!(connection.wait(Duration::from_secs(1)), Err(SubscriberError::OutOfSequence(_))));
}

#[test]
fn a_sequence_that_nobody_waits_for_does_not_matter() {
    let mut connection = with_cache(true);
    connection.tell(Response::DataPacket, &tssc(0, 7, 0));
    connection.session.unsubscribe();
    connection.wait(Duration::from_secs(10)).unwrap();

    let mut connection = with_cache(true);
    connection.tell(Response::DataPacket, &tssc(0, 7, 0));
    connection.now += Duration::from_secs(4);
    connection.session.reading_is_paused(connection.now);
    connection.wait(Duration::from_secs(4)).unwrap();
}

#[test]
fn another_version_of_the_compression_is_dropped() {
    let mut connection = with_cache(true);
    let mut packet = tssc(0, 0, 0);
    packet[5] = 86;
    connection.tell(Response::DataPacket, &packet);
    assert!(connection.only_messages());
    connection.tell(Response::DataPacket, &tssc(0, 0, 0));
    assert_eq!(connection.taken_ids(), ids(1, BLOCKS[0].1));
}

#[test]
fn flags_that_mean_no_form_are_dropped() {
    let mut connection = with_cache(true);
    for flags in [0x00, 0x10, 0x01, 0xF0] {
        let mut packet = compact(0, &[0]);
        packet[0] = flags;
        connection.tell(Response::DataPacket, &packet);
        assert!(connection.only_messages(), "{flags:#04x}");
    }
}

#[test]
fn compact_packets_before_any_cache_are_dropped() {
    let mut connection = Connection::subscribed(settings(false), OURS);
    connection.tell(Response::DataPacket, &compact(0, &[0]));
    assert!(connection.only_messages());
    assert_eq!(connection.session.statistics().packets_dropped, 1);
}

#[test]
fn compressed_packets_before_any_cache_end_the_connection() {
    let mut connection = Connection::subscribed(settings(true), OURS);
    let received = connection.try_tell(Response::DataPacket, &tssc(0, 0, 0));
    assert!(matches!(received, Err(SubscriberError::Payload(_))));
}

#[test]
fn a_cut_block_ends_the_connection() {
    let whole = tssc(0, 0, 0);
    for length in 9..whole.len() {
        let mut connection = with_cache(true);
        match connection.try_tell(Response::DataPacket, &whole[..length]) {
            Err(error) => assert!(matches!(error, SubscriberError::Payload(_))),
            // The cut fell between two measurements.
            Ok(()) => assert!(connection.taken_ids().len() < 3, "{length} bytes"),
        }
    }
}

#[test]
fn unknown_indexes_are_counted_and_skipped() {
    let mut connection = with_cache(false);
    connection.tell(Response::DataPacket, &compact(0, &[1, 2, 5, u32::MAX, 300]));
    assert_eq!(connection.taken_ids(), ids(1, &[1, 5, 300]));
    let statistics = connection.session.statistics();
    assert_eq!((statistics.measurements, statistics.measurements_dropped), (3, 2));
}

/// A datagram may come long after its subscription was replaced by one without times, or with them.
#[test]
fn a_datagram_in_another_form_is_dropped() {
    let channel = DataChannel { port: 9600, multicast_group: None };
    for include_time in [true, false] {
        for count in 1..60 {
            let mut connection = with_cache(false);
            let options = SubscriptionOptions { include_time, ..SubscriptionOptions::default() };
            let request = SubscribeRequest { data_channel: Some(channel), ..options.into() };
            connection.session.subscribe(request).unwrap();
            connection.answer(Response::Succeeded, Command::Subscribe, b"");
            connection.take();
            let indexes: Vec<u32> = (0..count).map(|number| number % 2).collect();
            let with_times = compact(0, &indexes);
            let body = with_times[5..].chunks(17).flat_map(|one| &one[..9]);
            let without: Vec<u8> = with_times[..5].iter().chain(body).copied().collect();
            let (right, wrong) = if include_time { (with_times, without) } else { (without, with_times) };
            for (payload, delivered) in [(&wrong, 0), (&right, count as usize)] {
                let code = Command::Subscribe.code();
                let datagram = response_frame(Response::DataPacket, code, payload).split_off(4);
                connection.session.receive_datagram(&datagram, true, connection.now);
                connection.drain().unwrap();
                assert_eq!(connection.taken_ids().len(), delivered, "{count}, times: {include_time}");
            }
            assert_eq!(connection.session.statistics().packets_dropped, 1);
        }
    }
}

#[test]
fn rows_are_those_of_the_cache() {
    for compressed in [true, false] {
        let mut connection = with_cache(compressed);
        let packet = if compressed { tssc(0, 0, 0) } else { compact(0, &[0, 1, 5]) };
        connection.tell(Response::DataPacket, &packet);
        let rows: Vec<u32> =
            connection.taken_measurements().iter().map(|measurement| measurement.signal_index).collect();
        assert_eq!(rows, [0, 1, 2]);
    }
}

#[test]
fn offsets_count_from_the_base_times() {
    for (millisecond_resolution, offset, ticks) in [(false, &[0, 0, 1, 0][..], 256), (true, &[0, 3], 30_000)]
    {
        let mut connection = with_cache(false);
        let options = SubscriptionOptions { millisecond_resolution, ..SubscriptionOptions::default() };
        connection.session.subscribe(options).unwrap();
        connection.answer(Response::Succeeded, Command::Subscribe, b"");
        let base_times = [&1_u32.to_be_bytes()[..], &TICKS.to_be_bytes(), &(TICKS + 99).to_be_bytes()];
        connection.tell(Response::UpdateBaseTimes, &base_times.concat());
        connection.take();
        let mut packet = vec![0x02, 0, 0, 0, 3];
        for flags in [0x40, 0xC0] {
            packet.extend([flags, 0, 0, 0, 1, 0, 0, 0, 0]);
            packet.extend(offset);
        }
        packet.extend(compact_measurements(&[5]));
        connection.tell(Response::DataPacket, &packet);
        let times: Vec<i64> =
            connection.taken_measurements().iter().map(|measurement| measurement.timestamp.0).collect();
        assert_eq!(times, [TICKS + ticks, TICKS + 99 + ticks, TICKS + 5]);
    }
}

proptest! {
    #[test]
    fn any_packet_is_survived(
        compressed: bool, flags: u8, rest in prop::collection::vec(any::<u8>(), 0..100)
    ) {
        let mut connection = with_cache(compressed);
        let payload = [&[flags][..], &rest].concat();
        if connection.try_tell(Response::DataPacket, &payload).is_ok() {
            prop_assert!(connection.taken_ids().len() <= 8 * payload.len());
        }
    }

    #[test]
    fn a_damaged_packet_is_survived(compressed: bool, position: usize, value: u8) {
        let mut connection = with_cache(compressed);
        let mut payload = if compressed { tssc(0, 0, 0) } else { compact(0, &[0, 1, 5]) };
        let position = position % payload.len();
        payload[position] = value;
        let _ = connection.try_tell(Response::DataPacket, &payload);
    }
}
