//! When drivers are called: deadlines, notifications, polling.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{bounded, unbounded};

use super::{PATIENCE, Probe, poll_until};
use crate::engine::mailbox::NOTIFICATIONS;
use crate::engine::{DriverHandle, Engine, EngineError};

#[test]
fn timers_fire_in_order_and_once() {
    let engine = Engine::polled().unwrap();
    let fired = Arc::new(Mutex::new(Vec::new()));
    let start = Instant::now();
    for delay in [30_u64, 10, 50, 20, 40] {
        let fired = Arc::clone(&fired);
        engine.add(Probe::default().deadline(start + Duration::from_millis(delay)).on_timeout(
            move |probe, io| {
                fired.lock().unwrap().push((delay, io.now() >= start + Duration::from_millis(delay)));
                probe.deadline = None;
            },
        ));
    }
    poll_until(&engine, || fired.lock().unwrap().len() == 5);
    assert_eq!(engine.next_timeout(), None);
    engine.poll(Some(Duration::from_millis(20))).unwrap();
    let expected: Vec<_> = [10, 20, 30, 40, 50].map(|delay| (delay, true)).into();
    assert_eq!(*fired.lock().unwrap(), expected);
}

#[test]
fn timers_that_moved_fire_in_order_even_when_late() {
    let engine = Engine::polled().unwrap();
    let fired = Arc::new(Mutex::new(Vec::new()));
    let start = Instant::now();
    let timer = |name: &'static str, delay| {
        let fired = Arc::clone(&fired);
        Probe::default().deadline(start + Duration::from_millis(delay)).on_timeout(move |probe, _| {
            fired.lock().unwrap().push(name);
            probe.deadline = None;
        })
    };
    let moved = engine.add(timer("moved to the end", 10).on_notified(move |probe, _| {
        probe.deadline = Some(start + Duration::from_millis(30));
    }));
    let sooner = engine.add(timer("moved to the front", 3_600_000).on_notified(move |probe, _| {
        probe.deadline = Some(start + Duration::from_millis(5));
    }));
    engine.add(timer("unmoved", 20));
    let cancelled =
        engine.add(timer("cancelled", 3_600_000).on_notified(move |probe, _| probe.deadline = None));
    engine.poll(Some(Duration::ZERO)).unwrap();
    for handle in [moved, sooner, cancelled] {
        handle.notify();
    }
    engine.poll(Some(Duration::ZERO)).unwrap();
    thread::sleep(Duration::from_millis(40));
    poll_until(&engine, || fired.lock().unwrap().len() == 3);
    assert_eq!(*fired.lock().unwrap(), ["moved to the front", "unmoved", "moved to the end"]);
}

#[test]
fn a_deadline_that_stays_in_the_past_does_not_spin() {
    let engine = Engine::polled().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let past = Instant::now();
    engine.add(Probe::default().deadline(past).on_timeout(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
    }));
    let start = Instant::now();
    for _ in 0..10_000 {
        engine.poll(Some(Duration::ZERO)).unwrap();
    }
    let limit = start.elapsed().as_millis() as usize + 2;
    let calls = calls.load(Ordering::Relaxed);
    assert!((1..=limit).contains(&calls), "{calls} calls, {limit} allowed");
}

#[test]
fn notifications_from_many_threads_are_not_lost() {
    const THREADS: usize = 4;
    const EACH: usize = 20_000;
    let engine = Engine::new().unwrap();
    let sent = Arc::new(AtomicUsize::new(0));
    let (done, result) = bounded(1);
    let seen = Arc::clone(&sent);
    let handle = engine.add(Probe::default().on_notified(move |probe, _| {
        if seen.load(Ordering::Relaxed) == THREADS * EACH {
            probe.finished = true;
            done.send(()).unwrap();
        }
    }));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..EACH {
                    sent.fetch_add(1, Ordering::Relaxed);
                    handle.notify();
                }
            });
        }
    });
    result.recv_timeout(PATIENCE).expect("the last notification was lost");
}

#[test]
fn notifications_before_a_turn_become_one() {
    let engine = Engine::polled().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let handle = engine.add(Probe::default().on_notified(move |_, _| {
        counted.fetch_add(1, Ordering::Relaxed);
    }));
    for expected in 1..4 {
        for _ in 0..1000 {
            handle.notify();
        }
        assert_eq!(engine.next_timeout(), Some(Duration::ZERO));
        engine.poll(Some(PATIENCE)).unwrap();
        assert_eq!(calls.load(Ordering::Relaxed), expected);
    }
    engine.poll(Some(Duration::ZERO)).unwrap();
    engine.poll(Some(Duration::ZERO)).unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 3);
}

