mod channels;

use std::time::{Duration, Instant};

use super::*;
use crate::Ticks;
use crate::c37118::configuration::sample;
use crate::c37118::frame::{check_word, encode_command, encode_header, restamp};
use crate::c37118::{
    Command, ConfigurationForm, DataLayout, Frame, FrameTime, FrameType, Message, Name, PmuValues,
    StatusWord, Version,
};
use crate::settings::RequestedConfiguration;

use ConfigurationForm::{Cfg1, Cfg2, Cfg3};

/// What a session has told, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Command(u16),
    Configuration(ConfigurationForm),
    Data(u32),
    Header(String),
    Description(FrameType),
    Reconnect,
}

use Told::{Command as Sent, Data, Reconnect};

const OFF: Told = Sent(1);
const ON: Told = Sent(2);
const ASK_HEADER: Told = Sent(3);
const ASK_CFG1: Told = Sent(4);
const ASK_CFG2: Told = Sent(5);
const ASK_CFG3: Told = Sent(6);

/// A session, and the time.
struct Rig {
    session: ClientSession,
    channels: Channels,
    now: Moment,
    messages: Vec<String>,
}

impl Rig {
    fn new(settings: C37118ClientSettings, channels: Channels) -> Rig {
        let now = Moment { instant: Instant::now(), utc: Ticks::UNIX_EPOCH };
        Rig { session: ClientSession::new(settings, channels), channels, now, messages: Vec::new() }
    }

    /// A session whose device sends data by the sample of a form.
    fn receiving(settings: C37118ClientSettings, channels: Channels, form: ConfigurationForm) -> Rig {
        let mut rig = Rig::new(settings.stop_first(false), channels);
        rig.session.connected(rig.now);
        rig.told();
        rig.take_configuration(&sample(form));
        assert!(rig.told().contains(&ON));
        rig
    }

    fn told(&mut self) -> Vec<Told> {
        let mut told = Vec::new();
        while let Some(output) = self.session.poll() {
            told.push(match output {
                ClientOutput::Send(bytes) => {
                    let frame = Frame::decode(&bytes).unwrap();
                    let Message::Command(command) = frame.message().unwrap() else { panic!("no command") };
                    Sent(command.code())
                }
                ClientOutput::Configuration { configuration, frames } => {
                    assert!(frames.iter().all(|frame| Frame::decode(frame).is_ok()));
                    Told::Configuration(configuration.form)
                }
                ClientOutput::Data { frame, bytes, configuration } => {
                    assert_eq!(frame.time, Frame::decode(bytes).unwrap().time);
                    assert_eq!(frame.pmus().len(), configuration.pmus.len());
                    Data(frame.time.second)
                }
                ClientOutput::Header(text) => Told::Header(String::from_utf8(text.to_vec()).unwrap()),
                ClientOutput::Description { kind, .. } => Told::Description(kind),
                ClientOutput::Message { text, .. } => {
                    self.messages.push(text);
                    continue;
                }
                ClientOutput::Reconnect { .. } => Reconnect,
            });
        }
        told
    }

    /// Lets time pass, deadline after deadline.
    fn wait(&mut self, span: Duration) -> Vec<Told> {
        let end = self.now + span;
        let mut told = self.told();
        while let Some(deadline) = self.session.deadline().filter(|deadline| *deadline <= end.instant) {
            self.now += deadline.saturating_duration_since(self.now.instant);
            self.session.handle_timeout(self.now);
            told.extend(self.told());
        }
        self.now = end;
        told
    }

    fn take(&mut self, bytes: &[u8]) {
        match self.channels {
            Channels::Stream | Channels::StreamAndDatagrams => self.session.receive(bytes, self.now),
            Channels::Datagrams | Channels::SpontaneousDatagrams => {
                self.session.receive_datagram(bytes, self.now);
            }
        }
    }

    fn take_configuration(&mut self, configuration: &Configuration) {
        for frame in configuration.encode_frames().unwrap() {
            self.take(&frame);
        }
    }

    /// A data frame of the sample, of some second.
    fn take_data(&mut self, configuration: &Configuration, second: u32) {
        self.take(&data(configuration, second, StatusWord::default()));
    }
}

