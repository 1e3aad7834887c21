//! The lines of a bill as printed: the table of items on its pages, chosen and proved by the sums below it.

mod closure;
pub mod columns;
mod numbers;
mod plain;
mod rows;
mod settle;
pub mod sheet;

use rust_decimal::Decimal;

use super::super::field::Confidence;
use super::super::labels::Hit;
use super::super::layout::{Layout, Spot};
use super::super::{DocumentLine, StatedAmounts};
use super::amounts::{Amount, Totals};
use crate::basics::text::one_line;
use crate::formats::issue::Issue;

use self::closure::Choice;
use self::rows::Table;
use self::sheet::Sheet;

/// Longest description kept.
const MAX_TEXT_CHARS: usize = 200;
/// Tables of one document that are weighed: a bill has one, a report of usage behind it some more.
const MAX_TABLES: usize = 12;

/// How the lines of a bill add up.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Proof {
    /// To nothing printed: they are a guess.
    None,
    /// To the total with VAT: the printed amounts hold it.
    Gross,
    /// With the allowances and charges of the document, to the net total.
    NetAdjusted,
    /// To the net total.
    Net,
}

/// The lines found.
#[derive(Clone, PartialEq, Debug)]
pub struct LineTable {
    /// The lines from the top.
    pub lines: Vec<DocumentLine>,
    /// The net amounts that are counted: a line made of sub-lines is not.
    pub counted: Vec<Decimal>,
    /// Their sum as printed.
    pub sum: Decimal,
    /// How they add up.
    pub proof: Proof,
    /// More than one line is counted, or quantity times price is the only one's amount: no coincidence.
    pub is_telling: bool,
    /// The last row of the lines.
    last_row: usize,
}

impl LineTable {
    /// Adds the lines to the amounts of the page (BT-131, BT-106); what they are off the net total is its allowances or
    /// charges (BT-107, BT-108), as their proof has shown.
    pub fn state(&self, amounts: StatedAmounts) -> StatedAmounts {
        let is_net = matches!(self.proof, Proof::Net | Proof::NetAdjusted);
        let Some(off) = amounts
            .net
            .map(|net| net.saturating_sub(self.sum))
            .filter(|_| is_net)
        else {
            return amounts;
        };
        StatedAmounts {
            line_nets: self.counted.clone(),
            line_total: Some(self.sum),
            allowance_total: (off < Decimal::ZERO).then_some(-off),
            charge_total: (off > Decimal::ZERO).then_some(off),
            ..amounts
        }
    }
}

/// One row or some that may be a line.
#[derive(Clone, PartialEq, Debug)]
struct Entry {
    position: Option<String>,
    /// What was delivered, row by row.
    texts: Vec<Spot>,
    quantity: Option<Decimal>,
    unit_price: Option<Decimal>,
    tax_rate: Option<Decimal>,
    /// As printed.
    amount: Decimal,
    /// The row of the amount.
    spot: Spot,
    /// How many sums stand above it.
    block: u32,
    /// An allowance or charge: a line of its own, or part of the one above.
    is_adjustment: bool,
}

impl Entry {
    /// Quantity times price is the amount.
    fn is_checked(&self) -> bool {
        let both = self.quantity.zip(self.unit_price);
        both.is_some_and(|(quantity, price)| is_product(quantity, price, self.amount))
    }
}

/// The lines of a document, and its totals made surer by them, or corrected where nothing but the lines adds up.
pub fn find_and_settle(
    layout: &Layout,
    hits: &[Hit],
    amounts: &[Amount],
    totals: &mut Totals,
) -> Option<LineTable> {
    let table = find(layout, hits, amounts, totals)?;
    let sheet = Sheet::new(layout, hits, amounts);
    if table.proof == Proof::None && settle::complete(&sheet, &table, totals) {
        return find(layout, hits, amounts, totals);
    }
    settle::confirm(&sheet, &table, totals);
    Some(table)
}

