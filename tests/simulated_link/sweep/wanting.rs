//! The subscribers of a run: what they ask for and do, and what they have to get for it.

use std::time::Duration;

use sttp::engine::simulated::Conditions;
use sttp::publisher::PublisherSettings;
use sttp::subscriber::{ConnectionState, SubscriptionOptions};
use sttp::wire::Command;

use super::kinds::{self, GROUP_SIGNALS, Kind, any_signals, keeps_history};
use super::losses::Losses;
use super::past;
use super::rights::{Class, Rules};
use crate::harness::{Network, wanting};
use crate::signals::signal_id;

/// A subscriber of the run.
pub(super) struct Wanting {
    pub(super) peer: usize,
    pub(super) kind: Kind,
    class: Class,
    /// There is something to be played back.
    may_play: bool,
    has_tls: bool,
    /// What it asked for last, if anything of the present.
    asks_for: Option<(Vec<usize>, SubscriptionOptions)>,
    /// It asked for something of the past, when so many windows had ended or were refused.
    past: Option<usize>,
    /// It recovers what it misses, from this measurement on.
    pub(super) recovers_from: usize,
    pub(super) losses: Losses,
    looked_at: LookedAt,
}

/// What was looked at already of what a subscriber got.
#[derive(Default)]
struct LookedAt {
    measurements: usize,
    recovered: usize,
    metadata: usize,
    caches: usize,
    refused: usize,
    /// It has asked for something of the past since.
    has_played: bool,
    /// Bytes have changed on their way since.
    was_damaged: bool,
}

impl Wanting {
    pub(super) fn new(
        network: &mut Network,
        settings: &PublisherSettings,
        has_tls: bool,
        rules: &mut Rules,
    ) -> Wanting {
        let kind = Kind::any(settings, &mut network.random);
        let form = kinds::form(kind, &mut network.random);
        let class = rules.expect(network.next_host(), kind, network);
        let peer = match kind {
            Kind::Called => network.call(form),
            _ => network.connect(form),
        };
        // What comes by UDP and by TCP overtakes each other.
        network.peers[peer].received.form.repeats = kind.by_udp();
        let may_play = keeps_history(settings);
        let looked_at = LookedAt::default();
        let mut wanting = Wanting {
            peer,
            kind,
            class,
            may_play,
            has_tls,
            asks_for: None,
            past: None,
            recovers_from: 0,
            losses: Losses::new(),
            looked_at,
        };
        wanting.subscribe(network);
        wanting
    }

    fn subscribe(&mut self, network: &mut Network) {
        // All members of a group have to want the same.
        let signals = match self.kind {
            Kind::Member => GROUP_SIGNALS.to_vec(),
            _ => any_signals(&mut network.random),
        };
        let mut options = wanting(&signals);
        if matches!(self.kind, Kind::Tcp | Kind::Called | Kind::Udp) {
            options = options.include_time(network.random.below(5) > 0);
            options = options.nan_filter(network.random.below(3) == 0);
        }
        network.subscribe_with(self.peer, options.clone());
        (self.asks_for, self.past) = (Some((signals, options)), None);
    }

    /// Asks for something of the past, which ends by itself.
    fn play(&mut self, network: &mut Network) {
        let (start, stop) = past::times(network);
        let signals = any_signals(&mut network.random);
        let interval = network.random.below(2) as i32;
        let before = self.ended_windows(network);
        network.subscribe_with(self.peer, past::window(&signals, start, stop, interval));
        (self.asks_for, self.past) = (None, Some(before));
        self.looked_at.has_played = true;
    }

    fn unsubscribe(&mut self, network: &mut Network) {
        (self.asks_for, self.past) = (None, None);
        network.peers[self.peer].subscriber.unsubscribe().unwrap();
    }

    /// Does something that subscribers and networks do.
    pub(super) fn act(&mut self, network: &mut Network) {
        let peer = self.peer;
        match (network.random.below(120), self.kind) {
            (0 | 10, Kind::Recovering) => network.cut(peer),
            // Whatever else happens is not told as missed.
            (_, Kind::Recovering) => {}
            (0 | 1, _) => self.subscribe(network),
            (2, _) => self.unsubscribe(network),
            // Without a connection there is nobody to be asked.
            (3, _) => drop(network.peers[peer].subscriber.request_metadata("")),
            (4 | 5, _) => network.towards_subscriber(peer, |way| way.stalled = !way.stalled),
            (6, _) => network.towards_publisher(peer, |way| way.stalled = !way.stalled),
            (7, _) => {
                let capacity = 64 << network.random.below(12);
                network.towards_subscriber(peer, |way| way.capacity = capacity);
            }
            (8, _) => {
                let delay = Duration::from_millis(network.random.below(2_000) as u64);
                network.towards_subscriber(peer, |way| way.delay = delay);
            }
            (9, Kind::Udp | Kind::Member) => network.lose_datagrams(peer),
            (10, _) => network.cut(peer),
            (11, _) => network.towards_publisher(peer, |way| way.unreachable = !way.unreachable),
            (12, Kind::Tcp | Kind::Called | Kind::Udp) => self.damage(network),
            (13, Kind::Tcp | Kind::Called) if self.may_play => self.play(network),
            _ => {}
        }
    }

