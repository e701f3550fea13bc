//! The one place that knows the XML tokenizer: tokens to start, text and end events.

use std::borrow::Cow;

use xmlparser::{ElementEnd, Token, Tokenizer};

use super::super::error::{Limits, MetadataError, XmlProblem};
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
                Token::DtdStart { .. } | Token::EmptyDtd { .. } => {
                    return Err(self.problem(XmlProblem::Doctype));
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
        loop {
            let part = match self.next()? {
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
    pub(super) fn attribute(&self, local: &str) -> Result<Option<Cow<'a, str>>, MetadataError> {
        let found = self.attributes.iter().find(|attribute| attribute.local == local);
        found.map(|attribute| self.resolve(attribute.value, true)).transpose()
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
        self.open.push((prefix, local));
        self.attributes.clear();
        while let Some(token) = self.next_token()? {
            match token {
                Token::Attribute { local, value, .. } => {
                    self.add_attribute(local.as_str(), value.as_str())?
                }
                Token::ElementEnd { end, .. } => {
                    self.end_is_due = end == ElementEnd::Empty;
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
    fn resolve(&self, raw: &'a str, attribute: bool) -> Result<Cow<'a, str>, MetadataError> {
        let needs_work = |byte| matches!(byte, b'&' | b'\r') || attribute && matches!(byte, b'\n' | b'\t');
        if !raw.bytes().any(needs_work) {
            return Ok(Cow::Borrowed(raw));
        }
        let normalized = normalize_line_ends(raw);
        let mut resolved = String::with_capacity(normalized.len());
        for (index, part) in normalized.split('&').enumerate() {
            let (reference, plain) = match (index, part.split_once(';')) {
                (0, _) => (None, part),
                (_, Some((reference, plain))) => (Some(reference), plain),
                (_, None) => return Err(self.problem(XmlProblem::UnknownReference(excerpt(part)))),
            };
            if let Some(reference) = reference {
                let character = referenced_character(reference);
                let unknown = || self.problem(XmlProblem::UnknownReference(excerpt(reference)));
                resolved.push(character.ok_or_else(unknown)?);
            }
            if attribute {
                resolved.extend(plain.chars().map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c }));
            } else {
                resolved.push_str(plain);
            }
        }
        Ok(Cow::Owned(resolved))
    }
}

/// An error at a byte of a document.
pub(super) fn problem_at(document: &str, position: usize, problem: XmlProblem) -> MetadataError {
    let before = document.get(..position).unwrap_or(document);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let saturate = |number| u32::try_from(number).unwrap_or(u32::MAX);
    MetadataError::Xml { line: saturate(line), column: saturate(column), problem }
}

fn normalize_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

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
    let character = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    (character != '\0').then_some(character)
}

/// Compares names byte by byte: they are so short that calling `memcmp` takes a multiple of the time,
/// a quarter of reading a document.
fn same_name(left: &str, right: &str) -> bool {
    left.len() == right.len() && left.bytes().zip(right.bytes()).all(|(left, right)| left == right)
}

/// The beginning of a text, for a message.
fn excerpt(text: &str) -> String {
    text.chars().take(64).collect()
}
