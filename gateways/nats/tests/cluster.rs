//! Two ingests, a cluster of three NATS servers, three relays, twenty subscribers: each part is killed in turn, links are
//! cut, held up and slowed down, and every subscriber gets everything exactly once. And a server that stands still.
//!
//! It takes three minutes or more: `make test-nats-cluster`.

#[path = "cluster/sites.rs"]
mod sites;
mod support;

use std::num::NonZeroUsize;
use std::thread::sleep;
use std::time::Duration;

use sttp::engine::Engine;

use support::account::{Client, check, settle};
use support::link::Link;
use support::nats::{self, Server};
use support::past::past;
use support::program::Program;
use support::source::Source;
use support::{Folder, free_port, wait_until};

const SUBSCRIBERS: usize = 20;

struct World {
    servers: Vec<Server>,
    ingests: Vec<Program>,
    /// From the publisher to each ingest.
    upstream: Vec<Link>,
    /// From the first ingest to a NATS server.
    to_nats: Link,
    serves: Vec<Program>,
    ports: Vec<u16>,
    /// From each relay to its subscribers, or from another one.
    downstream: Vec<Link>,
    clients: Vec<Client>,
    source: Source,
    _folder: Folder,
}

impl World {
    fn new() -> World {
        let folder = Folder::new("cluster");
        let engine = Engine::with_threads(NonZeroUsize::new(2).unwrap()).unwrap();
        let servers = Server::cluster(&folder.0);
        let urls: Vec<String> = servers.iter().map(Server::url).collect();
        let config = folder.0.join("config.toml");
        std::fs::write(&config, "[bus]\nreplicas = 3\n").unwrap();
        let config = ["--config", config.to_str().unwrap()];
        let source = Source::new(&engine, 1, 3);
        let upstream: Vec<Link> = (0..2).map(|_| Link::to(source.port)).collect();
        let to_nats = Link::to(servers[0].port);
        let through = [format!("nats://127.0.0.1:{}", to_nats.port), urls[1].clone()];
        let ingest = |number: usize| {
            let sources = [("east", Source::connection_by(upstream[number].port))];
            let nats = if number == 0 { &through[..] } else { &urls[..] };
            Program::ingest(&folder.0, &format!("ingest-{number}"), nats, &sources, &config)
        };
        let ingests: Vec<Program> = (0..2).map(ingest).collect();
        ingests.iter().for_each(Program::wait_until_well);
        let ports: Vec<u16> = (0..3).map(|_| free_port()).collect();
        let serve = |(number, port): (usize, &u16)| {
            Program::serve(&folder.0, &format!("serve-{number}"), &urls, *port, &config)
        };
        let serves: Vec<Program> = ports.iter().enumerate().map(serve).collect();
        serves.iter().for_each(Program::wait_until_well);
        let downstream: Vec<Link> = ports.iter().map(|port| Link::to(*port)).collect();
        let client = |number: usize| Client::connect(&engine, downstream[number % 3].port);
        let clients: Vec<Client> = (0..SUBSCRIBERS).map(client).collect();
        for client in &clients {
            client.subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
        }
        sleep(Duration::from_millis(500));
        World {
            servers,
            ingests,
            upstream,
            to_nats,
            serves,
            ports,
            downstream,
            clients,
            source,
            _folder: folder,
        }
    }

    /// Everything is as it should be, and measurements flow to everybody.
    fn is_well_again(&mut self) {
        self.ingests.iter().chain(&self.serves).for_each(Program::wait_until_well);
        let before: Vec<usize> = self.clients.iter().map(Client::live_count).collect();
        wait_until("live measurements", || {
            self.clients.iter().zip(&before).all(|(client, before)| client.live_count() > before + 30)
        });
        // Who loses a connection before what is late was published would not get that.
        self.source.stop();
        let published = self.source.published();
        settle(&published, &self.clients);
        for (number, client) in self.clients.iter().enumerate() {
            check(&format!("subscriber {number}, so far"), &published, client);
        }
        self.source.run();
    }
}

