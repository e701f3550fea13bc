//! What happens to a side that gets something else than what was sent.

use super::super::super::block::BlockWriter;
use super::super::super::field::FieldType;
use super::super::super::signals::{SignalMessage, SignalRecord};
use super::super::super::stream::PointWriter;
use super::*;

/// The blocks of a one-way link: agreement, definitions, metadata, and measurements of several times.
fn blocks() -> (Vec<Vec<u8>>, Vec<Measurement>) {
    let now = Moment { instant: Instant::now(), utc: Ticks::UNIX_EPOCH };
    let settings = BlockLinkSettings::default().block_size(256);
    let mut publisher = LinkSession::new(settings, LinkKind::SERIAL.one_way(), LinkRole::Server);
    publisher.opened(true, now);
    publisher.set_metadata(metadata(), now);
    let sent: Vec<_> = (0..4).map(|time| batch(time)[..10].to_vec()).collect();
    sent.iter().for_each(|batch| publisher.publish(batch, now));
    let mut blocks = Vec::new();
    let mut block = Vec::new();
    while publisher.poll_transmit(&mut block, now) {
        blocks.push(std::mem::take(&mut block));
    }
    (blocks, sent.concat())
}

/// A receiver of this stream, and what it got.
fn receive(stream: &[u8]) -> (LinkSession, Vec<Measurement>) {
    let now = Moment { instant: Instant::now(), utc: Ticks::UNIX_EPOCH };
    let mut subscriber =
        LinkSession::new(BlockLinkSettings::default(), LinkKind::SERIAL.one_way(), LinkRole::Client);
    subscriber.opened(false, now);
    subscriber.receive(stream, now);
    subscriber.input_ended(now);
    let mut log = Log::default();
    while let Some(event) = subscriber.poll_event() {
        note(&mut log, event);
    }
    (subscriber, plain(&log.measurements))
}

#[test]
fn every_byte_wrong_in_turn_costs_its_block_and_makes_no_other_measurement() {
    let (blocks, sent) = blocks();
    let stream = blocks.concat();
    assert_eq!(receive(&stream).1, sent);
    for place in 0..stream.len() {
        let mut damaged = stream.clone();
        damaged[place] ^= 0x15;
        let (subscriber, got) = receive(&damaged);
        let mut rest = sent.iter();
        assert!(got.iter().all(|got| rest.any(|sent| sent == got)), "byte {place}");
        let counters = subscriber.counters();
        assert_eq!(counters.blocks_received, blocks.len() as u64 - 1, "byte {place}");
        // Of the last one nobody can know.
        let is_followed = place < stream.len() - blocks[blocks.len() - 1].len();
        assert_eq!(counters.blocks_lost, u64::from(is_followed), "byte {place}");
        assert_eq!((counters.points_malformed, counters.contradictions), (0, 0));
    }
}

#[test]
fn streams_that_are_cut_doubled_or_turned_round_are_counted() {
    let (blocks, sent) = blocks();
    let stream = blocks.concat();
    let known: std::collections::HashSet<_> =
        sent.iter().map(|sent| (sent.signal_id, sent.timestamp)).collect();
    for end in (0..stream.len()).step_by(7) {
        let got = receive(&stream[..end]).1;
        assert_eq!(got[..], sent[..got.len()]);
    }
    let doubled: Vec<u8> = blocks.iter().flat_map(|block| [&block[..], block].concat()).collect();
    let (subscriber, got) = receive(&doubled);
    assert_eq!(got, sent);
    assert_eq!(subscriber.counters().blocks_repeated, blocks.len() as u64);
    let mut turned = blocks.clone();
    turned.reverse();
    let (subscriber, got) = receive(&turned.concat());
    assert!(got.iter().all(|got| known.contains(&(got.signal_id, got.timestamp))));
    assert!(subscriber.counters().blocks_unknown > 0);
    for swap in 0..blocks.len() - 1 {
        let mut swapped = blocks.clone();
        swapped.swap(swap, swap + 1);
        let (subscriber, got) = receive(&swapped.concat());
        assert!(got.iter().all(|got| known.contains(&(got.signal_id, got.timestamp))), "{swap}");
        let counters = subscriber.counters();
        assert_eq!((counters.blocks_lost, counters.blocks_received), (0, blocks.len() as u64), "{swap}");
    }
}

