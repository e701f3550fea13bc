//! What programs say on standard error: lines with a level, and of programs that run for long with the time. In the same
//! form as the C tools, so that one reader reads them all.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use sttp::Ticks;
use sttp::session::Severity;

use crate::json::Writer;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something is not as it should be, and goes on.
    Warning,
    /// What happens.
    Info,
    /// What the library itself logs.
    Debug,
}

impl Level {
    /// All of them by their names.
    pub const ALL: [(&'static str, Level); 4] = [
        ("error", Level::Error),
        ("warning", Level::Warning),
        ("info", Level::Info),
        ("debug", Level::Debug),
    ];

    fn name(self) -> &'static str {
        Level::ALL[self as usize].0
    }

    /// The number of syslog.
    fn priority(self) -> u8 {
        match self {
            Level::Error => 3,
            Level::Warning => 4,
            Level::Info => 6,
            Level::Debug => 7,
        }
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Level {
        match severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
            Severity::Info => Level::Info,
            Severity::Debug => Level::Debug,
        }
    }
}

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The name of the program and the message.
    Plain,
    /// With time and level.
    Text,
    /// An object.
    Json,
    /// As the journal of systemd takes it.
    Journal,
}

impl Format {
    /// All of them by their names.
    pub const ALL: [(&'static str, Format); 4] = [
        ("plain", Format::Plain),
        ("text", Format::Text),
        ("json", Format::Json),
        ("journal", Format::Journal),
    ];
}

/// What is told, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// The program.
    pub name: &'static str,
    /// How lines look.
    pub format: Format,
    /// The last level that is told.
    pub most: Level,
}

static LOG: OnceLock<Log> = OnceLock::new();
/// Whether lines are left out, because a picture stands where they would.
static IS_HELD: AtomicBool = AtomicBool::new(false);

/// From now on lines of this process are like this, and the library's own log is among them; the first call is the one
/// that counts.
pub fn begin(log: Log) {
    LOG.get_or_init(|| {
        // Where another logger is there already, the library's log is its.
        if ::log::set_logger(&Library).is_ok() {
            let is_all = log.most == Level::Debug;
            ::log::set_max_level(if is_all { ::log::LevelFilter::Debug } else { ::log::LevelFilter::Warn });
        }
        log
    });
}

/// Says something, once the log has begun.
pub fn line(level: Level, message: &str) {
    if let Some(log) = LOG.get().filter(|_| !IS_HELD.load(Ordering::Relaxed)) {
        log.line(level, message);
    }
}

/// Whether lines of a level are told.
pub fn tells(level: Level) -> bool {
    LOG.get().is_some_and(|log| level <= log.most)
}

/// Whether what merely happens is told as well: not in lines that have no level, among which nobody would find the others.
pub fn tells_events() -> bool {
    LOG.get().is_some_and(|log| log.format != Format::Plain && log.most >= Level::Info)
}

/// Leaves lines out as long as it lives.
#[derive(Debug)]
pub struct Held(());

/// Leaves lines out from now on: a picture is where they would be.
pub fn hold() -> Held {
    IS_HELD.store(true, Ordering::Relaxed);
    Held(())
}

impl Drop for Held {
    fn drop(&mut self) {
        IS_HELD.store(false, Ordering::Relaxed);
    }
}

impl Log {
    /// Says something. A log that nobody reads any more is no reason to stop.
    pub fn line(&self, level: Level, message: &str) {
        if level <= self.most {
            let line = self.text(level, message, Ticks::now()) + "\n";
            let _ = std::io::stderr().write_all(line.as_bytes());
        }
    }

    fn text(&self, level: Level, message: &str, now: Ticks) -> String {
        let name = self.name;
        let mut line = String::new();
        // A string takes everything.
        let _ = match self.format {
            Format::Plain => write!(line, "{name}: {}", one_line(message)),
            Format::Text => {
                write!(line, "{} {} {name}: {}", time(now), level.name().to_uppercase(), one_line(message))
            }
            Format::Journal => write!(line, "<{}>{}", level.priority(), one_line(message)),
            Format::Json => {
                let mut writer = Writer::default();
                writer.object(|json| {
                    json.name("time").text(&time(now)).name("level").text(level.name());
                    json.name("program").text(name).name("message").text(message);
                });
                line.write_str(&writer.finish())
            }
        };
        line
    }
}

/// What peers say may have lines, which are not to look like lines of this log.
fn one_line(message: &str) -> String {
    message.chars().map(|one| if one.is_control() { ' ' } else { one }).collect()
}

/// As `2026-11-21T08:30:00.123Z`.
fn time(now: Ticks) -> String {
    let whole = Ticks(now.0 - now.0 % Ticks::PER_SECOND);
    let second = whole.to_string();
    let milliseconds = now.0 % Ticks::PER_SECOND / Ticks::PER_MILLISECOND;
    format!("{}.{milliseconds:03}Z", second.trim_end_matches('Z'))
}

/// The library's own log: all of it at the level debug, else what is of no connection, since that is told nowhere else.
struct Library;

/// Parts of the library whose warnings come as messages of a connection, too.
const TOLD_BY_CONNECTIONS: [&str; 3] = ["sttp::publisher", "sttp::subscriber", "sttp::gateway"];

impl ::log::Log for Library {
    fn enabled(&self, metadata: &::log::Metadata<'_>) -> bool {
        metadata.level() <= ::log::max_level() && metadata.target().starts_with("sttp")
    }

    fn log(&self, record: &::log::Record<'_>) {
        let level = match record.level() {
            ::log::Level::Error => Level::Error,
            ::log::Level::Warn => Level::Warning,
            ::log::Level::Info => Level::Info,
            ::log::Level::Debug | ::log::Level::Trace => Level::Debug,
        };
        let is_told = TOLD_BY_CONNECTIONS.iter().any(|part| record.target().starts_with(part));
        if self.enabled(record.metadata()) && !(is_told && level <= Level::Warning) {
            line(level, &format!("{}: {}", record.target(), record.args()));
        }
    }

    fn flush(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_what_their_format_has() {
        let now = Ticks(Ticks::from_date(2026, 11, 21).unwrap().0 + 12 * Ticks::PER_SECOND + 34 * 10_000);
        let log = |format| Log { name: "sttp-try", format, most: Level::Info };
        let text = |format| log(format).text(Level::Warning, "a \"b\"\nc \\", now);
        assert_eq!(text(Format::Plain), r#"sttp-try: a "b" c \"#);
        assert_eq!(text(Format::Text), r#"2026-11-21T00:00:12.034Z WARNING sttp-try: a "b" c \"#);
        assert_eq!(text(Format::Journal), r#"<4>a "b" c \"#);
        let json = r#"{"time":"2026-11-21T00:00:12.034Z","level":"warning","program":"sttp-try","message":"a \"b\"\u000ac \\"}"#;
        assert_eq!(text(Format::Json), json);
    }

    #[test]
    fn levels_are_in_the_order_of_their_names() {
        for (name, level) in Level::ALL {
            assert_eq!(level.name(), name);
        }
    }
}
