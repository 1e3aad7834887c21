//! Which planned payments go into this run: what is late or must be paid, what would be late with the next run, and what earns
//! more by being paid early than the money costs, as long as enough stays on the account. Everything else is named with its
//! reason.

use super::candidate::{Candidate, RunPolicy, Selection, SkipReason};
use super::cash::Cash;
use super::choose::{Choosing, Days, Ready};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::{Date, add_days, target_day_on_or_after, target_day_on_or_before};
use crate::basics::money::Money;
use crate::domain::payable::checks::bank_account::blocks_payment;
use crate::domain::payable::checks::direct_debit::is_about_collection;
use crate::domain::payable::{BillState, PaymentState};

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
    let mut choosing = Choosing::begin(cash, policy, &days);
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
    if let Some(words) = &candidate.bank_refused {
        return Err((SkipReason::BankRefused, words.clone()));
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

#[cfg(test)]
mod tests;
