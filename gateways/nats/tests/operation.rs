//! Operation of the program: who it is to NATS and to STTP, what all relays show alike, what it tells, a full spool, a
//! clean stop.

#[path = "operation/demonstration.rs"]
mod demonstration;
#[path = "operation/identity.rs"]
mod identity;
#[path = "operation/outages.rs"]
mod outages;
#[path = "operation/permitted.rs"]
mod permitted;
#[path = "operation/shared.rs"]
mod shared;
mod support;
#[path = "operation/told.rs"]
mod told;

use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use sttp::engine::Engine;

use support::account::{Client, check, settle};
use support::nats::{self, Server};
use support::program::Program;
use support::source::Source;
use support::{Folder, free_port, wait_until};

/// Runs a command that has to succeed.
fn run(command: &str, folder: &Path) {
    let status = Command::new("sh").args(["-ec", command]).current_dir(folder).status().unwrap();
    assert!(status.success(), "{command}");
}

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

/// What `--check` says of a configuration: the exit code, and its words.
fn checked(folder: &Path, role: &str, text: &str) -> (i32, String) {
    let config = write(folder, "checked.toml", text);
    let output =
        Command::new(env!("CARGO_BIN_EXE_sttp-nats")).args([role, "--check", "--config", &config]).output();
    let output = output.unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_configuration_is_checked_and_what_is_wrong_is_said() {
    let folder = Folder::new("check");
    let sources = "[ingest.sources]\neast = 'server=localhost:7175'\n";
    let (code, words) = checked(&folder.0, "ingest", sources);
    assert_eq!((code, words.as_str()), (0, ""));
    for (role, text, expected) in [
        ("ingest", "", "there is nothing to ingest"),
        ("ingest", "[ingest.sources]\n'a b' = 'server=x:1'\n", "\"a b\" is no name"),
        ("ingest", "[ingest.sources]\neast = 'port=1; server=x:1'\n", "source east"),
        ("ingest", &format!("[bus]\nreplicas = 7\n{sources}"), "bus.replicas"),
        ("ingest", &format!("[bus]\nmax-age = '7y'\n{sources}"), "is no span of time"),
        ("ingest", &format!("[bus]\nprefix = 'a..b'\n{sources}"), "bus.prefix"),
        ("ingest", &format!("[nats]\nuser = 'u'\n{sources}"), "user and password-file go together"),
        ("ingest", &format!("[nats]\ntoken-file = '/none'\n{sources}"), "/none"),
        ("serve", "[serve]\nsttp = 'server='\n", "does not say where subscribers are"),
        ("serve", "[serve]\nsttp = 'port=1; bogus=1'\n", "bogus"),
        ("serve", "[serv]\n", "unknown field"),
        ("serve", "[serve]\nmerge-window = '1s'\n", "20s at least"),
        ("serve", "[serve]\nsources = ['a b']\n", "serve.sources: \"a b\" is no name"),
        ("serve", "[serve]\nsttp = 'port=1; rightsFile=/none'\n", "/none"),
        ("serve", "[serve]\nsttp = 'port=1; localCertificate=/none.pem'\n", "securityMode=TLS"),
        ("serve", "[serve]\nsttp = 'port=1; securityMode=TLS; localCertificate=/none.pem'\n", "/none.pem"),
        (
            "ingest",
            "[ingest.sources]\neast = 'server=x:1; securityMode=TLS; remoteCertificate=/none.pem'\n",
            "/none.pem",
        ),
    ] {
        let (code, words) = checked(&folder.0, role, text);
        assert_eq!(code, 2, "{text}");
        assert!(words.contains(expected), "{text}: {words}");
    }
}

#[test]
fn what_a_file_says_is_in_force() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("file");
    let engine = Engine::new().unwrap();
    let server = Server::start(&folder.0.join("nats"));
    let [east, west] = [1, 1_001].map(|first| Source::new(&engine, first, 1));
    let spool = folder.0.join("a-spool");
    let common = format!(
        "[nats]\nservers = ['{}']\n[bus]\nprefix = 'other.v2'\nstream = 'OTHER'\nbucket = 'MORE'\n",
        server.url()
    );
    let of_ingest = format!(
        "{common}[log]\nlevel = 'error'\n[ingest.sources]\neast = '{}'\nwest = '{}'\n[ingest.spool]\nfolder = '{}'\n",
        east.connection(),
        west.connection(),
        spool.display()
    );
    let config = write(&folder.0, "ingest.toml", &of_ingest);
    let mut ingest = Program::start(&folder.0, "ingest", &["ingest", "--config", &config]);
    ingest.wait_until_well();
    let port = free_port();
    let rights = write(&folder.0, "rights", "[others]\nsignals = ALLOW WHERE PointTag <> 'TAG-3'\n");
    let of_serve = format!(
        "{common}[serve]\nsttp = 'port={port}; interface=127.0.0.1; rightsFile={rights}'\nsources = ['east']\nthreads = 3\n"
    );
    let config = write(&folder.0, "serve.toml", &of_serve);
    let serve = Program::start(&folder.0, "serve", &["serve", "--config", &config]);
    serve.wait_until_well();
    let clients = [Client::connect(&engine, port)];
    clients[0].subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
    sleep(Duration::from_millis(200));
    for number in 0..10 {
        [&west, &east]
            .into_iter()
            .for_each(|source| source.publish(&source.frame(number, sttp::Ticks::now())));
    }
    let mut allowed = east.published();
    allowed.retain(|(signal, _), _| *signal != sttp::Uuid::from_u128(3));
    settle(&allowed, &clients);
    check("one of a relay of one source, that may have nine of ten signals", &allowed, &clients[0]);
    assert_eq!(
        serve.metric("sttp_nats_bus_measurements_total"),
        100.0,
        "of the other source nothing is read"
    );
    let hand = support::hand::Hand::on(&server);
    assert_eq!(
        hand.stream("OTHER").cached_info().config.subjects,
        ["other.v2.live.*.*", "other.v2.late.*.*"]
    );
    assert_eq!(hand.stream("KV_MORE").cached_info().config.subjects, ["$KV.MORE.>"]);
    assert!(spool.join("lock").exists());
    assert_eq!(serve.threads_named("sttp-engine"), 3);
    assert!(ingest.stop().success());
    assert_eq!(ingest.log(), "", "there were no errors");
}

