//! Serial lines where the library has none.

use std::convert::Infallible;
use std::io;

use mio::Token;

use super::poller::{Registry, Source};
use crate::settings::SerialLine;

/// There is none.
#[derive(Debug)]
pub(crate) struct SerialPort(Infallible);

impl SerialPort {
    /// # Errors
    ///
    /// Always.
    pub(crate) fn open(line: &SerialLine) -> io::Result<SerialPort> {
        let SerialLine { device, rate, parity, stop_bits } = line;
        log::debug!(target: "sttp::engine", "{} {rate} {parity:?} {stop_bits}", device.display());
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "serial lines are for POSIX systems only; take TCP and a converter",
        ))
    }

    pub(crate) fn read(&mut self, _buffer: &mut [u8]) -> io::Result<usize> {
        match self.0 {}
    }

    pub(crate) fn write(&mut self, _bytes: &[u8]) -> io::Result<usize> {
        match self.0 {}
    }
}

impl Source for SerialPort {
    fn register(&mut self, _registry: &Registry, _token: Token) -> io::Result<()> {
        match self.0 {}
    }

    fn deregister(&mut self, _registry: &Registry) -> io::Result<()> {
        match self.0 {}
    }
}
