//! What the program tells who has started it: the log, and systemd.

use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::{Folder, free_port};

/// The program over a bus that is not there, with a spool in a folder.
fn ingest(folder: &Folder) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sttp-nats"));
    let nowhere = format!("nats://127.0.0.1:{}", free_port());
    command.args(["ingest", "--source", "east=server=127.0.0.1:1", "--nats", &nowhere, "--spool"]);
    command.arg(folder.0.join("spool")).env_remove("STTP_LOG").stderr(Stdio::piped());
    command
}

#[test]
fn systemd_is_told_when_it_begins_how_it_stands_and_that_it_ends() {
    let folder = Folder::new("told");
    let place = folder.0.join("notify");
    let systemd = UnixDatagram::bind(&place).unwrap();
    systemd.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut command = ingest(&folder);
    let child = command.args(["--log-format", "json"]).env("NOTIFY_SOCKET", &place).spawn().unwrap();
    let mut told = String::new();
    let mut hear_until = |wanted: &str| {
        while !told.contains(wanted) {
            let mut space = [0; 4096];
            let count = systemd.recv(&mut space).unwrap_or_else(|_| panic!("no {wanted} in {told}"));
            told += std::str::from_utf8(&space[..count]).unwrap();
        }
    };
    hear_until("READY=1\n");
    hear_until("STATUS=bus: ");
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    hear_until("STOPPING=1\n");
    let done = child.wait_with_output().unwrap();
    let log = String::from_utf8(done.stderr).unwrap();
    assert!(done.status.success() && log.lines().count() > 1, "{log}");
    for line in log.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(entry["program"], "sttp-nats", "{line}");
        // An error if it got as far as trying its source, where nobody listens.
        assert!(["error", "warning", "info"].iter().any(|level| entry["level"] == *level), "{line}");
    }
}

#[test]
fn the_level_of_the_log_comes_from_options_or_the_environment() {
    let folder = Folder::new("levels");
    let said = |arguments: &[&str], wanted: &str| {
        let mut command = ingest(&folder);
        command.args(["--check"]).args(arguments).env("STTP_LOG", wanted);
        let done = command.output().unwrap();
        (done.status.code().unwrap(), String::from_utf8(done.stderr).unwrap())
    };
    let (code, text) = said(&[], "loud");
    let told = "STTP_LOG of the environment is error, warning, info or debug, not 'loud'";
    assert!(code == 2 && text.contains(told), "{text}");
    assert_eq!(said(&["--log-level", "debug"], "loud").0, 0);
    assert_eq!(said(&["--quiet"], "loud").0, 0);
    assert_eq!(said(&[], "debug").0, 0);
}
