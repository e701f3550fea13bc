//! What programs say on standard error: lines with a level, and of programs that run for long with the time.

use std::sync::OnceLock;

use sttp::Ticks;

/// How much a line matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something failed.
    Error,
    /// Something is not as it should be, and goes on.
    Warning,
    /// What happens.
    Info,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Info => "info",
        }
    }

    /// The number of syslog.
    fn priority(self) -> u8 {
        match self {
            Level::Error => 3,
            Level::Warning => 4,
            Level::Info => 6,
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

/// From now on lines of this process are like this; the first call is the one that counts.
pub fn begin(log: Log) {
    LOG.get_or_init(|| log);
}

/// Says something, once the log has begun.
pub fn line(level: Level, message: &str) {
    if let Some(log) = LOG.get() {
        log.line(level, message);
    }
}

impl Log {
    /// Says something.
    pub fn line(&self, level: Level, message: &str) {
        if level <= self.most {
            eprintln!("{}", self.text(level, message, Ticks::now()));
        }
    }

    fn text(&self, level: Level, message: &str, now: Ticks) -> String {
        // What peers say may have lines, which are not to look like lines of this log.
        let message: String = message.chars().map(|one| if one.is_control() { ' ' } else { one }).collect();
        let name = self.name;
        match self.format {
            Format::Plain => format!("{name}: {message}"),
            Format::Text => format!("{} {} {name}: {message}", time(now), level.name().to_uppercase()),
            Format::Journal => format!("<{}>{message}", level.priority()),
            Format::Json => format!(
                "{{\"time\":\"{}\",\"level\":\"{}\",\"program\":\"{name}\",\"message\":\"{}\"}}",
                time(now),
                level.name(),
                message.replace('\\', "\\\\").replace('"', "\\\"")
            ),
        }
    }
}

/// As `2026-11-21T08:30:00.123Z`.
fn time(now: Ticks) -> String {
    let whole = Ticks(now.0 - now.0 % Ticks::PER_SECOND);
    let second = whole.to_string();
    let milliseconds = now.0 % Ticks::PER_SECOND / Ticks::PER_MILLISECOND;
    format!("{}.{milliseconds:03}Z", second.trim_end_matches('Z'))
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
        let json = r#"{"time":"2026-11-21T00:00:12.034Z","level":"warning","program":"sttp-try","message":"a \"b\" c \\"}"#;
        assert_eq!(text(Format::Json), json);
    }
}
