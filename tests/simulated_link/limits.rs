//! Subscribers and publishers that take what the other side must not give: time, memory, or its attention.

use std::net::IpAddr;
use std::time::Duration;

use sttp::engine::simulated::Peer;
use sttp::publisher::{LimitSettings, Overflow, PublisherSettings};
use sttp::wire::frame::{FrameAssembler, command_frame, response_frame};
use sttp::wire::{Command, Response};

use crate::harness::{End, Network, PUBLISHER, PublisherTold, coming_back, quiet, subscriber};
use crate::strangers::{commands, expensive, modes, subscribe};

const SIGNALS: [usize; 3] = [1, 2, 4];
const ATTACKER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 9, 0, 1));

/// Writes everything, while time passes.
fn write(network: &mut Network, peer: &Peer, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        bytes = &bytes[peer.write(bytes).unwrap_or(0)..];
        network.run_for(Duration::from_millis(1));
    }
}

fn messages(network: &mut Network) -> Vec<String> {
    let message = |event| match event {
        PublisherTold::Message(_, text) => Some(text),
        _ => None,
    };
    network.take_events().into_iter().filter_map(message).collect()
}

#[test]
fn many_expensive_subscribes_at_once_hold_up_nobody_and_end_with_their_connection() {
    for loops in [1, 2] {
        let mut network = Network::with_loops(loops, 1, PublisherSettings::default(), 0..6);
        let honest = network.connect_subscriber(quiet(), &SIGNALS);
        network.settle();
        let attacker = network.simulation.connect(ATTACKER, PUBLISHER);
        network.simulation.conditions(ATTACKER, PUBLISHER.ip(), |way| {
            (way.capacity, way.splits) = (1 << 20, false);
        });
        network.run_for(Duration::from_millis(100));
        let commands = commands((0..150).map(|number| subscribe(expensive(4, number))));
        assert_eq!(attacker.write(&commands).unwrap(), commands.len());
        network.run_for(Duration::from_millis(100));
        drop(attacker);
        network.publish(100);
        network.run_for(Duration::from_millis(500));
        network.assert_received_all(honest, &SIGNALS);
        assert_eq!(network.publisher.connections().len(), 1);
        let newcomer = network.connect_subscriber(quiet(), &SIGNALS);
        network.run_for(Duration::from_secs(2));
        assert!(network.info(newcomer).subscribed);
    }
}

#[test]
fn a_large_command_is_refused_when_it_is_announced_and_a_part_is_not_kept_for_ever() {
    let limits = LimitSettings::default().max_command_size(1 << 20).command_timeout(Duration::from_secs(20));
    let mut network = Network::new(1, PublisherSettings::default().limits(limits), 0..6);
    let attackers = [1, 2].map(|host| network.simulation.connect([10, 9, 0, host].into(), PUBLISHER));
    network.run_for(Duration::from_secs(1));
    for (attacker, announced) in attackers.iter().zip([16_u32 << 20, 1 << 20]) {
        let bytes =
            [&modes()[..], &announced.to_be_bytes(), &[Command::Subscribe.code()], &[b'A'; 1000]].concat();
        write(&mut network, attacker, &bytes);
    }
    network.run_for(Duration::from_secs(10));
    assert_eq!(network.publisher.connections().len(), 1);
    let told = String::from_utf8_lossy(&attackers[0].read().unwrap().0).into_owned();
    assert!(told.contains("16777216 bytes, but at most 1048576"), "{told:?}");
    network.run_for(Duration::from_secs(20));
    assert_eq!(network.publisher.connections().len(), 0);
    let reasons: Vec<_> = network.closed.iter().map(|(_, reason)| reason.clone()).collect();
    assert!(
        matches!(&reasons[..], [Err(End::Protocol(_)), Err(End::Protocol(text))] if text.contains("within 20 s")),
        "{reasons:?}"
    );
}

