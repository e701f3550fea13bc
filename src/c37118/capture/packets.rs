//! The packets of a capture file.

use std::fmt::Debug;
use std::io::Read;

use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{
    Block, InterfaceDescriptionBlock, Linktype, PcapBlockOwned, PcapError, PcapHeader, create_reader,
};

use super::CaptureError;
use crate::Ticks;

/// What is read of the file at a time.
const READ_AT_ONCE: usize = 64 << 10;
/// The longest packet that can be read, and what surrounds it in the file.
const LONGEST_BLOCK: usize = 1 << 20;
/// Interfaces of a pcapng file that are remembered.
const MOST_INTERFACES: usize = 4_096;

/// Where and in which form packets were recorded.
#[derive(Debug, Clone, Copy)]
struct Interface {
    link: Linktype,
    /// Units of time in a second.
    resolution: u64,
    /// Seconds that are added to times.
    offset: i64,
}

impl Interface {
    fn of_file(header: &PcapHeader) -> Interface {
        let resolution = if header.is_nanosecond_precision() { 1_000_000_000 } else { 1_000_000 };
        Interface { link: header.network, resolution, offset: 0 }
    }

    fn described(block: &InterfaceDescriptionBlock<'_>) -> Interface {
        // A resolution that cannot be is taken for microseconds, the usual one.
        let resolution = block.ts_resolution().unwrap_or(1_000_000).max(1);
        Interface { link: block.linktype, resolution, offset: block.ts_offset() }
    }

    fn time(&self, units: u64) -> Ticks {
        let seconds = i64::try_from(units / self.resolution).unwrap_or(i64::MAX).saturating_add(self.offset);
        let nanoseconds = u128::from(units % self.resolution) * 1_000_000_000 / u128::from(self.resolution);
        // Less than a second, so it fits; a year that there is not becomes the last one that there is.
        Ticks::from_unix(seconds, nanoseconds as u32).unwrap_or(Ticks::MAX)
    }
}

/// A packet as it was recorded.
pub(super) struct Packet<'a> {
    pub(super) time: Ticks,
    pub(super) link: Linktype,
    pub(super) bytes: &'a [u8],
}

pub(super) struct Packets {
    reader: Box<dyn PcapReaderIterator + Send>,
    interfaces: Vec<Interface>,
    /// The packet that was read last.
    packet: Vec<u8>,
}

impl Packets {
    pub(super) fn new(file: impl Read + Send + 'static) -> Result<Packets, CaptureError> {
        let reader = create_reader(READ_AT_ONCE, file).map_err(|_| CaptureError::NoCapture)?;
        Ok(Packets { reader, interfaces: Vec::new(), packet: Vec::new() })
    }

    /// The next packet, after so many; None at the end of the file.
    pub(super) fn next_packet(&mut self, packets: u64) -> Result<Option<Packet<'_>>, CaptureError> {
        let Packets { reader, interfaces, packet } = self;
        loop {
            let too_long = match reader.next() {
                Ok((length, block)) => {
                    let found = take_block(&block, interfaces, packet);
                    reader.consume(length);
                    match found {
                        Some((link, time)) => return Ok(Some(Packet { time, link, bytes: packet })),
                        None => continue,
                    }
                }
                Err(PcapError::Eof) => return Ok(None),
                Err(PcapError::Incomplete(_)) => None,
                Err(PcapError::BufferTooSmall) => {
                    Some(format!("a block is longer than {LONGEST_BLOCK} bytes"))
                }
                Err(error) => return Err(CaptureError::Broken { packets, cause: describe(&error) }),
            };
            if let Some(cause) = too_long
                && !reader.grow(LONGEST_BLOCK)
            {
                return Err(CaptureError::Broken { packets, cause });
            }
            reader.refill().map_err(|error| CaptureError::Broken { packets, cause: describe(&error) })?;
        }
    }
}

fn describe<I: Debug>(error: &PcapError<I>) -> String {
    match error {
        PcapError::UnexpectedEof => "the file ends within a packet".into(),
        PcapError::ReadError => "the file could not be read".into(),
        _ => "a block is damaged".into(),
    }
}

/// Copies the packet that a block holds. Returns its link and time.
fn take_block(
    block: &PcapBlockOwned<'_>,
    interfaces: &mut Vec<Interface>,
    packet: &mut Vec<u8>,
) -> Option<(Linktype, Ticks)> {
    let (number, units, bytes) = match block {
        PcapBlockOwned::LegacyHeader(header) => {
            interfaces.push(Interface::of_file(header));
            return None;
        }
        PcapBlockOwned::Legacy(block) => {
            let resolution = interfaces.first()?.resolution;
            (0, u64::from(block.ts_sec) * resolution + u64::from(block.ts_usec), block.data)
        }
        PcapBlockOwned::NG(Block::SectionHeader(_)) => {
            interfaces.clear();
            return None;
        }
        PcapBlockOwned::NG(Block::InterfaceDescription(block)) => {
            if interfaces.len() < MOST_INTERFACES {
                interfaces.push(Interface::described(block));
            }
            return None;
        }
        PcapBlockOwned::NG(Block::EnhancedPacket(block)) => {
            let data = block.data.get(..block.caplen as usize)?;
            (block.if_id as usize, u64::from(block.ts_high) << 32 | u64::from(block.ts_low), data)
        }
        PcapBlockOwned::NG(_) => return None,
    };
    let interface = interfaces.get(number)?;
    packet.clear();
    packet.extend_from_slice(bytes);
    Some((interface.link, interface.time(units)))
}
