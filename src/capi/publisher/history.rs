//! Publishers: historical data, kept in memory or read by the program.

use std::cell::RefCell;
use std::ffi::{CString, c_char, c_void};
use std::ptr;
use std::sync::Arc;

use crate::Ticks;
use crate::capi::publisher::sttp_publisher;
use crate::capi::shared::arguments::{live, text, write_record};
use crate::capi::shared::callback::{UserData, sttp_destroy_fn};
use crate::capi::shared::guard::{c_string, guard};
use crate::capi::shared::records::{sttp_guid, sttp_measurement};
use crate::capi::shared::status::{Failure, STTP_ERR_WOULD_BLOCK, STTP_OK};
use crate::error::Error;
use crate::measurement::Measurement;
use crate::publisher::{HistoryPause, HistoryReader, HistoryRequest, HistorySource};
use crate::time_expression::TimeWindow;

/// What a subscriber wants of the past.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_history_window {
    /// `id` of the subscriber's connection.
    pub connection_id: u64,
    /// First time wanted, in ticks.
    pub start: i64,
    /// Last time wanted, in ticks; 3155378975999999999, the end of the year 9999, when the end is open.
    pub stop: i64,
    /// The signals wanted.
    pub signals: *const sttp_guid,
    /// How many there are.
    pub signal_count: usize,
    /// Text of the subscriber for the source of the data; empty when there is none.
    pub parameters: *const c_char,
}

/// What a publisher keeps in memory of what it published.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub struct sttp_history_extent {
    /// Measurements.
    pub measurements: u64,
    /// Bytes that they take.
    pub bytes: u64,
    /// Earliest time of a measurement, in ticks; 0 when there is none.
    pub earliest: i64,
    /// Latest time of a measurement, in ticks; 0 when there is none.
    pub latest: i64,
    /// Latest time of a measurement that was kept and is not any more, in ticks; 0 when there is none: of later
    /// ones nothing was dropped.
    pub dropped: i64,
}

/// Reads the next measurements of a window, in the order of time. Both ends of the window belong to it;
/// measurements outside of it, and of signals that are not wanted, are left out. Write all fields of each
/// measurement. `signal_id` counts; a `signal_index` that is its position in `window->signals` saves a
/// look-up.
///
/// Runs on a thread of the publisher, one call at a time for all windows, and may take its time:
/// subscribers of historical data take turns, chunk by chunk, all others notice nothing. It must not
/// wait for the publisher, as sttp_publisher_flush does.
///
/// \param user_data     As registered.
/// \param window        What is wanted; valid during the call.
/// \param reader        What the last call for this window left there, NULL in the first one. May be set to
///                      anything that helps to go on where this call ends.
/// \param measurements  Room for measurements.
/// \param capacity      For how many.
/// \param count         Receives how many were written; 0 is the end of the window, unless
///                      sttp_history_from_memory was called.
/// \return STTP_OK. STTP_ERR_WOULD_BLOCK when nothing has come yet: other windows have their turn, then it is called again,
///         at once if there are none, so it waits for something to come first, a tenth of a second for instance. Anything
///         else when reading cannot go on, which ends the window; sttp_history_tell says why.
pub type sttp_history_read_fn = Option<
    unsafe extern "C" fn(
        user_data: *mut c_void,
        window: *const sttp_history_window,
        reader: *mut *mut c_void,
        measurements: *mut sttp_measurement,
        capacity: usize,
        count: *mut usize,
    ) -> i32,
>;

/// Leaves some times to what STTP_SETTING_HISTORY_DURATION keeps, for a source that has older data, or those of times at
/// which the publisher was not there: called in sttp_history_read_fn, which then writes nothing and returns STTP_OK. It is
/// called again behind these times.
///
/// \param start  First time, in ticks.
/// \param stop   Last time, in ticks. What is not within the window is left out.
/// \return STTP_ERR_INVALID_STATE when it is not called in sttp_history_read_fn.
/// *Thread*: that of the callback.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_history_from_memory(start: i64, stop: i64) -> i32 {
    guard(|| {
        let times = TimeWindow { start: Ticks(start), stop: Ticks(stop) };
        remark(|remarks| remarks.kept = Some(times))
    })
}

