//! The publisher on the other loops of an engine with several.

use std::sync::Arc;
use std::time::Instant;

use crossbeam_channel::{Receiver, Sender, TrySendError};
use mio::Token;

use super::ShardRequest;
use super::server::{Event, Server};
use super::shards::Shared;
use crate::engine::{Driver, Io, Readiness};

/// Serves the connections of one shard, and leaves it to the first shard's driver to tell the
/// application.
pub(super) struct ShardDriver {
    requests: Receiver<ShardRequest>,
    server: Server,
    told: Sender<Event>,
    /// Kept to spare its memory.
    events: Vec<Event>,
}

impl ShardDriver {
    pub(super) fn new(
        shared: Arc<Shared>,
        shard: usize,
        requests: Receiver<ShardRequest>,
        told: Sender<Event>,
    ) -> ShardDriver {
        ShardDriver { requests, server: Server::new(shared, shard), told, events: Vec::new() }
    }

    /// Sends what is published, and word of everything that happened.
    fn finish_call(&mut self, io: &mut Io<'_>) {
        self.server.pump(io);
        self.server.plan_turn(io);
        self.server.take_events(&mut self.events);
        let home = self.server.shared.home.get();
        let Some(home) = home.filter(|_| !self.events.is_empty()) else { return };
        for event in self.events.drain(..) {
            if let Err(TrySendError::Full(event)) = self.told.try_send(event) {
                home.notify();
                // The application is slow to hear of what its subscribers do: they wait for it, as they
                // do on an engine with one loop. An error means that nobody hears any more.
                let _ = self.told.send(event);
            }
        }
        home.notify();
    }
}

impl Driver for ShardDriver {
    fn start(&mut self, io: &mut Io<'_>) {
        self.notified(io);
    }

    fn notified(&mut self, io: &mut Io<'_>) {
        while let Ok(request) = self.requests.try_recv() {
            self.server.handle_request(request, io);
        }
        if self.server.is_to_end() {
            self.server.stop(io);
        }
        self.server.serve_commands(io);
        self.finish_call(io);
    }

    fn ready(&mut self, io: &mut Io<'_>, token: Token, readiness: Readiness) {
        self.server.ready(token, readiness, io);
        self.server.drain(io);
        // What is published is sent, and all told, when every socket had its turn.
        io.handle().notify();
    }

    fn timeout(&mut self, io: &mut Io<'_>) {
        self.server.timeout(io);
        self.finish_call(io);
    }

    fn deadline(&self) -> Option<Instant> {
        self.server.deadline()
    }

    fn finished(&self) -> bool {
        self.server.is_finished()
    }
}
