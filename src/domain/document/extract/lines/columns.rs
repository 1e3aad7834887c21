//! The heading of a line table: which column holds what, by words in six languages, over one or several rows.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::super::super::layout::{Layout, Token};
use super::super::super::words::rows;
use crate::basics::text::squash;
use crate::words;

/// Longest heading in words: `total (excl. vat)` has four with its bracket apart.
const MAX_WORDS: usize = 4;
/// A heading takes at most this many rows above and below the row that names most columns.
const MAX_ROWS_ASIDE: usize = 3;
/// Rows of one heading follow each other within this many heights; what is farther away is another thing.
const ROW_STEP: f32 = 2.2;
/// Headings looked at in one document: one a page and as many other tables.
const MAX_HEADERS: usize = 80;

words! {
    /// What a column of the line table holds.
    pub enum Role {
        /// The number of the line.
        Position = "position",
        /// A number of the goods.
        Article = "article",
        /// BT-153.
        Description = "description",
        /// BT-129.
        Quantity = "quantity",
        /// BT-130.
        Unit = "unit",
        /// BT-146.
        Price = "price",
        /// BT-138 or BT-136.
        Discount = "discount",
        /// BT-152.
        Tax = "tax",
        /// VAT of the line as an amount.
        TaxAmount = "tax_amount",
        /// BT-131, said to be without VAT.
        Net = "net",
        /// The amount of the line with VAT.
        Gross = "gross",
        /// The amount of the line, with or without VAT.
        Amount = "amount",
        /// What was paid, beside what was charged.
        Payment = "payment",
        /// A day or period.
        Date = "date",
        /// A column of no use here, known so that its numbers are not taken for others.
        Other = "other",
        /// No column: the amounts under this heading are without VAT.
        Excluding = "excluding",
        /// No column: the amounts under this heading hold VAT.
        Including = "including",
    }
}

impl Role {
    /// May hold the amount of the line.
    pub fn is_amount(self) -> bool {
        matches!(self, Self::Net | Self::Gross | Self::Amount)
    }

    /// Which of two headings written over each other names the column: the higher.
    fn rank(self) -> u8 {
        match self {
            Self::Net | Self::Gross => 9,
            Self::Amount => 8,
            Self::Price | Self::TaxAmount => 7,
            Self::Quantity => 6,
            Self::Discount | Self::Payment => 5,
            Self::Tax => 4,
            Self::Description => 3,
            Self::Unit | Self::Date | Self::Other => 2,
            Self::Article => 1,
            Self::Position | Self::Excluding | Self::Including => 0,
        }
    }
}

/// The data: `role: headings`.
const COLUMNS: &str = include_str!("columns.txt");

static INDEX: LazyLock<HashMap<String, Role>> = LazyLock::new(|| {
    let mut index = HashMap::new();
    for (name, headings) in rows(COLUMNS) {
        if let Some(role) = Role::parse(name) {
            for heading in headings {
                index.entry(squash(heading)).or_insert(role);
            }
        }
    }
    index.remove("");
    index
});

/// Every single word of a heading.
static VOCABULARY: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let headings = rows(COLUMNS).flat_map(|(_, headings)| headings);
    let words = headings.flat_map(str::split_whitespace).map(squash);
    words.filter(|word| !word.is_empty()).collect()
});

/// Ends of German and Dutch compounds whose meaning their end carries: `Tagespreis`, `Verkaufsmenge`.
const ENDINGS: [(&str, Role); 10] = [
    ("preis", Role::Price),
    ("prijs", Role::Price),
    ("menge", Role::Quantity),
    ("anzahl", Role::Quantity),
    ("bezeichnung", Role::Description),
    ("beschreibung", Role::Description),
    ("omschrijving", Role::Description),
    ("nummer", Role::Article),
    ("bedrag", Role::Amount),
    ("betrag", Role::Amount),
];

/// A column: what it holds and where its heading stands.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Column {
    /// What it holds.
    pub role: Role,
    /// Left edge of its heading.
    pub x0: f32,
    /// Right edge of its heading.
    pub x1: f32,
}

impl Column {
    /// How far something is from this column, 0 where they overlap; the distance of their middles breaks ties.
    pub fn distance(&self, x0: f32, x1: f32) -> f32 {
        let gap = (x0 - self.x1).max(self.x0 - x1).max(0.0);
        gap + ((x0 + x1) - (self.x0 + self.x1)).abs() / 200.0
    }
}

