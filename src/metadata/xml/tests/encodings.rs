//! Documents in UTF-8 and in both byte orders of UTF-16.

use proptest::prelude::*;

use super::*;
use crate::wire::TextEncoding;

const ALL: [TextEncoding; 3] = [TextEncoding::Utf8, TextEncoding::Utf16Le, TextEncoding::Utf16Be];

fn one_text(text: &str) -> DataSet {
    let mut builder = DataSetBuilder::new("DataSet");
    let table = builder.add_table("T", vec![Column::new("A", ColumnType::String)]).unwrap();
    builder.append_row(table).unwrap().set("A", text).unwrap();
    builder.finish()
}

fn read_text(document: &[u8]) -> Result<String, MetadataError> {
    let data_set = DataSet::from_xml(document, &Limits::default())?;
    Ok(data_set.table("T").unwrap().value(0, 0).as_str().unwrap_or_default().to_owned())
}

fn broken(document: &[u8], encoding: &'static str) -> (u32, u32) {
    let (line, column, refused) = problem(DataSet::from_xml(document, &Limits::default()));
    assert_eq!(refused, XmlProblem::BrokenEncoding(encoding));
    (line, column)
}

#[test]
fn utf_16_is_recognised_with_and_without_mark() {
    let text = document(&column("A", "string"), "<T><A>é\u{1F50C}</A></T>")
        .replace("standalone=\"yes\"", "encoding=\"utf-16\" standalone=\"yes\"");
    // .NET programs often declare UTF-16 and send UTF-8.
    for encoding in ALL {
        for document in [text.clone(), format!("\u{FEFF}{text}")] {
            assert_eq!(read_text(&encoding.encode(&document)).unwrap(), "é\u{1F50C}", "{encoding:?}");
        }
    }
}

#[test]
fn utf_16_is_written_with_mark_and_declaration() {
    let data_set = one_text("ÅRSTA \u{1F50C}");
    let body = |document: String| document.split_once("?>").unwrap().1.to_owned();
    let plain = String::from_utf8(data_set.to_xml_with(TextEncoding::Utf8)).unwrap();
    assert_eq!(plain.as_bytes(), data_set.to_xml());
    assert!(plain.starts_with("<?xml version=\"1.0\" standalone=\"yes\"?>\n<DataSet>"));
    for encoding in [TextEncoding::Utf16Le, TextEncoding::Utf16Be] {
        let written = encoding.decode(&data_set.to_xml_with(encoding)).into_owned();
        let start = "\u{FEFF}<?xml version=\"1.0\" encoding=\"utf-16\" standalone=\"yes\"?>\n<DataSet>";
        assert!(written.starts_with(start), "{written}");
        assert_eq!(body(written), body(plain.clone()));
    }
}

#[test]
fn the_ends_of_the_planes_round_trip() {
    let text = "\u{20}\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFD}\u{10000}\u{1FFFE}\u{10FFFF}";
    for encoding in ALL {
        assert_eq!(read_text(&one_text(text).to_xml_with(encoding)).unwrap(), text, "{encoding:?}");
    }
}

#[test]
fn broken_utf_8_is_refused_with_its_place() {
    for bytes in [&b"\xC3\x28"[..], b"\x80", b"\xF0\x9F", b"\xED\xA0\x80", b"\xC0\xAF", b"\xF4\x90\x80\x80"] {
        let document = [b"<DataSet>\n  <T>", bytes, b"</T></DataSet>"].concat();
        assert_eq!(broken(&document, "UTF-8"), (2, 6), "{bytes:x?}");
        let marked = [b"\xEF\xBB\xBF", &document[..]].concat();
        assert_eq!(broken(&marked, "UTF-8"), (2, 6), "{bytes:x?}");
    }
    // Other encodings are not guessed.
    let latin = b"<?xml version=\"1.0\"?>\n<DataSet>\xE9</DataSet>";
    assert_eq!(broken(latin, "UTF-8"), (2, 10));
}

