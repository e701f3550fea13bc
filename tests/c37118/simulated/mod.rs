//! Sessions of C37.118 joined by links that lose, double, reorder and damage datagrams, split and cut streams,
//! on a clock that takes no time.
//!
//! Everything that chance decides comes from a seed. `STTP_SEED=17 cargo test --test c37118 simulated` plays seed 17
//! again, `STTP_SEEDS=5000` so many, from 0 on.

mod chance;
mod conditions;
mod stream;
mod world;

use std::ops::Range;

use crate::seeds::said_seeds;
use chance::Chance;
use world::World;

/// Seeds that are played when nobody says which.
const USUAL_SEEDS: Range<u64> = 0..200;

fn play(is_whole: bool) {
    for seed in said_seeds().unwrap_or(USUAL_SEEDS) {
        let played = std::panic::catch_unwind(|| World::new(Chance::new(seed), is_whole).play());
        if let Err(cause) = played {
            println!("STTP_SEED={seed} plays this again");
            std::panic::resume_unwind(cause);
        }
    }
}

#[test]
fn nothing_is_lost_on_a_link_that_is_whole() {
    play(true);
}

#[test]
fn every_frame_is_right_and_every_session_recovers() {
    play(false);
}
