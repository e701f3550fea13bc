//! Drivers on a loop: sockets, timers, notifications, and what may go wrong with them.

mod calls;
mod echo;
mod lifetime;
mod sockets;

use std::collections::HashMap;
use std::io::IoSlice;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use mio::Token;

use super::listener::Listener;
use super::{Driver, Engine, Io, Readiness, Transport};

/// Ends a test that would hang for ever; no test passes because of it.
const PATIENCE: Duration = Duration::from_secs(60);

fn loopback() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, 0).into()
}

/// Polls until a condition holds.
fn poll_until(engine: &Engine, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !done() {
        assert!(Instant::now() < end, "nothing has happened for a minute");
        engine.poll(Some(Duration::from_millis(100))).unwrap();
    }
}

type Act = Box<dyn FnMut(&mut Probe, &mut Io<'_>) + Send>;

/// A driver whose behaviour each test composes.
#[derive(Default)]
struct Probe {
    on_start: Option<Act>,
    on_notified: Option<Act>,
    on_ready: Option<Act>,
    on_timeout: Option<Act>,
    deadline: Option<Instant>,
    finished: bool,
    dropped: Option<Sender<()>>,
    transports: HashMap<Token, Transport>,
    last_ready: Option<(Token, Readiness)>,
}

impl Probe {
    fn act(&mut self, io: &mut Io<'_>, slot: fn(&mut Probe) -> &mut Option<Act>) {
        if let Some(mut act) = slot(self).take() {
            act(self, io);
            *slot(self) = Some(act);
        }
    }

    fn on_start(mut self, act: impl FnMut(&mut Probe, &mut Io<'_>) + Send + 'static) -> Probe {
        self.on_start = Some(Box::new(act));
        self
    }

    fn on_notified(mut self, act: impl FnMut(&mut Probe, &mut Io<'_>) + Send + 'static) -> Probe {
        self.on_notified = Some(Box::new(act));
        self
    }

    fn on_ready(mut self, act: impl FnMut(&mut Probe, &mut Io<'_>) + Send + 'static) -> Probe {
        self.on_ready = Some(Box::new(act));
        self
    }

    fn on_timeout(mut self, act: impl FnMut(&mut Probe, &mut Io<'_>) + Send + 'static) -> Probe {
        self.on_timeout = Some(Box::new(act));
        self
    }

    fn deadline(mut self, deadline: Instant) -> Probe {
        self.deadline = Some(deadline);
        self
    }

    fn dropped(mut self, dropped: &Sender<()>) -> Probe {
        self.dropped = Some(dropped.clone());
        self
    }
}

impl Driver for Probe {
    fn start(&mut self, io: &mut Io<'_>) {
        self.act(io, |probe| &mut probe.on_start);
    }

    fn notified(&mut self, io: &mut Io<'_>) {
        self.act(io, |probe| &mut probe.on_notified);
    }

    fn ready(&mut self, io: &mut Io<'_>, token: Token, readiness: Readiness) {
        self.last_ready = Some((token, readiness));
        self.act(io, |probe| &mut probe.on_ready);
    }

    fn timeout(&mut self, io: &mut Io<'_>) {
        self.act(io, |probe| &mut probe.on_timeout);
    }

    fn deadline(&self) -> Option<Instant> {
        self.deadline
    }

    fn finished(&self) -> bool {
        self.finished
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        if let Some(dropped) = &self.dropped {
            let _ = dropped.send(());
        }
    }
}

/// A connection whose two ends are probes of one engine: the near one is watched.
fn connect_probe(engine: &Engine, act: impl FnMut(&mut Probe, &mut Io<'_>) + Send + 'static) -> Transport {
    let mut listener = Listener::bind(loopback()).unwrap();
    let mut near = Some(Transport::connect(listener.local_addr().unwrap()).unwrap());
    engine.add(
        Probe::default()
            .on_start(move |probe, io| {
                let mut transport = near.take().unwrap();
                let token = io.register(&mut transport).unwrap();
                probe.transports.insert(token, transport);
            })
            .on_ready(act),
    );
    let mut far = None;
    poll_until(engine, || {
        far = far.take().or_else(|| listener.accept().unwrap());
        far.is_some()
    });
    // The rest of the handshake may be reported in turns of its own.
    engine.poll(Some(Duration::from_millis(20))).unwrap();
    far.unwrap().0
}

fn write_all(transport: &mut Transport, bytes: &[u8]) {
    assert_eq!(transport.write_vectored(&[IoSlice::new(bytes)]).unwrap(), bytes.len());
}
