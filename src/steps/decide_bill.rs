//! A person's decision about a bill, by command line: correct fields, code lines, clear findings, void it, approve or reject it.

use super::bill_change::{BillFile, accounts_by, bill_event, withdraw_answered, withdraw_open};
use super::bill_vote::{Before, cast, settled};
use super::learn::lessons;
use super::patiently::patiently;
use super::remember_coding::remember_coding;
use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::BillId;
use crate::basics::text::one_line;
use crate::domain::approval::judge::{Standing, may_vote};
use crate::domain::approval::{ApprovalRequest, ApprovalState, Verdict, Vote};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::job::{NewJob, Step};
use crate::domain::payable::coding_memory::{Wanted, code, subjects};
use crate::domain::payable::decide::{
    BillField, Clears, Correction, Decided, NotDecided, Then, check_again, clear, correct, reject,
    void,
};
use crate::domain::payable::payment_state::{self, PaymentEvent};
use crate::domain::payable::review::matter;
use crate::domain::payable::{Bill, BillState, Payment, PaymentState, Supplier};

/// What a person decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BillDecision {
    /// Corrects these fields, all or none; everything is checked again.
    Correct(Vec<(BillField, String)>),
    /// Says where these lines are booked, all or none.
    Code(Vec<Wanted>),
    /// Lets these findings pass.
    Clear(Vec<String>),
    /// Has it checked again as it is.
    CheckAgain,
    /// Takes it out of the books.
    Void,
    /// Answers the person's own open request.
    Approve,
    /// Says no.
    Reject,
}

