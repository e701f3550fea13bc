//! The library: version, last error, log.

use std::cell::Cell;
use std::ffi::{c_char, c_void};
use std::sync::{Mutex, PoisonError};

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::capi::shared::arguments::invalid;
use crate::capi::shared::callback::{CallbackSlot, Slot, sttp_destroy_fn};
use crate::capi::shared::guard::{c_string, guard, guard_or, last_error};
use crate::capi::shared::status::{self, STTP_LOG_DEBUG, STTP_LOG_ERROR, STTP_LOG_INFO, STTP_LOG_WARNING};
use crate::error::Error;

/// Major version that this header belongs to: programs built with it need a library of the same.
pub const STTP_VERSION_MAJOR: u32 = 0;
/// Minor version that this header belongs to.
pub const STTP_VERSION_MINOR: u32 = 1;
/// Patch version that this header belongs to.
pub const STTP_VERSION_PATCH: u32 = 0;

/// Receives the library's log.
///
/// \param user_data  As registered.
/// \param level      STTP_LOG_ERROR to STTP_LOG_DEBUG.
/// \param target     Part of the library that the message is from; valid during the call.
/// \param message    One message without a line end; valid during the call.
pub type sttp_log_fn = Option<
    unsafe extern "C" fn(user_data: *mut c_void, level: i32, target: *const c_char, message: *const c_char),
>;

/// The version of the library in use: major in bits 16 and up, minor in bits 8 to 15, patch in bits 0
/// to 7. Compare it with STTP_VERSION_MAJOR when the library is loaded at run time.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_version() -> u32 {
    STTP_VERSION_MAJOR << 16 | STTP_VERSION_MINOR << 8 | STTP_VERSION_PATCH
}

/// The version of the library in use as text, as `0.1.0`.
///
/// *Ownership*: the text is the library's and stays valid for ever.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_version_text() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The name of a status, as `STTP_ERR_TIMEOUT`; `unknown status` for other numbers, never NULL.
///
/// *Ownership*: the text is the library's and stays valid for ever.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_status_name(status: i32) -> *const c_char {
    status::name(status).as_ptr()
}

/// What went wrong in the calling thread's latest call that failed, as a sentence in English that says
/// what to do; empty when none failed, never NULL. Calls that succeed do not change it.
///
/// *Thread*: any; each has its own.
/// *Ownership*: the text is the library's and stays valid until the thread's next call that fails.
#[unsafe(no_mangle)]
pub extern "C" fn sttp_last_error() -> *const c_char {
    guard_or(c"".as_ptr(), last_error)
}

/// Sends the log of the whole library to a callback, instead of an earlier one. Without one, nothing is
/// logged. What happens on one connection also comes as a message of its handle.
///
/// \param max_level  Least important level that is logged: STTP_LOG_ERROR to STTP_LOG_DEBUG.
/// \param sink       The callback; NULL switches the log off.
/// \param user_data  Handed to every call.
/// \param destroy    Called with `user_data` after the last call; may be NULL.
/// \return STTP_ERR_INVALID_ARGUMENT when there is no such level; STTP_ERR_INVALID_STATE in a Rust
///         program that has its own logger.
/// *Thread*: any. The sink is called from every thread that works in the library, also from several at
/// once.
/// *Blocks*: until calls of an earlier sink on other threads have ended.
/// *From a callback*: allowed, also from the sink. What the library would log while the calling thread
/// is in the sink is left out.
/// *Ownership*: on success, `user_data` is the library's until it calls `destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_set_log_sink(
    max_level: i32,
    sink: sttp_log_fn,
    user_data: *mut c_void,
    destroy: sttp_destroy_fn,
) -> i32 {
    guard(|| {
        let filter = if sink.is_some() { level_filter(max_level)? } else { LevelFilter::Off };
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        if sink.is_some() && !*installed {
            log::set_logger(&SINK).map_err(|_| Error::InvalidState(HAS_LOGGER.into()))?;
            *installed = true;
        }
        if *installed {
            log::set_max_level(filter);
        }
        drop(installed);
        SINK.slot.register(sink, user_data, destroy);
        Ok(())
    })
}

const HAS_LOGGER: &str =
    "this program has a logger of the Rust crate 'log' already; read the library's log there";

static SINK: Sink = Sink { slot: CallbackSlot::new() };
/// Whether [`SINK`] is the process's logger.
static INSTALLED: Mutex<bool> = Mutex::new(false);

thread_local! {
    static IN_SINK: Cell<bool> = const { Cell::new(false) };
}

