//! Whole filters: which rows they select, and in which order.

use sttp::Ticks;
use sttp::filter::{Filter, FilterError, PrimaryTable};
use sttp::metadata::{ColumnType, DataSet};

use crate::generator::Generator;
use crate::vocabulary::COMPARISONS;
use crate::{peer, sample, seed};

const FILTERS: usize = 600;

/// A filter, and the one that asks `sttpapi` for the same.
struct Statement {
    ours: String,
    theirs: String,
}

#[test]
fn filters_select_what_they_select_in_sttpapi() {
    let Some(python) = peer::python() else { return };
    let seed = seed();
    let mut generator = Generator::new(seed);
    let filters: Vec<Statement> = (0..FILTERS).map(|_| generator.filter()).collect();
    let data = sample::data_set();
    let texts: Vec<&str> = filters.iter().map(|filter| filter.theirs.as_str()).collect();
    let theirs = peer::evaluate(&python, &data, 0, &[], &texts).1;

    let mut wrong = Vec::new();
    let mut sizes = [0; 13];
    for (Statement { ours: text, .. }, theirs) in filters.iter().zip(theirs) {
        let ours = select(text, &data).map_err(|error| error.to_string());
        sizes[ours.as_ref().map_or(0, Vec::len)] += 1;
        if ours.as_ref().ok() != theirs.as_ref().ok() || ours.is_err() {
            wrong.push(format!("{text}\n    selects {ours:?}\n    sttpapi: {theirs:?}"));
        }
    }
    eprintln!("filters by the number of rows they select: {sizes:?}");
    assert!(wrong.is_empty(), "seed {seed}, {} differ: {}", wrong.len(), wrong.join("\n"));
    let several: usize = sizes[2..].iter().sum();
    assert!(
        several * 2 > FILTERS,
        "seed {seed}: an order shows only where several rows are selected: {sizes:?}"
    );
}

fn select(filter: &str, data: &DataSet) -> Result<Vec<usize>, FilterError> {
    let selected = Filter::parse(filter)?.select(data, &PrimaryTable::default(), Ticks::now())?;
    Ok(selected.iter().map(|selected| selected.row).collect())
}

impl Generator {
    fn filter(&mut self) -> Statement {
        let statements = match self.below(10) {
            // sttpapi selects identifiers before everything else, so that the two are not mixed.
            0 => (0..1 + self.below(4)).map(|_| self.identifier()).collect(),
            1 => (0..2 + self.below(2)).map(|_| self.filter_statement()).collect(),
            _ => vec![self.filter_statement()],
        };
        let joined = |text: fn(&Statement) -> &str| statements.iter().map(text).collect::<Vec<_>>().join(";");
        Statement { ours: joined(|one| &one.ours), theirs: joined(|one| &one.theirs) }
    }

    fn identifier(&mut self) -> Statement {
        let text = self.pick(&[
            "00000000-0000-4000-8000-000000000001",
            "{6E1B5DC1-03D1-4E9C-9D4C-0A1F1F5A2B3C}",
            "'00000000-0000-4000-8000-000000000008'",
            "{00000000-0000-4000-8000-0000000000ff}",
            "GRID:3",
            "grid:4",
            "PMU:2",
            "PMU:99",
            "\"banana\"",
            "\"BANANA\"",
            "\"North-Freq\"",
            "\"nothing\"",
        ]);
        Statement { ours: text.to_owned(), theirs: text.to_owned() }
    }

    fn filter_statement(&mut self) -> Statement {
        let top = self
            .pick(&["", "", "", "TOP 1 ", "TOP 3 ", "TOP +5 ", "TOP 8 ", "TOP 0 ", "TOP -1 ", "TOP 100 "]);
        let depth = self.below(3);
        let condition = if self.percent(15) { "True".to_owned() } else { self.row_condition(depth) };
        let start = format!("FILTER {top}{} WHERE {condition}", sample::TABLE);
        let mut statement = Statement { ours: start.clone(), theirs: start };
        for number in 0..self.below(4) {
            let separator = if number == 0 { " ORDER BY " } else { ", " };
            let term = self.order_term();
            statement.ours += &format!("{separator}{}", term.ours);
            statement.theirs += &format!("{separator}{}", term.theirs);
        }
        statement
    }

