//! What waits on disk while the bus does not take it.
//!
//! A folder of segments, `NUMBER.spool`, each a run of records: length and CRC-32 of what follows, 4 bytes each with the
//! highest byte first, then the record. A segment is read once nothing is added to it any more, and removed when the bus
//! has taken everything in it. What a process leaves behind, the next one sends; what was sent twice then is merged like
//! what comes from two ingests.

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::item::{Item, Outgoing};
use crate::bus::{Head, Message, Table, TableId};
use crate::config::{Spool as Settings, WhenFull};
use crate::operation::log;

/// Bytes of a segment, about.
const SEGMENT: u64 = 8 << 20;
/// Longest record that is believed.
const LONGEST_RECORD: usize = 2 << 20;
const TABLE: u8 = b'T';
const MESSAGE: u8 = b'M';

/// A segment that nothing is added to.
#[derive(Default)]
struct Closed {
    bytes: u64,
    measurements: u64,
    /// Records that were read and not taken by the bus yet. `None` before it is read.
    outstanding: Option<usize>,
}

/// The segment that records are added to.
struct Open {
    number: u64,
    file: File,
    bytes: u64,
    measurements: u64,
}

/// A record that was read, and of which segment.
pub(super) struct Spooled {
    pub(super) item: Item,
    pub(super) segment: u64,
}

/// What became of a record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is on disk; so many measurements that were there had to go.
    Yes { dropped: u64 },
    /// There is no room, and nothing is to be dropped.
    NoRoom,
}

/// The spool of one process.
pub(super) struct Spool {
    settings: Settings,
    /// Held as long as the spool is used.
    _lock: File,
    closed: BTreeMap<u64, Closed>,
    open: Option<Open>,
    next_number: u64,
    read: VecDeque<Spooled>,
}

impl Spool {
    /// The spool of a folder, which is made if need be, with what is left there.
    pub(super) fn open(settings: &Settings) -> Result<Spool, String> {
        let folder = &settings.folder;
        let wrong =
            |error: &dyn std::fmt::Display| format!("the spool {} cannot be used: {error}", folder.display());
        fs::create_dir_all(folder).map_err(|error| wrong(&error))?;
        let lock = File::create(folder.join("lock")).map_err(|error| wrong(&error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(wrong(&"another process uses it; give each ingest a folder of its own"));
            }
            Err(TryLockError::Error(error)) => return Err(wrong(&error)),
        }
        let mut closed = BTreeMap::new();
        for entry in fs::read_dir(folder).map_err(|error| wrong(&error))? {
            let path = entry.map_err(|error| wrong(&error))?.path();
            if let Some(number) = number_of(&path) {
                let bytes = fs::metadata(&path).map_err(|error| wrong(&error))?.len();
                let measurements =
                    read_records(&path).map_err(|error| wrong(&error))?.iter().map(measurements).sum();
                closed.insert(number, Closed { bytes, measurements, outstanding: None });
            }
        }
        let next_number = closed.last_key_value().map_or(1, |(number, _)| number + 1);
        Ok(Spool {
            settings: settings.clone(),
            _lock: lock,
            closed,
            open: None,
            next_number,
            read: VecDeque::new(),
        })
    }

    /// Bytes that wait.
    pub(super) fn bytes(&self) -> u64 {
        let open = self.open.as_ref().map_or(0, |open| open.bytes);
        open + self.closed.values().map(|closed| closed.bytes).sum::<u64>()
    }

    /// Measurements that wait.
    pub(super) fn measurements(&self) -> u64 {
        let open = self.open.as_ref().map_or(0, |open| open.measurements);
        open + self.closed.values().map(|closed| closed.measurements).sum::<u64>()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open.is_none() && self.closed.is_empty()
    }

