//! The way out of a connection: what is queued for it, by TCP and by UDP.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::keys::{CipherKeyring, Sealing};
use crate::session::publisher::close_reason::CloseReason;
use crate::session::publisher::events::ConnectionKey;
use crate::session::publisher::output::{ChannelId, Outbox, Output};
use crate::session::publisher::settings::LimitSettings;
use crate::session::publisher::udp_channel::UdpChannel;
use crate::session::publisher::waiting_answers::AnswerAccount;
use crate::session::{Frame, SendQueue};
use crate::wire::frame::{response_frame, write_response_header_of_part};
use crate::wire::{Command, Response, TextEncoding};

/// Bytes that an answer counts as at least among those that may wait before the next command is dealt with.
const SMALLEST_ANSWER: usize = 1 << 10;
/// Bytes of answers that may wait when there is no room for more.
const FEW_BYTES: usize = 4 << 10;
/// Bytes that an answer counts as at least among those that may wait before nothing is told that nobody asked for.
const SMALLEST_MESSAGE: usize = 64 << 10;
/// Bytes that a subscriber takes in the time between two looks, if so many wait, when there is no room for answers.
const LEAST_PROGRESS: u64 = 64 << 10;
/// Fewer answers than these are never too many: metadata have any size.
const FEW_ANSWERS: usize = 16;

/// Everything that a subscriber gets goes through here.
#[derive(Debug)]
pub(crate) struct Outlet {
    key: ConnectionKey,
    pub(crate) queue: SendQueue,
    /// What the answers in the queue take of the memory for those of all.
    account: AnswerAccount,
    /// What goes by UDP, if measurements do.
    pub(crate) channel: Option<UdpChannel>,
    /// The keys that measurements are encrypted with, once there are some.
    pub(super) keys: Option<CipherKeyring>,
    /// Of the texts, once the operational modes tell.
    pub(super) encoding: TextEncoding,
    /// Since when bytes wait that the subscriber does not take, as far as that is known.
    stalled_since: Option<Instant>,
    /// Bytes that the subscriber took.
    taken: u64,
    /// When it was looked last how many they were, and how many waited, while there was no room for answers.
    looked: Option<(Instant, u64, usize)>,
    /// The driver was told already that there is something to send.
    is_told: bool,
}

impl Outlet {
    pub(super) fn new(key: ConnectionKey, account: AnswerAccount) -> Outlet {
        Outlet {
            key,
            queue: SendQueue::default(),
            account,
            channel: None,
            keys: None,
            encoding: TextEncoding::Utf8,
            stalled_since: None,
            taken: 0,
            looked: None,
            is_told: false,
        }
    }

    /// Answers a command. `command` may be a code that STTP does not know.
    pub(crate) fn respond(&mut self, response: Response, command: u8, text: &str) {
        let payload = self.encoding.encode(text);
        self.push(Frame::control(response_frame(response, command, &payload)));
    }

    pub(crate) fn succeed(&mut self, command: Command, text: &str) {
        self.respond(Response::Succeeded, command.code(), text);
    }

    pub(crate) fn fail(&mut self, command: Command, text: &str) {
        self.respond(Response::Failed, command.code(), text);
    }

    /// Tells something that nobody asked for.
    pub(crate) fn announce(&mut self, response: Response, payload: &[u8]) {
        self.push(Frame::control(response_frame(response, Command::Subscribe.code(), payload)));
    }

    /// The same in pieces, of which others are sent the `middle` too.
    pub(super) fn announce_in_pieces(
        &mut self,
        response: Response,
        head: &[u8],
        middle: Arc<Vec<u8>>,
        end: Vec<u8>,
    ) {
        let mut frame = response_frame(response, Command::Subscribe.code(), head);
        let more = middle.len() + end.len();
        write_response_header_of_part(&mut frame, response, Command::Subscribe.code(), more);
        self.push(Frame::control(frame));
        self.push_shared(middle, false);
        if !end.is_empty() {
            self.push(Frame::control(end));
        }
    }

    /// Tells something that nobody asked for, in words.
    pub(crate) fn announce_text(&mut self, response: Response, text: &str) {
        let payload = self.encoding.encode(text);
        self.announce(response, &payload);
    }

    /// Queues a frame that no other connection gets.
    pub(crate) fn push(&mut self, frame: Frame) {
        self.queue.push(frame);
        self.update_account();
    }

    /// Queues an answer that others may get too, and that is perhaps kept in any case.
    pub(super) fn push_shared(&mut self, answer: Arc<Vec<u8>>, is_kept: bool) {
        self.account.add_shared(&answer, is_kept);
        self.queue.push(Frame::shared(answer));
    }

    fn update_account(&mut self) {
        let (own, shared) = self.queue.answers_in_memory();
        self.account.update(own, shared);
    }

