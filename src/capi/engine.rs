//! Engines: what subscribers and publishers run on.
//!
//! Programs that are content with one thread of the library for everything need none of these: NULL in the
//! place of an engine means the process's shared one.
//!
//! An engine made by sttp_engine_new has a thread, on which the callbacks of its handles are called; one made by
//! sttp_engine_new_threads has several, on which callbacks of different handles may run at the same time. One made
//! by sttp_engine_new_polled has none: callbacks come during the program's own calls of sttp_engine_poll. Handles
//! keep their engine alive: free them in any order.
//!
//! ```c
//! static int run_for_a_while(sttp_engine *engine) {
//!     for (int rounds = 0; rounds < 1000; rounds++) {
//!         if (sttp_engine_poll(engine, 10) != STTP_OK) {
//!             fprintf(stderr, "%s\n", sttp_last_error());
//!             return 1;
//!         }
//!     }
//!     return 0;
//! }
//! ```

use std::num::NonZeroUsize;

use crate::capi::shared::arguments::{OnEngine, give, live, output, take_live, timeout};
use crate::capi::shared::guard::{guard, guard_or};
use crate::capi::shared::status::Failure;
use crate::engine::{Engine, EngineError};
use crate::error::Error;

/// Runs subscribers and publishers, either on a thread of its own or in sttp_engine_poll.
pub struct sttp_engine(Engine);

impl OnEngine for sttp_engine {
    fn engine(&self) -> &Engine {
        &self.0
    }
}

/// Makes an engine with a thread of its own, for programs that want to separate slow handles from fast
/// ones.
///
/// \param engine  Receives the engine.
/// \return STTP_ERR_IO when the system has no thread or descriptor left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_engine_new(engine: *mut *mut sttp_engine) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { new_engine(engine, Engine::new) })
}

/// Most threads that an engine may have.
const MAX_THREADS: i32 = 256;

/// Makes an engine with several threads of its own, for more connections than one core can serve.
///
/// A subscriber runs on the one of them that had the least to do when it was made; its callbacks are
/// called there. A publisher spreads the connections that it accepts over all of them and encodes what
/// it publishes once for each distinct subscription and thread; its callbacks are all called on one.
/// Each connection gets everything in order. Callbacks of different handles may run at the same time.
/// Where multicast is allowed (STTP_SETTING_ALLOW_MULTICAST), one thread serves all connections of the
/// publisher.
///
/// \param threads  How many, 1 to 256; as many as cores that are to work for it.
/// \param engine   Receives the engine.
/// \return STTP_ERR_INVALID_ARGUMENT when there cannot be so many threads; STTP_ERR_IO when the system
///         has no thread or descriptor left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_engine_new_threads(threads: i32, engine: *mut *mut sttp_engine) -> i32 {
    guard(|| {
        let count = usize::try_from(threads).ok().filter(|_| threads <= MAX_THREADS);
        let count = count.and_then(NonZeroUsize::new).ok_or_else(|| {
            Error::InvalidArgument(format!(
                "an engine cannot have {threads} threads; give 1 to {MAX_THREADS}, or call sttp_engine_new_polled \
                 for none"
            ))
        })?;
        // SAFETY: the contract of the header.
        unsafe { new_engine(engine, || Engine::with_threads(count)) }
    })
}

/// Makes an engine without a thread: it works, and calls callbacks, only in sttp_engine_poll.
///
/// \param engine  Receives the engine.
/// \return STTP_ERR_IO when the system has no descriptor left.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_engine_new_polled(engine: *mut *mut sttp_engine) -> i32 {
    // SAFETY: the contract of the header.
    guard(|| unsafe { new_engine(engine, Engine::polled) })
}

/// Does the work that is due, and calls its callbacks, on the calling thread; waits for work when none
/// is due.
///
/// \param engine      An engine of sttp_engine_new_polled.
/// \param timeout_ms  How long to wait for work, in milliseconds: -1 for ever, 0 not at all.
/// \return STTP_OK, also when there was nothing to do; STTP_ERR_INVALID_ARGUMENT when `timeout_ms` is
///         below -1; STTP_ERR_INVALID_STATE when the engine has a thread of its own or another thread
///         polls it; STTP_ERR_WOULD_BLOCK from inside one of its callbacks; STTP_ERR_IO when the system
///         cannot wait for events.
/// *Thread*: any, one at a time.
/// *Blocks*: until there was work, at most for the time-out.
/// *From a callback*: STTP_ERR_WOULD_BLOCK when the callback is of this engine.
/// *Ownership*: A callback may free the engine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_engine_poll(engine: *mut sttp_engine, timeout_ms: i32) -> i32 {
    guard(|| {
        // A clone, since a callback may free the handle.
        // SAFETY: the contract of the header.
        let engine = unsafe { live(engine, "engine")? }.0.clone();
        let timeout = timeout(timeout_ms)?;
        engine.poll(timeout).map_err(|error| poll_failure(error, engine.is_current_thread()))
    })
}

