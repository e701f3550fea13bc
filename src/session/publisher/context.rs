//! What the parts of a session stand on.

use std::sync::Arc;

use super::catalog::Catalog;
use super::counts::Counts;
use super::limits::Limits;
use super::output::Outbox;
use super::settings::PublisherSettings;
use super::timers::Timers;
use crate::session::Moment;

/// What all parts of a session share.
pub(super) struct Ground {
    pub(super) settings: PublisherSettings,
    pub(super) catalog: Arc<Catalog>,
    pub(super) outbox: Outbox,
    pub(super) timers: Timers,
    pub(super) counts: Counts,
    pub(super) limits: Limits,
    /// Why no subscriber gets metadata, if the application does not want that.
    pub(super) metadata_refusal: Option<String>,
}

/// What a part gets of it for one call.
pub(super) struct Context<'a> {
    pub(super) settings: &'a PublisherSettings,
    pub(super) catalog: &'a Arc<Catalog>,
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
            outbox: Outbox::default(),
            timers: Timers::default(),
            counts: Counts::default(),
            limits: Limits::default(),
            metadata_refusal: None,
        }
    }

    /// For a call that comes now.
    pub(super) fn at(&mut self, now: Moment) -> Context<'_> {
        let Ground { settings, catalog, outbox, timers, counts, limits, metadata_refusal } = self;
        let metadata_refusal = metadata_refusal.as_deref();
        Context { settings, catalog, outbox, timers, counts, limits, metadata_refusal, now }
    }
}
