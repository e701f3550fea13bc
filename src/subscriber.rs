//! The subscriber of the Rust API.
