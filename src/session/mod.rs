//! The protocol as state machines without sockets, threads or clocks.