#[test]
fn a_clean_stop_loses_nothing_and_a_full_spool_tells_what_it_does() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("stop");
    let engine = Engine::new().unwrap();
    let mut server = Server::start(&folder.0.join("nats"));
    let urls = [server.url()];
    let mut source = Source::new(&engine, 1, 3);
    let config =
        write(&folder.0, "ingest.toml", "[ingest]\nlinger = '100ms'\n[ingest.spool]\nmax-bytes = '1M'\n");
    let sources = [("east", source.connection())];
    let mut ingest = Program::ingest(&folder.0, "ingest", &urls, &sources, &["--config", &config]);
    ingest.wait_until_well();
    let port = free_port();
    let serve = Program::serve(&folder.0, "serve", &urls, port, &[]);
    serve.wait_until_well();
    let clients = [Client::connect(&engine, port)];
    clients[0].subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
    sleep(Duration::from_millis(200));
    source.run();
    wait_until("live measurements", || clients[0].live_count() > 100);
    // Twice: what is under way is sent, and what the publisher kept meanwhile comes by recovery.
    for _ in 0..2 {
        assert!(ingest.stop().success());
        ingest.run();
        ingest.wait_until_well();
    }
    sleep(Duration::from_secs(3));
    source.stop();
    let published = source.published();
    settle(&published, &clients);
    check("one whose ingest stopped", &published, &clients[0]);

    // What the bus does not take goes to disk, and the oldest of it is dropped when that is full.
    server.kill();
    wait_until("measurements that are dropped", || {
        for number in 0..100 {
            source.publish(&source.frame(number, sttp::Ticks::now()));
        }
        ingest.metric("sttp_nats_dropped_measurements_total") > 0.0
    });
    assert!(ingest.metric("sttp_nats_spool_bytes") <= f64::from(1 << 20));
    assert!(ingest.log().contains("the spool is full"));
    assert!(ingest.get("/health").unwrap().starts_with("HTTP/1.1 503"));
    server.run();
    wait_until("an empty spool", || ingest.metric("sttp_nats_spool_measurements") == 0.0);
}
