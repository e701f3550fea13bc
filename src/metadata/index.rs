//! Hash indexes over the rows of a table.

use std::hash::{BuildHasher, Hasher};
use std::hint::select_unpredictable;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use uuid::Uuid;

use super::data_set::Table;
use super::standard::FromValue;
use super::string_pool::StringId;

/// Finds the first row with a given GUID. Made once, and asked for each measurement that is published by its signal ID.
///
/// An open hash table whose places are found by one half of a hash, and hold a row and as many bits of the other half as
/// there is room for beside it. So hardly a row is looked at in vain, and the table is small: most of the time that a
/// look-up among many takes is waiting for memory.
#[derive(Debug, Default)]
pub(crate) struct GuidIndex {
    /// [`EMPTY`](Self::EMPTY), or the row in the bits of `row_mask` and bits of the hash above them. A power of two of
    /// them, and some empty ones.
    places: Vec<u32>,
    row_mask: u32,
    /// Rows whose GUID is that of an earlier one.
    repeated: Vec<u32>,
    hasher: DefaultHashBuilder,
}

impl GuidIndex {
    const EMPTY: u32 = u32::MAX;
    /// Places that are looked at at once.
    const AT_ONCE: usize = 4;
    /// Places of a part, when the table is filled.
    const PART: usize = 1 << 15;

    /// An index of the rows from 0 on, given the GUID of each; those that have none are left out.
    pub(crate) fn new(rows: u32, guid_of: impl Fn(u32) -> Option<Uuid>) -> GuidIndex {
        // Two thirds at most are in use, and no row with all bits set looks like an empty place.
        let places = (rows as usize + rows as usize / 2 + 1).next_power_of_two();
        let mut index = GuidIndex {
            places: vec![GuidIndex::EMPTY; places],
            row_mask: u32::MAX.unbounded_shr(rows.leading_zeros()),
            repeated: Vec::new(),
            hasher: DefaultHashBuilder::default(),
        };
        index.fill(rows, guid_of);
        index
    }

    /// Fills one part of the places after the other, each so small that it stays in a processor's cache: to write
    /// anywhere in a large table is to wait for memory each time.
    fn fill(&mut self, rows: u32, guid_of: impl Fn(u32) -> Option<Uuid>) {
        let entry_of = |row| {
            let Home { place, tag } = self.home(guid_of(row)?)?;
            Some(Entry { home: place as u32, entry: tag | row })
        };
        let mut entries = Vec::with_capacity(rows as usize);
        entries.extend((0..rows).filter_map(entry_of));
        for Entry { home, entry } in in_parts(entries, self.places.len().div_ceil(GuidIndex::PART)) {
            let (row, tag) = (entry & self.row_mask, entry & !self.row_mask);
            // The GUID itself is hardly ever looked at: here it would have to be waited for, too.
            match self.look_for(Home { place: home as usize, tag }, |other| guid_of(other) == guid_of(row)) {
                Ok(_) => self.repeated.push(row),
                Err(place) => self.places[place] = entry,
            }
        }
        self.repeated.sort_unstable();
    }

    /// The row with that GUID; `guid_of` is what the index was made with.
    #[inline]
    pub(crate) fn find(&self, guid: Uuid, guid_of: impl Fn(u32) -> Option<Uuid>) -> Option<u32> {
        let home = self.home(guid)?;
        if let Some(places) = self.places.get(home.place..home.place + GuidIndex::AT_ONCE) {
            // In which of these places it is cannot be predicted.
            let mut row = GuidIndex::EMPTY;
            for &found in places {
                row = select_unpredictable(found & !self.row_mask == home.tag, found & self.row_mask, row);
            }
            if guid_of(row) == Some(guid) {
                return Some(row);
            }
        }
        self.look_for(home, |row| guid_of(row) == Some(guid)).ok()
    }

    /// The rows that [`find`](Self::find) does not find, because an earlier one has their GUID.
    pub(super) fn repeated(&self) -> &[u32] {
        &self.repeated
    }

    /// Where looking for a GUID begins; `None` without any places.
    #[inline(always)]
    fn home(&self, guid: Uuid) -> Option<Home> {
        let hash = self.hasher.hash_one(guid.as_u128());
        let place = (hash >> 32) as usize & self.places.len().checked_sub(1)?;
        Some(Home { place, tag: hash as u32 & !self.row_mask })
    }

