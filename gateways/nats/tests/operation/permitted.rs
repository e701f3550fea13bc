//! With the rights that `docs/scale.md` names, and no others, the program does all it can, and each of them is needed.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sttp::Ticks;
use sttp::engine::Engine;

use crate::support::account::{Client, check, settle};
use crate::support::between::{Said, between};
use crate::support::nats::{self, Server};
use crate::support::past::past;
use crate::support::program::Program;
use crate::support::source::Source;
use crate::support::{Folder, free_port, wait_until};
use crate::write;

const DOCUMENT: &str = include_str!("../../../../docs/scale.md");

/// Needed when a table is a day older than the stream, or as soon as there is one when the ingest starts.
const SELDOM: [&str; 3] =
    ["$JS.API.CONSUMER.MSG.NEXT.KV_STTP.*", "$JS.API.STREAM.MSG.GET.KV_STTP", "$JS.API.STREAM.PURGE.KV_STTP"];

/// The part of the NATS server's configuration that the document shows.
fn documented() -> &'static str {
    let (_, rest) = DOCUMENT.split_once("```text\nauthorization {").unwrap();
    let (_, whole) = DOCUMENT.split_at(DOCUMENT.len() - rest.len() - "authorization {".len());
    whole.split_once("```").unwrap().0
}

/// What a user may publish, by the document.
fn publishes(user: &str) -> Vec<&'static str> {
    let (_, rest) = documented().split_once(&format!("user: {user},")).unwrap();
    let (_, list) = rest.split_once("allow: [").unwrap();
    list.split_once(']').unwrap().0.split('"').skip(1).step_by(2).collect()
}

fn is_of(subject: &str, right: &str) -> bool {
    let mut tokens = subject.split('.');
    for wanted in right.split('.') {
        match (wanted, tokens.next()) {
            (">", Some(_)) => return true,
            ("*", Some(_)) => {}
            (wanted, Some(token)) if wanted == token => {}
            _ => return false,
        }
    }
    tokens.next().is_none()
}

/// A user on its way to the server, and the subjects to which it publishes.
struct User {
    name: &'static str,
    config: String,
    subjects: Arc<Mutex<BTreeSet<String>>>,
}

impl User {
    fn new(folder: &Folder, server: &Server, name: &'static str, more: &str) -> User {
        let subjects: Arc<Mutex<BTreeSet<String>>> = Arc::default();
        let noted = subjects.clone();
        let port = between(
            server.port,
            Box::new(move |said: &mut Said| {
                if said.words[0].ends_with("PUB") {
                    noted.lock().unwrap().insert(said.words[1].clone());
                }
                true
            }),
        );
        let password = write(&folder.0, "password", "change-me\n");
        let text = format!(
            "[nats]\nservers = ['nats://127.0.0.1:{port}']\nuser = '{name}'\npassword-file = '{password}'\n{more}"
        );
        User { name, config: write(&folder.0, &format!("{name}.toml"), &text), subjects }
    }

    /// It has used each of its rights.
    fn check(&self) {
        let subjects = self.subjects.lock().unwrap();
        let unused: Vec<_> = publishes(self.name)
            .into_iter()
            .filter(|right| !SELDOM.contains(right) && !subjects.iter().any(|subject| is_of(subject, right)))
            .collect();
        assert!(unused.is_empty(), "{} does not use {unused:?}, but {subjects:?}", self.name);
    }
}

#[test]
fn documented_rights_are_enough_and_none_is_too_many() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("permitted");
    let engine = Engine::new().unwrap();
    let config = write(&folder.0, "server.conf", documented());
    let server = Server::with(&folder.0.join("nats"), &["-c".into(), config]);
    let ingesting = User::new(&folder, &server, "ingest", "[ingest]\nlinger = '0ms'\n");
    let serving = User::new(&folder, &server, "serve", "[serve]\nshared-rights = true\n");
    let putting = User::new(&folder, &server, "rights", "");

    let mut source = Source::new(&engine, 1, 1);
    let sources = [("east", source.connection())];
    let ingest = Program::ingest(&folder.0, "ingest", &[], &sources, &["--config", &ingesting.config]);
    ingest.wait_until_well();
    let rights = write(&folder.0, "everybody", "[others]\nsignals = ALLOW WHERE True\n");
    let mut put = Command::new(env!("CARGO_BIN_EXE_sttp-nats"));
    let put = put.args(["rights", &rights, "--config", &putting.config]).output().unwrap();
    assert!(put.status.success(), "{put:?}");
    let port = free_port();
    let serve = Program::serve(&folder.0, "serve", &[], port, &["--config", &serving.config]);
    serve.wait_until_well();
    let clients = [Client::connect(&engine, port)];
    clients[0].subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    for number in 0..10 {
        source.publish(&source.frame(number, Ticks::now()));
    }
    // Late ones.
    source.publish(&source.frame(10, Ticks(Ticks::now().value() - 60 * Ticks::PER_SECOND)));
    let published = source.published();
    settle(&published, &clients);
    check("one whose programs may what they need", &published, &clients[0]);
    assert!(past(&engine, port) == published, "the history is another one");
    // Where there are messages, one that begins looks for tables that are of none.
    let other = Program::ingest(&folder.0, "other", &[], &sources, &["--config", &ingesting.config]);
    other.wait_until_well();
    wait_until("a look for tables", || {
        ingesting.subjects.lock().unwrap().iter().any(|subject| subject.contains("CONSUMER.CREATE.KV_STTP"))
    });
    drop(other);
    // Metadata in place of others.
    source.change(2);
    wait_until("other metadata", || ingest.log().matches("metadata revision").count() > 1);
    wait_until("other metadata of the relay", || serve.log().matches("metadata revision").count() > 1);
    for user in [&ingesting, &serving, &putting] {
        user.check();
    }
    for program in [&ingest, &serve] {
        let log = program.log();
        assert!(!log.to_lowercase().contains("permission"), "{log}");
    }
}
