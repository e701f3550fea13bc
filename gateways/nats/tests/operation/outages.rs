//! Ingests while the bus is not there, takes nothing, or takes less than comes.

use std::process::Command;
use std::time::Duration;

use sttp::Ticks;
use sttp::engine::Engine;

use crate::support::account::{Client, check, settle};
use crate::support::hand::Hand;
use crate::support::link::Link;
use crate::support::nats::{self, Server};
use crate::support::program::Program;
use crate::support::source::Source;
use crate::support::{Folder, free_port, wait_until};
use crate::write;

#[test]
fn an_instance_of_a_unit_has_its_spool_where_systemd_wants_it() {
    let folder = Folder::new("instance");
    let (state, nowhere) = (folder.0.join("ingest-a"), format!("nats://127.0.0.1:{}", free_port()));
    let mut child = Command::new(env!("CARGO_BIN_EXE_sttp-nats"))
        .args(["ingest", "--source", "east=server=127.0.0.1:1", "--nats", &nowhere, "--log-level", "error"])
        .env("STATE_DIRECTORY", &state)
        .spawn()
        .unwrap();
    wait_until("the spool", || state.join("lock").exists());
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn an_ingest_that_starts_while_nats_is_away_takes_measurements() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("away");
    let engine = Engine::new().unwrap();
    let mut server = Server::start(&folder.0.join("nats"));
    let urls = [server.url()];
    let source = Source::new(&engine, 1, 3);
    let sources = [("east", source.connection())];
    let mut ingest = Program::ingest(&folder.0, "ingest", &urls, &sources, &[]);
    ingest.wait_until_well();
    let port = free_port();
    let serve = Program::serve(&folder.0, "serve", &urls, port, &[]);
    serve.wait_until_well();
    let clients = [Client::connect(&engine, port)];
    clients[0].subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
    ingest.kill();
    server.kill();
    ingest.run();
    ingest.says("the bus is not there yet");
    for number in 0..10 {
        source.publish(&source.frame(number, Ticks::now()));
    }
    wait_until("measurements on disk", || ingest.metric("sttp_nats_spooled_measurements_total") == 300.0);
    assert!(ingest.get("/health").unwrap().contains("bus: the bus takes nothing"));
    // The ingest dies again, and what it has taken does not.
    ingest.kill();
    ingest.run();
    server.run();
    [&ingest, &serve].into_iter().for_each(Program::wait_until_well);
    wait_until("an empty spool", || ingest.metric("sttp_nats_spool_measurements") == 0.0);
    let published = source.published();
    settle(&published, &clients);
    check("one whose ingest started without NATS", &published, &clients[0]);
}

#[test]
fn an_ingest_that_waits_for_room_stops_all_the_same() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("waits");
    let engine = Engine::new().unwrap();
    let mut server = Server::start(&folder.0.join("nats"));
    let source = Source::new(&engine, 1, 30);
    let config = write(
        &folder.0,
        "ingest.toml",
        "[ingest]\nlinger = '0ms'\n[ingest.spool]\nmax-bytes = '1M'\nwhen-full = 'wait'\n",
    );
    let sources = [("east", source.connection())];
    let mut ingest = Program::ingest(&folder.0, "ingest", &[server.url()], &sources, &["--config", &config]);
    ingest.wait_until_well();
    server.kill();
    // It takes nothing more when so many messages wait for the sender, which holds one that found no room.
    wait_until("a source that is held up", || {
        for number in 0..20 {
            source.publish(&source.frame(number, Ticks::now()));
        }
        let taken = ingest.metric("sttp_nats_received_measurements_total");
        taken - ingest.metric("sttp_nats_spooled_measurements_total") >= 257.0 * 300.0
    });
    assert!(ingest.log().contains("nothing is taken from publishers"));
    assert!(ingest.stop().success());
    let log = ingest.log();
    let told = log.lines().find_map(|line| line.split_once(" measurements are lost: "));
    let lost: u64 = told.unwrap().0.rsplit(' ').next().unwrap().parse().unwrap();
    // But for some that are small enough.
    assert!(lost >= 250 * 300 && lost.is_multiple_of(300), "{log}");
}

