//! A stream in browsers of this machine.

fn main() -> std::process::ExitCode {
    sttp_programs::program::main(&sttp_viewers::view::PROGRAM, sttp_viewers::view::run)
}
