//! What browsers are told, several times a second: as little as does.

use crate::model::{Board, Device, Point, Reading};
use crate::report;
use sttp_programs::json::Writer;

/// Events of the log that are told at once.
const LOG: usize = 100;
/// Seconds of history of each device that a browser gets at first.
const HISTORY: usize = 120;

/// Which devices with which signals these are: the same of no other board, as after the program has begun anew.
pub(super) fn generation(board: &Board) -> String {
    format!("{}.{}", board.began.0, board.generation)
}

/// What a browser is told first, and whenever the devices have changed: names, which come in this order from then on,
/// and the frequency and its change over the last minutes.
pub(super) fn start(board: &Board) -> String {
    let mut writer = Writer::default();
    writer.object(|json| {
        json.name("generation").text(&generation(board));
        json.name("devices").array(|json| {
            for device in &board.devices {
                json.object(|json| {
                    json.name("name").text(device.name());
                    json.name("frames").optional(device.layout.frames_per_second, |json, frames| {
                        json.integer(frames);
                    });
                    let history = |json: &mut Writer, digits: usize, of: fn(&Point) -> f32| {
                        let points = device.history.last(HISTORY);
                        json.array(|json| {
                            points.for_each(|point| {
                                json.number(of(point).into(), digits);
                            })
                        });
                    };
                    history(json.name("frequency"), 4, |point| point.frequency);
                    history(json.name("change"), 3, |point| point.change);
                });
            }
        });
    });
    writer.finish()
}

/// How everything stands. A device is `[state, frequency, change, voltage, angle, frames, silence, flags]`, in the
/// order that [`start`] told, with `null` for values that are not of now; an event `[number, time, severity, text]`.
pub(super) fn state(board: &Board, events_told: u64) -> String {
    let mut writer = Writer::default();
    writer.object(|json| {
        json.name("generation").text(&generation(board));
        json.name("look").integer(board.looks);
        json.name("time").text(&board.time.to_string());
        json.name("connection").object(|json| report::connection(json, board));
        json.name("devices").array(|json| board.devices.iter().for_each(|device| row(json, board, device)));
        json.name("events").array(|json| {
            let new = board.events.iter().filter(|event| event.number > events_told).rev().take(LOG);
            for event in new.collect::<Vec<_>>().into_iter().rev() {
                json.array(|json| {
                    json.integer(event.number)
                        .text(&event.time.to_string())
                        .text(&format!("{:?}", event.severity))
                        .text(&event.text);
                });
            }
        });
    });
    writer.finish()
}

fn row(json: &mut Writer, board: &Board, device: &Device) {
    let is_current = device.is_current(board.now);
    let value =
        |reading: Option<&Reading>| reading.filter(|_| is_current).map_or(f64::NAN, |reading| reading.value);
    let voltage = device.layout.phasors.iter().zip(device.phasors());
    let voltage = voltage.filter(|_| is_current).find(|(layout, _)| !layout.is_current);
    json.array(|json| {
        json.text(device.state.word());
        json.number(value(device.frequency()), 4).number(value(device.change()), 3);
        let (magnitude, angle) =
            voltage.map_or((f64::NAN, f64::NAN), |(_, reading)| (reading.magnitude, reading.angle));
        json.number(magnitude, 1).number(angle, 1).number(device.frames, 0);
        json.number(device.silence(board.now).as_secs_f64(), 0);
        json.text(&device.flags().to_string());
    });
}

/// One device: everything of it, and the range of its frequency and of its change since the last look.
pub(super) fn device(board: &Board, device: &Device) -> String {
    let mut writer = Writer::default();
    writer.object(|json| {
        report::device_members(json, board, device);
        for (name, reading) in [("frequency_range", device.frequency()), ("dfdt_range", device.change())] {
            json.name(name).optional(reading, |json, reading| {
                json.array(|json| {
                    reading.range.iter().for_each(|value| {
                        json.number((*value).into(), 4);
                    })
                });
            });
        }
    });
    writer.finish()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use sttp::Ticks;

    use sttp::subscriber::ConnectionState;

    use super::*;
    use crate::model::{Facts, sample};

    #[test]
    fn values_that_are_not_of_now_are_none() {
        let mut board = sample::board(Instant::now(), Duration::from_secs(3));
        let facts = board.connection.facts.clone();
        board.look(&sample::intake(), facts.clone(), board.time, board.now + Duration::from_secs(1));
        let told = state(&board, u64::MAX);
        assert!(told.contains(r#""devices":[["good",50.0"#), "{told}");
        board.look(&sample::intake(), facts.clone(), board.time, board.now + Duration::from_secs(1));
        let told = state(&board, u64::MAX);
        assert!(told.contains(r#""devices":[["good",null,null,null,null,0,2,""],["good",null,"#), "{told}");
        let lost = Facts { state: ConnectionState::Reconnecting, ..facts };
        board.look(&sample::intake(), lost, board.time, board.now);
        let told = state(&board, u64::MAX);
        assert!(told.contains(r#""devices":[["unknown",null,"#), "{told}");
        assert!(told.contains(r#""alarm":"no connection since 2026-01-31T00:00:03"#), "{told}");
    }

    #[test]
    fn browsers_are_told_what_stands_on_the_board() {
        let board = sample::board(Instant::now(), Duration::from_secs(3));
        let first = start(&board);
        assert!(first.contains(r#"{"name":"FELLBRIDGE","frames":30,"frequency":[50.0"#), "{first}");
        let told = state(&board, 0);
        assert!(told.contains(r#"["good",50.0"#) && told.contains("subscribed to 33 signals"), "{told}");
        assert!(!state(&board, u64::MAX).contains("subscribed to 33 signals"));
        let one = device(&board, &board.devices[0]);
        assert!(
            one.contains(r#""name":"ALDERMOOR","state":"good""#) && one.contains("\"frequency_range\":[50."),
            "{one}"
        );
        assert!(![first, told, one].iter().any(|text| text.contains('\n')));
        assert!(board.time > Ticks(0));
    }
}
