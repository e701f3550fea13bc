//! What each fuzz target does with an input. A target panics when the library breaks a promise.
//!
//! `fuzz_targets/` hands these to libFuzzer; `tests/fuzz_corpus.rs` replays `corpus/` with them, so that a
//! mistake that was found once is not made again.

mod block_link;
mod c37118;
mod c37118_sessions;
mod c37118_streams;
mod codec;
mod filter;
mod input;
mod metadata;
mod publisher;
mod rights;
mod subscriber;
mod texts;
mod tls;
mod wire;

/// A fuzz target.
pub type Target = fn(&[u8]);

/// All targets by name: each has a file in `fuzz_targets/` and a folder of seeds in `corpus/`.
pub const TARGETS: [(&str, Target); 19] = [
    ("block_link", block_link::block_link),
    ("c37118", c37118::frames),
    ("c37118_client", c37118_sessions::client),
    ("c37118_concentrator", c37118_streams::concentrator),
    ("c37118_encapsulation", c37118_streams::encapsulation),
    ("c37118_server", c37118_sessions::server),
    ("certificates", tls::certificates),
    ("compact", codec::compact),
    ("connection_string", wire::connection_string),
    ("filter_evaluate", filter::evaluate),
    ("filter_parse", filter::parse),
    ("frames", wire::frames),
    ("metadata_xml", metadata::xml),
    ("publisher_session", publisher::session),
    ("rights", rights::rights),
    ("signal_index_cache", codec::signal_index_cache),
    ("subscriber_session", subscriber::session),
    ("texts", texts::texts),
    ("tssc", codec::tssc),
];

/// Runs the target of that name.
///
/// # Panics
///
/// When there is no such target, and when the target finds a mistake.
pub fn run(name: &str, input: &[u8]) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).expect("the name of a target");
    target(input);
}
