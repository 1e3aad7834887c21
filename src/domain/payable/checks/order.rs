//! The match of a bill with its order and with what came in (DOMAIN 4.3): prices against the order, quantities against the order and
//! the receipts, the whole against what is left of the order.

mod pairs;

use rust_decimal::Decimal;

use super::{
    Finding, NO_RECEIPT, ORDER_CURRENCY, ORDER_EXCEEDED, ORDER_LINES_UNSURE, ORDER_MISSING,
    ORDER_SUPPLIER, ORDER_UNKNOWN, ORDER_UNPLANNED, OVER_ORDERED, OVER_RECEIVED, PRICE_BELOW,
    PRICE_VARIANCE,
};
use crate::basics::ids::SupplierId;
use crate::basics::text::one_line;
use crate::domain::document::DocumentLine;
use crate::domain::payable::order::{GoodsReceipt, OrderLine};
use crate::domain::payable::{Bill, BillKind};
use pairs::paired;

/// Characters of a description in a finding.
const DESCRIPTION_CHARS: usize = 60;

/// What a bill may differ from its order; from the configuration. The stricter of share and amount counts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderPolicy {
    /// Suppliers, by their number, whose bills must name an order of ours.
    pub orders_from: Vec<String>,
    /// Suppliers whose bills are not paid before the goods are in.
    pub receipts_from: Vec<String>,
    /// Percent a unit price may be above the order's.
    pub price_above_percent: Decimal,
    /// What a line may cost more for that, in the bill's currency.
    pub price_above_amount: Decimal,
    /// Percent of the bill's net that carriage and other unordered lines may come to.
    pub other_percent: Decimal,
    /// What they may cost, in the bill's currency.
    pub other_amount: Decimal,
}

impl Default for OrderPolicy {
    /// The tolerances of DOMAIN 4.3; no supplier has to be ordered from.
    fn default() -> Self {
        Self {
            orders_from: Vec::new(),
            receipts_from: Vec::new(),
            price_above_percent: Decimal::TWO,
            price_above_amount: Decimal::from(50),
            other_percent: Decimal::TWO,
            other_amount: Decimal::ONE_HUNDRED,
        }
    }
}

/// Less than that below the order's price says nothing, in percent.
const PRICE_BELOW_PERCENT: Decimal = Decimal::TEN;
/// What a line may be off whatever its share.
const SMALL_DIFFERENCE: Decimal = Decimal::ONE;

/// An order as the books know it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OrderFile {
    /// Its lines; none where there is no such order.
    pub lines: Vec<OrderLine>,
    /// What came in on it.
    pub receipts: Vec<GoodsReceipt>,
    /// The lines of the other bills on it that passed their checks.
    pub billed: Vec<Vec<DocumentLine>>,
    /// The books hold orders at all.
    pub has_orders: bool,
}

/// The bill and what was read of it.
#[derive(Clone, Copy, Debug)]
pub struct Billed<'a> {
    /// The bill.
    pub bill: &'a Bill,
    /// The supplier's number, where it is one we know.
    pub supplier_number: Option<&'a str>,
    /// Its lines.
    pub lines: &'a [DocumentLine],
    /// They do not add up: they may be misread.
    pub are_unsure: bool,
}

/// Everything that speaks against it. A credit note orders nothing and is matched with its bill.
pub fn check(billed: Billed<'_>, order: &OrderFile, policy: &OrderPolicy) -> Vec<Finding> {
    if billed.bill.kind == BillKind::CreditNote {
        return Vec::new();
    }
    let is_needed = is_among(&policy.orders_from, billed.supplier_number);
    let named = billed.bill.po_number.as_deref();
    let Some(first) = order.lines.first() else {
        return match named {
            Some(number) if is_needed => vec![ORDER_MISSING.found(no_order(number))],
            Some(number) if order.has_orders => vec![ORDER_UNKNOWN.found(no_order(number))],
            None if is_needed => vec![ORDER_MISSING.found("the bill names no order")],
            Some(_) | None => Vec::new(),
        };
    };
    if let Some(finding) = of_somebody_else(billed.bill, first.supplier, order) {
        return vec![finding];
    }
    let mut findings = exceeded(billed, order, policy)
        .into_iter()
        .collect::<Vec<_>>();
    if billed.are_unsure || billed.lines.is_empty() {
        findings.push(ORDER_LINES_UNSURE.found("only the sums were compared"));
    } else {
        findings.extend(line_by_line(billed, order, policy));
    }
    findings.extend(not_received(billed, order, policy));
    findings
}

