//! A subscriber's session on raw sockets: for what the subscriber's driver never asks for.

use std::net::IpAddr;
use std::time::Duration;

use sttp::engine::simulated::{Peer, RawDatagrams};
use sttp::publisher::ConnectionInfo;
use sttp::session::subscriber::{Output, SessionSettings, SubscriberCounters};
use sttp::session::{SubscribeRequest, SubscriberSession};
use sttp::wire::{Command, DataChannel, Version};

use super::{Network, PUBLISHER, wanting};
use crate::signals::{Published, Times};

/// Time from turn to turn.
const TURN: Duration = Duration::from_millis(5);

/// A subscriber that may ask for its measurements by any channel, and change that.
pub(crate) struct SessionPeer {
    pub(crate) host: IpAddr,
    connection: Peer,
    session: SubscriberSession,
    datagrams: Option<RawDatagrams>,
    channel: Option<DataChannel>,
    /// Numbers of the measurements that it got.
    pub(crate) numbers: Vec<usize>,
    pub(crate) succeeded: Vec<Command>,
    pub(crate) failed: Vec<Command>,
}

impl SessionPeer {
    pub(crate) fn connect(network: &mut Network, version: Version) -> SessionPeer {
        let host = IpAddr::from([10, 2, 0, 1]);
        let settings = SessionSettings { version, compress_payload: false, ..SessionSettings::default() };
        SessionPeer {
            host,
            connection: network.simulation.connect(host, PUBLISHER),
            session: SubscriberSession::new(settings, network.simulation.now()),
            datagrams: None,
            channel: None,
            numbers: Vec::new(),
            succeeded: Vec::new(),
            failed: Vec::new(),
        }
    }

    pub(crate) fn subscribe(&mut self, signals: &[usize], channel: Option<DataChannel>) {
        self.channel = channel;
        self.session
            .subscribe(SubscribeRequest { data_channel: channel, ..wanting(signals).into() })
            .unwrap();
    }

    pub(crate) fn unsubscribe(&mut self) {
        self.channel = None;
        self.session.unsubscribe();
    }

    /// Counts so far.
    pub(crate) fn counters(&self) -> SubscriberCounters {
        self.session.statistics()
    }

    /// What the publisher knows of the connection.
    pub(crate) fn info(&self, network: &Network) -> ConnectionInfo {
        let mut connections = network.publisher.connections().into_iter();
        connections.find(|info| info.address.ip() == self.host).expect("the connection is open")
    }

    /// Lets time pass, and reads and writes meanwhile.
    pub(crate) fn run_for(&mut self, network: &mut Network, span: Duration) {
        let end = network.simulation.elapsed() + span;
        while network.simulation.elapsed() < end {
            self.turn(network);
            network.run_for(TURN);
        }
        self.turn(network);
    }

    /// Goes on until nothing is on its way.
    pub(crate) fn settle(&mut self, network: &mut Network) {
        loop {
            network.settle();
            if !self.turn(network) {
                return;
            }
        }
    }

    /// Reads and writes. False when there was nothing to be read or written.
    fn turn(&mut self, network: &Network) -> bool {
        self.open_channel(network);
        let now = network.simulation.now();
        let (bytes, ended) = self.connection.read().expect("the connection is whole");
        assert!(!ended, "the publisher has closed the connection");
        let mut rest = &bytes[..];
        while self.session.receive(&mut rest, now) {
            self.take(&network.published);
        }
        let mut moved = !bytes.is_empty();
        while let Some((bytes, from)) = self.datagrams.as_ref().and_then(RawDatagrams::receive) {
            self.session.receive_datagram(&bytes, from == PUBLISHER.ip(), now);
            self.take(&network.published);
            moved = true;
        }
        self.session.handle_timeout(now);
        self.take(&network.published);
        loop {
            let queue = self.session.queue();
            let Some(count) = queue.pieces().next().and_then(|piece| self.connection.write(piece).ok())
            else {
                break;
            };
            self.session.sent(count);
            moved = true;
        }
        moved
    }

    fn take(&mut self, published: &Published) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Measurements(measurements) => {
                    let numbers = measurements.iter().map(|one| published.recognise(one, Times::Exact));
                    self.numbers.extend(numbers);
                }
                Output::Succeeded { command, .. } => self.succeeded.push(command),
                Output::Failed { command, .. } => self.failed.push(command),
                Output::Ended(error) => panic!("{error}"),
                _ => {}
            }
        }
    }

    /// Opens the socket of the channel that was asked for last.
    fn open_channel(&mut self, network: &Network) {
        let open = self.datagrams.as_ref().map(RawDatagrams::address);
        let wanted =
            self.channel.map(|channel| (channel.multicast_group.unwrap_or(self.host), channel.port).into());
        if open != wanted {
            self.datagrams = self.channel.map(|channel| {
                let address = (self.host, channel.port).into();
                network.simulation.receive_datagrams(address, channel.multicast_group).unwrap()
            });
        }
    }
}
