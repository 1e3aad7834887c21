//! Does this answer count? A token finds the request; it takes the approver's exact and proven address, a clear word,
//! authority, and the version of the bill that was shown.

use super::delegation::{NoStandIn, Scene};
use super::policy::{ApprovalPolicy, Matter};
use super::reply::{AsksFor, Reply, Verb};
use super::{ApprovalRequest, ApprovalState, Verdict, Vote};
use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::ids::{ContentHash, MessageId};
use crate::basics::text::squash;
use crate::words;

words! {
    /// Why an answer does not count. Stable: the audit trail and letters name it.
    pub enum RefusalCode {
        /// No request has this token.
        UnknownRequest = "reply.unknown_request",
        /// It was written by a program (RFC 3834).
        Automatic = "reply.automatic",
        /// The same mail was judged before.
        Replayed = "reply.replayed",
        /// The request is answered or withdrawn.
        Closed = "reply.closed",
        /// The request ran out of time.
        Expired = "reply.expired",
        /// It is not from the approver's address, or From names several.
        OtherSender = "reply.other_sender",
        /// It carries another mail instead of an answer.
        Forwarded = "reply.forwarded",
        /// Nothing proves that the sender is who From says.
        Unproven = "reply.unproven",
        /// The approver has no authority, or none any more.
        NoAuthority = "reply.no_authority",
        /// The delegate does not stand in for the approver any more, or not for so much.
        DelegationOver = "reply.delegation_over",
        /// The bill changed after the request was sent.
        Superseded = "reply.superseded",
    }
}

/// Everything an answer is judged by.
#[derive(Clone, Debug)]
pub struct AnswerFacts<'a> {
    /// The mail that answers.
    pub message: MessageId,
    /// The request its token finds.
    pub request: Option<&'a ApprovalRequest>,
    /// The bill's version now: `Bill::content_version`.
    pub bill_version: ContentHash,
    /// The bill as the policy sees it now.
    pub matter: Option<&'a Matter<'a>>,
    /// The policy now.
    pub policy: &'a ApprovalPolicy,
    /// The addresses From names.
    pub from: &'a [MailAddress],
    /// How many mailboxes From names, addresses or not.
    pub from_count: usize,
    /// Why it is taken for a program's mail; none when a person seems to have written it.
    pub automatic: Option<&'a str>,
    /// It carries another mail as an attachment.
    pub carries_mail: bool,
    /// How the sender was proved, or why it could not be.
    pub proof: Result<&'a str, &'a str>,
    /// What it says.
    pub reply: &'a Reply,
    /// A mail with the same Message-ID was judged before.
    pub repeated: bool,
    /// The votes on this bill.
    pub votes: &'a [Vote],
    /// Who brought the supplier an account.
    pub accounts_by: &'a [String],
    /// Today.
    pub today: Date,
    /// Now.
    pub now: Timestamp,
}

/// What follows from an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Judgement {
    /// It counts.
    Accept(Vote),
    /// The request stays open; the approver is asked for something, a question goes to a person.
    Ask(AsksFor),
    /// It does not count.
    Refuse(Refusal),
}

/// Why an answer does not count and what follows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Stable code.
    pub code: RefusalCode,
    /// For the audit trail and the office: with what was seen.
    pub why: String,
    /// For the sender: names neither amounts nor people.
    pub told: &'static str,
    /// What the sender can do now.
    pub next: &'static str,
    /// Is the sender told? Never a program, and never somebody who may not have written.
    pub is_answered: bool,
    /// Does a person of the office have to look? Where somebody may have pretended to be an approver.
    pub is_alarming: bool,
}

/// Judges an answer, and whether its sender is told. Whoever writes a token's length of letters behind our address and a
/// stranger's in From would have us write to that stranger: a sender who proves nothing is answered only where he names an
/// approver, who then learns that somebody wrote in that name.
pub fn judge(facts: &AnswerFacts<'_>) -> Judgement {
    match verdict(facts) {
        Judgement::Refuse(refusal) => Judgement::Refuse(Refusal {
            is_answered: refusal.is_answered && may_be_told(facts),
            ..refusal
        }),
        other @ (Judgement::Accept(_) | Judgement::Ask(_)) => other,
    }
}

fn may_be_told(facts: &AnswerFacts<'_>) -> bool {
    let is_approver = |from: &MailAddress| facts.policy.approver(from).is_some();
    facts.proof.is_ok() || facts.from.iter().any(is_approver)
}

