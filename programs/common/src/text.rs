//! Numbers in words, as all tools write them.

use std::time::Duration;

/// How long something took: `5 s`, `2 min 5 s`, `3 h 12 min`.
pub fn duration(time: Duration) -> String {
    let whole = time.as_secs_f64().round() as u64;
    match whole {
        3600.. => format!("{} h {} min", whole / 3600, whole / 60 % 60),
        60.. => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{whole} s"),
    }
}

/// A number with commas between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `s` for all numbers but 1.
pub fn plural(number: u64) -> &'static str {
    if number == 1 { "" } else { "s" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_words() {
        let of = |seconds: f64| duration(Duration::from_secs_f64(seconds));
        assert_eq!(
            [of(0.4), of(59.6), of(125.0), of(11_540.0)],
            ["0 s", "1 min 0 s", "2 min 5 s", "3 h 12 min"]
        );
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 1, 2].map(plural), ["s", "", "s"]);
    }
}