#[test]
fn declared_encodings_are_read() {
    let plain = document(&column("A", "string"), "<T><A>@</A></T>");
    for (label, bytes, text) in [
        ("ISO-8859-1", &b"\xC5rsta"[..], "Årsta"),
        ("iso-8859-1", b"\xE9", "é"),
        ("windows-1252", b"\x80 \xFC", "€ ü"),
        ("ISO-8859-2", b"\xB3\xF3d\xBC", "łódź"),
        ("windows-1251", b"\xCC\xEE\xF1\xEA\xE2\xE0", "Москва"),
        ("Shift_JIS", b"\x93\x64", "電"),
        ("utf-8", "é".as_bytes(), "é"),
        ("UTF8", "é".as_bytes(), "é"),
        ("utf-16", "é".as_bytes(), "é"),
    ] {
        for quote in ['"', '\''] {
            let declared = format!("encoding = {quote}{label}{quote} standalone=");
            let text_form = plain.replace("standalone=", &declared);
            let (before, after) = text_form.split_once('@').unwrap();
            let document = [before.as_bytes(), bytes, after.as_bytes()].concat();
            assert_eq!(read_text(&document).unwrap(), text, "{label}");
        }
    }
}

#[test]
fn unknown_and_broken_declared_encodings_are_refused() {
    let declaring = |label: &str| format!("<?xml version=\"1.0\" encoding=\"{label}\"?>\n<DataSet>");
    let unknown = DataSet::from_xml(declaring("EBCDIC-X").as_bytes(), &Limits::default());
    assert_eq!(problem(unknown), (1, 1, XmlProblem::UnknownEncoding("EBCDIC-X".into())));
    let bad = [declaring("Shift_JIS").as_bytes(), b" \xFF</DataSet>"].concat();
    assert_eq!(broken(&bad, "Shift_JIS"), (2, 11));
}

#[test]
fn broken_utf_16_is_refused_with_its_place() {
    let start: Vec<u16> = "<DataSet>\n é\u{1F50C}".encode_utf16().collect();
    let end: Vec<u16> = "</DataSet>".encode_utf16().collect();
    let (high, low) = (0xD83D, 0xDD0C);
    for broken_units in [&[high][..], &[low], &[low, high], &[high, high, low], &[high, 0x20]] {
        for (to_bytes, mark) in [(u16::to_le_bytes as fn(u16) -> [u8; 2], "le"), (u16::to_be_bytes, "be")] {
            let units = [&[0xFEFF][..], &start, broken_units, &end].concat();
            let document: Vec<u8> = units.into_iter().flat_map(to_bytes).collect();
            assert_eq!(broken(&document, "UTF-16"), (2, 4), "{broken_units:x?} {mark}");
        }
    }
}

#[test]
fn half_a_character_at_the_end_is_refused() {
    for encoding in [TextEncoding::Utf16Le, TextEncoding::Utf16Be] {
        let mut document = one_text("x").to_xml_with(encoding);
        document.push(0);
        let (line, column) = broken(&document, "UTF-16");
        let lines = encoding.decode(&document).lines().count() as u32;
        assert_eq!((line, column), (lines, 1), "{encoding:?}");
    }
}

#[test]
fn marks_alone_and_other_encodings_are_refused() {
    let utf_32: Vec<u8> = "\u{FEFF}<DataSet/>".chars().flat_map(|one| u32::from(one).to_le_bytes()).collect();
    let utf_32_be: Vec<u8> =
        "\u{FEFF}<DataSet/>".chars().flat_map(|one| u32::from(one).to_be_bytes()).collect();
    for document in [&b""[..], b"\xFF\xFE", b"\xFE\xFF", b"\xEF\xBB\xBF", b"\xFF", &utf_32, &utf_32_be] {
        assert!(DataSet::from_xml(document, &Limits::default()).is_err(), "{document:x?}");
    }
}

proptest! {
    #[test]
    fn every_text_round_trips_in_every_encoding(
        text in proptest::collection::vec(any::<char>(), 0..30),
        number in 0..ALL.len(),
    ) {
        let text: String = text.into_iter().filter(|one| *one != '\0').collect();
        let written = one_text(&text).to_xml_with(ALL[number]);
        // What XML cannot carry is replaced.
        let carried = |one: char| !matches!(one, '\u{1}'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}'
            | '\u{FFFE}' | '\u{FFFF}');
        let expected: String = text.chars().map(|one| if carried(one) { one } else { '\u{FFFD}' }).collect();
        prop_assert_eq!(read_text(&written).unwrap(), expected);
    }

    #[test]
    fn damaged_utf_16_never_panics(
        text in "[<>/?!a-zé\u{1F50C} =\"]{0,40}",
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        is_big: bool,
    ) {
        let encoding = if is_big { TextEncoding::Utf16Be } else { TextEncoding::Utf16Le };
        let mut bytes = encoding.encode(&format!("\u{FEFF}<D>{text}</D>"));
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let _ = DataSet::from_xml(&bytes, &Limits::default());
    }
}
