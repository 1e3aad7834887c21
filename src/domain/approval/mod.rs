//! Who has to approve a bill, and what each of them answered.

pub mod state;
pub mod policy;
pub mod token;
pub mod reply;
pub mod delegation;
pub mod judge;
pub mod tally;
pub mod asking;
pub mod absence;
pub mod waiting;

pub use absence::Absence;
pub use delegation::{NoStandIn, Scene};
pub use judge::{AnswerFacts, Judgement, RefusalCode, judge};
pub use policy::{ApprovalPolicy, ApprovalRule, Approver, Asked, Delegation, Matter, Requirement};
pub use reply::{AsksFor, Reply, Verb, understand};
pub use state::{ApprovalEvent, ApprovalState};
pub use tally::{Tally, tally};
pub use waiting::{Due, Impatience, Rung, Waiting};

use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{ApprovalRequestId, BillId, ContentHash, MessageId, OutboundId};
use crate::words;

/// The question to one approver about one version of a bill.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApprovalRequest {
    /// Derived from bill, version and approver.
    pub id: ApprovalRequestId,
    /// The bill in question.
    pub bill: BillId,
    /// The version of the bill that was shown: `Bill::content_version`.
    pub bill_version: ContentHash,
    /// Who is asked.
    pub approver: MailAddress,
    /// In whose place, when it is a delegate who is asked.
    pub stands_in_for: Option<MailAddress>,
    /// The rules that ask for this person.
    pub rules: Vec<String>,
    /// SHA-256 of the token; the token itself is in the mail and nowhere else.
    pub token_hash: ContentHash,
    /// The mail that asks.
    pub outbound: OutboundId,
    /// Where it stands.
    pub state: ApprovalState,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when an answer counts.
    pub expires_at: Timestamp,
    /// 0 before it is stored.
    pub version: u64,
}

impl ApprovalRequest {
    /// Whose decision it is: the approver's the policy names.
    pub fn decider(&self) -> &MailAddress {
        self.stands_in_for.as_ref().unwrap_or(&self.approver)
    }
}

impl Vote {
    /// Whose decision it is: the approver's the policy names.
    pub fn decider(&self) -> &MailAddress {
        self.stands_in_for.as_ref().unwrap_or(&self.approver)
    }
}

words! {
    /// What an approver decided.
    pub enum Verdict {
        /// Pay it.
        Approve = "approve",
        /// Do not pay it.
        Reject = "reject",
    }
}

/// The answer to one request, with the mail that carried it. At most one a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Vote {
    /// The request it answers.
    pub request: ApprovalRequestId,
    /// The bill, for looking up.
    pub bill: BillId,
    /// The mail that carried it; none when it was given on the command line.
    pub message: Option<MessageId>,
    /// Who voted.
    pub approver: MailAddress,
    /// In whose place, when it was a delegate who voted.
    pub stands_in_for: Option<MailAddress>,
    /// What was decided.
    pub verdict: Verdict,
    /// Why; required for a rejection.
    pub reason: String,
    /// How the sender was proved.
    pub proof: String,
    /// When.
    pub at: Timestamp,
}
