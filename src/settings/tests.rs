//! The tables, the document and the reader agree.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;
use std::{env, fs};

use proptest::prelude::*;

use super::foreign::Treatment;
use super::table::Table;
use super::values::{read_seconds, seconds_text};
use super::*;
use crate::wire::Version;
use crate::wire::connection_string::ConnectionStringError;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/connection-strings.md");

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

#[test]
fn every_setting_is_documented() {
    let roles = [
        SubscriberSetup::table_of_settings(),
        PublisherSetup::table_of_settings(),
        C37118InputSetup::table_of_settings(),
        C37118OutputSetup::table_of_settings(),
        BlockLinkSetup::table_of_settings(),
    ];
    for setting in roles.into_iter().chain([RightsSection::table_of_settings()]).flatten() {
        assert!(!setting.summary.is_empty() && setting.summary.len() <= 110, "{setting:?}");
        assert!(setting.document.starts_with(&setting.summary), "{setting:?}");
        assert!(setting.document.ends_with('.'), "{setting:?}");
        assert!(!setting.value.is_empty(), "{setting:?}");
    }
}

/// The tables of the document between `<!-- NAME -->` and `<!-- end -->`.
fn documented<S: Setup>() -> [(String, String); 2] {
    let code = |text: &str| if text.is_empty() { String::new() } else { format!("`{text}`") };
    let list = |texts: &[&str]| texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
    let mut keys =
        String::from("| key | also | value | default | meaning |\n| --- | --- | --- | --- | --- |\n");
    for setting in S::table().settings() {
        let Setting { key, value, summary, .. } = setting;
        let (also, default) = (list(setting.aliases), code(&setting.default));
        writeln!(keys, "| `{key}` | {also} | {value} | {default} | {summary} |").unwrap();
    }
    let mut foreign = String::from("| key | what becomes of it |\n| --- | --- |\n");
    for stranger in S::FOREIGN {
        let treatment = match &stranger.treatment {
            Treatment::Ignored => "no effect".to_owned(),
            Treatment::Only(_, advice) => format!("must be {advice}"),
            Treatment::Refused(advice) => format!("refused; {advice}"),
        };
        writeln!(foreign, "| `{}` | {treatment} |", stranger.name).unwrap();
    }
    [(format!("keys of a {}", S::ROLE), keys), (format!("other keys of a {}", S::ROLE), foreign)]
}

/// After a change of the tables: `STTP_UPDATE_KEYS=1 cargo test --lib settings`.
#[test]
fn the_documents_have_the_same_tables() {
    let [keys_of_a_section, _] = documented::<RightsSection>();
    let [keys_of_an_input, _] = documented::<C37118InputSetup>();
    let [keys_of_an_output, _] = documented::<C37118OutputSetup>();
    let [keys_of_a_link, _] = documented::<BlockLinkSetup>();
    for (document, tables) in [
        (SubscriberSetup::DOCUMENT, documented::<SubscriberSetup>().to_vec()),
        (PublisherSetup::DOCUMENT, documented::<PublisherSetup>().to_vec()),
        (RightsSection::DOCUMENT, vec![keys_of_a_section]),
        (C37118InputSetup::DOCUMENT, vec![keys_of_an_input, keys_of_an_output]),
        (BlockLinkSetup::DOCUMENT, vec![keys_of_a_link]),
    ] {
        let path = format!("{ROOT}/{document}");
        let mut document = fs::read_to_string(&path).unwrap();
        for (name, table) in tables {
            let start = format!("<!-- {name} -->\n");
            let from = document.find(&start).unwrap_or_else(|| panic!("no table of {name}")) + start.len();
            let length = document[from..].find("<!-- end -->").unwrap();
            if env::var_os("STTP_UPDATE_KEYS").is_some() {
                document.replace_range(from..from + length, &table);
            } else {
                assert_eq!(document[from..from + length], table, "the table of {name} in {path} is old");
            }
        }
        if env::var_os("STTP_UPDATE_KEYS").is_some() {
            fs::write(path, document).unwrap();
        }
    }
}

