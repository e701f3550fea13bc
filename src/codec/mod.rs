//! Measurement payloads: compact, TSSC and the signal index cache.

pub mod signal_index_cache;

pub use signal_index_cache::SignalIndexCache;
