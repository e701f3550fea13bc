//! Subscribers: reading from a queue.

use std::ptr;

use crate::capi::shared::arguments::{invalid, live, lock, optional_output, output, room, timeout};
use crate::capi::shared::guard::guard;
use crate::capi::shared::records::sttp_measurement;
use crate::capi::subscriber::callbacks::Signals;
use crate::capi::subscriber::events::sttp_signal;
use crate::capi::subscriber::sttp_subscriber;
use crate::measurement::Measurement;
use crate::subscriber;

/// Signals that a program was given.
pub(super) struct LentSignals {
    of: subscriber::Signals,
    for_c: Signals,
}

/// What a program is told of signals.
pub(super) struct Lent {
    signals: *const *const sttp_signal,
    count: usize,
    generation: u32,
}

/// Tells a program of signals of a subscriber, which `lend` lends.
pub(super) unsafe fn tell_signals(
    subscriber: *mut sttp_subscriber,
    lend: impl FnOnce(&sttp_subscriber) -> Lent,
    signals: *mut *const *const sttp_signal,
    count: *mut usize,
    generation: *mut u32,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (subscriber, signals, count, generation) = unsafe {
            (
                live(subscriber, "subscriber")?,
                output(signals, "signals")?,
                output(count, "count")?,
                optional_output(generation, "generation")?,
            )
        };
        let lent = lend(subscriber);
        signals.write(lent.signals);
        count.write(lent.count);
        if let Some(generation) = generation {
            generation.write(lent.generation);
        }
        Ok(())
    })
}

/// Lends signals to a program: those that it has, if they are the same.
pub(super) fn lend(lent: &mut Option<LentSignals>, current: Option<subscriber::Signals>) -> Lent {
    let Some(current) = current else {
        *lent = None;
        return Lent { signals: ptr::null(), count: 0, generation: 0 };
    };
    let generation = current.generation;
    let lent = match lent.take_if(|lent| lent.of.is(&current)) {
        Some(same) => lent.insert(same),
        None => lent.insert(LentSignals { for_c: Signals::new(&current.cache), of: current }),
    };
    Lent { signals: lent.for_c.as_ptr(), count: lent.for_c.pointers.len(), generation }
}

/// Takes received measurements out of the read queue, in the order they came. Waits for the first one;
/// does not wait for the array to fill. All measurements of one read are of the same signals, which
/// sttp_subscriber_read_signals tells.
///
/// \param subscriber    The subscriber, connected after STTP_SETTING_READ_QUEUE.
/// \param measurements  Receives up to `capacity` measurements.
/// \param capacity      Elements of the array, at least 1.
/// \param timeout_ms    How long to wait, in milliseconds: -1 for ever, 0 not at all.
/// \param count         Receives how many measurements were read.
/// \return When everything was read and nothing comes before the program does something, at once:
///         STTP_ERR_REFUSED when the publisher refused the subscription; STTP_ERR_COMPLETE when it was for
///         historical data and they have ended; STTP_ERR_CLOSED when disconnected, or given up.
///         When nothing came in time: STTP_ERR_NOT_CONNECTED; STTP_ERR_NO_SIGNALS when the publisher has no
///         signal for the subscription; STTP_ERR_INVALID_STATE when nothing is subscribed, or without a read
///         queue; STTP_ERR_TIMEOUT when it is just quiet. The message says more of each.
///         STTP_ERR_INVALID_ARGUMENT when `capacity` is 0 or `timeout_ms` is below -1; STTP_ERR_WOULD_BLOCK
///         when it would have to wait in a callback.
/// *Thread*: any; of several that read at once, each measurement goes to one.
/// *Blocks*: until there is a measurement, at most for the time-out.
/// *From a callback*: allowed with time-out 0, else STTP_ERR_WOULD_BLOCK when nothing is there.
/// *Ownership*: Do not free the subscriber while another thread reads.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_read(
    subscriber: *mut sttp_subscriber,
    measurements: *mut sttp_measurement,
    capacity: usize,
    timeout_ms: i32,
    count: *mut usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header; both measurement types have the same layout.
        let (subscriber, measurements, count) = unsafe {
            (
                live(subscriber, "subscriber")?,
                room(measurements.cast::<Measurement>(), capacity, "measurements")?,
                output(count, "count")?,
            )
        };
        if measurements.is_empty() {
            return Err(invalid("capacity is 0; give room for one measurement at least".into()));
        }
        count.write(subscriber.subscriber.read(measurements, timeout(timeout_ms)?)?);
        Ok(())
    })
}

/// Tells the signals of the measurements that sttp_subscriber_read read last: their `signal_index` is a row here.
/// They may not be those that sttp_subscriber_on_subscription_updated was told last, because what waits in the
/// queue may be older.
///
/// \param subscriber  The subscriber.
/// \param signals     Receives the signals, in the order of their signal indexes: `(*signals)[i]->signal_id`. NULL
///                    when there are none, or nothing was read yet.
/// \param count       Receives how many there are.
/// \param generation  Receives their number, as the callback was told, 0 before the first read. Each connection
///                    counts from its own start. May be NULL.
/// *Thread*: the one that reads; where several do, take the signals and the measurements under a lock of your own.
/// *Ownership*: The signals and their texts are valid until this is called after a read of other signals, or the
///         subscriber is freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_subscriber_read_signals(
    subscriber: *mut sttp_subscriber,
    signals: *mut *const *const sttp_signal,
    count: *mut usize,
    generation: *mut u32,
) -> i32 {
    let read = |subscriber: &sttp_subscriber| {
        lend(&mut lock(&subscriber.read_signals), subscriber.subscriber.read_signals())
    };
    // SAFETY: the contract of the header.
    unsafe { tell_signals(subscriber, read, signals, count, generation) }
}
