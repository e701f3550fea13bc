//! Subscriber and publisher sessions joined by a simulated link: no sockets, no threads, no real
//! time. The link cuts the byte streams into pieces anywhere, delays them, stalls one direction
//! and breaks off, all as a seed decides; a failing test prints its seed.

mod base_times;
mod buffer_blocks;
mod caches;
mod datagram_link;
mod datagrams;
mod determinism;
mod disorder;
mod encodings;
mod encryption;
mod forms;
#[expect(dead_code, reason = "scenarios move over to it file by file")]
mod harness;
mod hostile;
mod keep_alive;
mod link;
mod messages;
mod multicast;
mod network;
mod refusals;
mod resubscribing;
mod roles;
mod sharing;
mod signals;
mod slow_readers;
mod temporal;
mod throttled;
