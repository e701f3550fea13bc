//! Streams of data points: definitions, which say the fields of a runtime ID, and strings of points.
//!
//! In the Raw stream every point tells its ID and its length, so that whatever is lost costs itself alone. The Standard
//! stream tells neither where both sides can know them, and is for links that lose nothing.

mod reader;
mod writer;

pub use reader::{PointCounts, PointItem, PointReader};
pub use writer::PointWriter;

/// First byte of a definition, or the second one.
const DEFINITION: u8 = 1;
/// First byte of a measurement string, or the second one.
const STRING: u8 = 0;
/// Bit of the first byte in the Standard stream: a definition or a string, as the one before.
const SAME_KIND: u8 = 0x80;
/// Most fields of a point.
pub const MOST_FIELDS: usize = 64;
/// Most definitions of a stream.
pub const MOST_DEFINITIONS: usize = 65_536;

/// How data points are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PointStream {
    /// Each with its ID and its length, for every link.
    #[default]
    Raw,
    /// As short as it goes, for links that lose, damage and reorder nothing.
    Standard,
}

#[cfg(test)]
mod tests {
    use super::super::field::{DataPoint, Field, FieldType};
    use super::*;
    use proptest::prelude::*;

    const PHASOR: [FieldType; 5] =
        [FieldType::U32, FieldType::U24, FieldType::U8, FieldType::I16, FieldType::I16];

    fn points(reader: &mut PointReader, data: &[u8]) -> Vec<(u32, Vec<u8>)> {
        let mut found = Vec::new();
        reader
            .take(data, |item| {
                if let PointItem::Point(DataPoint { id, data, .. }) = item {
                    found.push((id, data.to_vec()));
                }
            })
            .unwrap();
        found
    }

    #[test]
    fn raw_is_the_golden_one() {
        let mut writer = PointWriter::new(PointStream::Raw);
        let mut out = Vec::new();
        writer.define(&mut out, 5, &PHASOR).unwrap();
        assert_eq!(out, [1, 5, 5, 5, 4, 1, 2, 2]);
        let mut reader = PointReader::new(PointStream::Raw);
        assert!(points(&mut reader, &out).is_empty());
        out.clear();
        let fields = [
            Field::U32(0x4485_3600),
            Field::U24(0x0071B0),
            Field::U8(0x0F),
            Field::I16(0x392B),
            Field::I16(0),
        ];
        writer.push(5, &fields).unwrap();
        assert_eq!(writer.size_with(0, 0), 2 + 14);
        writer.finish(&mut out);
        assert_eq!(out, [0, 1, 5, 12, 0x44, 0x85, 0x36, 0, 0, 0x71, 0xB0, 0x0F, 0x39, 0x2B, 0, 0]);
        reader
            .take(&out, |item| match item {
                PointItem::Point(point) => assert_eq!(point.fields().collect::<Vec<_>>(), fields),
                other => panic!("{other:?}"),
            })
            .unwrap();
    }

    #[test]
    fn standard_is_the_golden_one() {
        let mut writer = PointWriter::new(PointStream::Standard);
        let mut out = Vec::new();
        for id in 0..3 {
            writer.define(&mut out, id, &[FieldType::U8]).unwrap();
        }
        assert_eq!(out, [0, 1, 1, 1, 0x80, 1, 1, 0x80, 1, 1]);
        for id in [0, 1, 2, 0, 1, 2] {
            writer.push(id, &[Field::U8(10 + id as u8)]).unwrap();
        }
        writer.finish(&mut out);
        // Only the first round, and the way back to its begin, tell IDs.
        assert_eq!(out[10..], [0, 0, 6, 0b0000_1100, 0, 10, 1, 11, 2, 12, 0, 10, 11, 12]);
        let mut second = Vec::new();
        writer.push(0, &[Field::U8(9)]).unwrap();
        writer.finish(&mut second);
        assert_eq!(second, [0x80, 1, 0x80, 9]);
        let mut reader = PointReader::new(PointStream::Standard);
        let found: Vec<u32> = points(&mut reader, &out).iter().map(|(id, _)| *id).collect();
        assert_eq!(found, [0, 1, 2, 0, 1, 2]);
        assert_eq!(points(&mut reader, &second), [(0, vec![9])]);
    }