/// Why a decision was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    /// It cannot be decided so.
    #[error(transparent)]
    NotDecided(#[from] NotDecided),
    /// A door failed.
    #[error(transparent)]
    Step(#[from] StepError),
}

/// Longest reason kept.
const REASON_CHARS: usize = 500;

/// Decides, in one commit; where the daemon was quicker, on the bill as it is then. `by` is an approver's address or name, or any
/// name for what anybody may do; `reason` is needed for everything but an approval.
///
/// # Errors
/// Why it cannot be decided so, or what the store met. Nothing was changed then.
pub async fn decide_bill(
    office: &Office,
    id: BillId,
    decision: &BillDecision,
    by: &str,
    reason: &str,
) -> Result<(), DecideError> {
    let reason = one_line(reason, REASON_CHARS);
    let attempt = || async {
        let change = change(office, id, decision, (by, &reason)).await?;
        let committed = office.store.commit(change).await;
        committed.map_err(StepError::from)?;
        Ok::<_, DecideError>(())
    };
    let is_conflict = |error: &DecideError| match error {
        DecideError::Step(failure) => failure.is_conflict(),
        DecideError::NotDecided(_) => false,
    };
    patiently(attempt, is_conflict).await
}

/// What the decision changes, of the bill as it is now.
async fn change(
    office: &Office,
    id: BillId,
    decision: &BillDecision,
    (by, reason): (&str, &str),
) -> Result<Change, DecideError> {
    let now = office.clock.now();
    let file = BillFile::load(office, id).await?;
    let is_vote = match decision {
        BillDecision::Approve => Some(Verdict::Approve),
        // Whose request ran out of time may still say no, as anybody may.
        BillDecision::Reject => own_request(office, &file, by)
            .filter(|request| now < request.expires_at)
            .map(|_| Verdict::Reject),
        BillDecision::Correct(_)
        | BillDecision::Code(_)
        | BillDecision::Clear(_)
        | BillDecision::CheckAgain
        | BillDecision::Void => None,
    };
    let payments = office.store.payments_of_bill(id).await;
    let payments = still_ours(payments.map_err(StepError::from)?)?;
    if let Some(verdict) = is_vote {
        match vote(office, &file, by, (verdict, reason.to_owned()), now).await {
            Err(DecideError::NotDecided(why)) if why.leaves_saying_no(verdict) => {}
            voted => return voted,
        }
    }
    let votes = office.store.votes_of_bill(id).await;
    let votes = votes.map_err(StepError::from)?;
    let who = clears(office, &file, &votes, by);
    let (decided, action) = decided(&file, decision, who, reason)?;
    let after = decided.bill.clone();
    let told = (action, by, reason);
    let change = carried_out(office, &file, decided, told, payments, now).await?;
    Ok(taught(office, (&file, &after), decision, change, (now, by)).await?)
}

/// With what a correction or a coding teaches.
async fn taught(
    office: &Office,
    (file, after): (&BillFile, &Bill),
    decision: &BillDecision,
    change: Change,
    who: (Timestamp, &str),
) -> Result<Change, StepError> {
    match decision {
        BillDecision::Correct(values) => {
            let fields = values.iter().map(|(field, _)| *field).collect::<Vec<_>>();
            let lessons = lessons(office, file, after, &fields, who).await?;
            Ok(lessons.put(change))
        }
        BillDecision::Code(_) => remember_coding(office, (file, after), change, who).await,
        BillDecision::Clear(_)
        | BillDecision::CheckAgain
        | BillDecision::Void
        | BillDecision::Approve
        | BillDecision::Reject => Ok(change),
    }
}

/// A payment that has left us cannot be taken back by a decision about its bill.
fn still_ours(payments: Vec<Payment>) -> Result<Vec<Payment>, NotDecided> {
    let is_gone = |p: &&Payment| matches!(p.state, PaymentState::Released | PaymentState::Unsure);
    match payments.iter().find(is_gone) {
        Some(payment) => Err(NotDecided::NoAuthority(format!(
            "its payment is {}: wait for the bank's report",
            payment.state
        ))),
        None => Ok(payments),
    }
}

fn decided(
    file: &BillFile,
    decision: &BillDecision,
    who: Clears<'_>,
    reason: &str,
) -> Result<(Decided, &'static str), NotDecided> {
    let bill = &file.bill;
    Ok(match decision {
        BillDecision::Correct(values) => {
            needs(reason)?;
            let corrections = values.iter().map(|(field, value)| Correction {
                field: *field,
                value,
                supplier: find_supplier(&file.suppliers, value),
            });
            let corrections = corrections.collect::<Vec<_>>();
            (correct(bill, &corrections, who.by)?, "bill corrected")
        }
        BillDecision::Code(wanted) => {
            needs(reason)?;
            let lines = subjects(&file.document.reading.lines).len();
            (code(bill, lines, wanted)?, "bill coded")
        }
        BillDecision::Clear(codes) => (clear(bill, codes, who, reason)?, "findings cleared"),
        BillDecision::CheckAgain => (check_again(bill, reason)?, "bill to be checked again"),
        BillDecision::Void => (void(bill, reason)?, "bill voided"),
        BillDecision::Reject => (reject(bill, reason)?, "bill rejected"),
        BillDecision::Approve => {
            let why = "an approval is the answer to an open request";
            return Err(NotDecided::NoAuthority(why.into()));
        }
    })
}

fn needs(reason: &str) -> Result<(), NotDecided> {
    let said = reason.chars().any(char::is_alphanumeric);
    said.then_some(()).ok_or(NotDecided::NoReason)
}

fn find_supplier<'s>(suppliers: &'s [Supplier], number: &str) -> Option<&'s Supplier> {
    suppliers
        .iter()
        .find(|supplier| supplier.number == number.trim())
}

/// What the person has to do with the approval of the bill as it is.
fn clears<'b>(office: &Office, file: &BillFile, votes: &[Vote], by: &'b str) -> Clears<'b> {
    let version = file.bill.content_version();
    let has_agreed = file.requests.iter().any(|request| {
        let agreed = |vote: &Vote| vote.request == request.id && vote.verdict == Verdict::Approve;
        request.bill_version == version
            && is_person(office, &request.approver, by)
            && votes.iter().any(agreed)
    });
    Clears {
        by,
        is_asked: own_request(office, file, by).is_some(),
        has_agreed,
    }
}

/// Is it the approver with this address whom somebody means by `by`?
fn is_person(office: &Office, address: &MailAddress, by: &str) -> bool {
    match office.rules.approvals.approver(address) {
        Some(approver) => approver.is_called(by),
        None => MailAddress::parse(by).is_some_and(|by| by.same_mailbox(address)),
    }
}

