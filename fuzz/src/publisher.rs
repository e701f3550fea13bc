//! The publisher's session, with subscribers that may send anything.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use sttp::codec::RawMeasurement;
use sttp::metadata::{Column, ColumnType, DataSetBuilder, Metadata};
use sttp::session::publisher::{
    Catalog, ConnectionId, LARGEST_DATAGRAM, Overflow, PublisherSettings, UdpSettings,
};
use sttp::session::{Moment, PublisherSession, SendQueue};
use sttp::wire::Response;
use sttp::wire::frame::{FrameAssembler, responses};
use uuid::Uuid;

use super::input::Input;

/// 2026-01-01 in ticks.
const START: i64 = 639_028_224_000_000_000;

static CATALOGS: LazyLock<[Arc<Catalog>; 2]> = LazyLock::new(|| [catalog(8), catalog(3)]);

/// The first byte chooses the settings; then follow choices of what happens. What is sent is responses.
pub(crate) fn session(input: &[u8]) {
    let mut input = Input::new(input);
    let Some(choice) = input.byte() else { return };
    let mut now = Moment::now();
    let mut session = PublisherSession::new(settings(choice), Arc::clone(&CATALOGS[0]));
    let mut subscribers: Vec<Subscriber> = (0..2).map(|_| Subscriber::open(&mut session, now)).collect();
    let mut events = Vec::new();
    while let Some(choice) = input.byte() {
        let number = usize::from(choice >> 7);
        match choice % 8 {
            0 => {
                let Some(bytes) = input.piece() else { break };
                subscribers[number].send(&mut session, bytes, now);
            }
            1..=3 => {
                let Some(command) = input.piece() else { break };
                let frame = [&(command.len() as u32).to_be_bytes(), command].concat();
                subscribers[number].send(&mut session, &frame, now);
            }
            4 => publish(&mut session, choice, &mut input, now),
            5 => {
                subscribers[number].receive(&mut session, now);
                session.take_changed(&mut Vec::new());
                send_datagrams(&mut session, choice);
                answer_long_requests(&mut session, &mut subscribers, now);
            }
            6 => session.set_catalog(Arc::clone(&CATALOGS[number]), now, &mut events),
            _ => {
                now += Duration::from_millis(100 * u64::from(choice));
                for (id, _) in session.handle_timeout(now) {
                    subscribers
                        .iter_mut()
                        .filter(|one| one.id == id)
                        .for_each(|one| one.reopen(&mut session, now));
                }
                assert!(session.deadline().is_none_or(|deadline| deadline > now.instant));
            }
        }
        check(&mut session, subscribers.len());
    }
    session.finish_packets();
    subscribers.iter_mut().for_each(|one| one.receive(&mut session, now));
}

fn settings(choice: u8) -> PublisherSettings {
    let overflow = match choice % 3 {
        0 => Overflow::DropOldest,
        1 => Overflow::Disconnect,
        _ => Overflow::Wait { timeout: Some(Duration::from_secs(10)) },
    };
    PublisherSettings {
        overflow,
        send_queue_limit: 0,
        max_connections: usize::from(choice >> 7),
        base_times: choice & 0x40 != 0,
        udp: UdpSettings { enabled: true, multicast: true, ..UdpSettings::default() },
        ..PublisherSettings::default()
    }
}

fn answer_long_requests(session: &mut PublisherSession, subscribers: &mut [Subscriber], now: Moment) {
    for request in session.take_long_requests() {
        let answer = request.answer();
        let id = answer.connection();
        if session.supply_answer(answer, now, &mut Vec::new()).is_err() {
            subscribers.iter_mut().filter(|one| one.id == id).for_each(|one| one.reopen(session, now));
        }
    }
}

/// Publishes measurements, or something else.
fn publish(session: &mut PublisherSession, choice: u8, input: &mut Input<'_>, now: Moment) {
    let Some(number) = input.byte() else { return };
    match choice >> 5 {
        6 => return session.send_buffer_block(u32::from(number), &[number; 40], number % 2 == 0, now),
        7 => {
            session.notify(None, "maintenance", now);
            return session.announce_configuration_change();
        }
        _ => {}
    }
    let points: Vec<_> = (0..u32::from(number))
        .map(|step| RawMeasurement {
            ticks: START + i64::from(step / 8) * 333_333,
            row: step % 11,
            flags: u32::from(choice >> 5),
            value_bits: step.wrapping_mul(0x9E37_79B9),
        })
        .collect();
    session.publish(&points, now);
    session.finish_packets();
}

