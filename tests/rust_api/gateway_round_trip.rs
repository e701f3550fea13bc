//! From C37.118 through STTP to C37.118, over real sockets: what clients get is what devices have sent.

use super::gateway::{Device, Gateway, Told, configuration, time, values, wait_until, wait_until_told};
use super::*;

use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::Instant;

use sttp::c37118::client::{Channels, ClientOutput, ClientSession};
use sttp::c37118::{Configuration, DataLayout, PmuValues};
use sttp::gateway::{Output, OutputHandler, StreamId};
use sttp::session::Moment;
use sttp::settings::{C37118ClientSettings, RequestedConfiguration};

/// A client of a stream, on the thread of the test.
pub(crate) struct Client {
    stream: TcpStream,
    session: ClientSession,
    pub(crate) configurations: Vec<Arc<Configuration>>,
    pub(crate) frames: Vec<(Ticks, Vec<PmuValues>)>,
    raw: Vec<Vec<u8>>,
    headers: Vec<Vec<u8>>,
}

impl Client {
    /// Asks for CFG-2, and for the header if it is to.
    fn connect(address: SocketAddr, id_code: u16, header: bool) -> Client {
        Client::asking_for(RequestedConfiguration::Cfg2, address, id_code, header)
    }

    pub(crate) fn asking_for(
        wanted: RequestedConfiguration,
        address: SocketAddr,
        id_code: u16,
        header: bool,
    ) -> Client {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        let settings = C37118ClientSettings::default()
            .id_code(id_code)
            .settling_time(Duration::ZERO)
            .configuration(wanted)
            .header(header);
        let mut session = ClientSession::new(settings, Channels::Stream);
        session.connected(Moment::now());
        Client {
            stream,
            session,
            configurations: Vec::new(),
            frames: Vec::new(),
            raw: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Does what there is to do, and waits a moment for more.
    fn step(&mut self) {
        let now = Moment::now();
        if self.session.deadline().is_some_and(|deadline| deadline <= now.instant) {
            self.session.handle_timeout(now);
        }
        self.take(now);
        let mut buffer = [0; 8192];
        match self.stream.read(&mut buffer) {
            Ok(0) => panic!("the server has closed the connection"),
            Ok(length) => self.session.receive(&buffer[..length], now),
            Err(error) => assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)),
        }
        self.take(now);
    }

    fn take(&mut self, _now: Moment) {
        while let Some(output) = self.session.poll() {
            match output {
                ClientOutput::Send(bytes) => self.stream.write_all(&bytes).unwrap(),
                ClientOutput::Configuration { configuration, .. } => self.configurations.push(configuration),
                ClientOutput::Data { frame, bytes, .. } => {
                    self.frames.push((frame.ticks(), frame.pmus().map(|pmu| pmu.values()).collect()));
                    self.raw.push(bytes.to_vec());
                }
                ClientOutput::Header(text) => self.headers.push(text.to_vec()),
                ClientOutput::Reconnect { reason } => panic!("{reason}"),
                _ => {}
            }
        }
    }

    pub(crate) fn wait(&mut self, what: &str, is_there: impl Fn(&Client) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_there(self) {
            assert!(Instant::now() < end, "{what} does not come");
            self.step();
        }
    }
}

pub(crate) struct StreamTeller(pub(crate) Sender<(StreamId, usize)>);

impl OutputHandler for StreamTeller {
    fn configuration(&mut self, stream: StreamId, configuration: &Arc<Configuration>) {
        let _ = self.0.send((stream, configuration.pmus.len()));
    }
}

/// Number of a frame that is sent now, by this machine's clock.
fn current_number() -> u32 {
    let now = (Ticks::now().0 - Ticks::UNIX_EPOCH.0) / Ticks::PER_SECOND;
    (now - 1_700_000_000) as u32 * 30
}

