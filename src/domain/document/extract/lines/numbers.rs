//! The numbers of a row, and which column each stands in.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use rust_decimal::Decimal;

use super::super::super::layout::{Layout, Spot};
use super::columns::{Column, Role};
use super::sheet::Sheet;
use crate::formats::number;

/// Numbers of one row looked at. A table has at most some twelve columns; a row of thirty numbers is no line.
const MAX_NUMBERS: usize = 24;
/// What it costs to leave a number without a column, in points: a third of a narrow table's width.
const LEFT_OUT: f32 = 110.0;
/// What it costs to put a number where numbers of its kind do not stand: a rate among prices, a bare number among amounts.
const ODD: f32 = 40.0;
/// How far a number may reach over the edge of its cell.
const CELL_SLACK: f32 = 1.0;

/// One number of a row.
#[derive(Clone, PartialEq, Debug)]
pub struct Number {
    /// Every way to read it, usual first.
    pub readings: Vec<Decimal>,
    /// Where it stands.
    pub spot: Spot,
    /// Left edge.
    pub x0: f32,
    /// Right edge.
    pub x1: f32,
    /// Written as money: with cents or beside a currency.
    pub is_money: bool,
    /// Written with a percent sign.
    pub is_rate: bool,
}

impl Number {
    /// Shares at least half of the narrower one's width with a span.
    pub fn overlaps(&self, x0: f32, x1: f32) -> bool {
        let shared = self.x1.min(x1) - self.x0.max(x0);
        shared >= 0.5 * (self.x1 - self.x0).min(x1 - x0)
    }
}

/// The numbers of a row from the left, rates among them.
pub fn of_row(sheet: &Sheet<'_>, line: usize) -> Vec<Number> {
    let amounts = sheet.amounts(line);
    let mut found = amounts
        .iter()
        .map(|a| number(sheet.layout, a.readings.clone(), a.spot, a.is_money, false))
        .collect::<Vec<_>>();
    found.extend(rates(sheet.layout, line));
    found.sort_by_key(|n| n.spot.start);
    found.truncate(MAX_NUMBERS);
    found
}

fn number(
    layout: &Layout,
    readings: Vec<Decimal>,
    spot: Spot,
    is_money: bool,
    is_rate: bool,
) -> Number {
    let place = layout.place(spot);
    Number {
        readings,
        spot,
        x0: place.x0,
        x1: place.x1,
        is_money,
        is_rate,
    }
}

/// `19 %`, `19%`.
fn rates(layout: &Layout, line: usize) -> Vec<Number> {
    let tokens = layout.lines.get(line).map(|row| row.tokens.as_slice());
    let tokens = tokens.unwrap_or_default();
    let mut found = Vec::new();
    for (start, token) in tokens.iter().enumerate() {
        let own = token.text.contains('%');
        let next = tokens
            .get(start + 1)
            .is_some_and(|t| t.text.starts_with('%'));
        if !(own || next) || !token.text.contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let text = token.text.trim_matches(|c: char| !c.is_ascii_digit());
        // A rate has decimals, never thousands.
        let reading = number::readings(text)
            .into_iter()
            .min_by_key(Decimal::abs)
            .filter(|rate| *rate <= Decimal::ONE_HUNDRED);
        let end = start + if own { 1 } else { 2 };
        let spot = Spot { line, start, end };
        found.extend(reading.map(|rate| number(layout, vec![rate], spot, false, true)));
    }
    found
}

/// The column of every number: columns and numbers in the same order, each column once, the least distance in all.
/// Numbers in the middle of words or among article numbers have none. `amount` is known to stand in its column.
pub fn place(
    columns: &[Column],
    numbers: &[Number],
    amount: Option<(usize, usize)>,
) -> Vec<Option<usize>> {
    let is_kept = |placed: &Vec<Option<usize>>| {
        amount.is_none_or(|(row, column)| placed.get(row) == Some(&Some(column)))
    };
    if let Some(placed) = in_cells(columns, numbers).filter(is_kept) {
        return placed;
    }
    let (rows, width) = (numbers.len(), columns.len());
    let mut best = vec![vec![0.0_f32; width + 1]; rows + 1];
    let cost = |row: usize, column: usize| cost(columns, numbers, row, column, amount);
    let left_out = |row: usize| left_out(columns, numbers, row);
    for row in 1..=rows {
        let above = best.get(row - 1).cloned().unwrap_or_default();
        let mut own = vec![above.first().copied().unwrap_or_default() + left_out(row - 1)];
        for column in 1..=width {
            let at = |costs: &[f32], index: usize| costs.get(index).copied().unwrap_or(f32::MAX);
            let skip_column = at(&own, column - 1);
            let skip_number = at(&above, column) + left_out(row - 1);
            let take = at(&above, column - 1) + cost(row - 1, column - 1);
            own.push(skip_column.min(skip_number).min(take));
        }
        if let Some(slot) = best.get_mut(row) {
            *slot = own;
        }
    }
    traced(&best, rows, width, &cost, &left_out)
}

