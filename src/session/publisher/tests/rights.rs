//! What subscribers may, and what becomes of it when that changes.

use super::*;
use crate::rights::{Admission, AuditSubject, Grant, Rights};
use crate::settings::RightsSettings;

/// Rights of everybody.
fn for_all(section: &str) -> Option<Arc<Rights>> {
    Some(Arc::new(Rights::parse(&format!("[others]\n{section}\n"), "rights").unwrap()))
}

impl Publisher {
    /// A publisher whose subscriber has told its modes, and may what the section says.
    fn with_rights(modes: u32, section: &str) -> Publisher {
        let mut publisher = Publisher::new(PublisherSettings::default());
        publisher.session.set_rights(for_all(section), publisher.now);
        publisher.send(Command::DefineOperationalModes, &modes.to_be_bytes());
        publisher.answers();
        publisher.audits.clear();
        publisher
    }

    /// The signals and the unauthorized signals of the newest cache among the answers.
    fn cache(&mut self) -> (Vec<Uuid>, Vec<Uuid>) {
        let answers = self.answers();
        let cache = answers.iter().rfind(|answer| answer.response == 0x83).expect("a signal index cache");
        let cache = SignalIndexCache::decode(&cache.payload[1..], TextEncoding::Utf8).unwrap();
        (cache.records().iter().map(|record| record.signal_id).collect(), cache.unauthorized().to_vec())
    }

    /// Measurements in the data packets that wait.
    fn sent_measurements(&mut self) -> u32 {
        let answers = self.answers();
        let packets = answers.iter().filter(|answer| answer.response == 0x82);
        packets.map(|packet| u32::from_be_bytes(packet.payload[1..5].try_into().unwrap())).sum()
    }

    fn metadata(&mut self, filters: &str) -> String {
        self.send(
            Command::MetadataRefresh,
            &[&(filters.len() as u32).to_be_bytes()[..], filters.as_bytes()].concat(),
        );
        self.answer_long_requests();
        let answer = self.answers().pop().unwrap();
        assert_eq!(answer.command, 0x01);
        answer.text(TextEncoding::Utf8)
    }

    fn audit(&mut self) -> Vec<(AuditSubject, bool)> {
        self.poll();
        self.audits.drain(..).map(|audit| (audit.subject, audit.accepted)).collect()
    }
}

const ALL: &str = "filterExpression={FILTER ActiveMeasurements WHERE True}";
const EVEN: &str = "signals = ALLOW WHERE True\ndeny = DAM:1; DAM:3; \"TAG-5\"; \"TAG-7\"; \"TAG-9\"";

#[test]
fn what_is_not_allowed_is_listed_and_not_sent() {
    for modes in [PLAIN, TSSC] {
        let mut publisher = Publisher::with_rights(modes, EVEN);
        publisher.subscribe(ALL);
        assert_eq!(publisher.cache(), (signal_ids(&[0, 2, 4, 6, 8]), signal_ids(&[1, 3, 5, 7, 9])));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        publisher.publish(&[0, 1, 2, 3]);
        assert_eq!(publisher.sent_measurements(), 2);
        publisher.subscribe(&filter(&[1, 2]));
        assert_eq!(publisher.cache(), (signal_ids(&[2]), signal_ids(&[1])));
    }
}

#[test]
fn where_it_is_not_to_be_told_hidden_signals_do_not_exist() {
    let mut publisher = Publisher::with_rights(PLAIN, &format!("{EVEN}\ntellUnauthorized = false"));
    publisher.subscribe("filterExpression={FILTER TOP 2 ActiveMeasurements WHERE True}");
    assert_eq!(publisher.cache(), (signal_ids(&[0, 2]), vec![]));
}

