//! A stream in a terminal.

fn main() -> std::process::ExitCode {
    sttp_viewers::program::main(&sttp_viewers::top::PROGRAM, sttp_viewers::top::run)
}
