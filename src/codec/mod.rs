//! Measurement payloads: compact, TSSC and the signal index cache.
