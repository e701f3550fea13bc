//! Serves browsers: a thread for each connection, of which there are few, and one that looks at the board.
//!
//! A browser that does not keep up gets fewer states, never old ones: its thread sends how things stand when the browser
//! has taken what was sent before.

use std::io::{self, BufReader};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::http::{self, Answer, Hosts, Request};
use super::{events, page};
use crate::model::{Board, DeviceState};
use crate::report;
use crate::watch::Watch;
use sttp_programs::accepting::{Timed, accept_all};
use sttp_programs::log::{self, Level};
use sttp_programs::metrics::{self, Metrics};
use sttp_programs::stop::Stop;

/// Connections at a time; each takes a thread, and each page that is open one.
const CONNECTIONS: usize = 64;
/// How long a browser may take to ask, and to take what was sent.
const PATIENCE: Duration = Duration::from_secs(10);
/// Looks between two states of all devices: five states in a second.
const LOOKS: u64 = 2;
/// Between two looks whether a publisher is silent.
const SILENCE_LOOK: Duration = Duration::from_millis(500);

/// What threads share.
pub(super) struct Server {
    shared: Arc<Shared>,
    hosts: Hosts,
}

struct Shared {
    board: Mutex<Board>,
    looked: Condvar,
    stop: Stop,
    connections: AtomicUsize,
    /// States that browsers were sent, and those that they were too slow for.
    sent: AtomicU64,
    skipped: AtomicU64,
}

impl Shared {
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The board, once there were so many looks; `None` when the program ends.
    fn wait(&self, looks: u64) -> Option<MutexGuard<'_, Board>> {
        let board = self.board();
        let is_early = |board: &mut Board| board.looks < looks && !self.stop.is_asked();
        let board = self.looked.wait_while(board, is_early).unwrap_or_else(PoisonError::into_inner);
        (!self.stop.is_asked()).then_some(board)
    }
}

/// Counts a connection as long as it lives.
struct Counted(Arc<Shared>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Server {
    pub(super) fn new(board: Board, hosts: Hosts) -> Server {
        let shared = Shared {
            board: Mutex::new(board),
            looked: Condvar::new(),
            stop: Stop::default(),
            connections: AtomicUsize::new(0),
            sent: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
        };
        Server { shared: Arc::new(shared), hosts }
    }

    /// Answers those who want to know what is counted.
    pub(super) fn count_at(&self, address: &str, watch: &Watch) -> Result<metrics::Server, String> {
        let (shared, subscriber) = (self.shared.clone(), watch.subscriber().clone());
        metrics::Server::begin(address, move |metrics| {
            metrics.subscriber(&subscriber);
            count(&shared, metrics);
        })
    }

    /// Serves until the program is to end.
    pub(super) fn serve(&self, listener: &TcpListener, watch: &Watch, stop: &Stop) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        thread::scope(|scope| {
            scope.spawn(|| accept_all(listener, &self.shared.stop, "browsers", |stream| self.take(stream)));
            let mut silence_due = Instant::now();
            while !stop.is_asked() {
                let interval = {
                    let mut board = self.shared.board();
                    watch.look(&mut board);
                    board.interval()
                };
                self.shared.looked.notify_all();
                if Instant::now() >= silence_due {
                    watch.look_for_silence();
                    silence_due = Instant::now() + SILENCE_LOOK;
                }
                thread::sleep(interval);
            }
            self.shared.stop.ask();
            self.shared.looked.notify_all();
        });
        Ok(())
    }

    fn take(&self, stream: TcpStream) {
        let before = self.shared.connections.fetch_add(1, Ordering::Relaxed);
        let counted = Counted(self.shared.clone());
        let hosts = self.hosts.clone();
        let is_full = before >= CONNECTIONS;
        // A browser that has gone is no failure.
        let work = move || drop(answer(&counted.0, &hosts, &stream, is_full));
        if is_full {
            // Not a thread more; what is sent here fits into any socket's buffer.
            work();
        } else if let Err(error) = thread::Builder::new().name("browser".into()).spawn(work) {
            log::line(Level::Warning, &format!("no thread for a browser: {error}"));
        }
    }
}

