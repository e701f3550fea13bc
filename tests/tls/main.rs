//! TLS: whom it lets in, and what it says to whom it does not.

mod bytes;
mod certificates;
mod files;
mod gsf;
mod pair;
#[path = "../patience/mod.rs"]
mod patience;
mod peers;
mod processes;
mod recorded;
mod roles;
mod trust;
