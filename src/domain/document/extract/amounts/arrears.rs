//! What was owed before and is asked for again: a bill's own amount is what is left without it.

use rust_decimal::Decimal;

use super::Amount;
use super::candidates::{Candidate, candidates};
use crate::basics::text::fold;
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::Layout;

/// Parts of labels of what was owed before, folded.
const OWED_BEFORE: [&str; 25] = [
    "ausstehend",
    "ruckstand",
    "offene forderung",
    "vorrechnung",
    "vormonat",
    "vorherig",
    "alter saldo",
    "saldovortrag",
    "previous",
    "brought forward",
    "balance forward",
    "last bill",
    "arrears",
    "overdue",
    "past due",
    "anterieur",
    "precedent",
    "impaye",
    "arriere",
    "anterior",
    "arretrati",
    "insoluti",
    "achterstand",
    "vorig",
    "opening balance",
];

/// The amounts of a page that were owed before.
pub(super) fn owed_before(layout: &Layout, hits: &[Hit], amounts: &[Amount]) -> Vec<Candidate> {
    let is_old = |hit: &&Hit| {
        let text = fold(&layout.text(hit.spot));
        hit.label == Label::OtherAmount && OWED_BEFORE.iter().any(|words| text.contains(words))
    };
    let old = hits.iter().filter(is_old).copied().collect::<Vec<_>>();
    candidates(layout, &old, amounts, Label::OtherAmount)
}

/// What is due is one of the totals of the bill and what was owed before.
pub(super) fn holds_arrears(due: Decimal, gross: &[Candidate], before: &[Candidate]) -> bool {
    before.iter().any(|old| {
        let own = due.saturating_sub(old.value);
        let is_total = |total: &Candidate| total.value == own && total.spot != old.spot;
        !old.value.is_zero() && gross.iter().any(is_total)
    })
}
