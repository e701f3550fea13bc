//! The signal index cache: which signal each small index of a subscription stands for.
//!
//! Payload of UpdateSignalIndexCache (0x83) behind the slot byte and after decompression:
//!
//! | bytes | field |
//! | --- | --- |
//! | 4 | total length, this field included |
//! | 16 | subscriber ID that the publisher assigned |
//! | 4 | number of records |
//! | 4 + 16 + 4 + s + 8 each | signal index, signal ID, source length s, source, key number |
//! | 4, optional | number of signals that the subscriber may not have |
//! | 16 each | their signal IDs |

use std::collections::HashMap;

use bytes::BufMut;
use thiserror::Error;
use uuid::Uuid;

use crate::wire::{Reader, TextEncoding, Truncated};

const SMALLEST_RECORD: usize = 32;

/// A received signal index cache that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CacheError {
    /// It ends too early.
    #[error("signal index cache: {0}")]
    Truncated(#[from] Truncated),
    /// More records are announced than bytes could hold, or fewer than none.
    #[error("signal index cache announces {count} records, but its {available} bytes hold at most {most}")]
    Count {
        /// Announced number of records.
        count: i32,
        /// Bytes behind the count.
        available: usize,
        /// Records that they could hold.
        most: usize,
    },
    /// A signal index is negative.
    #[error("record {record} of the signal index cache has index {index}; indexes are not negative")]
    Index {
        /// Number of the record.
        record: usize,
        /// Its index.
        index: i32,
    },
}

/// One signal of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalRecord {
    /// The signal.
    pub signal_id: Uuid,
    /// Number of its measurement key.
    pub key_number: u64,
    /// Index that stands for the signal in data packets.
    pub signal_index: u32,
    source: u32,
}

/// The signals of a subscription, in the publisher's order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SignalIndexCache {
    /// ID that the publisher gave the subscriber.
    pub subscriber_id: Uuid,
    records: Vec<SignalRecord>,
    /// Sources of measurement keys: few, shared by many records.
    sources: Vec<Box<str>>,
    source_numbers: HashMap<Box<str>, u32>,
    unauthorized: Vec<Uuid>,
}

impl SignalIndexCache {
    /// A cache without signals.
    pub fn new(subscriber_id: Uuid) -> SignalIndexCache {
        SignalIndexCache { subscriber_id, ..SignalIndexCache::default() }
    }

    /// Takes memory for so many more signals at once.
    pub fn reserve(&mut self, signals: usize) {
        self.records.reserve_exact(signals);
    }

    /// Adds a signal; its index is the number of signals before it.
    pub fn push(&mut self, signal_id: Uuid, source: &str, key_number: u64) {
        let signal_index = self.records.len() as u32;
        let source = self.source_number(source);
        self.records.push(SignalRecord { signal_id, key_number, signal_index, source });
    }

    /// Adds a signal that the subscriber may not have.
    pub fn push_unauthorized(&mut self, signal_id: Uuid) {
        self.unauthorized.push(signal_id);
    }

    fn source_number(&mut self, source: &str) -> u32 {
        let last = self.records.last().map_or(0, |record| record.source);
        if self.sources.get(last as usize).is_some_and(|name| **name == *source) {
            return last;
        }
        if let Some(number) = self.source_numbers.get(source) {
            return *number;
        }
        let number = self.sources.len() as u32;
        self.sources.push(source.into());
        self.source_numbers.insert(source.into(), number);
        number
    }

    /// The records. A received [`Measurement`](crate::Measurement)'s `signal_index` is a row here.
    pub fn records(&self) -> &[SignalRecord] {
        &self.records
    }

    /// Source of a record's measurement key; may be empty.
    pub fn source(&self, record: &SignalRecord) -> &str {
        self.sources.get(record.source as usize).map_or("", |source| source)
    }

    /// Sources of measurement keys, each once.
    pub fn sources(&self) -> &[Box<str>] {
        &self.sources
    }

    /// Row of a record's source in [`Self::sources`].
    pub fn source_row(&self, record: &SignalRecord) -> usize {
        record.source as usize
    }

