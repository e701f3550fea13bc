//! The reader and the writer of data sets.

mod differential;
mod dirty;
mod encodings;
mod hostile;
mod schema;

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
        (
            ColumnType::DateTime,
            "1970-01-01T00:00:00.5+00:00",
            Value::DateTime(Ticks(621_355_968_005_000_000)),
        ),
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
        assert!(data_set.findings().is_empty());
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
        assert!(data_set.findings().is_empty(), "{}", data_set.findings());
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
fn characters_that_xml_cannot_carry_are_replaced() {
    let mut builder = DataSetBuilder::new("DataSet");
    let table = builder.add_table("T", vec![Column::new("A", ColumnType::String)]).unwrap();
    builder.append_row(table).unwrap().set("A", "bell\u{7} \u{FFFE}\r\n\t\"'").unwrap();
    let data_set = DataSet::from_xml(&builder.finish().to_xml(), &Limits::default()).unwrap();
    assert_eq!(data_set.table("T").unwrap().value(0, 0), Value::String("bell\u{FFFD} \u{FFFD}\r\n\t\"'"));
}
