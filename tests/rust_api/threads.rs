//! Engines with several threads.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread::{self, ThreadId};
use std::time::Instant;

use super::*;
use sttp::publisher::{ConnectionId, NotificationId, UserAnswer};

const THREADS: u64 = 3;
const SUBSCRIBERS: usize = 7;

fn engine() -> Engine {
    Engine::with_threads(NonZeroUsize::new(THREADS as usize).unwrap()).unwrap()
}

/// What a publisher told, and on which threads.
#[derive(Default)]
struct Told {
    threads: HashSet<ThreadId>,
    subscribed: Vec<ConnectionId>,
    disconnected: Vec<ConnectionId>,
    confirmed: Vec<(ConnectionId, NotificationId)>,
    commands: Vec<(ConnectionId, Vec<u8>)>,
}

#[derive(Clone, Default)]
struct Teller(Arc<Mutex<Told>>);

impl Teller {
    fn note(&self, note: impl FnOnce(&mut Told)) {
        let mut told = self.0.lock().unwrap();
        told.threads.insert(thread::current().id());
        note(&mut told);
    }

    /// Waits until the publisher has told as much as `enough` wants.
    fn wait(&self, enough: impl Fn(&Told) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !enough(&self.0.lock().unwrap()) {
            assert!(Instant::now() < end, "the publisher did not tell enough for a minute");
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl PublisherHandler for Teller {
    fn disconnected(&mut self, connection: &ConnectionInfo, _reason: Result<(), &Error>) {
        self.note(|told| told.disconnected.push(connection.id));
    }

    fn subscribed(&mut self, connection: &ConnectionInfo) {
        self.note(|told| told.subscribed.push(connection.id));
    }

    fn notification(&mut self, connection: ConnectionId, id: NotificationId, confirmed: bool) {
        assert!(confirmed);
        self.note(|told| told.confirmed.push((connection, id)));
    }

    fn user_command(&mut self, connection: ConnectionId, command: u8, payload: &[u8]) -> bool {
        self.note(|told| told.commands.push((connection, payload.to_vec())));
        // The others are refused, by a driver on another thread than theirs.
        command == 1
    }
}

/// A publisher on an engine with several threads, and subscribers to it on an engine of their own.
struct Grid {
    publisher: Publisher,
    teller: Teller,
    subscribers: Vec<(Subscriber, Receiver<Event>)>,
}

impl Grid {
    fn new(settings: PublisherSettings, subscribers: usize) -> Grid {
        let teller = Teller::default();
        let publisher = Publisher::new(&engine(), teller.clone());
        publisher.set_metadata(Arc::new(Metadata::new(DataSet::sample().unwrap()))).unwrap();
        publisher.start("127.0.0.1:0", settings).unwrap();
        let address = publisher.address().unwrap();
        let receiving = Engine::new().unwrap();
        let settings = SubscriberSettings::default().read_queue(100_000);
        let connect = |_| subscriber(&receiving, address, settings.clone());
        let grid = Grid { publisher, teller, subscribers: (0..subscribers).map(connect).collect() };
        grid.teller.wait(|told| told.subscribed.len() == subscribers);
        grid
    }

    fn signal_count(&self) -> u32 {
        self.publisher.connections()[0].counters.signal_count as u32
    }

    /// How many connections each thread serves.
    fn spread(&self) -> Vec<usize> {
        let mut spread = vec![0; THREADS as usize];
        self.publisher.connections().iter().for_each(|info| spread[(info.id % THREADS) as usize] += 1);
        spread
    }
}

fn lossless() -> PublisherSettings {
    PublisherSettings::default().overflow(Overflow::Wait { timeout: None })
}

/// The next `count` measurements that a subscriber pulls.
fn read(subscriber: &Subscriber, count: usize) -> Vec<(u32, Ticks, f64)> {
    let mut received = Vec::new();
    let nothing = frame(0, 1)[0];
    let mut space = vec![nothing; 4096];
    while received.len() < count {
        let read = subscriber.read(&mut space, Some(PATIENCE)).unwrap();
        received.extend(space[..read].iter().map(|one| (one.signal_index, one.timestamp, one.value)));
    }
    received
}

#[test]
fn connections_are_spread_and_each_gets_everything_in_order() {
    let grid = Grid::new(lossless(), SUBSCRIBERS);
    assert_eq!(grid.spread(), [3, 2, 2]);
    let signals = grid.signal_count();
    let frames = 300;
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..frames {
                grid.publisher.publish_indexed(&frame(number, signals)).unwrap();
            }
            grid.publisher.flush(Some(PATIENCE)).unwrap();
        });
        for (subscriber, _) in &grid.subscribers {
            let published = (0..frames).flat_map(|number| frame(number, signals));
            let published: Vec<_> =
                published.map(|one| (one.signal_index, one.timestamp, one.value)).collect();
            scope.spawn(move || assert!(read(subscriber, published.len()) == published));
        }
    });
    let counts = grid.publisher.statistics();
    let sent = frames as u64 * u64::from(signals) * SUBSCRIBERS as u64;
    assert_eq!((counts.measurements_sent, counts.measurements_dropped), (sent, 0));
    assert_eq!((counts.connections, counts.subscribed), (SUBSCRIBERS as u64, SUBSCRIBERS as u64));
}

