//! Time series events as others see them: a real NATS server, and a peer on nats-py and fastavro.
//!
//! Set `STTP_TEST_PYTHON` to a Python that has both; the server is Debian's `nats-server`.

#[path = "tstp/peer.rs"]
mod peer;
#[path = "tstp/sttp_ends.rs"]
mod sttp_ends;
mod support;

use serde_json::{Value as Json, json};
use sttp::{Measurement, StateFlags, Ticks, Uuid};

use peer::Peer;
use sttp_ends::{Ear, Source};
use support::nats::{self, Server};
use support::program::Program;
use support::{Folder, wait_until};

const GENERATIONS: [&str; 3] = ["A", "B", "C"];
const MILLISECONDS: i64 = 1_700_000_000_000;
/// Of what is sent until there is a subscription to it.
const EARLIER: i64 = MILLISECONDS - 60_000;
const SUBJECT: &str = "kaa.v1.events.epr.endpoint.data-collection.data-points-received";

/// A server of its own, and a folder for settings and logs.
struct World {
    server: Server,
    folder: Folder,
}

impl World {
    /// `None`, said, where there is no server.
    fn start(name: &str) -> Option<World> {
        if nats::is_missing() {
            return None;
        }
        let folder = Folder::new(name);
        Some(World { server: Server::start(&folder.0.join("nats")), folder })
    }

    /// Runs the program with settings; `name` is that of its log.
    fn run(&self, name: &str, command: &str, settings: &str, flags: &[&str]) -> Program {
        let file = self.folder.0.join(format!("{name}.toml"));
        std::fs::write(&file, settings).unwrap();
        let (file, url) = (file.to_str().unwrap(), self.server.url());
        let all = [&["--config", file, "--nats", &url, command], flags].concat();
        Program::start(&self.folder.0, name, &all)
    }

    /// A publisher of events, and where it listens.
    fn receiver(&self, name: &str, settings: &str) -> (Program, String) {
        let program = self.run(name, "tstp-in", settings, &["--sttp", "port=0; interface=127.0.0.1"]);
        let address = program.says("publishing at ");
        program.says("taking events of ");
        (program, address)
    }

    /// What sends what a publisher has as events.
    fn transmitter(&self, name: &str, settings: &str, address: &str) -> Program {
        self.run(name, "tstp-out", settings, &["--source", &format!("test=server={address}")])
    }
}

fn ticks(milliseconds: i64, more: i64) -> Ticks {
    Ticks(Ticks::UNIX_EPOCH.0 + milliseconds * Ticks::PER_MILLISECOND + more)
}

/// What of a measurement has to come through as it was.
fn bits(one: &Measurement) -> (Uuid, i64, u32, u32) {
    (one.signal_id, one.timestamp.0, (one.value as f32).to_bits(), one.flags.bits())
}

/// Measurements of all signals at many times, with ticks, flags and values that rounding would change.
fn measurements() -> Vec<Measurement> {
    let one = |number: i64| {
        let row = (number % 3) as usize;
        Measurement {
            signal_id: sttp_ends::SIGNALS[row].0,
            timestamp: ticks(MILLISECONDS + number / 3 * 33, number / 3 * 3_333 % 10_000),
            value: (0.1_f32 + number as f32 * 1.000_1).into(),
            flags: StateFlags::from_bits_retain(if number % 7 == 0 { 1 << 31 | number as u32 } else { 0 }),
            signal_index: row as u32,
        }
    };
    (0..300).map(one).collect()
}

