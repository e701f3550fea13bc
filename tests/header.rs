//! `include/sttp.h` is what the source says, compiles as C and as C++, and agrees with the
//! snapshots of the ABI in `tests/abi`.
//!
//! After a change of the API: `STTP_UPDATE_HEADER=1 cargo test --test header`.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The files of `src/capi` that have something to say in the header, in its order.
const SOURCES: &[&str] = &[
    "shared/status.rs",
    "library.rs",
    "shared/flags.rs",
    "shared/records.rs",
    "shared/latency.rs",
    "shared/callback.rs",
    "shared/events.rs",
    "shared/time_and_values.rs",
    "shared/date_time2.rs",
    "engine.rs",
    "subscriber/mod.rs",
    "subscriber/connection_strings.rs",
    "subscriber/listening.rs",
    "subscriber/settings.rs",
    "subscriber/forms.rs",
    "subscriber/data_channels.rs",
    "subscriber/callbacks.rs",
    "subscriber/events.rs",
    "subscriber/history.rs",
    "subscriber/recovery.rs",
    "subscriber/buffer_blocks.rs",
    "subscriber/notifications.rs",
    "subscriber/user_commands.rs",
    "subscriber/configuration.rs",
    "subscriber/encryption.rs",
    "subscriber/statistics.rs",
    "publisher/mod.rs",
    "publisher/connection_strings.rs",
    "publisher/connecting.rs",
    "publisher/forms.rs",
    "publisher/data_channels.rs",
    "publisher/encryption.rs",
    "publisher/callbacks.rs",
    "publisher/events.rs",
    "publisher/history.rs",
    "publisher/buffer_blocks.rs",
    "publisher/notifications.rs",
    "publisher/user_commands.rs",
    "publisher/configuration.rs",
    "publisher/statistics.rs",
    "metadata/mod.rs",
    "metadata/records.rs",
    "metadata/links.rs",
    "metadata/tables.rs",
    "metadata/select.rs",
    "metadata/values.rs",
    "metadata_builder/mod.rs",
    "metadata_builder/standard.rs",
];

#[test]
fn the_header_is_up_to_date() {
    keep_up_to_date("include/sttp.h", &generate());
}

#[test]
fn the_exported_symbols_are_listed() {
    let mut symbols: Vec<String> =
        generate().lines().filter_map(declared_function).map(str::to_owned).collect();
    symbols.sort_unstable();
    keep_up_to_date("tests/abi/symbols.txt", &(symbols.join("\n") + "\n"));
}

#[test]
fn the_header_compiles_as_c99() {
    compile("cc", &["-std=c99", "-xc"], "int main(void) { return STTP_OK; }\n");
}

#[test]
fn the_header_compiles_as_cpp17() {
    compile("c++", &["-std=c++17", "-xc++"], "int main() { return STTP_OK; }\n");
}

#[test]
fn layouts_in_c_are_those_of_the_snapshot() {
    if cfg!(not(target_pointer_width = "64")) {
        return;
    }
    let layouts = fs::read_to_string(root().join("tests/abi/layouts.txt")).unwrap();
    let mut program = String::from("#define CHECK(condition) _Static_assert(condition, #condition)\n");
    let mut record = "";
    for line in layouts.lines() {
        match line.split_whitespace().collect::<Vec<_>>()[..] {
            [name, "size", size, "align", align] => {
                record = name;
                writeln!(program, "CHECK(sizeof({name}) == {size});\nCHECK(_Alignof({name}) == {align});")
                    .unwrap();
            }
            [field, "offset", offset, "size", size] => {
                writeln!(program, "CHECK(offsetof({record}, {field}) == {offset});").unwrap();
                writeln!(program, "CHECK(sizeof((({record} *)0)->{field}) == {size});").unwrap();
            }
            _ => panic!("tests/abi/layouts.txt has the line {line:?}"),
        }
    }
    assert!(program.matches("CHECK").count() > 100);
    compile("cc", &["-std=c11", "-xc"], &program);
}

/// The header as it should be.
fn generate() -> String {
    let sources: Vec<PathBuf> = SOURCES.iter().map(|name| root().join("src/capi").join(name)).collect();
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let builder = sources
        .iter()
        .fold(cbindgen::Builder::new().with_config(config), |builder, source| builder.with_src(source));
    let mut header = Vec::new();
    builder.generate().unwrap().write(&mut header);
    sources.iter().fold(String::from_utf8(header).unwrap(), |header, source| add_section(header, source))
}

/// Puts the first sentence of a source file's document above the first of its functions.
fn add_section(header: String, source: &Path) -> String {
    let text = fs::read_to_string(source).unwrap();
    let Some((_, rest)) =
        text.split_once("extern \"C\" fn sttp_").filter(|(before, _)| before.contains("no_mangle"))
    else {
        return header;
    };
    let function = format!("sttp_{}", rest.split('(').next().unwrap());
    let title = text.lines().next().unwrap().trim_start_matches("//! ").trim_end_matches('.');
    let mut lines = header.split_inclusive('\n').scan(0, |end, line| {
        *end += line.len();
        Some((*end - line.len(), line))
    });
    let declaration = lines.find(|(_, line)| declared_function(line) == Some(&function));
    let (declaration, _) = declaration.unwrap_or_else(|| panic!("{function} is not in the header"));
    let document = header[..declaration].rfind("/**").unwrap();
    format!("{}/* -- {title} -- */\n\n{}", &header[..document], &header[document..])
}

/// The name of the function whose declaration begins on `line`.
fn declared_function(line: &str) -> Option<&str> {
    let (before, _) = line.split_once('(')?;
    let name = before.rsplit([' ', '*']).next()?;
    let declares =
        name.starts_with("sttp_") && before.len() > name.len() && line.starts_with(char::is_alphabetic);
    (declares && !line.starts_with("typedef")).then_some(name)
}

/// Compares a file of the project with what it should contain, or writes it when asked to.
fn keep_up_to_date(path: &str, expected: &str) {
    let file = root().join(path);
    if std::env::var_os("STTP_UPDATE_HEADER").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, expected).unwrap();
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    let difference = found.lines().zip(expected.lines()).position(|(found, expected)| found != expected);
    assert!(
        found == expected,
        "{path} is stale from line {} on; run: STTP_UPDATE_HEADER=1 cargo test --test header",
        difference.map_or(found.lines().count().min(expected.lines().count()), |line| line) + 1,
    );
}

/// Compiles a program that begins with the header.
fn compile(compiler: &str, options: &[&str], program: &str) {
    let mut child = Command::new(compiler)
        .args(["-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only"])
        .args(options)
        .arg("-")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {compiler}, which this test needs: {error}"));
    let program = generate() + program;
    child.stdin.take().unwrap().write_all(program.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{compiler} refuses the header");
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