/// A subscriber that has agreed, and what writes blocks to it.
fn agreed() -> (Line, BlockWriter) {
    let mut line = Line::usual(LinkKind::SERIAL);
    line.run(SECOND);
    let mut writer = BlockWriter::default();
    while writer.sequence() < 30_000 {
        writer.write(&mut Vec::new(), 0, &[]).unwrap();
    }
    (line, writer)
}

fn give(line: &mut Line, writer: &mut BlockWriter, feature: Feature, data: &[u8]) {
    let id = line.sides[SUBSCRIBER].incoming.unwrap().features().id(feature).unwrap();
    let mut block = Vec::new();
    writer.write(&mut block, id, data).unwrap();
    line.give(SUBSCRIBER, &block);
    line.settle();
}

#[test]
fn runtime_ids_that_are_used_again_are_refused_and_counted() {
    let (mut line, mut writer) = agreed();
    let assign = |number: u128, plain| {
        let record = SignalRecord { signal_id: Uuid::from_u128(number), plain, flagged: plain + 1 };
        let mut data = Vec::new();
        SignalMessage::Assign(vec![record]).write(&mut data);
        data
    };
    let mut points = PointWriter::new(PointStream::Raw);
    let mut data = Vec::new();
    points.define(&mut data, 900, &[FieldType::Ticks, FieldType::F32]).unwrap();
    give(&mut line, &mut writer, Feature::Signals, &assign(1, 900));
    give(&mut line, &mut writer, Feature::Points, &data);
    // The same of another signal: what is known stays.
    give(&mut line, &mut writer, Feature::Signals, &assign(2, 900));
    data.clear();
    let fields = [super::super::super::Field::Ticks(Ticks::UNIX_EPOCH), super::super::super::Field::F32(7.5)];
    points.push(900, &fields).unwrap();
    points.finish(&mut data);
    let string = data.clone();
    give(&mut line, &mut writer, Feature::Points, &string);
    let got = &line.logs[SUBSCRIBER].measurements;
    assert_eq!(plain(got), [measurement(1, Ticks::UNIX_EPOCH, 7.5, 0)]);
    assert_eq!(line.sides[SUBSCRIBER].counters().contradictions, 2);
    // Other fields: nobody knows what points are.
    give(&mut line, &mut writer, Feature::Points, &[1, 0x84, 7, 2, 12, 5]);
    give(&mut line, &mut writer, Feature::Points, &string);
    assert_eq!(line.logs[SUBSCRIBER].measurements.len(), 1);
    let counters = line.sides[SUBSCRIBER].counters();
    assert_eq!((counters.contradictions, counters.points_unknown), (3, 1));
}

#[test]
fn a_point_that_is_no_measurement_is_counted() {
    let (mut line, mut writer) = agreed();
    // Signal 9, whose points have a number where the time is to be.
    let record = SignalRecord { signal_id: Uuid::from_u128(9), plain: 70, flagged: 71 };
    let mut data = Vec::new();
    SignalMessage::Assign(vec![record]).write(&mut data);
    give(&mut line, &mut writer, Feature::Signals, &data);
    give(&mut line, &mut writer, Feature::Points, &[1, 70, 2, 5, 5, 0, 1, 70, 8, 1, 2, 3, 4, 5, 6, 7, 8]);
    // A time that cannot be.
    give(&mut line, &mut writer, Feature::Points, &[1, 71, 3, 11, 9, 5]);
    let never = [&[0, 1, 71, 16][..], &[0xFF; 16]].concat();
    give(&mut line, &mut writer, Feature::Points, &never);
    let counters = line.sides[SUBSCRIBER].counters();
    assert_eq!((counters.points_malformed, counters.points_received), (2, 0));
}

