//! The tables, the documents and the reader agree.

mod documents;
mod strings;

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::table::Table;
use super::values::{read_seconds, seconds_text};
use super::*;

fn subscriber(text: &str) -> Result<SubscriberSetup, SettingError> {
    text.parse()
}

fn publisher(text: &str) -> Result<PublisherSetup, SettingError> {
    text.parse()
}

/// The settings that hold a value.
fn values<S: Setup>() -> impl Iterator<Item = &'static Setting> {
    let settings = S::table().settings();
    let says_it_anew = |setting: &Setting| {
        setting.repeats_others || setting.group().is_some_and(|group| settings[group].repeats_others)
    };
    settings.iter().filter(move |setting| !setting.is_group() && !says_it_anew(setting))
}

const FINGERPRINT: &str =
    "AB:CD:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:01";

/// A value that differs from the default, and what must be set before it.
fn sample(setting: &Setting) -> (&'static str, String) {
    let default = &setting.default;
    let before = match &*setting.key {
        "interface" => "port=7175",
        "stopTimeConstraint" => "startTimeConstraint=*-1h",
        "dataChannel.multicastGroup" | "dataChannel.receiveBufferSize" => "dataChannel=9600",
        "dataChannel.interface" => "dataChannel={port=9600; multicastGroup=239.1.2.3}",
        "overflowWaitTimeout" => "overflow=wait",
        _ => "",
    };
    let value = match setting.kind {
        SettingKind::Flag => (default == "false").to_string(),
        SettingKind::Integer => {
            let next = default.parse::<i64>().unwrap() + 1;
            if setting.most.parse::<i64>().is_ok_and(|most| next > most) {
                setting.least.clone()
            } else {
                next.to_string()
            }
        }
        SettingKind::Seconds => seconds_text(read_seconds(default).unwrap() + Duration::from_millis(2500)),
        SettingKind::Choice => {
            let position = setting.words.iter().position(|word| word == default).unwrap();
            setting.words[(position + 1) % setting.words.len()].to_owned()
        }
        SettingKind::Text | SettingKind::Group => match &*setting.key {
            "server" => "pdc.example.com:7165",
            "port" | "dataPort" | "udpPort" => "7175",
            "udpTargets" => "192.0.2.7:4713, 239.1.2.3:4713",
            "interface" | "dataChannel.interface" | "dataInterface" => "127.0.0.1",
            "maxRetries" => "3",
            "nodeId" => "12345678-9abc-def0-1234-56789abcdef0",
            "startTimeConstraint" => "*-20m",
            "stopTimeConstraint" => "2026-01-31 08:30:00",
            "extraParameters" => "myKey={my value};other={a;b}",
            "dataChannel.port" => "9600",
            "dataChannel.multicastGroup" | "multicastGroup" => "239.1.2.3",
            "dataGapRecovery.startRecoveryBuffer" => "-7.5",
            "allowedAddresses" | "deniedAddresses" | "addresses" => "10.0.0.0/8, fd00::1",
            "certificate" => FINGERPRINT,
            "validPolicyErrors" => "RemoteCertificateNameMismatch",
            "validChainFlags" => "NotTimeValid",
            _ => "FILTER A WHERE B = 'x;y';PPA:1",
        }
        .to_owned(),
    };
    (before, value)
}

fn each_key_changes_its_own_setting<S: Setup + PartialEq + std::fmt::Debug>() {
    for setting in values::<S>() {
        let name = &setting.key;
        let (before, value) = sample(setting);
        let mut base = S::default();
        reader::apply(&mut base, before).unwrap();
        let mut changed = base.clone();
        setting.set(&mut changed, &value).unwrap_or_else(|error| panic!("{name}={value}: {error}"));
        assert_ne!(changed, base, "{name}={value} changes nothing");
        for other in values::<S>() {
            let (new, old) = (other.text(&changed), other.text(&base));
            assert_eq!(new != old, other.key == *name, "{name}={value} made {}={new} of {old}", other.key);
        }
        let mut back = changed.clone();
        setting.set(&mut back, &setting.text(&base)).unwrap();
        assert_eq!(back, base, "{name} cannot be set back");
    }
}

