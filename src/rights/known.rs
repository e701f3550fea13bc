//! The subscribers that a publisher knows.

use std::sync::Arc;

use super::grant::Grant;
use super::peer::Peer;
use crate::settings::PeerSettings;

/// The subscribers that a publisher knows, and what each may.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rights {
    pub(super) subscribers: Vec<Subscriber>,
    /// What everybody else may; nobody else is let in without it.
    pub(super) others: Option<Arc<Grant>>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subscriber {
    pub(super) known: PeerSettings,
    pub(super) grant: Arc<Grant>,
}

/// What becomes of a peer: what it is granted, or why it is not let in.
pub type Decision = Result<Arc<Grant>, String>;

/// What a program has decided of a peer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Admission {
    /// What the rights of the publisher say; without any, it may everything.
    #[default]
    ByRights,
    /// It is let in, and granted this as long as it is connected.
    Granted(Arc<Grant>),
    /// It is not let in, for a reason that operators are told.
    Refused(String),
}

impl Rights {
    /// What a peer is granted: the first subscriber that it is counts.
    pub fn decide(&self, peer: &Peer) -> Decision {
        let found = self.subscribers.iter().find(|subscriber| peer.fits(&subscriber.known));
        let grant = found.map(|subscriber| &subscriber.grant).or(self.others.as_ref());
        match grant {
            Some(grant) if grant.settings().enabled => Ok(Arc::clone(grant)),
            Some(grant) => Err(format!("by the rights, {:?} is disabled", grant.name())),
            None => Err("by the rights, it is none of the subscribers, and [others] may not connect".into()),
        }
    }

    /// Whether a peer is one of the subscribers, and not just anybody else.
    pub fn knows(&self, peer: &Peer) -> bool {
        self.subscribers.iter().any(|subscriber| peer.fits(&subscriber.known))
    }

    /// Everything that is granted to somebody.
    pub fn grants(&self) -> impl Iterator<Item = &Arc<Grant>> {
        self.subscribers.iter().map(|subscriber| &subscriber.grant).chain(&self.others)
    }

    /// Whether some subscribers are known by their certificates, which only TLS brings.
    pub fn need_certificates(&self) -> bool {
        let needs = |known: &PeerSettings| !known.certificates.is_empty() || !known.subject.is_empty();
        self.subscribers.iter().any(|subscriber| needs(&subscriber.known))
    }
}
