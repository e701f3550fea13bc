//! What sources hand to the sender.

use std::sync::Arc;

use crate::bus::{Message, Table};

/// A message on its way to the bus.
#[derive(Debug, Clone)]
pub(super) struct Outgoing {
    pub(super) source: Arc<str>,
    pub(super) group: u32,
    /// The same however often it is sent, so that the stream takes it once.
    pub(super) name: String,
    pub(super) message: Message,
}

/// What goes to the bus, in this order: the table before messages of it.
pub(super) enum Item {
    Table(Arc<Table>),
    Message(Outgoing),
}
