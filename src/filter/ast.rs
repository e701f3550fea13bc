//! A parsed filter. Every node knows the byte of the text it was read from.

use hashbrown::HashSet;
use uuid::Uuid;

use super::functions::Function;
use super::operators::{Arithmetic, Bitwise, Comparison, Logical, Unary};
use super::text::{Case, folded};
use super::value::Value;

/// One of the statements of a filter.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) kind: StatementKind,
    pub(super) at: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// What stands behind an identifier; in a box, since of a hundred thousand hardly any has it.
    pub(super) adjustment: Option<Box<Adjustment>>,
}

/// How the values of a signal are changed where they arrive, as lists of output measurements have it:
/// `identifier, adder, multiplier`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adjustment {
    /// What is added, after the multiplication.
    pub adder: f64,
    /// What is multiplied with.
    pub multiplier: f64,
}

impl Adjustment {
    /// The changed value.
    pub fn apply(self, value: f64) -> f64 {
        value * self.multiplier + self.adder
    }
}

#[derive(Debug)]
pub(super) enum StatementKind {
    SignalId(Uuid),
    MeasurementKey(String),
    PointTag(String),
    Select(Box<Select>),
}

/// `FILTER TOP limit table WHERE condition ORDER BY order`, or a condition alone.
#[derive(Debug)]
pub(super) struct Select {
    /// `None` is the primary table.
    pub(super) table: Option<Name>,
    pub(super) limit: Option<usize>,
    pub(super) condition: Tree,
    pub(super) order: Vec<OrderTerm>,
}

#[derive(Debug)]
pub(super) struct OrderTerm {
    pub(super) column: Name,
    pub(super) descending: bool,
    pub(super) case: Case,
}

/// An expression and what it refers to by number.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) at: usize,
    pub(super) root: Node,
    /// The columns in the order in which the expression names them.
    pub(super) columns: Vec<Name>,
}

/// The name of a table or column.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) name: String,
    pub(super) at: usize,
}

#[derive(Debug)]
pub(super) enum Node {
    Null,
    Literal(Value<'static>),
    /// The place of the column in [`Tree::columns`].
    Column(usize),
    Unary {
        operator: Unary,
        operand: Box<Node>,
        at: usize,
    },
    Call {
        function: Function,
        arguments: Vec<Node>,
        at: usize,
    },
    Chain(Box<Chain>),
}

/// An operand and the operations applied to it one after the other. A chain of any length is one
/// node, so that the depth of a tree is that of its nesting.
#[derive(Debug)]
pub(super) struct Chain {
    pub(super) first: Node,
    pub(super) steps: Vec<Step>,
    /// The place in the column list of a text column whose first step depends on nothing but the
    /// column's text.
    pub(super) text_test: Option<usize>,
}

impl Chain {
    pub(super) fn new(first: Node, steps: Vec<Step>, columns: &[Name]) -> Chain {
        let chain = Chain { first, steps, text_test: None };
        let mut chain = chain.as_membership(columns).unwrap_or(chain);
        chain.text_test = match (&chain.first, chain.steps.first()) {
            (Node::Column(column), Some(step)) if step.operation.is_text_test() => Some(*column),
            _ => None,
        };
        chain
    }

    /// `column IN (a, b, …)` for `column = a OR column = b OR …` with literals of one type. Such chains
    /// can be very long, and a list needs only one look at a set.
    fn as_membership(&self, columns: &[Name]) -> Option<Chain> {
        let (first, alternatives) = match (self.first.as_equality(), self.steps.split_first()?) {
            (Some(first), _) => (first, self.steps.as_slice()),
            (None, (step, others)) => (Equality::of(&self.first, step)?, others),
        };
        if alternatives.is_empty() {
            return None;
        }
        let mut items = vec![Node::Literal(first.value.clone())];
        for step in alternatives {
            let Operation::Logical(Logical::Or, right) = &step.operation else {
                return None;
            };
            let other = right.as_equality().filter(|other| first.is_like(other, columns))?;
            items.push(Node::Literal(other.value.clone()));
        }
        let operation =
            Operation::In { list: List::new(items, first.case), case: first.case, negated: false };
        let steps = vec![Step { operation, at: first.at }];
        Some(Chain { first: Node::Column(first.column), steps, text_test: None })
    }
}

/// `column = value`.
struct Equality<'n> {
    column: usize,
    case: Case,
    value: &'n Value<'static>,
    at: usize,
}

