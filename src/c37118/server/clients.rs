//! The clients of a server: what each wants, what waits for it, and what it may still ask for.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use slotmap::SlotMap;

use crate::c37118::{FrameAssembler, FrameType};
use crate::settings::C37118ServerSettings;
use crate::wire::send_queue::SendQueue;

slotmap::new_key_type! {
    /// A client of a server session.
    pub struct ClientKey;
}

/// So many times its commands of a second, a client by stream may send at once.
const BURST: u32 = 10;
/// When a refusal has nothing to do with one that came before.
const REFUSALS_APART: Duration = Duration::from_secs(600);
/// Bytes that are no frame, since the latest one, before a client is taken for something else.
const MOST_GARBAGE: u64 = 64 << 10;

/// How a client is connected.
#[derive(Debug)]
pub(super) enum Link {
    Stream(Box<StreamLink>),
    Datagrams,
}

#[derive(Debug)]
pub(super) struct StreamLink {
    pub(super) assembler: FrameAssembler,
    pub(super) queue: SendQueue,
    /// The driver knows that there is something to send.
    pub(super) is_told: bool,
    /// Since when what waits has been waiting, without any of it being taken.
    pub(super) waiting_since: Option<Instant>,
}

#[derive(Debug)]
pub(super) struct Client {
    pub(super) peer: SocketAddr,
    pub(super) link: Link,
    pub(super) is_receiving: bool,
    /// The forms of the configuration that it asked for, and which version of each it was told.
    pub(super) forms: Vec<(FrameType, u64)>,
    /// What it asked for and is not there yet.
    pub(super) owed: Vec<FrameType>,
    heard: Instant,
    /// When its host refused datagrams first and last, since it was heard.
    refused: Option<(Instant, Instant)>,
    /// Commands that it may still send, and since when they were counted.
    allowance: f64,
    allowed_at: Instant,
}

impl Client {
    fn new(peer: SocketAddr, link: Link, settings: &C37118ServerSettings, now: Instant) -> Client {
        let mut client = Client {
            peer,
            link,
            is_receiving: false,
            forms: Vec::new(),
            owed: Vec::new(),
            heard: now,
            refused: None,
            allowance: 0.0,
            allowed_at: now,
        };
        client.allowance = client.most_commands(settings);
        client
    }

    /// How many commands it may send at once. Those that come by datagrams may be forged.
    fn most_commands(&self, settings: &C37118ServerSettings) -> f64 {
        let burst = match self.link {
            Link::Stream(_) => BURST,
            Link::Datagrams => 1,
        };
        f64::from(settings.max_commands) * f64::from(burst)
    }

    /// A command has come. Whether it may be obeyed.
    pub(super) fn has_sent(&mut self, settings: &C37118ServerSettings, now: Instant) -> bool {
        (self.heard, self.refused) = (now, None);
        let seconds = now.saturating_duration_since(self.allowed_at).as_secs_f64();
        let grown = self.allowance + seconds * f64::from(settings.max_commands);
        self.allowance = grown.min(self.most_commands(settings));
        self.allowed_at = now;
        let is_allowed = self.allowance >= 1.0;
        if is_allowed {
            self.allowance -= 1.0;
        }
        is_allowed
    }

    /// Its host refuses a datagram. Whether that lasts for long enough to believe it.
    pub(super) fn is_refused(&mut self, settings: &C37118ServerSettings, now: Instant) -> bool {
        let is_recent = |last| now.saturating_duration_since(last) < REFUSALS_APART;
        let before = self.refused.filter(|(_, last)| is_recent(*last));
        let since = before.map_or(now, |(since, _)| since);
        self.refused = Some((since, now));
        now.saturating_duration_since(since) >= settings.refused_timeout
    }

