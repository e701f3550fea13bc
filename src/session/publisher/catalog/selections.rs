//! Selections in use, so that a filter is evaluated once for all who have it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::session::publisher::selection::Selection;

/// Selections that some subscriber has, by their filter expression.
#[derive(Debug, Default)]
pub(super) struct Selections(Mutex<HashMap<String, Weak<Selection>>>);

impl Selections {
    pub(super) fn find(&self, filter: &str) -> Option<Arc<Selection>> {
        self.lock().get(filter).and_then(Weak::upgrade)
    }

    pub(super) fn keep(&self, filter: &str, selection: Selection) -> Arc<Selection> {
        let selection = Arc::new(selection);
        let mut selections = self.lock();
        selections.retain(|_, selection| selection.strong_count() > 0);
        selections.insert(filter.to_owned(), Arc::downgrade(&selection));
        selection
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Weak<Selection>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
