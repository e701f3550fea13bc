//! How the program begins and ends, without a publisher.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sttp-parquet")).args(arguments).output().unwrap()
}

#[test]
fn help_goes_to_standard_output() {
    for (option, told) in [
        ("--help", "Usage: sttp-parquet"),
        ("--help=markdown", "### How long"),
        ("--help=list", "overwrite\t\t\t"),
        ("--version", "."),
    ] {
        let done = run(&[option]);
        let text = String::from_utf8(done.stdout).unwrap();
        assert!(done.status.success() && done.stderr.is_empty() && text.contains(told), "{text}");
    }
}

#[test]
fn the_log_is_as_it_is_wanted() {
    for (option, told) in [
        ("--log-format=plain", "sttp-parquet: /nothing.csv: "),
        ("--log-format=journal", "<3>/nothing.csv: "),
        (
            "--log-format=json",
            "\"level\":\"error\",\"program\":\"sttp-parquet\",\"message\":\"/nothing.csv: ",
        ),
        ("--quiet", "sttp-parquet: /nothing.csv: "),
    ] {
        let done = run(&["/nothing.csv", "/nothing.parquet", option]);
        let text = String::from_utf8(done.stderr).unwrap();
        assert_eq!(done.status.code(), Some(1), "{text}");
        assert!(text.contains(told) && text.lines().count() == 1, "{text}");
    }
}