#[test]
fn more_notified_drivers_than_the_channel_holds_are_all_told() {
    let engine = Engine::polled().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let handles: Vec<DriverHandle> = (0..NOTIFICATIONS + 100)
        .map(|_| {
            let calls = Arc::clone(&calls);
            engine.add(Probe::default().on_notified(move |_, _| {
                calls.fetch_add(1, Ordering::Relaxed);
            }))
        })
        .collect();
    engine.poll(Some(Duration::ZERO)).unwrap();
    for round in 1..4 {
        handles.iter().for_each(DriverHandle::notify);
        engine.poll(Some(Duration::ZERO)).unwrap();
        assert_eq!(calls.load(Ordering::Relaxed), round * handles.len());
    }
}

#[test]
fn drivers_that_notify_themselves_do_not_keep_the_loop() {
    let engine = Engine::polled().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let handle = engine.add(Probe::default().on_notified(move |_, io| {
        counted.fetch_add(1, Ordering::Relaxed);
        io.handle().notify();
    }));
    handle.notify();
    engine.poll(Some(Duration::ZERO)).unwrap();
    let after_start = calls.load(Ordering::Relaxed);
    for turn in 1..10 {
        engine.poll(None).unwrap();
        assert_eq!(calls.load(Ordering::Relaxed), after_start + turn);
    }
}

#[test]
fn drivers_that_notify_themselves_are_told_once_a_turn_even_if_the_channel_is_full() {
    let engine = Engine::polled().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let drivers = NOTIFICATIONS + 100;
    for _ in 0..drivers {
        let calls = Arc::clone(&calls);
        let driver = Probe::default().on_notified(move |_, io| {
            calls.fetch_add(1, Ordering::Relaxed);
            io.handle().notify();
        });
        engine.add(driver).notify();
    }
    for turn in 1..10 {
        engine.poll(None).unwrap();
        assert_eq!(calls.load(Ordering::Relaxed), turn * drivers);
    }
}

#[test]
fn polling_is_refused_where_it_cannot_be() {
    let own_thread = Engine::new().unwrap();
    assert!(matches!(own_thread.poll(None), Err(EngineError::OwnThread)));
    assert_eq!(own_thread.next_timeout(), None);

    let engine = Engine::polled().unwrap();
    let (sender, receiver) = unbounded();
    let inner = engine.clone();
    engine.add(Probe::default().on_start(move |probe, _| {
        let is_refused = |engine: &Engine| matches!(engine.poll(None), Err(EngineError::Reentrant));
        let here = (inner.is_current_thread(), is_refused(&inner));
        let elsewhere = thread::scope(|scope| {
            scope.spawn(|| (inner.is_current_thread(), is_refused(&inner))).join().unwrap()
        });
        sender.send((here, elsewhere)).unwrap();
        probe.finished = true;
    }));
    assert!(!engine.is_current_thread());
    engine.poll(None).unwrap();
    assert!(!engine.is_current_thread());
    assert_eq!(receiver.try_recv().unwrap(), ((true, true), (false, true)));
}

#[test]
fn a_sleeping_poll_is_woken_from_another_thread() {
    let engine = Engine::polled().unwrap();
    let called = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&called);
    let handle = engine.add(Probe::default().on_notified(move |_, _| flag.store(true, Ordering::Relaxed)));
    engine.poll(Some(Duration::ZERO)).unwrap();
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(20));
            handle.notify();
        });
        poll_until(&engine, || called.load(Ordering::Relaxed));
    });
}

#[cfg(unix)]
mod descriptors {
    use super::super::{connect_probe, write_all};
    use super::*;

    #[test]
    fn the_descriptor_tells_of_mail_and_of_postponed_reading() {
        /// Asks the system as a loop of the host would.
        fn is_readable(engine: &Engine) -> bool {
            let mut watched = libc::pollfd { fd: engine.descriptor(), events: libc::POLLIN, revents: 0 };
            // SAFETY: the pointer is to one valid `pollfd`, as the count says.
            let ready = unsafe { libc::poll(&raw mut watched, 1, 0) };
            assert!(ready >= 0);
            ready == 1
        }

        let engine = Engine::polled().unwrap();
        assert!(!is_readable(&engine));
        let handle = engine.add(Probe::default());
        assert!(is_readable(&engine));
        engine.poll(None).unwrap();
        assert!(!is_readable(&engine));
        handle.notify();
        assert!(is_readable(&engine));
        engine.poll(None).unwrap();
        assert!(!is_readable(&engine));

        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        let mut far = connect_probe(&engine, move |probe, io| {
            let (token, readiness) = probe.last_ready.unwrap();
            if readiness.readable && counted.fetch_add(1, Ordering::Relaxed) == 0 {
                io.again(token);
            }
        });
        write_all(&mut far, b"unread");
        poll_until(&engine, || calls.load(Ordering::Relaxed) == 1);
        assert!(is_readable(&engine), "the second call waits for a turn");
        engine.poll(None).unwrap();
        assert_eq!(calls.load(Ordering::Relaxed), 2);
        assert!(!is_readable(&engine));
    }
}
