//! A transfer that the bank refuses: its bills are held as when money comes back, and an account that the bank cannot pay to gets
//! nothing more until a person has looked at it. The open work item is the flag: nothing else has to be kept or cleared.

use std::collections::HashMap;

use super::{Office, StepError};
use crate::basics::bank_account::Iban;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::PaymentId;
use crate::basics::text::mask;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::import::payment_status::Fate;
use crate::domain::payable::checks::REFUSED;
use crate::domain::payable::payment_run::Transfer;
use crate::domain::payable::payment_run::report::{named, run_of};
use crate::domain::payable::payment_state::{self, PaymentEvent};
use crate::domain::payable::{Bill, BillEvent, Payment, PaymentState, state};

/// What follows for its payments and bills; nothing where it was told before.
///
/// # Errors
/// Why it cannot be, in words.
pub(super) fn refused(
    office: &Office,
    fate: &Fate<'_>,
    lines: Vec<(Payment, Bill)>,
    (now, by): (Timestamp, &Actor),
) -> Result<Option<Change>, String> {
    let mut change: Option<Change> = None;
    for (payment, bill) in lines {
        match payment.state {
            PaymentState::Returned => continue,
            PaymentState::Settled => {
                return Err("the statement has it as paid, and the bank refuses it".into());
            }
            PaymentState::Planned
            | PaymentState::Released
            | PaymentState::Cancelled
            | PaymentState::Unsure => {}
        }
        let number = bill.number.clone().unwrap_or_default();
        let more = not_paid(office, fate, (payment, bill), (now, by));
        let more = more.map_err(|refused| format!("bill {number}: {refused}"))?;
        change = Some(match change {
            Some(change) => change.and(more),
            None => more,
        });
    }
    let first = fate.transfer.lines.first();
    Ok(match (change, first) {
        (Some(change), Some(line)) if fate.is_about_account => {
            Some(change.raise(account_refused(office, fate, line.payment, now)))
        }
        (change, _) => change,
    })
}

fn not_paid(
    office: &Office,
    fate: &Fate<'_>,
    (payment, bill): (Payment, Bill),
    (now, by): (Timestamp, &Actor),
) -> Result<Change, crate::basics::words::Refused> {
    let to = payment_state::next(payment.state, PaymentEvent::Return)?;
    let bill_to = state::next(bill.state, BillEvent::Return)?;
    let told = AuditEvent::new(
        now,
        by.clone(),
        "payment refused by the bank",
        payment.id,
        &fate.words,
    )
    .state(Some(payment.state.as_str()), to.as_str())
    .fact("amount", payment.amount);
    let told_bill = AuditEvent::new(
        now,
        by.clone(),
        "payment of the bill refused by the bank",
        bill.id,
        &fate.words,
    )
    .state(Some(bill.state.as_str()), bill_to.as_str())
    .fact("version", bill.content_version());
    let seen = REFUSED.found(format!("the bank refused the payment: {}", fate.words));
    let mut after = Bill {
        state: bill_to,
        ..bill
    };
    after.cleared.retain(|code| *code != seen.code);
    after.findings.insert(0, seen);
    let asked = Exception::raise(
        ExceptionCode::PaymentRefused,
        payment.bill.into(),
        &payment.id.to_string(),
        &office.rules.owners.payables,
        now,
        (
            format!(
                "{} was not paid: the bank says {}",
                payment.amount, fate.words
            ),
            "mend what the bank names; a new account only from the supplier itself, on a number you knew before; then `bills recheck` has the bill approved and paid again",
        ),
    );
    let payment = Payment {
        state: to,
        ..payment
    };
    Ok(Change::new(told)
        .event(told_bill)
        .put(Record::Payment(payment))
        .put(Record::Bill(after))
        .raise(asked))
}

fn account_refused(
    office: &Office,
    fate: &Fate<'_>,
    payment: PaymentId,
    now: Timestamp,
) -> Exception {
    let Transfer {
        creditor_name,
        creditor_iban,
        ..
    } = fate.transfer;
    Exception::raise(
        ExceptionCode::AccountRefused,
        payment.into(),
        &fate.transfer.end_to_end_id,
        &office.rules.owners.payables,
        now,
        (
            format!(
                "the bank cannot pay to account {} of {creditor_name}: {}; nothing more is paid to it while this is open",
                mask(creditor_iban.as_str()),
                fate.words
            ),
            "ask the supplier on a number you knew before, import the account that is right, and correct the bills that name the other one; then resolve this",
        ),
    )
}

/// The accounts nothing is paid to while somebody has to look, with the words of the work item.
///
/// # Errors
/// What the store met.
pub(super) async fn refused_accounts(office: &Office) -> Result<HashMap<Iban, String>, StepError> {
    let store = &office.store;
    let mut refused = HashMap::new();
    for item in store
        .open_exceptions_of(ExceptionCode::AccountRefused)
        .await?
    {
        let Some(id) = PaymentId::parse(&item.subject.id) else {
            continue;
        };
        let payment = store.payment(id).await?;
        let reference = payment
            .and_then(|payment| payment.end_to_end_id)
            .unwrap_or_default();
        let prefix = run_of(&reference).unwrap_or_default();
        for run in store.find_payment_runs(&prefix).await? {
            let accounts = named(&run, &reference)
                .into_iter()
                .map(|one| one.creditor_iban.clone());
            refused.extend(accounts.map(|iban| (iban, item.reason.clone())));
        }
    }
    Ok(refused)
}