    /// Queues a block, by UDP if there is a channel. False when too many datagrams wait already, or were sent.
    pub(super) fn push_block(&mut self, frame: Frame, now: Instant) -> bool {
        match &mut self.channel {
            Some(channel) => channel.push(frame, now),
            None => {
                self.push(frame);
                true
            }
        }
    }

    /// Queues measurements that were encoded at a time. False when too many datagrams wait already, or were sent.
    pub(super) fn push_measurements(&mut self, frame: Frame, now: Instant) -> bool {
        match &mut self.channel {
            Some(channel) => channel.push(frame, now),
            None => {
                self.push(frame);
                true
            }
        }
    }

    /// Whether its frames of measurements are not those that others get too.
    pub(crate) fn has_own_frames(&self) -> bool {
        self.keys.is_some()
    }

    /// Bytes in memory of the measurements that wait for it.
    pub(crate) fn measurements_in_memory(&self) -> usize {
        let by_udp = self.channel.as_ref().map_or(0, UdpChannel::uncounted_len);
        self.queue.uncounted_data_len() + by_udp
    }

    /// A frame as this connection gets it: encrypted once it has keys.
    pub(super) fn sealed(&self, frame: &Arc<Vec<u8>>, sealing: Sealing) -> Arc<Vec<u8>> {
        match &self.keys {
            Some(keys) => Arc::new(keys.seal(frame, sealing)),
            None => frame.clone(),
        }
    }

    /// Tells the driver, once, that there is something to send, if there is.
    pub(crate) fn tell(&mut self, outbox: &mut Outbox) {
        if !self.queue.is_empty() && !std::mem::replace(&mut self.is_told, true) {
            outbox.push(Output::Send(self.key));
        }
    }

    /// Tells the driver, once, that its channel has something to send, if there is one.
    pub(crate) fn tell_channel(&mut self, outbox: &mut Outbox) {
        if let Some(channel) = &mut self.channel {
            channel.tell(ChannelId::Connection(self.key), outbox);
        }
    }

    /// The driver takes note that there is something to send.
    pub(crate) fn noticed(&mut self) {
        self.is_told = false;
    }

    /// The transport took `count` bytes. Returns the number of measurements whose frames are thereby
    /// complete.
    pub(super) fn advance(&mut self, count: usize, now: Instant) -> u64 {
        let measurements = self.queue.advance(count);
        self.update_account();
        self.taken += count as u64;
        self.stalled_since = (!self.queue.is_empty()).then_some(now);
        measurements
    }

    /// Since when the subscriber takes nothing, if something waits for it.
    pub(crate) fn stalled_since(&mut self, now: Instant) -> Option<Instant> {
        (!self.queue.is_empty()).then(|| *self.stalled_since.get_or_insert(now))
    }

    /// Whether so much waits for the subscriber that what it asks for waits too: before it has read most of
    /// a large answer, it gets no other one. When there is no room for answers, before it has read most of a small one.
    pub(crate) fn owes_answers(&self, has_room: bool, limits: &LimitSettings) -> bool {
        let (waiting, bytes) = self.queue.control_frames();
        let most = limits.max_unread_answers;
        waiting >= most / SMALLEST_ANSWER || bytes >= if has_room { most } else { FEW_BYTES }
    }

    /// Whether so much waits that nothing else may be sent that nobody asked for.
    pub(crate) fn is_overfull(&self, limits: &LimitSettings) -> bool {
        let (waiting, bytes) = self.queue.control_frames();
        let most = limits.max_unread_messages;
        waiting > most / SMALLEST_MESSAGE || waiting > FEW_ANSWERS && bytes > most
    }

    /// Why the connection ends, if answers wait for the subscriber, of which it takes too little, while there is no
    /// room for more. To be asked time and again; `between` is the least time between two looks.
    pub(super) fn is_hindering(
        &mut self,
        has_room: bool,
        between: Duration,
        now: Instant,
    ) -> Option<CloseReason> {
        let (_, waiting) = self.queue.control_frames();
        if has_room || waiting < FEW_BYTES {
            self.looked = None;
            return None;
        }
        let (since, before, waited) = *self.looked.get_or_insert((now, self.taken, waiting));
        let time = now.saturating_duration_since(since);
        if time < between {
            return None;
        }
        self.looked = Some((now, self.taken, waiting));
        let taken = self.taken - before;
        (taken < LEAST_PROGRESS.min(waited as u64)).then_some(CloseReason::Hindering { taken, waiting, time })
    }

    /// Why the connection ends, if the subscriber has taken nothing of its answers for so long.
    pub(super) fn unread_for(
        &mut self,
        limits: &LimitSettings,
        has_room: bool,
        now: Instant,
    ) -> Option<CloseReason> {
        let since = self.stalled_since(now).filter(|_| self.owes_answers(has_room, limits))?;
        let (waiting, timeout) = (self.queue.control_frames().0, limits.unread_timeout);
        (now >= since + timeout).then_some(CloseReason::Unread { waiting, timeout })
    }
}
