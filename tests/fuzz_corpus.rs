//! The seeds in `fuzz/corpus`, with what the fuzz targets do with them: mistakes that fuzzing found stay mended.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

// It is a crate of its own elsewhere.
#[allow(unreachable_pub)]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use targets::TARGETS;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// Names of the entries of a folder, without what stands behind a dot.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_seed_passes() {
    let mut replayed = 0;
    for (name, _) in TARGETS {
        for entry in fs::read_dir(fuzz().join("corpus").join(name)).expect("a folder of seeds") {
            let path = entry.unwrap().path();
            // Shown when the test fails.
            println!("{}", path.display());
            targets::run(name, &fs::read(path).unwrap());
            replayed += 1;
        }
    }
    assert!(replayed >= 10 * TARGETS.len() / 2, "only {replayed} seeds were found");
}

#[test]
fn every_target_has_a_program_and_seeds() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names(&fuzz().join("fuzz_targets")), targets);
    assert_eq!(names(&fuzz().join("corpus")), targets);
    let manifest = fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    for name in &targets {
        assert!(manifest.contains(&format!("name = \"{name}\"")), "fuzz/Cargo.toml has no program {name}");
        assert!(!names(&fuzz().join("corpus").join(name)).is_empty());
    }
}
