//! Streams of C37.118 over a one-way link that loses datagrams, into a publisher: what a subscriber of that gets are the frames of
//! the devices, but for those that the link has lost.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use sttp::block_link::negotiation::LinkRole;
use sttp::c37118::encapsulation::{Decapsulator, EncapsulatedStream, Encapsulator};
use sttp::c37118::{
    Configuration, DataLayout, Format, Frame, FrameTime, PhasorBits, Pmu, PmuValues, Real, StatusWord,
};
use sttp::engine::Engine;
use sttp::gateway::block_link::{LinkId, LinkInput, LinkInputHandler, LinkOutput};
use sttp::metadata::{DataSetBuilder, Metadata};
use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
use sttp::session::Severity;
use sttp::subscriber::{Subscriber, SubscriberHandler};
use sttp::{Ticks, Uuid};

use super::datagrams::{Relay, port_in};
use super::{Recorder, Side, wait};

#[path = "../../c37118/sample.rs"]
mod sample;

struct Quiet;

impl PublisherHandler for Quiet {}

struct Nothing;

impl SubscriberHandler for Nothing {}

/// What the input hands on: data frames by their streams, and what it tells operators.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<(Frames, Vec<String>)>>);

/// Frames of each stream, by its ID code.
type Frames = BTreeMap<u16, Vec<Vec<u8>>>;

impl LinkInputHandler for Told {
    fn frame(&mut self, _link: LinkId, bytes: &[u8]) {
        self.0.lock().unwrap().0.entry(id_code(bytes)).or_default().push(bytes.to_vec());
    }

    fn message(&mut self, _link: LinkId, _severity: Severity, text: &str) {
        self.0.lock().unwrap().1.push(text.to_owned());
    }
}

fn id_code(frame: &[u8]) -> u16 {
    u16::from_be_bytes([frame[4], frame[5]])
}

/// Makes frames of buffer blocks again, those of each stream for itself.
#[derive(Clone, Default)]
struct Got(Arc<Mutex<Streams>>);

#[derive(Default)]
struct Streams {
    subscriber: Weak<Subscriber>,
    decapsulators: BTreeMap<String, Decapsulator>,
    /// Blocks that came before the metadata told what they are.
    early: Vec<(Uuid, Vec<u8>)>,
    configurations: Frames,
    data: Frames,
}

impl Got {
    /// What a subscriber of everything gets.
    fn listen(engine: &Engine, publisher: &Publisher) -> (Got, Arc<Subscriber>) {
        let got = Got::default();
        let subscriber = Arc::new(Subscriber::new(engine, got.clone()));
        got.0.lock().unwrap().subscriber = Arc::downgrade(&subscriber);
        let setup = format!(
            "server={}; filterExpression={{FILTER ActiveMeasurements WHERE True}}",
            publisher.address().unwrap()
        );
        subscriber.set_up(&setup.parse().unwrap()).unwrap();
        (got, subscriber)
    }
}

impl Streams {
    fn take(&mut self, signal_id: Uuid, bytes: &[u8]) {
        let is_of = |decapsulator: &&mut Decapsulator| {
            let stream = decapsulator.stream();
            stream.data_signal == signal_id || stream.configuration_signal == signal_id
        };
        let Some(decapsulator) = self.decapsulators.values_mut().find(is_of) else {
            return self.early.push((signal_id, bytes.to_vec()));
        };
        decapsulator.receive(signal_id, bytes);
        while let Some(frame) = decapsulator.poll() {
            // The kind of a frame is in its second byte, 0 of data.
            let frames = if frame[1] & 0x70 == 0 { &mut self.data } else { &mut self.configurations };
            frames.entry(id_code(frame)).or_default().push(frame.to_vec());
        }
    }
}

impl SubscriberHandler for Got {
    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        let mut streams = self.0.lock().unwrap();
        for stream in EncapsulatedStream::of_metadata(metadata.data_set()) {
            let name = stream.device.clone();
            streams.decapsulators.entry(name).or_insert_with(|| Decapsulator::new(stream, 1 << 24));
        }
        for (signal_id, bytes) in std::mem::take(&mut streams.early) {
            streams.take(signal_id, &bytes);
        }
    }

    fn configuration_changed(&mut self) {
        let subscriber = self.0.lock().unwrap().subscriber.upgrade();
        if let Some(subscriber) = subscriber {
            subscriber.request_metadata("").unwrap();
        }
    }

    fn buffer_block(&mut self, signal_id: &Uuid, _signal_index: u32, bytes: &[u8]) {
        self.0.lock().unwrap().take(*signal_id, bytes);
    }
}

/// A stream of a device.
struct Device {
    configuration: Configuration,
    configuration_frame: Vec<u8>,
    layout: DataLayout,
    sent: Vec<Vec<u8>>,
}

impl Device {
    /// Two PMUs, of which the second has the opposite FORMAT.
    fn new(format: u16) -> Device {
        let pmus = vec![sample::pmu(2 * format, format), sample::pmu(2 * format + 1, 15 - format)];
        let configuration =
            Configuration { id_code: sample::ID_CODE + format, ..sample::configuration(pmus) };
        let mut configuration_frame = Vec::new();
        configuration.encode(&mut configuration_frame).unwrap();
        let layout = DataLayout::new(&configuration).unwrap();
        Device { configuration, configuration_frame, layout, sent: Vec::new() }
    }

