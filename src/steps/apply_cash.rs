//! Applies money the bank reports to the invoices it pays, from either end: a bank entry looks for its invoices, a
//! remittance looks for its money.

use super::book_cash::{booked, work_item};
use super::cash_books::{Loaded, proposed};
use super::decide_remittance::look_again;
use super::returned_cash::went_out;
use super::{Office, StepError};
use crate::basics::calendar::{Timestamp, add_days, day_in, start_of_day};
use crate::basics::ids::{BankEntryId, RemittanceId};
use crate::domain::audit::{Actor, AuditEvent, Subject, SubjectKind};
use crate::domain::bank::Credit;
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::receivable::cash_decision::{
    Decision, Proposal, decide, money_for, was_taken_back,
};
use crate::domain::receivable::matching::number_keys;
use crate::domain::receivable::remittance::{last_day, next};
use crate::domain::receivable::{
    CashApplication, OpenInvoice, Remittance, RemittanceEvent, RemittanceState,
};

const STEP: &str = "apply_cash";

/// Applies what can be applied; the rest is put before a person or waits.
///
/// # Errors
/// Only what the store met, or a subject that is neither.
pub async fn apply_cash(
    office: &Office,
    claim: &JobClaim,
    subject: &Subject,
) -> Result<(), StepError> {
    let wrong = || StepError::Subject {
        step: Step::ApplyCash,
        subject: subject.clone(),
    };
    let change = match (
        subject.kind,
        BankEntryId::parse(&subject.id),
        RemittanceId::parse(&subject.id),
    ) {
        (SubjectKind::BankEntry, Some(entry), _) => of_entry(office, entry).await?,
        (SubjectKind::Remittance, _, Some(remittance)) => of_remittance(office, remittance).await?,
        _ => return Err(wrong()),
    };
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

/// Where does this money go?
async fn of_entry(office: &Office, id: BankEntryId) -> Result<Change, StepError> {
    let now = office.clock.now();
    let missing = || StepError::Missing(id.into());
    let credit = office.store.credit(id).await?.ok_or_else(missing)?;
    if let Some(reference) = &credit.entry.end_to_end_id
        && !office
            .store
            .payments_of_transfer(reference)
            .await?
            .is_empty()
    {
        let why = match credit.entry.amount.is_positive() {
            true => "it is a payment of ours that came back",
            false => "it is a payment of ours",
        };
        let told = AuditEvent::new(now, Actor::program(STEP), "no cash to apply", id, why);
        return Ok(Change::new(told));
    }
    if !credit.entry.amount.is_positive() {
        return went_out(office, &credit.entry, (Actor::program(STEP), now)).await;
    }
    let mut loaded = Loaded::of(office).await?;
    let mut decision = decide(&credit, loaded.books());
    if matches!(decision, Decision::Unidentified(_)) {
        // Only now: most money finds its invoice among the open ones.
        loaded.paid = named_before(office, &credit).await?;
        decision = decide(&credit, loaded.books());
    }
    let before = office.store.cash_of_entry(id).await?;
    if let Decision::Settle(settlement) = &decision
        && let Some(back) = was_taken_back(settlement, &before, loaded.books().invoices)
    {
        decision = Decision::Unidentified(vec![back]);
    }
    match decision {
        Decision::Settle(settlement) => {
            let actor = Actor::program(STEP);
            booked(office, &credit, &settlement, &loaded, (now, &actor)).await
        }
        Decision::Unidentified(mut seen) => {
            seen.extend(in_words(&credit, &before, &loaded));
            unidentified(office, &credit, &seen, now).await
        }
        Decision::Nothing => {
            let why = "all of it is applied already";
            let told = AuditEvent::new(now, Actor::program(STEP), "no cash to apply", id, why);
            Ok(Change::new(told))
        }
    }
}

/// What the person who looks is told of a proposal.
fn in_words(credit: &Credit, before: &[CashApplication], loaded: &Loaded) -> Option<String> {
    match proposed(credit, before, loaded) {
        Proposal::Settle(settlement) => Some(format!(
            "{}: `cash apply {} --proposed` applies it so",
            settlement.evidence,
            credit.entry.id.short()
        )),
        Proposal::Unsure(why) => Some(why),
        Proposal::Nothing => None,
    }
}

/// The invoices with one of the numbers in the credit's text, paid ones too.
async fn named_before(office: &Office, credit: &Credit) -> Result<Vec<OpenInvoice>, StepError> {
    let keys = number_keys(&credit.entry.remittance_information);
    Ok(office.store.invoices_by_number_keys(&keys).await?)
}

/// Is its money there?
async fn of_remittance(office: &Office, id: RemittanceId) -> Result<Change, StepError> {
    let now = office.clock.now();
    let missing = || StepError::Missing(id.into());
    let remittance = office.store.remittance(id).await?.ok_or_else(missing)?;
    match remittance.state {
        RemittanceState::Claimed => {}
        RemittanceState::Held => return look_again(office, &remittance, STEP).await,
        RemittanceState::Applied | RemittanceState::Void => {
            let event = AuditEvent::new(
                now,
                Actor::program(STEP),
                "remittance waits no longer",
                id,
                remittance.state.as_str(),
            );
            return Ok(Change::new(event));
        }
    }
    let loaded = Loaded::of(office).await?;
    let credits = office.store.unapplied_bank_entries().await?;
    let Some((credit, settlement)) = money_for(&remittance, &credits, loaded.books()) else {
        return wait_for_money(office, remittance, now).await;
    };
    let before = office.store.cash_of_entry(credit.entry.id).await?;
    if was_taken_back(&settlement, &before, loaded.books().invoices).is_some() {
        return wait_for_money(office, remittance, now).await;
    }
    let actor = Actor::program(STEP);
    booked(office, credit, &settlement, &loaded, (now, &actor)).await
}

/// Nobody knows what it pays: a person is asked, unless one is asked about this money already.
async fn unidentified(
    office: &Office,
    credit: &Credit,
    seen: &[String],
    now: Timestamp,
) -> Result<Change, StepError> {
    let about = office
        .store
        .exceptions_about(&credit.entry.id.into())
        .await?;
    let is_asked = about.iter().any(|item| {
        item.code == ExceptionCode::CashUnidentified && item.state == ExceptionState::Open
    });
    let seen = seen.join("; ");
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "cash not identified",
        credit.entry.id,
        seen.clone(),
    )
    .fact("amount", credit.remaining);
    tracing::info!(amount = %credit.remaining, "a bank credit is not identified");
    let change = Change::new(told);
    Ok(match is_asked {
        true => change,
        false => change.raise(work_item(office, credit, "", &seen, now)),
    })
}