#[test]
fn every_key_changes_its_own_setting_and_no_other() {
    each_key_changes_its_own_setting::<SubscriberSetup>();
    each_key_changes_its_own_setting::<PublisherSetup>();
    each_key_changes_its_own_setting::<C37118InputSetup>();
    each_key_changes_its_own_setting::<C37118OutputSetup>();
    each_key_changes_its_own_setting::<BlockLinkSetup>();
    each_key_changes_its_own_setting::<RightsSection>();
}

/// As strings do, one at a time: the same values, and back to the defaults.
#[test]
fn single_settings_are_set_and_got() {
    fn check<S: Setup + PartialEq + std::fmt::Debug>() {
        for setting in values::<S>() {
            let (before, value) = sample(setting);
            let mut setup = S::default();
            reader::apply(&mut setup, before).unwrap();
            let key = setting.key.to_ascii_uppercase();
            assert_eq!(reader::get(&setup, &key).unwrap(), setting.default, "{key}");
            reader::set(&mut setup, &key, Some(&value)).unwrap_or_else(|error| panic!("{key}: {error}"));
            assert_eq!(reader::get(&setup, &key).unwrap(), value, "{key}");
            reader::set(&mut setup, &key, None).unwrap();
            assert_eq!(reader::get(&setup, &key).unwrap(), setting.default, "{key}");
        }
    }
    check::<SubscriberSetup>();
    check::<PublisherSetup>();
    check::<C37118InputSetup>();
    check::<C37118OutputSetup>();
    check::<BlockLinkSetup>();
    check::<RightsSection>();

    let mut setup = SubscriberSetup::default();
    setup.set("dataChannel", Some("port=9600; multicastGroup=239.1.2.3")).unwrap();
    assert_eq!(setup.get("DataChannel.localPort").unwrap(), "9600");
    assert_eq!(setup.get("dataChannel").unwrap(), "port=9600;multicastGroup=239.1.2.3");
    setup.set("dataChannel.multicastGroup", None).unwrap();
    assert_eq!(setup.get("dataChannel").unwrap(), "port=9600");
    setup.set("dataChannel", None).unwrap();
    assert_eq!(setup, SubscriberSetup::default());
    setup.set("compressionModes", Some("GZip")).unwrap();
    assert_eq!(setup.get("compression").unwrap(), "false");
    setup.set("internal", Some("true")).unwrap();

    for (key, value, told) in [
        ("servr", Some("a:1"), "unknown key \"servr\"; did you mean server?"),
        ("dataChannel.prt", Some("1"), "unknown key \"dataChannel.prt\"; did you mean port?"),
        (
            "server.port",
            Some("1"),
            "unknown key \"server.port\"; docs/connection-strings.md lists the keys of a subscriber",
        ),
        ("", None, "unknown key \"\"; docs/connection-strings.md lists the keys of a subscriber"),
        ("lagTime", Some("0"), "lagTime is \"0\"; give seconds, 0.001 or more"),
        ("readQueue", Some(""), "readQueue is \"\"; give measurements, 0 or more"),
        (
            "stopTimeConstraint",
            Some("*"),
            "stopTimeConstraint is the end of historical data; give startTimeConstraint, their beginning, too",
        ),
        ("securityMode", Some("SSL"), "securityMode is \"SSL\"; give None or TLS"),
    ] {
        let before = setup.clone();
        assert_eq!(setup.set(key, value).unwrap_err().to_string(), told, "{key}");
        assert_eq!(setup, before, "{key}");
    }
    assert!(setup.get("servr").is_err());
}

#[test]
fn numbers_of_programs_are_brought_within_their_bounds() {
    let settings = PublisherSettings::default()
        .send_queue_limit(0)
        .history_duration(Duration::MAX)
        .encryption(EncryptionSettings::default().rotation(Duration::ZERO))
        .udp(UdpSettings::default().datagram_size(usize::MAX).multicast_ttl(0))
        .overflow(Overflow::Wait { timeout: None })
        .within_limits();
    assert_eq!(settings.send_queue_limit, SMALLEST_SEND_QUEUE);
    assert_eq!(settings.history_duration, row::LONGEST);
    assert_eq!(settings.encryption.rotation, SHORTEST_ROTATION);
    assert_eq!((settings.udp.datagram_size, settings.udp.multicast_ttl), (LARGEST_DATAGRAM, 1));
    assert_eq!(settings.overflow, Overflow::Wait { timeout: None });
    assert_eq!(PublisherSettings::default().within_limits(), PublisherSettings::default());
}

