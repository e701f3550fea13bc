//! What the parts of a session stand on.

use std::net::IpAddr;
use std::sync::Arc;

use super::catalog::Catalog;
use super::counts::Counts;
use super::limits::Limits;
use super::output::Outbox;
use super::settings::PublisherSettings;
use super::timers::Timers;
use crate::rights::Rights;
use crate::session::Moment;

/// What all parts of a session share.
pub(super) struct Ground {
    pub(super) settings: PublisherSettings,
    pub(super) catalog: Arc<Catalog>,
    /// Who may what; without it, everybody everything.
    pub(super) rights: Option<Arc<Rights>>,
    /// The application is told of a subscriber before the subscriber is told anything more.
    pub(super) told_first: bool,
    pub(super) outbox: Outbox,
    pub(super) timers: Timers,
    pub(super) counts: Counts,
    pub(super) limits: Limits,
    /// Why no subscriber gets metadata, if the application does not want that.
    pub(super) metadata_refusal: Option<String>,
}

impl Context<'_> {
    /// Whether more answers may wait for an address.
    pub(super) fn has_room_for_answers(&self, address: IpAddr) -> bool {
        self.limits.totals.answers.has_room(address, self.settings.limits.max_waiting_answers)
    }
}

/// What a part gets of it for one call.
pub(super) struct Context<'a> {
    pub(super) settings: &'a PublisherSettings,
    pub(super) catalog: &'a Arc<Catalog>,
    pub(super) told_first: bool,
    pub(super) outbox: &'a mut Outbox,
    pub(super) timers: &'a mut Timers,
    pub(super) counts: &'a mut Counts,
    pub(super) limits: &'a mut Limits,
    pub(super) metadata_refusal: Option<&'a str>,
    pub(super) now: Moment,
}

impl Ground {
    pub(super) fn new(settings: PublisherSettings, catalog: Arc<Catalog>) -> Ground {
        Ground {
            settings: settings.within_limits(),
            catalog,
            rights: None,
            told_first: false,
            outbox: Outbox::default(),
            timers: Timers::default(),
            counts: Counts::default(),
            limits: Limits::default(),
            metadata_refusal: None,
        }
    }

    /// For a call that comes now.
    pub(super) fn at(&mut self, now: Moment) -> Context<'_> {
        let Ground {
            settings, catalog, told_first, outbox, timers, counts, limits, metadata_refusal, ..
        } = self;
        let (told_first, metadata_refusal) = (*told_first, metadata_refusal.as_deref());
        Context { settings, catalog, told_first, outbox, timers, counts, limits, metadata_refusal, now }
    }
}
