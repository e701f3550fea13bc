//! Documents that are not as they should be: what can be read is read, and the rest is told with its place.

use super::super::super::{FindingKind, FindingProblem, Metadata};
use super::*;

fn findings(data_set: &DataSet) -> Vec<String> {
    data_set.findings().iter().map(ToString::to_string).collect()
}

/// A document of the standard table of measurements whose column `Enabled` has the given type.
fn measurements(enabled_type: &str, rows: &str) -> String {
    let columns = [column("PointTag", "string"), column("Enabled", enabled_type)].concat();
    document(&columns, rows).replace("\"T\"", "\"MeasurementDetail\"").replace("T>", "MeasurementDetail>")
}

#[test]
fn what_cannot_be_read_is_null_and_told() {
    let content = "<T><A>1</A></T>\n<T><A>300</A></T>\n<T><A>x</A></T>";
    let data_set = read(&document(&column("A", "unsignedByte"), content)).unwrap();
    let table = data_set.table("T").unwrap();
    let values = [0, 1, 2].map(|row| table.value(row, 0));
    assert_eq!(values, [Value::Int(1), Value::Null, Value::Null]);
    let expected = [
        "T, row 1, A (line 5, column 7): \"300\" is no UInt8 value: the cell is null",
        "T, row 2, A (line 6, column 7): \"x\" is no UInt8 value: the cell is null",
    ];
    assert_eq!(findings(&data_set), expected);
    assert_eq!(data_set.findings().count_of(FindingKind::Unreadable), 2);
}

#[test]
fn forms_that_mean_one_value_are_read_and_told() {
    for (schema_type, text, value, told) in [
        ("boolean", "yes", Value::Boolean(true), "true"),
        ("boolean", "No", Value::Boolean(false), "false"),
        ("boolean", "-1", Value::Boolean(true), "true"),
        ("boolean", "Y", Value::Boolean(true), "true"),
        ("boolean", "off", Value::Boolean(false), "false"),
        ("int", "29.97", Value::Int(30), "30"),
        ("int", "-29.5", Value::Int(-30), "-30"),
        ("int", "3e1", Value::Int(30), "30"),
        ("unsignedLong", "18446744073709551614.9", Value::UInt64(u64::MAX), "18446744073709551615"),
        (
            "dateTime",
            "1/2/1970 12:00:00 AM",
            Value::DateTime(Ticks(621_356_832_000_000_000)),
            "1970-01-02T00:00:00Z",
        ),
        ("dateTime", "13.1.1970", Value::DateTime(Ticks(621_366_336_000_000_000)), "1970-01-13T00:00:00Z"),
    ] {
        let data_set = read_cell(schema_type, &format!("<A> {text} </A>")).unwrap();
        let table = data_set.table("T").unwrap();
        assert_eq!(table.value(0, 0), value, "{text}");
        let expected = table.columns()[0].column_type();
        let told = format!(
            "T, row 0, A (line 4, column 7): {:?} is not how XML writes a {expected} value: it is read as {told}",
            format!(" {text} "),
        );
        assert_eq!(findings(&data_set), [told]);
    }
    for (schema_type, text) in [
        ("int", "2147483647.5"),
        ("int", "1,5"),
        ("boolean", "maybe"),
        ("dateTime", "1/1/20"),
        ("unsignedByte", "-1"),
    ] {
        let data_set = read_cell(schema_type, &format!("<A>{text}</A>")).unwrap();
        assert_eq!(data_set.table("T").unwrap().value(0, 0), Value::Null, "{text}");
        assert_eq!(data_set.findings().count_of(FindingKind::Unreadable), 1, "{text}");
    }
}

#[test]
fn signals_do_not_vanish_because_enabled_cannot_be_read() {
    let rows = ["true", "yes", "maybe", "0", "no", ""]
        .map(|enabled| format!("<T><PointTag>{enabled}</PointTag><Enabled>{enabled}</Enabled></T>"));
    let rows = rows.concat() + "<T><PointTag>null</PointTag></T>";
    for (enabled_type, also) in [("boolean", None), ("string", Some("")), ("dateTime", None)] {
        let metadata = Metadata::new(read(&measurements(enabled_type, &rows)).unwrap());
        let active = metadata.active_measurements().table();
        let column = active.column_index("PointTag").unwrap();
        let tags: Vec<_> =
            (0..active.row_count()).filter_map(|row| active.value(row, column).as_str()).collect();
        if enabled_type != "dateTime" {
            let expected: Vec<&str> = ["true", "yes", "maybe"].into_iter().chain(also).collect();
            assert_eq!(tags, expected, "{enabled_type}");
        }
        let told = metadata.validate().iter().any(|finding| {
            finding.row == Some(2)
                && finding.column == "Enabled"
                && finding.problem.to_string().contains("maybe")
        });
        assert!(told, "{enabled_type}: {}", metadata.validate());
    }
}

