//! Gateways from C37.118 to STTP over real sockets: devices that become one publisher.

use super::*;

use std::io::ErrorKind;
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use sttp::Uuid;
use sttp::c37118::mapping::signal_id;
use sttp::c37118::server::{ServerOutput, ServerSession};
use sttp::c37118::{
    AnalogChannel, AnalogScale, Configuration, ConfigurationForm, DataLayout, DigitalWord, Format, FrameTime,
    Name, NominalFrequency, PhasorBits, PhasorChannel, PhasorScale, Pmu, PmuValues, Real, StatusWord,
    TimeBase, Version,
};
use sttp::gateway::{DeviceId, Input, InputHandler};
use sttp::session::Moment;
use sttp::settings::C37118ServerSettings;

/// A device of two PMUs, of which each has a phasor, an analog value and a digital word.
pub(crate) fn configuration(id_code: u16, stations: &[&str]) -> Configuration {
    let pmu = |station: &&str| Pmu {
        station: Name::new(station),
        id_code,
        format: Format(Format::FLOAT_PHASORS | Format::POLAR | Format::FLOAT_FREQUENCY),
        phasors: vec![PhasorChannel {
            name: Name::new("VA"),
            scale: PhasorScale::Unit { code: 0, factor: 915_527 },
        }],
        analogs: vec![AnalogChannel {
            name: Name::new("MW"),
            scale: AnalogScale::Unit { code: 1, factor: 1 },
        }],
        digitals: vec![DigitalWord {
            names: std::array::from_fn(|bit| Name::new(&format!("BREAKER {bit}"))),
            normal: 0,
            valid: 0xFFFF,
        }],
        nominal_frequency: NominalFrequency(0),
        change_count: 1,
        details: None,
    };
    Configuration {
        form: ConfigurationForm::Cfg2,
        version: Version::V1,
        id_code,
        time: FrameTime::default(),
        time_base: TimeBase(1_000_000),
        pmus: stations.iter().map(pmu).collect(),
        data_rate: 30,
    }
}

/// The values of frame number `number`, which differ from frame to frame.
pub(crate) fn values(configuration: &Configuration, number: u32) -> Vec<PmuValues> {
    let of_pmu = |(place, pmu): (usize, &Pmu)| {
        let mut values = PmuValues::absent(pmu);
        values.status = StatusWord(if number.is_multiple_of(3) { 0x2080 } else { (number % 8) as u16 });
        values.phasors[0] = PhasorBits::PolarFloat(1000.0 + number as f32, place as f32 * 0.5);
        values.frequency = Real::Float(59.5 + place as f32 + number as f32 / 64.0);
        values.rate_of_change = Real::Float(0.25);
        values.analogs[0] = Real::Integer(number as i16);
        values.digitals[0] = number as u16;
        values
    };
    configuration.pmus.iter().enumerate().map(of_pmu).collect()
}

pub(crate) fn time(number: u32) -> FrameTime {
    FrameTime { second: 1_700_000_000 + number / 30, quality: 0, count: number % 30 * 33_333 }
}

/// A device that speaks C37.118 by TCP, on a thread of its own.
pub(crate) struct Device {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<DeviceState>>,
    thread: Option<JoinHandle<()>>,
    ended: Arc<AtomicBool>,
}

struct DeviceState {
    session: ServerSession,
    layout: DataLayout,
    configuration: Configuration,
    drops_clients: bool,
}

impl Device {
    pub(crate) fn start(configuration: Configuration) -> Device {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let mut session = ServerSession::new(C37118ServerSettings::default());
        session.set_configuration(&configuration, Moment::now()).unwrap();
        let layout = DataLayout::new(&configuration).unwrap();
        let state =
            Arc::new(Mutex::new(DeviceState { session, layout, configuration, drops_clients: false }));
        let ended = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let (state, ended) = (Arc::clone(&state), Arc::clone(&ended));
            move || serve(&listener, &state, &ended)
        });
        Device { address, state, thread: Some(thread), ended }
    }

    pub(crate) fn send(&self, number: u32) {
        let mut state = self.state.lock().unwrap();
        let mut frame = Vec::new();
        state.layout.encode(&mut frame, time(number), &values(&state.configuration, number)).unwrap();
        state.session.publish(&frame, Moment::now()).unwrap();
    }

    fn change(&self, configuration: Configuration) {
        let mut state = self.state.lock().unwrap();
        state.session.set_configuration(&configuration, Moment::now()).unwrap();
        state.layout = DataLayout::new(&configuration).unwrap();
        state.configuration = configuration;
    }

    /// Waits until a client wants data.
    pub(crate) fn wait_for_receiver(&self) {
        wait_until("a client that wants data", || self.has_receiver());
    }

    /// Whether a client wants data.
    pub(crate) fn has_receiver(&self) -> bool {
        self.state.lock().unwrap().session.clients().any(|client| client.is_receiving)
    }

    pub(crate) fn set_header(&self, text: &[u8]) {
        self.state.lock().unwrap().session.set_header(text.to_vec(), Moment::now()).unwrap();
    }

    fn drop_clients(&self) {
        self.state.lock().unwrap().drops_clients = true;
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        self.thread.take().unwrap().join().unwrap();
    }
}

