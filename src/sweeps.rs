//! Sweeps: no input, a look at what is stored, and the jobs that state calls for. A lost poke or a crash between two jobs
//! costs until the next sweep, never a bill.

use tracing::{info, warn};

use crate::basics::calendar::Date;
use crate::basics::text::chain;
use crate::domain::audit::SubjectKind;
use crate::domain::document::DocumentState;
use crate::domain::job::{NewJob, Step};
use crate::domain::message::MessageState;
use crate::domain::outbound::OutboundState;
use crate::domain::payable::BillState;
use crate::domain::payable::schedule::to_pay;
use crate::io::disposition::Disposition;
use crate::io::store::StoreError;
use crate::steps::Office;
use crate::steps::bank_data::ask_for_bank_data;
use crate::steps::roll_forward::tie_books;
use crate::steps::send_reminders;
use crate::steps::tell_owners::tell_owners;
use crate::steps::watch_tokens::watch_tokens;

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
    let jobs = called_for(office).await?;
    office.store.enqueue(jobs).await
}

/// The jobs that what is stored calls for.
async fn called_for(office: &Office) -> Result<Vec<NewJob>, StoreError> {
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
    // Not every approved bill: what has nothing to pay stays approved, and would be called for at every look.
    let approved = office.store.bills_unscheduled(BATCH).await?;
    for bill in approved.iter().filter(|bill| to_pay(bill).is_some()) {
        jobs.push(NewJob::now(Step::SchedulePayment, bill.id, now));
    }
    for request in office.store.requests_expiring(now, BATCH).await? {
        jobs.push(NewJob::now(Step::ExpireApproval, request.id, now));
    }
    if send_reminders::mail_is_in(office).await? {
        let due = send_reminders::customers_due(office).await?;
        if due.waits_for_bank_data {
            ask_for_bank_data(office).await?;
        }
        let due = due.customers.into_iter();
        jobs.extend(due.map(|customer| NewJob::now(Step::SendReminders, customer, now)));
    }
    Ok(jobs)
}

/// As `sweep`, for a loop that must go on: a failure is told and looked at again with the next one.
pub async fn sweep_and_tell(office: &Office) {
    if let Err(failure) = watch_tokens(office).await {
        warn!(error = %chain(&failure), "nobody could see whether a login ends soon");
    }
    if let Err(failure) = tell_owners(office).await {
        warn!(error = %chain(&failure), "owners could not be told what waits; trying again with the next sweep");
    }
    match sweep(office).await {
        Ok(0) => {}
        Ok(jobs) => info!(jobs, "swept"),
        Err(failure) => {
            warn!(error = %chain(&failure), "a sweep failed; looking again with the next one")
        }
    }
}

/// The first look of a new day compares the books with the open items. A daemon that begins during the day leaves that to the night:
/// all bills are gone through. Of several daemons each does it; what differs is told once.
pub async fn tie_at_night(office: &Office, last_day: &mut Date) {
    let today = office.today();
    if *last_day == today {
        return;
    }
    match tie_books(office).await {
        Err(failure) if failure.disposition() == Disposition::Retry => {
            warn!(error = %chain(&failure), "the books could not be compared with the open items; trying again with the next sweep");
            return;
        }
        Err(failure) => {
            warn!(error = %chain(&failure), "the books cannot be compared with the open items");
        }
        Ok(()) => {}
    }
    *last_day = today;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::ids::RemittanceId;
    use crate::domain::audit::{Actor, AuditEvent};
    use crate::domain::change::{Change, Record};
    use crate::domain::document::DocumentKind;
    use crate::domain::message::Message;
    use crate::domain::payable::test_world::document;
    use crate::io::store::Look;
    use crate::steps::bill_stories::world::Story;

    const PASSED: &str = "Authentication-Results: mx.fin.test; dmarc=pass header.from=fin.test\r\nReceived: from a by mx.fin.test; Sat, 21 Nov 2026 10:00:00 +0000\r\n";

    #[tokio::test]
    async fn a_credit_note_whose_setting_off_is_planned_is_not_called_for_at_every_look() {
        let story = Story::begin().await;
        let credit = document(DocumentKind::CreditNote, |_| {});
        let id = story.arrives(credit).await;
        story
            .answer("anna", "anna@fin.test", PASSED, "Approve")
            .await
            .unwrap();
        story.scheduled(id).await;
        assert_eq!(story.bill(id).await.state, BillState::Scheduled);
        let called = called_for(&story.office).await.unwrap();
        assert!(called.iter().all(|job| job.step != Step::SchedulePayment));
    }

    #[tokio::test]
    async fn nobody_is_reminded_while_a_file_of_a_customers_mail_waits_to_be_read_or_money_to_be_applied()
     {
        let story = Story::begin().await;
        let (store, now) = (&story.office.store, story.office.clock.now());
        let looked = Look {
            mailbox: "ar".into(),
            looked_at: now,
            problem: None,
            reconciled_at: None,
        };
        store.note_look(looked).await.unwrap();
        let is_in = || send_reminders::mail_is_in(&story.office);
        assert!(is_in().await.unwrap());
        // The last of many files of a mail that is read itself.
        let mut advice = document(DocumentKind::Remittance, |_| {});
        advice.state = DocumentState::Unread;
        advice.version = 0;
        let told = |what| AuditEvent::new(now, Actor::program("story"), what, advice.id, "story");
        let message = Message {
            id: advice.message,
            content: advice.content,
            size_bytes: 1,
            header_message_id: None,
            from: None,
            subject: "Avis".into(),
            received_at: now,
            mailbox: "ar".into(),
            state: MessageState::Read,
            route: None,
            notes: Vec::new(),
            version: 0,
        };
        let came = AuditEvent::new(now, Actor::program("story"), "came", message.id, "story")
            .state(None, message.state.as_str());
        let unread = told("came").state(None, advice.state.as_str());
        let came = Change::new(came)
            .event(unread)
            .put(Record::Message(message));
        let came = came.put(Record::Document(advice.clone()));
        store.commit(came).await.unwrap();
        for step in [Step::ReadDocument, Step::RecordRemittance] {
            let claim = story.claim(step, advice.id.into()).await;
            assert!(!is_in().await.unwrap(), "{step} waits");
            let done = Change::new(told("done")).finishing(claim);
            store.commit(done).await.unwrap();
            assert!(is_in().await.unwrap());
        }
        let remittance = RemittanceId::derive(&["advice"]);
        let claim = story.claim(Step::ApplyCash, remittance.into()).await;
        assert!(!is_in().await.unwrap(), "its money waits");
        // Without its money it is looked at again another day; that keeps nobody waiting.
        let later = NewJob {
            step: Step::ApplyCash,
            subject: remittance.into(),
            due_at: now
                .checked_add(jiff::SignedDuration::from_hours(72))
                .unwrap(),
        };
        let again = Change::new(told("again")).finishing(claim).job(later);
        store.commit(again).await.unwrap();
        assert!(is_in().await.unwrap());
    }
}
