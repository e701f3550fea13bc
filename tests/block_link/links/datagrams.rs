//! Over UDP: with loss, one-way, and to groups.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sttp::block_link::negotiation::LinkRole;
use sttp::c37118::{
    AnalogChannel, AnalogScale, Configuration, ConfigurationForm, DataLayout, Format, FrameTime, Name,
    NominalFrequency, PhasorBits, PhasorChannel, PhasorScale, Pmu, PmuValues, Real, StatusWord, TimeBase,
    Version,
};
use sttp::engine::Engine;
use sttp::gateway::block_link::LinkState;

use super::{
    Chance, Passage, Side, batch, check_delivered, check_expected, check_sums, key, wait,
    wait_until_nearly_settled, wait_until_settled, wait_until_subscribed,
};

/// Passes datagrams on between whoever sends to it first and one address, and loses some.
pub(super) struct Relay {
    pub(super) address: SocketAddr,
    /// Datagrams that are lost, of a million.
    pub(super) lost: Arc<AtomicU64>,
    /// Of the side that this listens for, and back.
    pub(super) passages: [Arc<Mutex<Passage>>; 2],
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Relay {
    pub(super) fn new(to: SocketAddr, seed: u64) -> Relay {
        let near = UdpSocket::bind("127.0.0.1:0").unwrap();
        let far = UdpSocket::bind("127.0.0.1:0").unwrap();
        far.connect(to).unwrap();
        let mut relay = Relay {
            address: near.local_addr().unwrap(),
            lost: Arc::default(),
            passages: Default::default(),
            stop: Arc::default(),
            threads: Vec::new(),
        };
        let peer = Arc::new(Mutex::new(None));
        for direction in 0..2 {
            let (near, far) = (near.try_clone().unwrap(), far.try_clone().unwrap());
            let (lost, stop, peer) = (relay.lost.clone(), relay.stop.clone(), peer.clone());
            let passage = relay.passages[direction].clone();
            let mut chance = Chance(seed + direction as u64);
            let socket = if direction == 0 { &near } else { &far };
            socket.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
            relay.threads.push(thread::spawn(move || {
                let mut buffer = [0; 65_536];
                while !stop.load(Ordering::Acquire) {
                    let received = match direction {
                        0 => near.recv_from(&mut buffer).map(|(count, from)| {
                            *peer.lock().unwrap() = Some(from);
                            count
                        }),
                        _ => far.recv(&mut buffer),
                    };
                    let Ok(count) = received else { continue };
                    let mut passage = passage.lock().unwrap();
                    passage.sent.push_datagram(&buffer[..count]);
                    if chance.is(lost.load(Ordering::Acquire)) {
                        continue;
                    }
                    passage.delivered.push_datagram(&buffer[..count]);
                    let sent = match direction {
                        0 => far.send(&buffer[..count]),
                        _ => near.send_to(&buffer[..count], peer.lock().unwrap().unwrap()),
                    };
                    // Of one side that is closed the system may tell.
                    assert!(sent.is_ok_and(|sent| sent == count) || stop.load(Ordering::Acquire));
                }
            }));
        }
        relay
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.threads.drain(..).for_each(|thread| thread.join().unwrap());
    }
}

/// Where a side receives that is told to take any port.
fn port_of(side: &Side) -> SocketAddr {
    port_in(|| side.link.info().address)
}

/// The same, by how the link says what it is open to.
pub(super) fn port_in(address: impl Fn() -> String) -> SocketAddr {
    wait("the port is open", || !address().is_empty());
    let address = address();
    let port = address.strip_prefix("UDP port ").unwrap().parse().unwrap();
    SocketAddr::from(([127, 0, 0, 1], port))
}

#[test]
fn a_link_that_loses_a_tenth_adds_up() {
    let engine = Engine::new().unwrap();
    let publisher =
        Side::publisher(&engine, "link=udp-listen:127.0.0.1:0; silenceTimeout=600; repeatInterval=0.5");
    let relay = Relay::new(port_of(&publisher), 17);
    let subscriber = Side::subscriber(&engine, &format!("link=udp:{}; silenceTimeout=600", relay.address));
    wait_until_subscribed(&subscriber);
    let mut sent = batch(0);
    publisher.send(&sent);
    wait("the first ones have come", || subscriber.log().measurements.len() == sent.len());
    relay.lost.store(100_000, Ordering::Release);
    for time in 1..300 {
        let batch = batch(time);
        publisher.send(&batch);
        wait_until_nearly_settled(&publisher, &subscriber);
        sent.extend(batch);
    }
    wait("all has come to the relay", || {
        relay.passages[1].lock().unwrap().sent.assembler.counts().blocks
            >= publisher.counters().blocks_sent - 1
    });
    relay.lost.store(0, Ordering::Release);
    wait_until_settled(&publisher, &subscriber);
    wait_until_settled(&subscriber, &publisher);
    publisher.close();
    wait_until_settled(&publisher, &subscriber);
    relay.stop.store(true, Ordering::Release);
    subscriber.close();
    let published = sent.len() as u64;
    check_sums(published, &publisher, &subscriber, &mut relay.passages[1].lock().unwrap());
    let delivered = check_delivered(&sent, &subscriber.log().measurements);
    let counters = subscriber.counters();
    assert_eq!(delivered, counters.points_received);
    check_expected(delivered, 20, &relay.passages[1].lock().unwrap().sent, &publisher.link, |_| 0.9);
    assert_eq!((counters.bytes_skipped, counters.bad_checks), (0, 0));
}

/// A PMU with one of each kind of value.
fn configuration() -> Configuration {
    let phasor =
        PhasorChannel { name: Name::new("VA"), scale: PhasorScale::Unit { code: 0, factor: 915_527 } };
    let analog = AnalogChannel { name: Name::new("MW"), scale: AnalogScale::Unit { code: 1, factor: 5 } };
    let pmu = Pmu {
        station: Name::new("SUBSTATION"),
        id_code: 7,
        format: Format(0),
        phasors: vec![phasor],
        analogs: vec![analog],
        digitals: Vec::new(),
        nominal_frequency: NominalFrequency(0),
        change_count: 3,
        details: None,
    };
    Configuration {
        form: ConfigurationForm::Cfg2,
        version: Version::V1,
        id_code: 77,
        time: FrameTime::default(),
        time_base: TimeBase(1_000_000),
        pmus: vec![pmu],
        data_rate: 30,
    }
}

/// Status, phasor, frequency, rate of change, analog value.
const VALUES: u64 = 5;

fn frame(layout: &DataLayout, number: u32) -> Vec<u8> {
    let value = number as i16;
    let pmu = PmuValues {
        status: StatusWord(number as u16 & 0x000F),
        phasors: vec![PhasorBits::RectangularInteger(value, -value)],
        frequency: Real::Integer(value),
        rate_of_change: Real::Integer(-value),
        analogs: vec![Real::Integer(7)],
        digitals: Vec::new(),
    };
    let time = FrameTime { second: 1_700_000_000 + number / 30, quality: 2, count: number % 30 * 33_333 };
    let mut bytes = Vec::new();
    layout.encode(&mut bytes, time, &[pmu]).unwrap();
    bytes
}

#[test]
fn a_stream_of_c37118_over_a_one_way_link_comes_out_equal_but_for_the_frames_lost() {
    let engine = Engine::new().unwrap();
    let subscriber = Side::new(&engine, LinkRole::Client, "link=udp-listen:127.0.0.1:0; oneWay=true");
    subscriber.link.open().unwrap();
    let relay = Relay::new(port_of(&subscriber), 4);
    let setup = format!("link=udp:{}; oneWay=true; repeatInterval=0.2", relay.address);
    let publisher = Side::new(&engine, LinkRole::Server, &setup);
    let configuration = configuration();
    let layout = DataLayout::new(&configuration).unwrap();
    let mut configuration_frame = Vec::new();
    configuration.encode(&mut configuration_frame).unwrap();
    publisher.link.set_configuration(&configuration_frame).unwrap();
    publisher.link.open().unwrap();
    wait("the sender is open", || publisher.is_open());
    let publish = |number| {
        let frame = frame(&layout, number);
        let expected = publisher.counters().points_sent + VALUES;
        publisher.link.publish_frame(&frame).unwrap();
        wait("the frame is sent", || publisher.counters().points_sent >= expected);
        frame
    };
    // The first one defines what the values are.
    let mut sent = vec![publish(0)];
    wait("the configuration is known", || !subscriber.log().configurations.is_empty());
    assert_eq!(subscriber.log().configurations[0], configuration_frame);
    wait("frames come", || {
        sent.push(publish(sent.len() as u32));
        !subscriber.log().frames.is_empty()
    });
    relay.lost.store(100_000, Ordering::Release);
    for _ in 0..300 {
        sent.push(publish(sent.len() as u32));
        wait_until_nearly_settled(&publisher, &subscriber);
    }
    wait("all has come to the relay", || {
        relay.passages[0].lock().unwrap().sent.assembler.counts().blocks
            >= publisher.counters().blocks_sent - 1
    });
    relay.lost.store(0, Ordering::Release);
    wait_until_settled(&publisher, &subscriber);
    publisher.close();
    wait_until_settled(&publisher, &subscriber);
    relay.stop.store(true, Ordering::Release);
    subscriber.close();
    check_sums(sent.len() as u64 * VALUES, &publisher, &subscriber, &mut relay.passages[0].lock().unwrap());
    let log = subscriber.log();
    // What came is what was sent, in its order.
    let mut rest = sent.iter();
    assert!(log.frames.iter().all(|frame| rest.any(|sent| sent == frame)));
    let counters = subscriber.counters();
    assert_eq!(counters.frames_whole, log.frames.len() as u64);
    let lost = sent.len() - log.frames.len();
    assert!(lost > 10 && lost < 100, "{lost} of {} are lost", sent.len());
    assert_eq!(counters.frames_incomplete, 0, "a frame is one block here");
}

#[test]
fn a_frame_that_does_not_fit_is_refused_and_counted() {
    let engine = Engine::new().unwrap();
    let publisher = Side::new(&engine, LinkRole::Server, "link=udp:127.0.0.1:9; oneWay=true");
    let layout = DataLayout::new(&configuration()).unwrap();
    publisher.link.publish_frame(&frame(&layout, 1)).unwrap();
    publisher.link.publish(&batch(1)).unwrap();
    publisher.link.open().unwrap();
    wait("it is open", || publisher.is_open());
    publisher.link.publish_frame(&frame(&layout, 1)).unwrap();
    publisher.link.publish_frame(b"no frame").unwrap();
    wait("both are refused", || publisher.link.info().counters.frames_refused == 2);
    let counters = publisher.link.info().counters;
    assert_eq!((counters.frames_while_closed, counters.measurements_while_closed), (1, 20));
}

#[test]
fn a_group_gets_everything_without_asking() {
    let engine = Engine::new().unwrap();
    let free = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let group = format!("239.255.77.9:{free}; linkInterface=127.0.0.1; repeatInterval=0.2");
    let subscribers = [0, 1].map(|_| {
        let side = Side::new(&engine, LinkRole::Client, &format!("link=udp-listen:{group}"));
        assert!(side.link.subscribe("", sttp::settings::TimeForm::Ticks).is_err(), "nobody can ask");
        side.link.open().unwrap();
        wait("it has joined", || side.state() == LinkState::Open);
        side
    });
    let publisher = Side::publisher(&engine, &format!("link=udp:{group}"));
    wait("it is open", || publisher.is_open());
    let mut time = 0;
    for subscriber in &subscribers {
        wait("metadata and measurements come", || {
            publisher.send(&batch(time));
            time += 1;
            let log = subscriber.log();
            !log.metadata.is_empty() && log.measurements.len() > 20
        });
    }
    let sent: Vec<_> = (0..time).flat_map(batch).map(|sent| key(&sent)).collect();
    assert!(
        subscribers.iter().all(|side| side.log().measurements.iter().all(|got| sent.contains(&key(got))))
    );
}

#[test]
fn datagrams_of_others_are_not_looked_at() {
    let engine = Engine::new().unwrap();
    let publisher = Side::publisher(&engine, "link=udp-listen:127.0.0.1:0");
    let address = port_of(&publisher);
    let subscriber = Side::subscriber(&engine, &format!("link=udp:{address}"));
    wait_until_subscribed(&subscriber);
    let other = UdpSocket::bind("127.0.0.1:0").unwrap();
    other.send_to(&[0; 40], address).unwrap();
    wait("it is counted", || publisher.link.info().counters.foreign_datagrams == 1);
    publisher.send(&batch(1));
    wait("the link goes on", || subscriber.log().measurements.len() == 20);
    assert_eq!(publisher.counters().bytes_skipped, 0);
}

#[test]
fn sides_that_cannot_be_are_refused() {
    let engine = Engine::new().unwrap();
    for (role, setup) in [
        (LinkRole::Server, "link=udp-listen:7170; oneWay=true"),
        (LinkRole::Client, "link=udp:127.0.0.1:7170; oneWay=true"),
        (LinkRole::Peer, "link=file:x"),
        (LinkRole::Client, ""),
    ] {
        let link = sttp::gateway::block_link::Link::new(
            &engine,
            role,
            &setup.parse().unwrap(),
            super::Recorder::default(),
        );
        assert!(matches!(link, Err(sttp::error::Error::InvalidArgument(_))), "{setup}");
    }
}
