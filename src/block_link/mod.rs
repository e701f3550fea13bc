//! Block links: STTP over serial lines, radio and one-way UDP, as its design notes describe it. No sockets, no clocks.
//!
//! `docs/block-links.md` has the layouts, and says what the notes fix and what is decided there.
//!
//! - [`BlockWriter`] and [`BlockAssembler`]: blocks in standard and compact form, found again behind garbage; lost ones are
//!   counted.
//! - [`negotiation`]: what both sides can do, and what of that they do. [`Feature`] and [`Level`] say what there is.
//! - [`stream`]: data points with typed fields, in the Raw and the Standard stream.
//! - [`session`]: one side of a link, which sends, receives, or both.
//! - [`signals`], [`subscription`], [`documents`] and [`c37118`]: what is said about data points.
//!
//! All of it decodes what strangers send: every length is checked before it is believed, and what is kept is bounded.

mod assembler;
#[cfg(test)]
mod assembler_tests;
mod block;
pub mod c37118;
pub mod documents;
mod error;
mod feature;
mod field;
mod kind;
pub mod negotiation;
mod number;
mod sequence;
pub mod session;
pub mod signals;
pub mod stream;
pub mod subscription;

pub use assembler::{Block, BlockAssembler, BlockCounts};
pub use block::{BlockFormat, BlockWriter, LARGEST_BLOCK, LEAST_LARGEST_BLOCK, OVERHEAD, USUAL_BLOCK};
pub use error::BlockLinkError;
pub use feature::{Feature, FeatureTable, Level, Levels};
pub use field::{DataPoint, Field, FieldType};
pub use kind::LinkKind;
pub use sequence::Arrival;
