//! The rows under the heading of a line table: which are lines, which only say more about one, which are sums.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use rust_decimal::Decimal;

use super::super::super::layout::{Layout, Spot};
use super::Entry;
use super::columns::{self, Column, Header, Role};
use super::numbers::{self, Number};
use super::sheet::{Sheet, Sum};

/// Lines of one table. A telephone bill has some thousand.
const MAX_ENTRIES: usize = 2_000;
/// A row farther than this many heights below the one before says nothing about its line any more.
const TEXT_REACH: f32 = 3.0;
/// Rows of words kept for one line.
const MAX_TEXT_ROWS: usize = 25;
/// How much larger than the usual step a gap is that divides two lines.
const DIVIDING_GAP: f32 = 1.25;

/// A table as its heading and its numbers describe it.
pub struct Table<'a> {
    sheet: &'a Sheet<'a>,
    columns: &'a [Column],
    /// Which column holds the amount of a line.
    amount: usize,
    /// From where to where the amounts reach.
    zone: (f32, f32),
    /// The amounts are whole numbers without a currency.
    is_whole: bool,
    /// The rows it may reach over, without repeated headings.
    rows: Vec<usize>,
}

impl<'a> Table<'a> {
    /// The table under a heading with its amounts in one of its columns; none where no number stands there.
    pub fn under(
        sheet: &'a Sheet<'a>,
        headers: &'a [Header],
        own: usize,
        amount: usize,
    ) -> Option<Self> {
        let header = headers.get(own)?;
        let rows = rows_under(sheet.layout, headers, header);
        let columns = header.columns.as_slice();
        let column = columns.get(amount)?;
        let zone_of = |is_whole: bool| {
            let mut found = Vec::new();
            for line in &rows {
                let numbers = numbers::of_row(sheet, *line);
                let placed = numbers::place(columns, &numbers, None);
                let own = placed.iter().position(|at| *at == Some(amount));
                let n = own.and_then(|at| numbers.get(at));
                // The totals below often stand in a column of their own, a little aside.
                let fits = |n: &&Number| {
                    !n.is_rate && (n.is_money || is_whole) && sheet.sum(n.spot) != Some(Sum::Total)
                };
                found.extend(n.filter(fits).cloned());
            }
            zone(&found, column)
        };
        let money = zone_of(false).map(|zone| (zone, false));
        let (zone, is_whole) = money.or_else(|| zone_of(true).map(|zone| (zone, true)))?;
        Some(Self {
            sheet,
            columns,
            amount,
            zone,
            is_whole,
            rows,
        })
    }

