//! Streams of C37.118 that a gateway serves: what they are made of, and who gets them.

use super::*;

use sttp::c37118::{
    AnalogScale, Command, Configuration, ConfigurationForm, Format, Frame, FrameTime, FrameType, PhasorScale,
    PmuDetails, Version, encode_command,
};
use sttp::gateway::Output;
use sttp::settings::RequestedConfiguration;

use gateway::{Device, Gateway, Told, configuration, wait_until, wait_until_told};
use gateway_round_trip::{Client, StreamTeller};

/// A device that tells all that only CFG-3 can tell.
fn told_in_full() -> Configuration {
    let mut full = configuration(7, &["SHELBY"]);
    (full.form, full.version) = (ConfigurationForm::Cfg3, Version::V2);
    let pmu = &mut full.pmus[0];
    pmu.format = Format(Format::FLOAT_PHASORS | Format::POLAR | Format::FLOAT_FREQUENCY);
    pmu.phasors[0].scale =
        PhasorScale::Full { flags: 0, code: 4, user: 0, factor: 9.15527, angle_offset: 0.0 };
    pmu.analogs[0].scale = AnalogScale::Full { factor: 0.25, offset: -7.5 };
    pmu.details = Some(PmuDetails {
        global_id: *b"A SUBSTATION'S I",
        latitude: 35.5,
        longitude: -89.25,
        elevation: 101.0,
        service_class: b'P',
        window: 33_000,
        group_delay: 4_000,
    });
    full
}

#[test]
fn who_asks_for_cfg_3_is_told_what_only_that_can_tell() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let sent = told_in_full();
    let device = Device::start(sent.clone());
    gateway.add(&device, "accessID=7");
    wait_until_told(&gateway.told, &Told::Metadata(8));
    let (configurations, told) = channel();
    let output = Output::new(&engine, StreamTeller(configurations));
    let stream = "port=0; interface=127.0.0.1; accessID=70; lagTime=0.3; waitBy=arrival";
    let stream = output.add_stream(&stream.parse().unwrap()).unwrap();
    output.connect(&format!("server=127.0.0.1:{}", gateway.port()).parse().unwrap()).unwrap();
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), (stream, 1));

    let address = output.stream(stream).unwrap().address.unwrap();
    let mut client = Client::asking_for(RequestedConfiguration::Cfg3, address, 70, false);
    client.wait("the configuration", |client| !client.configurations.is_empty());
    let served = &client.configurations[0];
    assert_eq!((served.form, served.version), (ConfigurationForm::Cfg3, Version::V2));
    let (pmu, was) = (&served.pmus[0], &sent.pmus[0]);
    assert_eq!((&pmu.station, pmu.details), (&was.station, was.details));
    assert_eq!(pmu.phasors[0].scale, was.phasors[0].scale);
    assert_eq!(pmu.analogs[0].scale, was.analogs[0].scale);
}

#[test]
fn a_filter_finds_devices_that_come_later() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let first = Device::start(configuration(7, &["SHELBY"]));
    gateway.add(&first, "accessID=7");
    wait_until_told(&gateway.told, &Told::Metadata(8));
    let (configurations, told) = channel();
    let output = Output::new(&engine, StreamTeller(configurations));
    let stream = "port=0; interface=127.0.0.1; accessID=70; \
                  filterExpression={FILTER ActiveMeasurements WHERE SignalType = 'FREQ'}";
    let stream = output.add_stream(&stream.parse().unwrap()).unwrap();
    output.connect(&format!("server=127.0.0.1:{}", gateway.port()).parse().unwrap()).unwrap();
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), (stream, 1));
    let second = Device::start(configuration(8, &["CORDOVA"]));
    gateway.add(&second, "accessID=8");
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), (stream, 2));
}

