//! The one place that knows the XML tokenizer: tokens to start, text and end events.

use std::borrow::Cow;

use xmlparser::{ElementEnd, Token, Tokenizer};

use super::super::error::{Limits, MetadataError, XmlProblem};
use super::super::finding::{Place, excerpt};
use super::characters::is_carried;
use super::plain::{PlainElement, plain_element};

/// Reads a document event by event and checks that it is well-formed and within limits.
pub(super) struct XmlReader<'a> {
    document: &'a str,
    tokens: Tokenizer<'a>,
    limits: Limits,
    /// Names, with their prefixes, of the elements that are open.
    open: Vec<(&'a str, &'a str)>,
    attributes: Vec<Attribute<'a>>,
    /// Byte of the document where the last token starts.
    position: usize,
    /// Byte of the document where the text of the last element starts.
    text_start: usize,
    /// How far lines were counted.
    counted: (usize, Place),
    /// A reference in the last text to a character that XML does not have.
    forbidden: Option<&'a str>,
    /// The last start event was of an empty element: its end event is due.
    end_is_due: bool,
    has_root: bool,
}

/// What comes next in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// An element starts; this is its name without prefix.
    Start(&'a str),
    /// Text in which references are to be resolved.
    Text(&'a str),
    /// Text that is taken as it stands.
    Literal(&'a str),
    /// The innermost open element ends.
    End,
    /// The document ends.
    Finish,
}

struct Attribute<'a> {
    local: &'a str,
    value: &'a str,
}

impl<'a> XmlReader<'a> {
    pub(super) fn new(document: &'a str, limits: &Limits) -> XmlReader<'a> {
        XmlReader {
            document,
            tokens: Tokenizer::from(document),
            limits: *limits,
            open: Vec::new(),
            attributes: Vec::new(),
            position: 0,
            text_start: 0,
            counted: (0, Place { line: 1, column: 1 }),
            forbidden: None,
            end_is_due: false,
            has_root: false,
        }
    }

    pub(super) fn next(&mut self) -> Result<Event<'a>, MetadataError> {
        if std::mem::take(&mut self.end_is_due) {
            self.open.pop();
            return Ok(Event::End);
        }
        while let Some(token) = self.next_token()? {
            match token {
                Token::ElementStart { prefix, local, .. } => {
                    return self.start_element(prefix.as_str(), local.as_str());
                }
                Token::ElementEnd { end: ElementEnd::Close(prefix, local), .. } => {
                    return self.end_element(prefix.as_str(), local.as_str());
                }
                Token::Text { text } if !self.open.is_empty() => return Ok(Event::Text(text.as_str())),
                Token::Cdata { text, .. } if !self.open.is_empty() => {
                    return Ok(Event::Literal(text.as_str()));
                }
                // Behind the root, of which the tokenizer knows nothing once something was passed.
                Token::Text { text } if text.bytes().all(|byte| byte.is_ascii_whitespace()) => {}
                Token::Text { .. } | Token::Cdata { .. } => {
                    return Err(self.problem(XmlProblem::NoSingleRoot));
                }
                Token::DtdStart { name, .. } | Token::EmptyDtd { name, .. } => {
                    return Err(self.problem(XmlProblem::Doctype(excerpt(name.as_str()))));
                }
                _ => {}
            }
        }
        self.position = self.document.len();
        match self.open.last() {
            Some((_, local)) => Err(self.problem(XmlProblem::Unclosed(excerpt(local)))),
            None if !self.has_root => Err(self.problem(XmlProblem::NoSingleRoot)),
            None => Ok(Event::Finish),
        }
    }

    /// The next element, if it is a plain one within limits. It is still to be passed or read.
    pub(super) fn plain_element(&self) -> Option<PlainElement<'a>> {
        let limits = &self.limits;
        if self.end_is_due || self.open.is_empty() || self.open.len() >= limits.depth {
            return None;
        }
        let element = plain_element(self.document.get(self.tokens.stream().pos()..)?)?;
        let is_within = element.name.len() <= limits.name_bytes && element.text.len() <= limits.text_bytes;
        is_within.then_some(element)
    }

    /// The text of an element that [`Self::plain_element`] gave. Goes on behind it.
    pub(super) fn pass(&mut self, element: &PlainElement<'a>) -> Result<Cow<'a, str>, MetadataError> {
        let start = self.tokens.stream().pos();
        self.position = start + element.text_start;
        self.text_start = self.position;
        let text = self.resolve(element.text, false)?;
        self.position = start + element.end_tag;
        self.tokens = Tokenizer::from_fragment(self.document, start + element.end..self.document.len());
        Ok(text)
    }

    /// Skips what is left of the innermost open element, with its end.
    pub(super) fn skip_element(&mut self) -> Result<(), MetadataError> {
        let outside = self.open.len().saturating_sub(1);
        while self.open.len() > outside {
            self.next()?;
        }
        Ok(())
    }

    /// The text of what is left of the innermost open element, with its end; elements in it are
    /// skipped.
    pub(super) fn element_text(&mut self) -> Result<Cow<'a, str>, MetadataError> {
        let mut text = Cow::Borrowed("");
        self.text_start = self.position;
        loop {
            let event = self.next()?;
            if text.is_empty() {
                self.text_start = self.position;
            }
            let part = match event {
                Event::Text(raw) => self.resolve(raw, false)?,
                Event::Literal(raw) => normalize_line_ends(raw),
                Event::Start(_) => {
                    self.skip_element()?;
                    continue;
                }
                Event::End | Event::Finish => return Ok(text),
            };
            if text.len().saturating_add(part.len()) > self.limits.text_bytes {
                return Err(self.too_many("bytes in a text", self.limits.text_bytes));
            }
            if text.is_empty() {
                text = part;
            } else {
                text.to_mut().push_str(&part);
            }
        }
    }

    /// The value of an attribute of the element that started last, whatever its prefix.
    pub(super) fn attribute(&mut self, local: &str) -> Result<Option<Cow<'a, str>>, MetadataError> {
        let found = self.attributes.iter().find(|attribute| attribute.local == local);
        let value = found.map(|attribute| attribute.value);
        value.map(|value| self.resolve(value, true)).transpose()
    }

    /// The reference to a character that XML does not have in what was read since the last call.
    pub(super) fn take_forbidden(&mut self) -> Option<&'a str> {
        self.forbidden.take()
    }

    /// The place of the last token.
    pub(super) fn token_place(&mut self) -> Place {
        self.place(self.position)
    }

    /// The place where the text of the last element starts.
    pub(super) fn text_place(&mut self) -> Place {
        self.place(self.text_start)
    }

    /// The place of a byte. Places are told in ascending order, so that lines are counted once.
    fn place(&mut self, position: usize) -> Place {
        let (counted, place) = self.counted;
        let (from, start) =
            if position < counted { (0, Place { line: 1, column: 1 }) } else { (counted, place) };
        let place = place_after(start, self.document.get(from..position).unwrap_or_default());
        self.counted = (position, place);
        place
    }

    /// An error at the last token.
    pub(super) fn problem(&self, problem: XmlProblem) -> MetadataError {
        problem_at(self.document, self.position, problem)
    }

    fn too_many(&self, what: &'static str, limit: usize) -> MetadataError {
        self.problem(XmlProblem::TooMany { what, limit })
    }

    fn next_token(&mut self) -> Result<Option<Token<'a>>, MetadataError> {
        match self.tokens.next() {
            None => Ok(None),
            Some(Ok(token)) => {
                self.position = token.span().start();
                Ok(Some(token))
            }
            Some(Err(error)) => {
                let position = error.pos();
                let problem = XmlProblem::Syntax(error.to_string());
                Err(MetadataError::Xml { line: position.row, column: position.col, problem })
            }
        }
    }

    fn start_element(&mut self, prefix: &'a str, local: &'a str) -> Result<Event<'a>, MetadataError> {
        if self.open.is_empty() && std::mem::replace(&mut self.has_root, true) {
            return Err(self.problem(XmlProblem::NoSingleRoot));
        }
        if self.open.len() >= self.limits.depth {
            return Err(self.too_many("nested elements", self.limits.depth));
        }
        self.check_name(local)?;
        let start = self.position;
        self.open.push((prefix, local));
        self.attributes.clear();
        while let Some(token) = self.next_token()? {
            match token {
                Token::Attribute { local, value, .. } => {
                    self.add_attribute(local.as_str(), value.as_str())?
                }
                Token::ElementEnd { end, .. } => {
                    self.end_is_due = end == ElementEnd::Empty;
                    self.position = start;
                    return Ok(Event::Start(local));
                }
                _ => break,
            }
        }
        Err(self.problem(XmlProblem::Unclosed(excerpt(local))))
    }

    fn end_element(&mut self, prefix: &'a str, local: &'a str) -> Result<Event<'a>, MetadataError> {
        match self.open.pop() {
            Some(expected) if same_name(expected.1, local) && same_name(expected.0, prefix) => Ok(Event::End),
            expected => {
                let expected = expected.map_or_else(String::new, |(_, local)| excerpt(local));
                Err(self.problem(XmlProblem::MismatchedTag { expected, found: excerpt(local) }))
            }
        }
    }

    fn add_attribute(&mut self, local: &'a str, value: &'a str) -> Result<(), MetadataError> {
        if self.attributes.len() >= self.limits.attributes {
            return Err(self.too_many("attributes", self.limits.attributes));
        }
        self.check_name(local)?;
        if value.len() > self.limits.text_bytes {
            return Err(self.too_many("bytes in a text", self.limits.text_bytes));
        }
        self.attributes.push(Attribute { local, value });
        Ok(())
    }

    fn check_name(&self, name: &str) -> Result<(), MetadataError> {
        if name.len() > self.limits.name_bytes {
            return Err(self.too_many("bytes in a name", self.limits.name_bytes));
        }
        Ok(())
    }

    /// Text with its references replaced by the characters they stand for. White space of an
    /// attribute becomes blanks; a line end of other text becomes a line feed.
    fn resolve(&mut self, raw: &'a str, attribute: bool) -> Result<Cow<'a, str>, MetadataError> {
        let needs_work = |byte| matches!(byte, b'&' | b'\r') || attribute && matches!(byte, b'\n' | b'\t');
        if !raw.bytes().any(needs_work) {
            return Ok(Cow::Borrowed(raw));
        }
        let mut resolved = String::with_capacity(raw.len());
        for (index, part) in raw.split('&').enumerate() {
            let (reference, plain) = match (index, part.split_once(';')) {
                (0, _) => (None, part),
                (_, Some((reference, plain))) => (Some(reference), plain),
                (_, None) => return Err(self.problem(XmlProblem::UnknownReference(excerpt(part)))),
            };
            if let Some(reference) = reference {
                let unknown = || self.problem(XmlProblem::UnknownReference(excerpt(reference)));
                let character = referenced_character(reference).ok_or_else(unknown)?;
                if !is_carried(character) {
                    self.forbidden = Some(reference);
                }
                resolved.push(if is_carried(character) { character } else { char::REPLACEMENT_CHARACTER });
            }
            let plain = normalize_line_ends(plain);
            if attribute {
                resolved.extend(plain.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c }));
            } else {
                resolved.push_str(&plain);
            }
        }
        Ok(Cow::Owned(resolved))
    }
}

