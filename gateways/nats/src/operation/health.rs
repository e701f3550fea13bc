//! What is well, and what is not.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sttp_programs::supervisor;

/// Parts of the program and what is wrong with each. Ready when nothing is.
#[derive(Default)]
pub(crate) struct Health {
    parts: Mutex<BTreeMap<String, Option<String>>>,
}

impl Health {
    fn parts(&self) -> MutexGuard<'_, BTreeMap<String, Option<String>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A part is well from now on.
    pub(crate) fn well(&self, part: &str) {
        self.set(part, None);
    }

    /// A part is not, and why.
    pub(crate) fn ill(&self, part: &str, why: impl Into<String>) {
        self.set(part, Some(why.into()));
    }

    /// Tells who has started the program when that is news.
    fn set(&self, part: &str, why: Option<String>) {
        let mut parts = self.parts();
        let before = parts.insert(part.to_owned(), why.clone());
        if before.as_ref() == Some(&why) {
            return;
        }
        let ill = parts.iter().find_map(|(part, why)| why.as_ref().map(|why| format!("{part}: {why}")));
        drop(parts);
        supervisor::status(ill.as_deref().unwrap_or("All is well"));
    }

    /// Whether all is well, and a line for each part.
    pub(super) fn report(&self) -> (bool, String) {
        let parts = self.parts();
        let mut text = String::new();
        for (part, why) in parts.iter() {
            let _ = writeln!(text, "{part}: {}", why.as_deref().unwrap_or("ok"));
        }
        (parts.values().all(Option::is_none), text)
    }
}