    /// From now on bytes, or the lengths of what they belong to, change on their way. (A member of a group would ask others for what they do not want.)
    fn damage(&mut self, network: &mut Network) {
        // With TLS that ends the connection, at the latest when the rest of a record has not come whose length was
        // changed. Nothing else comes of it.
        if !self.has_tls {
            self.looked_at.was_damaged = true;
            network.peers[self.peer].received.form.is_damaged = true;
        }
        let part = [0.01, 0.1][network.random.below(2)];
        let to_subscriber = network.random.below(2) == 0;
        // Few changes of any bytes meet a length.
        let alters_lengths = network.random.below(2) == 0;
        let damage = |way: &mut Conditions| match alters_lengths {
            true => way.altered_lengths = 5.0 * part,
            false => way.corruption = part,
        };
        match to_subscriber {
            true => network.towards_subscriber(self.peer, damage),
            false => network.towards_publisher(self.peer, damage),
        }
    }

    /// The network is as it should be again.
    pub(super) fn heal(&mut self, network: &mut Network) {
        network.towards_subscriber(self.peer, |way| *way = Default::default());
        network.towards_publisher(self.peer, |way| *way = Default::default());
        if network.peers[self.peer].received.form.is_damaged {
            // What was understood wrongly ends with the connection, or with another wish.
            network.cut(self.peer);
            network.run_for(Duration::ZERO);
            network.peers[self.peer].received.form.is_damaged = false;
            self.subscribe(network);
        }
    }

    /// Asks once more for what was refused or ended for want of the right to it. Whatever else it has not got has to
    /// come by itself.
    pub(super) fn ask_again(&mut self, network: &mut Network, rules: &Rules) {
        let state = network.peers[self.peer].subscriber.state();
        let may_lack = state == ConnectionState::Connected
            && (self.refusals(network) > self.looked_at.refused
                || rules.have_changed_since_settled(self.class));
        if let Some((_, options)) = self.asks_for.clone().filter(|_| may_lack) {
            network.subscribe_with(self.peer, options);
        } else if self.past.is_some() && state == ConnectionState::Subscribed {
            // What was granted before the refusal goes on, or the end of the window has not come yet.
            self.unsubscribe(network);
        }
    }

    /// Checks that it got everything that was published from a number on, and that it might have, in order; but for
    /// what it may miss for want of room.
    pub(super) fn assert_complete(&self, network: &Network, rules: &Rules, first: usize) {
        let have_changed = rules.have_changed_since(self.class, first);
        // Who gets its measurements by UDP is told to ask anew, and whoever is not let in gets nothing.
        if have_changed && (self.kind.by_udp() || !rules.always_admitted(self.class, first)) {
            return;
        }
        let wanted = if self.may_be_subscribed(rules) { self.signals() } else { &[] };
        let allowed = rules.always_allowed(self.class, wanted, first);
        let is_certain = |number: &usize| allowed.contains(&network.published.signal_of(*number));
        let got = network.peers[self.peer].received.numbers.iter().copied();
        let got = got.filter(|number| *number >= first && (!have_changed || is_certain(number)));
        let (got, expected) = (got.collect::<Vec<_>>(), network.published.numbers_of(&allowed, first));
        if let Some(why) = self.losses.unexplained(&got, &expected, !have_changed) {
            panic!(
                "of the {} measurements of {allowed:?} since {first} came {}: {why}: {}",
                expected.len(),
                got.len(),
                self.describe(network)
            );
        }
    }