fn serve(listener: &TcpListener, state: &Mutex<DeviceState>, ended: &AtomicBool) {
    let mut clients: Vec<(TcpStream, _)> = Vec::new();
    let mut buffer = [0; 4096];
    while !ended.load(Ordering::Acquire) {
        std::thread::sleep(Duration::from_millis(1));
        let now = Moment::now();
        let mut state = state.lock().unwrap();
        while let Ok((stream, address)) = listener.accept() {
            stream.set_nonblocking(true).unwrap();
            clients.push((stream, state.session.accepted(address, now).unwrap()));
        }
        if std::mem::take(&mut state.drops_clients) {
            clients.drain(..).for_each(|(_, key)| state.session.closed(key));
        }
        clients.retain_mut(|(stream, key)| match stream.read(&mut buffer) {
            Ok(0) => {
                state.session.closed(*key);
                false
            }
            Ok(length) => {
                state.session.receive(*key, &buffer[..length], now);
                true
            }
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        });
        while let Some(output) = state.session.poll() {
            let ServerOutput::Send(key) = output else { continue };
            let Some((stream, _)) = clients.iter_mut().find(|(_, known)| *known == key) else { continue };
            let pieces: Vec<u8> = state.session.queue(key).unwrap().pieces().flatten().copied().collect();
            stream.set_nonblocking(false).unwrap();
            stream.write_all(&pieces).unwrap();
            stream.set_nonblocking(true).unwrap();
            state.session.sent(key, pieces.len(), now);
        }
    }
}

