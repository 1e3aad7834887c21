//! The match of a bill with its order and with what came in (DOMAIN 4.3): prices against the order, quantities against the order and
//! the receipts, the whole against what is left of the order.

mod pairs;

use rust_decimal::Decimal;

use super::{
    Finding, NO_RECEIPT, ORDER_CURRENCY, ORDER_EXCEEDED, ORDER_LINES_UNSURE, ORDER_MISSING,
    ORDER_SUPPLIER, ORDER_UNCOUNTED, ORDER_UNKNOWN, ORDER_UNPLANNED, OVER_ORDERED, OVER_RECEIVED,
    PRICE_BELOW, PRICE_VARIANCE,
};
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::domain::document::{DocumentLine, Reading};
use crate::domain::payable::bill_line::lines;
use crate::domain::payable::order::{GoodsReceipt, OrderLine};
use crate::domain::payable::{Bill, BillKind, Supplier};
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
    /// The other bills on it that passed their checks.
    pub billed: Vec<BilledBefore>,
    /// There is more of it than is looked at.
    pub is_cut: bool,
    /// The books hold orders at all.
    pub has_orders: bool,
}

/// Another bill on the order.
#[derive(Clone, PartialEq, Debug)]
pub struct BilledBefore {
    /// Its total without VAT.
    pub net: Option<Money>,
    /// Its lines.
    pub lines: Vec<DocumentLine>,
}

/// Whether what `other` bills is taken off the order that both name. A credit note is not: whether it takes goods back or only
/// a price it does not say for certain, and who counts too much asks a person.
pub fn counts_on(other: &Bill, bill: &Bill) -> bool {
    other.supplier == bill.supplier && other.kind == BillKind::Invoice
}

/// The bill and what was read of it.
#[derive(Clone, Copy, Debug)]
pub struct Billed<'a> {
    bill: &'a Bill,
    supplier_number: Option<&'a str>,
    lines: &'a [DocumentLine],
    are_unsure: bool,
}

impl<'a> Billed<'a> {
    /// A bill of this supplier, when it is one we know.
    pub fn of(bill: &'a Bill, supplier: Option<&'a Supplier>, reading: &'a Reading) -> Self {
        Self {
            bill,
            supplier_number: supplier.map(|supplier| supplier.number.as_str()),
            lines: &reading.lines,
            are_unsure: reading.lines.is_empty() || lines(reading, bill).are_unsure,
        }
    }

    fn is_from(&self, suppliers: &[String]) -> bool {
        let own = self.supplier_number;
        own.is_some_and(|own| suppliers.iter().any(|one| one == own))
    }
}

/// Everything that speaks against it. A credit note orders nothing and is matched with its bill.
pub fn check(billed: Billed<'_>, order: &OrderFile, policy: &OrderPolicy) -> Vec<Finding> {
    if billed.bill.kind == BillKind::CreditNote {
        return Vec::new();
    }
    let is_needed = billed.is_from(&policy.orders_from);
    let named = billed.bill.po_number.as_deref();
    let Some(first) = order.lines.first() else {
        return match named {
            Some(number) if is_needed => vec![ORDER_MISSING.found(no_order(number))],
            Some(number) if order.has_orders => vec![ORDER_UNKNOWN.found(no_order(number))],
            None if is_needed => vec![ORDER_MISSING.found("the bill names no order")],
            Some(_) | None => Vec::new(),
        };
    };
    if let Some(finding) = of_somebody_else(billed.bill, first) {
        return vec![finding];
    }
    let matched = paired(billed.lines, &order.lines);
    let mut findings = Vec::new();
    match over(billed, order, &matched) {
        Some(sums) if !order.is_cut => findings.extend(exceeded(&sums, policy)),
        Some(_) | None => {
            let why = format!("what is billed on order {} cannot be counted", first.order);
            findings.push(ORDER_UNCOUNTED.found(why));
        }
    }
    if billed.are_unsure {
        findings.push(ORDER_LINES_UNSURE.found("only the sums were compared"));
    } else {
        findings.extend(line_by_line(&matched, order, policy));
        findings.extend(too_much_unplanned(billed, &matched, policy));
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

fn of_somebody_else(bill: &Bill, ordered: &OrderLine) -> Option<Finding> {
    let number = &ordered.order;
    if bill.supplier.is_some_and(|own| own != ordered.supplier) {
        let why = format!("order {number} was given to another supplier");
        return Some(ORDER_SUPPLIER.found(why));
    }
    let billed_in = bill
        .currency
        .filter(|currency| *currency != ordered.currency)?;
    let why = format!(
        "order {number} is in {}, the bill in {billed_in}",
        ordered.currency
    );
    Some(ORDER_CURRENCY.found(why))
}

/// A line of a bill and the line of the order it is about.
type Pair<'l, 'o> = (&'l DocumentLine, Option<&'o OrderLine>);

/// What was ordered, what is left of it, what is billed and by how much that is more; net.
struct Sums {
    ordered: Decimal,
    left: Decimal,
    billed: Decimal,
    over: Decimal,
}

/// `None` where a bill states no net total, or the sums are too large to count. What was not ordered, such as carriage, is looked at
/// line by line and takes nothing off the order.
fn over(billed: Billed<'_>, order: &OrderFile, matched: &[Pair<'_, '_>]) -> Option<Sums> {
    let ordered = sum(order.lines.iter().map(OrderLine::net))?;
    let before = sum(order.billed.iter().map(|other| {
        let other_pairs = paired(&other.lines, &order.lines);
        of_order(other.net, &other_pairs)
    }))?;
    let left = ordered.checked_sub(before)?;
    Some(Sums {
        ordered,
        left,
        billed: billed.bill.net?.to_decimal(),
        over: of_order(billed.bill.net, matched)?.checked_sub(left)?,
    })
}

/// A net total without the lines that are not on the order.
fn of_order(net: Option<Money>, matched: &[Pair<'_, '_>]) -> Option<Decimal> {
    net?.to_decimal()
        .checked_sub(unplanned(matched).unwrap_or_default())
}

/// Prices may be a little above the order's, and so may the whole.
fn exceeded(sums: &Sums, policy: &OrderPolicy) -> Option<Finding> {
    let share = percent_of(policy.price_above_percent, sums.ordered);
    let tolerated = share.map_or(SMALL_DIFFERENCE, |share| {
        share.min(policy.price_above_amount).max(SMALL_DIFFERENCE)
    });
    (sums.over > tolerated).then(|| {
        let why = format!(
            "{} net are billed, and {} of {} are left of the order",
            sums.billed.normalize(),
            sums.left.normalize(),
            sums.ordered.normalize()
        );
        ORDER_EXCEEDED.found(why)
    })
}

fn line_by_line(matched: &[Pair<'_, '_>], order: &OrderFile, policy: &OrderPolicy) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, ordered) in matched {
        let prices = ordered.and_then(|ordered| price(line, ordered, policy));
        findings.extend(prices);
    }
    for ordered in &order.lines {
        let own = matched.iter().filter(|pair| is_about(pair, ordered));
        let own = own.map(|(line, _)| *line).collect::<Vec<_>>();
        findings.extend(quantity(&own, ordered, order));
    }
    findings
}

