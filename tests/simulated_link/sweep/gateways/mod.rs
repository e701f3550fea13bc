//! Gateways, with their real drivers: devices of C37.118, an input that publishes what they send, an output that
//! subscribes to it, and clients of its stream, with troubles on every way between them.
//!
//! Whatever the seed: no value in a frame is another than that of its device, PMU and time, STAT included, or it is
//! missing and said to be; no frame comes twice; what a device sent and did not arrive is counted; and once the network
//! is well again, every frame comes to every client with everything in it.

mod client;
mod device;
mod stream;

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use sttp::Ticks;
use sttp::c37118::Configuration;
use sttp::engine::simulated::{Random, Simulation, as_host};
use sttp::gateway::{DeviceId, Input, InputHandler, Output, OutputHandler, StreamId};
use sttp::publisher::{Publisher, PublisherHandler, PublisherSettings};
use sttp::session::Severity;

use super::play;
use crate::harness::{PUBLISHER, held_by};
use crate::signals::NOW;
use client::Client;
use device::Device;

/// Where the output is.
const OUTPUT: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 1, 0, 1));
const STREAM: u16 = 235;
/// Everybody looks after its connections so often in the time of a frame.
const LOOKS: u32 = 2;
/// Longer than all time-outs and delays.
const RECOVERY: Duration = Duration::from_secs(45);
/// The output waits so long for the rest of a frame.
const LAG: Duration = Duration::from_secs(2);

/// Prints what is told, which shows when a seed fails.
struct Printer;

impl PublisherHandler for Printer {
    fn message(&mut self, _severity: Severity, text: &str) {
        as_host(None, || println!("publisher: {text}"));
    }
}

impl InputHandler for Printer {
    fn configuration(&mut self, device: DeviceId, configuration: &Arc<Configuration>) {
        as_host(None, || println!("input: device {device} has {} PMUs", configuration.pmus.len()));
    }

    fn message(&mut self, device: Option<DeviceId>, _severity: Severity, text: &str) {
        as_host(None, || println!("input: {device:?}: {text}"));
    }
}

impl OutputHandler for Printer {
    fn configuration(&mut self, _stream: StreamId, configuration: &Arc<Configuration>) {
        let pmus = configuration.pmus.iter().map(|pmu| (&pmu.station, pmu.change_count));
        as_host(None, || println!("output: {:?}", pmus.collect::<Vec<_>>()));
    }

    fn message(&mut self, _stream: Option<StreamId>, _severity: Severity, text: &str) {
        as_host(None, || println!("output: {text}"));
    }
}

struct World {
    devices: Vec<Device>,
    clients: Vec<Client>,
    input: Input,
    output: Output,
    begin: Ticks,
    /// The next frame.
    number: u32,
    random: Random,
    /// The last, because everything else lives in it.
    simulation: Simulation,
}

#[test]
fn gateways_pass_on_nothing_wrong_and_recover_whatever_the_seed() {
    play(0..60, run);
}

fn run(seed: u64) {
    let mut world = World::new(seed);
    let calm = world.go_on(RECOVERY);
    world.check_complete(calm, seed);
    for _ in 0..100 {
        world.disturb();
        world.go_on(stream::PERIOD);
    }
    world.heal();
    world.go_on(RECOVERY);
    let counted = world.counted();
    let first = world.number;
    world.go_on(Duration::from_secs(5));
    world.go_on(LAG + Duration::from_secs(1));
    world.check_complete(first, seed);
    // What is lost by UDP is counted, and on a network that is well nothing is.
    for ((device, before), now) in world.devices.iter().zip(counted).zip(world.counted()) {
        assert_eq!(now.0 - before.0, now.1 - before.1, "frames of device {}, seed {seed}", device.number);
    }
    drop(world);
    assert_eq!(
        [PUBLISHER.ip(), OUTPUT].map(held_by),
        [0, 0],
        "all is over, and something is left, seed {seed}"
    );
}

impl World {
    fn new(seed: u64) -> World {
        println!("seed {seed}");
        let simulation = Simulation::new(seed);
        simulation.set_utc(NOW);
        let mut random = Random::new(seed);
        let devices: Vec<Device> = (0..1 + random.below(3))
            .map(|number| Device::new(&simulation, number, 1 + random.below(2), random.below(2) == 0))
            .collect();
        let loops = NonZeroUsize::new(1 + random.below(2)).unwrap();
        let publisher = Arc::new(Publisher::new(&simulation.engine(PUBLISHER.ip(), loops), Printer));
        publisher.start(&PUBLISHER.to_string(), PublisherSettings::default()).unwrap();
        let input = Input::new(&publisher, "PMU", Printer);
        for device in &devices {
            input.add_device(&device.setup(PUBLISHER.ip()).parse().unwrap()).unwrap();
        }
        let output = Output::new(&simulation.engine(OUTPUT, NonZeroUsize::MIN), Printer);
        let address = SocketAddr::new(OUTPUT, device::PORT);
        let waits = ["clock", "arrival"][random.below(2)];
        let stream = format!(
            "port={}; interface={OUTPUT}; accessID={STREAM}; dataRate={}; lagTime={}; waitBy={waits}",
            address.port(),
            stream::RATE,
            LAG.as_secs()
        );
        output.add_stream(&stream.parse().unwrap()).unwrap();
        output
            .connect(&format!("server={PUBLISHER}; retryInterval=500; maxRetries=-1").parse().unwrap())
            .unwrap();
        let clients = (0..1 + random.below(2)).map(|number| Client::new(number, address, STREAM)).collect();
        World { devices, clients, input, output, begin: NOW, number: 0, random, simulation }
    }

