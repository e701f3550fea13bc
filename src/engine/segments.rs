//! Many datagrams in one system call, where the system can: datagrams of one size, of which only the last may be
//! shorter, are handed over in one piece that the system cuts (UDP segmentation offload of Linux), and come in one
//! piece in the same way. They wait to be read in one piece, too, which takes much less of the socket's buffer.

use std::io;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::ptr;

use socket2::SockAddr;

use super::transport::uninterrupted;

/// Datagrams of one piece, which every system takes that cuts pieces.
const MAX_SEGMENTS: usize = 64;
/// Bytes of one piece: what a datagram can hold, less the headers of IPv6.
const MAX_PIECE: usize = 65_535 - 48;
/// Room for the size of segments, as the system tells it.
const CONTROL_SIZE: usize = 64;

/// Room for control messages, placed as their header has to be.
#[repr(C, align(8))]
struct Control([u8; CONTROL_SIZE]);

/// How many of these datagrams can be handed over in one piece, from the first on.
pub(super) fn piece<D: AsRef<[u8]>>(datagrams: &[D]) -> usize {
    let Some(size) = datagrams.first().map(|first| first.as_ref().len()).filter(|size| *size > 0) else {
        return datagrams.len().min(1);
    };
    let most = MAX_SEGMENTS.min(MAX_PIECE / size).max(1);
    let mut count = 0;
    for datagram in datagrams.iter().take(most) {
        let length = datagram.as_ref().len();
        if length == 0 || length > size {
            break;
        }
        count += 1;
        if length < size {
            break;
        }
    }
    count
}

/// Hands over datagrams in one piece, to where the socket is connected to.
///
/// # Errors
/// `WouldBlock` when the system has no room; another one when it cannot cut pieces, or not for this way.
pub(super) fn send<D: AsRef<[u8]>>(socket: &impl AsRawFd, datagrams: &[D]) -> io::Result<()> {
    let size = datagrams.first().map_or(0, |first| first.as_ref().len());
    let size = u16::try_from(size).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut slices = [libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 }; MAX_SEGMENTS];
    for (slice, bytes) in slices.iter_mut().zip(datagrams.iter().map(D::as_ref)) {
        *slice = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    }
    let mut control = Control([0; CONTROL_SIZE]);
    // SAFETY: all zero is a valid msghdr. It points to the slices, whose bytes are only read, and to the control buffer;
    // all outlive the calls. The buffer is aligned as a header has to be, and has room for one with two bytes.
    let sent = unsafe {
        let mut message: libc::msghdr = mem::zeroed();
        message.msg_iov = slices.as_mut_ptr();
        message.msg_iovlen = datagrams.len().min(MAX_SEGMENTS) as _;
        message.msg_control = control.0.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_SPACE(size_of::<u16>() as u32) as _;
        let header = libc::CMSG_FIRSTHDR(&message);
        (*header).cmsg_level = libc::SOL_UDP;
        (*header).cmsg_type = libc::UDP_SEGMENT;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as u32) as _;
        libc::CMSG_DATA(header).cast::<u16>().write_unaligned(size);
        uninterrupted(|| result(libc::sendmsg(socket.as_raw_fd(), &message, libc::MSG_NOSIGNAL)))
    };
    sent.map(drop)
}

/// Asks for pieces, or for none any more. False when the system has none: an old one.
pub(super) fn accept(socket: &impl AsRawFd, wanted: bool) -> bool {
    let set = set_option(socket, libc::SOL_UDP, libc::UDP_GRO, wanted.into());
    if let Err(error) = &set {
        log::debug!(target: "sttp::engine", "datagrams are not received in pieces: {error}");
    }
    set.is_ok()
}

/// The next piece: its bytes, the size of each datagram in it, and the sender.
///
/// # Errors
/// `WouldBlock` when nothing is waiting.
pub(super) fn receive(socket: &impl AsRawFd, buffer: &mut [u8]) -> io::Result<(usize, usize, SocketAddr)> {
    let mut control = Control([0; CONTROL_SIZE]);
    let mut slice = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: all zero is a valid msghdr. It points to the buffer, to room for any address, and to an aligned control
    // buffer; all outlive the calls. The system tells how much of each it has written, and headers are looked at only
    // as far as that.
    let ((length, segment), from) = unsafe {
        SockAddr::try_init(|address, address_length| {
            let mut message: libc::msghdr = mem::zeroed();
            message.msg_name = address.cast();
            message.msg_namelen = *address_length;
            message.msg_iov = &mut slice;
            message.msg_iovlen = 1;
            message.msg_control = control.0.as_mut_ptr().cast();
            message.msg_controllen = CONTROL_SIZE as _;
            let length = uninterrupted(|| result(libc::recvmsg(socket.as_raw_fd(), &mut message, 0)))?;
            *address_length = message.msg_namelen;
            let mut segment = None;
            let mut header = libc::CMSG_FIRSTHDR(&message);
            while !header.is_null() {
                if (*header).cmsg_level == libc::SOL_UDP && (*header).cmsg_type == libc::UDP_GRO {
                    segment = Some(libc::CMSG_DATA(header).cast::<libc::c_int>().read_unaligned());
                }
                header = libc::CMSG_NXTHDR(&message, header);
            }
            Ok((length, segment))
        })?
    };
    let segment = segment.and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    let from = from.as_socket().ok_or(io::ErrorKind::InvalidData)?;
    Ok((length, segment.unwrap_or(length), from))
}

/// Asks for room for datagrams that wait to be read, beyond the limit of the system where this process may.
pub(super) fn force_receive_buffer(socket: &impl AsRawFd, bytes: usize) -> io::Result<()> {
    let bytes = libc::c_int::try_from(bytes).unwrap_or(libc::c_int::MAX);
    set_option(socket, libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, bytes)
}

pub(super) fn set_option(socket: &impl AsRawFd, level: i32, name: i32, value: libc::c_int) -> io::Result<()> {
    // SAFETY: the pointer is to a value of the size that is told, for the time of the call.
    let set = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            name,
            (&raw const value).cast(),
            size_of_val(&value) as libc::socklen_t,
        )
    };
    result(set as isize).map(drop)
}

pub(super) fn result(returned: isize) -> io::Result<usize> {
    usize::try_from(returned).map_err(|_| io::Error::last_os_error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_of_one_size_but_for_their_last() {
        let datagrams = |sizes: &[usize]| sizes.iter().map(|size| vec![0; *size]).collect::<Vec<Vec<u8>>>();
        for (sizes, count) in [
            (&[][..], 0),
            (&[5], 1),
            (&[5, 5, 5], 3),
            (&[5, 5, 3, 5], 3),
            (&[5, 6], 1),
            (&[5, 0], 1),
            (&[0, 5], 1),
            (&[60_000, 60_000], 1),
            (&[30_000, 30_000, 30_000], 2),
            (&[1400; 100], 46),
            (&[10; 100], 64),
        ] {
            assert_eq!(piece(&datagrams(sizes)), count, "{sizes:?}");
        }
    }
}
