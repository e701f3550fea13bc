//! What waits on disk while the bus does not take it.
//!
//! A folder of segments, `NUMBER.spool`, each a run of records that can be read without any other segment: the table of a
//! message is in front of the first one of it. A segment is read once nothing is added to it any more, and removed when the
//! bus has taken everything in it. What a process leaves behind, the next one sends; what was sent twice then is merged
//! like what comes from two ingests.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::item::{Item, Outgoing};
use super::record;
use crate::bus::TableId;
use crate::config::{Spool as Settings, WhenFull};
use crate::operation::log;

/// Bytes of a segment, about.
const SEGMENT: u64 = 8 << 20;

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
    /// Tables that are in it.
    tables: HashSet<TableId>,
}

/// A record that was read, and of which segment.
pub(super) struct Spooled {
    pub(super) item: Item,
    pub(super) segment: u64,
}

/// What became of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is on disk. What was there longest may have had to go.
    Yes,
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
    /// Measurements that were on disk, and are lost, since somebody asked.
    lost: u64,
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
        let mut spool = Spool {
            settings: settings.clone(),
            _lock: lock,
            closed: BTreeMap::new(),
            open: None,
            next_number: 1,
            read: VecDeque::new(),
            lost: 0,
        };
        for entry in fs::read_dir(folder).map_err(|error| wrong(&error))? {
            let path = entry.map_err(|error| wrong(&error))?.path();
            if let Some(number) = number_of(&path) {
                let bytes = fs::metadata(&path).map_err(|error| wrong(&error))?.len();
                spool.next_number = spool.next_number.max(number + 1);
                spool.closed.insert(number, Closed { bytes, ..Closed::default() });
                match record::read_all(&path) {
                    Ok(items) => {
                        let measurements = items.iter().map(Item::measurements).sum();
                        spool.closed.insert(number, Closed { bytes, measurements, outstanding: None });
                    }
                    Err(error) => spool.set_aside(number, &error),
                }
            }
        }
        Ok(spool)
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

    /// Measurements that were on disk, and are lost, since this was asked last.
    pub(super) fn take_lost(&mut self) -> u64 {
        std::mem::take(&mut self.lost)
    }

    /// Adds a message, and its table if the segment has not got it. With an error the message is not there.
    pub(super) fn add(&mut self, outgoing: &Outgoing) -> Result<Kept, String> {
        let message = record::of_message(outgoing);
        let table = outgoing.table.id();
        let mut records = loop {
            let first = match &self.open {
                Some(open) if open.tables.contains(&table) => Vec::new(),
                _ => record::of_table(&outgoing.table),
            };
            if self.bytes() + (first.len() + message.len()) as u64 <= self.settings.max_bytes {
                break first;
            }
            if self.settings.when_full == WhenFull::Wait {
                return Ok(Kept::NoRoom);
            }
            if !self.drop_oldest()? {
                break first;
            }
        };
        records.extend_from_slice(&message);
        let open = match &mut self.open {
            Some(open) => open,
            None => {
                let path = self.settings.folder.join(file_name(self.next_number));
                let file = OpenOptions::new().append(true).create_new(true).open(&path);
                let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
                let number = self.next_number;
                self.next_number += 1;
                self.open.insert(Open { number, file, bytes: 0, measurements: 0, tables: HashSet::new() })
            }
        };
        if let Err(error) = open.file.write_all(&records) {
            // What was written of it goes again: what would follow it could not be read. Else nothing follows it.
            if open.file.set_len(open.bytes).is_err() {
                self.close();
            }
            return Err(format!("the spool cannot be written: {error}"));
        }
        open.tables.insert(table);
        open.bytes += records.len() as u64;
        open.measurements += outgoing.measurements();
        if open.bytes >= SEGMENT {
            self.close();
        }
        Ok(Kept::Yes)
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let closed = Closed { bytes: open.bytes, measurements: open.measurements, outstanding: None };
            self.closed.insert(open.number, closed);
        }
    }

    /// Drops what is oldest and not on its way, if there is such.
    fn drop_oldest(&mut self) -> Result<bool, String> {
        if self.closed.values().all(|closed| closed.outstanding.is_some()) {
            self.close();
        }
        let oldest =
            self.closed.iter().find(|(_, closed)| closed.outstanding.is_none()).map(|(number, _)| *number);
        let Some(number) = oldest else { return Ok(false) };
        self.lost += self.remove(number)?.map_or(0, |closed| closed.measurements);
        Ok(true)
    }

    /// Leaves a segment out that cannot be read, so that others can be sent.
    fn set_aside(&mut self, number: u64, why: &str) {
        self.lost += self.closed.remove(&number).map_or(0, |closed| closed.measurements);
        let path = self.path(number);
        let aside = path.with_extension("unreadable");
        match fs::rename(&path, &aside) {
            Ok(()) => log::error!("{why}; it is left out, and kept as {}", aside.display()),
            Err(error) => log::error!("{why}; it is left out, and cannot be renamed either: {error}"),
        }
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
            let records = match record::read_all(&self.settings.folder.join(file_name(number))) {
                Ok(records) => records,
                Err(error) => {
                    self.set_aside(number, &error);
                    continue;
                }
            };
            // A disk that gives back less than it took.
            let measurements = records.iter().map(Item::measurements).sum();
            self.lost += closed.measurements.saturating_sub(measurements);
            closed.measurements = measurements;
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use sttp::Uuid;
    use sttp::codec::RawMeasurement;

    use crate::bus::{Start, Table, Writer};

    /// A spool in a folder of its own.
    fn settings(name: &str, max_bytes: u64, when_full: WhenFull) -> Settings {
        let folder = std::env::temp_dir().join(format!("sttp-nats-spool-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        Settings { folder, max_bytes, when_full }
    }

    fn table() -> Arc<Table> {
        Arc::new(Table::new(vec![Uuid::from_u128(1)]))
    }

    fn message(number: u64) -> Outgoing {
        message_of(number, table())
    }

    fn message_of(number: u64, table: Arc<Table>) -> Outgoing {
        let mut writer = Writer::new(Start::plain(table.clone()));
        let noise = |at: u64| (number * 1_000 + at).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let measurement =
            |at: u64| RawMeasurement { ticks: at as i64, row: 0, flags: 0, value_bits: noise(at) as u32 };
        writer.push(&(0..1_000).map(measurement).collect::<Vec<_>>(), |_| {});
        let message = writer.finish().unwrap();
        Outgoing { source: "east".into(), group: 7, name: format!("run-{number}"), table, message }
    }

    fn name(spooled: &Spooled) -> String {
        match &spooled.item {
            Item::Table(table) => table.id().to_string(),
            Item::Message(outgoing) => {
                assert_eq!((&*outgoing.source, outgoing.group), ("east", 7));
                assert_eq!(outgoing.measurements(), 1_000);
                assert_eq!(outgoing.table.id(), outgoing.message.head.table);
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
        for number in 0..20 {
            assert_eq!(spool.add(&message(number)).unwrap(), Kept::Yes);
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
        expected.extend((0..19).map(|number| format!("run-{number}")));
        // Another segment, which can be read alone.
        expected.extend([table().id().to_string(), "run-20".into()]);
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
        let count = 12_000;
        let one = message(0);
        let named = |number: u64| Outgoing { name: format!("run-{number}"), ..one.clone() };
        for number in 0..count {
            assert_eq!(spool.add(&named(number)).unwrap(), Kept::Yes);
            assert!(spool.bytes() <= 20 << 20);
        }
        let dropped = spool.take_lost();
        assert!(dropped > 0);
        assert_eq!(dropped + spool.measurements(), count * 1_000);
        let names: Vec<String> =
            read_all(&mut spool).into_iter().filter(|name| name.starts_with("run-")).collect();
        assert_eq!(names.len() as u64 * 1_000, count * 1_000 - dropped);
        assert_eq!(names.last(), Some(&format!("run-{}", count - 1)));
        fs::remove_dir_all(&dropping.folder).unwrap();

        let waiting = settings("waits", 1 << 20, WhenFull::Wait);
        let mut spool = Spool::open(&waiting).unwrap();
        let kept =
            (0..count).take_while(|number| spool.add(&named(*number)).unwrap() != Kept::NoRoom).count();
        let first = spool.next().unwrap().unwrap();
        assert_eq!(name(&first), table().id().to_string());
        assert_eq!(spool.add(&message(0)).unwrap(), Kept::NoRoom, "it is on its way, and may come back");
        spool.taken(first.segment).unwrap();
        assert_eq!(read_all(&mut spool).len(), kept);
        assert_eq!(spool.add(&message(0)).unwrap(), Kept::Yes);
        assert_eq!(spool.take_lost(), 0);
        fs::remove_dir_all(&waiting.folder).unwrap();
    }

    #[test]
    fn each_segment_has_the_tables_of_its_messages() {
        let settings = settings("tables", 1 << 20, WhenFull::DropOldest);
        let mut spool = Spool::open(&settings).unwrap();
        let tables = [1, 2].map(|first| Arc::new(Table::new(vec![Uuid::from_u128(first)])));
        let count = 600;
        for number in 0..count {
            spool.add(&message_of(number, tables[number as usize % 2].clone())).unwrap();
        }
        assert!(spool.take_lost() > 0, "what was first is gone, and its tables with it");
        drop(spool);
        let mut spool = Spool::open(&settings).unwrap();
        let waiting = spool.measurements();
        let mut known = HashSet::new();
        let mut read = 0;
        while let Some(spooled) = spool.next().unwrap() {
            match &spooled.item {
                Item::Table(table) => drop(known.insert(table.id())),
                Item::Message(outgoing) => assert!(known.contains(&outgoing.message.head.table)),
            }
            read += spooled.item.measurements();
            spool.taken(spooled.segment).unwrap();
        }
        assert_eq!((read, known.len()), (waiting, 2));
        assert_eq!(spool.take_lost(), 0);
        fs::remove_dir_all(&settings.folder).unwrap();
    }

    #[test]
    fn a_segment_that_cannot_be_read_is_counted_and_holds_up_no_other() {
        let settings = settings("unreadable", 1 << 30, WhenFull::DropOldest);
        let mut spool = Spool::open(&settings).unwrap();
        for number in 0..6 {
            spool.add(&message(number)).unwrap();
            if number % 2 == 1 {
                spool.close();
            }
        }
        let [first, second] = [1, 2].map(|number| settings.folder.join(file_name(number)));
        // The disk gives back half of one segment, and nothing of another.
        let length = fs::metadata(&first).unwrap().len();
        File::options().write(true).open(&first).unwrap().set_len(length - 1).unwrap();
        fs::remove_file(&second).unwrap();
        fs::create_dir(&second).unwrap();
        let table = table().id().to_string();
        assert_eq!(read_all(&mut spool), [&*table, "run-0", &*table, "run-4", "run-5"]);
        assert_eq!(spool.take_lost(), 3_000);
        assert!(spool.is_empty());
        assert!(second.with_extension("unreadable").exists());
        fs::remove_dir_all(&settings.folder).unwrap();
    }

    /// Set for a process whose files may not grow.
    const BOUNDED: &str = "STTP_NATS_BOUNDED_FILES";

    #[test]
    fn what_a_full_disk_takes_half_of_hides_nothing() {
        if std::env::var_os(BOUNDED).is_none() {
            // Alone in its process, to which a file that is too long is an error.
            let test = std::env::current_exe().unwrap();
            let own = "ingest::spool::tests::what_a_full_disk_takes_half_of_hides_nothing";
            let command = format!("trap '' XFSZ; exec '{}' --exact {own}", test.display());
            let done = std::process::Command::new("sh").args(["-c", &command]).env(BOUNDED, "1").output();
            let done = done.unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
            return;
        }
        let bound = |bytes: &str| {
            let pid = std::process::id().to_string();
            let size = format!("--fsize={bytes}:");
            let set = std::process::Command::new("prlimit").args(["--pid", &pid, &size]).status();
            assert!(set.unwrap().success());
        };
        let settings = settings("bounded", 1 << 30, WhenFull::DropOldest);
        let mut spool = Spool::open(&settings).unwrap();
        spool.add(&message(0)).unwrap();
        bound(&(spool.bytes() + 100).to_string());
        assert!(spool.add(&message(1)).unwrap_err().contains("cannot be written"));
        assert_eq!(spool.measurements(), 1_000);
        bound("unlimited");
        spool.add(&message(2)).unwrap();
        assert_eq!(read_all(&mut spool), [&*table().id().to_string(), "run-0", "run-2"]);
        assert_eq!(spool.take_lost(), 0);
        fs::remove_dir_all(&settings.folder).unwrap();
    }
}
