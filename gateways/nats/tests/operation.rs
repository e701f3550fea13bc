//! Operation of the program: who it is to NATS, what all relays show alike, what it tells, a full spool, a clean stop.

#[path = "operation/outages.rs"]
mod outages;
mod support;

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use sttp::Uuid;
use sttp::codec::SignalIndexCache;
use sttp::engine::Engine;
use sttp::subscriber::{Subscriber, SubscriberHandler, SubscriberSettings, SubscriptionOptions};

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
    ] {
        let (code, words) = checked(&folder.0, role, text);
        assert_eq!(code, 2, "{text}");
        assert!(words.contains(expected), "{text}: {words}");
    }
}

/// A server of this configuration, and an ingest with that of its own, get along.
fn get_along(folder: &Folder, engine: &Engine, name: &str, server: &str, own: &str) {
    let of_server = write(&folder.0, &format!("{name}.conf"), server);
    let server = Server::with(&folder.0.join(format!("{name}-nats")), &["-c".into(), of_server]);
    let source = Source::new(engine, 1, 1);
    let own = format!("[nats]\nservers = ['{}']\n{own}", server.url());
    let config = write(&folder.0, &format!("{name}.toml"), &own);
    let sources = [("east", source.connection())];
    let program = Program::ingest(&folder.0, name, &[], &sources, &["--config", &config]);
    program.wait_until_well();
    wait_until("a measurement on the bus", || {
        source.publish(&source.frame(1, sttp::Ticks::now()));
        program.metric("sttp_nats_published_measurements_total") > 0.0
    });
}

#[test]
fn nats_knows_the_program_by_user_token_nkey_and_certificate() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("known");
    let engine = Engine::new().unwrap();
    let secret = |name: &str, text: &str| write(&folder.0, name, text);
    let password = secret("password", "secret\n");
    let server = "authorization { user: east, password: secret }";
    get_along(&folder, &engine, "user", server, &format!("user = 'east'\npassword-file = '{password}'\n"));
    let token = secret("token", "a-token\n");
    get_along(
        &folder,
        &engine,
        "token",
        "authorization { token: a-token }",
        &format!("token-file = '{token}'\n"),
    );
    // A key pair that was made for this test.
    let pair = nkeys::KeyPair::new_user();
    let seed = secret("seed", &pair.seed().unwrap());
    let server = format!("authorization {{ users: [ {{ nkey: {} }} ] }}", pair.public_key());
    get_along(&folder, &engine, "nkey", &server, &format!("nkey-file = '{seed}'\n"));
    run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout ca.key -out ca.pem \
         -subj /CN=ca 2>/dev/null
         for who in server client; do
           openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $who.key -out $who.csr -subj /CN=$who 2>/dev/null
           printf 'subjectAltName=IP:127.0.0.1' >san
           openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out $who.pem 2>/dev/null
         done",
        &folder.0,
    );
    let path = |name: &str| folder.0.join(name).to_string_lossy().into_owned();
    let server = format!(
        "tls {{ cert_file: '{}', key_file: '{}', ca_file: '{}', verify: true }}",
        path("server.pem"),
        path("server.key"),
        path("ca.pem")
    );
    let own = format!(
        "[nats.tls]\nca = '{}'\ncert = '{}'\nkey = '{}'\n",
        path("ca.pem"),
        path("client.pem"),
        path("client.key")
    );
    get_along(&folder, &engine, "tls", &server, &own);
}

/// What a subscriber is shown.
#[derive(Clone, Default)]
struct Shown {
    document: Arc<Mutex<Vec<u8>>>,
    signals: Arc<Mutex<Option<Vec<Uuid>>>>,
}

impl SubscriberHandler for Shown {
    fn metadata_document(&mut self, xml: &[u8]) {
        *self.document.lock().unwrap() = xml.to_vec();
    }

    fn subscription_updated(&mut self, _generation: u32, cache: &Arc<SignalIndexCache>) {
        let mut signals: Vec<Uuid> = cache.records().iter().map(|record| record.signal_id).collect();
        signals.sort();
        *self.signals.lock().unwrap() = Some(signals);
    }
}

impl Shown {
    fn by(engine: &Engine, port: u16) -> (Vec<u8>, Vec<Uuid>) {
        let shown = Shown::default();
        let subscriber = Subscriber::new(engine, shown.clone());
        let options = SubscriptionOptions::default().filter("FILTER ActiveMeasurements WHERE True".into());
        subscriber.subscribe(options).unwrap();
        subscriber.connect(&format!("127.0.0.1:{port}"), SubscriberSettings::default()).unwrap();
        wait_until("signals", || shown.signals.lock().unwrap().is_some());
        let document = shown.document.lock().unwrap().clone();
        (document, shown.signals.lock().unwrap().clone().unwrap())
    }
}

#[test]
fn all_relays_show_the_same_metadata_signals_and_rights() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("alike");
    let engine = Engine::new().unwrap();
    let server = Server::start(&folder.0.join("nats"));
    let urls = [server.url()];
    let [east, west] = [1, 1_001].map(|first| Source::new(&engine, first, 2));
    let first = Program::ingest(&folder.0, "first", &urls, &[("east", east.connection())], &[]);
    let second = Program::ingest(&folder.0, "second", &urls, &[("west", west.connection())], &[]);
    [&first, &second].into_iter().for_each(Program::wait_until_well);
    let config = write(&folder.0, "serve.toml", "[serve]\nshared-rights = true\n");
    let ports = [free_port(), free_port()];
    let serve = |number: usize| {
        let name = format!("serve-{number}");
        Program::serve(&folder.0, &name, &urls, ports[number], &["--config", &config])
    };
    let serves = [serve(0), serve(1)];
    serves.iter().for_each(Program::wait_until_well);
    let both = || ports.map(|port| Shown::by(&engine, port));
    wait_until("signals of both sources", || both().iter().all(|(_, signals)| signals.len() == 40));
    let [one, other] = both();
    assert!(!one.0.is_empty() && one == other);

    let rights = "[others]\nsignals = ALLOW WHERE Device LIKE 'DEVICE1001%'\n";
    let file = write(&folder.0, "rights.txt", rights);
    let put =
        Command::new(env!("CARGO_BIN_EXE_sttp-nats")).args(["rights", &file, "--nats", &urls[0]]).output();
    assert!(put.unwrap().status.success());
    wait_until("rights", || both().iter().all(|(_, signals)| signals.len() == 20));
    let [one, other] = both();
    assert!(one == other && one.1.iter().all(|signal| *signal > Uuid::from_u128(1_000)));
    let answer = serves[0].get("/metrics").unwrap();
    assert!(answer.contains("sttp_nats_metadata_revision{source=\"east\"}"), "{answer}");
    assert!(serves[0].get("/other").unwrap().starts_with("HTTP/1.1 404"));
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