    /// `sttpapi` orders texts exactly where it is not asked to, and true before false.
    fn order_term(&mut self) -> Statement {
        let columns: Vec<_> = sample::all_columns().filter(|(name, _)| *name != "Checked").collect();
        let (column, column_type) = self.pick(&columns);
        let (exact, descending) = (self.percent(30), self.percent(40));
        let modifier = |exact| if exact { "BINARY " } else { "" };
        let direction = |descending| if descending { " DESC" } else { "" };
        let (is_text, is_boolean) = (column_type == ColumnType::String, column_type == ColumnType::Boolean);
        Statement {
            ours: format!("{}{column}{}", modifier(exact), direction(descending)),
            theirs: format!("{}{column}{}", modifier(exact != is_text), direction(descending != is_boolean)),
        }
    }

    /// A condition without anything in which the two are known to differ.
    fn row_condition(&mut self, depth: usize) -> String {
        if depth > 0 {
            let (left, right) = (self.row_condition(depth - 1), self.row_condition(depth - 1));
            return match self.below(5) {
                0 => format!("NOT ({left})"),
                1 => format!("({left}) OR ({right})"),
                2 => format!("{left} OR {right}"),
                3 => format!("({left}) AND ({right})"),
                _ => format!("{left} AND {right}"),
            };
        }
        let comparison = self.pick(COMPARISONS);
        match self.below(9) {
            0 => self.pick(&["Enabled", "NOT Enabled", "Checked", "Enabled = Checked"]).to_owned(),
            1 | 2 => {
                let column = self.pick(&[
                    "FramesPerSecond",
                    "Level",
                    "Total",
                    "Gain",
                    "Adder",
                    "Latitude",
                    "Octet",
                    "Huge",
                ]);
                format!("{column} {comparison} {}", self.pick(&["0", "1", "5", "9.5", "30", "2e0", "35.25"]))
            }
            3 | 4 => {
                let column = self.pick(&["PointTag", "Device", "SignalType", "ID"]);
                format!(
                    "{column} {comparison} {}",
                    self.pick(&["'north'", "'FREQ'", "'m'", "'größe'", "'GRID:4'"])
                )
            }
            5 => {
                let modifier = self.pick(&["", "BINARY ", "=== "]);
                let column = self.pick(&["PointTag", "Device", "SignalType", "ID"]);
                format!(
                    "{column} LIKE {modifier}{}",
                    self.pick(&["'N%'", "'%e%'", "'*freq'", "'%'", "'VPH*'", "'%Ö%'"])
                )
            }
            6 => {
                let column = self.pick(&[
                    "Device",
                    "Level",
                    "Total",
                    "Gain",
                    "Latitude",
                    "UpdatedOn",
                    "NullText",
                    "SignalID",
                ]);
                format!("{column} IS {}NULL", self.pick(&["", "NOT "]))
            }
            7 => {
                let negation = self.pick(&["", "NOT "]);
                // Without nulls, for which sttpapi's result of IN is not Boolean.
                self.pick(&[
                    "SignalType _IN ('freq', 'VPHM')",
                    "SignalType _IN BINARY ('freq', 'VPHM', 'x')",
                    "ID _IN ('pmu:1')",
                ])
                .replace('_', negation)
            }
            _ => {
                let time = self.pick(&[
                    "#2021-02-03#",
                    "#2021-02-03 04:05:06#",
                    "'2021-02-05'",
                    "#2020-06-01 12:00 PM#",
                ]);
                format!("UpdatedOn {comparison} {time}")
            }
        }
    }
}
