//! Random expressions over the columns of the sample, and random filter statements.

use proptest::prelude::Rng;
use proptest::test_runner::{RngAlgorithm, TestRng};

use crate::sample;
use crate::vocabulary::*;

/// An expression and those it consists of.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) text: String,
    /// What is done to the operands: an operator, a function, or one of the following.
    pub(crate) operation: &'static str,
    pub(crate) operands: Vec<Node>,
}

pub(crate) const LITERAL: &str = "literal";
pub(crate) const COLUMN: &str = "column";
/// Operands and operators one after the other without parentheses, to compare precedence.
pub(crate) const CHAIN: &str = "chain";

/// What kind of value an expression is meant to have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Integer,
    Decimal,
    Double,
    Text,
    Guid,
    Time,
}

const KINDS: [Kind; 7] =
    [Kind::Boolean, Kind::Integer, Kind::Decimal, Kind::Double, Kind::Text, Kind::Guid, Kind::Time];
const NUMBERS: [Kind; 3] = [Kind::Integer, Kind::Decimal, Kind::Double];

/// What the test must have seen both evaluate alike.
pub(crate) fn all_operations() -> impl Iterator<Item = &'static str> {
    const OTHERS: [&str; 13] = [
        "unary -",
        "unary +",
        "~",
        "!",
        "NOT",
        "LIKE",
        "LIKE BINARY",
        "IN",
        "NOT IN",
        "IS NULL",
        "IS NOT NULL",
        CHAIN,
        COLUMN,
    ];
    let operators = [ARITHMETIC, BITWISE, COMPARISONS, LOGICAL].into_iter().flatten().copied();
    operators.chain(OTHERS).chain(FUNCTIONS.iter().map(|(name, ..)| *name))
}

impl Node {
    pub(crate) fn leaf(operation: &'static str, text: &str) -> Node {
        Node { text: text.to_owned(), operation, operands: Vec::new() }
    }

    /// The text in a place where operators bind tightly.
    fn enclosed(&self) -> String {
        let is_call = self.text.ends_with(')') && FUNCTIONS.iter().any(|(name, ..)| *name == self.operation);
        if self.operands.is_empty() || is_call { self.text.clone() } else { format!("({})", self.text) }
    }

    fn unary(operation: &'static str, operator: &str, operand: Node) -> Node {
        Node { text: format!("{operator} {}", operand.enclosed()), operation, operands: vec![operand] }
    }

    fn binary(operation: &'static str, operator: &str, left: Node, right: Node) -> Node {
        let text = format!("{} {operator} {}", left.enclosed(), right.enclosed());
        Node { text, operation, operands: vec![left, right] }
    }
}

pub(crate) struct Generator {
    random: TestRng,
}