    /// Adds a record.
    pub(super) fn add(&mut self, item: &Item) -> Result<Kept, String> {
        let record = encode(item);
        let mut dropped = 0;
        while self.bytes() + record.len() as u64 > self.settings.max_bytes {
            match self.settings.when_full {
                WhenFull::Wait => return Ok(Kept::NoRoom),
                WhenFull::DropOldest => match self.drop_oldest()? {
                    Some(measurements) => dropped += measurements,
                    None => break,
                },
            }
        }
        let open = match &mut self.open {
            Some(open) => open,
            None => {
                let path = self.path(self.next_number);
                let file = OpenOptions::new().append(true).create_new(true).open(&path);
                let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
                self.next_number += 1;
                self.open.insert(Open { number: self.next_number - 1, file, bytes: 0, measurements: 0 })
            }
        };
        open.file.write_all(&record).map_err(|error| format!("the spool cannot be written: {error}"))?;
        open.bytes += record.len() as u64;
        open.measurements += measurements(item);
        if open.bytes >= SEGMENT {
            self.close();
        }
        Ok(Kept::Yes { dropped })
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let closed = Closed { bytes: open.bytes, measurements: open.measurements, outstanding: None };
            self.closed.insert(open.number, closed);
        }
    }

    /// Drops what is oldest and not on its way. Its measurements; `None` when there is nothing.
    fn drop_oldest(&mut self) -> Result<Option<u64>, String> {
        if self.closed.values().all(|closed| closed.outstanding.is_some()) {
            self.close();
        }
        let oldest =
            self.closed.iter().find(|(_, closed)| closed.outstanding.is_none()).map(|(number, _)| *number);
        let Some(number) = oldest else { return Ok(None) };
        Ok(self.remove(number)?.map(|closed| closed.measurements))
    }

    fn remove(&mut self, number: u64) -> Result<Option<Closed>, String> {
        let path = self.path(number);
        fs::remove_file(&path).map_err(|error| format!("{} cannot be removed: {error}", path.display()))?;
        Ok(self.closed.remove(&number))
    }

    /// The oldest record that was not read yet. Once the bus has taken it, say [`taken`](Self::taken).
    pub(super) fn next(&mut self) -> Result<Option<Spooled>, String> {
        loop {
            if let Some(spooled) = self.read.pop_front() {
                return Ok(Some(spooled));
            }
            if self.closed.values().all(|closed| closed.outstanding.is_some()) {
                self.close();
            }
            let unread = self.closed.iter_mut().find(|(_, closed)| closed.outstanding.is_none());
            let Some((&number, closed)) = unread else { return Ok(None) };
            let path = self.settings.folder.join(file_name(number));
            let records = read_records(&path)?;
            closed.outstanding = Some(records.len());
            if records.is_empty() {
                self.remove(number)?;
            }
            self.read.extend(records.into_iter().map(|item| Spooled { item, segment: number }));
        }
    }

    /// The bus has taken a record of a segment.
    pub(super) fn taken(&mut self, segment: u64) -> Result<(), String> {
        let outstanding = self.closed.get_mut(&segment).and_then(|closed| closed.outstanding.as_mut());
        let Some(outstanding) = outstanding else { return Ok(()) };
        *outstanding = outstanding.saturating_sub(1);
        if *outstanding == 0 {
            self.remove(segment)?;
        }
        Ok(())
    }

    fn path(&self, number: u64) -> PathBuf {
        self.settings.folder.join(file_name(number))
    }
}

/// With as many digits as numbers may have, so that their order is that of the numbers.
fn file_name(number: u64) -> String {
    format!("{number:020}.spool")
}

fn number_of(path: &Path) -> Option<u64> {
    path.file_name()?.to_str()?.strip_suffix(".spool")?.parse().ok()
}

fn measurements(item: &Item) -> u64 {
    match item {
        Item::Table(_) => 0,
        Item::Message(outgoing) => outgoing.message.head.measurements.into(),
    }
}

/// A record with its length and CRC.
fn encode(item: &Item) -> Vec<u8> {
    let mut record = vec![0; 8];
    match item {
        Item::Table(table) => {
            record.push(TABLE);
            record.extend_from_slice(&table.id().0);
            record.extend_from_slice(&table.bytes());
        }
        Item::Message(outgoing) => {
            record.push(MESSAGE);
            record.extend_from_slice(&outgoing.group.to_be_bytes());
            for text in [&*outgoing.source, &outgoing.name] {
                // Both are short: names of sources are checked, names of messages are made here.
                record.push(text.len() as u8);
                record.extend_from_slice(text.as_bytes());
            }
            record.extend_from_slice(&outgoing.message.bytes);
        }
    }
    let length = (record.len() - 8) as u32;
    let crc = crc32fast::hash(&record[8..]);
    record[..4].copy_from_slice(&length.to_be_bytes());
    record[4..8].copy_from_slice(&crc.to_be_bytes());
    record
}