#[test]
fn the_reader_that_publishing_waits_for_is_named_and_disconnected_in_the_end() {
    let mut settings: sttp::settings::PublisherSetup = "port=1; overflow=wait".parse().unwrap();
    settings.settings.send_queue_limit = 64 << 10;
    assert_eq!(settings.settings.overflow, Overflow::Wait { timeout: Some(Duration::from_secs(30)) });
    let mut network = Network::new(1, settings.settings, 0..6);
    let slow = network.connect_subscriber(subscriber(|settings| settings.data_loss_timeout = None), &SIGNALS);
    network.settle();
    network.towards_subscriber(slow, |way| way.stalled = true);
    while network.try_to_publish(10_000) {
        network.step();
    }
    network.run_for(Duration::from_secs(12));
    let address = network.info(slow).address.to_string();
    let told = messages(&mut network);
    assert!(
        told.iter().any(|text| text.contains("publishing waits for") && text.contains(&address)),
        "{told:?}"
    );
    network.run_for(Duration::from_secs(30));
    assert!(!network.is_connected(slow));
    assert!(network.try_to_publish(10_000));
}

#[test]
fn what_waits_for_a_slow_reader_when_the_publisher_stops_is_counted_and_told() {
    let mut settings = PublisherSettings::default().overflow(Overflow::Wait { timeout: None });
    settings.send_queue_limit = 64 << 10;
    let mut network = Network::new(1, settings, 0..6);
    let slow = network.connect_subscriber(subscriber(|settings| settings.data_loss_timeout = None), &SIGNALS);
    network.settle();
    network.towards_subscriber(slow, |way| way.stalled = true);
    while network.try_to_publish(10_000) {
        network.step();
    }
    network.publisher.stop().unwrap();
    network.run_for(Duration::from_secs(3));
    let dropped = network.publisher.statistics().measurements_dropped;
    let told = messages(&mut network);
    let tells = |what: &str| told.iter().any(|text| text.contains(what));
    assert!(dropped > 0 && tells(&format!("stopped while {dropped} measurements")), "{dropped}: {told:?}");
    assert!(tells("did not take the last"), "{told:?}");
}

#[test]
fn a_publisher_that_does_not_answer_subscribe_is_left_for_another_try() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..6);
    let address = "10.9.0.1:7165".parse().unwrap();
    let listener = network.simulation.listen(address).unwrap();
    let peer = network.add();
    let settings =
        subscriber(|settings| settings.reconnect = coming_back()).answer_timeout(Duration::from_secs(10));
    network.peers[peer].subscriber.connect(&address.to_string(), settings).unwrap();
    network.subscribe(peer, &SIGNALS);
    let mut connections = Vec::new();
    for _ in 0..30 {
        network.run_for(Duration::from_secs(1));
        connections.extend(listener.accept());
        let no_op = response_frame(Response::NoOp, 2, &[]);
        connections.iter().for_each(|connection| _ = connection.write(&no_op));
    }
    assert!(connections.len() >= 2, "{} connections", connections.len());
    let error = network.peers[peer].error();
    assert!(matches!(error, Some(End::Timeout(text)) if text.contains("Subscribe within 10 s")), "{error:?}");
}

#[test]
fn totals_are_those_of_all_loops_together() {
    for loops in [1, 3] {
        let limits = LimitSettings::default().max_streams(2);
        let settings = PublisherSettings::default().limits(limits);
        let mut network = Network::with_loops(loops, 1, settings, 0..6);
        let honest = [&[1][..], &[2]].map(|signals| network.connect_subscriber(quiet(), signals));
        network.settle();
        let refused = network.connect_subscriber(quiet(), &[4]);
        let equal = network.connect_subscriber(quiet(), &[1]);
        network.run_for(Duration::from_secs(5));
        assert!(honest.iter().all(|peer| network.info(*peer).subscribed));
        assert!(!network.info(refused).subscribed, "{loops} loops");
        // It shares what is encoded, if the same loop serves it.
        assert!(loops > 1 || network.info(equal).subscribed);
        let told = messages(&mut network);
        assert!(
            told.iter().any(|text| text.contains("refused the subscription") && text.contains("maxStreams"))
        );
        network.publish(100);
        network.run_for(Duration::from_secs(1));
        network.assert_received_all(honest[0], &[1]);
    }
}

