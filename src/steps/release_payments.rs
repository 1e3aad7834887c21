//! A second person lets a payment run go, or somebody takes it back. Release is committed before the file leaves us.

use super::bill_change::account_changes;
use super::patiently::patiently;
use super::plan_payments::PayError;
use super::refused_transfer::refused_accounts;
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{BillId, PaymentRunId};
use crate::basics::text::one_line;
use crate::domain::approval::Verdict;
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::change::{Change, Record};
use crate::domain::payable::payment_run::duties::{Hands, objections};
use crate::domain::payable::payment_run::state;
use crate::domain::payable::payment_run::still::moved_on;
use crate::domain::payable::payment_state::{self, PaymentEvent};
use crate::domain::payable::{Payment, PaymentRun, PaymentRunEvent};

/// So many digits of the file's hash show that it was looked at.
const HASH_DIGITS: usize = 8;
/// Longest reason kept.
const REASON_CHARS: usize = 500;

/// Lets it go: these bytes and no others, by somebody who had no hand in them.
///
/// # Errors
/// Everything that speaks against it, in words, or what the store met. Nothing was changed then.
pub async fn release_payments(
    office: &Office,
    id: PaymentRunId,
    hash: &str,
    by: &str,
) -> Result<PaymentRun, PayError> {
    let attempt = || async {
        let run = load(office, id).await?;
        let state = state::next(run.state, PaymentRunEvent::Release)
            .map_err(|refused| PayError::Refused(refused.to_string()))?;
        is_this_file(&run, hash)?;
        office.vault.verify(run.file).await?;
        let (hands, payments) = looked_at(office, &run).await?;
        let against = objections(by, &hands, &office.rules.approvals.approvers);
        if !against.is_empty() {
            let words = format!("{by} cannot release it: {}", against.join("; "));
            return Err(PayError::Refused(words));
        }
        let released = PaymentRun {
            released_by: Some(by.to_owned()),
            state,
            ..run.clone()
        };
        let change = released_change(&run, &released, payments, office.clock.now())?;
        office.store.commit(change).await?;
        tracing::info!(payment_run.id = %id.short(), total = %run.total, "payment run released");
        Ok(released)
    };
    patiently(attempt, PayError::is_conflict).await
}

/// Takes a proposal back; its payments may be planned again.
///
/// # Errors
/// That it has been released, or what the store met.
pub async fn withdraw_payments(
    office: &Office,
    id: PaymentRunId,
    by: &str,
    reason: &str,
) -> Result<PaymentRun, PayError> {
    let reason = one_line(reason, REASON_CHARS);
    let attempt = || async {
        let run = load(office, id).await?;
        let state = state::next(run.state, PaymentRunEvent::Withdraw)
            .map_err(|refused| PayError::Refused(refused.to_string()))?;
        let withdrawn = PaymentRun {
            state,
            ..run.clone()
        };
        let who = Actor::Person(by.to_owned());
        let told = run_event(
            &run,
            &withdrawn,
            (office.clock.now(), who),
            "payment run withdrawn",
            &reason,
        );
        let change = Change::new(told).put(Record::PaymentRun(withdrawn.clone()));
        office.store.commit(change).await?;
        Ok(withdrawn)
    };
    patiently(attempt, PayError::is_conflict).await
}

pub(super) async fn load(office: &Office, id: PaymentRunId) -> Result<PaymentRun, PayError> {
    let run = office.store.payment_run(id).await?;
    Ok(run.ok_or_else(|| StepError::Missing(id.into()))?)
}

/// What is said of a run when its state changes.
pub(super) fn run_event(
    before: &PaymentRun,
    after: &PaymentRun,
    (now, actor): (Timestamp, Actor),
    action: &str,
    reason: &str,
) -> AuditEvent {
    AuditEvent::new(now, actor, action, after.id, reason)
        .state(Some(before.state.as_str()), after.state.as_str())
        .fact("file", after.file)
}

fn is_this_file(run: &PaymentRun, hash: &str) -> Result<(), PayError> {
    let typed = hash.trim().to_ascii_lowercase();
    let fits = typed.len() >= HASH_DIGITS && run.file.to_string().starts_with(&typed);
    fits.then_some(()).ok_or_else(|| {
        let words = "the hash is not that of the file: `pay show` names it; at least eight digits of it say that this file was looked at";
        PayError::Refused(words.into())
    })
}

