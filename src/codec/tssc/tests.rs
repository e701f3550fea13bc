use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::Measurement;
use crate::codec::{
    Decoded, Encoded, MeasurementBuffer, NOT_SUBSCRIBED, RawMeasurement, SignalTable, narrow_value,
};

const START: i64 = 638_500_000_000_000_000;

fn table(signals: u32) -> SignalTable {
    let records: Vec<_> = (0..signals).map(|index| (index, Uuid::from_u128(index.into()))).collect();
    SignalTable::new(&records)
}

fn identity(signals: u32) -> Vec<u32> {
    (0..signals).collect()
}

fn raw(measurement: &Measurement) -> RawMeasurement {
    RawMeasurement {
        row: measurement.signal_index,
        ticks: measurement.timestamp.0,
        flags: measurement.flags.bits(),
        value_bits: narrow_value(measurement.value),
    }
}

fn encode_block(encoder: &mut Encoder, batch: &[RawMeasurement], route: &[u32]) -> Vec<u8> {
    let mut block = Block::new(0, MAX_BLOCK_LENGTH);
    assert_eq!(encoder.encode(&mut block, batch, route).consumed, batch.len());
    encoder.finish_block(&mut block);
    block.bytes().to_vec()
}

fn decode_block(decoder: &mut Decoder, block: &[u8], signals: &SignalTable) -> Vec<RawMeasurement> {
    let mut out = MeasurementBuffer::new();
    decoder.decode(block, signals, &mut out).unwrap();
    out.as_slice().iter().map(raw).collect()
}

/// Times that exercise every time code: frames, steps back, jumps over the whole range, and
/// differences whose absolute value does not exist.
fn any_ticks() -> impl Strategy<Value = i64> {
    prop_oneof![
        8 => (0i64..20).prop_map(|frame| START + frame * 333_333),
        2 => (0i64..20).prop_map(|frame| (START + frame * 333_333) | i64::MIN),
        1 => any::<i64>(),
        1 => prop_oneof![Just(0), Just(i64::MIN), Just(i64::MAX), Just(-1), Just(1)],
    ]
}

fn any_value() -> impl Strategy<Value = u32> {
    prop_oneof![
        6 => (0u32..64).prop_map(|step| 60f32.to_bits() + step * step * step),
        2 => Just(0),
        1 => any::<u32>(),
        1 => 0x7F80_0001u32..0x7FFF_FFFF,
    ]
}

fn measurements(signals: u32) -> impl Strategy<Value = Vec<RawMeasurement>> {
    let flags = prop_oneof![9 => Just(0), 1 => 0u32..200, 1 => any::<u32>()];
    let one = (0..signals, any_ticks(), flags, any_value())
        .prop_map(|(row, ticks, flags, value_bits)| RawMeasurement { ticks, row, flags, value_bits });
    vec(one, 0..300)
}

