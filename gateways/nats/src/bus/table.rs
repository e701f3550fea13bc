//! The table of a group's signals, which messages name by what is in it.

use std::fmt;

use ring::digest::{SHA256, digest};
use sttp::Uuid;
use sttp::codec::SignalTable;

/// Bytes of a signal ID.
const ID_SIZE: usize = 16;

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

/// The signals of a group in their order. A message names each by its position.
pub(crate) struct Table {
    id: TableId,
    signals: Vec<Uuid>,
    by_position: SignalTable,
}

impl Table {
    pub(crate) fn new(signals: Vec<Uuid>) -> Table {
        let records: Vec<(u32, Uuid)> = (0..).zip(signals.iter().copied()).collect();
        Table { id: TableId::of(&bytes_of(&signals)), by_position: SignalTable::new(&records), signals }
    }

    /// A table as it was put into the bucket.
    pub(crate) fn read(id: TableId, bytes: &[u8]) -> Result<Table, String> {
        let (signals, rest) = bytes.as_chunks::<ID_SIZE>();
        if !rest.is_empty() || signals.is_empty() {
            return Err(format!("table {id} has {} bytes, which are no signal IDs", bytes.len()));
        }
        let table = Table::new(signals.iter().copied().map(Uuid::from_bytes).collect());
        match table.id == id {
            true => Ok(table),
            false => Err(format!("table {id} has other signals than its name says")),
        }
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

    /// As it is put into the bucket: the signal IDs one after the other, 16 bytes each, in the order of their text.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        bytes_of(&self.signals)
    }
}

fn bytes_of(signals: &[Uuid]) -> Vec<u8> {
    signals.iter().flat_map(|signal| *signal.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_what_its_name_says() {
        let table = Table::new(vec![Uuid::from_u128(1), Uuid::from_u128(2)]);
        let again = Table::read(table.id(), &table.bytes()).unwrap();
        assert_eq!(again.signals(), table.signals());
        assert_ne!(Table::new(vec![Uuid::from_u128(2), Uuid::from_u128(1)]).id(), table.id());
        for wrong in [&table.bytes()[..31], &table.bytes()[..16], &[]] {
            assert!(Table::read(table.id(), wrong).is_err());
        }
    }
}
