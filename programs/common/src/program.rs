//! How programs begin and end.

use std::process::ExitCode;

use crate::log::{self, Format, Level, Log};
use crate::options::{Arguments, Asked, Program};
use crate::stop::Stop;
use crate::supervisor;

/// Why a program ends without having done its work.
#[derive(Debug)]
pub enum Failure {
    /// The command line is wrong.
    Usage(String),
    /// Something failed.
    Work(String),
    /// It was done, and what was looked for is not there.
    Missing(String),
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
            let wanted = std::env::var_os("STTP_LOG").map(|wanted| wanted.to_string_lossy().into_owned());
            log::begin(program.log(&arguments, wanted.as_deref()).map_err(Failure::Usage)?);
            let stop = Stop::by_signals().map_err(|error| Failure::Work(format!("signals: {error}")))?;
            let done = work(&arguments, &stop);
            supervisor::stopping();
            done
        }
    });
    let (level, text, code) = match done {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Usage(text)) => (Level::Error, text, 2),
        Err(Failure::Work(text)) => (Level::Error, text, 1),
        // Whoever wants nothing but errors knows by the code.
        Err(Failure::Missing(text)) => (Level::Warning, text, 3),
    };
    // Before the options are known lines are plain.
    log::begin(Log { name: program.name, format: Format::Plain, most: Level::Error });
    log::line(level, &text);
    ExitCode::from(code)
}