    /// The first row from its home on that has the GUID looked for; otherwise the free place that it would have.
    fn look_for(&self, Home { mut place, tag }: Home, has_guid: impl Fn(u32) -> bool) -> Result<u32, usize> {
        loop {
            let found = self.places[place];
            if found == GuidIndex::EMPTY {
                return Err(place);
            }
            let row = found & self.row_mask;
            if found & !self.row_mask == tag && has_guid(row) {
                return Ok(row);
            }
            place = (place + 1) & (self.places.len() - 1);
        }
    }
}

/// Entries by the part of the places that their home is in. In each part they stay in their order, so that the first
/// row of a GUID is found.
fn in_parts(entries: Vec<Entry>, parts: usize) -> Vec<Entry> {
    if parts <= 1 {
        return entries;
    }
    let part_of = |entry: &Entry| entry.home as usize / GuidIndex::PART;
    // Where each part goes on, once they are added up.
    let mut ends = vec![0; parts];
    entries.iter().for_each(|entry| ends[part_of(entry)] += 1);
    let mut start = 0;
    for end in &mut ends {
        start += std::mem::replace(end, start);
    }
    let mut sorted = vec![Entry::default(); entries.len()];
    for entry in entries {
        let end = &mut ends[part_of(&entry)];
        sorted[*end] = entry;
        *end += 1;
    }
    sorted
}

/// What is to be written into the places, and the number of its home, which has 32 bits.
#[derive(Debug, Clone, Copy, Default)]
struct Entry {
    home: u32,
    entry: u32,
}

/// Where a GUID belongs.
#[derive(Debug, Clone, Copy)]
struct Home {
    place: usize,
    /// What stands there beside its row.
    tag: u32,
}

/// An index of a column of a table.
#[derive(Debug, Default)]
pub(super) struct GuidColumn {
    index: GuidIndex,
    column: usize,
}

impl GuidColumn {
    pub(super) fn new(table: &Table, column: Option<usize>) -> GuidColumn {
        let Some(column) = column else {
            return GuidColumn::default();
        };
        let index = GuidIndex::new(row_numbers(table).end, |row| guid_at(table, column, row));
        GuidColumn { index, column }
    }

    /// The row with that GUID; `table` is the one that the index was made of.
    pub(super) fn find(&self, table: &Table, guid: Uuid) -> Option<usize> {
        self.index.find(guid, |row| guid_at(table, self.column, row)).map(|row| row as usize)
    }

    pub(super) fn index(&self) -> &GuidIndex {
        &self.index
    }
}

fn guid_at(table: &Table, column: usize, row: u32) -> Option<Uuid> {
    Uuid::from_value(table.value(row as usize, column))
}

/// Finds the first row with a given text, upper and lower case being the same.
#[derive(Debug, Default)]
pub(super) struct TextIndex {
    rows: HashTable<u32>,
    hasher: DefaultHashBuilder,
    column: usize,
}

impl TextIndex {
    pub(super) fn new(table: &Table, column: Option<usize>) -> TextIndex {
        let Some(column) = column else {
            return TextIndex::default();
        };
        let rows = HashTable::with_capacity(table.row_count());
        let mut index = TextIndex { rows, hasher: DefaultHashBuilder::default(), column };
        for row in row_numbers(table) {
            if let Some(text) = table.value(row as usize, column).as_str() {
                index.insert(table, row, text);
            }
        }
        index
    }

    /// The row with that text; `table` is the one that the index was made of.
    pub(super) fn find(&self, table: &Table, text: &str) -> Option<usize> {
        let same = |row: &u32| self.text(table, *row).is_some_and(|found| same_text(found, text));
        self.rows.find(self.hash(text), same).map(|row| *row as usize)
    }

    fn insert(&mut self, table: &Table, row: u32, text: &str) {
        if self.find(table, text).is_none() {
            let hash = self.hash(text);
            let (hasher, column) = (&self.hasher, self.column);
            self.rows.insert_unique(hash, row, |row| {
                hash_text(hasher, table.value(*row as usize, column).as_str().unwrap_or_default())
            });
        }
    }

    fn text<'a>(&self, table: &'a Table, row: u32) -> Option<&'a str> {
        table.value(row as usize, self.column).as_str()
    }

    fn hash(&self, text: &str) -> u64 {
        hash_text(&self.hasher, text)
    }
}

