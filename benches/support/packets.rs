//! Measurements as publishers encode them.

use sttp::codec::RawMeasurement;
use sttp::codec::compact::{self, TimeFormat};
use sttp::codec::tssc::{Block, Encoder};

pub(crate) const PACKET: usize = 32_768;
pub(crate) const HEADER: usize = 18;

/// The packets of a stream, with TSSC.
pub(crate) fn tssc_encode(
    encoder: &mut Encoder,
    mut batch: &[RawMeasurement],
    route: &[u32],
) -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    let mut block = Block::new(HEADER, PACKET);
    while !batch.is_empty() {
        block.clear();
        batch = &batch[encoder.encode(&mut block, batch, route).consumed..];
        encoder.finish_block(&mut block);
        blocks.push(block.bytes().to_vec());
    }
    blocks
}

/// The packets of a stream, in the compact form.
pub(crate) fn compact_encode(mut batch: &[RawMeasurement], route: &[u32]) -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    while !batch.is_empty() {
        let mut packet = Vec::new();
        let format = TimeFormat::default();
        batch = &batch[compact::encode(batch, route, &format, 0, &mut packet, PACKET).consumed..];
        packets.push(packet);
    }
    packets
}
