//! Subscribers: changes of the configuration, and schemas.

use std::ffi::c_void;

use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::arguments::{invalid, live};
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::guard::guard;
use crate::capi::shared::handles::register;
use crate::capi::subscriber::sttp_subscriber;
use crate::subscriber::Schema;

/// A schema: the tables and columns of the publisher's metadata.
pub const STTP_SCHEMA_METADATA: i32 = 0;
/// A schema: the tables and columns that filter expressions select signals from.
pub const STTP_SCHEMA_SIGNAL_SELECTION: i32 = 1;

/// A schema that was asked for has come.
///
/// \param user_data  As registered.
/// \param schema     STTP_SCHEMA_METADATA or STTP_SCHEMA_SIGNAL_SELECTION.
/// \param tables     Its tables, without rows; valid during the call. Keep them with sttp_metadata_clone.
pub type sttp_schema_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, schema: i32, tables: *const sttp_metadata)>;

/// Registers who receives schemas.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_schema(
    subscriber: *mut sttp_subscriber,
    callback: sttp_schema_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    // SAFETY: the contract of the header.
    unsafe {
        register(
            subscriber,
            "subscriber",
            |subscriber| &subscriber.callbacks.schema,
            callback,
            user_data,
            destroy,
        )
    }
}

/// Asks the publisher for a schema; it comes to the schema callback, a refusal to the callback for
/// requests that failed. Many publishers answer neither.
///
/// \param schema  STTP_SCHEMA_METADATA or STTP_SCHEMA_SIGNAL_SELECTION.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such schema; STTP_ERR_NOT_CONNECTED;
///         STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_request_schema(
    subscriber: *mut sttp_subscriber,
    schema: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { live(subscriber, "subscriber")? };
        let schema = match schema {
            STTP_SCHEMA_METADATA => Schema::Metadata,
            STTP_SCHEMA_SIGNAL_SELECTION => Schema::SignalSelection,
            _ => return Err(invalid(format!("schema is {schema}; give one of STTP_SCHEMA_... (0 or 1)"))),
        };
        Ok(subscriber.subscriber.request_schema(schema)?)
    })
}
