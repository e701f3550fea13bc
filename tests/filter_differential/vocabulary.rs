//! The literals, operators and functions that expressions are made of.

use crate::generator::Kind;

pub(crate) const BOOLEANS: &[&str] = &["True", "False", "TRUE", "false"];
pub(crate) const INTEGERS: &[&str] =
    &["0", "1", "2", "3", "4", "7", "12", "30", "60", "100", "0x1F", "0xff", "65536", "2147483647"];
pub(crate) const LARGE_INTEGERS: &[&str] = &[
    "2147483648",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "123456789012345678901234567890",
];
pub(crate) const DECIMALS: &[&str] =
    &["0.5", "1.25", "2.50", "3.", ".75", "100.0", "0.0", "12.345", "2.5", "12345678901234.5678", "0.001"];
pub(crate) const DOUBLES: &[&str] = &["1e3", "2.5e-2", "1E10", "0e0", "6e1", "1.5e300", "4e-1", "25e-1"];
pub(crate) const TEXTS: &[&str] = &[
    "'voltage'",
    "'PMU'",
    "'pmu'",
    "''",
    "'12'",
    "'4.5'",
    "'-7'",
    "'true'",
    "'False'",
    "'2021-02-03'",
    "'  both ends '",
    "'Größe'",
    "'GRÖßE'",
    "'it''s'",
    "'SHELBY:FREQ'",
    "'banana'",
    "'AnNa'",
    "'x;y;;z'",
    "'電力'",
    "'0'",
    "'1'",
    "'1e2'",
    "'tag'",
    "'a'",
    "'an'",
];
pub(crate) const PATTERNS: &[&str] = &[
    "'%'", "'*'", "'%%'", "'v%'", "'%GE'", "'%an%'", "'*MU'", "'P*'", "'%ö%'", "'_mu%'", "'%Z%'", "'%a%a%'",
    "'pmu'", "''", "'a%b'", "'%'",
];
pub(crate) const REGULAR: &[&str] = &[
    "'[aeiou]'",
    "'^[a-z]+$'",
    "'[0-9]+'",
    "'an{1,2}'",
    "'(an)+'",
    "'^$'",
    "'T.G|o'",
    "'\\d'",
    "'('",
    "'[A-Z]{3}'",
];
pub(crate) const GUIDS: &[&str] = &[
    "{6e1b5dc1-03d1-4e9c-9d4c-0a1f1f5a2b3c}",
    "'6E1B5DC1-03D1-4E9C-9D4C-0A1F1F5A2B3C'",
    "00000000-0000-4000-8000-000000000001",
    "{00000000000000000000000000000000}",
    "'{fedcba98-7654-3210-fedc-ba9876543210}'",
    "FEDCBA9876543210FEDCBA9876543210",
];
pub(crate) const TIMES: &[&str] = &[
    "#2021-02-03#",
    "#2021-02-03 04:05:06#",
    "#2021-02-28 23:59:59.125#",
    "#2/29/2020#",
    "#12/31/2019 11:59:00 PM#",
    "#2020-01-01T00:00:00Z#",
    "#Feb 3, 2021#",
    "#1999-12-31 23:59#",
    "#2021-01-31#",
    "#2024-06-15 12:30:45.5#",
    "#1970-01-01#",
    "#2021-02-03 04:05:06+02:00#",
];
pub(crate) const INTERVALS: &[&str] = &[
    "'Year'",
    "'month'",
    "'DAY'",
    "'DayOfYear'",
    "'Week'",
    "'WeekDay'",
    "'Hour'",
    "'Minute'",
    "'Second'",
    "'Millisecond'",
    "'Fortnight'",
];
pub(crate) const TYPES: &[&str] = &[
    "'Boolean'",
    "'bool'",
    "'Int32'",
    "'int64'",
    "'Int16'",
    "'UInt32'",
    "'Decimal'",
    "'Double'",
    "'Single'",
    "'float'",
    "'String'",
    "'Guid'",
    "'UUID'",
    "'DateTime'",
    "'Date'",
    "'System.Int32'",
    "'System.String'",
    "'Nothing'",
];

pub(crate) const SIGNS: &[(&str, &str)] = &[("unary -", "-"), ("unary +", "+")];
pub(crate) const UNARY: &[(&str, &str)] = &[("unary -", "-"), ("unary +", "+"), ("~", "~"), ("!", "!")];
pub(crate) const ARITHMETIC: &[&str] = &["+", "-", "*", "/", "%"];
pub(crate) const BITWISE: &[&str] = &["&", "|", "^", "XOR", "<<", ">>"];
pub(crate) const COMPARISONS: &[&str] = &["<", "<=", ">", ">=", "=", "==", "<>", "!=", "===", "!=="];
pub(crate) const LOGICAL: &[&str] = &["AND", "OR", "&&", "||"];

/// A function and the kinds of its arguments: `n` a number, `i` an integer, `s` a text, `b` a Boolean, `t`
/// a time, `a` anything, `=` as the one before, `p` a regular expression, `I` an interval, `T` a type; those
/// after `?` may be missing, and the last before `+` may come again.
pub(crate) const FUNCTIONS: &[(&str, &str, Kind)] = &[
    ("Abs", "n", Kind::Decimal),
    ("Ceiling", "n", Kind::Decimal),
    ("Floor", "n", Kind::Decimal),
    ("Round", "n", Kind::Decimal),
    ("Sqrt", "n", Kind::Double),
    ("Power", "nn", Kind::Double),
    ("Coalesce", "a=+", Kind::Integer),
    ("Convert", "aT", Kind::Text),
    ("IIf", "ba=", Kind::Text),
    ("IsDate", "a", Kind::Boolean),
    ("IsInteger", "a", Kind::Boolean),
    ("IsGuid", "a", Kind::Boolean),
    ("IsNull", "a=", Kind::Integer),
    ("IsNumeric", "a", Kind::Boolean),
    ("MaxOf", "a=+", Kind::Integer),
    ("MinOf", "a=+", Kind::Decimal),
    ("DateAdd", "tiI", Kind::Time),
    ("DateDiff", "ttI", Kind::Integer),
    ("DatePart", "tI", Kind::Integer),
    ("Contains", "ss?b", Kind::Boolean),
    ("StartsWith", "ss?b", Kind::Boolean),
    ("EndsWith", "ss?b", Kind::Boolean),
    ("IndexOf", "ss?b", Kind::Integer),
    ("LastIndexOf", "ss?b", Kind::Integer),
    ("NthIndexOf", "ssi?b", Kind::Integer),
    ("StrCount", "ss?b", Kind::Integer),
    ("StrCmp", "ss?b", Kind::Integer),
    ("Len", "s", Kind::Integer),
    ("Lower", "s", Kind::Text),
    ("Upper", "s", Kind::Text),
    ("Reverse", "s", Kind::Text),
    ("Trim", "s", Kind::Text),
    ("TrimLeft", "s", Kind::Text),
    ("TrimRight", "s", Kind::Text),
    ("Replace", "sss?b", Kind::Text),
    ("Split", "ssi?b", Kind::Text),
    ("SubStr", "si?i", Kind::Text),
    ("RegExMatch", "ps", Kind::Boolean),
    ("RegExVal", "ps", Kind::Text),
];
