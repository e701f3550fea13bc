//! `include/sttp.h` is what the source says, compiles as C and as C++, and agrees with the
//! snapshots of the ABI in `tests/abi`.
//!
//! After a change of the API: `make header`, which is `STTP_UPDATE_HEADER=1 cargo test --test header`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use sttp::block_link::session::BlockLinkCounters;
use sttp::c37118::client::ClientCounters;
use sttp::c37118::concentrator::ConcentratorCounters;
use sttp::c37118::encapsulation::DecapsulatorCounters;
use sttp::c37118::server::ServerCounters;
use sttp::counters::CounterType;
use sttp::gateway::DeviceCounters;
use sttp::gateway::block_link::{LinkCounters, LinkInputCounters};
use sttp::publisher::{ConnectionCounters, PublisherCounters};
use sttp::subscriber::SubscriberCounters;

#[path = "header/settings.rs"]
mod settings;

/// The files of `src/capi` that have something to say in the header, in its order.
const SOURCES: &[&str] = &[
    "shared/status.rs",
    "shared/callback.rs",
    "library.rs",
    "shared/commands.rs",
    "shared/flags.rs",
    "shared/records.rs",
    "shared/time_and_values.rs",
    "shared/date_time2.rs",
    "shared/latency.rs",
    "shared/events.rs",
    "shared/tls.rs",
    "shared/modes.rs",
    "certificates.rs",
    "engine.rs",
    "settings.rs",
    "subscriber/mod.rs",
    "subscriber/waiting.rs",
    "subscriber/connection_strings.rs",
    "subscriber/listening.rs",
    "subscriber/settings.rs",
    "subscriber/events.rs",
    "subscriber/publisher_info.rs",
    "subscriber/reading.rs",
    "subscriber/history.rs",
    "subscriber/recovery.rs",
    "subscriber/buffer_blocks.rs",
    "subscriber/notifications.rs",
    "subscriber/user_commands.rs",
    "subscriber/configuration.rs",
    "subscriber/encryption.rs",
    "subscriber/security.rs",
    "subscriber/statistics.rs",
    "publisher/mod.rs",
    "publisher/connection_strings.rs",
    "publisher/connecting.rs",
    "publisher/security.rs",
    "publisher/settings.rs",
    "publisher/connections.rs",
    "publisher/rights.rs",
    "publisher/events.rs",
    "publisher/history.rs",
    "publisher/buffer_blocks.rs",
    "publisher/notifications.rs",
    "publisher/user_commands.rs",
    "publisher/configuration.rs",
    "publisher/statistics.rs",
    "c37118/configuration.rs",
    "c37118/data.rs",
    "c37118/frames.rs",
    "c37118/builder.rs",
    "c37118/encoding.rs",
    "c37118/events.rs",
    "c37118/input/mod.rs",
    "c37118/input/events.rs",
    "c37118/output/mod.rs",
    "c37118/output/events.rs",
    "block_link/records.rs",
    "block_link/events.rs",
    "block_link/link/mod.rs",
    "block_link/link/events.rs",
    "block_link/input/mod.rs",
    "block_link/input/events.rs",
    "block_link/output/mod.rs",
    "block_link/output/events.rs",
    "metadata/mod.rs",
    "metadata/records.rs",
    "metadata/links.rs",
    "metadata/references.rs",
    "metadata/values.rs",
    "metadata/tables.rs",
    "metadata/select.rs",
    "metadata/evaluate.rs",
    "metadata/findings.rs",
    "metadata/combine.rs",
    "filter/mod.rs",
    "filter/expression.rs",
    "metadata_builder/mod.rs",
    "metadata_builder/standard.rs",
    "counters.rs",
];

#[test]
fn the_header_is_up_to_date() {
    keep_up_to_date("include/sttp.h", &generate());
}

#[test]
fn the_exported_symbols_are_listed() {
    keep_up_to_date("tests/abi/symbols.txt", &(exported_symbols().join("\n") + "\n"));
}

fn exported_symbols() -> Vec<String> {
    let mut symbols: Vec<String> =
        generate().lines().filter_map(declared_function).map(str::to_owned).collect();
    symbols.sort_unstable();
    symbols
}