#[test]
fn messages_for_the_other_side_are_dropped_and_told() {
    let (mut line, mut writer) = agreed();
    let before = line.sides[SUBSCRIBER].counters().messages_rejected;
    // Ask, Request and Subscribe are for who sends.
    give(&mut line, &mut writer, Feature::Signals, &[2, 1, 5]);
    give(&mut line, &mut writer, Feature::Documents, &[3, 1, 0, 0, 0, 0, 0, 0, 0]);
    give(&mut line, &mut writer, Feature::Subscription, &[1, 0, 1, 12, 0]);
    // And one that is cut, one that goes on, and one that nobody knows.
    give(&mut line, &mut writer, Feature::Signals, &[1, 5, 0]);
    give(&mut line, &mut writer, Feature::Subscription, &[2, 0, 1, 0]);
    give(&mut line, &mut writer, Feature::Documents, &[9, 1, 0, 0]);
    assert_eq!(line.sides[SUBSCRIBER].counters().messages_rejected, before + 6);
    assert!(!line.logs[SUBSCRIBER].messages.is_empty());
    assert!(line.logs[SUBSCRIBER].ended.is_empty());
}

#[test]
fn both_sides_send_where_both_are_peers() {
    let now = Moment { instant: Instant::now(), utc: Ticks::UNIX_EPOCH };
    let mut line = Line::usual(LinkKind::STREAM);
    for side in &mut line.sides {
        *side = LinkSession::new(BlockLinkSettings::default(), LinkKind::STREAM, LinkRole::Peer);
        side.set_metadata(metadata(), now);
        side.opened(true, now);
        side.subscribe("", TimeForm::Ticks, now);
    }
    line.run(SECOND);
    for side in 0..2 {
        line.sides[side].publish(&batch(side as i64), line.now);
    }
    line.settle();
    for side in 0..2 {
        assert_eq!(plain(&line.logs[side].measurements), batch(1 - side as i64));
        assert_eq!(line.logs[side].metadata.len(), 1);
        assert_eq!(line.logs[side].agreements[0].session.unwrap().levels.to_string(), "concentrator");
    }
}

#[test]
fn a_request_that_comes_again_is_answered_again_and_does_nothing() {
    let (mut line, mut writer) = agreed();
    let id = line.sides[PUBLISHER].incoming.unwrap().features().id(Feature::Subscription).unwrap();
    let before = line.sides[PUBLISHER].counters().blocks_sent;
    for _ in 0..3 {
        let mut block = Vec::new();
        writer.write(&mut block, id, &[1, 0, 7, 12, 0]).unwrap();
        line.give(PUBLISHER, &block);
        line.settle();
    }
    assert_eq!(line.logs[PUBLISHER].subscribed, [(Some(String::new()), SIGNALS as usize)]);
    assert_eq!(line.sides[PUBLISHER].counters().blocks_sent, before + 3);
}

/// What two sides do with such encryption when somebody changes what they say in clear.
fn tampered(encryption: LinkEncryption, mut change: impl FnMut(&mut Vec<u8>)) -> Line {
    let settings = BlockLinkSettings::default().encryption(encryption);
    let mut line = Line::new(LinkKind::STREAM, [settings.clone(), settings]);
    line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
    for round in 0..20 {
        for from in 0..2 {
            let mut block = Vec::new();
            while line.sides[from].poll_transmit(&mut block, line.now) {
                change(&mut block);
                line.sides[1 - from].receive(&std::mem::take(&mut block), line.now);
            }
            while let Some(event) = line.sides[from].poll_event() {
                match event {
                    LinkEvent::StartTls { as_client, .. } => line.logs[from].tls.push(as_client),
                    event => note(&mut line.logs[from], event),
                }
            }
        }
        line.sides[PUBLISHER].publish(&batch(round), line.now);
    }
    line
}

