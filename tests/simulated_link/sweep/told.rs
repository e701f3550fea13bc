//! What operators are told in a run: nothing is dropped, and nobody disconnected, without a word.

use crate::harness::{End, Network, PublisherTold};

/// What they were told until now.
#[derive(Default)]
pub(super) struct Told {
    dropped: u64,
}

impl Told {
    /// Checks that what was dropped, and whoever was disconnected, since the last time was told. Messages alike have a
    /// limit, so that it is not each of them.
    pub(super) fn check(&mut self, network: &mut Network, seed: u64) {
        let (mut messages, mut ends) = (Vec::new(), Vec::new());
        for event in network.take_events() {
            match event {
                PublisherTold::Message(_, text) => messages.push(text),
                PublisherTold::Disconnected(_, Err(end)) => ends.push(end),
                _ => {}
            }
        }
        let is_told = |what: &str| messages.iter().any(|text| text.contains(what));
        let before =
            std::mem::replace(&mut self.dropped, network.publisher.statistics().measurements_dropped);
        assert!(
            self.dropped == before || is_told("dropped"),
            "{} dropped, seed {seed}: {messages:?}",
            self.dropped - before
        );
        for end in ends {
            assert!(is_told(" ended: "), "{end:?}, seed {seed}: {messages:?}");
            let key = match &end {
                End::Protocol(text) | End::Refused(text) => {
                    text.split_once("(max").map(|(_, key)| key.to_owned())
                }
                _ => None,
            };
            let key = key.and_then(|key| key.split_once(')').map(|(key, _)| format!("max{key}")));
            assert!(key.as_ref().is_none_or(|key| is_told(key)), "{end:?}, seed {seed}: {messages:?}");
        }
    }
}
