//! The node ID of a publisher, and the metadata that get it.

use std::sync::Arc;

use uuid::Uuid;

use crate::metadata::Metadata;

/// A publisher as a node among others.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// All zeros for none.
    pub(super) id: Uuid,
    /// The metadata as the application has given them.
    pub(super) given: Option<Arc<Metadata>>,
}

impl Node {
    /// The metadata as they are published.
    pub(super) fn metadata(&self) -> Option<Arc<Metadata>> {
        let given = self.given.as_ref()?;
        Some(match self.id.is_nil() {
            true => Arc::clone(given),
            false => Arc::new(given.of_node(self.id)),
        })
    }
}
