//! On whose behalf the thread of a simulation works, so that tests can tell what each host takes.

use std::cell::Cell;
use std::net::IpAddr;

thread_local! {
    static RUNNING: Cell<Option<IpAddr>> = const { Cell::new(None) };
}

/// The host whose loop takes its turn on this thread, or whose work is done; none while the test itself runs. An
/// allocator may ask, for it allocates nothing.
pub fn running() -> Option<IpAddr> {
    RUNNING.get()
}

/// Does something on behalf of a host, or of nobody.
pub fn as_host<T>(host: Option<IpAddr>, call: impl FnOnce() -> T) -> T {
    /// A panic leaves things as they were, too.
    struct Before(Option<IpAddr>);
    impl Drop for Before {
        fn drop(&mut self) {
            RUNNING.set(self.0);
        }
    }
    let _before = Before(RUNNING.replace(host));
    call()
}
