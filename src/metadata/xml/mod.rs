//! The XML of data sets: a schema of tables and columns, then one element per row.
//!
//! The dialect is the one that .NET's `DataSet` writes and that every STTP implementation reads.

mod characters;
mod encoding;
mod names;
mod plain;
mod read;
mod reader;
mod schema;
#[cfg(test)]
mod tests;
mod write;

use std::io;

use super::data_set::DataSet;
use super::error::{Limits, MetadataError};
use crate::wire::TextEncoding;

impl DataSet {
    /// Reads the XML document of a data set: everything but its computed columns, which are null. Filters,
    /// which know expressions, add `from_xml`.
    pub(crate) fn read_xml(document: &[u8], limits: &Limits) -> Result<DataSet, MetadataError> {
        let text = encoding::decode(document, limits)?;
        read::read_data_set(&text, limits)
    }

    /// The XML document of the data set in UTF-8, without a byte order mark.
    ///
    /// Characters that XML 1.0 cannot carry become U+FFFD.
    pub fn to_xml(&self) -> Vec<u8> {
        self.to_xml_with(TextEncoding::Utf8)
    }

    /// As [`DataSet::to_xml`], in the given encoding.
    ///
    /// A document in UTF-16 starts with a byte order mark and declares its encoding, as XML 1.0
    /// demands; by these readers recognise it. It is what publishers answer with when the operational
    /// modes of a connection choose UTF-16.
    #[expect(clippy::expect_used, reason = "a vector takes everything")]
    pub fn to_xml_with(&self, encoding: TextEncoding) -> Vec<u8> {
        let mut document = Vec::new();
        self.write_xml(encoding, &mut document).expect("writing into a vector cannot fail");
        document
    }

    /// Writes what [`DataSet::to_xml_with`] gives, in pieces, so that a large document need not be in
    /// memory as a whole.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write_xml(&self, encoding: TextEncoding, out: &mut dyn io::Write) -> io::Result<()> {
        write::write_data_set(self, encoding, out)
    }
}