    #[test]
    fn unknown_malformed_and_contradicting_points_are_counted() {
        let mut reader = PointReader::new(PointStream::Raw);
        let mut unknown = Vec::new();
        let string = [0, 3, 7, 1, 1, 5, 2, 0, 1, 5, 1, 9];
        reader
            .take(&[1, 5, 1, 1], |item| assert!(matches!(item, PointItem::Definition { id: 5, .. })))
            .unwrap();
        reader
            .take(&string, |item| match item {
                PointItem::Unknown(id) => unknown.push(id),
                PointItem::Point(point) => assert_eq!((point.id, point.data), (5, &[9][..])),
                other => panic!("{other:?}"),
            })
            .unwrap();
        assert_eq!(unknown, [7]);
        // The same definition again, then another of the same ID.
        reader.take(&[1, 5, 1, 1, 1, 5, 1, 2], |item| panic!("{item:?}")).unwrap();
        reader.take(&string, |item| assert!(!matches!(item, PointItem::Point(_)))).unwrap();
        let counts = reader.counts();
        assert_eq!((counts.points, counts.unknown, counts.malformed), (1, 2, 1));
        assert_eq!((counts.definitions, counts.contradictions, counts.dropped), (1, 1, 2));
        // Counts and lengths that lie.
        for lie in
            [&[0, 200, 5, 1, 9][..], &[0, 1, 5, 200, 1, 9], &[1, 9, 200, 1], &[1, 9, 0], &[1, 9, 1, 99], &[7]]
        {
            let before = reader.counts();
            reader.take(lie, |_| {}).unwrap();
            let after = reader.counts();
            assert_eq!(after.broken, before.broken + 1, "{lie:?}");
        }
    }

    #[test]
    fn the_standard_stream_ends_with_what_cannot_be() {
        for bad in [
            &[0x80, 1, 1, 1][..],
            &[0x41, 1, 1, 1],
            &[0, 2, 1, 1],
            &[0, 1, 0],
            &[0, 1, 1, 16],
            &[0, 1, 1, 1, 0, 0, 1, 0x80, 7],
            &[0, 1, 1, 1, 0, 0, 1, 0x00, 3, 7],
            &[0, 1, 1, 1, 0, 0, 1, 0x40, 0, 7],
            &[0, 1, 1, 1, 0, 0, 0xFF, 0xFF, 3, 0],
            &[0, 1, 1, 1, 0, 0, 2, 0x00, 0, 7, 0],
        ] {
            assert!(PointReader::new(PointStream::Standard).take(bad, |_| {}).is_err(), "{bad:?}");
        }
    }

    fn types() -> impl Strategy<Value = Vec<FieldType>> {
        proptest::collection::vec(proptest::sample::select(FieldType::ALL), 1..8)
    }

    /// The bytes of fields of these types, by what a seed says.
    fn data(types: &[FieldType], seed: u64) -> Vec<u8> {
        let mut out = Vec::new();
        let mut state = seed;
        for field_type in types {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let bytes = state.to_be_bytes();
            match field_type {
                FieldType::Text => Field::Text(["", "SHELBY", "Ω"][bytes[0] as usize % 3]).write(&mut out),
                FieldType::Bytes => Field::Bytes(&bytes[..bytes[0] as usize % 9]).write(&mut out),
                other => out.extend(bytes.iter().cycle().take(other.size().unwrap())),
            }
        }
        out
    }

    proptest! {
        #[test]
        fn points_come_back(
            is_standard: bool,
            definitions in proptest::collection::vec(types(), 1..12),
            order in proptest::collection::vec((any::<prop::sample::Index>(), any::<u64>(), 0..5_u8), 0..120),
        ) {
            let stream = if is_standard { PointStream::Standard } else { PointStream::Raw };
            let (mut writer, mut reader) = (PointWriter::new(stream), PointReader::new(stream));
            let mut block = Vec::new();
            for (id, types) in (0..).zip(&definitions) {
                writer.define(&mut block, id, types).unwrap();
            }
            let mut expected = Vec::new();
            let mut found = Vec::new();
            for (index, seed, end) in order {
                let id = index.index(definitions.len());
                let bytes = data(&definitions[id], seed);
                writer.push_encoded(id as u32, &bytes);
                expected.push((id as u32, bytes));
                if end == 0 {
                    let size = writer.size_with(0, 0);
                    let before = block.len();
                    writer.finish(&mut block);
                    prop_assert!(block.len() - before <= size);
                    found.extend(points(&mut reader, &std::mem::take(&mut block)));
                }
            }
            writer.finish(&mut block);
            found.extend(points(&mut reader, &block));
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn any_bytes_are_points_or_counted(is_standard: bool, blocks: Vec<Vec<u8>>) {
            let stream = if is_standard { PointStream::Standard } else { PointStream::Raw };
            let mut reader = PointReader::new(stream);
            reader.take(&[0, 1, 1, 1][usize::from(!is_standard)..], |_| {}).ok();
            for block in blocks {
                if reader.take(&block, |_| {}).is_err() {
                    prop_assert!(is_standard);
                    break;
                }
            }
        }
    }
}
