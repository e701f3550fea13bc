use std::fmt::Write;

use proptest::prelude::*;

use super::super::{Column, ColumnType, DataSet, DataSetBuilder, Limits, MetadataError, Value, XmlProblem};
use crate::time::Ticks;

/// A document whose one table `T` has the given columns and content.
fn document(columns: &str, content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" standalone=\"yes\"?>\n<DataSet>\n\
         <xs:schema id=\"DataSet\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:msdata=\"urn:schemas-microsoft-com:xml-msdata\">\
         <xs:element name=\"DataSet\" msdata:IsDataSet=\"true\"><xs:complexType>\
         <xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">\
         <xs:element name=\"T\"><xs:complexType><xs:sequence>{columns}</xs:sequence></xs:complexType></xs:element>\
         </xs:choice></xs:complexType></xs:element></xs:schema>\n{content}\n</DataSet>"
    )
}

fn column(name: &str, schema_type: &str) -> String {
    format!("<xs:element name=\"{name}\" type=\"xs:{schema_type}\" minOccurs=\"0\" />")
}

fn read(document: &str) -> Result<DataSet, MetadataError> {
    DataSet::from_xml(document.as_bytes(), &Limits::default())
}

/// What one element `A` with the given content is read as.
fn read_cell(schema_type: &str, content: &str) -> Result<DataSet, MetadataError> {
    read(&document(&column("A", schema_type), &format!("<T>{content}</T>")))
}

fn problem(result: Result<DataSet, MetadataError>) -> (u32, u32, XmlProblem) {
    match result {
        Err(MetadataError::Xml { line, column, problem }) => (line, column, problem),
        other => panic!("expected a problem of the document, got {other:?}"),
    }
}