/// Its invoices count as claimed for a while; then it is held, they are reminded of again, and a person is asked where
/// the money is.
async fn wait_for_money(
    office: &Office,
    remittance: Remittance,
    now: Timestamp,
) -> Result<Change, StepError> {
    let missing = || StepError::Missing(remittance.message.into());
    let message = office
        .store
        .message(remittance.message)
        .await?
        .ok_or_else(missing)?;
    let zone = &office.rules.time_zone;
    let received = day_in(zone, message.received_at);
    let last_day = remittance.waits_until.unwrap_or_else(|| {
        let claim_days = office.rules.reminders.claim_days;
        last_day(received, remittance.payment_date, claim_days)
    });
    let total = remittance.total.map(|m| m.to_string()).unwrap_or_default();
    let actor = Actor::program(STEP);
    if office.today() <= last_day {
        let why = "no bank entry explains it yet";
        let told = AuditEvent::new(
            now,
            actor,
            "remittance waits for its money",
            remittance.id,
            why,
        )
        .fact("total", &total)
        .fact("until", last_day);
        let look_again = NewJob {
            step: Step::ApplyCash,
            subject: remittance.id.into(),
            due_at: start_of_day(zone, add_days(last_day, 1)),
        };
        return Ok(Change::new(told).job(look_again));
    }
    let reason = format!(
        "the remittance of {} over {total} came {received}, its money did not; its invoices are reminded of again",
        remittance.payer
    );
    let state = next(remittance.state, RemittanceEvent::Hold)?;
    let told = AuditEvent::new(now, actor, "remittance held", remittance.id, reason.clone())
        .state(Some(remittance.state.as_str()), state.as_str());
    let item = Exception::raise(
        ExceptionCode::RemittanceUnmatched,
        remittance.id.into(),
        // It may be matched again and wait in vain once more: then somebody is asked once more.
        &format!("money {}", remittance.version),
        &office.rules.owners.receivables,
        now,
        (
            reason,
            "look for the money at the bank or ask the payer; then match the remittance again or void it",
        ),
    );
    let held = Remittance {
        state,
        ..remittance
    };
    Ok(Change::new(told).put(Record::Remittance(held)).raise(item))
}