#[test]
fn metadata_have_nothing_of_what_is_hidden() {
    let mut publisher = Publisher::with_rights(PLAIN, EVEN);
    for filters in ["", "FILTER MeasurementDetail WHERE True", "FILTER TOP 3 MeasurementDetail WHERE True"] {
        let metadata = publisher.metadata(filters);
        for row in 0..10 {
            let is_wanted = row % 2 == 0 && (!filters.contains("TOP") || row < 6);
            assert_eq!(metadata.contains(&format!("TAG-{row}")), is_wanted, "{row} with {filters:?}");
            assert_eq!(metadata.contains(&signal_id(row).to_string()), is_wanted, "{row} with {filters:?}");
        }
    }
}

#[test]
fn those_with_equal_rights_and_wishes_share_a_stream() {
    let mut publisher = Publisher::with_rights(TSSC, EVEN);
    for _ in 0..3 {
        publisher.connect();
        publisher.send(Command::DefineOperationalModes, &TSSC.to_be_bytes());
        publisher.subscribe(ALL);
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
    }
    assert_eq!(publisher.session.feed.streams.len(), 1);
}

#[test]
fn who_is_not_let_in_is_told_nothing() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    let section = "[subscriber a]\naddresses = 10.0.0.1\nsignals =\n";
    publisher.session.set_rights(Some(Arc::new(Rights::parse(section, "rights").unwrap())), publisher.now);
    publisher.poll();
    assert!(matches!(publisher.closes[..], [CloseReason::NotAdmitted(_)]), "it was connected before");
    publisher.closes.clear();
    publisher.audits.clear();
    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    assert_eq!(publisher.session.queue(publisher.key()).unwrap().len(), 0);
    assert!(publisher.closes[0].is_immediate());
    assert_eq!(publisher.audit(), [(AuditSubject::Connection, false)]);
    assert!(!publisher.events.iter().any(|event| matches!(event, PublisherEvent::Connected(_))));
}

#[test]
fn what_the_application_decides_counts() {
    let mut publisher = Publisher::with_rights(PLAIN, EVEN);
    let grant = Grant::new("own", RightsSettings::default().allow("DAM:1".into())).unwrap();
    for (admission, signals) in [
        (Admission::Granted(Arc::new(grant)), Some(&[1][..])),
        (Admission::Refused("not today".into()), None),
        (Admission::ByRights, Some(&[2])),
    ] {
        let new = NewConnection {
            admission,
            ..NewConnection::accepted(publisher.id() + 1, ([127, 0, 0, 1], 9).into())
        };
        publisher.peer = (new.id, publisher.session.open(new, publisher.now));
        publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
        let answers = publisher.answers();
        assert_eq!(answers.is_empty(), signals.is_none());
        if let Some(rows) = signals {
            publisher.subscribe(&filter(&[1, 2]));
            assert_eq!(publisher.cache().0, signal_ids(rows));
        }
    }
    assert!(publisher.audits.iter().any(|audit| !audit.accepted && audit.reason.contains("not today")));
}

#[test]
fn requests_that_are_not_allowed_are_refused_and_recorded() {
    let section =
        "signals = ALLOW WHERE True\nmetadata = false\ntemporal = false\nudp = false\nuserCommands = false";
    let mut publisher = Publisher::with_rights(PLAIN, section);
    let told = |publisher: &mut Publisher, what: &str| {
        let answer = publisher.answers().pop().unwrap();
        assert_eq!(answer.response, 0x81);
        let text = answer.text(TextEncoding::Utf8);
        assert!(text.contains(what), "{text}");
    };
    publisher.send(Command::MetadataRefresh, &[]);
    told(&mut publisher, "may not have metadata");
    publisher.send(Command::GetPrimaryMetadataSchema, &[]);
    told(&mut publisher, "may not have metadata");
    publisher.subscribe(&format!("startTimeConstraint=*-1h;{ALL}"));
    told(&mut publisher, "historical data");
    publisher.subscribe(&format!("dataChannel={{localport=9600}};{ALL}"));
    told(&mut publisher, "by TCP only");
    publisher.send(Command::User(3), b"x");
    told(&mut publisher, "user commands, as command 3");
    assert!(!publisher.take_events().iter().any(|event| matches!(event, PublisherEvent::UserCommand { .. })));
    publisher.subscribe(ALL);
    let recorded = publisher.audit();
    assert_eq!(
        recorded,
        [
            (AuditSubject::Metadata, false),
            (AuditSubject::Metadata, false),
            (AuditSubject::HistoricalData, false),
            (AuditSubject::Subscription, false),
            (AuditSubject::UserCommand, false),
            (AuditSubject::Subscription, true),
        ]
    );
}