pub(crate) fn wait_until(what: &str, is_there: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_there() {
        assert!(Instant::now() < end, "{what} does not come");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What an input tells.
#[derive(Debug, PartialEq)]
pub(crate) enum Told {
    Connected(DeviceId),
    Disconnected(DeviceId),
    Reconnecting(DeviceId),
    Configuration(DeviceId, usize),
    Metadata(usize),
}

pub(crate) struct Teller(pub(crate) Sender<Told>);

impl InputHandler for Teller {
    fn connected(&mut self, device: DeviceId, _address: &str) {
        let _ = self.0.send(Told::Connected(device));
    }

    fn disconnected(&mut self, device: DeviceId, _reason: Result<(), &Error>) {
        let _ = self.0.send(Told::Disconnected(device));
    }

    fn reconnecting(&mut self, device: DeviceId, _attempt: u32, _delay: Duration) {
        let _ = self.0.send(Told::Reconnecting(device));
    }

    fn configuration(&mut self, device: DeviceId, configuration: &Arc<Configuration>) {
        let _ = self.0.send(Told::Configuration(device, configuration.pmus.len()));
    }

    fn metadata(&mut self, metadata: &Arc<Metadata>) {
        let in_use = metadata.measurements().filter(|measurement| measurement.enabled() != Some(false));
        let _ = self.0.send(Told::Metadata(in_use.count()));
    }
}

pub(crate) fn wait_until_told(told: &Receiver<Told>, wanted: &Told) {
    let end = Instant::now() + PATIENCE;
    while told.recv_timeout(end - Instant::now()).unwrap() != *wanted {}
}

/// A publisher with an input, and a subscriber of all.
pub(crate) struct Gateway {
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) published: Receiver<Event>,
    pub(crate) input: Input,
    pub(crate) told: Receiver<Told>,
}

impl Gateway {
    pub(crate) fn start(engine: &Engine) -> Gateway {
        let (events, published) = channel();
        let publisher = Arc::new(Publisher::new(engine, Events(events)));
        publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
        let (teller, told) = channel();
        let input = Input::new(&publisher, "PMU", Teller(teller));
        Gateway { publisher, published, input, told }
    }

    /// Adds a device that need not be waited for.
    pub(crate) fn add(&self, device: &Device, settings: &str) -> DeviceId {
        let text = format!("device={}; settlingTime=0; retryInterval=20; {settings}", device.address);
        self.input.add_device(&text.parse().unwrap()).unwrap()
    }

    pub(crate) fn port(&self) -> u16 {
        self.publisher.address().unwrap().port()
    }

    fn subscribe(&self, engine: &Engine) -> (Subscriber, Receiver<Event>) {
        let (events, happened) = channel();
        let string = format!(
            "server=127.0.0.1:{}; readQueue=100000; outputMeasurements={{FILTER ActiveMeasurements WHERE True}}",
            self.port()
        );
        (Subscriber::open(engine, &string, Events(events)).unwrap(), happened)
    }
}

fn empty() -> Measurement {
    Measurement {
        signal_id: Uuid::nil(),
        timestamp: Ticks(0),
        value: 0.0,
        flags: StateFlags::empty(),
        signal_index: 0,
    }
}

/// Reads until there are so many.
fn read(subscriber: &Subscriber, count: usize) -> Vec<Measurement> {
    let mut all = Vec::new();
    let mut some = [empty(); 256];
    while all.len() < count {
        let read = subscriber.read(&mut some, Some(PATIENCE)).unwrap();
        all.extend_from_slice(&some[..read]);
    }
    all
}

fn value_of(measurements: &[Measurement], reference: &str) -> (f64, StateFlags, Ticks) {
    let id = signal_id(reference);
    let found = measurements.iter().find(|one| one.signal_id == id);
    let found = found.unwrap_or_else(|| panic!("no measurement of {reference}"));
    (found.value, found.flags, found.timestamp)
}

#[test]
fn devices_become_one_publisher() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let (north, south) =
        (Device::start(configuration(7, &["SHELBY"])), Device::start(configuration(9, &["CORDOVA", "DELL"])));
    let first = gateway.add(&north, "accessID=7; companyAcronym=GPA");
    let second = gateway.add(&south, "accessID=9; name=SOUTH; devicePrefix=S_");
    // A frame has a measurement of quality, and each PMU one of status, frequency, change, phasor (two), analog and digital.
    wait_until_told(&gateway.told, &Told::Metadata(8 + 15));
    let (subscriber, _events) = gateway.subscribe(&engine);
    wait_for(&gateway.published, &Event::Subscribed);
    [&north, &south].into_iter().for_each(Device::wait_for_receiver);
    for number in 1..=2 {
        north.send(number);
        south.send(number);
        let got = read(&subscriber, 23);
        assert_eq!(got.len(), 23);
        let status = f64::from(number % 8);
        assert_eq!(value_of(&got, "SHELBY-SF").0, status);
        assert_eq!(value_of(&got, "S_DELL-FQ").0, 60.5 + f64::from(number) / 64.0);
        assert_eq!(value_of(&got, "S_CORDOVA-PM1").0, 1000.0 + f64::from(number));
        assert_eq!(value_of(&got, "SHELBY-AV1").0, f64::from(number));
        let (digital, flags, ticks) = value_of(&got, "S_SOUTH-QF");
        assert_eq!(
            (digital, flags, ticks),
            (0.0, StateFlags::empty(), time(number).ticks(TimeBase(1_000_000)))
        );
    }
    north.send(3);
    let got = read(&subscriber, 8);
    assert_eq!(value_of(&got, "SHELBY-FQ").1, StateFlags::BAD_TIME);
    let counted = |device| gateway.input.device(device).unwrap();
    wait_until("what was counted", || counted(first).counters.frames_published == 3);
    assert_eq!(counted(second).counters.measurements_published, 30);
    assert_eq!(counted(second).session.data_frames, 2);

    gateway.input.remove_device(second).unwrap();
    wait_until_told(&gateway.told, &Told::Disconnected(second));
    wait_until_told(&gateway.told, &Told::Metadata(8));
    assert!(matches!(gateway.input.remove_device(second), Err(Error::NotFound(_))));
    assert_eq!(gateway.input.devices().len(), 1);
}

#[test]
fn a_device_that_comes_back_is_published_on() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let device = Device::start(configuration(7, &["SHELBY"]));
    let id = gateway.add(&device, "accessID=7");
    wait_until_told(&gateway.told, &Told::Metadata(8));
    let (subscriber, _events) = gateway.subscribe(&engine);
    wait_for(&gateway.published, &Event::Subscribed);
    device.wait_for_receiver();
    device.send(1);
    assert_eq!(read(&subscriber, 8).len(), 8);
    device.drop_clients();
    wait_until_told(&gateway.told, &Told::Disconnected(id));
    wait_until_told(&gateway.told, &Told::Reconnecting(id));
    wait_until_told(&gateway.told, &Told::Connected(id));
    // It may not have been started again yet.
    let mut number = 2;
    let mut got = [empty(); 64];
    while subscriber.read(&mut got, Some(Duration::from_millis(50))).unwrap_or(0) == 0 {
        device.send(number);
        number += 1;
    }
    assert!(gateway.input.device(id).unwrap().session.connections >= 2);
}