/// Who had a hand in it, and its payments as they are now: all still as they were planned, or the run is refused.
async fn looked_at(
    office: &Office,
    run: &PaymentRun,
) -> Result<(Hands, Vec<(Payment, String)>), PayError> {
    let mut hands = Hands {
        prepared_by: run.prepared_by.clone(),
        ..Hands::default()
    };
    let (mut payments, mut changed) = (Vec::new(), Vec::new());
    let suppliers = office.store.suppliers().await?;
    let refused = refused_accounts(office).await?;
    for transfer in &run.transfers {
        changed.extend(refused.get(&transfer.creditor_iban).cloned());
    }
    for (transfer, line) in run.lines() {
        let missing = |subject: Subject| StepError::Missing(subject);
        let payment = office.store.payment(line.payment).await?;
        let payment = payment.ok_or_else(|| missing(line.payment.into()))?;
        let bill = office.store.bill(line.bill).await?;
        let bill = bill.ok_or_else(|| missing(line.bill.into()))?;
        let supplier = suppliers.iter().find(|one| one.id == transfer.supplier);
        if transfer.execution_date < office.today() {
            let day = transfer.execution_date;
            changed.push(format!(
                "bill {}: its day, {day}, has passed",
                line.invoice_number
            ));
        }
        if let Some(why) = moved_on((transfer, line), &payment, &bill, supplier) {
            changed.push(format!("bill {}: {why}", line.invoice_number));
        }
        let number = line.invoice_number.clone();
        let corrected = bill.corrected_by.iter();
        hands
            .corrected
            .extend(corrected.map(|by| (by.clone(), number.clone())));
        hands.approved.extend(
            approvers(office, line.bill)
                .await?
                .into_iter()
                .map(|by| (by, number.clone())),
        );
        payments.push((payment, transfer.end_to_end_id.clone()));
    }
    if !changed.is_empty() {
        let words = format!(
            "what it pays has changed: withdraw it and plan again ({})",
            changed.join("; ")
        );
        return Err(PayError::Refused(words));
    }
    for supplier in suppliers
        .iter()
        .filter(|one| run.transfers.iter().any(|t| t.supplier == one.id))
    {
        let people = account_changes(office, supplier).await?;
        hands
            .accounts_changed
            .extend(people.into_iter().map(|by| (by, supplier.number.clone())));
    }
    Ok((hands, payments))
}

async fn approvers(
    office: &Office,
    bill: BillId,
) -> Result<Vec<crate::basics::address::MailAddress>, PayError> {
    let votes = office.store.votes_of_bill(bill).await?;
    let approved = votes
        .into_iter()
        .filter(|vote| vote.verdict == Verdict::Approve);
    // A delegate decides in the name of another: neither of the two lets the money go.
    let hands = approved.flat_map(|vote| [Some(vote.approver), vote.stands_in_for]);
    Ok(hands.flatten().collect())
}

/// The run and each of its payments, with the name the bank will report it by.
fn released_change(
    run: &PaymentRun,
    released: &PaymentRun,
    payments: Vec<(Payment, String)>,
    now: Timestamp,
) -> Result<Change, PayError> {
    let who = Actor::Person(released.released_by.clone().unwrap_or_default());
    let told = run_event(
        run,
        released,
        (now, who.clone()),
        "payment run released",
        "a second person",
    );
    let mut change = Change::new(told).put(Record::PaymentRun(released.clone()));
    for (payment, end_to_end_id) in payments {
        let state =
            payment_state::next(payment.state, PaymentEvent::Release).map_err(StepError::from)?;
        let told = AuditEvent::new(
            now,
            who.clone(),
            "payment released",
            payment.id,
            "its run was released",
        )
        .state(Some(payment.state.as_str()), state.as_str())
        .fact("payment run", run.id)
        .fact("end to end id", &end_to_end_id);
        change = change.event(told).put(Record::Payment(Payment {
            state,
            end_to_end_id: Some(end_to_end_id),
            ..payment
        }));
    }
    Ok(change)
}