#[test]
fn signals_that_are_taken_away_are_not_sent_before_the_new_cache_is_confirmed() {
    for modes in [PLAIN, TSSC] {
        let mut publisher = Publisher::with_rights(modes, "signals = ALLOW WHERE True");
        publisher.subscribe(&filter(&[1, 2, 3]));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        publisher.publish(&[1, 2, 3]);
        assert_eq!(publisher.sent_measurements(), 3);
        publisher.session.set_rights(for_all(EVEN), publisher.now);
        publisher.publish(&[1, 2, 3]);
        let answers = publisher.answers();
        assert!(answers.iter().any(|answer| answer.response == 0x8A), "it is to ask for metadata again");
        let caches: Vec<_> = answers.iter().filter(|answer| answer.response == 0x83).collect();
        assert_eq!(slot_and_signals(caches[0]), (1, signal_ids(&[2])));
        let packet = answers.iter().find(|answer| answer.response == 0x82).unwrap();
        assert_eq!(packet.payload[1..5], [0, 0, 0, 1], "of three signals one is left");
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        publisher.publish(&[1, 2, 3]);
        assert_eq!(publisher.sent_measurements(), 1);
        // And back.
        publisher.session.set_rights(for_all("signals = ALLOW WHERE True"), publisher.now);
        assert_eq!(publisher.cache().0, signal_ids(&[1, 2, 3]));
        publisher.send(Command::ConfirmSignalIndexCache, &[]);
        publisher.publish(&[1, 2, 3]);
        assert_eq!(publisher.sent_measurements(), 3);
    }
}

#[test]
fn a_cache_on_its_way_brings_nothing_that_was_taken_away_meanwhile() {
    let mut publisher = Publisher::with_rights(PLAIN, "signals = ALLOW WHERE True");
    publisher.subscribe(&filter(&[1, 2]));
    publisher.session.set_rights(for_all(EVEN), publisher.now);
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.publish(&[1, 2]);
    assert_eq!(publisher.sent_measurements(), 1);
}

