//! The command line: what to do, a file, and flags over what the file says.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};
use sttp::rights::Rights;

use crate::config::{self, Configuration};
use crate::operation::log::{self, Format, Level};
use crate::tstp::{self, Generation};

/// STTP over NATS: publishers in, any number of relays out, with history in between.
#[derive(Parser)]
#[command(
    name = "sttp-nats",
    version,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done, 1 failed, 2 the command line, the environment or the configuration is wrong."
)]
pub(crate) struct Arguments {
    /// The configuration, in TOML
    #[arg(long, short, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only say whether the configuration is good: exit code 0, or 2 and what is wrong
    #[arg(long, global = true)]
    pub(crate) check: bool,
    /// A NATS server; give several times for several
    #[arg(long = "nats", global = true, value_name = "URL")]
    nats: Vec<String>,
    /// Where metrics and health are told by HTTP
    #[arg(long, global = true, value_name = "ADDRESS")]
    http: Option<String>,
    /// Least important lines of the log
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<Level>,
    /// How lines of the log look
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<Format>,
    /// Nothing but errors in the log
    #[arg(long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Put what STTP publishers send on the bus
    Ingest(IngestFlags),
    /// Publish by STTP what comes from the bus
    Serve(ServeFlags),
    /// Put a file of rights where all relays take them from
    Rights(RightsFlags),
    /// Send what STTP publishers send as time series events (Kaa's TSTP)
    TstpOut(TstpOutFlags),
    /// Publish by STTP what comes as time series events (Kaa's TSTP)
    TstpIn(TstpInFlags),
    /// Print the Avro schema of time series events
    TstpSchema(TstpSchemaFlags),
    /// Print what a shell completes command lines by
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write pages of the manual, sttp-nats.1 and one for each command
    Man {
        /// Where to
        folder: PathBuf,
    },
}

#[derive(Args)]
pub(crate) struct IngestFlags {
    /// A publisher: a name and a connection string of a subscriber; give several times for several
    #[arg(long, value_name = "NAME=CONNECTION", value_parser = named)]
    source: Vec<(String, String)>,
    /// The folder for what waits while the bus is away
    #[arg(long, value_name = "FOLDER")]
    spool: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct ServeFlags {
    /// A connection string of a publisher
    #[arg(long, value_name = "CONNECTION")]
    sttp: Option<String>,
}

#[derive(Args)]
pub(crate) struct RightsFlags {
    /// As docs/security.md tells
    pub(crate) file: PathBuf,
}

#[derive(Args)]
pub(crate) struct TstpOutFlags {
    /// A publisher: a name and a connection string of a subscriber; give several times for several
    #[arg(long, value_name = "NAME=CONNECTION", value_parser = named)]
    source: Vec<(String, String)>,
    /// The generation of the events' schema
    #[arg(long)]
    generation: Option<Generation>,
}

#[derive(Args)]
pub(crate) struct TstpInFlags {
    /// A connection string of a publisher
    #[arg(long, value_name = "CONNECTION")]
    sttp: Option<String>,
    /// The generation of the events' schema
    #[arg(long)]
    generation: Option<Generation>,
}

#[derive(Args)]
pub(crate) struct TstpSchemaFlags {
    /// The generation of the schema
    #[arg(default_value_t)]
    pub(crate) generation: Generation,
    /// That of acknowledgements, which generation C has
    #[arg(long)]
    pub(crate) processed: bool,
}

impl Arguments {
    /// What the file says, and the flags over it.
    pub(crate) fn configuration(&self) -> Result<Configuration, String> {
        let mut configuration = match &self.config {
            Some(path) => config::load(path)?,
            None => Configuration::default(),
        };
        if !self.nats.is_empty() {
            configuration.nats.servers.clone_from(&self.nats);
        }
        if let Some(address) = &self.http {
            configuration.http.listen.clone_from(address);
        }
        let wanted = std::env::var_os("STTP_LOG").map(|wanted| wanted.to_string_lossy().into_owned());
        let given = if self.quiet { Some(Level::Error) } else { self.log_level };
        configuration.log.level = match given.or(configuration.log.level) {
            None => log::of_environment(wanted.as_deref())?,
            level => level,
        };
        if let Some(format) = self.log_format {
            configuration.log.format = format;
        }
        configuration.nats.check()?;
        configuration.bus.check()?;
        match &self.command {
            Command::Ingest(flags) => {
                let given = flags.source.iter().cloned();
                configuration.ingest.sources.extend(given);
                if let Some(folder) = &flags.spool {
                    configuration.ingest.spool.folder.clone_from(folder);
                }
                configuration.ingest.check()?;
                if !configuration.bus.mirror_of.is_empty() {
                    return Err(format!(
                        "bus.mirror-of: nothing can be put into a mirror; give an ingest bus.domain = {:?}",
                        configuration.bus.mirror_of
                    ));
                }
            }
            Command::Serve(flags) => {
                if let Some(connection) = &flags.sttp {
                    configuration.serve.sttp.clone_from(connection);
                }
                configuration.serve.check()?;
            }
            Command::Rights(flags) => {
                Rights::load(&flags.file).map_err(|error| error.to_string())?;
            }
            Command::TstpOut(flags) => {
                configuration.tstp_out.sources.extend(flags.source.iter().cloned());
                if let Some(generation) = flags.generation {
                    configuration.tstp_out.generation = generation;
                }
                configuration.tstp_out.check()?;
            }
            Command::TstpIn(flags) => {
                if let Some(connection) = &flags.sttp {
                    configuration.tstp_in.sttp.clone_from(connection);
                }
                if let Some(generation) = flags.generation {
                    configuration.tstp_in.generation = generation;
                }
                configuration.tstp_in.check()?;
            }
            Command::TstpSchema(_) | Command::Completions { .. } | Command::Man { .. } => {}
        }
        Ok(configuration)
    }

