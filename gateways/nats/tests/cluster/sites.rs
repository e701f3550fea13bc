//! Two sites: a server each, joined by a leaf node, and mirrors of stream and bucket at the second one.

use std::thread::sleep;
use std::time::Duration;

use sttp::engine::Engine;

use crate::support::account::{Client, check, settle};
use crate::support::link::Link;
use crate::support::nats::{self, Server};
use crate::support::program::Program;
use crate::support::source::Source;
use crate::support::{Folder, free_port, wait_until};

#[test]
#[ignore = "it takes minutes: make test-nats-cluster"]
fn a_site_has_everything_from_its_mirrors() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("sites");
    let engine = Engine::new().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let server = |name: &str, leaf: &str| {
        let text = format!("server_name: {name}\njetstream {{ domain: {name} }}\nleafnodes {{ {leaf} }}\n");
        let config = write(&format!("{name}.conf"), &text);
        Server::with(&folder.0.join(name), &["-c".into(), config])
    };
    let leaf = free_port();
    let hub = server("hub", &format!("listen: '127.0.0.1:{leaf}'"));
    let between = Link::to(leaf);
    let site = server("site", &format!("remotes: [ {{ url: 'nats-leaf://127.0.0.1:{}' }} ]", between.port));
    let (to_hub, to_site) = ([hub.url()], [site.url()]);

    let [mut east, mut west] = [1, 1_001].map(|first| Source::new(&engine, first, 2));
    let in_hub = write("ingest.toml", "[bus]\ndomain = 'hub'\n");
    let ingests = [
        Program::ingest(&folder.0, "east", &to_hub, &[("east", east.connection())], &[]),
        Program::ingest(&folder.0, "west", &to_site, &[("west", west.connection())], &["--config", &in_hub]),
    ];
    ingests.iter().for_each(Program::wait_until_well);
    let mirrored = write("serve.toml", "[bus]\nmirror-of = 'hub'\n");
    let ports = [free_port(), free_port()];
    let mut relays = [
        Program::serve(&folder.0, "serve-hub", &to_hub, ports[0], &[]),
        Program::serve(&folder.0, "serve-site", &to_site, ports[1], &["--config", &mirrored]),
    ];
    relays.iter().for_each(Program::wait_until_well);
    let to_relays = ports.map(Link::to);
    let clients = [0, 1].map(|number: usize| Client::connect(&engine, to_relays[number].port));
    for client in &clients {
        client.subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
    }
    sleep(Duration::from_millis(500));
    let flows = || {
        let before = clients.each_ref().map(Client::live_count);
        wait_until("live measurements everywhere", || {
            clients.iter().zip(before).all(|(client, before)| client.live_count() > before + 100)
        });
    };
    east.run();
    west.run();
    flows();

    println!("the sites are cut off from each other, for longer than what counts as in time");
    between.hold(true);
    let is_told =
        || relays[1].get("/health").unwrap().contains("mirror: nothing was heard of the domain hub");
    wait_until("a relay that tells it", is_told);
    assert!(ingests[1].metric("sttp_nats_spooled_measurements_total") > 0.0);
    between.cut();
    between.hold(false);
    ingests.iter().chain(&relays).for_each(Program::wait_until_well);
    flows();

    wait_until("empty spools", || {
        ingests.iter().all(|ingest| ingest.metric("sttp_nats_spool_measurements") == 0.0)
    });
    // Who went to a relay that is behind would get what is late there once more.
    east.stop();
    west.stop();
    let count = east.published().len() + west.published().len();
    wait_until("everything at both", || clients.iter().all(|client| client.count() == count));
    east.run();
    west.run();
    flows();

    println!("the relay of the hub dies, and its subscribers go to the site");
    relays[0].kill();
    to_relays[0].lead_to(ports[1]);
    sleep(Duration::from_secs(3));
    flows();
    east.stop();
    west.stop();
    let mut published = east.published();
    published.extend(west.published());
    settle(&published, &clients);
    for (client, name) in clients.iter().zip(["one of the hub", "one of the site"]) {
        check(name, &published, client);
    }
    println!("{} measurements of two sites, exactly once at each", published.len());
}