#[test]
fn what_happens_on_all_threads_is_told_on_one() {
    let grid = Grid::new(PublisherSettings::default(), SUBSCRIBERS);
    let ids: HashSet<ConnectionId> = grid.publisher.connections().iter().map(|info| info.id).collect();
    assert_eq!(ids.len(), SUBSCRIBERS);

    let notification = grid.publisher.notify(None, "maintenance at noon").unwrap();
    grid.teller.wait(|told| told.confirmed.len() == SUBSCRIBERS);
    for (number, (subscriber, _)) in grid.subscribers.iter().enumerate() {
        subscriber.send_user_command(number as u8 % 2, &[number as u8]).unwrap();
    }
    grid.teller.wait(|told| told.commands.len() == SUBSCRIBERS);
    for (connection, _) in &grid.teller.0.lock().unwrap().commands {
        grid.publisher.answer_user_command(*connection, 1, UserAnswer::Succeeded("done")).unwrap();
    }
    for id in &ids {
        grid.publisher.disconnect(*id).unwrap();
    }
    grid.teller.wait(|told| told.disconnected.len() >= SUBSCRIBERS);

    let told = grid.teller.0.lock().unwrap();
    assert_eq!(told.threads.len(), 1);
    let confirmed: HashSet<_> = told.confirmed.iter().copied().collect();
    assert_eq!(confirmed, ids.iter().map(|id| (*id, notification)).collect());
    assert_eq!(told.commands.iter().map(|(id, _)| *id).collect::<HashSet<_>>(), ids);
    assert!(ids.iter().all(|id| told.disconnected.contains(id)));
}

#[test]
fn the_limits_of_connections_are_those_of_all_threads() {
    refuses_the_fifth(lossless().max_connections(4), "at most 4 connections (");
    refuses_the_fifth(lossless().max_connections_per_address(4), "at most 4 connections from 127.0.0.1 (");
}

fn refuses_the_fifth(settings: PublisherSettings, reason: &str) {
    let max_connections = 4;
    let grid = Grid::new(settings, max_connections);
    assert_eq!(grid.spread(), [2, 1, 1]);
    let (refused, events) =
        subscriber(&Engine::new().unwrap(), grid.publisher.address().unwrap(), quick_reconnects());
    let text = loop {
        if let Event::Disconnected(text) = events.recv_timeout(PATIENCE).unwrap() {
            break text;
        }
    };
    assert!(text.contains(reason), "{text}");
    drop(refused);
    assert!(grid.publisher.statistics().connections_refused >= 1);
    assert_eq!(grid.publisher.statistics().subscribed, max_connections as u64);
}