/// The system takes all datagrams, or just one.
fn send_datagrams(session: &mut PublisherSession, choice: u8) {
    let mut channels = Vec::new();
    session.take_changed_channels(&mut channels);
    for id in channels {
        session.channel(id);
        session.send_datagrams(id, |datagrams| {
            assert!(datagrams.iter().all(|datagram| datagram.bytes().len() <= LARGEST_DATAGRAM));
            if choice & 0x40 == 0 { datagrams.len() } else { 1 }
        });
    }
}

fn check(session: &mut PublisherSession, connections: usize) {
    let (open, subscribed) = session.connection_counts();
    assert!(open == connections && subscribed <= open);
    assert_eq!(session.connections(Instant::now()).len(), open);
    session.has_room();
}

/// The other end of a connection.
struct Subscriber {
    id: ConnectionId,
    assembler: FrameAssembler,
}

impl Subscriber {
    fn open(session: &mut PublisherSession, now: Moment) -> Subscriber {
        let id = session.open(SocketAddr::from((Ipv4Addr::LOCALHOST, 7165)), now);
        Subscriber { id, assembler: FrameAssembler::default() }
    }

    fn reopen(&mut self, session: &mut PublisherSession, now: Moment) {
        assert!(session.close(self.id, now).is_some());
        *self = Subscriber::open(session, now);
    }

    fn send(&mut self, session: &mut PublisherSession, bytes: &[u8], now: Moment) {
        if session.receive(self.id, bytes, now, &mut Vec::new()).is_err() {
            self.reopen(session, now);
        }
    }

    fn receive(&mut self, session: &mut PublisherSession, now: Moment) {
        let queue = session.queue(self.id).expect("the connection is open");
        let sent: Vec<u8> = queue.pieces().flatten().copied().collect();
        assert_eq!(sent.len(), queue.len());
        session.sent(self.id, sent.len(), now);
        assert!(session.queue(self.id).is_some_and(SendQueue::is_empty));
        let mut rest = &sent[..];
        while let Some(frame) = self.assembler.next(&mut rest, usize::MAX).expect("whole frames are sent") {
            for response in responses(frame) {
                let response = response.expect("whole responses are sent");
                assert!(Response::from_code(response.response).is_some());
            }
        }
        assert!(self.assembler.pending().is_empty());
        if session.closing(self.id).is_some() {
            self.reopen(session, now);
        }
    }
}

fn catalog(signals: u128) -> Arc<Catalog> {
    let mut builder = DataSetBuilder::new("DataSet");
    let columns = [
        ("DeviceAcronym", ColumnType::String),
        ("ID", ColumnType::String),
        ("SignalID", ColumnType::Guid),
        ("PointTag", ColumnType::String),
        ("SignalReference", ColumnType::String),
        ("SignalAcronym", ColumnType::String),
        ("Internal", ColumnType::Boolean),
    ];
    let columns = columns.map(|(name, column_type)| Column::new(name, column_type)).to_vec();
    let table = builder.add_table("MeasurementDetail", columns).expect("within limits");
    for number in 0..signals {
        let (key, tag) = (format!("GRID:{number}"), format!("SHELBY-{number}"));
        builder
            .append_row(table)
            .and_then(|row| row.set("DeviceAcronym", "SHELBY"))
            .and_then(|row| row.set("ID", key.as_str()))
            .and_then(|row| row.set("SignalID", Uuid::from_u128(number + 1)))
            .and_then(|row| row.set("PointTag", tag.as_str()))
            .and_then(|row| row.set("SignalReference", tag.as_str()))
            .and_then(|row| row.set("SignalAcronym", "FREQ"))
            .and_then(|row| row.set("Internal", true))
            .expect("values of their types");
    }
    Arc::new(Catalog::new(Arc::new(Metadata::new(builder.finish()))))
}
