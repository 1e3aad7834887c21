//! Why less came than is open (DOMAIN 6.1, row 6, and 6.3): a discount of the terms, what banks kept, or a difference too small to be
//! asked for. Only where one payment is for one invoice, but for a discount: that is told by the invoice itself.

use super::by_number::other_payer;
use super::{Allocation, Case, CashMethod, Settlement, Verdict, Withheld, numbers};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Date, add_days};
use crate::basics::currency::Currency;
use crate::basics::ids::CustomerId;
use crate::basics::money::Money;
use crate::domain::receivable::deduction::{DeductionCode, Ground};
use crate::domain::receivable::{Deduction, OpenInvoice};
use rust_decimal::Decimal;

/// What the company lets go; from the configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CashPolicy {
    /// So many days after its last one a discount is still allowed.
    pub discount_grace_days: u16,
    /// The largest difference that is too small to be asked for.
    pub write_off_at_most: Money,
    /// It is at most this share of the invoice, too, in percent.
    pub write_off_percent: Decimal,
    /// All of them of one customer in one month come to no more.
    pub write_off_month: Money,
    /// So much may banks keep of a payment from abroad without saying so.
    pub bank_charges_at_most: Money,
    /// More than this one person does not take off an invoice alone.
    pub deduct_alone_at_most: Money,
    /// The countries of our accounts (ISO 3166): a payment from another one comes from abroad.
    pub own_countries: Vec<String>,
}

impl CashPolicy {
    /// What is usual (DOMAIN 6.3): two days of grace, 5.00 and half a percent, 50.00 a month, charges of 25.00, and 250.00 by one person.
    pub fn usual(currency: Currency, own_countries: Vec<String>) -> Self {
        let units = |units: i64| {
            let money = Money::rounded(Decimal::from(units), currency);
            money.unwrap_or(Money::zero(currency))
        };
        Self {
            discount_grace_days: 2,
            write_off_at_most: units(5),
            write_off_percent: Decimal::new(5, 1),
            write_off_month: units(50),
            bank_charges_at_most: units(25),
            deduct_alone_at_most: units(250),
            own_countries,
        }
    }
}

/// What was let go as too small this month.
#[derive(Clone, Debug, Default)]
pub struct WrittenOff(Vec<(CustomerId, Money)>);

impl WrittenOff {
    /// What of the deductions of this month a rule for small differences allowed; reversals count as negative amounts.
    pub fn of(deductions: &[Deduction]) -> Self {
        let small = deductions.iter();
        let small = small.filter(|one| one.ground == Ground::Tolerance);
        Self(small.map(|one| (one.customer, one.amount)).collect())
    }

    /// With one more it stays within the limit; in another currency it never does.
    fn has_room_for(&self, customer: CustomerId, more: Money, limit: Money) -> bool {
        let own = self.0.iter().filter(|(of, _)| *of == customer);
        let own = own.map(|(_, amount)| *amount);
        let alike = own.filter(|amount| amount.currency() == limit.currency());
        let all = alike.chain([more]);
        Money::sum(all).and_then(|sum| sum.exceeds(limit)) == Some(false)
    }
}

/// Row 6: one invoice is named, and what is missing explains itself. A discount taken too late is no reason to leave the money alone: it is
/// applied, and what was taken off is a person's question.
pub(super) fn settle(case: &Case<'_>) -> Verdict {
    let Some(open) = the_one_named(case) else {
        return Verdict::Silent;
    };
    let came = case.credit.remaining;
    let Some(withheld) = explained(open, came, case, true) else {
        return Verdict::Silent;
    };
    if let Some(odd) = other_payer(&[open], case) {
        return Verdict::Odd(odd);
    }
    Verdict::Fits(Settlement {
        method: CashMethod::ExplainedShortfall,
        evidence: format!(
            "it names {}; {came} came, {} was open: {}",
            open.invoice.number, open.balance, withheld.why
        ),
        allocations: vec![Allocation {
            invoice: open.invoice.id,
            amount: came,
        }],
        withheld: vec![withheld],
        remittance: None,
        difference: None,
    })
}

