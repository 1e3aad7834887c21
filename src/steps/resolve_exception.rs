//! A person's word on a work item, from web or command line: what it is about goes on, then the item is closed.

use super::decide_bill::{BillDecision, DecideError, decide_bill};
use super::decide_remittance::rematch_remittance;
use super::patiently::patiently;
use super::{Office, StepError};
use crate::basics::ids::{BankEntryId, BillId, ExceptionId, JobId, RemittanceId};
use crate::basics::words::Refused;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};
use crate::domain::job::{NewJob, Step, parked_occurrence};
use crate::domain::payable::clearing::{Clearing, clearing};
use crate::domain::receivable::RemittanceState;

/// Parked jobs looked through for the one that is meant; more than a person could ever leave lying.
const PARKED: u32 = 10_000;

/// What followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Resolved {
    /// The item is closed, nothing else.
    Noted,
    /// The bill is checked again.
    BillReopened,
    /// The bill's payment is planned again.
    PaymentReplanned,
    /// The parked job is done again.
    JobRequeued(Step),
    /// The remittance waits for its money.
    RemittanceMatched,
    /// The money is looked at again.
    MoneyLookedAt,
}

/// Why it was not resolved. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The bill cannot be decided so.
    #[error(transparent)]
    Bill(#[from] DecideError),
    /// Closing the item would leave a bill held that nobody is asked about.
    #[error(
        "the bill is held by {0}: let that pass with --clear CODE, correct, void or reject the bill, or, when it was put right \
         elsewhere, have it checked again with bills recheck"
    )]
    StillHeld(String),
    /// The remittance still fits nothing.
    #[error("the remittance still cannot be matched: {0}")]
    Unmatched(String),
    /// Closing the item would leave a payment blocked that nobody is asked about.
    #[error(
        "its payment is blocked by {0}: let that pass with --clear CODE, or correct, void or reject the bill"
    )]
    StillBlocked(String),
    /// Only findings of a bill can be cleared.
    #[error("--clear is for a bill that is held or whose payment is blocked")]
    NothingToClear,
    /// Every decision says why.
    #[error("a reason is needed")]
    NoReason,
    /// A door failed, or the item is closed already.
    #[error(transparent)]
    Step(#[from] StepError),
}

impl From<crate::io::store::StoreError> for ResolveError {
    fn from(error: crate::io::store::StoreError) -> Self {
        Self::Step(error.into())
    }
}

/// Resolves one item. `clear` are the findings of a held bill that the person lets pass.
///
/// # Errors
/// Why it cannot be resolved so, or what the store met.
pub async fn resolve_exception(
    office: &Office,
    id: ExceptionId,
    clear: &[String],
    by: &str,
    reason: &str,
) -> Result<Resolved, ResolveError> {
    let found = office.store.exception(id).await?;
    let item = found.ok_or_else(|| StepError::Missing(id.into()))?;
    if !reason.chars().any(char::is_alphanumeric) {
        return Err(ResolveError::NoReason);
    }
    if item.state == ExceptionState::Resolved {
        let refused = Refused {
            machine: "exception",
            state: item.state.as_str(),
            event: "resolved",
        };
        return Err(StepError::Refused(refused).into());
    }
    let done = follow(office, &item, clear, (by, reason)).await?;
    let attempt = || close(office, id, by, reason);
    patiently(attempt, StepError::is_conflict).await?;
    Ok(done)
}

/// What the item is about goes on.
async fn follow(
    office: &Office,
    item: &Exception,
    clear: &[String],
    (by, reason): (&str, &str),
) -> Result<Resolved, ResolveError> {
    let subject = item.subject.id.as_str();
    let about_bill = matches!(
        item.code,
        ExceptionCode::BillHeld | ExceptionCode::NoApprover | ExceptionCode::PaymentBlocked
    );
    if about_bill && let Some(bill) = BillId::parse(subject) {
        return bill_goes_on(office, bill, item.code, clear, (by, reason)).await;
    }
    if !clear.is_empty() {
        return Err(ResolveError::NothingToClear);
    }
    if item.code == ExceptionCode::JobParked {
        return requeue(office, item).await;
    }
    if item.code == ExceptionCode::CashUnidentified
        && let Some(entry) = BankEntryId::parse(subject)
    {
        return look_at_money(office, entry, (by, reason)).await;
    }
    match RemittanceId::parse(subject).filter(|_| item.code == ExceptionCode::RemittanceUnmatched) {
        Some(remittance) => match_again(office, remittance, (by, reason)).await,
        None => Ok(Resolved::Noted),
    }
}

