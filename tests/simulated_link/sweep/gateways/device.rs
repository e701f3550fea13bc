//! A device of a run: a server of the library on a host that does not run it.

use std::net::{IpAddr, SocketAddr};

use sttp::Ticks;
use sttp::c37118::DataLayout;
use sttp::c37118::server::{ClientKey, ServerOutput, ServerSession};
use sttp::engine::simulated::{Peer, RawDatagrams, RawListener, Simulation};
use sttp::session::Moment;
use sttp::settings::C37118ServerSettings;

use super::stream;

/// Where devices listen.
pub(super) const PORT: u16 = 4712;

pub(super) struct Device {
    pub(super) number: usize,
    pub(super) host: IpAddr,
    pub(super) pmus: usize,
    /// Data go by UDP.
    pub(super) by_datagrams: bool,
    /// Frames that it had to send to somebody.
    pub(super) sent: u64,
    session: ServerSession,
    layout: DataLayout,
    listener: RawListener,
    datagrams: RawDatagrams,
    clients: Vec<(ClientKey, Peer)>,
}

impl Device {
    pub(super) fn new(simulation: &Simulation, number: usize, pmus: usize, by_datagrams: bool) -> Device {
        let host = IpAddr::from([10, 2, 0, 1 + number as u8]);
        let address = SocketAddr::new(host, PORT);
        let data_port = if by_datagrams { data_port(number) } else { 0 };
        let mut session = ServerSession::new(C37118ServerSettings::default().data_port(data_port));
        let configuration = stream::configuration(number, pmus);
        session.set_configuration(&configuration, Moment::now()).unwrap();
        Device {
            number,
            host,
            pmus,
            by_datagrams,
            sent: 0,
            session,
            layout: DataLayout::new(&configuration).unwrap(),
            listener: simulation.listen(address).unwrap(),
            datagrams: simulation.receive_datagrams(address, None).unwrap(),
            clients: Vec::new(),
        }
    }

    /// How an input reaches it, whose host is `input`.
    pub(super) fn setup(&self, input: IpAddr) -> String {
        let transport = match self.by_datagrams {
            true => format!("transport=tcpUdp; dataInterface={input}; dataPort={}", data_port(self.number)),
            false => "transport=tcp".to_owned(),
        };
        let (address, id) = (self.listener.address(), stream::id_code(self.number));
        format!("device={address}; accessID={id}; name=DEVICE{}; retryInterval=500; {transport}", self.number)
    }

    /// Sends a data frame to all that want one.
    pub(super) fn send(&mut self, begin: Ticks, number: u32) {
        let values: Vec<_> = (0..self.pmus).map(|pmu| stream::values(self.number, pmu, number)).collect();
        let mut frame = Vec::new();
        self.layout.encode(&mut frame, stream::time(begin, number), &values).unwrap();
        self.sent += u64::from(self.session.clients().any(|client| client.is_receiving));
        self.session.publish(&frame, Moment::now()).unwrap();
        self.proceed();
    }

    /// Does what there is to do.
    pub(super) fn proceed(&mut self) {
        let now = Moment::now();
        while let Some(peer) = self.listener.accept() {
            if let Ok(key) = self.session.accepted(peer.address(), now) {
                self.clients.push((key, peer));
            }
        }
        let session = &mut self.session;
        self.clients.retain(|(key, peer)| match peer.read() {
            Ok((bytes, is_over)) => {
                session.receive(*key, &bytes, now);
                if is_over {
                    session.closed(*key);
                }
                !is_over
            }
            Err(_) => {
                session.closed(*key);
                false
            }
        });
        if session.deadline().is_some_and(|deadline| deadline <= now.instant) {
            session.handle_timeout(now);
        }
        while let Some(output) = self.session.poll() {
            match output {
                ServerOutput::SendDatagram { target, frame } => {
                    // What the way does not take is lost.
                    let _ = self.datagrams.send(&frame, target);
                }
                ServerOutput::Close { client, .. } => self.clients.retain(|(key, _)| *key != client),
                // All queues are looked at below.
                _ => {}
            }
        }
        for (key, peer) in &self.clients {
            let queued =
                self.session.queue(*key).map(|queue| queue.pieces().flatten().copied().collect::<Vec<u8>>());
            let queued = queued.unwrap_or_default();
            let mut written = 0;
            // A connection that is over is noticed when it is read.
            while written < queued.len()
                && let Ok(count) = peer.write(&queued[written..])
            {
                written += count;
            }
            self.session.sent(*key, written, now);
        }
    }
}

/// Where the data of a device arrive that go by UDP.
fn data_port(device: usize) -> u16 {
    4720 + device as u16
}
