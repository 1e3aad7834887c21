//! The life of a message, read from top to bottom. Each step loads, decides by a pure function, commits.

pub mod office;
pub mod mailbox_error;
pub mod mail_source;
pub mod mail_out;
pub mod mail_facts;
pub mod mail_parts;
pub mod part_change;
pub mod several_documents;
pub mod open_mail;
mod own_papers;
pub mod unpack_mail;
pub mod answer_words;
mod in_time;
pub mod patiently;
pub mod file_passwords;
pub mod tools;
mod scan;
mod recognise_letterhead;
pub mod read_content;
pub mod carried;
pub mod import;
mod take_patiently;
mod begin_mailbox;
pub mod fetch_mail;
pub mod take_file;
mod mail_questions;
mod tell_sender;
mod note_absence;
pub mod read_message;
pub mod read_document;
pub mod document_change;
pub mod learn;
pub mod ask_model;
pub mod bill_change;
pub mod remember_coding;
pub mod order_file;
mod waiting;
pub mod bill_vote;
pub mod propose_account;
pub mod supplier_account;
pub mod follow_account;
pub mod review_bill;
pub mod record_approval;
pub mod expire_approval;
mod told_of_delegation;
pub mod ask_delegate;
pub mod remind_approver;
pub mod schedule_payment;
mod payment_file;
pub mod plan_payments;
pub mod release_payments;
pub mod export_payments;
pub mod record_payment_status;
mod refused_transfer;
pub mod record_remittance;
mod money_again;
pub mod cash_books;
mod book_cash;
mod returned_cash;
pub mod apply_cash;
pub mod reconcile_bank;
pub mod attach_support;
pub mod bank_data;
pub mod send_reminders;
mod reminder_again;
pub mod hold_reminders;
pub mod record_customer_reply;
pub mod record_delivery;
pub mod asked_of_mail;
pub mod send_outbound;
pub mod file_mail;
pub mod reconcile_mailbox;
pub mod tell_of_restore;
pub mod decide_bill;
pub mod dispute_invoice;
pub mod decide_remittance;
pub mod cash_error;
pub mod deduct;
pub mod decide_cash;
pub mod requeue_message;
pub mod requeue_document;
pub mod requeue_outbound;
pub mod decide_document;
pub mod resolve_exception;
pub mod watch_tokens;
pub mod tell_owners;
pub mod ageing;
pub mod journal;
pub mod roll_forward;
pub mod measures;
pub mod evidence;

#[cfg(test)]
pub(crate) mod bill_stories;

pub use office::{Office, StepError};

use std::time::Duration;

use crate::basics::ids::{
    ApprovalRequestId, BankEntryId, BillId, CustomerId, DocumentId, MessageId, OutboundId,
    SupplierAccountId,
};
use crate::domain::job::Step;
use crate::io::disposition::Disposition;
use crate::io::store::Claimed;

/// How a step is repeated when the world fails, and for how long a worker may hold it.
pub struct Patience {
    /// Tries before the job is parked and a person is asked, when the world fails and may mend.
    pub attempts: u32,
    /// The same when the step panics.
    pub panics: u32,
    /// Wait after the first failure; doubled with each further one.
    pub first_wait: Duration,
    /// The longest wait between two tries.
    pub longest_wait: Duration,
}

impl Patience {
    /// How many tries a step has that ends so; 1 where trying again cannot help.
    pub fn tries(&self, failure: &StepError) -> u32 {
        match (failure, failure.disposition()) {
            (StepError::Panicked(_), _) => self.panics,
            (_, Disposition::Retry) => self.attempts,
            (_, Disposition::GiveUp | Disposition::AskPerson) => 1,
        }
    }

    /// How long to wait after a failed try, counted from 1: 1, 2, 4, … times the first wait, up to the longest.
    pub fn wait(&self, attempt: u32) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1).min(20));
        self.first_wait
            .saturating_mul(doubled)
            .min(self.longest_wait)
    }
}

/// A worker that holds a job longer than this is dead. Sending takes longest: eight answers of the mail server and the
/// five times longer one to the content, at most 120 s each, are 26 minutes.
pub const LEASE: Duration = Duration::from_secs(30 * MINUTE);