/// The records of a segment, up to where it was torn when a process or machine ended.
fn read_records(path: &Path) -> Result<Vec<Item>, String> {
    let bytes = fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    let mut rest = &bytes[..];
    let mut items = Vec::new();
    while let Some((head, behind)) = rest.split_first_chunk::<8>() {
        let [a, b, c, d, e, f, g, h] = *head;
        let (length, crc) = (u32::from_be_bytes([a, b, c, d]) as usize, u32::from_be_bytes([e, f, g, h]));
        let record =
            behind.get(..length).filter(|record| length <= LONGEST_RECORD && crc32fast::hash(record) == crc);
        let Some(item) = record.and_then(decode) else { break };
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

fn decode(record: &[u8]) -> Option<Item> {
    let (kind, rest) = record.split_first()?;
    if *kind == TABLE {
        let (id, signals) = rest.split_first_chunk::<16>()?;
        return Some(Item::Table(Arc::new(Table::read(TableId(*id), signals).ok()?)));
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
    let message = Message { head, bytes: rest.to_vec() };
    (*kind == MESSAGE).then_some(Item::Message(Outgoing {
        source,
        group: u32::from_be_bytes(*group),
        name,
        message,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sttp::Uuid;
    use sttp::codec::RawMeasurement;

    use crate::bus::Writer;

    /// A spool in a folder of its own.
    fn settings(name: &str, max_bytes: u64, when_full: WhenFull) -> Settings {
        let folder = std::env::temp_dir().join(format!("sttp-nats-spool-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Settings { folder, max_bytes, when_full }
    }

    fn table() -> Arc<Table> {
        Arc::new(Table::new(vec![Uuid::from_u128(1)]))
    }

    fn message(number: u64) -> Item {
        let mut writer = Writer::new(&table());
        let noise = |at: u64| (number * 1_000 + at).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let measurement =
            |at: u64| RawMeasurement { ticks: at as i64, row: 0, flags: 0, value_bits: noise(at) as u32 };
        writer.push(&(0..1_000).map(measurement).collect::<Vec<_>>(), |_| {});
        let message = writer.finish().unwrap();
        Item::Message(Outgoing { source: "east".into(), group: 7, name: format!("run-{number}"), message })
    }

    fn name(spooled: &Spooled) -> String {
        match &spooled.item {
            Item::Table(table) => table.id().to_string(),
            Item::Message(outgoing) => {
                assert_eq!((&*outgoing.source, outgoing.group), ("east", 7));
                assert_eq!(outgoing.message.head.measurements, 1_000);
                outgoing.name.clone()
            }
        }
    }

    fn read_all(spool: &mut Spool) -> Vec<String> {
        let mut names = Vec::new();
        while let Some(spooled) = spool.next().unwrap() {
            names.push(name(&spooled));
            spool.taken(spooled.segment).unwrap();
        }
        names
    }

    #[test]
    fn what_a_process_leaves_behind_the_next_one_sends() {
        let settings = settings("left", 1 << 30, WhenFull::DropOldest);
        let mut spool = Spool::open(&settings).unwrap();
        assert!(Spool::open(&settings).is_err(), "two processes do not share a spool");
        assert_eq!(spool.add(&Item::Table(table())).unwrap(), Kept::Yes { dropped: 0 });
        for number in 0..20 {
            assert_eq!(spool.add(&message(number)).unwrap(), Kept::Yes { dropped: 0 });
        }
        // One that was taken, one that was not.
        let first = spool.next().unwrap().unwrap();
        assert_eq!(name(&first), table().id().to_string());
        spool.taken(first.segment).unwrap();
        spool.next().unwrap().unwrap();
        drop(spool);
        // The machine ended while a record was written.
        let torn = settings.folder.join(file_name(1));
        let length = fs::metadata(&torn).unwrap().len();
        File::options().write(true).open(&torn).unwrap().set_len(length - 1).unwrap();

        let mut spool = Spool::open(&settings).unwrap();
        assert_eq!(spool.measurements(), 19_000);
        spool.add(&message(20)).unwrap();
        let mut expected = vec![table().id().to_string()];
        expected.extend((0..19).chain([20]).map(|number| format!("run-{number}")));
        assert_eq!(read_all(&mut spool), expected);
        assert!(spool.is_empty());
        let left: Vec<_> =
            fs::read_dir(&settings.folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["lock"]);
        fs::remove_dir_all(&settings.folder).unwrap();
    }

    #[test]
    fn the_oldest_goes_when_it_is_full_or_nothing_more_comes_in() {
        let dropping = settings("drops", 20 << 20, WhenFull::DropOldest);
        let mut spool = Spool::open(&dropping).unwrap();
        let mut dropped = 0;
        let count = 12_000;
        let Item::Message(one) = message(0) else { panic!("it is a message") };
        let named = |number: u64| Item::Message(Outgoing { name: format!("run-{number}"), ..one.clone() });
        for number in 0..count {
            match spool.add(&named(number)).unwrap() {
                Kept::Yes { dropped: more } => dropped += more,
                Kept::NoRoom => panic!("the oldest is dropped instead"),
            }
            assert!(spool.bytes() <= 20 << 20);
        }
        assert!(dropped > 0);
        assert_eq!(dropped + spool.measurements(), count * 1_000);
        let names = read_all(&mut spool);
        assert_eq!(names.len() as u64 * 1_000, count * 1_000 - dropped);
        assert_eq!(names.last(), Some(&format!("run-{}", count - 1)));
        fs::remove_dir_all(&dropping.folder).unwrap();

        let waiting = settings("waits", 1 << 20, WhenFull::Wait);
        let mut spool = Spool::open(&waiting).unwrap();
        let kept =
            (0..count).take_while(|number| spool.add(&named(*number)).unwrap() != Kept::NoRoom).count();
        let first = spool.next().unwrap().unwrap();
        assert_eq!(name(&first), "run-0");
        assert_eq!(spool.add(&message(0)).unwrap(), Kept::NoRoom, "it is on its way, and may come back");
        spool.taken(first.segment).unwrap();
        assert_eq!(read_all(&mut spool).len(), kept - 1);
        assert_eq!(spool.add(&message(0)).unwrap(), Kept::Yes { dropped: 0 });
        fs::remove_dir_all(&waiting.folder).unwrap();
    }
}
