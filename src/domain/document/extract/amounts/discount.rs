//! What is to be paid with a discount for paying early: its net, tax and total are printed like the bill's own and are not.

use super::Amount;
use super::candidates::Candidate;
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::{Layout, on_row};
use crate::domain::document::words::DISCOUNT_BEGINNINGS;

/// Rows below the condition that may hold its net, tax and total, and a heading between.
const ROWS: usize = 4;
/// Beginnings of words for the condition it has, folded: paying, by a day, within days.
const PAYING: [&str; 21] = [
    "zahl",
    "bezahl",
    "uberweis",
    "bis",
    "innerhalb",
    "binnen",
    "paid",
    "pay",
    "within",
    "settle",
    "early",
    "paiement",
    "regle",
    "avant",
    "pago",
    "pagam",
    "entro",
    "betal",
    "voor",
    "tage",
    "jours",
];

/// Where such a condition is printed: its row and the word of the discount in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Condition {
    line: usize,
    word: usize,
}

/// Every row that says what is to be paid when one pays early.
pub(super) fn conditions(layout: &Layout) -> Vec<Condition> {
    let begins = |key: &str, parts: &[&str]| parts.iter().any(|part| key.starts_with(part));
    let rows = layout.lines.iter().enumerate();
    let found = rows.filter_map(|(line, row)| {
        let word = row
            .tokens
            .iter()
            .position(|token| begins(&token.key, DISCOUNT_BEGINNINGS))?;
        let is_condition = row.tokens.iter().any(|token| begins(&token.key, &PAYING));
        is_condition.then_some(Condition { line, word })
    });
    found.collect()
}

/// Is this amount the discounted one: behind such a condition, in its row or in the labelled rows right below, and smaller
/// than a labelled total that stands before it.
pub(super) fn is_discounted(
    conditions: &[Condition],
    hits: &[Hit],
    amounts: &[Amount],
    candidate: &Candidate,
) -> bool {
    conditions.iter().any(|condition| {
        let below = candidate.spot.line.checked_sub(condition.line);
        let behind = match below {
            Some(0) => candidate.spot.start > condition.word,
            Some(rows) => rows <= ROWS && is_block(hits, condition.line, candidate.spot.line),
            None => false,
        };
        behind && has_larger_before(hits, amounts, condition, candidate)
    })
}

/// Every row between the condition and this one has the label of a total: one empty of them ends the block.
fn is_block(hits: &[Hit], from: usize, to: usize) -> bool {
    (from + 1..=to).all(|line| on_row(hits, line).iter().any(is_total))
}

fn is_total(hit: &Hit) -> bool {
    matches!(
        hit.label,
        Label::Net | Label::Tax | Label::Gross | Label::Payable
    )
}

fn has_larger_before(
    hits: &[Hit],
    amounts: &[Amount],
    condition: &Condition,
    candidate: &Candidate,
) -> bool {
    let labels = hits.iter().filter(|hit| {
        hit.strength >= 2
            && matches!(hit.label, Label::Gross | Label::Payable)
            && (hit.spot.line, hit.spot.start) < (condition.line, condition.word)
    });
    labels.into_iter().any(|hit| {
        on_row(amounts, hit.spot.line).iter().any(|amount| {
            amount.is_money
                && amount.spot.start >= hit.spot.end
                && (amount.spot.line, amount.spot.start) < (condition.line, condition.word)
                && amount
                    .readings
                    .first()
                    .is_some_and(|value| value.abs() > candidate.value.abs())
        })
    })
}
