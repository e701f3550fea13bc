//! One link on its engine: opening it, its session, opening it again after a loss.

mod accepting;
mod securing;
mod telling;

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::Token;

use super::counters::LinkCounters;
use super::file::{FileReader, FileWriter};
use super::handler::LinkHandler;
use super::plan::Plan;
use super::port::{Datagrams, End, Port};
use super::{LinkInfo, LinkState};
use crate::block_link::negotiation::LinkRole;
use crate::block_link::session::LinkSession;
use crate::engine::{
    Acceptor, DatagramSender, Dialer, Elsewhere, Established, Io, Job, Readiness, Security, unreachable,
};
use crate::error::Error;
use crate::gateway::finder::Finder;
use crate::operator::{MessageLimiter, Severity};
use crate::settings::LinkPlace;
use crate::tls::TlsDetails;
use securing::{Securing, Starting};
use telling::{Interruption, Taken};

/// What it is, in messages.
const PEER: &str = "block link";
/// How long after its end a session begins anew on what is open still.
const PAUSE: Duration = Duration::from_secs(1);
/// When what the system had no room for is tried again, where it does not tell of room.
const RETRY: Duration = Duration::from_millis(5);
/// Pauses between blocks that are repeated, which a file does not need, are shorter.
const FILE_PAUSE: Duration = Duration::from_millis(1);
/// Pieces that are sent in one turn, so that a link does not keep the loop from others.
const PIECES_PER_TURN: usize = 256;

/// A link.
pub(super) struct Line {
    pub(super) session: LinkSession,
    pub(super) counters: LinkCounters,
    plan: Plan,
    handler: Box<dyn LinkHandler>,
    elsewhere: Elsewhere,
    way: Way,
    port: Option<Port>,
    state: LinkState,
    opened_at: Instant,
    /// What the other side is known by, while the link is open.
    address: String,
    /// What was agreed on by TLS.
    tls: Option<Arc<TlsDetails>>,
    starting: Option<Starting>,
    /// The port is there while its handshake is under way.
    securing: Option<Securing>,
    /// Blocks that the port has not taken yet, and how much of them it has.
    pending: Vec<u8>,
    sent: usize,
    /// Data points in them.
    pending_points: usize,
    /// When the session begins anew on the port that is open.
    restart_at: Option<Instant>,
    retry_at: Option<Instant>,
    metadata: Option<Job<Taken>>,
    limiter: MessageLimiter,
}

/// How a port comes about.
enum Way {
    Dialer(Box<Dialer>),
    /// None while it is not to be open.
    Acceptor(Option<Box<Acceptor>>),
    Finder(Finder),
}

impl Line {
    pub(super) fn new(plan: Plan, handler: Box<dyn LinkHandler>, io: &Io<'_>) -> Line {
        let reconnect = plan.setup.reconnect;
        let way = match &plan.place {
            LinkPlace::Connect(address) => {
                Way::Dialer(Box::new(Dialer::new(address.clone(), reconnect, Security::default())))
            }
            LinkPlace::Listen(_) => Way::Acceptor(None),
            LinkPlace::SendTo(address) => Way::Finder(Finder::new(Some(address.clone()), reconnect)),
            _ => Way::Finder(Finder::new(None, reconnect)),
        };
        Line {
            session: LinkSession::new(plan.session_settings(), plan.kind, plan.role),
            counters: LinkCounters::default(),
            handler,
            elsewhere: io.elsewhere(),
            way,
            port: None,
            state: LinkState::Closed,
            opened_at: io.now(),
            address: String::new(),
            tls: None,
            starting: None,
            securing: None,
            pending: Vec::new(),
            sent: 0,
            pending_points: 0,
            restart_at: None,
            retry_at: None,
            metadata: None,
            limiter: MessageLimiter::default(),
            plan,
        }
    }

