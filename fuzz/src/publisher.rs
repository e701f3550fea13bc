//! The publisher's session, with subscribers that may send anything.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use sttp::codec::RawMeasurement;
use sttp::metadata::{Column, ColumnType, DataSetBuilder, Metadata};
use sttp::rights::Rights;
use sttp::session::publisher::{
    Catalog, ConnectionKey, LARGEST_DATAGRAM, NewConnection, Output, Overflow, PublisherSettings,
    UdpSettings, Work, WorkResult,
};
use sttp::session::{Handed, Moment, PublisherSession, SendQueue};
use sttp::wire::Response;
use sttp::wire::frame::{FrameAssembler, responses};
use sttp::wire::notification::NotificationId;
use uuid::Uuid;

use super::input::Input;

/// 2026-01-01 in ticks.
const START: i64 = 639_028_224_000_000_000;

static CATALOGS: LazyLock<[Arc<Catalog>; 2]> = LazyLock::new(|| [catalog(8), catalog(3)]);

/// What everybody may: everything, and some of it.
static RIGHTS: LazyLock<[Option<Arc<Rights>>; 2]> = LazyLock::new(|| {
    let some = "[others]\nsignals = ALLOW WHERE ID LIKE '%1' OR ID LIKE '%2'\nudp = false\ntemporal = false\n\
                metadataRequestsPerMinute = 2\nmeasurementsPerSecond = 3\n";
    [None, Some(Arc::new(Rights::parse(some, "rights").expect("rights that can be read")))]
});

/// The first byte chooses the settings; then follow choices of what happens. What is sent is responses.
pub(crate) fn session(input: &[u8]) {
    let mut input = Input::new(input);
    let Some(choice) = input.byte() else { return };
    let mut now = Moment::now();
    let mut session = PublisherSession::new(settings(choice), Arc::clone(&CATALOGS[0]));
    let mut subscribers: Vec<Subscriber> =
        (1..=2).map(|number| Subscriber::open(&mut session, number, now)).collect();
    while let Some(choice) = input.byte() {
        let number = usize::from(choice >> 7);
        match choice % 8 {
            0 if choice & 0x40 != 0 => {
                let Some(size) = input.byte() else { break };
                subscribers[number].send_in_part(&mut session, usize::from(size) << 8, now);
            }
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
                poll(&mut session, &mut subscribers, choice, now);
                subscribers[number].receive(&mut session, now);
            }
            6 if choice & 0x40 != 0 => session.set_rights(RIGHTS[number].clone(), now),
            6 => session.set_catalog(Arc::clone(&CATALOGS[number]), now),
            _ => {
                now += Duration::from_millis(100 * u64::from(choice));
                session.handle_timeout(now);
                assert!(session.deadline().is_none_or(|deadline| deadline > now.instant));
            }
        }
        check(&mut session, subscribers.iter().filter(|one| one.is_open).count());
    }
    session.finish_packets();
    poll(&mut session, &mut subscribers, choice, now);
    subscribers.iter_mut().for_each(|one| one.receive(&mut session, now));
}

fn settings(choice: u8) -> PublisherSettings {
    let overflow = match choice % 3 {
        0 => Overflow::DropOldest,
        1 => Overflow::Disconnect,
        _ => Overflow::Wait { timeout: Some(Duration::from_secs(10)) },
    };
    PublisherSettings::default()
        .overflow(overflow)
        .send_queue_limit(0)
        .max_connections(usize::from(choice >> 7))
        .base_times(choice & 0x40 != 0)
        .udp(UdpSettings::default().enabled(true).multicast(true))
}

/// Does what the session wants of its driver; that may lead to more.
fn poll(session: &mut PublisherSession, subscribers: &mut [Subscriber], choice: u8, now: Moment) {
    // Whoever was closed comes again in the next round: within one, those who are refused would come without end.
    for one in subscribers.iter_mut().filter(|one| !one.is_open) {
        *one = Subscriber::open(session, one.number + 2, now);
    }
    while let Some(output) = session.poll() {
        match output {
            Output::Send(key) => {
                subscribers.iter_mut().filter(|one| one.key == key).for_each(|one| one.is_told = true);
            }
            // The system takes all datagrams, or just one.
            Output::Datagrams(id) => session.send_datagrams(id, |datagrams| {
                assert!(datagrams.iter().all(|datagram| datagram.bytes().len() <= LARGEST_DATAGRAM));
                let taken = if choice & 0x40 == 0 { datagrams.len() } else { 1 };
                Handed { taken, others_wait: choice & 0x80 != 0 && taken == 1 }
            }),
            Output::Close(key, _) => {
                assert!(session.close(key, now).is_some());
                subscribers.iter_mut().filter(|one| one.key == key).for_each(|one| one.is_open = false);
            }
            Output::Work(Work::Answer(request)) => {
                session.finish_work(WorkResult::Answer(request.answer()), now);
            }
            Output::Read(_) | Output::Work(Work::History(_)) | Output::Event(_) => {}
        }
    }
}

/// Publishes measurements, or something else.
fn publish(session: &mut PublisherSession, choice: u8, input: &mut Input<'_>, now: Moment) {
    let Some(number) = input.byte() else { return };
    match choice >> 5 {
        6 => return session.send_buffer_block(u32::from(number), &[number; 40], number % 2 == 0, now),
        7 => {
            session.notify(NotificationId::from_number(number.into()), None, "maintenance", now);
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

fn check(session: &mut PublisherSession, connections: usize) {
    let (open, subscribed) = session.connection_counts();
    assert!(open == connections && subscribed <= open);
    assert_eq!(session.connections(Instant::now()).len(), open);
    session.has_room();
}

/// The other end of a connection.
struct Subscriber {
    /// Of the connection; the next one gets a higher one.
    number: u64,
    key: ConnectionKey,
    is_open: bool,
    /// The session said that there is something to send.
    is_told: bool,
    assembler: FrameAssembler,
}

impl Subscriber {
    fn open(session: &mut PublisherSession, number: u64, now: Moment) -> Subscriber {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 7165));
        let key = session.open(NewConnection::accepted(number, address), now);
        Subscriber { number, key, is_open: true, is_told: false, assembler: FrameAssembler::default() }
    }

    fn send(&mut self, session: &mut PublisherSession, bytes: &[u8], now: Moment) {
        session.receive(self.key, bytes, now);
        while session.serve_commands(now) {}
    }

    /// Sends a record of TLS, of which so much has come; none of it when it is whole.
    fn send_in_part(&mut self, session: &mut PublisherSession, size: usize, now: Moment) {
        session.note_unfinished(self.key, size, now);
        while session.serve_commands(now) {}
    }

    fn receive(&mut self, session: &mut PublisherSession, now: Moment) {
        if !self.is_open {
            return;
        }
        let queue = session.queue(self.key).expect("the connection is open");
        let sent: Vec<u8> = queue.pieces().flatten().copied().collect();
        assert_eq!(sent.len(), queue.len());
        assert!(std::mem::take(&mut self.is_told) || sent.is_empty(), "nothing waits untold");
        session.sent(self.key, sent.len(), now);
        assert!(session.queue(self.key).is_some_and(SendQueue::is_empty));
        let mut rest = &sent[..];
        while let Some(frame) = self.assembler.next(&mut rest, usize::MAX).expect("whole frames are sent") {
            for response in responses(frame) {
                let response = response.expect("whole responses are sent");
                assert!(Response::from_code(response.response).is_some());
            }
        }
        assert!(self.assembler.pending().is_empty());
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
