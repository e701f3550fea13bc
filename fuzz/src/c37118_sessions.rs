//! Sessions of C37.118, with a device and with clients that may send anything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sttp::Ticks;
use sttp::c37118::client::{Channels, ClientOutput, ClientSession};
use sttp::c37118::server::{ClientKey, ServerOutput, ServerSession};
use sttp::c37118::{Configuration, Frame, FrameAssembler, FrameType, Message};
use sttp::session::Moment;
use sttp::settings::{C37118ClientSettings, C37118ServerSettings, CommandIds, RequestedConfiguration};

use super::input::Input;

/// Of the frames in the fixtures.
const ID_CODE: u16 = 12;
/// So often a session may have something to do at one time.
const MOST_TURNS: usize = 8;

fn start() -> Moment {
    Moment { instant: Instant::now(), utc: Ticks(Ticks::UNIX_EPOCH.0 + 1_700_000_000 * Ticks::PER_SECOND) }
}

/// A frame whose length and check word are right, as no chance makes them. The choice tells type and version.
fn frame(choice: u8, payload: &[u8]) -> Vec<u8> {
    let payload = &payload[..payload.len().min(65_000)];
    let size = (payload.len() + 16) as u16;
    let mut frame = vec![0xAA, ((choice & 7) << 4) | (1 + (choice >> 3 & 1))];
    frame.extend(size.to_be_bytes());
    frame.extend(ID_CODE.to_be_bytes());
    frame.extend([0x65, 0x53, 0xF1, choice, 0, 0, 0, choice]);
    frame.extend(payload);
    let check = frame.iter().fold(0xFFFF_u16, |check, byte| {
        (0..8).fold(check ^ (u16::from(*byte) << 8), |check, _| {
            if check & 0x8000 == 0 { check << 1 } else { (check << 1) ^ 0x1021 }
        })
    });
    frame.extend(check.to_be_bytes());
    frame
}

/// The first byte chooses the settings; then follow choices of what happens. Data are delivered with the
/// configuration that was told last, and time-outs come to an end.
pub(crate) fn client(input: &[u8]) {
    let mut input = Input::new(input);
    let Some(choice) = input.byte() else { return };
    let mut now = start();
    let mut session = ClientSession::new(client_settings(choice), channels(choice));
    let mut told = None;
    while let Some(choice) = input.byte() {
        match choice % 8 {
            0 => session.connected(now),
            1 => session.disconnected(),
            2 if choice & 0x80 != 0 => session.close(now),
            2 | 3 => {
                now += Duration::from_millis(50 * u64::from(choice));
                let turns = (0..MOST_TURNS).take_while(|_| {
                    session.handle_timeout(now);
                    listen(&mut session, &mut told);
                    session.deadline().is_some_and(|deadline| deadline <= now.instant)
                });
                assert!(turns.count() < MOST_TURNS, "it has always something to do");
            }
            4 => {
                let Some(bytes) = input.piece() else { return };
                session.receive(bytes, now);
            }
            5 => {
                let Some(bytes) = input.piece() else { return };
                session.receive_datagram(bytes, now);
            }
            _ => {
                let (Some(kind), Some(payload)) = (input.byte(), input.piece()) else { return };
                let frame = frame(kind, payload);
                match choice & 0x80 {
                    0 => session.receive(&frame, now),
                    _ => session.receive_datagram(&frame, now),
                }
            }
        }
        listen(&mut session, &mut told);
    }
}

fn client_settings(choice: u8) -> C37118ClientSettings {
    let forms = [
        RequestedConfiguration::Newest,
        RequestedConfiguration::Cfg2,
        RequestedConfiguration::Cfg3,
        RequestedConfiguration::Newest,
    ];
    C37118ClientSettings::default()
        .id_code(if choice & 4 == 0 { ID_CODE } else { 0 })
        .configuration(forms[usize::from(choice >> 3 & 3)])
        .header(choice & 0x20 != 0)
        .every_description(choice & 0x40 != 0)
        .stop_first(choice & 0x80 != 0)
        .keep_alive(Duration::from_secs(u64::from(choice & 1)))
}

fn channels(choice: u8) -> Channels {
    match choice & 3 {
        0 => Channels::Stream,
        1 => Channels::StreamAndDatagrams,
        2 => Channels::Datagrams,
        _ => Channels::SpontaneousDatagrams,
    }
}

fn listen(session: &mut ClientSession, told: &mut Option<Arc<Configuration>>) {
    while let Some(output) = session.poll() {
        match output {
            ClientOutput::Send(bytes) => {
                let frame = Frame::decode(&bytes).expect("a whole frame");
                assert_eq!(frame.kind, FrameType::Command);
            }
            ClientOutput::Configuration { configuration, frames } => {
                assert!(!frames.is_empty());
                *told = Some(configuration);
            }
            ClientOutput::Data { frame, bytes, configuration } => {
                let told = told.as_ref().expect("the configuration comes first");
                assert!(Arc::ptr_eq(told, configuration));
                assert_eq!(frame.pmus().len(), told.pmus.len());
                assert_eq!(Frame::decode(bytes).map(|frame| frame.kind), Ok(FrameType::Data));
            }
            _ => {}
        }
    }
}

