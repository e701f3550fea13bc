//! The `mio` loop: sockets, timers, reconnects, back-pressure.
