//! Historical data from the application of the publisher.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use sttp::publisher::{HistoryReader, HistoryRequest, HistorySource, PublisherSettings};
use sttp::subscriber::SubscriptionOptions;
use sttp::{Measurement, Ticks};

use crate::harness::{Network, all_forms, quiet, wanting};

const SIGNALS: [usize; 4] = [1, 2, 4, 7];

fn options(start: Ticks, stop: Ticks) -> SubscriptionOptions {
    let options = wanting(&SIGNALS).start_time(Some(start.to_string()));
    options.stop_time(Some(stop.to_string())).processing_interval(0)
}

/// Numbers of the measurements that a window has to give.
fn numbers_in(network: &Network, start: Ticks, stop: Ticks) -> Vec<usize> {
    let numbers = network.published.numbers_of(&SIGNALS, 0).into_iter();
    numbers.filter(|number| (start..=stop).contains(&network.published.time_of(*number))).collect()
}

/// An application that has measurements of all signals, and hands out all of them, a chunk at a time:
/// those of other signals, and outside of the window, have to be left out by the library.
#[derive(Clone)]
struct Archive {
    measurements: Arc<[Measurement]>,
    chunk: usize,
    windows: Arc<Mutex<Windows>>,
}

/// What was asked of an archive.
#[derive(Debug, Default)]
struct Windows {
    opened: usize,
    closed: usize,
    parameters: String,
}

impl Archive {
    /// An archive with everything that was published so far.
    fn of(network: &Network, chunk: usize) -> Archive {
        let numbers = 0..network.published.next_number();
        let measurements = numbers.map(|number| *network.published.get(number)).collect();
        Archive { measurements, chunk, windows: Arc::default() }
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap()
    }
}

impl HistorySource for Archive {
    fn open(&mut self, request: &HistoryRequest) -> Result<Box<dyn HistoryReader>, String> {
        let mut windows = self.windows();
        windows.opened += 1;
        windows.parameters.clone_from(&request.parameters);
        Ok(Box::new(Reader { archive: self.clone(), next: 0, signals: request.signals.clone() }))
    }
}

struct Reader {
    archive: Archive,
    next: usize,
    signals: Vec<sttp::Uuid>,
}

impl HistoryReader for Reader {
    fn read(&mut self, out: &mut [Measurement]) -> Result<usize, String> {
        let rest = &self.archive.measurements[self.next..];
        let count = rest.len().min(self.archive.chunk);
        for (place, measurement) in out.iter_mut().zip(&rest[..count]) {
            *place = *measurement;
            // Every other one tells where its signal stands, the others leave that to be looked up.
            let position = self.signals.iter().position(|signal| *signal == measurement.signal_id);
            if self.next.is_multiple_of(2)
                && let Some(position) = position
            {
                place.signal_index = position as u32;
            }
            self.next += 1;
        }
        Ok(count)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.archive.windows().closed += 1;
    }
}

#[test]
fn the_application_serves_windows_chunk_by_chunk() {
    for loops in [1, 2] {
        for (seed, form) in all_forms().enumerate() {
            let mut network = Network::with_loops(loops, seed as u64, PublisherSettings::default(), 0..9);
            network.publish(20_000);
            let archive = Archive::of(&network, 777);
            network.publisher.set_history_source(Some(Box::new(archive.clone())));
            let [first, last] = [1_000, 18_000].map(|number| network.published.time_of(number));
            let peer = network.connect(form);
            let wishes = options(first, last).time_parameters(Some("table=archive".to_owned()));
            network.subscribe_with(peer, wishes);
            network.run_until_complete(peer);
            network.settle();
            assert_eq!(network.peers[peer].received.numbers, numbers_in(&network, first, last));
            assert_eq!(network.peers[peer].received.completions.len(), 1);
            let windows = archive.windows();
            assert_eq!((windows.opened, windows.closed), (1, 1));
            assert_eq!(windows.parameters, "table=archive");
        }
    }
}

#[test]
fn an_application_that_takes_long_is_read_by_all_in_turns() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..9);
    network.publish(20_000);
    network.publisher.set_history_source(Some(Box::new(Archive::of(&network, 777))));
    network.simulation.set_longest_job(Some(Duration::from_secs(3)));
    let peers = [(); 5].map(|()| {
        let peer = network.connect(quiet());
        network.subscribe_with(peer, options(Ticks(0), Ticks::MAX));
        peer
    });
    network.run_until("the end of one of them", |network| {
        peers.iter().any(|peer| !network.peers[*peer].received.completions.is_empty())
    });
    for peer in peers {
        // All but a chunk or two, however long each of them took.
        let received = network.peers[peer].received.numbers.len();
        assert!(received > numbers_in(&network, Ticks(0), Ticks::MAX).len() * 4 / 5, "{received}");
    }
    for peer in peers {
        if network.peers[peer].received.completions.is_empty() {
            network.run_until_complete(peer);
        }
        assert_eq!(network.peers[peer].received.numbers, numbers_in(&network, Ticks(0), Ticks::MAX));
        assert_eq!(network.peers[peer].error(), None);
    }
}

#[test]
fn an_application_that_never_answers_costs_only_its_subscribers() {
    let mut network = Network::new(2, PublisherSettings::default(), 0..9);
    let archive = Archive::of(&network, 777);
    network.publisher.set_history_source(Some(Box::new(archive.clone())));
    network.simulation.set_longest_job(None);
    let live = network.connect_subscriber(quiet(), &SIGNALS);
    let waiting: Vec<usize> = (0..20)
        .map(|_| {
            let peer = network.connect(quiet());
            network.subscribe_with(peer, options(Ticks(0), Ticks::MAX));
            peer
        })
        .collect();
    network.run_for(Duration::from_secs(1));
    for _ in 0..200 {
        network.publish(50);
        network.step();
    }
    network.run_for(Duration::from_secs(60));
    network.assert_received_all(live, &SIGNALS);
    for peer in &waiting {
        assert_eq!(network.peers[*peer].error(), None, "keep-alives come meanwhile");
        network.peers[*peer].subscriber.unsubscribe().unwrap();
    }
    network.run_for(Duration::from_secs(1));
    network.simulation.set_longest_job(Some(Duration::ZERO));
    network.settle();
    for peer in waiting {
        assert_eq!(network.peers[peer].received.completions, [""; 0], "nobody wants it any more");
    }
    let windows = archive.windows();
    assert_eq!(windows.opened, windows.closed, "whatever was begun is given back");
    assert!(windows.opened <= 1, "what nobody wants any more is not begun");
}