#[test]
fn memory_for_all_slow_readers_together_is_bounded() {
    let limits = LimitSettings::default().max_send_queues(1 << 20);
    let mut network = Network::with_loops(2, 1, PublisherSettings::default().limits(limits), 0..6);
    let plain = || subscriber(|settings| settings.compress_payload = false);
    let slow: Vec<usize> = (1..5).map(|signal| network.connect_subscriber(plain(), &[signal])).collect();
    let honest = network.connect_subscriber(quiet(), &SIGNALS);
    network.settle();
    slow.iter().for_each(|peer| network.towards_subscriber(*peer, |way| way.stalled = true));
    for _ in 0..40 {
        network.publish(20_000);
        network.run_for(Duration::from_millis(100));
        let waiting: u64 = slow.iter().map(|peer| network.info(*peer).counters.queued_bytes).sum();
        assert!(waiting < 2 << 20, "{waiting}");
    }
    assert!(slow.iter().all(|peer| network.info(*peer).counters.measurements_dropped > 0));
    network.assert_received_all(honest, &SIGNALS);
}

#[test]
fn buffer_blocks_count_in_the_memory_for_all() {
    const BLOCK: usize = 50_000;
    let limits = LimitSettings::default().max_send_queues(1 << 20);
    // Blocks that subscribers do not take, and blocks that they do not confirm.
    for confirm in [false, true] {
        let mut network = Network::with_loops(2, 1, PublisherSettings::default().limits(limits), 0..6);
        let slow = [(); 8].map(|()| network.connect_subscriber(quiet(), &[1]));
        network.settle();
        for peer in slow {
            match confirm {
                true => network.towards_publisher(peer, |way| way.stalled = true),
                false => network.towards_subscriber(peer, |way| way.stalled = true),
            }
        }
        for _ in 0..40 {
            // Nothing that can be compressed.
            let bytes = [(); BLOCK].map(|()| network.random.below(256) as u8);
            network.send_block(1, &bytes, confirm);
            network.run_for(Duration::from_millis(50));
        }
        let sent: u64 = slow.iter().map(|peer| network.info(*peer).counters.buffer_blocks_sent).sum();
        assert!((1 << 20..2 << 20).contains(&(sent as usize * BLOCK)), "{sent} blocks");
        assert!(slow.iter().all(|peer| network.info(*peer).counters.buffer_blocks_dropped > 0));
        let told = messages(&mut network);
        let text = "more waits for all subscribers together than maxSendQueues allows";
        assert!(told.iter().any(|told| told.contains("dropped a buffer block") && told.contains(text)));

        // Those who have gone leave nothing behind.
        slow.iter().for_each(|peer| network.cut(*peer));
        network.run_for(Duration::from_secs(1));
        let honest = network.connect_subscriber(quiet(), &[2]);
        network.settle();
        (0..5).for_each(|_| network.send_block(2, &[7; BLOCK], confirm));
        network.settle();
        assert_eq!(network.peers[honest].received.blocks.len(), 5);
    }
}

#[test]
fn a_publisher_that_does_not_keep_up_says_so_and_goes_on_with_what_is_new() {
    for loops in [1, 2] {
        // Or else whoever publishes sends.
        let settings = PublisherSettings::default().direct_sending(false);
        let mut network = Network::with_loops(loops, 1, settings, 0..6);
        let peer = network.connect_subscriber(quiet(), &SIGNALS);
        network.settle();
        network.simulation.stop(PUBLISHER.ip());
        network.publish(1_000);
        // A second more than longestBacklog.
        network.run_for(Duration::from_secs(6));
        let first = network.published.next_number();
        network.publish(1_000);
        network.simulation.go_on(PUBLISHER.ip());
        network.settle();
        let told = messages(&mut network);
        let text = "the publisher cannot keep up: 1000 measurements waited for too long";
        assert!(told.iter().any(|told| told.contains(text)), "{told:?}");
        network.assert_received_since(peer, &SIGNALS, first);
        assert!(network.is_connected(peer));
    }
}

#[test]
fn what_waits_for_the_engine_is_no_more_than_a_setting_says() {
    let settings = PublisherSettings::default().direct_sending(false).max_backlog(1 << 16);
    let mut network = Network::new(1, settings, 0..6);
    let peer = network.connect_subscriber(quiet(), &SIGNALS);
    network.settle();
    network.simulation.stop(PUBLISHER.ip());
    network.publish(40_000);
    let first = network.published.next_number();
    network.publish(40_000);
    network.simulation.go_on(PUBLISHER.ip());
    network.settle();
    let told = messages(&mut network);
    let is_told =
        |told: &String| told.contains("cannot keep up: 40000 measurements") && told.contains("maxBacklog");
    assert!(told.iter().any(is_told), "{told:?}");
    network.assert_received_since(peer, &SIGNALS, first);
}

