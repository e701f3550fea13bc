//! Whole runs that a seed decides: publishers of every kind, subscribers of every form that live in the
//! present or the past, strangers that attack them, and networks that cut, stall, delay, lose and change what they
//! carry; gateways of C37.118, see `gateways`; and several publishers, see `publishers`.
//!
//! `STTP_SEED=17 cargo test --test simulated_link sweep` plays seed 17 again, `STTP_SEEDS=1000`
//! plays so many, from 0 on, and `STTP_SEEDS=1200..2400` those from 1200 to 2399. A seed that fails does not keep the
//! others from being played.
//!
//! What may never happen, whatever the seed: a measurement under a wrong signal, or with another value, time or flags; one
//! that is lost while the connection was whole and the subscriber fast enough, and that was not counted as dropped for
//! want of room where there is little, or that can be fetched afterwards and is not, or is twice; one, or metadata, of a
//! signal that its subscriber may not have; with TLS, anything that is made of bytes which were changed; a session that
//! neither ends nor recovers once the network is well again; more memory than the limits allow, also where they are low, or
//! any of it left when a peer has gone; a newcomer who is not served within two seconds, attacked or not, or an attacker
//! of whom something is left after ten; something dropped, or somebody disconnected, of which operators are not told.

mod gateways;
mod hostile;
mod kinds;
mod losses;
mod memory;
mod past;
mod publishers;
mod rights;
mod told;
mod wanting;

use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sttp::engine::simulated::Random;
use sttp::publisher::PublisherSettings;

use crate::harness::{Network, PUBLISHER, listening, said_seeds};
use hostile::{MOST_CONNECTIONS, Strangers};
use kinds::{Kind, SIGNALS, keeps_history};
use memory::Memory;
use rights::Rules;
use told::Told;
use wanting::Wanting;

/// Seeds that are played when nothing else is said.
const USUAL_SEEDS: Range<u64> = 0..300;
/// After this time no other seed is begun, unless their number was said.
const LONGEST: Duration = Duration::from_secs(30);
/// In one of so many runs all that everybody may take together is little.
const LOW: u64 = 10;
/// Steps of the clock in which subscribers and networks do what they do, before all gets well again.
const STEPS: usize = 120;
/// Fewer measurements than these are published at once.
const USUAL_BATCH: usize = 100;
/// In some steps, where totals are low, so many batches come of so many each: enough to use up what all together may have.
const BATCHES_OF_BURST: usize = 2;
const LARGEST_BATCH: usize = 1_000;
const STEPS_OF_BURST: usize = 6;
/// So few measurements that who waits for the rest of something that was damaged still waits when they have come.
const FEW: usize = 20;

#[test]
fn nothing_goes_wrong_whatever_the_seed() {
    // In fewer runs one of them may not be reached.
    if play(USUAL_SEEDS, run) >= USUAL_SEEDS.count() {
        let unheard = told::unheard();
        assert!(unheard.is_empty(), "no run reaches {unheard:?}");
    }
}

/// Plays the seeds that were said, or the usual ones, on as many threads as there are processors. Returns how many they
/// were.
fn play(usual: Range<u64>, run: fn(u64)) -> usize {
    let said = said_seeds();
    let begun = Instant::now();
    let seeds = Mutex::new(said.clone().unwrap_or(usual));
    let next = || {
        let is_over = said.is_none() && begun.elapsed() > LONGEST;
        let next = seeds.lock().unwrap().next()?;
        if is_over {
            println!("the time is over before seed {next}");
        }
        (!is_over).then_some(next)
    };
    let failed = Mutex::new(Vec::new());
    let count = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZeroUsize::get) {
            scope.spawn(|| {
                while let Some(seed) = next() {
                    count.fetch_add(1, Ordering::Relaxed);
                    // A simulation belongs to its thread. A panic tells the thread's name.
                    let name = thread::Builder::new().name(format!("seed {seed}"));
                    let run = name.spawn_scoped(scope, move || run(seed)).unwrap();
                    if run.join().is_err() {
                        failed.lock().unwrap().push(seed);
                    }
                }
            });
        }
    });
    let count = count.into_inner();
    println!("{count} seeds in {:.0?}", begun.elapsed());
    let mut failed = failed.into_inner().unwrap();
    failed.sort_unstable();
    assert_eq!(failed, [0_u64; 0], "seeds that fail; what they say stands above");
    count
}

