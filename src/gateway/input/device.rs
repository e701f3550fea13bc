//! One device on its engine: connecting, its session, coming back after a loss.

mod playing;
mod telling;

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::Token;

use super::capture::Player;
use super::context::{Context, NotPublished};
use super::datagrams::DataSocket;
use super::relay::Relay;
use super::{DeviceCounters, DeviceId, DeviceState};
use crate::c37118::Configuration;
use crate::c37118::client::{Channels, ClientCounters, ClientOutput, ClientSession};
use crate::engine::pump::{self, ReadEnd, Sending};
use crate::engine::{Address, Dialer, Established, Io, Readiness, Security, Transport, unreachable};
use crate::error::Error;
use crate::gateway::finder::Finder;
use crate::session::{Frame, SendQueue, Severity};
use crate::settings::{C37118InputSetup, C37118Transport, DatagramEndpoint};

/// Reads of one turn, so that a fast device does not keep the loop from others.
const READS_PER_TURN: usize = 4;
/// A capture is not asked again when it has a gap.
const NEVER_SILENT: Duration = Duration::from_secs(365 * 24 * 3600);
/// What it is, in messages.
const PEER: &str = "C37.118 device";

/// What is to be done for a device, found to be possible.
pub(super) struct Plan {
    setup: C37118InputSetup,
    /// Where commands go, or the only host that datagrams come from.
    remote: Option<Address>,
    /// Where datagrams arrive.
    datagrams: Option<DatagramEndpoint>,
}

impl Plan {
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when the settings do not go together.
    pub(super) fn new(setup: &C37118InputSetup) -> Result<Plan, Error> {
        Ok(Plan { setup: setup.clone(), remote: setup.remote()?, datagrams: setup.datagrams()? })
    }

    /// The address of the device as people know it.
    pub(super) fn address(&self) -> String {
        match (&self.remote, self.datagrams) {
            (Some(remote), _) => remote.to_string(),
            (None, Some(DatagramEndpoint { local, group: Some((group, _)) })) => {
                format!("{group}:{}", local.port())
            }
            (None, Some(DatagramEndpoint { local, .. })) => format!("UDP port {}", local.port()),
            (None, None) => self.setup.capture.file.clone(),
        }
    }
}

/// A device.
pub(super) struct Device {
    pub(super) id: DeviceId,
    plan: Plan,
    session: ClientSession,
    way: Way,
    stream: Option<Stream>,
    datagrams: Option<DataSocket>,
    /// Commands that the session wants to be sent.
    commands: Vec<Vec<u8>>,
    /// What its data frames carry.
    pub(super) configuration: Option<Arc<Configuration>>,
    /// Where its measurements are in the metadata.
    input: Option<usize>,
    pub(super) state: DeviceState,
    /// Passes on its frames, if that is wanted.
    relay: Option<Relay>,
    counters: DeviceCounters,
    /// What waits to be published.
    pub(super) pending: Pending,
    /// When the driver will look at it.
    pub(super) alarm: Option<Instant>,
}

/// How it is reached.
enum Way {
    /// By TCP, perhaps with datagrams beside.
    Stream(Box<Dialer>),
    /// By datagrams alone.
    Datagrams(Finder),
    /// Not at all: what it sent was recorded.
    Capture(Box<Player>),
}

/// Frames that wait to be published, and their measurements.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Pending {
    pub(super) frames: u64,
    /// Those whose measurements are published.
    pub(super) mapped: u64,
    pub(super) measurements: u64,
}

/// A connection by TCP.
struct Stream {
    transport: Transport,
    token: Token,
    outgoing: Outgoing,
}

/// Commands that wait to be sent.
#[derive(Default)]
struct Outgoing {
    queue: SendQueue,
    sent: u64,
}

impl Sending for Outgoing {
    fn queue(&self) -> Option<&SendQueue> {
        Some(&self.queue)
    }

    fn sent(&mut self, count: usize) {
        self.queue.advance(count);
        self.sent += count as u64;
    }
}

