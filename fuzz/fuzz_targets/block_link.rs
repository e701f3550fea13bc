#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| libsttp_fuzz::run("block_link", input));