/// Tells the subscriber's operator something about a window: called in sttp_history_read_fn before it fails, why; before it
/// ends the window, what is missing in it.
///
/// \param words  A sentence; longer ones than 65536 bytes are refused.
/// \return STTP_ERR_INVALID_STATE when it is not called in sttp_history_read_fn; STTP_ERR_INVALID_ARGUMENT.
/// *Thread*: that of the callback.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_history_tell(words: *const c_char) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let words = unsafe { text(words, "words")? };
        if words.len() > LONGEST_WORDS {
            let length = words.len();
            return Err(Error::InvalidArgument(format!(
                "words: {length} bytes, {LONGEST_WORDS} are possible"
            ))
            .into());
        }
        remark(|remarks| remarks.words = words.to_owned())
    })
}

/// A window is not wanted any more: everything was read, reading failed, or the subscriber has gone.
/// Called once for every window that was read from, after the last call for it, on the same thread.
///
/// \param user_data  As registered.
/// \param reader     What the last call for this window left there.
pub type sttp_history_close_fn = Option<unsafe extern "C" fn(user_data: *mut c_void, reader: *mut c_void)>;

/// Registers who reads historical data for subscribers that ask for them, from now on. It is asked
/// instead of what STTP_SETTING_HISTORY_DURATION keeps. Historical data that subscribers are getting from
/// an earlier callback end.
///
/// \param read       The callback, in place of an earlier one; NULL for none.
/// \param close      Called after the last call of `read` for a window; may be NULL.
/// \param user_data  Handed to every call.
/// \param destroy    Called with `user_data` after the last call of both; may be NULL.
/// *Blocks*: while an earlier callback runs on its thread.
/// *From a callback*: allowed, also from `read` itself: its windows are closed and its destructor runs
/// when it returns.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_set_history_source(
    publisher: *mut sttp_publisher,
    read: sttp_history_read_fn,
    close: sttp_history_close_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { live(publisher, "publisher")? };
        let user_data = UserData::new(user_data, destroy);
        let source = read.map(|read| {
            let callbacks = Arc::new(Callbacks { read, close, user_data });
            Box::new(Source { callbacks }) as Box<dyn HistorySource>
        });
        publisher.publisher.set_history_source(source);
        Ok(())
    })
}

/// Ends the historical data of a subscriber, which is told why. Its connection stays, and it may subscribe again.
///
/// \param connection_id  `id` of the connection.
/// \param message        Why, for the subscriber's operator; up to 65536 bytes, may be empty.
/// \return STTP_ERR_NOT_FOUND when there is no such connection any more; STTP_ERR_INVALID_STATE when it gets no
///         historical data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_end_playback(
    publisher: *mut sttp_publisher,
    connection_id: u64,
    message: *const c_char,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (publisher, message) = unsafe { (live(publisher, "publisher")?, text(message, "message")?) };
        Ok(publisher.publisher.end_playback(connection_id, message)?)
    })
}

/// Reads what a publisher keeps in memory of what it published.
///
/// \param extent  Receives it; all zero when nothing is kept.
/// \param size    sizeof(*extent).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_publisher_history_extent(
    publisher: *const sttp_publisher,
    extent: *mut sttp_history_extent,
    size: usize,
) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let publisher = unsafe { live(publisher, "publisher")? };
        let kept = publisher.publisher.history();
        let record = sttp_history_extent {
            measurements: kept.measurements,
            bytes: kept.bytes,
            earliest: kept.earliest.0,
            latest: kept.latest.0,
            dropped: kept.dropped.0,
        };
        // SAFETY: the contract of the header.
        unsafe { write_record(&record, extent, size, "extent") }
    })
}

