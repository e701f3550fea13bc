//! How the source is built: inside a folder, modules use others beside them in one direction only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders in which no modules import each other in a circle, a parent and its children aside. The
/// folders inside them are looked at too.
const FOLDERS: &[&str] = &[
    "gateways/nats/src/bus",
    "gateways/nats/src/config",
    "gateways/nats/src/ingest",
    "gateways/nats/src/operation",
    "gateways/nats/src/serve",
    "gateways/nats/src/tstp",
    "programs/viewers/src/model",
    "programs/viewers/src/top",
    "programs/viewers/src/view",
    "src/block_link",
    "src/c37118",
    "src/capi",
    "src/gateway",
    "src/publisher",
    "src/rights",
    "src/session/publisher",
    "src/session/subscriber",
    "src/settings",
    "src/subscriber",
    "src/tls",
    "src/wire",
];

#[test]
fn modules_beside_each_other_import_in_one_direction() {
    let circles: Vec<String> = FOLDERS.iter().flat_map(|folder| circles_in(&root().join(folder))).collect();
    assert!(circles.is_empty(), "modules that import each other:\n{}", circles.join("\n"));
}

#[test]
fn circles_are_found() {
    let uses = |name: &str, others: &[&str]| {
        (name.to_owned(), others.iter().map(|&other| other.to_owned()).collect())
    };
    let straight = Uses::from([uses("a", &["b", "c"]), uses("b", &["c"]), uses("c", &[])]);
    assert_eq!(circle(&straight), None);
    let round = Uses::from([uses("a", &["b"]), uses("b", &["c"]), uses("c", &["d"]), uses("d", &["b"])]);
    assert_eq!(circle(&round).unwrap(), ["b", "c", "d", "b"]);
}

#[test]
fn paths_are_read_as_rust_writes_them() {
    let siblings = ["one", "two", "three", "four", "five"].map(str::to_owned);
    let source = "use super::one::A;\nuse crate::x::{two, three::{B, C}};\nfn f() { super::four::g(); }\n\
                  // super::five is only spoken of\nuse self::child::super_five;\n#[cfg(test)]\nmod tests {\n    \
                  use crate::x::five;\n}\n";
    let found = siblings_used(source, &["super::".into(), "crate::x::".into()], &siblings);
    assert_eq!(found, ["four", "one", "three", "two"].map(str::to_owned).into());
}

/// The modules of a folder, and which of the others each uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// The circles of a folder and of those inside it, each as text.
fn circles_in(folder: &Path) -> Vec<String> {
    let modules = modules_of(folder);
    assert!(!modules.is_empty(), "{} has no modules", folder.display());
    let names: Vec<String> = modules.keys().cloned().collect();
    let prefix = format!("crate::{}::", path_of(folder));
    let mut uses = Uses::new();
    let mut circles = Vec::new();
    for (name, path) in &modules {
        let mut used = BTreeSet::new();
        for (file, depth) in files_of(path, 1) {
            let up = "super::".repeat(depth);
            used.extend(siblings_used(&fs::read_to_string(file).unwrap(), &[up, prefix.clone()], &names));
        }
        used.remove(name);
        uses.insert(name.clone(), used);
        if path.is_dir() {
            circles.extend(circles_in(path));
        }
    }
    circles.extend(circle(&uses).map(|circle| format!("{}: {}", folder.display(), circle.join(" -> "))));
    circles
}

/// Files and folders of a folder that are modules beside each other, tests aside.
fn modules_of(folder: &Path) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_source = |path: &Path| path.extension().is_some_and(|extension| extension == "rs");
    // Other folders hold no modules, but what is included, for example.
    let holds_sources = |path: &Path| {
        path.is_dir() && fs::read_dir(path).unwrap().any(|entry| is_source(&entry.unwrap().path()))
    };
    let sources = entries.filter(|path| is_source(path) || holds_sources(path));
    let named = sources.map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), path));
    named.filter(|(name, _)| name != "mod" && !name.ends_with("tests")).collect()
}

/// The files of a module, and how many modules up from each the folder is that holds the module.
fn files_of(path: &Path, depth: usize) -> Vec<(PathBuf, usize)> {
    if path.is_file() {
        return vec![(path.to_owned(), depth)];
    }
    let own = path.join("mod.rs");
    let inner = modules_of(path).into_values().flat_map(|inner| files_of(&inner, depth + 1));
    own.is_file().then_some((own, depth)).into_iter().chain(inner).collect()
}

/// Which of the siblings the text uses by a path that begins with one of the prefixes.
fn siblings_used(source: &str, prefixes: &[String], siblings: &[String]) -> BTreeSet<String> {
    let code = source.split("\n#[cfg(test)]").next().unwrap_or_default();
    let code: String =
        code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut used = BTreeSet::new();
    for prefix in prefixes {
        for (place, _) in code.match_indices(prefix.as_str()) {
            if code[..place].ends_with("::") {
                continue;
            }
            let names = first_names(&code[place + prefix.len()..]);
            used.extend(names.into_iter().filter(|name| siblings.contains(name)));
        }
    }
    used
}

/// The first names of a path, or of each path of a group in braces.
fn first_names(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![path.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()];
    };
    let mut depth = 0_usize;
    let mut names = vec![String::new()];
    let mut in_first = true;
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(String::new());
                in_first = true;
            }
            ':' if depth == 0 => in_first = false,
            c if depth == 0 && in_first && (c.is_alphanumeric() || c == '_') => {
                names.last_mut().unwrap().push(c)
            }
            _ => {}
        }
    }
    names
}

/// A circle, if there is one: its modules, the first once more at the end.
fn circle(uses: &Uses) -> Option<Vec<String>> {
    fn follow(
        uses: &Uses,
        module: &str,
        way: &mut Vec<String>,
        done: &mut BTreeSet<String>,
    ) -> Option<Vec<String>> {
        if let Some(start) = way.iter().position(|earlier| earlier == module) {
            let mut circle = way[start..].to_vec();
            circle.push(module.to_owned());
            return Some(circle);
        }
        if !done.insert(module.to_owned()) {
            return None;
        }
        way.push(module.to_owned());
        let found = uses[module].iter().find_map(|next| follow(uses, next, way, done));
        way.pop();
        found
    }
    let mut done = BTreeSet::new();
    uses.keys().find_map(|module| follow(uses, module, &mut Vec::new(), &mut done))
}

/// The path of a folder's module, as `session::publisher` for `src/session/publisher`.
fn path_of(folder: &Path) -> String {
    let inside = folder.strip_prefix(root()).unwrap().iter().map(|part| part.to_str().unwrap());
    let parts: Vec<&str> = inside.skip_while(|part| *part != "src").skip(1).collect();
    parts.join("::")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