/// The heading of a table.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Header {
    /// Its first row.
    pub first: usize,
    /// Its last row.
    pub last: usize,
    /// Its columns from the left.
    pub columns: Vec<Column>,
    /// Whether it says that its amounts hold VAT, or that they do not.
    pub includes_tax: Option<bool>,
}

impl Header {
    /// The same columns in the same order: the heading is repeated on the next page.
    pub fn is_repeated_by(&self, other: &Self) -> bool {
        let roles = |header: &Self| {
            let roles = header.columns.iter().map(|c| c.role);
            let telling = roles.filter(|role| !matches!(role, Role::Other | Role::Unit));
            telling.collect::<Vec<_>>()
        };
        roles(self) == roles(other)
    }

    /// The columns that may hold the amount of a line, the likeliest first.
    pub fn amount_columns(&self) -> Vec<usize> {
        let of = |wanted: fn(Role) -> bool| {
            let columns = self.columns.iter().enumerate().rev();
            columns
                .filter(move |(_, c)| wanted(c.role))
                .map(|(at, _)| at)
        };
        let mut found = of(|role| role == Role::Net).collect::<Vec<_>>();
        found.extend(of(|role| role == Role::Amount));
        found.extend(of(|role| role == Role::Gross));
        if found.is_empty() {
            found.extend(of(|role| role == Role::Price).take(1));
        }
        found
    }
}

/// Every heading of a line table. `has_money` says of each row whether an amount stands in it: a heading has none.
pub fn find(layout: &Layout, has_money: &[bool]) -> Vec<Header> {
    let money = |line: usize| has_money.get(line).copied().unwrap_or(true);
    let mut headers: Vec<Header> = Vec::new();
    let mut next = 0;
    for line in 0..layout.lines.len() {
        let is_done = line < next || headers.len() >= MAX_HEADERS;
        if is_done || money(line) || roles_of(layout, line).len() < 2 {
            continue;
        }
        let header = read(layout, line, &money);
        if is_line_table(&header) {
            next = header.last + 1;
            headers.push(header);
        }
    }
    headers
}

/// A table of goods has an amount, and says what or how much was delivered.
fn is_line_table(header: &Header) -> bool {
    let has = |wanted: fn(Role) -> bool| header.columns.iter().any(|c| wanted(c.role));
    let has_amount =
        has(Role::is_amount) || (has(|r| r == Role::Price) && has(|r| r == Role::Quantity));
    let has_goods = has(|r| matches!(r, Role::Description | Role::Quantity | Role::Price));
    has_amount && has_goods && header.columns.len() >= 2
}

/// A row that begins another table with amounts: a breakdown of VAT, of allowances, of payments.
pub fn begins_other_table(layout: &Layout, line: usize) -> bool {
    let roles = roles_of(layout, line);
    let has_amount = roles
        .iter()
        .any(|role| role.is_amount() || *role == Role::TaxAmount);
    roles.len() > 1 && has_amount
}

/// The different columns that this row alone names.
fn roles_of(layout: &Layout, line: usize) -> Vec<Role> {
    let tokens = layout.lines.get(line).map(|row| row.tokens.as_slice());
    let words = tokens.unwrap_or_default().iter().collect::<Vec<_>>();
    let mut roles = matches(&words).iter().map(|c| c.role).collect::<Vec<_>>();
    roles.sort_unstable();
    roles.dedup();
    roles
}

/// The heading around a row that names columns.
fn read(layout: &Layout, anchor: usize, money: &impl Fn(usize) -> bool) -> Header {
    let belongs = |line: usize, neighbour: usize| {
        !money(line) && is_near(layout, line, neighbour) && is_heading_row(layout, line)
    };
    let mut first = anchor;
    while first > 0 && anchor - first < MAX_ROWS_ASIDE && belongs(first - 1, first) {
        first -= 1;
    }
    let mut last = anchor;
    while last - anchor < MAX_ROWS_ASIDE && belongs(last + 1, last) {
        last += 1;
    }
    let mut header = Header {
        first,
        last,
        ..Header::default()
    };
    for stack in stacks(layout, first, last) {
        let found = matches(&stack);
        for column in &found {
            if column.role == Role::Excluding {
                header.includes_tax = Some(false);
            } else if column.role == Role::Including {
                header.includes_tax = Some(true);
            } else {
                push(&mut header.columns, *column);
            }
        }
        if found.is_empty() {
            header.columns.push(around(&stack));
        }
    }
    header.columns.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    header
}

