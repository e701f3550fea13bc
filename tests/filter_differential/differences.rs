//! Every known difference between this library and `sttpapi`, and why there is one.
//!
//! Most are places where the implementations differ among each other; this library follows the C++ one,
//! and where that one has no good answer, gives an error.

use std::fmt;

use crate::generator::{CHAIN, LITERAL, Node};
use crate::outcome::Outcome;
use crate::vocabulary::COMPARISONS;

/// An expression whose operands have equal results in both programs, but not itself.
pub(crate) struct Case<'c> {
    pub(crate) node: &'c Node,
    /// The results of the operands, here and there: equal, but for the form of their texts.
    pub(crate) operands: Vec<&'c (Outcome, Outcome)>,
    pub(crate) ours: &'c Outcome,
    pub(crate) theirs: &'c Outcome,
}

impl fmt::Display for Case<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    sttpapi: {}", self.node.text, self.ours, self.theirs)
    }
}

impl Case<'_> {
    fn is(&self, operations: &[&str]) -> bool {
        operations.contains(&self.node.operation)
    }

    fn operand(&self, number: usize) -> Option<&Outcome> {
        self.operands.get(number).map(|(ours, _)| ours)
    }

    fn number(&self, number: usize) -> Option<f64> {
        self.operand(number)?.number()
    }

    fn text(&self, number: usize) -> Option<&str> {
        self.operand(number)?.text()
    }

    fn is_null(&self, number: usize) -> bool {
        self.operand(number).is_some_and(Outcome::is_null)
    }

    fn any_null(&self) -> bool {
        self.operands.iter().any(|(ours, _)| ours.is_null())
    }

    fn operands_are(&self, value_types: &[&str]) -> bool {
        self.operands.iter().all(|(ours, _)| ours.value_type().is_some_and(|one| value_types.contains(&one)))
    }

    /// Both results are numbers, and this is their difference.
    fn gap(&self) -> Option<f64> {
        Some(self.ours.number()? - self.theirs.number()?)
    }

    fn our_error_contains(&self, text: &str) -> bool {
        matches!(self.ours, Outcome::Error(error) if error.contains(text))
    }

    fn their_error_contains(&self, text: &str) -> bool {
        matches!(self.theirs, Outcome::Error(error) if error.contains(text))
    }

    /// Both results are nulls, of different types.
    fn only_null_types_differ(&self) -> bool {
        self.ours.is_null() && self.theirs.is_null()
    }

    /// The operand that is not a text became one in the form of Python.
    fn is_joined_with(&self, value_types: &[&str]) -> bool {
        let is_one = |outcome: &Outcome| value_types.iter().any(|value_type| outcome.is_a(value_type));
        let [(left, left_theirs), (right, right_theirs)] = self.operands[..] else { return false };
        let expected =
            python_text(left_theirs).zip(python_text(right_theirs)).map(|(left, right)| left + &right);
        self.is(&["+"])
            && (left.is_a("String") || right.is_a("String"))
            && (is_one(left) || is_one(right))
            && self.theirs.text() == expected.as_deref()
    }

    fn is_converted_from(&self, value_types: &[&str]) -> bool {
        let [(ours, theirs), _] = self.operands[..] else { return false };
        self.is(&["Convert"])
            && self.ours.is_a("String")
            && value_types.iter().any(|value_type| ours.is_a(value_type))
            && self.theirs.text() == python_text(theirs).as_deref()
    }
}

/// The text that `sttpapi` makes of a value of its own.
fn python_text(theirs: &Outcome) -> Option<String> {
    let text = theirs.text()?;
    Some(match theirs.value_type()? {
        "Boolean" => if text == "true" { "1" } else { "0" }.to_owned(),
        "DateTime" => {
            let (second, fraction) = text.split_once('.').unwrap_or((text, ""));
            format!("{}.{:0<2}", second.replacen(' ', "T", 1), &fraction[..fraction.len().min(2)])
        }
        _ => text.to_owned(),
    })
}