    /// Signals that matched the filter but that the subscriber may not have.
    pub fn unauthorized(&self) -> &[Uuid] {
        &self.unauthorized
    }

    /// Reads a cache. The counts decide, since publishers disagree about the total length, and
    /// the list of unauthorised signals may be missing or cut short. Of two records with the same
    /// index the later one counts.
    pub fn decode(payload: &[u8], encoding: TextEncoding) -> Result<SignalIndexCache, CacheError> {
        let mut reader = Reader::new(payload);
        reader.u32("total length")?;
        let mut cache = SignalIndexCache::new(reader.guid("subscriber ID")?);
        let count = reader.i32("record count")?;
        let most = reader.rest().len() / SMALLEST_RECORD;
        let available = reader.rest().len();
        let records = usize::try_from(count).ok().filter(|records| *records <= most);
        let records = records.ok_or(CacheError::Count { count, available, most })?;
        cache.records.reserve_exact(records);
        for _ in 0..records {
            let record = cache.decode_record(&mut reader, encoding)?;
            cache.records.push(record);
        }
        cache.drop_replaced_records();
        cache.unauthorized = decode_unauthorized(&mut reader).unwrap_or_default();
        Ok(cache)
    }

    fn decode_record(
        &mut self,
        reader: &mut Reader<'_>,
        encoding: TextEncoding,
    ) -> Result<SignalRecord, CacheError> {
        let index = reader.i32("signal index")?;
        let signal_index =
            u32::try_from(index).map_err(|_| CacheError::Index { record: self.records.len(), index })?;
        let signal_id = reader.guid("signal ID")?;
        let source_length = reader.u32("source length")?;
        let source = reader.bytes("source", source_length as usize)?;
        let source = self.source_number(&encoding.decode(source));
        Ok(SignalRecord { signal_id, key_number: reader.u64("key number")?, signal_index, source })
    }

    fn drop_replaced_records(&mut self) {
        if self.is_numbered_from_zero() {
            return;
        }
        let last_rows: HashMap<u32, usize> =
            self.records.iter().enumerate().map(|(row, record)| (record.signal_index, row)).collect();
        if last_rows.len() < self.records.len() {
            let mut row = 0;
            self.records.retain(|record| {
                row += 1;
                last_rows[&record.signal_index] == row - 1
            });
        }
    }

    /// True when every record's signal index is its row.
    pub fn is_numbered_from_zero(&self) -> bool {
        self.records.iter().enumerate().all(|(row, record)| record.signal_index as usize == row)
    }

    /// The cache as a publisher sends it.
    pub fn encode(&self, encoding: TextEncoding) -> Vec<u8> {
        self.encode_from(0, encoding)
    }

    /// The same, with signal indexes that are higher by `first`.
    pub fn encode_from(&self, first: u32, encoding: TextEncoding) -> Vec<u8> {
        let sources: Vec<Vec<u8>> = self.sources.iter().map(|source| encoding.encode(source)).collect();
        let source =
            |record: &SignalRecord| sources.get(record.source as usize).map_or(&[][..], Vec::as_slice);
        let records: usize = self.records.iter().map(|record| SMALLEST_RECORD + source(record).len()).sum();
        let length = 28 + records + 16 * self.unauthorized.len();
        let mut out = Vec::with_capacity(length);
        out.put_u32(length as u32);
        out.put_slice(self.subscriber_id.as_bytes());
        out.put_u32(self.records.len() as u32);
        for record in &self.records {
            out.put_u32(first + record.signal_index);
            out.put_slice(record.signal_id.as_bytes());
            out.put_u32(source(record).len() as u32);
            out.put_slice(source(record));
            out.put_u64(record.key_number);
        }
        out.put_u32(self.unauthorized.len() as u32);
        self.unauthorized.iter().for_each(|id| out.put_slice(id.as_bytes()));
        out
    }
}