    /// The next data frame.
    fn frame(&mut self) -> Vec<u8> {
        let number = self.sent.len() as u32;
        let time = FrameTime { second: 1_700_000_000 + number / 30, quality: 2, count: number % 30 * 33_333 };
        let values: Vec<_> = self.configuration.pmus.iter().map(|pmu| values(pmu, number)).collect();
        let mut frame = Vec::new();
        self.layout.encode(&mut frame, time, &values).unwrap();
        self.sent.push(frame.clone());
        frame
    }
}

/// Other values for each number; some are missing now and then.
fn values(pmu: &Pmu, number: u32) -> PmuValues {
    if number % 11 == 3 {
        return PmuValues::absent(pmu);
    }
    let turn = f64::from(number);
    let phasor = |channel: &sttp::c37118::PhasorChannel| {
        PhasorBits::from_polar(100_000.0 + 10.0 * turn, turn % 180.0, pmu.format, channel.scale)
    };
    let frequency = match pmu.format.has(Format::FLOAT_FREQUENCY) {
        true => Real::Float(60.0 + number as f32 / 1_000.0),
        false => Real::Integer(number as i16),
    };
    PmuValues {
        status: StatusWord(number as u16 & 0x000F),
        phasors: pmu.phasors.iter().map(phasor).collect(),
        frequency,
        rate_of_change: frequency,
        analogs: vec![Real::from_number(turn - 50.0, pmu.format.has(Format::FLOAT_ANALOGS))],
        digitals: vec![(number as u16).wrapping_mul(257)],
    }
}

const FORMATS: u16 = 16;
const ROUNDS: usize = 60;

#[test]
fn streams_of_every_format_come_out_of_a_publisher_equal_but_for_the_frames_that_a_link_has_lost() {
    let engine = Engine::new().unwrap();
    let publisher = Arc::new(Publisher::new(&engine, Quiet));
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let told = Told::default();
    let input = LinkInput::new(&publisher, told.clone());
    let setup = "link=udp-listen:127.0.0.1:0; oneWay=true; devicePrefix=NORTH_";
    let link = input.add_link(&setup.parse().unwrap(), "").unwrap();
    let relay = Relay::new(port_in(|| input.link(link).unwrap().0.address), 11);

    let setup = format!(
        "link=udp:{}; oneWay=true; repeatInterval=0.3; repeatRate=200000; sendQueue=10000000",
        relay.address
    );
    let sender = Side::new(&engine, LinkRole::Server, &setup);
    let mut devices: Vec<Device> = (0..FORMATS).map(Device::new).collect();
    for device in &devices {
        sender.link.set_configuration(&device.configuration_frame).unwrap();
    }
    sender.link.open().unwrap();
    wait("the sender is open", || sender.is_open());

    let (got, _subscriber) = Got::listen(&engine, &publisher);
    // Frames are published once everybody knows what they are; others are counted.
    let send_all = |devices: &mut Vec<Device>| {
        for device in devices {
            sender.link.publish_frame(&device.frame()).unwrap();
        }
        sender.link.flush(Some(Duration::from_secs(60))).unwrap();
    };
    let has_all = |frames: &Frames| frames.len() == usize::from(FORMATS);
    wait("frames of all streams come out", || {
        send_all(&mut devices);
        let streams = got.0.lock().unwrap();
        has_all(&streams.configurations) && has_all(&streams.data)
    });

    let before: Frames = got.0.lock().unwrap().data.clone();
    relay.lost.store(100_000, Ordering::Release);
    for _ in 0..ROUNDS {
        send_all(&mut devices);
        // No faster than sockets have room, which would lose more than the link does.
        wait("all but the last blocks have come, or are known to be lost", || {
            let (from, to) = (sender.counters(), input.link(link).unwrap().0.session);
            from.blocks_sent - to.blocks_received - to.blocks_lost <= 20
        });
    }
    relay.lost.store(0, Ordering::Release);
    wait("all that was sent has come or is known to be lost", || {
        let (from, to) = (sender.counters(), input.link(link).unwrap().0.session);
        from.blocks_sent == to.blocks_received + to.blocks_lost
    });
    let (info, counters) = input.link(link).unwrap();
    assert_eq!(counters.frames, info.session.frames_whole);
    assert_eq!(counters.frames, counters.frames_published + counters.frames_not_taken);
    assert_eq!(info.session.points_malformed, 0);
    let put_together = told.0.lock().unwrap().0.clone();
    let last = |frames: &Frames| frames.values().map(|frames| frames.last().cloned()).collect::<Vec<_>>();
    wait("the subscriber has what was put together", || {
        last(&got.0.lock().unwrap().data) == last(&put_together)
    });

    let streams = got.0.lock().unwrap();
    for device in &devices {
        let code = device.configuration.id_code;
        let configurations = &streams.configurations[&code];
        assert!(configurations.iter().all(|frame| *frame == device.configuration_frame), "{code}");
        // Of those since everybody knew, all that the link has brought.
        let since = &streams.data[&code][before[&code].len()..];
        assert!(put_together[&code].ends_with(since), "{code}: byte by byte");
        let mut rest = device.sent.iter();
        assert!(streams.data[&code].iter().all(|frame| rest.any(|sent| sent == frame)), "{code}: in order");
        assert!(since.len() > ROUNDS / 2, "{code}: {} of {ROUNDS}", since.len());
    }
    assert!(info.session.blocks_lost > 20, "the link has lost some: {:?}", info.session);
    let names: Vec<&String> = streams.decapsulators.keys().collect();
    assert_eq!((names.len(), names[0].as_str()), (16, "NORTH_C37118_77"));
    drop(streams);

    // Whoever comes later is told what the frames are, too.
    let (late, _latecomer) = Got::listen(&engine, &publisher);
    wait("the latecomer gets frames of all streams", || {
        send_all(&mut devices);
        has_all(&late.0.lock().unwrap().data)
    });

    // A stream of the same name as another one is left out, and that is told.
    let setup = "link=udp-listen:127.0.0.1:0; oneWay=true; devicePrefix=NORTH_";
    let other = input.add_link(&setup.parse().unwrap(), "").unwrap();
    let address = port_in(|| input.link(other).unwrap().0.address);
    let second =
        Side::new(&engine, LinkRole::Server, &format!("link=udp:{address}; oneWay=true; repeatRate=200000"));
    second.link.set_configuration(&devices[0].configuration_frame).unwrap();
    second.link.open().unwrap();
    wait("it is told", || {
        second.link.publish_frame(&devices[0].frame()).unwrap();
        told.0.lock().unwrap().1.iter().any(|text| text.contains("give the link a devicePrefix"))
    });
    assert_eq!(input.link(other).unwrap().1.frames_published, 0);
    // And published when the other one is gone.
    drop(relay);
    input.remove_link(link).unwrap();
    wait("it is published", || {
        second.link.publish_frame(&devices[0].frame()).unwrap();
        input.link(other).unwrap().1.frames_published > 0
    });
}

