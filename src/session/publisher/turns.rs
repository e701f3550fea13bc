//! Whose turn it is to have a command dealt with.

use std::collections::VecDeque;

use super::events::ConnectionKey;

/// Connections that have sent more than was dealt with. Those from where little was asked for of late go first, so that
/// thousands of connections from one address keep nobody else waiting.
#[derive(Debug, Default)]
pub(super) struct Turns {
    light: VecDeque<ConnectionKey>,
    heavy: VecDeque<ConnectionKey>,
}

impl Turns {
    /// A connection waits for its turn.
    pub(super) fn add(&mut self, key: ConnectionKey, is_light: bool) {
        let queue = if is_light { &mut self.light } else { &mut self.heavy };
        queue.push_back(key);
    }

    /// The connection that is next.
    pub(super) fn next(&mut self) -> Option<ConnectionKey> {
        self.light.pop_front().or_else(|| self.heavy.pop_front())
    }

    pub(super) fn len(&self) -> usize {
        self.light.len() + self.heavy.len()
    }
}
