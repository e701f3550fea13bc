//! How the programs begin and end, without a publisher.

use std::process::{Command, Output};

const PROGRAMS: [&str; 2] = [env!("CARGO_BIN_EXE_sttp-top"), env!("CARGO_BIN_EXE_sttp-view")];

fn run(program: &str, arguments: &[&str]) -> Output {
    Command::new(program).args(arguments).output().unwrap()
}

#[test]
fn help_goes_to_standard_output() {
    for program in PROGRAMS {
        for (option, told) in
            [("--help", "Usage: sttp-"), ("--help=markdown", "### Where from"), ("--version", ".")]
        {
            let done = run(program, &[option]);
            let text = String::from_utf8(done.stdout).unwrap();
            assert!(
                done.status.success() && done.stderr.is_empty() && text.contains(told),
                "{program}: {text}"
            );
        }
    }
}

#[test]
fn mistakes_are_one_line_and_a_code() {
    for program in PROGRAMS {
        for (arguments, code, told) in [
            (vec![], 2, "whose measurements?"),
            (vec!["127.0.0.1:1", "--nothing"], 2, "there is no option --nothing"),
            (vec!["127.0.0.1:1", "--certificate", "/nothing", "--trust", "/nothing"], 1, "/nothing"),
        ] {
            // In place of a terminal, which there is none of, and of a page.
            let mut all = arguments.clone();
            all.extend(
                ["--once", "--serve=127.0.0.1:0"]
                    .iter()
                    .filter(|option| code == 1 && option.contains("once") == program.contains("top")),
            );
            let done = run(program, &all);
            let text = String::from_utf8(done.stderr).unwrap();
            assert_eq!(done.status.code(), Some(code), "{program} {all:?}: {text}");
            assert!(text.contains(told) && text.lines().count() == 1, "{program} {all:?}: {text}");
        }
    }
}
