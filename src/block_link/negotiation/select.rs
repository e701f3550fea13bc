//! What a side can do, and what it selects of an offer.

use super::super::block::{BlockFormat, USUAL_BLOCK};
use super::super::feature::{Feature, FeatureTable, Level, Levels};
use super::super::kind::LinkKind;
use super::super::stream::PointStream;
use super::message::{
    Authentication, Encryption, LinkRole, Offer, Selection, SessionOffer, SessionSelection,
};
use super::{Agreement, Reason};

/// What one side of a link can do and may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abilities {
    /// What it is.
    pub role: LinkRole,
    /// Encryption, best first. [`Encryption::Tls`] counts only on streams that lose nothing.
    pub encryption: Vec<Encryption>,
    /// Authentication, best first.
    pub authentication: Vec<Authentication>,
    /// Forms of blocks, best first. [`BlockFormat::Compact`] counts only on links that lose nothing.
    pub formats: Vec<BlockFormat>,
    /// Features.
    pub features: Vec<Feature>,
    /// Streams of data points, best first. [`PointStream::Standard`] counts only on links that lose nothing.
    pub streams: Vec<PointStream>,
    /// The largest block that it takes, in bytes: 64 to 32,767.
    pub largest: usize,
    /// For people: the name of the software.
    pub software: String,
}

/// Everything that this library can do, without encryption.
impl Default for Abilities {
    fn default() -> Abilities {
        Abilities {
            role: LinkRole::Peer,
            encryption: vec![Encryption::None],
            authentication: vec![Authentication::None],
            formats: vec![BlockFormat::Compact, BlockFormat::Standard],
            features: Feature::ALL.to_vec(),
            streams: vec![PointStream::Standard, PointStream::Raw],
            largest: USUAL_BLOCK,
            software: concat!("libsttp ", env!("CARGO_PKG_VERSION")).into(),
        }
    }
}

impl Abilities {
    fn formats(&self, kind: LinkKind) -> Vec<BlockFormat> {
        let formats = self.formats.iter().copied();
        formats.filter(|format| *format == BlockFormat::Standard || kind.keeps_order()).collect()
    }

    fn streams(&self, kind: LinkKind) -> Vec<PointStream> {
        let streams = self.streams.iter().copied();
        streams.filter(|stream| *stream == PointStream::Raw || kind.keeps_order()).collect()
    }

    /// What may be used in an exchange about encryption alone, or in one about all else.
    fn encryption(&self, kind: LinkKind, is_secured: bool, is_first_step: bool) -> Vec<Encryption> {
        if is_secured {
            return vec![Encryption::Tls];
        }
        let is_possible =
            |encryption: &Encryption| *encryption == Encryption::None || kind.can_encrypt() && is_first_step;
        self.encryption.iter().copied().filter(is_possible).collect()
    }

    /// The levels that it has: a gateway has more than features.
    pub fn levels(&self) -> Levels {
        let is_gateway =
            self.formats.contains(&BlockFormat::Compact) && self.streams.contains(&PointStream::Standard);
        let has = Levels::of(&self.features);
        if is_gateway { has } else { has.among(Levels::of(Level::Application.features())) }
    }

    /// The Offer that comes next.
    pub(super) fn offer(&self, kind: LinkKind, is_secured: bool, is_clear: bool) -> Offer {
        let is_first_step =
            !is_secured && !is_clear && kind.can_encrypt() && self.encryption.contains(&Encryption::Tls);
        let session = (!is_first_step).then(|| SessionOffer {
            formats: self.formats(kind),
            features: self.features.clone(),
            streams: self.streams(kind),
            largest: self.largest,
            levels: self.levels(),
        });
        Offer {
            encryption: self.encryption(kind, is_secured, is_first_step),
            authentication: self.authentication.clone(),
            role: self.role,
            session,
            text: self.software.clone(),
        }
    }

