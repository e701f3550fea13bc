//! `sttp-nats`: STTP over NATS. `docs/scale.md` tells what for, and how.

mod announcer;
mod bus;
mod cli;
mod config;
mod ingest;
mod operation;
mod rights;
mod serve;
mod tstp;

#[cfg(test)]
#[path = "../tests/support/unit.rs"]
mod support;

use std::process::ExitCode;

use clap::Parser;

use cli::{Arguments, Command};
use config::Configuration;
use operation::{Operation, log};
use sttp_programs::supervisor;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let configuration = match arguments.configuration() {
        Ok(configuration) => configuration,
        Err(error) => {
            eprintln!("sttp-nats: {error}");
            return ExitCode::from(2);
        }
    };
    if arguments.check {
        println!("the configuration is good");
        return ExitCode::SUCCESS;
    }
    match arguments.tell() {
        Ok(false) => {}
        Ok(true) => return ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sttp-nats: {error}");
            return ExitCode::FAILURE;
        }
    }
    log::begin(configuration.log.level.unwrap_or_default(), configuration.log.format);
    let done = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("the threads cannot be started: {error}"))
        .and_then(|runtime| runtime.block_on(run(&arguments.command, configuration)));
    supervisor::stopping();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Does what is asked for until it is asked to stop.
async fn run(command: &Command, configuration: Configuration) -> Result<(), String> {
    let operation = Operation::start(&configuration.http).await?;
    match command {
        Command::Ingest(_) => ingest::run(configuration, operation).await,
        Command::Serve(_) => serve::run(configuration, operation).await,
        Command::Rights(flags) => rights::put(&flags.file, configuration, operation).await,
        Command::TstpOut(_) => tstp::run_out(configuration, operation).await,
        Command::TstpIn(_) => tstp::run_in(configuration, operation).await,
        // Told before.
        Command::TstpSchema(_) | Command::Completions { .. } | Command::Man { .. } => Ok(()),
    }
}
