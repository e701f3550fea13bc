//! Command lines: one table of options for each program, from which come reading, `--help`, and pages of the manual.

mod config;
mod help;

use std::str::FromStr;

use sttp::settings::SubscriberSetup;

use crate::log::{Format, Level, Log};

/// An option.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Its name without hyphens.
    pub name: &'static str,
    /// What its value is; empty when it has none.
    pub value: &'static str,
    /// What it does, with code between backquotes.
    pub text: &'static str,
    /// Another option that it needs; may be empty.
    pub needs: &'static str,
    /// What is taken without it; may be empty.
    pub standard: &'static str,
    /// The page of `docs` that tells more; may be empty.
    pub see: &'static str,
}

impl Row {
    /// An option of which nothing but this is to be told.
    pub const fn new(name: &'static str, value: &'static str, text: &'static str) -> Row {
        Row { name, value, text, needs: "", standard: "", see: "" }
    }

    /// The same, with what is taken without it.
    pub const fn standard(self, standard: &'static str) -> Row {
        Row { standard, ..self }
    }

    /// The same, for those who give another option, too.
    pub const fn needs(self, needs: &'static str) -> Row {
        Row { needs, ..self }
    }

    /// The same, with a page that tells more.
    pub const fn see(self, see: &'static str) -> Row {
        Row { see, ..self }
    }
}

/// Options that belong together.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// What they are about.
    pub heading: &'static str,
    /// The options.
    pub rows: &'static [Row],
}

/// What a program can be told.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// Its name.
    pub name: &'static str,
    /// Each way to call it, without the name.
    pub usage: &'static [&'static str],
    /// How many words may stand there that are no options.
    pub operands: usize,
    /// What it does, in a sentence or two.
    pub about: &'static str,
    /// Its own options; what all programs have comes behind them.
    pub sections: &'static [Section],
    /// What else there is to tell, a line each.
    pub notes: &'static [&'static str],
    /// When it ends with the code 3, having found that something is not there; empty for never.
    pub missing: &'static str,
    /// Whether what it is asked for takes long, so that its log has times unless it is told otherwise.
    pub runs_long: fn(&Arguments) -> bool,
}

/// Where a stream comes from.
pub const CONNECTION: Section = Section {
    heading: "Where from",
    rows: &[
        Row::new("listen", "ADDR:PORT", "Waits for publishers that connect, one at a time.").see("roles.md"),
        Row::new(
            "connection-string",
            "TEXT",
            "What openPDC and openHistorian call so, as `'server=pdc.example.com:7165; compression=false'`, in place of \
             an address; the other options go over it.",
        )
        .see("connection-strings.md"),
        Row::new(
            "certificate",
            "FILE",
            "Secures the connection by TLS, with this own certificate, PEM or DER. `sttp-publish --make-certificate` \
             makes one.",
        )
        .see("security.md"),
        Row::new("private-key", "FILE", "Its private key, when it is not in the same file.").needs("certificate"),
        Row::new("trust", "FILES", "Certificates of the publisher: files or folders with commas between them.")
            .needs("certificate"),
        Row::new(
            "filter",
            "EXPR",
            "Signal IDs, measurement keys or point tags separated by semicolons, or an expression.",
        )
        .standard(EVERYTHING),
        Row::new("udp", "PORT", "Measurements by UDP to this port; 0 takes any free one.").see("udp.md"),
    ],
};

const EVERYTHING: &str = "FILTER ActiveMeasurements WHERE True";

const GENERAL: Section = Section {
    heading: "In general",
    rows: &[
        Row::new(
            "set",
            "KEY=VALUE",
            "Any setting, by its key in a connection string; may be repeated, and goes over all other options.",
        )
        .see("connection-strings.md"),
        Row::new(
            "config",
            "FILE",
            "Reads options from a file, a line each: `name = value`, and `argument = TEXT` for what is no option. The \
             command line goes over them.",
        )
        .see("operation.md"),
        Row::new("quiet", "", "Tells errors only: neither warnings and progress, nor what happens."),
        Row::new(
            "log-level",
            "error|warning|info|debug",
            "What is told on standard error; `debug` is with what the library itself logs. Default: what `STTP_LOG` of the \
             environment says, else `info`.",
        )
        .see("operation.md"),
        Row::new(
            "log-format",
            "plain|text|json|journal",
            "How lines on standard error look: `text` with times and levels, `json` an object a line, `journal` as journals \
             of systemd take them. With these three, what happens is told there, too. Default: times and levels for what \
             runs long, else `plain`.",
        )
        .see("operation.md"),
        Row::new(
            "help",
            "",
            "Tells the options; `--help=markdown` as tables for documents, `--help=list` as lines for programs.",
        ),
        Row::new("version", "", "Tells the library's version."),
    ],
};

