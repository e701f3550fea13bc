//! Which measurements somebody may have, as other implementations write it.

use super::{Filter, FilterError, parser};

/// Conditions on the rows of `ActiveMeasurements`, as `ALLOW WHERE Company = 'North'; DENY WHERE SignalType =
/// 'STAT'`: what any of the first allows, without what any of the second denies, whatever their order.
#[derive(Debug)]
pub struct AccessFilter {
    allow: Option<Filter>,
    deny: Option<Filter>,
}

impl AccessFilter {
    /// Parses the clauses.
    pub fn parse(text: &str) -> Result<AccessFilter, FilterError> {
        let (allow, deny) = parser::parse_access(text).map_err(|fault| fault.locate(text))?;
        let filter = |statements: Vec<_>| {
            (!statements.is_empty()).then(|| Filter { text: text.to_owned(), statements })
        };
        Ok(AccessFilter { allow: filter(allow), deny: filter(deny) })
    }

    /// What the conditions behind `ALLOW` select, and what those behind `DENY` do, where there are any.
    pub fn into_parts(self) -> (Option<Filter>, Option<Filter>) {
        (self.allow, self.deny)
    }
}
