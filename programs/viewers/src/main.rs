//! STTP streams for people to look at.

fn main() {}
