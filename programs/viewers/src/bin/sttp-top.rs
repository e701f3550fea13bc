//! A stream in a terminal.

fn main() -> std::process::ExitCode {
    sttp_programs::program::main(&sttp_viewers::top::PROGRAM, sttp_viewers::top::run)
}