/// A bill is not left held, nor its payment blocked, with nobody asked about it.
async fn bill_goes_on(
    office: &Office,
    id: BillId,
    code: ExceptionCode,
    clear: &[String],
    (by, reason): (&str, &str),
) -> Result<Resolved, ResolveError> {
    let found = office.store.bill(id).await?;
    let bill = found.ok_or_else(|| StepError::Missing(id.into()))?;
    let done = match clearing(&bill, code, clear) {
        Clearing::Noted => return Ok(Resolved::Noted),
        Clearing::StillHeld(codes) => return Err(ResolveError::StillHeld(codes.join(", "))),
        Clearing::StillBlocked(codes) => return Err(ResolveError::StillBlocked(codes.join(", "))),
        Clearing::Reopen => Resolved::BillReopened,
        Clearing::Replan => Resolved::PaymentReplanned,
    };
    decide_bill(office, id, &BillDecision::Clear(clear.to_vec()), by, reason).await?;
    Ok(done)
}

async fn match_again(
    office: &Office,
    id: RemittanceId,
    (by, reason): (&str, &str),
) -> Result<Resolved, ResolveError> {
    let found = office.store.remittance(id).await?;
    if found.is_none_or(|remittance| remittance.state != RemittanceState::Held) {
        return Ok(Resolved::Noted);
    }
    let odd = rematch_remittance(office, id, by, reason).await?;
    if odd.is_empty() {
        Ok(Resolved::RemittanceMatched)
    } else {
        Err(ResolveError::Unmatched(odd.join("; ")))
    }
}

/// The person may have put right what kept the money from its invoice. Where it still fits nothing the item, which is closed
/// by then, is not raised again: the person has seen it.
async fn look_at_money(
    office: &Office,
    entry: BankEntryId,
    (by, reason): (&str, &str),
) -> Result<Resolved, ResolveError> {
    let now = office.clock.now();
    let actor = Actor::Person(by.to_owned());
    let told = AuditEvent::new(now, actor, "money looked at again", entry, reason);
    let job = NewJob::now(Step::ApplyCash, entry, now);
    let committed = office.store.commit(Change::new(told).job(job)).await;
    committed.map_err(StepError::from)?;
    Ok(Resolved::MoneyLookedAt)
}

/// The job whose parking raised this item, by the item's id. Crash after it: the item is still open, and resolving it again
/// finds nothing parked.
async fn requeue(office: &Office, item: &Exception) -> Result<Resolved, ResolveError> {
    let raised_by = |step: Step, job: JobId| {
        let occurrence = parked_occurrence(step, job, item.raised_at);
        Exception::id_of(ExceptionCode::JobParked, &item.subject, &occurrence) == item.id
    };
    let parked = office.store.parked_jobs(PARKED).await?;
    let Some(job) = parked
        .into_iter()
        .find(|one| one.subject == item.subject && raised_by(one.step, one.job))
    else {
        return Ok(Resolved::Noted);
    };
    office.store.requeue(job.job, office.clock.now()).await?;
    Ok(Resolved::JobRequeued(job.step))
}

/// Deciding about the subject may have closed it already.
async fn close(office: &Office, id: ExceptionId, by: &str, reason: &str) -> Result<(), StepError> {
    let Some(item) = office
        .store
        .exception(id)
        .await?
        .filter(|item| item.state == ExceptionState::Open)
    else {
        return Ok(());
    };
    let actor = Actor::Person(by.to_owned());
    let (resolved, told) = item.resolve((&actor, by), reason, office.clock.now())?;
    office
        .store
        .commit(Change::new(told).put(Record::Exception(resolved)))
        .await?;
    Ok(())
}