/// STTP to events, which the peer reads, and to STTP again.
#[test]
fn measurements_come_through_as_they_were() {
    let Some(world) = World::start("through") else { return };
    for generation in GENERATIONS {
        let Some(mut peer) = Peer::start(&world.server, generation) else { return };
        peer.listen("kaa.v1.events.a%2Eb.endpoint.>");
        let source = Source::start();
        let settings = format!(
            "[tstp-out]\ninstance = 'a.b'\ngeneration = '{generation}'\ninterval = '20ms'\n\
             [tstp-out.tags]\nsignalID = '{{SignalID}}'\n\
             [tstp-in]\ngeneration = '{generation}'\ntransmitters = ['a.b']\nqueue-group = ''\nmetadata-interval = '10ms'\n"
        );
        let (mut input, address) = world.receiver(&format!("in-{generation}"), &settings);
        let ear = Ear::start(&address);
        let mut output = world.transmitter(&format!("out-{generation}"), &settings, &source.address());
        source.wait_for_subscriber();
        // The signals are known once something was measured.
        let earlier = |one: Measurement| Measurement { timestamp: ticks(EARLIER, 0), ..one };
        let first: Vec<_> = measurements().into_iter().take(3).map(earlier).collect();
        ear.wait_for_signals(3, || source.publish(&first));
        let sent = measurements();
        source.publish(&sent);
        let mut expected: Vec<_> = sent.iter().map(bits).collect();
        expected.sort();
        let came = ear.receive(expected.len(), |one| one.timestamp > ticks(EARLIER, 0));
        let mut came: Vec<_> = came.iter().map(bits).collect();
        came.sort();
        assert_eq!(came, expected, "{generation}");
        assert!(output.stop().success() && input.stop().success(), "{generation}: both end well");
        check_events(generation, &peer.events(sent.len(), |event| value_count(generation, event)), &sent);
    }
}

/// Data points of an event but those that were sent first.
fn points(event: &Json) -> impl Iterator<Item = &Json> {
    let points = event["event"]["dataPoints"].as_array().unwrap().iter();
    points.filter(|point| point["timestamp"] != EARLIER)
}

/// How many measurements they have.
fn value_count(generation: &str, event: &Json) -> usize {
    let count = |point: &Json| match generation {
        "A" => 1,
        _ => point["values"].as_object().unwrap().values().filter(|value| value.is_f64()).count(),
    };
    points(event).map(count).sum()
}

/// The peer has read the same: every measurement is in the events, by the names that metadata give.
fn check_events(generation: &str, events: &[Json], sent: &[Measurement]) {
    let mut seen = std::collections::HashSet::new();
    for message in events {
        let event = &message["event"];
        let series = event["timeSeriesName"].as_str().unwrap();
        let subject = format!(
            "kaa.v1.events.a%2Eb.endpoint.data-collection.data-points-received.{}",
            series.replace(' ', "%20")
        );
        assert_eq!(message["subject"], subject);
        assert_eq!((&event["endpointId"], &event["timeout"]), (&json!("SHELBY"), &json!(0)));
        for point in points(message) {
            let milliseconds = point["timestamp"].as_i64().unwrap();
            let beside = if generation == "A" { &point["tags"] } else { &point["values"] };
            let number = |name: &str| match &beside[name] {
                Json::Object(tag) => tag["value"].as_i64().unwrap(),
                other => other.as_i64().unwrap_or(0),
            };
            let values = match generation {
                "A" => vec![(series, &point["value"], number("flags"))],
                _ => beside
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(_, value)| value.is_f64())
                    .map(|(name, value)| (name.as_str(), value, number(&format!("{name}.flags"))))
                    .collect(),
            };
            for (name, value, flags) in values {
                let row = sttp_ends::SIGNALS.iter().position(|signal| signal.1 == name).expect(name);
                let value = value.as_f64().unwrap() as f32;
                let time = ticks(milliseconds, number("ticks"));
                seen.insert((row, time.0, value.to_bits(), flags as u32));
            }
        }
    }
    let expected = sent.iter().map(|one| {
        (one.signal_index as usize, one.timestamp.0, (one.value as f32).to_bits(), one.flags.bits())
    });
    assert_eq!(seen, expected.collect(), "{generation}");
}

