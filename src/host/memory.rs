//! Memory that is not needed any more.

/// Work on fewer signals leaves little behind.
const LARGE: usize = 100_000;

/// Gives what work on so many signals has left free back to the system, if that is much. Takes some milliseconds.
///
/// The allocator of glibc keeps what arrays leave behind that grow: of a million signals 58 MiB, a seventh of what a
/// publisher of them takes. Others give it back by themselves.
pub(crate) fn give_back_memory_of(signals: usize) {
    if signals >= LARGE {
        give_back_memory();
    }
}

/// Gives what is free back to the system. Takes some milliseconds.
#[cfg(all(target_os = "linux", target_env = "gnu", not(miri)))]
pub(crate) fn give_back_memory() {
    // SAFETY: it may be called at any time by any thread, and concerns only memory that is free.
    unsafe { libc::malloc_trim(0) };
}

#[cfg(not(all(target_os = "linux", target_env = "gnu", not(miri))))]
pub(crate) fn give_back_memory() {}
