mod datagrams;

use std::time::{Duration, Instant};

use super::*;
use crate::c37118::configuration::sample;
use crate::c37118::frame::{check_word, restamp};
use crate::c37118::{
    ConfigurationForm, DataLayout, Fragments, FrameTime, Name, PmuValues, Version, encode_command,
    encode_header,
};

use ConfigurationForm::{Cfg1, Cfg2, Cfg3};

/// A session, the time, and what went to whom.
struct Rig {
    session: ServerSession,
    now: Moment,
    datagrams: Vec<(SocketAddr, Vec<u8>)>,
    closed: Vec<(ClientKey, String)>,
    commands: Vec<Command>,
    messages: Vec<String>,
}

impl Rig {
    fn new(settings: C37118ServerSettings) -> Rig {
        let utc = Ticks(Ticks::UNIX_EPOCH.0 + 1_700_000_000 / 60 * 60 * Ticks::PER_SECOND);
        Rig {
            session: ServerSession::new(settings),
            now: Moment { instant: Instant::now(), utc },
            datagrams: Vec::new(),
            closed: Vec::new(),
            commands: Vec::new(),
            messages: Vec::new(),
        }
    }

    /// One that has a configuration.
    fn serving(settings: C37118ServerSettings) -> Rig {
        let mut rig = Rig::new(settings);
        rig.session.set_configuration(&sample(Cfg2), rig.now).unwrap();
        rig
    }

    fn connect(&mut self) -> ClientKey {
        self.session.accepted(peer(1), self.now).unwrap()
    }

    fn poll(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                ServerOutput::Send(client) => {
                    assert!(self.session.queue(client).is_none_or(|queue| !queue.is_empty()))
                }
                ServerOutput::SendDatagram { target, frame } => self.datagrams.push((target, frame.to_vec())),
                ServerOutput::Close { client, reason } => self.closed.push((client, reason)),
                ServerOutput::Command { command, .. } => self.commands.push(command),
                ServerOutput::Message { text, .. } => self.messages.push(text),
            }
        }
    }

    /// All that waits for a client, read by it.
    fn read(&mut self, client: ClientKey) -> Vec<Vec<u8>> {
        self.poll();
        let Some(queue) = self.session.queue(client) else { return Vec::new() };
        let frames: Vec<Vec<u8>> = queue.pieces().map(<[u8]>::to_vec).collect();
        let size = queue.len();
        self.session.sent(client, size, self.now);
        frames
    }

    fn kinds(&mut self, client: ClientKey) -> Vec<FrameType> {
        self.read(client).iter().map(|frame| Frame::decode(frame).unwrap().kind).collect()
    }

    fn ask(&mut self, client: ClientKey, command: &Command) {
        self.session.receive(client, &asking(7, command), self.now);
    }

    fn wait(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(deadline) = self.session.deadline().filter(|deadline| *deadline <= end.instant) {
            self.now += deadline.saturating_duration_since(self.now.instant);
            self.session.handle_timeout(self.now);
            self.poll();
        }
        self.now = end;
    }
}

fn peer(host: u8) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, host], 4713))
}

fn asking(id_code: u16, command: &Command) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_command(&mut bytes, Version::V1, id_code, FrameTime::default(), command).unwrap();
    bytes
}

fn data(configuration: &Configuration, second: u32) -> Vec<u8> {
    let values: Vec<PmuValues> = configuration.pmus.iter().map(PmuValues::absent).collect();
    let mut bytes = Vec::new();
    let time = FrameTime { second, quality: 0, count: 0 };
    DataLayout::new(configuration).unwrap().encode(&mut bytes, time, &values).unwrap();
    bytes
}

fn changed() -> Configuration {
    let mut configuration = sample(Cfg2);
    let word = configuration.pmus[0].digitals[0].clone();
    configuration.pmus[0].digitals.push(word);
    configuration.pmus[0].change_count += 1;
    configuration
}

