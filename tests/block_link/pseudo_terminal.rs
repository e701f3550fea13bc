//! Pseudo-terminals, which stand for serial lines.

use std::ffi::CStr;
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd};

/// The end of a pseudo-terminal that is not a line, and the path of the one that is.
pub(crate) fn pseudo_terminal() -> (File, String) {
    // SAFETY: the call has no conditions.
    let descriptor = unsafe { libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY) };
    assert!(descriptor >= 0, "a pseudo-terminal: {}", std::io::Error::last_os_error());
    // SAFETY: the descriptor is open, and nobody else's.
    let end = unsafe { File::from_raw_fd(descriptor) };
    let mut path = [0; 128];
    // SAFETY: the descriptor is open, and the path has so much room.
    unsafe {
        assert_eq!(libc::grantpt(descriptor), 0);
        assert_eq!(libc::unlockpt(descriptor), 0);
        assert_eq!(libc::ptsname_r(descriptor, path.as_mut_ptr(), path.len()), 0);
    }
    // SAFETY: the call has written a text that ends with a NUL.
    let path = unsafe { CStr::from_ptr(path.as_ptr()) };
    (end, path.to_str().unwrap().to_owned())
}

/// Whether there is something to read, as soon as there is, and at the latest after a moment.
pub(crate) fn is_readable(file: &File) -> bool {
    let mut poll = libc::pollfd { fd: file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: the pointer is to one valid `pollfd`.
    unsafe { libc::poll(&raw mut poll, 1, 5) > 0 && poll.revents & libc::POLLIN != 0 }
}