    /// Lets time pass, in which all devices send. Tells the first frame of it.
    fn go_on(&mut self, span: Duration) -> u32 {
        let first = self.number;
        let pmus: Vec<usize> = self.devices.iter().map(|device| device.pmus).collect();
        for _ in 0..span.as_millis() / stream::PERIOD.as_millis() {
            self.number += 1;
            self.devices.iter_mut().for_each(|device| device.send(self.begin, self.number));
            for _ in 0..LOOKS {
                self.simulation.run_for(stream::PERIOD / LOOKS);
                self.devices.iter_mut().for_each(Device::proceed);
                for client in &mut self.clients {
                    client.proceed(&self.simulation, self.begin, &pmus);
                }
            }
        }
        first + 1
    }

    /// The ways between those who talk to each other.
    fn any_way(&mut self) -> (IpAddr, IpAddr) {
        let both = match self.random.below(3) {
            0 => (self.devices[self.random.below(self.devices.len())].host, PUBLISHER.ip()),
            1 => (PUBLISHER.ip(), OUTPUT),
            _ => (OUTPUT, self.clients[self.random.below(self.clients.len())].host),
        };
        if self.random.below(4) == 0 { (both.1, both.0) } else { both }
    }

    /// Does something that networks do, now and then.
    fn disturb(&mut self) {
        let (from, to) = self.any_way();
        let random = &mut self.random;
        match random.below(20) {
            0 | 1 => self.simulation.cut(from, to),
            2 => self.simulation.conditions(from, to, |way| way.stalled = !way.stalled),
            3 => self.simulation.conditions(from, to, |way| way.unreachable = !way.unreachable),
            4 => {
                let delay = Duration::from_millis(random.below(1500) as u64);
                self.simulation.conditions(from, to, |way| way.delay = delay);
            }
            5 => {
                let capacity = 64 << random.below(10);
                self.simulation.conditions(from, to, |way| way.capacity = capacity);
            }
            6 | 7 => self.simulation.conditions(from, to, |way| {
                (way.datagram_loss, way.datagram_repeats, way.datagrams_overtake) = (0.2, 0.1, true);
            }),
            _ => {}
        }
    }

    /// The network is as it should be again.
    fn heal(&mut self) {
        let hosts = self.devices.iter().map(|device| device.host);
        let hosts: Vec<IpAddr> = hosts
            .chain(self.clients.iter().map(|client| client.host))
            .chain([PUBLISHER.ip(), OUTPUT])
            .collect();
        for from in &hosts {
            hosts
                .iter()
                .for_each(|to| self.simulation.conditions(*from, *to, |way| *way = Default::default()));
        }
    }

    /// Of each device, the frames that it sent and those that the input took or knows to be missing.
    fn counted(&self) -> Vec<(u64, u64)> {
        let devices = self.devices.iter().zip(self.input.devices());
        devices
            .map(|(device, info)| (device.sent, info.session.data_frames + info.session.missing_frames))
            .collect()
    }

    /// Every frame since one came to every client, with everything in it, but for the last ones, which are on their way.
    fn check_complete(&self, first: u32, seed: u64) {
        let last = self.number - (LAG.as_millis() / stream::PERIOD.as_millis()) as u32 - stream::RATE as u32;
        let first = if first == 1 { last - 10 } else { first };
        for (place, client) in self.clients.iter().enumerate() {
            for number in first..=last {
                let got = client.frames.get(&number);
                assert!(
                    got.is_some_and(|there| there.iter().all(|there| *there)),
                    "frame {number} came to client {place} as {got:?}, seed {seed}; devices {:?}, stream {:?}",
                    self.input
                        .devices()
                        .iter()
                        .map(|info| (info.state, info.counters, info.session))
                        .collect::<Vec<_>>(),
                    self.output
                        .streams()
                        .iter()
                        .map(|info| (info.concentrator, info.server))
                        .collect::<Vec<_>>(),
                );
            }
        }
    }
}
