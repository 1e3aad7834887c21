//! How long an approver was waited for, out of what the books say.

use super::Office;
use super::bill_change::BillFile;
use crate::basics::address::MailAddress;
use crate::basics::calendar::{Timestamp, day_in};
use crate::basics::ids::ApprovalRequestId;
use crate::domain::approval::asking::is_question_of;
use crate::domain::approval::{ApprovalRequest, Due, Waiting};
use crate::domain::change::Change;
use crate::domain::exception::resolved_at;
use crate::domain::job::{NewJob, Step};
use crate::domain::payable::discount::wanted_by;
use crate::io::store::StoreError;

/// How far the wait for this approver has come.
///
/// # Errors
/// What the store met.
pub(super) async fn due(
    office: &Office,
    file: &BillFile,
    request: &ApprovalRequest,
    now: Timestamp,
) -> Result<Due, StoreError> {
    let items = office.store.exceptions_about(&file.bill.id.into()).await?;
    let mut questions = Vec::new();
    for item in items.iter().filter(|item| {
        is_question_of(item, &request.approver) && item.raised_at >= request.asked_at
    }) {
        let trail = office.store.audit_of(&item.id.into()).await?;
        questions.push((item.raised_at, resolved_at(&trail)));
    }
    questions.sort_unstable();
    let waiting = Waiting {
        questions,
        ..waiting(office, file, request)
    };
    let rules = &office.rules;
    Ok(waiting.due(&rules.impatience, (now, &rules.time_zone)))
}

/// When an approver who is asked now is looked at first.
pub(super) fn first_look(
    office: &Office,
    file: &BillFile,
    request: &ApprovalRequest,
) -> Option<Timestamp> {
    let rules = &office.rules;
    let waiting = waiting(office, file, request);
    let due = waiting.due(&rules.impatience, (request.asked_at, &rules.time_zone));
    due.next
}

/// What was asked just now, before anybody said anything.
fn waiting(office: &Office, file: &BillFile, request: &ApprovalRequest) -> Waiting {
    let terms = file.document.reading.fields.payment_terms.as_ref();
    let terms = terms.map(|terms| terms.value.as_str());
    let asked_on = day_in(&office.rules.time_zone, request.asked_at);
    Waiting {
        asked_at: request.asked_at,
        until: request.expires_at,
        questions: Vec::new(),
        wanted_by: wanted_by(&file.bill, terms, asked_on),
    }
}

/// The job that asks the delegate of this approver, where somebody is named for today: whether it is so, the step looks.
pub(super) fn ask_delegate_of(
    office: &Office,
    approver: &MailAddress,
    request: ApprovalRequestId,
) -> Option<NewJob> {
    let delegation = office.rules.approvals.delegation(approver, office.today());
    let now = office.clock.now();
    delegation.map(|_| NewJob::now(Step::AskDelegate, request, now))
}

/// The job that looks again.
pub(super) fn look_again(
    change: Change,
    request: &ApprovalRequest,
    at: Option<Timestamp>,
) -> Change {
    match at {
        Some(due_at) => change.job(NewJob {
            step: Step::RemindApprover,
            subject: request.id.into(),
            due_at,
        }),
        None => change,
    }
}
