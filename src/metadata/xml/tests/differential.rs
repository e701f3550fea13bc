//! The reader beside another XML parser, on documents that use every freedom of XML, whole and damaged.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::*;

/// Reads without computing columns, of which the other parser knows nothing.
fn read(document: &str) -> Result<DataSet, MetadataError> {
    DataSet::read_xml(document.as_bytes(), &Limits::default())
}

/// Well-formed, but no data set.
fn is_no_data_set(error: &MetadataError) -> bool {
    use XmlProblem::{NoDataSet, NothingDefined};
    matches!(error, MetadataError::Xml { problem: NoDataSet { .. } | NothingDefined { .. }, .. })
}

/// What a document means: of each table its name, of each column its name and expression, and of each
/// row the texts of its cells.
type Meaning = Vec<(String, Vec<(String, Option<String>)>, Vec<Vec<Option<String>>>)>;

fn meaning(data_set: &DataSet) -> Meaning {
    let table_meaning = |table: &crate::metadata::Table| {
        let columns = table.columns().iter();
        let columns: Vec<_> =
            columns.map(|one| (one.name().to_owned(), one.expression().map(str::to_owned))).collect();
        let cell = |row, column| table.value(row, column).as_str().map(str::to_owned);
        let row = |row| (0..columns.len()).map(|column| cell(row, column)).collect();
        let rows = (0..table.row_count()).map(row).collect();
        (table.name().to_owned(), columns, rows)
    };
    data_set.tables().map(table_meaning).collect()
}

/// Values of computed columns are not written.
fn remove_computed_cells(meaning: &mut Meaning) {
    for (_, columns, rows) in meaning {
        for row in rows {
            let cells = row.iter_mut().zip(&*columns);
            cells.filter(|(_, (_, expression))| expression.is_some()).for_each(|(cell, _)| *cell = None);
        }
    }
}

/// The other parser keeps a carriage return that a reference follows.
fn one_line_end(mut meaning: Meaning) -> Meaning {
    let cells = meaning.iter_mut().flat_map(|(_, _, rows)| rows).flatten().flatten();
    cells.for_each(|text| *text = text.replace('\r', "\n"));
    meaning
}

/// The same, as another parser reads the document; `None` when its names make no data set.
fn meaning_by_other_parser(document: &roxmltree::Document<'_>) -> Option<Meaning> {
    let named = |name: &'static str| move |node: &roxmltree::Node<'_, '_>| node.tag_name().name() == name;
    let attribute = |node: &roxmltree::Node<'_, '_>, name: &str| {
        let found = node.attributes().find(|attribute| attribute.name() == name);
        found.map(|attribute| attribute.value().to_owned())
    };
    let is_text = |column: &roxmltree::Node<'_, '_>| {
        attribute(column, "type").is_some_and(|name| name.rsplit(':').next() == Some("string"))
    };
    let root = document.root_element();
    let schema = root.children().find(named("schema"));
    let defined = schema.into_iter().flat_map(|schema| definitions(schema)).flat_map(definitions);
    let mut tables: Meaning = Vec::new();
    for table in defined {
        let Some(name) = attribute(&table, "name") else { continue };
        let columns: Vec<_> = definitions(table)
            .into_iter()
            .filter(is_text)
            .filter_map(|column| Some((attribute(&column, "name")?, attribute(&column, "Expression"))))
            .collect();
        let plain = |name: &String| !name.is_empty() && !name.contains("_x");
        let repeated = |known: &str| tables.iter().any(|(name, ..)| name.eq_ignore_ascii_case(known));
        let mut names = columns.iter().map(|(name, _)| name).chain([&name]);
        let is_refused = !names.all(plain) || repeated(&name) || has_equal_names(&columns);
        drop(names);
        if is_refused {
            return None;
        }
        tables.push((name, columns, Vec::new()));
    }
    let is_row = |node: &roxmltree::Node<'_, '_>| node.is_element() && Some(*node) != schema;
    for row in root.children().filter(is_row) {
        let name = row.tag_name().name();
        let table = tables.iter_mut().find(|(known, ..)| known.eq_ignore_ascii_case(name));
        let Some((_, columns, rows)) = table else { continue };
        let mut cells = vec![None; columns.len()];
        for cell in row.children().filter(roxmltree::Node::is_element) {
            let name = cell.tag_name().name();
            if let Some(column) = columns.iter().position(|(known, _)| known.eq_ignore_ascii_case(name)) {
                let texts = cell.children().filter(roxmltree::Node::is_text);
                cells[column] = Some(texts.filter_map(|text| text.text()).collect());
            }
        }
        rows.push(cells);
    }
    Some(tables)
}

/// Two columns of a table have the same name.
fn has_equal_names(columns: &[(String, Option<String>)]) -> bool {
    let mut names: Vec<String> = columns.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    names.windows(2).any(|pair| pair[0] == pair[1])
}

/// The `element`s below a node of a schema that are not in another one.
fn definitions<'n>(node: roxmltree::Node<'n, 'n>) -> Vec<roxmltree::Node<'n, 'n>> {
    let children = node.children().filter(roxmltree::Node::is_element);
    let found = children.map(|child| match child.tag_name().name() {
        "element" => vec![child],
        "complexType" | "choice" | "sequence" | "all" => definitions(child),
        _ => Vec::new(),
    });
    found.collect::<Vec<_>>().concat()
}

