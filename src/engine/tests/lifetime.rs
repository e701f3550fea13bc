//! The end of drivers, by their own will or by a panic, and of engines.

use std::cell::RefCell;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, bounded, unbounded};

use super::{PATIENCE, Probe};
use crate::engine::{Engine, Io};

#[test]
fn callbacks_may_add_notify_finish_and_drop_the_engine() {
    let engine = Engine::new().unwrap();
    let (dropped, gone) = unbounded();
    let (ended, thread_end) = bounded(1);
    let mut own = Some(engine.clone());
    let child_dropped = dropped.clone();
    engine.add(Probe::default().dropped(&dropped).on_start(move |probe, io| {
        watch_thread_end(&ended);
        let engine = own.take().unwrap();
        assert!(engine.is_current_thread());
        let parent = io.handle();
        let child = engine.add(Probe::default().dropped(&child_dropped).on_notified(move |probe, _| {
            parent.notify();
            probe.finished = true;
        }));
        child.notify();
        probe.on_notified = Some(Box::new(|probe, _| probe.finished = true));
    }));
    assert!(!engine.is_current_thread());
    drop(engine);
    gone.recv_timeout(PATIENCE).unwrap();
    gone.recv_timeout(PATIENCE).unwrap();
    thread_end.recv_timeout(PATIENCE).expect("the thread of the engine is still there");
}

#[test]
fn a_driver_may_finish_in_its_first_call() {
    let engine = Engine::polled().unwrap();
    let (dropped, gone) = unbounded();
    let handle = engine.add(Probe::default().dropped(&dropped).on_start(|probe, _| probe.finished = true));
    handle.notify();
    engine.poll(Some(Duration::ZERO)).unwrap();
    gone.try_recv().unwrap();
    handle.notify();
    engine.poll(Some(Duration::ZERO)).unwrap();
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("thrown by the test, in a destructor");
    }
}

#[test]
fn a_panic_ends_its_driver_and_no_other() {
    let engine = Engine::new().unwrap();
    let (dropped, gone) = unbounded();
    let (alive, answer) = unbounded();
    let survivor = engine.add(Probe::default().on_notified(move |_, _| alive.send(()).unwrap()));
    let panics = |_: &mut Probe, _: &mut Io<'_>| panic!("thrown by the test");
    engine.add(Probe::default().dropped(&dropped).on_start(panics));
    engine.add(Probe::default().dropped(&dropped).on_notified(panics)).notify();
    engine.add(Probe::default().dropped(&dropped).deadline(Instant::now()).on_timeout(panics));
    let bomb = PanicsWhenDropped;
    let holds_bomb = move |_: &mut Probe, _: &mut Io<'_>| {
        let _ = &bomb;
    };
    engine.add(Probe::default().dropped(&dropped).on_ready(holds_bomb).on_start(|_, _| {
        panic!("thrown by the test, of {} kind", "another");
    }));
    for _ in 0..4 {
        gone.recv_timeout(PATIENCE).unwrap();
    }
    survivor.notify();
    answer.recv_timeout(PATIENCE).expect("the loop has ended with the panic");
}

#[test]
fn dropping_a_polled_engine_drops_all_drivers_whatever_they_do() {
    let engine = Engine::polled().unwrap();
    let (dropped, gone) = unbounded();
    for _ in 0..2 {
        let bomb = PanicsWhenDropped;
        engine.add(Probe::default().dropped(&dropped).on_start(move |_, _| {
            let _ = &bomb;
        }));
    }
    engine.add(Probe::default().dropped(&dropped));
    engine.poll(Some(Duration::ZERO)).unwrap();
    let late = engine.add(Probe::default().dropped(&dropped));
    drop(engine);
    assert_eq!(gone.try_iter().count(), 4);
    late.notify();
}

/// Reports the end of the calling thread.
fn watch_thread_end(ended: &Sender<()>) {
    struct Watch(Sender<()>);
    impl Drop for Watch {
        fn drop(&mut self) {
            let _ = self.0.send(());
        }
    }
    thread_local!(static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) });
    WATCH.with(|watch| *watch.borrow_mut() = Some(Watch(ended.clone())));
}

#[test]
fn the_thread_ends_when_handles_and_drivers_are_gone() {
    let (ended, thread_end) = bounded(1);
    let engine = Engine::new().unwrap();
    let handle = engine.add(
        Probe::default()
            .on_start(move |_, _| watch_thread_end(&ended))
            .on_notified(|probe, _| probe.finished = true),
    );
    drop(engine.clone());
    drop(engine);
    assert!(thread_end.recv_timeout(Duration::from_millis(50)).is_err(), "the driver still runs");
    handle.notify();
    thread_end.recv_timeout(PATIENCE).expect("the thread of the engine is still there");
    handle.notify();
}

#[test]
fn dropping_an_idle_engine_waits_for_its_thread() {
    let (ended, thread_end) = bounded(1);
    let (dropped, gone) = bounded(1);
    let engine = Engine::new().unwrap();
    engine.add(Probe::default().dropped(&dropped).on_start(move |probe, _| {
        watch_thread_end(&ended);
        probe.finished = true;
    }));
    gone.recv_timeout(PATIENCE).unwrap();
    while engine.core.mailboxes[0].driver_count() > 0 {
        thread::yield_now();
    }
    drop(engine);
    thread_end.try_recv().expect("the thread of the engine is still there");
}

#[test]
fn the_shared_engine_is_one_while_it_is_used() {
    let first = Engine::shared().unwrap();
    let second = Engine::shared().unwrap();
    assert!(Arc::ptr_eq(&first.core, &second.core));
    drop((first, second));
    let (sender, receiver) = bounded(1);
    let again = Engine::shared().unwrap();
    again.add(Probe::default().on_start(move |probe, _| {
        probe.finished = true;
        sender.send(()).unwrap();
    }));
    receiver.recv_timeout(PATIENCE).unwrap();
}