/// A descriptor that becomes readable when sttp_engine_poll has work, for a program's own poll, epoll
/// or event loop. Work also becomes due by time: see sttp_engine_next_timeout.
///
/// \param engine      An engine of sttp_engine_new_polled.
/// \param descriptor  Receives the file descriptor.
/// \return STTP_ERR_INVALID_STATE on systems without such descriptors (Windows).
/// *Ownership*: the descriptor is the engine's: only wait on it, and no longer than the engine lives.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_engine_descriptor(engine: *const sttp_engine, descriptor: *mut i32) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (engine, descriptor) = unsafe { (live(engine, "engine")?, output(descriptor, "descriptor")?) };
        descriptor.write(engine_descriptor(&engine.0)?);
        Ok(())
    })
}

/// How long a program's own event loop may wait for the descriptor before it must call sttp_engine_poll
/// again.
///
/// \param engine      An engine of sttp_engine_new_polled.
/// \param timeout_ms  Receives milliseconds, rounded up; -1 when nothing becomes due by time.
/// *Thread*: any. What other threads ask of the engine afterwards makes the descriptor readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_engine_next_timeout(engine: *const sttp_engine, timeout_ms: *mut i32) -> i32 {
    guard(|| {
        // SAFETY: the contract of the header.
        let (engine, timeout_ms) = unsafe { (live(engine, "engine")?, output(timeout_ms, "timeout_ms")?) };
        let milliseconds = engine.0.next_timeout().map(|timeout| timeout.as_nanos().div_ceil(1_000_000));
        timeout_ms.write(milliseconds.map_or(-1, |milliseconds| milliseconds.try_into().unwrap_or(i32::MAX)));
        Ok(())
    })
}

/// Frees an engine. Subscribers and publishers on it go on working, unless it is a polled one that
/// nobody can poll any more; its thread ends after the last of them was freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sttp_engine_free(engine: *mut sttp_engine) {
    // SAFETY: the contract of the header.
    guard_or((), || drop(unsafe { take_live(engine) }));
}

/// The engine of a handle, or the shared one for NULL.
pub(super) unsafe fn engine_or_shared(engine: *const sttp_engine) -> Result<Engine, Failure> {
    if engine.is_null() {
        return Engine::shared().map_err(|source| no_engine(source).into());
    }
    // SAFETY: the contract of the header.
    unsafe { live(engine, "engine") }.map(|engine| engine.0.clone())
}

unsafe fn new_engine(
    place: *mut *mut sttp_engine,
    make: impl FnOnce() -> std::io::Result<Engine>,
) -> Result<(), Failure> {
    // SAFETY: the caller has the contract of the header.
    let place = unsafe { output(place, "engine")? };
    give(place, sttp_engine(make().map_err(no_engine)?));
    Ok(())
}

fn no_engine(source: std::io::Error) -> Error {
    Error::io("cannot start an engine", source)
}

fn poll_failure(error: EngineError, in_callback: bool) -> Failure {
    let text = error.to_string();
    let error = match error {
        EngineError::Reentrant if in_callback => Error::WouldBlock(text),
        EngineError::OwnThread | EngineError::Reentrant => Error::InvalidState(text),
        EngineError::Forked => Error::Forked(text),
        EngineError::Io(source) => Error::io("the engine cannot wait for events", source),
    };
    error.into()
}

#[cfg(unix)]
fn engine_descriptor(engine: &Engine) -> Result<i32, Failure> {
    Ok(engine.descriptor())
}

#[cfg(not(unix))]
fn engine_descriptor(_engine: &Engine) -> Result<i32, Failure> {
    Err(Error::InvalidState("this system has no descriptor to wait on; call sttp_engine_poll".into()).into())
}
