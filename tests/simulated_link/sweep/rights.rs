//! What the subscribers of a run may, which changes while it goes on.

use std::net::IpAddr;
use std::time::Duration;

use sttp::engine::simulated::Random;
use sttp::publisher::Overflow;
use sttp::rights::Rights;
use uuid::Uuid;

use super::kinds::{GROUP_SIGNALS, Kind, SIGNALS};
use crate::harness::Network;
use crate::signals::{filter, signal_id};

/// What somebody may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Permission {
    is_admitted: bool,
    signals: [bool; SIGNALS],
    metadata: bool,
    temporal: bool,
    udp: bool,
}

const EVERYTHING: Permission =
    Permission { is_admitted: true, signals: [true; SIGNALS], metadata: true, temporal: true, udp: true };

impl Permission {
    fn any(class: Class, random: &mut Random) -> Permission {
        let mut signals = [(); SIGNALS].map(|()| random.below(4) > 0);
        if class == Class::Members && random.below(2) == 0 {
            GROUP_SIGNALS.iter().for_each(|signal| signals[*signal] = true);
        }
        let mut mostly = || random.below(5) > 0;
        let permission = Permission {
            is_admitted: mostly(),
            signals,
            metadata: mostly(),
            temporal: mostly(),
            udp: mostly(),
        };
        match class {
            // What it misses it has to get afterwards.
            Class::Recovering => Permission { signals, ..EVERYTHING },
            _ => permission,
        }
    }

    /// A section of a rights file that says so, in one way or another.
    fn section(&self, random: &mut Random) -> String {
        let some = |allowed: bool| filter((0..SIGNALS).filter(|signal| self.signals[*signal] == allowed));
        let signals = match random.below(3) {
            0 => format!("signals = ALLOW WHERE True\ndeny = {}", some(false)),
            1 => format!("signals =\nallow = {}", some(true)),
            _ => {
                let ids: Vec<String> = (0..SIGNALS)
                    .filter(|signal| !self.signals[*signal])
                    .map(|signal| format!("SignalID = '{}'", signal_id(signal)))
                    .collect();
                match ids.is_empty() {
                    true => "signals = ALLOW WHERE True".to_owned(),
                    false => {
                        format!("signals = ALLOW WHERE True; DENY WHERE {}", ids.join(" OR "))
                    }
                }
            }
        };
        format!(
            "enabled = {}\n{signals}\nmetadata = {}\ntemporal = {}\nudp = {}\n",
            self.is_admitted, self.metadata, self.temporal, self.udp
        )
    }
}

/// Subscribers with the same rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    First,
    Second,
    /// Those of the multicast group, which has one subscription for all.
    Members,
    /// Those who fetch what they missed: what they may stays as it is.
    Recovering,
}

const CLASSES: [Class; 4] = [Class::First, Class::Second, Class::Members, Class::Recovering];

impl Class {
    fn of(kind: Kind, random: &mut Random) -> Class {
        match kind {
            Kind::Member => Class::Members,
            Kind::Recovering => Class::Recovering,
            Kind::Tcp | Kind::Called | Kind::Udp => [Class::First, Class::Second][random.below(2)],
        }
    }
}

/// What one class may, and might before.
struct History {
    hosts: Vec<IpAddr>,
    /// How what is allowed now is written: what is written in another way is something else to a publisher.
    section: String,
    /// From which measurement on what was allowed.
    changes: Vec<(usize, Permission)>,
    /// The change that was in force when nothing was on its way any more.
    settled: usize,
}

/// The rights of a run: of each class, or none at all.
pub(super) struct Rules {
    /// What was published may wait for slow subscribers before anybody gets it.
    publishing_waits: bool,
    classes: Option<[History; CLASSES.len()]>,
}

impl Rules {
    pub(super) fn any(overflow: Overflow, random: &mut Random) -> Rules {
        let classes = (random.below(3) == 0).then(|| {
            CLASSES.map(|class| {
                let first = Permission::any(class, random);
                let section = first.section(random);
                History { hosts: Vec::new(), section, changes: vec![(0, first)], settled: 0 }
            })
        });
        Rules { publishing_waits: matches!(overflow, Overflow::Wait { .. }), classes }
    }

    /// A subscriber will come from there. Returns whose rights it has.
    pub(super) fn expect(&mut self, host: IpAddr, kind: Kind, network: &mut Network) -> Class {
        let class = Class::of(kind, &mut network.random);
        if let Some(classes) = &mut self.classes {
            classes[class as usize].hosts.push(host);
            self.set(network);
        }
        class
    }

    /// Other rights for one of the classes, now and then.
    pub(super) fn act(&mut self, network: &mut Network) {
        let Some(classes) = &mut self.classes else { return };
        if network.random.below(40) > 0 {
            return;
        }
        let class = [Class::First, Class::Second, Class::Members][network.random.below(3)];
        // What was published before is with all loops, unless publishing waits.
        network.run_for(Duration::ZERO);
        let changed = Permission::any(class, &mut network.random);
        let history = &mut classes[class as usize];
        history.section = changed.section(&mut network.random);
        history.changes.push((network.published.next_number(), changed));
        self.set(network);
    }