/// Steps whose lease is renewed while they run: recognising the pages of scans waits for a processor that many mails share,
/// and for how long nobody knows before. Sending is none of them: its lease is its deadline.
pub fn is_renewed(step: Step) -> bool {
    matches!(step, Step::ReadMessage | Step::ReadDocument)
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// The one table of retries. A panic is a bug and parks the job; only reading, where a stranger's file or a machine out of
/// threads may have caused it, is tried three times: what fails so three times will do so again. A full disk or a process
/// that cannot be started is neither the mail's fault nor for ever, so reading is patient with the world for more than an
/// hour. Sending goes on for two days: mail servers try four to five (RFC 5321 section 4.5.4.1), but somebody who waits for an
/// approval should know sooner.
pub fn patience(step: Step) -> Patience {
    let (attempts, panics, first_wait, longest_wait) = match step {
        Step::ReadMessage | Step::ReadDocument => (10, 3, 10, HOUR),
        Step::SendOutbound => (30, 1, 30, 2 * HOUR),
        // Waiting for one's turn; the step itself gives up before.
        Step::AskModel => (60, 1, 2, 30),
        // A name server that does not answer is usually back within the hour; the approver waits for ours meanwhile.
        Step::RecordApproval => (10, 1, 10, HOUR),
        Step::ReviewBill
        | Step::FollowAccount
        | Step::SchedulePayment
        | Step::RecordRemittance
        | Step::ApplyCash
        | Step::ReconcileBank
        | Step::AttachSupport
        | Step::RecordCustomerReply
        | Step::RecordDelivery
        | Step::SendReminders
        | Step::AskDelegate
        | Step::RemindApprover
        | Step::ExpireApproval => (10, 1, 2, HOUR),
    };
    Patience {
        attempts,
        panics,
        first_wait: Duration::from_secs(first_wait),
        longest_wait: Duration::from_secs(longest_wait),
    }
}

/// Does one claimed job.
///
/// # Errors
/// Whatever the step met; its disposition says whether trying again can help.
pub async fn perform(office: &Office, claimed: &Claimed) -> Result<(), StepError> {
    let Claimed {
        claim,
        step,
        subject,
    } = claimed;
    let wrong = || StepError::Subject {
        step: *step,
        subject: subject.clone(),
    };
    let text = subject.id.as_str();
    let message = || MessageId::parse(text).ok_or_else(wrong);
    let document = || DocumentId::parse(text).ok_or_else(wrong);
    let bill = || BillId::parse(text).ok_or_else(wrong);
    match step {
        Step::ReadMessage => read_message::read_message(office, claim, message()?).await,
        Step::ReadDocument => read_document::read_document(office, claim, document()?).await,
        Step::AskModel => ask_model::ask_model(office, claim, document()?).await,
        Step::ReviewBill => review_bill::review_bill(office, claim, bill()?).await,
        Step::RecordApproval => record_approval::record_approval(office, claim, message()?).await,
        Step::AskDelegate => {
            let request = ApprovalRequestId::parse(text).ok_or_else(wrong)?;
            ask_delegate::ask_delegate(office, claim, request).await
        }
        Step::RemindApprover => {
            let request = ApprovalRequestId::parse(text).ok_or_else(wrong)?;
            remind_approver::remind_approver(office, claim, request).await
        }
        Step::ExpireApproval => {
            let request = ApprovalRequestId::parse(text).ok_or_else(wrong)?;
            expire_approval::expire_approval(office, claim, request).await
        }
        Step::FollowAccount => {
            let account = SupplierAccountId::parse(text).ok_or_else(wrong)?;
            follow_account::follow_account(office, claim, account).await
        }
        Step::SchedulePayment => schedule_payment::schedule_payment(office, claim, bill()?).await,
        Step::RecordRemittance => {
            record_remittance::record_remittance(office, claim, document()?).await
        }
        Step::ApplyCash => apply_cash::apply_cash(office, claim, subject).await,
        Step::ReconcileBank => {
            let entry = BankEntryId::parse(text).ok_or_else(wrong)?;
            reconcile_bank::reconcile_bank(office, claim, entry).await
        }
        Step::AttachSupport => attach_support::attach_support(office, claim, document()?).await,
        Step::RecordCustomerReply => {
            record_customer_reply::record_customer_reply(office, claim, message()?).await
        }
        Step::RecordDelivery => record_delivery::record_delivery(office, claim, message()?).await,
        Step::SendReminders => {
            let customer = CustomerId::parse(text).ok_or_else(wrong)?;
            send_reminders::send_reminders(office, claim, customer).await
        }
        Step::SendOutbound => {
            let outbound = OutboundId::parse(text).ok_or_else(wrong)?;
            send_outbound::send_outbound(office, claim, outbound).await
        }
    }
}

/// What a step has in place of a parked job when it is given up for good; `false` where the job waits for a person.
///
/// # Errors
/// What the store met: the job is parked then.
pub async fn give_up(
    office: &Office,
    claimed: &Claimed,
    failure: &StepError,
) -> Result<bool, StepError> {
    match (claimed.step, MessageId::parse(&claimed.subject.id)) {
        (Step::ReadMessage, Some(id)) if failure.is_poison() => {
            read_message::give_up_reading(office, &claimed.claim, id, failure).await?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::store::StoreError;

    #[test]
    fn reading_waits_out_a_world_that_fails_and_gives_a_panic_three_tries() {
        let world = || {
            StepError::Store(StoreError::Conflict {
                what: "a disk".into(),
            })
        };
        let panic = StepError::Panicked("a file".into());
        assert_eq!(world().disposition(), Disposition::Retry);
        for step in [Step::ReadMessage, Step::ReadDocument] {
            let patience = patience(step);
            assert_eq!(patience.tries(&world()), 10);
            assert_eq!(patience.tries(&panic), 3);
            let waits = (1..10).map(|attempt| patience.wait(attempt));
            assert!(waits.sum::<Duration>() > Duration::from_secs(HOUR));
        }
        let review = patience(Step::ReviewBill);
        assert_eq!((review.tries(&world()), review.tries(&panic)), (10, 1));
        let bug = StepError::Compose("a template".into());
        assert_eq!(patience(Step::ReadMessage).tries(&bug), 1);
    }
}
