//! What a judged answer changes, and the one mail that answers it.

use super::answer::Answer;
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::token::ReplyToken;
use crate::domain::approval::asking::{question_in_words, unclear_in_words};
use crate::domain::approval::judge::{Refusal, RefusalCode};
use crate::domain::approval::{
    ApprovalEvent, ApprovalRequest, ApprovalState, AsksFor, Verdict, Vote,
};
use crate::domain::audit::{Actor, AuditEvent, Subject};
use crate::domain::change::Change;
use crate::domain::exception::{Exception, ExceptionCode};
use crate::domain::job::{NewJob, Step};
use crate::domain::message::Message;
use crate::domain::outbound::approval_mail::{
    Answered, ApprovalDesk, answer_mail, clarification_facts, name_of, receipt_facts, refusal_facts,
};
use crate::domain::outbound::facts::ReceiptFollows;
use crate::domain::outbound::{ComposeError, Letter, Purpose, compose};
use crate::steps::ask_delegate::ask_another;
use crate::steps::bill_change::{BillFile, move_request};
use crate::steps::bill_vote::{Before, Voted, cast};
use crate::steps::{Office, StepError};

/// The answer at hand.
pub struct Case<'a> {
    /// The office.
    pub office: &'a Office,
    /// The mail.
    pub message: &'a Message,
    /// What it says.
    pub answer: &'a Answer,
    /// Who answers.
    pub desk: ApprovalDesk,
    /// Who acts.
    pub actor: Actor,
    /// Now.
    pub now: Timestamp,
}

/// A vote: the request is answered, perhaps the bill decided, and the approver told.
pub fn accepted(
    case: &Case<'_>,
    file: &BillFile,
    token: &ReplyToken,
    before: Before<'_>,
    vote: Vote,
) -> Result<Change, StepError> {
    let rules = &case.office.rules;
    let actor = Actor::Person(vote.approver.to_string());
    let Voted {
        change,
        waits_for,
        verdict,
    } = cast(case.office, file, before, &vote, (case.now, &actor))?;
    let follows = match (waits_for, verdict) {
        (Some(people), _) => ReceiptFollows::WaitsFor(
            people
                .iter()
                .map(|p| name_of(&rules.approvals, p))
                .collect(),
        ),
        (None, Verdict::Approve) => ReceiptFollows::Approved,
        (None, Verdict::Reject) => ReceiptFollows::Rejected,
    };
    let facts = receipt_facts(
        &case.desk,
        &rules.approvals,
        &vote,
        file.shown()?,
        follows,
        token,
    );
    let letter = compose::approval_receipt(&rules.templates, &facts);
    let about = (Purpose::ApprovalReceipt, file.bill.id.into());
    case.answered(change, about, &vote.approver, None, letter)
}

/// Nothing is decided: the approver is asked for one clear word or a reason, a question goes to a person.
pub fn asked_back(
    case: &Case<'_>,
    file: &BillFile,
    request: &ApprovalRequest,
    token: &ReplyToken,
    what: AsksFor,
) -> Result<Change, StepError> {
    let rules = &case.office.rules;
    let reply = &case.answer.reply;
    let told = AuditEvent::new(
        case.now,
        case.actor.clone(),
        "approval answer undecided",
        case.message.id,
        reply.why,
    )
    .fact("request", request.id)
    .fact("bill", request.bill)
    .fact("first line", &reply.first_line);
    let mut change = Change::new(told);
    let line = &reply.first_line;
    let asks = match what {
        AsksFor::Reason => None,
        AsksFor::OneWord => Some((
            unclear_in_words(&request.approver, line),
            "the approver was asked for one word; speak to the approver where the answer says more",
        )),
        AsksFor::AnswerToQuestion => Some((
            question_in_words(&request.approver, line),
            "answer the approver; the request stays open",
        )),
    };
    if let Some(words) = asks {
        change = change.raise(Exception::raise(
            ExceptionCode::ApproverAsks,
            request.bill.into(),
            &case.message.id.to_string(),
            &rules.owners.payables,
            case.now,
            words,
        ));
    }
    let facts = clarification_facts(
        &case.desk,
        &rules.approvals,
        request,
        &file.shown()?,
        (reply, what),
        token,
    );
    let letter = compose::clarification(&rules.templates, &facts);
    let about = (Purpose::Clarification, request.id.into());
    case.answered(change, about, &request.approver, Some(token), letter)
}

