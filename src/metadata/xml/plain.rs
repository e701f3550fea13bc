//! Elements of the form that nearly all cells have, `<name>text</name>`, recognised without the
//! tokenizer: metadata of a hundred thousand measurements have more than a million of them.

/// An element without attributes that holds nothing but text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PlainElement<'a> {
    pub(super) name: &'a str,
    /// The text, in which references are to be resolved.
    pub(super) text: &'a str,
    /// Where the text and the end tag start and where the element ends, counted in bytes from where
    /// the element was looked for.
    pub(super) text_start: usize,
    pub(super) end_tag: usize,
    pub(super) end: usize,
}

/// The element that `document` starts with, after white space. `None` when there is none or it is
/// not plain: then it is for the tokenizer to say what is there.
pub(super) fn plain_element(document: &str) -> Option<PlainElement<'_>> {
    let bytes = document.as_bytes();
    let name_start = skip(bytes, 0, is_space) + 1;
    if bytes.get(name_start - 1) != Some(&b'<') || !bytes.get(name_start)?.is_ascii_alphabetic() {
        return None;
    }
    let name_end = skip(bytes, name_start, is_plain_name);
    let text_start = name_end + 1;
    let end_tag = skip(bytes, text_start, is_plain_text);
    let name = document.get(name_start..name_end)?;
    if bytes.get(name_end) != Some(&b'>') || bytes.get(end_tag..end_tag + 2)? != b"</" {
        return None;
    }
    let closed = bytes.get(end_tag + 2..)?.strip_prefix(name.as_bytes())?;
    let end = end_tag + 3 + name.len();
    let text = document.get(text_start..end_tag)?;
    (closed.first() == Some(&b'>')).then_some(PlainElement { name, text, text_start, end_tag, end })
}

/// The place of the first byte from `start` on that is not of the wanted kind.
fn skip(bytes: &[u8], start: usize, is_wanted: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| !is_wanted(*byte)).unwrap_or(rest.len())
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}

fn is_plain_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Neither markup, nor a byte that may be the end of a section or a part of a character that XML
/// does not allow.
fn is_plain_text(byte: u8) -> bool {
    const fn plain_text() -> [bool; 256] {
        let mut plain = [true; 256];
        let mut control = 0;
        while control < 0x20 {
            plain[control] = false;
            control += 1;
        }
        plain[b'\n' as usize] = true;
        plain[b'\r' as usize] = true;
        plain[b'\t' as usize] = true;
        plain[b'<' as usize] = false;
        plain[b']' as usize] = false;
        // The first byte of U+FFFE and U+FFFF, among others.
        plain[0xEF] = false;
        plain
    }
    static PLAIN_TEXT: [bool; 256] = plain_text();
    PLAIN_TEXT[usize::from(byte)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_text() {
        let element = plain_element("\r\n\t <PointTag>A > é\n\u{1F50C}</PointTag></T>").unwrap();
        assert_eq!((element.name, element.text), ("PointTag", "A > é\n\u{1F50C}"));
        assert_eq!((element.text_start, element.end_tag, element.end), (14, 25, 36));
        assert_eq!(plain_element("<A>&amp;\r\n</A>").unwrap().text, "&amp;\r\n");
        assert_eq!(plain_element("<A></A>").unwrap().text, "");
    }

    #[test]
    fn everything_else_is_left_to_the_tokenizer() {
        for document in [
            "",
            " ",
            "<",
            "<A",
            "<A>",
            "<A>b",
            "<A>b<",
            "<A>b</",
            "<A>b</A",
            "<A>b</B>",
            "<A>b</AB>",
            "<AB>b</A>",
            "<A/>",
            "<A >b</A>",
            "<A>b</A >",
            "<A b='c'>d</A>",
            "<p:A>b</p:A>",
            "<>b</>",
            "<1>b</1>",
            "</A>",
            "x<A>b</A>",
            "<A>]]></A>",
            "<A>\u{FFFF}</A>",
            "<A>\u{1}</A>",
            "<A>b<!-- c --></A>",
            "<A><B>c</B></A>",
            "<!-- <A>b</A> -->",
            "<é>b</é>",
        ] {
            assert_eq!(plain_element(document), None, "{document}");
        }
    }
}
