//! `sttp-top`: a stream in a terminal.

mod app;
mod device;
mod devices;
mod draw;
mod events;
mod help;
mod strip;
mod style;
#[cfg(test)]
mod tests;
mod text;

use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{self, Event, KeyEventKind};

use crate::model::Board;
use crate::report;
use crate::watch::Watch;
use app::{App, Next};
use sttp_programs::log;
use sttp_programs::options::{Arguments, CONNECTION, Program, Row, Section};
use sttp_programs::program::Failure;
use sttp_programs::stop::Stop;

/// Between two pictures, unless a key is pressed.
const PICTURE: Duration = Duration::from_millis(200);

/// What `sttp-top` can be told.
pub const PROGRAM: Program = Program {
    name: "sttp-top",
    usage: &[
        "HOST:PORT [OPTION]...",
        "--listen ADDR:PORT [OPTION]...",
        "--connection-string TEXT [OPTION]...",
    ],
    operands: 1,
    about: "Shows a stream of STTP (IEEE 2664) in a terminal, live: the connection, all devices, a phasor diagram of each, \
            and\nits frequency over the last minutes. Keys: ? tells them all, q ends.",
    sections: &[
        CONNECTION,
        Section {
            heading: "For scripts",
            rows: &[
                Row::new("once", "", "Tells how everything stands, to standard output, and ends."),
                Row::new("format", "text|json", "Lines to read, or one JSON document.")
                    .standard("text")
                    .needs("once"),
                Row::new(
                    "wait",
                    "S",
                    "Looks on for S seconds from the first measurement on, so that rates are known.",
                )
                .standard("2")
                .needs("once"),
                Row::new("timeout", "S", "Fails if no measurement has come after S seconds.")
                    .standard("30")
                    .needs("once"),
            ],
        },
    ],
    notes: &["Colours are left out when NO_COLOR is set."],
    missing: "",
    // Pictures stand where lines with times would.
    runs_long: |_| false,
};

/// Shows the stream until the user ends it, or tells it once.
///
/// # Errors
///
/// A line that says what failed.
pub fn run(arguments: &Arguments, stop: &Stop) -> Result<(), Failure> {
    let setup = arguments.setup(arguments.operands().first().map(String::as_str)).map_err(Failure::Usage)?;
    let once = Once::of(arguments).map_err(Failure::Usage)?;
    if once.is_none() && !(io::stdin().is_terminal() && io::stdout().is_terminal()) {
        return Err(Failure::Work("this is no terminal; --once tells how things stand, for scripts".into()));
    }
    let watch = Watch::begin(&setup, PROGRAM.name).map_err(|error| Failure::Work(error.to_string()))?;
    match once {
        Some(once) => once.tell(&watch, stop).map_err(Failure::Work),
        None => show(&watch, stop).map_err(|error| Failure::Work(format!("the terminal: {error}"))),
    }
}

/// One look, for scripts.
struct Once {
    as_json: bool,
    wait: Duration,
    timeout: Duration,
}

impl Once {
    fn of(arguments: &Arguments) -> Result<Option<Once>, String> {
        let seconds = |name, standard| {
            let given = arguments.number(name, [0.0, 86_400.0])?.unwrap_or(standard);
            Ok::<_, String>(Duration::from_secs_f64(given))
        };
        let once = Once {
            as_json: match arguments.text("format") {
                None | Some("text") => false,
                Some("json") => true,
                Some(other) => return Err(format!("--format is {other}; give text or json")),
            },
            wait: seconds("wait", 2.0)?,
            timeout: seconds("timeout", 30.0)?,
        };
        Ok(arguments.has("once").then_some(once))
    }

    fn tell(&self, watch: &Watch, stop: &Stop) -> Result<(), String> {
        let mut board = watch.board();
        let has_come = |board: &Board| board.devices.iter().any(|device| device.time().is_some());
        watch.look_until(&mut board, self.timeout, |board| has_come(board) || stop.is_asked());
        if !has_come(&board) {
            let why =
                watch.why_not().map_or_else(|| "nothing has come".to_owned(), |error| error.to_string());
            return Err(format!("no measurement in {} s: {why}", self.timeout.as_secs_f64()));
        }
        watch.look_until(&mut board, self.wait, |_| stop.is_asked());
        let text = if self.as_json { report::json(&board) + "\n" } else { report::lines(&board) };
        io::Write::write_all(&mut io::stdout(), text.as_bytes())
            .map_err(|error| format!("standard output: {error}"))
    }
}

fn show(watch: &Watch, stop: &Stop) -> io::Result<()> {
    // Events have all that the log would say.
    let _held = io::stderr().is_terminal().then(log::hold);
    let mut terminal = ratatui::try_init()?;
    let shown = show_in(&mut terminal, watch, stop);
    ratatui::try_restore()?;
    shown
}

fn show_in(terminal: &mut ratatui::DefaultTerminal, watch: &Watch, stop: &Stop) -> io::Result<()> {
    let mut board = watch.board();
    let mut app = App::new(std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()));
    let (mut look, mut picture) = (Instant::now(), Instant::now());
    while !stop.is_asked() {
        let now = Instant::now();
        if now >= look {
            watch.look(&mut board);
            look = now + board.interval();
        }
        if now >= picture {
            terminal.draw(|frame| draw::draw(&mut app, frame, &board))?;
            picture = now + PICTURE;
        }
        let next = look.min(picture).saturating_duration_since(Instant::now());
        if event::poll(next)? {
            match event::read()? {
                Event::Key(key) if key.kind == KeyEventKind::Press => {
                    if app.press(key, &board) == Next::End {
                        break;
                    }
                    picture = now;
                }
                Event::Resize(..) => picture = now,
                _ => {}
            }
        }
    }
    Ok(())
}
