//! Sweeps: no input, a look at what is stored, and the jobs that state calls for. A lost poke or a crash between two jobs
//! costs until the next sweep, never a bill.

use tracing::{info, warn};

use crate::basics::text::chain;
use crate::domain::audit::SubjectKind;
use crate::domain::document::DocumentState;
use crate::domain::job::{NewJob, Step};
use crate::domain::message::MessageState;
use crate::domain::outbound::OutboundState;
use crate::domain::payable::BillState;
use crate::io::store::StoreError;
use crate::steps::Office;
use crate::steps::send_reminders;

/// Of one kind and look; the rest comes with the next.
const BATCH: u32 = 500;

/// What is left in a state that calls for a step, and has no job for it: a crash or a restored backup can leave that.
const CALLED_FOR: &[(SubjectKind, &str, Step)] = &[
    (
        SubjectKind::Message,
        MessageState::Fetched.as_str(),
        Step::ReadMessage,
    ),
    (
        SubjectKind::Document,
        DocumentState::Unread.as_str(),
        Step::ReadDocument,
    ),
    (
        SubjectKind::Bill,
        BillState::Draft.as_str(),
        Step::ReviewBill,
    ),
    (
        SubjectKind::Bill,
        BillState::Approved.as_str(),
        Step::SchedulePayment,
    ),
    (
        SubjectKind::Outbound,
        OutboundState::Queued.as_str(),
        Step::SendOutbound,
    ),
    (
        SubjectKind::Outbound,
        OutboundState::Sending.as_str(),
        Step::SendOutbound,
    ),
];

/// Looks at everything once; gives how many jobs were enqueued.
///
/// # Errors
/// What the store met; the next sweep looks again.
pub async fn sweep(office: &Office) -> Result<u64, StoreError> {
    let now = office.clock.now();
    let mut jobs = Vec::new();
    for (kind, state, step) in CALLED_FOR {
        let left = office
            .store
            .subjects_without_job(*kind, state, *step, BATCH)
            .await?;
        jobs.extend(left.into_iter().map(|subject| NewJob {
            step: *step,
            subject,
            due_at: now,
        }));
    }
    for request in office.store.requests_expiring(now, BATCH).await? {
        jobs.push(NewJob::now(Step::ExpireApproval, request.id, now));
    }
    for customer in send_reminders::customers_due(office).await? {
        jobs.push(NewJob::now(Step::SendReminders, customer, now));
    }
    office.store.enqueue(jobs).await
}

/// As `sweep`, for a loop that must go on: a failure is told and looked at again with the next one.
pub async fn sweep_and_tell(office: &Office) {
    match sweep(office).await {
        Ok(0) => {}
        Ok(jobs) => info!(jobs, "swept"),
        Err(failure) => {
            warn!(error = %chain(&failure), "a sweep failed; looking again with the next one")
        }
    }
}