/// Events that fastavro writes, with every branch of every union.
#[test]
fn events_of_others_are_understood() {
    let Some(world) = World::start("others") else { return };
    for generation in GENERATIONS {
        let Some(mut peer) = Peer::start(&world.server, generation) else { return };
        let settings = format!("[tstp-in]\ngeneration = '{generation}'\nmetadata-interval = '10ms'\n");
        let (mut input, address) = world.receiver(&format!("in-{generation}"), &settings);
        let ear = Ear::start(&address);
        let values = [
            json!(["boolean", true]),
            json!(["int", -3]),
            json!(["long", 1_i64 << 40]),
            json!(["float", 0.1_f32]),
            json!(["double", 2.5]),
            json!(["string", "-7.5"]),
            json!(["string", "on"]),
            json!(["bytes", "00ff"]),
            json!(["null", null]),
        ];
        let subject = format!("{SUBJECT}.flow%20rate");
        // Which signals there are is known with the first one.
        let first = branches_event(generation, EARLIER, &values[..6]);
        let signal_count = if generation == "A" { 1 } else { 6 };
        let mut sent = 0;
        ear.wait_for_signals(signal_count, || {
            peer.send(&subject, &first);
            sent += 1;
        });
        let event = branches_event(generation, MILLISECONDS, &values);
        if generation == "C" {
            let answer = peer.ask_bytes(&subject, "06632d32ff");
            assert_eq!(
                (&answer["correlationId"], &answer["statusCode"]),
                (&json!("c-2"), &json!(400)),
                "{answer}"
            );
            let answer = peer.ask(&subject, &event);
            assert_eq!(
                (&answer["correlationId"], &answer["statusCode"]),
                (&json!("c-1"), &json!(200)),
                "{answer}"
            );
            assert_eq!(answer["reasonPhrase"], "3 of 9 values are no numbers, 0 have no time of STTP");
        } else {
            peer.send_bytes(&subject, "06632d32ff");
            peer.send(&subject, &event);
        }
        let expected = [1.0, -3.0, (1_u64 << 40) as f64, f64::from(0.1_f32), 2.5, -7.5];
        let came = ear.receive(6, |one| one.timestamp >= ticks(MILLISECONDS, 0));
        let mut came: Vec<f64> = came.iter().map(|one| one.value).collect();
        came.sort_by(f64::total_cmp);
        let mut sorted = expected;
        sorted.sort_by(f64::total_cmp);
        assert_eq!(came, sorted, "{generation}");
        // Receivers of the earlier generations must not answer.
        let answers = if generation == "C" { 2 + sent } else { 0 };
        wait_until("answers", || input.metric("sttp_tstp_in_acknowledgements_total") == f64::from(answers));
        let text = input.get("/metrics").unwrap();
        for line in [
            "sttp_tstp_in_values_left_out_total{why=\"text\"} 1",
            "sttp_tstp_in_values_left_out_total{why=\"bytes\"} 1",
            "sttp_tstp_in_values_left_out_total{why=\"null\"} 1",
            "sttp_tstp_in_events_dropped_total{why=\"malformed\"} 1",
            &format!("sttp_tstp_in_events_total {}", 2 + sent),
            &format!("sttp_tstp_in_measurements_total {}", 6 + 6 * sent),
            "sttp_tstp_in_devices 1",
            &format!("sttp_tstp_in_signals {signal_count}"),
        ] {
            assert!(text.lines().any(|each| each == line), "{line}: {text}");
        }
        assert!(input.get("/health").unwrap().contains("nats: ok"));
        assert!(input.stop().success(), "{generation}");
    }
}

fn branches_event(generation: &str, time: i64, values: &[Json]) -> Json {
    let none = json!(["null", null]);
    let points: Vec<Json> = match generation {
        "A" => {
            let tags: serde_json::Map<String, Json> = values
                .iter()
                .enumerate()
                .map(|(n, value)| {
                    (format!("t{n}"), json!({"contentType": ["string", "x/y"], "value": value}))
                })
                .collect();
            let point = |(n, value): (usize, &Json)| json!({"timestamp": time + n as i64, "contentType": none, "value": value, "tags": tags});
            values.iter().enumerate().map(point).collect()
        }
        _ => {
            let named: serde_json::Map<String, Json> =
                values.iter().enumerate().map(|(n, value)| (format!("v{n}"), value.clone())).collect();
            vec![json!({"ingestionTimestamp": 5, "timestamp": time, "values": named})]
        }
    };
    event("c-1", "flow rate", &points)
}