/// Bytes of what is told of a window.
const LONGEST_WORDS: usize = 65_536;

/// What the program says of a window while it is asked for more of it.
#[derive(Default)]
struct Remarks {
    words: String,
    kept: Option<TimeWindow>,
}

thread_local! {
    /// Of the call of a program's source that runs on this thread.
    static REMARKS: RefCell<Option<Remarks>> = const { RefCell::new(None) };
}

fn remark(write: impl FnOnce(&mut Remarks)) -> Result<(), Failure> {
    REMARKS.with_borrow_mut(|remarks| match remarks {
        Some(remarks) => {
            write(remarks);
            Ok(())
        }
        None => {
            Err(Error::InvalidState("this is for calls of a history source, while it is read".into()).into())
        }
    })
}

/// What the program registered; the destructor runs when nobody holds it any more.
struct Callbacks {
    read: unsafe extern "C" fn(
        *mut c_void,
        *const sttp_history_window,
        *mut *mut c_void,
        *mut sttp_measurement,
        usize,
        *mut usize,
    ) -> i32,
    close: sttp_history_close_fn,
    user_data: UserData,
}

struct Source {
    callbacks: Arc<Callbacks>,
}

impl HistorySource for Source {
    fn open(&mut self, request: &HistoryRequest) -> Result<Box<dyn HistoryReader>, String> {
        Ok(Box::new(Reader {
            callbacks: Arc::clone(&self.callbacks),
            reader: ptr::null_mut(),
            connection_id: request.connection,
            start: request.window.start.0,
            stop: request.window.stop.0,
            signals: request.signals.iter().map(|signal| sttp_guid::from(*signal)).collect(),
            parameters: c_string(request.parameters.as_str()),
            pause: HistoryPause::Later,
        }))
    }
}

/// A window that the program reads. Its functions are called on one thread only.
struct Reader {
    callbacks: Arc<Callbacks>,
    /// The program's.
    reader: *mut c_void,
    connection_id: u64,
    start: i64,
    stop: i64,
    signals: Vec<sttp_guid>,
    parameters: CString,
    /// Why the last call wrote nothing.
    pause: HistoryPause,
}

impl HistoryReader for Reader {
    fn read(&mut self, out: &mut [Measurement]) -> Result<usize, String> {
        let window = sttp_history_window {
            connection_id: self.connection_id,
            start: self.start,
            stop: self.stop,
            signals: self.signals.as_ptr(),
            signal_count: self.signals.len(),
            parameters: self.parameters.as_ptr(),
        };
        let (callbacks, mut count) = (&self.callbacks, 0);
        REMARKS.set(Some(Remarks::default()));
        // SAFETY: registered for this user data; the window lives during the call, and both measurement types
        // have the same layout.
        let status = unsafe {
            (callbacks.read)(
                callbacks.user_data.pointer(),
                &raw const window,
                &raw mut self.reader,
                out.as_mut_ptr().cast(),
                out.len(),
                &raw mut count,
            )
        };
        let remarks = REMARKS.take().unwrap_or_default();
        if status == STTP_ERR_WOULD_BLOCK {
            self.pause = HistoryPause::Later;
            return Ok(0);
        }
        if status != STTP_OK {
            return Err(match remarks.words.is_empty() {
                true => format!("the publisher's program could not read them: status {status}"),
                false => remarks.words,
            });
        }
        if let Some(times) = remarks.kept {
            self.pause = HistoryPause::Kept(times);
            return Ok(0);
        }
        self.pause = HistoryPause::End { missing: remarks.words };
        if count > out.len() {
            let room = out.len();
            return Err(format!("the publisher's program wrote {count} measurements, with room for {room}"));
        }
        Ok(count)
    }

    fn pause(&mut self) -> HistoryPause {
        self.pause.clone()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(close) = self.callbacks.close {
            // SAFETY: registered for this user data.
            unsafe { close(self.callbacks.user_data.pointer(), self.reader) };
        }
    }
}
