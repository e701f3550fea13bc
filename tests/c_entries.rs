//! No panic crosses into C: every function that C calls does its work inside the guard, its own or that of what several
//! of them share. A panic anywhere else in an `extern "C"` function ends the process.

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
    let (mut entries, mut shared) = (Vec::new(), Vec::new());
    sources(&root.join("src/capi"), &mut |source| {
        entries.extend(functions_of(source, "#[unsafe(no_mangle)]"));
        shared.extend(functions_of(source, "\npub(in crate::capi) unsafe"));
        shared.extend(functions_of(source, "\npub(super) unsafe"));
    });
    let mut names: Vec<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    names.sort_unstable();
    let symbols = fs::read_to_string(root.join("tests/abi/symbols.txt")).unwrap();
    assert_eq!(
        names,
        symbols.lines().collect::<Vec<_>>(),
        "functions that are found, and those that are exported"
    );
    let guards: Vec<&str> = shared.iter().filter(|shared| is_guarded(&shared.body, &[])).map(name).collect();
    let unguarded = entries.iter().filter(|entry| !is_guarded(&entry.body, &guards)).map(name);
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
        ("    // SAFETY: why.\n    unsafe { shared(first, |first| work(first)) }", true),
        ("    unsafe { shared(first) };", true),
        (
            "    unsafe {\n        shared(\n            first,\n            |first| work(first),\n        )\n    }",
            true,
        ),
        ("    let read = |text| look(text);\n    unsafe { shared(first, read) }", true),
        ("    unsafe { other(first) }", false),
        ("    unsafe { shared(first) };\n    work(first)", false),
        ("    unsafe {\n        shared(first);\n        work(first)\n    }", false),
        ("    unsafe {\n        work(first);\n        shared(first)\n    }", false),
    ] {
        assert_eq!(is_guarded(body, &["shared"]), expected, "{body}");
    }
}

struct Function {
    name: String,
    body: String,
}

fn name(function: &Function) -> &str {
    &function.name
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

/// The functions of a file that are behind such a mark, as rustfmt lays them out: a body ends with a brace at the margin.
fn functions_of(source: &str, mark: &str) -> Vec<Function> {
    let marked = source.split(mark).skip(1);
    marked
        .filter_map(|text| {
            let name = text.split_once("fn ")?.1;
            let body = text.split_once("{\n")?.1;
            Some(Function {
                name: name.split(['(', '<']).next()?.to_owned(),
                body: body.split_once("\n}")?.0.to_owned(),
            })
        })
        .collect()
}

/// Whether a body is a call of the guard, or of one of those, behind nothing but closures that it calls.
fn is_guarded(body: &str, guards: &[&str]) -> bool {
    let statements = statements(body, 4);
    let is_closure = |line: &str| {
        let value = line.strip_prefix("let ").and_then(|rest| rest.split_once(" ="));
        value.is_some_and(|(_, value)| value.is_empty() || value.starts_with(" |"))
    };
    let begins = |line: &str, guards: &[&str]| {
        line.split_once('(').is_some_and(|(function, _)| guards.contains(&function))
    };
    let [call] = statements.into_iter().skip_while(|line| is_closure(line)).collect::<Vec<_>>()[..] else {
        return false;
    };
    match call.strip_prefix("unsafe {") {
        None => begins(call, &["guard", "guard_or"]),
        Some("") => matches!(self::statements(body, 8)[..], [call] if begins(call, guards)),
        Some(call) => begins(call.trim_start(), guards),
    }
}

/// What begins so far from the margin, but for ends and continuations of what began before, and comments.
fn statements(body: &str, indent: usize) -> Vec<&str> {
    let own = body.lines().filter(|line| line.len() - line.trim_start().len() == indent);
    own.map(str::trim_start).filter(|line| !line.starts_with(['/', '}', ')', '|', '.'])).collect()
}