    /// Tells what is asked for about the program itself; false when it is something else that is to be done.
    pub(crate) fn tell(&self) -> Result<bool, String> {
        let mut program = Arguments::command();
        match &self.command {
            Command::TstpSchema(flags) => print!("{}", tstp::schema(flags.generation, flags.processed)),
            Command::Completions { shell } => {
                clap_complete::generate(*shell, &mut program, "sttp-nats", &mut std::io::stdout());
            }
            Command::Man { folder } => clap_mangen::generate_to(program, folder)
                .map_err(|error| format!("{}: {error}", folder.display()))?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn named(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, connection)) if !name.is_empty() => Ok((name.into(), connection.into())),
        _ => Err("give NAME=CONNECTION, as east='server=localhost:7175'".into()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// What a file and flags say.
    fn with_file(role: &str, file: &str, flags: &[&str]) -> Result<Configuration, String> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("sttp-nats-cli-{}-{number}.toml", std::process::id()));
        std::fs::write(&path, file).unwrap();
        let words = ["sttp-nats", role, "--config", path.to_str().unwrap()];
        let arguments = Arguments::try_parse_from(words.iter().chain(flags)).unwrap();
        let configuration = arguments.configuration();
        std::fs::remove_file(&path).unwrap();
        configuration
    }

    #[test]
    fn flags_go_over_the_file() {
        let common = "[nats]\nservers = ['nats://file:1']\n[http]\nlisten = 'file:1'\n[log]\nlevel = 'debug'\nformat = 'json'\n";
        let flags = [
            "--nats",
            "nats://one:1",
            "--nats",
            "nats://two:2",
            "--http",
            "127.0.0.1:0",
            "--log-level",
            "error",
            "--log-format",
            "plain",
        ];
        let both = |more: &[&'static str]| [&flags, more].concat();
        let file = format!(
            "{common}[ingest.sources]\neast = 'server=file:1'\nwest = 'server=file:2'\n[ingest.spool]\nfolder = '/file'\n"
        );
        let plain = with_file("ingest", &file, &[]).unwrap();
        assert_eq!(
            (plain.nats.servers, plain.http.listen.as_str()),
            (vec!["nats://file:1".to_owned()], "file:1")
        );
        assert_eq!((plain.log.level, plain.ingest.spool.folder), (Some(Level::Debug), "/file".into()));
        let over = with_file("ingest", &file, &both(&["--source", "east=server=flag:1", "--spool", "/flag"]))
            .unwrap();
        assert_eq!(over.nats.servers, ["nats://one:1", "nats://two:2"]);
        assert_eq!((over.http.listen.as_str(), over.log.level), ("127.0.0.1:0", Some(Level::Error)));
        assert_eq!((plain.log.format, over.log.format), (Format::Json, Format::Plain));
        let quiet = with_file("ingest", &file, &["--quiet"]).unwrap();
        assert_eq!(quiet.log.level, Some(Level::Error));
        assert_eq!(over.ingest.sources["east"], "server=flag:1");
        assert_eq!(over.ingest.sources["west"], "server=file:2");
        assert_eq!(over.ingest.spool.folder, PathBuf::from("/flag"));

        let file = "[serve]\nsttp = 'port=1'\n[tstp-in]\nsttp = 'port=1'\ngeneration = 'B'\n\
                    [tstp-out]\ngeneration = 'B'\nsources = { a = 'server=file:1' }\n";
        assert_eq!(with_file("serve", file, &["--sttp", "port=2"]).unwrap().serve.sttp, "port=2");
        let over = with_file("tstp-in", file, &["--sttp", "port=2", "--generation", "C"]).unwrap().tstp_in;
        assert_eq!((over.sttp.as_str(), over.generation), ("port=2", Generation::C));
        let over =
            with_file("tstp-out", file, &["--source", "b=server=flag:1", "--generation", "C"]).unwrap();
        assert_eq!(over.tstp_out.generation, Generation::C);
        assert_eq!(over.tstp_out.sources.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(with_file("tstp-out", file, &[]).unwrap().tstp_out.generation, Generation::B);
    }

    #[test]
    fn nothing_is_put_into_a_mirror() {
        let file = "[bus]\nmirror-of = 'hub'\n[ingest.sources]\neast = 'server=x:1'\n";
        let refused = with_file("ingest", file, &[]).unwrap_err();
        assert!(refused.contains("bus.domain = \"hub\""), "{refused}");
        assert!(with_file("serve", file, &[]).is_ok());
    }

    /// A flag that is added is to be tested, too.
    #[test]
    fn these_are_all_flags() {
        let flags = |command: &clap::Command| -> Vec<String> {
            command.get_arguments().filter_map(|flag| flag.get_long()).map(str::to_owned).collect()
        };
        let command = Arguments::command();
        assert_eq!(flags(&command), ["config", "check", "nats", "http", "log-level", "log-format", "quiet"]);
        let of_roles = command.get_subcommands().map(|role| (role.get_name().to_owned(), flags(role)));
        let expected: [(&str, &[&str]); 8] = [
            ("ingest", &["source", "spool"]),
            ("serve", &["sttp"]),
            ("rights", &[]),
            ("tstp-out", &["source", "generation"]),
            ("tstp-in", &["sttp", "generation"]),
            ("tstp-schema", &["processed"]),
            ("completions", &[]),
            ("man", &[]),
        ];
        let expected = expected
            .map(|(name, flags)| (name.to_owned(), flags.iter().map(|flag| (*flag).to_owned()).collect()));
        assert_eq!(of_roles.collect::<Vec<_>>(), expected);
    }
}