/// Headings set to the left and numbers to the right of wide cells, where a number ends nearer to the next heading than to its
/// own: as many numbers as columns of numbers, and each between its own heading's left edge and the next one's.
fn in_cells(columns: &[Column], numbers: &[Number]) -> Option<Vec<Option<usize>>> {
    let of_numbers = columns.iter().enumerate();
    let of_numbers = of_numbers.filter(|(_, column)| !holds_words(column.role));
    let of_numbers = of_numbers.collect::<Vec<_>>();
    let (_, leftmost) = of_numbers.first()?;
    // Left of them stand the number of the line and what the words of the line hold.
    let before = numbers.iter().take_while(|n| n.x1 < leftmost.x0).count();
    let own = numbers.get(before..)?;
    if own.len() != of_numbers.len() {
        return None;
    }
    let is_inside = |(n, (at, column)): (&Number, &(usize, &Column))| {
        let end = columns.get(at + 1).map_or(f32::MAX, |next| next.x0);
        let is_of_its_kind = !n.is_rate || takes_rates(column.role);
        is_of_its_kind && column.x0 - CELL_SLACK <= n.x0 && n.x1 <= end + CELL_SLACK
    };
    let of_cells = of_numbers.iter().map(|(at, _)| Some(*at));
    let placed = std::iter::repeat_n(None, before).chain(of_cells);
    let fits = own.iter().zip(&of_numbers).all(is_inside);
    fits.then(|| placed.collect())
}

/// The way back through the table of costs.
fn traced(
    best: &[Vec<f32>],
    rows: usize,
    width: usize,
    cost: &impl Fn(usize, usize) -> f32,
    left_out: &impl Fn(usize) -> f32,
) -> Vec<Option<usize>> {
    let at = |row: usize, column: usize| {
        let row = best.get(row).map(Vec::as_slice).unwrap_or_default();
        row.get(column).copied().unwrap_or(f32::MAX)
    };
    let mut placed = vec![None; rows];
    let (mut row, mut column) = (rows, width);
    while row > 0 {
        if column > 0 && at(row, column) >= at(row, column - 1) {
            column -= 1;
        } else if at(row, column) >= at(row - 1, column) + left_out(row - 1) {
            row -= 1;
        } else if column > 0
            && at(row, column) >= at(row - 1, column - 1) + cost(row - 1, column - 1)
        {
            row -= 1;
            column -= 1;
            if let Some(slot) = placed.get_mut(row) {
                *slot = Some(column);
            }
        } else {
            row -= 1;
        }
    }
    placed
}

/// What stands in these columns are words, even where they hold digits.
fn holds_words(role: Role) -> bool {
    matches!(
        role,
        Role::Description | Role::Article | Role::Date | Role::Position | Role::Unit
    )
}

fn takes_rates(role: Role) -> bool {
    matches!(role, Role::Tax | Role::Discount | Role::Other)
}

fn cost(
    columns: &[Column],
    numbers: &[Number],
    row: usize,
    column: usize,
    amount: Option<(usize, usize)>,
) -> f32 {
    let (Some(own), Some(n)) = (columns.get(column), numbers.get(row)) else {
        return f32::MAX;
    };
    if let Some((known_row, known_column)) = amount
        && (known_row == row || known_column == column)
    {
        return if (known_row, known_column) == (row, column) {
            -10.0 * LEFT_OUT
        } else {
            10.0 * LEFT_OUT
        };
    }
    if holds_words(own.role) {
        return 10.0 * LEFT_OUT;
    }
    let odd = match (n.is_rate, takes_rates(own.role)) {
        (true, false) => 3.0 * ODD,
        (true, true) => 0.0,
        (false, _) if own.role == Role::Tax && n.is_money => ODD,
        (false, _) if own.role.is_amount() && !n.is_money => ODD,
        (false, _) => 0.0,
    };
    own.distance(n.x0, n.x1) + odd
}

/// A number among words costs its distance from them; any other one much.
fn left_out(columns: &[Column], numbers: &[Number], row: usize) -> f32 {
    let Some(n) = numbers.get(row) else {
        return 0.0;
    };
    let words = columns.iter().filter(|c| holds_words(c.role));
    let nearest = words.map(|c| c.distance(n.x0, n.x1)).reduce(f32::min);
    nearest.unwrap_or(LEFT_OUT).min(LEFT_OUT)
}
