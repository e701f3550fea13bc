//! What a link is to be like, found to be possible.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::sync::{Arc, Mutex, PoisonError};

use crate::block_link::LinkKind;
use crate::block_link::negotiation::LinkRole;
use crate::engine::{ListeningPort, Security};
use crate::error::Error;
use crate::metadata::Metadata;
use crate::settings::{BlockLinkSettings, BlockLinkSetup, Interface, LinkEncryption, LinkPlace};

/// Takes metadata that have come, elsewhere than on the loop; the error is for operators.
pub(super) type TakeMetadata = Arc<dyn Fn(&Arc<Metadata>) -> Result<(), String> + Send + Sync>;

/// A link that can be opened.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) setup: BlockLinkSetup,
    pub(super) role: LinkRole,
    pub(super) place: LinkPlace,
    pub(super) kind: LinkKind,
    encryption: LinkEncryption,
    /// What TLS is done with, where it may be.
    pub(super) security: Security,
    pub(super) take_metadata: Option<TakeMetadata>,
    /// What is listened on, while it is to be.
    port: Arc<Mutex<Option<ListeningPort>>>,
}

impl Plan {
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] when the settings do not go together, or certificates cannot be used.
    pub(super) fn new(
        setup: &BlockLinkSetup,
        role: LinkRole,
        take_metadata: Option<TakeMetadata>,
    ) -> Result<Plan, Error> {
        let place = setup.place()?;
        let (is_listening, is_one_way) =
            (matches!(place, LinkPlace::Receive { .. }), setup.one_way || place.is_one_way());
        let kind = match &place {
            LinkPlace::Connect(_) | LinkPlace::Listen(_) if !setup.converter => LinkKind::STREAM,
            LinkPlace::Connect(_) | LinkPlace::Listen(_) | LinkPlace::Serial(_) => LinkKind::SERIAL,
            LinkPlace::SendTo(_) | LinkPlace::SendToGroup(..) | LinkPlace::Receive { .. } => {
                LinkKind::DATAGRAMS
            }
            LinkPlace::File(_) => LinkKind::STREAM,
        };
        let sends_to = matches!(place, LinkPlace::SendTo(_) | LinkPlace::SendToGroup(..));
        let refused = match role {
            LinkRole::Peer if is_one_way => Some("only one side of a one-way link sends; say which this is"),
            LinkRole::Server if is_one_way && is_listening => {
                Some("who sends on a one-way link needs to know where to: take udp:HOST:PORT")
            }
            LinkRole::Client if is_one_way && sends_to => {
                Some("who receives on a one-way link cannot ask for anything: take udp-listen:PORT")
            }
            _ => None,
        };
        let kind = if is_one_way { kind.one_way() } else { kind };
        let (encryption, tls) = setup.encryption()?;
        let refused = refused.or((tls.is_some() && !kind.can_encrypt()).then_some(
            "only two-way TCP without a converter can be encrypted; leave out linkEncryption and securityMode, or take a tunnel",
        ));
        if let Some(reason) = refused {
            return Err(Error::InvalidArgument(format!("link {}: {reason}", setup.link.trim())));
        }
        let security = Security::default();
        security.set_up(tls)?;
        let setup = setup.clone();
        Ok(Plan { setup, role, place, kind, encryption, security, take_metadata, port: Arc::default() })
    }

    /// What the session is told. A file takes everything at once, whatever the rate of a line would be.
    pub(super) fn session_settings(&self) -> BlockLinkSettings {
        let settings = self.setup.session.clone().encryption(self.encryption);
        match self.place {
            LinkPlace::File(_) => settings.repeat_rate(usize::MAX),
            _ => settings,
        }
    }

    /// Opens the port that is listened on, if there is to be one. Returns its address.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when the system refuses.
    pub(super) fn listen(&self) -> Result<Option<SocketAddr>, Error> {
        let LinkPlace::Listen(address) = &self.place else { return Ok(None) };
        let port = ListeningPort::open(address)
            .map_err(|source| Error::io(format!("cannot listen on {address}"), source))?;
        let local = port.address();
        *self.port.lock().unwrap_or_else(PoisonError::into_inner) = Some(port);
        Ok(Some(local))
    }

    /// What is listened on.
    pub(super) fn port(&self) -> Option<ListeningPort> {
        self.port.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether this side begins the negotiation.
    pub(super) fn offers(&self) -> bool {
        match self.place {
            LinkPlace::Listen(_) | LinkPlace::Receive { .. } => false,
            LinkPlace::Serial(_) => self.role != LinkRole::Server,
            _ => true,
        }
    }

    /// The address of the link as people know it.
    pub(super) fn address(&self) -> String {
        match &self.place {
            LinkPlace::Connect(address) | LinkPlace::Listen(address) | LinkPlace::SendTo(address) => {
                address.to_string()
            }
            LinkPlace::SendToGroup(group, _) => group.to_string(),
            LinkPlace::Receive { local, group: Some((group, _)) } => format!("{group}:{}", local.port()),
            LinkPlace::Receive { local, group: None } => local.to_string(),
            LinkPlace::Serial(line) => line.device.display().to_string(),
            LinkPlace::File(path) => path.display().to_string(),
        }
    }

    /// The address of this machine that datagrams for a group are sent from.
    pub(super) fn group_sender(&self, group: SocketAddr, interface: Option<Interface>) -> SocketAddr {
        match (group.ip(), interface) {
            (IpAddr::V4(_), Some(Interface::Address(address))) => SocketAddr::new(address.into(), 0),
            (IpAddr::V4(_), _) => SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0),
            (IpAddr::V6(_), Some(Interface::Index(index))) => {
                SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, 0, 0, index).into()
            }
            (IpAddr::V6(_), _) => SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0),
        }
    }
}
