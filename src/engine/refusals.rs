//! Which hosts refuse datagrams. A socket that sends to many of them learns of it only where it asks for that, and from
//! a queue of its own: a send that fails tells of any datagram before.

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;

use socket2::SockAddr;

use super::segments::{result, set_option};
use super::transport::uninterrupted;

/// Room for what the system tells of a refusal, the address of who told it included.
const CONTROL_SIZE: usize = 128;

/// Room for control messages, placed as their header has to be.
#[repr(C, align(8))]
struct Control([u8; CONTROL_SIZE]);

/// Has the system keep for [`next`] what hosts and routers tell of datagrams that are not received.
///
/// # Errors
/// The system cannot.
pub(super) fn keep(socket: &impl AsRawFd, is_ipv6: bool) -> io::Result<()> {
    if is_ipv6 {
        set_option(socket, libc::IPPROTO_IPV6, libc::IPV6_RECVERR, 1)?;
    }
    // Sockets for both families send to hosts of either.
    set_option(socket, libc::IPPROTO_IP, libc::IP_RECVERR, 1)
}

/// The next address from which was told that a datagram is not received there. What was told of anything else is
/// skipped.
///
/// # Errors
/// `WouldBlock` when there is none.
pub(super) fn next(socket: &impl AsRawFd) -> io::Result<SocketAddr> {
    loop {
        let mut control = Control([0; CONTROL_SIZE]);
        // SAFETY: all zero is a valid msghdr. It points to room for any address and to an aligned control buffer, which
        // outlive the calls. The system tells how much of each it has written, and headers are looked at only as far as
        // that.
        let (is_of_network, to) = unsafe {
            SockAddr::try_init(|address, address_length| {
                let mut message: libc::msghdr = mem::zeroed();
                message.msg_name = address.cast();
                message.msg_namelen = *address_length;
                message.msg_control = control.0.as_mut_ptr().cast();
                message.msg_controllen = CONTROL_SIZE as _;
                uninterrupted(|| {
                    result(libc::recvmsg(socket.as_raw_fd(), &mut message, libc::MSG_ERRQUEUE))
                })?;
                *address_length = message.msg_namelen;
                let mut is_of_network = false;
                let mut header = libc::CMSG_FIRSTHDR(&message);
                while !header.is_null() {
                    let kind = ((*header).cmsg_level, (*header).cmsg_type);
                    if matches!(
                        kind,
                        (libc::IPPROTO_IP, libc::IP_RECVERR) | (libc::IPPROTO_IPV6, libc::IPV6_RECVERR)
                    ) {
                        let told = libc::CMSG_DATA(header).cast::<libc::sock_extended_err>().read_unaligned();
                        is_of_network = is_refusal(&told);
                    }
                    header = libc::CMSG_NXTHDR(&message, header);
                }
                Ok(is_of_network)
            })?
        };
        if is_of_network && let Some(to) = to.as_socket() {
            return Ok(to);
        }
    }
}

/// Whether it was told by ICMP that nobody receives, or that there is no way. Datagrams that are too large are none of
/// that.
fn is_refusal(told: &libc::sock_extended_err) -> bool {
    let is_of_network = matches!(told.ee_origin, libc::SO_EE_ORIGIN_ICMP | libc::SO_EE_ORIGIN_ICMP6);
    let error = told.ee_errno.cast_signed();
    is_of_network && matches!(error, libc::ECONNREFUSED | libc::EHOSTUNREACH | libc::ENETUNREACH)
}
