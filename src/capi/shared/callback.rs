//! Callbacks: destructors.

use std::ffi::c_void;
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// Called with a registration's `user_data` once the library will not use it any more: exactly
/// once for every successful registration, after the last call of its callback has ended. Runs on
/// the thread that ended the registration or on the one that the last call ran on.
pub type sttp_destroy_fn = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

/// The function pointer in a callback type of the header, each of which may be NULL.
pub(in crate::capi) trait Nullable {
    type Function: Copy;
}

impl<F: Copy> Nullable for Option<F> {
    type Function = F;
}

/// The slot for a callback of the header's type `C`.
pub(in crate::capi) type Slot<C> = CallbackSlot<<C as Nullable>::Function>;

/// Holds at most one registered callback.
pub(in crate::capi) struct CallbackSlot<F> {
    state: Mutex<State<F>>,
    call_ended: Condvar,
}

/// Declares the callbacks of a handle, each of them once, so that none is forgotten when all of them end.
macro_rules! callback_slots {
    ($(#[$attribute:meta])* $name:ident { $($slot:ident: $callback:ty,)* }) => {
        $(#[$attribute])*
        pub(super) struct $name {
            $(pub(super) $slot: $crate::capi::shared::callback::Slot<$callback>,)*
        }

        impl $name {
            pub(super) fn new() -> $name {
                $name { $($slot: $crate::capi::shared::callback::CallbackSlot::new(),)* }
            }

            /// Ends all registrations: when this returns, nothing is called any more.
            pub(super) fn clear(&self) {
                $(self.$slot.clear();)*
            }
        }
    };
}
pub(in crate::capi) use callback_slots;

struct State<F> {
    registration: Option<Arc<Registration<F>>>,
    /// Counts registrations, so that who replaces one waits for its calls and not for later ones.
    generation: u64,
    running: Vec<Call>,
    /// Threads that wait for calls to end: without any, a call ends without a system call.
    waiting: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Call {
    thread: ThreadId,
    generation: u64,
}

struct Registration<F> {
    function: F,
    user_data: UserData,
}

impl<F: Copy> CallbackSlot<F> {
    pub(in crate::capi) const fn new() -> CallbackSlot<F> {
        let state = State { registration: None, generation: 0, running: Vec::new(), waiting: 0 };
        CallbackSlot { state: Mutex::new(state), call_ended: Condvar::new() }
    }

    /// Replaces the registration, then waits for calls of earlier ones on other threads. Without a
    /// function nothing is called any more; `user_data` is then given back at once.
    pub(in crate::capi) fn register(
        &self,
        function: Option<F>,
        user_data: *mut c_void,
        destroy: sttp_destroy_fn,
    ) {
        let user_data = UserData { pointer: user_data, destroy };
        match function {
            Some(function) => self.replace(Some(Arc::new(Registration { function, user_data }))),
            None => self.clear(),
        }
    }

    /// Ends the registration, if there is one, as [`Self::register`] does.
    pub(in crate::capi) fn clear(&self) {
        self.replace(None);
    }

    /// Lets `call` call the registered function, if there is one, with its user data.
    pub(in crate::capi) fn dispatch(&self, call: impl FnOnce(F, *mut c_void)) {
        if let Some(running) = RunningCall::begin(self) {
            call(running.registration.function, running.registration.user_data.pointer);
        }
    }

    fn replace(&self, registration: Option<Arc<Registration<F>>>) {
        let mut state = self.lock();
        let replaced = mem::replace(&mut state.registration, registration);
        let last = state.generation;
        state.generation += 1;
        let this_thread = thread::current().id();
        let waits_for = |call: &Call| call.generation <= last && call.thread != this_thread;
        while state.running.iter().any(waits_for) {
            state.waiting += 1;
            state = self.call_ended.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        drop(state);
        // Without the lock, since this may run the destructor.
        drop(replaced);
    }

    fn lock(&self) -> MutexGuard<'_, State<F>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call that is running; it ends when this is dropped, so also by a panic.
struct RunningCall<'a, F: Copy> {
    registration: Arc<Registration<F>>,
    // Dropped after the registration: who waits for the end of the call finds it destroyed.
    _end: CallEnd<'a, F>,
}

struct CallEnd<'a, F: Copy> {
    slot: &'a CallbackSlot<F>,
    call: Call,
}

impl<'a, F: Copy> RunningCall<'a, F> {
    fn begin(slot: &'a CallbackSlot<F>) -> Option<RunningCall<'a, F>> {
        let mut state = slot.lock();
        let registration = Arc::clone(state.registration.as_ref()?);
        let call = Call { thread: thread::current().id(), generation: state.generation };
        state.running.push(call);
        Some(RunningCall { registration, _end: CallEnd { slot, call } })
    }
}

impl<F: Copy> Drop for CallEnd<'_, F> {
    fn drop(&mut self) {
        let mut state = self.slot.lock();
        if let Some(place) = state.running.iter().rposition(|call| *call == self.call) {
            state.running.swap_remove(place);
        }
        let waiting = state.waiting;
        drop(state);
        if waiting > 0 {
            self.slot.call_ended.notify_all();
        }
    }
}

/// What a C program wants to be handed with each call, and how to give it back.
pub(in crate::capi) struct UserData {
    pointer: *mut c_void,
    destroy: sttp_destroy_fn,
}

impl UserData {
    pub(in crate::capi) fn new(pointer: *mut c_void, destroy: sttp_destroy_fn) -> UserData {
        UserData { pointer, destroy }
    }

    pub(in crate::capi) fn pointer(&self) -> *mut c_void {
        self.pointer
    }
}

// SAFETY: the library only passes the pointer on; the contract in the header says that it must be
// usable from every thread that callbacks run on.
unsafe impl Send for UserData {}
// SAFETY: as above.
unsafe impl Sync for UserData {}

impl Drop for UserData {
    fn drop(&mut self) {
        if let Some(destroy) = self.destroy {
            // SAFETY: the C program registered the destructor for this pointer.
            unsafe { destroy(self.pointer) };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Barrier, mpsc};

    use super::*;

    type Callback = Option<unsafe extern "C" fn(user_data: *mut c_void)>;

    /// What the callbacks of a test record. Leaked, so that a call that comes too late is seen as
    /// a wrong count.
    #[derive(Default)]
    struct Record {
        calls: AtomicUsize,
        destroyed: AtomicUsize,
    }

    /// All of them, so that nobody who looks for leaks takes them for some.
    static KEPT: Mutex<Vec<&'static Record>> = Mutex::new(Vec::new());

    impl Record {
        fn new() -> &'static Record {
            let record: &'static Record = Box::leak(Box::default());
            KEPT.lock().unwrap().push(record);
            record
        }

        fn pointer(&'static self) -> *mut c_void {
            std::ptr::from_ref(self).cast_mut().cast()
        }

        fn counts(&self) -> (usize, usize) {
            (self.calls.load(Ordering::SeqCst), self.destroyed.load(Ordering::SeqCst))
        }
    }

    unsafe extern "C" fn count_call(user_data: *mut c_void) {
        // SAFETY: the tests register a `Record`.
        let record = unsafe { &*user_data.cast::<Record>() };
        assert_eq!(record.destroyed.load(Ordering::SeqCst), 0, "called after its end");
        record.calls.fetch_add(1, Ordering::SeqCst);
    }

    unsafe extern "C" fn destroy(user_data: *mut c_void) {
        // SAFETY: the tests register a `Record`.
        unsafe { &*user_data.cast::<Record>() }.destroyed.fetch_add(1, Ordering::SeqCst);
    }

    fn register(slot: &Slot<Callback>, record: &'static Record) {
        slot.register(Some(count_call), record.pointer(), Some(destroy));
    }

    fn call(slot: &Slot<Callback>) {
        // SAFETY: the registered function takes the registered user data.
        slot.dispatch(|function, user_data| unsafe { function(user_data) });
    }

    #[test]
    fn calls_go_to_the_latest_registration() {
        let slot: Slot<Callback> = CallbackSlot::new();
        call(&slot);
        let (first, second) = (Record::new(), Record::new());
        register(&slot, first);
        call(&slot);
        register(&slot, second);
        assert_eq!(first.counts(), (1, 1));
        call(&slot);
        call(&slot);
        assert_eq!(second.counts(), (2, 0));
        drop(slot);
        assert_eq!((first.counts(), second.counts()), ((1, 1), (2, 1)));
    }

    #[test]
    fn without_a_function_user_data_is_given_back_at_once() {
        let slot: Slot<Callback> = CallbackSlot::new();
        let (registered, unused) = (Record::new(), Record::new());
        register(&slot, registered);
        slot.register(None, unused.pointer(), Some(destroy));
        call(&slot);
        assert_eq!((registered.counts(), unused.counts()), ((0, 1), (0, 1)));
    }

    #[test]
    fn the_destructor_is_optional() {
        let slot: Slot<Callback> = CallbackSlot::new();
        let record = Record::new();
        slot.register(Some(count_call), record.pointer(), None);
        call(&slot);
        slot.clear();
        assert_eq!(record.counts(), (1, 0));
    }

    #[test]
    fn a_callback_may_replace_itself() {
        let slot: Slot<Callback> = CallbackSlot::new();
        let (first, second) = (Record::new(), Record::new());
        register(&slot, first);
        slot.dispatch(|_, _| {
            register(&slot, second);
            assert_eq!(first.counts(), (0, 0), "destroyed during its call");
            call(&slot);
        });
        assert_eq!((first.counts(), second.counts()), ((0, 1), (1, 0)));
    }

    #[test]
    fn the_slot_may_be_freed_during_a_call() {
        let slot: Arc<Slot<Callback>> = Arc::new(CallbackSlot::new());
        let record = Record::new();
        register(&slot, record);
        let of_handle = Arc::clone(&slot);
        slot.dispatch(|_, _| {
            of_handle.clear();
            drop(of_handle);
            assert_eq!(record.counts(), (0, 0));
        });
        call(&slot);
        assert_eq!(record.counts(), (0, 1));
    }

    #[test]
    fn replacing_waits_for_a_call_on_another_thread() {
        let slot: Slot<Callback> = CallbackSlot::new();
        let record = Record::new();
        register(&slot, record);
        let (entered, is_entered) = mpsc::channel();
        let ended = AtomicUsize::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                slot.dispatch(|_, _| {
                    entered.send(()).unwrap();
                    // Gives a replacement that does not wait the time to be seen.
                    thread::sleep(std::time::Duration::from_millis(20));
                    ended.fetch_add(1, Ordering::SeqCst);
                });
            });
            is_entered.recv().unwrap();
            slot.clear();
            assert_eq!((ended.load(Ordering::SeqCst), record.counts()), (1, (0, 1)));
        });
    }

    #[test]
    fn replacing_does_not_wait_for_calls_of_later_registrations() {
        let slot: Slot<Callback> = CallbackSlot::new();
        let (first, second) = (Record::new(), Record::new());
        register(&slot, first);
        let in_later_call = Barrier::new(2);
        thread::scope(|scope| {
            let (entered, is_entered) = mpsc::channel();
            let (slot, in_later_call) = (&slot, &in_later_call);
            scope.spawn(move || {
                slot.dispatch(|_, _| {
                    entered.send(()).unwrap();
                    // The other thread has replaced this registration when a second one is there.
                    while slot.lock().generation < 2 {
                        thread::yield_now();
                    }
                });
                slot.dispatch(|_, _| {
                    in_later_call.wait();
                });
            });
            is_entered.recv().unwrap();
            register(slot, second);
            assert_eq!(first.counts(), (0, 1));
            in_later_call.wait();
        });
    }

    #[test]
    fn a_call_that_panics_has_ended() {
        let slot: Slot<Callback> = CallbackSlot::new();
        let record = Record::new();
        register(&slot, record);
        thread::scope(|scope| {
            assert!(scope.spawn(|| slot.dispatch(|_, _| panic!("on purpose"))).join().is_err());
        });
        slot.clear();
        assert_eq!(record.counts(), (0, 1));
    }

    #[test]
    fn many_threads_call_and_replace() {
        const ROUNDS: usize = 2_000;
        let slot: Slot<Callback> = CallbackSlot::new();
        let records: Vec<&'static Record> = (0..2 * ROUNDS).map(|_| Record::new()).collect();
        let done = AtomicUsize::new(0);
        thread::scope(|scope| {
            for half in records.chunks(ROUNDS) {
                let (slot, done) = (&slot, &done);
                scope.spawn(move || {
                    for record in half {
                        register(slot, record);
                        call(slot);
                    }
                    done.fetch_add(1, Ordering::SeqCst);
                });
                scope.spawn(move || {
                    while done.load(Ordering::SeqCst) < 2 {
                        call(slot);
                    }
                });
            }
        });
        slot.clear();
        assert!(records.iter().all(|record| record.counts().1 == 1));
        assert!(slot.lock().running.is_empty());
    }
}