/// Sets a byte of the data of a block. False when there is none at this place.
fn set_byte(block: &mut [u8], place: usize, value: u8) -> bool {
    let end = block.len() - 2;
    let Some(byte) = block[..end].get_mut(8 + place) else { return false };
    *byte = value;
    let check = super::super::super::block::check_word(&block[..end]);
    block[end..].copy_from_slice(&check.to_be_bytes());
    true
}

#[test]
fn nobody_on_the_way_takes_tls_from_sides_that_demand_it() {
    let mut has_worked = false;
    for encryption in [LinkEncryption::Required, LinkEncryption::Possible] {
        let line = tampered(encryption, |_| {});
        assert_eq!(line.logs.each_ref().map(|log| log.tls.clone()), [[false], [true]]);
        for number in 0..4 {
            for place in 0.. {
                let mut is_inside = false;
                for value in [0, 1, 2, 3, 4, 0xFF] {
                    let mut block = 0;
                    let line = tampered(encryption, |bytes| {
                        if block == number {
                            is_inside = set_byte(bytes, place, value);
                        }
                        block += 1;
                    });
                    let is_agreed = line.logs.iter().any(|log| !log.agreements.is_empty());
                    let counters = line.sides.each_ref().map(LinkSession::counters);
                    has_worked |= is_agreed && counters[SUBSCRIBER].points_received > 0;
                    if encryption == LinkEncryption::Required {
                        let at = format!("block {number}, byte {place} is {value}");
                        assert!(!is_agreed, "{at}");
                        assert_eq!(
                            counters.map(|side| (side.points_sent, side.points_received)),
                            [(0, 0); 2],
                            "{at}"
                        );
                    }
                }
                if !is_inside {
                    break;
                }
            }
        }
    }
    assert!(has_worked, "where TLS is only possible, who sits on the way can take it away");
}

#[test]
fn a_one_way_sender_that_begins_anew_is_understood_at_once() {
    // Within and beyond the numbers that could be late.
    for count in [1, 5, 40, 70] {
        let mut line = Line::usual(LinkKind::SERIAL.one_way());
        (0..count).for_each(|time| line.publish(&batch(time)));
        let before = line.sides[SUBSCRIBER].counters();
        line.logs[SUBSCRIBER] = Log::default();
        line.sides[PUBLISHER] =
            LinkSession::new(BlockLinkSettings::default(), LinkKind::SERIAL.one_way(), LinkRole::Server);
        line.sides[PUBLISHER].set_metadata(metadata(), line.now);
        line.sides[PUBLISHER].opened(false, line.now);
        line.publish(&batch(1_000));
        let log = &line.logs[SUBSCRIBER];
        assert_eq!(plain(&log.measurements), batch(1_000), "after {count}");
        assert_eq!(log.agreements.len(), 1);
        let counters = line.sides[SUBSCRIBER].counters();
        assert_eq!(counters.sequence_restarts, 1, "{before:?} {counters:?}");
        assert_eq!((counters.blocks_lost, counters.blocks_repeated), (0, 0));
    }
}

#[test]
fn definitions_that_never_come_are_asked_for_within_bounds_and_the_points_counted() {
    let (mut line, mut writer) = agreed();
    let before = line.sides[SUBSCRIBER].counters();
    let mut count = 0;
    for id in 0..3_000_u32 {
        let [high, low] = [(id >> 7) as u8, id as u8 | 0x80];
        // Two points of the same ID, each of one byte.
        give(&mut line, &mut writer, Feature::Points, &[0, 2, low, high, 1, 9, low, high, 1, 9]);
        count += 2;
    }
    // The publisher has none of these either.
    line.run(5 * SECOND);
    let counters = line.sides[SUBSCRIBER].counters();
    assert_eq!(counters.points_unknown - before.points_unknown, count);
    assert_eq!(counters.points_received, 0);
    // One question, and heartbeats.
    let sent = counters.blocks_sent - before.blocks_sent;
    assert!((1..=8).contains(&sent), "{sent}");
    assert!(line.logs[SUBSCRIBER].ended.is_empty());
}

