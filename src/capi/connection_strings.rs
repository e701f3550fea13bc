//! Connection strings: settings as operators write them.
//!
//! All keys are in docs/connection-strings.md. They are read strictly: after a mistake nothing has changed,
//! and sttp_last_error names the key, its value, and what to write.

use std::ffi::c_char;

use super::arguments::{invalid, lock, optional_text, reference, text};
use super::guard::guard;
use super::publisher::sttp_publisher;
use super::status::Failure;
use super::subscriber::{Settings, sttp_subscriber, subscription};
use crate::connection_settings::{PublisherSetup, SubscriberSetup};
use crate::error::Error;

/// Sets what a connection string says, as the functions sttp_subscriber_set_... do: what it does not mention
/// stays. Where to connect or listen, and what to subscribe, is kept for sttp_subscriber_open.
///
/// \param subscriber         The subscriber.
/// \param connection_string  As `server=pdc.example.com:7165; filterExpression={FILTER ActiveMeasurements WHERE True};
///                           dataChannel={port=9600}`.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when an argument is NULL or something is wrong with the string:
///         then nothing has changed.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands; the text is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_configure(
    subscriber: *mut sttp_subscriber,
    connection_string: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string) =
            unsafe { (reference(subscriber, "subscriber")?, text(connection_string, "connection_string")?) };
        configure_subscriber(&mut lock(&handle.settings), connection_string).map(drop)
    })
}

/// Does what a connection string says: sets it as sttp_subscriber_configure does, subscribes if there is a filter, and
/// connects to the `server` or listens on the `port`, until sttp_subscriber_disconnect. Register callbacks before.
///
/// \param subscriber         The subscriber.
/// \param connection_string  As `server=pdc.example.com:7165; outputMeasurements={FILTER ActiveMeasurements WHERE True}`;
///                           NULL for what was set by sttp_subscriber_configure and other functions before. Without
///                           a filter, the latest subscription stays.
/// \return STTP_OK: success and failure of the attempt are told to the callbacks;
///         STTP_ERR_INVALID_ARGUMENT when `subscriber` is NULL, something is wrong with the string, or there is
///         neither a server nor a port; STTP_ERR_INVALID_STATE when connected, connecting or listening;
///         STTP_ERR_IO when the system refuses to listen, as when the address is in use;
///         STTP_ERR_WOULD_BLOCK when too many requests wait because nobody polls the engine.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands; the text is copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_open(
    subscriber: *mut sttp_subscriber,
    connection_string: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (handle, connection_string) = unsafe {
            (reference(subscriber, "subscriber")?, optional_text(connection_string, "connection_string")?)
        };
        let setup = configure_subscriber(&mut lock(&handle.settings), connection_string.unwrap_or_default())?;
        Ok(handle.subscriber.set_up(&setup)?)
    })
}

/// Sets what a connection string says, as the functions sttp_publisher_set_... do: what it does not mention stays.
/// Where to listen, and which subscribers to connect to, is kept for sttp_publisher_open.
///
/// \param publisher          The publisher.
/// \param connection_string  As `port=7165; overflow=wait; maxConnections=50`.
/// \return STTP_OK, or STTP_ERR_INVALID_ARGUMENT when an argument is NULL or something is wrong with the string:
///         then nothing has changed.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands; the text is copied.
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

/// Does what a connection string says: sets it as sttp_publisher_configure does, listens on the `port`, and
/// connects to the `server`s, until sttp_publisher_stop. Set the metadata and register callbacks before.
///
/// \param publisher          The publisher.
/// \param connection_string  As `port=7165` or `server=control-center.example.com:7175`; NULL for what was set by
///                           sttp_publisher_configure and other functions before.
/// \return STTP_OK: success and failure of attempts to connect are told to the callbacks;
///         STTP_ERR_INVALID_ARGUMENT when `publisher` is NULL, something is wrong with the string, or there is
///         neither a port nor a server; STTP_ERR_INVALID_STATE when listening, or connecting there, already;
///         STTP_ERR_IO when the system refuses to listen, as when the address is in use;
///         STTP_ERR_WOULD_BLOCK when too many requests wait because nobody polls the engine.
///
/// *Thread*: any.
/// *Blocks*: no.
/// *From a callback*: allowed.
/// *Ownership*: nothing changes hands; the text is copied.
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

/// Sets what the string says, and returns everything that is set then.
fn configure_subscriber(
    settings: &mut Settings,
    connection_string: &str,
) -> Result<SubscriberSetup, Failure> {
    let mut setup = SubscriberSetup {
        command_channel: settings.command_channel.clone(),
        settings: settings.connection.clone(),
        subscription: subscription(&settings.parameters, &settings.filter)?,
    };
    setup.apply(connection_string).map_err(Error::from)?;
    let parameters = setup.subscription.to_connection_string();
    settings.parameters = parameters.map_err(|error| invalid(error.to_string()))?;
    settings.parameters.remove("filterExpression");
    settings.command_channel = setup.command_channel.clone();
    settings.connection = setup.settings.clone();
    settings.filter.clone_from(&setup.subscription.filter);
    Ok(setup)
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