/// The indented lines and the code blocks of the document are strings that can be pasted.
#[test]
fn the_examples_of_the_document_are_read() {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let mut examples = 0;
    for block in document.split("```text ").skip(1) {
        let (role, rest) = block.split_once('\n').unwrap();
        let (text, _) = rest.split_once("```").unwrap();
        match role {
            "subscriber" => drop(subscriber(text).unwrap_or_else(|error| panic!("{text}: {error}"))),
            "input" => {
                drop(text.parse::<C37118InputSetup>().unwrap_or_else(|error| panic!("{text}: {error}")))
            }
            "output" => {
                drop(text.parse::<C37118OutputSetup>().unwrap_or_else(|error| panic!("{text}: {error}")))
            }
            "publisher" => drop(publisher(text).unwrap_or_else(|error| panic!("{text}: {error}"))),
            _ => panic!("an example for {role:?}"),
        }
        examples += 1;
    }
    assert!(examples >= 6, "{examples}");
}

#[test]
fn a_subscriber_as_openpdc_has_it() {
    let setup = subscriber(
        "interface=0.0.0.0; compression=false; autoConnect=true; securityMode=None; server=192.0.2.7:6165; \
         internal=False; receiveInternalMetadata=True; receiveExternalMetadata=False; \
         outputMeasurements={FILTER ActiveMeasurements WHERE Device IN ('PMU-A', 'PMU-B')}; \
         dataChannel={port=9600; interface=0.0.0.0}; \
         dataGapRecovery={enabled=true; recoveryStartDelay=10.0; minimumRecoverySpan=0.0; maximumRecoverySpan=3600.0}",
    )
    .unwrap();
    assert_eq!(setup.endpoint(), Ok(Endpoint::Connect("192.0.2.7:6165".into())));
    assert_eq!(setup.subscription.filter, "FILTER ActiveMeasurements WHERE Device IN ('PMU-A', 'PMU-B')");
    let settings = &setup.settings;
    assert!(!settings.compress_payload && settings.compress_metadata && settings.compress_signal_index_cache);
    assert!(settings.internal_metadata && !settings.external_metadata);
    assert_eq!(settings.udp.map(|udp| udp.port), Some(9600));
    assert!(settings.recovery.enabled);
    assert_eq!(settings.recovery.start_delay.as_secs(), 10);
    assert_eq!(settings.recovery.maximum_span.as_secs(), 3600);
}

