//! The texts of a data set, each stored once.

use std::ffi::CStr;
use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

/// Identifies one text of a data set: within one data set (and the data sets selected from it)
/// equal ids mean equal texts and different ids mean different texts.
///
/// It is where the text lies, so that finding a text takes no list of places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(transparent)]
pub struct StringId(pub(super) u32);

/// Texts that every pool holds from the start, so that tables derived from a finished data set can
/// refer to them although the pool is already shared.
const CONSTANT_TEXTS: [&str; 8] = ["", "Frame", "Measurement", "CALC", "Amps", "Volts", "Hz", "Degrees"];

impl StringId {
    pub(super) const EMPTY: StringId = StringId::constant(0);
    pub(super) const FRAME: StringId = StringId::constant(1);
    pub(super) const MEASUREMENT: StringId = StringId::constant(2);
    pub(super) const CALCULATION: StringId = StringId::constant(3);
    pub(super) const AMPS: StringId = StringId::constant(4);
    pub(super) const VOLTS: StringId = StringId::constant(5);
    pub(super) const HERTZ: StringId = StringId::constant(6);
    pub(super) const DEGREES: StringId = StringId::constant(7);

    /// The id of one of [`CONSTANT_TEXTS`].
    const fn constant(number: usize) -> StringId {
        let (mut place, mut before) = (0, 0);
        while before < number {
            place += 1 + CONSTANT_TEXTS[before].len() + 1;
            before += 1;
        }
        StringId(place as u32)
    }
}

/// All texts one after the other. Before each stands its length, in groups of [`LENGTH_BITS`] that are ASCII characters,
/// lowest first, all but the last with [`MORE_LENGTH`]; behind it a NUL byte, so that it can be lent to C as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct StringPool {
    texts: String,
    count: usize,
}

const LENGTH_BITS: u32 = 6;
const MORE_LENGTH: u8 = 1 << LENGTH_BITS;

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

    /// Where a text begins and ends.
    fn range(&self, id: StringId) -> Option<(usize, usize)> {
        let bytes = self.texts.as_bytes().get(id.0 as usize..)?;
        let (mut length, mut shift) = (0, 0);
        for (before, byte) in (1..).zip(bytes) {
            length |= usize::from(byte & (MORE_LENGTH - 1)).checked_shl(shift)?;
            shift += LENGTH_BITS;
            if byte & MORE_LENGTH == 0 {
                let start = id.0 as usize + before;
                return Some((start, start.checked_add(length)?));
            }
        }
        None
    }

    fn append(&mut self, text: &str) -> Option<StringId> {
        let id = StringId(u32::try_from(self.texts.len()).ok()?);
        let mut length = text.len();
        while length >= MORE_LENGTH.into() {
            self.texts.push(char::from(length as u8 & (MORE_LENGTH - 1) | MORE_LENGTH));
            length >>= LENGTH_BITS;
        }
        self.texts.push(char::from(length as u8));
        self.texts.push_str(text);
        self.texts.push('\0');
        self.count += 1;
        Some(id)
    }

    /// The ids of all texts.
    fn ids(&self) -> impl Iterator<Item = StringId> {
        let mut next = 0;
        (0..self.count).map_while(move |_| {
            let id = StringId(next);
            next = u32::try_from(self.range(id)?.1).ok()?.checked_add(1)?;
            Some(id)
        })
    }
}

/// A pool that still grows, with what finds texts already in it.
#[derive(Debug)]
pub(super) struct StringInterner {
    pool: StringPool,
    known: KnownTexts,
    hasher: DefaultHashBuilder,
}

impl StringInterner {
    pub(super) fn new() -> StringInterner {
        let mut pool = StringPool::default();
        for text in CONSTANT_TEXTS {
            pool.append(text);
        }
        StringInterner::of_pool(&pool)
    }

    /// An interner that goes on where a pool ended: the texts keep their ids.
    pub(super) fn of_pool(pool: &StringPool) -> StringInterner {
        let mut interner = StringInterner {
            pool: pool.clone(),
            known: KnownTexts::with_capacity(pool.count),
            hasher: DefaultHashBuilder::default(),
        };
        for id in pool.ids().filter(|id| *id != StringId::EMPTY) {
            let hash = interner.hash(pool.text(id));
            if let Err(place) = interner.known.find(hash, |_| false) {
                interner.known.put(place, hash, id);
            }
        }
        interner
    }

    fn hash(&self, text: &str) -> u32 {
        self.hasher.hash_one(text) as u32
    }

    /// The id of a text without NUL, or `None` when the pool would pass 4 GiB.
    pub(super) fn intern(&mut self, text: &str) -> Option<StringId> {
        if text.is_empty() {
            return Some(StringId::EMPTY);
        }
        let hash = self.hash(text);
        match self.known.find(hash, |id| self.pool.text(id) == text) {
            Ok(id) => Some(id),
            Err(place) => {
                let id = self.pool.append(text)?;
                self.known.put(place, hash, id);
                Some(id)
            }
        }
    }