pub(crate) struct Difference {
    pub(crate) reason: &'static str,
    /// Whether the case is an instance of it.
    pub(crate) applies: fn(&Case<'_>) -> bool,
}

const INTEGERS: &[&str] = &["Boolean", "Int32", "Int64"];
const LIKE: &[&str] = &["LIKE", "LIKE BINARY"];
const NOT_LIKE: &[&str] = &["NOT LIKE", "NOT LIKE BINARY"];
const TEXT_SEARCHES: &[&str] = &[
    "Contains",
    "StartsWith",
    "EndsWith",
    "IndexOf",
    "LastIndexOf",
    "NthIndexOf",
    "StrCount",
    "StrCmp",
    "Replace",
    "Split",
];

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        reason: "sttpapi ignores the NOT before LIKE",
        applies: |case| case.is(NOT_LIKE) && case.gap().is_some(),
    },
    Difference {
        reason: "a pattern without wildcards is like the text that it equals",
        applies: |case| {
            case.is(LIKE)
                && case.text(1).is_some_and(|pattern| !pattern.contains(['%', '*']))
                && case.gap() == Some(1.0)
        },
    },
    Difference {
        reason: "the text of a Boolean is that of C++, true and not 1",
        applies: |case| case.is_joined_with(&["Boolean"]) || case.is_converted_from(&["Boolean"]),
    },
    Difference {
        reason: "the text of a number has no superfluous zeros and no + in its exponent",
        applies: |case| {
            case.is_joined_with(&["Decimal", "Double"]) || case.is_converted_from(&["Decimal", "Double"])
        },
    },
    Difference {
        reason: "the text of a time is that of C++",
        applies: |case| case.is_joined_with(&["DateTime"]) || case.is_converted_from(&["DateTime"]),
    },
    Difference {
        reason: "an integer division by zero has no value",
        applies: |case| {
            case.is(&["/", "%"])
                && case.operands_are(INTEGERS)
                && case.number(1) == Some(0.0)
                && case.ours.is_error()
        },
    },
    Difference {
        reason: "the remainder has the sign of the dividend, as in C++ and Go",
        applies: |case| case.is(&["%"]) && case.gap().map(|gap| -gap) == case.number(1),
    },
    Difference {
        reason: "integers do not wrap",
        applies: |case| {
            case.is(&["+", "-", "*", "/", "unary -", "Abs"])
                && case.operands_are(INTEGERS)
                && case.our_error_contains("is out of the range of Int")
        },
    },
    Difference {
        reason: "Booleans count as 0 and 1, as in C++",
        applies: |case| {
            case.is(&["*", "/"])
                && case.operands_are(&["Boolean"])
                && case.their_error_contains("cannot apply")
        },
    },
    Difference {
        reason: "the lowest bits of the count are what counts, as in C++ on common processors",
        applies: |case| {
            let width = if case.operand(0).is_some_and(|left| left.is_a("Int64")) { 64.0 } else { 32.0 };
            let is_boolean = case.operand(0).is_some_and(|left| left.is_a("Boolean"));
            let out_of_width =
                |count: f64| count >= width || count < 0.0 && (is_boolean || count % width == 0.0);
            case.is(&["<<", ">>"]) && case.number(1).is_some_and(out_of_width)
        },
    },
    Difference {
        reason: "halves are rounded away from zero, as in C++ and Go",
        applies: |case| {
            case.is(&["Round"])
                && case.number(0).is_some_and(|number| number.fract().abs() == 0.5)
                && case.gap().map(f64::abs) == Some(1.0)
        },
    },
    Difference {
        reason: "null has the type of the function's result",
        applies: |case| {
            case.is(&["StartsWith", "StrCmp", "Sqrt", "Power"])
                && case.any_null()
                && case.only_null_types_differ()
        },
    },
    Difference {
        reason: "the null of IN can be used where a Boolean is needed",
        applies: |case| {
            let is_list = case.is(&["IN", "NOT IN"]) && case.is_null(0);
            let has_list =
                case.is(&[CHAIN]) && case.node.text.contains(" IN (") && case.node.text.contains("NULL");
            let refused = case.ours.is_null()
                && case.their_error_contains("\"INT32\"")
                && case.their_error_contains("\"BOOLEAN\"");
            (is_list || has_list) && case.only_null_types_differ() || has_list && refused
        },
    },
    Difference {
        reason: "floating point overflows to infinity and has no error",
        applies: |case| {
            let is_special = case.ours.number().is_some_and(|number| !number.is_finite());
            let errors = ["math range error", "math domain error", "cannot convert float"];
            case.is(&["Power", "Sqrt", "Floor", "Ceiling", "Round"])
                && is_special
                && errors.iter().any(|error| case.their_error_contains(error))
        },
    },
    Difference {
        reason: "powers of Decimal numbers are exact as far as their digits reach",
        applies: |case| {
            let close = |ours: f64| case.gap().is_some_and(|gap| gap.abs() <= ours.abs() * 1e-13);
            case.is(&["Power"]) && case.ours.is_a("Decimal") && case.ours.number().is_some_and(close)
        },
    },
    Difference {
        reason: "years, months and days are counted by the calendar, and parts of other intervals are cut off",
        applies: |case| case.is(&["DateDiff"]) && case.gap().is_some_and(|gap| gap.abs() == 1.0),
    },
    Difference {
        reason: "adding week days adds days, as in C++ and Go",
        applies: |case| {
            case.is(&["DateAdd"])
                && case.text(2).is_some_and(|interval| interval.eq_ignore_ascii_case("weekday"))
        },
    },
    Difference {
        reason: "Sunday is day 1 of the week, as in C++ and Go",
        applies: |case| case.is(&["DatePart"]) && case.gap() == Some(-7.0),
    },
    Difference {
        reason: "an empty text is found nowhere, as in C++",
        applies: |case| {
            let is_found = case.ours.number() != Some(-1.0) && case.ours.text() != case.text(0);
            case.is(&["IndexOf", "LastIndexOf", "NthIndexOf", "Replace"])
                && case.text(1) == Some("")
                && !is_found
        },
    },
    Difference {
        reason: "negative numbers count from the last occurrence, as in C++",
        applies: |case| case.is(&["NthIndexOf"]) && case.number(2).is_some_and(|number| number < 0.0),
    },
    Difference {
        reason: "a part is what stands before, between or behind delimiters; sttpapi overlooks a delimiter at the \
                 start and a text without any",
        applies: |case| {
            let ignores_case = case.text(3) == Some("true");
            let folded = |text: &str| if ignores_case { text.to_uppercase() } else { text.to_owned() };
            let overlooked = |(source, delimiter): (&str, &str)| {
                let place = folded(source).find(&folded(delimiter));
                place.is_none_or(|place| place == 0)
            };
            case.is(&["Split"]) && case.text(0).zip(case.text(1)).is_some_and(overlooked)
        },
    },
    Difference {
        reason: "a negative length takes the rest, as in C++",
        applies: |case| case.is(&["SubStr"]) && case.number(2).is_some_and(|length| length < 0.0),
    },
    Difference {
        reason: "numbers of more than 28 digits are of type Double",
        applies: |case| case.is(&[LITERAL]) && case.node.text.len() > 28 && case.ours.is_a("Double"),
    },
    Difference {
        reason: "times are whole seconds as numbers, as in C++ and Go",
        applies: |case| {
            case.is(&["Convert"])
                && case.operand(0).is_some_and(|value| value.is_a("DateTime"))
                && case.gap().is_some_and(|gap| gap.abs() < 1.0)
        },
    },
    Difference {
        reason: "of texts only true, false and numbers are Booleans; a number is false only when it is zero",
        applies: |case| {
            let is_text = |number| case.operand(number).is_some_and(|value| value.is_a("String"));
            let is_boolean = |number| case.operand(number).is_some_and(|value| value.is_a("Boolean"));
            let is_converted = case.is(&["Convert"])
                && is_text(0)
                && case.text(1).is_some_and(|name| name.to_ascii_lowercase().contains("bool"));
            let is_compared = (case.is(COMPARISONS) || case.is(&["IN", "NOT IN", "MaxOf", "MinOf"]))
                && (0..case.operands.len()).any(is_boolean)
                && (0..case.operands.len()).any(is_text)
                && (is_boolean(0) || case.our_error_contains("cannot be converted to Boolean"));
            let ignores_case = case.is(TEXT_SEARCHES) && case.operands.len() > 2;
            is_converted
                || is_compared
                || ignores_case && case.our_error_contains("cannot be converted to Boolean")
        },
    },
    Difference {
        reason: "a text is a date only when it tells day, month and year; sttpapi guesses what is missing",
        applies: |case| {
            let is_guess = case.is(&["IsDate"]) && case.gap() == Some(-1.0);
            is_guess && case.operand(0).is_some_and(|value| value.is_a("String"))
                || case.our_error_contains("cannot be converted to DateTime")
        },
    },
    Difference {
        reason: "Decimal numbers have at most 28 digits after the point",
        applies: |case| {
            let is_tiny = |number: f64| number != 0.0 && number.abs() < 1e-7;
            let tiny_decimal = |(ours, theirs): &(Outcome, Outcome)| {
                ours.is_a("Decimal") && theirs.number().is_some_and(is_tiny)
            };
            let has_tiny = case.operands.iter().any(|operand| tiny_decimal(operand))
                || case.theirs.number().is_some_and(is_tiny);
            let close = |gap: f64| {
                let result = case.theirs.number().unwrap_or_default().abs();
                gap.abs() <= result * 1e-9 || gap.abs() <= 1e-27
            };
            let lost = case.ours.number() == Some(0.0) && case.theirs.number().is_some_and(is_tiny);
            case.is(&["*", "/", "+", "-", "Power"]) && has_tiny && (lost || case.gap().is_some_and(close))
        },
    },
    Difference {
        reason: "Decimal numbers have at most 28 digits before the point",
        applies: |case| {
            let is_huge = |number: f64| number.abs() > 7e28;
            let is_huge_text = |(ours, _): &(Outcome, Outcome)| {
                let number = ours.text().filter(|_| ours.is_a("String")).and_then(|text| text.parse().ok());
                number.is_some_and(is_huge)
            };
            let has_result = case.theirs.is_a("Decimal") && case.theirs.number().is_some_and(is_huge);
            has_result && case.our_error_contains("is out of the range of Decimal")
                || case.operands.iter().any(|operand| is_huge_text(operand))
                    && case.our_error_contains("(String) cannot be converted to Decimal")
        },
    },
    Difference {
        reason: "what is compared with a text has the text of C++",
        applies: |case| {
            let differs = |(ours, theirs): &(Outcome, Outcome)| ours.text() != python_text(theirs).as_deref();
            let has_text = case.operands.iter().any(|(ours, _)| ours.is_a("String"));
            (case.is(COMPARISONS) || case.is(&["IN", "NOT IN", "MaxOf", "MinOf"]))
                && has_text
                && case.operands.iter().any(|operand| differs(operand))
                && !case.ours.is_error()
                && !case.theirs.is_error()
        },
    },
    Difference {
        reason: "a Double becomes the Decimal of its shortest text, as in Go",
        applies: |case| {
            let close = |gap: f64| gap.abs() <= case.number(0).unwrap_or_default().abs() * 1e-15;
            case.is(&["Convert"]) && case.ours.is_a("Decimal") && case.gap().is_some_and(close)
        },
    },
    Difference {
        reason: "the index of SubStr must not be null, as in Go",
        applies: |case| case.is(&["SubStr"]) && case.our_error_contains("argument 2 of SubStr is null"),
    },
    Difference {
        reason: "sttpapi cannot round numbers of 29 digits",
        applies: |case| case.is(&["Round"]) && case.their_error_contains("decimal.InvalidOperation"),
    },
    Difference {
        reason: "integers are divided exactly; sttpapi divides them as floating point",
        applies: |case| {
            let is_large = |number: f64| number.abs() > 2_f64.powi(53);
            case.is(&["/"]) && case.ours.is_a("Int64") && case.number(0).is_some_and(is_large)
        },
    },
    Difference {
        reason: "the index of NthIndexOf must be an integer, as in C++ and Go",
        applies: |case| case.is(&["NthIndexOf"]) && case.our_error_contains("argument 3 of NthIndexOf"),
    },
    Difference {
        reason: "how many arguments a function takes is checked where it is not called, too",
        applies: |case| case.our_error_contains(", found "),
    },
    Difference {
        reason: "what the grammar does not know is an error instead of the end",
        applies: |case| case.is(&[CHAIN]) && case.our_error_contains("expected an operator or the end"),
    },
    Difference {
        reason: "Booleans count as 0 and 1 in chains of operators, too",
        applies: |case| case.is(&[CHAIN]) && case.their_error_contains("cannot apply multiplication"),
    },
];