fn event(correlation_id: &str, series: &str, points: &[Json]) -> Json {
    json!({
        "correlationId": correlation_id,
        "timestamp": MILLISECONDS,
        "timeout": 0,
        "appVersionName": "app-1",
        "endpointId": "pump (1) é",
        "timeSeriesName": series,
        "dataPoints": points,
    })
}

/// Events to STTP and to events again: the same, but for who sends them.
#[test]
fn events_come_through_as_they_were() {
    let Some(world) = World::start("again") else { return };
    for generation in GENERATIONS {
        let Some(mut peer) = Peer::start(&world.server, generation) else { return };
        let settings = format!(
            "[tstp-in]\ngeneration = '{generation}'\ntransmitters = ['epr']\nmetadata-interval = '10ms'\n\
             [tstp-out]\ngeneration = '{generation}'\ninstance = 'again'\ninterval = '20ms'\n"
        );
        let (mut input, address) = world.receiver(&format!("in-{generation}"), &settings);
        let mut output = world.transmitter(&format!("out-{generation}"), &settings, &address);
        peer.listen("kaa.v1.events.again.endpoint.>");
        let ear = Ear::start(&address);
        let subject = format!("{SUBJECT}.flow%2Erate");
        let first = event("first", "flow.rate", &[through_point(generation, EARLIER, 0)]);
        ear.wait_for_signals(if generation == "A" { 1 } else { 2 }, || peer.send(&subject, &first));
        // The program has a subscription of its own, which may be later.
        while peer.events(0, |_| 0).is_empty() {
            peer.send(&subject, &first);
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        let sent: Vec<Json> = (1..40).map(|n| through_point(generation, MILLISECONDS + n, n)).collect();
        peer.send(&subject, &event("second", "flow.rate", &sent));
        let mut came: Vec<Json> = Vec::new();
        while came.len() < sent.len() {
            for message in peer.events(1, |event| points(event).count()) {
                let event = &message["event"];
                let subject = "kaa.v1.events.again.endpoint.data-collection.data-points-received.flow%2Erate";
                assert_eq!(message["subject"], subject);
                assert_eq!(
                    (&event["endpointId"], &event["timeSeriesName"], &event["appVersionName"]),
                    (&json!("pump (1) é"), &json!("flow.rate"), &json!("app-1"))
                );
                came.extend(points(&message).cloned());
            }
        }
        let mut expected = plain(&Json::Array(sent));
        for point in came.iter_mut().chain(expected.as_array_mut().unwrap()) {
            point.as_object_mut().unwrap().remove("ingestionTimestamp");
        }
        assert_eq!(Json::Array(came), expected, "{generation}");
        assert!(output.stop().success() && input.stop().success(), "{generation}");
    }
}

/// A point whose values are floats, as STTP has them.
fn through_point(generation: &str, timestamp: i64, number: i64) -> Json {
    let none = json!(["null", null]);
    let value = json!(["float", 0.1_f32 * number as f32]);
    let flags =
        |number: i64| if number % 2 == 0 { json!(["int", 9 + number]) } else { json!(["long", 1_i64 << 31]) };
    match generation {
        "A" => {
            let tag = |value: Json| json!({"contentType": none, "value": value});
            let tags = json!({"ticks": tag(json!(["int", 1 + number])), "flags": tag(flags(number))});
            json!({"timestamp": timestamp, "contentType": none, "value": value, "tags": tags})
        }
        _ => json!({
            "ingestionTimestamp": 0,
            "timestamp": timestamp,
            "values": {"v": value, "v.flags": flags(number), "w": ["float", -1.5], "ticks": ["int", 1 + number]},
        }),
    }
}

/// What is read of what was written: without the branches.
fn plain(value: &Json) -> Json {
    match value {
        Json::Array(pair) if pair.len() == 2 && pair[0].is_string() => pair[1].clone(),
        Json::Array(items) => items.iter().map(plain).collect(),
        Json::Object(members) => members.iter().map(|(name, member)| (name.clone(), plain(member))).collect(),
        other => other.clone(),
    }
}

/// A source, and the program in both directions.
fn both_ways(world: &World) -> (Source, Program, Program, Ear) {
    let source = Source::start();
    let settings = "[tstp-out]\ninterval = '20ms'\n[tstp-out.tags]\nsignalID = '{SignalID}'\n\
                    [tstp-in]\nmetadata-interval = '10ms'\n";
    let (input, address) = world.receiver("in", settings);
    let ear = Ear::start(&address);
    let output = world.transmitter("out", settings, &source.address());
    source.wait_for_subscriber();
    output.wait_until_well();
    (source, output, input, ear)
}

#[test]
fn nothing_is_lost_while_nats_stands_still() {
    let Some(world) = World::start("still") else { return };
    let (source, mut output, mut input, ear) = both_ways(&world);
    let earlier = |one: Measurement| Measurement { timestamp: ticks(EARLIER, 0), ..one };
    let first: Vec<_> = measurements().into_iter().take(3).map(earlier).collect();
    ear.wait_for_signals(3, || source.publish(&first));
    let sent = measurements();
    world.server.stand_still(|| {
        for some in sent.chunks(30) {
            source.publish(some);
            std::thread::sleep(std::time::Duration::from_millis(30));
        }
    });
    let mut expected: Vec<_> = sent.iter().map(bits).collect();
    let came = ear.receive(expected.len(), |one| one.timestamp > ticks(EARLIER, 0));
    let mut came: Vec<_> = came.iter().map(bits).collect();
    expected.sort();
    came.sort();
    assert_eq!(came, expected);
    assert!(output.stop().success() && input.stop().success());
}

#[test]
fn events_flow_again_when_nats_is_back() {
    let Some(mut world) = World::start("back") else { return };
    let (source, mut output, mut input, ear) = both_ways(&world);
    let round = |number: i64| -> Vec<Measurement> {
        let at = |one: Measurement| Measurement { timestamp: ticks(MILLISECONDS + number, 0), ..one };
        measurements().into_iter().take(3).map(at).collect()
    };
    ear.wait_for_signals(3, || source.publish(&round(0)));
    world.server.kill();
    world.server.run();
    for program in [&input, &output] {
        wait_until("a loss", || program.metric("sttp_nats_connections_lost_total") > 0.0);
        program.wait_until_well();
    }
    ear.wait_for_signals_after(ticks(MILLISECONDS, 0), 3, || source.publish(&round(1)));
    assert!(output.stop().success() && input.stop().success());
}

/// Receivers with the same group share the events, others get all.
#[test]
fn receivers_of_a_group_share_events() {
    let Some(world) = World::start("groups") else { return };
    let Some(mut peer) = Peer::start(&world.server, "A") else { return };
    let receiver = |(name, group)| world.receiver(name, &format!("[tstp-in]\nqueue-group = '{group}'\n")).0;
    let receivers = [("one", "a"), ("two", "a"), ("three", "")].map(receiver);
    let values = [json!(["int", 1])];
    for _ in 0..40 {
        peer.send(&format!("{SUBJECT}.flow%20rate"), &branches_event("A", MILLISECONDS, &values));
    }
    let counts = || receivers.each_ref().map(|program| program.metric("sttp_tstp_in_events_total"));
    wait_until("all events", || counts().iter().sum::<f64>() >= 80.0);
    let counts = counts();
    assert_eq!((counts[0] + counts[1], counts[2]), (40.0, 40.0));
    assert!(counts[0] > 0.0 && counts[1] > 0.0, "{counts:?}");
}

/// The schemas are printed as they are used.
#[test]
fn schemas_are_printed() {
    let print = |arguments: &[&str]| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_sttp-nats"));
        let output = program.arg("tstp-schema").args(arguments).output().unwrap();
        assert!(output.status.success());
        serde_json::from_slice::<Json>(&output.stdout).unwrap()
    };
    let fields = |schema: &Json| -> Vec<String> {
        let fields = schema["fields"].as_array().unwrap().iter();
        fields.map(|field| field["name"].as_str().unwrap().to_owned()).collect()
    };
    let of_point = |schema: &Json| fields(&schema["fields"][6]["type"]["items"]);
    assert_eq!(of_point(&print(&[])), ["timestamp", "contentType", "value", "tags"]);
    assert_eq!(of_point(&print(&["B"])), ["timestamp", "values"]);
    assert_eq!(of_point(&print(&["C"])), ["ingestionTimestamp", "timestamp", "values"]);
    let processed = ["correlationId", "timestamp", "timeout", "statusCode", "reasonPhrase"];
    assert_eq!(fields(&print(&["C", "--processed"])), processed);
}