/// It does not count. The sender is told once, unless a program wrote it; a person where somebody may have pretended.
pub fn refused(
    case: &Case<'_>,
    (request, file): (Option<&ApprovalRequest>, Option<&BillFile>),
    refusal: &Refusal,
) -> Result<Change, StepError> {
    let rules = &case.office.rules;
    let told = AuditEvent::new(
        case.now,
        case.actor.clone(),
        "approval answer refused",
        case.message.id,
        &refusal.why,
    )
    .fact("code", refusal.code)
    .fact(
        "request",
        request.map(|r| r.id.to_string()).unwrap_or_default(),
    )
    .fact(
        "bill",
        request.map(|r| r.bill.to_string()).unwrap_or_default(),
    );
    let mut change = Change::new(told);
    if let Some(request) = request {
        change = stale(case, change, request, refusal.code);
        if let (Some(file), RefusalCode::DelegationOver) = (file, refusal.code) {
            change = ask_another(change, file, request, case.now);
        }
    }
    tracing::info!(message.id = %case.message.id.short(), code = %refusal.code, "approval answer refused");
    if refusal.is_alarming {
        let about = request.map_or_else(|| Subject::from(case.message.id), |r| r.bill.into());
        change = change.raise(Exception::raise(
            ExceptionCode::ReplyRefused,
            about,
            &case.message.id.to_string(),
            &rules.owners.payables,
            case.now,
            (
                &*refusal.why,
                "ask the approver by phone whether that mail was theirs",
            ),
        ));
    }
    let sender = match case.answer.mail.from.as_slice() {
        [only] if case.answer.mail.from_count == 1 => Some(only),
        _ => None,
    };
    let Some(to) = sender.filter(|_| refusal.is_answered) else {
        return Ok(change);
    };
    let facts = refusal_facts(&case.desk, refusal, to, &case.message.subject);
    let letter = compose::reply_refused(&rules.templates, &facts);
    let about = (Purpose::ReplyRefused, case.message.id.into());
    case.answered(change, about, to, None, letter)
}

/// An open request that ran out of time or is about an earlier version ends here; the review asks anew.
fn stale(case: &Case<'_>, change: Change, request: &ApprovalRequest, code: RefusalCode) -> Change {
    let event = match code {
        RefusalCode::Expired => ApprovalEvent::Expire,
        RefusalCode::Superseded | RefusalCode::DelegationOver => ApprovalEvent::Withdraw,
        RefusalCode::UnknownRequest
        | RefusalCode::Automatic
        | RefusalCode::Replayed
        | RefusalCode::Closed
        | RefusalCode::OtherSender
        | RefusalCode::Forwarded
        | RefusalCode::Unproven
        | RefusalCode::NoAuthority => return change,
    };
    if request.state != ApprovalState::Open {
        return change;
    }
    move_request(
        change,
        request,
        event,
        (case.now, case.actor.clone()),
        "found when it was answered",
    )
    .job(NewJob::now(Step::ReviewBill, request.bill, case.now))
}

impl Case<'_> {
    fn answered(
        &self,
        change: Change,
        (purpose, about): (Purpose, Subject),
        to: &MailAddress,
        token: Option<&ReplyToken>,
        letter: Result<Letter, ComposeError>,
    ) -> Result<Change, StepError> {
        let letter = letter.map_err(|error| StepError::Compose(format!("{error:#}")))?;
        let answered = Answered {
            message: self.message.id,
            header_message_id: self.answer.mail.message_id.as_ref(),
            to,
            about,
        };
        let mail = answer_mail(&self.desk, &answered, purpose, token, letter, self.now);
        let mail =
            mail.ok_or_else(|| StepError::Compose("our domain fits no Message-ID".into()))?;
        let written = AuditEvent::new(
            self.now,
            self.actor.clone(),
            "mail written",
            mail.id,
            format!("answers a mail: {purpose}"),
        )
        .state(None, mail.state.as_str());
        Ok(change.event(written).mail(mail))
    }
}
