//! A person's decision about a remittance that could not be matched: look again, or leave it out.

use super::record_remittance::drafted;
use super::{Office, StepError};
use crate::basics::ids::RemittanceId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{ExceptionCode, ExceptionState};
use crate::domain::job::{NewJob, Step};
use crate::domain::receivable::remittance::next;
use crate::domain::receivable::{Remittance, RemittanceEvent};

/// Reads a held remittance against the books as they stand now. Gives what is still in the way; when that is nothing, it
/// waits for its money again.
///
/// # Errors
/// Refused when it is not held; else what the store met.
pub async fn rematch_remittance(
    office: &Office,
    id: RemittanceId,
    by: &str,
    reason: &str,
) -> Result<Vec<String>, StepError> {
    let before = load(office, id).await?;
    let state = next(before.state, RemittanceEvent::Reopen)?;
    let missing = || StepError::Missing(before.document.into());
    let document = office
        .store
        .document(before.document)
        .await?
        .ok_or_else(missing)?;
    let (draft, _) = drafted(office, &document).await?;
    if !draft.odd.is_empty() {
        return Ok(draft.odd);
    }
    let version = before.version;
    let after = Remittance {
        state,
        version,
        ..draft.remittance
    };
    let job = NewJob::now(Step::ApplyCash, id, office.clock.now());
    write(
        office,
        &before,
        after,
        by,
        ("remittance matched again", reason),
        Some(job),
    )
    .await?;
    Ok(Vec::new())
}

/// Takes a remittance out: its invoices are reminded of again.
///
/// # Errors
/// Refused when it is applied or void already; else what the store met.
pub async fn void_remittance(
    office: &Office,
    id: RemittanceId,
    by: &str,
    reason: &str,
) -> Result<(), StepError> {
    let before = load(office, id).await?;
    let state = next(before.state, RemittanceEvent::Void)?;
    let after = Remittance {
        state,
        ..before.clone()
    };
    write(
        office,
        &before,
        after,
        by,
        ("remittance voided", reason),
        None,
    )
    .await
}

async fn load(office: &Office, id: RemittanceId) -> Result<Remittance, StepError> {
    let found = office.store.remittance(id).await?;
    found.ok_or_else(|| StepError::Missing(id.into()))
}

/// The remittance, and the work items about it that this settles.
async fn write(
    office: &Office,
    before: &Remittance,
    after: Remittance,
    by: &str,
    (action, reason): (&str, &str),
    job: Option<NewJob>,
) -> Result<(), StepError> {
    let (now, actor) = (office.clock.now(), Actor::Person(by.to_owned()));
    let told = AuditEvent::new(now, actor.clone(), action, after.id, reason)
        .state(Some(before.state.as_str()), after.state.as_str());
    let subject = after.id.into();
    let mut change = Change::new(told).put(Record::Remittance(after));
    for item in office.store.exceptions_about(&subject).await? {
        let open = item.state == ExceptionState::Open;
        if open && item.code == ExceptionCode::RemittanceUnmatched {
            let (settled, told) = item.resolve((&actor, by), reason, now)?;
            change = change.event(told).put(Record::Exception(settled));
        }
    }
    office
        .store
        .commit(job.into_iter().fold(change, Change::job))
        .await?;
    Ok(())
}
