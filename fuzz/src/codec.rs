//! Payloads: compact measurements, TSSC blocks, signal index caches.

use sttp::codec::compact::{self, TimeFormat};
use sttp::codec::tssc::{Block, Decoder, Encoder};
use sttp::codec::{MeasurementBuffer, RawMeasurement, SignalIndexCache, SignalTable, gzip, narrow_value};
use sttp::wire::TextEncoding;
use sttp::{Measurement, Ticks};
use uuid::Uuid;

use super::input::Input;

/// Signals 0 to 31: the same number is wire index and row.
const SIGNALS: u32 = 32;
/// 2026-01-01 in ticks.
const BASE_TIME: i64 = 639_028_224_000_000_000;
const PACKET: usize = 32 << 10;
const INFLATED_LIMIT: usize = 1 << 20;

fn signals() -> SignalTable {
    let records: Vec<_> = (0..SIGNALS).map(|index| (index, Uuid::from_u128(index.into()))).collect();
    SignalTable::new(&records)
}

fn raw(measurement: &Measurement) -> RawMeasurement {
    RawMeasurement {
        ticks: measurement.timestamp.0,
        row: measurement.signal_index,
        flags: measurement.flags.bits(),
        value_bits: narrow_value(measurement.value),
    }
}

fn raws(measurements: &MeasurementBuffer) -> Vec<RawMeasurement> {
    measurements.as_slice().iter().map(raw).collect()
}

/// What was decoded is encoded and decoded to the same. The first byte tells the format of times.
pub(crate) fn compact(input: &[u8]) {
    let Some((choice, payload)) = input.split_first() else { return };
    let format = TimeFormat {
        include_time: choice & 1 == 0,
        millisecond_resolution: choice & 2 != 0,
        base_times: if choice & 4 == 0 { [0; 2] } else { [BASE_TIME, BASE_TIME + Ticks::PER_SECOND] },
    };
    let (table, mut out) = (signals(), MeasurementBuffer::new());
    compact::lacks_count(payload);
    let Ok(decoded) = compact::decode(payload, &format, &table, &mut out) else {
        return assert!(out.is_empty(), "a refused payload gave measurements");
    };
    assert_eq!(decoded.measurements, out.len() + decoded.unknown);

    let route: Vec<u32> = (0..SIGNALS).collect();
    let (first, mut written) = (raws(&out), Vec::new());
    let active_base = usize::from(choice & 8 != 0);
    let encoded = compact::encode(&first, &route, &format, active_base, &mut written, usize::MAX);
    assert_eq!((encoded.consumed, encoded.written), (first.len(), first.len()));
    out.clear();
    compact::decode(&written, &format, &table, &mut out).expect("an encoded payload can be decoded");
    let same_time = |left: &RawMeasurement, right: &RawMeasurement| {
        let error = left.ticks.wrapping_sub(right.ticks);
        // Milliseconds lose what is less.
        if format.millisecond_resolution { (0..Ticks::PER_MILLISECOND).contains(&error) } else { error == 0 }
    };
    assert_eq!(out.len(), first.len());
    for (before, after) in first.iter().zip(raws(&out)) {
        assert!(same_time(before, &after), "{before:?} became {after:?}");
        // A flag becomes all flags of its kind, here only that of an offset from an unknown base time.
        assert_eq!(after.flags & before.flags, before.flags);
        assert_eq!((after.row, after.value_bits), (before.row, before.value_bits));
    }
}

/// Blocks, each behind its length, decoded one after the other. What comes out is encoded and decoded to the same.
pub(crate) fn tssc(input: &[u8]) {
    let mut input = Input::new(input);
    let (table, mut decoder, mut out) = (signals(), Decoder::new(), MeasurementBuffer::new());
    let mut all = Vec::new();
    while let Some(block) = input.piece() {
        out.clear();
        match decoder.decode(block, &table, &mut out) {
            Ok(decoded) => assert_eq!(decoded.measurements, out.len() + decoded.unknown),
            Err(_) => {
                assert!(out.is_empty(), "a refused block gave measurements");
                decoder.reset();
            }
        }
        all.extend(raws(&out));
    }
    let mut again = Vec::new();
    decoder.reset();
    for block in encode_tssc(&all) {
        out.clear();
        decoder.decode(&block, &table, &mut out).expect("an encoded block can be decoded");
        again.extend(raws(&out));
    }
    assert_eq!(again, all);
}

fn encode_tssc(mut batch: &[RawMeasurement]) -> Vec<Vec<u8>> {
    let route: Vec<u32> = (0..SIGNALS).collect();
    let (mut encoder, mut block) = (Encoder::new(SIGNALS as usize), Block::new(0, PACKET));
    let mut blocks = Vec::new();
    while !batch.is_empty() {
        block.clear();
        let consumed = encoder.encode(&mut block, batch, &route).consumed;
        assert!(consumed > 0, "an empty block has no room");
        batch = &batch[consumed..];
        encoder.finish_block(&mut block);
        blocks.push(block.bytes().to_vec());
    }
    blocks
}

/// A cache, compressed or not, is encoded and decoded to the same. The first byte tells the text encoding.
pub(crate) fn signal_index_cache(input: &[u8]) {
    let Some((choice, payload)) = input.split_first() else { return };
    let encoding = match choice % 3 {
        0 => TextEncoding::Utf8,
        1 => TextEncoding::Utf16Le,
        _ => TextEncoding::Utf16Be,
    };
    let inflated = gzip::is_gzip(payload).then(|| gzip::decompress(payload, INFLATED_LIMIT));
    let payload = match &inflated {
        Some(Ok(inflated)) => {
            assert!(inflated.len() <= INFLATED_LIMIT);
            inflated
        }
        Some(Err(_)) => return,
        None => payload,
    };
    let Ok(cache) = SignalIndexCache::decode(payload, encoding) else { return };
    for record in cache.records() {
        assert_eq!(&*cache.sources()[cache.source_row(record)], cache.source(record));
    }
    let records: Vec<_> =
        cache.records().iter().map(|record| (record.signal_index, record.signal_id)).collect();
    let table = SignalTable::new(&records);
    for (row, (index, id)) in (0..).zip(&records) {
        assert_eq!(table.get(*index).map(|signal| (signal.id, signal.row)), Some((*id, row)));
    }
    let encoded = cache.encode(encoding);
    assert_eq!(encoded.len(), u32::from_be_bytes(encoded[..4].try_into().expect("four bytes")) as usize);
    let again = SignalIndexCache::decode(&encoded, encoding).expect("an encoded cache can be decoded");
    assert_eq!(again.records().len(), cache.records().len());
    for (left, right) in again.records().iter().zip(cache.records()) {
        assert_eq!((left.signal_id, left.key_number), (right.signal_id, right.key_number));
        assert_eq!((left.signal_index, again.source(left)), (right.signal_index, cache.source(right)));
    }
    assert_eq!(again.unauthorized(), cache.unauthorized());
    assert_eq!(again.encode(encoding), encoded);
}