/// With the version in which each appeared, from which the dependencies of packages that use it are told.
#[test]
fn the_debian_package_lists_the_symbols() {
    const LIST: &str = "debian/libsttp0.symbols";
    let known = fs::read_to_string(root().join(LIST)).unwrap_or_default();
    let known: HashMap<&str, &str> =
        known.lines().filter_map(|line| line.trim().split_once("@Base ")).collect();
    let mut list = format!("libsttp.so.{} libsttp0 #MINVER#\n", env!("CARGO_PKG_VERSION_MAJOR"));
    list += "* Build-Depends-Package: libsttp-dev\n";
    for symbol in exported_symbols() {
        let since = known.get(symbol.as_str()).copied().unwrap_or(env!("CARGO_PKG_VERSION"));
        writeln!(list, " {symbol}@Base {since}").unwrap();
    }
    keep_up_to_date(LIST, &list);
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
fn the_examples_of_the_header_compile() {
    let mut examples = 0;
    for source in SOURCES.iter().map(|name| Source::read(name)) {
        for example in source.introduction.split("```c\n").skip(1) {
            let (example, _) = example.split_once("```").unwrap();
            compile(
                "cc",
                &["-std=c99", "-xc", "-Wno-unused-function"],
                &format!("#include <stdio.h>\n{example}"),
            );
            compile(
                "c++",
                &["-std=c++17", "-xc++", "-Wno-unused-function"],
                &format!("#include <stdio.h>\n{example}"),
            );
            examples += 1;
        }
    }
    assert!(examples >= 5, "{examples}: each handle has an example");
}

#[test]
fn layouts_are_those_that_programs_were_compiled_with() {
    if cfg!(not(target_pointer_width = "64")) {
        return;
    }
    let header = generate();
    let mut program = format!("{header}\n#include <stdio.h>\nint main(void) {{\n");
    for (name, fields) in structs(&header) {
        writeln!(program, "struct align_{name} {{ char first; {name} record; }};").unwrap();
        writeln!(
            program,
            "printf(\"{name} size %zu align %zu\\n\", sizeof({name}), offsetof(struct align_{name}, record));"
        )
        .unwrap();
        for field in fields {
            writeln!(
                program,
                "printf(\"    {field} offset %zu size %zu\\n\", offsetof({name}, {field}), sizeof((({name} *)0)->{field}));"
            )
            .unwrap();
        }
    }
    program += "return 0;\n}\n";
    let layouts = run(&program);
    assert!(layouts.lines().count() > 100);
    keep_up_to_date("tests/abi/layouts.txt", &layouts);
}

/// The structs that the header declares, and their fields.
fn structs(header: &str) -> Vec<(&str, Vec<&str>)> {
    let declarations = header.split("\ntypedef struct ").skip(1);
    let bodies = declarations.filter_map(|declaration| declaration.split_once(" {\n"));
    let records = bodies.filter(|(name, _)| !name.contains([' ', ';']));
    records.map(|(name, rest)| (name, fields(rest.split_once("\n}").unwrap().0))).collect()
}

fn fields(body: &str) -> Vec<&str> {
    let declarations = body.lines().filter_map(|line| line.trim().strip_suffix(';'));
    let declarations = declarations.filter(|declaration| !declaration.starts_with(['*', '/']));
    let names = declarations.map(|declaration| declaration.rsplit([' ', '*']).next().unwrap());
    names.map(|name| name.split('[').next().unwrap()).collect()
}

/// What a C program prints.
fn run(program: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let (source, built) = (folder.join("layouts.c"), folder.join("layouts"));
    fs::write(&source, program).unwrap();
    let compiled = Command::new("cc").arg(&source).arg("-o").arg(&built).status().unwrap();
    assert!(compiled.success(), "cc refuses {}", source.display());
    String::from_utf8(Command::new(&built).output().unwrap().stdout).unwrap()
}

/// The header as it should be: what cbindgen makes of the sources, in the order of the sources, each
/// with its title and introduction, and with a table of contents.
fn generate() -> String {
    static HEADER: LazyLock<String> = LazyLock::new(write_header);
    HEADER.clone()
}

fn write_header() -> String {
    let sources: Vec<Source> = SOURCES.iter().map(|name| Source::read(name)).collect();
    let config = cbindgen::Config::from_file(root().join("cbindgen.toml")).unwrap();
    let records =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("counters-{}.rs", std::process::id()));
    fs::write(&records, counter_records()).unwrap();
    let builder = cbindgen::Builder::new().with_config(config).with_src(root().join("src/capi/mod.rs"));
    let builder = builder.with_src(&records);
    let mut header = Vec::new();
    builder.generate().unwrap().write(&mut header);
    let header = String::from_utf8(header).unwrap();
    let (start, rest) = header.split_once("#include <stdint.h>\n").unwrap();
    let (declarations, end) = rest.split_once("\n#ifdef __cplusplus\n}").unwrap();
    let mut items: Vec<Item> = declarations.split("\n\n").filter_map(Item::new).collect();

    let mut contents = String::new();
    let mut body = String::from(EXTERN_C);
    let handles = items.extract_if(.., |item| item.is_handle()).map(|item| item.text);
    add_section(&mut body, "Handles", "", &handles.collect::<Vec<_>>());
    for source in &sources {
        let mut own: Vec<(usize, Item)> = items
            .extract_if(.., |item| source.place_of(item).is_some())
            .map(|item| (source.place_of(&item).unwrap(), item))
            .collect();
        own.sort_by_key(|(place, _)| *place);
        if own.is_empty() {
            panic!("{} has nothing for the header: take it from SOURCES", source.path.display());
        }
        let mut texts = if source.path.ends_with(SETTINGS) { settings::constants() } else { Vec::new() };
        texts.extend(own.iter().map(|(_, item)| source.in_hexadecimal(item)));
        add_section(&mut body, &source.title, &source.introduction, &texts);
        add_contents(&mut contents, &source.title, own.iter().map(|(_, item)| item));
    }
    let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
    assert!(names.is_empty(), "no source declares {names:?}");
    let start = start.replace(" * CONTENTS\n", &contents);
    format!("{start}#include <stdint.h>\n{body}\n#ifdef __cplusplus\n}}{end}")
}