/// An error at a byte of a document.
pub(super) fn problem_at(document: &str, position: usize, problem: XmlProblem) -> MetadataError {
    let start = Place { line: 1, column: 1 };
    let Place { line, column } = place_after(start, document.get(..position).unwrap_or(document));
    MetadataError::Xml { line, column, problem }
}

/// The place behind a text that starts at a place.
fn place_after(start: Place, text: &str) -> Place {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let lines = text.bytes().filter(|byte| *byte == b'\n').count();
    let columns = count(text.rsplit('\n').next().unwrap_or_default().chars().count());
    let first = if lines == 0 { start.column } else { 1 };
    Place { line: start.line.saturating_add(count(lines)), column: first.saturating_add(columns) }
}

fn normalize_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The character of a reference; half a pair of UTF-16 is one that XML does not have.
fn referenced_character(reference: &str) -> Option<char> {
    let code = match reference {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => reference.strip_prefix('#')?,
    };
    let (digits, radix) = match code.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (code, 10),
    };
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    if (0xD800..=0xDFFF).contains(&code) { Some('\0') } else { char::from_u32(code) }
}

/// Compares names byte by byte: they are so short that calling `memcmp` takes a multiple of the time,
/// a quarter of reading a document.
fn same_name(left: &str, right: &str) -> bool {
    left.len() == right.len() && left.bytes().zip(right.bytes()).all(|(left, right)| left == right)
}
