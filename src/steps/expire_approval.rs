//! Ends the wait for an approver whose time is up, and has the bill reviewed again, which asks anew.

use super::bill_change::move_request;
use super::{Office, StepError};
use crate::basics::ids::ApprovalRequestId;
use crate::domain::approval::{ApprovalEvent, ApprovalState};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::Change;
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::{JobClaim, NewJob, Step};

const STEP: &str = "expire_approval";

/// A request answered in the meantime, or whose time is not up, stays as it is.
///
/// # Errors
/// What the store met.
pub async fn expire_approval(
    office: &Office,
    claim: &JobClaim,
    id: ApprovalRequestId,
) -> Result<(), StepError> {
    let now = office.clock.now();
    let request = office.store.approval_request(id).await?;
    let request = request.ok_or_else(|| StepError::Missing(id.into()))?;
    let actor = Actor::program(STEP);
    let is_due = request.state == ApprovalState::Open && now >= request.expires_at;
    let told = AuditEvent::new(
        now,
        actor.clone(),
        if is_due {
            "approval expired"
        } else {
            "approval not expired"
        },
        request.bill,
        format!("the request to {} is {}", request.approver, request.state),
    );
    let mut change = Change::new(told);
    if is_due {
        let exception = Exception::raise(
            ExceptionCode::ApprovalExpired,
            request.bill.into(),
            &request.id.to_string(),
            &office.rules.owners.payables,
            now,
            (
                format!(
                    "{} has not answered until {}",
                    request.approver,
                    request
                        .expires_at
                        .to_zoned(office.rules.time_zone.clone())
                        .strftime("%Y-%m-%d %H:%M %Z")
                ),
                "speak to the approver, or change the approval policy",
            ),
        );
        change = move_request(
            change,
            &request,
            ApprovalEvent::Expire,
            (now, actor),
            "no answer in time",
        )
        .raise(exception)
        .job(NewJob::now(Step::ReviewBill, request.bill, now));
    }
    office.store.commit(change.finishing(claim.clone())).await?;
    Ok(())
}