/// The logger that hands everything to C.
struct Sink {
    slot: Slot<sttp_log_fn>,
}

impl Log for Sink {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= log::max_level() && !IN_SINK.get()
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        self.slot.dispatch(|sink, user_data| {
            let target = c_string(record.target());
            let message = c_string(record.args().to_string());
            IN_SINK.set(true);
            // SAFETY: the C program registered the sink for this user data; the texts live.
            unsafe { sink(user_data, level_number(record.level()), target.as_ptr(), message.as_ptr()) };
            IN_SINK.set(false);
        });
    }

    fn flush(&self) {}
}

fn level_filter(level: i32) -> Result<LevelFilter, crate::capi::shared::status::Failure> {
    match level {
        STTP_LOG_ERROR => Ok(LevelFilter::Error),
        STTP_LOG_WARNING => Ok(LevelFilter::Warn),
        STTP_LOG_INFO => Ok(LevelFilter::Info),
        STTP_LOG_DEBUG => Ok(LevelFilter::Debug),
        _ => Err(invalid(format!("max_level is {level}; give STTP_LOG_ERROR (1) to STTP_LOG_DEBUG (4)"))),
    }
}

fn level_number(level: Level) -> i32 {
    match level {
        Level::Error => STTP_LOG_ERROR,
        Level::Warn => STTP_LOG_WARNING,
        Level::Info => STTP_LOG_INFO,
        Level::Debug | Level::Trace => STTP_LOG_DEBUG,
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::CStr;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::capi::shared::status::{STTP_ERR_INVALID_ARGUMENT, STTP_ERR_TIMEOUT, STTP_OK};

    #[test]
    fn versions_agree() {
        let numbers =
            [STTP_VERSION_MAJOR, STTP_VERSION_MINOR, STTP_VERSION_PATCH].map(|number| number.to_string());
        assert_eq!(numbers.join("."), env!("CARGO_PKG_VERSION"));
        // SAFETY: the answer is a text.
        let text = unsafe { CStr::from_ptr(sttp_version_text()) };
        assert_eq!(text.to_str(), Ok(env!("CARGO_PKG_VERSION")));
        assert_eq!(sttp_version() >> 16, STTP_VERSION_MAJOR);
        assert_eq!(sttp_version() >> 8 & 0xFF, STTP_VERSION_MINOR);
    }

    #[test]
    fn statuses_have_names() {
        for (status, expected) in [(STTP_ERR_TIMEOUT, c"STTP_ERR_TIMEOUT"), (1, c"unknown status")] {
            // SAFETY: the answer is a text.
            assert_eq!(unsafe { CStr::from_ptr(sttp_status_name(status)) }, expected);
        }
    }

    static LOGGED: AtomicUsize = AtomicUsize::new(0);
    static DESTROYED: AtomicUsize = AtomicUsize::new(0);

    unsafe extern "C" fn sink(_: *mut c_void, level: i32, target: *const c_char, message: *const c_char) {
        // SAFETY: the library hands over texts.
        let (target, message) = unsafe { (CStr::from_ptr(target), CStr::from_ptr(message)) };
        if target == c"sttp::test" {
            assert_eq!((level, message), (STTP_LOG_WARNING, c"slow peer"));
            log::error!(target: "sttp::test", "a sink does not get what it logs");
            LOGGED.fetch_add(1, Ordering::SeqCst);
        }
    }

    unsafe extern "C" fn destroy(_: *mut c_void) {
        DESTROYED.fetch_add(1, Ordering::SeqCst);
    }

    #[test]
    fn the_log_goes_to_the_sink() {
        let set = |level, sink| {
            // SAFETY: the sink takes any user data.
            unsafe { sttp_set_log_sink(level, sink, std::ptr::null_mut(), Some(destroy)) }
        };
        assert_eq!(set(5, Some(sink)), STTP_ERR_INVALID_ARGUMENT);
        assert_eq!(set(STTP_LOG_WARNING, Some(sink)), STTP_OK);
        log::warn!(target: "sttp::test", "slow{} peer", '\0');
        log::info!(target: "sttp::test", "not important enough");
        assert_eq!(LOGGED.load(Ordering::SeqCst), 1);
        assert_eq!(DESTROYED.load(Ordering::SeqCst), 0);
        assert_eq!(set(0, None), STTP_OK);
        log::warn!(target: "sttp::test", "slow peer");
        assert_eq!((LOGGED.load(Ordering::SeqCst), DESTROYED.load(Ordering::SeqCst)), (1, 2));
    }
}
