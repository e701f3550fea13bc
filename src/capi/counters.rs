//! Counters: what they are called, and what they tell.
//!
//! For programs that print or export all counters of a record, also those that later versions of the library add.
//!
//! ```c
//! static void print_all(const sttp_publisher_counters *counters) {
//!     sttp_counter counter;
//!     for (size_t row = 0; sttp_counter_at(STTP_COUNTERS_PUBLISHER, row, &counter, sizeof counter) == STTP_OK; row++) {
//!         if (counter.type == STTP_TYPE_UINT64 && counter.offset + 8 <= sizeof *counters) {
//!             const uint64_t *value = (const uint64_t *)(const void *)((const char *)counters + counter.offset);
//!             printf("%s: %llu %s\n", counter.name, (unsigned long long)*value, counter.unit);
//!         }
//!     }
//! }
//! ```

use std::ffi::c_char;

use crate::block_link::session::BlockLinkCounters;
use crate::c37118::client::ClientCounters;
use crate::c37118::concentrator::ConcentratorCounters;
use crate::c37118::encapsulation::DecapsulatorCounters;
use crate::c37118::server::ServerCounters;
use crate::capi::metadata::values::{STTP_TYPE_DATETIME, STTP_TYPE_DOUBLE, STTP_TYPE_UINT64};
use crate::capi::shared::arguments::{invalid, write_record};
use crate::capi::shared::guard::guard;
use crate::counters::{CounterKind, CounterType};
use crate::error::Error;
use crate::gateway::DeviceCounters;
use crate::gateway::block_link::{LinkCounters, LinkInputCounters};
use crate::publisher::{ConnectionCounters, PublisherCounters};
use crate::subscriber::SubscriberCounters;

/// The counters of sttp_subscriber_counters.
pub const STTP_COUNTERS_SUBSCRIBER: i32 = 0;
/// The counters of sttp_publisher_counters.
pub const STTP_COUNTERS_PUBLISHER: i32 = 1;
/// The counters of sttp_connection_counters.
pub const STTP_COUNTERS_CONNECTION: i32 = 2;
/// The counters of sttp_c37118_device_counters.
pub const STTP_COUNTERS_C37118_DEVICE: i32 = 3;
/// The counters of sttp_c37118_client_counters.
pub const STTP_COUNTERS_C37118_CLIENT: i32 = 4;
/// The counters of sttp_c37118_stream_counters.
pub const STTP_COUNTERS_C37118_STREAM: i32 = 5;
/// The counters of sttp_c37118_server_counters.
pub const STTP_COUNTERS_C37118_SERVER: i32 = 6;
/// The counters of sttp_c37118_relay_counters.
pub const STTP_COUNTERS_C37118_RELAY: i32 = 7;
/// The counters of sttp_block_link_counters.
pub const STTP_COUNTERS_BLOCK_LINK: i32 = 8;
/// The counters of sttp_block_link_session_counters.
pub const STTP_COUNTERS_BLOCK_LINK_SESSION: i32 = 9;
/// The counters of sttp_block_link_input_counters.
pub const STTP_COUNTERS_BLOCK_LINK_INPUT: i32 = 10;

/// A counter of a record.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_counter {
    /// Its name: that of the record's field. Valid for ever, as the other texts.
    pub name: *const c_char,
    /// What it is a number of, as `bytes`.
    pub unit: *const c_char,
    /// What it tells, in a sentence or two.
    pub document: *const c_char,
    /// Bytes from the beginning of the record to its value. A record of an earlier version may end before.
    pub offset: u64,
    /// STTP_TYPE_UINT64, STTP_TYPE_DOUBLE, or STTP_TYPE_DATETIME for ticks.
    pub r#type: i32,
    /// 1 when it only grows, 0 when it is as it is now.
    pub is_total: i32,
}

/// Describes a counter of a record.
///
/// \param record   STTP_COUNTERS_...: which record.
/// \param row      Row of the counter among the fields of the record.
/// \param counter  Receives the description.
/// \param size     sizeof(*counter).
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such record; STTP_ERR_NOT_FOUND when the library has no such
///         counter: the record has been gone through.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_counter_at(
    record: i32,
    row: usize,
    counter: *mut sttp_counter,
    size: usize,
) -> i32 {
    guard(|| {
        let counters = match record {
            STTP_COUNTERS_SUBSCRIBER => SubscriberCounters::COUNTERS,
            STTP_COUNTERS_PUBLISHER => PublisherCounters::COUNTERS,
            STTP_COUNTERS_CONNECTION => ConnectionCounters::COUNTERS,
            STTP_COUNTERS_C37118_DEVICE => DeviceCounters::COUNTERS,
            STTP_COUNTERS_C37118_CLIENT => ClientCounters::COUNTERS,
            STTP_COUNTERS_C37118_STREAM => ConcentratorCounters::COUNTERS,
            STTP_COUNTERS_C37118_SERVER => ServerCounters::COUNTERS,
            STTP_COUNTERS_C37118_RELAY => DecapsulatorCounters::COUNTERS,
            STTP_COUNTERS_BLOCK_LINK => LinkCounters::COUNTERS,
            STTP_COUNTERS_BLOCK_LINK_SESSION => BlockLinkCounters::COUNTERS,
            STTP_COUNTERS_BLOCK_LINK_INPUT => LinkInputCounters::COUNTERS,
            _ => return Err(invalid(format!("record is {record}; give one of STTP_COUNTERS_... (0 to 10)"))),
        };
        let found = counters.get(row).ok_or_else(|| {
            Error::NotFound(format!("the record has {} counters, so none in row {row}", counters.len()))
        })?;
        let description = sttp_counter {
            name: found.name.as_ptr(),
            unit: found.unit.as_ptr(),
            document: found.document.as_ptr(),
            offset: found.offset as u64,
            r#type: match found.value_type {
                CounterType::Integer => STTP_TYPE_UINT64,
                CounterType::Number => STTP_TYPE_DOUBLE,
                CounterType::Time => STTP_TYPE_DATETIME,
            },
            is_total: (found.kind == CounterKind::Total).into(),
        };
        // SAFETY: the contract of the header.
        unsafe { write_record(&description, counter, size, "counter") }
    })
}