/// The first byte chooses the settings; then follow choices of what happens. What waits for a client is whole
/// frames and bounded, and so are the clients.
pub(crate) fn server(input: &[u8]) {
    let mut input = Input::new(input);
    let Some(choice) = input.byte() else { return };
    let settings = server_settings(choice);
    let mut now = start();
    let mut session = ServerSession::new(settings);
    let mut clients = Clients::default();
    while let Some(choice) = input.byte() {
        let which = usize::from(choice >> 4);
        match choice % 16 {
            0 => {
                if let Ok(key) = session.accepted(peer(choice), now) {
                    clients.0.push((key, FrameAssembler::default()));
                }
            }
            1 => {
                if let Some(key) = clients.take(which) {
                    session.closed(key);
                }
            }
            2 | 3 => {
                now += Duration::from_millis(500 * u64::from(choice));
                let turns = (0..MOST_TURNS).take_while(|_| {
                    session.handle_timeout(now);
                    session.deadline().is_some_and(|deadline| deadline <= now.instant)
                });
                assert!(turns.count() < MOST_TURNS, "it has always something to do");
            }
            4 => {
                let Some(bytes) = input.piece() else { return };
                if let Some(key) = clients.get(which) {
                    session.receive(key, bytes, now);
                }
            }
            5..=7 => {
                let (Some(kind), Some(payload)) = (input.byte(), input.piece()) else { return };
                if let Some(key) = clients.get(which) {
                    session.receive(key, &frame(kind, payload), now);
                }
            }
            8 => {
                let (Some(kind), Some(payload)) = (input.byte(), input.piece()) else { return };
                session.receive_datagram(peer(choice), &frame(kind, payload), now);
            }
            9 => session.datagram_refused(peer(choice), now),
            10 => session.set_targets(vec![peer(choice); which], now),
            11 | 12 => {
                let (Some(kind), Some(payload)) = (input.byte(), input.piece()) else { return };
                let _ = session.pass_on(&frame(kind, payload), now);
            }
            13 => {
                let (Some(kind), Some(payload)) = (input.byte(), input.piece()) else { return };
                if let Ok(Message::Configuration(configuration)) =
                    Frame::decode(&frame(kind, payload)).and_then(|frame| frame.message())
                {
                    let _ = session.set_configuration(&configuration, now);
                }
            }
            14 => {
                let Some(text) = input.piece() else { return };
                let _ = session.set_header(text.to_vec(), now);
            }
            _ => clients.read(&mut session, which, now),
        }
        clients.listen(&mut session);
        assert!(session.clients().count() <= settings.max_clients);
        for client in session.clients() {
            // One answer may be larger.
            assert!(client.queued_bytes <= settings.max_queue + (1 << 20), "{client:?}");
        }
    }
}

fn server_settings(choice: u8) -> C37118ServerSettings {
    C37118ServerSettings::default()
        .command_ids(if choice & 1 == 0 { CommandIds::Own } else { CommandIds::Any })
        .data_port(if choice & 2 == 0 { 0 } else { 5000 })
        .push_configuration(choice & 4 == 0)
        .max_clients(4)
        .max_queue(128 << 10)
        .datagram_client_timeout(Duration::from_secs(u64::from(choice >> 4)))
}

fn peer(choice: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, choice >> 4], 4713))
}

/// Clients by stream, and what they read.
#[derive(Default)]
struct Clients(Vec<(ClientKey, FrameAssembler)>);

impl Clients {
    fn get(&self, which: usize) -> Option<ClientKey> {
        self.0.get(which).map(|(key, _)| *key)
    }

    fn take(&mut self, which: usize) -> Option<ClientKey> {
        (which < self.0.len()).then(|| self.0.remove(which).0)
    }

    fn listen(&mut self, session: &mut ServerSession) {
        while let Some(output) = session.poll() {
            match output {
                ServerOutput::Close { client, .. } => self.0.retain(|(key, _)| *key != client),
                ServerOutput::SendDatagram { frame, .. } => {
                    assert!(frame.len() > 16 && frame[0] == 0xAA);
                }
                _ => {}
            }
        }
    }

    /// A client reads a part of what waits for it.
    fn read(&mut self, session: &mut ServerSession, which: usize, now: Moment) {
        let Some((key, assembler)) = self.0.get_mut(which) else { return };
        let Some(queue) = session.queue(*key) else { return };
        let mut count = 0;
        for piece in queue.pieces().take(3) {
            assembler.receive(piece, |_| {});
            count += piece.len();
        }
        assert_eq!((assembler.counts().bad_checks, assembler.counts().skipped_bytes), (0, 0));
        session.sent(*key, count, now);
    }
}
