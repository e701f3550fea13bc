//! What a server session wants of its driver.

use std::net::SocketAddr;
use std::sync::Arc;

use super::clients::ClientKey;
use crate::c37118::Command;
use crate::operator::Severity;

/// What a [`ServerSession`](super::ServerSession) wants of its driver.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServerOutput {
    /// The [queue](super::ServerSession::queue) of a client by stream holds something to send. Told once,
    /// until the queue was empty again.
    Send(ClientKey),
    /// Send this frame as a datagram. It is shared by all who get it.
    SendDatagram {
        /// Where to.
        target: SocketAddr,
        /// One whole frame.
        frame: Arc<Vec<u8>>,
    },
    /// Close the stream of a client, which the session does not know any more.
    Close {
        /// The client.
        client: ClientKey,
        /// Why.
        reason: String,
    },
    /// A client has sent a command that the standard leaves to users, or an extended one.
    Command {
        /// The client.
        client: ClientKey,
        /// What it wants.
        command: Command,
    },
    /// Something that operators should know; repeated messages are held back.
    Message {
        /// How much it matters.
        severity: Severity,
        /// What it is, and what to do.
        text: String,
    },
}