#[test]
fn history_is_recorded_once_and_served_by_all_threads() {
    let history_duration = Duration::from_secs(600);
    let grid = Grid::new(lossless().history_duration(history_duration), SUBSCRIBERS);
    let signals = grid.signal_count();
    for number in 0..50 {
        grid.publisher.publish_indexed(&frame(number, signals)).unwrap();
    }
    grid.publisher.flush(Some(PATIENCE)).unwrap();
    assert_eq!(grid.publisher.history().measurements, 50 * u64::from(signals));
    for (subscriber, _) in &grid.subscribers {
        assert_eq!(read(subscriber, 50 * signals as usize).len(), 50 * signals as usize);
        subscriber
            .subscribe(
                SubscriptionOptions::default()
                    .filter("FILTER ActiveMeasurements WHERE True".into())
                    .start_time(Some(frame(10, 1)[0].timestamp.to_string()))
                    .stop_time(Some(frame(29, 1)[0].timestamp.to_string()))
                    .processing_interval(0),
            )
            .unwrap();
    }
    for (subscriber, _) in &grid.subscribers {
        let replayed = read(subscriber, 20 * signals as usize);
        let published = (10..30).flat_map(|number| frame(number, signals));
        assert!(
            published
                .map(|one| (one.timestamp, one.value))
                .eq(replayed.into_iter().map(|(_, time, value)| (time, value)))
        );
    }
}

#[test]
fn where_multicast_is_allowed_one_thread_serves_all() {
    let mut settings = PublisherSettings::default();
    settings.udp.multicast = true;
    assert_eq!(Grid::new(settings, SUBSCRIBERS).spread(), [SUBSCRIBERS, 0, 0]);
}

#[test]
fn stopping_ends_the_connections_of_all_threads_and_starting_again_makes_others() {
    let grid = Grid::new(lossless(), SUBSCRIBERS);
    for _ in 0..2 {
        grid.publisher.stop().unwrap();
        grid.teller.wait(|told| told.disconnected.len() == told.subscribed.len());
        assert_eq!(grid.publisher.connections(), []);
        *grid.teller.0.lock().unwrap() = Told::default();
        grid.publisher.start("127.0.0.1:0", lossless()).unwrap();
        let address = grid.publisher.address().unwrap().to_string();
        for (subscriber, _) in &grid.subscribers {
            subscriber.disconnect().unwrap();
            subscriber.connect(&address, SubscriberSettings::default()).unwrap();
        }
        grid.teller.wait(|told| told.subscribed.len() == SUBSCRIBERS);
        assert_eq!(grid.spread(), [3, 2, 2]);
    }
}

/// A handler that panics when the second subscriber has subscribed.
struct Panics(usize);

impl PublisherHandler for Panics {
    fn subscribed(&mut self, _connection: &ConnectionInfo) {
        self.0 += 1;
        assert!(self.0 < 2, "on purpose");
    }
}

#[test]
fn a_panic_of_the_handler_ends_the_connections_of_all_threads() {
    let publisher = Publisher::new(&engine(), Panics(0));
    publisher.set_metadata(Arc::new(Metadata::new(DataSet::sample().unwrap()))).unwrap();
    publisher.start("127.0.0.1:0", lossless()).unwrap();
    let receiving = Engine::new().unwrap();
    let once = ReconnectSettings::default().enabled(false);
    let settings = SubscriberSettings::default().reconnect(once);
    let address = publisher.address().unwrap();
    let subscribers = [(); 3].map(|()| subscriber(&receiving, address, settings.clone()));
    for (_, events) in &subscribers {
        while !matches!(events.recv_timeout(PATIENCE).unwrap(), Event::Disconnected(_)) {}
    }
    assert!(matches!(publisher.publish_indexed(&frame(0, 1)), Err(Error::Closed(_))));
}
