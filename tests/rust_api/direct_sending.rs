//! Threads that publish and send what they publish themselves.

use std::sync::{Mutex, mpsc};
use std::thread;
use std::time::Instant;

use super::*;
use sttp::publisher::ConnectionId;

/// Longer than the pause after which a publishing thread sends itself.
const PAUSE: Duration = Duration::from_millis(3);

/// Keeps the engine's thread in a user command until it is released.
struct Holder {
    events: Events,
    held: Sender<()>,
    release: Mutex<Receiver<()>>,
}

impl PublisherHandler for Holder {
    fn subscribed(&mut self, connection: &ConnectionInfo) {
        PublisherHandler::subscribed(&mut self.events, connection);
    }

    fn user_command(&mut self, _connection: ConnectionId, _command: u8, _payload: &[u8]) -> bool {
        self.held.send(()).unwrap();
        self.release.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        true
    }
}

/// Publishes a frame while the publisher's engine is held. Whether it arrives meanwhile, within `patience`.
fn arrives_past_the_engine(direct_sending: bool, secured: bool, patience: Duration) -> bool {
    let (events, published) = channel();
    let (held, is_held) = channel();
    let (releaser, release) = mpsc::channel();
    let publisher = Publisher::new(
        &Engine::new().unwrap(),
        Holder { events: Events(events), held, release: Mutex::new(release) },
    );
    publisher.set_metadata(Arc::new(Metadata::new(DataSet::sample().unwrap()))).unwrap();
    let (ours, theirs) = (tls::made("publisher"), tls::made("subscriber"));
    publisher.secure(secured.then(|| tls::trusting(&ours, &theirs))).unwrap();
    publisher.start("127.0.0.1:0", PublisherSettings::default().direct_sending(direct_sending)).unwrap();
    let settings = SubscriberSettings::default().read_queue(1_000);
    let (subscriber, _events) = idle_subscriber(&Engine::new().unwrap());
    subscriber.secure(secured.then(|| tls::trusting(&theirs, &ours))).unwrap();
    subscriber.connect(&publisher.address().unwrap().to_string(), settings).unwrap();
    wait_for(&published, &Event::Subscribed);
    subscriber.send_user_command(0, b"hold").unwrap();
    is_held.recv_timeout(PATIENCE).unwrap();

    thread::sleep(PAUSE);
    publisher.publish_indexed(&frame(1, 2)).unwrap();
    let mut space = frame(0, 10);
    let arrived = subscriber.read(&mut space, Some(patience)).is_ok();
    releaser.send(()).unwrap();
    if !arrived {
        assert_eq!(subscriber.read(&mut space, Some(PATIENCE)).unwrap(), 2, "the engine sends it then");
    }
    let sent = publisher.statistics();
    assert_eq!((sent.measurements_published, sent.measurements_sent), (2, 2));
    arrived
}

#[test]
fn a_frame_does_not_wait_for_a_busy_engine() {
    assert!(arrives_past_the_engine(true, false, PATIENCE));
    assert!(arrives_past_the_engine(true, true, PATIENCE), "secured by TLS");
}

#[test]
fn without_direct_sending_only_the_engine_sends() {
    assert!(!arrives_past_the_engine(false, false, Duration::from_millis(50)));
}

#[test]
fn frames_sent_by_both_threads_stay_in_order() {
    const FRAMES: i64 = 600;
    let engine = Engine::new().unwrap();
    let (publisher, published) = publisher(&engine, "127.0.0.1:0", Overflow::Wait { timeout: None });
    let settings = SubscriberSettings::default().read_queue(100_000);
    let (subscriber, _events) = subscriber(&engine, publisher.address().unwrap(), settings);
    wait_for(&published, &Event::Subscribed);
    let publishing = thread::spawn(move || {
        for number in 0..FRAMES {
            // The first of five after a pause, the others for the engine, which may not be done with
            // them when the next pause is over.
            if number % 5 == 0 {
                thread::sleep(Duration::from_micros(900 + 10 * (number as u64 % 40)));
            }
            publisher.publish_indexed(&frame(number, 3)).unwrap();
        }
        publisher.flush(Some(PATIENCE)).unwrap();
        publisher
    });
    let mut space = frame(0, 3 * FRAMES as u32);
    let mut received = 0;
    while received < space.len() {
        received += subscriber.read(&mut space[received..], Some(PATIENCE)).unwrap();
    }
    let expected = (0..FRAMES).flat_map(|number| frame(number, 3));
    assert!(
        space.iter().map(|one| (one.timestamp, one.value)).eq(expected.map(|one| (one.timestamp, one.value)))
    );
    drop(publishing.join().unwrap());
}

/// What a socket does not take is left to the engine, and `flush` waits for it.
#[test]
fn the_engine_sends_what_a_slow_subscriber_did_not_take() {
    let engine = Engine::new().unwrap();
    let (publisher, published) = publisher(&engine, "127.0.0.1:0", Overflow::DropOldest);
    let settings = SubscriberSettings::default().compress_payload(false).read_queue(1);
    let (subscriber, _events) = subscriber(&Engine::new().unwrap(), publisher.address().unwrap(), settings);
    wait_for(&published, &Event::Subscribed);
    let mut large = frame(1, 4).repeat(1_000);
    let mut frames = 0;
    let began = Instant::now();
    while publisher.flush(Some(Duration::from_millis(50))).is_ok() {
        assert!(began.elapsed() < PATIENCE, "the subscriber takes everything though it does not read");
        thread::sleep(Duration::from_millis(1));
        large.iter_mut().for_each(|one| one.timestamp.0 += 333_333);
        publisher.publish_indexed(&large).unwrap();
        frames += 1;
    }
    let mut space = frame(0, 4).repeat(10_000);
    let (mut received, mut latest) = (0, Ticks(0));
    while received < frames * large.len() {
        let count = subscriber.read(&mut space, Some(PATIENCE)).unwrap();
        assert!(space[..count].is_sorted_by_key(|one| one.timestamp) && space[0].timestamp >= latest);
        latest = space[count - 1].timestamp;
        received += count;
    }
    publisher.flush(Some(PATIENCE)).unwrap();
    let sent = publisher.statistics();
    assert_eq!((sent.measurements_sent, sent.measurements_dropped), (received as u64, 0));
}
