//! A serial line as people write it: `/dev/ttyS0,115200,8N1`.

use std::path::PathBuf;

const FORM: &str =
    "serial:DEVICE, serial:DEVICE,RATE or serial:DEVICE,RATE,8N1, as serial:/dev/ttyS0,115200,8N1";

/// Of what kind the bit is that tells whether a byte came whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parity {
    None,
    Even,
    Odd,
}

/// A serial line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SerialLine {
    pub(crate) device: PathBuf,
    /// Bits per second.
    pub(crate) rate: u32,
    pub(crate) parity: Parity,
    /// 1 or 2.
    pub(crate) stop_bits: u8,
}

impl SerialLine {
    /// Reads one. The error says what is allowed.
    pub(super) fn parse(text: &str) -> Result<SerialLine, String> {
        let mut parts = text.split(',').map(str::trim);
        let device = parts.next().filter(|device| !device.is_empty()).ok_or(FORM)?;
        let rate = match parts.next() {
            None => 115_200,
            Some(rate) => rate.parse().ok().filter(|rate| *rate > 0).ok_or(FORM)?,
        };
        let (parity, stop_bits) = match parts.next() {
            None => (Parity::None, 1),
            Some(format) => read_format(format)?,
        };
        match parts.next() {
            None => Ok(SerialLine { device: device.into(), rate, parity, stop_bits }),
            Some(_) => Err(FORM.to_owned()),
        }
    }
}

/// Data bits, parity and stop bits, as `8N1`.
fn read_format(format: &str) -> Result<(Parity, u8), String> {
    let [data, parity, stop] = format.as_bytes() else { return Err(FORM.to_owned()) };
    if *data != b'8' {
        return Err("8 data bits, as in 8N1; blocks need all bits of a byte".to_owned());
    }
    let parity = match parity.to_ascii_uppercase() {
        b'N' => Parity::None,
        b'E' => Parity::Even,
        b'O' => Parity::Odd,
        _ => return Err("parity N, E or O, as in 8N1".to_owned()),
    };
    match stop {
        b'1' => Ok((parity, 1)),
        b'2' => Ok((parity, 2)),
        _ => Err("1 or 2 stop bits, as in 8N1".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let line = |rate, parity, stop_bits| SerialLine { device: "/dev/x".into(), rate, parity, stop_bits };
        for (text, expected) in [
            ("/dev/x", line(115_200, Parity::None, 1)),
            ("/dev/x, 9600", line(9600, Parity::None, 1)),
            ("/dev/x,19200,8e2", line(19_200, Parity::Even, 2)),
            ("/dev/x,19200,8O1", line(19_200, Parity::Odd, 1)),
        ] {
            assert_eq!(SerialLine::parse(text), Ok(expected), "{text}");
        }
        for text in [
            "",
            ",9600",
            "/dev/x,fast",
            "/dev/x,0",
            "/dev/x,9600,7E1",
            "/dev/x,9600,8X1",
            "/dev/x,9600,8N3",
            "/dev/x,1,8N1,",
        ] {
            assert!(SerialLine::parse(text).is_err(), "{text}");
        }
    }
}