proptest! {
    #[test]
    fn streams_round_trip(blocks in vec(measurements(70_000), 1..6)) {
        let (route, signals) = (identity(70_000), table(70_000));
        let (mut encoder, mut decoder) = (Encoder::new(70_000), Decoder::new());
        for batch in blocks {
            let block = encode_block(&mut encoder, &batch, &route);
            prop_assert_eq!(decode_block(&mut decoder, &block, &signals), batch);
        }
    }

    #[test]
    fn orderly_streams_round_trip(rows in 1u32..40, values in vec(any_value(), 1..2_000), cut in 1usize..300) {
        let batch: Vec<_> = (0u32..).zip(values).map(|(count, value_bits)| RawMeasurement {
            ticks: START + i64::from(count / rows) * 333_333,
            row: count % rows,
            flags: 0,
            value_bits,
        }).collect();
        let (route, signals) = (identity(rows), table(rows));
        let (mut encoder, mut decoder) = (Encoder::new(rows as usize), Decoder::new());
        for part in batch.chunks(cut) {
            let block = encode_block(&mut encoder, part, &route);
            prop_assert_eq!(decode_block(&mut decoder, &block, &signals), part);
        }
    }

    /// Devices in changing order with flags that flicker: signals and flags that are not as predicted, alone and together.
    #[test]
    fn streams_of_devices_round_trip(
        frames in vec((any::<u64>(), any::<bool>()), 1..60),
        signals in 1u32..6,
        kinds in 1u32..5,
        changing in 0u64..100,
        cut in 1usize..300,
    ) {
        let devices = 8;
        let mut flags = vec![0; (devices * signals) as usize];
        let mut batch = Vec::new();
        for (frame, &(seed, keeps_order)) in (0i64..).zip(&frames) {
            for place in 0..devices {
                let device = if keeps_order { place } else { place ^ (seed as u32 % devices) };
                for row in device * signals..(device + 1) * signals {
                    let chance = seed.wrapping_mul(2 * u64::from(row) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
                    if chance % 100 < changing {
                        flags[row as usize] = ((chance >> 8) as u32 % kinds) << 17;
                    }
                    let value_bits = 60f32.to_bits() ^ ((chance >> 12) as u32 % 4096);
                    batch.push(RawMeasurement {
                        ticks: START + frame * 333_333,
                        row,
                        flags: flags[row as usize],
                        value_bits,
                    });
                }
            }
        }
        let count = devices * signals;
        let (route, known) = (identity(count), table(count));
        let (mut encoder, mut decoder) = (Encoder::new(count as usize), Decoder::new());
        for part in batch.chunks(cut) {
            let block = encode_block(&mut encoder, part, &route);
            prop_assert_eq!(decode_block(&mut decoder, &block, &known), part);
        }
    }

    /// In whatever way measurements that are as predicted, that are not, and that are not subscribed follow each other.
    #[test]
    fn some_rows_of_any_stream_round_trip(
        batch in measurements(9), skipped in 0u32..9, times in 1usize..20, cut in 1usize..100,
    ) {
        let batch: Vec<_> = batch.iter().flat_map(|&measurement| {
            (0..times as u32).map(move |step| RawMeasurement { row: (measurement.row + step) % 9, ..measurement })
        }).collect();
        let mut route = identity(9);
        route[skipped as usize] = NOT_SUBSCRIBED;
        let (mut encoder, mut decoder) = (Encoder::new(9), Decoder::new());
        let mut parts = Encoder::new(9);
        for batch in batch.chunks(2_000) {
            let block = encode_block(&mut encoder, batch, &route);
            let subscribed: Vec<_> = batch.iter().filter(|measurement| measurement.row != skipped).copied().collect();
            prop_assert_eq!(decode_block(&mut decoder, &block, &table(9)), subscribed);

            let mut in_parts = Block::new(0, MAX_BLOCK_LENGTH);
            for part in batch.chunks(cut) {
                prop_assert_eq!(parts.encode(&mut in_parts, part, &route).consumed, part.len());
            }
            parts.finish_block(&mut in_parts);
            prop_assert_eq!(in_parts.bytes(), &block[..]);
        }
    }

    /// Streams that go on from one state, whatever the coders did before, are as those that had it all along.
    #[test]
    fn what_takes_over_a_state_goes_on_as_its_original(
        known in measurements(300), streams in vec(measurements(300), 1..4), others in measurements(500),
    ) {
        let (route, signals) = (identity(300), table(300));
        let (mut encoder, mut decoder) = (Encoder::new(300), Decoder::new());
        let block = encode_block(&mut encoder, &known, &route);
        decode_block(&mut decoder, &block, &signals);
        // Of another size, and with an index that is far.
        let (mut taking, mut reading) = (Encoder::new(500), Decoder::new());
        encode_block(&mut taking, &others, &identity(500));
        decode_block(&mut reading, &literal_block(&[(499, 7), (70_000, 7)]), &table(500));
        for batch in streams {
            taking.clone_from(&encoder);
            reading.clone_from(&decoder);
            let block = encode_block(&mut taking, &batch, &route);
            prop_assert_eq!(decode_block(&mut reading, &block, &signals), &batch[..]);
            prop_assert_eq!(encode_block(&mut encoder.clone(), &batch, &route), &block[..]);
            prop_assert_eq!(decode_block(&mut decoder.clone(), &block, &signals), batch);
        }
    }

    #[test]
    fn arbitrary_blocks_never_panic(blocks in vec(vec(any::<u8>(), 0..200), 1..4)) {
        let mut decoder = Decoder::new();
        let mut out = MeasurementBuffer::new();
        for block in blocks {
            let before = out.len();
            match decoder.decode(&block, &table(3), &mut out) {
                Ok(decoded) => prop_assert_eq!(out.len() - before, decoded.measurements - decoded.unknown),
                Err(_) => prop_assert_eq!(out.len(), before),
            }
        }
    }

    #[test]
    fn damaged_blocks_never_panic(
        batch in measurements(50), damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut block = encode_block(&mut Encoder::new(50), &batch, &identity(50));
        prop_assume!(!block.is_empty());
        for (place, byte) in damage {
            let place = place.index(block.len());
            block[place] = byte;
        }
        let _ = Decoder::new().decode(&block, &table(50), &mut MeasurementBuffer::new());
    }

    /// A cut block is an error, or holds fewer measurements: never more, and never others.
    #[test]
    fn cut_blocks_give_no_wrong_measurements(batch in measurements(50), cut in any::<prop::sample::Index>()) {
        let block = encode_block(&mut Encoder::new(50), &batch, &identity(50));
        prop_assume!(!block.is_empty());
        let mut out = MeasurementBuffer::new();
        if Decoder::new().decode(&block[..cut.index(block.len())], &table(50), &mut out).is_ok() {
            let received: Vec<_> = out.as_slice().iter().map(raw).collect();
            prop_assert!(received.len() < batch.len() || received == batch);
            prop_assert_eq!(&received[..], &batch[..received.len()]);
        }
    }

    #[test]
    fn blocks_keep_their_limit(batch in measurements(3_000), header in 0usize..40, limit in 0usize..2_000) {
        let (route, signals) = (identity(3_000), table(3_000));
        let (mut encoder, mut decoder) = (Encoder::new(3_000), Decoder::new());
        let mut block = Block::new(header, limit);
        let mut rest = &batch[..];
        let mut received = Vec::new();
        while !rest.is_empty() {
            block.clear();
            block.header_mut().fill(0xAB);
            let encoded = encoder.encode(&mut block, rest, &route);
            prop_assert!(encoded.consumed > 0);
            prop_assert_eq!(encoded.written, encoded.consumed);
            encoder.finish_block(&mut block);
            prop_assert!(block.packet().len() <= limit.max(header + 200));
            prop_assert!(block.packet()[..header].iter().all(|&byte| byte == 0xAB));
            received.extend(decode_block(&mut decoder, block.bytes(), &signals));
            rest = &rest[encoded.consumed..];
        }
        prop_assert_eq!(received, batch);
    }
}

#[test]
fn a_full_block_uses_the_room_it_has() {
    let mut state = 1u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state
    };
    let batch: Vec<_> = (0..100_000)
        .map(|_| RawMeasurement {
            ticks: random().into(),
            row: random() % 9,
            flags: random(),
            value_bits: random(),
        })
        .collect();
    let mut encoder = Encoder::new(9);
    for limit in [32_768, MAX_BLOCK_LENGTH, usize::MAX] {
        let mut block = Block::new(18, limit);
        assert!(encoder.encode(&mut block, &batch, &identity(9)).consumed < batch.len());
        encoder.finish_block(&mut block);
        let limit = limit.min(MAX_BLOCK_LENGTH);
        assert!((limit - 100..=limit).contains(&block.packet().len()), "{}", block.packet().len());
    }
}

