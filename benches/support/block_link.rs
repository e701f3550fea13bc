//! Two sides of a block link that agree at once, and what goes over it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use sttp::block_link::LinkKind;
use sttp::block_link::negotiation::LinkRole;
use sttp::block_link::session::{LinkEvent, LinkSession};
use sttp::c37118::Frame;
use sttp::metadata::{DataSetBuilder, Metadata};
use sttp::session::Moment;
use sttp::settings::{BlockLinkSettings, TimeForm};
use sttp::{Measurement, Ticks};
use uuid::Uuid;

/// A link in memory.
pub(crate) struct Link {
    publisher: Sender,
    subscriber: Receiver,
}

/// The side that sends.
pub(crate) struct Sender {
    session: LinkSession,
    now: Moment,
}

/// The side that receives.
pub(crate) struct Receiver {
    session: LinkSession,
    now: Moment,
}

impl Link {
    /// One that has the signals from 1 on, as many as asked for, and a stream of C37.118, if there is one.
    pub(crate) fn new(kind: LinkKind, signals: u32, configuration: Option<Bytes>) -> Link {
        let mut now = Moment { instant: Instant::now(), utc: Ticks::UNIX_EPOCH };
        let settings =
            BlockLinkSettings::default().send_queue(64 << 20).silence(Duration::from_secs(1 << 20));
        let side = |role| LinkSession::new(settings.clone(), kind, role);
        let (mut publisher, mut subscriber) = (side(LinkRole::Server), side(LinkRole::Client));
        publisher.set_metadata(metadata(signals), now);
        if let Some(frames) = configuration {
            publisher.set_configuration(frames, now).expect("a configuration");
        }
        subscriber.subscribe("", TimeForm::Ticks, now);
        publisher.opened(false, now);
        subscriber.opened(true, now);
        for _ in 0..50 {
            let mut bytes = Vec::new();
            while subscriber.poll_transmit(&mut bytes, now) {}
            publisher.receive(&std::mem::take(&mut bytes), now);
            while publisher.poll_transmit(&mut bytes, now) {}
            subscriber.receive(&bytes, now);
            while subscriber.poll_event().is_some() {}
            // Pieces of metadata have a pace.
            now += Duration::from_millis(100);
            publisher.handle_timeout(now);
            subscriber.handle_timeout(now);
        }
        Link {
            publisher: Sender { session: publisher, now },
            subscriber: Receiver { session: subscriber, now },
        }
    }

    /// What the publisher sends of measurements.
    pub(crate) fn send(&mut self, measurements: &[Measurement], out: &mut Vec<u8>) {
        self.publisher.send(measurements, out);
    }

    /// Both sides.
    pub(crate) fn split(self) -> (Sender, Receiver) {
        (self.publisher, self.subscriber)
    }
}

impl Sender {
    /// What is sent of measurements.
    pub(crate) fn send(&mut self, measurements: &[Measurement], out: &mut Vec<u8>) {
        self.session.publish(measurements, self.now);
        while self.session.poll_transmit(out, self.now) {}
    }

    /// What is sent of a data frame.
    pub(crate) fn send_frame(&mut self, frame: &[u8], out: &mut Vec<u8>) {
        let frame = Frame::decode(frame).expect("a frame");
        self.session.publish_frame(&frame).expect("a frame of the configuration");
        while self.session.poll_transmit(out, self.now) {}
    }
}

impl Receiver {
    /// Takes bytes. Returns how many measurements and frames came out.
    pub(crate) fn receive(&mut self, bytes: &[u8]) -> usize {
        self.session.receive(bytes, self.now);
        let mut count = 0;
        while let Some(event) = self.session.poll_event() {
            match event {
                LinkEvent::Measurements(measurements) => count += measurements.len(),
                LinkEvent::Frame(_) => count += 1,
                _ => {}
            }
        }
        count
    }
}

/// Metadata of the signals from 1 on.
pub(crate) fn metadata(signals: u32) -> Arc<Metadata> {
    let mut builder = DataSetBuilder::standard().expect("few columns");
    let table = builder.table_index("MeasurementDetail").expect("a standard table");
    for number in 1..=signals {
        let row = builder.append_row(table).expect("few rows");
        row.set("SignalID", Uuid::from_u128(number.into())).expect("a GUID");
    }
    Arc::new(Metadata::new(builder.finish()))
}
