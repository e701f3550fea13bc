//! What strings of operators and of other programs mean, and what is told where they mean nothing.

use super::*;
use crate::wire::Version;
use crate::wire::connection_string::ConnectionStringError;

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
