//! The known name that a wrong one resembles most.

/// Longer names are not compared.
const MAX_LENGTH: usize = 64;

/// The name that takes the fewest changes of characters, if they are few.
pub(super) fn nearest(wrong: &str, known: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    let wrong: Vec<char> = wrong.chars().take(MAX_LENGTH + 1).map(|c| c.to_ascii_lowercase()).collect();
    if wrong.len() > MAX_LENGTH {
        return None;
    }
    let (changes, name) =
        known.map(|name| (distance(&wrong, name), name)).min_by_key(|(changes, _)| *changes)?;
    (changes <= wrong.len().div_ceil(3)).then_some(name)
}

/// How many characters must be put in, taken out or exchanged.
fn distance(wrong: &[char], known: &str) -> usize {
    let mut row: Vec<usize> = (0..=wrong.len()).collect();
    for (above, character) in known.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for column in 0..wrong.len() {
            let exchanged = diagonal + usize::from(wrong[column] != character.to_ascii_lowercase());
            diagonal = row[column + 1];
            row[column + 1] = exchanged.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[wrong.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_of_typing_are_recognised() {
        let known = || ["server", "port", "lagTime", "leadTime", "filterExpression"].into_iter();
        for (wrong, meant) in [
            ("servr", Some("server")),
            ("Server", Some("server")),
            ("prot", Some("port")),
            ("lagtimee", Some("lagTime")),
            ("filter_expression", Some("filterExpression")),
            ("", None),
            ("colour", None),
            ("ö", None),
        ] {
            assert_eq!(nearest(wrong, known()), meant, "{wrong}");
        }
        assert_eq!(nearest(&"x".repeat(1_000_000), known()), None);
        assert_eq!(nearest("server", std::iter::empty()), None);
    }

    #[test]
    fn changes_are_counted() {
        for (left, right, changes) in
            [("", "", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2)]
        {
            assert_eq!(distance(&left.chars().collect::<Vec<_>>(), right), changes, "{left} {right}");
        }
    }
}
