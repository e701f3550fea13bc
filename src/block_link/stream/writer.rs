//! Data points to bytes.

use super::super::error::BlockLinkError;
use super::super::field::{Field, FieldType, Layout};
use super::super::number::{number_size, put_number};
use super::{DEFINITION, MOST_DEFINITIONS, MOST_FIELDS, PointStream, SAME_KIND, STRING};

/// Most bytes of a runtime ID.
const LONGEST_ID: usize = 5;

/// Writes the data points of one direction.
///
/// Points are pushed one after the other and become a string with [`finish`](Self::finish), which belongs into one block with
/// whatever definitions are before it.
#[derive(Debug)]
pub struct PointWriter {
    stream: PointStream,
    layouts: Layouts,
    /// How many points the string has so far.
    count: usize,
    /// In the Standard stream, a bit for each: its ID is the one that followed the last time.
    same: Vec<u8>,
    body: Vec<u8>,
    /// Kind of the definition or string before, in the Standard stream.
    kind: Option<u8>,
    /// ID of the point before.
    previous: Option<u32>,
    /// In the Standard stream: by ID, which one followed last.
    followers: Vec<Option<u32>>,
}

/// Definitions that were written, by their IDs.
#[derive(Debug, Default)]
struct Layouts(Vec<Option<Layout>>);

impl Layouts {
    fn get(&self, id: u32) -> Option<&Layout> {
        self.0.get(id as usize)?.as_ref()
    }

    fn set(&mut self, id: u32, layout: Layout) {
        let place = id as usize;
        if self.0.len() <= place {
            self.0.resize(place + 1, None);
        }
        self.0[place] = Some(layout);
    }
}

impl PointWriter {
    /// A stream without definitions.
    pub fn new(stream: PointStream) -> PointWriter {
        PointWriter {
            stream,
            layouts: Layouts::default(),
            count: 0,
            same: Vec::new(),
            body: Vec::new(),
            kind: None,
            previous: None,
            followers: Vec::new(),
        }
    }

    /// How the points are written.
    pub fn stream(&self) -> PointStream {
        self.stream
    }

    /// The fields of the points of an ID, if it was defined.
    pub fn types(&self, id: u32) -> Option<&[FieldType]> {
        self.layouts.get(id).map(Layout::types)
    }

    /// Appends a definition, which stands before the points that it is for. In the Raw stream it may be written again. Finish
    /// a string that was begun before.
    ///
    /// # Errors
    ///
    /// [`BlockLinkError::TooManyDefinitions`] from ID 65,536 on; [`BlockLinkError::OtherFields`] when there are no fields or more
    /// than 64, when the ID has other fields already, or, in the Standard stream, is not the number of definitions before.
    pub fn define(&mut self, out: &mut Vec<u8>, id: u32, types: &[FieldType]) -> Result<(), BlockLinkError> {
        if id as usize >= MOST_DEFINITIONS {
            return Err(BlockLinkError::TooManyDefinitions(MOST_DEFINITIONS));
        }
        let is_next = self.stream == PointStream::Raw || id as usize == self.layouts.0.len();
        let is_new = self.layouts.get(id).is_none_or(|known| known.types() == types);
        if !(1..=MOST_FIELDS).contains(&types.len()) || !is_next || !is_new {
            return Err(BlockLinkError::OtherFields(id.into()));
        }
        self.write_kind(out, DEFINITION);
        if self.stream == PointStream::Raw {
            put_number(out, id.into());
        }
        put_number(out, types.len() as u64);
        out.extend(types.iter().map(|field_type| field_type.code()));
        self.layouts.set(id, Layout::new(types));
        Ok(())
    }

    /// Adds a point to the string.
    ///
    /// # Errors
    ///
    /// [`BlockLinkError::UnknownPoint`] without a definition, [`BlockLinkError::OtherFields`] with another one.
    pub fn push(&mut self, id: u32, fields: &[Field<'_>]) -> Result<(), BlockLinkError> {
        let layout = self.layouts.get(id).ok_or(BlockLinkError::UnknownPoint(id.into()))?;
        if !fields.iter().map(Field::field_type).eq(layout.types().iter().copied()) {
            return Err(BlockLinkError::OtherFields(id.into()));
        }
        let mut data = Vec::new();
        for field in fields {
            field.write(&mut data);
        }
        self.push_encoded(id, &data);
        Ok(())
    }

    /// Adds a point that has a definition, whose fields these bytes are.
    pub(in super::super) fn push_encoded(&mut self, id: u32, data: &[u8]) {
        debug_assert!(self.layouts.get(id).is_some_and(|layout| layout.fits(data)));
        match self.stream {
            PointStream::Raw => {
                put_number(&mut self.body, id.into());
                put_number(&mut self.body, data.len() as u64);
            }
            PointStream::Standard => {
                let is_same = self.is_same(id);
                if self.count.is_multiple_of(8) {
                    self.same.push(0);
                }
                if let (true, Some(bits)) = (is_same, self.same.last_mut()) {
                    *bits |= 0x80 >> (self.count % 8);
                }
                if !is_same {
                    put_number(&mut self.body, id.into());
                }
            }
        }
        self.body.extend_from_slice(data);
        self.count += 1;
    }

    /// Whether an ID follows the one before as it did the last time; it does so the next time.
    fn is_same(&mut self, id: u32) -> bool {
        let previous = self.previous.replace(id);
        let Some(previous) = previous else { return false };
        let place = previous as usize;
        if self.followers.len() <= place {
            self.followers.resize(place + 1, None);
        }
        self.followers[place].replace(id) == Some(id)
    }

    /// How many points the string has.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Most bytes of the string when `points` more are added to it, with `bytes` of fields.
    pub fn size_with(&self, points: usize, bytes: usize) -> usize {
        let count = self.count + points;
        let each = LONGEST_ID + if self.stream == PointStream::Raw { number_size(bytes as u64) } else { 0 };
        let begin = match self.stream {
            PointStream::Raw => 1,
            PointStream::Standard => 2 + count.div_ceil(8),
        };
        begin + number_size(count as u64) + self.body.len() + points * each + bytes
    }

    /// Appends the string, if it has points, and begins another.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        self.write_kind(out, STRING);
        put_number(out, self.count as u64);
        out.append(&mut self.same);
        out.append(&mut self.body);
        self.count = 0;
    }

    fn write_kind(&mut self, out: &mut Vec<u8>, kind: u8) {
        match self.stream {
            PointStream::Raw => out.push(kind),
            PointStream::Standard if self.kind == Some(kind) => out.push(SAME_KIND),
            PointStream::Standard => out.extend_from_slice(&[0, kind]),
        }
        self.kind = Some(kind);
    }
}
