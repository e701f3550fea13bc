//! Files of options, in place of long command lines: `name = value`, or a name alone, one a line.

use super::{Arguments, Program};

/// Adds what a file says to what a command line said, which goes over it.
///
/// # Errors
///
/// A line with the file and the place in it.
pub(super) fn read(program: &Program, path: &str, into: &mut Arguments) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let mut found = Arguments::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (name, value) = match line.split_once('=') {
            Some((name, value)) => (name.trim_end(), Some(value.trim_start().to_owned())),
            None => (line, None),
        };
        let name = name.strip_prefix("--").unwrap_or(name);
        let taken = match (name, value) {
            ("argument", Some(word)) => found.take_operand(word, program.operands),
            ("config" | "help" | "version", _) => Err(format!("--{name} is for command lines")),
            (name, value) => program.take(name, value, &mut found, || None),
        };
        taken.map_err(|what| format!("{path}:{}: {what}", number + 1))?;
    }
    // What may be repeated is there in the order in which it is to be applied.
    let is_given = |name: &str| into.has(name) && name != "set";
    found.options.retain(|(name, _)| !is_given(name));
    found.options.append(&mut into.options);
    into.options = found.options;
    if into.operands.is_empty() {
        into.operands = found.operands;
    }
    Ok(())
}
