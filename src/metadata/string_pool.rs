//! The texts of a data set, each stored once.

use std::ffi::CStr;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Identifies one text of a data set: within one data set (and the data sets selected from it)
/// equal ids mean equal texts and different ids mean different texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct StringId(pub(super) u32);

/// Texts that every pool holds from the start, so that tables derived from a finished data set can
/// refer to them although the pool is already shared.
const CONSTANT_TEXTS: [&str; 8] = ["", "Frame", "Measurement", "CALC", "Amps", "Volts", "Hz", "Degrees"];

impl StringId {
    pub(super) const EMPTY: StringId = StringId(0);
    pub(super) const FRAME: StringId = StringId(1);
    pub(super) const MEASUREMENT: StringId = StringId(2);
    pub(super) const CALCULATION: StringId = StringId(3);
    pub(super) const AMPS: StringId = StringId(4);
    pub(super) const VOLTS: StringId = StringId(5);
    pub(super) const HERTZ: StringId = StringId(6);
    pub(super) const DEGREES: StringId = StringId(7);
}

/// All texts one after the other, each followed by a NUL byte so that it can be lent to C as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct StringPool {
    texts: String,
    /// Where each text's NUL byte stands, by id.
    ends: Vec<u32>,
}

impl StringPool {
    /// The text of an id; empty for an id of another pool.
    pub(super) fn text(&self, id: StringId) -> &str {
        self.range(id).and_then(|(start, end)| self.texts.get(start..end)).unwrap_or_default()
    }

    /// The text of an id with its closing NUL byte.
    pub(super) fn c_text(&self, id: StringId) -> &CStr {
        self.range(id)
            .and_then(|(start, end)| self.texts.as_bytes().get(start..=end))
            .and_then(|bytes| CStr::from_bytes_with_nul(bytes).ok())
            .unwrap_or_default()
    }

    fn range(&self, id: StringId) -> Option<(usize, usize)> {
        let index = id.0 as usize;
        let end = *self.ends.get(index)? as usize;
        let start = match index {
            0 => 0,
            _ => *self.ends.get(index - 1)? as usize + 1,
        };
        Some((start, end))
    }

    fn append(&mut self, text: &str) -> Option<StringId> {
        let end = u32::try_from(self.texts.len().checked_add(text.len())?).ok()?;
        let id = u32::try_from(self.ends.len()).ok()?;
        self.texts.push_str(text);
        self.texts.push('\0');
        self.ends.push(end);
        Some(StringId(id))
    }
}

/// A pool that still grows, with the hash table that finds texts already in it.
#[derive(Debug)]
pub(super) struct StringInterner {
    pool: StringPool,
    known: HashTable<Known>,
    hasher: DefaultHashBuilder,
}

/// A text of the pool. With a part of its hash, so that the table grows without reading all texts again,
/// which by then have left the processor's caches.
#[derive(Debug, Clone, Copy)]
struct Known {
    hash: u32,
    id: StringId,
}

impl Known {
    /// The hash for the table, which looks at the bits of both ends.
    fn spread(hash: u32) -> u64 {
        u64::from(hash) << 32 | u64::from(hash)
    }
}

impl StringInterner {
    pub(super) fn new() -> StringInterner {
        let mut interner = StringInterner {
            pool: StringPool::default(),
            known: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        };
        for text in CONSTANT_TEXTS {
            interner.intern(text);
        }
        interner
    }

    /// An interner that goes on where a pool ended: the texts keep their ids.
    pub(super) fn of_pool(pool: &StringPool) -> StringInterner {
        let mut interner = StringInterner {
            pool: pool.clone(),
            known: HashTable::with_capacity(pool.ends.len()),
            hasher: DefaultHashBuilder::default(),
        };
        for id in (0u32..).zip(&pool.ends).map(|(id, _)| StringId(id)) {
            interner.remember(Known { hash: interner.hash(pool.text(id)), id });
        }
        interner
    }

    fn hash(&self, text: &str) -> u32 {
        self.hasher.hash_one(text) as u32
    }

    fn remember(&mut self, known: Known) {
        self.known.insert_unique(Known::spread(known.hash), known, |known| Known::spread(known.hash));
    }

    /// The id of a text without NUL, or `None` when the pool would pass 4 GiB.
    pub(super) fn intern(&mut self, text: &str) -> Option<StringId> {
        let hash = self.hash(text);
        let is_text = |known: &Known| known.hash == hash && self.pool.text(known.id) == text;
        if let Some(known) = self.known.find(Known::spread(hash), is_text) {
            return Some(known.id);
        }
        let id = self.pool.append(text)?;
        self.remember(Known { hash, id });
        Some(id)
    }

    /// The text of an id that this interner gave.
    pub(super) fn text(&self, id: StringId) -> &str {
        self.pool.text(id)
    }

    pub(super) fn into_pool(mut self) -> StringPool {
        self.pool.texts.shrink_to_fit();
        self.pool.ends.shrink_to_fit();
        self.pool
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_one_id() {
        let mut interner = StringInterner::new();
        let shelby = interner.intern("SHELBY").unwrap();
        let other = interner.intern("shelby").unwrap();
        assert_ne!(shelby, other);
        assert_eq!(interner.intern("SHELBY"), Some(shelby));
        let pool = interner.into_pool();
        assert_eq!(pool.text(shelby), "SHELBY");
        assert_eq!(pool.c_text(other), c"shelby");
    }

    #[test]
    fn constant_ids_name_their_texts() {
        let pool = StringInterner::new().into_pool();
        let texts = [
            (StringId::EMPTY, ""),
            (StringId::FRAME, "Frame"),
            (StringId::MEASUREMENT, "Measurement"),
            (StringId::CALCULATION, "CALC"),
            (StringId::AMPS, "Amps"),
            (StringId::VOLTS, "Volts"),
            (StringId::HERTZ, "Hz"),
            (StringId::DEGREES, "Degrees"),
        ];
        for (id, text) in texts {
            assert_eq!(pool.text(id), text);
        }
    }

    #[test]
    fn an_id_of_another_pool_is_an_empty_text() {
        let pool = StringInterner::new().into_pool();
        assert_eq!(pool.text(StringId(99)), "");
        assert_eq!(pool.c_text(StringId(99)), c"");
    }
}
