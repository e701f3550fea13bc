//! Subscribers that have no relay for long.

use std::time::Duration;

use sttp::Ticks;
use sttp::engine::Engine;

use crate::support::account::{Client, check, settle};
use crate::support::link::Link;
use crate::support::nats::{self, Server};
use crate::support::program::Program;
use crate::support::source::Source;
use crate::support::{Folder, free_port, wait_until};

/// A publisher, an ingest, two relays, and a subscriber of the first one.
struct World {
    _server: Server,
    source: Source,
    _ingest: Program,
    relays: [Program; 2],
    ports: [u16; 2],
    link: Link,
    clients: [Client; 1],
    _folder: Folder,
}

impl World {
    fn new(name: &str, settings: &str) -> World {
        let folder = Folder::new(name);
        let engine = Engine::new().unwrap();
        let server = Server::start(&folder.0.join("nats"));
        let urls = [server.url()];
        let source = Source::new(&engine, 1, 1);
        let config = folder.0.join("config.toml");
        std::fs::write(&config, settings).unwrap();
        let config = ["--config", config.to_str().unwrap()];
        let sources = [("east", source.connection())];
        let ingest = Program::ingest(&folder.0, "ingest", &urls, &sources, &config);
        ingest.wait_until_well();
        let ports = [free_port(), free_port()];
        let relays = [0, 1].map(|number| {
            Program::serve(&folder.0, &format!("serve-{number}"), &urls, ports[number], &config)
        });
        relays.iter().for_each(Program::wait_until_well);
        let link = Link::to(ports[0]);
        let clients = [Client::connect(&engine, link.port)];
        clients[0].subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        World { _server: server, source, _ingest: ingest, relays, ports, link, clients, _folder: folder }
    }

    /// The relay dies, and the subscriber finds no other one.
    fn lose_the_relay(&mut self) {
        self.link.lead_to(free_port());
        self.relays[0].kill();
    }

    fn find_another_one(&self) {
        self.link.lead_to(self.ports[1]);
    }
}

/// By the times of measurements, which come late and all at once: an hour by the clock has `make test-nats-hour`.
#[test]
fn an_hour_is_recovered_from_another_relay() {
    if nats::is_missing() {
        return;
    }
    const SECONDS: u32 = 3_600;
    let mut world = World::new("hour", "");
    let now = Ticks::now();
    let time = |second: u32| Ticks(now.0 - i64::from(SECONDS - second) * Ticks::PER_SECOND);
    world.source.publish(&world.source.frame(0, time(0)));
    wait_until("the first of the hour", || world.clients[0].live_count() == 10);
    world.lose_the_relay();
    for minute in 0..SECONDS / 60 {
        let seconds = (60 * minute + 1)..=60 * (minute + 1);
        let frames: Vec<_> = seconds.flat_map(|second| world.source.frame(second, time(second))).collect();
        world.source.publish(&frames);
    }
    let all = f64::from(10 * (SECONDS + 1));
    wait_until("the hour at the other relay", || {
        world.relays[1].metric("sttp_nats_relayed_measurements_total") == all
    });
    world.find_another_one();
    world.source.run();
    wait_until("live measurements", || world.clients[0].live_count() > 100);
    world.source.stop();
    let published = world.source.published();
    settle(&published, &world.clients);
    check("one that had no relay for an hour", &published, &world.clients[0]);
    let recovered = world.clients[0].recovered.lock().unwrap().len();
    assert!(recovered >= 10 * SECONDS as usize);
    // The stream is younger than the hour: a relay cannot know that nothing is missing.
    assert_eq!(world.relays[1].metric("sttp_nats_history_incomplete_windows_total"), 1.0);
}

#[test]
fn what_the_stream_does_not_have_any_more_is_told() {
    if nats::is_missing() {
        return;
    }
    let mut world = World::new("age", "[bus]\nmax-age = '4s'\n");
    world.source.run();
    wait_until("live measurements", || world.clients[0].live_count() > 100);
    world.lose_the_relay();
    std::thread::sleep(Duration::from_secs(9));
    world.find_another_one();
    const TOLD: &str = "the stream has nothing that was stored before ";
    let told = || {
        let messages = world.clients[0].messages.lock().unwrap();
        messages.iter().find_map(|text| Some(text.split_once(TOLD)?.1.to_owned()))
    };
    wait_until("words of what is missing", || told().is_some());
    world.source.stop();
    let published = world.source.published();
    let newest = *published.last_key_value().unwrap().0;
    wait_until("the last ones", || world.clients[0].all().contains_key(&newest));
    std::thread::sleep(Duration::from_secs(1));
    let all = world.clients[0].all();
    assert!(all.iter().all(|(key, entry)| published.contains_key(key) && entry.2 == 1));
    let missing = published.keys().filter(|key| !all.contains_key(key)).map(|key| key.1);
    let recovered = world.clients[0].recovered.lock().unwrap().keys().map(|key| key.1).min().unwrap();
    let last_missing = missing.max().expect("the stream has everything: the test shows nothing");
    assert!(last_missing < recovered, "what is missing is at the beginning");
    // The second in which the oldest message was stored, which is that of its measurements or the next one.
    let seconds = |text: &str| text.chars().take(19).collect::<String>();
    let told = seconds(&told().unwrap());
    assert!(seconds(&Ticks(last_missing).to_string()) <= told, "{told}");
    let soon_before = Ticks(recovered - Ticks::PER_SECOND);
    assert!(
        seconds(&soon_before.to_string()) <= told
            && told <= seconds(&Ticks(recovered + Ticks::PER_SECOND).to_string())
    );
    world.relays[1].says("the historical data are incomplete: the stream has nothing");
}
