//! Which signals somebody may have.

use std::hash::{Hash, Hasher};

use crate::filter::{AccessFilter, Allowance, Filter, FilterError};
use crate::metadata::{DataSetBuilder, Metadata};
use crate::settings::RightsSettings;
use crate::time::Ticks;

/// Which signals somebody may have, whatever the metadata. Two are equal when they are written alike.
///
/// They are read in this order, each step over the ones before: what groups allow by conditions, and what they deny;
/// what their lists allow and deny; what the own conditions allow and deny; what the own lists allow and deny.
/// Nothing is allowed that no step allows.
#[derive(Debug)]
pub struct SignalRights {
    /// What it was made of, so that equal ones are known.
    text: String,
    steps: Vec<Step>,
    tells_unauthorized: bool,
}

/// Something that is allowed, or denied.
#[derive(Debug)]
struct Step {
    filter: Filter,
    is_allowed: bool,
    /// The setting that it stands in.
    key: &'static str,
}

/// A setting whose filter cannot be used, and why.
pub(super) type WrongFilter = (&'static str, FilterError);

const SIGNALS: &str = "signals";
const ALLOW: &str = "allow";
const DENY: &str = "deny";

/// Which rows of the MeasurementDetail table of some metadata somebody may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// Of each row.
    pub rows: Vec<bool>,
    /// Why nothing is allowed, when the rights could not be evaluated.
    pub problem: Option<String>,
}

impl SignalRights {
    /// The rights of these settings, for somebody who is also in groups.
    pub(super) fn new(own: &RightsSettings, groups: &[&RightsSettings]) -> Result<SignalRights, WrongFilter> {
        let mut steps = Vec::new();
        for of in [groups, &[own]] {
            let (allowed, denied) = conditions(of)?;
            steps.extend(allowed.into_iter().map(|filter| Step { filter, is_allowed: true, key: SIGNALS }));
            steps.extend(denied.into_iter().map(|filter| Step { filter, is_allowed: false, key: SIGNALS }));
            let allowed = lists(of, |rights| &rights.allow, ALLOW)?;
            let denied = lists(of, |rights| &rights.deny, DENY)?;
            steps.extend(allowed.into_iter().map(|filter| Step { filter, is_allowed: true, key: ALLOW }));
            steps.extend(denied.into_iter().map(|filter| Step { filter, is_allowed: false, key: DENY }));
        }
        let texts =
            |rights: &RightsSettings| [&rights.signals, &rights.allow, &rights.deny].map(String::clone);
        let text: Vec<String> = groups.iter().copied().chain([own]).flat_map(texts).collect();
        Ok(SignalRights { text: text.join("\0"), steps, tells_unauthorized: own.tell_unauthorized })
    }

    /// What could never be evaluated, whatever the metadata: a column that there is not.
    pub(super) fn check(&self) -> Result<(), WrongFilter> {
        let empty = Metadata::new(DataSetBuilder::new("DataSet").finish());
        self.evaluate(&empty, Ticks::default()).map(drop)
    }

    /// Whether subscribers are told which signals they may not have.
    pub fn tells_unauthorized(&self) -> bool {
        self.tells_unauthorized
    }

    /// How many looks at all rows it takes to evaluate them.
    pub fn cost(&self) -> usize {
        self.steps.len()
    }

    /// Which rows of the metadata are allowed. `now` is what the functions of filters take for the time. Of rows with
    /// the same signal ID, all are allowed or none. Rights that cannot be evaluated allow nothing.
    pub fn allowed(&self, metadata: &Metadata, now: Ticks) -> Allowed {
        match self.evaluate(metadata, now) {
            Ok(rows) => Allowed { rows, problem: None },
            Err((_, error)) => {
                let rows = vec![false; metadata.measurements().len()];
                Allowed { rows, problem: Some(error.to_string()) }
            }
        }
    }

    fn evaluate(&self, metadata: &Metadata, now: Ticks) -> Result<Vec<bool>, WrongFilter> {
        let mut rows = vec![false; metadata.measurements().len()];
        for Step { filter, is_allowed, key } in &self.steps {
            let selected = filter.select_measurement_rows(metadata, now, &mut Allowance::default());
            for row in selected.map_err(|error| (*key, error))? {
                rows[row] = *is_allowed;
            }
        }
        let repeated = metadata.rows_of_repeated_signal_ids();
        let first = |row: u32| {
            let signal_id = metadata.measurement(row as usize)?.signal_id()?;
            metadata.measurement_by_signal_id(signal_id).map(|first| first.row())
        };
        for (row, first) in repeated.iter().filter_map(|row| Some((*row as usize, first(*row)?))) {
            rows[first] &= rows[row];
        }
        for (row, first) in repeated.iter().filter_map(|row| Some((*row as usize, first(*row)?))) {
            rows[row] = rows[first];
        }
        Ok(rows)
    }
}

impl Allowed {
    /// Everything is allowed.
    pub fn is_everything(&self) -> bool {
        self.rows.iter().all(|is_allowed| *is_allowed)
    }

    /// Whether a row is allowed.
    pub fn has(&self, row: usize) -> bool {
        self.rows.get(row).copied().unwrap_or(false)
    }
}

/// The conditions of all, those that allow and those that deny.
fn conditions(of: &[&RightsSettings]) -> Result<(Vec<Filter>, Vec<Filter>), WrongFilter> {
    let (mut allowed, mut denied) = (Vec::new(), Vec::new());
    for rights in of {
        let (allow, deny) =
            AccessFilter::parse(&rights.signals).map_err(|error| (SIGNALS, error))?.into_parts();
        allowed.extend(allow);
        denied.extend(deny);
    }
    Ok((allowed, denied))
}

/// The filters of a list of each; an empty one is none.
fn lists(
    of: &[&RightsSettings],
    list: impl Fn(&RightsSettings) -> &String,
    key: &'static str,
) -> Result<Vec<Filter>, WrongFilter> {
    let written = of.iter().map(|rights| list(rights)).filter(|text| !text.trim().is_empty());
    written.map(|text| Filter::parse(text).map_err(|error| (key, error))).collect()
}

impl PartialEq for SignalRights {
    fn eq(&self, other: &SignalRights) -> bool {
        self.text == other.text && self.tells_unauthorized == other.tells_unauthorized
    }
}

impl Eq for SignalRights {}

impl Hash for SignalRights {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
        self.tells_unauthorized.hash(state);
    }
}