/// The file whose section has a constant for each setting, too.
const SETTINGS: &str = "src/capi/settings.rs";

/// The structs that the tables of counters make, as cbindgen can read them.
fn counter_records() -> String {
    let mut records = String::new();
    for (name, document, counters) in [
        ("sttp_subscriber_counters", SubscriberCounters::DOCUMENT, SubscriberCounters::COUNTERS),
        ("sttp_publisher_counters", PublisherCounters::DOCUMENT, PublisherCounters::COUNTERS),
        ("sttp_connection_counters", ConnectionCounters::DOCUMENT, ConnectionCounters::COUNTERS),
        ("sttp_c37118_device_counters", DeviceCounters::DOCUMENT, DeviceCounters::COUNTERS),
        ("sttp_c37118_client_counters", ClientCounters::DOCUMENT, ClientCounters::COUNTERS),
        ("sttp_c37118_stream_counters", ConcentratorCounters::DOCUMENT, ConcentratorCounters::COUNTERS),
        ("sttp_c37118_server_counters", ServerCounters::DOCUMENT, ServerCounters::COUNTERS),
        ("sttp_c37118_relay_counters", DecapsulatorCounters::DOCUMENT, DecapsulatorCounters::COUNTERS),
        ("sttp_block_link_counters", LinkCounters::DOCUMENT, LinkCounters::COUNTERS),
        ("sttp_block_link_session_counters", BlockLinkCounters::DOCUMENT, BlockLinkCounters::COUNTERS),
        ("sttp_block_link_input_counters", LinkInputCounters::DOCUMENT, LinkInputCounters::COUNTERS),
    ] {
        write!(records, "{}#[repr(C)]\npub struct {name} {{\n", document_lines(document)).unwrap();
        for counter in counters {
            let value_type = match counter.value_type {
                CounterType::Integer => "u64",
                CounterType::Number => "f64",
                CounterType::Time => "i64",
            };
            let document = document_lines(counter.document());
            writeln!(records, "{document}pub {}: {value_type},", counter.name()).unwrap();
        }
        records.push_str("}\n");
    }
    records
}

/// A text as lines of a document.
fn document_lines(text: &str) -> String {
    let mut lines = String::from("///");
    let mut room = LINE;
    for word in text.split_whitespace() {
        if room < word.len() + 1 {
            lines.push_str("\n///");
            room = LINE;
        }
        room -= word.len() + 1;
        write!(lines, " {word}").unwrap();
    }
    lines + "\n"
}

