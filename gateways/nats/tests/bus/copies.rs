//! A cluster's servers do not have the same, or say that they have what they have not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sttp::Ticks;
use sttp::engine::Engine;

use crate::support::account::{Client, check, settle};
use crate::support::between::{Change, Said, between};
use crate::support::nats::{self, Server};
use crate::support::past::past;
use crate::support::program::Program;
use crate::support::source::Source;
use crate::support::{Folder, free_port, wait_until};

/// A copy of the stream that lacks a message in time, and so counts one less from there on, or has one of which nobody
/// knows, and counts one more: what readers get that are begun when it is wanted, until others are.
#[derive(Default)]
struct Copy {
    /// Readers get it that are begun from now on.
    is_wanted: bool,
    has_more: bool,
    /// How often the leader was asked for a message.
    comparisons: usize,
    /// Who reads it, and what that one does not get.
    reader: Option<(String, u64)>,
}

impl Copy {
    /// Changes what comes from the copy.
    fn change(copy: &Arc<Mutex<Copy>>) -> Change {
        let copy = copy.clone();
        Box::new(move |said| copy.lock().unwrap().passes(said))
    }

    fn passes(&mut self, said: &mut Said) -> bool {
        let asks = |word: &String| word.starts_with("$JS.API.STREAM.MSG.GET.");
        self.comparisons += usize::from(said.words.get(1).is_some_and(asks));
        // `$JS.ACK.STREAM.READER.DELIVERED.SEQUENCE.NUMBER.TIME.PENDING`: where a message of a reader is to be
        // acknowledged.
        let live = said.words.get(1).is_some_and(|subject| subject.starts_with("sttp.v1.live."));
        let Some(place) = said.words.iter_mut().find(|word| word.starts_with("$JS.ACK.")).filter(|_| live)
        else {
            return true;
        };
        let mut tokens: Vec<String> = place.split('.').map(str::to_owned).collect();
        let sequence: u64 = tokens[5].parse().unwrap();
        if std::mem::take(&mut self.is_wanted) {
            self.reader = Some((tokens[3].clone(), sequence));
            return self.has_more;
        }
        if let Some((reader, lacking)) = &self.reader
            && *reader == tokens[3]
            && sequence > *lacking
        {
            match self.has_more {
                true => tokens[5] = (sequence + 1).to_string(),
                false => {
                    for token in [5, 6] {
                        tokens[token] = (tokens[token].parse::<u64>().unwrap() - 1).to_string();
                    }
                }
            }
            *place = tokens.join(".");
        }
        true
    }
}

/// A publisher, an ingest, a server, and programs that reach it by way of a change.
struct World {
    engine: Engine,
    source: Source,
    folder: Folder,
    url: String,
    changed: String,
    _server: Server,
}

impl World {
    fn new(name: &str, change: Change) -> World {
        let folder = Folder::new(name);
        let engine = Engine::new().unwrap();
        let server = Server::start(&folder.0.join("nats"));
        let source = Source::new(&engine, 1, 1);
        let changed = format!("nats://127.0.0.1:{}", between(server.port, change));
        World { engine, source, folder, url: server.url(), changed, _server: server }
    }

    fn ingest(&self, url: &str) -> Program {
        let sources = [("east", self.source.connection())];
        let ingest = Program::ingest(&self.folder.0, "ingest", &[url.to_owned()], &sources, &[]);
        ingest.wait_until_well();
        ingest
    }

    /// A relay, and a subscriber of it.
    fn serve(&self, url: &str) -> (Program, u16, [Client; 1]) {
        let port = free_port();
        let serve = Program::serve(&self.folder.0, "serve", &[url.to_owned()], port, &[]);
        serve.wait_until_well();
        let client = Client::connect(&self.engine, port);
        client.subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        (serve, port, [client])
    }
}

