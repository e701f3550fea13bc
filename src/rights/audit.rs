//! What is recorded of who got in, and of what was asked for.

use std::fmt;

use super::peer::Peer;
use crate::time::Ticks;
use crate::wire::text::printable;

/// Characters of a reason that are shown: it may hold the peer's words.
const LONGEST_REASON: usize = 500;

/// A peer or a request that was accepted or refused. Its text is one line for a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// When, UTC.
    pub time: Ticks,
    /// Whether it was accepted.
    pub accepted: bool,
    /// What was accepted or refused.
    pub subject: AuditSubject,
    /// Who: address and certificate.
    pub peer: Peer,
    /// Number of its connection; `None` when it has none yet.
    pub connection: Option<u64>,
    /// What the rights call it; empty where there are none for it.
    pub name: String,
    /// Program and version as it names itself, empty before it has.
    pub identity: String,
    /// What exactly, or why not.
    pub reason: String,
    /// So many others before it were left out, because there were too many.
    pub left_out: u64,
}

impl Audit {
    /// Somebody was refused before anything but its address was known.
    pub(crate) fn of_stranger(peer: Peer, reason: String, time: Ticks) -> Audit {
        Audit {
            time,
            accepted: false,
            subject: AuditSubject::Connection,
            peer,
            connection: None,
            name: String::new(),
            identity: String::new(),
            reason,
            left_out: 0,
        }
    }
}

/// What is accepted or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuditSubject {
    /// To connect.
    Connection,
    /// To get measurements.
    Subscription,
    /// To get historical data.
    HistoricalData,
    /// To get metadata, or their schema.
    Metadata,
    /// To send a user command.
    UserCommand,
    /// To stay connected, with the rights as they are now.
    Rights,
    /// To get no measurements any more.
    Unsubscription,
    /// To get other keys for encrypted measurements.
    CipherKeys,
    /// To get historical data at another pace.
    ProcessingInterval,
    /// To use operational modes.
    OperationalModes,
    /// Any other command: there is none such, or not here.
    OtherCommand,
}

impl AuditSubject {
    /// All of them.
    pub const ALL: [AuditSubject; 11] = [
        AuditSubject::Connection,
        AuditSubject::Subscription,
        AuditSubject::HistoricalData,
        AuditSubject::Metadata,
        AuditSubject::UserCommand,
        AuditSubject::Rights,
        AuditSubject::Unsubscription,
        AuditSubject::CipherKeys,
        AuditSubject::ProcessingInterval,
        AuditSubject::OperationalModes,
        AuditSubject::OtherCommand,
    ];

    /// What it is called in logs.
    pub fn name(self) -> &'static str {
        match self {
            AuditSubject::Connection => "connection",
            AuditSubject::Subscription => "subscription",
            AuditSubject::HistoricalData => "historical data",
            AuditSubject::Metadata => "metadata",
            AuditSubject::UserCommand => "user command",
            AuditSubject::Rights => "rights",
            AuditSubject::Unsubscription => "unsubscription",
            AuditSubject::CipherKeys => "cipher keys",
            AuditSubject::ProcessingInterval => "processing interval",
            AuditSubject::OperationalModes => "operational modes",
            AuditSubject::OtherCommand => "command",
        }
    }
}

impl fmt::Display for Audit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = if self.accepted { "accepted" } else { "refused" };
        write!(f, "{} {outcome} {} of {}", self.time, self.subject.name(), self.peer)?;
        if let Some(connection) = self.connection {
            write!(f, ", connection {connection}")?;
        }
        for (what, text) in [("rights", &self.name), ("identity", &self.identity)] {
            if !text.is_empty() {
                write!(f, ", {what} {:?}", printable(text, LONGEST_REASON))?;
            }
        }
        write!(f, ": {}", printable(&self.reason, LONGEST_REASON))?;
        match self.left_out {
            0 => Ok(()),
            count => write!(f, " ({count} others before it were left out)"),
        }
    }
}
