//! The form of the written schema, as the readers of other implementations need it.
//!
//! None of them runs here. What is checked are facts of the format: .NET's `DataSet` takes a document for
//! a data set by `msdata:IsDataSet` on the element of that name and a GUID column by `msdata:DataType`;
//! the C++ implementation finds a table only along first children, with both namespaces declared on the
//! schema's element; the Go and Python ones compare `id` with the name of the root.

use super::*;

const XML_SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";
const EXTENSION: &str = "urn:schemas-microsoft-com:xml-msdata";

const TYPES: [(ColumnType, &str); 15] = [
    (ColumnType::Boolean, "xs:boolean"),
    (ColumnType::Int8, "xs:byte"),
    (ColumnType::Int16, "xs:short"),
    (ColumnType::Int32, "xs:int"),
    (ColumnType::Int64, "xs:long"),
    (ColumnType::UInt8, "xs:unsignedByte"),
    (ColumnType::UInt16, "xs:unsignedShort"),
    (ColumnType::UInt32, "xs:unsignedInt"),
    (ColumnType::UInt64, "xs:unsignedLong"),
    (ColumnType::Single, "xs:float"),
    (ColumnType::Double, "xs:double"),
    (ColumnType::Decimal, "xs:decimal"),
    (ColumnType::String, "xs:string"),
    (ColumnType::Guid, "xs:string"),
    (ColumnType::DateTime, "xs:dateTime"),
];

/// Two tables with a column of each type and a computed one.
fn written() -> String {
    let mut builder = DataSetBuilder::new("Root Name");
    for name in ["First", "Second Table"] {
        let mut columns: Vec<Column> =
            TYPES.iter().map(|(column_type, _)| Column::new(column_type.to_string(), *column_type)).collect();
        columns.push(Column::computed("Sum", ColumnType::Int32, "Int8 + \"<&>\""));
        let table = builder.add_table(name, columns).unwrap();
        builder.append_row(table).unwrap().set("Guid", uuid::Uuid::from_u128(10)).unwrap();
    }
    String::from_utf8(builder.finish().to_xml()).unwrap()
}

/// The first child element, which must have that name in the namespace of schemas.
fn first_child<'n>(node: roxmltree::Node<'n, 'n>, name: &str) -> roxmltree::Node<'n, 'n> {
    let first = node.first_element_child().unwrap();
    assert!(first.has_tag_name((XML_SCHEMA, name)), "{:?}", first.tag_name());
    first
}

#[test]
fn the_schema_is_found_by_every_reader() {
    let text = written();
    let document = roxmltree::Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!((root.tag_name().name(), root.tag_name().namespace()), ("Root_x0020_Name", None));
    assert!(root.namespaces().all(|namespace| namespace.name() == Some("xml")), "no namespaces on the root");

    let schema = first_child(root, "schema");
    assert_eq!(schema.attribute("id"), Some("Root_x0020_Name"));
    let start = &text[schema.range()];
    let start = &start[..start.find('>').unwrap()];
    for namespace in [XML_SCHEMA, EXTENSION] {
        assert!(start.contains(namespace), "declared on the schema's element: {start}");
    }
    let data_set = first_child(schema, "element");
    assert_eq!(data_set.attribute("name"), Some("Root_x0020_Name"));
    assert_eq!(data_set.attribute((EXTENSION, "IsDataSet")), Some("true"));
    let choice = first_child(first_child(data_set, "complexType"), "choice");
    assert_eq!(
        (choice.attribute("minOccurs"), choice.attribute("maxOccurs")),
        (Some("0"), Some("unbounded"))
    );
    let tables: Vec<_> = choice.children().filter(roxmltree::Node::is_element).collect();
    let names: Vec<_> = tables.iter().map(|table| table.attribute("name").unwrap()).collect();
    assert_eq!(names, ["First", "Second_x0020_Table"]);
}

#[test]
fn columns_have_the_types_of_the_format() {
    let text = written();
    let document = roxmltree::Document::parse(&text).unwrap();
    let schema = first_child(document.root_element(), "schema");
    let choice = first_child(first_child(first_child(schema, "element"), "complexType"), "choice");
    for table in choice.children().filter(roxmltree::Node::is_element) {
        let sequence = first_child(first_child(table, "complexType"), "sequence");
        let columns: Vec<_> = sequence.children().filter(roxmltree::Node::is_element).collect();
        assert_eq!(columns.len(), TYPES.len() + 1);
        for (column, (column_type, schema_type)) in columns.iter().zip(TYPES) {
            assert!(column.has_tag_name((XML_SCHEMA, "element")));
            assert_eq!(column.attribute("name"), Some(column_type.to_string().as_str()));
            assert_eq!(column.attribute("type"), Some(schema_type));
            // Without it .NET refuses rows in which the column is null.
            assert_eq!(column.attribute("minOccurs"), Some("0"));
            let guid = (column_type == ColumnType::Guid).then_some("System.Guid");
            assert_eq!(column.attribute((EXTENSION, "DataType")), guid);
            assert_eq!(column.attribute((EXTENSION, "Expression")), None);
        }
        let computed = columns.last().unwrap();
        assert_eq!(computed.attribute((EXTENSION, "Expression")), Some("Int8 + \"<&>\""));
    }
}

#[test]
fn rows_hold_what_is_not_null_and_nothing_computed() {
    let text = written();
    let document = roxmltree::Document::parse(&text).unwrap();
    let rows = document.root_element().children().filter(roxmltree::Node::is_element).skip(1);
    let rows: Vec<_> = rows
        .map(|row| {
            let cells = row.children().filter(roxmltree::Node::is_element);
            let cells: Vec<_> = cells.map(|cell| (cell.tag_name().name(), cell.text())).collect();
            (row.tag_name().name(), cells)
        })
        .collect();
    let cells = vec![("Guid", Some("00000000-0000-0000-0000-00000000000a"))];
    assert_eq!(rows, [("First", cells.clone()), ("Second_x0020_Table", cells)]);
}
