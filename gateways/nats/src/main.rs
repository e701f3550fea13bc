//! `sttp-nats`: STTP over NATS.

fn main() {}
