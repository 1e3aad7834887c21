//! Plans when an approved bill is paid, and looks once more where the money would go: the supplier's accounts may have
//! changed since the review.

use super::bill_change::{BillFile, bill_event, resolve_open};
use super::learn::confirmed;
use super::order_file::order_file;
use super::propose_account::with_proposal;
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::BillId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};
use crate::domain::job::JobClaim;
use crate::domain::payable::checks::bank_account::{blocks_payment, looked_again};
use crate::domain::payable::checks::direct_debit::is_about_collection;
use crate::domain::payable::checks::order::{self, Billed};
use crate::domain::payable::checks::{DIRECT_DEBIT, NO_RECEIPT};
use crate::domain::payable::schedule::plan;
use crate::domain::payable::{Bill, BillEvent, BillState, Finding, Payment, PaymentState, state};

const STEP: &str = "schedule_payment";

/// One planned payment a bill and version; planning it again moves its day and its block.
///
/// # Errors
/// What the store met.
pub async fn schedule_payment(
    office: &Office,
    claim: &JobClaim,
    id: BillId,
) -> Result<(), StepError> {
    let (store, now) = (&office.store, office.clock.now());
    let mut file = BillFile::load(office, id).await?;
    let before = file.bill.state;
    file.bill.findings = with_receipts(office, &file).await?;
    let payments = store.payments_of_bill(id).await?;
    let is_approved = matches!(before, BillState::Approved | BillState::Scheduled);
    let blocks = blocks_payment(&file.bill, file.supplier());
    let payment = plan(&file.bill, &blocks, &payments, office.today()).filter(|_| is_approved);
    let actor = Actor::program(STEP);
    let supplier = file.supplier().cloned();
    let Some(payment) = payment else {
        let why = format!(
            "a {} that is {before}, or nothing left to pay",
            file.bill.kind
        );
        let told = AuditEvent::new(now, actor, "no payment planned", id, why);
        let change = Change::new(told).finishing(claim.clone());
        store.commit(change).await?;
        return Ok(());
    };
    let bill = Bill {
        state: state::next(before, BillEvent::Schedule).unwrap_or(before),
        findings: looked_again(&file.bill, file.supplier()),
        ..file.bill
    };
    let told = bill_event(
        &bill,
        before,
        (now, actor.clone()),
        "payment planned",
        "approved and due",
    )
    .fact(
        "due",
        bill.due_date.map_or(String::new(), |due| due.to_string()),
    );
    let approved = bill.clone();
    let change = Change::new(told)
        .event(planned(&payment, now))
        .put(Record::Bill(bill));
    let about = store.exceptions_about(&id.into()).await?;
    let mut asked = about
        .into_iter()
        .filter(|item| item.code == ExceptionCode::PaymentBlocked);
    let change = match blocked(office, &payment, &blocks, now) {
        Some(_) if asked.any(|item| item.state == ExceptionState::Open) => change,
        Some(exception) => change.raise(exception),
        None => resolve_open(
            change,
            asked.collect(),
            (now, &actor),
            "nothing blocks the payment any more",
        ),
    };
    tracing::info!(bill.id = %id.short(), arrives = %payment.planned_for, blocked = payment.blocked.is_some(), "payment planned");
    let mut change = change.put(Record::Payment(payment));
    if before == BillState::Approved {
        let read = (&approved, &file.document);
        change = confirmed(office, change, read, (now, STEP)).await?;
    }
    // What was approved before accounts were proposed by their bills, or whose account was known until an import took it.
    let change = with_proposal(office, change, (&approved, supplier.as_ref()), now).await?;
    store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// The findings with what is known now of the goods: they may have come since the review.
async fn with_receipts(office: &Office, file: &BillFile) -> Result<Vec<Finding>, StepError> {
    let order = order_file(office, &file.bill).await?;
    let billed = Billed::of(&file.bill, file.supplier(), &file.document.reading);
    Ok(order::looked_again(billed, &order, &office.rules.orders))
}

fn planned(payment: &Payment, now: Timestamp) -> AuditEvent {
    let before = (payment.version > 0).then_some(PaymentState::Planned.as_str());
    let why = "the last day on which it arrives in time";
    AuditEvent::new(
        now,
        Actor::program(STEP),
        "payment planned",
        payment.id,
        why,
    )
    .state(before, payment.state.as_str())
    .fact("amount", payment.amount)
    .fact("arrives", payment.planned_for)
    .fact("blocked", payment.blocked.as_deref().unwrap_or("no"))
}

/// A person is asked about what blocks it. What is collected for certain asks nobody: the bill is approved, and the supplier
/// moves the money.
fn blocked(
    office: &Office,
    payment: &Payment,
    blocks: &[Finding],
    now: Timestamp,
) -> Option<Exception> {
    let why = payment.blocked.as_deref()?;
    if blocks.iter().any(|one| one.code == DIRECT_DEBIT.code) {
        return None;
    }
    let action = if blocks.iter().all(|one| one.code == NO_RECEIPT.code) {
        "ask whoever ordered it whether the goods are in, and import the receipt (`import goods-receipts FILE`); or clear the finding"
    } else if blocks.iter().any(is_about_collection) {
        "look whether the supplier collects it: if so, resolve this and it is not transferred; if not, clear the finding"
    } else {
        "call the supplier on a number you knew before and take the call down (`supplier-accounts list`, `supplier-accounts called`); \
         another person confirms it, or clear the finding where no account is printed"
    };
    // By the row as it was loaded: a payment that is blocked once more asks once more.
    let occurrence = format!("{} {}", payment.id, payment.version);
    Some(Exception::raise(
        ExceptionCode::PaymentBlocked,
        payment.bill.into(),
        &occurrence,
        &office.rules.owners.payables,
        now,
        (why, action),
    ))
}