#[test]
fn rates_are_not_lost_whatever_type_they_have() {
    let columns =
        |schema_type| [column("Acronym", "string"), column("FramesPerSecond", schema_type)].concat();
    for (schema_type, text, rate) in [
        ("int", "29.97", Some(30)),
        ("double", "29.97", Some(30)),
        ("float", "29.97", Some(30)),
        ("decimal", "59.94", Some(60)),
        ("string", " 29.97 ", Some(30)),
        ("string", "fast", None),
        ("double", "INF", None),
    ] {
        let row = format!("<T><Acronym>A</Acronym><FramesPerSecond>{text}</FramesPerSecond></T>");
        let xml = document(&columns(schema_type), &row);
        let xml = xml.replace("\"T\"", "\"DeviceDetail\"").replace("T>", "DeviceDetail>");
        let metadata = Metadata::new(read(&xml).unwrap());
        assert_eq!(metadata.device(0).unwrap().frames_per_second(), rate, "{schema_type} {text}");
        let unreadable = metadata.validate().count_of(FindingKind::Unreadable);
        assert_eq!(unreadable, usize::from(rate.is_none()), "{schema_type} {text}");
    }
}

#[test]
fn what_the_schema_does_not_define_is_left_out_and_told() {
    let content = "<Other><A>1</A></Other>\n<T><B><A>2</A></B><A>3</A></T>";
    let columns = [column("A", "int"), "<xs:element name=\"X\" type=\"xs:base64Binary\" />".into()].concat();
    let data_set = read(&document(&columns, content)).unwrap();
    assert_eq!(data_set.tables().len(), 1);
    assert_eq!(data_set.table("T").unwrap().row_count(), 1);
    assert_eq!(data_set.table("T").unwrap().value(0, 0), Value::Int(3));
    let told = findings(&data_set);
    assert!(told[0].starts_with("T, X (line 3, column "), "{told:?}");
    assert!(
        told[0].ends_with("\"xs:base64Binary\" is no supported type: the column is left out"),
        "{told:?}"
    );
    let rest = [
        "Other (line 4, column 1): the schema defines no such table, at least not before this row: it is left out",
        "T, row 0, B (line 5, column 4): the schema defines no such column: the field is left out",
    ];
    assert_eq!(told[1..], rest);
}

#[test]
fn references_to_characters_that_xml_does_not_have_are_all_read_alike() {
    for code in ["0", "x0", "1", "x1F", "11", "xD800", "57343", "xFFFE", "xFFFF"] {
        let data_set = read_cell("string", &format!("<A>a&#{code};b</A>")).unwrap();
        assert_eq!(data_set.table("T").unwrap().value(0, 0), Value::String("a\u{FFFD}b"), "{code}");
        let [finding] = &data_set.findings().iter().collect::<Vec<_>>()[..] else { panic!("{code}") };
        assert_eq!(finding.problem, FindingProblem::ForbiddenCharacter { reference: format!("#{code}") });
        let split = read_cell("string", &format!("<A><![CDATA[a]]>&#{code};b</A>")).unwrap();
        assert_eq!(split.table("T").unwrap().value(0, 0), Value::String("a\u{FFFD}b"), "{code}");
        assert_eq!(split.findings().count(), 1);
    }
    let allowed = read_cell("string", "<A>&#9;&#xA;&#13;&#xFFFD;&#x10FFFF;</A>").unwrap();
    assert_eq!(allowed.table("T").unwrap().value(0, 0), Value::String("\t\n\r\u{FFFD}\u{10FFFF}"));
    assert!(allowed.findings().is_empty());
}

#[test]
fn what_is_no_metadata_is_refused() {
    let refused = |text: &str| problem(read(text));
    let no_data_set = |root: &str, text: &str| XmlProblem::NoDataSet { root: root.into(), text: text.into() };
    assert_eq!(
        refused("<html><body>404 Not\n Found</body></html>"),
        (1, 1, no_data_set("html", "404 Not Found"))
    );
    assert_eq!(refused("\n<HTML><p>unclosed").2, no_data_set("HTML", "unclosed"));
    assert_eq!(refused("<!DOCTYPE html><html></html>").2, XmlProblem::Doctype("html".into()));
    assert_eq!(refused("<Error/>").2, no_data_set("Error", ""));
    assert_eq!(refused("<DataSet>none</DataSet>").2, no_data_set("DataSet", "none"));
    for empty in ["<DataSet/>", "<NewDataSet>\n</NewDataSet>"] {
        assert_eq!(read(empty).unwrap().tables().len(), 0, "nothing is lost of {empty}");
    }
    assert_eq!(refused("\n<DataSet><T><A>1</A></T></DataSet>"), (2, 1, no_data_set("DataSet", "1")));
    assert_eq!(
        refused("<Error>it failed</Error>").2.to_string(),
        "the document is no metadata: its root element \"Error\" has no schema; it begins \"it failed\""
    );
    assert_eq!(
        refused("<D><x:schema xmlns:x='y'><x:element name='D'/></x:schema><U><A>1</A></U><V/></D>").2,
        XmlProblem::NothingDefined { rows: 2 }
    );
    assert!(
        read(&document(&column("A", "int"), "")).is_ok(),
        "a schema without rows says that there are none"
    );
}

#[test]
fn many_findings_take_no_long_counting_of_lines() {
    let rows = "<T><A>x</A><B/><C>1</C></T>".repeat(20_000);
    let data_set = read(&document(&column("A", "int"), &(rows + "<U/>"))).unwrap();
    assert_eq!(data_set.findings().count(), 60_001);
    let last = data_set.findings().iter().last().unwrap();
    assert_eq!(last.place.unwrap().line, 4);
    assert_eq!(last.place.unwrap().column, 27 * 20_000 + 1);
}
