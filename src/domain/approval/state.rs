//! The life of an approval request: Open, Approved, Declined, Withdrawn, Expired.

use crate::basics::words::Refused;
use crate::words;

words! {
    /// Where a request stands.
    pub enum ApprovalState {
        /// Waiting for an answer. A question or an unclear answer leaves it here.
        Open = "open",
        /// The approver agreed.
        Approved = "approved",
        /// The approver said no.
        Declined = "declined",
        /// The bill changed, or was decided without this answer.
        Withdrawn = "withdrawn",
        /// No answer in time; a new request may follow.
        Expired = "expired",
    }
}

words! {
    /// What happens to a request.
    pub enum ApprovalEvent {
        /// The approver agrees.
        Approve = "approved",
        /// The approver says no.
        Decline = "declined",
        /// The question no longer stands.
        Withdraw = "withdrawn",
        /// Time is up.
        Expire = "expired",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: ApprovalState, event: ApprovalEvent) -> Result<ApprovalState, Refused> {
    use ApprovalEvent::{Approve, Decline, Expire, Withdraw};
    let refused = Err(Refused {
        machine: "approval request",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        ApprovalState::Open => match event {
            Approve => Ok(ApprovalState::Approved),
            Decline => Ok(ApprovalState::Declined),
            Withdraw => Ok(ApprovalState::Withdrawn),
            Expire => Ok(ApprovalState::Expired),
        },
        ApprovalState::Approved => match event {
            // A late finding takes the bill back; the vote was about a version that no longer stands.
            Withdraw => Ok(ApprovalState::Withdrawn),
            Approve | Decline | Expire => refused,
        },
        ApprovalState::Declined => match event {
            // The rejection was a mistake, and the vote does not count when the bill is asked about again.
            Withdraw => Ok(ApprovalState::Withdrawn),
            Approve | Decline | Expire => refused,
        },
        ApprovalState::Withdrawn | ApprovalState::Expired => match event {
            Approve | Decline | Withdraw | Expire => refused,
        },
    }
}