#[test]
fn flags_that_change_back_and_forth_are_never_written_again() {
    let batch: Vec<_> = (0..2_000)
        .map(|count| RawMeasurement { ticks: START, row: 0, flags: (count / 2 % 2) << 17, value_bits: 7 })
        .collect();
    let block = encode_block(&mut Encoder::new(1), &batch, &identity(1));
    // Short codes, where the flags themselves would take three bytes. They are as before now and then, so that both
    // loops of the encoder write them.
    assert!(block.len() < batch.len() / 2, "{} bytes", block.len());
    assert_eq!(decode_block(&mut Decoder::new(), &block, &table(1)), batch);
}

#[test]
fn rows_that_are_not_subscribed_are_skipped() {
    let batch: Vec<_> =
        (0..6).map(|row| RawMeasurement { row, value_bits: row + 1, ..Default::default() }).collect();
    let route = [1, NOT_SUBSCRIBED, 0, 2, 77];
    let mut block = Block::new(0, 1_000);
    let mut encoder = Encoder::new(3);
    let encoded = encoder.encode(&mut block, &batch, &route);
    assert_eq!(encoded, Encoded { consumed: 6, written: 3 });
    encoder.finish_block(&mut block);
    let received = decode_block(&mut Decoder::new(), block.bytes(), &table(3));
    assert!(received.iter().map(|m| (m.row, m.value_bits)).eq([(1, 1), (0, 3), (2, 4)]));
}

