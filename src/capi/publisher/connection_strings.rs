//! Publishers: connection strings.
//!
//! All keys are in docs/connection-strings.md. They are read strictly: after a mistake nothing has changed,
//! and sttp_last_error names the key, its value, and what to write.

use std::ffi::c_char;

use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{lock, optional_text, reference, text};
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;
use crate::error::Error;
use crate::settings::PublisherSetup;

/// Sets what a connection string says, as the functions sttp_publisher_set_... do: what it does not
/// mention stays. Where to listen, and which subscribers to connect to, is kept for
/// sttp_publisher_open.
///
/// \param connection_string  As `port=7165; overflow=wait; maxConnections=50`.
/// \return STTP_ERR_INVALID_ARGUMENT when something is wrong with the string: then nothing has changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_configure(
    publisher: *mut sttp_publisher,
    connection_string: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string) =
            unsafe { (reference(publisher, "publisher")?, text(connection_string, "connection_string")?) };
        configure_publisher(handle, connection_string).map(drop)
    })
}

/// Does what a connection string says: sets it as sttp_publisher_configure does, listens on the `port`,
/// and connects to the `server`s, until sttp_publisher_stop. Set the metadata and register callbacks
/// before.
///
/// \param connection_string  As `port=7165` or `server=control-center.example.com:7175`; NULL for what
///                           was set by sttp_publisher_configure and other functions before.
/// \return STTP_OK: success and failure of attempts to connect are told to the callbacks;
///         STTP_ERR_INVALID_ARGUMENT when something is wrong with the string, or there is neither a
///         port nor a server; STTP_ERR_INVALID_STATE when listening, or connecting there, already;
///         STTP_ERR_IO when the system refuses to listen, as when the address is in use;
///         STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_open(
    publisher: *mut sttp_publisher,
    connection_string: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string) = unsafe {
            (reference(publisher, "publisher")?, optional_text(connection_string, "connection_string")?)
        };
        let setup = configure_publisher(handle, connection_string.unwrap_or_default())?;
        Ok(handle.publisher.set_up(&setup)?)
    })
}

fn configure_publisher(handle: &sttp_publisher, connection_string: &str) -> Result<PublisherSetup, Failure> {
    let (mut settings, mut reconnect) = (lock(&handle.settings), lock(&handle.reconnect));
    let mut command_channel = lock(&handle.command_channel);
    let mut setup = PublisherSetup {
        command_channel: command_channel.clone(),
        settings: *settings,
        reconnect: *reconnect,
    };
    setup.apply(connection_string).map_err(Error::from)?;
    command_channel.clone_from(&setup.command_channel);
    *settings = setup.settings;
    *reconnect = setup.reconnect;
    Ok(setup)
}
