//! The publisher of the Rust API.
