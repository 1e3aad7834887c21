//! What came in of an order: nothing is paid before its goods are there.

use rust_decimal::Decimal;

use super::matched::Matched;
use super::{Billed, OrderFile, OrderPolicy, counted, shown, sum};
use crate::domain::payable::BillKind;
use crate::domain::payable::checks::{Finding, NO_RECEIPT, OVER_RECEIVED};
use crate::domain::payable::order::OrderLine;

/// The bill's findings with what the receipts say of it now: goods may have come since, or gone back. More than came in was held
/// by its review; after that it is the payment that waits.
pub fn looked_again(billed: Billed<'_>, order: &OrderFile, policy: &OrderPolicy) -> Vec<Finding> {
    let of_others = |finding: &&Finding| finding.code != NO_RECEIPT.code;
    let findings = billed.bill.findings.iter().filter(of_others).cloned();
    let mut findings = findings.collect::<Vec<_>>();
    let waits = not_received(billed, order, policy);
    findings.extend(waits.or_else(|| not_all_received(billed, order, policy)));
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// Nothing came in yet on a line that is billed, where the supplier's goods are waited for or receipts are kept for the order. Where
/// nobody can tell which lines are billed, all of the order must have come in.
pub(super) fn not_received(
    billed: Billed<'_>,
    order: &OrderFile,
    policy: &OrderPolicy,
) -> Option<Finding> {
    let is_waited_for = billed.is_from(&policy.receipts_from);
    let is_kept = is_waited_for || !order.receipts.is_empty();
    if !is_kept || billed.bill.kind == BillKind::CreditNote {
        return None;
    }
    if order.lines.is_empty() {
        let why = "the bill names no order of ours, so nobody can say whether its goods are in";
        return Some(NO_RECEIPT.found(why));
    }
    let did_not_come = |ordered: &OrderLine| came(ordered, order).is_none_or(|came| came.is_zero());
    let own = Matched::of(billed, order).map_or_else(Vec::new, |matched| matched.own);
    let mut waits = own
        .iter()
        .filter(|(_, ordered)| ordered.is_some_and(did_not_come))
        .map(|(line, _)| shown(&line.description))
        .collect::<Vec<_>>();
    let is_told = !billed.are_unsure && own.iter().any(|(_, ordered)| ordered.is_some());
    if waits.is_empty() && !is_told && order.lines.iter().any(did_not_come) {
        waits.push("the order".to_owned());
    }
    let what = waits.join("; ");
    (!waits.is_empty())
        .then(|| NO_RECEIPT.found(format!("no receipt of goods is known for: {what}")))
}

/// More is billed than came in, by what the receipts say now, and nobody let that pass.
fn not_all_received(
    billed: Billed<'_>,
    order: &OrderFile,
    policy: &OrderPolicy,
) -> Option<Finding> {
    let is_waited_for = billed.is_from(&policy.receipts_from) || !order.receipts.is_empty();
    let is_cleared = billed
        .bill
        .cleared
        .iter()
        .any(|code| code == OVER_RECEIVED.code);
    if !is_waited_for || is_cleared || billed.are_unsure || billed.bill.kind == BillKind::CreditNote
    {
        return None;
    }
    let matched = Matched::of(billed, order)?;
    let over = order.lines.iter().filter_map(|ordered| {
        let (all, came) = (matched.billed_in_all(ordered)?, came(ordered, order)?);
        (all > came).then(|| counted(ordered, all, came, "received"))
    });
    let over = over.collect::<Vec<_>>().join("; ");
    (!over.is_empty()).then(|| NO_RECEIPT.found(over))
}

pub(super) fn came(ordered: &OrderLine, order: &OrderFile) -> Option<Decimal> {
    let receipts = order.receipts.iter();
    let of_line = receipts.filter(|receipt| receipt.line == ordered.line);
    sum(of_line.map(|receipt| Some(receipt.quantity)))
}
