//! A decision about a remittance that could not be matched: look again, or leave it out.

use super::money_again::money_again;
use super::patiently::patiently;
use super::record_remittance::{drafted, named};
use super::{Office, StepError};
use crate::basics::calendar::Date;
use crate::basics::ids::RemittanceId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::bank::Credit;
use crate::domain::change::{Change, Record};
use crate::domain::exception::{ExceptionCode, ExceptionState};
use crate::domain::job::{NewJob, Step};
use crate::domain::receivable::cash_decision::may_have_kept;
use crate::domain::receivable::remittance::next;
use crate::domain::receivable::{OpenInvoice, Remittance, RemittanceEvent, RemittanceState};

/// Who decides, and why, for the trail.
struct Decision<'a> {
    actor: Actor,
    by: &'a str,
    reason: &'a str,
}

/// Reads a held remittance against the books as they stand now. Gives what is still in the way; when that is nothing, it
/// waits for its money again, as long as one that came today, or is applied when its money is there already.
///
/// # Errors
/// Refused when it is not held; else what the store met.
pub async fn rematch_remittance(
    office: &Office,
    id: RemittanceId,
    by: &str,
    reason: &str,
) -> Result<Vec<String>, StepError> {
    let decision = Decision {
        actor: Actor::Person(by.to_owned()),
        by,
        reason,
    };
    let attempt = || async {
        let before = load(office, id).await?;
        match matched_again(office, &before, Some(office.today()), &decision).await? {
            Ok((_, change)) => {
                office.store.commit(change).await?;
                Ok(Vec::new())
            }
            Err(odd) => Ok(odd),
        }
    };
    patiently(attempt, StepError::is_conflict).await
}

/// Looks once more at a held remittance after the books have changed. Where nothing is odd any more nobody has to be asked;
/// but what a person did not look at in time stays with that person.
///
/// # Errors
/// What the store met.
pub(super) async fn look_again(
    office: &Office,
    before: &Remittance,
    step: &'static str,
) -> Result<Change, StepError> {
    let decision = Decision {
        actor: Actor::program(step),
        by: step,
        reason: "the books have what was missing",
    };
    let matched = matched_again(office, before, None, &decision).await?;
    let in_time = before.waits_until.is_some_and(|day| office.today() <= day);
    let stays = match matched {
        Ok((state, change)) if in_time || state != RemittanceState::Claimed => return Ok(change),
        Ok(_) => "the time it waits is over, and a person has been asked".to_owned(),
        Err(odd) => odd.join("; "),
    };
    let now = office.clock.now();
    let told = AuditEvent::new(
        now,
        Actor::program(step),
        "remittance still held",
        before.id,
        stays,
    );
    Ok(Change::new(told))
}

/// Where it stands and what is written when nothing is odd about it any more; else what is.
async fn matched_again(
    office: &Office,
    before: &Remittance,
    since: Option<Date>,
    decision: &Decision<'_>,
) -> Result<Result<(RemittanceState, Change), Vec<String>>, StepError> {
    let missing = || StepError::Missing(before.document.into());
    let found = office.store.document(before.document).await?;
    let document = found.ok_or_else(missing)?;
    let (draft, invoices) = drafted(office, &document, since).await?;
    if !draft.odd.is_empty() {
        return Ok(Err(draft.odd));
    }
    let (event, action) = match (draft.repeats, draft.paid_by) {
        (Some(_), _) => (
            RemittanceEvent::Void,
            "remittance voided, it repeats another",
        ),
        (None, Some(_)) => (RemittanceEvent::Apply, "remittance applied"),
        (None, None) => (RemittanceEvent::Reopen, "remittance matched again"),
    };
    let after = Remittance {
        state: next(before.state, event)?,
        version: before.version,
        ..draft.remittance
    };
    let change = settled(office, before, after.clone(), action, decision).await?;
    let change = named(&after, &invoices).fold(change, Change::put);
    let look = NewJob::now(Step::ApplyCash, after.id, office.clock.now());
    let waits = (after.state == RemittanceState::Claimed).then_some(look);
    let change = waits.into_iter().fold(change, Change::job);
    Ok(Ok((after.state, change)))
}

/// Takes a remittance out: its invoices are reminded of again, and the money it waited for is looked at once more.
///
/// # Errors
/// Refused when it is applied or void already; else what the store met.
pub async fn void_remittance(
    office: &Office,
    id: RemittanceId,
    by: &str,
    reason: &str,
) -> Result<(), StepError> {
    let attempt = || async {
        let before = load(office, id).await?;
        let after = Remittance {
            state: next(before.state, RemittanceEvent::Void)?,
            ..before.clone()
        };
        let decision = Decision {
            actor: Actor::Person(by.to_owned()),
            by,
            reason,
        };
        let open = office.store.open_invoices().await?;
        let is_named =
            |i: &OpenInvoice| before.lines.iter().any(|l| l.invoice == Some(i.invoice.id));
        let named: Vec<OpenInvoice> = open.into_iter().filter(is_named).collect();
        let kept = |credit: &Credit| may_have_kept(&before, &named, credit);
        let jobs = money_again(office, kept).await?;
        let change = settled(office, &before, after, "remittance voided", &decision).await?;
        let change = jobs.into_iter().fold(change, Change::job);
        office.store.commit(change).await?;
        Ok(())
    };
    patiently(attempt, StepError::is_conflict).await
}

async fn load(office: &Office, id: RemittanceId) -> Result<Remittance, StepError> {
    let found = office.store.remittance(id).await?;
    found.ok_or_else(|| StepError::Missing(id.into()))
}

/// The remittance, and the work items about it that this settles.
async fn settled(
    office: &Office,
    before: &Remittance,
    after: Remittance,
    action: &'static str,
    decision: &Decision<'_>,
) -> Result<Change, StepError> {
    let now = office.clock.now();
    let Decision { actor, by, reason } = decision;
    let told = AuditEvent::new(now, actor.clone(), action, after.id, *reason)
        .state(Some(before.state.as_str()), after.state.as_str());
    let subject = after.id.into();
    let mut change = Change::new(told).put(Record::Remittance(after));
    for item in office.store.exceptions_about(&subject).await? {
        let open = item.state == ExceptionState::Open;
        if open && item.code == ExceptionCode::RemittanceUnmatched {
            let (resolved, told) = item.resolve((actor, by), reason, now)?;
            change = change.event(told).put(Record::Exception(resolved));
        }
    }
    Ok(change)
}
