//! Random expressions and filters, evaluated by this library and by `sttpapi` at the same time.
//!
//! Set `STTP_TEST_PYTHON` to a Python that has `sttpapi` 0.7.6. Each expression is evaluated with all
//! expressions that it consists of. Where the results differ, the smallest of them that differs must be
//! one of the differences listed in `differences.rs`; any other fails the test. `STTP_TEST_SEED` chooses
//! other expressions.

mod differences;
mod generator;
mod outcome;
mod peer;
mod sample;
mod selections;
#[path = "../skipped/mod.rs"]
mod skipped;
mod vocabulary;

use std::collections::{BTreeMap, HashMap};

use sttp::Ticks;
use sttp::filter::{Expression, FilterError, Value};

use differences::{Case, DIFFERENCES, Difference};
use generator::{Generator, Node, all_operations};
use outcome::Outcome;

/// Expressions that are generated, without those that they consist of.
const EXPRESSIONS: usize = 3_500;
/// The fewest that must have been compared, with those that they consist of.
const COMPARED: usize = 5_000;
/// The row of the sample at which expressions are evaluated: it has few nulls.
const ROW: usize = 0;

#[test]
fn expressions_give_what_they_give_in_sttpapi() {
    let Some(python) = peer::python() else { return };
    let seed = seed();
    let mut generator = Generator::new(seed);
    let roots: Vec<Node> = (0..EXPRESSIONS).map(|_| generator.expression()).collect();
    let comparison = Comparison::of(&python, &roots);
    let report = comparison.judge(&roots);

    eprintln!("{report}");
    assert!(report.unlisted.is_empty(), "seed {seed}, {}", report.unlisted.join("\n"));
    assert!(report.compared >= COMPARED, "seed {seed}: {} compared", report.compared);
    // A test that excuses much, or compares errors only, would show nothing.
    assert!(report.equal * 100 >= report.compared * 85, "seed {seed}: {} equal", report.equal);
    assert!(report.equal_values * 100 >= report.compared * 65, "seed {seed}: {} values", report.equal_values);
    for operation in all_operations() {
        let values = report.values_of.get(operation).copied().unwrap_or_default();
        assert!(values >= 5, "seed {seed}: {operation} gave only {values} equal values");
    }
}

fn seed() -> u64 {
    let chosen = std::env::var("STTP_TEST_SEED").ok();
    chosen.map_or(1, |seed| seed.parse().expect("STTP_TEST_SEED is a number"))
}

/// The two results of every expression.
struct Comparison {
    outcomes: HashMap<String, (Outcome, Outcome)>,
}

/// What came out of a comparison.
#[derive(Default)]
struct Report {
    compared: usize,
    equal: usize,
    /// Equal results that are values and not errors.
    equal_values: usize,
    values_of: BTreeMap<&'static str, usize>,
    /// How often each listed difference was met.
    listed: BTreeMap<&'static str, usize>,
    /// Results that differ because those of an operand do.
    inherited: usize,
    unlisted: Vec<String>,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Report { compared, equal, equal_values, inherited, .. } = self;
        writeln!(
            f,
            "{compared} compared, {equal} equal, {equal_values} of these values, {inherited} differ in an operand"
        )?;
        self.listed.iter().try_for_each(|(reason, count)| writeln!(f, "{count:6} {reason}"))
    }
}

impl Comparison {
    fn of(python: &std::ffi::OsStr, roots: &[Node]) -> Comparison {
        let mut texts: Vec<&str> = Vec::new();
        roots.iter().for_each(|root| collect(root, &mut texts));
        texts.sort_unstable();
        texts.dedup();
        let data = sample::data_set();
        let theirs = peer::evaluate(python, &data, ROW, &texts, &[]).0;
        let table = data.table(sample::TABLE).unwrap();
        let ours = |text: &str| -> Result<Value<'static>, FilterError> {
            Expression::parse(text)?.evaluate(Some((table, ROW)), Ticks::now())
        };
        let outcome = |(text, theirs): (&str, Outcome)| (text.to_owned(), (Outcome::of(ours(text)), theirs));
        Comparison { outcomes: texts.into_iter().zip(theirs).map(outcome).collect() }
    }

    fn judge(&self, roots: &[Node]) -> Report {
        let mut report = Report::default();
        let mut judged = HashMap::new();
        for root in roots {
            self.judge_node(root, &mut judged, &mut report);
        }
        report
    }

    /// Whether the results of an expression and of all that it consists of are equal.
    fn judge_node(&self, node: &Node, judged: &mut HashMap<String, bool>, report: &mut Report) -> bool {
        if let Some(known) = judged.get(&node.text) {
            return *known;
        }
        let mut operands_equal = true;
        for operand in &node.operands {
            operands_equal &= self.judge_node(operand, judged, report);
        }
        let (ours, theirs) = &self.outcomes[&node.text];
        report.compared += 1;
        let equal = ours.agrees(theirs);
        if equal {
            report.equal += 1;
            if ours.value_type().is_some() {
                report.equal_values += 1;
                *report.values_of.entry(node.operation).or_default() += 1;
            }
        } else if !operands_equal {
            report.inherited += 1;
        } else {
            let operands = node.operands.iter().map(|operand| &self.outcomes[&operand.text]).collect();
            let case = Case { node, operands, ours, theirs };
            match DIFFERENCES.iter().find(|difference| (difference.applies)(&case)) {
                Some(Difference { reason, .. }) => *report.listed.entry(reason).or_default() += 1,
                None => report.unlisted.push(case.to_string()),
            }
        }
        judged.insert(node.text.clone(), equal && operands_equal);
        equal && operands_equal
    }
}

fn collect<'n>(node: &'n Node, texts: &mut Vec<&'n str>) {
    texts.push(&node.text);
    node.operands.iter().for_each(|operand| collect(operand, texts));
}
