//! What operators are told in a run: nothing is dropped, and nobody disconnected, without a word.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::harness::{Network, PublisherTold};

/// Messages alike that pass in a time; others are held back.
const PASSED_ALIKE: usize = 5;
/// The same of all messages.
const PASSED: usize = 100;
/// Limits that are low in some runs, and of which operators hear then. (Of those of an address it is the first that is
/// used up.)
const LOWERED: [&str; 3] = ["maxSendQueues", "subscribesPerSecond", "maxUnfinishedCommands"];
/// How often operators were told of each of them, in all runs until now.
static HEARD: [AtomicUsize; LOWERED.len()] = [const { AtomicUsize::new(0) }; LOWERED.len()];

/// The limits that are low in some runs, and that no run until now has reached.
pub(super) fn unheard() -> Vec<&'static str> {
    let limits = LOWERED.iter().zip(&HEARD);
    limits.filter(|(_, heard)| heard.load(Ordering::Relaxed) == 0).map(|(key, _)| *key).collect()
}

/// What they were told until now.
#[derive(Default)]
pub(super) struct Told {
    dropped: u64,
    /// How many were said to be dropped for whom, by address.
    of_connections: BTreeMap<String, u64>,
}

impl Told {
    /// Checks that what was dropped, and whoever was disconnected, since the last time was told: each of them, except
    /// where so many messages came that one may be held back.
    pub(super) fn check(&mut self, network: &mut Network, seed: u64) {
        let (mut messages, mut ends) = (Vec::new(), Vec::new());
        for event in network.take_events() {
            match event {
                PublisherTold::Message(_, text) => {
                    self.note_drops(&text);
                    messages.push(text);
                }
                PublisherTold::Disconnected(info, reason) => {
                    // The next connection with a subscriber that listens has the same address.
                    self.of_connections.remove(&info.address.to_string());
                    ends.extend(reason.err().map(|end| (info.address, end)));
                }
                _ => {}
            }
        }
        for (key, heard) in LOWERED.iter().zip(&HEARD) {
            heard.fetch_add(messages.iter().filter(|text| text.contains(key)).count(), Ordering::Relaxed);
        }
        // So many messages came that one may be held back.
        let are_many = |alike: &str| {
            let alike = messages.iter().filter(|text| text.contains(alike)).count();
            messages.len() >= PASSED || alike >= PASSED_ALIKE
        };
        let dropped = network.publisher.statistics().measurements_dropped;
        let before = std::mem::replace(&mut self.dropped, dropped);
        assert!(
            dropped == before || messages.len() >= PASSED || messages.iter().any(|text| tells_drops(text)),
            "{} dropped, seed {seed}: {messages:?}",
            dropped - before
        );
        for info in network.publisher.connections() {
            let (address, dropped) = (info.address.to_string(), info.counters.measurements_dropped);
            let said = self.of_connections.insert(address.clone(), dropped).unwrap_or_default();
            assert!(
                said == dropped || are_many(" measurements "),
                "{dropped} dropped for {address}, {said} told, seed {seed}: {messages:?}"
            );
        }
        for (address, end) in ends {
            let beginning = format!(" {address} ended: ");
            let is_told = |text: &String| text.contains(&beginning) && text.contains(end.text());
            assert!(
                messages.iter().any(is_told) || are_many(" ended: "),
                "{address}: {end:?}, seed {seed}: {messages:?}"
            );
        }
    }

    /// Adds what a message says of a connection.
    fn note_drops(&mut self, text: &str) {
        let Some((number, rest)) = drops(text) else { return };
        let all = rest.strip_prefix(" for ").and_then(|rest| {
            let (address, rest) = rest.split_once(", ")?;
            Some((address, rest.split_once(" so far: ")?.0.parse().ok()?))
        });
        let more = rest.split_once(" that waited for ").and_then(|(_, rest)| rest.split_once(": "));
        if let Some((address, all)) = all {
            self.of_connections.insert(address.to_owned(), all);
        } else if let Some((address, _)) = more {
            *self.of_connections.entry(address.to_owned()).or_default() += number;
        }
    }
}

/// How many measurements a message says to be dropped, and what follows.
fn drops(text: &str) -> Option<(u64, &str)> {
    let (number, rest) = text.strip_prefix("dropped ")?.split_once(" measurements")?;
    Some((number.parse().ok()?, rest))
}

/// Whether a message says that measurements were dropped, and why.
fn tells_drops(text: &str) -> bool {
    drops(text).is_some()
        || text.contains("the publisher cannot keep up")
        || text.contains("by UDP were dropped")
        || text.contains("bytes before its connection ended; they were dropped")
}
