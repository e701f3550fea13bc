//! A document to a data set, in one pass.

use std::borrow::Cow;

use super::super::builder::DataSetBuilder;
use super::super::data_set::DataSet;
use super::super::error::{Limits, MetadataError, XmlProblem};
use super::names::decode_name;
use super::reader::{Event, XmlReader};
use super::schema::{content_problem, read_schema};

pub(super) fn read_data_set(document: &str, limits: &Limits) -> Result<DataSet, MetadataError> {
    let mut reader = XmlReader::new(document, limits);
    let root = match reader.next()? {
        Event::Start(name) => decode_name(name),
        _ => return Err(reader.problem(XmlProblem::NoSingleRoot)),
    };
    let builder = DataSetBuilder::with_limits(root, *limits);
    let mut data_set = DataSetReader { reader, builder, has_schema: false };
    data_set.read_content()?;
    Ok(data_set.builder.finish())
}

struct DataSetReader<'a> {
    reader: XmlReader<'a>,
    builder: DataSetBuilder,
    has_schema: bool,
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
                Event::Text(_) | Event::Literal(_) | Event::End => {}
            }
        }
    }

    fn read_row(&mut self, name: &str) -> Result<(), MetadataError> {
        let Some(table) = find(name, |name| self.builder.table_index(name)) else {
            return self.reader.skip_element();
        };
        let row = self.builder.push_row(table).map_err(|error| content_problem(&self.reader, error))?;
        // Writers keep the order of the schema, so the next column is most often the right one.
        let mut expected = 0;
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
                        None => self.reader.skip_element()?,
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
        match self.builder.set_element_text(table, row, column, text) {
            Ok(()) => Ok(()),
            Err(error @ MetadataError::WrongValue { .. }) => {
                let reader = &self.reader;
                self.builder.note_unreadable_cell(|| content_problem(reader, error));
                Ok(())
            }
            Err(error) => Err(content_problem(&self.reader, error)),
        }
    }
}

/// Looks an element's name up as it stands and, when that fails, with its codes resolved.
fn find(name: &str, look_up: impl Fn(&str) -> Option<usize>) -> Option<usize> {
    look_up(name).or_else(|| match decode_name(name) {
        Cow::Owned(decoded) => look_up(&decoded),
        Cow::Borrowed(_) => None,
    })
}
