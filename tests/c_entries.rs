//! No panic crosses into C: every function that C calls does its work inside the guard. A panic anywhere else in an
//! `extern "C"` function ends the process.

use std::fs;
use std::path::{Path, PathBuf};

/// Functions that do nothing that could panic: they answer a constant, or look one up by a `match`.
const WITHOUT_GUARD: [&str; 6] = [
    "sttp_command_name",
    "sttp_flag_name",
    "sttp_state_name",
    "sttp_status_name",
    "sttp_version",
    "sttp_version_text",
];

#[test]
fn every_function_of_the_c_api_is_guarded() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut entries = Vec::new();
    sources(&root.join("src/capi"), &mut |source| entries.extend(entries_of(source)));
    let mut names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    names.sort_unstable();
    let symbols = fs::read_to_string(root.join("tests/abi/symbols.txt")).unwrap();
    assert_eq!(
        names,
        symbols.lines().collect::<Vec<_>>(),
        "functions that are found, and those that are exported"
    );
    let unguarded = entries.iter().filter(|entry| !is_guarded(&entry.body)).map(|entry| entry.name.as_str());
    let mut unguarded: Vec<&str> = unguarded.collect();
    unguarded.sort_unstable();
    assert_eq!(unguarded, WITHOUT_GUARD);
}

#[test]
fn what_is_outside_of_the_guard_is_seen() {
    for (body, expected) in [
        ("    guard(|| work(first))", true),
        ("    // SAFETY: why.\n    guard_or((), || drop(work()));", true),
        ("    let find = |text| {\n        look(text)\n    };\n    guard(|| find(text))", true),
        ("    guard_or(c\"\", name).as_ptr()", true),
        ("    work(first);\n    guard(|| Ok(()))", false),
        ("    let found = look(text);\n    guard(|| work(found))", false),
        ("    guard(|| Ok(()));\n    work(first)", false),
        ("    work(first)", false),
    ] {
        assert_eq!(is_guarded(body), expected, "{body}");
    }
}

struct Entry {
    name: String,
    body: String,
}

fn sources(folder: &Path, take: &mut dyn FnMut(&str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, take);
        } else {
            take(&fs::read_to_string(path).unwrap());
        }
    }
}

/// The functions of a file that are exported, as rustfmt lays them out: a body ends with a brace at the margin.
fn entries_of(source: &str) -> Vec<Entry> {
    let exported = source.split("#[unsafe(no_mangle)]").skip(1);
    exported
        .map(|text| {
            let name = text.split_once(" fn ").unwrap().1;
            let body = text.split_once("{\n").unwrap().1;
            Entry {
                name: name.split(['(', '<']).next().unwrap().to_owned(),
                body: body.split_once("\n}").unwrap().0.to_owned(),
            }
        })
        .collect()
}

/// Whether a body is a call of the guard, behind nothing but closures that it calls.
fn is_guarded(body: &str) -> bool {
    // Lines of the body itself, not those inside of what they begin.
    let own = body.lines().filter(|line| line.starts_with("    ") && !line.starts_with("     "));
    let mut begun = own.filter(|line| !line.trim_start().starts_with(['/', '}', ')', '|', '.']));
    let is_guard =
        |line: &&str| ["guard(", "guard_or("].iter().any(|guard| line.trim_start().starts_with(guard));
    let is_closure = |line: &str| {
        let value = line.trim_start().strip_prefix("let ").and_then(|rest| rest.split_once(" ="));
        value.is_some_and(|(_, value)| value.is_empty() || value.starts_with(" |"))
    };
    let guard = begun.find(|line| !is_closure(line));
    guard.as_ref().is_some_and(is_guard) && begun.next().is_none()
}