    /// Begins to open the link.
    pub(super) fn open(&mut self, io: &mut Io<'_>) {
        self.state = LinkState::Opening;
        match &mut self.way {
            Way::Dialer(dialer) => {
                dialer.proven();
                let step = dialer.start(io);
                self.dialed(step, io);
            }
            Way::Finder(finder) => {
                finder.proven();
                let step = finder.start(io);
                self.found(step, io);
            }
            Way::Acceptor(acceptor) => {
                let Some(port) = self.plan.port() else { return };
                match Acceptor::start(port, Security::default(), io) {
                    Ok(started) => *acceptor = started.map(Box::new),
                    Err(error) => self.not_opened(error, io),
                }
                self.proceed(io);
            }
        }
    }

    /// The application wants it closed. What waits is sent as far as the port takes it at once; a file takes all.
    pub(super) fn close(&mut self, io: &mut Io<'_>) {
        if matches!(self.state, LinkState::Closed | LinkState::Closing) {
            return;
        }
        match &mut self.way {
            Way::Dialer(dialer) => dialer.stop(io),
            Way::Acceptor(acceptor) => acceptor.take().into_iter().for_each(|acceptor| acceptor.stop(io)),
            Way::Finder(finder) => finder.stop(),
        }
        let was_securing = self.is_securing();
        self.stop_securing(io);
        if was_securing {
            self.close_port(io);
            self.state = LinkState::Closed;
            return self.handler.closed(Ok(()));
        }
        self.state = LinkState::Closing;
        self.write(io);
        self.finish_closing(io);
    }

    /// Goes on with closing.
    fn finish_closing(&mut self, io: &mut Io<'_>) {
        if self.state != LinkState::Closing {
            return;
        }
        // What a file has is told whole.
        if matches!(self.port, Some(Port::Reading(_))) && self.metadata.is_some() {
            return;
        }
        let is_file = matches!(self.port, Some(Port::Writing(_)));
        let settled = self.port.as_mut().map_or(Ok(true), Port::is_settled);
        match settled {
            Ok(true) if is_file && !self.pending.is_empty() => return,
            Ok(false) => return,
            Ok(true) => {}
            Err(error) => self.message(Severity::Error, format!("Not all was written: {error}"), io.now()),
        }
        let was_open = self.close_port(io);
        self.state = LinkState::Closed;
        if was_open {
            self.handler.closed(Ok(()));
        }
    }

