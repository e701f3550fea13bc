//! What the engine and the threads of the application both see of a publisher.

use std::io;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use slotmap::SecondaryMap;

use super::batches::Batches;
use super::history_worker::HistoryWorker;
use super::in_turn::InTurn;
use super::node::Node;
use super::pace::Pace;
use super::rights_in_force::RightsInForce;
use super::rows::Rows;
use super::unknown_signals::UnknownSignals;
use super::{Encryption, Links, Overflow, PublisherSettings, UdpSettings};
use crate::engine::pump::{self, Sending, Written};
use crate::engine::{DriverHandle, Security, Transport};
use crate::host;
use crate::session::publisher::{Catalog, ConnectionId, ConnectionKey, HistoryStore, HistoryUse, Totals};
use crate::session::{Moment, PublisherSession, SendQueue};
use crate::wire::notification::NotificationId;

/// What the engine and API threads both see. No lock is held while the handler runs.
pub(super) struct Shared {
    /// One for each loop of the engine. The first one leads: its loop also accepts and makes
    /// connections, and calls the handler.
    pub(super) shards: Vec<Shard>,
    /// The driver of the first shard.
    pub(super) home: OnceLock<DriverHandle>,
    pub(super) catalog: RwLock<Arc<Catalog>>,
    /// It is locked as long as other metadata are about to be published, before everything else.
    node: Mutex<Node>,
    pub(super) rows: Rows,
    pub(super) batches: Batches,
    pub(super) links: Mutex<Links>,
    /// How the connections to come are secured.
    pub(super) security: Security,
    /// What subscribers may.
    pub(super) rights: RightsInForce,
    /// What subscribers of all shards take together.
    totals: Arc<Totals>,
    /// It listens or connects.
    pub(super) runs: AtomicBool,
    pub(super) waits: AtomicBool,
    pub(super) pace: Pace,
    /// Threads that publish may send.
    pub(super) sends_directly: AtomicBool,
    /// Audit events that are told in a second, of each kind.
    pub(super) most_audits: AtomicUsize,
    /// All connections belong to the first shard.
    keeps_together: AtomicBool,
    /// What is published is kept in memory, whether anybody gets it now or not.
    pub(super) keeps_published: AtomicBool,
    /// It is locked before any session.
    history: Mutex<Option<HistoryStore>>,
    /// Reads historical data from the application, if it has any.
    pub(super) history_worker: Mutex<Option<Arc<HistoryWorker>>>,
    /// The publisher was dropped, or given up by the engine: connections are to end.
    pub(super) dropped: AtomicBool,
    last_notification: AtomicU32,
    /// Subscriptions that were confirmed, and who wants to know of each.
    pub(super) subscriptions: AtomicU64,
    pub(super) watchers: Mutex<Vec<DriverHandle>>,
    pub(super) published: AtomicU64,
    pub(super) unknown: AtomicU64,
    pub(super) unknown_signals: UnknownSignals,
    pub(super) dropped_early: AtomicU64,
    /// Those of them that no message told of.
    untold_drops: AtomicU64,
    pub(super) blocks_dropped_early: AtomicU64,
}

/// The connections that one loop of the engine serves.
pub(super) struct Shard {
    session: InTurn<PublisherSession>,
    /// The sockets of its connections. Whoever needs both locks the session first.
    transports: Mutex<SecondaryMap<ConnectionKey, Transport>>,
    /// Connections that were ever given a number.
    numbered: AtomicU64,
    /// Connections that were given to it and are not gone yet.
    pub(super) connections: AtomicUsize,
    /// Connections that get measurements.
    pub(super) subscribed: AtomicUsize,
}

impl Shard {
    pub(super) fn session(&self) -> LockedSession<'_> {
        LockedSession { session: self.session.lock(), subscribed: &self.subscribed }
    }

    pub(super) fn transports(&self) -> MutexGuard<'_, SecondaryMap<ConnectionKey, Transport>> {
        self.transports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Uses the socket of a connection.
    pub(super) fn with_transport<T>(
        &self,
        key: ConnectionKey,
        call: impl FnOnce(&mut Transport) -> io::Result<T>,
    ) -> io::Result<T> {
        self.transports().get_mut(key).map_or(Err(io::ErrorKind::NotConnected.into()), call)
    }

    /// Locks what it takes to send.
    pub(super) fn lock(&self) -> LockedShard<'_> {
        LockedShard { session: self.session(), transports: self.transports() }
    }

    /// The same, unless another thread needs some of it now.
    pub(super) fn try_lock(&self) -> Option<LockedShard<'_>> {
        let session = self.session.try_lock()?;
        let session = LockedSession { session, subscribed: &self.subscribed };
        Some(LockedShard { session, transports: self.transports.try_lock().ok()? })
    }
}

