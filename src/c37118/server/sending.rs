//! What a session sends: answers, data, and what has changed.

use std::net::SocketAddr;

use super::clients::{Client, ClientKey, Link};
use super::description::SharedFrame;
use super::{MOST_WAITING, ServerOutput, ServerSession};
use crate::c37118::FrameType;
use crate::host::Moment;
use crate::operator::Severity;
use crate::settings::AnnouncedConfiguration;
use crate::wire::send_queue;

impl ServerSession {
    /// A client wants data. What it was told of them may be outdated since.
    pub(super) fn start(&mut self, key: ClientKey, now: Moment) {
        let Some(client) = self.clients.get_mut(key) else { return };
        client.is_receiving = true;
        if self.settings.push_configuration {
            let outdated = client.forms.iter().filter(|(kind, told)| *told < self.description.version(*kind));
            let outdated: Vec<FrameType> = outdated.map(|(kind, _)| *kind).collect();
            for kind in outdated {
                self.describe(key, kind, now);
            }
        }
    }

    /// A client has asked for something.
    pub(super) fn answer(&mut self, key: ClientKey, kind: FrameType, now: Moment) {
        if !self.describe(key, kind, now)
            && let Some(client) = self.clients.get_mut(key)
            && !client.owed.contains(&kind)
        {
            client.owed.push(kind);
        }
    }

    /// Sends what describes the stream to a client. False when it is not there.
    fn describe(&mut self, key: ClientKey, kind: FrameType, now: Moment) -> bool {
        let Some(frames) = self.description.frames(kind, now.utc) else { return false };
        let frames = frames.to_vec();
        let Some(client) = self.clients.get_mut(key) else { return true };
        let version = self.description.version(kind);
        match &client.link {
            Link::Datagrams => {
                let peer = client.peer;
                client.is_told(kind, version);
                frames.iter().for_each(|frame| self.send_datagram(peer, frame, false));
            }
            Link::Stream(link) => {
                let size: usize = frames.iter().map(|frame| frame.len()).sum();
                let waiting = link.queue.control_frames().1;
                if waiting > 0 && waiting + size > self.settings.max_queue {
                    self.counters.refused_commands += 1;
                    let text = format!("{} does not read its answers; it gets no more for now", client.peer);
                    self.message(Severity::Warning, text, now);
                    return true;
                }
                client.is_told(kind, version);
                self.counters.description_frames += frames.len() as u64;
                for frame in frames {
                    self.enqueue(key, send_queue::Frame::shared(frame), now);
                }
            }
        }
        true
    }

    pub(super) fn send_data(&mut self, key: ClientKey, frame: &SharedFrame, now: Moment) {
        let Some(client) = self.clients.get_mut(key) else { return };
        match &mut client.link {
            Link::Datagrams => {
                let peer = client.peer;
                self.send_datagram(peer, frame, true);
            }
            Link::Stream(_) if self.settings.data_port > 0 => {
                let target = SocketAddr::new(client.peer.ip(), self.settings.data_port);
                self.send_datagram(target, frame, true);
            }
            Link::Stream(link) => {
                if link.queue.len() + frame.len() > self.settings.max_queue {
                    self.counters.dropped_frames += link.queue.drop_data();
                    let text =
                        format!("{} reads too slowly; data frames that wait for it are dropped", client.peer);
                    self.message(Severity::Warning, text, now);
                }
                self.counters.data_frames += 1;
                self.enqueue(key, send_queue::Frame::data(frame.clone(), 1), now);
            }
        }
    }

    fn enqueue(&mut self, key: ClientKey, frame: send_queue::Frame, now: Moment) {
        let Some(Client { link: Link::Stream(link), .. }) = self.clients.get_mut(key) else { return };
        link.queue.push(frame);
        let is_first = link.waiting_since.is_none();
        link.waiting_since.get_or_insert(now.instant);
        if !std::mem::replace(&mut link.is_told, true) {
            self.tell(ServerOutput::Send(key));
        }
        if is_first {
            self.schedule_end(key);
        }
    }

    pub(super) fn send_datagram(&mut self, target: SocketAddr, frame: &SharedFrame, is_data: bool) {
        match is_data {
            true if self.waiting.len() >= MOST_WAITING => {
                self.counters.dropped_frames += 1;
                return;
            }
            true => self.counters.data_frames += 1,
            false => self.counters.description_frames += 1,
        }
        self.tell(ServerOutput::SendDatagram { target, frame: frame.clone() });
    }

    /// Tells those who have to know what describes the stream now.
    pub(super) fn tell_changes(&mut self, changed: &[FrameType], now: Moment) {
        for kind in changed {
            let concerned: Vec<ClientKey> = self
                .clients
                .iter_mut()
                .filter_map(|(key, client)| {
                    let is_owed = client.owed.contains(kind);
                    client.owed.retain(|owed| owed != kind);
                    let is_pushed =
                        self.settings.push_configuration && client.is_receiving && client.reads_by(*kind);
                    (is_owed || is_pushed).then_some(key)
                })
                .collect();
            for key in concerned {
                self.describe(key, *kind, now);
            }
        }
        if changed.iter().any(|kind| *kind != FrameType::Header) {
            self.announce(now);
        }
    }

    /// Sends the configuration to those who cannot ask.
    pub(super) fn announce(&mut self, now: Moment) {
        if self.targets.is_empty() || !self.description.has_configuration() {
            return;
        }
        use FrameType::{Configuration1, Configuration2, Configuration3};
        let wanted: &[FrameType] = match self.settings.announced {
            AnnouncedConfiguration::Cfg2 => &[Configuration2],
            AnnouncedConfiguration::Cfg3 => &[Configuration3],
            AnnouncedConfiguration::Both => &[Configuration2, Configuration3],
        };
        let mut frames: Vec<SharedFrame> = Vec::new();
        for kind in wanted {
            frames.extend(self.description.frames(*kind, now.utc).into_iter().flatten().cloned());
        }
        if frames.is_empty() {
            // Frames of another device may be of other forms.
            let all = [Configuration2, Configuration3, Configuration1];
            let there =
                all.into_iter().find_map(|kind| Some(self.description.frames(kind, now.utc)?.to_vec()));
            frames = there.unwrap_or_default();
        }
        for place in 0..self.targets.len() {
            frames.iter().for_each(|frame| self.send_datagram(self.targets[place], frame, false));
        }
    }
}