/// Several invoices of the customer are named, and what came is what is open on them less the discounts of their terms, all in time. The
/// sum may be an accident: a person accepts it.
pub(super) fn proposed(case: &Case<'_>, customer: CustomerId) -> Option<Settlement> {
    let mut named: Vec<&OpenInvoice> = Vec::new();
    for open in case.named.by_reference.iter().chain(&case.named.exact) {
        if !named
            .iter()
            .any(|other| other.invoice.id == open.invoice.id)
        {
            named.push(open);
        }
    }
    let is_theirs =
        |open: &&OpenInvoice| open.invoice.customer == customer && open.invoice.disputed.is_none();
    if named.len() < 2 || !named.iter().all(is_theirs) {
        return None;
    }
    let (mut allocations, mut withheld) = (Vec::new(), Vec::new());
    for open in &named {
        let terms = open.invoice.discount.map(|terms| terms.amount);
        let earned = terms
            .filter(|amount| matches!(discount(open, *amount, case), Some(Discount::Earned(_))));
        let none = Money::zero(open.balance.currency());
        let amount = open.balance.checked_sub(earned.unwrap_or(none))?;
        withheld.extend(explained(open, amount, case, false));
        allocations.push(Allocation {
            invoice: open.invoice.id,
            amount,
        });
    }
    let came = case.credit.remaining;
    let is_all = Money::sum(allocations.iter().map(|one| one.amount)) == Some(came);
    (is_all && !withheld.is_empty()).then(|| Settlement {
        method: CashMethod::ExplainedShortfall,
        evidence: format!(
            "{came} is what is open on {}, less the discounts of their terms",
            numbers(&named)
        ),
        allocations,
        withheld,
        remittance: None,
        difference: None,
    })
}

/// By reference, by number as we wrote it, or in another spelling from an account of the customer; all of these name the same.
fn the_one_named<'a>(case: &Case<'a>) -> Option<&'a OpenInvoice> {
    let named = &case.named;
    let loose = case.payer.is_by_account().then_some(&named.normalised);
    let sure = named.by_reference.iter().chain(&named.exact);
    let mut all = sure.chain(loose.into_iter().flatten()).copied();
    let first = all.next()?;
    let is_only = all.all(|other| other.invoice.id == first.invoice.id);
    let is_alone = named
        .normalised
        .iter()
        .all(|other| other.invoice.id == first.invoice.id);
    (is_only && is_alone).then_some(first)
}

/// A settlement found by a surer method leaves something open where a discount was taken: its lines are the payer's own word.
pub(super) fn with_discounts(mut settlement: Settlement, case: &Case<'_>) -> Settlement {
    for allocation in &settlement.allocations {
        let is_explained = |one: &Withheld| one.invoice == allocation.invoice;
        if settlement.withheld.iter().any(is_explained) {
            continue;
        }
        let open = case.invoice(allocation.invoice);
        let withheld = open.and_then(|open| explained(open, allocation.amount, case, false));
        settlement.withheld.extend(withheld);
    }
    settlement
}