    /// The text of an id that this interner gave.
    pub(super) fn text(&self, id: StringId) -> &str {
        self.pool.text(id)
    }

    pub(super) fn into_pool(mut self) -> StringPool {
        self.pool.texts.shrink_to_fit();
        self.pool
    }
}

/// Finds the ids of texts by their hashes; the empty text, which everybody knows, is not among them.
///
/// An open hash table in the order of the hashes. Most texts of long metadata are new, and most of the time that it
/// takes to find that out is waiting for memory: here it is waited for once, because a text is noted where it was
/// looked for, and not at all when the table grows, because all texts keep their order.
#[derive(Debug)]
struct KnownTexts {
    /// A hash in the upper half, an id in the lower one; 0 where there is none.
    places: Vec<u64>,
    count: usize,
}

impl KnownTexts {
    const FEWEST: usize = 64;

    /// With room for so many.
    fn with_capacity(count: usize) -> KnownTexts {
        KnownTexts { places: vec![0; (count + count / 2).max(KnownTexts::FEWEST)], count: 0 }
    }

    /// The id with that hash for which `is_text` holds; otherwise the place to [put](Self::put) it.
    fn find(&self, hash: u32, is_text: impl Fn(StringId) -> bool) -> Result<StringId, usize> {
        let mut place = ((u64::from(hash) * self.places.len() as u64) >> 32) as usize;
        loop {
            let known = self.places[place];
            let id = StringId(known as u32);
            if known == 0 {
                return Err(place);
            }
            if (known >> 32) as u32 == hash && is_text(id) {
                return Ok(id);
            }
            place = if place + 1 < self.places.len() { place + 1 } else { 0 };
        }
    }

    fn put(&mut self, place: usize, hash: u32, id: StringId) {
        self.places[place] = u64::from(hash) << 32 | u64::from(id.0);
        self.count += 1;
        // There is always a free place, so that each search ends.
        if self.count > self.places.len() / 4 * 3 {
            self.grow();
        }
    }

    fn grow(&mut self) {
        let larger = vec![0; 2 * self.places.len()];
        for known in std::mem::replace(&mut self.places, larger) {
            if known != 0
                && let Err(place) = self.find((known >> 32) as u32, |_| false)
            {
                self.places[place] = known;
            }
        }
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
    fn texts_of_any_length_are_found_and_can_be_gone_through() {
        let texts: Vec<String> = [0, 1, 63, 64, 65, 4_095, 4_096, 300_000]
            .map(|length| format!("{length}:").chars().chain("é".chars().cycle()).take(length).collect())
            .into();
        let mut interner = StringInterner::new();
        let ids: Vec<StringId> = texts.iter().map(|text| interner.intern(text).unwrap()).collect();
        assert_eq!(ids[0], StringId::EMPTY);
        let mut again = StringInterner::of_pool(&interner.into_pool());
        for (id, text) in ids.iter().zip(&texts) {
            assert_eq!(again.intern(text), Some(*id));
            assert_eq!(again.text(*id), text);
            assert_eq!(again.pool.c_text(*id).to_str(), Ok(&text[..]));
        }
        let known: Vec<StringId> = again.pool.ids().collect();
        assert_eq!(known.len(), CONSTANT_TEXTS.len() + texts.len() - 1);
        assert_eq!(known[CONSTANT_TEXTS.len()..], ids[1..]);
    }

    #[test]
    fn texts_are_found_again_however_the_table_has_grown() {
        let mut interner = StringInterner::new();
        let text = |number: u32| format!("SHELBY-PM{number}");
        let ids: Vec<StringId> = (0..10_000).map(|number| interner.intern(&text(number)).unwrap()).collect();
        for (number, id) in (0..).zip(&ids) {
            assert_eq!(interner.intern(&text(number)), Some(*id), "{number}");
        }
        assert_eq!(interner.pool.count, CONSTANT_TEXTS.len() + ids.len());
        assert_eq!(interner.known.count, interner.pool.count - 1);
    }

    /// Then they are told apart by their texts, and the search goes on at the other end of the table.
    #[test]
    fn texts_of_equal_hashes_are_told_apart() {
        let mut known = KnownTexts::with_capacity(0);
        for id in 1..=KnownTexts::FEWEST as u32 * 2 {
            let place = known.find(u32::MAX, |other| other == StringId(id)).unwrap_err();
            known.put(place, u32::MAX, StringId(id));
        }
        for id in 1..=KnownTexts::FEWEST as u32 * 2 {
            assert_eq!(known.find(u32::MAX, |other| other == StringId(id)), Ok(StringId(id)));
        }
    }

    #[test]
    fn an_id_of_another_pool_is_an_empty_text() {
        let pool = StringInterner::new().into_pool();
        assert_eq!(pool.text(StringId(99)), "");
        assert_eq!(pool.c_text(StringId(99)), c"");
    }
}
