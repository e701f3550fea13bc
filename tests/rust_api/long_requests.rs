//! Requests that take long to answer, beside others.

use std::thread;

use super::*;
use crate::patience::SLOWNESS;
use sttp::codec::SignalIndexCache;
use sttp::metadata::DataSetBuilder;
use sttp::publisher::ConnectionId;
use sttp::wire::Command;

/// What happens, in the order in which it does.
#[derive(Debug, PartialEq)]
enum Step {
    /// The publisher got this user command.
    Asked(u8),
    /// It was answered.
    Answered,
    /// The signals of a subscription came, so many.
    Signals(usize),
    /// Metadata came, of so many measurements.
    Metadata(usize),
}

struct Steps(Sender<Step>);

impl PublisherHandler for Steps {
    fn user_command(&mut self, _connection: ConnectionId, command: u8, _payload: &[u8]) -> bool {
        let _ = self.0.send(Step::Asked(command));
        false
    }
}

impl SubscriberHandler for Steps {
    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        let _ = self.0.send(Step::Signals(cache.records().len()));
    }

    fn request_failed(&mut self, _command: Command, _text: &str) {
        let _ = self.0.send(Step::Answered);
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        let _ = self.0.send(Step::Metadata(metadata.measurements().count()));
    }
}

fn many_signals(count: usize) -> Arc<Metadata> {
    let mut builder = DataSetBuilder::standard().unwrap();
    let table = builder.table_index("MeasurementDetail").unwrap();
    for row in 0..count {
        let measurement =
            builder.append_row(table).unwrap().set("ID", format!("STTP:{row}").as_str()).unwrap();
        let measurement = measurement.set("PointTag", format!("TAG-{row}").as_str()).unwrap();
        let measurement = measurement.set("DeviceAcronym", "SHELBY").unwrap().set("Enabled", true).unwrap();
        measurement.set("SignalID", uuid::Uuid::from_u128(row as u128 + 1)).unwrap();
    }
    Arc::new(Metadata::new(builder.finish()))
}

fn publisher_of(signals: usize) -> (Publisher, Receiver<Step>) {
    let (steps, asked) = channel();
    let publisher = Publisher::new(&Engine::new().unwrap(), Steps(steps));
    publisher.set_metadata(many_signals(signals)).unwrap();
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    (publisher, asked)
}

fn connected(address: SocketAddr) -> (Subscriber, Receiver<Step>) {
    let (steps, happened) = channel();
    let subscriber = Subscriber::new(&Engine::new().unwrap(), Steps(steps));
    let settings = SubscriberSettings::default().request_metadata(false).answer_timeout(PATIENCE);
    subscriber.connect(&address.to_string(), settings).unwrap();
    while subscriber.state() != ConnectionState::Connected {
        thread::sleep(Duration::from_millis(1));
    }
    (subscriber, happened)
}

fn next(happened: &Receiver<Step>) -> Step {
    happened.recv_timeout(PATIENCE).unwrap()
}

/// Selects all of 20,000 signals, in a second or so.
fn long_filter() -> String {
    format!("FILTER ActiveMeasurements WHERE {}", ["PointTag LIKE '%TAG%'"; 800 / SLOWNESS].join(" AND "))
}

#[test]
fn a_filter_that_takes_long_holds_up_nobody_else() {
    let (publisher, asked) = publisher_of(20_000);
    let (slow, slow_steps) = connected(publisher.address().unwrap());
    let (quick, quick_steps) = connected(publisher.address().unwrap());

    slow.send_user_command(1, b"before the filter").unwrap();
    let filter = long_filter();
    slow.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
    slow.send_user_command(2, b"behind the filter").unwrap();
    assert_eq!(next(&asked), Step::Asked(1));
    assert_eq!(next(&slow_steps), Step::Answered);
    quick.send_user_command(3, b"beside the filter").unwrap();
    assert_eq!(next(&asked), Step::Asked(3), "before what comes behind the filter");
    assert_eq!(next(&quick_steps), Step::Answered);

    assert_eq!(next(&asked), Step::Asked(2));
    assert_eq!(next(&slow_steps), Step::Signals(20_000));
    assert_eq!(next(&slow_steps), Step::Answered);
}

#[test]
fn large_metadata_come_whole_and_in_turn() {
    let (publisher, asked) = publisher_of(6_000);
    let (subscriber, steps) = connected(publisher.address().unwrap());
    for (filters, rows) in [
        ("", 6_000),
        ("FILTER MeasurementDetail WHERE PointTag LIKE '%7'", 600),
        ("FILTER TOP 3 MeasurementDetail WHERE True", 3),
    ] {
        subscriber.request_metadata(filters).unwrap();
        subscriber.send_user_command(1, b"behind them").unwrap();
        assert_eq!(next(&steps), Step::Metadata(rows));
        assert_eq!(next(&asked), Step::Asked(1));
        assert_eq!(next(&steps), Step::Answered);
    }
}