#[test]
fn reset_is_a_new_encoder_and_a_new_decoder() {
    let batch: Vec<_> = (0..500)
        .map(|i| RawMeasurement { ticks: START + i, row: i as u32 % 7, flags: 3, value_bits: i as u32 })
        .collect();
    let (mut encoder, mut decoder) = (Encoder::new(7), Decoder::new());
    let first = encode_block(&mut encoder, &batch, &identity(7));
    assert_ne!(encode_block(&mut encoder, &batch, &identity(7)), first);
    encoder.reset();
    assert_eq!(encode_block(&mut encoder, &batch, &identity(7)), first);
    for _ in 0..2 {
        decoder.reset();
        assert_eq!(decode_block(&mut decoder, &first, &table(7)), batch);
    }
}

#[test]
fn the_state_outlives_a_change_of_the_signal_table() {
    let mut encoder = Encoder::new(3);
    let mut decoder = Decoder::new();
    let batch: Vec<_> =
        (0..3).map(|row| RawMeasurement { row, value_bits: 9, ..Default::default() }).collect();
    let first = encode_block(&mut encoder, &batch, &identity(3));
    assert_eq!(decode_block(&mut decoder, &first, &table(3)).len(), 3);

    // Wire index 0 is gone, 2 has become the first row.
    let second = encode_block(&mut encoder, &batch, &identity(3));
    let changed = SignalTable::new(&[(2, Uuid::from_u128(2)), (1, Uuid::from_u128(1))]);
    let mut out = MeasurementBuffer::new();
    let decoded = decoder.decode(&second, &changed, &mut out).unwrap();
    assert_eq!(decoded, Decoded { measurements: 3, unknown: 1 });
    assert!(out.as_slice().iter().map(|m| m.signal_index).eq([1, 0]));
    assert!(out.as_slice().iter().all(|m| narrow_value(m.value) == 9));
}

/// Measurements whose signal and value are 32-bit literals. While a signal's successor has had fewer
/// than six codes, each of these codes takes 8 bits, so that the block is whole bytes.
fn literal_block(measurements: &[(u32, u32)]) -> Vec<u8> {
    let mut block = Vec::new();
    let mut predicted = 0;
    for &(index, value) in measurements {
        block.push(7);
        block.extend((index ^ predicted).to_le_bytes());
        block.push(31);
        block.extend(value.to_le_bytes());
        predicted = index.wrapping_add(1);
    }
    block
}

