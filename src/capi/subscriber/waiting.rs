//! Subscribers: where the subscription stands.
//!
//! For programs that read from a queue on a thread or in an event loop of their own.

use crate::capi::shared::arguments::{live, output, timeout};
use crate::capi::shared::guard::guard;
use crate::capi::shared::status::Failure;
use crate::capi::subscriber::sttp_subscriber;
#[cfg(not(unix))]
use crate::error::Error;
use crate::subscriber::Subscriber;

/// Waits until the publisher has granted the subscription, so that measurements come as they are published, or
/// until it is known that none will. With time-out 0, tells where the subscription stands now.
///
/// The publisher begins when it knows that the list of signals has arrived. That is said when this returns, and takes
/// the time of a message to get there: what is published before may not come. Who has the publisher too, in a test for
/// example, waits for the callback of sttp_publisher_on_subscribed.
///
/// \param timeout_ms  How long to wait, in milliseconds: -1 for ever, 0 not at all.
/// \return STTP_OK when it is granted; the message says more of everything else: STTP_ERR_REFUSED;
///         STTP_ERR_NO_SIGNALS when the publisher has no signal for it, though it may get one;
///         STTP_ERR_COMPLETE when it was for historical data and they have ended; STTP_ERR_INVALID_STATE when
///         nothing is subscribed; STTP_ERR_CLOSED when disconnected, or given up; when the time is over
///         STTP_ERR_NOT_CONNECTED, or STTP_ERR_TIMEOUT when the publisher is connected and has not answered;
///         STTP_ERR_INVALID_ARGUMENT when `timeout_ms` is below -1; STTP_ERR_WOULD_BLOCK when it would have to
///         wait in a callback.
/// *Blocks*: until it is known, at most for the time-out.
/// *From a callback*: allowed with time-out 0, else STTP_ERR_WOULD_BLOCK when it is not known.
/// *Ownership*: Do not free the subscriber while another thread waits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_wait_until_subscribed(
    subscriber: *mut sttp_subscriber,
    timeout_ms: i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let subscriber = unsafe { live(subscriber, "subscriber")? };
        Ok(subscriber.subscriber.wait_until_subscribed(timeout(timeout_ms)?)?)
    })
}

/// A descriptor that is readable while sttp_subscriber_read would return at once, with measurements or because
/// none will come, for a program's own poll, epoll or event loop.
///
/// \param subscriber  The subscriber, with STTP_SETTING_READ_QUEUE.
/// \param descriptor  Receives the file descriptor, always the same.
/// \return STTP_ERR_IO when the system has none left; STTP_ERR_INVALID_STATE on systems without such descriptors
///         (Windows).
/// *Ownership*: the descriptor is the subscriber's: only wait on it, and no longer than the subscriber lives.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_read_descriptor(
    subscriber: *mut sttp_subscriber,
    descriptor: *mut i32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, descriptor) =
            unsafe { (live(subscriber, "subscriber")?, output(descriptor, "descriptor")?) };
        descriptor.write(read_descriptor(&subscriber.subscriber)?);
        Ok(())
    })
}

#[cfg(unix)]
fn read_descriptor(subscriber: &Subscriber) -> Result<i32, Failure> {
    Ok(subscriber.read_descriptor()?)
}

#[cfg(not(unix))]
fn read_descriptor(_subscriber: &Subscriber) -> Result<i32, Failure> {
    Err(Error::InvalidState("this system has no descriptor to wait on; call sttp_subscriber_read".into())
        .into())
}
