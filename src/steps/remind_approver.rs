//! Reminds an approver who does not answer, has the delegate asked beside, and tells somebody else when that does not help.

use super::bill_change::{BillFile, bill_event, desk};
use super::review_bill::fitting_originals;
use super::waiting::{ask_delegate_of, due, look_again};
use super::{Office, StepError};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::ApprovalRequestId;
use crate::domain::approval::token::issue;
use crate::domain::approval::{ApprovalRequest, Rung};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode, Ownership};
use crate::domain::job::JobClaim;
use crate::domain::outbound::approval_mail::{RequestParts, request_facts};
use crate::domain::outbound::waiting_mail::{
    escalation_facts, escalation_mail, mail_id, reminder_mail,
};
use crate::domain::outbound::{OutboundMessage, compose};
use crate::domain::payable::review::{asked, waits_for};
use crate::io::store::StoreError;

const STEP: &str = "remind_approver";

/// One commit: the mail of the rung that is reached and the job that looks again. A crash before it leaves the job; after it the mail
/// waits to be sent, and a repeat finds it written.
///
/// # Errors
/// What the store met, or a template that cannot be filled.
pub async fn remind_approver(
    office: &Office,
    claim: &JobClaim,
    id: ApprovalRequestId,
) -> Result<(), StepError> {
    let now = office.clock.now();
    let request = office.store.approval_request(id).await?;
    let request = request.ok_or_else(|| StepError::Missing(id.into()))?;
    let file = BillFile::load(office, request.bill).await?;
    let change = if waits_for(&file.bill, &request, now) {
        let due = due(office, &file, &request, now).await?;
        let change = match due.now {
            Some(rung) => reached(office, &file, &request, rung, now).await?,
            None => noted(
                &request,
                now,
                "it is not time yet, or our answer is waited for",
            ),
        };
        look_again(change, &request, due.next)
    } else {
        noted(&request, now, "it is answered, or waits no more")
    };
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}

async fn reached(
    office: &Office,
    file: &BillFile,
    request: &ApprovalRequest,
    rung: Rung,
    now: Timestamp,
) -> Result<Change, StepError> {
    let told = AuditEvent::new(
        now,
        Actor::program(STEP),
        "approver late",
        request.id,
        rung.occasion(),
    )
    .fact("bill", request.bill)
    .fact("approver", &request.approver)
    .fact("asked", request.asked_at);
    let mut change = Change::new(told);
    if rung.asks_delegate() && request.stands_in_for.is_none() {
        let job = ask_delegate_of(office, &request.approver, request.id);
        change = job.into_iter().fold(change, Change::job);
    }
    let is_written = office.store.outbound(mail_id(request, rung)).await?;
    if is_written.is_some() {
        return Ok(change);
    }
    // The bill's row guards it: a vote that comes at this moment has the step look again.
    let (bill, state) = (&file.bill, file.bill.state);
    let moment = (now, Actor::program(STEP));
    let told = bill_event(bill, state, moment, "approver late", rung.occasion());
    let change = change.event(told).put(Record::Bill(bill.clone()));
    match rung {
        Rung::Remind(_) if !reaches(office, request).await? => Ok(change),
        Rung::Remind(_) => reminded(office, file, change, (request, rung), now).await,
        Rung::Escalate => escalated(office, file, change, request, now),
    }
}

/// A mail to who is away, or whose mailbox refused the request itself, reminds nobody.
async fn reaches(office: &Office, request: &ApprovalRequest) -> Result<bool, StoreError> {
    let asked = office.store.outbound(request.outbound).await?;
    let arrived = asked.is_some_and(|mail| mail.may_have_arrived());
    let (approver, today) = (&request.approver, office.today());
    Ok(arrived && office.store.absence_of(approver, today).await?.is_none())
}

async fn reminded(
    office: &Office,
    file: &BillFile,
    change: Change,
    (request, rung): (&ApprovalRequest, Rung),
    now: Timestamp,
) -> Result<Change, StepError> {
    let policy = &office.rules.approvals;
    let (people, needed) = asked(&file.bill, file.supplier(), policy);
    let parts = RequestParts {
        desk: &desk(office),
        policy,
        bill: &file.bill,
        shown: &file.shown()?,
        request,
        token: &issue(&office.token_key, request.id),
        asked: &people,
        needed,
        originals: &fitting_originals(office, file).await?,
        again_because: None,
        is_reminder: true,
    };
    let letter = compose::approval_request(&office.rules.templates, &request_facts(&parts))
        .map_err(|error| StepError::Compose(format!("{error:#}")))?;
    let mail = reminder_mail(&parts, rung, letter, now);
    tracing::info!(bill.id = %request.bill.short(), "approver reminded");
    written(change, mail, "reminds of a request", now)
}

fn escalated(
    office: &Office,
    file: &BillFile,
    change: Change,
    request: &ApprovalRequest,
    now: Timestamp,
) -> Result<Change, StepError> {
    let (rules, desk, shown) = (&office.rules, desk(office), file.shown()?);
    let to = rules
        .impatience
        .escalate_to
        .as_ref()
        .unwrap_or(&desk.contact);
    let facts = escalation_facts(&desk, &rules.approvals, request, &shown);
    let owner = Ownership {
        owner: to.to_string(),
        ..rules.owners.payables.clone()
    };
    let asked_at = facts.asked_at.strftime("%Y-%m-%d %H:%M %Z");
    let item = Exception::raise(
        ExceptionCode::ApprovalLate,
        request.bill.into(),
        &request.id.to_string(),
        &owner,
        now,
        (
            format!(
                "{} was asked on {asked_at} and has not answered",
                request.approver
            ),
            "speak to the approver; or change the approval rules or name a delegate, then `bills recheck`",
        ),
    );
    let letter = compose::escalation(&rules.templates, &facts)
        .map_err(|error| StepError::Compose(format!("{error:#}")))?;
    let mail = escalation_mail(&desk, &file.bill, (request, to), letter, now);
    tracing::warn!(bill.id = %request.bill.short(), "an approver does not answer");
    written(
        change.raise(item),
        mail,
        "tells that an approver does not answer",
        now,
    )
}

fn written(
    change: Change,
    mail: Option<OutboundMessage>,
    why: &str,
    now: Timestamp,
) -> Result<Change, StepError> {
    let mail = mail.ok_or_else(|| StepError::Compose("our domain fits no Message-ID".into()))?;
    let told = AuditEvent::new(now, Actor::program(STEP), "mail written", mail.id, why)
        .state(None, mail.state.as_str());
    Ok(change.event(told).mail(mail))
}

fn noted(request: &ApprovalRequest, now: Timestamp, why: &str) -> Change {
    let actor = Actor::program(STEP);
    let told = AuditEvent::new(now, actor, "approver not reminded", request.id, why);
    Change::new(told.fact("bill", request.bill))
}