impl Device {
    pub(super) fn new(id: DeviceId, plan: Plan) -> Device {
        let reconnect = plan.setup.reconnect;
        let mut session = plan.setup.session;
        session.every_description |= plan.setup.published.has_frames();
        let way = match (plan.setup.transport, plan.remote.clone()) {
            _ if plan.setup.plays_capture() => {
                session.silence = NEVER_SILENT;
                Way::Capture(Box::new(Player::new(plan.setup.capture.clone(), session.id_code)))
            }
            (C37118Transport::Tcp | C37118Transport::TcpUdp, Some(remote)) => {
                Way::Stream(Box::new(Dialer::new(remote, reconnect, Security::default())))
            }
            (_, remote) => Way::Datagrams(Finder::new(remote, reconnect)),
        };
        let channels = match plan.setup.transport {
            _ if plan.setup.plays_capture() => Channels::SpontaneousDatagrams,
            C37118Transport::Tcp => Channels::Stream,
            C37118Transport::TcpUdp => Channels::StreamAndDatagrams,
            C37118Transport::Udp => Channels::Datagrams,
            C37118Transport::SpontaneousUdp => Channels::SpontaneousDatagrams,
        };
        Device {
            id,
            session: ClientSession::new(session, channels),
            way,
            stream: None,
            datagrams: None,
            commands: Vec::new(),
            configuration: None,
            input: None,
            state: DeviceState::Connecting,
            relay: None,
            counters: DeviceCounters::default(),
            pending: Pending::default(),
            alarm: None,
            plan,
        }
    }

    /// How long its measurements wait for those of others.
    pub(super) fn collect_time(&self) -> Duration {
        self.plan.setup.collect_time
    }

    /// Begins to connect.
    pub(super) fn start(&mut self, context: &mut Context<'_>, io: &mut Io<'_>) {
        match &mut self.way {
            Way::Stream(dialer) => {
                let step = dialer.start(io);
                self.dialed(step, context, io);
            }
            Way::Datagrams(finder) => {
                let step = finder.start(io);
                self.found(step, context, io);
            }
            Way::Capture(player) => player.start(&io.elsewhere()),
        }
    }

    /// Whether an attempt to connect is under way.
    pub(super) fn is_trying(&self) -> bool {
        match &self.way {
            Way::Stream(dialer) => dialer.is_trying(),
            Way::Datagrams(finder) => finder.is_trying(),
            Way::Capture(player) => player.is_reading(),
        }
    }

    pub(super) fn owns(&self, token: Token) -> bool {
        let is_dialed = || match &self.way {
            Way::Stream(dialer) => dialer.owns(token),
            Way::Datagrams(_) | Way::Capture(_) => false,
        };
        self.stream.as_ref().is_some_and(|stream| stream.token == token)
            || self.datagrams.as_ref().is_some_and(|socket| socket.owns(token))
            || is_dialed()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let connecting = match &self.way {
            Way::Stream(dialer) => dialer.deadline(),
            Way::Datagrams(finder) => finder.deadline(),
            Way::Capture(player) => player.deadline(),
        };
        [self.session.deadline(), connecting].into_iter().flatten().min()
    }

    /// Goes on with connecting.
    pub(super) fn proceed(&mut self, context: &mut Context<'_>, io: &mut Io<'_>) {
        match &mut self.way {
            Way::Stream(dialer) => {
                let step = dialer.proceed(io);
                self.dialed(step, context, io);
            }
            Way::Datagrams(finder) => {
                let step = finder.proceed(io);
                self.found(step, context, io);
            }
            Way::Capture(_) => self.play(context, io),
        }
    }

    /// The deadline has passed.
    pub(super) fn timeout(&mut self, context: &mut Context<'_>, io: &mut Io<'_>) {
        if self.session.deadline().is_some_and(|deadline| deadline <= io.now()) {
            self.session.handle_timeout(io.moment());
            self.drain(context, io);
        }
        self.proceed(context, io);
    }

    /// A socket of the device is ready.
    pub(super) fn ready(
        &mut self,
        token: Token,
        readiness: Readiness,
        context: &mut Context<'_>,
        io: &mut Io<'_>,
    ) {
        if self.stream.as_ref().is_some_and(|stream| stream.token == token) {
            if readiness.writable {
                self.write(context, io);
            }
            if readiness.readable {
                self.read(context, io);
            }
        } else if self.datagrams.as_ref().is_some_and(|socket| socket.owns(token)) {
            self.read_datagrams(context, io);
        } else {
            self.proceed(context, io);
        }
    }

    fn dialed(&mut self, step: Option<io::Result<Established>>, context: &mut Context<'_>, io: &mut Io<'_>) {
        match step {
            None if self.is_trying() => self.state = DeviceState::Connecting,
            None => {}
            Some(Ok(established)) => self.connected(established, context, io),
            Some(Err(error)) => self.not_found(error, context, io),
        }
    }

