//! Threads of the library, which leave the signals to those of the program.

use std::io;
use std::thread::{Builder, JoinHandle};

/// Runs `body` on a new thread, which operators know as `name` (systems show 15 bytes of it). No signal is
/// delivered there, so that the program's choice of a thread for its signals holds; but for those that tell of a
/// fault of the thread itself.
///
/// # Errors
/// The system has no thread left.
pub(crate) fn spawn<T: Send + 'static>(
    name: impl Into<String>,
    body: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    // A new thread has the mask of the one that makes it, so that there is no moment without.
    let _blocked = BlockedSignals::new();
    Builder::new().name(name.into()).spawn(body)
}

/// Keeps signals from the calling thread, until it is dropped.
struct BlockedSignals {
    #[cfg(unix)]
    before: Option<libc::sigset_t>,
}

#[cfg(unix)]
impl BlockedSignals {
    /// A thread that causes one of these ends the process, and a handler of the program's may say why.
    const FAULTS: [libc::c_int; 6] =
        [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP, libc::SIGSYS];

    fn new() -> BlockedSignals {
        use std::mem::MaybeUninit;
        let (mut all, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        // SAFETY: the sets are filled before they are used; faults are signals.
        let before = unsafe {
            libc::sigfillset(all.as_mut_ptr());
            for fault in BlockedSignals::FAULTS {
                libc::sigdelset(all.as_mut_ptr(), fault);
            }
            let changed = libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            (changed == 0).then(|| before.assume_init())
        };
        BlockedSignals { before }
    }
}

#[cfg(unix)]
impl Drop for BlockedSignals {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // SAFETY: a set that the system has filled.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before, std::ptr::null_mut()) };
        }
    }
}

#[cfg(not(unix))]
impl BlockedSignals {
    fn new() -> BlockedSignals {
        BlockedSignals {}
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::mem::MaybeUninit;

    use super::spawn;

    fn is_blocked(signal: libc::c_int) -> bool {
        let mut mask = MaybeUninit::uninit();
        // SAFETY: the set is filled before it is used.
        unsafe {
            assert_eq!(libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), mask.as_mut_ptr()), 0);
            libc::sigismember(mask.as_ptr(), signal) == 1
        }
    }

    #[test]
    fn threads_get_no_signals_but_those_of_faults() {
        let signals =
            [libc::SIGINT, libc::SIGTERM, libc::SIGCHLD, libc::SIGALRM, libc::SIGUSR1, libc::SIGSEGV];
        let before = signals.map(is_blocked);
        let there = spawn("sttp-test", move || signals.map(is_blocked)).unwrap().join().unwrap();
        assert_eq!(there, [true, true, true, true, true, false]);
        assert_eq!(signals.map(is_blocked), before, "those of the thread that made it are as they were");
    }
}
