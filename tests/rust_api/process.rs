//! What the process that the library is in must not suffer from: scarce threads and descriptors, signals, descriptors
//! that its children get.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::Instant;

use sttp::subscriber::UdpReception;

use super::tls::{made, read_all, trusting};
use super::*;

/// Runs a test of this file in a process of its own, to which it may do what it likes. Whether that is this one.
fn is_in_a_process_of_its_own(name: &str) -> bool {
    const CHILD: &str = "STTP_TEST_PROCESS";
    if std::env::var_os(CHILD).is_some() {
        return true;
    }
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("process::{name}"), "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && output.contains("all is well"), "{child:?}");
    false
}

fn limit(resource: libc::__rlimit_resource_t, change: impl FnOnce(libc::rlimit) -> libc::rlim_t) {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: reads and sets a limit of this process, which runs one test only.
    unsafe {
        assert_eq!(libc::getrlimit(resource, &raw mut limit), 0);
        let changed = libc::rlimit { rlim_cur: change(limit), ..limit };
        assert_eq!(libc::setrlimit(resource, &raw const changed), 0);
    }
}

/// A publisher and a subscriber of everything, with or without TLS.
struct Pair {
    publisher: Publisher,
    subscriber: Subscriber,
    published: Receiver<Event>,
    received: Receiver<Event>,
}

impl Pair {
    fn new(engines: &[Engine; 2], tls: bool) -> Pair {
        let (publisher, published) = idle_publisher(&engines[0]);
        let (subscriber, received) = idle_subscriber(&engines[1]);
        if tls {
            let (ours, theirs) = (made("publisher"), made("subscriber"));
            publisher.secure(Some(trusting(&ours, &theirs))).unwrap();
            subscriber.secure(Some(trusting(&theirs, &ours))).unwrap();
        }
        publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
        Pair { publisher, subscriber, published, received }
    }

    fn address(&self) -> String {
        self.publisher.address().unwrap().to_string()
    }

    fn connect(&self, address: &str, settings: SubscriberSettings) {
        self.subscriber.connect(address, settings).unwrap();
    }

    /// A measurement goes over, once it is subscribed.
    fn exchange(&self) {
        wait_for(&self.published, &Event::Subscribed);
        let measurement = sample_measurement();
        let mut read = [measurement];
        let end = Instant::now() + PATIENCE;
        loop {
            self.publisher.publish(&[measurement]).unwrap();
            match self.subscriber.read(&mut read, Some(Duration::from_millis(100))) {
                Ok(count) if count > 0 => return assert_eq!(read[0].signal_id, measurement.signal_id),
                other => assert!(Instant::now() < end, "{other:?}"),
            }
        }
    }
}

