//! Which of the requests that take long are worked on, and which wait.
//!
//! Few are worked on at a time, and of one address never more than one: who has asked for little so far
//! comes first, and nobody waits long who is the first of its address.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::events::ConnectionKey;
use super::shares::network;
use super::work::LongRequest;

/// Requests that are worked on at a time.
const UNDER_WAY: usize = 2;

/// The long requests of all connections, one of each at most.
#[derive(Debug, Default)]
pub(super) struct LongRequests {
    /// With the [`network`] of each.
    waiting: Vec<(IpAddr, LongRequest)>,
    under_way: Vec<UnderWay>,
}

#[derive(Debug)]
struct UnderWay {
    connection: ConnectionKey,
    address: IpAddr,
    is_cancelled: Arc<AtomicBool>,
}

impl LongRequests {
    pub(super) fn add(&mut self, address: IpAddr, request: LongRequest) {
        self.waiting.push((network(address), request));
    }

    /// No request waits.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The next request to be worked on, if one may be now: the one with the least burden. When there is no room for
    /// the answers of its address, only those that make no large ones.
    pub(super) fn next(
        &mut self,
        has_room: impl Fn(IpAddr) -> bool,
        burden: impl Fn(IpAddr, ConnectionKey) -> (u64, u64),
    ) -> Option<LongRequest> {
        if self.under_way.len() >= UNDER_WAY {
            return None;
        }
        let may_begin = |address: IpAddr, request: &LongRequest| {
            self.under_way.iter().all(|busy| busy.address != address)
                && (!request.makes_large_answer() || has_room(address))
        };
        let waiting =
            self.waiting.iter().enumerate().filter(|(_, (address, request))| may_begin(*address, request));
        let (place, _) =
            waiting.min_by_key(|(_, (address, request))| burden(*address, request.connection()))?;
        let (address, request) = self.waiting.remove(place);
        let (connection, is_cancelled) = (request.connection(), request.cancelled_by());
        self.under_way.push(UnderWay { connection, address, is_cancelled });
        Some(request)
    }

    /// The request of a connection was answered.
    pub(super) fn answered(&mut self, connection: ConnectionKey) {
        self.under_way.retain(|busy| busy.connection != connection);
    }

    /// A connection is gone. True when its request was being worked on.
    pub(super) fn forget(&mut self, connection: ConnectionKey) -> bool {
        self.waiting.retain(|(_, request)| request.connection() != connection);
        let Some(place) = self.under_way.iter().position(|busy| busy.connection == connection) else {
            return false;
        };
        self.under_way.swap_remove(place).is_cancelled.store(true, Ordering::Relaxed);
        true
    }
}