fn count(shared: &Shared, metrics: &mut Metrics) {
    let (looks, devices) = {
        let board = shared.board();
        let of = |state: DeviceState| board.devices.iter().filter(|device| device.state == state).count();
        (board.looks, DeviceState::ALL.map(|state| (state.word(), of(state) as f64)))
    };
    let counted = |count: &AtomicU64| count.load(Ordering::Relaxed) as f64;
    metrics.by_label("sttp_view_devices", "Devices by their state.", "state", &devices);
    metrics.number("sttp_view_looks_total", "Looks at what came.", looks as f64);
    let help = "Connections of browsers; a page that is open has one.";
    metrics.number("sttp_view_connections", help, shared.connections.load(Ordering::Relaxed) as f64);
    let help = "States of all devices that browsers were sent.";
    metrics.number("sttp_view_states_total", help, counted(&shared.sent));
    let help = "States that browsers were too slow for, in place of which they got the next one.";
    metrics.number("sttp_view_skipped_states_total", help, counted(&shared.skipped));
}

fn answer(shared: &Shared, hosts: &Hosts, stream: &TcpStream, is_full: bool) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    let plain = |status, text: &'static str| Answer { status, kind: http::TEXT, body: text.as_bytes() };
    if is_full {
        return plain("503 Service Unavailable", "Too many browsers look at this page already.\n")
            .write(stream, false);
    }
    let request = match http::read(BufReader::new(Timed::new(stream, PATIENCE)), hosts)? {
        None => return Ok(()),
        Some(Err(refusal)) => return refusal.answer().write(stream, false),
        Some(Ok(request)) => request,
    };
    if let Some(file) = page::file(&request.path) {
        return file.write(stream, request.is_head);
    }
    match request.path.as_str() {
        "/snapshot.json" => {
            let text = report::json(&shared.board());
            Answer { status: "200 OK", kind: "application/json", body: text.as_bytes() }
                .write(stream, request.is_head)
        }
        "/events" if !request.is_head => tell(shared, stream, &request),
        _ => plain("404 Not Found", "There is no such page.\n").write(stream, request.is_head),
    }
}

/// Tells how everything stands, and more often of one device, for as long as the browser listens: by one connection,
/// of which a browser has six for all its pages. The device is the one that `device` names, or else the first; whoever
/// asks for another one tells by `known` which devices it knows already.
fn tell(shared: &Shared, stream: &TcpStream, request: &Request) -> io::Result<()> {
    let asked = |wanted: &str| {
        let pair = request.query.iter().find(|(name, _)| name == wanted);
        pair.map(|(_, value)| value.clone())
    };
    http::begin_events(stream)?;
    let (mut device, mut known) = (asked("device"), asked("known"));
    let (mut events_told, mut looks, mut state_due) = (0, 0, 0);
    while let Some(board) = shared.wait(looks) {
        let mut told = Vec::new();
        let is_due = board.looks >= state_due;
        if is_due {
            if state_due > 0 {
                shared.skipped.fetch_add((board.looks - state_due) / LOOKS, Ordering::Relaxed);
            }
            let generation = events::generation(&board);
            if known.as_ref() != Some(&generation) {
                told.push(("start", events::start(&board)));
                known = Some(generation);
            }
            told.push(("state", events::state(&board, events_told)));
            events_told = board.events.iter().next_back().map_or(events_told, |event| event.number);
            state_due = board.looks + LOOKS;
        }
        if device.is_none() {
            device = board.devices.first().map(|device| device.name().to_owned());
        }
        let chosen = board.devices.iter().find(|one| Some(one.name()) == device.as_deref());
        told.push(("device", chosen.map_or_else(|| "null".into(), |one| events::device(&board, one))));
        looks = board.looks + 1;
        // Whoever takes long holds up nobody.
        drop(board);
        told.iter().try_for_each(|(name, text)| http::send_event(stream, name, text))?;
        shared.sent.fetch_add(is_due.into(), Ordering::Relaxed);
    }
    Ok(())
}