/// The lines of a document, if it has any.
pub fn find(
    layout: &Layout,
    hits: &[Hit],
    amounts: &[Amount],
    totals: &Totals,
) -> Option<LineTable> {
    let sheet = Sheet::new(layout, hits, amounts);
    let targets = closure::Targets::of(&sheet, totals);
    let headers = columns::find(layout, &sheet.money_rows());
    let mut best: Option<Choice> = None;
    let mut seen: Vec<&columns::Header> = Vec::new();
    for (own, header) in headers.iter().enumerate() {
        if seen.len() >= MAX_TABLES || seen.iter().any(|other| header.is_repeated_by(other)) {
            continue;
        }
        seen.push(header);
        for amount in header.amount_columns() {
            let Some(table) = Table::under(&sheet, &headers, own, amount) else {
                continue;
            };
            let targets = targets.for_table(header.includes_tax);
            let choice = closure::choose(table.entries(), &targets);
            let better = |top: &Choice| choice.as_ref().is_some_and(|own| own.beats(top));
            if best.as_ref().is_none_or(better) {
                best = choice.or(best);
            }
        }
    }
    if best
        .as_ref()
        .is_none_or(|choice| choice.proof == Proof::None)
    {
        best = plain::find(&sheet, &targets).or(best);
    }
    Some(table(layout, best?, totals))
}

/// Lines as they are kept.
fn table(layout: &Layout, choice: Choice, totals: &Totals) -> LineTable {
    let confidence = match choice.proof {
        Proof::Net => 960,
        Proof::NetAdjusted => 930,
        Proof::Gross => 910,
        Proof::None => 500,
    };
    let common = closure::only_rate(totals);
    let line = |entry: &Entry| {
        let rate = entry.tax_rate.or(common);
        let net = match choice.proof {
            Proof::Gross => rate.and_then(|rate| closure::without_tax(entry.amount, rate)),
            Proof::None | Proof::NetAdjusted | Proof::Net => Some(entry.amount),
        };
        let words = entry.texts.iter().map(|spot| layout.text(*spot));
        DocumentLine {
            description: one_line(&words.collect::<Vec<_>>().join(" "), MAX_TEXT_CHARS),
            quantity: entry.quantity,
            unit_price: entry.unit_price,
            net,
            gross: (choice.proof == Proof::Gross).then_some(entry.amount),
            tax_rate: entry.tax_rate,
            confidence: Confidence::per_mille(if net.is_some() { confidence } else { 600 }),
            source: layout.source(entry.spot),
        }
    };
    let checked = choice.entries.iter().filter(|e| e.is_checked()).count();
    LineTable {
        is_telling: checked > 0 || choice.counted.len() > 1,
        last_row: choice.entries.last().map_or(0, |e| e.spot.line),
        lines: choice.entries.iter().map(line).collect(),
        counted: choice.counted,
        sum: choice.sum,
        proof: choice.proof,
    }
}

/// How [`doubt`] ends.
const DOUBT: &str = "which is no total of it: they are not sure";

/// Says that the lines do not add up, for the clerk.
pub fn doubt(table: &LineTable) -> Option<Issue> {
    (table.proof == Proof::None).then(|| {
        let (count, sum) = (table.lines.len(), table.sum);
        let problem = format!("the {count} lines read from the page add up to {sum}, {DOUBT}");
        Issue::new("", problem)
    })
}

/// It says that lines do not add up.
pub fn is_doubt(issue: &Issue) -> bool {
    issue.problem.ends_with(DOUBT)
}

/// Quantity times price is the amount to a cent, or as near as the decimals of the price allow.
fn is_product(quantity: Decimal, price: Decimal, amount: Decimal) -> bool {
    let Some(product) = quantity.checked_mul(price) else {
        return false;
    };
    let half_step = Decimal::new(5, (price.scale() + 1).min(20));
    let slack = half_step.checked_mul(quantity.abs()).unwrap_or_default();
    let slack = slack
        .min(amount.abs() / Decimal::ONE_HUNDRED)
        .max(Decimal::new(1, 2));
    product.saturating_sub(amount).abs() <= slack
}

#[cfg(test)]
mod tests;
