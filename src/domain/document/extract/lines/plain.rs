//! Lines without a heading: rows that end in amounts under each other, proved by the sum that stands below them.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use rust_decimal::Decimal;

use super::super::super::layout::Spot;
use super::Entry;
use super::closure::{Choice, Targets};
use super::numbers::{self, Number};
use super::sheet::{Sheet, Sum};
use super::{Proof, is_product};

/// Rows looked at above a total. A bill with more lines than this has a heading.
const MAX_ROWS: usize = 120;
/// Totals tried: the same total stands on a page a few times.
const MAX_TOTALS: usize = 12;
/// Amounts stand under each other when their right edges differ by less than this share of their height.
const ALIGNED: f32 = 0.7;

/// A row that ends in an amount.
struct Row {
    entry: Entry,
    right: f32,
    height: f32,
    sum: Option<Sum>,
}

/// The rows above a total that add up to it.
pub fn find(sheet: &Sheet<'_>, targets: &Targets) -> Option<Choice> {
    let rows = (0..sheet.layout.lines.len())
        .filter_map(|line| row(sheet, line))
        .collect::<Vec<_>>();
    let is_total = |row: &&Row| {
        let value = row.entry.amount;
        !value.is_zero() && (targets.net == Some(value) || targets.gross.contains(&value))
    };
    let totals = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| is_total(row))
        .take(MAX_TOTALS);
    totals
        .filter_map(|(at, total)| above(rows.get(..at)?, total, targets))
        .next()
}

/// Walks up from a total until the rows met add up to it.
fn above(rows: &[Row], total: &Row, targets: &Targets) -> Option<Choice> {
    let mut met: Vec<Entry> = Vec::new();
    let mut sum = Decimal::ZERO;
    for row in rows.iter().rev().take(MAX_ROWS) {
        if (row.right - total.right).abs() > row.height * ALIGNED || row.sum == Some(Sum::Carried) {
            continue;
        }
        // Between the lines and the total may stand the total again, the net total, the VAT.
        if row.sum == Some(Sum::Total) || row.entry.texts.is_empty() {
            if met.is_empty() {
                continue;
            }
            return None;
        }
        sum = sum.saturating_add(row.entry.amount);
        met.push(row.entry.clone());
        let enough = met.len() > 1 || met.iter().all(Entry::is_checked);
        if sum == total.entry.amount && enough {
            break;
        }
    }
    met.reverse();
    let is_closed = sum == total.entry.amount;
    let enough = met.len() > 1 || met.iter().any(Entry::is_checked);
    let amounts = met.iter().map(|entry| entry.amount).collect();
    let choice = Choice::of(met, amounts, targets)?;
    (is_closed && enough && choice.proof != Proof::None).then_some(choice)
}

fn row(sheet: &Sheet<'_>, line: usize) -> Option<Row> {
    let tokens = &sheet.layout.lines.get(line)?.tokens;
    if !sheet.amounts(line).iter().any(|a| a.is_money) {
        return None;
    }
    let numbers = numbers::of_row(sheet, line);
    let last = numbers.iter().rev().find(|n| n.is_money)?;
    let letters = |range: std::ops::Range<usize>| {
        tokens
            .get(range)
            .unwrap_or_default()
            .iter()
            .any(|t| t.key.chars().filter(|c| c.is_alphabetic()).count() >= 2)
    };
    let start = numbers
        .iter()
        .map(|n| n.spot)
        .find(|spot| letters(0..spot.start))
        .map_or(last.spot.start, |spot| spot.start);
    let text = Spot {
        line,
        start: 0,
        end: start,
    };
    let amount = last.readings.first().copied()?;
    let (quantity, unit_price) = factors(&numbers, last, amount).unzip();
    let rate = numbers
        .iter()
        .find(|n| n.is_rate)
        .and_then(|n| n.readings.first().copied());
    let place = sheet.layout.place(last.spot);
    Some(Row {
        entry: Entry {
            position: None,
            texts: letters(0..start).then_some(text).into_iter().collect(),
            quantity,
            unit_price,
            tax_rate: rate.filter(|rate| *rate < Decimal::ONE_HUNDRED),
            amount,
            spot: Spot {
                line,
                start: 0,
                end: last.spot.end,
            },
            block: 0,
            is_adjustment: false,
        },
        right: last.x1,
        height: (place.bottom - place.top).max(4.0),
        sum: sheet.sum(last.spot),
    })
}

/// Two numbers before the amount whose product it is.
fn factors(numbers: &[Number], last: &Number, amount: Decimal) -> Option<(Decimal, Decimal)> {
    let before = numbers
        .iter()
        .filter(|n| n.spot.start < last.spot.start && !n.is_rate);
    let before = before
        .filter_map(|n| n.readings.first().copied())
        .collect::<Vec<_>>();
    before.iter().enumerate().find_map(|(at, one)| {
        let other = before
            .iter()
            .skip(at + 1)
            .find(|other| is_product(*one, **other, amount));
        other.map(|other| (*one, *other))
    })
}
