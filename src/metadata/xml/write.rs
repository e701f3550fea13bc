//! A data set to a document.

use std::fmt::Write;

use super::super::data_set::{Column, DataSet, Table};
use super::super::value::{ColumnType, Value};
use super::names::encode_name;
use super::schema::schema_type;
use crate::wire::TextEncoding;

pub(super) fn write_data_set(data_set: &DataSet, encoding: TextEncoding) -> Vec<u8> {
    let mut document = Document(String::new());
    match encoding {
        TextEncoding::Utf8 => document.declare(""),
        TextEncoding::Utf16Le | TextEncoding::Utf16Be => {
            document.0.push('\u{FEFF}');
            document.declare(" encoding=\"utf-16\"");
        }
    }
    document.write(data_set);
    match encoding {
        TextEncoding::Utf8 => document.0.into_bytes(),
        _ => encoding.encode(&document.0),
    }
}

struct Document(String);

impl Document {
    fn declare(&mut self, encoding: &str) {
        self.element(&["<?xml version=\"1.0\"", encoding, " standalone=\"yes\"?>\n"]);
    }

    fn write(&mut self, data_set: &DataSet) {
        let root = match data_set.name() {
            "" => "DataSet".into(),
            name => encode_name(name),
        };
        self.element(&["<", &root, ">\n"]);
        self.write_schema(&root, data_set);
        for table in data_set.tables() {
            self.write_rows(table);
        }
        self.element(&["</", &root, ">\n"]);
    }

    fn element(&mut self, parts: &[&str]) {
        for part in parts {
            self.0.push_str(part);
        }
    }

    /// Readers differ in how freely they read a schema: namespaces are declared on its element and
    /// each wrapper is the first child of its parent because some find nothing otherwise.
    fn write_schema(&mut self, root: &str, data_set: &DataSet) {
        self.element(&[
            "  <xs:schema id=\"",
            root,
            "\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:ext=\"urn:schemas-microsoft-com:xml-msdata\">\n",
            "    <xs:element name=\"",
            root,
            "\" ext:IsDataSet=\"true\">\n      <xs:complexType>\n",
            "        <xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">\n",
        ]);
        for table in data_set.tables() {
            self.element(&["          <xs:element name=\"", &encode_name(table.name()), "\">\n"]);
            self.0.push_str("            <xs:complexType>\n              <xs:sequence>\n");
            for column in table.columns() {
                self.write_column(column);
            }
            self.0.push_str(
                "              </xs:sequence>\n            </xs:complexType>\n          </xs:element>\n",
            );
        }
        self.0.push_str("        </xs:choice>\n      </xs:complexType>\n    </xs:element>\n  </xs:schema>\n");
    }

    fn write_column(&mut self, column: &Column) {
        let column_type = column.column_type();
        self.element(&["                <xs:element name=\"", &encode_name(column.name()), "\""]);
        if column_type == ColumnType::Guid {
            self.0.push_str(" ext:DataType=\"System.Guid\"");
        }
        if let Some(expression) = column.expression() {
            self.0.push_str(" ext:Expression=\"");
            self.write_attribute(expression);
            self.0.push('"');
        }
        self.element(&[" type=\"xs:", schema_type(column_type), "\" minOccurs=\"0\" />\n"]);
    }

    fn write_rows(&mut self, table: &Table) {
        let name = encode_name(table.name());
        let stored = table.columns().iter().enumerate().filter(|(_, column)| column.expression().is_none());
        let columns: Vec<_> = stored.map(|(index, column)| (index, encode_name(column.name()))).collect();
        for row in 0..table.row_count() {
            self.element(&["  <", &name, ">"]);
            for (index, column) in &columns {
                self.write_cell(column, table.value(row, *index));
            }
            self.element(&["</", &name, ">\n"]);
        }
    }

    fn write_cell(&mut self, column: &str, value: Value<'_>) {
        if value.is_null() {
            return;
        }
        self.element(&["<", column, ">"]);
        match value {
            Value::String(text) => self.write_text(text),
            // Writing to a `String` does not fail.
            value => drop(write!(self.0, "{value}")),
        }
        self.element(&["</", column, ">"]);
    }

    /// Text between tags. Some readers do not resolve references, so that there are no more than needed.
    fn write_text(&mut self, text: &str) {
        self.write_escaped(text, |character| matches!(character, '&' | '<' | '>' | '\r'));
    }

    /// The value of an attribute in double quotes.
    fn write_attribute(&mut self, text: &str) {
        self.write_escaped(text, |character| matches!(character, '&' | '<' | '>' | '"' | '\r' | '\n' | '\t'));
    }

    fn write_escaped(&mut self, text: &str, is_escaped: impl Fn(char) -> bool) {
        let is_special = |character| is_escaped(character) || !is_carried(character);
        let mut rest = text;
        while let Some((place, character)) = rest.char_indices().find(|(_, character)| is_special(*character))
        {
            let (plain, special) = rest.split_at(place);
            self.0.push_str(plain);
            self.0.push_str(match character {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                // Readers change line ends and, in attributes, tabs that are not written so.
                '\r' => "&#xD;",
                '\n' => "&#xA;",
                '\t' => "&#x9;",
                _ => "\u{FFFD}",
            });
            rest = special.get(character.len_utf8()..).unwrap_or_default();
        }
        self.0.push_str(rest);
    }
}

/// True for the characters that XML 1.0 has.
fn is_carried(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{FFFD}' | '\u{10000}'..)
}