    fn set(&self, network: &Network) {
        let Some(classes) = &self.classes else { return };
        let mut text = String::new();
        for (number, history) in classes.iter().enumerate().filter(|(_, history)| !history.hosts.is_empty()) {
            let hosts: Vec<String> = history.hosts.iter().map(IpAddr::to_string).collect();
            text += &format!("[subscriber {number}]\naddresses = {}\n{}", hosts.join(", "), history.section);
        }
        text += "[others]\nsignals = ALLOW WHERE True\n";
        network.publisher.set_rights(Some(Rights::parse(&text, "rights").unwrap()));
    }

    fn history(&self, class: Class) -> Option<&History> {
        self.classes.as_ref().map(|classes| &classes[class as usize])
    }

    fn now(&self, class: Class) -> Permission {
        self.history(class).map_or(EVERYTHING, History::now)
    }

    pub(super) fn are_admitted(&self, class: Class) -> bool {
        self.now(class).is_admitted
    }

    pub(super) fn may_have_udp(&self, class: Class) -> bool {
        self.now(class).udp
    }

    /// Whether it had other rights since a measurement.
    pub(super) fn have_changed_since(&self, class: Class, number: usize) -> bool {
        self.history(class)
            .is_some_and(|history| history.changes[1..].iter().any(|(first, _)| *first >= number))
    }

    /// Whether it was let in all the time since a measurement.
    pub(super) fn always_admitted(&self, class: Class, number: usize) -> bool {
        self.history(class)
            .is_none_or(|history| history.since(number).all(|permission| permission.is_admitted))
    }

    /// Those of some signals that were allowed all the time since a measurement.
    pub(super) fn always_allowed(&self, class: Class, signals: &[usize], number: usize) -> Vec<usize> {
        let is_allowed = |signal: usize| {
            self.history(class)
                .is_none_or(|history| history.since(number).all(|permission| permission.signals[signal]))
        };
        signals.iter().copied().filter(|signal| is_allowed(*signal)).collect()
    }

    /// Whether somebody may have got a measurement of a signal as it was published, or when it had waited.
    pub(super) fn allowed_at(&self, class: Class, signal: usize, number: usize) -> bool {
        self.history(class).is_none_or(|history| {
            let changes = &history.changes;
            let at = changes.iter().rposition(|(first, _)| *first <= number).unwrap_or(0);
            let last = if self.publishing_waits { changes.len() - 1 } else { at };
            changes[at..=last]
                .iter()
                .any(|(_, permission)| permission.is_admitted && permission.signals[signal])
        })
    }

    /// Whether somebody may have got something of a signal since nothing was on its way.
    pub(super) fn allowed_since_settled(&self, class: Class, signal: usize) -> bool {
        self.history(class).is_none_or(|history| {
            history.unsettled().any(|permission| permission.is_admitted && permission.signals[signal])
        })
    }

    /// Whether somebody may have got metadata since nothing was on its way.
    pub(super) fn metadata_since_settled(&self, class: Class) -> bool {
        self.history(class).is_none_or(|history| {
            history.unsettled().any(|permission| permission.is_admitted && permission.metadata)
        })
    }

    /// Whether it had other rights since nothing was on its way.
    pub(super) fn have_changed_since_settled(&self, class: Class) -> bool {
        self.history(class).is_some_and(|history| history.unsettled().count() > 1)
    }

    /// The signals of some that a subscriber has now, and those that it is told it may not have.
    pub(super) fn split(&self, class: Class, signals: &[usize]) -> (Vec<Uuid>, Vec<Uuid>) {
        let now = self.now(class);
        let ids = |allowed: bool| {
            let some = signals.iter().filter(|signal| now.signals[**signal] == allowed);
            some.map(|signal| signal_id(*signal)).collect()
        };
        (ids(true), ids(false))
    }

    /// Nothing is on its way any more.
    pub(super) fn settle(&mut self) {
        for history in self.classes.iter_mut().flatten() {
            history.settled = history.changes.len() - 1;
        }
    }
}

impl History {
    fn now(&self) -> Permission {
        self.changes[self.changes.len() - 1].1
    }

    /// What was allowed before a measurement was published, and after that.
    fn since(&self, number: usize) -> impl Iterator<Item = &Permission> {
        let first = self.changes.iter().rposition(|(first, _)| *first < number).unwrap_or(0);
        self.changes[first..].iter().map(|(_, permission)| permission)
    }

    fn unsettled(&self) -> impl Iterator<Item = &Permission> {
        self.changes[self.settled..].iter().map(|(_, permission)| permission)
    }
}
