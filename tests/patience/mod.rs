//! How long tests over real sockets wait, and how much they ask for.

use std::time::Duration;

/// How many times slower than usual everything is: `STTP_TEST_SLOWNESS` when the tests are built, as `tests/sanitize.sh`
/// sets it. Tests whose work is done in a certain time divide it by this.
pub(crate) const SLOWNESS: usize = match option_env!("STTP_TEST_SLOWNESS") {
    None => 1,
    Some(text) => match usize::from_str_radix(text, 10) {
        Ok(times @ 1..) => times,
        _ => panic!("STTP_TEST_SLOWNESS is a whole number from 1 on"),
    },
};

/// Longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60 * SLOWNESS as u64);
