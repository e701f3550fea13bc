//! What a publisher does where there are several ways, by rows that read and write them together.

use std::time::Duration;

use super::row::{LONGEST, Row, Rows, Value};

/// How long publishing waits for a subscriber that takes nothing, unless somebody says otherwise.
const DEFAULT_WAIT: Duration = Duration::from_secs(30);

/// What happens to a subscriber that takes measurements more slowly than they are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overflow {
    /// Queued measurements are dropped and counted; newer ones follow.
    #[default]
    DropOldest,
    /// The subscriber is disconnected.
    Disconnect,
    /// Nothing is lost: publishing waits. A subscriber that takes nothing for the whole time-out
    /// is disconnected; `None` waits for ever.
    Wait {
        /// How long a subscriber may take nothing.
        timeout: Option<Duration>,
    },
}

/// In this order: how long to wait is said of waiting only.
impl Rows for Overflow {
    const ROWS: &'static [Row<Overflow>] = &[
        Row::new(
            "overflow",
            "What happens to a subscriber that is too slow.\n\ndropOldest: measurements that wait to be sent to it are \
             dropped, and counted; newer ones follow. disconnect: it is disconnected. wait: nothing is lost, \
             publishing waits for it.",
            Value::Choice {
                words: &["dropOldest", "disconnect", "wait"],
                get: |overflow| match overflow {
                    Overflow::DropOldest => 0,
                    Overflow::Disconnect => 1,
                    Overflow::Wait { .. } => 2,
                },
                set: |overflow, word| {
                    *overflow = match (word, *overflow) {
                        (0, _) => Overflow::DropOldest,
                        (1, _) => Overflow::Disconnect,
                        (_, waits @ Overflow::Wait { .. }) => waits,
                        (_, _) => Overflow::Wait { timeout: Some(DEFAULT_WAIT) },
                    };
                },
            },
        ),
        Row::new(
            "overflowWaitTimeout",
            "With overflow=wait: a subscriber that takes nothing for so long is disconnected; 0 for never.\n\nSo that \
             it cannot stop all others. Those who take nothing for some seconds are named in messages.",
            Value::Seconds {
                least: Duration::ZERO,
                most: LONGEST,
                get: |overflow| match overflow {
                    Overflow::Wait { timeout } => timeout.unwrap_or_default(),
                    Overflow::DropOldest | Overflow::Disconnect => DEFAULT_WAIT,
                },
                set: |overflow, time| {
                    match overflow {
                        Overflow::Wait { timeout } => *timeout = Some(time).filter(|time| !time.is_zero()),
                        Overflow::DropOldest | Overflow::Disconnect if time == DEFAULT_WAIT => {}
                        Overflow::DropOldest | Overflow::Disconnect => {
                            return Err("it only with overflow=wait".into());
                        }
                    }
                    Ok(())
                },
            },
        ),
    ];
}

/// Whether measurements that are not a number are left out for subscribers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NanFilter {
    /// For those that ask for it.
    #[default]
    Allowed,
    /// For none.
    Forbidden,
    /// For all.
    Forced,
}

impl Rows for NanFilter {
    const ROWS: &'static [Row<NanFilter>] = &[
        Row::new(
            "allowNaNValueFilter",
            "Subscribers may have measurements that are not a number left out.",
            Value::Flag {
                get: |filter| *filter != NanFilter::Forbidden,
                set: |filter, allowed| {
                    *filter = match (allowed, *filter) {
                        (false, _) => NanFilter::Forbidden,
                        (true, NanFilter::Forbidden) => NanFilter::Allowed,
                        (true, filter) => filter,
                    };
                },
            },
        ),
        Row::new(
            "forceNaNValueFilter",
            "Measurements that are not a number are left out for all.",
            Value::Flag {
                get: |filter| *filter == NanFilter::Forced,
                set: |filter, forced| {
                    *filter = match (forced, *filter) {
                        (true, _) => NanFilter::Forced,
                        (false, NanFilter::Forced) => NanFilter::Allowed,
                        (false, filter) => filter,
                    };
                },
            },
        ),
    ];
}

/// Which measurements are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encryption {
    /// None.
    #[default]
    Off,
    /// Those of connections that ask for UDP, from then on.
    Udp,
    /// All.
    All,
}
