//! Data sets, their XML, and the typed records of STTP metadata.
//!
//! A [`DataSet`] holds named tables of typed columns. It is built with a [`DataSetBuilder`] or read
//! from the XML document that a publisher answers a metadata refresh with.

mod active;
mod builder;
mod cells;
mod data_set;
mod error;
mod finding;
mod index;
mod merge;
mod sample;
mod scope;
mod signal;
mod standard;
mod string_pool;
#[cfg(test)]
mod tests;
mod text;
mod validate;
mod value;
mod view;
mod visible;
mod xml;

use uuid::Uuid;

pub use active::ActiveMeasurements;
pub use builder::{DataSetBuilder, RowBuilder};
pub use data_set::{Column, DataSet, Table};
pub use error::{Limits, MetadataError, XmlProblem};
pub use finding::{Finding, FindingKind, FindingProblem, Findings, Place};
pub(crate) use index::GuidIndex;
pub use merge::Merged;
pub use scope::MetadataScope;
pub use signal::{MeasurementKey, SignalKind, SignalReference};
pub use standard::{DeviceRecord, MeasurementRecord, PhasorRecord, SCHEMA_VERSION};
pub use string_pool::StringId;
pub use value::{ColumnType, Value};
pub use view::Metadata;

/// Finds rows of a table of measurements by what identifies a measurement.
pub trait RowLookup {
    /// The row whose `SignalID` is the given one.
    fn by_signal_id(&self, signal_id: Uuid) -> Option<usize>;

    /// The row whose `ID` is the given measurement key (`SOURCE:number`), ignoring case.
    fn by_key(&self, key: &str) -> Option<usize>;

    /// The row whose `PointTag` is the given one, ignoring case.
    fn by_point_tag(&self, point_tag: &str) -> Option<usize>;
}