/// Text with everything that may stand in it.
fn content() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ a-zA-Z0-9é\u{1F50C}'\"\n\t>=/]{1,8}"
            .prop_filter("not a section's end", |text| !text.contains("]]>")),
        Just("one\r\ntwo\rthree".to_owned()),
        Just("&amp;".to_owned()),
        Just("&lt;&gt;&quot;&apos;".to_owned()),
        Just("&#233;&#xE9;&#xD;&#x1F50C;".to_owned()),
        Just("<!-- a comment -->".to_owned()),
        Just("<?target data?>".to_owned()),
        Just("<b>not <i>of</i> the text</b>".to_owned()),
        "[ a-z&<>\n]{0,6}".prop_map(|text| format!("<![CDATA[{text}]]>")),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// A row of a table or of something unknown, whose fields come in any number and order.
fn row() -> impl Strategy<Value = String> {
    let field = (select(vec!["A", "B", "a", "C", "x:A", "Unknown"]), content(), any::<bool>()).prop_map(
        |(name, text, empty)| match (text.is_empty(), empty) {
            (true, true) => format!("<{name}\n/>"),
            _ => format!("<{name} x='1' >{text}</{name}\t>"),
        },
    );
    let fields = proptest::collection::vec((field, select(vec!["", "\n  ", "text", "<!---->"])), 0..4);
    let name = select(vec!["T", "t", "U", "Unknown", "x:T"]);
    (name, fields).prop_map(|(name, fields)| {
        let fields: String = fields.into_iter().map(|(field, between)| between.to_owned() + &field).collect();
        format!("<{name}>{fields}</{name}>")
    })
}

fn free_document() -> impl Strategy<Value = String> {
    let expression = "([ a-zA-Z0-9é>'\n\t]|&amp;|&lt;|&#10;|&#x9;|\r\n){0,12}";
    (proptest::collection::vec(row(), 0..6), expression).prop_map(|(rows, expression)| {
        let computed = format!("<xs:element name=\"C\" msdata:Expression=\"{expression}\" type=\"xs:string\"/>");
        let second = format!(
            "</xs:sequence></xs:complexType></xs:element><xs:element name='U'><xs:complexType><xs:sequence>{}",
            column("B", "string")
        );
        document(&[column("A", "string"), computed, column("B", "string"), second].concat(), &rows.concat())
            .replace("<DataSet>", "<DataSet xmlns:x=\"urn:x\">")
    })
}

/// What this reader accepts and the other does not. It reads only what it needs, so that references in
/// texts nobody asks for are not looked at, and namespaces and repeated attributes do not matter to it.
fn is_leniency(error: &roxmltree::Error) -> bool {
    use roxmltree::Error;
    matches!(
        error,
        Error::UnknownNamespace(..)
            | Error::DuplicatedAttribute(..)
            | Error::DuplicatedNamespace(..)
            | Error::InvalidElementNamePrefix(_)
            | Error::UnknownEntityReference(..)
            | Error::MalformedEntityReference(_)
    )
}

proptest! {
    #[test]
    fn reads_what_another_parser_reads(text in free_document()) {
        let data_set = read(&text).unwrap();
        let mut expected = meaning(&data_set);
        let other = roxmltree::Document::parse(&text).unwrap();
        prop_assert_eq!(Some(expected.clone()), meaning_by_other_parser(&other));
        let written = String::from_utf8(data_set.to_xml()).unwrap();
        remove_computed_cells(&mut expected);
        prop_assert_eq!(&expected, &meaning(&read(&written).unwrap()));
        let other = roxmltree::Document::parse(&written).unwrap();
        prop_assert_eq!(Some(expected.clone()), meaning_by_other_parser(&other));
    }

    #[test]
    fn damaged_documents_mean_the_same_to_both_or_nothing(
        text in free_document(),
        changes in proptest::collection::vec(
            (any::<Index>(), "[<>/!?\\[\\]\"'=&;#x:aAT\\-\n \r]{0,3}", 0..4_usize), 1..4,
        ),
    ) {
        // The two differ in how much of a declaration they check.
        let (declaration, rest) = text.split_once("?>").unwrap();
        let mut characters: Vec<char> = rest.chars().collect();
        for (place, inserted, removed) in changes {
            let place = place.index(characters.len());
            let end = characters.len().min(place + removed);
            characters.splice(place..end, inserted.chars());
        }
        let text = format!("{declaration}?>{}", String::from_iter(characters));
        match (read(&text), roxmltree::Document::parse(&text)) {
            (Ok(data_set), Ok(other)) => {
                if let Some(expected) = meaning_by_other_parser(&other) {
                    prop_assert_eq!(one_line_end(meaning(&data_set)), one_line_end(expected), "{}", text);
                }
            }
            (Ok(_), Err(error)) => prop_assert!(is_leniency(&error), "accepted in spite of {error}: {text}"),
            (Err(MetadataError::Xml { problem: XmlProblem::Content(_), .. }), Ok(_)) => {}
            // The number of no character means one to the other parser.
            (Err(MetadataError::Xml { problem: XmlProblem::UnknownReference(reference), .. }), Ok(_))
                if reference.starts_with('#') => {}
            (Err(error), Ok(_)) => prop_assert!(is_no_data_set(&error), "refused with {error}: {text}"),
            (Err(_), Err(_)) => {}
        }
    }

    #[test]
    fn damaged_bytes_never_panic(
        text in free_document(),
        changes in proptest::collection::vec((any::<Index>(), any::<u8>(), 0..3_u8), 1..8),
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
    fn arbitrary_markup_is_accepted_when_another_parser_accepts_it(
        text in "[<>/!?\\[\\]\"'=&;#x:a -é\u{FEFF}]{0,60}",
    ) {
        match (read(&text), roxmltree::Document::parse(&text)) {
            (Err(error), Ok(_)) => prop_assert!(is_no_data_set(&error), "refused with {error}: {text}"),
            (Ok(_), Err(error)) => prop_assert!(is_leniency(&error), "accepted in spite of {error}: {text}"),
            _ => {}
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = DataSet::from_xml(&bytes, &Limits::default());
    }
}
