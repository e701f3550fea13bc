//! C37.118 through a publisher and subscribers: mapped, and byte by byte.

use std::time::Instant;

use sttp::Uuid;
use sttp::c37118::concentrator::{Concentrator, StreamSettings, WaitBy};
use sttp::c37118::encapsulation::{Decapsulator, EncapsulatedStream, Encapsulator};
use sttp::c37118::mapping::{Input, MappedValue, Mapping};
use sttp::c37118::{
    Configuration, ConfigurationForm, DataLayout, Format, Frame, FrameTime, Name, NominalFrequency,
    PhasorBits, PhasorChannel, PhasorScale, Pmu, PmuValues, Real, StatusWord, TimeBase, Version,
    encode_header,
};
use sttp::codec::SignalIndexCache;
use sttp::metadata::DataSetBuilder;
use sttp::session::Moment;

use super::*;

/// A device with a phasor in 16 bits, and a frame of it.
fn device() -> (Configuration, Vec<u8>, Vec<u8>) {
    let pmu = Pmu {
        station: Name::new("Shelby"),
        id_code: 7,
        format: Format(0),
        phasors: vec![PhasorChannel {
            name: Name::new("Bus 1"),
            scale: PhasorScale::Unit { code: 0, factor: 915_527 },
        }],
        analogs: Vec::new(),
        digitals: Vec::new(),
        nominal_frequency: NominalFrequency(0),
        change_count: 0,
        details: None,
    };
    let configuration = Configuration {
        form: ConfigurationForm::Cfg2,
        version: Version::V1,
        id_code: 7,
        time: FrameTime { second: 1_767_225_600, quality: 0x03, count: 500_000 },
        time_base: TimeBase(1_000_000),
        pmus: vec![pmu],
        data_rate: 30,
    };
    let values = PmuValues {
        status: StatusWord(0x2A53),
        phasors: vec![PhasorBits::RectangularInteger(14_635, -7)],
        frequency: Real::Integer(-13),
        rate_of_change: Real::Integer(2),
        analogs: Vec::new(),
        digitals: Vec::new(),
    };
    let (mut described, mut data) = (Vec::new(), Vec::new());
    configuration.encode(&mut described).unwrap();
    DataLayout::new(&configuration).unwrap().encode(&mut data, configuration.time, &[values]).unwrap();
    (configuration, described, data)
}

/// What a subscriber was told.
enum Told {
    Metadata(Arc<Metadata>),
    Rows(Vec<Uuid>),
    Block(Uuid, Vec<u8>),
    Measurements(Vec<Measurement>),
}

struct Listener(Sender<Told>);

impl SubscriberHandler for Listener {
    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        let _ = self.0.send(Told::Metadata(metadata.clone()));
    }

    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        let _ = self.0.send(Told::Rows(cache.records().iter().map(|record| record.signal_id).collect()));
    }

    fn buffer_block(&mut self, signal_id: &Uuid, _signal_index: u32, bytes: &[u8]) {
        let _ = self.0.send(Told::Block(*signal_id, bytes.to_vec()));
    }

    fn measurements(&mut self, measurements: &[Measurement]) {
        let _ = self.0.send(Told::Measurements(measurements.to_vec()));
    }
}

fn listen(engine: &Engine, publisher: &Publisher) -> (Subscriber, Receiver<Told>) {
    let (told, happened) = channel();
    let subscriber = Subscriber::new(engine, Listener(told));
    let filter = "FILTER ActiveMeasurements WHERE True".to_owned();
    subscriber.subscribe(SubscriptionOptions::default().filter(filter)).unwrap();
    let address = publisher.address().unwrap().to_string();
    subscriber.connect(&address, SubscriberSettings::default()).unwrap();
    (subscriber, happened)
}

/// What each new subscriber is to get.
fn send_again(encapsulator: &Encapsulator, publisher: &Publisher) {
    for block in encapsulator.again() {
        publisher.send_buffer_block(&block.signal_id, block.bytes, true).unwrap();
    }
}

fn send(encapsulator: &mut Encapsulator, publisher: &Publisher, bytes: &[u8]) {
    if let Some(block) = encapsulator.take(&Frame::decode(bytes).unwrap()).unwrap() {
        publisher.send_buffer_block(&block.signal_id, block.bytes, true).unwrap();
    }
}

/// The frames that a subscriber gets, as the device sent them, until there are so many.
fn frames(told: &Receiver<Told>, stream: &EncapsulatedStream, count: usize) -> Vec<Vec<u8>> {
    let mut decapsulator = Decapsulator::new(stream.clone(), 1 << 20);
    let mut frames = Vec::new();
    while frames.len() < count {
        match told.recv_timeout(PATIENCE).expect("more frames") {
            Told::Block(signal_id, bytes) => decapsulator.receive(signal_id, &bytes),
            Told::Metadata(metadata) => {
                assert_eq!(
                    EncapsulatedStream::of_metadata(metadata.data_set()),
                    std::slice::from_ref(stream)
                );
            }
            Told::Rows(_) | Told::Measurements(_) => {}
        }
        while let Some(frame) = decapsulator.poll() {
            frames.push(frame.to_vec());
        }
    }
    frames
}