#[test]
fn a_wrong_size_costs_its_block_on_a_line_that_is_never_silent() {
    let mut line = Line::usual(LinkKind::SERIAL);
    line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
    line.run(2 * SECOND);
    line.publish(&batch(0));
    line.logs[SUBSCRIBER].measurements.clear();
    let before = line.sides[SUBSCRIBER].counters();
    let mut sent = Vec::new();
    for step in 1..=60 {
        let one = batch(step)[..1].to_vec();
        line.sides[PUBLISHER].publish(&one, line.now);
        let mut block = Vec::new();
        assert!(line.sides[PUBLISHER].poll_transmit(&mut block, line.now));
        if step == 3 {
            // More than comes in a minute.
            block[2] |= 0x08;
        } else {
            sent.extend(one);
        }
        line.give(SUBSCRIBER, &block);
        line.run(SECOND / 2);
    }
    line.run(2 * SECOND);
    assert_eq!(line.logs[SUBSCRIBER].ended, [""; 0]);
    assert_eq!(plain(&line.logs[SUBSCRIBER].measurements), sent);
    let lost = line.sides[SUBSCRIBER].counters().blocks_lost - before.blocks_lost;
    assert_eq!(lost, 1, "that one");
}

/// Gives a publisher the same block of a feature over and over, and takes nothing of what it sends.
fn ask_on(kind: LinkKind, feature: Option<Feature>, data: &[u8]) -> Line {
    let mut line = Line::usual(kind);
    line.run(SECOND);
    let mut writer = BlockWriter::default();
    let agreement = *line.sides[PUBLISHER].agreement().unwrap();
    let id = feature.map_or(0, |feature| agreement.features().id(feature).unwrap());
    while writer.sequence() < 30_000 {
        writer.write(&mut Vec::new(), 0, &[]).unwrap();
    }
    writer.set_format(agreement.session.unwrap().format);
    for _ in 0..20_000 {
        let mut block = Vec::new();
        writer.write(&mut block, id, data).unwrap();
        line.sides[PUBLISHER].receive(&block, line.now);
        while let Some(event) = line.sides[PUBLISHER].poll_event() {
            note(&mut line.logs[PUBLISHER], event);
        }
    }
    line
}

#[test]
fn who_asks_on_and_takes_no_answers_is_bounded_and_told() {
    // A Subscribe that is answered already, and a message of the negotiation that is refused.
    for (feature, data) in [(Some(Feature::Subscription), &[2, 0, 7][..]), (None, &[9, 0, 0, 0, 1][..])] {
        let mut line = ask_on(LinkKind::STREAM, feature, data);
        assert!(
            line.logs[PUBLISHER].ended[0].contains("does not take the answers"),
            "{:?}",
            line.logs[PUBLISHER]
        );
        let mut line_that_loses = ask_on(LinkKind::SERIAL, feature, data);
        assert!(line_that_loses.logs[PUBLISHER].ended.is_empty(), "it goes on");
        assert!(line_that_loses.sides[PUBLISHER].counters().messages_rejected > 1_000);
        for line in [&mut line, &mut line_that_loses] {
            let mut waiting = Vec::new();
            while line.sides[PUBLISHER].poll_transmit(&mut waiting, line.now) {}
            assert!(waiting.len() < 200_000, "{}", waiting.len());
        }
    }
}