    /// Its lines in the order of the page.
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut words: Vec<Spot> = Vec::new();
        let mut block = 0;
        for line in &self.rows {
            if entries.len() >= MAX_ENTRIES {
                break;
            }
            let numbers = numbers::of_row(self.sheet, *line);
            let Some(amount) = self.amount_of(&numbers) else {
                let has_lines = !entries.is_empty() && !numbers.iter().any(|n| n.is_money);
                if has_lines && columns::begins_other_table(self.sheet.layout, *line) {
                    break;
                }
                if self.is_total(&numbers) {
                    block += 1;
                    self.give(&mut entries, &mut words, None);
                } else {
                    words.extend(self.words(*line));
                }
                continue;
            };
            let mut entry = self.entry(*line, &numbers, amount, block);
            let spot = numbers.get(amount).map_or(entry.spot, |n| n.spot);
            let sum = self.sheet.sum(spot).filter(|_| !entry.is_checked());
            match sum {
                Some(Sum::Carried) => self.give(&mut entries, &mut words, None),
                Some(Sum::Total) => {
                    block += 1;
                    self.give(&mut entries, &mut words, None);
                }
                Some(Sum::Adjustment) | None => {
                    entry.is_adjustment = sum.is_some();
                    self.give(&mut entries, &mut words, Some(&mut entry));
                    entries.push(entry);
                }
            }
        }
        self.give(&mut entries, &mut words, None);
        entries
    }

    fn amount_of(&self, numbers: &[Number]) -> Option<usize> {
        let (x0, x1) = self.zone;
        numbers
            .iter()
            .rposition(|n| !n.is_rate && (n.is_money || self.is_whole) && n.overlaps(x0, x1))
    }

    /// A row of sums beside the column of amounts.
    fn is_total(&self, numbers: &[Number]) -> bool {
        let [only] = numbers else {
            return false;
        };
        only.is_money && self.sheet.sum(only.spot) == Some(Sum::Total)
    }

    fn entry(&self, line: usize, numbers: &[Number], amount: usize, block: u32) -> Entry {
        let placed = numbers::place(self.columns, numbers, Some((amount, self.amount)));
        let role = |wanted: Role| {
            let of = |(at, n): (&Option<usize>, &Number)| {
                let column = self.columns.get((*at)?)?;
                (column.role == wanted).then(|| n.readings.clone())
            };
            placed.iter().zip(numbers).find_map(of).unwrap_or_default()
        };
        let amounts = numbers.get(amount).map(|n| n.readings.clone());
        let amounts = amounts.unwrap_or_default();
        let (quantities, prices) = (role(Role::Quantity), role(Role::Price));
        let (amount_value, quantity, unit_price) = closest(&amounts, &quantities, &prices);
        let rate = role(Role::Tax).first().copied();
        let end = numbers.get(amount).map_or(0, |n| n.spot.end);
        Entry {
            position: self.position(line),
            texts: self.words(line).into_iter().collect(),
            quantity,
            unit_price,
            tax_rate: rate.filter(|rate| *rate < Decimal::ONE_HUNDRED),
            amount: amount_value,
            spot: Spot {
                line,
                start: 0,
                end,
            },
            block,
            is_adjustment: false,
        }
    }

    /// The number of the line: digits and points under its heading.
    fn position(&self, line: usize) -> Option<String> {
        let column = self.columns.iter().find(|c| c.role == Role::Position)?;
        let row = self.sheet.layout.lines.get(line)?;
        let token = row.tokens.first()?;
        let nearest = self.columns.iter().min_by(|a, b| {
            let distance = |c: &Column| c.distance(token.place.x0, token.place.x1);
            distance(a).total_cmp(&distance(b))
        })?;
        let text = token.text.trim_end_matches(['.', ')']);
        let is_number = text.len() <= 12
            && text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || c == '.');
        (nearest == column && is_number).then(|| text.to_owned())
    }

    /// The words of a row in the column of descriptions: from its heading to the next column of numbers.
    fn words(&self, line: usize) -> Option<Spot> {
        let row = self.sheet.layout.lines.get(line)?;
        let (from, to) = self.text_span();
        let slack = (row.bottom - row.top).max(4.0);
        let inside = |x0: f32| x0 > from - slack && x0 < to - slack * 0.3;
        let start = row.tokens.iter().position(|t| inside(t.place.x0))?;
        let count = row
            .tokens
            .iter()
            .skip(start)
            .take_while(|t| inside(t.place.x0))
            .count();
        let spot = Spot {
            line,
            start,
            end: start + count,
        };
        let has_letters =
            |t: &super::super::super::layout::Token| t.text.contains(char::is_alphabetic);
        self.sheet
            .layout
            .tokens(spot)
            .iter()
            .any(has_letters)
            .then_some(spot)
    }

    /// From where to where descriptions reach.
    fn text_span(&self) -> (f32, f32) {
        let of = |role: Role| self.columns.iter().position(|c| c.role == role);
        let own = of(Role::Description).or_else(|| of(Role::Article));
        let from = own
            .and_then(|at| self.columns.get(at))
            .map_or(0.0, |c| c.x0);
        let after = self.columns.iter().skip(own.map_or(0, |at| at + 1));
        let next = after.map(|c| c.x0).find(|x0| *x0 > from);
        // Words may be centred under their heading, or begin left of it; the column before ends them.
        let before = own
            .and_then(|at| at.checked_sub(1))
            .and_then(|at| self.columns.get(at));
        let left = before.map_or(0.0, |c| c.x1.min(from));
        (left, next.unwrap_or(self.zone.0).min(self.zone.0).max(left))
    }

    /// Gives the rows of words met since the last line to that line, or to the one that follows where a gap says so.
    fn give(&self, entries: &mut [Entry], words: &mut Vec<Spot>, next: Option<&mut Entry>) {
        let met = std::mem::take(words);
        let at = self.divided_at(entries.last(), &met, next.as_deref());
        let (before, after) = met.split_at(at.min(met.len()));
        if let Some(last) = entries.last_mut() {
            let mut near = last.spot.line;
            for spot in before {
                if last.texts.len() >= MAX_TEXT_ROWS || self.step(near, spot.line) > TEXT_REACH {
                    break;
                }
                near = spot.line;
                last.position = last.position.take().or_else(|| self.position(spot.line));
                last.texts.push(*spot);
            }
        }
        if let Some(next) = next {
            let mut texts = after
                .iter()
                .rev()
                .take(MAX_TEXT_ROWS)
                .copied()
                .collect::<Vec<_>>();
            texts.reverse();
            next.position = next
                .position
                .take()
                .or_else(|| texts.iter().find_map(|t| self.position(t.line)));
            texts.append(&mut next.texts);
            next.texts = texts;
        }
    }

    /// How many of the rows between two lines belong to the first of them.
    fn divided_at(&self, last: Option<&Entry>, met: &[Spot], next: Option<&Entry>) -> usize {
        let (Some(last), Some(next)) = (last, next) else {
            return if last.is_some() { met.len() } else { 0 };
        };
        let mut rows = vec![last.spot.line];
        rows.extend(met.iter().map(|spot| spot.line));
        rows.push(next.spot.line);
        let steps = rows.windows(2).map(|pair| match pair {
            [a, b] => self.step(*a, *b),
            _ => 0.0,
        });
        let steps = steps.collect::<Vec<_>>();
        let least = steps.iter().copied().fold(f32::MAX, f32::min);
        let widest = steps
            .iter()
            .copied()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(&b.1));
        widest
            .filter(|(_, step)| *step > least * DIVIDING_GAP)
            .map_or(met.len(), |(at, _)| at)
    }

    /// The way down from one row to another in heights; one height across a page.
    fn step(&self, from: usize, to: usize) -> f32 {
        let lines = &self.sheet.layout.lines;
        let (Some(a), Some(b)) = (lines.get(from), lines.get(to)) else {
            return 0.0;
        };
        if b.top < a.top {
            return 1.0;
        }
        (b.top - a.top) / (a.bottom - a.top).max(4.0)
    }
}

