//! Which planned payments go into this run: what is late or must be paid, what would be late with the next run, and what earns
//! more by being paid early than the money costs, as long as enough stays on the account. Everything else is named with its
//! reason.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::cash::{Cash, CashPath};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{
    Date, add_days, days_between, target_day_on_or_after, target_day_on_or_before,
};
use crate::basics::currency::Currency;
use crate::basics::ids::SupplierId;
use crate::basics::money::Money;
use crate::domain::payable::checks::bank_account::blocks_payment;
use crate::domain::payable::checks::direct_debit::is_about_collection;
use crate::domain::payable::discount::CashDiscount;
use crate::domain::payable::{Bill, BillState, Payment, PaymentState, Supplier};
use crate::words;

words! {
    /// Why a planned payment is not in the run.
    pub enum SkipReason {
        /// It is early enough with a later run.
        NotYetDue = "not_yet_due",
        /// Too little would stay on the account.
        CashFloor = "cash_floor",
        /// Nobody has confirmed that the account is the supplier's.
        BankUnverified = "bank_unverified",
        /// The supplier collects it.
        DirectDebit = "direct_debit",
        /// No account is printed on the bill, or none that a SEPA transfer reaches.
        NoAccount = "no_account",
        /// Its bill is held, asked about or decided otherwise since it was planned.
        NotReady = "not_ready",
        /// Another run has it.
        InRun = "in_run",
        /// It is in another currency than the account.
        OtherCurrency = "other_currency",
        /// Smaller than what is worth a transfer.
        BelowMinimum = "below_minimum",
        /// The run would become larger than allowed.
        RunLimit = "run_limit",
        /// The supplier would get more in one run than allowed.
        SupplierLimit = "supplier_limit",
        /// The supplier owes us as much or more: credit notes are set off first.
        CreditExceeds = "credit_exceeds",
    }
}

words! {
    /// Why a payment is in the run.
    pub enum PayReason {
        /// Its due day has passed.
        Overdue = "overdue",
        /// The configuration wants this supplier paid whatever stays on the account.
        MustPay = "must_pay",
        /// With the next run it would be late.
        Due = "due",
        /// Paying early earns more than the money costs.
        Discount = "discount",
        /// A credit note that is set off.
        Credit = "credit",
    }
}

/// What a run keeps to; from the configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RunPolicy {
    /// The currency of the account and of all amounts here.
    pub currency: Currency,
    /// Smaller payments wait for others to the same supplier.
    pub minimum: Money,
    /// A discount is taken when it earns more than this a year, in percent.
    pub hurdle_percent: Decimal,
    /// So many days pass until the next run.
    pub next_run_days: u16,
    /// So many days are looked ahead for the floor.
    pub horizon_days: u16,
    /// The largest run.
    pub run_limit: Option<Money>,
    /// The most for one supplier in a run.
    pub supplier_limit: Option<Money>,
    /// Numbers of suppliers who are paid whatever stays on the account.
    pub must_pay: Vec<String>,
}

/// A planned payment with what decides about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The payment.
    pub payment: Payment,
    /// Its bill.
    pub bill: Bill,
    /// Who is paid.
    pub supplier: Option<Supplier>,
    /// What its terms offer for paying early.
    pub discount: Option<CashDiscount>,
    /// Another run that is not withdrawn has it.
    pub in_run: bool,
}

/// A payment of the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// Which.
    pub candidate: Candidate,
    /// Why.
    pub why: PayReason,
    /// The account that is paid; of a credit note the one it is set off against is used.
    pub iban: Option<Iban>,
    /// What is paid, discount taken off; negative for a credit note.
    pub amount: Money,
    /// What was taken off.
    pub discount: Option<Money>,
    /// The day the bank takes it from our account.
    pub execution_date: Date,
}

/// A payment that is not in the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Skipped {
    /// Which.
    pub candidate: Candidate,
    /// Why.
    pub why: SkipReason,
    /// For whoever asks: what was seen, what to do.
    pub words: String,
}

/// What a run would hold, and what not.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Selection {
    /// In the order of choosing.
    pub chosen: Vec<Chosen>,
    /// With their reasons.
    pub skipped: Vec<Skipped>,
}

/// The days a run goes by.
struct Days {
    today: Date,
    /// When the bank takes what is handed over today.
    first: Date,
    /// The same of the next run.
    next: Date,
    horizon: Date,
}

/// A candidate that may be paid.
struct Ready {
    candidate: Candidate,
    iban: Option<Iban>,
    /// The last day on which the bank must take it to arrive in time; not before `first`.
    latest: Date,
    /// What early paying takes off, when it still arrives in time for that, and the last day for it.
    discount: Option<(Money, Date)>,
}

