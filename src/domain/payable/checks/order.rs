//! The match of a bill with its order and with what came in (DOMAIN 4.3): prices against the order, quantities against the order and
//! the receipts, the whole against what is left of the order.

mod pairs;
mod matched;
mod receipts;

pub use receipts::looked_again;

use rust_decimal::Decimal;

use super::{
    Finding, ORDER_CURRENCY, ORDER_EXCEEDED, ORDER_LINES_UNSURE, ORDER_MISSING, ORDER_SUPPLIER,
    ORDER_UNCOUNTED, ORDER_UNKNOWN, ORDER_UNPLANNED, OVER_ORDERED, OVER_RECEIVED, PRICE_BELOW,
    PRICE_VARIANCE,
};
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::domain::document::{DocumentLine, Reading};
use crate::domain::payable::bill_line::lines;
use crate::domain::payable::order::{GoodsReceipt, OrderLine};
use crate::domain::payable::{Bill, BillKind, Supplier};
use matched::{Matched, Pair};
use receipts::{came, not_received};

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
    /// They do not add up: only the total counts.
    pub are_unsure: bool,
}

impl BilledBefore {
    /// What this bill takes off the order it names, whoever sent it: it passed its checks, or a person let it pass. A credit note
    /// takes nothing off: whether it takes goods back or only a price it does not say for certain, and who counts too much asks a
    /// person.
    pub fn of(bill: &Bill, reading: Reading) -> Option<Self> {
        (bill.kind == BillKind::Invoice).then(|| Self {
            net: bill.net,
            are_unsure: are_unsure(bill, &reading),
            lines: reading.lines,
        })
    }
}

/// Lines that are missing or do not add up say nothing for certain.
fn are_unsure(bill: &Bill, reading: &Reading) -> bool {
    reading.lines.is_empty() || lines(reading, bill).are_unsure
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
            are_unsure: are_unsure(bill, reading),
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
    let Some(first) = order.lines.first() else {
        let mut findings = missing(billed, order, policy)
            .into_iter()
            .collect::<Vec<_>>();
        findings.extend(not_received(billed, order, policy));
        return findings;
    };
    if let Some(finding) = other_currency(billed.bill, first) {
        return vec![finding];
    }
    let mut findings = other_supplier(billed.bill, first)
        .into_iter()
        .collect::<Vec<_>>();
    let matched = Matched::of(billed, order);
    match matched
        .as_ref()
        .and_then(|matched| over(billed, order, matched))
    {
        Some(sums) if !order.is_cut => findings.extend(exceeded(&sums, policy)),
        Some(_) | None => {
            let why = format!("what is billed on order {} cannot be counted", first.order);
            findings.push(ORDER_UNCOUNTED.found(why));
        }
    }
    if billed.are_unsure {
        findings.push(ORDER_LINES_UNSURE.found("only the sums were compared"));
    } else if let Some(matched) = &matched {
        findings.extend(line_by_line(matched, order, policy));
        findings.extend(too_much_unplanned(billed, &matched.own, policy));
    }
    findings.extend(not_received(billed, order, policy));
    findings
}

fn missing(billed: Billed<'_>, order: &OrderFile, policy: &OrderPolicy) -> Option<Finding> {
    let is_needed = billed.is_from(&policy.orders_from);
    match billed.bill.po_number.as_deref() {
        Some(number) if is_needed => Some(ORDER_MISSING.found(no_order(number))),
        Some(number) if order.has_orders => Some(ORDER_UNKNOWN.found(no_order(number))),
        None if is_needed => Some(ORDER_MISSING.found("the bill names no order")),
        Some(_) | None => None,
    }
}

fn no_order(number: &str) -> String {
    format!("there is no order {number} in our books")
}

fn other_supplier(bill: &Bill, ordered: &OrderLine) -> Option<Finding> {
    let is_other = bill.supplier.is_some_and(|own| own != ordered.supplier);
    is_other.then(|| {
        let why = format!("order {} was given to another supplier", ordered.order);
        ORDER_SUPPLIER.found(why)
    })
}

fn other_currency(bill: &Bill, ordered: &OrderLine) -> Option<Finding> {
    let billed_in = bill
        .currency
        .filter(|currency| *currency != ordered.currency)?;
    let why = format!(
        "order {} is in {}, the bill in {billed_in}",
        ordered.order, ordered.currency
    );
    Some(ORDER_CURRENCY.found(why))
}

/// What was ordered, what is left of it, what is billed and by how much that is more; net.
struct Sums {
    ordered: Decimal,
    left: Decimal,
    billed: Decimal,
    over: Decimal,
}

/// `None` where a bill states no net total, or the sums are too large to count. What was not ordered, such as carriage, is looked at
/// line by line and takes nothing off the order.
fn over(billed: Billed<'_>, order: &OrderFile, matched: &Matched<'_, '_>) -> Option<Sums> {
    let ordered = sum(order.lines.iter().map(OrderLine::net))?;
    let before = matched.before.iter();
    let before = before.map(|(other, pairs)| of_order(other.net, pairs, other.are_unsure));
    let left = ordered.checked_sub(sum(before)?)?;
    let own = of_order(billed.bill.net, &matched.own, billed.are_unsure)?;
    Some(Sums {
        ordered,
        left,
        billed: billed.bill.net?.to_decimal(),
        over: own.checked_sub(left)?,
    })
}

/// A net total without the lines that are not on the order; all of it where the lines are unsure.
fn of_order(net: Option<Money>, pairs: &[Pair<'_, '_>], are_unsure: bool) -> Option<Decimal> {
    let unplanned = unplanned(pairs).filter(|_| !are_unsure);
    net?.to_decimal().checked_sub(unplanned.unwrap_or_default())
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

fn line_by_line(
    matched: &Matched<'_, '_>,
    order: &OrderFile,
    policy: &OrderPolicy,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, ordered) in &matched.own {
        let prices = ordered.and_then(|ordered| price(line, ordered, policy));
        findings.extend(prices);
    }
    for ordered in &order.lines {
        findings.extend(quantity(matched, ordered, order));
    }
    findings
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
fn quantity(matched: &Matched<'_, '_>, ordered: &OrderLine, order: &OrderFile) -> Option<Finding> {
    let all = matched.billed_in_all(ordered)?;
    if all > ordered.quantity {
        let why = counted(ordered, all, ordered.quantity, "ordered");
        return Some(OVER_ORDERED.found(why));
    }
    // Nothing came at all: that is told as a payment that waits, and not as a quantity.
    let came = came(ordered, order)?;
    let is_over = !came.is_zero() && all > came;
    is_over.then(|| OVER_RECEIVED.found(counted(ordered, all, came, "received")))
}

fn counted(ordered: &OrderLine, all: Decimal, most: Decimal, what: &str) -> String {
    format!(
        "{}: {} billed in all, {} {what}",
        shown(&ordered.description),
        all.normalize(),
        most.normalize()
    )
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
