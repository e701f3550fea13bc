//! What comes over the bus is not as ingests send it, or comes in another way.

use std::time::Duration;

use sttp::Ticks;
use sttp::engine::Engine;

use crate::support::account::{Client, check, settle};
use crate::support::hand::{Hand, times};
use crate::support::link::Link;
use crate::support::nats::{self, Server};
use crate::support::program::Program;
use crate::support::source::Source;
use crate::support::{Folder, free_port, wait_until};

const LIVE: &str = "sttp.v1.live.east.0";
const LATE: &str = "sttp.v1.late.east.0";

/// A publisher, an ingest, a relay and a subscriber.
struct World {
    server: Server,
    hand: Hand,
    source: Source,
    _ingest: Program,
    serve: Program,
    to_relay: Link,
    clients: [Client; 1],
    _folder: Folder,
}

impl World {
    /// With `apart` the ingest writes to a stream of its own, and only the hand to that of the relay.
    fn new(name: &str, apart: bool) -> World {
        let folder = Folder::new(name);
        let engine = Engine::new().unwrap();
        let server = Server::start(&folder.0.join("nats"));
        let hand = Hand::on(&server);
        let bus = if apart { "prefix = 'copy'\nstream = 'COPY'\n" } else { "" };
        if apart {
            hand.make_stream();
        }
        let config = folder.0.join("ingest.toml");
        std::fs::write(&config, format!("[bus]\nmax-age = '2h'\nmax-bytes = '3M'\n{bus}")).unwrap();
        let source = Source::new(&engine, 1, 3);
        let urls = [server.url()];
        let sources = [("east", source.connection())];
        let more = ["--config", config.to_str().unwrap()];
        let ingest = Program::ingest(&folder.0, "ingest", &urls, &sources, &more);
        ingest.wait_until_well();
        let port = free_port();
        let serve = Program::serve(&folder.0, "serve", &urls, port, &[]);
        serve.wait_until_well();
        let to_relay = Link::to(port);
        let clients = [Client::connect(&engine, to_relay.port)];
        clients[0].subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
        std::thread::sleep(Duration::from_millis(200));
        World { server, hand, source, _ingest: ingest, serve, to_relay, clients, _folder: folder }
    }

    /// The tables of the ingest's own stream become those of the relay's.
    fn share_tables(&self) {
        for key in self.hand.keys("table.COPY.") {
            self.hand.put(&key.replace("COPY", "STTP"), &self.hand.get(&key).unwrap());
        }
    }

    fn check(&self, name: &str) {
        let published = self.source.published();
        settle(&published, &self.clients);
        check(name, &published, &self.clients[0]);
    }
}

#[test]
fn what_cannot_be_read_is_counted_and_in_nobodys_way() {
    if nats::is_missing() {
        return;
    }
    let mut world = World::new("unread", false);
    world.source.run();
    wait_until("live measurements", || world.clients[0].live_count() > 100);
    let good = world.hand.last_message("STTP", "sttp.v1.live.*.*");
    let cut = &good[..good.len() - 1];
    let mut of_no_table = good.clone();
    of_no_table[8..24].fill(7);
    // One whose table is not what its name says.
    let mut of_bad_table = good.clone();
    of_bad_table[8..24].fill(9);
    let key = world.hand.keys("table.STTP.").remove(0);
    world.hand.put(&format!("table.STTP.{}", "09".repeat(16)), &world.hand.get(&key).unwrap());
    // Late ones, some of which are good.
    let now = Ticks::now();
    let minutes_ago = |minutes: i64| Ticks(now.0 - minutes * 60 * Ticks::PER_SECOND);
    for number in 1..=4 {
        world.source.publish(&world.source.frame(1, minutes_ago(number.into())));
        world.hand.publish(LATE, Some((minutes_ago(5).0, now.0)), b"no message");
        world.hand.publish(LATE, Some(times(&good)), cut);
    }
    wait_until("late measurements", || {
        let live = world.clients[0].live.lock().unwrap();
        (1..=4).all(|number| live.keys().filter(|(_, time)| *time == minutes_ago(number).0).count() == 30)
    });
    // While the subscriber is away: what it recovers then is between these.
    world.to_relay.hold(true);
    std::thread::sleep(Duration::from_secs(1));
    world.hand.publish(LATE, Some((now.0, now.0 - 1)), &good);
    world.hand.publish(LATE, None, &good);
    for payload in [&b"no message"[..], cut, &of_no_table, &of_bad_table] {
        world.hand.publish(LIVE, None, payload);
    }
    std::thread::sleep(Duration::from_secs(1));
    world.to_relay.cut();
    world.to_relay.hold(false);
    wait_until("recovered measurements", || !world.clients[0].recovered.lock().unwrap().is_empty());
    world.source.stop();
    world.check("one whose relay met what it cannot read");
    let count = |name: &str| world.serve.metric(name);
    assert_eq!(count("sttp_nats_unreadable_messages_total"), 4.0);
    assert_eq!(count("sttp_nats_unread_late_messages_total"), 10.0);
    assert!(count("sttp_nats_history_unreadable_messages_total") >= 2.0);
    // Eight that cannot be read tell their times; what was published at once may be in one message or in four.
    let told = count("sttp_nats_late_messages");
    assert!((9.0..=12.0).contains(&told), "{told} messages tell their times");
    let config = world.hand.stream("STTP").cached_info().config.clone();
    assert_eq!((config.max_age, config.max_bytes), (Duration::from_secs(7_200), 3 << 20));
}

#[test]
fn what_is_late_by_one_clock_and_in_time_by_another_comes_once() {
    if nats::is_missing() {
        return;
    }
    let world = World::new("clocks", true);
    world.source.publish(&world.source.frame(1, Ticks::now()));
    let message = world.hand.last_message("COPY", "copy.live.*.*");
    world.share_tables();
    world.hand.publish(LATE, Some(times(&message)), &message);
    wait_until("late measurements", || world.clients[0].live_count() == 30);
    world.hand.publish(LIVE, None, &message);
    world.check("one whose ingests have different clocks");
    assert_eq!(world.serve.metric("sttp_nats_repeated_measurements_total"), 30.0);
}

#[test]
fn what_came_waits_for_the_bus_as_long_as_that_takes() {
    if nats::is_missing() {
        return;
    }
    let mut world = World::new("patience", true);
    world.source.publish(&world.source.frame(1, Ticks::now()));
    let message = world.hand.last_message("COPY", "copy.live.*.*");
    // As on a server that does not have the table yet, and then no quorum.
    world.hand.publish(LIVE, None, &message);
    // The relay has it, and asks for the table.
    std::thread::sleep(Duration::from_millis(500));
    world.server.kill();
    world.server.run_without_streams();
    let is_ill = || world.serve.get("/health").unwrap().contains("live: table");
    wait_until("a relay that waits for a table", is_ill);
    world.server.kill();
    world.server.run();
    wait_until("the bucket", || world.hand.is_there());
    world.share_tables();
    world.check("one whose relay waited for the bus");
    world.serve.wait_until_well();
}