#[test]
fn who_agrees_to_nothing_does_not_keep_a_link() {
    let mut line = Line::usual(LinkKind::STREAM);
    let now = line.now;
    line.sides[PUBLISHER].opened(false, now);
    let mut writer = BlockWriter::default();
    for second in 1..=20 {
        let mut heartbeat = Vec::new();
        writer.write(&mut heartbeat, 0, &[]).unwrap();
        let now = now + second * SECOND;
        line.sides[PUBLISHER].receive(&heartbeat, now);
        line.sides[PUBLISHER].handle_timeout(now);
    }
    while let Some(event) = line.sides[PUBLISHER].poll_event() {
        note(&mut line.logs[PUBLISHER], event);
    }
    assert!(
        line.logs[PUBLISHER].ended[0].contains("nothing was agreed within 10 s"),
        "{:?}",
        line.logs[PUBLISHER]
    );
}

#[test]
fn nothing_of_a_peer_outlives_its_link() {
    let mut line = Line::usual(LinkKind::STREAM);
    line.sides[SUBSCRIBER].subscribe("", TimeForm::Ticks, line.now);
    line.run(SECOND);
    line.publish(&batch(1));
    assert_eq!(line.sides[SUBSCRIBER].signals().len(), SIGNALS as usize);
    let now = line.now;
    line.sides[SUBSCRIBER].opened(true, now);
    assert!(line.sides[SUBSCRIBER].signals().is_empty());
    line.sides[PUBLISHER].opened(false, now);
    line.run(SECOND);
    line.publish(&batch(2));
    assert_eq!(plain(&line.logs[SUBSCRIBER].measurements), [batch(1), batch(2)].concat());
}

#[test]
fn a_filter_that_fits_no_block_is_told_and_not_sent() {
    let mut line = Line::usual(LinkKind::SERIAL);
    let filter = format!("FILTER ActiveMeasurements WHERE SignalType = '{}'", "F".repeat(600));
    line.sides[SUBSCRIBER].subscribe(&filter, TimeForm::Ticks, line.now);
    line.run(5 * SECOND);
    assert!(line.logs[SUBSCRIBER].messages.iter().any(|text| text.contains("raise blockSize")));
    assert_eq!(line.sides[PUBLISHER].counters().bytes_skipped, 0);
    assert!(line.logs[PUBLISHER].subscribed.is_empty());
}

proptest::proptest! {
    #[test]
    fn any_loss_costs_the_blocks_that_it_hits_and_is_counted(pattern in proptest::collection::vec(proptest::bool::weighted(0.7), 64)) {
        let (blocks, sent) = blocks();
        let now = Moment { instant: Instant::now(), utc: Ticks::UNIX_EPOCH };
        let receiver = || {
            let mut side =
                LinkSession::new(BlockLinkSettings::default(), LinkKind::SERIAL.one_way(), LinkRole::Client);
            side.opened(false, now);
            side
        };
        let give = |side: &mut LinkSession, block: &[u8]| {
            side.receive(block, now);
            let mut log = Log::default();
            while let Some(event) = side.poll_event() {
                note(&mut log, event);
            }
            plain(&log.measurements)
        };
        // What each block brings, and where those begin that bring measurements.
        let mut whole = receiver();
        let brought: Vec<Vec<Measurement>> = blocks.iter().map(|block| give(&mut whole, block)).collect();
        proptest::prop_assert_eq!(brought.concat(), sent);
        let first = brought.iter().position(|measurements| !measurements.is_empty()).unwrap();
        let is_kept = |number: usize| number <= first || pattern[number % pattern.len()];
        let mut side = receiver();
        for (number, block) in blocks.iter().enumerate().filter(|(number, _)| is_kept(*number)) {
            proptest::prop_assert_eq!(&give(&mut side, block), &brought[number], "block {}", number);
        }
        let kept = (0..blocks.len()).filter(|number| is_kept(*number)).count();
        let last = (0..blocks.len()).rev().find(|number| is_kept(*number)).unwrap();
        let counters = side.counters();
        proptest::prop_assert_eq!(counters.blocks_received, kept as u64);
        proptest::prop_assert_eq!(counters.blocks_lost, (last + 1 - kept) as u64);
        proptest::prop_assert_eq!(counters.points_unknown + counters.points_malformed, 0);
    }
}