impl Generator {
    pub(crate) fn new(seed: u64) -> Generator {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        Generator { random: TestRng::from_seed(RngAlgorithm::ChaCha, &bytes) }
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.random.next_u64() % end as u64) as usize
    }

    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// An expression of any kind.
    pub(crate) fn expression(&mut self) -> Node {
        if self.percent(15) {
            return self.chain();
        }
        let (kind, depth) = (self.pick(&KINDS), 1 + self.below(3));
        self.of_kind(kind, depth)
    }

    /// An expression that is most often of that kind.
    fn of_kind(&mut self, kind: Kind, depth: usize) -> Node {
        let kind = if self.percent(2) { self.pick(&KINDS) } else { kind };
        if depth == 0 {
            return self.leaf(kind);
        }
        if self.percent(35) {
            let fitting: Vec<_> =
                FUNCTIONS.iter().filter(|(.., result)| fits(*result, kind)).copied().collect();
            if !fitting.is_empty() {
                let (name, arguments, _) = self.pick(&fitting);
                return self.call(name, arguments, depth);
            }
        }
        match kind {
            Kind::Boolean => self.condition(depth),
            Kind::Integer if self.percent(40) => {
                let operator = self.pick(BITWISE);
                self.between(operator, kind, depth)
            }
            Kind::Integer | Kind::Decimal | Kind::Double if self.percent(20) => {
                let takes_bits = kind == Kind::Integer || self.percent(10);
                let (operation, operator) = self.pick(if takes_bits { UNARY } else { SIGNS });
                Node::unary(operation, operator, self.of_kind(kind, depth - 1))
            }
            Kind::Integer | Kind::Decimal | Kind::Double => {
                let is_usual = kind == Kind::Integer || self.percent(10);
                let operator = self.pick(if is_usual { ARITHMETIC } else { &["+", "-", "*", "/"] });
                self.between(operator, kind, depth)
            }
            Kind::Text => {
                let other = if self.percent(60) { Kind::Text } else { self.pick(&KINDS) };
                let (left, right) = (self.of_kind(Kind::Text, depth - 1), self.of_kind(other, depth - 1));
                if self.percent(80) {
                    Node::binary("+", "+", left, right)
                } else {
                    Node::binary("+", "+", right, left)
                }
            }
            Kind::Guid | Kind::Time => self.leaf(kind),
        }
    }

    fn between(&mut self, operator: &'static str, kind: Kind, depth: usize) -> Node {
        let left = self.number_like(kind, depth - 1);
        Node::binary(operator, operator, left, self.number_like(kind, depth - 1))
    }

    /// Mostly of that kind, sometimes another number or a Boolean.
    fn number_like(&mut self, kind: Kind, depth: usize) -> Node {
        let kind = match self.below(20) {
            0 => Kind::Boolean,
            1..4 => self.pick(&NUMBERS),
            _ => kind,
        };
        self.of_kind(kind, depth)
    }

    fn condition(&mut self, depth: usize) -> Node {
        match self.below(10) {
            0 | 1 => {
                let operator = self.pick(LOGICAL);
                let left = self.of_kind(Kind::Boolean, depth - 1);
                Node::binary(operator, operator, left, self.of_kind(Kind::Boolean, depth - 1))
            }
            2 => {
                let operator = self.pick(&["NOT", "!", "~"]);
                Node::unary(operator, operator, self.of_kind(Kind::Boolean, depth - 1))
            }
            3 => {
                let (operation, negation) =
                    self.pick(&[("IS NULL", ""), ("IS NOT NULL", "NOT "), ("IS NOT NULL", "! ")]);
                let kind = self.pick(&KINDS);
                let operand = self.of_kind(kind, depth - 1);
                Node {
                    text: format!("{} IS {negation}NULL", operand.enclosed()),
                    operation,
                    operands: vec![operand],
                }
            }
            4 => self.list(depth),
            5 | 6 => {
                let operation = self.pick(&["LIKE", "LIKE", "LIKE BINARY", "NOT LIKE", "NOT LIKE BINARY"]);
                let left = self.of_kind(Kind::Text, depth - 1);
                let pattern = match self.percent(95) {
                    true => Node::leaf(LITERAL, self.pick(PATTERNS)),
                    false => self.leaf(Kind::Text),
                };
                Node::binary(operation, operation, left, pattern)
            }
            _ => {
                let operator = self.pick(COMPARISONS);
                let (left, right) = self.comparable(depth - 1);
                Node::binary(operator, operator, left, right)
            }
        }
    }

    /// Two expressions that can be compared, most often.
    fn comparable(&mut self, depth: usize) -> (Node, Node) {
        let kind = self.pick(&KINDS);
        let other = match self.below(10) {
            0 | 1 => Kind::Text,
            2 | 3 if NUMBERS.contains(&kind) => self.pick(&NUMBERS),
            _ => kind,
        };
        (self.of_kind(kind, depth), self.of_kind(other, depth))
    }

    fn list(&mut self, depth: usize) -> Node {
        let operation = self.pick(&["IN", "IN", "NOT IN"]);
        let modifier = self.pick(&["", "", "BINARY ", "=== "]);
        let kind = self.pick(&KINDS);
        let mut operands = vec![self.of_kind(kind, depth - 1)];
        for _ in 0..1 + self.below(4) {
            let other = if self.percent(85) { kind } else { self.pick(&KINDS) };
            let depth = if self.percent(80) { 0 } else { depth - 1 };
            operands.push(self.of_kind(other, depth));
        }
        let items: Vec<&str> = operands[1..].iter().map(|item| item.text.as_str()).collect();
        let text = format!("{} {operation} {modifier}({})", operands[0].enclosed(), items.join(", "));
        Node { text, operation, operands }
    }

    fn call(&mut self, name: &'static str, kinds: &str, depth: usize) -> Node {
        let mut operands: Vec<Node> = Vec::new();
        let mut last = self.pick(&KINDS);
        for kind in kinds.chars() {
            match kind {
                '?' if self.percent(50) => break,
                '?' => continue,
                '+' => {
                    for _ in 0..self.below(3) {
                        operands.push(self.of_kind(last, depth - 1));
                    }
                    continue;
                }
                'I' | 'T' | 'p' if self.percent(97) => {
                    let choices = if kind == 'I' {
                        INTERVALS
                    } else if kind == 'T' {
                        TYPES
                    } else {
                        REGULAR
                    };
                    operands.push(Node::leaf(LITERAL, self.pick(choices)));
                    continue;
                }
                'n' => last = self.pick(&NUMBERS),
                'i' => last = Kind::Integer,
                'b' => last = Kind::Boolean,
                't' => last = Kind::Time,
                'a' => last = self.pick(&KINDS),
                '=' => {}
                _ => last = Kind::Text,
            }
            let small = kind == 'i' && self.percent(85);
            let operand = if small { self.small() } else { self.of_kind(last, depth - 1) };
            operands.push(operand);
        }
        match self.below(50) {
            0 => drop(operands.pop()),
            1 => operands.push(Node::leaf(LITERAL, "1")),
            _ => {}
        }
        let arguments: Vec<&str> = operands.iter().map(|operand| operand.text.as_str()).collect();
        Node { text: format!("{name}({})", arguments.join(", ")), operation: name, operands }
    }

    /// A small number, which may be negative.
    fn small(&mut self) -> Node {
        let literal = Node::leaf(LITERAL, self.pick(&["0", "1", "2", "3", "5", "13", "40"]));
        if self.percent(25) { Node::unary("unary -", "-", literal) } else { literal }
    }

    fn leaf(&mut self, kind: Kind) -> Node {
        if self.percent(3) {
            return Node::leaf(LITERAL, "NULL");
        }
        if self.percent(35) {
            let columns: Vec<&str> = sample::columns_of(kind).collect();
            return Node::leaf(COLUMN, self.pick(&columns));
        }
        let literals = match kind {
            Kind::Boolean => BOOLEANS,
            Kind::Integer if self.percent(8) => LARGE_INTEGERS,
            Kind::Integer => INTEGERS,
            Kind::Decimal => DECIMALS,
            Kind::Double => DOUBLES,
            Kind::Text => TEXTS,
            Kind::Guid => GUIDS,
            Kind::Time => TIMES,
        };
        Node::leaf(LITERAL, self.pick(literals))
    }

    /// Small integers and operators without parentheses. Whatever the order of evaluation, no result leaves
    /// the range in which all implementations agree.
    fn chain(&mut self) -> Node {
        let mut text = String::new();
        let operand = |random: &mut Generator, text: &mut String| {
            let sign = random.pick(&["", "", "", "", "-", "~ ", "NOT ", "! ", "+"]);
            let operand = random.pick(&["1", "2", "3", "5", "True", "False", "(1 < 2)", "NULL", "4"]);
            text.push_str(sign);
            text.push_str(operand);
        };
        operand(self, &mut text);
        for _ in 0..1 + self.below(5) {
            match self.below(12) {
                0 => {
                    text.push_str(self.pick(&[" IS NULL", " IS NOT NULL", " IN (1, 3)", " NOT IN (True, 4)"]))
                }
                1 if self.percent(20) => text.push_str(" LIKE '%'"),
                _ => {
                    let operator = self.pick(&[
                        "+", "-", "*", "+", "-", "&", "|", "XOR", "<", "<=", ">", "=", "<>", "AND", "OR",
                        "AND", "OR", "<<",
                    ]);
                    text.push_str(&format!(" {operator} "));
                    operand(self, &mut text);
                }
            }
        }
        Node::leaf(CHAIN, &text)
    }
}

fn fits(result: Kind, wanted: Kind) -> bool {
    result == wanted || (NUMBERS.contains(&result) && NUMBERS.contains(&wanted))
}
