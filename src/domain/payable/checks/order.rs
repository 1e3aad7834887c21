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

/// A line of a bill and the line of the order it is about.
type Pair<'l, 'o> = (&'l DocumentLine, Option<&'o OrderLine>);

/// Comparisons of a line billed with a line ordered that are made for one bill; more of them take minutes.
const MOST_COMPARISONS: usize = 2_000_000;

/// The lines of the bill and of those before it, each with the line of the order it is about.
struct Matched<'l, 'o> {
    own: Vec<Pair<'l, 'o>>,
    before: Vec<(&'l BilledBefore, Vec<Pair<'l, 'o>>)>,
}

impl<'l, 'o> Matched<'l, 'o> {
    /// `None` where there are too many to compare.
    fn of(billed: Billed<'l>, order: &'o OrderFile) -> Option<Self>
    where
        'o: 'l,
    {
        let others = order.billed.iter().map(|other| other.lines.len());
        let billed_lines = others.sum::<usize>().saturating_add(billed.lines.len());
        let comparisons = billed_lines.saturating_mul(order.lines.len());
        let before = |other: &'o BilledBefore| (other, paired(&other.lines, &order.lines));
        (comparisons <= MOST_COMPARISONS).then(|| Self {
            own: paired(billed.lines, &order.lines),
            before: order.billed.iter().map(before).collect(),
        })
    }

    /// How much of a line was billed before.
    fn billed_before(&self, ordered: &OrderLine) -> Option<Decimal> {
        let pairs = self.before.iter().flat_map(|(_, pairs)| pairs);
        let own = pairs.filter(|pair| is_about(pair, ordered));
        quantity_of(own.map(|(line, _)| *line))
    }

    /// The bill's own lines about a line.
    fn lines_about(&self, ordered: &OrderLine) -> Vec<&'l DocumentLine> {
        let own = self.own.iter().filter(|pair| is_about(pair, ordered));
        own.map(|(line, _)| *line).collect()
    }
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

/// What is billed of a line by now, this bill's share in it included; `None` where this bill has none.
fn billed_in_all(matched: &Matched<'_, '_>, ordered: &OrderLine) -> Option<Decimal> {
    let lines = matched.lines_about(ordered);
    let own = quantity_of(lines.iter().copied()).filter(|_| !lines.is_empty())?;
    own.checked_add(matched.billed_before(ordered)?)
}

/// More than was ordered, or than came in where receipts are kept for the order; all lines of the bill about it together.
fn quantity(matched: &Matched<'_, '_>, ordered: &OrderLine, order: &OrderFile) -> Option<Finding> {
    let all = billed_in_all(matched, ordered)?;
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

/// Nothing came in yet on a line that is billed, where the supplier's goods are waited for or receipts are kept for the order. Where
/// nobody can tell which lines are billed, all of the order must have come in.
fn not_received(billed: Billed<'_>, order: &OrderFile, policy: &OrderPolicy) -> Option<Finding> {
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
        let (all, came) = (billed_in_all(&matched, ordered)?, came(ordered, order)?);
        (all > came).then(|| counted(ordered, all, came, "received"))
    });
    let over = over.collect::<Vec<_>>().join("; ");
    (!over.is_empty()).then(|| NO_RECEIPT.found(over))
}

fn came(ordered: &OrderLine, order: &OrderFile) -> Option<Decimal> {
    let receipts = order.receipts.iter();
    let of_line = receipts.filter(|receipt| receipt.line == ordered.line);
    sum(of_line.map(|receipt| Some(receipt.quantity)))
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