fn is_about((_, own): &Pair<'_, '_>, ordered: &OrderLine) -> bool {
    own.is_some_and(|own| own.id == ordered.id)
}

fn too_much_unplanned(
    billed: Billed<'_>,
    matched: &[Pair<'_, '_>],
    policy: &OrderPolicy,
) -> Option<Finding> {
    let names = matched.iter().filter(|(_, ordered)| ordered.is_none());
    let names = names
        .map(|(line, _)| shown(&line.description))
        .collect::<Vec<_>>();
    let unplanned = unplanned(matched);
    let net = billed.bill.net.map(|net| net.to_decimal());
    let share = net.and_then(|net| percent_of(policy.other_percent, net));
    let is_much = unplanned
        .is_none_or(|sum| sum > policy.other_amount || share.is_none_or(|share| sum > share));
    (is_much && !names.is_empty()).then(|| {
        let sum = unplanned.map_or_else(
            || "an unknown sum".into(),
            |sum| sum.normalize().to_string(),
        );
        ORDER_UNPLANNED.found(format!("not on the order: {} ({sum})", names.join("; ")))
    })
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

/// More than was ordered, or than came in where receipts are kept for the order; all lines of the bill about it together.
fn quantity(lines: &[&DocumentLine], ordered: &OrderLine, order: &OrderFile) -> Option<Finding> {
    let (first, own) = (lines.first()?, quantity_of(lines.iter().copied())?);
    let all = own.checked_add(billed_before(ordered, order)?)?;
    let why = |most: Decimal, what: &str| {
        format!(
            "{}: {} billed in all, {} {what}",
            shown(&first.description),
            all.normalize(),
            most.normalize()
        )
    };
    if all > ordered.quantity {
        return Some(OVER_ORDERED.found(why(ordered.quantity, "ordered")));
    }
    // Nothing came at all: that is told as a payment that waits, and not as a quantity.
    let came = came(ordered, order)?;
    (!came.is_zero() && all > came).then(|| OVER_RECEIVED.found(why(came, "received")))
}

/// Nothing came in yet on a line that is billed, where the supplier's goods are waited for.
fn not_received(billed: Billed<'_>, order: &OrderFile, policy: &OrderPolicy) -> Option<Finding> {
    if !billed.is_from(&policy.receipts_from) && order.receipts.is_empty() {
        return None;
    }
    let matched = paired(billed.lines, &order.lines);
    let waits = matched.into_iter().filter(|(_, ordered)| {
        let came = ordered.and_then(|ordered| came(ordered, order));
        came.is_some_and(|came| came.is_zero())
    });
    let mut waits = waits
        .map(|(line, _)| shown(&line.description))
        .collect::<Vec<_>>();
    if billed.lines.is_empty() && order.receipts.is_empty() {
        waits.push("the order".to_owned());
    }
    let what = waits.join("; ");
    (!waits.is_empty())
        .then(|| NO_RECEIPT.found(format!("no receipt of goods is known for: {what}")))
}

fn came(ordered: &OrderLine, order: &OrderFile) -> Option<Decimal> {
    let receipts = order.receipts.iter();
    let of_line = receipts.filter(|receipt| receipt.line == ordered.line);
    sum(of_line.map(|receipt| Some(receipt.quantity)))
}

fn billed_before(ordered: &OrderLine, order: &OrderFile) -> Option<Decimal> {
    let others = order.billed.iter();
    let pairs = others.flat_map(|other| paired(&other.lines, &order.lines));
    let own = pairs.filter(|pair| is_about(pair, ordered));
    quantity_of(own.map(|(line, _)| line))
}

/// A line that names no quantity says nothing of one: its sum is looked at.
fn quantity_of<'l>(lines: impl Iterator<Item = &'l DocumentLine>) -> Option<Decimal> {
    sum(lines.map(|line| Some(line.quantity.unwrap_or_default())))
}

/// What the lines that are not on the order come to; `None` where one has no amount.
fn unplanned(matched: &[Pair<'_, '_>]) -> Option<Decimal> {
    let lines = matched.iter().filter(|(_, ordered)| ordered.is_none());
    sum(lines.map(|(line, _)| line.net))
}

fn sum(mut amounts: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
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
