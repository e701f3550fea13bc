//! The table of a group's signals, which messages name by what is in it.
//!
//! Behind the signals there may be a reference: blocks of TSSC with measurements of these signals. Writers and readers
//! of messages begin each from the state that they have after it, so that a message is as short as one of a stream, and
//! can be read without any other.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ring::digest::{SHA256, digest};
use sttp::Uuid;
use sttp::codec::tssc::Decoder;
use sttp::codec::{MeasurementBuffer, SignalTable};

/// First bytes of a table: STTP, form 2.
const MAGIC: [u8; 4] = *b"STT2";
/// Bytes of a signal ID.
const ID_SIZE: usize = 16;
/// Longest table: it fits in a message of NATS, which has up to 1 MiB by default.
pub(super) const LONGEST: usize = 1_000_000;

/// Names a table: the first half of the SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TableId(pub(crate) [u8; 16]);

impl TableId {
    fn of(bytes: &[u8]) -> TableId {
        let hash = digest(&SHA256, bytes);
        let mut id = [0; 16];
        id.copy_from_slice(&hash.as_ref()[..16]);
        TableId(id)
    }
}

/// As 32 hexadecimal digits.
impl fmt::Display for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TableId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The signals of a group in their order, which a message names by their positions, and what messages begin from.
pub(crate) struct Table {
    id: TableId,
    signals: Vec<Uuid>,
    by_position: SignalTable,
    /// As it is put into the bucket.
    bytes: Vec<u8>,
    /// As it is behind the reference; locked because a coder is not to be looked at by several threads.
    start: Mutex<Decoder>,
}

impl Table {
    /// A table without a reference.
    pub(crate) fn new(signals: Vec<Uuid>) -> Table {
        let bytes = bytes_of(&signals);
        Table {
            id: TableId::of(&bytes),
            by_position: by_position(&signals),
            signals,
            bytes,
            start: Mutex::new(Decoder::new()),
        }
    }

    /// The same signals with a reference: blocks with their lengths in front.
    pub(super) fn with_reference(&self, blocks: &[u8]) -> Result<Table, String> {
        let mut bytes = bytes_of(&self.signals);
        bytes.extend_from_slice(blocks);
        Table::read(TableId::of(&bytes), &bytes)
    }

    /// A table as it was put into the bucket.
    pub(crate) fn read(id: TableId, bytes: &[u8]) -> Result<Table, String> {
        if bytes.len() > LONGEST {
            return Err(format!("table {id} has {} bytes, more than the {LONGEST} allowed", bytes.len()));
        }
        if TableId::of(bytes) != id {
            return Err(format!("table {id} is not what its name says"));
        }
        let Some((head, rest)) = bytes.split_first_chunk::<8>().filter(|(head, _)| head[..4] == MAGIC) else {
            return Err(format!(
                "table {id} is of another form; is this program older than the one that put it?"
            ));
        };
        let count = u32::from_be_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let Some((ids, blocks)) = rest.split_at_checked(count.saturating_mul(ID_SIZE)).filter(|_| count > 0)
        else {
            return Err(format!("table {id} has {} bytes, too few for {count} signals", bytes.len()));
        };
        let signals: Vec<Uuid> = ids.as_chunks().0.iter().copied().map(Uuid::from_bytes).collect();
        let by_position = by_position(&signals);
        let start = behind(blocks, &by_position).map_err(|error| format!("table {id}: {error}"))?;
        Ok(Table { id, signals, by_position, bytes: bytes.to_vec(), start: Mutex::new(start) })
    }

    pub(crate) fn id(&self) -> TableId {
        self.id
    }

    pub(crate) fn signals(&self) -> &[Uuid] {
        &self.signals
    }

    pub(super) fn by_position(&self) -> &SignalTable {
        &self.by_position
    }

    /// Whether messages begin from something.
    pub(crate) fn has_reference(&self) -> bool {
        self.bytes.len() > MAGIC.len() + 4 + ID_SIZE * self.signals.len()
    }

    /// What messages are decoded from.
    pub(super) fn start(&self) -> MutexGuard<'_, Decoder> {
        self.start.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As it is put into the bucket.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A block of a reference as it is in the table.
pub(super) fn push_block(blocks: &mut Vec<u8>, block: &[u8]) {
    blocks.extend_from_slice(&(block.len() as u32).to_be_bytes());
    blocks.extend_from_slice(block);
}

fn by_position(signals: &[Uuid]) -> SignalTable {
    let records: Vec<(u32, Uuid)> = (0..).zip(signals.iter().copied()).collect();
    SignalTable::new(&records)
}

fn bytes_of(signals: &[Uuid]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&(signals.len() as u32).to_be_bytes());
    bytes.extend(signals.iter().flat_map(|signal| *signal.as_bytes()));
    bytes
}

