//! How many descriptors the process may have.

/// Files, sockets and the like that the process may have open at a time; `None` where that is not known, or has no
/// bound. In a simulation nothing is bounded by the machine.
pub(crate) fn most_descriptors() -> Option<usize> {
    #[cfg(feature = "simulation")]
    if super::simulated::moment().is_some() {
        return None;
    }
    of_system()
}

#[cfg(all(unix, not(miri)))]
fn of_system() -> Option<usize> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a valid `rlimit`.
    let asked = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) };
    (asked == 0 && limit.rlim_cur != libc::RLIM_INFINITY).then(|| limit.rlim_cur.try_into().ok()).flatten()
}

/// Nor does Miri know of any.
#[cfg(any(not(unix), miri))]
fn of_system() -> Option<usize> {
    None
}
