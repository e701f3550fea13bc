//! A client of the stream of a run, on a host that does not run the library.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;

use sttp::Ticks;
use sttp::c37118::Configuration;
use sttp::c37118::client::{Channels, ClientOutput, ClientSession};
use sttp::engine::simulated::{Peer, Simulation};
use sttp::session::Moment;
use sttp::settings::C37118ClientSettings;

use super::stream;

pub(super) struct Client {
    pub(super) host: IpAddr,
    server: SocketAddr,
    session: ClientSession,
    peer: Option<Peer>,
    /// When it connects again.
    retry_at: Instant,
    unsent: Vec<u8>,
    /// Frames by their number, and of each which devices are in it with all values.
    pub(super) frames: BTreeMap<u32, Vec<bool>>,
}

impl Client {
    pub(super) fn new(number: usize, server: SocketAddr, id_code: u16) -> Client {
        let settings = C37118ClientSettings::default().id_code(id_code);
        Client {
            host: IpAddr::from([10, 3, 0, 1 + number as u8]),
            server,
            session: ClientSession::new(settings, Channels::Stream),
            peer: None,
            retry_at: Moment::now().instant,
            unsent: Vec::new(),
            frames: BTreeMap::new(),
        }
    }

    fn end(&mut self) {
        self.peer = None;
        self.unsent.clear();
        self.retry_at = Moment::now().instant + std::time::Duration::from_millis(500);
    }

    /// Does what there is to do.
    pub(super) fn proceed(&mut self, simulation: &Simulation, begin: Ticks, pmus: &[usize]) {
        let now = Moment::now();
        if self.peer.is_none() && self.retry_at <= now.instant {
            self.peer = Some(simulation.connect(self.host, self.server));
            self.session.connected(now);
        }
        let Some(read) = self.peer.as_ref().map(Peer::read) else { return };
        match read {
            Ok((bytes, false)) => self.session.receive(&bytes, now),
            Ok((_, true)) | Err(_) => {
                self.session.disconnected();
                return self.end();
            }
        }
        if self.session.deadline().is_some_and(|deadline| deadline <= now.instant) {
            self.session.handle_timeout(now);
        }
        let mut is_over = false;
        while let Some(output) = self.session.poll() {
            match output {
                ClientOutput::Send(bytes) => self.unsent.extend(bytes),
                ClientOutput::Data { frame, configuration, .. } => {
                    let got = frame.pmus().map(|pmu| pmu.values());
                    let (number, complete) =
                        (stream::number(begin, frame.ticks()), devices(configuration, pmus));
                    let mut there = vec![true; pmus.len()];
                    for (got, (device, pmu)) in got.zip(complete) {
                        let sent = stream::values(device, pmu, number);
                        let is_there = stream::compare(&got, &sent);
                        there[device] &= is_there.unwrap_or_else(|| {
                            panic!(
                                "frame {number} of PMU {pmu} of device {device} was {sent:?} and is {got:?}"
                            )
                        });
                    }
                    let before = self.frames.insert(number, there);
                    assert!(before.is_none(), "frame {number} comes twice");
                }
                ClientOutput::Reconnect { .. } => is_over = true,
                _ => {}
            }
        }
        if is_over {
            return self.end();
        }
        if let Some(peer) = &self.peer
            && let Ok(count) = peer.write(&self.unsent)
        {
            self.unsent.drain(..count);
        }
    }
}

/// Which device and PMU each PMU of the stream is.
fn devices(configuration: &Arc<Configuration>, pmus: &[usize]) -> Vec<(usize, usize)> {
    let all = || (0..pmus.len()).flat_map(|device| (0..pmus[device]).map(move |pmu| (device, pmu)));
    let which = |name: &str| all().find(|(device, pmu)| stream::station(*device, *pmu) == name);
    let stations = configuration.pmus.iter().map(|pmu| pmu.station.to_string());
    let found: Vec<_> = stations.filter_map(|name| which(name.trim())).collect();
    assert_eq!(found.len(), configuration.pmus.len(), "a PMU that no device has");
    found
}
