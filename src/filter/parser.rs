//! Tokens to statements and expressions.
//!
//! Operators bind as those of the other STTP implementations do, which is not what their
//! documentation says: all arithmetic operators bind equally, and so do `AND` and `OR`.

use super::ast::{
    Adjustment, Chain, List, Name, Node, Operation, OrderTerm, Select, Statement, StatementKind, Step, Tree,
};
use super::convert::{integer_literal, number_literal};
use super::error::{Fault, FilterProblem, excerpt};
use super::functions::Function;
use super::lexer::{Keyword, Lexer, Symbol, Token, TokenKind};
use super::operators::{Arithmetic, Bitwise, Comparison, Logical, Unary};
use super::text::Case;
use super::value::Value;

/// The most bytes that a filter may have.
const MAX_LENGTH: usize = 4 << 20;

/// The most statements with a condition that a filter may have; each takes memory and a look at all
/// rows of a table. Identifiers are not counted.
const MAX_CONDITIONS: usize = 10_000;

/// The most levels of operands within operands, each of which takes stack to parse and to evaluate.
const MAX_DEPTH: usize = 200;

/// The statements of a filter: one or more, separated by one or more semicolons.
pub(super) fn parse_statements(text: &str) -> Result<Vec<Statement>, Fault> {
    let mut parser = Parser::new(text)?;
    let mut statements = Vec::new();
    let mut conditions = 0;
    loop {
        while parser.take_symbol(Symbol::Semicolon)? {}
        if matches!(parser.token.kind, TokenKind::End) && !statements.is_empty() {
            return Ok(statements);
        }
        let statement = parser.statement()?;
        conditions += usize::from(matches!(statement.kind, StatementKind::Select(_)));
        if conditions > MAX_CONDITIONS {
            return Err(Fault::new(statement.at, FilterProblem::TooManyConditions { limit: MAX_CONDITIONS }));
        }
        statements.push(statement);
        if !matches!(parser.token.kind, TokenKind::Symbol(Symbol::Semicolon) | TokenKind::End) {
            let has_colon = text.get(parser.token.start..).and_then(|rest| rest.split(';').next());
            let is_key = matches!(parser.token.kind, TokenKind::MeasurementKey(_));
            return Err(parser.unexpected(
                match !is_key && has_colon.is_some_and(|rest| rest.contains(':')) {
                    true => "an operator, ; or the end of the filter; a point tag stands in double quotes",
                    false => "an operator, ; or the end of the filter",
                },
            ));
        }
    }
}

/// Statements of conditions that allow, and of those that deny.
pub(super) type AccessStatements = (Vec<Statement>, Vec<Statement>);

/// `ALLOW WHERE condition` and `DENY WHERE condition`, any number of both, separated by one or more semicolons.
pub(super) fn parse_access(text: &str) -> Result<AccessStatements, Fault> {
    let mut parser = Parser::new(text)?;
    let (mut allow, mut deny) = (Vec::new(), Vec::new());
    loop {
        while parser.take_symbol(Symbol::Semicolon)? {}
        if parser.token.kind == TokenKind::End {
            return Ok((allow, deny));
        }
        if allow.len() + deny.len() >= MAX_CONDITIONS {
            let problem = FilterProblem::TooManyConditions { limit: MAX_CONDITIONS };
            return Err(Fault::new(parser.token.start, problem));
        }
        let list = match parser.token.kind {
            TokenKind::Name(name) if name.eq_ignore_ascii_case("ALLOW") => &mut allow,
            TokenKind::Name(name) if name.eq_ignore_ascii_case("DENY") => &mut deny,
            _ => return Err(parser.unexpected("ALLOW WHERE or DENY WHERE, and a condition")),
        };
        list.push(parser.access_clause()?);
        let is_separated = parser.token.kind == TokenKind::Symbol(Symbol::Semicolon);
        if !is_separated && parser.token.kind != TokenKind::End {
            return Err(parser.unexpected("an operator, ; or the end"));
        }
    }
}

