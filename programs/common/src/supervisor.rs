//! What systemd, or another supervisor that sets `NOTIFY_SOCKET`, is told of the program: when it is ready, how it stands,
//! when it ends. Without one there is nobody to tell.

use std::io;

use crate::log::{self, Level};

/// The program does its work from now on.
pub fn ready() {
    tell("READY=1\n");
}

/// How the program stands, in a line.
pub fn status(status: &str) {
    tell(&format!("STATUS={}\n", one_line(status)));
}

/// The program ends.
pub fn stopping() {
    tell("STOPPING=1\n");
}

/// What comes from elsewhere may have lines, which would be words to systemd.
fn one_line(text: &str) -> String {
    text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect()
}

fn tell(message: &str) {
    if let Err(error) = send(message) {
        let line = format!("systemd, which has started this, cannot be told that: {error}");
        log::line(Level::Warning, &line);
    }
}

/// A datagram to a socket with a name in the file system, or of Linux alone with @ in front.
#[cfg(target_os = "linux")]
fn send(message: &str) -> io::Result<()> {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    let Some(name) = std::env::var_os("NOTIFY_SOCKET").filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    let address = match name.as_bytes() {
        [b'/', ..] => SocketAddr::from_pathname(&name)?,
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    };
    let socket = UnixDatagram::unbound()?;
    // Whoever does not listen holds nobody up.
    socket.set_nonblocking(true)?;
    socket.send_to_addr(message.as_bytes(), &address).map(drop)
}

/// There are such supervisors on Linux only.
#[cfg(not(target_os = "linux"))]
fn send(_message: &str) -> io::Result<()> {
    Ok(())
}