#[test]
fn streams_that_a_publisher_passes_on_go_over_a_link_and_come_out_of_another_publisher() {
    let engine = Engine::new().unwrap();
    let near = Publisher::new(&engine, Quiet);
    let mut devices: Vec<Device> = [0, 6, 15].map(Device::new).into();
    let mut encapsulators: Vec<Encapsulator> = devices
        .iter()
        .map(|device| Encapsulator::new(&format!("PMU {}", device.configuration.id_code)))
        .collect();
    let mut builder = DataSetBuilder::standard().unwrap();
    for (device, encapsulator) in devices.iter().zip(&mut encapsulators) {
        encapsulator.take(&Frame::decode(&device.configuration_frame).unwrap()).unwrap();
        encapsulator.describe(&mut builder, "NEAR", Ticks::UNIX_EPOCH).unwrap();
    }
    near.set_metadata(Arc::new(Metadata::new(builder.finish()))).unwrap();
    near.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let output = LinkOutput::new(&engine, Nothing);
    let out = output.add_link(&"link=tcp-listen:127.0.0.1:0".parse().unwrap(), Recorder::default()).unwrap();
    output.connect(&format!("server={}", near.address().unwrap()).parse().unwrap()).unwrap();

    let far = Arc::new(Publisher::new(&engine, Quiet));
    far.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let input = LinkInput::new(&far, Told::default());
    let address = output.link(out).unwrap().0.listening.unwrap();
    let link = input.add_link(&format!("link=tcp:{address}").parse().unwrap(), "").unwrap();
    let (got, _subscriber) = Got::listen(&engine, &far);
    let send_all = |devices: &mut [Device], encapsulators: &mut [Encapsulator], with_configurations: bool| {
        for (device, encapsulator) in devices.iter_mut().zip(encapsulators) {
            if with_configurations {
                encapsulator
                    .again()
                    .for_each(|block| near.send_buffer_block(&block.signal_id, block.bytes, false).unwrap());
            }
            let frame = device.frame();
            let block = encapsulator.take(&Frame::decode(&frame).unwrap()).unwrap().unwrap();
            near.send_buffer_block(&block.signal_id, block.bytes, false).unwrap();
        }
    };
    wait("frames of all come out", || {
        send_all(&mut devices, &mut encapsulators, true);
        got.0.lock().unwrap().data.len() == devices.len()
    });
    (0..50).for_each(|_| send_all(&mut devices, &mut encapsulators, false));
    for device in &devices {
        let code = device.configuration.id_code;
        wait("the last one is there", || got.0.lock().unwrap().data[&code].last() == device.sent.last());
        let streams = got.0.lock().unwrap();
        assert!(device.sent.ends_with(&streams.data[&code]), "{code}: none is missing");
        assert!(streams.configurations[&code].iter().all(|frame| *frame == device.configuration_frame));
    }
    let counters = input.link(link).unwrap().1;
    assert_eq!(counters.frames, counters.frames_published + counters.frames_not_taken);
    assert_eq!(output.link(out).unwrap().1, 0);
}