/// As the wizards of openPDC and openHistorian write it: beside a command channel the other keys say where
/// measurements come in.
#[test]
fn data_channels_as_gsf_writes_them() {
    let wizard = "interface=0.0.0.0; autoConnect=true; securityMode=None; localport=9611; transportprotocol=udp; \
                  commandChannel={server=localhost:7165; interface=0.0.0.0}; internal=True; \
                  receiveInternalMetadata=True; receiveExternalMetadata=False; \
                  outputMeasurements={FILTER ActiveMeasurements WHERE True}";
    let reception = |text: &str| {
        let setup = subscriber(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let endpoint = setup.endpoint().unwrap();
        (endpoint, setup.settings.udp.map(|udp| (udp.port, udp.local_address.map(|ip| ip.to_string()))))
    };
    let connects = |port: Option<u16>| {
        (Endpoint::Connect("localhost:7165".into()), port.map(|port| (port, None::<String>)))
    };
    for (text, expected) in [
        (wizard, connects(Some(9611))),
        ("port=9611; commandChannel={server=localhost:7165}", connects(Some(9611))),
        ("COMMANDCHANNEL={server=localhost; port=7165}; LocalPort=9611", connects(Some(9611))),
        ("server=localhost:7165; localport=9611; transportProtocol=UDP", connects(Some(9611))),
        ("server=localhost:7165; dataChannelLocalPort=9611", connects(Some(9611))),
        ("server=localhost:7165; transportprotocol=udp; dataChannel={port=9611}", connects(Some(9611))),
        ("server=localhost:7165; transportprotocol=tcp", connects(None)),
        ("commandChannel={server=localhost:7165}; interface=::", connects(None)),
        ("server=localhost; port=7165; commandChannel={}", connects(None)),
        (
            "commandChannel={port=7175; interface=127.0.0.1}; port=9611",
            (Endpoint::Listen("127.0.0.1:7175".into()), Some((9611, None))),
        ),
    ] {
        assert_eq!(reception(text), expected, "{text}");
    }
    let (_, udp) = reception("interface=192.0.2.7; localport=9611; commandChannel={server=localhost:7165}");
    assert_eq!(udp, Some((9611, Some("192.0.2.7".into()))));

    for (text, told) in [
        (
            "server=pdc:7165; transportprotocol=udp",
            "transportProtocol is \"udp\"; give the port too: localport=PORT or dataChannel={port=PORT}",
        ),
        (
            "server=pdc:7165; transportprotocol=serial",
            "transportProtocol is \"serial\"; give Tcp, or Udp with a port for measurements: localport=PORT or \
             dataChannel={port=PORT}",
        ),
        ("server=pdc:7165; localport=9611", "unknown key \"localport\"; it belongs into dataChannel={...}"),
        (
            "localport=9611; port=9612; commandChannel={server=pdc:7165}",
            "dataChannel.port is set twice, by localport and by port; leave one out",
        ),
        (
            "localport=9611; dataChannel=9611; commandChannel={server=pdc:7165}",
            "dataChannel.port is set twice, by localport and by port; leave one out",
        ),
        (
            "localport=x; commandChannel={server=pdc:7165}",
            "dataChannel.port is \"x\"; give a port, 0 to 65535",
        ),
        (
            "interface=192.0.2.7; commandChannel={server=pdc:7165}",
            "interface is \"192.0.2.7\"; give an address only where a port to listen on is given; connections to a \
             server leave by the interface that leads there",
        ),
    ] {
        assert_eq!(subscriber(text).unwrap_err().to_string(), told, "{text}");
    }
    // Read back as this library writes it.
    let setup = subscriber(wizard).unwrap();
    assert_eq!(subscriber(&setup.to_string()).unwrap(), setup);
}

#[test]
fn where_the_connection_comes_from() {
    let endpoint = |text| subscriber(text).and_then(|setup| setup.endpoint());
    let connect = |address: &str| Ok(Endpoint::Connect(address.into()));
    let listen = |address: &str| Ok(Endpoint::Listen(address.into()));
    for (text, expected) in [
        ("server=pdc:7165", connect("pdc:7165")),
        ("SERVER = pdc ; Port = 7165", connect("pdc:7165")),
        ("server=::1;port=7165", connect("[::1]:7165")),
        ("server=[::1]:7165; interface=::0", connect("[::1]:7165")),
        ("commandChannel={server=pdc:7165; interface=0.0.0.0}", connect("pdc:7165")),
        ("port=7175", listen("*:7175")),
        ("commandChannel={port=7175; interface=0.0.0.0}", listen("0.0.0.0:7175")),
        ("port=0; interface=::", listen("[::]:0")),
        ("interface=127.0.0.1; server=; port=1", listen("127.0.0.1:1")),
    ] {
        assert_eq!(endpoint(text), expected, "{text}");
    }
    for wrong in [
        "",
        "filterExpression=PPA:1",
        "interface=127.0.0.1",
        "server=pdc",
        "server=pdc:7165; port=7175",
        "server=pdc:7165; interface=192.0.2.7",
        "server=a:1,b:2",
        "server=my pdc:7165",
        "server=pdc:7165; commandChannel={server=other:7165}",
        "port=70000",
        "port=+1",
        "interface=localhost; port=1",
    ] {
        assert!(endpoint(wrong).is_err(), "{wrong}");
    }
    let both = publisher("port=7165; interface=127.0.0.1; server=a:1, b:2").unwrap();
    assert_eq!(both.listening().as_deref(), Some("127.0.0.1:7165"));
    assert_eq!(both.subscribers().unwrap(), ["a:1", "b:2"]);
    let same_port = publisher("port=7165; server=a, b:2").unwrap();
    assert_eq!(same_port.listening(), None);
    assert_eq!(same_port.subscribers().unwrap(), ["a:7165", "b:2"]);
}

/// In less time than keep-alives need, an idle connection would be restarted for ever.
#[test]
fn a_time_out_that_keep_alives_cannot_meet_is_refused() {
    for text in ["0.001", "2", "5", "5.5"] {
        let error = subscriber(&format!("dataLossInterval={text}")).unwrap_err().to_string();
        assert!(error.contains("keep-alive every 5 seconds"), "{error}");
    }
    for (text, seconds) in [("0", None), ("6", Some(6)), ("7.0", Some(7))] {
        let setup = subscriber(&format!("dataLossInterval={text}")).unwrap();
        assert_eq!(setup.settings.data_loss_timeout, seconds.map(Duration::from_secs), "{text}");
    }
}

#[test]
fn values_arrive_where_they_belong() {
    let setup = subscriber(
        "version=3; maxRetries=-1; retryInterval=250; dataLossInterval=0; compressionModes=TSSC; readQueue=500; \
         throttled=1; publishInterval=0.25; processingInterval=-1; bufferBlockRetransmissionTimeout=2.5; \
         assemblyInfo={source=SCADA; version={2;1}}; extraParameters={a=1; b={c=2}}; \
         dataChannel={localport=9600; multicastGroup=239.1.2.3; interface=2; receiveBufferSize=100000}",
    )
    .unwrap();
    assert_eq!(setup.settings.version, Version::V3);
    assert_eq!(setup.settings.reconnect.max_attempts, 0);
    assert_eq!(setup.settings.reconnect.initial_delay.as_millis(), 250);
    assert_eq!(setup.settings.data_loss_timeout, None);
    assert!(setup.settings.compress_payload && !setup.settings.compress_metadata);
    assert!(!setup.settings.compress_signal_index_cache);
    assert_eq!(setup.settings.read_queue, 500);
    assert!(setup.subscription.throttled);
    assert_eq!(setup.subscription.publish_interval, Duration::from_millis(250));
    assert_eq!(setup.subscription.buffer_block_timeout, Some(Duration::from_millis(2500)));
    assert_eq!(
        (&*setup.subscription.assembly.source, &*setup.subscription.assembly.version),
        ("SCADA", "2;1")
    );
    assert_eq!(setup.subscription.extra.iter().collect::<Vec<_>>(), [("a", "1"), ("b", "c=2")]);
    let udp = setup.settings.udp.unwrap();
    assert_eq!((udp.port, udp.receive_buffer), (9600, 100_000));
    assert_eq!(udp.multicast.unwrap().interface, Some(Interface::Index(2)));

    let setup = publisher(
        "overflowWaitTimeout=2.5; overflow=WAIT; allowNaNValueFilter=true; forceNaNValueFilter=true; \
         encryptPayload=udp; historyDuration=60",
    )
    .unwrap();
    assert_eq!(setup.settings.overflow, Overflow::Wait { timeout: Some(Duration::from_millis(2500)) });
    assert_eq!(setup.settings.nan_filter, NanFilter::Forced);
    assert_eq!(setup.settings.history_duration.as_secs(), 60);
}

#[test]
fn later_strings_go_over_earlier_ones() {
    let mut setup = subscriber("server=pdc:7165; dataChannel=9600; lagTime=2; autoConnect=true").unwrap();
    let before = setup.clone();
    assert!(setup.apply("lagTime=3; leadTime=0").is_err());
    assert_eq!(setup, before, "a string with a mistake changes nothing");
    setup.apply("server=; port=7175; dataChannel={}; lagTime=3").unwrap();
    assert_eq!(setup.endpoint(), Ok(Endpoint::Listen("*:7175".into())));
    assert_eq!(setup.settings.udp, None);
    assert_eq!(setup.subscription.lag_time, Duration::from_secs(3));
    setup.apply("").unwrap();
    setup.apply(" ;; \n ").unwrap();
}

#[test]
fn mistakes_are_told_with_what_to_do() {
    for (text, told) in [
        ("servr=a:1", "unknown key \"servr\"; did you mean server?"),
        ("colour=red", "unknown key \"colour\"; docs/connection-strings.md lists the keys of a subscriber"),
        (
            "maxConnections=5",
            "unknown key \"maxConnections\"; it is a setting of a publisher, and this is for a subscriber",
        ),
        ("multicastGroup=239.1.2.3", "unknown key \"multicastGroup\"; it belongs into dataChannel={...}"),
        ("dataChannel={prt=1}", "unknown key \"dataChannel.prt\"; did you mean port?"),
        (
            "throttled",
            "connection string has \"throttled\" without a value; write key=value, and ; between them",
        ),
        ("=5", "connection string has \"=5\" without a key before the '='; write key=value"),
        (
            "filterExpression=FILTER A WHERE B='C'",
            "connection string has several '=' in \"filterExpression=FILTER A WHERE B='C'\"; put the value in braces, as in key={a=b}",
        ),
        ("throttled=maybe", "throttled is \"maybe\"; give true or false"),
        ("lagTime=-1", "lagTime is \"-1\"; give seconds, 0.001 or more"),
        ("version=4", "version is \"4\"; give a version, 1 to 3"),
        ("maxRetries=0", "maxRetries is \"0\"; give attempts, 1 or more, or -1 to never give up"),
        (
            "startTimeConstraint=yesterday",
            "startTimeConstraint is \"yesterday\"; give * for now, *-20m or *+10s relative to it, or YYYY-MM-DD HH:MM:SS[.fffffff]",
        ),
        ("dataChannel=soon", "dataChannel.port is \"soon\"; give a port, 0 to 65535"),
        (
            "outputMeasurements=PPA:1; filterExpression=PPA:1",
            "filterExpression is set twice, by outputMeasurements and by filterExpression; leave one out",
        ),
        (
            "gzip=true; compressionModes=TSSC",
            "gzip contradicts compressionModes; leave one out, or let them agree",
        ),
        (
            "sharedSecret=x",
            "sharedSecret is \"x\"; leave it out, and securityMode=TLS; keys that both sides share are not safe",
        ),
        (
            "securityMode=TLS; validChainFlags=NotSignatureValid",
            "'NotSignatureValid' cannot be tolerated of a certificate: allowed are NoError, NotTimeValid, UntrustedRoot, \
             PartialChain, RevocationStatusUnknown, OfflineRevocation",
        ),
        (
            "operationalModes=0",
            "operationalModes is \"0\"; give version, compression, gzip, receiveInternalMetadata and receiveExternalMetadata in its place",
        ),
        (
            "retryInterval=2000; maxRetryInterval=1000",
            "maxRetryInterval is \"1000\"; give as much as retryInterval, 2000, or more",
        ),
        (
            "dataChannel={multicastGroup=239.1.2.3}",
            "a multicast group needs a port that all its members use; give 1 to 65535",
        ),
        (
            "extraParameters={lagTime=1}",
            "extraParameters is \"lagTime=1\"; give parameters that libsttp does not know; lagTime is a key of its own",
        ),
        (
            "stopTimeConstraint=*",
            "stopTimeConstraint is the end of historical data; give startTimeConstraint, their beginning, too",
        ),
        (
            "a={b",
            "connection string has a '{' at character 2 that is never closed; add the '}' behind its value",
        ),
    ] {
        assert_eq!(subscriber(text).unwrap_err().to_string(), told, "{text}");
    }
    for (text, told) in [
        ("overflowWaitTimeout=5", "overflowWaitTimeout is \"5\"; give it only with overflow=wait"),
        ("overflow=drop", "overflow is \"drop\"; give dropOldest, disconnect or wait"),
        ("datagramSize=100", "datagramSize is \"100\"; give bytes, 256 to 32768"),
        (
            "allowNaNValueFilter=false; forceNaNValueFilter=true",
            "allowNaNValueFilter contradicts forceNaNValueFilter; leave one out, or let them agree",
        ),
        (
            "maxSendQueueSize=5",
            "maxSendQueueSize is \"5\"; give sendQueueLimit=BYTES; it counts messages in other implementations",
        ),
    ] {
        assert_eq!(publisher(text).unwrap_err().to_string(), told, "{text}");
    }
}

#[test]
fn hostile_strings_have_short_errors() {
    let long = "x".repeat(1 << 20);
    for text in [
        long.clone(),
        format!("{long}={long}"),
        format!("server={long}"),
        format!("throttled={long}"),
        format!("dataChannel={{{long}=1}}"),
        format!("extraParameters={{{}}}", "a=1;".repeat(100_000)),
        format!("extraParameters={{{}}}", (0..5000).map(|n| format!("k{n}=1;")).collect::<String>()),
        format!("assemblyInfo={}1{}", "{".repeat(100_000), "}".repeat(100_000)),
        "=;".repeat(100_000),
        format!("transportProtocol=udp;{}", "interface=1.2.3.4;".repeat(100_000)),
        format!("{}commandChannel={{}}", "localport=1;".repeat(100_000)),
        format!("{}commandChannel={{a=b}}", (0..100_000).map(|n| format!("k{n}=1;")).collect::<String>()),
    ] {
        let error = subscriber(&text).unwrap_err();
        assert!(error.to_string().len() < 700, "{error}");
        let error = publisher(&text).unwrap_err();
        assert!(error.to_string().len() < 700, "{error}");
    }
    let unclosed = subscriber(&"{".repeat(100_000)).unwrap_err();
    assert_eq!(unclosed, SettingError::Grammar(ConnectionStringError::Unclosed(0)));
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
