//! The breakdown of the VAT: rows in which a base, a rate and a tax fit each other, and rows in which net, tax and gross
//! stand side by side. Where they add up to a labelled total, they are the totals.

use rust_decimal::Decimal;

use super::candidates::{Candidate, MAX_RATE_PER_CENT, Offer, adds_up};
use super::{Amount, Total, Totals};
use crate::domain::document::layout::{Layout, Spot, on_row};

/// Rows looked at: a page has few rates, and each may be printed twice.
const MAX_ROWS: usize = 24;
/// Numbers of one row tried as base, rate and tax.
const MAX_IN_ROW: usize = 9;
/// Rows of one breakdown stand this near to each other, in rows of the page.
const MAX_ROWS_APART: usize = 4;
/// A tax may be rounded by row or by item: half a hundredth more or less, and one of rounding (DOMAIN 3.4).
const ROUNDING: Decimal = Decimal::from_parts(2, 0, 0, false, 2);

/// One row of a breakdown.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Row {
    line: usize,
    base: (Decimal, Spot),
    tax: (Decimal, Spot),
}

/// Every row of the document with a base, its rate and its tax.
pub(super) fn rows(layout: &Layout, amounts: &[Amount]) -> Vec<Row> {
    let mut found = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        let money = on_row(amounts, line)
            .iter()
            .filter(|a| a.is_money)
            .take(MAX_IN_ROW)
            .collect::<Vec<_>>();
        if money.len() < 2 {
            continue;
        }
        let rates = row
            .tokens
            .iter()
            .filter_map(|token| rate_of(&token.text))
            .take(MAX_IN_ROW)
            .collect::<Vec<_>>();
        found.extend(fitting(line, &money, &rates));
        if found.len() >= MAX_ROWS {
            break;
        }
    }
    found
}

/// The first base and tax of a row that fit one of its rates.
fn fitting(line: usize, money: &[&Amount], rates: &[Decimal]) -> Option<Row> {
    let values = |a: &Amount| {
        let spot = a.spot;
        a.readings
            .iter()
            .map(move |value| (*value, spot))
            .collect::<Vec<_>>()
    };
    let all = money.iter().flat_map(|a| values(a)).collect::<Vec<_>>();
    for rate in rates {
        for base in &all {
            let fits = |tax: &&(Decimal, Spot)| tax.1 != base.1 && is_tax_of(base.0, *rate, tax.0);
            if let Some(tax) = all.iter().find(fits) {
                return Some(Row {
                    line,
                    base: *base,
                    tax: *tax,
                });
            }
        }
    }
    None
}

/// A rate such as `19`, `19%`, `5,5 %`, `(20.00%)`; never zero: nothing would be checked by it.
fn rate_of(text: &str) -> Option<Decimal> {
    let plain = text
        .trim_matches(|c: char| !c.is_ascii_digit())
        .replace(',', ".");
    let rate = Decimal::from_str_exact(&plain).ok()?;
    (plain.len() <= 6 && rate > Decimal::ONE && rate < MAX_RATE_PER_CENT).then_some(rate)
}

fn is_tax_of(base: Decimal, rate: Decimal, tax: Decimal) -> bool {
    let Some(exact) = base
        .checked_mul(rate)
        .and_then(|product| product.checked_div(Decimal::ONE_HUNDRED))
    else {
        return false;
    };
    !tax.is_zero() && exact.saturating_sub(tax).abs() < ROUNDING
}

/// The rows that add up to a labelled total: one row, neighbouring rows or all.
pub(super) fn by_rate(rows: &[Row], gross: &Candidate) -> Option<Offer> {
    let mut sets = rows.iter().map(|row| vec![*row]).collect::<Vec<_>>();
    sets.extend(neighbours(rows));
    sets.push(rows.to_vec());
    let sum = |set: &[Row], of: fn(&Row) -> Decimal| {
        set.iter()
            .map(of)
            .fold(Decimal::ZERO, Decimal::saturating_add)
    };
    sets.iter().find_map(|set| {
        let first = set.first()?;
        let base = sum(set, |row| row.base.0);
        let tax = sum(set, |row| row.tax.0);
        let closes = base.saturating_add(tax) == gross.value && !gross.value.is_zero();
        let apart = set
            .iter()
            .all(|row| row.base.1 != gross.spot && row.tax.1 != gross.spot);
        let sure = match (gross.strength, gross.is_partial) {
            (2.., false) => 960,
            (_, false) => 900,
            (_, true) => 800,
        };
        let alone = set.len() == 1;
        let total = |value: Decimal, spot: Spot| Total {
            value,
            spot: alone.then_some(spot),
            confidence: sure,
        };
        (closes && apart).then(|| {
            let totals = Totals {
                net: Some(total(base, first.base.1)),
                tax: Some(total(tax, first.tax.1)),
                gross: Some(Total {
                    value: gross.value,
                    spot: Some(gross.spot),
                    confidence: sure,
                }),
                payable: None,
            };
            (gross.score + 480, totals)
        })
    })
}

/// Runs of rows that stand near each other, the same base and tax twice counted once.
fn neighbours(rows: &[Row]) -> Vec<Vec<Row>> {
    let mut runs: Vec<Vec<Row>> = Vec::new();
    for row in rows {
        match runs.last_mut() {
            Some(run)
                if run
                    .last()
                    .is_some_and(|last| row.line - last.line <= MAX_ROWS_APART) =>
            {
                run.push(*row);
            }
            _ => runs.push(vec![*row]),
        }
    }
    runs.retain(|run| run.len() > 1);
    runs
}

/// Net, tax and gross on the row of a labelled gross: `Total 174.15 12.85 187.00`.
pub(super) fn in_one_row(amounts: &[Amount], gross: &Candidate) -> Option<Offer> {
    let own = on_row(amounts, gross.spot.line)
        .iter()
        .filter(|a| a.is_money && a.spot != gross.spot)
        .take(MAX_IN_ROW)
        .filter_map(|a| a.readings.first().map(|value| (*value, a.spot)))
        .collect::<Vec<_>>();
    let pair = own.iter().enumerate().find_map(|(at, net)| {
        let rest = own.get(at + 1..).unwrap_or_default();
        let tax = rest
            .iter()
            .find(|tax| tax.0.abs() < net.0.abs() && adds_up(net.0, tax.0, gross.value))?;
        Some((*net, *tax))
    });
    let ((net, net_spot), (tax, tax_spot)) = pair?;
    let sure = match (gross.strength, gross.is_partial, tax.is_zero()) {
        (2.., false, false) => 950,
        (2.., false, true) => 900,
        _ => 800,
    };
    let total = |value: Decimal, spot: Spot| {
        Some(Total {
            value,
            spot: Some(spot),
            confidence: sure,
        })
    };
    let totals = Totals {
        net: total(net, net_spot),
        tax: total(tax, tax_spot),
        gross: total(gross.value, gross.spot),
        payable: None,
    };
    Some((gross.score + 450, totals))
}