    /// What this side selects of an Offer; runtime IDs begin at `first`, and are none of `others`.
    pub(super) fn select(
        &self,
        offer: &Offer,
        kind: LinkKind,
        is_secured: bool,
        first: u16,
        others: &FeatureTable,
    ) -> Result<Selection, Reason> {
        let possible = self.encryption(kind, is_secured, offer.session.is_none());
        let encryption = first_of(&offer.encryption, &possible).ok_or(Reason::Encryption)?;
        let authentication =
            first_of(&offer.authentication, &self.authentication).ok_or(Reason::Authentication)?;
        // The first reason counts, by its number.
        let format = match &offer.session {
            None => None,
            Some(offered) => Some(first_of(&offered.formats, &self.formats(kind)).ok_or(Reason::Format)?),
        };
        if self.role == offer.role && self.role != LinkRole::Peer {
            return Err(Reason::Role);
        }
        let session = match (&offer.session, format) {
            (Some(offered), Some(format)) => {
                let is_common = |feature: &Feature| self.features.contains(feature);
                let features = offered.features.iter().copied().filter(is_common);
                let features = FeatureTable::numbered(features, first, others);
                if Feature::NEEDED.into_iter().any(|feature| features.id(feature).is_none()) {
                    return Err(Reason::Features);
                }
                let stream = first_of(&offered.streams, &self.streams(kind)).ok_or(Reason::Stream)?;
                let (largest, levels) = (self.largest, self.levels());
                Some(SessionSelection { format, features, stream, largest, levels })
            }
            _ => None,
        };
        Ok(Selection { encryption, authentication, role: self.role, session, text: self.software.clone() })
    }

    /// What the offering side commits to: what was selected, with what it says of itself.
    pub(super) fn confirmed(&self, selection: &Selection) -> Selection {
        let own = |session: SessionSelection| SessionSelection {
            largest: self.largest,
            levels: self.levels(),
            ..session
        };
        Selection {
            role: self.role,
            session: selection.session.map(own),
            text: self.software.clone(),
            ..selection.clone()
        }
    }

    /// What a sender announces on a one-way link.
    pub(super) fn announcement(&self, first: u16, others: &FeatureTable) -> Selection {
        Selection {
            encryption: Encryption::None,
            authentication: Authentication::None,
            role: self.role,
            session: Some(SessionSelection {
                format: BlockFormat::Standard,
                features: FeatureTable::numbered(self.features.iter().copied(), first, others),
                stream: PointStream::Raw,
                largest: self.largest,
                levels: self.levels(),
            }),
            text: self.software.clone(),
        }
    }

    /// Whether this side can receive what is announced on a one-way link.
    pub(super) fn check_announcement(&self, agreement: &Agreement) -> Result<(), Reason> {
        let session = agreement.session.ok_or(Reason::Features)?;
        if agreement.encryption != Encryption::None || !self.encryption.contains(&Encryption::None) {
            return Err(Reason::Encryption);
        }
        if session.format != BlockFormat::Standard {
            return Err(Reason::Format);
        }
        if session.stream != PointStream::Raw {
            return Err(Reason::Stream);
        }
        let has = |feature| session.features.id(feature).is_some();
        if Feature::NEEDED.into_iter().all(has) { Ok(()) } else { Err(Reason::Features) }
    }
}

fn first_of<T: Copy + PartialEq>(offered: &[T], possible: &[T]) -> Option<T> {
    offered.iter().copied().find(|choice| possible.contains(choice))
}

/// Whether all that was selected was offered, with runtime IDs that may be.
pub(super) fn was_offered(offer: &Offer, selection: &Selection, others: &FeatureTable) -> bool {
    let of_session = match (&offer.session, &selection.session) {
        (None, None) => true,
        (Some(offered), Some(selected)) => {
            offered.formats.contains(&selected.format)
                && offered.streams.contains(&selected.stream)
                && selected
                    .features
                    .iter()
                    .all(|(feature, id)| offered.features.contains(&feature) && others.feature(id).is_none())
                && Feature::NEEDED.into_iter().all(|feature| selected.features.id(feature).is_some())
        }
        _ => false,
    };
    of_session
        && offer.encryption.contains(&selection.encryption)
        && offer.authentication.contains(&selection.authentication)
        && (offer.role != selection.role || offer.role == LinkRole::Peer)
}

/// Whether two selections are the same, but for what a side says of itself.
pub(super) fn are_same(own: &Selection, other: &Selection) -> bool {
    let of_session = |selection: &Selection| {
        selection.session.map(|session| (session.format, session.features, session.stream))
    };
    own.encryption == other.encryption
        && own.authentication == other.authentication
        && of_session(own) == of_session(other)
}