/// The rows that have the same text in a column, in the order of the table.
#[derive(Debug, Default)]
pub(super) struct GroupIndex {
    rows: Vec<u32>,
    groups: HashMap<StringId, (u32, u32)>,
}

impl GroupIndex {
    pub(super) fn new(table: &Table, column: Option<usize>) -> GroupIndex {
        let Some(column) = column else {
            return GroupIndex::default();
        };
        let keyed = |row| Some((table.string_id(row as usize, column)?, row));
        let mut keyed: Vec<(StringId, u32)> = row_numbers(table).filter_map(keyed).collect();
        keyed.sort_unstable();
        let mut groups: HashMap<StringId, (u32, u32)> = HashMap::new();
        for (place, (key, _)) in (0u32..).zip(&keyed) {
            groups.entry(*key).or_insert((place, place)).1 = place + 1;
        }
        GroupIndex { rows: keyed.into_iter().map(|(_, row)| row).collect(), groups }
    }

    pub(super) fn rows(&self, key: StringId) -> &[u32] {
        let group = self.groups.get(&key);
        group.and_then(|(start, end)| self.rows.get(*start as usize..*end as usize)).unwrap_or_default()
    }
}

/// The rows of a table as `u32`, which [`DataSetBuilder`](super::DataSetBuilder) guarantees to be
/// enough.
fn row_numbers(table: &Table) -> std::ops::Range<u32> {
    0..u32::try_from(table.row_count()).unwrap_or(u32::MAX)
}

fn hash_text(hasher: &DefaultHashBuilder, text: &str) -> u64 {
    let mut state = hasher.build_hasher();
    write_text(&mut state, text);
    state.finish()
}

/// Hashes a text so that those of the same letters have the same hash.
fn write_text(state: &mut impl Hasher, text: &str) {
    if text.is_ascii() {
        text.bytes().for_each(|byte| state.write_u8(byte.to_ascii_uppercase()));
    } else {
        let mut encoded = [0; 4];
        for character in text.chars().flat_map(char::to_uppercase) {
            character.encode_utf8(&mut encoded).bytes().for_each(|byte| state.write_u8(byte));
        }
    }
}

pub(super) fn same_text(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    left.chars().flat_map(char::to_uppercase).eq(right.chars().flat_map(char::to_uppercase))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// GUIDs of which every fifth is missing and every seventh is that of an earlier row.
    fn guid_of(row: u32) -> Option<Uuid> {
        let number = if row % 7 == 6 { row / 2 } else { row };
        (number % 5 != 0).then(|| Uuid::from_u128(u128::from(number) << 64 | 0x8000_0000_0000_0000))
    }

    #[test]
    fn the_first_row_of_each_guid_is_found_and_nothing_else() {
        for rows in [0, 1, 2, 3, 7, 8, 85, 1_000, 65_537, 200_000] {
            let of = |row: u32| (row < rows).then(|| guid_of(row)).flatten();
            let (mut first, mut repeated) = (HashMap::new(), Vec::new());
            for row in 0..rows {
                let Some(guid) = guid_of(row) else { continue };
                if *first.entry(guid).or_insert(row) != row {
                    repeated.push(row);
                }
            }
            let index = GuidIndex::new(rows, of);
            assert_eq!(index.repeated(), repeated, "{rows}");
            for row in 0..rows + 100 {
                let Some(guid) = guid_of(row) else { continue };
                assert_eq!(index.find(guid, of), first.get(&guid).copied(), "{row} of {rows}");
            }
        }
        assert_eq!(GuidIndex::default().find(Uuid::max(), |_| None), None);
    }

    /// Then whoever is in the first places is looked at in vain, and the search goes on behind the last place.
    #[test]
    fn rows_are_found_wherever_they_had_to_go() {
        let guids: Vec<Uuid> = (1..=8_192).map(Uuid::from_u128).collect();
        let of = |row: u32| guids.get(row as usize).copied();
        let mut index = GuidIndex::new(guids.len() as u32, of);
        // As full as it can be without endless searches.
        index.places = vec![GuidIndex::EMPTY; guids.len()];
        for row in 0..8_191 {
            let home = index.home(guids[row as usize]).unwrap();
            let place = index.look_for(home, |other| of(other) == of(row)).unwrap_err();
            index.places[place] = home.tag | row;
        }
        for row in 0..8_191 {
            assert_eq!(index.find(guids[row as usize], of), Some(row));
        }
        assert_eq!(index.find(guids[8_191], of), None);
    }
}
