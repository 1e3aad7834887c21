//! A vote and what it decides: shared by the answer to a mail and the decision on the command line.

use super::bill_change::{BillFile, bill_event, move_request, resolve_open, withdraw_open};
use super::told_of_delegation::answered_first;
use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::domain::approval::asking::is_settled_by;
use crate::domain::approval::{
    ApprovalEvent, ApprovalRequest, ApprovalState, Tally, Verdict, Vote,
};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::{NewJob, Step};
use crate::domain::payable::review::count_votes;
use crate::domain::payable::{Bill, BillEvent, state};

/// What a vote changes.
pub struct Voted {
    /// The request, the vote, the bill and what follows.
    pub change: Change,
    /// Who has not answered yet, while more is needed.
    pub waits_for: Option<Vec<MailAddress>>,
    /// What the vote said.
    pub verdict: Verdict,
}

/// What was there before the vote.
pub struct Before<'a> {
    /// The votes on the bill.
    pub votes: &'a [Vote],
    /// The work items about it.
    pub about: Vec<Exception>,
}

/// Writes the vote, and the bill with it: two votes at the same time cannot both think that the other is missing.
///
/// # Errors
/// A template that cannot be filled.
pub fn cast(
    office: &Office,
    file: &BillFile,
    before_it: Before<'_>,
    vote: &Vote,
    (now, actor): (Timestamp, &Actor),
) -> Result<Voted, StepError> {
    let (change, mut requests) = voted(file, vote, (now, actor));
    let mut change = answered_first(office, file, change, &mut requests, vote, (now, actor))?;
    let all = [before_it.votes, std::slice::from_ref(vote)].concat();
    let policy = &office.rules.approvals;
    let counted = count_votes(file.owed(), policy, &requests, &all);
    let (next, action) = match &counted {
        Tally::Waiting(_) => (None, "vote recorded"),
        Tally::Approved => (Some(BillEvent::Approve), "bill approved"),
        Tally::Rejected => (Some(BillEvent::Reject), "bill rejected"),
    };
    let before = file.bill.state;
    let after = next
        .and_then(|event| state::next(before, event).ok())
        .unwrap_or(before);
    let bill = Bill {
        state: after,
        ..file.bill.clone()
    };
    let reason = if vote.reason.is_empty() {
        "the approvers agreed"
    } else {
        &vote.reason
    };
    change = change
        .event(bill_event(
            &bill,
            before,
            (now, actor.clone()),
            action,
            reason,
        ))
        .put(Record::Bill(bill));
    let decided = next.is_some();
    let change = answered(change, before_it.about, vote, decided, (now, actor));
    let (change, waits_for) = follow(office, change, &requests, vote, counted, (now, actor));
    tracing::info!(bill.id = %vote.bill.short(), verdict = %vote.verdict, state = %after, "vote given");
    Ok(Voted {
        change,
        waits_for,
        verdict: vote.verdict,
    })
}

/// The vote and its request, and all requests as they are then.
fn voted(
    file: &BillFile,
    vote: &Vote,
    (now, actor): (Timestamp, &Actor),
) -> (Change, Vec<ApprovalRequest>) {
    let (event, state) = match vote.verdict {
        Verdict::Approve => (ApprovalEvent::Approve, ApprovalState::Approved),
        Verdict::Reject => (ApprovalEvent::Decline, ApprovalState::Declined),
    };
    let told = AuditEvent::new(now, actor.clone(), "vote given", vote.request, &vote.reason)
        .fact("verdict", vote.verdict)
        .fact("bill", vote.bill)
        .fact("bill version", file.bill.content_version())
        .fact("proof", &vote.proof);
    let told = match &vote.stands_in_for {
        Some(approver) => told.fact("stands in for", approver),
        None => told,
    };
    let mut change = Change::new(told).put(Record::Vote(vote.clone()));
    let mut requests = file.requests.clone();
    let own = |request: &&mut ApprovalRequest| request.id == vote.request;
    for request in requests.iter_mut().filter(own) {
        change = move_request(change, request, event, (now, actor.clone()), &vote.reason);
        request.state = state;
    }
    (change, requests)
}

/// What follows from the count; while more is needed, whose answers.
fn follow(
    office: &Office,
    change: Change,
    requests: &[ApprovalRequest],
    vote: &Vote,
    counted: Tally,
    (now, actor): (Timestamp, &Actor),
) -> (Change, Option<Vec<MailAddress>>) {
    match counted {
        // Nobody is left to wait for, yet it is not enough: the policy changed, and the review asks whom it names now.
        Tally::Waiting(people) if people.is_empty() => {
            let review = NewJob::now(Step::ReviewBill, vote.bill, now);
            (change.job(review), Some(people))
        }
        Tally::Waiting(people) => (change, Some(people)),
        Tally::Approved => {
            let schedule = NewJob::now(Step::SchedulePayment, vote.bill, now);
            let why = "enough others approved";
            let change = withdraw_open(change, requests, (now, actor), why);
            (change.job(schedule), None)
        }
        Tally::Rejected => {
            let why = "another approver rejected the bill";
            let change = withdraw_open(change, requests, (now, actor), why);
            (change.raise(told_supplier(office, vote, now)), None)
        }
    }
}

/// The person, and in whose place.
fn in_words(vote: &Vote) -> String {
    match &vote.stands_in_for {
        Some(approver) => format!("{} (for {approver})", vote.approver),
        None => vote.approver.to_string(),
    }
}

fn told_supplier(office: &Office, vote: &Vote, now: Timestamp) -> Exception {
    Exception::raise(
        ExceptionCode::BillRejected,
        vote.bill.into(),
        &vote.request.to_string(),
        &office.rules.owners.payables,
        now,
        (
            format!("{} rejected it: {}", in_words(vote), vote.reason),
            "tell the supplier why it will not be paid; if it was a mistake, `bills recheck` takes the bill up again",
        ),
    )
}

/// The work items that the vote answers: those of the voter's own questions and lateness, and all once the bill is decided. What
/// another approver asks while more votes are needed still wants its answer.
fn answered(
    change: Change,
    about: Vec<Exception>,
    vote: &Vote,
    decided: bool,
    when_who: (Timestamp, &Actor),
) -> Change {
    let words = if vote.reason.is_empty() {
        format!("voted {}", vote.verdict)
    } else {
        format!("voted {}: {}", vote.verdict, vote.reason)
    };
    let about = about
        .into_iter()
        .filter(|item| decided || is_settled_by(item, (&vote.approver, vote.request)));
    settled(change, about.collect(), when_who, &words)
}

/// The open work items about a bill that a decision settles.
pub fn settled(
    change: Change,
    about: Vec<Exception>,
    (now, actor): (Timestamp, &Actor),
    words: &str,
) -> Change {
    let about_bill = about.into_iter().filter(|exception| {
        matches!(
            exception.code,
            ExceptionCode::BillHeld
                | ExceptionCode::NoApprover
                | ExceptionCode::ApproverAsks
                | ExceptionCode::ApprovalLate
                | ExceptionCode::ApprovalExpired
                | ExceptionCode::BillRejected
        )
    });
    resolve_open(change, about_bill.collect(), (now, actor), words)
}