/// Chooses. The order of the candidates does not matter.
pub fn select(
    candidates: Vec<Candidate>,
    cash: &Cash,
    policy: &RunPolicy,
    today: Date,
) -> Selection {
    let first = target_day_on_or_after(today);
    let days = Days {
        today,
        first,
        next: target_day_on_or_after(add_days(first, i32::from(policy.next_run_days))),
        horizon: add_days(today, i32::from(policy.horizon_days)),
    };
    let mut choosing = Choosing {
        selection: Selection::default(),
        path: CashPath::new(cash, days.today, days.horizon),
        run: Money::zero(policy.currency),
        suppliers: HashMap::new(),
        policy,
    };
    let mut ready = Vec::new();
    for candidate in candidates {
        match look_at(&candidate, policy, &days) {
            Ok((iban, latest)) => {
                let discount = usable_discount(&candidate, &days);
                ready.push(Ready {
                    candidate,
                    iban,
                    latest,
                    discount,
                });
            }
            Err((why, words)) => choosing.skip(candidate, why, words),
        }
    }
    ready.sort_by_key(|one| (one.latest, one.candidate.payment.id));
    choosing.choose(ready, &days);
    choosing.selection
}

/// Whether it may be paid at all, to which account, and by when the bank must take it.
fn look_at(
    candidate: &Candidate,
    policy: &RunPolicy,
    days: &Days,
) -> Result<(Option<Iban>, Date), (SkipReason, String)> {
    let (payment, bill) = (&candidate.payment, &candidate.bill);
    let no = |why, words: &str| Err((why, words.to_owned()));
    if candidate.in_run {
        return no(
            SkipReason::InRun,
            "another run has it: release or withdraw that one",
        );
    }
    if bill.state != BillState::Scheduled || payment.state != PaymentState::Planned {
        let words = format!("the bill is {}, the payment {}", bill.state, payment.state);
        return Err((SkipReason::NotReady, words));
    }
    if payment.amount.currency() != policy.currency {
        return no(
            SkipReason::OtherCurrency,
            "plan it from an account in its currency",
        );
    }
    if payment.amount.is_negative() {
        return Ok((None, days.first));
    }
    let blocks = blocks_payment(bill, candidate.supplier.as_ref());
    if let Some(finding) = blocks.first() {
        let why = if is_about_collection(finding) {
            SkipReason::DirectDebit
        } else {
            SkipReason::BankUnverified
        };
        return Err((why, finding.evidence.clone()));
    }
    let Some(iban) = bill.iban.as_deref().and_then(Iban::parse) else {
        return no(
            SkipReason::NoAccount,
            "no account was shown to the approvers: `bills correct` it, and it is approved again",
        );
    };
    if !iban.is_in_sepa() {
        return no(
            SkipReason::NoAccount,
            "no SEPA transfer reaches the account's country: pay it at the bank, and import the statement",
        );
    }
    if candidate.supplier.is_none() {
        return no(SkipReason::NotReady, "its supplier is none we know");
    }
    let before = target_day_on_or_before(add_days(payment.planned_for, -1));
    Ok((Some(iban), before.max(days.first)))
}

/// What paying early takes off, while it can still arrive in time.
fn usable_discount(candidate: &Candidate, days: &Days) -> Option<(Money, Date)> {
    let discount = candidate.discount?;
    let amount = discount.of(candidate.payment.amount)?;
    let latest = target_day_on_or_before(add_days(discount.until, -1));
    (latest >= days.first && amount.is_positive()).then_some((amount, latest))
}

struct Choosing<'a> {
    selection: Selection,
    path: CashPath,
    run: Money,
    suppliers: HashMap<SupplierId, Money>,
    policy: &'a RunPolicy,
}

