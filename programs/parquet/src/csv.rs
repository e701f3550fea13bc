//! Lines of CSV, as RFC 4180 has them.

use std::io::{self, BufRead, Write};

/// Bytes of a line.
const LONGEST: usize = 16 << 20;

/// Reads rows of fields.
pub struct Reader<R> {
    from: R,
    line: Vec<u8>,
    number: u64,
}

impl<R: BufRead> Reader<R> {
    pub fn new(from: R) -> Reader<R> {
        Reader { from, line: Vec::new(), number: 0 }
    }

    /// Which line was read last, counted from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Reads the next row that is not empty into `fields`; false at the end.
    ///
    /// # Errors
    ///
    /// A line that says what cannot be read.
    pub fn read(&mut self, fields: &mut Vec<String>) -> Result<bool, String> {
        loop {
            self.line.clear();
            self.number += 1;
            let told = |what: &dyn std::fmt::Display| format!("line {}: {what}", self.number);
            let mut limited = io::Read::take(&mut self.from, LONGEST as u64);
            if limited.read_until(b'\n', &mut self.line).map_err(|error| told(&error))? == 0 {
                return Ok(false);
            }
            if self.line.len() == LONGEST {
                return Err(told(&"it is longer than 16 MiB"));
            }
            let text = std::str::from_utf8(&self.line).map_err(|_| told(&"it is not UTF-8"))?;
            let text = text.trim_end_matches(['\r', '\n']);
            let text = if self.number == 1 { text.trim_start_matches('\u{feff}') } else { text };
            if !text.is_empty() {
                return split(text, fields).map(|()| true).map_err(|what| told(&what));
            }
        }
    }
}

fn split(line: &str, fields: &mut Vec<String>) -> Result<(), &'static str> {
    fields.clear();
    let mut field = String::new();
    let mut characters = line.chars().peekable();
    let (mut is_quoted, mut was_quoted) = (false, false);
    while let Some(character) = characters.next() {
        match character {
            '"' if is_quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' if is_quoted => is_quoted = false,
            '"' if field.is_empty() && !was_quoted => (is_quoted, was_quoted) = (true, true),
            ',' if !is_quoted => {
                fields.push(std::mem::take(&mut field));
                was_quoted = false;
            }
            other => field.push(other),
        }
    }
    if is_quoted {
        return Err("a quoted field does not end");
    }
    fields.push(field);
    Ok(())
}

/// Writes a row of fields.
pub fn write<'a>(mut to: impl Write, fields: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
    for (number, field) in fields.into_iter().enumerate() {
        if number > 0 {
            to.write_all(b",")?;
        }
        if field.contains([',', '"', '\n', '\r']) {
            write!(to, "\"{}\"", field.replace('"', "\"\""))?;
        } else {
            to.write_all(field.as_bytes())?;
        }
    }
    to.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_as_they_are_written() {
        let rows = [vec!["a", "b,c", "d\"e", ""], vec!["", "\"", "é", "x y"]];
        let mut written = Vec::new();
        rows.iter().for_each(|row| write(&mut written, row.iter().copied()).unwrap());
        let mut reader = Reader::new(&*written);
        let mut fields = Vec::new();
        for row in rows {
            assert!(reader.read(&mut fields).unwrap());
            assert_eq!(fields, row);
        }
        assert!(!reader.read(&mut fields).unwrap());
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let mut fields = Vec::new();
        let mut read = |text: &[u8]| {
            let mut reader = Reader::new(text);
            while reader.read(&mut fields)? {}
            Ok::<(), String>(())
        };
        assert_eq!(read(b"\xef\xbb\xbfa\r\n\nb\"\n"), Ok(()));
        assert_eq!(read(b"a\n\"b\n"), Err("line 2: a quoted field does not end".into()));
        assert_eq!(read(b"\xff\n"), Err("line 1: it is not UTF-8".into()));
    }
}
