//! From STTP over a link to STTP: what the last subscriber gets is what the first publisher publishes.

use std::sync::{Arc, Mutex};

use sttp::Measurement;
use sttp::block_link::negotiation::LinkRole;
use sttp::engine::Engine;
use sttp::gateway::block_link::{Link, LinkInput, LinkInputHandler, LinkOutput};
use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
use sttp::subscriber::{Subscriber, SubscriberHandler};

use super::{Recorder, SIGNALS, batch, key, metadata, wait};

struct Quiet;

impl PublisherHandler for Quiet {}
impl SubscriberHandler for Quiet {}
impl LinkInputHandler for Quiet {}

#[derive(Clone, Default)]
struct Got(Arc<Mutex<Vec<Measurement>>>);

impl SubscriberHandler for Got {
    fn measurements(&mut self, measurements: &[Measurement]) {
        self.0.lock().unwrap().extend(measurements);
    }
}

#[test]
fn what_a_publisher_publishes_comes_out_of_another_behind_a_link() {
    let engine = Engine::new().unwrap();
    let source = Publisher::new(&engine, Quiet);
    source.set_metadata(metadata()).unwrap();
    source.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let output = LinkOutput::new(&engine, Quiet);
    let out = output.add_link(&"link=tcp-listen:127.0.0.1:0".parse().unwrap(), Recorder::default()).unwrap();
    output.connect(&format!("server={}", source.address().unwrap()).parse().unwrap()).unwrap();

    let far = Arc::new(Publisher::new(&engine, Quiet));
    far.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let input = LinkInput::new(&far, Quiet);
    let address = output.link(out).unwrap().0.listening.unwrap();
    let link = input.add_link(&format!("link=tcp:{address}").parse().unwrap(), "").unwrap();
    let got = Got::default();
    let subscriber = Subscriber::new(&engine, got.clone());
    let setup = format!(
        "server={}; filterExpression={{FILTER ActiveMeasurements WHERE True}}",
        far.address().unwrap()
    );
    subscriber.set_up(&setup.parse().unwrap()).unwrap();

    // Only what is published when all have subscribed comes out.
    let mut time = 0;
    wait("measurements come out at the other end", || {
        source.publish(&batch(time)).unwrap();
        time += 1;
        got.0.lock().unwrap().len() as u128 >= 10 * SIGNALS
    });
    let sent: Vec<_> = (0..time).flat_map(batch).map(|sent| key(&sent)).collect();
    let got: Vec<_> = got.0.lock().unwrap().iter().map(key).collect();
    assert!(sent.windows(got.len()).any(|window| window == got), "in order, and none between is missing");
    let (info, counters) = input.link(link).unwrap();
    assert!(counters.measurements_published >= got.len() as u64 && counters.measurements_not_taken == 0);
    assert!(info.session.points_received >= counters.measurements_published);
    assert_eq!(output.link(out).unwrap().1, 0);
    assert_eq!((input.links(), output.links()), (vec![link], vec![out]));

    // Another link brings more signals, which leave with it.
    let more = Link::new(
        &engine,
        LinkRole::Server,
        &"link=tcp-listen:127.0.0.1:0".parse().unwrap(),
        Recorder::default(),
    );
    let more = more.unwrap();
    more.set_metadata(super::metadata_of(SIGNALS + 1..=SIGNALS + 5)).unwrap();
    more.open().unwrap();
    let address = more.info().listening.unwrap();
    let second = input.add_link(&format!("link=tcp:{address}").parse().unwrap(), "").unwrap();
    let count = || far.signal_index(&sttp::Uuid::from_u128(SIGNALS + 5));
    wait("the publisher has the signals of both", || count().is_some());
    assert!(far.signal_index(&sttp::Uuid::from_u128(1)).is_some());
    input.remove_link(second).unwrap();
    assert!(count().is_none() && far.signal_index(&sttp::Uuid::from_u128(1)).is_some());
    assert!(input.remove_link(second).is_err() && input.link(second).is_err());
    output.remove_link(out).unwrap();
    assert!(output.remove_link(out).is_err());
}
