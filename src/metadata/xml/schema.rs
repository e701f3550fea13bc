//! The schema in a document: which tables and columns it defines.

use super::super::builder::DataSetBuilder;
use super::super::data_set::Column;
use super::super::error::{MetadataError, XmlProblem};
use super::super::finding::{Finding, FindingKind, FindingProblem, excerpt};
use super::super::value::ColumnType;
use super::names::decode_name;
use super::reader::{Event, XmlReader};

/// The schema types of columns. A GUID is a string with an extension attribute and so not here.
const SCHEMA_TYPES: [(ColumnType, &str); 14] = [
    (ColumnType::Boolean, "boolean"),
    (ColumnType::Int8, "byte"),
    (ColumnType::Int16, "short"),
    (ColumnType::Int32, "int"),
    (ColumnType::Int64, "long"),
    (ColumnType::UInt8, "unsignedByte"),
    (ColumnType::UInt16, "unsignedShort"),
    (ColumnType::UInt32, "unsignedInt"),
    (ColumnType::UInt64, "unsignedLong"),
    (ColumnType::Single, "float"),
    (ColumnType::Double, "double"),
    (ColumnType::Decimal, "decimal"),
    (ColumnType::String, "string"),
    (ColumnType::DateTime, "dateTime"),
];

/// The name of the schema type of a column's type.
pub(super) fn schema_type(column_type: ColumnType) -> &'static str {
    let found = SCHEMA_TYPES.iter().find(|(known, _)| *known == column_type);
    found.map_or("string", |(_, name)| *name)
}

/// Adds the tables of the schema whose element has just started to a data set.
pub(super) fn read_schema(
    reader: &mut XmlReader<'_>,
    builder: &mut DataSetBuilder,
) -> Result<(), MetadataError> {
    read_definitions(reader, &mut |reader| {
        // The element of the data set itself, which holds those of the tables.
        read_definitions(reader, &mut |reader| read_table(reader, builder))
    })
}

/// Reads the innermost open element to its end and hands each `element` in it that is not inside
/// another one to `define`, which reads it to its end.
fn read_definitions<'a>(
    reader: &mut XmlReader<'a>,
    define: &mut dyn FnMut(&mut XmlReader<'a>) -> Result<(), MetadataError>,
) -> Result<(), MetadataError> {
    loop {
        match reader.next()? {
            Event::Start("element") => define(reader)?,
            Event::Start("complexType" | "choice" | "sequence" | "all") => read_definitions(reader, define)?,
            Event::Start(_) => reader.skip_element()?,
            Event::End | Event::Finish => return Ok(()),
            Event::Text(_) | Event::Literal(_) => {}
        }
    }
}

fn read_table(reader: &mut XmlReader<'_>, builder: &mut DataSetBuilder) -> Result<(), MetadataError> {
    let name = reader.attribute("name")?;
    let mut columns = Vec::new();
    read_definitions(reader, &mut |reader| {
        let place = reader.token_place();
        match read_column(reader)? {
            Ok(column) => columns.push(column),
            Err(unsupported) => builder.note_finding(FindingKind::UnsupportedColumn, || Finding {
                table: excerpt(&decode_name(name.as_deref().unwrap_or_default())),
                row: None,
                column: excerpt(&unsupported.name),
                place: Some(place),
                problem: FindingProblem::UnsupportedColumn { schema_type: excerpt(&unsupported.schema_type) },
            }),
        }
        builder.check_column_count(columns.len()).map_err(|error| content_problem(reader, error))
    })?;
    if let Some(name) = name {
        builder.add_table(&decode_name(&name), columns).map_err(|error| content_problem(reader, error))?;
    }
    Ok(())
}

/// A column whose type no cells can have.
struct Unsupported {
    name: String,
    schema_type: String,
}

/// The column of the element that has just started.
fn read_column(reader: &mut XmlReader<'_>) -> Result<Result<Column, Unsupported>, MetadataError> {
    let name = reader.attribute("name")?;
    let data_type = reader.attribute("DataType")?;
    let expression = reader.attribute("Expression")?;
    let schema_type = match reader.attribute("type")? {
        Some(schema_type) => {
            reader.skip_element()?;
            Some(schema_type.into_owned())
        }
        None => read_restricted_type(reader)?,
    };
    let (name, schema_type) = (name.unwrap_or_default(), schema_type.unwrap_or_default());
    let name = decode_name(&name).into_owned();
    let column_type = column_type(&schema_type, data_type.as_deref()).filter(|_| !name.is_empty());
    Ok(match (column_type, expression) {
        (None, _) => Err(Unsupported { name, schema_type }),
        (Some(column_type), Some(expression)) => Ok(Column::computed(name, column_type, expression)),
        (Some(column_type), None) => Ok(Column::new(name, column_type)),
    })
}

/// The type that a column of limited length restricts: .NET writes it inside the column's element.
fn read_restricted_type(reader: &mut XmlReader<'_>) -> Result<Option<String>, MetadataError> {
    let mut base = None;
    loop {
        match reader.next()? {
            Event::Start("restriction") => {
                base = reader.attribute("base")?.map(|base| base.into_owned());
                reader.skip_element()?;
            }
            Event::Start("simpleType") => base = base.or(read_restricted_type(reader)?),
            Event::Start(_) => reader.skip_element()?,
            Event::End | Event::Finish => return Ok(base),
            Event::Text(_) | Event::Literal(_) => {}
        }
    }
}

fn column_type(schema_type: &str, data_type: Option<&str>) -> Option<ColumnType> {
    let local = schema_type.rsplit(':').next()?;
    let (column_type, _) = SCHEMA_TYPES.iter().find(|(_, name)| *name == local)?;
    let is_guid = data_type.is_some_and(|data_type| data_type.starts_with("System.Guid"));
    Some(if *column_type == ColumnType::String && is_guid { ColumnType::Guid } else { *column_type })
}

/// A refusal of the data set's content, at the place in the document that led to it.
pub(super) fn content_problem(reader: &XmlReader<'_>, error: MetadataError) -> MetadataError {
    match error {
        MetadataError::TooMany { what, limit, .. } => reader.problem(XmlProblem::TooMany { what, limit }),
        error => reader.problem(XmlProblem::Content(Box::new(error))),
    }
}
