//! Choosing, one payment after the other, while the account and the limits allow it.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::candidate::{Candidate, Chosen, PayReason, RunPolicy, Selection, SkipReason, Skipped};
use super::cash::{Cash, CashPath};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Date, days_between};
use crate::basics::ids::SupplierId;
use crate::basics::money::Money;

/// The days a run goes by.
pub(super) struct Days {
    pub(super) today: Date,
    /// When the bank takes what is handed over today.
    pub(super) first: Date,
    /// The same of the next run.
    pub(super) next: Date,
    pub(super) horizon: Date,
}

/// A candidate that may be paid.
pub(super) struct Ready {
    pub(super) candidate: Candidate,
    pub(super) iban: Option<Iban>,
    /// The last day on which the bank must take it to arrive in time; not before `first`.
    pub(super) latest: Date,
    /// What early paying takes off, when it still arrives in time for that, and the last day for it.
    pub(super) discount: Option<(Money, Date)>,
}

/// What is chosen so far.
pub(super) struct Choosing<'a> {
    pub(super) selection: Selection,
    path: CashPath,
    run: Money,
    suppliers: HashMap<SupplierId, Money>,
    policy: &'a RunPolicy,
}

impl<'a> Choosing<'a> {
    /// Nothing yet.
    pub(super) fn begin(cash: &Cash, policy: &'a RunPolicy, days: &Days) -> Self {
        Self {
            selection: Selection::default(),
            path: CashPath::new(cash, days.today, days.horizon),
            run: Money::zero(policy.currency),
            suppliers: HashMap::new(),
            policy,
        }
    }

    /// What must be paid, what is due, what earns; the rest is told why it waits.
    pub(super) fn choose(&mut self, ready: Vec<Ready>, days: &Days) {
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

    /// Not in this run.
    pub(super) fn skip(&mut self, candidate: Candidate, why: SkipReason, words: String) {
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