/// A single expression.
pub(super) fn parse_expression(text: &str) -> Result<Tree, Fault> {
    let mut parser = Parser::new(text)?;
    let tree = parser.tree()?;
    match parser.token.kind {
        TokenKind::End => Ok(tree),
        _ => Err(parser.unexpected("an operator or the end of the expression")),
    }
}

/// How tightly an operator binds, from the loosest to the tightest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Logical,
    Not,
    Like,
    Compare,
    IsNull,
    In,
    Bitwise,
    Arithmetic,
    Unary,
}

impl Binding {
    /// What the operators of the right operand must bind like, so that operators that bind equally
    /// apply from left to right.
    fn tighter(self) -> Binding {
        match self {
            Binding::Logical => Binding::Not,
            Binding::Not => Binding::Like,
            Binding::Like => Binding::Compare,
            Binding::Compare => Binding::IsNull,
            Binding::IsNull => Binding::In,
            Binding::In => Binding::Bitwise,
            Binding::Bitwise => Binding::Arithmetic,
            Binding::Arithmetic | Binding::Unary => Binding::Unary,
        }
    }

    /// Arithmetic and bitwise operators take no predicate as their left operand.
    fn takes_value(self) -> bool {
        self >= Binding::Bitwise
    }
}

/// An operator that stands after an operand.
#[derive(Debug, Clone, Copy)]
enum Infix {
    Arithmetic(Arithmetic),
    Bitwise(Bitwise),
    Compare(Comparison, Case),
    Logical(Logical),
    Like,
    In,
    IsNull,
}

impl Infix {
    fn binding(self) -> Binding {
        match self {
            Infix::Arithmetic(_) => Binding::Arithmetic,
            Infix::Bitwise(_) => Binding::Bitwise,
            Infix::Compare(..) => Binding::Compare,
            Infix::Logical(_) => Binding::Logical,
            Infix::Like => Binding::Like,
            Infix::In => Binding::In,
            Infix::IsNull => Binding::IsNull,
        }
    }

    fn of(kind: TokenKind<'_>) -> Option<Infix> {
        Some(match kind {
            TokenKind::Keyword(Keyword::And) => Infix::Logical(Logical::And),
            TokenKind::Keyword(Keyword::Or) => Infix::Logical(Logical::Or),
            TokenKind::Keyword(Keyword::Xor) => Infix::Bitwise(Bitwise::Xor),
            TokenKind::Keyword(Keyword::Like) => Infix::Like,
            TokenKind::Keyword(Keyword::In) => Infix::In,
            TokenKind::Keyword(Keyword::Is) => Infix::IsNull,
            TokenKind::Symbol(symbol) => match symbol {
                Symbol::AndAnd => Infix::Logical(Logical::And),
                Symbol::OrOr => Infix::Logical(Logical::Or),
                Symbol::Star => Infix::Arithmetic(Arithmetic::Multiply),
                Symbol::Slash => Infix::Arithmetic(Arithmetic::Divide),
                Symbol::Percent => Infix::Arithmetic(Arithmetic::Modulus),
                Symbol::Plus => Infix::Arithmetic(Arithmetic::Add),
                Symbol::Minus => Infix::Arithmetic(Arithmetic::Subtract),
                Symbol::ShiftLeft => Infix::Bitwise(Bitwise::ShiftLeft),
                Symbol::ShiftRight => Infix::Bitwise(Bitwise::ShiftRight),
                Symbol::Ampersand => Infix::Bitwise(Bitwise::And),
                Symbol::Bar => Infix::Bitwise(Bitwise::Or),
                Symbol::Caret => Infix::Bitwise(Bitwise::Xor),
                Symbol::Less => Infix::Compare(Comparison::Less, Case::Ignored),
                Symbol::LessOrEqual => Infix::Compare(Comparison::LessOrEqual, Case::Ignored),
                Symbol::Greater => Infix::Compare(Comparison::Greater, Case::Ignored),
                Symbol::GreaterOrEqual => Infix::Compare(Comparison::GreaterOrEqual, Case::Ignored),
                Symbol::Equal => Infix::Compare(Comparison::Equal, Case::Ignored),
                Symbol::EqualExact => Infix::Compare(Comparison::Equal, Case::Exact),
                Symbol::NotEqual => Infix::Compare(Comparison::NotEqual, Case::Ignored),
                Symbol::NotEqualExact => Infix::Compare(Comparison::NotEqual, Case::Exact),
                _ => return None,
            },
            _ => return None,
        })
    }
}

