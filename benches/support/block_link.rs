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
    pub(crate) publisher: LinkSession,
    pub(crate) subscriber: LinkSession,
    pub(crate) now: Moment,
}

impl Link {
    /// One that has the signals from 1 on, as many as asked for, and a stream of C37.118, if there is one.
    pub(crate) fn new(kind: LinkKind, signals: u32, configuration: Option<Bytes>) -> Link {
        let now = Moment { instant: Instant::now(), utc: Ticks::UNIX_EPOCH };
        let settings =
            BlockLinkSettings::default().send_queue(64 << 20).silence(Duration::from_secs(1 << 20));
        let side = |role| LinkSession::new(settings.clone(), kind, role);
        let (publisher, subscriber) = (side(LinkRole::Server), side(LinkRole::Client));
        let mut link = Link { publisher, subscriber, now };
        link.publisher.set_metadata(metadata(signals), now);
        if let Some(frames) = configuration {
            link.publisher.set_configuration(frames, now).expect("a configuration");
        }
        link.subscriber.subscribe("", TimeForm::Ticks, now);
        link.publisher.opened(false, now);
        link.subscriber.opened(true, now);
        for _ in 0..50 {
            let mut bytes = Vec::new();
            while link.subscriber.poll_transmit(&mut bytes, now) {}
            link.publisher.receive(&std::mem::take(&mut bytes), now);
            link.carry();
            // Pieces of metadata have a pace.
            link.now += Duration::from_millis(100);
            link.publisher.handle_timeout(link.now);
            link.subscriber.handle_timeout(link.now);
        }
        link
    }

    /// What the publisher sends of measurements.
    pub(crate) fn send(&mut self, measurements: &[Measurement], out: &mut Vec<u8>) {
        self.publisher.publish(measurements, self.now);
        while self.publisher.poll_transmit(out, self.now) {}
    }

    /// What the publisher sends of a data frame.
    pub(crate) fn send_frame(&mut self, frame: &[u8], out: &mut Vec<u8>) {
        let frame = Frame::decode(frame).expect("a frame");
        self.publisher.publish_frame(&frame).expect("a frame of the configuration");
        while self.publisher.poll_transmit(out, self.now) {}
    }

    /// Hands bytes to the subscriber. Returns how many measurements and frames came out.
    pub(crate) fn receive(&mut self, bytes: &[u8]) -> usize {
        self.subscriber.receive(bytes, self.now);
        let mut count = 0;
        while let Some(event) = self.subscriber.poll_event() {
            match event {
                LinkEvent::Measurements(measurements) => count += measurements.len(),
                LinkEvent::Frame(_) => count += 1,
                _ => {}
            }
        }
        count
    }

    fn carry(&mut self) {
        let mut bytes = Vec::new();
        while self.publisher.poll_transmit(&mut bytes, self.now) {}
        self.receive(&bytes);
    }
}

fn metadata(signals: u32) -> Arc<Metadata> {
    let mut builder = DataSetBuilder::standard().expect("few columns");
    let table = builder.table_index("MeasurementDetail").expect("a standard table");
    for number in 1..=signals {
        let row = builder.append_row(table).expect("few rows");
        row.set("SignalID", Uuid::from_u128(number.into())).expect("a GUID");
    }
    Arc::new(Metadata::new(builder.finish()))
}