/// The open request of the approver with this address or name.
fn own_request<'f>(office: &Office, file: &'f BillFile, by: &str) -> Option<&'f ApprovalRequest> {
    let is_by = |address: &MailAddress| is_person(office, address, by);
    let mut open = file
        .requests
        .iter()
        .filter(|r| r.state == ApprovalState::Open);
    open.find(|request| is_by(&request.approver))
}

async fn vote(
    office: &Office,
    file: &BillFile,
    by: &str,
    (verdict, reason): (Verdict, String),
    now: Timestamp,
) -> Result<Change, DecideError> {
    let request = own_request(office, file, by).ok_or_else(|| {
        NotDecided::NoAuthority(format!(
            "no open approval request of this bill went to {by}"
        ))
    })?;
    if verdict == Verdict::Reject {
        needs(&reason)?;
    }
    let votes = office
        .store
        .votes_of_bill(file.bill.id)
        .await
        .map_err(StepError::from)?;
    let matter = matter(&file.bill, file.supplier());
    let accounts = accounts_by(office, file, request).await;
    let accounts = accounts.map_err(StepError::from)?;
    let standing = Standing {
        bill_version: file.bill.content_version(),
        matter: matter.as_ref(),
        policy: &office.rules.approvals,
        votes: &votes,
        accounts_by: &accounts,
        today: office.today(),
        now,
    };
    may_vote(request, &standing).map_err(|refusal| NotDecided::NoAuthority(refusal.why))?;
    let vote = Vote {
        request: request.id,
        bill: file.bill.id,
        message: None,
        approver: request.approver.clone(),
        stands_in_for: request.stands_in_for.clone(),
        verdict,
        reason,
        proof: "command line".into(),
        at: now,
    };
    let actor = Actor::Person(vote.approver.to_string());
    let about = office
        .store
        .exceptions_about(&file.bill.id.into())
        .await
        .map_err(StepError::from)?;
    let before = Before {
        votes: &votes,
        about,
    };
    Ok(cast(office, file, before, &vote, (now, &actor))?.change)
}

async fn carried_out(
    office: &Office,
    file: &BillFile,
    decided: Decided,
    (action, by, reason): (&str, &str, &str),
    payments: Vec<Payment>,
    now: Timestamp,
) -> Result<Change, DecideError> {
    let actor = Actor::Person(by.to_owned());
    let mut told = bill_event(
        &decided.bill,
        decided.from,
        (now, actor.clone()),
        action,
        reason,
    );
    for (name, value) in &decided.facts {
        told = told.fact(name, value);
    }
    let mut change = Change::new(told);
    if decided.withdraws_requests {
        change = withdraw_open(change, &file.requests, (now, &actor), action);
        change = cancel_planned(change, payments, (now, &actor), action);
    }
    if decided.takes_up_again() {
        change = withdraw_answered(change, &file.requests, (now, &actor), action);
    }
    let id = decided.bill.id;
    change = match decided.then {
        Then::Review => change.job(NewJob::now(Step::ReviewBill, id, now)),
        Then::Schedule => change.job(NewJob::now(Step::SchedulePayment, id, now)),
        Then::Nothing => change,
    };
    // A bill that is held as before still waits for what held it.
    if decided.bill.state != BillState::Held {
        let about = office.store.exceptions_about(&id.into()).await;
        let about = about.map_err(StepError::from)?;
        change = settled(change, about, (now, &actor), &format!("{action}: {reason}"));
    }
    Ok(change.put(Record::Bill(decided.bill)))
}

/// A payment planned for a bill as it was is taken back with it.
fn cancel_planned(
    change: Change,
    payments: Vec<Payment>,
    (now, actor): (Timestamp, &Actor),
    reason: &str,
) -> Change {
    let planned = payments
        .into_iter()
        .filter(|payment| payment.state == PaymentState::Planned);
    planned.fold(change, |change, payment| {
        let Ok(state) = payment_state::next(payment.state, PaymentEvent::Cancel) else {
            return change;
        };
        let told = AuditEvent::new(now, actor.clone(), "payment cancelled", payment.id, reason)
            .state(Some(payment.state.as_str()), state.as_str());
        change
            .event(told)
            .put(Record::Payment(Payment { state, ..payment }))
    })
}
