use sttp::StateFlags;
use sttp::subscriber::SubscriberHandler;

use super::super::sample;
use super::*;

/// A board, an intake, and a clock that the test moves.
struct World {
    board: Board,
    intake: Intake,
    now: Instant,
    time: Ticks,
    state: ConnectionState,
}

impl World {
    fn new() -> World {
        let (now, time) = (Instant::now(), Ticks::from_date(2026, 1, 31).unwrap());
        let board = Board::new(facts(ConnectionState::Subscribed), time, now);
        let mut world =
            World { board, intake: sample::intake(), now, time, state: ConnectionState::Subscribed };
        world.look();
        world
    }

    fn look(&mut self) {
        self.board.look(&self.intake, facts(self.state), self.time, self.now);
    }

    fn pass(&mut self, milliseconds: u64) {
        self.now += Duration::from_millis(milliseconds);
        self.time = Ticks(self.time.0 + milliseconds as i64 * Ticks::PER_MILLISECOND);
    }

    /// So many frames of these devices, ten a second, all values as given.
    fn frames(&mut self, count: usize, devices: &[usize], value: f64, flags: StateFlags) {
        for _ in 0..count {
            self.pass(100);
            for &device in devices {
                let rows = self.board.devices[device].layout.signals.iter().map(|signal| signal.row);
                let frame: Vec<_> =
                    rows.map(|row| sample::measurement(row, value, self.time, flags)).collect();
                self.intake.measurements(&frame);
            }
            self.look();
        }
    }

    fn states(&self) -> Vec<DeviceState> {
        self.board.devices.iter().map(|device| device.state).collect()
    }

    fn told(&self) -> Vec<String> {
        self.board.events.iter().map(|event| event.text.to_string()).collect()
    }
}

fn facts(state: ConnectionState) -> Facts {
    Facts {
        state,
        publisher: "127.0.0.1:7175".into(),
        since: None,
        security: None,
        counters: SubscriberCounters::default(),
        latency: LatencyStatistics::default(),
    }
}

use DeviceState::{Alarm, Good, Silent, Unknown, Waiting, Warning};

#[test]
fn devices_have_what_came_last_and_a_history() {
    let mut world = World::new();
    assert_eq!(world.states(), [Waiting; 3]);
    world.frames(30, &[0, 1, 2], 59.5, StateFlags::empty());
    assert_eq!(world.states(), [Good; 3]);
    let device = &world.board.devices[1];
    assert_eq!(device.frequency().unwrap().value, 59.5);
    assert_eq!(device.frequency().unwrap().range, [59.5; 2]);
    assert_eq!(device.phasors().count(), 4);
    assert!(device.phasors().all(|phasor| phasor.magnitude == 59.5 && phasor.angle == 59.5));
    assert_eq!(device.status(), Some(59));
    assert_eq!((device.history.len(), device.frames), (3, 10.0));
    let point = device.history.last(1).next().unwrap();
    assert_eq!((point.frequency, point.least, point.most, point.change), (59.5, 59.5, 59.5, 59.5));
}

#[test]
fn extremes_within_a_second_are_in_the_history() {
    let mut world = World::new();
    for value in [60.0, 59.0, -60.5, 60.25, 60.0] {
        world.frames(2, &[0], value, StateFlags::empty());
    }
    let point = *world.board.devices[0].history.last(1).next().unwrap();
    assert_eq!((point.frequency, point.least, point.most, point.change), (60.0, -60.5, 60.25, -60.5));
}

#[test]
fn silence_is_an_alarm_and_ends() {
    let mut world = World::new();
    world.frames(20, &[0, 1, 2], 60.0, StateFlags::empty());
    world.frames(49, &[0, 2], 60.0, StateFlags::empty());
    assert_eq!(world.states(), [Good; 3]);
    world.frames(1, &[0, 2], 60.0, StateFlags::empty());
    assert_eq!(world.states(), [Good, Silent, Good]);
    assert_eq!(world.board.alarms()[0].name(), "FELLBRIDGE");
    assert_eq!(world.board.devices[1].frames, 0.0);
    world.frames(1, &[0, 1, 2], 60.0, StateFlags::empty());
    assert_eq!(world.states(), [Good; 3]);
    assert!(world.board.alarms().is_empty());
    let told = world.told();
    assert!(told.contains(&"FELLBRIDGE: nothing comes".into()), "{told:?}");
    assert!(told.contains(&"FELLBRIDGE: good again".into()), "{told:?}");
}

