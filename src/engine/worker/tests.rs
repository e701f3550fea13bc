//! Workers on threads, and stepped by the test.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::thread;

use crossbeam_channel::{Receiver, bounded, unbounded};

use super::stepped::Stepped;
use super::{Executor, Job, JobError, Runner, Step, Threads, Worker};

/// Has no thread to give.
struct Refusing;

impl Executor for Refusing {
    fn start(&self, _name: &'static str, _runner: Runner) -> io::Result<()> {
        Err(io::Error::other("too many threads"))
    }

    fn is_concurrent(&self) -> bool {
        true
    }
}

fn stepped(most: usize) -> (Arc<Stepped>, Worker) {
    let executor = Arc::new(Stepped::default());
    (executor.clone(), Worker::passing(executor, "worker", most))
}

/// Waits for a job as an owner without a driver has to.
fn finish<T>(job: &mut Job<T>) -> Result<T, JobError> {
    loop {
        match job.take() {
            Some(result) => return result,
            None => thread::yield_now(),
        }
    }
}

/// A job that waits until the test lets it go, and one that has begun by then.
fn held(worker: &Worker) -> (Job<()>, crossbeam_channel::Sender<()>, Receiver<()>) {
    let (release, released) = bounded::<()>(1);
    let (begun, has_begun) = bounded(1);
    let job = worker.run(None, move || {
        begun.send(()).unwrap();
        let _ = released.recv();
    });
    (job, release, has_begun)
}

#[test]
fn results_reach_their_owners() {
    let worker = Worker::passing(Arc::new(Threads), "worker", 2);
    let mut jobs: Vec<_> = (0..100).map(|number| worker.run(None, move || number * number)).collect();
    for (number, job) in jobs.iter_mut().enumerate() {
        assert_eq!(finish(job), Ok(number * number));
        assert!(job.take().is_none(), "a result is given once");
    }
}

#[test]
fn no_more_threads_run_than_allowed() {
    let worker = Worker::passing(Arc::new(Threads), "worker", 3);
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let jobs = (0..200).map(|_| {
        let (running, most) = (running.clone(), most.clone());
        worker.run(None, move || {
            most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::yield_now();
            running.fetch_sub(1, Ordering::SeqCst);
        })
    });
    let mut jobs: Vec<_> = jobs.collect();
    jobs.iter_mut().for_each(|job| finish(job).unwrap());
    assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
}

#[test]
fn two_threads_work_at_once() {
    let worker = Worker::passing(Arc::new(Threads), "worker", 2);
    let meeting = Arc::new(Barrier::new(2));
    let mut jobs = [0, 1].map(|_| {
        let meeting = meeting.clone();
        worker.run(None, move || {
            meeting.wait();
        })
    });
    jobs.iter_mut().for_each(|job| finish(job).unwrap());
}

#[test]
fn a_passing_runner_ends_when_nothing_is_left() {
    let (executor, worker) = stepped(1);
    let mut first = worker.run(None, || 1);
    let mut second = worker.run(None, || 2);
    assert_eq!(executor.runners(), 1);
    assert_eq!(executor.step(0), Step::Done);
    assert_eq!((first.take(), second.take()), (Some(Ok(1)), None));
    assert_eq!((executor.step(0), executor.step(0)), (Step::Done, Step::Over));
    assert_eq!(second.take(), Some(Ok(2)));

    let mut third = worker.run(None, || 3);
    assert_eq!(executor.runners(), 2, "the next job needs another runner");
    assert_eq!((executor.step(0), executor.step(1)), (Step::Done, Step::Over), "an old one may help");
    assert_eq!(third.take(), Some(Ok(3)));
}

#[test]
fn a_job_that_nobody_wants_is_not_begun() {
    let (executor, worker) = stepped(1);
    let begun = Arc::new(AtomicUsize::new(0));
    let count = || {
        let begun = begun.clone();
        move || {
            begun.fetch_add(1, Ordering::SeqCst);
        }
    };
    let unwanted = worker.run(None, count());
    let wanted = worker.run(None, count());
    drop(unwanted);
    worker.post(count());
    while executor.step(0) == Step::Done {}
    assert_eq!(begun.load(Ordering::SeqCst), 2, "the one that is wanted, and the one that nobody awaits");
    drop(wanted);
}

