//! A data set to a document.

use std::fmt::Write;

use super::super::data_set::{Column, DataSet, Table};
use super::super::value::{ColumnType, Value};
use super::names::encode_name;
use super::schema::schema_type;

pub(super) fn write_data_set(data_set: &DataSet) -> Vec<u8> {
    let mut document = Document(String::new());
    document.write(data_set);
    document.0.into_bytes()
}

struct Document(String);

impl Document {
    fn write(&mut self, data_set: &DataSet) {
        let root = match data_set.name() {
            "" => "DataSet".into(),
            name => encode_name(name),
        };
        self.0.push_str("<?xml version=\"1.0\" standalone=\"yes\"?>\n");
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
            self.write_text(expression);
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

    fn write_text(&mut self, text: &str) {
        let mut rest = text;
        if !text.bytes().any(may_be_special) {
            return self.0.push_str(text);
        }
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

/// True for the first byte of each special character, and of few others.
fn may_be_special(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'"' | 0..=0x1F | 0xEF)
}

fn is_special(character: char) -> bool {
    matches!(character, '&' | '<' | '>' | '"' | '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}
