//! A lock that nobody can keep from others by taking it again and again.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What one thread at a time has. Who waits for it gets it before who gives it up gets it again: the system's locks can be
/// taken back in less time than it takes to wake somebody.
#[derive(Debug, Default)]
pub(super) struct InTurn<T> {
    value: Mutex<T>,
    /// Who gets it next has this until then.
    next: Mutex<()>,
}

impl<T> InTurn<T> {
    pub(super) fn new(value: T) -> InTurn<T> {
        InTurn { value: Mutex::new(value), next: Mutex::new(()) }
    }

    /// Waits for it. A thread that panicked while it had it does not keep it from others.
    pub(super) fn lock(&self) -> MutexGuard<'_, T> {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        drop(next);
        value
    }

    /// The same, unless another thread has it.
    pub(super) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        self.value.try_lock().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// Far more often than it takes a thread to wait for something.
    const ATTEMPTS: usize = 100_000_000;

    #[test]
    fn who_waits_gets_it_before_who_had_it() {
        for _ in 0..100 {
            let shared = InTurn::new(0);
            thread::scope(|scope| {
                let mine = shared.lock();
                scope.spawn(|| *shared.lock() += 1);
                let waits = (0..ATTEMPTS).any(|_| {
                    thread::yield_now();
                    shared.next.try_lock().is_err()
                });
                drop(mine);
                assert!(waits && *shared.lock() == 1, "it was not this thread's turn");
            });
        }
    }

    #[test]
    fn it_can_be_had_without_waiting_when_nobody_has_it() {
        let shared = InTurn::new(0);
        let mine = shared.lock();
        assert!(shared.try_lock().is_none());
        drop(mine);
        assert!(shared.try_lock().is_some());
    }
}