#[test]
fn what_was_under_way_waits_for_room_too() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("under-way");
    let engine = Engine::new().unwrap();
    let server = Server::start(&folder.0.join("nats"));
    let link = Link::to(server.port);
    let source = Source::new(&engine, 1, 50);
    let config = write(
        &folder.0,
        "ingest.toml",
        "[ingest]\nlinger = '0ms'\ngroup-signals = 10\n[ingest.spool]\nmax-bytes = '1M'\nwhen-full = 'wait'\n",
    );
    let sources = [("east", source.connection())];
    let urls = [format!("nats://127.0.0.1:{}", link.port)];
    let ingest = Program::ingest(&folder.0, "ingest", &urls, &sources, &["--config", &config]);
    ingest.wait_until_well();
    let port = free_port();
    let serve = Program::serve(&folder.0, "serve", &[server.url()], port, &[]);
    serve.wait_until_well();
    let clients = [Client::connect(&engine, port)];
    clients[0].subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    link.hold(true);
    wait_until("a full spool", || {
        source.publish(&source.frame(1, Ticks::now()));
        ingest.log().contains("nothing is taken from publishers")
    });
    // What was sent is not acknowledged in time, and finds no room.
    wait_until("all that was under way", || ingest.metric("sttp_nats_failed_messages_total") >= 512.0);
    link.hold(false);
    let published = source.published();
    settle(&published, &clients);
    check("one whose ingest had no room", &published, &clients[0]);
    assert_eq!(ingest.metric("sttp_nats_dropped_measurements_total"), 0.0);
}

#[test]
fn a_bus_that_is_slow_is_told_and_counted() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("slow");
    let engine = Engine::new().unwrap();
    let server = Server::start(&folder.0.join("nats"));
    let link = Link::to(server.port);
    let source = Source::new(&engine, 1, 50);
    let config = write(&folder.0, "ingest.toml", "[ingest]\nlinger = '0ms'\ngroup-signals = 10\n");
    let sources = [("east", source.connection())];
    let urls = [format!("nats://127.0.0.1:{}", link.port)];
    let ingest = Program::ingest(&folder.0, "ingest", &urls, &sources, &["--config", &config]);
    ingest.wait_until_well();
    // Fifty messages each.
    let publish = || source.publish(&source.frame(1, Ticks::now()));
    // It takes something all the time, and less than comes.
    link.slow_down(Duration::from_millis(100));
    wait_until("a bus that is behind", || {
        publish();
        ingest.log().contains("the bus takes less than comes")
    });
    assert!(ingest.metric("sttp_nats_full_bus_milliseconds_total") > 0.0);
    // It takes nothing, and says nothing.
    link.slow_down(Duration::ZERO);
    link.hold(true);
    wait_until("messages that a slow bus does not take", || {
        publish();
        ingest.metric("sttp_nats_slow_bus_total") > 0.0
    });
    assert!(ingest.log().contains("the bus is slow"));
    link.hold(false);
    wait_until("an empty spool", || ingest.metric("sttp_nats_spool_measurements") == 0.0);
}

#[test]
fn tests_that_are_left_out_say_so_though_they_pass() {
    let own = std::env::current_exe().unwrap();
    let left_out = Command::new(own)
        .args(["--exact", "outages::a_bus_that_is_slow_is_told_and_counted"])
        .env("PATH", "/nowhere")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&left_out.stderr).into_owned();
    assert!(left_out.status.success() && said.starts_with("SKIPPED: what needs NATS"), "{said}");
}

#[test]
fn a_stream_that_somebody_deletes_is_made_anew() {
    if nats::is_missing() {
        return;
    }
    let folder = Folder::new("deleted");
    let engine = Engine::new().unwrap();
    let server = Server::start(&folder.0.join("nats"));
    let urls = [server.url()];
    let source = Source::new(&engine, 1, 1);
    let ingest = Program::ingest(&folder.0, "ingest", &urls, &[("east", source.connection())], &[]);
    ingest.wait_until_well();
    let port = free_port();
    let serve = Program::serve(&folder.0, "serve", &urls, port, &[]);
    serve.wait_until_well();
    let clients = [Client::connect(&engine, port)];
    clients[0].subscriber.wait_until_subscribed(Some(Duration::from_secs(60))).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let frames = 10;
    let publish = || (0..frames).for_each(|number| source.publish(&source.frame(number, Ticks::now())));
    publish();
    wait_until("live measurements", || clients[0].live_count() == source.published().len());
    let hand = Hand::on(&server);
    hand.delete_stream("STTP");
    publish();
    let deleted = source.published().len();
    ingest.says("the stream STTP was deleted, with the history in it; it is made anew");
    wait_until("an empty spool", || {
        ingest.metric("sttp_nats_published_measurements_total") == deleted as f64
            && ingest.metric("sttp_nats_spool_measurements") == 0.0
    });
    assert_eq!(ingest.metric("sttp_nats_remade_streams_total"), 1.0);
    ingest.wait_until_well();
    // Others go on as if nothing were the matter, once they have noticed.
    wait_until("what was published meanwhile", || clients[0].live_count() == deleted);
    publish();
    let published = source.published();
    settle(&published, &clients);
    check("one whose stream was deleted", &published, &clients[0]);
    assert_eq!(ingest.metric("sttp_nats_dropped_measurements_total"), 0.0);
}