/// Characters of a line of a document.
const LINE: usize = 100;

const EXTERN_C: &str = "\n#ifdef __cplusplus\nextern \"C\" {\n#endif  // __cplusplus\n";

/// A file of `src/capi`.
struct Source {
    path: PathBuf,
    text: String,
    /// First sentence of its document.
    title: String,
    /// The rest of its document.
    introduction: String,
}

impl Source {
    fn read(name: &str) -> Source {
        let path = root().join("src/capi").join(name);
        let text = fs::read_to_string(&path).unwrap();
        let document = text.lines().map_while(|line| line.strip_prefix("//!"));
        let mut document = document.map(|line| line.strip_prefix(' ').unwrap_or(line));
        let title = document.next().unwrap().trim_end_matches('.').to_owned();
        let introduction = document.collect::<Vec<_>>().join("\n").trim().to_owned();
        Source { path, text, title, introduction }
    }

    /// Where the file declares an item.
    fn place_of(&self, item: &Item) -> Option<usize> {
        let declared = |keyword: &str| {
            let declaration = format!("{keyword} {}", item.name);
            let ends = |place: usize| {
                !self.text[place + declaration.len()..].starts_with(|c: char| c == '_' || c.is_alphanumeric())
            };
            self.text.match_indices(&declaration).map(|(place, _)| place).find(|place| ends(*place))
        };
        ["pub const", "pub struct", "pub type", "extern \"C\" fn", "Counters as"]
            .into_iter()
            .find_map(declared)
    }

    /// An item as the header has it: a constant that the source writes in hexadecimal stays so.
    fn in_hexadecimal(&self, item: &Item) -> String {
        let constant = || {
            let declaration = self.text.split_once(&format!("pub const {}:", item.name))?.1;
            let value = declaration.split_once("= ")?.1.split_once(';')?.0;
            value.starts_with("0x").then(|| value.replace('_', ""))
        };
        match constant() {
            Some(value) => format!("{} {value}", item.text.rsplit_once(' ').unwrap().0),
            None => item.text.clone(),
        }
    }
}

/// A declaration with its document.
struct Item {
    name: String,
    text: String,
}

impl Item {
    /// `None` for what is no declaration.
    fn new(text: &str) -> Option<Item> {
        let text = text.trim_matches('\n');
        let declaration = text.split_once(" */\n").map_or(text, |(_, declaration)| declaration);
        let name = if let Some(constant) = declaration.strip_prefix("#define ") {
            constant.split(' ').next()
        } else if declaration.starts_with('#') || declaration.is_empty() {
            None
        } else if let Some((_, name)) =
            declaration.split_once("(*").filter(|_| declaration.starts_with("typedef"))
        {
            name.split(')').next()
        } else if let Some(name) = declaration.strip_prefix("typedef struct ") {
            name.split([' ', ';']).next()
        } else {
            declaration.lines().find_map(declared_function)
        };
        name.map(|name| Item { name: name.to_owned(), text: text.to_owned() })
    }

    /// Tells an opaque struct.
    fn is_handle(&self) -> bool {
        self.text.ends_with(&format!("typedef struct {0} {0};", self.name))
    }
}

fn add_section(header: &mut String, title: &str, introduction: &str, items: &[String]) {
    write!(header, "\n/* ==== {title} ====").unwrap();
    for line in introduction.lines() {
        let line = line.trim_start_matches("```c").trim_start_matches("```");
        write!(header, "\n *{}{line}", if line.is_empty() { "" } else { " " }).unwrap();
    }
    header.push_str(if introduction.is_empty() { " */\n" } else { "\n */\n" });
    for item in items {
        write!(header, "\n{item}\n").unwrap();
    }
}

/// A section's title, and its functions in lines of a bounded length.
fn add_contents<'a>(contents: &mut String, title: &str, items: impl Iterator<Item = &'a Item>) {
    write!(contents, " *   {title}").unwrap();
    let mut room = 0;
    for function in
        items.filter(|item| item.text.ends_with(';') && item.text.contains(&format!("{}(", item.name)))
    {
        let name = function.name.trim_start_matches("sttp_");
        if room < name.len() + 2 {
            contents.push_str("\n *      ");
            room = 96;
        }
        room -= name.len() + 2;
        write!(contents, " {name}").unwrap();
    }
    contents.push('\n');
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
