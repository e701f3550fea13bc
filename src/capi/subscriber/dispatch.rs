//! What whoever subscribes tells a C program of the connection: subscribers, and what has one inside.

use std::sync::Arc;
use std::time::Duration;

use crate::capi::metadata::sttp_metadata;
use crate::capi::shared::callback::Slot;
use crate::capi::shared::events::{milliseconds, reason_of};
use crate::capi::shared::guard::c_string;
use crate::capi::subscriber::events::{
    sttp_connected_fn, sttp_disconnected_fn, sttp_metadata_fn, sttp_reconnecting_fn,
};
use crate::error::Error;
use crate::metadata::Metadata;

pub(in crate::capi) fn dispatch_connected(slot: &Slot<sttp_connected_fn>, address: &str) {
    slot.dispatch(|callback, user_data| {
        let address = c_string(address);
        // SAFETY: registered for this user data; the text lives during the call.
        unsafe { callback(user_data, address.as_ptr()) };
    });
}

pub(in crate::capi) fn dispatch_disconnected(slot: &Slot<sttp_disconnected_fn>, reason: Result<(), &Error>) {
    slot.dispatch(|callback, user_data| {
        let (reason, message) = reason_of(reason);
        // SAFETY: registered for this user data; the text lives during the call.
        unsafe { callback(user_data, reason, message.as_ptr()) };
    });
}

pub(in crate::capi) fn dispatch_reconnecting(
    slot: &Slot<sttp_reconnecting_fn>,
    attempt: u32,
    delay: Duration,
) {
    slot.dispatch(|callback, user_data| {
        // SAFETY: registered for this user data.
        unsafe { callback(user_data, attempt, milliseconds(delay)) };
    });
}

pub(in crate::capi) fn dispatch_metadata(slot: &Slot<sttp_metadata_fn>, metadata: &Arc<Metadata>) {
    slot.dispatch(|callback, user_data| {
        let metadata = sttp_metadata::new(Arc::clone(metadata));
        // SAFETY: registered for this user data; the handle lives during the call.
        unsafe { callback(user_data, &raw const metadata) };
    });
}