#[test]
fn a_configuration_that_changes_is_followed() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let device = Device::start(configuration(7, &["SHELBY"]));
    let id = gateway.add(&device, "accessID=7; name=PDC");
    wait_until_told(&gateway.told, &Told::Metadata(8));
    let (subscriber, _events) = gateway.subscribe(&engine);
    wait_for(&gateway.published, &Event::Subscribed);
    device.wait_for_receiver();
    device.send(1);
    let before = value_of(&read(&subscriber, 8), "SHELBY-FQ");
    // The device tells its clients the other configuration.
    device.change(configuration(7, &["CORDOVA", "SHELBY"]));
    wait_until_told(&gateway.told, &Told::Configuration(id, 2));
    wait_until_told(&gateway.told, &Told::Metadata(15));
    wait_for(&gateway.published, &Event::Subscribed);
    device.wait_for_receiver();
    device.send(2);
    let after = read(&subscriber, 15);
    assert_eq!(value_of(&after, "CORDOVA-FQ").0, 59.5 + 2.0 / 64.0);
    assert_eq!(value_of(&after, "SHELBY-FQ").0, before.0 + 1.0 + 1.0 / 64.0, "the signal has the same ID");
}

#[test]
fn a_device_whose_names_are_taken_is_told_and_the_others_go_on() {
    struct Messages(Sender<(Option<DeviceId>, String)>);

    impl InputHandler for Messages {
        fn message(&mut self, device: Option<DeviceId>, _severity: sttp::session::Severity, text: &str) {
            let _ = self.0.send((device, text.to_owned()));
        }
    }

    let engine = Engine::new().unwrap();
    let publisher = Arc::new(Publisher::new(&engine, Events(channel().0)));
    publisher.start("127.0.0.1:0", PublisherSettings::default()).unwrap();
    let (messages, told) = channel();
    let input = Input::new(&publisher, "PMU", Messages(messages));
    let devices = [(7, "SHELBY"), (8, "SHELBY"), (9, "DELL")].map(|(id_code, station)| {
        let device = Device::start(configuration(id_code, &[station]));
        let text = format!("device={}; accessID={id_code}; settlingTime=0", device.address);
        (input.add_device(&text.parse().unwrap()).unwrap(), device)
    });
    let end = Instant::now() + PATIENCE;
    for (about, wanted) in [(Some(devices[1].0), "\"SHELBY\""), (None, "16 signals of 2 devices")] {
        let is_it = |(device, text): (Option<DeviceId>, String)| device == about && text.contains(wanted);
        while !is_it(told.recv_timeout(end - Instant::now()).unwrap()) {}
    }
}

#[test]
fn a_device_whose_frames_would_be_mixed_with_those_of_another_is_told_and_not_passed_on() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let devices = [(7, "publish=frames"), (7, "publish=frames"), (9, "publish=frames; name=dell"), (8, "")]
        .map(|(id_code, settings)| {
            let device = Device::start(configuration(id_code, &["DELL"]));
            let id = gateway.add(&device, &format!("accessID={id_code}; {settings}"));
            (id, device)
        });
    // Each stream has two signals; the device of which measurements are published has eight.
    wait_until_told(&gateway.told, &Told::Metadata(2 + 8));
    let (subscriber, _events) = gateway.subscribe(&engine);
    wait_for(&gateway.published, &Event::Subscribed);
    devices.iter().for_each(|(_, device)| device.wait_for_receiver());
    devices.iter().for_each(|(_, device)| device.send(1));
    assert_eq!(read(&subscriber, 8).len(), 8);
    let counted = |place: usize| gateway.input.device(devices[place].0).unwrap().counters;
    for (place, is_published) in [true, false, false, true].into_iter().enumerate() {
        wait_until("the frame", || counted(place).frames_published + counted(place).frames_not_mapped == 1);
        assert_eq!(counted(place).frames_published == 1, is_published, "device {place}");
    }
    // Where the name becomes free, the other one takes it.
    gateway.input.remove_device(devices[0].0).unwrap();
    gateway.input.remove_device(devices[3].0).unwrap();
    wait_until_told(&gateway.told, &Told::Metadata(2 + 2));
}
