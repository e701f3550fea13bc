//! Historical data over real sockets: out of memory, and from the application.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, Mutex};

use sttp::publisher::{HistoryReader, HistoryRequest, HistorySource};
use sttp::wire::Command;

use super::*;

/// What a subscriber of historical data is told.
#[derive(Debug, PartialEq)]
enum Told {
    Complete,
    Failed(String),
    Succeeded(Command),
}

struct Collector {
    told: Sender<Told>,
    received: Arc<Mutex<Vec<Measurement>>>,
}

impl SubscriberHandler for Collector {
    fn measurements(&mut self, measurements: &[Measurement]) {
        self.received.lock().unwrap().extend_from_slice(measurements);
    }

    fn processing_complete(&mut self, _text: &str) {
        let _ = self.told.send(Told::Complete);
    }

    fn request_succeeded(&mut self, request: Command, _text: &str) {
        if request == Command::UpdateProcessingInterval {
            let _ = self.told.send(Told::Succeeded(request));
        }
    }

    fn request_failed(&mut self, _request: Command, text: &str) {
        let _ = self.told.send(Told::Failed(text.to_owned()));
    }
}

struct Client {
    subscriber: Subscriber,
    told: Receiver<Told>,
    received: Arc<Mutex<Vec<Measurement>>>,
}

impl Client {
    /// Asks for everything that there is from `start` on.
    fn new(engine: &Engine, publisher: &Publisher, start: &str, processing_interval: i32) -> Client {
        let (sender, told) = channel();
        let received = Arc::new(Mutex::default());
        let subscriber = Subscriber::new(engine, Collector { told: sender, received: Arc::clone(&received) });
        let options = SubscriptionOptions::default()
            .filter("FILTER ActiveMeasurements WHERE True".to_owned())
            .start_time(Some(start.to_owned()))
            .processing_interval(processing_interval);
        subscriber.subscribe(options).unwrap();
        let address = publisher.address().unwrap().to_string();
        subscriber.connect(&address, SubscriberSettings::default()).unwrap();
        Client { subscriber, told, received }
    }

    fn next(&self) -> Told {
        self.told.recv_timeout(PATIENCE).expect("something is told")
    }

    fn take(&self) -> Vec<Measurement> {
        std::mem::take(&mut *self.received.lock().unwrap())
    }
}

fn silent() -> (impl PublisherHandler, Receiver<Event>) {
    let (events, happened) = channel();
    (Events(events), happened)
}

fn historian(engine: &Engine, settings: PublisherSettings) -> (Publisher, Receiver<Event>) {
    let (handler, happened) = silent();
    let publisher = Publisher::new(engine, handler);
    publisher.set_metadata(Arc::new(Metadata::new(DataSet::sample().unwrap()))).unwrap();
    publisher.start("127.0.0.1:0", settings).unwrap();
    (publisher, happened)
}

fn signal_ids() -> Vec<uuid::Uuid> {
    let metadata = Metadata::new(DataSet::sample().unwrap());
    metadata.measurements().map(|row| row.signal_id().unwrap()).collect()
}

#[test]
fn what_was_published_before_anybody_came_can_be_had_later() {
    let engine = Engine::new().unwrap();
    // However fast the engine is.
    let settings = PublisherSettings::default().overflow(Overflow::Wait { timeout: Some(PATIENCE) });
    let (publisher, _events) = historian(&engine, settings.history_duration(Duration::from_secs(600)));
    let signals = signal_ids().len() as u32;
    let frames: Vec<Vec<Measurement>> = (0..500).map(|number| frame(number, signals)).collect();
    for frame in &frames {
        publisher.publish_indexed(frame).unwrap();
    }
    // Whoever asks before the engine has come to the last frames gets those before.
    publisher.flush(Some(PATIENCE)).unwrap();
    let client = Client::new(&engine, &publisher, "2020-01-01", 0);
    assert_eq!(client.next(), Told::Complete);
    let received = client.take();
    let expected: Vec<&Measurement> = frames.iter().flatten().collect();
    assert_eq!(received.len(), expected.len());
    for (received, expected) in received.iter().zip(expected) {
        assert_eq!((received.timestamp, received.value), (expected.timestamp, expected.value));
    }
    assert_eq!(client.subscriber.state(), ConnectionState::Connected, "the subscription is over");
    let extent = publisher.history();
    assert_eq!(extent.measurements, u64::from(signals) * 500);
    assert_eq!((extent.earliest, extent.latest), (frames[0][0].timestamp, frames[499][0].timestamp));

    let empty = Client::new(&engine, &publisher, "*", -1);
    assert_eq!(empty.next(), Told::Complete);
    assert_eq!(empty.take(), []);
}

#[test]
fn without_history_the_subscription_fails() {
    let engine = Engine::new().unwrap();
    let (publisher, _events) = historian(&engine, PublisherSettings::default());
    let client = Client::new(&engine, &publisher, "*-1h", 0);
    let Told::Failed(text) = client.next() else { panic!("it fails") };
    assert!(text.contains("no historical data"), "{text}");
}