#[test]
fn what_was_published_does_not_keep_the_loop_from_others() {
    let mut network = Network::new(1, PublisherSettings::default().direct_sending(false), 0..6);
    let peer = network.connect_subscriber(quiet(), &SIGNALS);
    network.towards_subscriber(peer, |way| way.capacity = 1 << 20);
    network.settle();
    network.simulation.stop(PUBLISHER.ip());
    (0..400).for_each(|_| network.publish(10));
    network.run_for(Duration::from_secs(1));
    network.simulation.go_on(PUBLISHER.ip());
    // Each batch takes that long; without end, all of them two seconds.
    network.simulation.set_work_between_looks(Duration::from_millis(5));
    let (mut turns, mut longest) = (0, Duration::ZERO);
    while !network.is_flushed() {
        let before = network.simulation.elapsed();
        network.simulation.step(network.simulation.now() + Duration::from_secs(1));
        longest = longest.max(network.simulation.elapsed() - before);
        turns += 1;
        assert!(turns < 100_000, "it comes to no end");
    }
    network.simulation.set_work_between_looks(Duration::ZERO);
    assert!(longest < Duration::from_millis(500), "{longest:?} in one turn");
    network.settle();
    network.assert_received_all(peer, &SIGNALS);
}

/// Reads what has come, and counts the frames that end in it.
struct Counted {
    assembler: FrameAssembler,
    frames: usize,
}

impl Counted {
    fn read(&mut self, peer: &Peer) {
        let bytes = peer.read().map(|(bytes, _)| bytes).unwrap_or_default();
        let mut rest = &bytes[..];
        while self.assembler.next(&mut rest, 1 << 20).unwrap().is_some() {
            self.frames += 1;
        }
    }
}

/// Writes everything, and reads meanwhile until so many frames have come.
fn write_and_read(network: &mut Network, peer: &Peer, mut bytes: &[u8], frames: usize) {
    let mut counted = Counted { assembler: FrameAssembler::default(), frames: 0 };
    for _ in 0..100_000 {
        bytes = &bytes[peer.write(bytes).unwrap_or(0)..];
        network.run_for(Duration::from_millis(1));
        counted.read(peer);
        if bytes.is_empty() && counted.frames >= frames {
            return;
        }
    }
    panic!("{} bytes were not taken, {} of {frames} frames came", bytes.len(), counted.frames);
}

#[test]
fn who_asks_for_thousands_of_things_at_once_and_reads_gets_all_answers() {
    let mut network = Network::new(1, PublisherSettings::default(), 0..6);
    let client = network.simulation.connect(ATTACKER, PUBLISHER);
    network.run_for(Duration::from_secs(1));
    let commands = [modes(), command_frame(Command::Unsubscribe, &[]).repeat(5_000)].concat();
    write_and_read(&mut network, &client, &commands, 1 + 5_000);
    assert_eq!(network.publisher.connections().len(), 1);
    assert!(network.closed.is_empty(), "{:?}", network.closed);
}

#[test]
fn a_publisher_that_wants_thousands_of_confirmations_and_reads_them_gets_all() {
    const NOTES: usize = 50_000;
    let mut network = Network::new(1, PublisherSettings::default(), 0..6);
    let address = "10.9.0.1:7165".parse().unwrap();
    let listener = network.simulation.listen(address).unwrap();
    let peer = network.add();
    let settings = subscriber(|settings| settings.data_loss_timeout = None);
    network.peers[peer].subscriber.connect(&address.to_string(), settings).unwrap();
    let host = network.peers[peer].host;
    for (from, to) in [(address.ip(), host), (host, address.ip())] {
        network.simulation.conditions(from, to, |way| (way.capacity, way.splits) = (1 << 20, false));
    }
    network.run_for(Duration::from_secs(1));
    let publisher = listener.accept().unwrap();
    let accepted = response_frame(Response::Succeeded, Command::DefineOperationalModes.code(), &[]);
    let note = response_frame(Response::Notify, Command::Subscribe.code(), b"1234text");
    // It is answered by a command for its modes, and one for each note.
    write_and_read(&mut network, &publisher, &[accepted, note.repeat(NOTES)].concat(), 1 + NOTES);
    assert_eq!(network.peers[peer].error(), None);
    assert_eq!(network.peers[peer].received.notifications.len(), NOTES);
}