/// The bill's findings with what the receipts say of it now: goods may have come since.
pub fn looked_again(billed: Billed<'_>, order: &OrderFile, policy: &OrderPolicy) -> Vec<Finding> {
    let of_others = |finding: &&Finding| finding.code != NO_RECEIPT.code;
    let findings = billed.bill.findings.iter().filter(of_others).cloned();
    let mut findings = findings.collect::<Vec<_>>();
    if !order.lines.is_empty() {
        findings.extend(not_received(billed, order, policy));
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn no_order(number: &str) -> String {
    format!("there is no order {number} in our books")
}

fn is_among(suppliers: &[String], number: Option<&str>) -> bool {
    number.is_some_and(|number| suppliers.iter().any(|one| one == number))
}

fn of_somebody_else(bill: &Bill, supplier: SupplierId, order: &OrderFile) -> Option<Finding> {
    let number = order.lines.first().map(|line| line.order.as_str())?;
    if bill.supplier.is_some_and(|own| own != supplier) {
        let why = format!("order {number} was given to another supplier");
        return Some(ORDER_SUPPLIER.found(why));
    }
    let ordered_in = order.lines.first().map(|line| line.currency)?;
    let billed_in = bill.currency.filter(|currency| *currency != ordered_in)?;
    let why = format!("order {number} is in {ordered_in}, the bill in {billed_in}");
    Some(ORDER_CURRENCY.found(why))
}

/// The bill is more than what is left of the order, net.
fn exceeded(billed: Billed<'_>, order: &OrderFile, policy: &OrderPolicy) -> Option<Finding> {
    let ordered = sum(order.lines.iter().map(OrderLine::net))?;
    let before = order.billed.iter().flatten().map(|line| line.net);
    let before = sum(before.map(|net| Some(net.unwrap_or_default())))?;
    let own = billed.bill.net?.to_decimal();
    let left = ordered.checked_sub(before)?;
    let over = own.checked_sub(left)?;
    // What was not ordered, such as carriage, is looked at line by line.
    let unplanned = unplanned(billed, order).unwrap_or_default();
    let over = over.checked_sub(unplanned)?;
    // Prices may be a little above the order's, and so may the whole.
    let share = percent_of(policy.price_above_percent, ordered)?;
    let tolerated = share.min(policy.price_above_amount).max(SMALL_DIFFERENCE);
    (over > tolerated).then(|| {
        let why = format!(
            "{own} net are billed, and {left} of {ordered} are left of the order",
            own = own.normalize(),
            left = left.normalize(),
            ordered = ordered.normalize()
        );
        ORDER_EXCEEDED.found(why)
    })
}

fn line_by_line(billed: Billed<'_>, order: &OrderFile, policy: &OrderPolicy) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, ordered) in paired(billed.lines, &order.lines) {
        if let Some(ordered) = ordered {
            findings.extend(price(line, ordered, policy));
            findings.extend(quantity(line, ordered, order));
        }
    }
    let net = billed.bill.net.map(|net| net.to_decimal());
    let unplanned = unplanned(billed, order);
    let share = net.and_then(|net| percent_of(policy.other_percent, net));
    let is_much = unplanned
        .is_none_or(|sum| sum > policy.other_amount || share.is_none_or(|share| sum > share));
    let names = unordered(billed, order);
    if is_much && !names.is_empty() {
        let sum = unplanned.map_or_else(
            || "an unknown sum".into(),
            |sum| sum.normalize().to_string(),
        );
        let why = format!("not on the order: {} ({sum})", names.join("; "));
        findings.push(ORDER_UNPLANNED.found(why));
    }
    findings
}

fn price(line: &DocumentLine, ordered: &OrderLine, policy: &OrderPolicy) -> Option<Finding> {
    let quantity = line.quantity.filter(|quantity| !quantity.is_zero())?;
    // A price for a hundred and a price for one are the same price.
    let own = line.net?.checked_div(quantity)?;
    let agreed = ordered.unit_price()?;
    let more = own.checked_sub(agreed)?;
    let in_sum = more.checked_mul(quantity)?;
    let share = more.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(agreed);
    let why = || {
        format!(
            "{}: {} each, ordered at {} ({})",
            shown(&line.description),
            rounded(own),
            rounded(agreed),
            share.map_or_else(
                || "ordered free of charge".to_owned(),
                |share| format!("{:+} %", share.round_dp(2).normalize())
            ),
        )
    };
    let is_above = share.is_none_or(|share| share > policy.price_above_percent)
        || in_sum > policy.price_above_amount;
    if is_above && in_sum > SMALL_DIFFERENCE {
        return Some(PRICE_VARIANCE.found(why()));
    }
    let is_below = share.is_some_and(|share| share < -PRICE_BELOW_PERCENT);
    is_below.then(|| PRICE_BELOW.found(why()))
}

/// More than was ordered, or than came in where receipts are kept for the order.
fn quantity(line: &DocumentLine, ordered: &OrderLine, order: &OrderFile) -> Option<Finding> {
    let own = line.quantity?;
    let all = own.checked_add(billed_before(ordered, order)?)?;
    let why = |most: Decimal, what: &str| {
        format!(
            "{}: {} billed in all, {} {what}",
            shown(&line.description),
            all.normalize(),
            most.normalize()
        )
    };
    if all > ordered.quantity {
        return Some(OVER_ORDERED.found(why(ordered.quantity, "ordered")));
    }
    let came = came(ordered, order)?;
    let is_kept = !order.receipts.is_empty() && !came.is_zero();
    (is_kept && all > came).then(|| OVER_RECEIVED.found(why(came, "received")))
}

/// Nothing came in yet on a line that is billed, where the supplier's goods are waited for.
fn not_received(billed: Billed<'_>, order: &OrderFile, policy: &OrderPolicy) -> Option<Finding> {
    let is_waited_for = is_among(&policy.receipts_from, billed.supplier_number);
    if !is_waited_for && order.receipts.is_empty() {
        return None;
    }
    let mut waits = Vec::new();
    for (line, ordered) in paired(billed.lines, &order.lines) {
        let came = ordered.and_then(|ordered| came(ordered, order));
        if came.is_some_and(|came| came.is_zero()) {
            waits.push(shown(&line.description));
        }
    }
    let nothing_came = billed.lines.is_empty() && order.receipts.is_empty();
    (nothing_came || !waits.is_empty()).then(|| {
        let what = if waits.is_empty() {
            "the order".to_owned()
        } else {
            waits.join("; ")
        };
        NO_RECEIPT.found(format!("no receipt of goods is known for: {what}"))
    })
}

fn came(ordered: &OrderLine, order: &OrderFile) -> Option<Decimal> {
    let receipts = order.receipts.iter();
    let of_line = receipts.filter(|receipt| receipt.line == ordered.line);
    sum(of_line.map(|receipt| Some(receipt.quantity)))
}

fn billed_before(ordered: &OrderLine, order: &OrderFile) -> Option<Decimal> {
    let lines = order
        .billed
        .iter()
        .flat_map(|lines| paired(lines, &order.lines));
    let of_line = lines.filter(|(_, own)| own.is_some_and(|own| own.id == ordered.id));
    sum(of_line.map(|(line, _)| Some(line.quantity.unwrap_or_default())))
}

/// What the lines that are not on the order come to; `None` where one has no amount.
fn unplanned(billed: Billed<'_>, order: &OrderFile) -> Option<Decimal> {
    let lines = paired(billed.lines, &order.lines).into_iter();
    sum(lines
        .filter(|(_, ordered)| ordered.is_none())
        .map(|(line, _)| line.net))
}

fn unordered(billed: Billed<'_>, order: &OrderFile) -> Vec<String> {
    let lines = paired(billed.lines, &order.lines).into_iter();
    let unordered = lines.filter(|(_, ordered)| ordered.is_none());
    unordered
        .map(|(line, _)| shown(&line.description))
        .collect()
}

fn sum(amounts: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    let mut amounts = amounts;
    amounts.try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(amount?))
}

fn percent_of(percent: Decimal, amount: Decimal) -> Option<Decimal> {
    amount
        .checked_mul(percent)?
        .checked_div(Decimal::ONE_HUNDRED)
}

fn rounded(price: Decimal) -> Decimal {
    price.round_dp(4).normalize()
}

fn shown(description: &str) -> String {
    one_line(description, DESCRIPTION_CHARS)
}

#[cfg(test)]
mod tests;
