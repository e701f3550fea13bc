//! Records of a segment: length and CRC-32 of what follows, 4 bytes each with the highest byte first, then a table or a
//! message of one that is in front of it.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::item::{Item, Outgoing};
use crate::bus::{Head, Message, Table, TableId};
use crate::operation::log;

/// Longest record that is believed.
const LONGEST: usize = 2 << 20;
const TABLE: u8 = b'T';
const MESSAGE: u8 = b'M';

pub(super) fn of_table(table: &Table) -> Vec<u8> {
    let mut record = vec![0; 8];
    record.push(TABLE);
    record.extend_from_slice(&table.id().0);
    record.extend_from_slice(table.bytes());
    finish(record)
}

pub(super) fn of_message(outgoing: &Outgoing) -> Vec<u8> {
    let mut record = vec![0; 8];
    record.push(MESSAGE);
    record.extend_from_slice(&outgoing.group.to_be_bytes());
    for text in [&*outgoing.source, &outgoing.name] {
        // Both are short: names of sources are checked, names of messages are made here.
        record.push(text.len() as u8);
        record.extend_from_slice(text.as_bytes());
    }
    record.extend_from_slice(&outgoing.message.bytes);
    finish(record)
}

/// Fills in length and CRC.
fn finish(mut record: Vec<u8>) -> Vec<u8> {
    let length = (record.len() - 8) as u32;
    let crc = crc32fast::hash(&record[8..]);
    record[..4].copy_from_slice(&length.to_be_bytes());
    record[4..8].copy_from_slice(&crc.to_be_bytes());
    record
}

/// The records of a segment, up to where it was torn when a process or machine ended.
pub(super) fn read_all(path: &Path) -> Result<Vec<Item>, String> {
    let bytes = fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let mut rest = &bytes[..];
    let mut tables = HashMap::new();
    let mut items = Vec::new();
    while let Some((head, behind)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, e, f, g, h] = *head;
        let (length, crc) = (u32::from_be_bytes([a, b, c, d]) as usize, u32::from_be_bytes([e, f, g, h]));
        let record =
            behind.get(..length).filter(|record| length <= LONGEST && crc32fast::hash(record) == crc);
        let Some(item) = record.and_then(|record| read(record, &mut tables)) else { break };
        items.push(item);
        rest = &behind[length..];
    }
    if !rest.is_empty() {
        log::warning!(
            "{}: the last {} bytes are no whole record, and are left out",
            path.display(),
            rest.len()
        );
    }
    Ok(items)
}

fn read(record: &[u8], tables: &mut HashMap<TableId, Arc<Table>>) -> Option<Item> {
    let (kind, rest) = record.split_first()?;
    if *kind == TABLE {
        let (id, signals) = rest.split_first_chunk::<16>()?;
        let table = Arc::new(Table::read(TableId(*id), signals).ok()?);
        tables.insert(table.id(), table.clone());
        return Some(Item::Table(table));
    }
    let (group, mut rest) = rest.split_first_chunk::<4>()?;
    let mut text = || {
        let (length, behind) = rest.split_first()?;
        let (text, behind) = behind.split_at_checked(usize::from(*length))?;
        rest = behind;
        std::str::from_utf8(text).ok()
    };
    let (source, name) = (text()?.into(), text()?.to_owned());
    let (head, _) = Head::read(rest).ok()?;
    let table = tables.get(&head.table)?.clone();
    let message = Message { head, bytes: rest.to_vec() };
    let group = u32::from_be_bytes(*group);
    (*kind == MESSAGE).then_some(Item::Message(Outgoing { source, group, name, table, message }))
}
