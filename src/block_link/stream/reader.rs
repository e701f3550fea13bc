//! Data points of bytes.

use hashbrown::HashMap;

use super::super::error::{BlockLinkError, short};
use super::super::field::{DataPoint, FieldType, Layout, read_id};
use super::super::number::{read_bytes, read_number};
use super::{DEFINITION, MOST_DEFINITIONS, MOST_FIELDS, PointStream, SAME_KIND, STRING};
use crate::wire::Reader;

/// What is in a block of data points.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum PointItem<'a> {
    /// A definition that was not known.
    Definition {
        /// The runtime ID that it is of.
        id: u32,
        /// The fields of its points.
        types: &'a [FieldType],
    },
    /// A point.
    Point(DataPoint<'a>),
    /// A point of this ID, which nobody has defined; it was skipped.
    Unknown(u32),
}

/// What became of data points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PointCounts {
    /// Points that came.
    pub points: u64,
    /// Points that were skipped, because their definition was not there.
    pub unknown: u64,
    /// Points that were skipped, because their length was not that of their fields.
    pub malformed: u64,
    /// Points that were skipped, because their ID had two different definitions.
    pub dropped: u64,
    /// Definitions that came, repeated ones aside.
    pub definitions: u64,
    /// Definitions of IDs that had other ones.
    pub contradictions: u64,
    /// Definitions that were not taken, because there were too many.
    pub refused: u64,
    /// Blocks that were not read to their end, because they are no data points.
    pub broken: u64,
}

/// Reads the data points of one direction.
#[derive(Debug)]
pub struct PointReader {
    stream: PointStream,
    layouts: HashMap<u32, Known>,
    counts: PointCounts,
    kind: Option<u8>,
    previous: Option<u32>,
    followers: HashMap<u32, u32>,
}

/// A definition.
#[derive(Debug)]
struct Known {
    layout: Layout,
    /// Another one of the same ID has come, so that nobody knows what points are.
    is_contradicted: bool,
}

impl PointReader {
    /// A stream without definitions.
    pub fn new(stream: PointStream) -> PointReader {
        PointReader {
            stream,
            layouts: HashMap::new(),
            counts: PointCounts::default(),
            kind: None,
            previous: None,
            followers: HashMap::new(),
        }
    }

    /// What came so far.
    pub fn counts(&self) -> PointCounts {
        self.counts
    }

    /// Forgets definitions, not counts: another stream begins.
    pub fn restart(&mut self, stream: PointStream) {
        *self = PointReader { counts: self.counts, ..PointReader::new(stream) };
    }

