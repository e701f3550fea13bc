//! A catalog as somebody with some rights sees it.

use std::sync::{Arc, OnceLock};

use super::selections::Selections;
use super::{Catalog, FEW_ROWS, FEW_STEPS, WrittenMetadata};
use crate::Ticks;
use crate::filter::{Allowance, FilterError};
use crate::rights::{Allowed, SignalRights};
use crate::session::publisher::selected_signals::SelectedSignals;
use crate::session::publisher::selection::Selection;
use crate::wire::OperationalModes;

/// What of a catalog somebody with some rights may see, worked out once for all who have these.
#[derive(Debug)]
pub(super) struct Visible {
    allowed: Allowed,
    is_everything: bool,
    /// What is left when the rest is left out.
    catalog: OnceLock<Catalog>,
    selections: Selections,
}

impl Visible {
    pub(super) fn new(allowed: Allowed) -> Visible {
        let is_everything = allowed.is_everything();
        Visible { allowed, is_everything, catalog: OnceLock::new(), selections: Selections::default() }
    }

    fn catalog_of(&self, published: &Catalog) -> &Catalog {
        let visible = || published.metadata().visible(|row| self.allowed.has(row));
        self.catalog.get_or_init(|| published.followed_by(Arc::new(visible())))
    }

    /// The signals of a selection that are allowed; the others are listed as unauthorized.
    fn split(&self, selection: &Selection, published: &Catalog) -> Selection {
        let mut signals = SelectedSignals::default();
        for (signal_id, source, number) in selection.signals.iter() {
            match self.has_signal(signal_id, published) {
                true => signals.push(signal_id, source, number),
                false => signals.push_unauthorized(signal_id),
            }
        }
        Selection::new(signals, &published.datagram_indexes)
    }

    fn has_signal(&self, signal_id: uuid::Uuid, published: &Catalog) -> bool {
        published.signal_index(&signal_id).is_some_and(|row| self.allowed.has(row as usize))
    }
}

/// A catalog as somebody with some rights sees it; without any, all of it.
#[derive(Debug, Clone)]
pub(crate) struct View {
    published: Arc<Catalog>,
    rights: Option<Arc<SignalRights>>,
}

impl View {
    pub(crate) fn new(published: &Arc<Catalog>, rights: Option<Arc<SignalRights>>) -> View {
        View { published: Arc::clone(published), rights }
    }

    /// Whether it is a view of this catalog.
    pub(crate) fn is_of(&self, published: &Arc<Catalog>) -> bool {
        Arc::ptr_eq(&self.published, published)
    }

    /// Whether the same rights are looked with.
    pub(crate) fn has_rights_of(&self, other: &View) -> bool {
        self.rights == other.rights
    }

    /// What can be seen, if that is not everything.
    fn visible(&self, now: Ticks) -> Option<Arc<Visible>> {
        let visible = self.published.visible(self.rights.as_ref()?, now);
        (!visible.is_everything).then_some(visible)
    }

    /// Why nothing can be seen, when the rights cannot be evaluated.
    pub(crate) fn problem(&self, now: Ticks) -> Option<String> {
        self.visible(now)?.allowed.problem.clone()
    }

    /// Whether the engine's thread should not even begin to do what needs the rights.
    fn takes_long_to_see(&self) -> bool {
        self.rights.as_ref().is_some_and(|rights| {
            let steps = self.published.signal_count() as u64 * (1 + rights.cost() as u64);
            steps > FEW_STEPS && !self.published.has_visible(rights)
        })
    }

    /// Whether the engine's thread should not even begin to [`select`](Self::select).
    pub(crate) fn takes_long_to_select(&self, filter: &str) -> bool {
        self.takes_long_to_see() || self.published.takes_long_to_select(filter)
    }

    /// The signals that a filter expression selects from the ActiveMeasurements view, and those among them that may
    /// not be had.
    pub(crate) fn select(
        &self,
        filter: &str,
        now: Ticks,
        allowance: &mut Allowance,
    ) -> Result<Arc<Selection>, FilterError> {
        let Some(visible) = self.visible(now) else { return self.published.select(filter, now, allowance) };
        if self.rights.as_ref().is_some_and(|rights| !rights.tells_unauthorized()) {
            return visible.catalog_of(&self.published).select(filter, now, allowance);
        }
        if let Some(selection) = visible.selections.find(filter) {
            return Ok(selection);
        }
        let all = self.published.select(filter, now, allowance)?;
        Ok(visible.selections.keep(filter, visible.split(&all, &self.published)))
    }

    /// The same signals without those that may not be had, which stay announced but get no measurements; `None` when
    /// there are none of these.
    pub(crate) fn withholding(&self, selection: &Selection, now: Ticks) -> Option<Selection> {
        let visible = self.visible(now)?;
        selection.withholding(|signal_id| {
            let row = self.published.signal_index(signal_id);
            row.is_some_and(|row| !visible.allowed.has(row as usize))
        })
    }

    /// Whether the engine's thread should not even begin to write metadata.
    pub(crate) fn takes_long_to_write(&self, filters: &str, modes: OperationalModes, now: Ticks) -> bool {
        if self.takes_long_to_see() {
            return true;
        }
        let Some(visible) = self.visible(now) else {
            return self.published.takes_long_to_write(filters, modes);
        };
        match visible.catalog.get() {
            Some(catalog) => catalog.takes_long_to_write(filters, modes),
            None => self.published.row_count() > FEW_ROWS,
        }
    }

    /// The whole answer to a metadata request, as [`Catalog::written_metadata`].
    ///
    /// # Errors
    /// The filters take more steps than are allowed.
    pub(crate) fn written_metadata(
        &self,
        filters: &str,
        modes: OperationalModes,
        now: Ticks,
        allowance: &mut Allowance,
    ) -> Result<WrittenMetadata, FilterError> {
        match self.visible(now) {
            None => self.published.written_metadata(filters, modes, now, allowance),
            Some(visible) => {
                visible.catalog_of(&self.published).written_metadata(filters, modes, now, allowance)
            }
        }
    }
}