#[test]
fn flags_are_alarms_that_do_not_flutter() {
    let mut world = World::new();
    world.frames(20, &[0, 1, 2], 60.0, StateFlags::empty());
    for _ in 0..5 {
        world.frames(1, &[0], 60.0, StateFlags::BAD_TIME);
        world.frames(1, &[1], 60.0, StateFlags::SUSPECT_DATA);
        world.frames(9, &[0, 1, 2], 60.0, StateFlags::empty());
        assert_eq!(world.states(), [Alarm, Warning, Good]);
    }
    world.frames(50, &[0, 1, 2], 60.0, StateFlags::CALCULATED_VALUE);
    assert_eq!(world.states(), [Good; 3]);
    let told = world.told();
    let of_first: Vec<_> = told.iter().filter(|text| text.starts_with("ALDERMOOR")).collect();
    assert_eq!(of_first, ["ALDERMOOR: BAD_TIME", "ALDERMOOR: good again"]);
}

#[test]
fn a_lost_connection_is_one_alarm_and_nobody_is_good() {
    let mut world = World::new();
    world.frames(20, &[0, 1, 2], 60.0, StateFlags::empty());
    assert_eq!(world.board.connection_alarm(), None);
    world.state = ConnectionState::Reconnecting;
    world.frames(1, &[], 60.0, StateFlags::empty());
    let lost = world.time;
    assert_eq!(world.board.connection_alarm(), Some(lost));
    world.frames(100, &[], 60.0, StateFlags::empty());
    assert_eq!((world.states(), world.board.connection_alarm()), (vec![Unknown; 3], Some(lost)));
    assert!(world.board.alarms().is_empty());
    assert!(!world.told().iter().any(|text| text.contains("ALDERMOOR")), "{:?}", world.told());
    world.state = ConnectionState::Subscribed;
    world.frames(49, &[0], 60.0, StateFlags::empty());
    assert_eq!((world.states(), world.board.connection_alarm()), (vec![Good, Waiting, Waiting], None));
    world.frames(2, &[0], 60.0, StateFlags::empty());
    assert_eq!(world.states(), [Good, Silent, Silent]);
}

#[test]
fn a_connection_that_never_comes_is_an_alarm() {
    let mut world = World::new();
    world.board = Board::new(facts(ConnectionState::Connecting), world.time, world.now);
    world.state = ConnectionState::Connecting;
    let began = world.time;
    world.frames(49, &[], 60.0, StateFlags::empty());
    assert_eq!((world.states(), world.board.connection_alarm()), (vec![Unknown; 3], None));
    world.frames(1, &[], 60.0, StateFlags::empty());
    assert_eq!(world.board.connection_alarm(), Some(began));
}

#[test]
fn values_are_of_now_while_they_come() {
    let mut world = World::new();
    let current = |world: &World| -> Vec<bool> {
        world.board.devices.iter().map(|device| device.is_current(world.now)).collect()
    };
    assert_eq!(current(&world), [false; 3]);
    world.frames(10, &[0, 1, 2], 60.0, StateFlags::empty());
    assert_eq!(current(&world), [true; 3]);
    world.frames(14, &[0, 2], 60.0, StateFlags::empty());
    assert_eq!(current(&world), [true; 3]);
    world.frames(1, &[0, 2], 60.0, StateFlags::empty());
    assert_eq!(current(&world), [true, false, true]);
    world.state = ConnectionState::Reconnecting;
    world.frames(1, &[], 60.0, StateFlags::empty());
    assert_eq!(current(&world), [false; 3]);
}

#[test]
fn histories_outlive_a_change_of_signals() {
    let mut world = World::new();
    world.frames(20, &[0, 1, 2], 60.0, StateFlags::empty());
    let metadata = sample::metadata();
    let mut cache = sttp::codec::SignalIndexCache::new(sttp::Uuid::nil());
    for measurement in metadata.measurements().filter(|one| one.device_acronym() != Some("ALDERMOOR")) {
        let key = measurement.key().unwrap();
        cache.push(measurement.signal_id().unwrap(), key.source, key.number);
    }
    world.intake.subscription_updated(2, &Arc::new(cache));
    world.frames(10, &[0, 1], 61.0, StateFlags::empty());
    let names: Vec<_> = world.board.devices.iter().map(Device::name).collect();
    assert_eq!((names, world.board.signals), (vec!["FELLBRIDGE", "QUARRYWICK"], 22));
    let points: Vec<f32> = world.board.devices[0].history.last(9).map(|point| point.frequency).collect();
    assert_eq!(points, [60.0, 60.0, 61.0]);
}

#[test]
fn histories_are_bounded() {
    let mut world = World::new();
    for _ in 0..700 {
        world.pass(1000);
        world.look();
    }
    assert_eq!(world.board.devices[0].history.len(), super::super::history::LONGEST);
}