impl<'n> Equality<'n> {
    fn of(first: &Node, step: &'n Step) -> Option<Equality<'n>> {
        match (first, &step.operation) {
            (Node::Column(column), Operation::Compare(Comparison::Equal, case, Node::Literal(value))) => {
                Some(Equality { column: *column, case: *case, value, at: step.at })
            }
            _ => None,
        }
    }

    fn is_like(&self, other: &Equality<'_>, columns: &[Name]) -> bool {
        let same_column = match (columns.get(self.column), columns.get(other.column)) {
            (Some(column), Some(other)) => column.name.eq_ignore_ascii_case(&other.name),
            _ => false,
        };
        same_column && self.case == other.case && self.value.value_type() == other.value.value_type()
    }
}

impl Node {
    fn as_equality(&self) -> Option<Equality<'_>> {
        match self {
            Node::Chain(chain) => match chain.steps.as_slice() {
                [step] => Equality::of(&chain.first, step),
                _ => None,
            },
            _ => None,
        }
    }
}

#[derive(Debug)]
pub(super) struct Step {
    pub(super) operation: Operation,
    pub(super) at: usize,
}

#[derive(Debug)]
pub(super) enum Operation {
    Arithmetic(Arithmetic, Node),
    Bitwise(Bitwise, Node),
    Compare(Comparison, Case, Node),
    Logical(Logical, Node),
    Like { pattern: Node, case: Case, negated: bool },
    In { list: List, case: Case, negated: bool },
    IsNull { negated: bool },
}

impl Operation {
    /// True when the result for a text depends on nothing else.
    pub(super) fn is_text_test(&self) -> bool {
        let is_text = |node: &Node| matches!(node, Node::Literal(Value::String(_)));
        match self {
            Operation::Compare(_, _, right) => is_text(right),
            Operation::Like { pattern, .. } => is_text(pattern),
            Operation::In { list, .. } => list.items.iter().all(is_text),
            _ => false,
        }
    }
}

/// The right side of `IN`.
#[derive(Debug)]
pub(super) struct List {
    pub(super) items: Vec<Node>,
    index: Option<ListIndex>,
}

/// The values of a list of literals of one type.
#[derive(Debug)]
enum ListIndex {
    Integers(HashSet<i64>),
    Guids(HashSet<Uuid>),
    Texts { texts: HashSet<Box<str>>, case: Case },
}

impl List {
    pub(super) fn new(items: Vec<Node>, case: Case) -> List {
        List { index: ListIndex::of(&items, case), items }
    }

    /// Whether the list contains the value, when that can be told without comparing it with every
    /// item.
    pub(super) fn lookup(&self, value: &Value<'_>) -> Option<bool> {
        match (self.index.as_ref()?, value) {
            (ListIndex::Integers(items), Value::Int32(value)) => Some(items.contains(&i64::from(*value))),
            (ListIndex::Integers(items), Value::Int64(value)) => Some(items.contains(value)),
            (ListIndex::Guids(items), Value::Guid(value)) => Some(items.contains(value)),
            (ListIndex::Texts { texts, case }, Value::String(value)) => Some(match case {
                Case::Exact => texts.contains(&**value),
                Case::Ignored => texts.contains(&*folded(value)),
            }),
            _ => None,
        }
    }
}

impl ListIndex {
    fn of(items: &[Node], case: Case) -> Option<ListIndex> {
        match items.first()? {
            Node::Literal(Value::Guid(_)) => collect(items, |value| match value {
                Value::Guid(value) => Some(*value),
                _ => None,
            })
            .map(ListIndex::Guids),
            Node::Literal(Value::Int32(_) | Value::Int64(_)) => collect(items, |value| match value {
                Value::Int32(value) => Some(i64::from(*value)),
                Value::Int64(value) => Some(*value),
                _ => None,
            })
            .map(ListIndex::Integers),
            Node::Literal(Value::String(_)) => collect(items, |value| match (value, case) {
                (Value::String(text), Case::Exact) => Some(Box::from(&**text)),
                (Value::String(text), Case::Ignored) => Some(Box::from(&*folded(text))),
                _ => None,
            })
            .map(|texts| ListIndex::Texts { texts, case }),
            _ => None,
        }
    }
}

/// The set of what all items are, or nothing when one of them is something else.
fn collect<T: std::hash::Hash + Eq>(
    items: &[Node],
    value: impl Fn(&Value<'static>) -> Option<T>,
) -> Option<HashSet<T>> {
    items
        .iter()
        .map(|item| match item {
            Node::Literal(literal) => value(literal),
            _ => None,
        })
        .collect()
}