    fn found(
        &mut self,
        step: Option<io::Result<Option<SocketAddr>>>,
        context: &mut Context<'_>,
        io: &mut Io<'_>,
    ) {
        match step {
            None if self.is_trying() => self.state = DeviceState::Connecting,
            None => {}
            Some(Ok(address)) => {
                let takes_commands = self.plan.setup.transport == C37118Transport::Udp;
                let remote = address.filter(|_| takes_commands);
                if self.open_datagrams(remote, address, context, io) {
                    self.begin(&self.plan.address(), context, io);
                }
            }
            Some(Err(error)) => self.not_found(error, context, io),
        }
    }

    fn not_found(&mut self, error: io::Error, context: &mut Context<'_>, io: &mut Io<'_>) {
        let error = match &self.plan.remote {
            Some(remote) => unreachable(remote, PEER, error),
            None => Error::io("no connection can be made", error),
        };
        self.lost(&error, context, io);
    }

    fn connected(&mut self, established: Established, context: &mut Context<'_>, io: &mut Io<'_>) {
        let Established { mut transport, token, address } = established;
        if !self.collect_time().is_zero()
            && let Err(error) = io.be_patient(&mut transport, token)
        {
            return self.not_found(error, context, io);
        }
        self.stream = Some(Stream { transport, token, outgoing: Outgoing::default() });
        if self.plan.datagrams.is_none() || self.open_datagrams(None, Some(address), context, io) {
            self.begin(&address.to_string(), context, io);
        }
    }

    /// Opens the socket for datagrams, or tells why it cannot be.
    fn open_datagrams(
        &mut self,
        remote: Option<SocketAddr>,
        device: Option<SocketAddr>,
        context: &mut Context<'_>,
        io: &mut Io<'_>,
    ) -> bool {
        let Some(mut endpoint) = self.plan.datagrams else { return false };
        endpoint.fit(device);
        let is_patient = !self.collect_time().is_zero();
        match DataSocket::open(endpoint, remote, device.map(|address| address.ip()), is_patient, io) {
            Ok(socket) => self.datagrams = Some(socket),
            Err(error) => self.lost(&error, context, io),
        }
        self.datagrams.is_some()
    }

    /// All sockets are there.
    fn begin(&mut self, address: &str, context: &mut Context<'_>, io: &mut Io<'_>) {
        self.state = DeviceState::Connected;
        context.handler.connected(self.id, address);
        self.session.connected(io.moment());
        self.drain(context, io);
    }

    fn read(&mut self, context: &mut Context<'_>, io: &mut Io<'_>) {
        let now = io.moment();
        let Some(mut stream) = self.stream.take() else { return };
        let end = pump::read(
            io,
            stream.token,
            READS_PER_TURN,
            |buffer| stream.transport.read(buffer),
            |bytes| {
                self.session.receive(bytes, now);
                self.take_outputs(context)
            },
        );
        self.stream = Some(stream);
        match end {
            ReadEnd::Pausing => self.write(context, io),
            ReadEnd::Stopped(reason) => self.lost(&Error::Protocol(reason.into()), context, io),
            ReadEnd::PeerEnded => {
                let error = Error::NotConnected(format!("the {PEER} has closed the connection"));
                self.lost(&error, context, io);
            }
            ReadEnd::Failed(error) => {
                self.lost(&Error::io(format!("the connection to the {PEER} failed"), error), context, io);
            }
        }
    }

    fn read_datagrams(&mut self, context: &mut Context<'_>, io: &mut Io<'_>) {
        let now = io.moment();
        let Some(mut socket) = self.datagrams.take() else { return };
        let end = socket.read(io, |datagram| {
            self.session.receive_datagram(datagram, now);
            self.take_outputs(context)
        });
        self.datagrams = Some(socket);
        self.go_on(end, context, io);
    }

    /// Does what the session wants.
    fn drain(&mut self, context: &mut Context<'_>, io: &mut Io<'_>) {
        let end = self.take_outputs(context);
        self.go_on(end, context, io);
    }

    fn go_on(&mut self, end: ControlFlow<String>, context: &mut Context<'_>, io: &mut Io<'_>) {
        match end {
            ControlFlow::Continue(()) => self.write(context, io),
            ControlFlow::Break(reason) => self.lost(&Error::Protocol(reason.into()), context, io),
        }
    }

