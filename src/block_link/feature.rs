//! What blocks are for, and what implementations have of it.

use std::fmt;
use std::num::NonZeroU16;

/// Runtime ID of the negotiation, and of heartbeats.
pub(super) const NEGOTIATION: u16 = 0;

/// What a block belongs to, beside the negotiation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// Data points and their definitions.
    Points,
    /// Which signals data points are of.
    Signals,
    /// Metadata, and configurations of C37.118.
    Documents,
    /// Subscriptions by filter.
    Subscription,
    /// Data points of C37.118.
    C37118,
}

impl Feature {
    /// All of them.
    pub const ALL: [Feature; 5] =
        [Feature::Points, Feature::Signals, Feature::Documents, Feature::Subscription, Feature::C37118];
    /// Those without which nothing goes.
    pub const NEEDED: [Feature; 2] = [Feature::Points, Feature::Signals];

    /// Its name in the negotiation.
    pub const fn name(self) -> &'static str {
        match self {
            Feature::Points => "points",
            Feature::Signals => "signals",
            Feature::Documents => "documents",
            Feature::Subscription => "subscription",
            Feature::C37118 => "c37118",
        }
    }

    /// The feature of this name, if this library has it.
    pub fn from_name(name: &str) -> Option<Feature> {
        Feature::ALL.into_iter().find(|feature| feature.name() == name)
    }
}

/// What users may expect of an implementation. Each level includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// An end-user application: it receives measurements and metadata.
    Application,
    /// A gateway: it also sends them, to those who subscribe with a filter.
    Gateway,
    /// A data concentrator: it also makes data frames of data points of C37.118.
    Concentrator,
}

impl Level {
    /// All of them, from the lowest on.
    pub const ALL: [Level; 3] = [Level::Application, Level::Gateway, Level::Concentrator];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Application => "application",
            Level::Gateway => "gateway",
            Level::Concentrator => "concentrator",
        }
    }

    /// The features that it takes.
    pub const fn features(self) -> &'static [Feature] {
        match self {
            Level::Application => &[Feature::Points, Feature::Signals, Feature::Documents],
            Level::Gateway => &[Feature::Points, Feature::Signals, Feature::Documents, Feature::Subscription],
            Level::Concentrator => &Feature::ALL,
        }
    }

    /// What it has to be able to do, for people.
    pub const fn about(self) -> &'static str {
        match self {
            Level::Application => {
                "receives measurements and metadata, in standard blocks and the Raw stream, on every kind of link"
            }
            Level::Gateway => {
                "also sends them to who subscribes with a filter, and has compact blocks, the Standard stream and TLS"
            }
            Level::Concentrator => {
                "also sends and receives data points of C37.118, and makes data frames of them"
            }
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The levels that an implementation says it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Levels(u8);

impl Levels {
    /// The levels that take no other features than these.
    pub fn of(features: &[Feature]) -> Levels {
        let has = |level: &Level| level.features().iter().all(|feature| features.contains(feature));
        Levels(Level::ALL.into_iter().filter(has).fold(0, |bits, level| bits | level.bit()))
    }

    /// Those of the bits that tag 8 of the negotiation has.
    pub const fn from_bits(bits: u8) -> Levels {
        Levels(bits)
    }

    /// The bits that tag 8 of the negotiation has.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Those that are among the others, too.
    pub(super) const fn among(self, others: Levels) -> Levels {
        Levels(self.0 & others.0)
    }

    /// Whether it has a level.
    pub const fn has(self, level: Level) -> bool {
        self.0 & level.bit() != 0
    }

    /// The highest level, if it has any.
    pub fn highest(self) -> Option<Level> {
        Level::ALL.into_iter().rev().find(|level| self.has(*level))
    }
}

/// The name of the highest level, or `none`.
impl fmt::Display for Levels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.highest().map_or("none", Level::name))
    }
}

/// Features and their runtime IDs, as they were agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeatureTable([Option<NonZeroU16>; Feature::ALL.len()]);

impl FeatureTable {
    /// The runtime ID of a feature; None when it was not agreed.
    pub fn id(&self, feature: Feature) -> Option<u16> {
        self.0[feature as usize].map(NonZeroU16::get)
    }

    /// The feature of a runtime ID.
    pub fn feature(&self, id: u16) -> Option<Feature> {
        Feature::ALL.into_iter().find(|feature| self.id(*feature) == Some(id))
    }

    /// The features that were agreed, with their runtime IDs.
    pub fn iter(&self) -> impl Iterator<Item = (Feature, u16)> + use<'_> {
        Feature::ALL.into_iter().filter_map(|feature| Some((feature, self.id(feature)?)))
    }

    /// Sets the runtime ID of a feature. False when the ID, which is not 0, is taken, or the feature has another.
    pub fn set(&mut self, feature: Feature, id: u16) -> bool {
        if self.feature(id).is_some() || self.id(feature).is_some() {
            return false;
        }
        self.0[feature as usize] = NonZeroU16::new(id);
        id != NEGOTIATION
    }

    /// These features with the runtime IDs from `first` on, in which there is none of `others`.
    pub(super) fn numbered(
        features: impl Iterator<Item = Feature>,
        first: u16,
        others: &FeatureTable,
    ) -> FeatureTable {
        let mut table = FeatureTable::default();
        let mut ids = (0..=u16::MAX).map(|number| first.wrapping_add(number));
        let mut ids = ids.by_ref().filter(|id| *id != NEGOTIATION && others.feature(*id).is_none());
        for (feature, id) in features.zip(&mut ids) {
            table.set(feature, id);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_what_their_features_say() {
        assert_eq!(Levels::of(&Feature::ALL).bits(), 7);
        let application = Levels::of(&[Feature::Points, Feature::Signals, Feature::Documents]);
        assert_eq!(application.to_string(), "application");
        assert!(application.has(Level::Application) && !application.has(Level::Gateway));
        assert_eq!(Levels::of(&[Feature::Points]).to_string(), "none");
    }

    #[test]
    fn new_tables_have_other_ids() {
        let first = FeatureTable::numbered(Feature::ALL.into_iter(), 1, &FeatureTable::default());
        assert_eq!(first.iter().map(|(_, id)| id).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        let second = FeatureTable::numbered(Feature::NEEDED.into_iter(), 4, &first);
        assert_eq!(second.iter().collect::<Vec<_>>(), [(Feature::Points, 6), (Feature::Signals, 7)]);
        let last = FeatureTable::numbered(Feature::NEEDED.into_iter(), 0xFFFF, &first);
        assert_eq!(last.iter().map(|(_, id)| id).collect::<Vec<_>>(), [0xFFFF, 6]);
        assert_eq!(last.feature(6), Some(Feature::Signals));
    }
}