/// Why `paid` is less than what is open; `None` where it is not, or nobody knows.
fn explained(
    open: &OpenInvoice,
    paid: Money,
    case: &Case<'_>,
    one_to_one: bool,
) -> Option<Withheld> {
    let missing = open.balance.checked_sub(paid)?;
    let is_part = missing.is_positive() && paid.is_positive();
    if !is_part || open.invoice.disputed.is_some() {
        return None;
    }
    let withheld = |code, ground, why| {
        Some(Withheld {
            invoice: open.invoice.id,
            amount: missing,
            code,
            ground,
            why,
        })
    };
    let discount = discount(open, missing, case);
    if let Some(Discount::Earned(why)) = discount {
        return withheld(DeductionCode::Discount, Some(Ground::Terms), why);
    }
    if one_to_one && let Some(why) = charges(missing, case) {
        return withheld(DeductionCode::BankCharges, Some(Ground::Charges), why);
    }
    let is_small = one_to_one && is_small(open, missing, discount.is_some(), case);
    match (discount, is_small) {
        (Some(Discount::Late(why)), true) => {
            let why = format!("{why}, and it is too small to be asked for");
            let code = DeductionCode::UnearnedDiscount;
            withheld(code, Some(Ground::Tolerance), why)
        }
        (Some(Discount::Late(why)), false) => withheld(DeductionCode::UnearnedDiscount, None, why),
        (_, true) => {
            let why = format!("{missing} is too small to be asked for");
            withheld(DeductionCode::Other, Some(Ground::Tolerance), why)
        }
        (Some(Discount::Earned(_)) | None, false) => None,
    }
}

enum Discount {
    Earned(String),
    /// Exactly the discount of the terms, but after its last day.
    Late(String),
}

/// A discount of the terms, off an invoice of which nothing was paid before.
fn discount(open: &OpenInvoice, missing: Money, case: &Case<'_>) -> Option<Discount> {
    let terms = open
        .invoice
        .discount
        .filter(|_| open.balance == open.invoice.gross)?;
    let (until, paid_on) = (terms.until, paid_on(case));
    let last = add_days(until, i32::from(case.books.policy.discount_grace_days));
    let is_within = missing.exceeds(terms.amount) == Some(false);
    if is_within && paid_on <= last {
        return Some(Discount::Earned(format!(
            "{missing} is the discount for paying until {until}, and it was paid on {paid_on}"
        )));
    }
    (missing == terms.amount).then(|| {
        Discount::Late(format!(
            "{missing} is the discount for paying until {until}, but it was paid on {paid_on}"
        ))
    })
}

/// A bank may book a day later than it counts the money.
fn paid_on(case: &Case<'_>) -> Date {
    let entry = &case.credit.entry;
    let counts = entry.value_date.unwrap_or(entry.booking_date);
    counts.min(entry.booking_date)
}

fn charges(missing: Money, case: &Case<'_>) -> Option<String> {
    let entry = &case.credit.entry;
    if case.credit.remaining != entry.amount {
        return None;
    }
    if let Some(told) = entry
        .charges
        .filter(|told| missing.exceeds(*told) == Some(false))
    {
        return Some(format!("the bank says that it kept {told}"));
    }
    let policy = case.books.policy;
    let is_usual = missing.exceeds(policy.bank_charges_at_most) == Some(false);
    let iban = Iban::parse(entry.counterparty_iban.as_deref()?)?;
    let is_own = |own: &String| own == iban.country();
    // A SEPA credit transfer arrives whole (SCT rulebook); that both are in SEPA is not asked, the payer's country is enough.
    let is_whole = missing.currency() == Currency::EUR && iban.is_in_sepa();
    let is_abroad = !policy.own_countries.iter().any(is_own) && !is_whole;
    (is_usual && is_abroad).then(|| {
        format!(
            "{missing} is what banks may keep of a payment from {}",
            iban.country()
        )
    })
}

/// At most so much, of a discount taken too late; of anything else at most such a share of the invoice, too.
fn is_small(open: &OpenInvoice, missing: Money, is_discount: bool, case: &Case<'_>) -> bool {
    let policy = case.books.policy;
    let share = open
        .invoice
        .gross
        .to_decimal()
        .checked_mul(policy.write_off_percent);
    let share = share.and_then(|share| share.checked_div(Decimal::ONE_HUNDRED));
    let is_in_share = is_discount || share.is_some_and(|share| missing.to_decimal() <= share);
    let (customer, month) = (open.invoice.customer, policy.write_off_month);
    is_in_share
        && missing.exceeds(policy.write_off_at_most) == Some(false)
        && case
            .books
            .written_off
            .has_room_for(customer, missing, month)
}

#[cfg(test)]
mod tests;
