//! Jobs: the steps of the line, waiting in the store until somebody does them.

use super::audit::Subject;
use crate::basics::calendar::Timestamp;
use crate::basics::words::Refused;
use crate::words;

words! {
    /// The steps of the line, in its order. The subject's kind belongs to the step.
    pub enum Step {
        /// Takes a stored mail apart. Subject: message.
        ReadMessage = "read_message",
        /// Reads and classifies one document. Subject: document.
        ReadDocument = "read_document",
        /// Asks the language model about what the reader left unsure. Subject: document.
        AskModel = "ask_model",
        /// Checks a bill and asks for approval. Subject: bill.
        ReviewBill = "review_bill",
        /// Understands the answer to an approval request. Subject: message.
        RecordApproval = "record_approval",
        /// Follows an account of a supplier into what we know of it, and out of it. Subject: supplier account.
        FollowAccount = "follow_account",
        /// Plans when an approved bill is paid. Subject: bill.
        SchedulePayment = "schedule_payment",
        /// Takes down what a payer says a payment covers. Subject: document.
        RecordRemittance = "record_remittance",
        /// Matches remittances and bank credits to invoices. Subject: remittance or bank entry.
        ApplyCash = "apply_cash",
        /// Takes down what a bank reports of our transfers. Subject: bank entry.
        ReconcileBank = "reconcile_bank",
        /// Files a document that supports a bill or an invoice. Subject: document.
        AttachSupport = "attach_support",
        /// Takes down a customer's answer to a reminder. Subject: message.
        RecordCustomerReply = "record_customer_reply",
        /// Joins a delivery report to the mail it is about. Subject: message.
        RecordDelivery = "record_delivery",
        /// Reminds one customer of what is due. Subject: customer.
        SendReminders = "send_reminders",
        /// Hands one mail to the mail server. Subject: outbound.
        SendOutbound = "send_outbound",
        /// Asks the delegate of an approver who is away or not reached. Subject: approval request.
        AskDelegate = "ask_delegate",
        /// Reminds an approver who does not answer, then tells somebody else. Subject: approval request.
        RemindApprover = "remind_approver",
        /// Ends the wait for an approver. Subject: approval request.
        ExpireApproval = "expire_approval",
    }
}

words! {
    /// Where a job stands.
    pub enum JobState {
        /// Waiting for its time.
        Ready = "ready",
        /// Somebody is doing it, until the lease ends.
        Leased = "leased",
        /// Done, in the same commit as its effects.
        Done = "done",
        /// Given up; an exception asks a person.
        Parked = "parked",
    }
}

words! {
    /// What happens to a job.
    pub enum JobEvent {
        /// A worker takes it.
        Claim = "claimed",
        /// Its effects are committed.
        Finish = "finished",
        /// It failed and may be tried again.
        Retry = "retried",
        /// The lease ran out: the worker died.
        LeaseEnds = "released",
        /// It failed for good.
        Park = "parked",
        /// A person wants it tried again.
        Requeue = "requeued",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: JobState, event: JobEvent) -> Result<JobState, Refused> {
    use JobEvent::{Claim, Finish, LeaseEnds, Park, Requeue, Retry};
    let refused = Err(Refused {
        machine: "job",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        JobState::Ready => match event {
            Claim => Ok(JobState::Leased),
            Finish | Retry | LeaseEnds | Park | Requeue => refused,
        },
        JobState::Leased => match event {
            Finish => Ok(JobState::Done),
            Retry | LeaseEnds => Ok(JobState::Ready),
            Park => Ok(JobState::Parked),
            Claim | Requeue => refused,
        },
        JobState::Parked => match event {
            Requeue => Ok(JobState::Ready),
            Claim | Finish | Retry | LeaseEnds | Park => refused,
        },
        JobState::Done => match event {
            Claim | Finish | Retry | LeaseEnds | Park | Requeue => refused,
        },
    }
}

/// A job to enqueue; unique by step and subject while it waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewJob {
    /// What to do.
    pub step: Step,
    /// To what.
    pub subject: Subject,
    /// Not before.
    pub due_at: Timestamp,
}

impl NewJob {
    /// A job for as soon as possible.
    pub fn now(step: Step, subject: impl Into<Subject>, now: Timestamp) -> Self {
        Self {
            step,
            subject: subject.into(),
            due_at: now,
        }
    }
}

/// The occasion of a parked job's work item. With its time: a job that is requeued and parked again asks again.
pub fn parked_occurrence(step: Step, job: crate::basics::ids::JobId, at: Timestamp) -> String {
    format!("{step} {job} {}", at.as_millisecond())
}

/// Proof that this worker holds the job: the store refuses a commit whose claim is stale.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JobClaim {
    /// The job's id.
    pub job: crate::basics::ids::JobId,
    /// Which attempt this is, counted from 1.
    pub attempt: u32,
    /// Who holds it.
    pub owner: String,
}
