//! How programs begin and end.

use std::process::ExitCode;

use crate::log::{self, Format, Level, Log};
use crate::options::{Arguments, Asked, Program};
use crate::stop::Stop;

/// Why a program ends without having done its work.
#[derive(Debug)]
pub enum Failure {
    /// The command line is wrong.
    Usage(String),
    /// Something failed.
    Work(String),
}

/// Reads the command line, and does what it asks for.
pub fn main(program: &Program, work: fn(&Arguments, &Stop) -> Result<(), Failure>) -> ExitCode {
    let done = program.read(std::env::args().skip(1)).map_err(Failure::Usage).and_then(|asked| match asked {
        Asked::Text(text) => {
            // Whoever closes the pipe has seen enough.
            let _ = std::io::Write::write_all(&mut std::io::stdout(), text.as_bytes());
            Ok(())
        }
        Asked::Work(arguments) => {
            log::begin(program.log(&arguments).map_err(Failure::Usage)?);
            let stop = Stop::by_signals().map_err(|error| Failure::Work(format!("signals: {error}")))?;
            work(&arguments, &stop)
        }
    });
    let (text, code) = match done {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Usage(text)) => (text, 2),
        Err(Failure::Work(text)) => (text, 1),
    };
    // Before the options are known lines are plain.
    log::begin(Log { name: program.name, format: Format::Plain, most: Level::Error });
    log::line(Level::Error, &text);
    ExitCode::from(code)
}