/// The order matters: what comes first hides what comes later, so that a stranger learns nothing.
fn verdict(facts: &AnswerFacts<'_>) -> Judgement {
    let request = match facts.request {
        _ if facts.automatic.is_some() => {
            return refuse(RefusalCode::Automatic, automatic_why(facts));
        }
        None => {
            return refuse(
                RefusalCode::UnknownRequest,
                "no request has its token".into(),
            );
        }
        Some(request) => request,
    };
    if facts.repeated
        || facts
            .votes
            .iter()
            .any(|vote| vote.message == Some(facts.message))
    {
        return refuse(
            RefusalCode::Replayed,
            "the same mail was judged before".into(),
        );
    }
    // Who it is comes before how the request stands: a stranger is not told whether it was answered.
    let refusal = sender(request, facts)
        .err()
        .or_else(|| standing(request, facts).err());
    if let Some(refusal) = refusal {
        return Judgement::Refuse(refusal);
    }
    match facts.reply.verb {
        Verb::Approve => decide(request, facts, Verdict::Approve, String::new()),
        Verb::Reject => match reason(request, facts) {
            Some(reason) => decide(request, facts, Verdict::Reject, reason),
            None => Judgement::Ask(AsksFor::Reason),
        },
        Verb::Question | Verb::Delegate => Judgement::Ask(AsksFor::AnswerToQuestion),
        Verb::Unclear => Judgement::Ask(AsksFor::OneWord),
    }
}

fn sender(request: &ApprovalRequest, facts: &AnswerFacts<'_>) -> Result<(), Refusal> {
    let single = match facts.from {
        [only] if facts.from_count == 1 => Some(only),
        _ => None,
    };
    let Some(from) = single else {
        let why = format!("From names {} mailboxes", facts.from_count);
        return Err(refusal(RefusalCode::OtherSender, why));
    };
    if !from.same_mailbox(&request.approver) {
        let why = format!(
            "it is from {from}, the request went to {}",
            request.approver
        );
        return Err(refusal(RefusalCode::OtherSender, why));
    }
    if let Err(why) = facts.proof {
        return Err(refusal(
            RefusalCode::Unproven,
            format!("nothing proves that {from} sent it: {why}"),
        ));
    }
    Ok(())
}

fn standing(request: &ApprovalRequest, facts: &AnswerFacts<'_>) -> Result<(), Refusal> {
    let code = match request.state {
        ApprovalState::Open if facts.now >= request.expires_at => RefusalCode::Expired,
        ApprovalState::Open if facts.carries_mail => RefusalCode::Forwarded,
        ApprovalState::Open => return Ok(()),
        ApprovalState::Expired => RefusalCode::Expired,
        ApprovalState::Withdrawn if request.bill_version != facts.bill_version => {
            RefusalCode::Superseded
        }
        ApprovalState::Withdrawn | ApprovalState::Approved | ApprovalState::Declined => {
            RefusalCode::Closed
        }
    };
    Err(refusal(code, format!("the request is {}", request.state)))
}

fn decide(
    request: &ApprovalRequest,
    facts: &AnswerFacts<'_>,
    verdict: Verdict,
    reason: String,
) -> Judgement {
    let vote = Vote {
        request: request.id,
        bill: request.bill,
        message: Some(facts.message),
        approver: request.approver.clone(),
        stands_in_for: request.stands_in_for.clone(),
        verdict,
        reason,
        proof: facts.proof.unwrap_or_default().to_owned(),
        at: facts.now,
    };
    let standing = Standing {
        bill_version: facts.bill_version,
        matter: facts.matter,
        policy: facts.policy,
        votes: facts.votes,
        accounts_by: facts.accounts_by,
        today: facts.today,
        now: facts.now,
    };
    match may_vote(request, &standing) {
        Ok(()) => Judgement::Accept(vote),
        Err(refusal) => Judgement::Refuse(refusal),
    }
}

/// How a request's bill stands at the moment of a decision.
#[derive(Clone, Debug)]
pub struct Standing<'a> {
    /// The bill's version now.
    pub bill_version: ContentHash,
    /// The bill as the policy sees it now.
    pub matter: Option<&'a Matter<'a>>,
    /// The policy now.
    pub policy: &'a ApprovalPolicy,
    /// The votes on this bill.
    pub votes: &'a [Vote],
    /// Who brought the supplier an account.
    pub accounts_by: &'a [String],
    /// Today.
    pub today: Date,
    /// Now.
    pub now: Timestamp,
}

/// May the approver of this request decide now: in time, with authority, about the version that was shown, for the first
/// time? Holds for an answer by mail and for a decision on the command line.
///
/// # Errors
/// Says why not.
pub fn may_vote(request: &ApprovalRequest, standing: &Standing<'_>) -> Result<(), Refusal> {
    authority(request, standing)?;
    // Until the job that ends it has run, a request whose time is over is open still.
    if standing.now >= request.expires_at {
        let why = format!("the request ran out of time at {}", request.expires_at);
        return Err(refusal(RefusalCode::Expired, why));
    }
    if request.bill_version != standing.bill_version {
        return Err(refusal(
            RefusalCode::Superseded,
            "the bill changed after the request was sent".into(),
        ));
    }
    if standing.votes.iter().any(|vote| vote.request == request.id) {
        return Err(refusal(
            RefusalCode::Replayed,
            "this request has its vote".into(),
        ));
    }
    Ok(())
}