#[test]
fn other_metadata_are_judged_anew() {
    let section = "signals = ALLOW WHERE PointTag < 'TAG-2' OR PointTag > 'TAG-3'";
    let mut publisher = Publisher::with_rights(PLAIN, section);
    publisher.subscribe(ALL);
    assert_eq!(publisher.cache().1, signal_ids(&[2, 3]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.session.set_catalog(catalog(4), publisher.now);
    assert_eq!(publisher.cache(), (signal_ids(&[0, 1]), signal_ids(&[2, 3])));
}

#[test]
fn long_requests_see_what_is_allowed_when_they_are_answered() {
    let mut publisher = Publisher::with_rights(PLAIN, "signals = ALLOW WHERE True");
    publisher.session.set_catalog(catalog(5_000), publisher.now);
    publisher.answers();
    publisher.send(Command::MetadataRefresh, &[]);
    let requests = publisher.long_requests();
    assert_eq!(requests.len(), 1);
    publisher.session.set_rights(for_all(EVEN), publisher.now);
    publisher.session.finish_work(WorkResult::Answer(requests[0].answer()), publisher.now);
    let answer = publisher.answers().pop().unwrap();
    assert_eq!(answer.response, 0x81, "what was written may be too much now");
    let metadata = publisher.metadata("FILTER TOP 5 MeasurementDetail WHERE True");
    assert!(metadata.contains("TAG-2") && !metadata.contains("TAG-1<"), "{metadata}");
}

#[test]
fn rates_have_their_limits() {
    let section = "signals = ALLOW WHERE True\nmeasurementsPerSecond = 5\nmetadataRequestsPerMinute = 2\n\
                   maxFilterSteps = 5";
    let mut publisher = Publisher::with_rights(PLAIN, section);
    let refused = |publisher: &mut Publisher| {
        publisher.send(Command::MetadataRefresh, &[]);
        publisher.answers().pop().unwrap().response == 0x81
    };
    assert_eq!([(); 2].map(|()| refused(&mut publisher)), [false, false]);
    publisher.send(Command::MetadataRefresh, &[]);
    let text = publisher.answers().pop().unwrap().text(TextEncoding::Utf8);
    assert!(text.contains("2 times a minute (metadataRequestsPerMinute)"), "{text}");
    publisher.wait(Duration::from_secs(60));
    assert!(!refused(&mut publisher));
    publisher.subscribe(ALL);
    let text = publisher.answers().pop().unwrap().text(TextEncoding::Utf8);
    assert!(text.contains("more than 5 steps: its rights allow no more (maxFilterSteps)"), "{text}");
    publisher.subscribe(&filter(&[1, 2]));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    for _ in 0..4 {
        publisher.publish(&[1, 2]);
    }
    assert_eq!(publisher.sent_measurements(), 4);
    publisher.now += Duration::from_secs(1);
    publisher.publish(&[1, 2]);
    assert_eq!(publisher.sent_measurements(), 2);
    publisher.take_events();
    publisher.wait(Duration::from_secs(5));
    let told = publisher.take_events().into_iter().any(
        |event| matches!(event, PublisherEvent::Message(_, text) if text.contains("dropped 4 measurements") && text.contains("measurementsPerSecond")),
    );
    assert!(told);
}

#[test]
fn udp_ends_when_it_is_not_allowed_any_more() {
    let mut publisher = Publisher::with_rights(PLAIN, "signals = ALLOW WHERE True");
    publisher.subscribe(&format!("dataChannel={{localport=9600}};{}", filter(&[1])));
    publisher.send(Command::ConfirmSignalIndexCache, &[]);
    publisher.answers();
    publisher.session.set_rights(for_all("signals = ALLOW WHERE True\nudp = false"), publisher.now);
    let answers = publisher.answers();
    assert!(answers.iter().any(|answer| answer.response == 0x81), "{answers:?}");
    assert!(!publisher.session.info(publisher.id()).unwrap().subscribed);
    assert_eq!(publisher.session.channel(ChannelId::Connection(publisher.key())), None);
}

#[test]
fn nothing_is_told_before_the_application_knows() {
    let mut publisher = Publisher::new(PublisherSettings::default());
    publisher.session = PublisherSession::new(PublisherSettings::default(), catalog(10)).telling_first();
    publisher.connect();
    let modes = command_frame(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    let metadata = command_frame(Command::MetadataRefresh, &[]);
    publisher.receive(&[modes, metadata.clone()].concat());
    publisher.receive(&metadata);
    assert_eq!(publisher.answer_codes(), [(0x80, 0x06)]);
    publisher.session.end(publisher.id());
    publisher.session.was_told(publisher.id(), publisher.now);
    publisher.receive(&metadata);
    assert_eq!(publisher.answers(), []);

    publisher.connect();
    publisher.send(Command::DefineOperationalModes, &PLAIN.to_be_bytes());
    publisher.send(Command::MetadataRefresh, &[]);
    assert_eq!(publisher.answer_codes(), [(0x80, 0x06)]);
    publisher.session.was_told(publisher.id(), publisher.now);
    assert_eq!(publisher.answer_codes(), [(0x80, 0x01)]);
}