    /// Notes which version of a configuration it is told.
    pub(super) fn is_told(&mut self, kind: FrameType, version: u64) {
        match self.forms.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, told)) => *told = version,
            None if kind != FrameType::Header => self.forms.push((kind, version)),
            None => {}
        }
    }

    /// Whether it reads data by this form of the configuration, or may do so.
    pub(super) fn reads_by(&self, kind: FrameType) -> bool {
        match self.forms.is_empty() {
            true => kind == FrameType::Configuration2,
            false => self.forms.iter().any(|(known, _)| *known == kind),
        }
    }

    /// Whether it sends what is no C37.118.
    pub(super) fn sends_garbage(&self) -> bool {
        match &self.link {
            Link::Stream(link) => link.assembler.skipped_since_frame() > MOST_GARBAGE,
            Link::Datagrams => false,
        }
    }

    /// When it is to be disconnected or forgotten, and why, unless something happens.
    pub(super) fn end(&self, settings: &C37118ServerSettings) -> Option<(Instant, &'static str)> {
        let after =
            |since: Instant, span: Duration, reason| (!span.is_zero()).then(|| (since + span, reason));
        let unread = match &self.link {
            Link::Stream(link) => link.waiting_since,
            Link::Datagrams => None,
        };
        let unread = unread.and_then(|since| {
            after(since, settings.unread_timeout, "it reads nothing of what is sent to it")
        });
        let silent = match (&self.link, self.is_receiving) {
            (_, false) => after(self.heard, settings.idle_timeout, "it asks for nothing"),
            (Link::Datagrams, true) => {
                after(self.heard, settings.datagram_client_timeout, "it has been silent for long")
            }
            (Link::Stream(_), true) => None,
        };
        unread.into_iter().chain(silent).min_by_key(|(instant, _)| *instant)
    }
}

#[derive(Debug, Default)]
pub(super) struct Clients {
    clients: SlotMap<ClientKey, Client>,
    by_datagrams: HashMap<SocketAddr, ClientKey>,
}

impl Clients {
    pub(super) fn len(&self) -> usize {
        self.clients.len()
    }

    pub(super) fn get(&self, key: ClientKey) -> Option<&Client> {
        self.clients.get(key)
    }

    pub(super) fn get_mut(&mut self, key: ClientKey) -> Option<&mut Client> {
        self.clients.get_mut(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (ClientKey, &Client)> {
        self.clients.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (ClientKey, &mut Client)> {
        self.clients.iter_mut()
    }

    /// A client by stream. None when there are as many as may be.
    pub(super) fn accept(
        &mut self,
        peer: SocketAddr,
        settings: &C37118ServerSettings,
        now: Instant,
    ) -> Option<ClientKey> {
        self.make_room(settings).then(|| {
            let link = Link::Stream(Box::new(StreamLink {
                assembler: FrameAssembler::for_commands(),
                queue: SendQueue::default(),
                is_told: false,
                waiting_since: None,
            }));
            self.clients.insert(Client::new(peer, link, settings, now))
        })
    }

    /// The client that sends datagrams from this address, a new one if need be. None when there are as many
    /// as may be.
    pub(super) fn by_datagram(
        &mut self,
        peer: SocketAddr,
        settings: &C37118ServerSettings,
        now: Instant,
    ) -> Option<ClientKey> {
        if let Some(key) = self.by_datagrams.get(&peer) {
            return Some(*key);
        }
        self.make_room(settings).then(|| {
            let key = self.clients.insert(Client::new(peer, Link::Datagrams, settings, now));
            self.by_datagrams.insert(peer, key);
            key
        })
    }

    /// The client that sends datagrams from this address.
    pub(super) fn known_by_datagram(&self, peer: SocketAddr) -> Option<ClientKey> {
        self.by_datagrams.get(&peer).copied()
    }

    /// Whether there is room for one more. Who has asked by a datagram and gets no data makes room: its address
    /// may be a forged one.
    fn make_room(&mut self, settings: &C37118ServerSettings) -> bool {
        if self.clients.len() < settings.max_clients {
            return true;
        }
        let idle = self.by_datagrams.values().filter_map(|key| Some((*key, self.clients.get(*key)?)));
        let idle = idle.filter(|(_, client)| !client.is_receiving).min_by_key(|(_, client)| client.heard);
        let idle = idle.map(|(key, _)| key);
        idle.is_some_and(|key| self.remove(key).is_some())
    }

    pub(super) fn remove(&mut self, key: ClientKey) -> Option<Client> {
        let client = self.clients.remove(key)?;
        if let Link::Datagrams = client.link {
            self.by_datagrams.remove(&client.peer);
        }
        Some(client)
    }
}