/// What a command line asks for.
#[derive(Debug)]
pub enum Asked {
    /// That the program does its work.
    Work(Arguments),
    /// That it tells this, and ends.
    Text(String),
}

/// What was given on a command line.
#[derive(Debug, Default)]
pub struct Arguments {
    options: Vec<(&'static str, String)>,
    operands: Vec<String>,
}

impl Program {
    /// Reads a command line, without the program's name.
    ///
    /// # Errors
    ///
    /// A line that says what is wrong with it.
    pub fn read(&self, words: impl IntoIterator<Item = String>) -> Result<Asked, String> {
        let mut words = words.into_iter();
        let mut arguments = Arguments::default();
        while let Some(word) = words.next() {
            let Some(option) = word.strip_prefix("--") else {
                arguments.take_operand(word, self.operands)?;
                continue;
            };
            let (name, value) = match option.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (option, None),
            };
            match (name, value.as_deref()) {
                ("help", None) => return Ok(Asked::Text(help::lines(self))),
                ("help", Some("markdown")) => return Ok(Asked::Text(help::tables(self))),
                ("help", Some("list")) => return Ok(Asked::Text(help::list(self))),
                ("version", None) => return Ok(Asked::Text(concat!(env!("CARGO_PKG_VERSION"), "\n").into())),
                _ => {}
            }
            self.take(name, value, &mut arguments, || words.next())?;
        }
        if let Some(path) = arguments.text("config").map(str::to_owned) {
            config::read(self, &path, &mut arguments)?;
        }
        let alone = self
            .rows()
            .find(|row| arguments.has(row.name) && !row.needs.is_empty() && !arguments.has(row.needs));
        match alone {
            Some(row) => Err(format!("--{} needs --{}", row.name, row.needs)),
            None => Ok(Asked::Work(arguments)),
        }
    }

    /// Takes an option; a value that does not stand with it comes from `next`.
    fn take(
        &self,
        name: &str,
        value: Option<String>,
        arguments: &mut Arguments,
        next: impl FnOnce() -> Option<String>,
    ) -> Result<(), String> {
        let row = self.rows().find(|row| row.name == name && row.name != "help" && row.name != "version");
        let row =
            row.ok_or_else(|| format!("there is no option --{name}; --help tells those that there are"))?;
        let value = match (row.value.is_empty(), value) {
            (true, None) => String::new(),
            (true, Some(_)) => return Err(format!("--{name} has no value")),
            (false, Some(value)) => value,
            (false, None) => next().ok_or_else(|| format!("--{name} needs a value: {}", row.value))?,
        };
        if row.name != "set" && arguments.has(row.name) {
            return Err(format!("--{name} stands there twice"));
        }
        arguments.options.push((row.name, value));
        Ok(())
    }

    /// How the log is to be, as the options say, and `STTP_LOG` of the environment, which is `wanted`.
    ///
    /// # Errors
    ///
    /// A line that says what may be.
    pub fn log(&self, arguments: &Arguments, wanted: Option<&str>) -> Result<Log, String> {
        let format = match arguments.text("log-format") {
            None if (self.runs_long)(arguments) => Format::Text,
            None => Format::Plain,
            Some(name) => named(&Format::ALL, name)
                .ok_or_else(|| format!("--log-format is {name}; give plain, text, json or journal"))?,
        };
        let most = match (arguments.text("log-level"), wanted.filter(|wanted| !wanted.is_empty())) {
            (Some(name), _) => named(&Level::ALL, name)
                .ok_or_else(|| format!("--log-level is {name}; give error, warning, info or debug"))?,
            (None, Some(name)) => named(&Level::ALL, name).ok_or_else(|| {
                format!("STTP_LOG of the environment is error, warning, info or debug, not '{name}'")
            })?,
            (None, None) => Level::Info,
        };
        let most = if arguments.has("quiet") { Level::Error } else { most };
        Ok(Log { name: self.name, format, most })
    }

    fn sections(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().chain([&GENERAL])
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.sections().flat_map(|section| section.rows)
    }
}

fn named<T: Copy>(all: &[(&str, T)], name: &str) -> Option<T> {
    all.iter().find(|(known, _)| *known == name).map(|(_, one)| *one)
}