#[test]
fn devices_go_through_sttp_into_two_streams_as_they_were() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let sent = configuration(7, &["SHELBY", "CORDOVA"]);
    let device = Device::start(sent.clone());
    gateway.add(&device, "accessID=7; name=PDC");
    wait_until_told(&gateway.told, &Told::Metadata(15));

    let (configurations, told) = channel();
    let output = Output::new(&engine, StreamTeller(configurations));
    let all = "port=0; interface=127.0.0.1; accessID=70; lagTime=0.3; waitBy=arrival";
    let all = output.add_stream(&all.parse().unwrap()).unwrap();
    let some = "port=0; interface=127.0.0.1; accessID=71; devices=CORDOVA; lagTime=0.3; waitBy=arrival";
    let some = output.add_stream(&some.parse().unwrap()).unwrap();
    output.connect(&format!("server=127.0.0.1:{}", gateway.port()).parse().unwrap()).unwrap();
    let mut told: Vec<_> = [&told, &told].map(|told| told.recv_timeout(PATIENCE).unwrap()).into();
    told.sort_unstable();
    assert_eq!(told, [(all, 2), (some, 1)]);

    let address = |stream| output.stream(stream).unwrap().address.unwrap();
    let (mut whole, mut part) =
        (Client::connect(address(all), 70, false), Client::connect(address(some), 71, false));
    whole.wait("the configuration", |client| !client.configurations.is_empty());
    part.wait("the configuration", |client| !client.configurations.is_empty());
    let described = &whole.configurations[0];
    let stations = described.pmus.iter().map(|pmu| pmu.station.to_string()).collect::<Vec<_>>();
    assert_eq!(
        (described.id_code, described.data_rate, stations),
        (70, 30, vec!["SHELBY".into(), "CORDOVA".into()])
    );

    // Until data flow to both clients, whose commands are still on their way.
    let first = current_number();
    let mut number = first;
    let end = Instant::now() + PATIENCE;
    while whole.frames.len() < 20 || part.frames.len() < 20 {
        assert!(Instant::now() < end, "frames do not come");
        device.send(number);
        number += 1;
        whole.step();
        part.step();
    }
    for (client, pmus) in [(&whole, 0..2), (&part, 1..2)] {
        let ticks_of = |number: u32| time(number).ticks(sent.time_base);
        for (ticks, values_of_frame) in &client.frames[..20] {
            let number =
                (first..number).find(|number| (ticks_of(*number).0 - ticks.0).abs() < 10_000).unwrap();
            let all_values = values(&sent, number);
            for (got, was) in values_of_frame.iter().zip(&all_values[pmus.clone()]) {
                assert_eq!(
                    (got.status, got.frequency, got.rate_of_change),
                    (was.status, was.frequency, was.rate_of_change)
                );
                assert_eq!((&got.analogs, &got.digitals), (&was.analogs, &was.digitals));
                for (got, was) in got.phasors.iter().zip(&was.phasors) {
                    let scale = sent.pmus[0].phasors[0].scale;
                    let ((magnitude, angle), (was_magnitude, was_angle)) =
                        (got.polar(scale), was.polar(scale));
                    assert!((magnitude - was_magnitude).abs() < 0.01 && (angle - was_angle).abs() < 0.001);
                }
            }
        }
    }
    wait_until("what was counted", || {
        let info = output.stream(all).unwrap();
        info.concentrator.frames >= 20 && info.server.clients == 1
    });
    output.remove_stream(all).unwrap();
    let end = Instant::now() + PATIENCE;
    let mut buffer = [0; 4096];
    while !matches!(whole.stream.read(&mut buffer), Ok(0)) {
        assert!(Instant::now() < end, "the client is not disconnected");
    }
}

#[test]
fn frames_are_passed_on_byte_by_byte() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let sent = configuration(7, &["SHELBY", "CORDOVA"]);
    let device = Device::start(sent.clone());
    device.set_header(b"Shelby substation");
    gateway.add(&device, "accessID=7; name=PDC; publish=frames");
    wait_until_told(&gateway.told, &Told::Metadata(2));
    let (configurations, told) = channel();
    let output = Output::new(&engine, StreamTeller(configurations));
    let stream = output.add_stream(&"port=0; interface=127.0.0.1; relay=PDC".parse().unwrap()).unwrap();
    output.connect(&format!("server=127.0.0.1:{}", gateway.port()).parse().unwrap()).unwrap();
    // The configuration was sent long before anybody subscribed.
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), (stream, 2));

    let mut client = Client::connect(output.stream(stream).unwrap().address.unwrap(), 7, true);
    client.wait("the configuration", |client| !client.configurations.is_empty());
    client.wait("the header", |client| !client.headers.is_empty());
    assert_eq!(client.headers[0], b"Shelby substation");
    let described = Configuration { time: sent.time, ..Configuration::clone(&client.configurations[0]) };
    let names = |configuration: &Configuration| {
        configuration.pmus.iter().map(|pmu| pmu.station.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(&described), names(&sent));
    let (pmu, was) = (&described.pmus[1], &sent.pmus[1]);
    assert_eq!(
        (&pmu.phasors[0].scale, &pmu.analogs[0].scale),
        (&was.phasors[0].scale, &was.analogs[0].scale)
    );
    let layout = DataLayout::new(&sent).unwrap();
    let frame = |number: u32| {
        let mut frame = Vec::new();
        layout.encode(&mut frame, time(number), &values(&sent, number)).unwrap();
        frame
    };
    let end = Instant::now() + PATIENCE;
    let mut number = 0;
    while client.raw.len() < 10 {
        assert!(Instant::now() < end, "frames do not come");
        device.send(number);
        number += 1;
        client.step();
    }
    let first = (0..number).find(|number| frame(*number) == client.raw[0]).expect("the same bytes");
    let expected: Vec<Vec<u8>> = (first..).take(client.raw.len()).map(frame).collect();
    assert_eq!(client.raw, expected);
    wait_until("what was counted", || output.stream(stream).unwrap().relay.data_frames >= 10);
}