    /// Hands all that is in the data of a block to `visit`, in order.
    ///
    /// # Errors
    ///
    /// In the Standard stream, whatever is not as it should be, after which the link has to end. In the Raw stream nothing: what
    /// cannot be read is counted.
    pub fn take(&mut self, data: &[u8], mut visit: impl FnMut(PointItem<'_>)) -> Result<(), BlockLinkError> {
        let mut reader = Reader::new(data);
        while !reader.rest().is_empty() {
            let result = match self.stream {
                PointStream::Raw => self.take_raw(&mut reader, &mut visit),
                PointStream::Standard => self.take_standard(&mut reader, &mut visit),
            };
            if let Err(error) = result {
                self.counts.broken += 1;
                return if self.stream == PointStream::Raw { Ok(()) } else { Err(error) };
            }
        }
        Ok(())
    }

    fn take_raw(
        &mut self,
        reader: &mut Reader<'_>,
        visit: &mut impl FnMut(PointItem<'_>),
    ) -> Result<(), BlockLinkError> {
        let what = "data points";
        match reader.u8("kind").map_err(short(what))? {
            DEFINITION => {
                let id = read_id(reader, "runtime ID").map_err(short(what))?;
                let layout = read_layout(reader)?;
                self.define(id, layout, visit);
                Ok(())
            }
            STRING => {
                let count = read_number(reader, "number of points").map_err(short(what))?;
                for _ in 0..count {
                    let id = read_id(reader, "runtime ID").map_err(short(what))?;
                    let data = read_bytes(reader, "data").map_err(short(what))?;
                    match self.layouts.get(&id) {
                        None => {
                            self.counts.unknown += 1;
                            visit(PointItem::Unknown(id));
                        }
                        Some(known) if known.is_contradicted => self.counts.dropped += 1,
                        Some(known) if !known.layout.fits(data) => self.counts.malformed += 1,
                        Some(known) => {
                            self.counts.points += 1;
                            visit(PointItem::Point(DataPoint { id, types: known.layout.types(), data }));
                        }
                    }
                }
                Ok(())
            }
            kind => Err(unknown_kind(kind)),
        }
    }

    fn define(&mut self, id: u32, layout: Layout, visit: &mut impl FnMut(PointItem<'_>)) {
        let is_full = self.layouts.len() >= MOST_DEFINITIONS;
        match self.layouts.get_mut(&id) {
            Some(known) if known.layout == layout => {}
            Some(known) => {
                known.is_contradicted = true;
                self.counts.contradictions += 1;
            }
            None if is_full => self.counts.refused += 1,
            None => {
                self.counts.definitions += 1;
                visit(PointItem::Definition { id, types: layout.types() });
                self.layouts.insert(id, Known { layout, is_contradicted: false });
            }
        }
    }

    fn take_standard(
        &mut self,
        reader: &mut Reader<'_>,
        visit: &mut impl FnMut(PointItem<'_>),
    ) -> Result<(), BlockLinkError> {
        let what = "data points";
        let kind = match reader.u8("header").map_err(short(what))? {
            0 => reader.u8("kind").map_err(short(what))?,
            SAME_KIND => self.kind.ok_or(BlockLinkError::NothingBefore("a definition or string"))?,
            header => {
                return Err(BlockLinkError::Value {
                    what,
                    field: "header",
                    value: header.into(),
                    allowed: "only bit 7 may be set",
                });
            }
        };
        match kind {
            DEFINITION => {
                let layout = read_layout(reader)?;
                if self.layouts.len() >= MOST_DEFINITIONS {
                    return Err(BlockLinkError::TooManyDefinitions(MOST_DEFINITIONS));
                }
                self.define(self.layouts.len() as u32, layout, visit);
            }
            STRING => self.take_string(reader, visit)?,
            kind => return Err(unknown_kind(kind)),
        }
        self.kind = Some(kind);
        Ok(())
    }

    /// The points of a string of the Standard stream.
    fn take_string(
        &mut self,
        reader: &mut Reader<'_>,
        visit: &mut impl FnMut(PointItem<'_>),
    ) -> Result<(), BlockLinkError> {
        let what = "data points";
        let count = read_number(reader, "number of points").map_err(short(what))?;
        // What is longer than memory can be is longer than the block.
        let bytes = usize::try_from(count.div_ceil(8)).unwrap_or(usize::MAX);
        let same = reader.bytes("bits of the points", bytes).map_err(short(what))?;
        for number in 0..bytes * 8 {
            let is_same = same[number / 8] & 0x80 >> (number % 8) != 0;
            if number as u64 >= count {
                if is_same {
                    return Err(BlockLinkError::Value {
                        what,
                        field: "bits of the points",
                        value: same[number / 8].into(),
                        allowed: "bits behind the last point are 0",
                    });
                }
                continue;
            }
            let id = if is_same {
                let follower = self.previous.and_then(|previous| self.followers.get(&previous));
                *follower.ok_or(BlockLinkError::NothingBefore("the point that followed last"))?
            } else {
                read_id(reader, "runtime ID").map_err(short(what))?
            };
            let known = self.layouts.get(&id).ok_or(BlockLinkError::UnknownPoint(id.into()))?;
            if let Some(previous) = self.previous.replace(id)
                && !is_same
            {
                self.followers.insert(previous, id);
            }
            let data = known.layout.take(reader).map_err(short(what))?;
            self.counts.points += 1;
            visit(PointItem::Point(DataPoint { id, types: known.layout.types(), data }));
        }
        Ok(())
    }
}

fn unknown_kind(kind: u8) -> BlockLinkError {
    let allowed = "0 is a string of points, 1 a definition";
    BlockLinkError::Value { what: "data points", field: "kind", value: kind.into(), allowed }
}

/// The fields of a definition.
fn read_layout(reader: &mut Reader<'_>) -> Result<Layout, BlockLinkError> {
    let what = "definition of data points";
    let count = read_number(reader, "number of fields").map_err(short(what))?;
    if !(1..=MOST_FIELDS as u64).contains(&count) {
        let allowed = "a point has 1 to 64 fields";
        return Err(BlockLinkError::Value { what, field: "number of fields", value: count, allowed });
    }
    let codes = reader.bytes("types", count as usize).map_err(short(what))?;
    let mut types = Vec::with_capacity(codes.len());
    for code in codes {
        types.push(FieldType::from_code(*code).ok_or(BlockLinkError::Value {
            what,
            field: "type",
            value: (*code).into(),
            allowed: "types are 1 to 15",
        })?);
    }
    Ok(Layout::new(&types))
}
