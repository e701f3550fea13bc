//! Documents that are broken, or that try to cost more than they are long.

use std::fmt::Write;

use super::*;

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
        ("<!DOCTYPE D [<!ENTITY a \"b\">]><D>&a;</D>", 1, 1, XmlProblem::Doctype("D".into())),
        ("<!DOCTYPE D SYSTEM \"http://example.com/\"><D/>", 1, 1, XmlProblem::Doctype("D".into())),
    ] {
        assert_eq!(problem(read(text)), (line, column, expected), "{text}");
    }
    for (text, expected) in [
        ("&nbsp;", "nbsp"),
        ("&#x110000;", "#x110000"),
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
fn entities_cannot_be_defined() {
    let laughs = (1..10).fold(String::from("<!ENTITY e0 \"ha\">"), |definitions, level| {
        let references = format!("&e{};", level - 1).repeat(10);
        format!("{definitions}<!ENTITY e{level} \"{references}\">")
    });
    for definitions in [
        format!(" [{laughs}]"),
        " [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]".into(),
        " [<!ENTITY x SYSTEM \"file:///etc/passwd\">]".into(),
        " [<!ELEMENT D ANY><!ATTLIST D a CDATA \"b\">]".into(),
        " PUBLIC \"-//x//EN\" \"http://example.com/d.dtd\"".into(),
        String::new(),
    ] {
        let text = format!("<?xml version=\"1.0\"?>\n<!DOCTYPE D{definitions}>\n<D>&e9;&x;</D>");
        assert_eq!(problem(read(&text)), (2, 1, XmlProblem::Doctype("D".into())), "{text}");
    }
    // Without a definition a reference means nothing, wherever it stands.
    let undefined = XmlProblem::UnknownReference("e9".into());
    assert_eq!(problem(read_cell("string", "<A>&e9;</A>")).2, undefined);
    let expression = "<xs:element name=\"A\" msdata:Expression=\"&e9;\" type=\"xs:int\" />";
    assert_eq!(problem(read(&document(expression, ""))).2, undefined);
}

#[test]
fn nesting_is_limited_wherever_it_is() {
    const LEVELS: usize = 200_000;
    let deep = |name: &str| format!("<{name}>").repeat(LEVELS);
    let row = |content: String| document(&column("A", "string"), &content);
    for text in [
        deep("D"),
        row(deep("Unknown")),
        row(deep("T")),
        row(format!("<T>{}", deep("A"))),
        row(format!("<T>{}", deep("Unknown"))),
        document(&deep("xs:sequence"), ""),
        document(&deep("xs:element"), ""),
        document(&format!("<xs:element name=\"B\">{}", deep("xs:simpleType")), ""),
        format!("<D><xs:schema xmlns:xs=\"x\">{}", deep("xs:choice")),
    ] {
        let too_deep = XmlProblem::TooMany { what: "nested elements", limit: Limits::default().depth };
        assert_eq!(problem(read(&text)).2, too_deep, "{}", &text[..100]);
    }
}

#[test]
fn announced_sizes_are_not_believed() {
    let columns = "<xs:element name=\"A\" minOccurs=\"18446744073709551616\"><xs:simpleType>\
                   <xs:restriction base=\"xs:string\"><xs:maxLength value=\"99999999999999999999\" />\
                   </xs:restriction></xs:simpleType></xs:element>";
    let text = document(columns, "<T><A>x</A></T>").replace("\"unbounded\"", "\"4294967296000\"");
    assert_eq!(read(&text).unwrap().table("T").unwrap().value(0, 0), Value::String("x"));
}

#[test]
fn the_size_of_a_text_counts_after_references_are_resolved() {
    // The namespaces of the schema are texts too.
    let limits = Limits { text_bytes: 40, ..Limits::default() };
    let read = |cell: &str| {
        let text = document(&column("A", "string"), &format!("<T><A>{cell}</A></T>"));
        DataSet::from_xml(text.as_bytes(), &limits)
    };
    assert!(read(&"&#x10FFFF;".repeat(10)).is_ok());
    let too_long = XmlProblem::TooMany { what: "bytes in a text", limit: 40 };
    assert_eq!(problem(read(&"&#x10FFFF;".repeat(11))).2, too_long);
    assert_eq!(problem(read(&"<![CDATA[abcdefgh]]>".repeat(6))).2, too_long);
}