/// A publisher's measurements as a stream, which an input publishes again: by UDP, in each of three ways.
#[test]
fn devices_are_reached_by_udp() {
    let engine = Engine::new().unwrap();
    let source = Gateway::start(&engine);
    let device = Device::start(configuration(7, &["SHELBY"]));
    source.add(&device, "accessID=7");
    wait_until_told(&source.told, &Told::Metadata(8));
    let free = || std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (commands, data, spontaneous, group) = (free(), free(), free(), free());
    let (configurations, told) = channel();
    let output = Output::new(&engine, StreamTeller(configurations));
    let stream = format!(
        "port=0; udpPort={commands}; interface=127.0.0.1; accessID=70; lagTime=0.3; waitBy=arrival; \
         udpTargets=127.0.0.1:{spontaneous},239.255.77.9:{group}"
    );
    let by_udp = output.add_stream(&stream.parse().unwrap()).unwrap();
    let beside =
        format!("port=0; interface=127.0.0.1; accessID=70; lagTime=0.3; waitBy=arrival; dataPort={data}");
    let beside = output.add_stream(&beside.parse().unwrap()).unwrap();
    output.connect(&format!("server=127.0.0.1:{}", source.port()).parse().unwrap()).unwrap();
    let mut streams: Vec<_> = [&told, &told].map(|told| told.recv_timeout(PATIENCE).unwrap().0).into();
    streams.sort_unstable();
    assert_eq!(streams, [by_udp, beside]);

    let gateway = Gateway::start(&engine);
    let tcp = output.stream(beside).unwrap().address.unwrap();
    let devices = [
        format!("device=127.0.0.1:{commands}; transport=udp; dataInterface=127.0.0.1; devicePrefix=U_"),
        format!("device={tcp}; transport=tcpUdp; dataPort={data}; dataInterface=127.0.0.1; devicePrefix=T_"),
        format!(
            "device=127.0.0.1; transport=spontaneousUdp; dataPort={spontaneous}; dataInterface=127.0.0.1; \
             devicePrefix=S_"
        ),
        format!(
            "device=127.0.0.1; transport=spontaneousUdp; dataPort={group}; multicastGroup=239.255.77.9; \
             dataInterface=127.0.0.1; devicePrefix=G_"
        ),
    ];
    let devices = devices.map(|text| {
        let text = format!("{text}; accessID=70; settlingTime=0; silenceTimeout=60");
        gateway.input.add_device(&text.parse().unwrap()).unwrap()
    });
    let count = |device| gateway.input.device(device).unwrap().counters;
    let end = Instant::now() + PATIENCE;
    let mut number = current_number();
    // Who is told nothing but by the minute waits for the next change of the configuration.
    while !devices[..2].iter().all(|device| count(*device).frames_published >= 5) {
        assert!(Instant::now() < end, "frames do not come: {:?}", devices.map(count));
        device.send(number);
        number += 1;
        std::thread::sleep(Duration::from_millis(2));
    }
    for spontaneous in &devices[2..] {
        let early = gateway.input.device(*spontaneous).unwrap();
        assert!(early.counters.datagrams > 0 && early.counters.foreign_datagrams == 0, "{early:?}");
    }
    // Another device in the metadata is another configuration, which is told at once.
    let other = Device::start(configuration(8, &["CORDOVA"]));
    source.add(&other, "accessID=8");
    while !devices.iter().all(|device| count(*device).frames_published >= 5) {
        assert!(Instant::now() < end, "frames do not come: {:?}", devices.map(count));
        device.send(number);
        number += 1;
        std::thread::sleep(Duration::from_millis(2));
    }
}
