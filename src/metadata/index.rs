//! Hash indexes over the rows of a table.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};
use uuid::Uuid;

use super::data_set::Table;
use super::standard::FromValue;
use super::string_pool::StringId;

/// Finds the first row with a given GUID.
#[derive(Debug, Default)]
pub(super) struct GuidIndex {
    /// The GUIDs themselves are in the table.
    rows: HashTable<u32>,
    /// Rows whose GUID is that of an earlier one.
    repeated: Vec<u32>,
    hasher: DefaultHashBuilder,
    column: usize,
}

impl GuidIndex {
    pub(super) fn new(table: &Table, column: Option<usize>) -> GuidIndex {
        let Some(column) = column else {
            return GuidIndex::default();
        };
        let rows = HashTable::with_capacity(table.row_count());
        let hasher = DefaultHashBuilder::default();
        let mut index = GuidIndex { rows, repeated: Vec::new(), hasher, column };
        for row in row_numbers(table) {
            let Some(guid) = index.guid(table, row) else { continue };
            if index.find(table, guid).is_some() {
                index.repeated.push(row);
                continue;
            }
            let (hasher, hash) = (&index.hasher, index.hasher.hash_one(guid));
            let hash_of = |row: &u32| hasher.hash_one(guid_at(table, column, *row).unwrap_or_default());
            index.rows.insert_unique(hash, row, hash_of);
        }
        index
    }

    /// The row with that GUID; `table` is the one that the index was made of.
    pub(super) fn find(&self, table: &Table, guid: Uuid) -> Option<usize> {
        let same = |row: &u32| self.guid(table, *row) == Some(guid);
        self.rows.find(self.hasher.hash_one(guid), same).map(|row| *row as usize)
    }

    /// The rows that [`find`](Self::find) does not find, because an earlier one has their GUID.
    pub(super) fn repeated(&self) -> &[u32] {
        &self.repeated
    }

    fn guid(&self, table: &Table, row: u32) -> Option<Uuid> {
        guid_at(table, self.column, row)
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