/// Sets the wall clock, or has a peer speak no sense or stop in the middle of it, now and then.
fn disturb(network: &mut Network) {
    match network.random.below(100) {
        0 => {
            let utc = network.simulation.utc().0 + network.random.below(1 << 32) as i64 - (1 << 31);
            network.simulation.set_utc(sttp::Ticks(utc));
        }
        1 => speak_no_sense(network),
        _ => {}
    }
}

fn speak_no_sense(network: &mut Network) {
    let host = [10, 9, 0, 1 + network.random.below(200) as u8].into();
    // Nobody is there, or a subscriber that listens, or one that does not.
    let other = network.random.below(network.peers.len());
    let address = [PUBLISHER, listening(network.peers[other].host)][network.random.below(2)];
    let peer = network.simulation.connect(host, address);
    network.step();
    let length = network.random.below(60);
    let bytes: Vec<u8> = match network.random.below(3) {
        0 => (0..length).map(|_| network.random.below(256) as u8).collect(),
        1 => [&[0, 0, 0, 5, 6, 0, 0, 2, 2, 0, 0, 0, 60, 2][..], &vec![7; length]].concat(),
        _ => [0, 0, 0, 1, 2].repeat(length),
    };
    let _ = peer.write(&bytes);
    network.step();
}

fn run(seed: u64) {
    let mut random = Random::new(seed);
    let mut settings = kinds::publisher(&mut random);
    let (has_tls, has_low_totals) = (random.below(5) == 0, seed.is_multiple_of(LOW));
    if has_low_totals {
        kinds::lower_totals(&mut settings);
    }
    let mut rules = Rules::any(settings.overflow, &mut random);
    let mut network = Network::with_loops(1 + random.below(3), seed, settings, 0..SIGNALS);
    if has_tls {
        network.secure(settings);
        // The certificates are looked at elsewhere.
        network.run_for(Duration::from_secs(1));
    }
    let largest_batch = if has_low_totals { LARGEST_BATCH } else { USUAL_BATCH };
    let (memory, mut told) = (Memory::new(&settings, largest_batch), Told::default());
    let mut subscribers: Vec<Wanting> = (0..2 + random.below(4))
        .map(|_| Wanting::new(&mut network, &settings, has_tls, &mut rules))
        .collect();
    let mut strangers = Strangers::any(has_low_totals, &mut random);
    recover(&mut network, &mut subscribers, &mut rules, seed);
    for subscriber in &mut subscribers {
        subscriber.recovers_from = network.published.next_number();
    }
    // Of every signal, so that it can be told from when on something of it is missed.
    assert!(network.try_to_publish(300));
    network.settle();
    for _ in 0..3 {
        let troubled = subscribers.iter().map(|_| random.below(2) == 0).collect::<Vec<_>>();
        let first = network.published.next_number();
        let burst = if has_low_totals { random_burst(&mut network) } else { 0..0 };
        for step in 0..STEPS {
            if has_low_totals {
                look_at_queues(&mut subscribers, &network, &memory);
            }
            for (subscriber, _) in subscribers.iter_mut().zip(&troubled).filter(|(_, troubled)| **troubled) {
                subscriber.act(&mut network);
            }
            disturb(&mut network);
            strangers.act(&mut network, &subscribers);
            rules.act(&mut network);
            let count = network.random.below(USUAL_BATCH);
            network.try_to_publish(count);
            if burst.contains(&step) {
                (0..BATCHES_OF_BURST).for_each(|_| _ = network.try_to_publish(LARGEST_BATCH));
            }
            network.step();
            memory.check(&network, MOST_CONNECTIONS);
        }
        strangers.leave(&mut network, &memory);
        recover(&mut network, &mut subscribers, &mut rules, seed);
        told.check(&mut network, seed);
        if has_low_totals {
            look_at_queues(&mut subscribers, &network, &memory);
        }
        for (subscriber, _) in subscribers.iter().zip(&troubled).filter(|(_, troubled)| !**troubled) {
            subscriber.assert_complete(&network, &rules, first);
        }
        let live = |subscriber: &&Wanting| subscriber.kind != Kind::Recovering;
        get_what_comes(&mut network, subscribers.iter().filter(live), &rules, FEW);
        check_past(&mut network, &settings, &subscribers, &rules, seed);
        // Signals come and go, for everybody.
        let first = network.random.below(SIGNALS / 2);
        network.redefine(first..SIGNALS);
        (0..20).for_each(|_| {
            network.try_to_publish(30);
            network.step();
        });
        network.redefine(0..SIGNALS);
        recover(&mut network, &mut subscribers, &mut rules, seed);
        get_what_comes(&mut network, subscribers.iter(), &rules, 200);
    }
    memory.check_end(network, settings, seed);
}