#[test]
fn targets_of_both_kinds_of_address_get_the_stream() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let device = Device::start(configuration(7, &["SHELBY"]));
    gateway.add(&device, "accessID=7");
    wait_until_told(&gateway.told, &Told::Metadata(8));
    let receivers = ["127.0.0.1:0", "[::1]:0"].map(|address| {
        let receiver = std::net::UdpSocket::bind(address).unwrap();
        receiver.set_read_timeout(Some(PATIENCE)).unwrap();
        receiver
    });
    let [v4, v6] = receivers.each_ref().map(|receiver| receiver.local_addr().unwrap());
    let output = Output::new(&engine, StreamTeller(channel().0));
    output.add_stream(&format!("accessID=70; udpTargets={v4},{v6}").parse().unwrap()).unwrap();
    output.connect(&format!("server=127.0.0.1:{}", gateway.port()).parse().unwrap()).unwrap();
    for receiver in receivers {
        let mut buffer = [0; 2048];
        let length = receiver.recv(&mut buffer).unwrap();
        let described = Frame::decode(&buffer[..length]).unwrap();
        assert_eq!((described.kind, described.id_code), (FrameType::Configuration2, 70));
    }
}

#[test]
fn datagrams_that_cannot_be_sent_are_counted() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let device = Device::start(configuration(7, &["SHELBY"]));
    gateway.add(&device, "accessID=7");
    wait_until_told(&gateway.told, &Told::Metadata(8));
    let output = Output::new(&engine, StreamTeller(channel().0));
    // Nothing goes from an IPv4 interface to an IPv6 target.
    let stream = "interface=127.0.0.1; accessID=70; udpTargets=[::1]:4713";
    let stream = output.add_stream(&stream.parse().unwrap()).unwrap();
    output.connect(&format!("server=127.0.0.1:{}", gateway.port()).parse().unwrap()).unwrap();
    wait_until("the count", || output.stream(stream).unwrap().server.failed_datagrams > 0);
}

/// Other systems do not tell whose datagrams are refused.
#[cfg(target_os = "linux")]
#[test]
fn a_client_by_udp_that_is_gone_is_forgotten_and_the_others_are_served() {
    let engine = Engine::new().unwrap();
    let gateway = Gateway::start(&engine);
    let device = Device::start(configuration(7, &["SHELBY"]));
    gateway.add(&device, "accessID=7");
    wait_until_told(&gateway.told, &Told::Metadata(8));
    let bind = || std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let commands = bind().local_addr().unwrap();
    let output = Output::new(&engine, StreamTeller(channel().0));
    let stream = format!(
        "interface=127.0.0.1; udpPort={}; accessID=70; refusedTimeout=0; lagTime=0.01; waitBy=arrival",
        commands.port()
    );
    let stream = output.add_stream(&stream.parse().unwrap()).unwrap();
    output.connect(&format!("server=127.0.0.1:{}", gateway.port()).parse().unwrap()).unwrap();
    device.wait_for_receiver();
    let counters = || output.stream(stream).unwrap().server;
    let mut start = Vec::new();
    encode_command(&mut start, Version::V1, 70, FrameTime::default(), &Command::StartData).unwrap();
    let clients = [bind(), bind()];
    for (number, client) in (1..).zip(&clients) {
        wait_until("a client", || {
            client.send_to(&start, commands).unwrap();
            counters().clients == number
        });
    }
    let [gone, stays] = clients;
    drop(gone);
    let number = std::cell::Cell::new(1);
    wait_until("a client that is forgotten", || {
        device.send(number.get());
        number.set(number.get() + 1);
        counters().ended_clients == 1
    });
    assert_eq!(counters().clients, 1);
    // Several may have been on their way before it was known.
    assert!(counters().refused_datagrams >= 1);
    // Whoever is there is served on.
    stays.set_nonblocking(true).unwrap();
    while stays.recv(&mut [0; 2048]).is_ok() {}
    stays.set_nonblocking(false).unwrap();
    stays.set_read_timeout(Some(PATIENCE)).unwrap();
    device.send(number.get());
    let mut buffer = [0; 2048];
    let length = stays.recv(&mut buffer).unwrap();
    assert_eq!(Frame::decode(&buffer[..length]).unwrap().kind, FrameType::Data);
}