/// Takes its time to note what it is told.
struct Slow(Arc<Mutex<Vec<String>>>);

impl Slow {
    fn note(&self, text: &str) {
        std::thread::sleep(Duration::from_millis(200));
        self.0.lock().unwrap().push(text.to_owned());
    }
}

impl SubscriberHandler for Slow {
    fn processing_complete(&mut self, text: &str) {
        self.note(text);
    }

    fn request_failed(&mut self, _request: Command, text: &str) {
        self.note(text);
    }
}

#[test]
fn who_reads_finds_the_end_after_the_handler_was_told_of_it() {
    let engine = Engine::new().unwrap();
    let settings = PublisherSettings::default();
    for (settings, expected) in [
        (settings.history_duration(Duration::from_secs(600)), "historical data"),
        (settings, "no historical data"),
    ] {
        let (publisher, _events) = historian(&engine, settings);
        let told = Arc::default();
        let subscriber = Subscriber::new(&engine, Slow(Arc::clone(&told)));
        let options = SubscriptionOptions::default()
            .filter("FILTER ActiveMeasurements WHERE True".to_owned())
            .start_time(Some("*-1h".to_owned()));
        subscriber.subscribe(options).unwrap();
        let address = publisher.address().unwrap().to_string();
        subscriber.connect(&address, SubscriberSettings::default().read_queue(100)).unwrap();
        let end = subscriber.read(&mut frame(0, 1), Some(PATIENCE)).unwrap_err();
        assert!(matches!(end, Error::Complete(_) | Error::Refused(_)), "{end}");
        let told = told.lock().unwrap();
        assert!(matches!(&told[..], [text] if text.contains(expected)), "{told:?}, {end}");
    }
}

#[test]
fn the_pace_can_be_changed() {
    let engine = Engine::new().unwrap();
    let history_duration = Duration::from_secs(600);
    let (publisher, subscribed) =
        historian(&engine, PublisherSettings::default().history_duration(history_duration));
    for number in 0..100 {
        publisher.publish_indexed(&frame(number, 2)).unwrap();
    }
    publisher.flush(Some(PATIENCE)).unwrap();
    let client = Client::new(&engine, &publisher, "2020-01-01", i32::MAX);
    let refused = client.subscriber.update_processing_interval(-2);
    assert!(matches!(refused, Err(Error::InvalidArgument(_))), "{refused:?}");
    wait_for(&subscribed, &Event::Subscribed);
    client.subscriber.update_processing_interval(0).unwrap();
    assert_eq!(client.next(), Told::Succeeded(Command::UpdateProcessingInterval));
    assert_eq!(client.next(), Told::Complete);
    assert_eq!(client.take().len(), 200);
}

/// Counts what becomes of a source and its readers.
#[derive(Default)]
struct Counts {
    opened: AtomicUsize,
    closed: AtomicUsize,
    dropped: AtomicUsize,
}

impl Counts {
    fn get(&self) -> [usize; 3] {
        [&self.opened, &self.closed, &self.dropped].map(|count| count.load(Ordering::SeqCst))
    }
}

/// What the archive does in place of its first read of each window.
#[derive(Clone)]
enum Trick {
    None,
    Panic,
    Refuse,
    /// Meets the test twice, in the first window only.
    Wait(Arc<Barrier>),
    /// Lets the publisher forget the archive.
    Remove(Arc<Publisher>),
}

struct Archive {
    counts: Arc<Counts>,
    trick: Trick,
}

struct ArchiveReader {
    counts: Arc<Counts>,
    trick: Option<Trick>,
    signals: Vec<uuid::Uuid>,
    next: usize,
}

/// Measurements of each window.
const ARCHIVED: usize = 50_000;

impl HistorySource for Archive {
    fn open(&mut self, request: &HistoryRequest) -> Result<Box<dyn HistoryReader>, String> {
        self.counts.opened.fetch_add(1, Ordering::SeqCst);
        let trick = self.trick.clone();
        if let Trick::Wait(_) = trick {
            self.trick = Trick::None;
        }
        Ok(Box::new(ArchiveReader {
            counts: Arc::clone(&self.counts),
            trick: Some(trick),
            signals: request.signals.clone(),
            next: 0,
        }))
    }
}