/// Headings over each other are one column, the one that says more.
fn push(columns: &mut Vec<Column>, column: Column) {
    let over = |c: &&mut Column| {
        let shared = c.x1.min(column.x1) - c.x0.max(column.x0);
        shared > 0.3 * (c.x1 - c.x0).min(column.x1 - column.x0)
    };
    match columns.iter_mut().find(over) {
        Some(other) => {
            if column.role.rank() > other.role.rank() {
                other.role = column.role;
            }
            other.x0 = other.x0.min(column.x0);
            other.x1 = other.x1.max(column.x1);
        }
        None => columns.push(column),
    }
}

fn around(stack: &[&Token]) -> Column {
    let edge = |fold: fn(f32, f32) -> f32, of: fn(&Token) -> f32| {
        stack.iter().map(|t| of(t)).reduce(fold).unwrap_or_default()
    };
    Column {
        role: Role::Other,
        x0: edge(f32::min, |t| t.place.x0),
        x1: edge(f32::max, |t| t.place.x1),
    }
}

fn is_near(layout: &Layout, line: usize, neighbour: usize) -> bool {
    let (Some(a), Some(b)) = (layout.lines.get(line), layout.lines.get(neighbour)) else {
        return false;
    };
    let height = (b.bottom - b.top).max(4.0);
    (a.page == b.page || layout.is_text()) && (a.top - b.top).abs() < height * ROW_STEP
}

/// At least half of its words are words of headings, and none is a number.
fn is_heading_row(layout: &Layout, line: usize) -> bool {
    let Some(row) = layout.lines.get(line) else {
        return false;
    };
    let words = row.tokens.iter().filter(|t| !t.key.is_empty());
    let words = words.map(|t| squash(&t.key)).collect::<Vec<_>>();
    let known = words
        .iter()
        .filter(|word| VOCABULARY.contains(*word))
        .count();
    let is_number = |word: &String| word.bytes().all(|b| b.is_ascii_digit());
    known > 0 && known * 2 >= words.len() && !words.iter().any(is_number)
}

/// The words of some rows in columns: runs without a gap that stand over each other, each read row by row.
fn stacks(layout: &Layout, first: usize, last: usize) -> Vec<Vec<&Token>> {
    let mut stacks: Vec<(f32, f32, Vec<&Token>)> = Vec::new();
    for line in first..=last {
        let tokens = layout.lines.get(line).map(|row| row.tokens.as_slice());
        for run in tokens.unwrap_or_default().chunk_by(Layout::is_tight) {
            let (Some(head), Some(tail)) = (run.first(), run.last()) else {
                continue;
            };
            let (x0, x1) = (head.place.x0, tail.place.x1);
            let over = |stack: &&mut (f32, f32, Vec<&Token>)| {
                let shared = stack.1.min(x1) - stack.0.max(x0);
                shared > 0.4 * (stack.1 - stack.0).min(x1 - x0)
            };
            match stacks.iter_mut().find(over) {
                Some(stack) => {
                    *stack = (stack.0.min(x0), stack.1.max(x1), {
                        let mut words = std::mem::take(&mut stack.2);
                        words.extend(run);
                        words
                    });
                }
                None => stacks.push((x0, x1, run.iter().collect())),
            }
        }
    }
    stacks.into_iter().map(|(_, _, words)| words).collect()
}

/// The headings among words in reading order, of overlapping ones the longest.
fn matches(words: &[&Token]) -> Vec<Column> {
    let squashed = words.iter().map(|t| squash(&t.text)).collect::<Vec<_>>();
    let mut found = Vec::new();
    let mut start = 0;
    while start < words.len() {
        let longest = MAX_WORDS.min(words.len() - start);
        let hit = (1..=longest).rev().find_map(|length| {
            let joined = squashed.get(start..start + length)?.concat();
            let role = INDEX.get(&joined).copied();
            let ending = || {
                let own = ENDINGS.iter().find(|(ending, _)| {
                    joined.len() > ending.len() + 2 && joined.ends_with(ending)
                });
                own.filter(|_| length == 1).map(|(_, role)| *role)
            };
            role.or_else(ending).map(|role| (role, length))
        });
        let Some((role, length)) = hit else {
            start += 1;
            continue;
        };
        let own = words.get(start..start + length).unwrap_or_default();
        found.push(Column {
            role,
            ..around(own)
        });
        start += length;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_data_names_a_column_and_every_column_has_a_row() {
        for (name, mut headings) in rows(COLUMNS) {
            assert!(Role::parse(name).is_some(), "{name}");
            assert!(
                headings.all(|h| !squash(h).is_empty() || h == "#"),
                "{name}"
            );
        }
        for role in Role::ALL {
            assert!(INDEX.values().any(|own| own == role), "{role}");
        }
    }
}
