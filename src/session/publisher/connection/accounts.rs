//! What a subscriber is told of what was sent to it, so that it knows what is missing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Connection;
use crate::session::Frame;
use crate::session::publisher::context::Context;
use crate::session::publisher::timers::Task;
use crate::wire::frame::response_frame;
use crate::wire::messages::Account;
use crate::wire::{Command, Response};

/// How often a subscriber is told how many datagrams were sent to it.
const INTERVAL: Duration = Duration::from_secs(1);
/// How often it is told of the same number of datagrams.
const REPETITIONS: u32 = 4;

/// What a subscriber was told.
#[derive(Debug, Default)]
pub(super) struct Accounts {
    /// When it is told again of datagrams.
    due: Option<Instant>,
    datagrams: u64,
    /// How often it was told that number.
    times: u32,
    /// Measurements that were dropped.
    dropped: u64,
}

impl Connection {
    /// Measurements go by a new channel of datagrams.
    pub(crate) fn begin_account(&mut self, cx: &mut Context<'_>) {
        (self.accounts.datagrams, self.accounts.times) = (0, REPETITIONS);
        self.schedule_account(cx);
    }

    fn schedule_account(&mut self, cx: &mut Context<'_>) {
        if self.accounts.due.is_none() {
            let due = cx.now.instant + INTERVAL;
            self.accounts.due = Some(due);
            cx.timers.set(due, self.key, Task::TellDatagrams);
        }
    }

    /// Tells the subscriber how many datagrams were sent by the channel that it receives, if there is one.
    pub(crate) fn tell_datagrams(&mut self, sent: Option<u64>, cx: &mut Context<'_>) {
        self.accounts.due = None;
        let Some(sent) = sent else { return };
        self.schedule_account(cx);
        let accounts = &mut self.accounts;
        if accounts.datagrams != sent {
            (accounts.datagrams, accounts.times) = (sent, 0);
        }
        accounts.times = accounts.times.saturating_add(1);
        if accounts.times <= REPETITIONS {
            self.outlet.announce(Response::NoOp, &Account::DatagramsSent(sent).encode());
        }
        let dropped = self.info.counters.measurements_dropped;
        if std::mem::replace(&mut self.accounts.dropped, dropped) != dropped {
            self.outlet.announce(Response::NoOp, &Account::MeasurementsDropped(dropped).encode());
        }
    }

    /// What is to go in front of the next packet by TCP, if measurements were dropped since the subscriber was told.
    /// It is dropped with the packet: the next one tells more.
    pub(super) fn account_of_dropped(&self) -> Option<Frame> {
        let dropped = self.info.counters.measurements_dropped;
        let is_new =
            dropped != self.accounts.dropped && self.outlet.channel.is_none() && self.group.is_none();
        is_new.then(|| {
            let payload = Account::MeasurementsDropped(dropped).encode();
            Frame::data(Arc::new(response_frame(Response::NoOp, Command::Subscribe.code(), &payload)), 0)
        })
    }

    /// Such an account was queued.
    pub(super) fn dropped_is_told(&mut self) {
        self.accounts.dropped = self.info.counters.measurements_dropped;
    }
}