#[test]
fn each_type_is_read_and_written() {
    let cases: [(ColumnType, &str, Value<'_>); 15] = [
        (ColumnType::Boolean, "true", Value::Boolean(true)),
        (ColumnType::Int8, "-128", Value::Int(-128)),
        (ColumnType::Int16, "-32768", Value::Int(-32_768)),
        (ColumnType::Int32, "2147483647", Value::Int(2_147_483_647)),
        (ColumnType::Int64, "-9223372036854775808", Value::Int(i64::MIN)),
        (ColumnType::UInt8, "255", Value::Int(255)),
        (ColumnType::UInt16, "65535", Value::Int(65_535)),
        (ColumnType::UInt32, "4294967295", Value::Int(4_294_967_295)),
        (ColumnType::UInt64, "18446744073709551615", Value::UInt64(u64::MAX)),
        (ColumnType::Single, "1.5e-7", Value::Single(1.5e-7)),
        (ColumnType::Double, "-INF", Value::Double(f64::NEG_INFINITY)),
        (ColumnType::Decimal, "-89.80380", Value::Decimal(rust_decimal::Decimal::new(-8_980_380, 5))),
        (ColumnType::String, " a &lt;&amp;&gt; é ", Value::String(" a <&> é ")),
        (
            ColumnType::Guid,
            "e7a5235d-cb6f-4864-a96e-a8686f36e599",
            Value::Guid(uuid::uuid!("e7a5235d-cb6f-4864-a96e-a8686f36e599")),
        ),
        (ColumnType::DateTime, "1970-01-01T00:00:00.5Z", Value::DateTime(Ticks(621_355_968_005_000_000))),
    ];
    for (column_type, text, value) in cases {
        let mut builder = DataSetBuilder::new("DataSet");
        let table = builder.add_table("T", vec![Column::new("A", column_type)]).unwrap();
        builder.append_row(table).unwrap().set("A", value).unwrap();
        let written = String::from_utf8(builder.finish().to_xml()).unwrap();
        assert!(written.contains(&format!("<T><A>{text}</A></T>")), "{written}");
        let data_set = read(&written).unwrap();
        let table = data_set.table("T").unwrap();
        assert_eq!(table.columns()[0].column_type(), column_type);
        assert_eq!(table.value(0, 0), value);
        assert_eq!(data_set.unreadable_cells(), None);
    }
}

#[test]
fn absent_is_null_and_empty_is_empty() {
    let data_set = read(&document(&column("A", "string"), "<T/><T><A/></T><T><A></A></T>")).unwrap();
    let table = data_set.table("T").unwrap();
    assert_eq!(table.value(0, 0), Value::Null);
    assert_eq!(table.value(1, 0), Value::String(""));
    assert_eq!(table.value(2, 0), Value::String(""));
    let again = DataSet::from_xml(&data_set.to_xml(), &Limits::default()).unwrap();
    assert_eq!(again.table("T").unwrap().value(0, 0), Value::Null);
    assert_eq!(again.table("T").unwrap().value(1, 0), Value::String(""));
    assert_eq!(read_cell("int", "<A/>").unwrap().table("T").unwrap().value(0, 0), Value::Int(0));
}

#[test]
fn other_writers_forms_are_read() {
    for (schema_type, text, value) in [
        ("boolean", "1", Value::Boolean(true)),
        ("boolean", "False", Value::Boolean(false)),
        ("int", " 7\n", Value::Int(7)),
        ("dateTime", "1970-01-01T00:00:00.Z", Value::DateTime(Ticks::UNIX_EPOCH)),
        ("dateTime", "1969-12-31T18:00:00.0000000-06:00", Value::DateTime(Ticks::UNIX_EPOCH)),
        ("dateTime", "1970-01-01T00:00:00", Value::DateTime(Ticks::UNIX_EPOCH)),
        ("string", "a<!-- b -->c<![CDATA[<d>&amp;]]>&#x65;&#102;", Value::String("ac<d>&amp;ef")),
        ("string", "one\r\ntwo\rthree&#xD;", Value::String("one\ntwo\nthree\r")),
    ] {
        let data_set = read_cell(schema_type, &format!("<A>{text}</A>")).unwrap();
        assert_eq!(data_set.table("T").unwrap().value(0, 0), value, "{text}");
    }
}

#[test]
fn guid_columns_and_expressions_are_extension_attributes() {
    let columns = "<xs:element name=\"G\" msdata:DataType=\"System.Guid, mscorlib, Version=4.0.0.0\" type=\"xs:string\" />\
                   <xs:element name=\"E\" msdata:Expression=\"Len(G) &gt; 1\" type=\"xs:boolean\" />\
                   <xs:element name=\"L\"><xs:simpleType><xs:restriction base=\"xs:string\">\
                   <xs:maxLength value=\"20\" /></xs:restriction></xs:simpleType></xs:element>\
                   <xs:element name=\"X\" type=\"xs:base64Binary\" /><xs:element name=\"N_x0020_1\" type=\"xs:int\" />";
    let content =
        "<t><g>{E7A5235D-CB6F-4864-A96E-A8686F36E599}</g><X>AAAA</X><L>text</L><N_x0020_1>5</N_x0020_1></t>";
    let data_set = read(&document(columns, content)).unwrap();
    let table = data_set.table("T").unwrap();
    let columns: Vec<_> =
        table.columns().iter().map(|column| (column.name(), column.column_type())).collect();
    let expected = [
        ("G", ColumnType::Guid),
        ("E", ColumnType::Boolean),
        ("L", ColumnType::String),
        ("N 1", ColumnType::Int32),
    ];
    assert_eq!(columns, expected);
    assert_eq!(table.columns()[1].expression(), Some("Len(G) > 1"));
    assert_eq!(table.value(0, 0), Value::Guid(uuid::uuid!("e7a5235d-cb6f-4864-a96e-a8686f36e599")));
    assert_eq!(table.value(0, 2), Value::String("text"));
    assert_eq!(table.value(0, 3), Value::Int(5));
    let again = DataSet::from_xml(&data_set.to_xml(), &Limits::default()).unwrap();
    assert_eq!(again.table("T").unwrap().columns(), table.columns());
}

#[test]
fn unknown_tables_and_fields_are_ignored() {
    let content = "<Other><A>1</A></Other><T><B><A>2</A></B><A>3</A></T>";
    let data_set = read(&document(&column("A", "int"), content)).unwrap();
    assert_eq!(data_set.tables().len(), 1);
    assert_eq!(data_set.table("T").unwrap().row_count(), 1);
    assert_eq!(data_set.table("T").unwrap().value(0, 0), Value::Int(3));
    assert_eq!(read("<DataSet><T><A>1</A></T></DataSet>").unwrap().tables().len(), 0);
}

#[test]
fn utf_16_and_byte_order_marks_are_recognised() {
    let text = document(&column("A", "string"), "<T><A>é\u{1F50C}</A></T>")
        .replace("standalone=\"yes\"", "encoding=\"utf-16\" standalone=\"yes\"");
    let marked = format!("\u{FEFF}{text}");
    let little = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let big = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let forms = [
        text.clone().into_bytes(),
        marked.clone().into_bytes(),
        little(&text),
        little(&marked),
        big(&text),
        big(&marked),
    ];
    for bytes in forms {
        let data_set = DataSet::from_xml(&bytes, &Limits::default()).unwrap();
        assert_eq!(data_set.table("T").unwrap().value(0, 0), Value::String("é\u{1F50C}"));
    }
}

#[test]
fn broken_encodings_are_refused_with_their_place() {
    let utf_8 = b"<DataSet>\n  <T>\xC3\x28</T></DataSet>";
    let refused = problem(DataSet::from_xml(utf_8, &Limits::default()));
    assert_eq!(refused, (2, 6, XmlProblem::BrokenEncoding("UTF-8")));
    for utf_16 in [&b"\xFF\xFE<\0A\0\x00\xD8<\0"[..], b"\xFF\xFE<\0A\0/\0>\0x"] {
        let (_, _, refused) = problem(DataSet::from_xml(utf_16, &Limits::default()));
        assert_eq!(refused, XmlProblem::BrokenEncoding("UTF-16"));
    }
}

#[test]
fn unreadable_cells_are_null_and_reported() {
    let content = "<T><A>1</A></T>\n<T><A>300</A></T>\n<T><A>x</A></T>";
    let data_set = read(&document(&column("A", "unsignedByte"), content)).unwrap();
    let table = data_set.table("T").unwrap();
    assert_eq!(
        [table.value(0, 0), table.value(1, 0), table.value(2, 0)],
        [Value::Int(1), Value::Null, Value::Null]
    );
    let unreadable = data_set.unreadable_cells().unwrap();
    assert_eq!(unreadable.count, 2);
    assert_eq!(
        unreadable.first.to_string(),
        "metadata XML, line 5, column 10: T.A holds UInt8 values, not \"300\""
    );
}

#[test]
fn documents_that_are_not_well_formed_are_refused_with_their_place() {
    let unclosed = XmlProblem::Unclosed("T".into());
    let mismatched = XmlProblem::MismatchedTag { expected: "T".into(), found: "U".into() };
    let reference = |text: &str| XmlProblem::UnknownReference(text.into());
    for (text, line, column, expected) in [
        ("", 1, 1, XmlProblem::NoSingleRoot),
        ("<!-- only -->", 1, 14, XmlProblem::NoSingleRoot),
        ("<D>\n<T>", 2, 4, unclosed.clone()),
        ("<D>\n<T", 2, 1, unclosed),
        ("<D>\n <T></U></D>", 2, 5, mismatched),
        ("<!DOCTYPE D [<!ENTITY a \"b\">]><D>&a;</D>", 1, 1, XmlProblem::Doctype),
        ("<!DOCTYPE D SYSTEM \"http://example.com/\"><D/>", 1, 1, XmlProblem::Doctype),
    ] {
        assert_eq!(problem(read(text)), (line, column, expected), "{text}");
    }
    for (text, expected) in [
        ("&nbsp;", "nbsp"),
        ("&#0;", "#0"),
        ("&#xD800;", "#xD800"),
        ("&#x+41;", "#x+41"),
        ("&#99999999999;", "#99999999999"),
        ("&amp", "amp"),
    ] {
        let (line, _, refused) = problem(read_cell("string", &format!("<A>{text}</A>")));
        assert_eq!((line, refused), (4, reference(expected)), "{text}");
    }
    let (line, column, refused) = problem(read("<D>\n  <T a=b/></D>"));
    assert!(matches!(refused, XmlProblem::Syntax(_)), "{line} {column} {refused}");
    assert_eq!(line, 2);
}

#[test]
fn nothing_may_follow_the_root() {
    let passed = document(&column("A", "int"), "<T><A>1</A></T>");
    assert!(read(&format!("{passed} \n<!-- the end -->\n")).is_ok());
    for rest in ["x", "<![CDATA[x]]>", "<T/>", "<!DOCTYPE D>", "</DataSet>", "&amp;"] {
        let refused = read(&format!("{passed}{rest}"));
        assert!(matches!(refused, Err(MetadataError::Xml { .. })), "{rest}: {refused:?}");
    }
}

#[test]
fn limits_hold() {
    let refused = |limits: Limits, text: &str| match DataSet::from_xml(text.as_bytes(), &limits) {
        Err(MetadataError::Xml { problem: XmlProblem::TooMany { what, .. }, .. }) => what,
        Err(MetadataError::TooMany { what, .. }) => what,
        other => panic!("expected a limit to be passed, got {other:?}"),
    };
    let limits = Limits::default();
    let nested = "<D>".repeat(100_000);
    let rows = document(&column("A", "string"), &"<T><A>abc</A></T>".repeat(3));
    let columns = document(&[column("A", "int"), column("B", "int")].concat(), "");
    let mut attributes = String::from("<D");
    for number in 0..100 {
        write!(attributes, " a{number}=\"\"").unwrap();
    }
    attributes.push_str("/>");
    assert_eq!(refused(limits, &nested), "nested elements");
    assert_eq!(refused(limits, &attributes), "attributes");
    assert_eq!(refused(limits, &format!("<{}/>", "D".repeat(2_000))), "bytes in a name");
    assert_eq!(refused(Limits { rows: 2, ..limits }, &rows), "rows");
    assert_eq!(refused(Limits { cells: 2, ..limits }, &rows), "cells");
    assert_eq!(refused(Limits { text_bytes: 2, ..limits }, "<D><T a=\"bcd\"/></D>"), "bytes in a text");
    assert_eq!(refused(Limits { columns: 1, ..limits }, &columns), "columns");
    assert_eq!(refused(Limits { tables: 0, ..limits }, &rows), "tables");
    assert_eq!(refused(Limits { document_bytes: 10, ..limits }, &rows), "bytes in the document");
    // Long in pieces: each piece alone is within the limit, as are the namespaces of the schema.
    let piece = "0123456789".repeat(4);
    let pieces = document(&column("A", "string"), &format!("<T><A>{piece}<!-- -->{piece}</A></T>"));
    assert_eq!(refused(Limits { text_bytes: 60, ..limits }, &pieces), "bytes in a text");
    assert!(DataSet::from_xml(pieces.as_bytes(), &Limits { text_bytes: 80, ..limits }).is_ok());
}

#[test]
fn characters_that_xml_cannot_carry_are_replaced() {
    let mut builder = DataSetBuilder::new("DataSet");
    let table = builder.add_table("T", vec![Column::new("A", ColumnType::String)]).unwrap();
    builder.append_row(table).unwrap().set("A", "bell\u{7} \u{FFFE}\r\n\t\"'").unwrap();
    let data_set = DataSet::from_xml(&builder.finish().to_xml(), &Limits::default()).unwrap();
    assert_eq!(data_set.table("T").unwrap().value(0, 0), Value::String("bell\u{FFFD} \u{FFFD}\r\n\t\"'"));
}

/// A document written with every freedom that XML gives, and the texts that its cells have.
fn free_document() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ a-zA-Z0-9é\u{1F50C}'\"\n\t>=/]{1,8}"
            .prop_filter("not a section's end", |text| !text.contains("]]>")),
        Just("one\r\ntwo\rthree".to_owned()),
        Just("&amp;".to_owned()),
        Just("&lt;&gt;&quot;&apos;".to_owned()),
        Just("&#233;&#xE9;&#xD;".to_owned()),
        Just("<!-- a comment -->".to_owned()),
        Just("<?target data?>".to_owned()),
        "[ a-z&<>\n]{0,6}".prop_map(|text| format!("<![CDATA[{text}]]>")),
    ];
    let cell = proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat());
    let row = (proptest::option::of(cell.clone()), proptest::option::of(cell)).prop_map(|(first, second)| {
        let element = |name: &str, text: Option<String>| match text {
            Some(text) if text.is_empty() => format!("<{name}\n/>"),
            Some(text) => format!("<{name} x='1'>{text}</{name} >"),
            None => String::new(),
        };
        format!("<T>{}\n{}</T>", element("A", first), element("B", second))
    });
    proptest::collection::vec(row, 0..6)
        .prop_map(|rows| document(&[column("A", "string"), column("B", "string")].concat(), &rows.concat()))
}