/// What `--check` says of settings, and whether they are good.
fn check(folder: &Folder, command: &str, settings: &str) -> (bool, String) {
    let file = folder.0.join("check.toml");
    std::fs::write(&file, settings).unwrap();
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_sttp-nats"));
    let output = program.arg("--config").arg(file).args(["--check", command]).output().unwrap();
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// The configuration is checked without a server.
#[test]
fn settings_are_checked() {
    let folder = Folder::new("check");
    let good = "[tstp-out]\nseries = '{SignalAcronym}'\n[tstp-out.sources]\na = 'server=localhost:7165'\n[tstp-in]\n";
    for command in ["tstp-out", "tstp-in"] {
        let (is_good, text) = check(&folder, command, good);
        assert!(is_good, "{text}");
    }
    let cases = [
        ("tstp-out", "", "there is nothing to send"),
        ("tstp-out", "[tstp-out]\nsources = {a = 'server='}", "tstp-out.sources.a"),
        ("tstp-out", "[tstp-out]\nseries = '{'", "a brace is not closed"),
        ("tstp-out", "[tstp-out]\ngeneration = 'D'", "unknown variant"),
        ("tstp-out", "[tstp-out]\nno-such = 1", "no-such"),
        ("tstp-out", "[tstp-out]\ninstance = ''\nsources = {a = 'server=localhost:1'}", "tstp-out.instance"),
        (
            "tstp-out",
            "[tstp-out]\nmax-event = '1K'\nsources = {a = 'server=localhost:1'}",
            "tstp-out.max-event",
        ),
        (
            "tstp-out",
            "[tstp-out]\ntags = {flags = 'x'}\nsources = {a = 'server=localhost:1'}",
            "tstp-out.tags",
        ),
        ("tstp-in", "[tstp-in]\nsttp = 'x=1'", "tstp-in.sttp"),
        ("tstp-in", "[tstp-in]\nsttp = ''", "give port=PORT to listen"),
        ("tstp-in", "[tstp-in]\ntransmitters = ['']", "a name in a subject is empty"),
        ("tstp-in", "[tstp-in]\nqueue-group = 'a b'", "tstp-in.queue-group"),
        ("tstp-in", "[tstp-in]\nmax-signals = 0", "max-signals"),
        ("tstp-in", "[tstp-in]\nqueue = '64K'", "tstp-in.queue"),
        ("tstp-in", "[tstp-in.carriers]\nticks = 'leap'", "tstp-in.carriers"),
    ];
    for (command, settings, expected) in cases {
        let (is_good, text) = check(&folder, command, settings);
        assert!(!is_good && text.contains(expected), "{settings}: {text}");
    }
}