    /// Checks that nothing came that it might not have.
    pub(super) fn assert_allowed(&self, network: &Network, rules: &Rules) {
        let (peer, class, looked_at) = (self.peer, self.class, &self.looked_at);
        let received = &network.peers[peer].received;
        let allowed_lately = |signal: usize| rules.allowed_since_settled(class, signal);
        for number in &received.numbers[looked_at.measurements..] {
            let signal = network.published.signal_of(*number);
            let is_allowed = match looked_at.has_played {
                true => allowed_lately(signal),
                false => rules.allowed_at(class, signal, *number),
            };
            assert!(is_allowed, "measurement {number} of signal {signal} came to {}", self.describe(network));
        }
        for number in &received.recovered[looked_at.recovered..] {
            let signal = network.published.signal_of(*number);
            assert!(allowed_lately(signal), "subscriber {peer} recovered measurement {number} of {signal}");
        }
        if !looked_at.was_damaged {
            let forbidden: Vec<_> = (0..kinds::SIGNALS).filter(|signal| !allowed_lately(*signal)).collect();
            let metadata = &received.metadata[looked_at.metadata..];
            assert!(metadata.is_empty() || rules.metadata_since_settled(class), "metadata of {peer}");
            let caches = &received.caches[looked_at.caches..];
            for signal in forbidden.into_iter().map(signal_id) {
                let told = metadata.iter().flat_map(|metadata| metadata.measurements());
                assert!(
                    { told }.all(|told| told.signal_id() != Some(signal)),
                    "metadata of {peer} tell {signal}"
                );
                let listed = caches.iter().flat_map(|(_, cache)| cache.records());
                assert!({ listed }.all(|record| record.signal_id != signal), "{peer} is announced {signal}");
            }
        }
    }

    /// Checks that it knows which of its signals it may have and which not. Nothing is on its way: what comes from now
    /// on is looked at anew.
    pub(super) fn assert_told(&mut self, network: &Network, rules: &Rules) {
        let received = &network.peers[self.peer].received;
        if let Some((signals, _)) = self.asks_for.as_ref().filter(|_| self.may_be_subscribed(rules)) {
            let (_, cache) = received.caches.last().expect("there is a cache");
            let (allowed, mut forbidden) = rules.split(self.class, signals);
            assert_eq!(received.signals(), allowed, "signals of {}", self.describe(network));
            let mut told = cache.unauthorized().to_vec();
            told.sort();
            forbidden.sort();
            assert_eq!(told, forbidden, "unauthorized signals of subscriber {}", self.peer);
        }
        self.looked_at = LookedAt {
            measurements: received.numbers.len(),
            recovered: received.recovered.len(),
            metadata: received.metadata.len(),
            caches: received.caches.len(),
            refused: self.refusals(network),
            has_played: self.past.is_some(),
            was_damaged: false,
        };
    }

    /// What it asked for of the present.
    fn signals(&self) -> &[usize] {
        self.asks_for.as_ref().map_or(&[], |(signals, _)| signals)
    }

    /// What it asked for of the present and may have.
    pub(super) fn allowed_signals(&self, rules: &Rules) -> Vec<usize> {
        let signals = self.signals();
        rules.always_allowed(self.class, signals, usize::MAX)
    }

    /// Whether what it asked for of the present can be granted.
    fn may_be_subscribed(&self, rules: &Rules) -> bool {
        let may_have_udp = !self.kind.by_udp() || rules.may_have_udp(self.class);
        rules.are_admitted(self.class) && may_have_udp
    }

    /// Windows of the past that have ended, and subscriptions that were refused.
    fn ended_windows(&self, network: &Network) -> usize {
        network.peers[self.peer].received.completions.len() + self.refusals(network)
    }

    /// Subscriptions that were refused.
    fn refusals(&self, network: &Network) -> usize {
        let failed = network.peers[self.peer].received.failed.iter();
        failed.filter(|(command, _)| *command == Command::Subscribe).count()
    }

    /// What can be seen of it.
    pub(super) fn describe(&self, network: &Network) -> String {
        let peer = &network.peers[self.peer];
        let received = &peer.received;
        format!(
            "subscriber {} ({:?}, {:?}, connected: {}, known as {:?}, state {:?}, asked for {:?}, ends {:?}, refused {:?}, told {:?})",
            self.peer,
            self.kind,
            self.class,
            network.is_connected(self.peer),
            network.info(self.peer),
            peer.subscriber.state(),
            self.asks_for.as_ref().map(|(signals, _)| signals),
            received.ends,
            received.failed,
            received.messages,
        )
    }

    /// Whether it has got everything that it asked for of the past.
    pub(super) fn is_done_with_the_past(&self, network: &Network, rules: &Rules) -> bool {
        let is_over = |before| self.ended_windows(network) > before;
        self.past.is_none_or(is_over) || !rules.are_admitted(self.class)
    }

    /// Whether it gets what it asked for and may have.
    pub(super) fn is_well(&self, network: &Network, rules: &Rules) -> bool {
        if !rules.are_admitted(self.class) {
            return !network.is_connected(self.peer);
        }
        let state = network.peers[self.peer].subscriber.state();
        let is_subscribed = self.asks_for.is_some() && self.may_be_subscribed(rules);
        let expected = if is_subscribed { ConnectionState::Subscribed } else { ConnectionState::Connected };
        network.is_connected(self.peer)
            && network.info(self.peer).subscribed == is_subscribed
            && state == expected
    }
}
