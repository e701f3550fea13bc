//! Serial lines of POSIX systems.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;

use libc::{speed_t, termios};
use mio::Token;
use mio::unix::SourceFd;

use super::poller::{Registry, Source};
use super::transport::uninterrupted;
use crate::settings::{Parity, SerialLine};

/// Rates, and what the system calls them.
const RATES: &[(u32, speed_t)] = &[
    (1_200, libc::B1200),
    (2_400, libc::B2400),
    (4_800, libc::B4800),
    (9_600, libc::B9600),
    (19_200, libc::B19200),
    (38_400, libc::B38400),
    (57_600, libc::B57600),
    (115_200, libc::B115200),
    (230_400, libc::B230400),
    #[cfg(target_os = "linux")]
    (460_800, libc::B460800),
    #[cfg(target_os = "linux")]
    (921_600, libc::B921600),
    #[cfg(target_os = "linux")]
    (1_000_000, libc::B1000000),
    #[cfg(target_os = "linux")]
    (2_000_000, libc::B2000000),
];

/// A serial line that never blocks. Register it to learn when to read and write.
#[derive(Debug)]
pub(crate) struct SerialPort {
    file: File,
}

impl SerialPort {
    /// Opens a line and sets its rate and parity. Bytes go over it as they are, without flow control, whatever the lines of
    /// a modem say.
    ///
    /// # Errors
    ///
    /// There is no such device, it is no serial line, or it does not take the rate.
    pub(crate) fn open(line: &SerialLine) -> io::Result<SerialPort> {
        let speed = RATES.iter().find(|(rate, _)| *rate == line.rate).map(|(_, speed)| *speed);
        let speed = speed.ok_or_else(|| {
            let rates: Vec<String> = RATES.iter().map(|(rate, _)| rate.to_string()).collect();
            invalid(format!("{} is no rate of serial lines; take one of {}", line.rate, rates.join(", ")))
        })?;
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(libc::O_NOCTTY | libc::O_NONBLOCK)
            .open(&line.device)?;
        let mut mode = mode_of(&file)?;
        // SAFETY: the pointer is to a valid `termios`.
        unsafe { libc::cfmakeraw(&raw mut mode) };
        mode.c_cflag &= !(libc::CSIZE | libc::CSTOPB | libc::PARENB | libc::PARODD | libc::CRTSCTS);
        mode.c_cflag |= libc::CS8 | libc::CLOCAL | libc::CREAD;
        mode.c_cflag |= match line.parity {
            Parity::None => 0,
            Parity::Even => libc::PARENB,
            Parity::Odd => libc::PARENB | libc::PARODD,
        };
        if line.stop_bits == 2 {
            mode.c_cflag |= libc::CSTOPB;
        }
        // With none to read, the system says so, and does not tell of an end.
        (mode.c_cc[libc::VMIN], mode.c_cc[libc::VTIME]) = (1, 0);
        set_speed(&mut mode, speed)?;
        // SAFETY: the descriptor is open, and the pointer is to a valid `termios`.
        check(unsafe { libc::tcsetattr(file.as_raw_fd(), libc::TCSANOW, &raw const mode) })?;
        // The system only says that it did something of it.
        let taken = mode_of(&file)?;
        if speed_of(&taken) != speed {
            return Err(invalid(format!("it does not take a rate of {}", line.rate)));
        }
        Ok(SerialPort { file })
    }

    /// Reads what has arrived.
    ///
    /// # Errors
    /// `WouldBlock` when nothing has; others end the use of the line.
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        uninterrupted(|| self.file.read(buffer))
    }

    /// Writes as much as there is room for.
    ///
    /// # Errors
    /// `WouldBlock` when there is none; others end the use of the line.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        uninterrupted(|| self.file.write(bytes))
    }
}

/// Sets the rate of both directions.
// Among the flags, where Linux has it: the functions for it have versions in the C library that a program linked
// statically does not find.
#[cfg(target_os = "linux")]
fn set_speed(mode: &mut termios, speed: speed_t) -> io::Result<()> {
    mode.c_cflag = mode.c_cflag & !libc::CBAUD | speed;
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn set_speed(mode: &mut termios, speed: speed_t) -> io::Result<()> {
    // SAFETY: the pointer is to a valid `termios`.
    check(unsafe { libc::cfsetispeed(mode, speed) })?;
    // SAFETY: the pointer is to a valid `termios`.
    check(unsafe { libc::cfsetospeed(mode, speed) })
}

#[cfg(target_os = "linux")]
fn speed_of(mode: &termios) -> speed_t {
    mode.c_cflag & libc::CBAUD
}

#[cfg(not(target_os = "linux"))]
fn speed_of(mode: &termios) -> speed_t {
    // SAFETY: the pointer is to a valid `termios`.
    unsafe { libc::cfgetospeed(mode) }
}

fn mode_of(file: &File) -> io::Result<termios> {
    let mut mode = MaybeUninit::<termios>::uninit();
    // SAFETY: the descriptor is open, and there is room for a `termios`.
    match unsafe { libc::tcgetattr(file.as_raw_fd(), mode.as_mut_ptr()) } {
        // SAFETY: the call has filled it.
        0 => Ok(unsafe { mode.assume_init() }),
        _ => Err(match io::Error::last_os_error() {
            error if error.raw_os_error() == Some(libc::ENOTTY) => invalid("it is no serial line".to_owned()),
            error => error,
        }),
    }
}

fn check(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn invalid(text: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

impl Source for SerialPort {
    fn register(&mut self, registry: &Registry, token: Token) -> io::Result<()> {
        registry.watch(&mut SourceFd(&self.file.as_raw_fd()), token)
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        registry.unwatch(&mut SourceFd(&self.file.as_raw_fd()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_line_and_rates_that_none_has_are_refused() {
        let line = |device: &str, rate| SerialLine {
            device: device.into(),
            rate,
            parity: Parity::None,
            stop_bits: 1,
        };
        let told = |device, rate| SerialPort::open(&line(device, rate)).unwrap_err().to_string();
        assert!(told("/dev/null", 9600).contains("no serial line"));
        assert!(told("/dev/null", 12_345).contains("take one of 1200, "));
        assert!(SerialPort::open(&line("/dev/no-such-line", 9600)).is_err());
    }
}