#[test]
fn encapsulated_frames_are_the_same_bytes_for_each_subscriber() {
    let (configured, configuration, data) = &device();
    let mut header = Vec::new();
    encode_header(&mut header, Version::V1, 7, configured.time, b"Shelby substation").unwrap();
    let header = &header;
    let mut encapsulator = Encapsulator::new("Station A");
    let engine = Engine::new().unwrap();
    let (events, happened) = channel();
    let publisher = Publisher::new(&engine, Events(events));
    encapsulator.take(&Frame::decode(configuration).unwrap()).unwrap();
    let stream = encapsulator.stream().clone();
    let mut metadata = DataSetBuilder::standard().unwrap();
    encapsulator.describe(&mut metadata, "A", Ticks::UNIX_EPOCH).unwrap();
    publisher.set_metadata(Arc::new(Metadata::new(metadata.finish()))).unwrap();
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();

    let (_first, told) = listen(&engine, &publisher);
    wait_for(&happened, &Event::Subscribed);
    send_again(&encapsulator, &publisher);
    for bytes in [header, data, data] {
        send(&mut encapsulator, &publisher, bytes);
    }
    assert_eq!(frames(&told, &stream, 4), [configuration, header, data, data].map(Clone::clone));

    let (_second, told_late) = listen(&engine, &publisher);
    wait_for(&happened, &Event::Subscribed);
    send(&mut encapsulator, &publisher, data);
    send_again(&encapsulator, &publisher);
    send(&mut encapsulator, &publisher, data);
    assert_eq!(frames(&told_late, &stream, 4), [configuration, data, header, data].map(Clone::clone));
    let rest: Vec<Vec<u8>> = told
        .try_iter()
        .filter_map(|told| match told {
            Told::Block(_, bytes) => Some(bytes),
            _ => None,
        })
        .collect();
    assert!(rest.iter().all(|bytes| [configuration, header, data].contains(&bytes)), "nothing else came");
}

#[test]
fn mapped_frames_are_the_same_bytes_behind_a_subscription() {
    let (configuration, _, sent) = device();
    let layout = DataLayout::new(&configuration).unwrap();
    let input = Input {
        name: "PDC".into(),
        device_prefix: String::new(),
        company: "GPA".into(),
        vendor: String::new(),
        configuration: Arc::new(configuration.clone()),
    };
    let mapping = Mapping::new(vec![input]).unwrap();
    let engine = Engine::new().unwrap();
    let (events, happened) = channel();
    let publisher = Publisher::new(&engine, Events(events));
    publisher
        .set_metadata(Arc::new(Metadata::new(mapping.data_set("PMU", Ticks::UNIX_EPOCH).unwrap())))
        .unwrap();
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let (_subscriber, told) = listen(&engine, &publisher);
    wait_for(&happened, &Event::Subscribed);

    let mut values: Vec<MappedValue> = Vec::new();
    let frame = Frame::decode(&sent).unwrap();
    let timestamp = mapping.read(0, &layout.decode(&frame).unwrap(), &mut values).unwrap();
    let measurement = |value: &MappedValue| Measurement {
        signal_id: Uuid::nil(),
        timestamp,
        value: value.value,
        flags: value.flags,
        signal_index: value.row,
    };
    publisher.publish_indexed(&values.iter().map(measurement).collect::<Vec<_>>()).unwrap();

    let now = Moment { instant: Instant::now(), utc: timestamp };
    let (mut rows, mut early, mut concentrator) = (Vec::new(), Vec::new(), None);
    loop {
        match told.recv_timeout(PATIENCE).expect("a frame") {
            Told::Metadata(metadata) => {
                let settings = StreamSettings {
                    id_code: configuration.id_code,
                    data_rate: configuration.data_rate,
                    time_base: configuration.time_base,
                    wait_by: WaitBy::Arrival,
                    ..StreamSettings::default()
                };
                concentrator = Some(Concentrator::new(settings, &metadata, now).unwrap());
            }
            Told::Rows(ids) => rows = ids,
            Told::Measurements(measurements) => early.extend(measurements),
            Told::Block(..) => {}
        }
        let Some(concentrator) = &mut concentrator else { continue };
        concentrator.set_rows(&rows);
        concentrator.push(&std::mem::take(&mut early), now);
        if let Some(made) = concentrator.poll(now) {
            assert_eq!(made, sent);
            break;
        }
    }
}
