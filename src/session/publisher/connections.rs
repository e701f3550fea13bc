//! The connections of a session.

use std::sync::Arc;

use hashbrown::HashMap;
use slotmap::SlotMap;

use super::connection::Connection;
use super::events::{ConnectionId, ConnectionKey, NewConnection};
use super::totals::Totals;
use crate::session::Moment;

/// All connections, found by their key without any hash. Only the application names them by their ID.
#[derive(Debug, Default)]
pub(super) struct Connections {
    slots: SlotMap<ConnectionKey, Connection>,
    keys: HashMap<ConnectionId, ConnectionKey>,
}

impl Connections {
    pub(super) fn add(&mut self, new: &NewConnection, totals: &Arc<Totals>, now: Moment) -> &mut Connection {
        let key = self.slots.insert_with_key(|key| Connection::new(key, new, totals, now));
        self.keys.insert(new.id, key);
        &mut self.slots[key]
    }

    pub(super) fn remove(&mut self, key: ConnectionKey) -> Option<Connection> {
        let connection = self.slots.remove(key)?;
        self.keys.remove(&connection.info.id);
        Some(connection)
    }

    pub(super) fn get(&self, key: ConnectionKey) -> Option<&Connection> {
        self.slots.get(key)
    }

    pub(super) fn get_mut(&mut self, key: ConnectionKey) -> Option<&mut Connection> {
        self.slots.get_mut(key)
    }

    /// The connection that the application knows by this ID.
    pub(super) fn with_id(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        let key = *self.keys.get(&id)?;
        self.get_mut(key)
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Connection> {
        self.slots.values()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Connection> {
        self.slots.values_mut()
    }
}