/// The rows a table may reach over: down to the heading of another table, without its own heading repeated on a later
/// page and what stands above that.
fn rows_under(layout: &Layout, headers: &[Header], header: &Header) -> Vec<usize> {
    let page = |line: usize| layout.lines.get(line).map_or(0, |row| row.page);
    let later = headers.iter().filter(|h| h.first > header.last);
    let (repeats, others): (Vec<_>, Vec<_>) = later.partition(|h| h.is_repeated_by(header));
    let last_repeat = repeats.last().map_or(0, |h| h.last);
    let end = others
        .iter()
        .find(|h| h.first > last_repeat)
        .map_or(layout.lines.len(), |h| h.first);
    let mut rows = Vec::new();
    for line in header.last + 1..end {
        let above = repeats.iter().any(|h| {
            line <= h.last
                && (line >= h.first
                    || (!layout.is_text()
                        && page(h.first) == page(line)
                        && page(line) != page(header.last)
                        && is_first_on_page(&repeats, h, &page)))
        });
        if !above {
            rows.push(line);
        }
    }
    rows
}

fn is_first_on_page(repeats: &[&Header], own: &Header, page: &impl Fn(usize) -> u32) -> bool {
    let on_page = repeats.iter().find(|h| page(h.first) == page(own.first));
    on_page.is_some_and(|first| first.first == own.first)
}

/// From where to where the amounts of a column reach: those that stand over each other, most of them, nearest to the heading.
fn zone(found: &[Number], column: &Column) -> Option<(f32, f32)> {
    let peers = |n: &Number| found.iter().filter(|m| m.overlaps(n.x0, n.x1)).count();
    let best = found.iter().max_by(|a, b| {
        let near = |n: &Number| column.distance(n.x0, n.x1);
        peers(a).cmp(&peers(b)).then(near(b).total_cmp(&near(a)))
    })?;
    let own = found.iter().filter(|m| m.overlaps(best.x0, best.x1));
    Some(own.fold((best.x0, best.x1), |(x0, x1), n| {
        (x0.min(n.x0), x1.max(n.x1))
    }))
}

/// The readings that make amount, quantity and price agree, else the usual ones.
fn closest(
    amounts: &[Decimal],
    quantities: &[Decimal],
    prices: &[Decimal],
) -> (Decimal, Option<Decimal>, Option<Decimal>) {
    for amount in amounts {
        for quantity in quantities {
            let fits = |price: &&Decimal| super::is_product(*quantity, **price, *amount);
            if let Some(price) = prices.iter().find(fits) {
                return (*amount, Some(*quantity), Some(*price));
            }
        }
    }
    let first = |of: &[Decimal]| of.first().copied();
    (
        first(amounts).unwrap_or_default(),
        first(quantities),
        first(prices),
    )
}