fn names_are_unique<'t>(settings: impl Iterator<Item = (usize, &'t Setting)>) {
    let names: Vec<_> =
        settings.flat_map(|(_, setting)| setting.names()).map(str::to_ascii_lowercase).collect();
    assert!(names.iter().all(|name| !name.is_empty() && !name.contains('.')), "{names:?}");
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
}

#[test]
fn every_name_means_one_thing() {
    fn check<S: Setup>() {
        let table: &Table = S::table();
        names_are_unique(table.outermost());
        for (number, setting) in table.settings().iter().enumerate().filter(|(_, setting)| setting.is_group())
        {
            names_are_unique(table.members(number));
            assert!(setting.bare().is_none_or(|bare| table.find_in(number, bare).is_some()));
        }
        for foreign in S::FOREIGN {
            assert_eq!(table.find(foreign.name), None, "{}", foreign.name);
        }
        let names: BTreeSet<_> = S::FOREIGN.iter().map(|foreign| foreign.name.to_ascii_lowercase()).collect();
        assert_eq!(names.len(), S::FOREIGN.len());
    }
    check::<SubscriberSetup>();
    check::<PublisherSetup>();
    check::<C37118InputSetup>();
    check::<C37118OutputSetup>();
    check::<BlockLinkSetup>();
}

/// Every key with its sample: alone, and all in one string.
#[test]
fn setups_are_written_and_read_back() {
    fn check<S: Setup + PartialEq + std::fmt::Debug>() {
        let mut all = S::default();
        for setting in values::<S>() {
            let (before, value) = sample(setting);
            let mut setup = S::default();
            reader::apply(&mut setup, before).unwrap();
            setting.set(&mut setup, &value).unwrap();
            // A port is for listening, a server is not.
            if setting.key != "server" {
                reader::apply(&mut all, before).unwrap();
                setting.set(&mut all, &value).unwrap();
            }
            let mut read = S::default();
            reader::apply(&mut read, &writer::write(&setup).to_string())
                .unwrap_or_else(|error| panic!("{}: {error}", setting.key));
            assert_eq!(read, setup, "{}", setting.key);
        }
        let mut read = S::default();
        reader::apply(&mut read, &writer::write(&all).to_string()).unwrap();
        assert_eq!(read, all);
    }
    check::<SubscriberSetup>();
    check::<PublisherSetup>();
    check::<C37118InputSetup>();
    check::<C37118OutputSetup>();
    check::<BlockLinkSetup>();
    assert_eq!(SubscriberSetup::default().to_string(), "");
    assert_eq!(PublisherSetup::default().to_string(), "");
    assert_eq!(C37118InputSetup::default().to_string(), "");
    assert_eq!(C37118OutputSetup::default().to_string(), "");
    assert_eq!(BlockLinkSetup::default().to_string(), "");
}

fn known_names() -> Vec<String> {
    let settings = [SubscriberSetup::table_of_settings(), PublisherSetup::table_of_settings()].concat();
    let mut names: Vec<_> = settings.iter().map(|setting| setting.key.replace('.', "={")).collect();
    names.extend(settings.iter().flat_map(|setting| setting.aliases.iter().map(|name| (*name).to_owned())));
    names
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,60}") {
        let _ = (subscriber(&text), publisher(&text));
    }

    #[test]
    fn what_is_read_is_written_and_read_the_same(
        keys in prop::collection::vec((prop::sample::select(known_names()), "[-0-9.a-z{}=;, ]{0,12}|[0-9]{1,4}|true|false"), 0..4),
    ) {
        let text: String = keys.iter().map(|(key, value)| format!("{key}={value}{};", if key.contains('{') { "}" } else { "" })).collect();
        if let Ok(setup) = subscriber(&text) {
            prop_assert_eq!(subscriber(&setup.to_string()), Ok(setup));
        }
        if let Ok(setup) = publisher(&text) {
            prop_assert_eq!(publisher(&setup.to_string()), Ok(setup));
        }
    }
}