fn sample_measurement() -> Measurement {
    let metadata = Metadata::new(DataSet::sample().unwrap());
    let signal_id = metadata.measurements().find_map(|measurement| measurement.signal_id()).unwrap();
    Measurement {
        signal_id,
        timestamp: Ticks::now(),
        value: 1.0,
        flags: StateFlags::empty(),
        signal_index: 0,
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_threads_what_has_begun_goes_on_and_the_rest_fails_with_the_reason() {
    if !is_in_a_process_of_its_own(
        "without_threads_what_has_begun_goes_on_and_the_rest_fails_with_the_reason",
    ) {
        return;
    }
    let engines = [(); 2].map(|()| Engine::new().unwrap());
    let pair = Pair::new(&engines, true);
    // SAFETY: changes who this process is, which runs this test only. Whoever may do everything has no limit.
    unsafe {
        if libc::geteuid() == 0 {
            assert_eq!(libc::setresuid(65_534, 65_534, 65_534), 0);
        }
    }
    limit(libc::RLIMIT_NPROC, |_| 0);
    assert!(std::thread::Builder::new().spawn(|| {}).is_err(), "there is a thread left");
    let error = Engine::new().unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "{error}");

    // A name needs a thread to be looked up.
    let port = pair.publisher.address().unwrap().port();
    pair.connect(&format!("localhost:{port}"), quick_reconnects());
    let Event::Disconnected(reason) = pair.received.recv_timeout(PATIENCE).unwrap() else { panic!() };
    assert!(reason.contains("localhost"), "{reason}");
    pair.subscriber.disconnect().unwrap();

    // The keys of a handshake and large metadata would have threads of their own.
    pair.connect(&pair.address(), read_all());
    pair.exchange();

    limit(libc::RLIMIT_NPROC, |limit| limit.rlim_max);
    drop(Engine::new().unwrap());
    pair.subscriber.disconnect().unwrap();
    pair.connect(&format!("localhost:{port}"), read_all());
    pair.exchange();
    println!("all is well");
}

#[cfg(target_os = "linux")]
#[test]
fn without_descriptors_who_comes_is_served_when_there_are_some_again() {
    if !is_in_a_process_of_its_own("without_descriptors_who_comes_is_served_when_there_are_some_again") {
        return;
    }
    let engines = [(); 2].map(|()| Engine::new().unwrap());
    let pair = Pair::new(&engines, false);
    limit(libc::RLIMIT_NOFILE, |_| 64);
    let mut taken: Vec<_> = std::iter::from_fn(|| std::fs::File::open("/dev/null").ok()).collect();
    assert!(!taken.is_empty());
    let error = TcpListener::bind("127.0.0.1:0").unwrap_err();
    assert_eq!(error.raw_os_error(), Some(libc::EMFILE));
    // There is one for the subscriber's side and none for the publisher's.
    taken.pop();
    pair.connect(&pair.address(), read_all());
    wait_for(&pair.received, &Event::Connected);
    assert!(pair.publisher.connections().is_empty());
    drop(taken);
    pair.exchange();
    println!("all is well");
}

/// Descriptors that are open, and whether a program that this process starts would get them.
fn descriptors() -> BTreeSet<(i32, bool)> {
    let entries = std::fs::read_dir("/proc/self/fd").unwrap();
    let numbers = entries.map(|entry| entry.unwrap().file_name().to_str().unwrap().parse().unwrap());
    let numbers: Vec<i32> = numbers.collect();
    let flags = numbers.into_iter().map(|number| {
        // SAFETY: asks for the flags of a descriptor.
        (number, unsafe { libc::fcntl(number, libc::F_GETFD) })
    });
    // The one that the folder was read by is closed by now.
    flags
        .filter(|(_, flags)| *flags >= 0)
        .map(|(number, flags)| (number, flags & libc::FD_CLOEXEC == 0))
        .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn programs_that_are_started_get_no_descriptor() {
    if !is_in_a_process_of_its_own("programs_that_are_started_get_no_descriptor") {
        return;
    }
    let before = descriptors();
    let engines = [(); 2].map(|()| Engine::new().unwrap());
    let [plain, secured] = [false, true].map(|tls| Pair::new(&engines, tls));
    plain.connect(&plain.address(), read_all().udp(Some(UdpReception::default())));
    secured.connect(&secured.address(), read_all().udp(Some(UdpReception::default())));
    plain.exchange();
    secured.exchange();
    plain.subscriber.read_descriptor().unwrap();
    let ours: Vec<_> = descriptors().difference(&before).copied().collect();
    // Per engine one to poll and one to wake, per pair a port, both ends of a connection and of a UDP channel.
    assert!(ours.len() >= 2 * 2 + 2 * 5, "{ours:?}");
    let left: Vec<_> = ours.iter().filter(|(_, is_left)| *is_left).collect();
    assert!(left.is_empty(), "{left:?} of {ours:?}");
    println!("all is well");
}

#[cfg(unix)]
#[test]
fn peers_that_hang_up_while_they_are_sent_to_raise_no_signal() {
    if !is_in_a_process_of_its_own("peers_that_hang_up_while_they_are_sent_to_raise_no_signal") {
        return;
    }
    // SAFETY: sets the default action, as a program in C has it; this process runs this test only.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    for tls in [false, true] {
        let engines = [(); 2].map(|()| Engine::new().unwrap());
        let pair = Pair::new(&engines, tls);
        let measurements = vec![sample_measurement(); 2_000];
        for _ in 0..10 {
            pair.connect(&pair.address(), read_all().read_queue(10));
            wait_for(&pair.published, &Event::Subscribed);
            (0..20).for_each(|_| pair.publisher.publish(&measurements).unwrap());
            pair.subscriber.disconnect().unwrap();
            (0..20).for_each(|_| pair.publisher.publish(&measurements).unwrap());
        }
    }
    println!("all is well");
}
