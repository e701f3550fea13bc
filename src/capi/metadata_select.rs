//! Metadata: selecting.

use std::ffi::c_char;

use super::arguments::{output, reference, room, text};
use super::guard::guard;
use super::metadata::sttp_metadata;
use super::records::sttp_guid;
use super::status::Failure;
use crate::error::Error;
use crate::filter::{Filter, FilterError, PrimaryTable};
use crate::metadata::Metadata;
use crate::time::Ticks;

/// Selects signals with a filter, as a publisher does for a subscription: in the order of the filter,
/// each once.
///
/// \param metadata    The metadata.
/// \param filter      Filter statements, measurement keys, GUIDs, and point tags in double quotes,
///                    separated by semicolons.
/// \param signal_ids  Receives the first `capacity` signals; NULL when that is 0.
/// \param capacity    Elements of the array.
/// \param count       Receives how many signals were selected, even when it is more than `capacity`.
/// \return STTP_OK, STTP_ERR_INVALID_ARGUMENT when a pointer is NULL, or STTP_ERR_FILTER when the filter is
///         invalid; the message says where.
///
/// *Thread*: any.
/// *Blocks*: no; takes the longer the more rows there are.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_metadata_select(
    metadata: *const sttp_metadata,
    filter: *const c_char,
    signal_ids: *mut sttp_guid,
    capacity: usize,
    count: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (metadata, filter, signal_ids, count) = unsafe {
            (
                reference(metadata, "metadata")?,
                text(filter, "filter")?,
                room(signal_ids, capacity, "signal_ids")?,
                output(count, "count")?,
            )
        };
        let selected = select(metadata.get(), filter)?;
        for (place, signal_id) in signal_ids.iter_mut().zip(&selected) {
            *place = *signal_id;
        }
        count.write(selected.len());
        Ok(())
    })
}

/// The signals that `filter` selects. Rows without a signal ID are no signals.
fn select(metadata: &Metadata, filter: &str) -> Result<Vec<sttp_guid>, Failure> {
    let refused = |error: FilterError| Error::Filter(error.to_string());
    let active = metadata.active_measurements();
    let primary = PrimaryTable { lookup: Some(active), ..PrimaryTable::default() };
    let filter = Filter::parse(filter).map_err(refused)?;
    let rows = filter.select(active.data_set(), &primary, Ticks::now()).map_err(refused)?;
    let signal_id = |row| metadata.measurement(active.measurement_row(row)?)?.signal_id();
    Ok(rows.iter().filter_map(|selected| signal_id(selected.row).map(sttp_guid::from)).collect())
}