impl Choosing<'_> {
    fn choose(&mut self, ready: Vec<Ready>, days: &Days) {
        let (mut due, mut early, mut later) = (Vec::new(), Vec::new(), Vec::new());
        for one in ready {
            if one.candidate.payment.amount.is_negative() {
                self.take(one, PayReason::Credit, days.first);
                continue;
            }
            match self.must(&one, days) {
                Some(why) => {
                    let day = one.latest;
                    self.take(one, why, day);
                }
                None if one.latest < days.next => due.push(one),
                None if one.discount.is_some_and(|(_, latest)| latest < days.next) => {
                    early.push(one)
                }
                None => later.push(one),
            }
        }
        for one in due {
            let (amount, day) = (pays(&one).0, one.latest);
            if self.path.allows(day, amount) {
                self.take(one, PayReason::Due, day);
            } else {
                self.skip_for_cash(one);
            }
        }
        // What has to go within sight is kept for it before anything is paid early.
        for one in early.iter().chain(&later) {
            if one.latest <= days.horizon {
                self.path.spend(one.latest, one.candidate.payment.amount);
            }
        }
        self.choose_early(early, days);
        for one in later {
            let words = match one.discount {
                Some((amount, latest)) => format!("a run up to {latest} still takes off {amount}"),
                None => format!("a run up to {} is early enough", one.latest),
            };
            self.skip(one.candidate, SkipReason::NotYetDue, words);
        }
    }

    /// Those that earn most first.
    fn choose_early(&mut self, early: Vec<Ready>, days: &Days) {
        let mut early = early
            .into_iter()
            .map(|one| (annual_percent(&one), one))
            .collect::<Vec<_>>();
        early.sort_by_key(|(earns, one)| {
            let most = std::cmp::Reverse(earns.unwrap_or(Decimal::MAX));
            (most, one.latest, one.candidate.payment.id)
        });
        for (earns, one) in early {
            let Some((_, day)) = one.discount else {
                continue;
            };
            if earns.is_some_and(|earns| earns <= self.policy.hurdle_percent) {
                let words = format!(
                    "its discount earns {} % a year, less than money costs",
                    earns.unwrap_or_default()
                );
                self.skip(one.candidate, SkipReason::NotYetDue, words);
                continue;
            }
            let in_sight = one.latest <= days.horizon;
            if in_sight {
                self.path
                    .take_back(one.latest, one.candidate.payment.amount);
            }
            if self.path.allows(day, pays(&one).0) {
                self.take(one, PayReason::Discount, day);
            } else {
                if in_sight {
                    self.path.spend(one.latest, one.candidate.payment.amount);
                }
                self.skip_for_cash(one);
            }
        }
    }

    fn must(&self, one: &Ready, days: &Days) -> Option<PayReason> {
        let number = one.candidate.supplier.as_ref().map(|known| &known.number);
        let wanted = number.is_some_and(|number| self.policy.must_pay.contains(number));
        let overdue = one
            .candidate
            .bill
            .due_date
            .is_some_and(|due| due < days.today);
        if overdue {
            Some(PayReason::Overdue)
        } else {
            (wanted && one.latest < days.next).then_some(PayReason::MustPay)
        }
    }

    /// Into the run, unless that would make it or the supplier's part of it too large.
    fn take(&mut self, one: Ready, why: PayReason, day: Date) {
        let (amount, discount) = pays(&one);
        let supplier = one.candidate.bill.supplier;
        let so_far = supplier.and_then(|id| self.suppliers.get(&id).copied());
        let for_supplier = so_far.unwrap_or(Money::zero(self.policy.currency));
        let (Some(run), Some(for_supplier)) = (
            self.run.checked_add(amount),
            for_supplier.checked_add(amount),
        ) else {
            return self.skip(
                one.candidate,
                SkipReason::RunLimit,
                "no sum can hold it".into(),
            );
        };
        let above = |sum: Money, limit: Option<Money>| {
            limit.filter(|limit| amount.is_positive() && sum.minor() > limit.minor())
        };
        if let Some(limit) = above(run, self.policy.run_limit) {
            let words = format!("the run would be {run}, its limit is {limit}");
            return self.skip(one.candidate, SkipReason::RunLimit, words);
        }
        if let Some(limit) = above(for_supplier, self.policy.supplier_limit) {
            let words = format!("the supplier would get {for_supplier}, the limit is {limit}");
            return self.skip(one.candidate, SkipReason::SupplierLimit, words);
        }
        self.run = run;
        if let Some(id) = supplier {
            self.suppliers.insert(id, for_supplier);
        }
        // A credit saves money only where there is something to set it off against: it is not counted on.
        if amount.is_positive() {
            self.path.spend(day, amount);
        }
        self.selection.chosen.push(Chosen {
            candidate: one.candidate,
            why,
            iban: one.iban,
            amount,
            discount,
            execution_date: day,
        });
    }

    fn skip(&mut self, candidate: Candidate, why: SkipReason, words: String) {
        self.selection.skipped.push(Skipped {
            candidate,
            why,
            words,
        });
    }

    fn skip_for_cash(&mut self, one: Ready) {
        let words = "less than the floor would stay on the account".to_owned();
        self.skip(one.candidate, SkipReason::CashFloor, words);
    }
}

/// What is paid and what is taken off. Only money that is still in time for its discount pays less.
fn pays(one: &Ready) -> (Money, Option<Money>) {
    let full = one.candidate.payment.amount;
    let less = one
        .discount
        .and_then(|(off, _)| Some((full.checked_sub(off)?, Some(off))));
    less.unwrap_or((full, None))
}

/// What paying early earns a year, in percent, without compounding: d / (1 - d) × 365 / days. `None` where nothing is paid
/// earlier than it had to be: it earns without costing.
fn annual_percent(one: &Ready) -> Option<Decimal> {
    let (off, day) = one.discount?;
    let days = days_between(day, one.latest);
    let full = one.candidate.payment.amount;
    let paid = full.checked_sub(off)?;
    if days <= 0 || !paid.is_positive() {
        return None;
    }
    let rate = off.to_decimal().checked_div(paid.to_decimal())?;
    let a_year = Decimal::from(365).checked_div(Decimal::from(days))?;
    let percent = rate
        .checked_mul(a_year)?
        .checked_mul(Decimal::ONE_HUNDRED)?;
    Some(percent.round_dp(2))
}

#[cfg(test)]
mod tests;
