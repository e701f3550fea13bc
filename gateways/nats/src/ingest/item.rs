//! What sources hand to the sender.

use std::sync::Arc;

use crate::bus::{Message, Table};

/// A message on its way to the bus.
#[derive(Clone)]
pub(super) struct Outgoing {
    pub(super) source: Arc<str>,
    pub(super) group: u32,
    /// The same however often it is sent, so that the stream takes it once in time, and once late.
    pub(super) name: String,
    /// Of its signals.
    pub(super) table: Arc<Table>,
    pub(super) message: Message,
}

/// What goes to the bus, in this order: the table before messages of it.
pub(super) enum Item {
    Table(Arc<Table>),
    Message(Outgoing),
}

impl Item {
    /// Measurements that are in it.
    pub(super) fn measurements(&self) -> u64 {
        match self {
            Item::Table(_) => 0,
            Item::Message(outgoing) => outgoing.measurements(),
        }
    }
}

impl Outgoing {
    /// Measurements that are in it.
    pub(super) fn measurements(&self) -> u64 {
        self.message.head.measurements.into()
    }
}