    /// Whether nothing is left to be done.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.state, LinkState::Closed | LinkState::GaveUp) && self.securing.is_none()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let opening = match &self.way {
            Way::Dialer(dialer) => dialer.deadline(),
            Way::Acceptor(acceptor) => acceptor.as_ref().and_then(|acceptor| acceptor.deadline()),
            Way::Finder(finder) => finder.deadline(),
        };
        let securing = self.securing.as_ref().and_then(|securing| securing.upgrade.deadline());
        let certificates = self.plan.security.deadline();
        let own = [self.restart_at, self.retry_at, securing, certificates];
        [self.session.poll_timeout(), opening].into_iter().chain(own).flatten().min()
    }

    /// A socket of the link is ready.
    pub(super) fn ready(&mut self, token: Token, readiness: Readiness, io: &mut Io<'_>) {
        if self.securing.as_ref().is_some_and(|securing| securing.upgrade.owns(token)) {
            return self.go_on_securing(io);
        }
        if self.port.as_ref().is_some_and(|port| port.owns(token)) {
            if readiness.readable {
                self.read(io);
            }
            self.write(io);
            self.finish_closing(io);
            return;
        }
        if let Way::Acceptor(Some(acceptor)) = &mut self.way
            && acceptor.owns(token)
        {
            acceptor.ready(token, io);
        }
        self.proceed(io);
    }

    /// Goes on with whatever waits for something else than a socket.
    pub(super) fn proceed(&mut self, io: &mut Io<'_>) {
        if let Some(taken) = self.metadata.as_mut().and_then(Job::take) {
            self.metadata = None;
            match taken {
                Ok(Ok(metadata)) => self.handler.metadata(&metadata),
                Ok(Err(reason)) => {
                    self.message(Severity::Error, format!("The metadata are not used: {reason}"), io.now());
                }
                Err(error) => {
                    self.message(Severity::Error, format!("The metadata are not used: {error}"), io.now());
                }
            }
        }
        match &mut self.way {
            Way::Dialer(dialer) => {
                let step = dialer.proceed(io);
                self.dialed(step, io);
            }
            Way::Finder(finder) => {
                let step = finder.proceed(io);
                self.found(step, io);
            }
            Way::Acceptor(_) => self.accept(io),
        }
        self.go_on_securing(io);
        if matches!(self.port, Some(Port::Reading(_))) {
            self.read(io);
        }
        self.settle(io);
    }

    /// The deadline has passed.
    pub(super) fn timeout(&mut self, io: &mut Io<'_>) {
        self.retry_at.take_if(|due| *due <= io.now());
        if self.restart_at.take_if(|due| *due <= io.now()).is_some() {
            self.begin_session(io);
        }
        self.session.handle_timeout(io.moment());
        self.tell_notices(io);
        self.proceed(io);
    }

    /// Tells what has happened, and sends what there is to send.
    pub(super) fn settle(&mut self, io: &mut Io<'_>) {
        if let ControlFlow::Break(Interruption::Ended(error)) = self.take_events(io.now()) {
            self.session_ended(&error, io);
        }
        self.write(io);
        self.finish_closing(io);
    }

    fn dialed(&mut self, step: Option<io::Result<Established>>, io: &mut Io<'_>) {
        match step {
            None => {}
            Some(Ok(made)) => {
                let address = made.address.to_string();
                self.begin(Port::Stream(Box::new(made)), address, io);
            }
            Some(Err(error)) => self.not_opened(error, io),
        }
    }

    /// An address was found, or there is none to be found: the port is opened.
    fn found(&mut self, step: Option<io::Result<Option<std::net::SocketAddr>>>, io: &mut Io<'_>) {
        let address = match step {
            None => return,
            Some(Ok(address)) => address,
            Some(Err(error)) => return self.not_opened(error, io),
        };
        let silence = self.plan.setup.session.silence;
        let opened = match (&self.plan.place, address) {
            (LinkPlace::SendTo(_), Some(remote)) => {
                Datagrams::to(remote, io).map(|socket| Port::Datagrams(Box::new(socket)))
            }
            (LinkPlace::SendToGroup(group, interface), _) => {
                let local = self.plan.group_sender(*group, *interface);
                DatagramSender::open(local, *group, Some(self.plan.setup.multicast_ttl)).map(Port::Group)
            }
            (LinkPlace::Receive { local, group }, _) => {
                let gives_way = (!self.plan.kind.is_two_way()).then_some(silence);
                Datagrams::open(*local, *group, gives_way, io).map(|socket| Port::Datagrams(Box::new(socket)))
            }
            (LinkPlace::Serial(line), _) => Port::serial(line, io),
            (LinkPlace::File(path), _) if self.plan.role == LinkRole::Server => {
                Ok(Port::Writing(FileWriter::open(path, &self.elsewhere)))
            }
            (LinkPlace::File(path), _) => Ok(Port::Reading(FileReader::open(path, &self.elsewhere))),
            (LinkPlace::Connect(_) | LinkPlace::Listen(_) | LinkPlace::SendTo(_), _) => return,
        };
        match opened {
            Ok(port) => {
                let address = match &port {
                    Port::Datagrams(socket) if socket.remote.is_none() => socket
                        .local_port()
                        .map_or_else(|_| self.plan.address(), |port| format!("UDP port {port}")),
                    _ => self.plan.address(),
                };
                self.begin(port, address, io);
            }
            Err(error) => self.not_opened(error, io),
        }
    }

    /// The port is open.
    fn begin(&mut self, port: Port, address: String, io: &mut Io<'_>) {
        self.port = Some(port);
        self.counters.openings += 1;
        (self.state, self.opened_at) = (LinkState::Open, io.now());
        self.handler.opened(&address);
        self.address = address;
        if !self.waits_for_peer() {
            self.begin_session(io);
        }
        self.settle(io);
    }

    /// Nobody can be talked to before a first datagram has come.
    fn waits_for_peer(&self) -> bool {
        self.plan.kind.is_two_way()
            && matches!(&self.port, Some(Port::Datagrams(socket)) if socket.remote.is_none())
    }

    fn forget_pending(&mut self) {
        self.pending.clear();
        (self.sent, self.pending_points) = (0, 0);
    }

    fn begin_session(&mut self, io: &Io<'_>) {
        self.forget_pending();
        self.session.opened(self.plan.offers(), io.moment());
    }

    fn read(&mut self, io: &mut Io<'_>) {
        // What comes next belongs to the handshake.
        if self.starting.is_some() {
            return;
        }
        let Some(mut port) = self.port.take() else { return };
        let now = io.moment();
        let waits = self.plan.kind.is_two_way()
            && matches!(&port, Port::Datagrams(socket) if socket.remote.is_none());
        let mut begins = waits;
        let elsewhere = self.elsewhere.clone();
        let mut counters = self.counters;
        let is_datagrams = self.plan.kind.is_datagrams();
        let end = port.read(io, &elsewhere, &mut counters, |bytes| {
            if std::mem::take(&mut begins) {
                self.session.opened(self.plan.offers(), now);
            }
            match is_datagrams {
                true => self.session.receive_datagram(bytes, now),
                false => self.session.receive(bytes, now),
            }
            self.take_events(now.instant)
        });
        self.counters = counters;
        self.port = Some(port);
        match end {
            ControlFlow::Continue(()) | ControlFlow::Break(End::Stopped(Interruption::Secures)) => {}
            ControlFlow::Break(End::Stopped(Interruption::Ended(error))) => self.session_ended(&error, io),
            ControlFlow::Break(End::PeerEnded) => {
                self.input_ended(io);
                self.lost(
                    &Error::NotConnected(format!("the other side of the {PEER} has closed the connection")),
                    io,
                );
            }
            ControlFlow::Break(End::FileEnded) => {
                self.input_ended(io);
                self.state = LinkState::Closing;
                self.finish_closing(io);
            }
            ControlFlow::Break(End::Failed(error)) => {
                self.lost(&self.failed(error), io);
            }
        }
    }

    /// Nothing more comes: takes the good blocks in what is unfinished.
    fn input_ended(&mut self, io: &Io<'_>) {
        self.session.input_ended(io.moment());
        // It is over in any case.
        let _ = self.take_events(io.now());
    }

    /// Sends what the session wants to be sent, as far as there is room.
    fn write(&mut self, io: &mut Io<'_>) {
        if self.retry_at.is_some() || !(self.plan.kind.is_two_way() || self.plan.role != LinkRole::Client) {
            return;
        }
        for _ in 0..PIECES_PER_TURN {
            match self.write_piece(io) {
                Ok(true) => {}
                Ok(false) => return self.begin_securing(io),
                Err(error) => return self.lost(&self.failed(error), io),
            }
        }
        io.handle().notify();
    }

    /// Sends a piece. False when there is nothing to send, or no room.
    fn write_piece(&mut self, io: &Io<'_>) -> io::Result<bool> {
        let Some(port) = &mut self.port else { return Ok(false) };
        if self.pending.is_empty() {
            let room = port.room()?;
            // A file takes what is repeated at once, too: it may be closed next.
            let is_file = matches!(port, Port::Writing(_));
            let points_before = self.session.counters().points_sent;
            let mut before = usize::MAX;
            while self.pending.len() != before {
                before = self.pending.len();
                while self.pending.len() < room && self.session.poll_transmit(&mut self.pending, io.moment())
                {
                }
                if is_file && self.pending.len() < room {
                    self.session.handle_timeout(io.moment() + FILE_PAUSE);
                }
            }
            if self.pending.is_empty() {
                return Ok(false);
            }
            self.pending_points = (self.session.counters().points_sent - points_before) as usize;
        }
        match port.write(&self.pending[self.sent..], &self.elsewhere, &mut self.counters) {
            Ok(count) => self.sent += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if matches!(port, Port::Group(_)) {
                    self.retry_at = Some(io.now() + RETRY);
                }
                return Ok(false);
            }
            Err(error) => return Err(error),
        }
        if self.sent >= self.pending.len() {
            self.forget_pending();
        }
        Ok(true)
    }

    /// The session is of no use any more, which it has told. What can be used still stays open, and the session begins anew after a pause.
    fn session_ended(&mut self, error: &Error, io: &mut Io<'_>) {
        let stays = match &mut self.port {
            Some(Port::Datagrams(socket)) => {
                socket.forget();
                true
            }
            Some(Port::Serial(..) | Port::Group(_)) => true,
            _ => false,
        };
        if !stays || self.state == LinkState::Closing {
            return self.ended(error, io);
        }
        self.session.closed();
        self.forget_pending();
        self.state = LinkState::Open;
        self.handler.closed(Err(error));
        self.restart_at = (!self.waits_for_peer()).then(|| io.now() + PAUSE);
    }

    fn not_opened(&mut self, error: io::Error, io: &mut Io<'_>) {
        let error = match &self.plan.place {
            LinkPlace::Connect(address) | LinkPlace::SendTo(address) => unreachable(address, PEER, error),
            _ => Error::io(format!("cannot open {}", self.plan.address()), error),
        };
        self.lost(&error, io);
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::io(format!("the {PEER} over {} failed", self.plan.address()), error)
    }

    /// The link has ended, or could not be opened, which operators do not know yet.
    fn lost(&mut self, error: &Error, io: &mut Io<'_>) {
        self.message(Severity::Warning, error.to_string(), io.now());
        self.ended(error, io);
    }

    /// The link has ended: plans the next attempt.
    fn ended(&mut self, error: &Error, io: &mut Io<'_>) {
        self.close_port(io);
        self.handler.closed(Err(error));
        if self.state == LinkState::Closing {
            self.state = LinkState::Closed;
            return;
        }
        let retry = match &mut self.way {
            // Whoever connects next is welcome.
            Way::Acceptor(Some(_)) => {
                self.state = LinkState::Opening;
                return;
            }
            Way::Acceptor(None) => None,
            Way::Dialer(dialer) => dialer.retry(io.now()),
            Way::Finder(finder) => finder.retry(io.now()),
        };
        match retry {
            Some(retry) => {
                self.state = LinkState::Reopening;
                self.handler.reopening(retry.attempt, retry.delay);
            }
            None => {
                self.state = LinkState::GaveUp;
                let text = format!("No further attempt to open {} is made.", self.plan.address());
                self.message(Severity::Error, text, io.now());
            }
        }
    }

    /// Closes what is open. Tells whether anything was.
    fn close_port(&mut self, io: &mut Io<'_>) -> bool {
        self.session.closed();
        self.forget_pending();
        (self.restart_at, self.retry_at) = (None, None);
        self.address.clear();
        (self.tls, self.starting) = (None, None);
        let port = self.port.take();
        let was_open = port.is_some();
        port.into_iter().for_each(|port| port.close(io));
        was_open
    }

    /// What the application sees of it.
    pub(super) fn show(&self, info: &mut LinkInfo, is_to_be_opened: bool) {
        info.state = if is_to_be_opened { LinkState::Opening } else { self.state };
        info.address.clone_from(&self.address);
        info.agreement = self.session.agreement().copied();
        info.levels = self.session.levels();
        info.tls.clone_from(&self.tls);
        info.counters = self.counters;
        info.session = self.session.counters();
        info.waiting_points = self.session.waiting_points() + self.pending_points;
    }

    /// Whether what is published now is sent, or waits to be.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, LinkState::Open | LinkState::Running)
    }
}
