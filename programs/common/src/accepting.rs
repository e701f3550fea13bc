//! Taking connections, one after the other.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use crate::log::{self, Level};
use crate::stop::Stop;

/// How long to wait for a connection before it is looked whether to end.
const PAUSE: Duration = Duration::from_millis(50);
/// How long to wait when the system gives none, as without descriptors: that does not pass soon.
const LONG_PAUSE: Duration = Duration::from_secs(1);

/// Takes connections of a listener that does not block, until the program is to end. That there can be none is told once
/// until there is one again; `who` is who connects.
pub fn accept_all(listener: &TcpListener, stop: &Stop, who: &str, mut take: impl FnMut(TcpStream)) {
    let mut is_told = false;
    while !stop.is_asked() {
        match listener.accept() {
            Ok((stream, _)) => {
                is_told = false;
                take(stream);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Err(error) => {
                if !std::mem::replace(&mut is_told, true) {
                    log::line(Level::Warning, &format!("{who} cannot be taken: {error}"));
                }
                thread::sleep(LONG_PAUSE);
            }
        }
    }
}