    /// Sends what the session wants to be sent, as far as there is room.
    fn write(&mut self, context: &mut Context<'_>, io: &mut Io<'_>) {
        let commands = mem::take(&mut self.commands).into_iter();
        let sent = match (&mut self.stream, &self.datagrams) {
            (Some(Stream { transport, outgoing, .. }), _) => {
                commands.for_each(|command| outgoing.queue.push(Frame::control(command)));
                pump::write(outgoing, transport, usize::MAX).map(drop)
            }
            (None, Some(socket)) => {
                let counters = &mut self.counters;
                let mut send = |command: Vec<u8>| {
                    counters.bytes_sent += command.len() as u64;
                    match socket.send(&command) {
                        // The session asks again when no answer comes.
                        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
                        sent => sent,
                    }
                };
                { commands }.try_for_each(&mut send)
            }
            (None, None) => Ok(()),
        };
        if let Err(error) = sent {
            self.lost(&Error::io(format!("the connection to the {PEER} failed"), error), context, io);
        }
    }

    /// The connection has ended, or could not be made: plans the next attempt.
    fn lost(&mut self, error: &Error, context: &mut Context<'_>, io: &mut Io<'_>) {
        let is_proven = self.session.has_received_data();
        self.close_sockets(io);
        context.message(Some(self.id), Severity::Warning, error.to_string());
        context.handler.disconnected(self.id, Err(error));
        let retry = match &mut self.way {
            Way::Stream(dialer) => {
                if is_proven {
                    dialer.proven();
                }
                dialer.retry(io.now())
            }
            Way::Datagrams(finder) => {
                if is_proven {
                    finder.proven();
                }
                finder.retry(io.now())
            }
            Way::Capture(_) => None,
        };
        match retry {
            Some(retry) => {
                self.state = DeviceState::Reconnecting;
                context.handler.reconnecting(self.id, retry.attempt, retry.delay);
            }
            None => {
                self.state = DeviceState::GaveUp;
                let text = format!("No further attempt to connect to {} is made.", self.plan.address());
                context.message(Some(self.id), Severity::Error, text);
            }
        }
    }

    fn close_sockets(&mut self, io: &mut Io<'_>) {
        self.session.disconnected();
        self.commands.clear();
        if let Some(stream) = self.stream.take() {
            self.counters.bytes_sent += stream.outgoing.sent;
            io.discard(stream.transport, stream.token);
        }
        if let Some(socket) = self.datagrams.take() {
            socket.add_counts(&mut self.counters);
            socket.close(io);
        }
    }

    /// The application does not want it any more: the device is told to stop, as far as it takes that at once.
    pub(super) fn end(mut self, context: &mut Context<'_>, io: &mut Io<'_>) {
        let plays = matches!(self.way, Way::Capture(_))
            && matches!(self.state, DeviceState::Connected | DeviceState::Running);
        let was_connected = plays || self.stream.is_some() || self.datagrams.is_some();
        self.session.close(io.moment());
        while let Some(output) = self.session.poll() {
            if let ClientOutput::Send(bytes) = output {
                self.commands.push(bytes);
            }
        }
        match (&mut self.stream, &self.datagrams) {
            (Some(Stream { transport, outgoing, .. }), _) => {
                self.commands.drain(..).for_each(|command| outgoing.queue.push(Frame::control(command)));
                // Whether it is gone by now makes no difference.
                let _ = pump::write(outgoing, transport, usize::MAX);
            }
            (None, Some(socket)) => self.commands.iter().for_each(|command| drop(socket.send(command))),
            (None, None) => {}
        }
        self.close_sockets(io);
        if let Way::Stream(dialer) = &mut self.way {
            dialer.stop(io);
        }
        if was_connected {
            context.handler.disconnected(self.id, Ok(()));
        }
    }

    /// What was pending was published, but for this.
    pub(super) fn published(&mut self, not: &NotPublished) {
        let Pending { frames, mapped, measurements } = mem::take(&mut self.pending);
        let refused = not.frames.get(&self.id).copied().unwrap_or_default();
        let not_taken = refused + if not.measurements { mapped } else { 0 };
        self.counters.frames_not_taken += not_taken;
        self.counters.frames_published += frames.saturating_sub(not_taken);
        if !not.measurements {
            self.counters.measurements_published += measurements;
        }
    }

    /// What was counted.
    pub(super) fn counters(&self) -> DeviceCounters {
        let mut counters = self.counters;
        counters.bytes_sent += self.stream.as_ref().map_or(0, |stream| stream.outgoing.sent);
        self.datagrams.iter().for_each(|socket| socket.add_counts(&mut counters));
        counters
    }

    /// What its session counts.
    pub(super) fn session_counters(&self) -> ClientCounters {
        self.session.counters()
    }
}