/// The state behind the blocks of a reference.
fn behind(mut blocks: &[u8], signals: &SignalTable) -> Result<Decoder, String> {
    let (mut decoder, mut read) = (Decoder::new(), MeasurementBuffer::new());
    while !blocks.is_empty() {
        let length = blocks.split_first_chunk::<4>();
        let block =
            length.and_then(|(length, rest)| rest.split_at_checked(u32::from_be_bytes(*length) as usize));
        let Some((block, rest)) = block else { return Err("its reference ends within a block".into()) };
        read.clear();
        let decoded = decoder
            .decode(block, signals, &mut read)
            .map_err(|error| format!("its reference cannot be decoded: {error}"))?;
        if decoded.unknown > 0 || decoded.measurements == 0 {
            return Err(format!(
                "its reference has a block of {} measurements, {} of them of no signal",
                decoded.measurements, decoded.unknown
            ));
        }
        blocks = rest;
    }
    Ok(decoder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sttp::codec::RawMeasurement;
    use sttp::codec::tssc::{Block, Encoder};

    fn plain() -> Table {
        Table::new(vec![Uuid::from_u128(1), Uuid::from_u128(2)])
    }

    /// A block of measurements of these positions.
    fn block(positions: &[u32]) -> Vec<u8> {
        let measurement = |row| RawMeasurement { ticks: 7, row, flags: 3, value_bits: 60f32.to_bits() };
        let (mut encoder, mut block) = (Encoder::new(9), Block::new(0, 1_000));
        let batch: Vec<_> = positions.iter().copied().map(measurement).collect();
        encoder.encode(&mut block, &batch, &[0, 1, 2, 3]);
        encoder.finish_block(&mut block);
        block.bytes().to_vec()
    }

    fn blocks(of: &[&[u8]]) -> Vec<u8> {
        let mut blocks = Vec::new();
        of.iter().for_each(|block| push_block(&mut blocks, block));
        blocks
    }

    #[test]
    fn a_table_is_what_its_name_says() {
        let plain = plain();
        let with_reference = plain.with_reference(&blocks(&[&block(&[0, 1, 1])])).unwrap();
        assert!(with_reference.has_reference() && !plain.has_reference());
        for table in [&plain, &with_reference] {
            let again = Table::read(table.id(), table.bytes()).unwrap();
            assert_eq!(again.signals(), table.signals());
            for length in 0..table.bytes().len() {
                let cut = Table::read(table.id(), &table.bytes()[..length]).err().unwrap();
                assert!(cut.contains("is not what its name says"), "{cut}");
            }
            // The last byte is that of a signal, or of the reference.
            let mut other = table.bytes().to_vec();
            *other.last_mut().unwrap() ^= 1;
            assert!(Table::read(table.id(), &other).is_err());
        }
        assert_ne!(plain.id(), with_reference.id());
        assert_ne!(Table::new(vec![Uuid::from_u128(2), Uuid::from_u128(1)]).id(), plain.id());
    }

    #[test]
    fn what_is_no_table_says_what_is_wrong() {
        let read = |bytes: &[u8]| Table::read(TableId::of(bytes), bytes).err().unwrap();
        // The form before this one.
        assert!(read(&[7; 32]).contains("is of another form"));
        assert!(read(b"STT2").contains("is of another form"));
        assert!(read(b"STT2\0\0\0\0").contains("too few for 0 signals"));
        assert!(read(b"STT2\xFF\xFF\xFF\xFF").contains("too few for 4294967295 signals"));
        assert!(read(&vec![7; LONGEST + 1]).contains("more than the 1000000 allowed"));
        let with = |blocks: &[u8]| plain().with_reference(blocks).err().unwrap();
        assert!(with(&[0, 0, 0]).contains("ends within a block"));
        assert!(with(&[0, 0, 0, 9, 1]).contains("ends within a block"));
        assert!(with(&[0xFF; 4]).contains("ends within a block"));
        assert!(with(&blocks(&[&[31]])).contains("its reference cannot be decoded"));
        assert!(with(&blocks(&[&block(&[0, 2])])).contains("2 measurements, 1 of them of no signal"));
        assert!(with(&blocks(&[&[]])).contains("0 measurements"));
        assert!(with(&blocks(&[&block(&[0]), &[7; 70_000]])).contains("longer than"));
    }
}
