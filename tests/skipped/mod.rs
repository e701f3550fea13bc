//! How a test says that it, or a part of it, is not run.

use std::io::Write;

/// Writes a line with `SKIPPED` and the reason, which says what is missing. Not by `eprintln!`, whose text nobody sees
/// when the test passes.
pub(crate) fn skipped(reason: &str) {
    std::io::stderr()
        .write_all(format!("SKIPPED: {reason}\n").as_bytes())
        .expect("the standard error takes a line");
}