impl Drop for Archive {
    fn drop(&mut self) {
        let [opened, closed, _] = self.counts.get();
        assert_eq!(opened, closed, "readers go before their source");
        self.counts.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

impl HistoryReader for ArchiveReader {
    fn read(&mut self, out: &mut [Measurement]) -> Result<usize, String> {
        match self.trick.take() {
            Some(Trick::Panic) => panic!("on purpose"),
            Some(Trick::Refuse) => return Err("the archive is closed on Sundays".into()),
            Some(Trick::Wait(barrier)) => {
                barrier.wait();
                barrier.wait();
            }
            Some(Trick::Remove(publisher)) => publisher.set_history_source(None),
            Some(Trick::None) | None => {}
        }
        let count = out.len().min(ARCHIVED - self.next).min(3_333);
        for (place, number) in out.iter_mut().zip(self.next..self.next + count) {
            *place = archived(&self.signals, number);
        }
        self.next += count;
        Ok(count)
    }
}

impl Drop for ArchiveReader {
    fn drop(&mut self) {
        self.counts.closed.fetch_add(1, Ordering::SeqCst);
    }
}

fn archived(signals: &[uuid::Uuid], number: usize) -> Measurement {
    Measurement {
        signal_id: signals[number * 7 % signals.len()],
        timestamp: Ticks(638_500_000_000_000_000 + number as i64 * 1_000),
        value: number as f64,
        flags: StateFlags::empty(),
        // Only sometimes right.
        signal_index: (number * 7 % signals.len()) as u32 * (number as u32 % 2),
    }
}

fn with_archive(engine: &Engine, trick: Trick) -> (Publisher, Arc<Counts>) {
    let (publisher, _events) = historian(engine, PublisherSettings::default());
    let counts = Arc::new(Counts::default());
    publisher.set_history_source(Some(Box::new(Archive { counts: Arc::clone(&counts), trick })));
    (publisher, counts)
}

#[test]
fn the_application_gives_windows_chunk_by_chunk() {
    let engine = Engine::new().unwrap();
    let (publisher, counts) = with_archive(&engine, Trick::None);
    let clients: Vec<Client> = (0..4).map(|_| Client::new(&engine, &publisher, "2020-01-01", 0)).collect();
    let signals = signal_ids();
    for client in &clients {
        assert_eq!(client.next(), Told::Complete);
        let received = client.take();
        assert_eq!(received.len(), ARCHIVED);
        for (number, received) in received.iter().enumerate() {
            let expected = archived(&signals, number);
            assert_eq!((received.signal_id, received.timestamp), (expected.signal_id, expected.timestamp));
            assert_eq!(received.value, expected.value);
        }
    }
    drop(publisher);
    assert_eq!(counts.get(), [4, 4, 1]);
}

#[test]
fn a_source_that_is_never_asked_is_dropped_with_the_publisher() {
    let engine = Engine::new().unwrap();
    let (publisher, counts) = with_archive(&engine, Trick::None);
    drop(publisher);
    assert_eq!(counts.get(), [0, 0, 1]);
}

#[test]
fn failures_and_panics_of_the_source_end_the_window_and_nothing_else() {
    let engine = Engine::new().unwrap();
    for (trick, words) in [(Trick::Panic, "on purpose"), (Trick::Refuse, "closed on Sundays")] {
        let (publisher, counts) = with_archive(&engine, trick);
        for attempt in 1..=2 {
            let client = Client::new(&engine, &publisher, "2020-01-01", 0);
            let Told::Failed(text) = client.next() else { panic!("it fails") };
            assert!(text.contains(words), "{text}");
            assert_eq!(client.next(), Told::Complete);
            assert_eq!(counts.get()[0], attempt);
        }
        drop(publisher);
        assert_eq!(counts.get(), [2, 2, 1]);
    }
}

#[test]
fn the_end_of_the_publisher_waits_for_a_call_of_the_source() {
    let engine = Engine::new().unwrap();
    let barrier = Arc::new(Barrier::new(2));
    let (publisher, counts) = with_archive(&engine, Trick::Wait(Arc::clone(&barrier)));
    let client = Client::new(&engine, &publisher, "2020-01-01", 0);
    barrier.wait();
    let others = [(); 3].map(|()| Client::new(&engine, &publisher, "2020-01-01", 0));
    let ended = std::thread::spawn(move || drop(publisher));
    // Nothing tells that it waits, but its subscribers are left soon.
    barrier.wait();
    ended.join().unwrap();
    // Before it ended, it may have begun to serve the others.
    let [opened, closed, dropped] = counts.get();
    assert_eq!((opened, dropped), (closed, 1));
    drop((client, others));
}

#[test]
fn a_source_may_take_itself_away_during_its_call() {
    let engine = Engine::new().unwrap();
    let (publisher, _events) = historian(&engine, PublisherSettings::default());
    let publisher = Arc::new(publisher);
    let counts = Arc::new(Counts::default());
    let trick = Trick::Remove(Arc::clone(&publisher));
    publisher.set_history_source(Some(Box::new(Archive { counts: Arc::clone(&counts), trick })));
    let client = Client::new(&engine, &publisher, "2020-01-01", 0);
    let Told::Failed(text) = client.next() else { panic!("it fails") };
    assert!(text.contains("another source"), "{text}");
    assert_eq!(client.next(), Told::Complete);
    let next = Client::new(&engine, &publisher, "2020-01-01", 0);
    let Told::Failed(text) = next.next() else { panic!("it fails") };
    assert!(text.contains("no historical data"), "{text}");
}
