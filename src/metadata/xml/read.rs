//! A document to a data set, in one pass.

use std::borrow::Cow;

use super::super::builder::DataSetBuilder;
use super::super::data_set::DataSet;
use super::super::error::{Limits, MetadataError, XmlProblem};
use super::super::finding::{Finding, FindingKind, FindingProblem, excerpt};
use super::names::decode_name;
use super::reader::{Event, XmlReader};
use super::schema::{content_problem, read_schema};

pub(super) fn read_data_set(document: &str, limits: &Limits) -> Result<DataSet, MetadataError> {
    let mut reader = XmlReader::new(document, limits);
    let (root, at_root) = match reader.next()? {
        Event::Start(name) => (decode_name(name), reader.token_place()),
        _ => return Err(reader.problem(XmlProblem::NoSingleRoot)),
    };
    let at_root = |problem| MetadataError::Xml { line: at_root.line, column: at_root.column, problem };
    let no_data_set =
        || at_root(XmlProblem::NoDataSet { root: excerpt(&root), text: first_text(document, limits) });
    if root.eq_ignore_ascii_case(WEB_PAGE) {
        return Err(no_data_set());
    }
    let builder = DataSetBuilder::with_limits(root.as_ref(), *limits);
    let mut data_set =
        DataSetReader { reader, builder, has_schema: false, has_text: false, undefined_rows: 0 };
    data_set.read_content()?;
    let is_empty = data_set.undefined_rows == 0 && !data_set.has_text && has_name_of_data_set(&root);
    if !data_set.has_schema && !is_empty {
        return Err(no_data_set());
    }
    match data_set.undefined_rows {
        rows if rows > 0 && !data_set.builder.has_tables() => {
            Err(at_root(XmlProblem::NothingDefined { rows }))
        }
        _ => Ok(data_set.builder.into_data_set()),
    }
}

/// The root element of a web page, which servers answer with when something is wrong.
const WEB_PAGE: &str = "html";

/// Whether the name of a root element tells that it is a data set, as .NET and others name it: then one
/// that has neither schema nor rows is an empty one.
fn has_name_of_data_set(root: &str) -> bool {
    const ENDING: &str = "dataset";
    root.to_ascii_lowercase().ends_with(ENDING)
}

/// The beginning of the text of a document, whatever elements it is in.
fn first_text(document: &str, limits: &Limits) -> String {
    let mut reader = XmlReader::new(document, limits);
    let mut text = String::new();
    while text.chars().nth(64).is_none() {
        match reader.next() {
            Ok(Event::Text(part) | Event::Literal(part)) => {
                for word in part.split_whitespace() {
                    let blank = if text.is_empty() { "" } else { " " };
                    text.extend([blank, word]);
                }
            }
            Ok(Event::Start(_) | Event::End) => {}
            Ok(Event::Finish) | Err(_) => break,
        }
    }
    excerpt(&text)
}

struct DataSetReader<'a> {
    reader: XmlReader<'a>,
    builder: DataSetBuilder,
    has_schema: bool,
    /// There is text beside the rows.
    has_text: bool,
    /// Rows that were left out.
    undefined_rows: usize,
}

impl<'a> DataSetReader<'a> {
    fn read_content(&mut self) -> Result<(), MetadataError> {
        loop {
            match self.reader.next()? {
                Event::Start("schema") if !self.has_schema => {
                    self.has_schema = true;
                    read_schema(&mut self.reader, &mut self.builder)?;
                }
                Event::Start(name) => self.read_row(name)?,
                Event::Finish => return Ok(()),
                Event::Text(text) | Event::Literal(text) => self.has_text |= !text.trim().is_empty(),
                Event::End => {}
            }
        }
    }

    fn read_row(&mut self, name: &str) -> Result<(), MetadataError> {
        let Some(table) = find(name, |name| self.builder.table_index(name)) else {
            self.undefined_rows += 1;
            let reader = &mut self.reader;
            self.builder.note_finding(FindingKind::UndefinedTable, || Finding {
                table: excerpt(&decode_name(name)),
                row: None,
                column: String::new(),
                place: Some(reader.token_place()),
                problem: FindingProblem::UndefinedTable {},
            });
            return self.reader.skip_element();
        };
        let row = self.builder.push_row(table).map_err(|error| content_problem(&self.reader, error))?;
        // Writers keep the order of the schema, so the next column is most often the right one.
        let mut expected = 0;
        self.reader.take_forbidden();
        loop {
            while let Some(element) = self.reader.plain_element()
                && let Some(column) = self.builder.column_index_from(table, expected, element.name)
            {
                let text = self.reader.pass(&element)?;
                self.set_cell(table, row, column, &text)?;
                expected = column + 1;
            }
            match self.reader.next()? {
                Event::Start(name) => {
                    let found = find(name, |name| self.builder.column_index_from(table, expected, name));
                    match found {
                        Some(column) => {
                            self.read_cell(table, row, column)?;
                            expected = column + 1;
                        }
                        None => {
                            self.note_undefined_column(table, row, name);
                            self.reader.skip_element()?;
                        }
                    }
                }
                Event::End | Event::Finish => return Ok(()),
                Event::Text(_) | Event::Literal(_) => {}
            }
        }
    }

    fn read_cell(&mut self, table: usize, row: usize, column: usize) -> Result<(), MetadataError> {
        let text = self.reader.element_text()?;
        self.set_cell(table, row, column, &text)
    }

    fn set_cell(&mut self, table: usize, row: usize, column: usize, text: &str) -> Result<(), MetadataError> {
        let reader = &mut self.reader;
        self.builder
            .set_element_text(table, row, column, text, || reader.text_place())
            .map_err(|error| content_problem(&self.reader, error))?;
        if let Some(reference) = self.reader.take_forbidden() {
            let reader = &mut self.reader;
            let place = Some(|| reader.text_place());
            self.builder.note(table, Some(row), column, FindingKind::ForbiddenCharacter, place, || {
                FindingProblem::ForbiddenCharacter { reference: excerpt(reference) }
            });
        }
        Ok(())
    }

    fn note_undefined_column(&mut self, table: usize, row: usize, name: &str) {
        let reader = &mut self.reader;
        let table = self.builder.table_name(table);
        self.builder.note_finding(FindingKind::UndefinedColumn, || Finding {
            table,
            row: Some(row),
            column: excerpt(&decode_name(name)),
            place: Some(reader.token_place()),
            problem: FindingProblem::UndefinedColumn {},
        });
    }
}

/// Looks an element's name up as it stands and, when that fails, with its codes resolved.
fn find(name: &str, look_up: impl Fn(&str) -> Option<usize>) -> Option<usize> {
    look_up(name).or_else(|| match decode_name(name) {
        Cow::Owned(decoded) => look_up(&decoded),
        Cow::Borrowed(_) => None,
    })
}