/// An approver has the own authority; a delegate that of the approver, as far as it was handed on.
fn authority(request: &ApprovalRequest, standing: &Standing<'_>) -> Result<(), Refusal> {
    let Some(matter) = standing.matter else {
        let why = "cannot be checked against a bill without an amount";
        let why = format!("{} {why}", request.approver);
        return Err(refusal(RefusalCode::NoAuthority, why));
    };
    let Some(approver) = &request.stands_in_for else {
        let authority = standing.policy.authority(&request.approver, matter);
        return authority.map(|_| ()).map_err(|lacking| {
            let why = format!("{} {}", request.approver, lacking.as_words());
            refusal(RefusalCode::NoAuthority, why)
        });
    };
    let scene = Scene {
        matter,
        accounts_by: standing.accounts_by,
        today: standing.today,
    };
    let pair = (&request.approver, approver);
    let over = |lacking: NoStandIn| {
        let words = lacking.as_words();
        let why = format!("{} stands in for {approver}: {words}", request.approver);
        let code = match lacking.is_over() {
            true => RefusalCode::DelegationOver,
            false => RefusalCode::NoAuthority,
        };
        refusal(code, why)
    };
    standing.policy.may_stand_in(pair, scene).map_err(over)
}

/// The reason given, without the approver's own name at its end: who signs below it does not give it. None when nothing is
/// left.
fn reason(request: &ApprovalRequest, facts: &AnswerFacts<'_>) -> Option<String> {
    let reason = facts.reply.reason.clone()?;
    let name = facts
        .policy
        .approver(&request.approver)
        .map(|approver| approver.name.as_str())?;
    let is_name = reason.split_whitespace().all(|word| {
        name.split_whitespace()
            .any(|part| squash(part) == squash(word))
    });
    (!is_name).then(|| without_name(&reason, name))
}

fn without_name(reason: &str, name: &str) -> String {
    let words = reason.split_whitespace().collect::<Vec<_>>();
    let own = name.split_whitespace().map(squash).collect::<Vec<_>>();
    let cut = words.len().saturating_sub(own.len());
    let (said, signed) = words.split_at(cut);
    let signed = signed.iter().map(|word| squash(word));
    if own.len() > 1 && signed.eq(own) {
        said.join(" ")
    } else {
        reason.to_owned()
    }
}

fn automatic_why(facts: &AnswerFacts<'_>) -> String {
    format!(
        "a program wrote it: {}",
        facts.automatic.unwrap_or_default()
    )
}

fn refuse(code: RefusalCode, why: String) -> Judgement {
    Judgement::Refuse(refusal(code, why))
}

fn refusal(code: RefusalCode, why: String) -> Refusal {
    let (told, next) = wording(code);
    Refusal {
        code,
        why,
        told,
        next,
        is_answered: !matches!(code, RefusalCode::Automatic | RefusalCode::Replayed),
        is_alarming: matches!(
            code,
            RefusalCode::OtherSender | RefusalCode::Unproven | RefusalCode::NoAuthority
        ),
    }
}

/// What a sender who may be anybody is told: why, and what to do now.
fn wording(code: RefusalCode) -> (&'static str, &'static str) {
    const ASK: &str = "If you think this is wrong, please ask the accounts payable team.";
    match code {
        RefusalCode::UnknownRequest => ("we do not know the request it answers", ASK),
        RefusalCode::Automatic => ("it was written by a program", ASK),
        RefusalCode::Replayed => ("it was received before", ASK),
        RefusalCode::Closed => (
            "the request has been answered or taken back already",
            "There is nothing left for you to do.",
        ),
        RefusalCode::Expired => (
            "the request ran out of time",
            "A new request follows if the bill still needs your answer; please answer that one.",
        ),
        RefusalCode::OtherSender => (
            "only the person who was asked can answer, from the address that was asked",
            "If you were asked, please answer from that address. Otherwise you need not do anything.",
        ),
        RefusalCode::Forwarded => (
            "it carries another mail instead of an answer",
            "Please reply to the request itself, with one of its exact words in the first line.",
        ),
        RefusalCode::Unproven => (
            "we could not prove that it really came from the address it names",
            "If it was you, please answer from your usual mail program, or tell the accounts payable team. If it was not you, please tell them at once.",
        ),
        RefusalCode::DelegationOver => (
            "you do not stand in for the approver any more, or not for this bill",
            "The approver or somebody else is asked; there is nothing left for you to do.",
        ),
        RefusalCode::NoAuthority => ("you may not decide on this bill", ASK),
        RefusalCode::Superseded => (
            "the bill changed after the request was sent",
            "A new request shows the bill as it is now; please answer that one.",
        ),
    }
}

#[cfg(test)]
mod tests;
