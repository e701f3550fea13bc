//! A board as JSON or as lines, for scripts.

use std::fmt::Write;

use sttp::StateFlags;

use crate::model::{Board, Device, DeviceState, PhasorLayout, PhasorReading};
use sttp_programs::json::Writer;

/// All of a board, one document. Numbers that are not known are `null`.
pub fn json(board: &Board) -> String {
    let mut writer = Writer::default();
    writer.object(|json| {
        json.name("time").text(&board.time.to_string());
        json.name("connection").object(|json| connection(json, board));
        json.name("devices").array(|json| {
            for device in &board.devices {
                json.object(|json| device_members(json, board, device));
            }
        });
    });
    writer.finish()
}

/// What the connection tells, as members of an object.
pub fn connection(json: &mut Writer, board: &Board) {
    let connection = &board.connection;
    let facts = &connection.facts;
    json.name("state").text(connection.word());
    json.name("alarm").optional(board.connection_alarm(), |json, since| {
        json.text(&format!("no connection since {since}"));
    });
    json.name("publisher").text(&facts.publisher);
    json.name("since").optional(facts.since, |json, since| {
        json.text(&since.to_string());
    });
    json.name("security").optional(facts.security.as_deref(), |json, security| {
        json.text(security);
    });
    json.name("signals").integer(board.signals as i64);
    json.name("measurements_per_second").number(facts.counters.measurements_per_second, 1);
    json.name("bytes_per_second").number(connection.bytes_per_second, 0);
    json.name("latency_ms").optional(connection.latency(), |json, latency| {
        json.object(|json| {
            json.name("minimum").number(latency.minimum, 3);
            json.name("mean").number(latency.mean, 3);
            json.name("maximum").number(latency.maximum, 3);
        });
    });
    let losses = connection.losses();
    json.name("lost").object(|json| {
        json.name("packets").integer(losses.packets);
        json.name("damaged").integer(losses.damaged);
        json.name("measurements").integer(losses.measurements);
    });
    json.name("connections").integer(facts.counters.connections);
    json.name("reconnects").integer(facts.counters.reconnects);
}

/// What a device tells, as members of an object.
pub fn device_members(json: &mut Writer, board: &Board, device: &Device) {
    json.name("name").text(device.name());
    json.name("state").text(device.state.word());
    json.name("since").text(&device.since.to_string());
    json.name("time").optional(device.time(), |json, time| {
        json.text(&time.to_string());
    });
    let silence = device.silence(board.now).as_secs_f64();
    json.name("silent_seconds")
        .number(if device.state == DeviceState::Unknown { f64::NAN } else { silence }, 1);
    json.name("frames_per_second").number(device.frames, 1);
    json.name("expected_frames_per_second").optional(device.layout.frames_per_second, |json, frames| {
        json.integer(frames);
    });
    json.name("frequency").optional(device.frequency(), |json, reading| {
        json.shortest(reading.value);
    });
    json.name("dfdt").optional(device.change(), |json, reading| {
        json.shortest(reading.value);
    });
    json.name("status").optional(device.status(), |json, status| {
        json.integer(status);
    });
    json.name("flags").array(|json| flags(json, device.flags()));
    json.name("phasors").array(|json| {
        for (layout, reading) in device.layout.phasors.iter().zip(device.phasors()) {
            json.object(|json| phasor(json, layout, &reading));
        }
    });
    json.name("signals").array(|json| {
        for (layout, reading) in device.layout.signals.iter().zip(&device.readings) {
            json.object(|json| {
                json.name("tag").text(&layout.tag).name("type").text(&layout.kind);
                json.name("value")
                    .shortest(reading.value)
                    .name("flags")
                    .array(|json| flags(json, reading.flags));
            });
        }
    });
}

fn phasor(json: &mut Writer, layout: &PhasorLayout, reading: &PhasorReading) {
    json.name("label").text(&layout.label);
    json.name("kind").text(if layout.is_current { "I" } else { "V" });
    json.name("phase").text(&layout.phase);
    json.name("magnitude").shortest(reading.magnitude).name("angle").shortest(reading.angle);
    json.name("flags").array(|json| flags(json, reading.flags));
}

/// The names of flags.
pub fn flags(json: &mut Writer, flags: StateFlags) {
    for (name, _) in flags.iter_names() {
        json.text(name);
    }
}

/// The connection, and a line for each device.
pub fn lines(board: &Board) -> String {
    let connection = &board.connection;
    let losses = connection.losses();
    let latency =
        connection.latency().map_or("unknown".to_owned(), |latency| format!("{:.1} ms", latency.mean));
    let mut text = format!(
        "{} {}: {} signals, {:.0} measurements/s, latency {latency}, lost {} packets and {} measurements\n",
        connection.facts.publisher,
        connection.word(),
        board.signals,
        connection.facts.counters.measurements_per_second,
        losses.packets + losses.damaged,
        losses.measurements,
    );
    let width = board.devices.iter().map(|device| device.name().chars().count()).max().unwrap_or(0).max(6);
    // A string takes everything.
    let _ = writeln!(text, "{:width$}  {:>9}  {:>8}  {:>6}  state", "device", "frequency", "dF/dt", "fps");
    for device in &board.devices {
        let of = |reading: Option<f64>, digits: usize| match reading {
            Some(value) if value.is_finite() => format!("{value:.digits$}"),
            _ => "-".to_owned(),
        };
        let flags = match device.state {
            DeviceState::Alarm | DeviceState::Warning => format!(": {}", device.flags()),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "{:width$}  {:>9}  {:>8}  {:>6.1}  {}{flags}",
            device.name(),
            of(device.frequency().map(|reading| reading.value), 4),
            of(device.change().map(|reading| reading.value), 4),
            device.frames,
            device.state.word(),
        );
    }
    text
}
