//! A data set to a document.

use std::fmt::Write;
use std::io;

use super::super::data_set::{Column, DataSet, Table};
use super::super::value::{ColumnType, Value};
use super::characters::is_carried;
use super::names::encode_name;
use super::schema::schema_type;
use crate::wire::TextEncoding;

/// Bytes of text that are gathered before they are written.
const PIECE: usize = 64 << 10;

pub(super) fn write_data_set(
    data_set: &DataSet,
    encoding: TextEncoding,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut document = Document { text: String::new(), encoded: Vec::new(), encoding, out };
    match encoding {
        TextEncoding::Utf8 => document.declare(""),
        TextEncoding::Utf16Le | TextEncoding::Utf16Be => {
            document.text.push('\u{FEFF}');
            document.declare(" encoding=\"utf-16\"");
        }
    }
    document.write(data_set)?;
    document.write_piece()
}

/// A document that is written piece by piece.
struct Document<'a> {
    /// What is not written yet.
    text: String,
    /// A piece in the encoding of the document, kept to spare its memory.
    encoded: Vec<u8>,
    encoding: TextEncoding,
    out: &'a mut dyn io::Write,
}

impl Document<'_> {
    fn write_piece(&mut self) -> io::Result<()> {
        self.encoded.clear();
        self.encoding.encode_into(&self.text, &mut self.encoded);
        self.text.clear();
        self.out.write_all(&self.encoded)
    }

    fn declare(&mut self, encoding: &str) {
        self.element(&["<?xml version=\"1.0\"", encoding, " standalone=\"yes\"?>\n"]);
    }

    fn write(&mut self, data_set: &DataSet) -> io::Result<()> {
        let root = match data_set.name() {
            "" => "DataSet".into(),
            name => encode_name(name),
        };
        self.element(&["<", &root, ">\n"]);
        self.write_schema(&root, data_set);
        for table in data_set.tables() {
            self.write_rows(table)?;
        }
        self.element(&["</", &root, ">\n"]);
        Ok(())
    }

    fn element(&mut self, parts: &[&str]) {
        for part in parts {
            self.text.push_str(part);
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
            self.text.push_str("            <xs:complexType>\n              <xs:sequence>\n");
            for column in table.columns() {
                self.write_column(column);
            }
            self.text.push_str(
                "              </xs:sequence>\n            </xs:complexType>\n          </xs:element>\n",
            );
        }
        self.text
            .push_str("        </xs:choice>\n      </xs:complexType>\n    </xs:element>\n  </xs:schema>\n");
    }

    fn write_column(&mut self, column: &Column) {
        let column_type = column.column_type();
        self.element(&["                <xs:element name=\"", &encode_name(column.name()), "\""]);
        if column_type == ColumnType::Guid {
            self.text.push_str(" ext:DataType=\"System.Guid\"");
        }
        if let Some(expression) = column.expression() {
            self.text.push_str(" ext:Expression=\"");
            self.write_attribute(expression);
            self.text.push('"');
        }
        self.element(&[" type=\"xs:", schema_type(column_type), "\" minOccurs=\"0\" />\n"]);
    }

    fn write_rows(&mut self, table: &Table) -> io::Result<()> {
        let name = encode_name(table.name());
        let stored = table.columns().iter().enumerate().filter(|(_, column)| column.expression().is_none());
        let columns: Vec<_> = stored.map(|(index, column)| (index, encode_name(column.name()))).collect();
        for row in 0..table.row_count() {
            self.element(&["  <", &name, ">"]);
            for (index, column) in &columns {
                self.write_cell(column, table.value(row, *index));
            }
            self.element(&["</", &name, ">\n"]);
            if self.text.len() >= PIECE {
                self.write_piece()?;
            }
        }
        Ok(())
    }

    fn write_cell(&mut self, column: &str, value: Value<'_>) {
        if value.is_null() {
            return;
        }
        self.element(&["<", column, ">"]);
        match value {
            Value::String(text) => self.write_text(text),
            // Not `Z`: some readers take it for no zone that they know, and lose the time.
            Value::DateTime(time) => {
                let text = time.to_string();
                self.element(&[text.strip_suffix('Z').unwrap_or(&text), "+00:00"]);
            }
            // Writing to a `String` does not fail.
            value => drop(write!(self.text, "{value}")),
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
        if !text.bytes().any(may_be_special) {
            return self.text.push_str(text);
        }
        let is_special = |character| is_escaped(character) || !is_carried(character);
        let mut rest = text;
        while let Some((place, character)) = rest.char_indices().find(|(_, character)| is_special(*character))
        {
            let (plain, special) = rest.split_at(place);
            self.text.push_str(plain);
            self.text.push_str(match character {
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
        self.text.push_str(rest);
    }
}

/// True for the first byte of each character that is escaped or not carried, and of few others.
fn may_be_special(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'"' | 0..=0x1F | 0xEF)
}