/// The session of a shard, which nobody else sees meanwhile.
pub(super) struct LockedSession<'a> {
    session: MutexGuard<'a, PublisherSession>,
    subscribed: &'a AtomicUsize,
}

impl Deref for LockedSession<'_> {
    type Target = PublisherSession;

    fn deref(&self) -> &PublisherSession {
        &self.session
    }
}

impl DerefMut for LockedSession<'_> {
    fn deref_mut(&mut self) -> &mut PublisherSession {
        &mut self.session
    }
}

/// Before anybody can learn otherwise that a connection gets measurements: who then publishes must not be
/// told that nobody wants that.
impl Drop for LockedSession<'_> {
    fn drop(&mut self) {
        self.subscribed.store(self.session.connection_counts().1, Ordering::Release);
    }
}

/// The session of a shard and the sockets of its connections, which nobody else sees meanwhile.
pub(super) struct LockedShard<'a> {
    pub(super) session: LockedSession<'a>,
    transports: MutexGuard<'a, SecondaryMap<ConnectionKey, Transport>>,
}

impl LockedShard<'_> {
    /// Sends `most` bytes of a connection's queue, as far as it has them and its socket takes them.
    pub(super) fn send(&mut self, key: ConnectionKey, most: usize, now: Moment) -> io::Result<Written> {
        // It is gone.
        let Some(transport) = self.transports.get_mut(key) else { return Ok(Written::Blocked) };
        pump::write(&mut Answers { session: &mut self.session, key, now }, transport, most)
    }
}

/// What is queued for one connection.
struct Answers<'a> {
    session: &'a mut PublisherSession,
    key: ConnectionKey,
    now: Moment,
}

impl Sending for Answers<'_> {
    fn queue(&self) -> Option<&SendQueue> {
        self.session.queue(self.key)
    }

    fn sent(&mut self, count: usize) {
        self.session.sent(self.key, count, self.now);
    }
}

impl Shared {
    /// For an engine with so many loops.
    pub(super) fn new(loops: usize) -> Shared {
        let catalog = Arc::new(Catalog::default());
        let totals = Arc::new(Totals::default());
        let shard = |_| {
            let session = PublisherSession::new(PublisherSettings::default(), catalog.clone())
                .telling_first()
                .sharing(totals.clone());
            Shard {
                session: InTurn::new(session),
                transports: Mutex::default(),
                numbered: AtomicU64::new(0),
                connections: AtomicUsize::new(0),
                subscribed: AtomicUsize::new(0),
            }
        };
        Shared {
            shards: (0..loops).map(shard).collect(),
            home: OnceLock::new(),
            catalog: RwLock::new(catalog.clone()),
            node: Mutex::default(),
            rows: Rows::default(),
            batches: Batches::new(loops),
            pace: Pace::new(),
            sends_directly: AtomicBool::new(false),
            most_audits: AtomicUsize::new(0),
            links: Mutex::default(),
            security: Security::default(),
            rights: RightsInForce::default(),
            totals,
            runs: AtomicBool::new(false),
            waits: AtomicBool::new(false),
            keeps_together: AtomicBool::new(false),
            keeps_published: AtomicBool::new(false),
            history: Mutex::default(),
            history_worker: Mutex::default(),
            dropped: AtomicBool::new(false),
            last_notification: AtomicU32::new(0),
            subscriptions: AtomicU64::new(0),
            watchers: Mutex::default(),
            published: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
            unknown_signals: UnknownSignals::default(),
            dropped_early: AtomicU64::new(0),
            untold_drops: AtomicU64::new(0),
            blocks_dropped_early: AtomicU64::new(0),
        }
    }

    /// The loops did not take these measurements out in time.
    pub(super) fn drop_early(&self, measurements: u64) {
        self.dropped_early.fetch_add(measurements, Ordering::Relaxed);
        self.untold_drops.fetch_add(measurements, Ordering::Relaxed);
    }

