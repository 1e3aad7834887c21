//! Takes down what a bank reports of our transfers: they are settled and their bills paid, or the money came back and a person
//! has to look. What does not fit what was released is put before a person and changes nothing.

use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{BankEntryId, BillId, PaymentId};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::bank::BankEntry;
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::payable::BOOKED_ON;
use crate::domain::payable::checks::RETURNED;
use crate::domain::payable::payment_run::report::{became, named, reported, run_of};
use crate::domain::payable::payment_state::{self, PaymentEvent};
use crate::domain::payable::{
    Bill, BillEvent, Payment, PaymentRun, PaymentRunState, PaymentState, state,
};
use crate::io::store::{Filter, StoreError};

const STEP: &str = "reconcile_bank";
/// When a return looks again for its debit, which is at work.
const LATER: jiff::SignedDuration = jiff::SignedDuration::from_secs(2);

/// One entry of a statement that names a transfer, a batch or a file of ours.
///
/// # Errors
/// What the store met.
pub async fn reconcile_bank(
    office: &Office,
    claim: &JobClaim,
    id: BankEntryId,
) -> Result<(), StepError> {
    let entry = office.store.bank_entry(id).await?;
    let entry = entry.ok_or_else(|| StepError::Missing(id.into()))?;
    if comes_before_its_debit(office, &entry).await? {
        let now = office.clock.now();
        let later = now.checked_add(LATER).unwrap_or(now);
        office.store.postpone(claim.clone(), later).await?;
        return Ok(());
    }
    let change = match decided(office, &entry).await? {
        Ok(change) => change,
        Err(why) => mismatch(office, &entry, &why),
    };
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// A return waits for the debit of the same transfer, or of its batch or file, that stands in the books and was not looked at: both may be
/// in one statement, and money that came back before it went would never have been paid.
async fn comes_before_its_debit(office: &Office, entry: &BankEntry) -> Result<bool, StoreError> {
    if !entry.amount.is_positive() || entry.end_to_end_id.is_none() {
        return Ok(false);
    }
    let run = |entry: &BankEntry| entry.end_to_end_id.as_deref().and_then(run_of);
    let own = run(entry);
    if own.is_none() {
        return Ok(false);
    }
    for other in office.store.list_bank_entries(&Filter::all()).await? {
        let is_debit = other.amount.is_negative() && run(&other) == own;
        if is_debit && !was_looked_at(office, other.id).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn was_looked_at(office: &Office, entry: BankEntryId) -> Result<bool, StoreError> {
    let trail = office.store.audit_of(&entry.into()).await?;
    let looked_at = |event: &AuditEvent| event.actor == Actor::program(STEP);
    Ok(trail.iter().any(|known| looked_at(&known.event)))
}

/// What follows from it; why nothing does, in words.
async fn decided(office: &Office, entry: &BankEntry) -> Result<Result<Change, String>, StepError> {
    let reference = entry.end_to_end_id.as_deref().unwrap_or_default();
    let prefix = run_of(reference).unwrap_or_default();
    let runs = office.store.find_payment_runs(&prefix).await?;
    let [run] = runs.as_slice() else {
        if entry.amount.is_positive() {
            // A customer's own name for the payment.
            let (now, why) = (office.clock.now(), "no payment run of ours has that name");
            let told = AuditEvent::new(
                now,
                Actor::program(STEP),
                "no transfer of ours",
                entry.id,
                why,
            );
            return Ok(Ok(Change::new(told).job(NewJob::now(
                Step::ApplyCash,
                entry.id,
                now,
            ))));
        }
        return Ok(Err(
            "it looks like a name of ours, and no payment run has it".into(),
        ));
    };
    match run.state {
        PaymentRunState::Released | PaymentRunState::Exported => {}
        PaymentRunState::Proposed | PaymentRunState::Withdrawn => {
            return Ok(Err(format!(
                "its payment run is {}: nobody released it",
                run.state
            )));
        }
    }
    let transfers = named(run, reference);
    let event = match became(&transfers, entry.amount) {
        Ok(event) => event,
        Err(why) => return Ok(Err(why)),
    };
    let now = office.clock.now();
    let mut change = Change::new(taken_down(entry, run, event, now));
    let mut is_first = false;
    for line in transfers.iter().flat_map(|transfer| &transfer.lines) {
        let (payment, bill) = loaded(office, line.payment, line.bill).await?;
        if payment.state == reported(event) {
            continue;
        }
        is_first = true;
        change = match moved(office, change, (payment, bill), event, (entry, now)) {
            Ok(change) => change,
            Err(why) => return Ok(Err(format!("bill {}: {why}", line.invoice_number))),
        };
    }
    if !is_first && !was_looked_at(office, entry.id).await? {
        return Ok(Err(format!(
            "another entry reported it as {event} before: the bank may have booked it twice"
        )));
    }
    tracing::info!(payment_run.id = %run.id.short(), %event, "the bank reported transfers");
    Ok(Ok(change))
}

async fn loaded(
    office: &Office,
    payment: PaymentId,
    bill: BillId,
) -> Result<(Payment, Bill), StepError> {
    let found = office.store.payment(payment).await?;
    let found = found.ok_or_else(|| StepError::Missing(payment.into()))?;
    let paid = office.store.bill(bill).await?;
    Ok((found, paid.ok_or_else(|| StepError::Missing(bill.into()))?))
}

fn taken_down(
    entry: &BankEntry,
    run: &PaymentRun,
    event: PaymentEvent,
    now: Timestamp,
) -> AuditEvent {
    let action = format!("transfers {event}");
    AuditEvent::new(
        now,
        Actor::program(STEP),
        &action,
        entry.id,
        "the bank's statement",
    )
    .fact("payment run", run.id)
    .fact("amount", entry.amount)
}

/// The payment and its bill; why they cannot move, in words.
fn moved(
    office: &Office,
    change: Change,
    (payment, bill): (Payment, Bill),
    event: PaymentEvent,
    (entry, now): (&BankEntry, Timestamp),
) -> Result<Change, String> {
    let words = |refused: crate::basics::words::Refused| refused.to_string();
    let to = payment_state::next(payment.state, event).map_err(words)?;
    let bill_event = if to == PaymentState::Returned {
        BillEvent::Return
    } else {
        BillEvent::Settle
    };
    let bill_to = state::next(bill.state, bill_event).map_err(words)?;
    let actor = || Actor::program(STEP);
    let why = format!("entry {} of {}", entry.entry_reference, entry.booking_date);
    let told = AuditEvent::new(now, actor(), &format!("payment {event}"), payment.id, &why)
        .state(Some(payment.state.as_str()), to.as_str())
        .fact("amount", payment.amount)
        .fact(BOOKED_ON, entry.booking_date);
    let told_bill = AuditEvent::new(now, actor(), &format!("bill {bill_event}"), bill.id, &why)
        .state(Some(bill.state.as_str()), bill_to.as_str())
        .fact("version", bill.content_version())
        .fact(BOOKED_ON, entry.booking_date);
    let mut after = Bill {
        state: bill_to,
        ..bill
    };
    let mut change = change.event(told).event(told_bill);
    if to == PaymentState::Returned {
        let seen = RETURNED.found(format!("{why}: {}", entry.remittance_information));
        after.cleared.retain(|code| *code != seen.code);
        change = change.raise(returned(office, &payment, &seen.evidence, now));
        after.findings.insert(0, seen);
    }
    let payment = Payment {
        state: to,
        ..payment
    };
    Ok(change
        .put(Record::Bill(after))
        .put(Record::Payment(payment)))
}

fn returned(office: &Office, payment: &Payment, seen: &str, now: Timestamp) -> Exception {
    Exception::raise(
        ExceptionCode::PaymentReturned,
        payment.bill.into(),
        &payment.id.to_string(),
        &office.rules.owners.payables,
        now,
        (
            format!("{} came back: {seen}", payment.amount),
            "ask the supplier for its account on a number you knew before and import or correct it; then `bills recheck` has the bill approved and paid again",
        ),
    )
}

fn mismatch(office: &Office, entry: &BankEntry, why: &str) -> Change {
    let now = office.clock.now();
    let reference = entry.end_to_end_id.as_deref().unwrap_or_default();
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "transfers not settled",
        entry.id,
        why,
    );
    Change::new(told).raise(Exception::raise(
        ExceptionCode::PaymentMismatch,
        entry.id.into(),
        reference,
        &office.rules.owners.payables,
        now,
        (
            format!("{} of {} for {reference}: {why}", entry.amount, entry.booking_date),
            "compare the statement with `pay show`; ask the bank when it moved what nobody released",
        ),
    ))
}
