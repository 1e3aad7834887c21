//! A person's word on a work item, from web or command line: what it is about goes on, then the item is closed.

use super::decide_bill::{BillDecision, DecideError, decide_bill};
use super::decide_remittance::rematch_remittance;
use super::{Office, StepError};
use crate::basics::ids::{BillId, ExceptionId, JobId, RemittanceId};
use crate::basics::words::Refused;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};
use crate::domain::job::{Step, parked_occurrence};
use crate::domain::payable::{BillState, Severity};
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
    /// The parked job is done again.
    JobRequeued(Step),
    /// The remittance waits for its money.
    RemittanceMatched,
}

/// Why it was not resolved. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The bill cannot be decided so.
    #[error(transparent)]
    Bill(#[from] DecideError),
    /// Closing the item would leave a bill held that nobody is asked about.
    #[error(
        "the bill is held by {0}: let that pass with --clear CODE, or correct, void or reject the bill"
    )]
    StillHeld(String),
    /// The remittance still fits nothing.
    #[error("the remittance still cannot be matched: {0}")]
    Unmatched(String),
    /// Only findings of a bill can be cleared.
    #[error("--clear is for a bill that is held, and this is about a {0}")]
    NothingToClear(&'static str),
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
    let held = matches!(
        item.code,
        ExceptionCode::BillHeld | ExceptionCode::NoApprover
    );
    if !held && !clear.is_empty() {
        return Err(ResolveError::NothingToClear(item.subject.kind.as_str()));
    }
    let subject = item.subject.id.as_str();
    let done = match item.code {
        ExceptionCode::BillHeld | ExceptionCode::NoApprover => match BillId::parse(subject) {
            Some(bill) => reopen_bill(office, bill, &item, clear, (by, reason)).await?,
            None => Resolved::Noted,
        },
        ExceptionCode::RemittanceUnmatched => match RemittanceId::parse(subject) {
            Some(remittance) => match_again(office, remittance, (by, reason)).await?,
            None => Resolved::Noted,
        },
        ExceptionCode::JobParked => requeue(office, &item).await?,
        ExceptionCode::MessageUnreadable
        | ExceptionCode::DocumentUnreadable
        | ExceptionCode::DocumentUnclear
        | ExceptionCode::DirectionConflict
        | ExceptionCode::NotAddressedToUs
        | ExceptionCode::NotPayable
        | ExceptionCode::HybridMismatch
        | ExceptionCode::ApproverAsks
        | ExceptionCode::ReplyRefused
        | ExceptionCode::ApprovalExpired
        | ExceptionCode::BillRejected
        | ExceptionCode::CashUnidentified
        | ExceptionCode::CustomerReply
        | ExceptionCode::DeliveryFailed
        | ExceptionCode::DeliveryUnsure
        | ExceptionCode::MessageGone
        | ExceptionCode::MailboxChanged
        | ExceptionCode::PaymentBlocked => Resolved::Noted,
    };
    close(office, id, by, reason).await?;
    Ok(done)
}

/// A held bill is not left held with nobody asked about it.
async fn reopen_bill(
    office: &Office,
    id: BillId,
    item: &Exception,
    clear: &[String],
    (by, reason): (&str, &str),
) -> Result<Resolved, ResolveError> {
    let found = office.store.bill(id).await?;
    let bill = found.ok_or_else(|| StepError::Missing(id.into()))?;
    if clear.is_empty() && bill.state != BillState::Held {
        return Ok(Resolved::Noted);
    }
    if clear.is_empty() && item.code == ExceptionCode::BillHeld {
        let holds = bill
            .findings
            .iter()
            .filter(|one| one.severity == Severity::Hold && !bill.cleared.contains(&one.code));
        return Err(ResolveError::StillHeld(
            holds
                .map(|one| one.code.clone())
                .collect::<Vec<_>>()
                .join(", "),
        ));
    }
    // Without a finding to clear: the policy was changed, and the checks ask it again.
    decide_bill(office, id, &BillDecision::Clear(clear.to_vec()), by, reason).await?;
    Ok(Resolved::BillReopened)
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
    let from = item.state;
    let resolved = item.resolve(by, reason)?;
    let told = AuditEvent::new(
        office.clock.now(),
        Actor::Person(by.to_owned()),
        "exception resolved",
        id,
        reason,
    )
    .state(Some(from.as_str()), resolved.state.as_str());
    office
        .store
        .commit(Change::new(told).put(Record::Exception(resolved)))
        .await?;
    Ok(())
}
