//! Several datagrams in one system call, of any size and from any sender (`sendmmsg` and `recvmmsg` of Linux): for systems
//! that do not take, or do not keep, datagrams in pieces, see [`segments`](super::segments).

use std::collections::VecDeque;
use std::io;
use std::mem;
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::ptr;

use socket2::SockAddr;

use super::transport::uninterrupted;

/// Datagrams that are sent with one call.
const SENT: usize = 32;
/// Datagrams that are received with one call.
const RECEIVED: usize = 16;
/// Room for each of them, more than the largest has. Memory that is never filled is never taken.
const ROOM: usize = 1 << 16;
/// Bytes that are handed out together, as those of a piece.
const MOST_TOGETHER: usize = 1 << 16;

const NO_SLICE: libc::iovec = libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 };

/// Hands over datagrams, from the first on, to where the socket is connected to. Returns how many the system took, which
/// is one at least.
///
/// # Errors
/// What is wrong with the first one; `WouldBlock` when the system has no room.
pub(super) fn send<D: AsRef<[u8]>>(socket: &impl AsRawFd, datagrams: &[D]) -> io::Result<usize> {
    let count = datagrams.len().min(SENT);
    let mut slices = [NO_SLICE; SENT];
    for (slice, bytes) in slices.iter_mut().zip(datagrams.iter().map(D::as_ref)) {
        *slice = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    }
    // SAFETY: all zero is a valid mmsghdr. The first `count` of them point to the slices, whose bytes are only read; all
    // outlive the calls.
    unsafe {
        let mut messages: [libc::mmsghdr; SENT] = mem::zeroed();
        for (message, slice) in messages.iter_mut().zip(&mut slices) {
            message.msg_hdr.msg_iov = slice;
            message.msg_hdr.msg_iovlen = 1;
        }
        uninterrupted(|| {
            let (descriptor, flags) = (socket.as_raw_fd(), libc::MSG_NOSIGNAL);
            result(libc::sendmmsg(descriptor, messages.as_mut_ptr(), count as libc::c_uint, flags as _))
        })
    }
}

/// Datagrams that came with one call and were not handed out yet.
#[derive(Debug)]
pub(super) struct Several {
    /// A place for each.
    rooms: Vec<u8>,
    waiting: VecDeque<Datagram>,
}

/// A datagram in its place.
#[derive(Debug, Clone, Copy)]
struct Datagram {
    place: usize,
    length: usize,
    from: SocketAddr,
}

impl Default for Several {
    fn default() -> Several {
        Several { rooms: vec![0; RECEIVED * ROOM], waiting: VecDeque::with_capacity(RECEIVED) }
    }
}

impl Several {
    /// The next datagrams of one size and one sender: their bytes, the size of each, and the sender. What does not fit
    /// into `buffer` is cut off.
    ///
    /// # Errors
    /// `WouldBlock` when nothing is waiting.
    pub(super) fn receive(
        &mut self,
        socket: &impl AsRawFd,
        buffer: &mut [u8],
    ) -> io::Result<(usize, usize, SocketAddr)> {
        if self.waiting.is_empty() {
            self.fill(socket)?;
        }
        let Some(first) = self.waiting.pop_front() else { return Err(io::ErrorKind::WouldBlock.into()) };
        let size = first.length.min(buffer.len());
        self.copy(first, &mut buffer[..size]);
        let mut length = size;
        let most = buffer.len().min(MOST_TOGETHER);
        while size > 0 && length + size <= most {
            let alike = |next: &mut Datagram| next.length == size && next.from == first.from;
            let Some(next) = self.waiting.pop_front_if(alike) else { break };
            self.copy(next, &mut buffer[length..length + size]);
            length += size;
        }
        Ok((length, size, first.from))
    }

    fn copy(&self, datagram: Datagram, out: &mut [u8]) {
        let start = datagram.place * ROOM;
        out.copy_from_slice(&self.rooms[start..start + out.len()]);
    }

    /// Receives as many as one call gives.
    fn fill(&mut self, socket: &impl AsRawFd) -> io::Result<()> {
        let mut slices = [NO_SLICE; RECEIVED];
        for (slice, room) in slices.iter_mut().zip(self.rooms.chunks_exact_mut(ROOM)) {
            *slice = libc::iovec { iov_base: room.as_mut_ptr().cast(), iov_len: room.len() };
        }
        // SAFETY: all zero is a valid address and a valid mmsghdr. Each message points to a room of its own and to room
        // for any address; all outlive the calls. The system tells how much of each it has written.
        let (messages, addresses) = unsafe {
            let mut addresses: [libc::sockaddr_storage; RECEIVED] = mem::zeroed();
            let mut messages: [libc::mmsghdr; RECEIVED] = mem::zeroed();
            for ((message, slice), address) in messages.iter_mut().zip(&mut slices).zip(&mut addresses) {
                message.msg_hdr.msg_name = ptr::from_mut(address).cast();
                message.msg_hdr.msg_namelen = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
                message.msg_hdr.msg_iov = slice;
                message.msg_hdr.msg_iovlen = 1;
            }
            let count = uninterrupted(|| {
                let (descriptor, none) = (socket.as_raw_fd(), ptr::null_mut());
                result(libc::recvmmsg(descriptor, messages.as_mut_ptr(), RECEIVED as libc::c_uint, 0, none))
            })?;
            (messages.into_iter().take(count), addresses)
        };
        for (place, (message, address)) in messages.zip(addresses).enumerate() {
            // SAFETY: the system has written an address of this length, which is that of the storage at most.
            let ((), from) = unsafe {
                SockAddr::try_init(|storage, length| {
                    storage.cast::<libc::sockaddr_storage>().write(address);
                    *length = message.msg_hdr.msg_namelen;
                    Ok(())
                })?
            };
            let length = (message.msg_len as usize).min(ROOM);
            // Others have no socket that could have sent it.
            if let Some(from) = from.as_socket() {
                self.waiting.push_back(Datagram { place, length, from });
            }
        }
        Ok(())
    }
}

fn result(returned: libc::c_int) -> io::Result<usize> {
    usize::try_from(returned).map_err(|_| io::Error::last_os_error())
}