    /// Measurements that were [dropped](Self::drop_early) since this was last asked.
    pub(super) fn take_untold_drops(&self) -> u64 {
        self.untold_drops.swap(0, Ordering::Relaxed)
    }

    /// A number for another connection of a shard, which is never given again. It tells its shard.
    pub(super) fn next_connection(&self, shard: usize) -> ConnectionId {
        let numbered = 1 + self.shards[shard].numbered.fetch_add(1, Ordering::Relaxed);
        numbered * self.shards.len() as u64 + shard as u64
    }

    /// The shard of a connection.
    pub(super) fn shard_of(&self, id: ConnectionId) -> usize {
        (id % self.shards.len() as u64) as usize
    }

    /// The session of a connection, if there is one.
    pub(super) fn session_of(&self, id: ConnectionId) -> LockedSession<'_> {
        self.shards[self.shard_of(id)].session()
    }

    /// The sessions of all shards, one locked at a time.
    pub(super) fn sessions(&self) -> impl Iterator<Item = LockedSession<'_>> {
        self.shards.iter().map(Shard::session)
    }

    /// Sets the limits of all sessions. The first shard records the history, and is the only one with
    /// multicast groups, whose members share their state.
    pub(super) fn configure(&self, mut settings: PublisherSettings) {
        // Datagrams go beside the TLS session, which carries their keys.
        if self.security.is_on()
            && !settings.udp.clear_with_tls
            && settings.encryption.scope == Encryption::Off
        {
            settings.encryption.scope = Encryption::Udp;
        }
        self.waits.store(matches!(settings.overflow, Overflow::Wait { .. }), Ordering::Release);
        self.sends_directly.store(settings.direct_sending, Ordering::Release);
        self.most_audits.store(settings.limits.audit_events_per_second, Ordering::Relaxed);
        self.batches.set_limits(settings.longest_backlog, settings.max_backlog);
        let keeps = !settings.history_duration.is_zero() || settings.cached_values;
        self.keeps_published.store(keeps, Ordering::Release);
        self.totals.set_descriptors(host::most_descriptors());
        self.keeps_together.store(settings.udp.multicast, Ordering::Release);
        let mut history = self.history();
        for (number, mut session) in self.sessions().enumerate() {
            if number == 0 {
                *history = HistoryStore::by_settings(history.take(), &settings, session.catalog());
                session.configure(settings);
                session.use_history(history.clone().map(HistoryUse::Record));
            } else {
                let udp = UdpSettings { multicast: false, ..settings.udp };
                session.configure(PublisherSettings { udp, ..settings });
                session.use_history(history.clone().map(HistoryUse::Read));
            }
        }
    }

    pub(super) fn node(&self) -> MutexGuard<'_, Node> {
        self.node.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is kept in memory of what was published.
    pub(super) fn history(&self) -> MutexGuard<'_, Option<HistoryStore>> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether any connection gets measurements.
    pub(super) fn is_subscribed(&self) -> bool {
        self.shards.iter().any(|shard| shard.subscribed.load(Ordering::Acquire) > 0)
    }

    /// The shard for another connection: the one with the fewest, if there is a choice.
    pub(super) fn shard_for_another(&self) -> usize {
        if self.keeps_together.load(Ordering::Acquire) {
            return 0;
        }
        let connections = |number: &usize| self.shards[*number].connections.load(Ordering::Acquire);
        (0..self.shards.len()).min_by_key(connections).unwrap_or_default()
    }

    /// Measurements flow to a subscriber from now on.
    pub(super) fn tell_subscribed(&self) {
        self.subscriptions.fetch_add(1, Ordering::AcqRel);
        let watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.iter().for_each(DriverHandle::notify);
    }

    pub(super) fn next_notification(&self) -> NotificationId {
        NotificationId::from_number(self.last_notification.fetch_add(1, Ordering::Relaxed))
    }

    pub(super) fn links(&self) -> MutexGuard<'_, Links> {
        self.links.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn catalog(&self) -> Arc<Catalog> {
        self.catalog.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn run(&self) {
        if !self.runs.swap(true, Ordering::AcqRel) {
            self.batches.open();
        }
    }

    pub(super) fn stop(&self) {
        let mut links = self.links();
        self.runs.store(false, Ordering::Release);
        self.batches.close();
        if let Some(port) = links.port.take() {
            port.close();
        }
        links.targets.clear();
    }
}