/// The texts of the cells of `T` as another XML parser reads them.
fn texts_by_other_parser(text: &str) -> Vec<[Option<String>; 2]> {
    let parsed = roxmltree::Document::parse(text).unwrap();
    let rows = parsed.root_element().children().filter(|node| node.has_tag_name("T"));
    rows.map(|row| {
        ["A", "B"].map(|name| {
            let cell = row.children().find(|node| node.has_tag_name(name))?;
            Some(cell.children().filter(|node| node.is_text()).filter_map(|node| node.text()).collect())
        })
    })
    .collect()
}

fn texts(data_set: &DataSet) -> Vec<[Option<String>; 2]> {
    let table = data_set.table("T").unwrap();
    let cell = |row, column| table.value(row, column).as_str().map(str::to_owned);
    (0..table.row_count()).map(|row| [cell(row, 0), cell(row, 1)]).collect()
}

proptest! {
    #[test]
    fn reads_the_same_texts_as_another_parser(text in free_document()) {
        let data_set = read(&text).unwrap();
        prop_assert_eq!(texts(&data_set), texts_by_other_parser(&text));
        let written = String::from_utf8(data_set.to_xml()).unwrap();
        prop_assert_eq!(texts(&data_set), texts_by_other_parser(&written));
        prop_assert_eq!(texts(&data_set), texts(&read(&written).unwrap()));
    }

    #[test]
    fn mutated_documents_never_panic(
        text in free_document(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..8),
    ) {
        let mut bytes = text.into_bytes();
        for (place, byte, change) in changes {
            let place = place.index(bytes.len());
            match change {
                0 => bytes[place] = byte,
                1 => bytes.insert(place, byte),
                _ => bytes.truncate(place.max(1)),
            }
        }
        let _ = DataSet::from_xml(&bytes, &Limits::default());
    }

    #[test]
    fn arbitrary_markup_never_panics(text in "[<>/!?\\[\\]\"'=&;#x:a -é\u{FEFF}]{0,60}") {
        let accepted = read(&text).is_ok();
        // What the reader accepts beyond that parser are undeclared prefixes and doubled attributes,
        // never a different structure; what it refuses beyond it, nothing.
        if roxmltree::Document::parse(&text).is_ok() {
            prop_assert!(accepted);
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = DataSet::from_xml(&bytes, &Limits::default());
    }
}
