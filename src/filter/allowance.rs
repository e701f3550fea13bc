//! How much work the evaluation of a filter may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The most steps that one evaluation may take, over all statements and rows: operators, compared items of
/// lists, and stretches of processed text. A second's work for most filters, two for some.
pub const MAX_STEPS: u64 = 100_000_000;

/// The steps that evaluations may take, together, and how many of them are left.
///
/// ```
/// # use sttp::filter::{Allowance, Filter, FilterProblem, PrimaryTable};
/// # use sttp::metadata::{Column, ColumnType, DataSetBuilder};
/// # let mut builder = DataSetBuilder::new("Example");
/// # let table = builder.add_table("ActiveMeasurements", vec![Column::new("PointTag", ColumnType::String)])?;
/// # (0..10).try_for_each(|row| builder.append_row(table)?.set("PointTag", format!("TAG{row}").as_str()).map(drop))?;
/// # let data = builder.finish();
/// let filter = Filter::parse("FILTER ActiveMeasurements WHERE Len(PointTag) > 2")?;
/// let (primary, now) = (PrimaryTable::default(), sttp::Ticks::now());
/// let mut allowance = Allowance::new(1000);
/// assert_eq!(filter.select_within(&data, &primary, now, &mut allowance)?.len(), 10);
/// assert!(allowance.spent() > 10);
/// let error = filter.select_within(&data, &primary, now, &mut Allowance::new(5)).unwrap_err();
/// assert_eq!(error.problem(), &FilterProblem::TooMuchWork { limit: 5, why: None });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Allowance {
    limit: u64,
    left: u64,
    /// Why there are no more.
    why: Option<&'static str>,
    /// Nobody wants the results any more.
    is_cancelled: Option<Arc<AtomicBool>>,
}

impl Default for Allowance {
    /// As much as a filter may ever take.
    fn default() -> Allowance {
        Allowance::new(MAX_STEPS)
    }
}

impl Allowance {
    /// So many steps.
    pub fn new(steps: u64) -> Allowance {
        Allowance { limit: steps, left: steps, why: None, is_cancelled: None }
    }

    /// The same, whose errors say why there are no more steps.
    #[must_use]
    pub fn because(mut self, why: &'static str) -> Allowance {
        self.why = Some(why);
        self
    }

    /// The same, but no more than so many steps.
    #[must_use]
    pub fn at_most(&self, steps: u64) -> Allowance {
        Allowance { limit: self.limit.min(steps), left: self.left.min(steps), ..self.clone() }
    }

    /// The same until somebody sets this flag: then nothing is left.
    #[must_use]
    pub fn until(mut self, is_cancelled: Arc<AtomicBool>) -> Allowance {
        self.is_cancelled = Some(is_cancelled);
        self
    }

    /// Steps that there were at first.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Why there were no more, if that was [said](Self::because).
    pub fn why(&self) -> Option<&'static str> {
        self.why
    }

    /// Steps that evaluations took.
    pub fn spent(&self) -> u64 {
        self.limit - self.left
    }

    /// An evaluation needed more than was left.
    pub fn is_exhausted(&self) -> bool {
        self.left == 0
    }

    /// Takes steps. False when there are not so many; then none is left.
    pub(super) fn spend(&mut self, steps: u64) -> bool {
        let is_cancelled = self.is_cancelled.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed));
        let left = self.left.checked_sub(steps).filter(|_| !is_cancelled);
        self.left = left.unwrap_or(0);
        left.is_some()
    }

    /// Takes as many steps as there are, and no more than so many.
    pub(super) fn take_up_to(&mut self, steps: u64) -> u64 {
        let taken = steps.min(self.left);
        self.left -= taken;
        taken
    }

    /// Steps that were taken and not needed.
    pub(super) fn give_back(&mut self, steps: u64) {
        self.left += steps;
    }
}
