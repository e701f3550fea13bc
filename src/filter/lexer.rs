//! A filter's text to tokens.
//!
//! Of several tokens that could start at a place the longest is taken, and of equally long ones the
//! one that the grammar names first.

use uuid::Uuid;

use super::error::{Fault, FilterProblem, excerpt};

/// Reads one token after the other; cloning it is cheap and serves to look ahead.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    at: usize,
    run: KeyRun,
}

/// A token and the bytes of the text it stands in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Token<'t> {
    pub(super) kind: TokenKind<'t>,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum TokenKind<'t> {
    End,
    Keyword(Keyword),
    /// A name, without the brackets or backticks around it.
    Name(&'t str),
    /// Decimal digits, or hexadecimal ones after `0x`.
    Integer(&'t str),
    /// Digits with a decimal point or an exponent.
    Number(&'t str),
    /// What stands between single quotes.
    Text(&'t str),
    /// What stands between number signs.
    Date(&'t str),
    Guid(Uuid),
    /// `SOURCE:number`.
    MeasurementKey(&'t str),
    /// What stands between double quotes.
    PointTag(&'t str),
    Symbol(Symbol),
}

/// Words that cannot be names unless they are delimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    And,
    Asc,
    Binary,
    By,
    Desc,
    False,
    Filter,
    In,
    Is,
    Like,
    Not,
    Null,
    Or,
    Order,
    Top,
    True,
    Where,
    Xor,
}

const KEYWORDS: [(&str, Keyword); 18] = [
    ("AND", Keyword::And),
    ("ASC", Keyword::Asc),
    ("BINARY", Keyword::Binary),
    ("BY", Keyword::By),
    ("DESC", Keyword::Desc),
    ("FALSE", Keyword::False),
    ("FILTER", Keyword::Filter),
    ("IN", Keyword::In),
    ("IS", Keyword::Is),
    ("LIKE", Keyword::Like),
    ("NOT", Keyword::Not),
    ("NULL", Keyword::Null),
    ("OR", Keyword::Or),
    ("ORDER", Keyword::Order),
    ("TOP", Keyword::Top),
    ("TRUE", Keyword::True),
    ("WHERE", Keyword::Where),
    ("XOR", Keyword::Xor),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symbol {
    Open,
    Close,
    Comma,
    Semicolon,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Tilde,
    Exclamation,
    ShiftLeft,
    ShiftRight,
    Ampersand,
    Bar,
    Caret,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    EqualExact,
    NotEqual,
    NotEqualExact,
    AndAnd,
    OrOr,
}

/// A maximal run of characters that may stand in the source of a measurement key. Every start within
/// the run leads to the same end, so that it need not be searched again for each token of the run.
#[derive(Debug, Clone, Copy, Default)]
struct KeyRun {
    end: usize,
    /// Where the key ends when the run is followed by a colon and digits.
    key_end: Option<usize>,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str) -> Lexer<'t> {
        Lexer { text, at: 0, run: KeyRun::default() }
    }

    /// The point tag without quotes that starts here and fills its statement, up to `;`, `,` or the end:
    /// `SHELBY:FREQ`. No expression has a colon between such characters; a tag that has none, or that
    /// ends like a measurement key, needs quotes.
    pub(super) fn unquoted_tag(&self, token: &Token<'t>) -> Option<&'t str> {
        // Lists of a hundred thousand identifiers pass here: most end where their token ends.
        if !self.byte(token.end).is_some_and(|byte| is_key_byte(byte) || byte == b':') {
            return None;
        }
        let start = token.start;
        let end = self.skip(start, |byte| is_key_byte(byte) || byte == b':');
        let after = self.skip(end, |byte| byte.is_ascii_whitespace());
        let tag = self.slice(start, end);
        let (first, last) = tag.rsplit_once(':')?;
        let is_key = last.bytes().all(|byte| byte.is_ascii_digit()) && !first.contains(':');
        let is_tag = !is_key && !first.is_empty() && !first.starts_with(':') && !last.is_empty();
        (is_tag && matches!(self.byte(after), None | Some(b';' | b','))).then_some(tag)
    }

    /// Goes on at a place of the text.
    pub(super) fn go_to(&mut self, at: usize) {
        self.at = at;
        self.run = KeyRun::default();
    }

    pub(super) fn next_token(&mut self) -> Result<Token<'t>, Fault> {
        self.skip_blanks();
        let start = self.at;
        let (kind, end) = match self.byte(start) {
            None => (TokenKind::End, start),
            Some(first) => self.token(first)?,
        };
        self.at = end;
        Ok(Token { kind, start, end })
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The text from `start` to `end`; both are next to ASCII characters, so on character boundaries.
    fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The first place from `from` on whose byte is not accepted.
    fn skip(&self, from: usize, accepted: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.as_bytes().get(from..).unwrap_or_default();
        from + rest.iter().position(|byte| !accepted(*byte)).unwrap_or(rest.len())
    }

    /// Moves past white space and comments.
    fn skip_blanks(&mut self) {
        loop {
            self.at = self.skip(self.at, |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0B));
            let rest = self.text.get(self.at..).unwrap_or_default();
            if rest.starts_with("--") {
                self.at = self.skip(self.at, |byte| !matches!(byte, b'\r' | b'\n'));
            } else if let Some(comment) = rest.strip_prefix("/*") {
                self.at += comment.find("*/").map_or(rest.len(), |end| end + 4);
            } else {
                return;
            }
        }
    }

    fn token(&mut self, first: u8) -> Result<(TokenKind<'t>, usize), Fault> {
        let start = self.at;
        if let Some(end) = self.measurement_key(start, first) {
            return Ok((TokenKind::MeasurementKey(self.slice(start, end)), end));
        }
        match first {
            b'\'' => self.quoted_text(),
            b'#' => {
                let end = self.date_end(start).ok_or_else(|| self.unexpected("a date between # and #"))?;
                Ok((TokenKind::Date(self.slice(start + 1, end - 1)), end))
            }
            b'"' => self.delimited(b'"', "a point tag between double quotes", TokenKind::PointTag),
            b'[' => self.delimited(b']', "a name between [ and ]", TokenKind::Name),
            b'`' => self.delimited(b'`', "a name between backticks", TokenKind::Name),
            b'{' => self.braced_guid(),
            b'0'..=b'9' | b'.' => self.number(first),
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => Ok(self.word()),
            _ => self.symbol(),
        }
    }

    /// Where the measurement key ends that starts here, unless a date literal starts here that is
    /// longer.
    fn measurement_key(&mut self, start: usize, first: u8) -> Option<usize> {
        if !is_key_byte(first) {
            return None;
        }
        if start >= self.run.end {
            let end = self.skip(start, is_key_byte);
            let digits_end = match self.byte(end) {
                Some(b':') => self.skip(end + 1, |byte| byte.is_ascii_digit()),
                _ => end,
            };
            self.run = KeyRun { end, key_end: (digits_end > end + 1).then_some(digits_end) };
        }
        let key_end = self.run.key_end?;
        let date_is_longer = first == b'#' && self.date_end(start).is_some_and(|end| end > key_end);
        (!date_is_longer).then_some(key_end)
    }

    /// Where the date literal ends that starts here with a number sign.
    fn date_end(&self, start: usize) -> Option<usize> {
        let end = self.skip(start + 1, |byte| byte != b'#');
        (end > start + 1 && self.byte(end).is_some()).then_some(end + 1)
    }

    /// A text in single quotes, in which two quotes do not end it; a GUID in quotes is a GUID.
    fn quoted_text(&self) -> Result<(TokenKind<'t>, usize), Fault> {
        let start = self.at + 1;
        let mut end = start;
        loop {
            end = self.skip(end, |byte| byte != b'\'');
            match (self.byte(end), self.byte(end + 1)) {
                (None, _) => return Err(self.unexpected("a text between single quotes")),
                (Some(_), Some(b'\'')) => end += 2,
                (Some(_), _) => break,
            }
        }
        let text = self.slice(start, end);
        let kind = match guid_prefix(text.as_bytes()) {
            Some((guid, length)) if length == text.len() => TokenKind::Guid(guid),
            _ => TokenKind::Text(text),
        };
        Ok((kind, end + 1))
    }

    /// One or more characters up to a closing one.
    fn delimited(
        &self,
        close: u8,
        expected: &'static str,
        kind: impl Fn(&'t str) -> TokenKind<'t>,
    ) -> Result<(TokenKind<'t>, usize), Fault> {
        let start = self.at + 1;
        let end = self.skip(start, |byte| byte != close);
        if end == start || self.byte(end).is_none() {
            return Err(self.unexpected(expected));
        }
        Ok((kind(self.slice(start, end)), end + 1))
    }

    fn braced_guid(&self) -> Result<(TokenKind<'t>, usize), Fault> {
        let start = self.at + 1;
        match guid_prefix(self.rest(start)) {
            Some((guid, length)) if self.byte(start + length) == Some(b'}') => {
                Ok((TokenKind::Guid(guid), start + length + 1))
            }
            _ => Err(self.unexpected("a GUID between { and }")),
        }
    }

    fn rest(&self, from: usize) -> &'t [u8] {
        self.text.as_bytes().get(from..).unwrap_or_default()
    }

    /// An integer, a number with a fraction or an exponent, or a GUID that starts with a digit.
    fn number(&self, first: u8) -> Result<(TokenKind<'t>, usize), Fault> {
        let start = self.at;
        let digits_end = self.skip(start, |byte| byte.is_ascii_digit());
        let mut end = digits_end;
        if self.byte(end) == Some(b'.') {
            end = self.skip(end + 1, |byte| byte.is_ascii_digit());
            if first == b'.' && end == start + 1 {
                return Err(self.unexpected("a literal, a name, a function or an operator"));
            }
        }
        end = self.exponent_end(end);
        let is_integer = end == digits_end;
        let hex_end = self.hex_end(start).filter(|hex_end| *hex_end > end);
        end = hex_end.unwrap_or(end);
        match guid_prefix(self.rest(start)) {
            Some((guid, length)) if start + length > end => Ok((TokenKind::Guid(guid), start + length)),
            _ if is_integer || hex_end.is_some() => Ok((TokenKind::Integer(self.slice(start, end)), end)),
            _ => Ok((TokenKind::Number(self.slice(start, end)), end)),
        }
    }

    /// Where the exponent ends that may follow the digits of a number.
    fn exponent_end(&self, digits_end: usize) -> usize {
        if !matches!(self.byte(digits_end), Some(b'e' | b'E')) {
            return digits_end;
        }
        let sign = usize::from(matches!(self.byte(digits_end + 1), Some(b'+' | b'-')));
        let start = digits_end + 1 + sign;
        let end = self.skip(start, |byte| byte.is_ascii_digit());
        if end > start { end } else { digits_end }
    }

    fn hex_end(&self, start: usize) -> Option<usize> {
        let is_hex = self.byte(start) == Some(b'0') && matches!(self.byte(start + 1), Some(b'x' | b'X'));
        let end = self.skip(start + 2, |byte| byte.is_ascii_hexdigit());
        (is_hex && end > start + 2).then_some(end)
    }

    /// A keyword, a name, or a GUID that starts with a letter.
    fn word(&self) -> (TokenKind<'t>, usize) {
        let start = self.at;
        let end = self.skip(start, |byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let word = self.slice(start, end);
        if let Some((guid, length)) = guid_prefix(self.rest(start)).filter(|(_, length)| start + length > end)
        {
            return (TokenKind::Guid(guid), start + length);
        }
        let keyword = KEYWORDS.iter().find(|(text, _)| text.eq_ignore_ascii_case(word));
        (keyword.map_or(TokenKind::Name(word), |(_, keyword)| TokenKind::Keyword(*keyword)), end)
    }

    fn symbol(&self) -> Result<(TokenKind<'t>, usize), Fault> {
        let byte = |offset| self.byte(self.at + offset).unwrap_or(0);
        let (symbol, length) = match (byte(0), byte(1), byte(2)) {
            (b'=', b'=', b'=') => (Symbol::EqualExact, 3),
            (b'!', b'=', b'=') => (Symbol::NotEqualExact, 3),
            (b'=', b'=', _) => (Symbol::Equal, 2),
            (b'!', b'=', _) | (b'<', b'>', _) => (Symbol::NotEqual, 2),
            (b'<', b'=', _) => (Symbol::LessOrEqual, 2),
            (b'>', b'=', _) => (Symbol::GreaterOrEqual, 2),
            (b'<', b'<', _) => (Symbol::ShiftLeft, 2),
            (b'>', b'>', _) => (Symbol::ShiftRight, 2),
            (b'&', b'&', _) => (Symbol::AndAnd, 2),
            (b'|', b'|', _) => (Symbol::OrOr, 2),
            (b'=', ..) => (Symbol::Equal, 1),
            (b'<', ..) => (Symbol::Less, 1),
            (b'>', ..) => (Symbol::Greater, 1),
            (b'(', ..) => (Symbol::Open, 1),
            (b')', ..) => (Symbol::Close, 1),
            (b',', ..) => (Symbol::Comma, 1),
            (b';', ..) => (Symbol::Semicolon, 1),
            (b'+', ..) => (Symbol::Plus, 1),
            (b'-', ..) => (Symbol::Minus, 1),
            (b'*', ..) => (Symbol::Star, 1),
            (b'/', ..) => (Symbol::Slash, 1),
            (b'%', ..) => (Symbol::Percent, 1),
            (b'~', ..) => (Symbol::Tilde, 1),
            (b'!', ..) => (Symbol::Exclamation, 1),
            (b'&', ..) => (Symbol::Ampersand, 1),
            (b'|', ..) => (Symbol::Bar, 1),
            (b'^', ..) => (Symbol::Caret, 1),
            (b':', ..) => {
                return Err(
                    self.unexpected("an operator; a point tag stands in double quotes: \"SHELBY:FREQ\"")
                );
            }
            _ => return Err(self.unexpected("a literal, a name, a function or an operator")),
        };
        Ok((TokenKind::Symbol(symbol), self.at + length))
    }

    /// The error that something else than `expected` stands where the token starts.
    fn unexpected(&self, expected: &'static str) -> Fault {
        let found = excerpt(self.text.get(self.at..).unwrap_or_default());
        Fault::new(self.at, FilterProblem::Unexpected { found: format!("{found:?}"), expected })
    }
}

impl Token<'_> {
    /// The token as a message shows it.
    pub(super) fn describe(&self, text: &str) -> String {
        match self.kind {
            TokenKind::End => "the end".to_owned(),
            _ => format!("{:?}", excerpt(text.get(self.start..self.end).unwrap_or_default())),
        }
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'!' | b'_' | b'.' | b'@' | b'#' | b'$')
}

/// The GUID at the start of the bytes and its length: groups of 8, 4, 4, 4 and 12 hexadecimal
/// digits, each separated by a dash or by nothing.
pub(super) fn guid_prefix(bytes: &[u8]) -> Option<(Uuid, usize)> {
    const WITH_DASHES: usize = 36;
    let with_dashes = bytes.get(..WITH_DASHES).filter(|bytes| bytes[8] == b'-');
    if let Some(guid) = with_dashes.and_then(|bytes| Uuid::try_parse_ascii(bytes).ok()) {
        return Some((guid, WITH_DASHES));
    }
    let mut value = 0_u128;
    let mut length = 0;
    for (group, digits) in [8, 4, 4, 4, 12].into_iter().enumerate() {
        if group > 0 && bytes.get(length) == Some(&b'-') {
            length += 1;
        }
        for byte in bytes.get(length..length + digits)? {
            value = value << 4 | u128::from(char::from(*byte).to_digit(16)?);
        }
        length += digits;
    }
    Some((Uuid::from_u128(value), length))
}
