//! Multicast groups.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{InterfaceIndexOrAddress, Socket};

use crate::settings::Interface;

/// A multicast group to receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) group: IpAddr,
    /// Where to join it; `None` where the local address is.
    pub(crate) interface: Option<Interface>,
}

/// Binds to a group, and joins it.
pub(super) fn join(
    socket: &Socket,
    local: SocketAddr,
    Membership { group, interface }: Membership,
) -> io::Result<()> {
    // Several subscribers of one machine may receive the same group.
    socket.set_reuse_address(true)?;
    let mut bound = local;
    bound.set_ip(bound_to(group));
    socket.bind(&bound.into())?;
    match (group, interface, local) {
        (IpAddr::V4(group), Some(Interface::Address(address)), _) => {
            socket.join_multicast_v4(&group, &address)
        }
        (IpAddr::V4(group), Some(Interface::Index(index)), _) => {
            socket.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(index))
        }
        (IpAddr::V4(group), None, SocketAddr::V4(local)) => socket.join_multicast_v4(&group, local.ip()),
        (IpAddr::V6(group), Some(Interface::Index(index)), _) => socket.join_multicast_v6(&group, index),
        (IpAddr::V6(group), None, SocketAddr::V6(local)) => {
            socket.join_multicast_v6(&group, local.scope_id())
        }
        (IpAddr::V6(_), Some(Interface::Address(_)), _) => Err(invalid("name the interface by its number")),
        (_, None, _) => Err(invalid("the group and the publisher's address are not both IPv4 or both IPv6")),
    }
}

/// Bound to the group itself, a socket does not get what others send to this machine. Not every
/// system can.
fn bound_to(group: IpAddr) -> IpAddr {
    match group {
        _ if cfg!(unix) => group,
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}

fn invalid(text: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}
