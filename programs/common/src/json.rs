//! Writing JSON, without a tree of values in between: it is written several times a second.

use std::fmt::{Display, Write};

/// Writes one JSON document. Whoever calls opens and closes in pairs.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
    /// A comma is due before the next value or name.
    comma: bool,
}

impl Writer {
    /// What was written.
    pub fn finish(self) -> String {
        self.text
    }

    /// Opens an object, writes what is in it, and closes it.
    pub fn object(&mut self, inside: impl FnOnce(&mut Writer)) -> &mut Writer {
        self.enclose('{', '}', inside)
    }

    /// Opens an array, writes what is in it, and closes it.
    pub fn array(&mut self, inside: impl FnOnce(&mut Writer)) -> &mut Writer {
        self.enclose('[', ']', inside)
    }

    /// The name of the member that follows.
    pub fn name(&mut self, name: &str) -> &mut Writer {
        self.text(name);
        self.text.push(':');
        self.comma = false;
        self
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> &mut Writer {
        self.separate();
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => self.text.extend(['\\', character]),
                // Those above the controls would end a line of JavaScript, or of an event stream.
                '\0'..='\x1f' | '\x7f' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                    self.put(format_args!("\\u{:04x}", character as u32));
                }
                _ => self.text.push(character),
            }
        }
        self.text.push('"');
        self
    }

    /// A whole number.
    pub fn integer(&mut self, number: impl Into<i128>) -> &mut Writer {
        self.separate();
        self.put(number.into());
        self
    }

    /// A number with so many digits behind the point; `null` for what JSON has no number for.
    pub fn number(&mut self, number: f64, digits: usize) -> &mut Writer {
        self.separate();
        if number.is_finite() {
            self.put(format_args!("{number:.digits$}"));
        } else {
            self.text.push_str("null");
        }
        self
    }

    /// The shortest text that reads back to the same number; `null` for what JSON has no number for.
    pub fn shortest(&mut self, number: f64) -> &mut Writer {
        self.separate();
        if number.is_finite() {
            self.put(number);
        } else {
            self.text.push_str("null");
        }
        self
    }

    /// `true` or `false`.
    pub fn flag(&mut self, flag: bool) -> &mut Writer {
        self.separate();
        self.put(flag);
        self
    }

    /// `null`.
    pub fn null(&mut self) -> &mut Writer {
        self.separate();
        self.text.push_str("null");
        self
    }

    /// What `write` writes of the value, or `null`.
    pub fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Writer, T)) -> &mut Writer {
        match value {
            Some(value) => write(self, value),
            None => {
                self.null();
            }
        }
        self
    }

    fn enclose(&mut self, open: char, close: char, inside: impl FnOnce(&mut Writer)) -> &mut Writer {
        self.separate();
        self.text.push(open);
        self.comma = false;
        inside(self);
        self.text.push(close);
        self.comma = true;
        self
    }

    fn separate(&mut self) {
        if self.comma {
            self.text.push(',');
        }
        self.comma = true;
    }

    fn put(&mut self, value: impl Display) {
        // A string takes everything.
        let _ = write!(self.text, "{value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_json() {
        let mut writer = Writer::default();
        writer.object(|json| {
            json.name("a").array(|json| {
                json.integer(1).number(2.0, 3).shortest(0.1).number(f64::NAN, 1);
            });
            json.name("b").object(|_| ()).name("c").flag(true).name("d").null();
            json.name("e").optional(Some("x"), |json, text| {
                json.text(text);
            });
            json.name("f").optional(None::<&str>, |json, text| {
                json.text(text);
            });
        });
        assert_eq!(writer.finish(), r#"{"a":[1,2.000,0.1,null],"b":{},"c":true,"d":null,"e":"x","f":null}"#);
    }

    #[test]
    fn texts_cannot_break_out() {
        let mut writer = Writer::default();
        writer.text("a\"b\\c\nd\u{2028}é</script>");
        assert_eq!(writer.finish(), "\"a\\\"b\\\\c\\u000ad\\u2028é</script>\"");
    }
}