struct Parser<'t> {
    text: &'t str,
    lexer: Lexer<'t>,
    /// The token that is looked at.
    token: Token<'t>,
    columns: Vec<Name>,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn new(text: &'t str) -> Result<Parser<'t>, Fault> {
        if text.len() > MAX_LENGTH {
            return Err(Fault::new(0, FilterProblem::TooLong { length: text.len(), limit: MAX_LENGTH }));
        }
        let mut lexer = Lexer::new(text);
        let token = lexer.next_token()?;
        Ok(Parser { text, lexer, token, columns: Vec::new(), depth: 0 })
    }

    /// Moves on and returns the token that was looked at.
    fn advance(&mut self) -> Result<Token<'t>, Fault> {
        let token = self.token;
        self.token = self.lexer.next_token()?;
        Ok(token)
    }

    fn take_symbol(&mut self, symbol: Symbol) -> Result<bool, Fault> {
        self.take(matches!(self.token.kind, TokenKind::Symbol(found) if found == symbol))
    }

    fn take_keyword(&mut self, keyword: Keyword) -> Result<bool, Fault> {
        self.take(matches!(self.token.kind, TokenKind::Keyword(found) if found == keyword))
    }

    /// Goes on when the token is what was looked for.
    fn take(&mut self, is_there: bool) -> Result<bool, Fault> {
        if is_there {
            self.advance()?;
        }
        Ok(is_there)
    }

    fn expect_symbol(&mut self, symbol: Symbol, expected: &'static str) -> Result<(), Fault> {
        if self.take_symbol(symbol)? { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn expect_keyword(&mut self, keyword: Keyword, expected: &'static str) -> Result<(), Fault> {
        if self.take_keyword(keyword)? { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn expect_name(&mut self, expected: &'static str) -> Result<Name, Fault> {
        match self.token.kind {
            TokenKind::Name(name) => Ok(Name { name: name.to_owned(), at: self.advance()?.start }),
            _ => Err(self.unexpected(expected)),
        }
    }

    fn unexpected(&self, expected: &'static str) -> Fault {
        let found = self.token.describe(self.text);
        Fault::new(self.token.start, FilterProblem::Unexpected { found, expected })
    }

    fn statement(&mut self) -> Result<Statement, Fault> {
        let Token { kind, start: at, .. } = self.token;
        let kind = match kind {
            _ if let Some(tag) = self.lexer.unquoted_tag(&self.token) => {
                self.lexer.go_to(at + tag.len());
                self.token = self.lexer.next_token()?;
                StatementKind::PointTag(tag.to_owned())
            }
            TokenKind::Keyword(Keyword::Filter) => self.filter_statement()?,
            TokenKind::MeasurementKey(key) => {
                self.advance()?;
                StatementKind::MeasurementKey(key.to_owned())
            }
            TokenKind::PointTag(tag) => {
                self.advance()?;
                StatementKind::PointTag(tag.to_owned())
            }
            _ => self.condition(matches!(kind, TokenKind::Guid(_)))?,
        };
        let is_identifier = !matches!(kind, StatementKind::Select(_));
        let end = self.token.start;
        let adjustment = if is_identifier { self.adjustment()? } else { None };
        Ok(Statement { kind, at, end, adjustment })
    }

    /// `, adder [, multiplier]` behind an identifier.
    fn adjustment(&mut self) -> Result<Option<Box<Adjustment>>, Fault> {
        if !self.take_symbol(Symbol::Comma)? {
            return Ok(None);
        }
        let adder = self.signed_number("an adder; identifiers are separated by ;")?;
        let multiplier =
            if self.take_symbol(Symbol::Comma)? { self.signed_number("a multiplier")? } else { 1.0 };
        Ok(Some(Box::new(Adjustment { adder, multiplier })))
    }

    fn signed_number(&mut self, expected: &'static str) -> Result<f64, Fault> {
        let is_negative = self.take_symbol(Symbol::Minus)?;
        if !is_negative {
            self.take_symbol(Symbol::Plus)?;
        }
        let (TokenKind::Integer(digits) | TokenKind::Number(digits)) = self.token.kind else {
            return Err(self.unexpected(expected));
        };
        let number: f64 = digits.parse().map_err(|_| self.unexpected(expected))?;
        self.advance()?;
        Ok(if is_negative { -number } else { number })
    }

    /// A condition on the rows of the primary table; a GUID alone, without parentheses, is the
    /// identifier of a signal.
    fn condition(&mut self, starts_with_guid: bool) -> Result<StatementKind, Fault> {
        let condition = self.tree()?;
        Ok(match condition.root {
            Node::Literal(Value::Guid(guid)) if starts_with_guid => StatementKind::SignalId(guid),
            _ => StatementKind::Select(Box::new(Select {
                table: None,
                limit: None,
                condition,
                order: Vec::new(),
            })),
        })
    }

    /// `ALLOW WHERE condition`, or the same with another first word.
    fn access_clause(&mut self) -> Result<Statement, Fault> {
        let at = self.advance()?.start;
        self.expect_keyword(Keyword::Where, "WHERE")?;
        let condition = self.tree()?;
        let select = Select { table: None, limit: None, condition, order: Vec::new() };
        let kind = StatementKind::Select(Box::new(select));
        Ok(Statement { kind, at, end: self.token.start, adjustment: None })
    }

    /// `FILTER [TOP n] table WHERE condition [ORDER BY term, …]`.
    fn filter_statement(&mut self) -> Result<StatementKind, Fault> {
        self.advance()?;
        let limit = if self.take_keyword(Keyword::Top)? { self.limit()? } else { None };
        let table = self.expect_name("TOP or the name of a table")?;
        self.expect_keyword(Keyword::Where, "WHERE")?;
        let condition = self.tree()?;
        let mut order = Vec::new();
        if self.take_keyword(Keyword::Order)? {
            self.expect_keyword(Keyword::By, "BY")?;
            order.push(self.order_term()?);
            while self.take_symbol(Symbol::Comma)? {
                order.push(self.order_term()?);
            }
        }
        Ok(StatementKind::Select(Box::new(Select { table: Some(table), limit, condition, order })))
    }

    /// The number after `TOP`; a negative one is no limit.
    fn limit(&mut self) -> Result<Option<usize>, Fault> {
        let is_negative = self.take_symbol(Symbol::Minus)?;
        if !is_negative {
            self.take_symbol(Symbol::Plus)?;
        }
        let TokenKind::Integer(digits) = self.token.kind else {
            return Err(self.unexpected("a number of rows"));
        };
        let token = self.advance()?;
        let limit = match integer_literal(digits) {
            Some(Value::Int32(limit)) => usize::try_from(limit).ok(),
            Some(Value::Int64(limit)) => usize::try_from(limit).ok(),
            _ => return Err(self.bad_literal(token, "a number of rows")),
        };
        Ok(limit.filter(|limit| !is_negative || *limit == 0))
    }

    fn order_term(&mut self) -> Result<OrderTerm, Fault> {
        let case = self.exact_match()?;
        let column = self.expect_name("the name of a column")?;
        let descending = self.take_keyword(Keyword::Desc)?;
        if !descending {
            self.take_keyword(Keyword::Asc)?;
        }
        Ok(OrderTerm { column, descending, case })
    }

    /// `BINARY` or `===`, which make a comparison of texts exact.
    fn exact_match(&mut self) -> Result<Case, Fault> {
        let is_exact = self.take_keyword(Keyword::Binary)? || self.take_symbol(Symbol::EqualExact)?;
        Ok(Case::ignored_if(!is_exact))
    }

    fn tree(&mut self) -> Result<Tree, Fault> {
        let at = self.token.start;
        let root = self.expression(Binding::Logical)?;
        Ok(Tree { at, root, columns: std::mem::take(&mut self.columns) })
    }

    /// An operand and the operators after it that bind at least as tightly as the given one.
    fn expression(&mut self, minimum: Binding) -> Result<Node, Fault> {
        if self.depth == MAX_DEPTH {
            return Err(Fault::new(self.token.start, FilterProblem::TooDeep { limit: MAX_DEPTH }));
        }
        self.depth += 1;
        let node = self.expression_within_depth(minimum);
        self.depth -= 1;
        node
    }

    fn expression_within_depth(&mut self, minimum: Binding) -> Result<Node, Fault> {
        let at = self.token.start;
        let (first, mut loosest) = if minimum <= Binding::Not && self.take_not()? {
            let operand = Box::new(self.expression(Binding::Not)?);
            (Node::Unary { operator: Unary::Not, operand, at }, Binding::Not)
        } else {
            (self.operand()?, Binding::Unary)
        };
        let mut steps = Vec::new();
        while let Some((infix, negated)) = self.infix()? {
            let binding = infix.binding();
            if binding < minimum || (binding.takes_value() && !loosest.takes_value()) {
                break;
            }
            loosest = loosest.min(binding);
            steps.push(self.step(infix, negated)?);
        }
        if steps.is_empty() {
            return Ok(first);
        }
        Ok(Node::Chain(Box::new(Chain::new(first, steps, &self.columns))))
    }

    fn take_not(&mut self) -> Result<bool, Fault> {
        Ok(self.take_keyword(Keyword::Not)? || self.take_symbol(Symbol::Exclamation)?)
    }

    /// The operator that is looked at, and whether `NOT` stands before it.
    fn infix(&self) -> Result<Option<(Infix, bool)>, Fault> {
        let negation = [TokenKind::Keyword(Keyword::Not), TokenKind::Symbol(Symbol::Exclamation)];
        if !negation.contains(&self.token.kind) {
            return Ok(Infix::of(self.token.kind).map(|infix| (infix, false)));
        }
        let negated = Infix::of(self.lexer.clone().next_token()?.kind);
        Ok(negated.filter(|infix| matches!(infix, Infix::In | Infix::Like)).map(|infix| (infix, true)))
    }

    /// The operator that is looked at and what stands right of it.
    fn step(&mut self, infix: Infix, negated: bool) -> Result<Step, Fault> {
        if negated {
            self.advance()?;
        }
        let at = self.advance()?.start;
        let right = infix.binding().tighter();
        let operation = match infix {
            Infix::Arithmetic(operator) => Operation::Arithmetic(operator, self.expression(right)?),
            Infix::Bitwise(operator) => Operation::Bitwise(operator, self.expression(right)?),
            Infix::Compare(operator, case) => Operation::Compare(operator, case, self.expression(right)?),
            Infix::Logical(operator) => Operation::Logical(operator, self.expression(right)?),
            Infix::Like => {
                let case = self.exact_match()?;
                Operation::Like { pattern: self.expression(right)?, case, negated }
            }
            Infix::In => {
                let case = self.exact_match()?;
                self.expect_symbol(Symbol::Open, "BINARY or (")?;
                let items = self.expressions()?;
                Operation::In { list: List::new(items, case), case, negated }
            }
            Infix::IsNull => {
                let negated = self.take_not()?;
                self.expect_keyword(Keyword::Null, "NULL or NOT NULL")?;
                Operation::IsNull { negated }
            }
        };
        Ok(Step { operation, at })
    }

    /// One or more expressions separated by commas, and the closing parenthesis.
    fn expressions(&mut self) -> Result<Vec<Node>, Fault> {
        let mut expressions = vec![self.expression(Binding::Logical)?];
        while self.take_symbol(Symbol::Comma)? {
            expressions.push(self.expression(Binding::Logical)?);
        }
        self.expect_symbol(Symbol::Close, "an operator, a comma or )")?;
        Ok(expressions)
    }

    fn operand(&mut self) -> Result<Node, Fault> {
        const EXPECTED: &str = "a literal, a column, a function or (";
        let token = self.token;
        let literal = match token.kind {
            TokenKind::Keyword(Keyword::Null) => {
                self.advance()?;
                return Ok(Node::Null);
            }
            TokenKind::Keyword(Keyword::Not) => return self.unary(Unary::Not),
            TokenKind::Symbol(symbol) => return self.parenthesis_or_unary(symbol, EXPECTED),
            TokenKind::Name(name) => return self.column_or_call(name),
            TokenKind::Keyword(Keyword::True) => Ok(Value::Boolean(true)),
            TokenKind::Keyword(Keyword::False) => Ok(Value::Boolean(false)),
            TokenKind::Integer(digits) => integer_literal(digits).ok_or("an integer of at most 128 bits"),
            TokenKind::Number(digits) => number_literal(digits).ok_or("a number"),
            TokenKind::Text(text) => Ok(Value::String(text.to_owned().into())),
            TokenKind::Guid(guid) => Ok(Value::Guid(guid)),
            TokenKind::Date(text) => text.parse().map(Value::DateTime).map_err(|_| "a date"),
            TokenKind::End
            | TokenKind::Keyword(_)
            | TokenKind::MeasurementKey(_)
            | TokenKind::PointTag(_) => return Err(self.unexpected(EXPECTED)),
        };
        let literal = literal.map_err(|expected| self.bad_literal(token, expected))?;
        self.advance()?;
        Ok(Node::Literal(literal))
    }

    fn bad_literal(&self, token: Token<'_>, expected: &'static str) -> Fault {
        let text = excerpt(self.text.get(token.start..token.end).unwrap_or_default());
        Fault::new(token.start, FilterProblem::Literal { text, expected })
    }

    fn parenthesis_or_unary(&mut self, symbol: Symbol, expected: &'static str) -> Result<Node, Fault> {
        match symbol {
            Symbol::Open => {
                self.advance()?;
                let node = self.expression(Binding::Logical)?;
                self.expect_symbol(Symbol::Close, "an operator or )")?;
                Ok(node)
            }
            Symbol::Plus => self.unary(Unary::Plus),
            Symbol::Minus => self.unary(Unary::Minus),
            Symbol::Tilde | Symbol::Exclamation => self.unary(Unary::Not),
            _ => Err(self.unexpected(expected)),
        }
    }

    fn unary(&mut self, operator: Unary) -> Result<Node, Fault> {
        let at = self.advance()?.start;
        let operand = Box::new(self.expression(Binding::Unary)?);
        Ok(Node::Unary { operator, operand, at })
    }

    fn column_or_call(&mut self, name: &'t str) -> Result<Node, Fault> {
        let at = self.advance()?.start;
        if self.token.kind != TokenKind::Symbol(Symbol::Open) {
            self.columns.push(Name { name: name.to_owned(), at });
            return Ok(Node::Column(self.columns.len() - 1));
        }
        let function = Function::named(name)
            .ok_or_else(|| Fault::new(at, FilterProblem::UnknownFunction { name: excerpt(name) }))?;
        self.advance()?;
        let arguments = if self.take_symbol(Symbol::Close)? { Vec::new() } else { self.expressions()? };
        function.check_argument_count(arguments.len()).map_err(|problem| Fault::new(at, problem))?;
        Ok(Node::Call { function, arguments, at })
    }
}
