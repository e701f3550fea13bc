//! Keys and screens, on a terminal of 80 by 24 that is none.

use std::time::{Duration, Instant};

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::app::{App, Next};
use super::draw;
use crate::model::{Board, Facts, sample};
use sttp::subscriber::ConnectionState;

struct User {
    app: App,
    board: Board,
    terminal: Terminal<TestBackend>,
}

impl User {
    fn new(width: u16, height: u16) -> User {
        User {
            app: App::new(true),
            board: sample::board(Instant::now(), Duration::from_secs(90)),
            terminal: Terminal::new(TestBackend::new(width, height)).unwrap(),
        }
    }

    fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            let code = match key {
                '\n' => KeyCode::Enter,
                '\x1b' => KeyCode::Esc,
                '\t' => KeyCode::Tab,
                '↓' => KeyCode::Down,
                '↑' => KeyCode::Up,
                other => KeyCode::Char(other),
            };
            let next = self.app.press(KeyEvent::new(code, KeyModifiers::NONE), &self.board);
            assert_eq!(next, Next::Go, "{key}");
        }
    }

    fn screen(&mut self) -> Vec<String> {
        self.terminal.draw(|frame| draw::draw(&mut self.app, frame, &self.board)).unwrap();
        let buffer = self.terminal.backend().buffer().clone();
        let width = usize::from(buffer.area.width);
        let cells: Vec<&str> = buffer.content.iter().map(|cell| cell.symbol()).collect();
        cells.chunks(width).map(|line| line.concat().trim_end().to_owned()).collect()
    }

    /// The devices that are listed, in order.
    fn listed(&mut self) -> Vec<String> {
        let screen = self.screen();
        screen[4..22]
            .iter()
            .filter_map(|line| line.split(' ').next())
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

#[test]
fn devices_stand_in_a_table() {
    let mut user = User::new(80, 24);
    let screen = user.screen();
    assert!(
        screen[0].starts_with("127.0.0.1:7175  subscribed since 00:00:00  not encrypted"),
        "{}",
        screen[0]
    );
    assert!(screen[0].ends_with("00:01:30Z"), "{}", screen[0]);
    assert_eq!(screen[1], "33 signals  0 values/s  0 kbit/s  latency unknown");
    assert_eq!(screen[2], "nothing lost  no alarms");
    let words: Vec<&str> = screen[3].split_whitespace().collect();
    assert_eq!(words[..7], ["device", "Hz", "Hz/s", "voltage", "angle", "fps", "state"], "{}", screen[3]);
    let words: Vec<&str> = screen[5].split_whitespace().collect();
    assert_eq!(
        words[..8],
        ["FELLBRIDGE", "50.0050", "0.000", "231.1", "kV", "30.0°", "10", "good"],
        "{}",
        screen[5]
    );
    assert_eq!(words[8].chars().count(), 13, "{}", screen[5]);
    assert!(screen[23].starts_with(" 1 devices  2 phasors  3 strip  4 events   / find"), "{}", screen[23]);
    assert!(screen.iter().all(|line| line.chars().count() <= 80));
}

#[test]
fn a_lost_connection_is_an_alarm() {
    let mut user = User::new(80, 24);
    let facts = Facts { state: ConnectionState::Reconnecting, ..user.board.connection.facts.clone() };
    let (time, now) = (user.board.time, user.board.now);
    user.board.look(&sample::intake(), facts, time, now);
    let screen = user.screen();
    assert_eq!(screen[2], "nothing lost  1 alarm: no connection since 00:01:30Z");
    assert!(screen[5].contains(" unknown "), "{}", screen[5]);
}

#[test]
fn keys_search_sort_and_choose() {
    let mut user = User::new(80, 24);
    assert_eq!(user.listed(), ["ALDERMOOR", "FELLBRIDGE", "QUARRYWICK"]);
    user.press("r");
    assert_eq!(user.listed(), ["QUARRYWICK", "FELLBRIDGE", "ALDERMOOR"]);
    user.press("rsss");
    let by_change = user.listed();
    assert!(user.screen()[3].contains(" Hz/s▲"), "{}", user.screen()[3]);
    user.press("r");
    assert!(user.screen()[3].contains(" Hz/s▼"), "{}", user.screen()[3]);
    let mut reversed = user.listed();
    reversed.reverse();
    assert_eq!(by_change, reversed);
    // Letters that are keys elsewhere belong to what is searched for.
    user.press("/quarry");
    assert_eq!(user.listed(), ["QUARRYWICK"]);
    user.press("q\u{1b}");
    assert_eq!(user.listed().len(), 3);
    user.press("/bridge\n");
    assert_eq!(user.listed(), ["FELLBRIDGE"]);
    user.press("2");
    assert!(user.screen().iter().any(|line| line.contains("FELLBRIDGE  good")));
    user.press("\u{1b}\u{1b}");
    assert_eq!(user.listed().len(), 3);
    user.press("/nobody");
    assert!(user.screen()[3].contains("No device has \"nobody\""), "{}", user.screen()[3]);
}

#[test]
fn a_device_has_a_diagram_and_numbers() {
    let mut user = User::new(80, 24);
    user.press("↓\n");
    let screen = user.screen();
    let text = screen.join("\n");
    assert!(text.contains("FELLBRIDGE  good"), "{text}");
    assert!(text.contains("50.0050 Hz  0.000 Hz/s  10 of 30 fps"), "{text}");
    assert!(text.contains("231.1 kV") && text.contains("512.5 A") && text.contains("30.0°"), "{text}");
    let dots = text.chars().filter(|character| ('\u{2800}'..'\u{2900}').contains(character)).count();
    assert!(dots > 100, "{dots}: {text}");
    user.press("a");
    let text = user.screen().join("\n");
    assert!(text.contains("to first") && text.contains(" 0.0°") && text.contains("-25.0°"), "{text}");
}

#[test]
fn a_strip_shows_minutes() {
    let mut user = User::new(80, 24);
    user.press("3");
    let text = user.screen().join("\n");
    assert!(
        text.contains("ALDERMOOR  50.0") && text.contains("last 5 min") && text.contains("-5 min"),
        "{text}"
    );
    assert!(text.contains("50.02") && text.contains("Hz/s") && text.contains("now"), "{text}");
    user.press("----+");
    assert!(user.screen().join("\n").contains("-2 min"));
    user.press("+++++++++++");
    assert!(user.screen().join("\n").contains("-10 min"));
}

#[test]
fn events_are_told_the_latest_first() {
    let mut user = User::new(80, 24);
    user.board.events.add(user.board.time, sttp::session::Severity::Error, "the last");
    user.press("4");
    let screen = user.screen();
    assert_eq!(screen[3], "00:01:30 error   the last");
    assert!(screen[4].contains("subscribed to 33 signals"), "{}", screen[4]);
    user.press("↓↓↓↓");
    assert!(user.screen()[3].contains("subscribed to 33 signals"));
}

#[test]
fn a_frozen_view_stays() {
    let mut user = User::new(80, 24);
    user.press(" ");
    let frozen = user.screen();
    assert!(frozen[0].contains(" FROZEN "), "{}", frozen[0]);
    user.board = sample::board(Instant::now(), Duration::from_secs(30));
    assert_eq!(user.screen(), frozen);
    user.press(" ");
    let live = user.screen();
    assert!(live[0].ends_with("00:00:30Z") && !live[0].contains("FROZEN"), "{}", live[0]);
}

#[test]
fn help_covers_any_screen_and_goes() {
    let mut user = User::new(80, 24);
    let before = user.screen();
    user.press("?");
    assert!(user.screen().iter().any(|line| line.contains("Ctrl+C")));
    user.press("q");
    assert_eq!(user.screen(), before);
    let end = user.app.press(KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE), &user.board);
    assert_eq!(end, Next::End);
}

#[test]
fn every_screen_fits_everywhere() {
    for (width, height) in [(1, 1), (20, 6), (79, 7), (200, 60)] {
        let mut user = User::new(width, height);
        for _ in 0..4 {
            user.press("?");
            user.screen();
            user.press("?\t");
            user.screen();
        }
        user.board.devices.clear();
        for _ in 0..4 {
            user.press("\t↓");
            user.screen();
        }
    }
}