/// The list of unauthorised signals, or `None` when it is missing or cut short.
fn decode_unauthorized(reader: &mut Reader<'_>) -> Option<Vec<Uuid>> {
    let count = reader.u32("unauthorised signals").ok()? as usize;
    let ids = reader.bytes("unauthorised signals", count.checked_mul(16)?).ok()?;
    Some(ids.as_chunks::<16>().0.iter().map(|id| Uuid::from_bytes(*id)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cache(signals: &[(u128, &str, u64)]) -> SignalIndexCache {
        let mut cache = SignalIndexCache::new(Uuid::from_u128(42));
        for (id, source, number) in signals {
            cache.push(Uuid::from_u128(*id), source, *number);
        }
        cache
    }

    #[test]
    fn caches_round_trip_in_every_encoding() {
        let mut sent =
            cache(&[(1, "PPA", 12), (2, "PPA", 13), (3, "STAT-é", u64::MAX), (4, "", 0), (5, "PPA", 1)]);
        sent.unauthorized.push(Uuid::from_u128(9));
        for encoding in [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be] {
            let received = SignalIndexCache::decode(&sent.encode(encoding), encoding).unwrap();
            assert_eq!(received, sent);
            assert_eq!(received.source(&received.records()[2]), "STAT-é");
        }
    }

    #[test]
    fn indexes_may_begin_anywhere() {
        let sent = cache(&[(1, "PPA", 12), (2, "PPA", 13)]).encode_from(1 << 30, TextEncoding::Utf8);
        let received = SignalIndexCache::decode(&sent, TextEncoding::Utf8).unwrap();
        let records = received.records().iter();
        let read: Vec<_> = records.map(|record| (record.signal_index, record.signal_id.as_u128())).collect();
        assert_eq!(read, [(1 << 30, 1), ((1 << 30) + 1, 2)]);
    }

    #[test]
    fn the_unauthorised_list_may_be_missing_or_cut() {
        let bytes = cache(&[(1, "PPA", 12)]).encode(TextEncoding::Utf8);
        let without = &bytes[..bytes.len() - 4];
        let mut cut = without.to_vec();
        cut.extend([0, 0, 0, 2, 1, 2, 3]);
        for variant in [without, &cut] {
            let received = SignalIndexCache::decode(variant, TextEncoding::Utf8).unwrap();
            assert_eq!(received.records().len(), 1);
            assert!(received.unauthorized().is_empty());
        }
    }

    #[test]
    fn the_later_of_equal_indexes_counts() {
        let mut sent = cache(&[(1, "A", 1), (2, "A", 2), (3, "A", 3)]);
        sent.records[2].signal_index = 0;
        let received =
            SignalIndexCache::decode(&sent.encode(TextEncoding::Utf8), TextEncoding::Utf8).unwrap();
        let ids: Vec<u128> = received.records().iter().map(|record| record.signal_id.as_u128()).collect();
        assert_eq!(ids, [2, 3]);
    }

    #[test]
    fn hostile_caches_are_refused() {
        let mut bytes = cache(&[(1, "A", 1)]).encode(TextEncoding::Utf8);
        bytes[20..24].copy_from_slice(&i32::MAX.to_be_bytes());
        assert!(matches!(
            SignalIndexCache::decode(&bytes, TextEncoding::Utf8),
            Err(CacheError::Count { .. })
        ));
        bytes[20..24].copy_from_slice(&1_i32.to_be_bytes());
        bytes[24..28].copy_from_slice(&(-1_i32).to_be_bytes());
        assert!(matches!(
            SignalIndexCache::decode(&bytes, TextEncoding::Utf8),
            Err(CacheError::Index { .. })
        ));
        bytes[24..28].copy_from_slice(&0_i32.to_be_bytes());
        bytes[44..48].copy_from_slice(&u32::MAX.to_be_bytes());
        assert!(matches!(
            SignalIndexCache::decode(&bytes, TextEncoding::Utf8),
            Err(CacheError::Truncated(_))
        ));
    }

    proptest! {
        #[test]
        fn decoding_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = SignalIndexCache::decode(&bytes, TextEncoding::Utf8);
        }

        #[test]
        fn mutated_caches_never_panic(position in 0_usize..150, value: u8) {
            let mut bytes = cache(&[(1, "PPA", 12), (2, "B", 13), (3, "", 1)]).encode(TextEncoding::Utf8);
            let position = position % bytes.len();
            bytes[position] = value;
            let _ = SignalIndexCache::decode(&bytes, TextEncoding::Utf8);
        }
    }
}