/// Subscribers get what is published now, live: of who recovers, what comes behind a gap may be fetched with that, which is
/// looked at [later](check_past).
fn get_what_comes<'a>(
    network: &mut Network,
    subscribers: impl Iterator<Item = &'a Wanting>,
    rules: &Rules,
    count: usize,
) {
    let first = network.published.next_number();
    assert!(network.try_to_publish(count));
    network.settle();
    subscribers.for_each(|subscriber| subscriber.assert_complete(network, rules, first));
}

/// Steps in which much is published.
fn random_burst(network: &mut Network) -> Range<usize> {
    let begin = network.random.below(STEPS - STEPS_OF_BURST);
    begin..begin + STEPS_OF_BURST
}

/// Not too much waits, and what is dropped for that reason has to be what is missing later, measurement by measurement.
fn look_at_queues(subscribers: &mut [Wanting], network: &Network, memory: &Memory) {
    let connections = network.publisher.connections();
    memory.check_queues(&connections);
    for subscriber in subscribers {
        subscriber.losses.note(subscriber.peer, network, &connections);
    }
}

/// The network gets well, and then everybody gets what it asked for and may have, and has got nothing else.
fn recover(network: &mut Network, subscribers: &mut [Wanting], rules: &mut Rules, seed: u64) {
    subscribers.iter_mut().for_each(|subscriber| subscriber.heal(network));
    network.run_for(Duration::from_secs(80));
    subscribers.iter_mut().for_each(|subscriber| subscriber.ask_again(network, rules));
    network.run_for(Duration::from_secs(10));
    network.settle();
    for subscriber in &mut *subscribers {
        assert!(
            subscriber.is_well(network, rules) && subscriber.is_done_with_the_past(network, rules),
            "seed {seed}: {} does not recover",
            subscriber.describe(network)
        );
        subscriber.assert_allowed(network, rules);
        subscriber.assert_told(network, rules);
    }
    rules.settle();
    assert!(network.is_flushed(), "seed {seed}: something is queued and nobody takes it");
}

/// The past can be had: as a window, and where it was missed.
fn check_past(
    network: &mut Network,
    settings: &PublisherSettings,
    subscribers: &[Wanting],
    rules: &Rules,
    seed: u64,
) {
    if !keeps_history(settings) {
        return;
    }
    past::check_playback(network, seed);
    let recovering = || subscribers.iter().filter(|subscriber| subscriber.kind == Kind::Recovering);
    if recovering().count() > 0 {
        past::flow(network);
    }
    for subscriber in recovering() {
        let signals = subscriber.allowed_signals(rules);
        let (first, losses) = (subscriber.recovers_from, &subscriber.losses);
        past::check_recovered(network, subscriber.peer, &signals, first, losses, seed);
    }
}
