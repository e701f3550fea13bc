//! Publishers, ingests, NATS, relays and subscribers, each of which may die: everything comes exactly once.

#[path = "bus/copies.rs"]
mod copies;
#[path = "bus/odd.rs"]
mod odd;
#[path = "bus/outage.rs"]
mod outage;
mod support;

use std::thread::sleep;
use std::time::Duration;

use sttp::engine::Engine;

use support::account::{Client, check, settle};
use support::nats::{self, Server};
use support::program::Program;
use support::source::Source;
use support::{Folder, free_port, wait_until};

#[test]
fn each_part_may_die_and_everything_comes_once() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("parts");
    let engine = Engine::new().unwrap();
    let mut server = Server::start(&folder.0.join("nats"));
    let urls = [server.url()];
    let mut source = Source::new(&engine, 1, 3);
    let sources = [("east", source.connection())];
    let mut ingests =
        ["ingest-1", "ingest-2"].map(|name| Program::ingest(&folder.0, name, &urls, &sources, &[]));
    ingests.iter().for_each(Program::wait_until_well);
    let ports = [free_port(), free_port()];
    let mut serves =
        [0, 1].map(|number| Program::serve(&folder.0, &format!("serve-{number}"), &urls, ports[number], &[]));
    serves.iter().for_each(Program::wait_until_well);
    let clients = [0, 1].map(|number| Client::connect(&engine, ports[number]));
    for client in &clients {
        client.subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
    }
    sleep(Duration::from_millis(200));
    source.run();
    wait_until("live measurements", || clients.iter().all(|client| client.live_count() > 500));

    // A relay dies, and comes back.
    serves[0].kill();
    sleep(Duration::from_secs(1));
    serves[0].run();
    wait_until("the relay", || clients[0].subscriber.wait_until_subscribed(Some(Duration::ZERO)).is_ok());
    // An ingest dies, then the other one, when the first is back.
    for ingest in &mut ingests {
        ingest.kill();
        sleep(Duration::from_secs(1));
        ingest.run();
        ingest.wait_until_well();
    }
    // Messages begin from references from now on, also those that go to disk, and those that relays read again.
    wait_until("references", || {
        ingests.iter().all(|ingest| ingest.metric("sttp_nats_referenced_groups") == 1.0)
    });
    serves[1].kill();
    sleep(Duration::from_secs(1));
    serves[1].run();
    wait_until("what was missed", || !clients[1].recovered.lock().unwrap().is_empty());
    sleep(Duration::from_secs(1));
    // NATS dies, for longer than what counts as in time.
    server.kill();
    sleep(Duration::from_secs(12));
    assert!(ingests[0].metric("sttp_nats_spooled_measurements_total") > 0.0);
    server.run();
    ingests.iter().for_each(Program::wait_until_well);
    sleep(Duration::from_secs(1));
    source.stop();
    settle(&source.published(), &clients);
    let published = source.published();
    for (client, name) in clients.iter().zip(["one whose relay died", "one whose relay died later"]) {
        check(name, &published, client);
    }
    wait_until("an empty spool", || {
        ingests.iter().all(|ingest| ingest.metric("sttp_nats_spool_measurements") == 0.0)
    });
    for program in ingests.iter_mut().chain(&mut serves) {
        assert!(program.stop().success());
    }
}
