//! Metadata: adding some to others.

use std::sync::Arc;

use crate::capi::metadata::{refused, sttp_metadata};
use crate::capi::shared::arguments::{give, optional_output, output, reference};
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;
use crate::metadata::{DataSet, DataSetBuilder, Merged, Metadata, MetadataError};

/// Makes metadata of two: the rows of one, and behind them those of the other, with the tables and columns of both.
///
/// Phasors of the other whose number is taken get a new one, and what refers to them follows. The schema version is that
/// of the first.
///
/// \param other  What is added.
/// \param both   Receives the new metadata. The others stay as they are.
/// \param added  Receives how many rows were added; may be NULL.
/// \return STTP_ERR_METADATA when a column has another type in the first and a value does not fit; the message names it.
/// *Blocks*: no; takes the longer the more rows there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_append(
    metadata: *const sttp_metadata,
    other: *const sttp_metadata,
    both: *mut *mut sttp_metadata,
    added: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        combine(metadata, other, DataSetBuilder::from_both, (both, "both"), (added, std::ptr::null_mut()))
    })
}

/// Makes metadata of two as sttp_metadata_append, but rows of the first take the values of those that are the same in
/// the other: measurements of one signal ID, devices of one acronym, phasors of one device and source index. Where the
/// other's row is null, and in columns that it does not have, the value of the first stays.
///
/// \param other     What is added, and newer.
/// \param merged    Receives the new metadata. The others stay as they are.
/// \param added     Receives how many rows were added; may be NULL.
/// \param replaced  Receives how many rows took values of the other; may be NULL.
/// \return STTP_ERR_METADATA when a column has another type in the first and a value does not fit; the message names it.
/// *Blocks*: no; takes the longer the more rows there are.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_merge(
    metadata: *const sttp_metadata,
    other: *const sttp_metadata,
    merged: *mut *mut sttp_metadata,
    added: *mut usize,
    replaced: *mut usize,
) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe {
        combine(metadata, other, DataSetBuilder::from_merged, (merged, "merged"), (added, replaced))
    })
}

type Combine = fn(&DataSet, &DataSet) -> Result<(DataSetBuilder, Merged), MetadataError>;

unsafe fn combine(
    metadata: *const sttp_metadata,
    other: *const sttp_metadata,
    combine: Combine,
    (place, name): (*mut *mut sttp_metadata, &str),
    (added, replaced): (*mut usize, *mut usize),
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let (metadata, other, place, added, replaced) = unsafe {
        (
            reference(metadata, "metadata")?,
            reference(other, "other")?,
            output(place, name)?,
            optional_output(added, "added")?,
            optional_output(replaced, "replaced")?,
        )
    };
    let (builder, rows) = combine(metadata.get().data_set(), other.get().data_set()).map_err(refused)?;
    if let Some(added) = added {
        added.write(rows.added);
    }
    if let Some(replaced) = replaced {
        replaced.write(rows.replaced);
    }
    let combined = Metadata::with_node_id(builder.finish(), metadata.get().node_id());
    give(place, sttp_metadata::new(Arc::new(combined)));
    Ok(())
}
