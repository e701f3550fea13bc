//! Subscribers: historical data.

use std::ffi::{c_char, c_void};

use crate::capi::shared::arguments::{invalid, lock, optional_text, reference};
use crate::capi::shared::callback::sttp_destroy_fn;
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;
use crate::capi::subscriber::settings::set_parameter;
use crate::capi::subscriber::sttp_subscriber;
use crate::time_expression::TimeExpression;

const START_KEY: &str = "startTimeConstraint";
const STOP_KEY: &str = "stopTimeConstraint";

/// Asks for historical data, those of a window of time, in place of live ones, from the next
/// sttp_subscriber_subscribe on. Both ends of the window belong to it. When everything was received,
/// sttp_subscriber_on_processing_complete tells. If the connection is lost before, the whole window is
/// asked for again on the next one. A publisher without historical data refuses, or sends live ones.
///
/// A time is written `*` for the publisher's now, `*-20m` or `*+10s` relative to it with the units s,
/// m, h and d, or absolute as `2026-01-31 08:30:00.5`, UTC unless a zone follows.
///
/// \param start  First time; NULL for live data.
/// \param stop   Last time; NULL for no end, which is what the publisher has until now.
/// \return STTP_ERR_INVALID_ARGUMENT when a text is no time.
/// *Ownership*: the texts are copied.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_history_window(
    subscriber: *mut sttp_subscriber,
    start: *const c_char,
    stop: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, start, stop) = unsafe {
            (
                reference(subscriber, "subscriber")?,
                optional_text(start, "start")?,
                optional_text(stop, "stop")?,
            )
        };
        check_time("start", start)?;
        check_time("stop", stop)?;
        let parameters = &mut lock(&subscriber.settings).parameters;
        set_parameter(parameters, START_KEY, start)?;
        set_parameter(parameters, STOP_KEY, stop.filter(|_| start.is_some()))
    })
}

/// Sets the pace at which historical data are played back, from the next sttp_subscriber_subscribe on.
/// A step is everything up to the next later time. Default: -1.
///
/// \param milliseconds  For each step; 0 for as fast as possible, -1 for the publisher's default, which
///                      for libsttp is the pace of recording.
/// \return STTP_ERR_INVALID_ARGUMENT when `milliseconds` is below -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_processing_interval(
    subscriber: *mut sttp_subscriber,
    milliseconds: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { reference(subscriber, "subscriber")? };
        if milliseconds < -1 {
            return Err(invalid(format!(
                "milliseconds is {milliseconds}; give -1 for the default, or 0 and more"
            )));
        }
        let parameters = &mut lock(&subscriber.settings).parameters;
        set_parameter(parameters, "processingInterval", Some(&milliseconds.to_string()))
    })
}

/// Changes the pace of historical data that are being played back, and sets it for later subscriptions
/// as sttp_subscriber_set_processing_interval does. Whether the publisher does it comes to
/// sttp_subscriber_on_request_succeeded or sttp_subscriber_on_request_failed.
///
/// \param milliseconds  For each step; 0 for as fast as possible, -1 for the publisher's default.
/// \return STTP_ERR_INVALID_ARGUMENT when `milliseconds` is below -1; STTP_ERR_CLOSED when not
///         connected; STTP_ERR_WOULD_BLOCK when too many requests wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_update_processing_interval(
    subscriber: *mut sttp_subscriber,
    milliseconds: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let handle = unsafe { reference(subscriber, "subscriber")? };
        handle.subscriber.update_processing_interval(milliseconds)?;
        let parameters = &mut lock(&handle.settings).parameters;
        set_parameter(parameters, "processingInterval", Some(&milliseconds.to_string()))
    })
}

/// Sets a text for the source of historical data, from the next sttp_subscriber_subscribe on. What it
/// means is the publisher's affair. Default: none.
///
/// \param parameters  The text, in which braces must have partners; NULL for none.
/// \return STTP_ERR_INVALID_ARGUMENT when the text cannot be sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_set_history_parameters(
    subscriber: *mut sttp_subscriber,
    parameters: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, text) =
            unsafe { (reference(subscriber, "subscriber")?, optional_text(parameters, "parameters")?) };
        set_parameter(&mut lock(&subscriber.settings).parameters, "timeConstraintParameters", text)
    })
}

/// The historical data that were subscribed have ended: everything was sent, or nothing more can be. The
/// subscription is over; the connection stays. With sttp_subscriber_read, measurements may still wait to be
/// read.
///
/// \param user_data  As registered.
/// \param text       The publisher's words, may be empty; valid during the call.
pub type sttp_processing_complete_fn =
    Option<unsafe extern "C" fn(user_data: *mut c_void, text: *const c_char)>;

/// Registers who is told the end of historical data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_on_processing_complete(
    subscriber: *mut sttp_subscriber,
    callback: sttp_processing_complete_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let handle = unsafe { reference(subscriber, "subscriber") };
        handle.map(|handle| handle.callbacks.processing_complete.register(callback, user_data, destroy))
    })
}

fn check_time(name: &str, text: Option<&str>) -> Result<(), Failure> {
    let Some(text) = text else { return Ok(()) };
    text.parse::<TimeExpression>().map(drop).map_err(|error| invalid(format!("{name}: {error}")))
}