fn settings() -> C37118ServerSettings {
    C37118ServerSettings::default()
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn commands_are_answered_and_data_go_to_those_who_want_them() {
    let mut rig = Rig::serving(settings());
    rig.session.set_header(b"SHELBY".to_vec(), rig.now).unwrap();
    let (first, second) = (rig.connect(), rig.connect());
    for (command, kind) in [
        (Command::SendHeader, FrameType::Header),
        (Command::SendConfiguration1, FrameType::Configuration1),
        (Command::SendConfiguration2, FrameType::Configuration2),
        (Command::SendConfiguration3, FrameType::Configuration3),
    ] {
        rig.ask(first, &command);
        assert_eq!(rig.kinds(first), [kind]);
    }
    let frame = data(&sample(Cfg2), 1);
    rig.session.publish(&frame, rig.now).unwrap();
    rig.ask(first, &Command::StartData);
    rig.session.publish(&frame, rig.now).unwrap();
    assert_eq!((rig.read(first), rig.read(second)), (vec![frame.clone()], vec![]));
    rig.ask(first, &Command::StopData);
    rig.ask(second, &Command::StartData);
    rig.session.publish(&frame, rig.now).unwrap();
    assert_eq!((rig.read(first), rig.read(second)), (vec![], vec![frame]));
    for command in [Command::Other(0x0123), Command::Extended(vec![1, 2])] {
        rig.ask(first, &command);
        rig.poll();
        assert_eq!(rig.commands.pop(), Some(command));
    }
    let counters = rig.session.counters();
    assert_eq!((counters.published_frames, counters.data_frames, counters.description_frames), (3, 2, 4));
    assert_eq!((counters.commands, counters.clients), (9, 2));
    assert!(rig.messages.is_empty(), "{:?}", rig.messages);
}

#[test]
fn every_form_carries_the_time_when_it_is_told_and_describes_the_data() {
    let mut rig = Rig::serving(settings());
    let client = rig.connect();
    for command in [Command::SendConfiguration1, Command::SendConfiguration2, Command::SendConfiguration3] {
        rig.wait(seconds(1));
        rig.ask(client, &command);
        let frames = rig.read(client);
        let frame = Frame::decode(&frames[0]).unwrap();
        assert_eq!(frame.time, FrameTime::from_ticks(rig.now.utc, sample(Cfg2).time_base, 0));
        let Ok(Message::Configuration(configuration)) = frame.message() else { panic!("{frame:?}") };
        let layout = DataLayout::new(&configuration).unwrap();
        let bytes = data(&sample(Cfg2), 1);
        layout.decode(&Frame::decode(&bytes).unwrap()).unwrap();
    }
}

#[test]
fn frames_are_shared_by_all_clients() {
    let mut rig = Rig::serving(settings());
    let clients = [rig.connect(), rig.connect()];
    for client in clients {
        rig.ask(client, &Command::SendConfiguration2);
        rig.ask(client, &Command::StartData);
    }
    rig.session.publish(&data(&sample(Cfg2), 1), rig.now).unwrap();
    let places = clients
        .map(|client| rig.session.queue(client).unwrap().pieces().map(<[u8]>::as_ptr).collect::<Vec<_>>());
    assert_eq!(places[0], places[1]);
    assert_eq!(places[0].len(), 2);
}

#[test]
fn a_large_configuration_is_told_in_pieces_and_not_in_the_short_form() {
    let mut large = sample(Cfg3);
    large.pmus.resize(900, large.pmus[0].clone());
    for pmu in &mut large.pmus {
        (pmu.phasors, pmu.analogs) = (Vec::new(), Vec::new());
    }
    let mut rig = Rig::new(settings());
    rig.session.set_configuration(&large, rig.now).unwrap();
    let client = rig.connect();
    rig.ask(client, &Command::SendConfiguration2);
    assert_eq!(rig.read(client), [] as [Vec<u8>; 0]);
    assert!(rig.messages[0].contains("all forms"), "{:?}", rig.messages);
    rig.ask(client, &Command::SendConfiguration3);
    let mut fragments = Fragments::default();
    let mut whole = None;
    for bytes in rig.read(client) {
        let frame = Frame::decode(&bytes).unwrap();
        let Ok(Message::ConfigurationFragment { index }) = frame.message() else { panic!() };
        whole = fragments.receive(&frame, index).unwrap();
    }
    assert_eq!(whole.unwrap().pmus, large.pmus);
}

#[test]
fn who_asks_too_early_is_answered_when_the_answer_is_there() {
    let mut rig = Rig::new(settings());
    let client = rig.connect();
    for command in
        [Command::SendHeader, Command::SendConfiguration2, Command::SendConfiguration2, Command::StartData]
    {
        rig.ask(client, &command);
    }
    assert_eq!(rig.kinds(client), []);
    rig.session.set_header(b"text".to_vec(), rig.now).unwrap();
    rig.session.set_configuration(&sample(Cfg2), rig.now).unwrap();
    let mut kinds = rig.kinds(client);
    kinds.sort_by_key(|kind| kind.name());
    assert_eq!(kinds, [FrameType::Configuration2, FrameType::Header]);
}

#[test]
fn a_changed_configuration_goes_to_those_who_receive_data_before_its_data() {
    for is_pushed in [true, false] {
        let mut rig = Rig::serving(settings().push_configuration(is_pushed));
        let (long, short, idle) = (rig.connect(), rig.connect(), rig.connect());
        rig.ask(long, &Command::SendConfiguration3);
        for client in [long, short] {
            rig.ask(client, &Command::StartData);
        }
        rig.kinds(long);
        rig.session.set_configuration(&sample(Cfg2), rig.now).unwrap();
        assert_eq!(rig.kinds(long), [], "it is the same");
        rig.session.set_configuration(&changed(), rig.now).unwrap();
        rig.session.publish(&data(&changed(), 1), rig.now).unwrap();
        assert!(rig.session.publish(&data(&sample(Cfg2), 1), rig.now).is_err());
        let expected = |kind| if is_pushed { vec![kind, FrameType::Data] } else { vec![FrameType::Data] };
        assert_eq!(rig.kinds(long), expected(FrameType::Configuration3));
        assert_eq!(rig.kinds(short), expected(FrameType::Configuration2));
        assert_eq!(rig.kinds(idle), []);
    }
}

#[test]
fn who_starts_data_after_a_change_is_told_of_it_first() {
    use FrameType::{Configuration2, Configuration3};
    let mut rig = Rig::serving(settings());
    let client = rig.connect();
    for command in [Command::SendConfiguration2, Command::SendConfiguration3] {
        rig.ask(client, &command);
    }
    assert_eq!(rig.kinds(client), [Configuration2, Configuration3]);
    rig.session.set_configuration(&changed(), rig.now).unwrap();
    assert_eq!(rig.kinds(client), []);
    rig.ask(client, &Command::StartData);
    assert_eq!(rig.kinds(client), [Configuration2, Configuration3]);
    rig.ask(client, &Command::StartData);
    assert_eq!(rig.kinds(client), [], "it knows it now");
    rig.session.set_configuration(&sample(Cfg2), rig.now).unwrap();
    assert_eq!(rig.kinds(client), [Configuration2, Configuration3], "all forms that it has asked for");
}

#[test]
fn commands_to_other_streams_are_not_obeyed() {
    let mut rig = Rig::serving(settings());
    let client = rig.connect();
    rig.session.receive(client, &asking(8, &Command::SendConfiguration2), rig.now);
    rig.session.receive_datagram(peer(2), &asking(8, &Command::StartData), rig.now);
    assert_eq!(rig.kinds(client), []);
    assert_eq!((rig.session.counters().other_ids, rig.session.counters().clients), (2, 1));
    assert!(rig.messages[0].contains("ID code 8") && rig.messages[0].contains("has 7"), "{:?}", rig.messages);
    let mut rig = Rig::serving(settings().command_ids(CommandIds::Any));
    let client = rig.connect();
    rig.session.receive(client, &asking(8, &Command::SendConfiguration2), rig.now);
    assert_eq!(rig.kinds(client), [FrameType::Configuration2]);
}

#[test]
fn there_are_no_more_clients_than_may_be() {
    let mut rig = Rig::serving(settings().max_clients(2));
    rig.session.receive_datagram(peer(2), &asking(7, &Command::SendConfiguration2), rig.now);
    rig.connect();
    // Who has only asked makes room, who gets data does not.
    let second = rig.connect();
    assert_eq!(rig.session.accepted(peer(3), rig.now), Err(TooManyClients(2)));
    rig.session.closed(second);
    rig.session.receive_datagram(peer(2), &asking(7, &Command::StartData), rig.now);
    assert!(rig.session.accepted(peer(3), rig.now).is_err());
    rig.session.receive_datagram(peer(4), &asking(7, &Command::StartData), rig.now);
    let counters = rig.session.counters();
    assert_eq!((counters.clients, counters.refused_clients), (2, 3));
}

#[test]
fn a_client_that_reads_nothing_loses_data_and_then_its_connection() {
    let settings = settings().max_queue(128 << 10).unread_timeout(seconds(30));
    let mut rig = Rig::serving(settings);
    let client = rig.connect();
    rig.ask(client, &Command::StartData);
    for second in 0..290 {
        for count in 0..30 {
            rig.session.publish(&data(&sample(Cfg2), second * 30 + count), rig.now).unwrap();
            assert!(rig.session.queue(client).unwrap().len() <= 128 << 10);
        }
        rig.wait(Duration::from_millis(100));
        assert!(rig.closed.is_empty());
    }
    let dropped = rig.session.counters().dropped_frames;
    assert!(dropped > 1000, "{dropped}");
    // To take one byte is to read, and says when the rest is due.
    rig.session.sent(client, 1, rig.now);
    rig.wait(seconds(29));
    assert!(rig.closed.is_empty());
    rig.wait(seconds(1));
    assert_eq!(rig.closed.len(), 1);
    assert!(rig.closed[0].1.contains("reads nothing"), "{:?}", rig.closed);
    assert_eq!(rig.session.counters().ended_clients, 1);
}

#[test]
fn a_client_that_sends_commands_without_end_costs_little() {
    let mut rig = Rig::serving(settings().max_queue(128 << 10));
    let client = rig.connect();
    let commands = asking(7, &Command::SendConfiguration2).repeat(10_000);
    rig.session.receive(client, &commands, rig.now);
    let counters = rig.session.counters();
    assert_eq!((counters.commands, counters.refused_commands), (100, 9_900));
    assert!(rig.session.queue(client).unwrap().len() <= 128 << 10);
    // Nobody reads the answers: there will be no more of them than the queue holds.
    for _ in 0..100 {
        rig.wait(Duration::from_millis(100));
        rig.ask(client, &Command::SendConfiguration2);
        assert!(rig.session.queue(client).unwrap().len() <= 128 << 10);
    }
    rig.poll();
    assert!(rig.messages.iter().any(|text| text.contains("does not read")), "{:?}", rig.messages);
    // By datagrams, where addresses may be forged, fewer are obeyed at once.
    rig.session.receive_datagram(peer(2), &commands, rig.now);
    rig.poll();
    assert_eq!(rig.datagrams.len(), 10);
}

#[test]
fn a_client_that_is_no_client_is_disconnected() {
    let mut rig = Rig::serving(settings());
    let client = rig.connect();
    rig.session.receive(client, b"GET / HTTP/1.1\r\n\r\n", rig.now);
    rig.ask(client, &Command::SendConfiguration2);
    assert_eq!(rig.kinds(client), [FrameType::Configuration2]);
    // Little of it between commands, however much that becomes, is forgiven.
    for _ in 0..2 {
        rig.session.receive(client, &[0x55; 40_000], rig.now);
        rig.ask(client, &Command::SendConfiguration2);
    }
    let around = [&[0x55; 40_000][..], &asking(7, &Command::SendConfiguration2), &[0x55; 40_000]].concat();
    rig.session.receive(client, &around, rig.now);
    assert_eq!(rig.kinds(client), [FrameType::Configuration2; 3]);
    assert!(rig.closed.is_empty());
    rig.session.receive(client, &[0x55; 40_000], rig.now);
    rig.poll();
    assert_eq!(rig.closed[0].0, client);
    assert_eq!(rig.session.counters().skipped_bytes, 200_018);
    // Frames of devices are no commands.
    let client = rig.connect();
    rig.session.receive(client, &data(&sample(Cfg2), 1), rig.now);
    assert_eq!(rig.session.counters().unusable_frames, 1);
    // A lying length keeps a bounded number of bytes, also of what could be an image of several frames.
    let mut image = vec![0xAA, 0x52, 0xFF, 0xFF, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    image.resize(65_535, 0);
    for _ in 0..3 {
        rig.session.receive(client, &image, rig.now);
    }
    rig.poll();
    assert_eq!(rig.closed.len(), 2);
}

#[test]
fn who_asks_for_nothing_is_disconnected() {
    let mut rig = Rig::serving(settings().idle_timeout(seconds(10)));
    let (idle, receiving) = (rig.connect(), rig.connect());
    rig.ask(receiving, &Command::StartData);
    rig.wait(seconds(9));
    assert!(rig.closed.is_empty());
    rig.wait(seconds(1));
    assert_eq!(rig.closed.iter().map(|(client, _)| *client).collect::<Vec<_>>(), [idle]);
}

#[test]
fn frames_of_another_device_are_told_byte_by_byte() {
    let mut rig = Rig::new(settings());
    let mut device = sample(Cfg2);
    device.pmus[0].station = Name::new("A DEVICE");
    let mut configuration = Vec::new();
    device.encode(&mut configuration).unwrap();
    let mut header = Vec::new();
    encode_header(&mut header, Version::V2, 7, device.time, b"text").unwrap();
    let client = rig.connect();
    for frame in [&header, &configuration] {
        rig.session.pass_on(frame, rig.now).unwrap();
    }
    for command in
        [Command::SendHeader, Command::SendConfiguration2, Command::SendConfiguration3, Command::StartData]
    {
        rig.ask(client, &command);
    }
    let frame = data(&changed(), 5);
    rig.session.pass_on(&frame, rig.now).unwrap();
    assert_eq!(rig.read(client), [header.clone(), configuration, frame], "no CFG-3 was there");
    // It comes when it is there.
    let mut large = sample(Cfg3);
    large.pmus.resize(900, large.pmus[0].clone());
    let pieces = large.encode_frames().unwrap();
    for piece in &pieces {
        assert_eq!(rig.read(client), [] as [Vec<u8>; 0]);
        rig.session.pass_on(piece, rig.now).unwrap();
    }
    assert_eq!(rig.read(client), pieces);

    // What is no frame of that device is refused.
    let mut damaged = header.clone();
    damaged[15] ^= 1;
    for bytes in [&damaged[..], &header[1..], &[], &[header.clone(), header.clone()].concat()] {
        assert!(rig.session.pass_on(bytes, rig.now).is_err());
    }
    let mut other = sample(Cfg2);
    other.id_code = 8;
    assert!(matches!(rig.session.publish(&data(&other, 1), rig.now), Err(C37118Error::OtherId { .. })));
    assert!(rig.session.publish(&header, rig.now).is_err());
    assert!(rig.session.pass_on(&asking(7, &Command::StartData), rig.now).is_err());
    assert!(rig.session.pass_on(&pieces[1], rig.now).is_err(), "the first piece is missing");
}

#[test]
fn forms_that_tell_what_a_device_was_before_are_not_told() {
    let mut rig = Rig::new(settings());
    let frame = |configuration: &Configuration, form| {
        configuration.to_form(form).encode_frames().unwrap().pop().unwrap()
    };
    let (before, after) = (sample(Cfg3), changed());
    for form in [Cfg1, Cfg2, Cfg3] {
        rig.session.pass_on(&frame(&before, form), rig.now).unwrap();
    }
    let client = rig.connect();
    let tells = |rig: &mut Rig, expected: &[FrameType]| {
        let commands =
            [Command::SendConfiguration1, Command::SendConfiguration2, Command::SendConfiguration3];
        commands.iter().for_each(|command| rig.ask(client, command));
        assert_eq!(rig.kinds(client), expected);
    };
    use FrameType::{Configuration1, Configuration2, Configuration3};
    tells(&mut rig, &[Configuration1, Configuration2, Configuration3]);
    // The same once more, at another time, is no change.
    let mut later = frame(&before, Cfg2);
    restamp(&mut later, FrameTime { second: 99, quality: 0, count: 0 });
    rig.session.pass_on(&later, rig.now).unwrap();
    tells(&mut rig, &[Configuration1, Configuration2, Configuration3]);
    rig.session.pass_on(&frame(&after, Cfg2), rig.now).unwrap();
    tells(&mut rig, &[Configuration2]);
    // Who has asked for the others meanwhile gets them as soon as they are there.
    for form in [Cfg3, Cfg1] {
        rig.session.pass_on(&frame(&after, form), rig.now).unwrap();
    }
    assert_eq!(rig.read(client), [frame(&after, Cfg3), frame(&after, Cfg1)]);
    tells(&mut rig, &[Configuration1, Configuration2, Configuration3]);
    rig.session.pass_on(&frame(&before, Cfg3), rig.now).unwrap();
    tells(&mut rig, &[Configuration3]);
}

#[test]
fn a_configuration_that_no_frame_holds_is_refused_and_the_one_before_stays() {
    let mut rig = Rig::serving(settings());
    let mut huge = sample(Cfg3);
    huge.pmus.resize(9000, huge.pmus[0].clone());
    assert!(matches!(rig.session.set_configuration(&huge, rig.now), Err(C37118Error::TooLarge { .. })));
    assert!(rig.session.set_header(vec![b'x'; 70_000], rig.now).is_err());
    let client = rig.connect();
    rig.ask(client, &Command::SendConfiguration1);
    assert_eq!(rig.kinds(client), [FrameType::Configuration1]);
    assert_eq!(sample(Cfg1).to_form(Cfg2).pmus, sample(Cfg2).pmus);
}

#[test]
fn cfg_3_may_say_more_of_the_same_data_frames() {
    let mut rig = Rig::new(settings());
    let mut long = sample(Cfg2).to_form(Cfg3);
    long.pmus[0].details.as_mut().unwrap().group_delay = 4_000;
    rig.session.set_configurations(&sample(Cfg2), &long, rig.now).unwrap();
    let client = rig.connect();
    rig.ask(client, &Command::SendConfiguration3);
    let bytes = rig.read(client).concat();
    let told = Configuration::decode(&Frame::decode(&bytes).unwrap()).unwrap();
    assert_eq!(told.pmus, long.pmus);
    rig.ask(client, &Command::SendConfiguration2);
    let bytes = rig.read(client).concat();
    let told = Configuration::decode(&Frame::decode(&bytes).unwrap()).unwrap();
    assert_eq!(told.pmus, sample(Cfg2).pmus);

    long.pmus[0].phasors.pop();
    let refused = rig.session.set_configurations(&sample(Cfg2), &long, rig.now);
    assert!(matches!(refused, Err(C37118Error::Unencodable(_))), "they are of other data frames");
}