#[test]
#[ignore = "it takes minutes: make test-nats-cluster"]
fn whatever_dies_everybody_gets_everything_once() {
    if nats::is_missing() {
        return;
    }
    let mut world = World::new();
    world.source.run();
    world.is_well_again();

    for number in 0..3 {
        println!("relay {number} dies, and its subscribers go to another one");
        world.serves[number].kill();
        world.downstream[number].lead_to(world.ports[(number + 1) % 3]);
        world.downstream[number].cut();
        sleep(Duration::from_secs(2));
        world.serves[number].run();
        world.is_well_again();
    }
    for number in 0..2 {
        println!("ingest {number} dies");
        world.ingests[number].kill();
        sleep(Duration::from_secs(2));
        world.ingests[number].run();
        world.is_well_again();
    }
    for number in 0..3 {
        println!("NATS server {number} dies");
        world.servers[number].kill();
        sleep(Duration::from_secs(3));
        world.servers[number].run();
        sleep(Duration::from_secs(3));
        world.is_well_again();
    }
    for number in 0..3 {
        println!("NATS server {number} stands still");
        world.servers[number].stand_still(|| sleep(Duration::from_secs(8)));
        sleep(Duration::from_secs(3));
        world.is_well_again();
    }
    println!("links to subscribers are held up, then cut");
    world.downstream.iter().for_each(|link| link.hold(true));
    sleep(Duration::from_secs(3));
    world.downstream.iter().for_each(Link::cut);
    world.downstream.iter().for_each(|link| link.hold(false));
    world.is_well_again();
    println!("both ingests lose the publisher, one after the other comes back");
    world.upstream.iter().for_each(|link| link.hold(true));
    world.upstream.iter().for_each(Link::cut);
    sleep(Duration::from_secs(2));
    world.upstream.iter().for_each(|link| link.hold(false));
    world.is_well_again();
    println!("the link from an ingest to NATS is slow, then cut");
    world.to_nats.slow_down(Duration::from_millis(300));
    sleep(Duration::from_secs(3));
    world.to_nats.cut();
    world.to_nats.slow_down(Duration::ZERO);
    world.is_well_again();
    println!("two of three NATS servers die, for longer than what counts as in time");
    world.servers[0].kill();
    world.servers[2].kill();
    sleep(Duration::from_secs(15));
    world.servers[0].run();
    world.servers[2].run();
    sleep(Duration::from_secs(3));
    world.is_well_again();

    world.source.stop();
    let published = world.source.published();
    settle(&published, &world.clients);
    for (number, client) in world.clients.iter().enumerate() {
        check(&format!("subscriber {number}"), &published, client);
    }
    println!("{} measurements, exactly once to each of {SUBSCRIBERS} subscribers", published.len());
}

#[test]
#[ignore = "it takes minutes: make test-nats-cluster"]
fn a_server_that_stands_still_for_long_repeats_and_hides_nothing() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("still");
    let engine = Engine::new().unwrap();
    let server = Server::start(&folder.0.join("nats"));
    let urls = [server.url()];
    let mut source = Source::new(&engine, 1, 3);
    let sources = [("east", source.connection())];
    let ingests =
        [0, 1].map(|number| Program::ingest(&folder.0, &format!("ingest-{number}"), &urls, &sources, &[]));
    ingests.iter().for_each(Program::wait_until_well);
    let port = free_port();
    let serve = Program::serve(&folder.0, "serve", &urls, port, &[]);
    serve.wait_until_well();
    let clients = [Client::connect(&engine, port)];
    clients[0].subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
    sleep(Duration::from_millis(500));
    source.run();
    wait_until("live measurements", || clients[0].live_count() > 500);
    println!("the server stands still for longer than the history looks beyond a time");
    server.stand_still(|| sleep(Duration::from_secs(45)));
    ingests.iter().chain([&serve]).for_each(Program::wait_until_well);
    wait_until("empty spools", || {
        ingests.iter().all(|ingest| ingest.metric("sttp_nats_spool_measurements") == 0.0)
    });
    sleep(Duration::from_secs(5));
    source.stop();
    let published = source.published();
    settle(&published, &clients);
    check("one that saw it", &published, &clients[0]);
    let misplaced = serve.metric("sttp_nats_misplaced_measurements_total");
    assert!(misplaced > 0.0, "nothing was stored long after its time: the test shows nothing");
    let history = past(&engine, port);
    assert_eq!(history.len(), published.len(), "the history has another number of measurements");
    assert!(history == published, "the history has others");
    println!("{} measurements, exactly once; {misplaced} were stored long after their time", published.len());
}