#[test]
fn wire_indexes_far_apart_are_decoded() {
    let indexes = [0, 70_000, i32::MAX as u32, u32::MAX, 65_535, 65_536];
    let records: Vec<_> = indexes.iter().map(|&index| (index, Uuid::from_u128(index.into()))).collect();
    let block = literal_block(&indexes.map(|index| (index, index ^ 77)));
    let mut decoder = Decoder::new();
    let mut out = MeasurementBuffer::new();
    let decoded = decoder.decode(&block, &SignalTable::new(&records), &mut out).unwrap();
    assert_eq!(decoded, Decoded { measurements: 6, unknown: 0 });
    for ((row, index), measurement) in (0..).zip(indexes).zip(out.as_slice()) {
        assert_eq!(measurement.signal_id.as_u128(), index.into());
        assert_eq!((measurement.signal_index, narrow_value(measurement.value)), (row, index ^ 77));
    }

    // The signal before predicts 65,537; from there to 0, whose value is remembered.
    let block = literal_block(&[(65_537, 0)]);
    out.clear();
    decoder.decode(&block, &SignalTable::new(&records), &mut out).unwrap();
    assert_eq!(out.as_slice()[0].signal_id.as_u128(), 0);
    assert_eq!(narrow_value(out.as_slice()[0].value), 77);
}

#[test]
fn hostile_indexes_do_not_take_memory_without_bound() {
    let signals = table(3);
    let mut decoder = Decoder::new();
    let mut out = MeasurementBuffer::new();
    let mut met = 0;
    let error = loop {
        let predicted = if met == 0 { 0 } else { met * 7_919 + 1 };
        let block: Vec<_> = (1..1_000).map(|i| ((met + i) * 7_919, 1)).collect();
        let mut block = literal_block(&block);
        let first = u32::from_le_bytes(block[1..5].try_into().unwrap()) ^ predicted;
        block[1..5].copy_from_slice(&first.to_le_bytes());
        match decoder.decode(&block, &signals, &mut out) {
            Ok(decoded) => met += decoded.measurements as u32,
            Err(error) => break error,
        }
        assert!(met <= 65_536);
    };
    assert!(met > 64_000);
    assert!(matches!(error, DecodeError::TooManySignals { limit: 65_536, .. }), "{error}");
    assert!(out.is_empty());
}

#[test]
fn bad_blocks_name_what_is_wrong() {
    let decode = |block: &[u8]| Decoder::new().decode(block, &table(3), &mut MeasurementBuffer::new());
    assert_eq!(
        decode(&[0; MAX_BLOCK_LENGTH + 1]),
        Err(DecodeError::TooLong { length: MAX_BLOCK_LENGTH + 1 })
    );
    assert_eq!(decode(&[7, 1, 2]), Err(DecodeError::Truncated { length: 3 }));
    assert_eq!(decode(&[31]), Err(DecodeError::Truncated { length: 1 }));
    assert_eq!(decode(&[2, 1]), Err(DecodeError::Truncated { length: 2 }));
    let out_of_order = |code, position, lowest| Err(DecodeError::CodeOutOfOrder { code, position, lowest });
    assert_eq!(decode(&[2, 1, 2, 1]), out_of_order(2, 3, 8));
    assert_eq!(decode(&[16, 17, 0]), out_of_order(17, 2, 18));
    assert_eq!(decode(&[19, 5, 18, 0, 0, 0, 0, 0, 0, 0, 0]), out_of_order(18, 3, 20));
    assert_eq!(decode(&[19, 5, 18, 20, 20, 20, 20, 20, 20, 20, 20, 20]), out_of_order(18, 3, 20));
    assert_eq!(decode(&[]), Ok(Decoded::default()));
    assert_eq!(decode(&[0]), Ok(Decoded::default()));
}
