//! How sockets and their drivers share the loop.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crossbeam_channel::unbounded;
use mio::Token;

use super::{Probe, connect_probe, loopback, poll_until, write_all};
use crate::engine::listener::Listener;
use crate::engine::{Engine, Io, Transport};

#[test]
fn unread_bytes_are_reported_once() {
    let engine = Engine::polled().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let mut far = connect_probe(&engine, move |probe, _| {
        if probe.last_ready.is_some_and(|(_, readiness)| readiness.readable) {
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    write_all(&mut far, b"unread");
    poll_until(&engine, || calls.load(Ordering::Relaxed) > 0);
    for _ in 0..100 {
        engine.poll(Some(Duration::ZERO)).unwrap();
    }
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn reading_that_stopped_early_goes_on_in_the_next_turn() {
    let engine = Engine::polled().unwrap();
    let received = Arc::new(Mutex::new(Vec::new()));
    let bytes = Arc::clone(&received);
    let mut far = connect_probe(&engine, move |probe, io| {
        let (token, _) = probe.last_ready.unwrap();
        let transport = probe.transports.get_mut(&token).unwrap();
        let mut byte = [0];
        if transport.read(&mut byte).is_ok_and(|length| length == 1) {
            bytes.lock().unwrap().push(byte[0]);
            io.again(token);
            io.again(token);
        }
    });
    write_all(&mut far, b"postponed");
    poll_until(&engine, || !received.lock().unwrap().is_empty());
    for read in 2..=9 {
        assert_eq!(engine.next_timeout(), Some(Duration::ZERO));
        engine.poll(None).unwrap();
        assert_eq!(received.lock().unwrap().len(), read);
    }
    assert_eq!(*received.lock().unwrap(), b"postponed");
    engine.poll(None).unwrap();
    assert_eq!(engine.next_timeout(), None, "nothing is left to do");
}

#[test]
fn a_postponed_socket_comes_after_fresh_events() {
    let engine = Engine::polled().unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let reader = |name: &'static str| {
        let order = Arc::clone(&order);
        move |probe: &mut Probe, io: &mut Io<'_>| {
            let (token, _) = probe.last_ready.unwrap();
            let mut byte = [0];
            if probe.transports.get_mut(&token).unwrap().read(&mut byte).is_ok_and(|length| length == 1) {
                order.lock().unwrap().push(name);
                io.again(token);
            }
        }
    };
    let mut busy = connect_probe(&engine, reader("busy"));
    let mut quiet = connect_probe(&engine, reader("quiet"));
    write_all(&mut busy, &[0; 60_000]);
    poll_until(&engine, || !order.lock().unwrap().is_empty());
    write_all(&mut quiet, b"x");
    let mut turn = Vec::new();
    while !turn.contains(&"quiet") {
        order.lock().unwrap().clear();
        engine.poll(None).unwrap();
        turn = order.lock().unwrap().clone();
    }
    assert_eq!(turn, ["quiet", "busy"]);
}

#[test]
fn a_postponed_socket_with_a_fresh_event_is_called_once() {
    let engine = Engine::polled().unwrap();
    let reads = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reads);
    let mut far = connect_probe(&engine, move |probe, io| {
        let (token, _) = probe.last_ready.unwrap();
        let transport = probe.transports.get_mut(&token).unwrap();
        if transport.read(&mut [0]).is_ok_and(|length| length == 1) {
            counted.fetch_add(1, Ordering::Relaxed);
            io.again(token);
        }
    });
    write_all(&mut far, &[0; 100]);
    poll_until(&engine, || reads.load(Ordering::Relaxed) > 0);
    for _ in 0..50 {
        write_all(&mut far, &[0]);
        let before = reads.load(Ordering::Relaxed);
        engine.poll(None).unwrap();
        assert_eq!(reads.load(Ordering::Relaxed), before + 1);
    }
}

/// What a driver that gives its sockets up has seen.
#[derive(Default)]
struct GivenUp {
    calls: usize,
    old: Vec<Token>,
    new: Vec<Token>,
}

#[test]
fn events_for_a_socket_given_up_do_not_reach_its_successor() {
    let engine = Engine::polled().unwrap();
    let mut listener = Listener::bind(loopback()).unwrap();
    let address = listener.local_addr().unwrap();
    let seen = Arc::new(Mutex::new(GivenUp::default()));
    let record = Arc::clone(&seen);
    // Two sockets become ready in one turn; the first call gives up both and registers others.
    engine.add(
        Probe::default()
            .on_start(move |probe, io| {
                for _ in 0..2 {
                    let mut transport = Transport::connect(address).unwrap();
                    let token = io.register(&mut transport).unwrap();
                    probe.transports.insert(token, transport);
                }
            })
            .on_ready(move |probe, io| {
                let mut record = record.lock().unwrap();
                record.calls += 1;
                for (token, mut transport) in std::mem::take(&mut probe.transports) {
                    io.again(token);
                    io.deregister(&mut transport, token).unwrap();
                    record.old.push(token);
                }
                for _ in 0..2 {
                    let mut idle = Listener::bind(loopback()).unwrap();
                    record.new.push(io.register(&mut idle).unwrap());
                }
            }),
    );
    let mut accepted = Vec::new();
    while accepted.len() < 2 {
        engine.poll(Some(Duration::ZERO)).unwrap();
        accepted.extend(listener.accept().unwrap());
    }
    poll_until(&engine, || seen.lock().unwrap().calls > 0);
    for _ in 0..10 {
        engine.poll(Some(Duration::ZERO)).unwrap();
    }
    let seen = seen.lock().unwrap();
    assert_eq!((seen.calls, seen.old.len(), seen.new.len()), (1, 2, 2));
    assert!(seen.new.iter().all(|token| !seen.old.contains(token)), "the turn may hold events for it");
}

#[test]
fn tokens_are_used_again_in_later_turns() {
    let engine = Engine::polled().unwrap();
    let (tokens, used) = unbounded();
    let finishing = tokens.clone();
    let handle = engine.add(Probe::default().on_notified(move |_, io| {
        let mut listener = Listener::bind(loopback()).unwrap();
        let token = io.register(&mut listener).unwrap();
        io.deregister(&mut listener, token).unwrap();
        tokens.send(token).unwrap();
    }));
    for _ in 0..10 {
        handle.notify();
        engine.poll(None).unwrap();
        let tokens = finishing.clone();
        engine.add(Probe::default().on_start(move |probe, io| {
            let mut listener = Listener::bind(loopback()).unwrap();
            tokens.send(io.register(&mut listener).unwrap()).unwrap();
            probe.finished = true;
        }));
        engine.poll(None).unwrap();
    }
    let used: Vec<Token> = used.try_iter().collect();
    assert_eq!(used.len(), 20);
    assert!(used.iter().all(|token| token.0 < 2), "{used:?}");
}

#[test]
fn a_token_of_another_driver_cannot_be_used() {
    let engine = Engine::polled().unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let token = Arc::new(Mutex::new(None));
    let known = Arc::clone(&token);
    let listener = Listener::bind(loopback()).unwrap();
    let address = listener.local_addr().unwrap();
    let mut listener = Some(listener);
    engine.add(
        Probe::default()
            .on_start(move |_, io| {
                let listener = listener.as_mut().unwrap();
                *known.lock().unwrap() = Some(io.register(listener).unwrap());
            })
            .on_ready(move |_, _| {
                counted.fetch_add(1, Ordering::Relaxed);
            }),
    );
    engine.poll(Some(Duration::ZERO)).unwrap();
    engine.add(Probe::default().on_start(move |probe, io| {
        let token = token.lock().unwrap().unwrap();
        io.again(token);
        let mut other = Listener::bind(loopback()).unwrap();
        // Never registered: whether the system minds is its own affair.
        let _ = io.deregister(&mut other, token);
        probe.finished = true;
    }));
    engine.poll(Some(Duration::ZERO)).unwrap();
    engine.poll(Some(Duration::ZERO)).unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    let _client = std::net::TcpStream::connect(address).unwrap();
    poll_until(&engine, || calls.load(Ordering::Relaxed) > 0);
}

/// What only Linux tells of its descriptors.
#[cfg(target_os = "linux")]
mod linux {
    use std::net::Ipv4Addr;
    use std::time::Instant;

    use super::super::PATIENCE;
    use super::*;
    use crate::engine::{DatagramReceiver, DatagramSender};

    /// Runs a test by itself in another process, where `variable` is set.
    fn in_another_process(name: &str, variable: &str) {
        let child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("engine::tests::sockets::linux::{name}"), "--nocapture"])
            .env(variable, "1")
            .output()
            .unwrap();
        assert!(child.status.success(), "{child:?}");
        assert!(String::from_utf8_lossy(&child.stdout).contains("all is well"), "{child:?}");
    }

    #[test]
    fn programs_that_the_process_starts_get_none_of_its_sockets() {
        const CHILD: &str = "STTP_TEST_CLOSE_ON_EXEC";
        if std::env::var_os(CHILD).is_none() {
            return in_another_process("programs_that_the_process_starts_get_none_of_its_sockets", CHILD);
        }
        let engine = Engine::new().unwrap();
        let mut listener = Listener::bind(loopback()).unwrap();
        let near = Transport::connect(listener.local_addr().unwrap()).unwrap();
        let receiver = DatagramReceiver::bind(loopback(), None, 0).unwrap();
        let port = (Ipv4Addr::LOCALHOST, receiver.port().unwrap()).into();
        let sender = DatagramSender::open(loopback(), port, None).unwrap();
        let mut far = None;
        poll_until(&Engine::polled().unwrap(), || {
            far = far.take().or_else(|| listener.accept().unwrap());
            far.is_some()
        });
        let mut sockets = 0;
        for entry in std::fs::read_dir("/proc/self/fd").unwrap() {
            let path = entry.unwrap().path();
            let Ok(target) = std::fs::read_link(&path) else { continue };
            let target = target.to_string_lossy().into_owned();
            if !target.starts_with("socket:") && !target.starts_with("anon_inode:") {
                continue;
            }
            let descriptor: i32 = path.file_name().unwrap().to_str().unwrap().parse().unwrap();
            // SAFETY: asks for the flags of a descriptor.
            let flags = unsafe { libc::fcntl(descriptor, libc::F_GETFD) };
            assert!(flags & libc::FD_CLOEXEC != 0, "{target} is left to others");
            sockets += 1;
        }
        assert!(sockets >= 7, "{sockets} descriptors were looked at");
        drop((engine, near, far, receiver, sender));
        println!("all is well");
    }

    #[test]
    fn accepting_goes_on_when_descriptors_are_free_again() {
        const CHILD: &str = "STTP_TEST_DESCRIPTORS";
        if std::env::var_os(CHILD).is_none() {
            return in_another_process("accepting_goes_on_when_descriptors_are_free_again", CHILD);
        }
        let mut listener = Listener::bind(loopback()).unwrap();
        let near = Transport::connect(listener.local_addr().unwrap()).unwrap();
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: reads and sets a limit of this process, which runs this test only.
        unsafe {
            assert_eq!(libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit), 0);
            let few = libc::rlimit { rlim_cur: 64, ..limit };
            assert_eq!(libc::setrlimit(libc::RLIMIT_NOFILE, &raw const few), 0);
        }
        let taken: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
        assert!(listener.accept().is_err());
        let pause = listener.retry_at().unwrap() - Instant::now();
        assert!(pause > Duration::from_millis(10), "no loop spins meanwhile: {pause:?}");
        drop(taken);
        let end = Instant::now() + PATIENCE;
        while listener.accept().unwrap().is_none() {
            assert!(Instant::now() < end);
        }
        drop(near);
        println!("all is well");
    }
}