#[test]
fn what_an_unwanted_job_holds_is_freed_with_the_next_one() {
    let (_executor, worker) = stepped(1);
    let held = Arc::new(());
    for _ in 0..1000 {
        let held = held.clone();
        drop(worker.run(None, move || drop(held)));
    }
    assert!(Arc::strong_count(&held) <= 2);
}

#[test]
fn a_panic_is_told_to_the_owner_and_harms_nobody_else() {
    let worker = Worker::lasting(Arc::new(Threads), "worker");
    let mut panics = worker.run(None, || -> u32 { panic!("no such signal") });
    worker.post(|| panic!("nobody hears this"));
    let mut works = worker.run(None, || 7);
    assert_eq!(finish(&mut panics), Err(JobError::Panicked("no such signal".into())));
    assert_eq!(finish(&mut works), Ok(7));
}

#[test]
fn a_lasting_worker_keeps_its_thread_and_the_order() {
    let worker = Worker::lasting(Arc::new(Threads), "worker");
    let (done, order) = unbounded();
    for number in 0..100 {
        let done = done.clone();
        let send = move || done.send((number, thread::current().id())).unwrap();
        finish(&mut worker.run(None, send)).unwrap();
    }
    let done: Vec<_> = order.try_iter().collect();
    assert!(done.iter().enumerate().all(|(place, (number, _))| place == *number));
    assert!(done.iter().all(|(_, thread)| *thread == done[0].1 && *thread != thread::current().id()));
}

#[test]
fn without_threads_passing_work_is_done_by_who_gives_it_and_lasting_work_fails() {
    let mut job = Worker::passing(Arc::new(Refusing), "worker", 2).run(None, || thread::current().id());
    assert_eq!(job.take(), Some(Ok(thread::current().id())));

    let worker = Worker::lasting(Arc::new(Refusing), "worker");
    let expected = Some(Err(JobError::NoThread("too many threads".into())));
    for _ in 0..2 {
        assert_eq!(worker.run(None, || 1).take(), expected, "at each attempt");
    }
    worker.stop(|| {});
}

#[test]
fn stopping_waits_for_the_job_that_runs_and_does_the_last_one_after_it() {
    let worker = Worker::lasting(Arc::new(Threads), "worker");
    let (mut running, release, has_begun) = held(&worker);
    has_begun.recv().unwrap();
    let mut waiting = worker.run(None, || ());
    let (last, was_last) = bounded(1);
    let stopping = thread::spawn({
        let worker = worker.clone();
        move || worker.stop(move || last.send(thread::current().id()).unwrap())
    });
    assert_eq!(finish(&mut waiting), Err(JobError::Stopped), "it fails before the other one is done");
    assert!(was_last.try_recv().is_err());
    assert!(running.take().is_none());
    release.send(()).unwrap();
    stopping.join().unwrap();
    assert_eq!(running.take(), Some(Ok(())), "stopping has waited");
    assert_ne!(was_last.try_recv().unwrap(), thread::current().id());
    assert_eq!(worker.run(None, || ()).take(), Some(Err(JobError::Stopped)));
}

#[test]
fn a_job_may_stop_its_own_worker() {
    let worker = Worker::lasting(Arc::new(Threads), "worker");
    let (last, was_last) = bounded(1);
    let own = worker.clone();
    let mut job = worker.run(None, move || own.stop(move || last.send(()).unwrap()));
    finish(&mut job).unwrap();
    was_last.recv().unwrap();
}

#[test]
fn stopping_where_nothing_runs_by_itself_does_the_last_job_here() {
    let executor = Arc::new(Stepped::default());
    let worker = Worker::lasting(executor.clone(), "worker");
    let mut waiting = worker.run(None, || ());
    assert_eq!(executor.step(0), Step::Done);
    assert_eq!(executor.step(0), Step::Idle);
    let (last, was_last) = bounded(1);
    worker.stop(move || last.send(()).unwrap());
    assert_eq!((waiting.take(), was_last.try_recv()), (Some(Ok(())), Ok(())));
    assert_eq!(executor.step(0), Step::Over);
}

#[test]
fn without_handles_the_rest_is_dropped_and_its_owners_are_told() {
    let worker = Worker::lasting(Arc::new(Threads), "worker");
    let (mut running, release, has_begun) = held(&worker);
    has_begun.recv().unwrap();
    let mut waiting = worker.run(None, || ());
    drop(worker);
    assert_eq!(finish(&mut waiting), Err(JobError::Stopped));
    release.send(()).unwrap();
    assert_eq!(finish(&mut running), Ok(()));
}
