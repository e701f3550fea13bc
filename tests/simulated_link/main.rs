//! Publishers and subscribers, with their real drivers, on a simulated network: no sockets, no threads, no
//! real time. The network cuts the byte streams into pieces anywhere, delays them, stalls one direction
//! and breaks off, all as a seed decides; a failing test prints its seed.

mod altered_lengths;
mod asking;
mod base_times;
mod buffer_blocks;
mod cached_values;
mod caches;
mod datagrams;
mod determinism;
mod dirty_metadata;
mod disorder;
mod driver_faults;
mod encodings;
mod encryption;
mod forms;
mod harness;
mod hostile;
mod keep_alive;
mod known;
mod limits;
mod lossy_blocks;
mod messages;
mod multicast;
mod one_connection;
mod reaching;
mod recovering;
mod refusals;
mod resubscribing;
mod rights;
mod roles;
mod sharing;
mod signals;
mod slow_readers;
mod standing;
mod strangers;
mod sweep;
mod temporal;
mod temporal_application;
mod throttled;
mod tls;
mod unknown_signals;
mod unnamed_caches;
