//! TLS: whom it lets in, and what it says to whom it does not.

mod bytes;
mod certificates;
mod files;
mod gsf;
mod pair;
mod peers;
mod processes;
mod recorded;
mod roles;
mod trust;