#[test]
fn a_copy_that_lacks_something_is_left_for_another_one() {
    if nats::is_missing() {
        return;
    }
    let copy = Arc::default();
    let mut world = World::new("copy", Copy::change(&copy));
    let _ingest = world.ingest(&world.url);
    let (serve, port, clients) = world.serve(&world.changed);
    world.source.run();
    wait_until("live measurements", || clients[0].live_count() > 100);
    copy.lock().unwrap().is_wanted = true;
    wait_until("a copy that differs", || serve.metric("sttp_nats_differing_copies_total") > 0.0);
    world.source.stop();
    let published = world.source.published();
    settle(&published, &clients);
    check("one whose relay read a copy that lacked something", &published, &clients[0]);
    serve.says("live: what was read is not what the stream's leader has");
    // Live measurements come of another reader now, and so this one is of the history.
    copy.lock().unwrap().is_wanted = true;
    assert!(past(&world.engine, port) == published, "the history is that of the copy");
    assert!(!copy.lock().unwrap().is_wanted, "the history was read of another one");
}

/// What was read last is never at the leader then, as long as one message comes at a time.
#[test]
fn a_copy_that_counts_further_than_the_leader_is_left_too() {
    if nats::is_missing() {
        return;
    }
    let copy: Arc<Mutex<Copy>> = Arc::default();
    let world = World::new("further", Copy::change(&copy));
    let _ingest = world.ingest(&world.url);
    let (serve, _, clients) = world.serve(&world.changed);
    *copy.lock().unwrap() = Copy { is_wanted: true, has_more: true, ..Copy::default() };
    for number in 0..4 {
        let before = clients[0].live_count();
        world.source.publish(&world.source.frame(number, Ticks::now()));
        wait_until("a frame", || clients[0].live_count() > before);
        // The first one is as the leader has it, and compared no more than once.
        let asked = copy.lock().unwrap().comparisons;
        wait_until("a comparison since", || {
            number == 0
                || copy.lock().unwrap().comparisons >= asked + 2
                || serve.metric("sttp_nats_differing_copies_total") > 0.0
        });
    }
    assert!(serve.metric("sttp_nats_differing_copies_total") > 0.0, "the copy is still read");
    let published = world.source.published();
    settle(&published, &clients);
    check("one whose relay read a copy that counts further", &published, &clients[0]);
}

/// Servers from 2.10 on acknowledge so what they know the name of, and have not stored.
#[test]
fn what_is_acknowledged_and_in_no_stream_is_sent_again() {
    if nats::is_missing() {
        return;
    }
    // Of messages with the first name nothing reaches the stream: nobody answers, which is then an acknowledgement.
    let mut name: Option<String> = None;
    let mut places: Vec<String> = Vec::new();
    let change = move |said: &mut Said| {
        let words: Vec<&str> = said.words.iter().map(String::as_str).collect();
        match words[..] {
            ["HPUB", subject, place, ..] if subject.starts_with("sttp.v1.live.") => {
                let head = String::from_utf8_lossy(&said.content);
                let own =
                    head.split("Nats-Msg-Id: ").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
                if name.get_or_insert_with(|| own.clone()) == &own {
                    places.push(place.to_owned());
                    said.words[1] = "nobody.listens".into();
                }
            }
            ["HMSG", place, reader, ..] if places.iter().any(|own| own == place) => {
                let (place, reader) = (place.to_owned(), reader.to_owned());
                said.replace(&["MSG", &place, &reader], r#"{"stream":"STTP","seq":0,"duplicate":true}"#);
            }
            _ => {}
        }
        true
    };
    let world = World::new("no-stream", Box::new(change));
    let ingest = world.ingest(&world.changed);
    let (_serve, _, clients) = world.serve(&world.url);
    for number in 0..10 {
        world.source.publish(&world.source.frame(number, Ticks::now()));
        std::thread::sleep(Duration::from_millis(20));
    }
    let published = world.source.published();
    settle(&published, &clients);
    check("one whose ingest was acknowledged what was not stored", &published, &clients[0]);
    assert_eq!(ingest.metric("sttp_nats_failed_messages_total"), 1.0);
    assert!(!ingest.log().contains("the bus takes nothing"), "{}", ingest.log());
}
