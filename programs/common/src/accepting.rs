//! Taking connections, and waiting for what comes by them no longer than one wants to.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

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

/// A connection by which all has to be over at a time, however often something comes before.
#[derive(Debug)]
pub struct Timed<'a> {
    stream: &'a TcpStream,
    until: Instant,
}

impl<'a> Timed<'a> {
    /// A connection that blocks, for so long.
    #[must_use]
    pub fn new(stream: &'a TcpStream, patience: Duration) -> Timed<'a> {
        Timed { stream, until: Instant::now() + patience }
    }

    fn left(&self) -> io::Result<Option<Duration>> {
        let left = self.until.saturating_duration_since(Instant::now());
        // Which would be for ever, if it was set.
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(Some(left)) }
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(space)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_all_the_while_ends_in_time() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut talking = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, _) = listener.accept().unwrap();
        let talker = thread::spawn(move || {
            while talking.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(1));
            }
        });
        let mut timed = Timed::new(&stream, Duration::from_millis(50));
        let end = (0..10_000).find_map(|_| timed.read(&mut [0]).err());
        assert!(matches!(end.unwrap().kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock));
        drop(stream);
        talker.join().unwrap();
    }
}