impl Arguments {
    fn take_operand(&mut self, word: String, most: usize) -> Result<(), String> {
        if word.starts_with('-') && word != "-" {
            return Err(format!("there is no option {word}; --help tells those that there are"));
        }
        if self.operands.len() == most {
            return Err(format!("{word} is one too many: {} stands there already", self.operands.join(" ")));
        }
        self.operands.push(word);
        Ok(())
    }

    /// The words that are no options.
    pub fn operands(&self) -> &[String] {
        &self.operands
    }

    /// True when an option was given.
    pub fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(given, _)| *given == name)
    }

    /// The value of an option.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(given, _)| *given == name).map(|(_, value)| value.as_str())
    }

    /// The value of an option that is a number or the like, between two bounds.
    ///
    /// # Errors
    ///
    /// A line that says what it may be.
    pub fn number<T: FromStr + PartialOrd + std::fmt::Display>(
        &self,
        name: &str,
        [least, most]: [T; 2],
    ) -> Result<Option<T>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if number >= least && number <= most => Ok(Some(number)),
            _ => Err(format!("--{name} is {text}; give a number from {least} to {most}")),
        }
    }

    /// How to subscribe: to whom `address` says, and everything that the options of [`CONNECTION`] and `--set` say.
    ///
    /// # Errors
    ///
    /// A line that says what is wrong with them.
    pub fn setup(&self, address: Option<&str>) -> Result<SubscriberSetup, String> {
        let mut setup = SubscriberSetup::default();
        // What a viewer needs unless it is told otherwise.
        let standard = [
            ("latencyStatistics", "true"),
            ("followConfiguration", "true"),
            ("filterExpression", EVERYTHING),
        ];
        let tell = |error: &dyn std::fmt::Display| error.to_string();
        for (key, value) in standard {
            setup.set(key, Some(value)).map_err(|error| tell(&error))?;
        }
        if let Some(text) = self.text("connection-string") {
            setup.apply(text).map_err(|error| tell(&error))?;
        }
        let set = |setup: &mut SubscriberSetup, key: &str, value: &str| {
            setup.set(key, Some(value)).map_err(|error| tell(&error))
        };
        self.set_endpoint(&mut setup, address)?;
        for (option, key) in [
            ("certificate", "localCertificate"),
            ("private-key", "localPrivateKey"),
            ("trust", "remoteCertificate"),
            ("filter", "filterExpression"),
            ("udp", "dataChannel.port"),
        ] {
            if let Some(value) = self.text(option) {
                set(&mut setup, key, value)?;
            }
        }
        if self.has("certificate") {
            set(&mut setup, "securityMode", "TLS")?;
        }
        for (_, pair) in self.options.iter().filter(|(name, _)| *name == "set") {
            let (key, value) =
                pair.split_once('=').ok_or_else(|| format!("--set is {pair}; give KEY=VALUE"))?;
            set(&mut setup, key.trim(), value)?;
        }
        setup.endpoint().map_err(|error| tell(&error))?;
        setup.security.tls().map_err(|error| tell(&error))?;
        Ok(setup)
    }

    fn set_endpoint(&self, setup: &mut SubscriberSetup, address: Option<&str>) -> Result<(), String> {
        let given = [address, self.text("listen"), self.text("connection-string")];
        match given {
            [None, None, None] => {
                Err("whose measurements? Give HOST:PORT, --listen or --connection-string; --help \
                                       tells more"
                    .into())
            }
            [Some(_), Some(_), _] => Err("HOST:PORT connects and --listen waits; give one of them".into()),
            [Some(_), _, Some(_)] | [_, Some(_), Some(_)] => {
                Err("--connection-string says already where the publisher is".into())
            }
            [Some(address), None, None] => {
                if address.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
                    return Err(format!("{address} is no address; give HOST:PORT, IPv6 as [ADDRESS]:PORT"));
                }
                setup.set("server", Some(address)).map_err(|error| error.to_string())
            }
            [None, Some(address), None] => {
                let address: std::net::SocketAddr = address
                    .parse()
                    .map_err(|_| format!("--listen is {address}; give ADDR:PORT, as 0.0.0.0:7175"))?;
                let pairs = [("port", address.port().to_string()), ("interface", address.ip().to_string())];
                pairs.iter().try_for_each(|(key, value)| {
                    setup.set(key, Some(value)).map_err(|error| error.to_string())
                })
            }
            [None, None, Some(_)] => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "options/tests.rs"]
mod tests;
