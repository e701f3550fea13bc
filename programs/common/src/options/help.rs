//! `--help`: lines for people, tables for documents, both of the form that the other programs have.

use super::{Program, Row};

const COLUMN: usize = 25;
const WIDTH: usize = 100;

/// All options, as lines.
pub(super) fn lines(program: &Program) -> String {
    let mut text = String::new();
    for (number, usage) in program.usage.iter().enumerate() {
        let start = if number == 0 { "Usage:" } else { "      " };
        text += &format!("{start} {} {usage}\n", program.name);
    }
    text += program.about;
    text.push('\n');
    for section in program.sections() {
        text += &format!("\n{}:\n", section.heading);
        section.rows.iter().for_each(|row| add_lines(&mut text, row));
    }
    text.push('\n');
    program.notes.iter().for_each(|note| text += &format!("{note}\n"));
    let missing = sentence(program.missing, |missing| format!(", 3 {missing}"));
    text + &format!("Exit codes: 0 done, 1 failed, 2 wrong usage{missing}.\n")
}

/// All options, as tables of Markdown.
pub(super) fn tables(program: &Program) -> String {
    let mut text = String::new();
    for section in program.sections() {
        text += &format!("\n### {}\n\n| option | |\n| --- | --- |\n", section.heading);
        for row in section.rows {
            let more = [
                sentence(row.needs, |needs| format!(" Needs `--{needs}`.")),
                sentence(row.standard, |standard| format!(" Default: `{standard}`.")),
                sentence(row.see, |page| format!(" See [{page}]({page}).")),
            ];
            let line = format!("| `{}` | {}{} |\n", form(row), row.text.replace('|', "\\|"), more.concat());
            text += &line;
        }
    }
    text
}

/// All options for programs, a line each with tabs between name, value, words that it can be, and text.
pub(super) fn list(program: &Program) -> String {
    let line = |row: &Row| {
        let is_choice = row.value.contains('|') && !row.value.contains(char::is_uppercase);
        let words = if is_choice { row.value.replace('|', ",") } else { String::new() };
        let text = row.text.replace('`', "");
        // The first sentence will do where there is little room.
        let first = text.split_once(". ").map_or(text.trim_end_matches('.'), |(first, _)| first);
        format!("{}\t{}\t{words}\t{first}\n", row.name, row.value)
    };
    program.rows().map(line).collect()
}

fn sentence(word: &str, sentence: impl Fn(&str) -> String) -> String {
    if word.is_empty() { String::new() } else { sentence(word) }
}

fn form(row: &Row) -> String {
    format!("--{} {}", row.name, row.value.replace('|', "\\|")).trim_end().to_owned()
}

fn add_lines(text: &mut String, row: &Row) {
    let option = format!("  --{} {}", row.name, row.value);
    let option = option.trim_end();
    text.push_str(option);
    if option.len() >= COLUMN {
        text.push('\n');
        text.push_str(&" ".repeat(COLUMN));
    } else {
        text.push_str(&" ".repeat(COLUMN - option.len()));
    }
    let all = format!(
        "{}{}{}",
        row.text.replace('`', ""),
        sentence(row.needs, |needs| format!(" Needs --{needs}.")),
        sentence(row.standard, |standard| format!(" Default: {standard}.")),
    );
    let mut column = COLUMN;
    for word in all.split(' ') {
        if column + 1 + word.len() > WIDTH {
            text.push('\n');
            text.push_str(&" ".repeat(COLUMN));
            column = COLUMN;
        } else if column > COLUMN {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += word.len();
    }
    text.push('\n');
}
