//! Historical data from the application of the publisher.

use std::time::Duration;

use sttp::Ticks;
use sttp::codec::RawMeasurement;
use sttp::session::publisher::{HistoryCall, HistoryRequest, PublisherSettings, ReplayId, WorkResult};
use sttp::session::subscriber::SessionSettings;
use sttp::subscriber::SubscriptionOptions;
use sttp::wire::Version;

use crate::network::Network;
use crate::signals::filter;

const SIGNALS: [usize; 4] = [1, 2, 4, 7];

/// Settings of a subscriber in every version and form.
fn all_forms() -> impl Iterator<Item = SessionSettings> {
    [Version::V1, Version::V2, Version::V3].into_iter().flat_map(|version| {
        [(true, true), (true, false), (false, true), (false, false)].map(|(compress_payload, gzip)| {
            SessionSettings { version, compress_payload, gzip, ..SessionSettings::default() }
        })
    })
}

fn options(start: Ticks, stop: Ticks, processing_interval: i32) -> SubscriptionOptions {
    SubscriptionOptions::default()
        .filter(filter(SIGNALS))
        .start_time(Some(start.to_string()))
        .stop_time(Some(stop.to_string()))
        .processing_interval(processing_interval)
}

/// Numbers of the measurements that a window has to give.
fn numbers_in(network: &Network, start: Ticks, stop: Ticks) -> Vec<usize> {
    let numbers = network.published.numbers_of(&SIGNALS, 0).into_iter();
    numbers.filter(|number| (start..=stop).contains(&network.published.time_of(*number))).collect()
}

/// An application that has measurements number 0 to `end`, and hands out `chunk` at a time.
struct Application {
    end: usize,
    chunk: usize,
    /// Playbacks, and what comes next for each.
    open: Vec<(ReplayId, usize)>,
    closed: usize,
}

impl Application {
    /// Does what it is asked to; answers wait in `late` for a while.
    fn serve(&mut self, network: &mut Network) {
        for call in network.take_history_calls() {
            match call {
                HistoryCall::Read(id, request) => {
                    let next = match self.open.iter().position(|(open, _)| *open == id) {
                        Some(position) => position,
                        None => {
                            self.open.push((id, 0));
                            self.open.len() - 1
                        }
                    };
                    let begin = self.open[next].1;
                    let end = (begin + self.chunk).min(self.end);
                    self.open[next].1 = end;
                    let chunk = (begin..end).filter_map(|number| measurement(network, number, &request));
                    let chunk: Vec<_> = chunk.collect();
                    let result = WorkResult::History(id, Ok((chunk, end == self.end)));
                    network.publisher.finish_work(result, network.now);
                }
                HistoryCall::Close(id) => {
                    self.open.retain(|(open, _)| *open != id);
                    self.closed += 1;
                }
            }
        }
    }
}

fn measurement(network: &Network, number: usize, request: &HistoryRequest) -> Option<RawMeasurement> {
    let signal = crate::signals::signal_id(network.published.signal_of(number));
    let position = request.signals.iter().position(|wanted| *wanted == signal)?;
    let measurement = network.published.get(number);
    request.window.contains(measurement.timestamp).then(|| crate::signals::raw(position as u32, measurement))
}

#[test]
fn the_application_serves_windows_chunk_by_chunk() {
    for (seed, form) in all_forms().enumerate() {
        let mut network = Network::new(seed as u64, PublisherSettings::default(), 0..9);
        network.publisher.use_history_source(true, network.now);
        network.publish(20_000);
        let mut application = Application { end: 20_000, chunk: 777, open: Vec::new(), closed: 0 };
        let [first, last] = [1_000, 18_000].map(|number| network.published.time_of(number));
        let peer = network.connect(form);
        let time_parameters = Some("table=archive".to_owned());
        let wishes = options(first, last, 0).time_parameters(time_parameters);
        network.subscribe_with(peer, wishes);
        for round in 0.. {
            assert!(round < 100_000, "the historical data do not end");
            network.step();
            // It takes its time.
            if round % 7 == 0 {
                application.serve(&mut network);
            }
            if !network.peers[peer].received.completions.is_empty() {
                break;
            }
        }
        application.serve(&mut network);
        assert_eq!(network.peers[peer].received.numbers, numbers_in(&network, first, last));
        assert_eq!((application.open.len(), application.closed), (0, 1));
    }
}

#[test]
fn an_application_that_never_answers_costs_only_its_subscribers() {
    let mut network = Network::new(2, PublisherSettings::default(), 0..9);
    network.publisher.use_history_source(true, network.now);
    let live = network.connect_subscriber(SessionSettings::default(), &SIGNALS);
    let waiting: Vec<usize> = (0..20)
        .map(|_| {
            let peer = network.connect(SessionSettings::default());
            network.subscribe_with(peer, options(Ticks(0), Ticks::MAX, 0));
            peer
        })
        .collect();
    network.settle();
    for _ in 0..200 {
        network.publish(50);
        network.step();
    }
    network.run_for(Duration::from_secs(60));
    network.assert_received_all(live, &SIGNALS);
    let calls = network.take_history_calls();
    assert_eq!(calls.len(), waiting.len(), "each was asked for once");
    for peer in &waiting {
        assert_eq!(network.peers[*peer].error, None, "keep-alives come meanwhile");
        network.peers[*peer].session.unsubscribe();
    }
    network.settle();
    assert_eq!(network.take_history_calls().len(), waiting.len(), "each is closed");
    for call in calls {
        let HistoryCall::Read(id, _) = call else { panic!("nothing was closed before") };
        let result = WorkResult::History(id, Ok((Vec::new(), true)));
        network.publisher.finish_work(result, network.now);
    }
    network.settle();
    for peer in waiting {
        assert_eq!(network.peers[peer].received.completions, [""; 0], "nobody wants it any more");
    }
}