fn data(configuration: &Configuration, second: u32, status: StatusWord) -> Vec<u8> {
    let mut values: Vec<PmuValues> = configuration.pmus.iter().map(PmuValues::absent).collect();
    values[0].status = status;
    let mut bytes = Vec::new();
    let time = FrameTime { second, quality: 0, count: 0 };
    DataLayout::new(configuration).unwrap().encode(&mut bytes, time, &values).unwrap();
    bytes
}

/// The sample with one digital word more, and the next CFGCNT.
fn changed(form: ConfigurationForm) -> Configuration {
    let mut configuration = sample(form);
    let word = configuration.pmus[0].digitals[0].clone();
    configuration.pmus[0].digitals.push(word);
    configuration.pmus[0].change_count += 1;
    configuration
}

fn settings() -> C37118ClientSettings {
    C37118ClientSettings::default().id_code(7)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn a_device_is_stopped_asked_and_started() {
    let mut rig = Rig::new(settings(), Channels::Stream);
    rig.session.connected(rig.now);
    assert_eq!(rig.told(), [OFF]);
    assert_eq!(rig.wait(Duration::from_millis(999)), []);
    assert_eq!(rig.wait(Duration::from_millis(1)), [ASK_CFG3]);
    rig.take_configuration(&sample(Cfg3));
    assert_eq!(rig.told(), [Told::Configuration(Cfg3), ON]);
    assert!(!rig.session.has_received_data());
    rig.take_data(&sample(Cfg3), 100);
    assert_eq!(rig.told(), [Data(100)]);
    assert!(rig.session.has_received_data());
    let counters = rig.session.counters();
    assert_eq!((counters.data_frames, counters.frames, counters.commands), (1, 2, 3));
    assert_eq!((counters.configurations, counters.connections), (1, 1));
    assert!(rig.messages.is_empty(), "{:?}", rig.messages);
    // Each connection has to prove itself anew.
    rig.session.connected(rig.now);
    assert!(!rig.session.has_received_data());
}

#[test]
fn a_device_that_has_no_cfg3_is_asked_for_cfg2_also_in_the_next_connection() {
    let mut rig = Rig::new(settings().stop_first(false), Channels::Stream);
    rig.session.connected(rig.now);
    assert_eq!(rig.wait(seconds(6)), [ASK_CFG3, ASK_CFG2]);
    rig.take_configuration(&sample(Cfg2));
    assert_eq!(rig.told(), [Told::Configuration(Cfg2), ON]);
    rig.session.disconnected();
    rig.session.connected(rig.now);
    assert_eq!(rig.told(), [ASK_CFG2]);
    // It is the same: nothing has changed for the application.
    rig.take_configuration(&sample(Cfg2));
    assert_eq!(rig.told(), [ON]);
}

#[test]
fn a_device_that_answers_nothing_is_connected_to_anew() {
    let settings = settings().stop_first(false).max_questions(3);
    let mut rig = Rig::new(settings, Channels::Stream);
    rig.session.connected(rig.now);
    assert_eq!(rig.wait(seconds(60)), [ASK_CFG3, ASK_CFG2, ASK_CFG3, Reconnect]);
    assert_eq!(rig.session.deadline(), None);
    let mut rig = Rig::new(settings.configuration(RequestedConfiguration::Cfg2), Channels::Stream);
    rig.session.connected(rig.now);
    assert_eq!(rig.wait(seconds(60)), [ASK_CFG2, ASK_CFG2, ASK_CFG2, Reconnect]);
}

#[test]
fn the_header_is_asked_for_and_is_no_condition() {
    let mut rig = Rig::new(settings().stop_first(false).header(true), Channels::Stream);
    rig.session.connected(rig.now);
    rig.told();
    rig.take_configuration(&sample(Cfg3));
    assert_eq!(rig.told(), [Told::Configuration(Cfg3), ASK_HEADER]);
    let mut header = Vec::new();
    encode_header(&mut header, Version::V1, 7, FrameTime::default(), b"SHELBY substation").unwrap();
    rig.take(&header);
    assert_eq!(rig.told(), [Told::Header("SHELBY substation".into()), ON]);

    rig.session.disconnected();
    rig.session.connected(rig.now);
    rig.take_configuration(&sample(Cfg3));
    assert_eq!(rig.wait(seconds(11)), [ASK_CFG3, ASK_HEADER, ASK_HEADER, ON]);
}

#[test]
fn every_description_is_asked_for_and_told_once_and_when_it_changes() {
    use FrameType::{Configuration1, Configuration2, Configuration3, Header};
    let mut rig = Rig::new(settings().stop_first(false).every_description(true), Channels::Stream);
    let mut header = Vec::new();
    encode_header(&mut header, Version::V1, 7, FrameTime::default(), b"text").unwrap();
    rig.session.connected(rig.now);
    let mut told = rig.told();
    rig.take_configuration(&sample(Cfg3));
    rig.take(&header);
    rig.take_configuration(&sample(Cfg1));
    told.extend(rig.told());
    let described = Told::Description;
    assert_eq!(
        told,
        [
            ASK_CFG3,
            described(Configuration3),
            Told::Configuration(Cfg3),
            ASK_HEADER,
            Told::Header("text".into()),
            described(Header),
            ASK_CFG1,
            described(Configuration1),
            ASK_CFG2,
        ]
    );
    rig.take_configuration(&sample(Cfg2));
    assert_eq!(rig.told(), [described(Configuration2), ON], "CFG-3 stays in use");
    // Another time is no change.
    let mut later = sample(Cfg2);
    later.time.second += 60;
    rig.take_configuration(&later);
    assert_eq!(rig.told(), []);
    rig.take_configuration(&changed(Cfg3));
    let told = rig.told();
    assert_eq!(told, [described(Configuration3), Told::Configuration(Cfg3), ASK_HEADER]);
}

#[test]
fn a_configuration_in_pieces_may_take_its_time() {
    let mut large = sample(Cfg3);
    large.pmus.resize(900, large.pmus[0].clone());
    for pmu in &mut large.pmus {
        (pmu.phasors, pmu.analogs) = (Vec::new(), Vec::new());
    }
    let frames = large.encode_frames().unwrap();
    assert!(frames.len() > 1);
    let mut rig = Rig::new(settings().stop_first(false), Channels::Stream);
    rig.session.connected(rig.now);
    assert_eq!(rig.told(), [ASK_CFG3]);
    for frame in &frames {
        // Half of a frame is a sign of life, too.
        let (first, second) = frame.split_at(frame.len() / 2);
        rig.take(first);
        assert_eq!(rig.wait(seconds(4)), []);
        rig.take(second);
        assert_eq!(rig.wait(seconds(4)).is_empty(), frame != frames.last().unwrap());
    }
    assert_eq!(rig.session.configuration().unwrap().pmus.len(), 900);

    // One that never ends is given up.
    let mut rig = Rig::new(settings().stop_first(false), Channels::Stream);
    rig.session.connected(rig.now);
    let mut told = rig.told();
    for _ in 0..20 {
        rig.take(&frames[0]);
        told.extend(rig.wait(seconds(4)));
    }
    assert_eq!(told, [ASK_CFG3, ASK_CFG2]);
}

#[test]
fn damaged_and_missing_pieces_are_refused_and_the_next_try_succeeds() {
    let mut large = sample(Cfg3);
    large.pmus.resize(900, large.pmus[0].clone());
    for pmu in &mut large.pmus {
        (pmu.phasors, pmu.analogs) = (Vec::new(), Vec::new());
    }
    let frames = large.encode_frames().unwrap();
    let mut rig = Rig::new(settings().stop_first(false), Channels::Datagrams);
    rig.session.connected(rig.now);
    rig.take(frames.last().unwrap());
    assert_eq!(rig.session.counters().refused_configurations, 1);
    rig.take_configuration(&large);
    assert_eq!(rig.told(), [ASK_CFG3, Told::Configuration(Cfg3), ON]);
}

#[test]
fn frames_of_other_streams_are_dropped_counted_and_told() {
    let mut rig = Rig::receiving(settings(), Channels::Stream, Cfg2);
    let mut other = sample(Cfg2);
    other.id_code = 8;
    for second in 0..50 {
        rig.take_data(&other, second);
    }
    assert_eq!(rig.told(), []);
    assert_eq!(rig.session.counters().other_ids, 50);
    assert_eq!(rig.messages.len(), 5, "{:?}", rig.messages);
    assert!(rig.messages[0].contains("accessID=8"), "{}", rig.messages[0]);
}

#[test]
fn a_device_that_speaks_ieee_1344_is_told_once() {
    let frame = |second: u8| {
        // SOC, sample count, status with the length, a phasor, frequency and its rate of change.
        let mut frame = vec![0xEC, 0xD1, 0x0A, second, 0, 7, 0, 18, 1, 2, 3, 4, 0, 5, 0, 0];
        let check = check_word(&frame);
        frame.extend_from_slice(&check.to_be_bytes());
        frame
    };
    for channels in [Channels::Stream, Channels::SpontaneousDatagrams] {
        let mut rig = Rig::new(settings(), channels);
        for second in 0..3 {
            rig.session.connected(rig.now);
            rig.take(&frame(second));
            rig.take(&frame(second + 1));
            // So often that the same text would be told again.
            rig.wait(seconds(600));
        }
        let told = rig.messages.iter().filter(|text| text.contains("IEEE 1344")).count();
        assert_eq!(told, 1, "{:?}", rig.messages);
        // Not where it speaks C37.118.
        let mut rig = Rig::new(settings(), channels);
        rig.session.connected(rig.now);
        rig.take_data(&sample(Cfg2), 1);
        rig.session.connected(rig.now);
        rig.take(&frame(0));
        rig.told();
        assert!(!rig.messages.iter().any(|text| text.contains("IEEE 1344")), "{:?}", rig.messages);
    }
}

#[test]
fn a_device_that_speaks_version_3_is_told_by_its_name() {
    for channels in [Channels::Stream, Channels::SpontaneousDatagrams] {
        let mut rig = Rig::new(settings(), channels);
        rig.session.connected(rig.now);
        let mut frame = Vec::new();
        sample(Cfg2).encode(&mut frame).unwrap();
        frame[1] = 0x33;
        (0..3).for_each(|_| rig.take(&frame));
        rig.told();
        assert!(rig.messages.iter().all(|text| text.contains("version 3 of C37.118")), "{:?}", rig.messages);
        assert!(!rig.messages.is_empty());
        assert!(rig.session.configuration().is_none());
    }
}

#[test]
fn without_an_id_code_the_first_stream_is_taken() {
    let mut rig = Rig::new(settings().id_code(0), Channels::Stream);
    rig.session.connected(rig.now);
    rig.take_data(&sample(Cfg2), 1);
    rig.wait(seconds(1));
    let mut other = sample(Cfg2);
    other.id_code = 8;
    rig.take_configuration(&other);
    rig.take_configuration(&sample(Cfg2));
    assert_eq!(rig.told(), [Told::Configuration(Cfg2), ON]);
    assert_eq!(rig.session.counters().other_ids, 1);
    // Another device may be behind another connection.
    rig.session.connected(rig.now);
    rig.wait(seconds(1));
    rig.take_configuration(&other);
    assert_eq!(rig.told(), [Told::Configuration(Cfg2), ON]);
}

#[test]
fn without_an_id_code_nothing_but_a_configuration_tells_that_of_a_device_that_is_not_asked() {
    let mut rig = Rig::new(settings().id_code(0), Channels::SpontaneousDatagrams);
    rig.session.connected(rig.now);
    let mut command = Vec::new();
    encode_command(&mut command, Version::V1, 99, FrameTime::default(), &Command::StartData).unwrap();
    let mut stray = sample(Cfg2);
    stray.id_code = 98;
    rig.take(&command);
    rig.take_data(&stray, 1);
    rig.take_configuration(&sample(Cfg2));
    rig.take_data(&stray, 2);
    rig.take_data(&sample(Cfg2), 3);
    assert_eq!(rig.told(), [Told::Configuration(Cfg2), Data(3)]);
    let counters = rig.session.counters();
    assert_eq!((counters.unusable_frames, counters.early_frames, counters.other_ids), (1, 1, 1));
    // A stray configuration counts until the silence after it.
    assert_eq!(rig.wait(seconds(60)), [Reconnect]);
    rig.session.connected(rig.now);
    rig.take_configuration(&stray);
    rig.take_configuration(&sample(Cfg2));
    assert_eq!(rig.told(), [Told::Configuration(Cfg2)]);
    assert_eq!(rig.wait(seconds(60)), [Reconnect]);
    rig.session.connected(rig.now);
    rig.take_configuration(&sample(Cfg2));
    rig.take_data(&sample(Cfg2), 4);
    assert_eq!(rig.told(), [Told::Configuration(Cfg2), Data(4)]);
}

#[test]
fn data_before_their_configuration_are_kept_out() {
    let mut rig = Rig::new(settings(), Channels::Stream);
    rig.session.connected(rig.now);
    rig.take_data(&sample(Cfg3), 1);
    rig.wait(seconds(1));
    rig.take_data(&sample(Cfg3), 2);
    rig.take_configuration(&sample(Cfg3));
    rig.take_data(&sample(Cfg3), 3);
    assert_eq!(rig.told(), [Told::Configuration(Cfg3), ON, Data(3)]);
    assert_eq!(rig.session.counters().early_frames, 2);
    // The configuration may be another one after the connection was lost.
    rig.session.connected(rig.now);
    rig.take_data(&sample(Cfg3), 4);
    assert_eq!(rig.told(), [OFF]);
    assert_eq!(rig.session.counters().early_frames, 3);
}

#[test]
fn data_that_do_not_fit_are_dropped_and_the_configuration_is_asked_for_again() {
    let mut rig = Rig::receiving(settings(), Channels::Stream, Cfg3);
    rig.wait(seconds(4));
    rig.take_data(&sample(Cfg3), 1);
    for second in 2..12 {
        rig.take_data(&changed(Cfg3), second);
    }
    assert_eq!(rig.told(), [Data(1)]);
    // Not more often than every five seconds.
    assert_eq!(rig.wait(seconds(1)), [ASK_CFG3]);
    rig.take_configuration(&changed(Cfg3));
    rig.take_data(&changed(Cfg3), 12);
    rig.take_data(&sample(Cfg3), 13);
    assert_eq!(rig.told(), [Told::Configuration(Cfg3), Data(12)]);
    assert_eq!(rig.session.counters().misfit_frames, 11);
}

#[test]
fn a_change_that_is_announced_is_asked_for_when_it_begins_and_when_it_is_over() {
    let mut rig = Rig::receiving(settings().silence(seconds(100)), Channels::Stream, Cfg2);
    let change = StatusWord(StatusWord::CONFIGURATION_CHANGE);
    let mut told = rig.wait(seconds(10));
    for second in 0..3 {
        rig.take(&data(&sample(Cfg2), second, change));
    }
    told.extend(rig.told());
    assert_eq!(told, [Data(0), ASK_CFG3, Data(1), Data(2)], "the one in use stays meanwhile");
    rig.take_configuration(&sample(Cfg2));
    rig.wait(seconds(10));
    rig.take_data(&sample(Cfg2), 3);
    assert_eq!(rig.told(), [Data(3), ASK_CFG3]);
    let mut renamed = sample(Cfg2);
    renamed.pmus[0].station = Name::new("RENAMED");
    rig.take_configuration(&renamed);
    rig.take_data(&renamed, 4);
    assert_eq!(rig.told(), [Told::Configuration(Cfg2), Data(4)]);
    assert_eq!(rig.session.configuration().unwrap().pmus[0].station.to_string(), "RENAMED");
}

#[test]
fn a_question_under_way_that_is_not_answered_leaves_the_configuration_in_use() {
    let settings = settings().silence(seconds(1000)).max_questions(2);
    let mut rig = Rig::receiving(settings, Channels::Stream, Cfg2);
    rig.wait(seconds(10));
    rig.take(&data(&sample(Cfg2), 0, StatusWord(StatusWord::CONFIGURATION_CHANGE)));
    assert_eq!(rig.wait(seconds(60)), [Data(0), ASK_CFG3, ASK_CFG2]);
    rig.take(&data(&sample(Cfg2), 1, StatusWord(StatusWord::CONFIGURATION_CHANGE)));
    assert_eq!(rig.told(), [Data(1)]);
    assert!(rig.messages.iter().any(|text| text.contains("stays in use")), "{:?}", rig.messages);
}

#[test]
fn configurations_that_come_unasked_are_followed_and_lesser_forms_are_not() {
    let mut rig = Rig::receiving(settings(), Channels::Stream, Cfg3);
    rig.wait(seconds(10));
    rig.session.handle_timeout(rig.now);
    rig.told();
    rig.take_configuration(&sample(Cfg2));
    rig.take_configuration(&sample(Cfg1));
    assert_eq!(rig.told(), []);
    // A lesser form that says something else tells that the better one is outdated.
    rig.take_configuration(&changed(Cfg2));
    assert_eq!(rig.told(), [ASK_CFG3]);
    rig.take_configuration(&changed(Cfg3));
    assert_eq!(rig.told(), [Told::Configuration(Cfg3)]);
    rig.take_data(&changed(Cfg3), 1);
    assert_eq!(rig.told(), [Data(1)]);
}
