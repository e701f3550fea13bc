//! TSSC, the Time-Series Special Compression of measurements.
//!
//! An [`Encoder`] writes measurements into a [`Block`], the [`Decoder`] on the other side reads
//! them. Both keep the same model of the stream from block to block, so every finished block must
//! arrive, in order; only the bit stream starts anew with each block. A new model on both sides is
//! announced by sequence number 0 in the packet that carries the block.
//!
//! Each measurement is a few code words: the signal when it is not the one that followed last time,
//! the time when it is not the previous one, the flags when they are not the signal's previous
//! ones, and always the value. The codes a signal's successor used most are given 1 to 3 bits.
//! Literals follow as whole bytes, in the same buffer the bits are packed into: a byte that
//! collects bits lies where its first bit was produced, whole bytes come after it.

mod block;
mod clock;
mod code;
mod decoder;
mod encoder;
mod point;
mod prefixes;
mod reader;

pub use block::{Block, MAX_BLOCK_LENGTH};
pub use decoder::{DecodeError, Decoder};
pub use encoder::Encoder;

/// First byte of a TSSC packet after flags and count; it tells the version of the codec.
pub const TSSC_VERSION: u8 = 85;

#[cfg(test)]
mod tests;
