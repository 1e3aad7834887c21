//! The life of a bill: Draft, Held, AwaitingApproval, Approved, Scheduled, Paid, Rejected, Void.

use crate::basics::words::Refused;
use crate::words;

words! {
    /// Where a bill stands.
    pub enum BillState {
        /// Its facts are known, its checks have not run.
        Draft = "draft",
        /// A person has to look.
        Held = "held",
        /// Its approvers are asked.
        AwaitingApproval = "awaiting_approval",
        /// Everybody its policy names agreed, or the policy needs nobody.
        Approved = "approved",
        /// Its payment is planned.
        Scheduled = "scheduled",
        /// The bank has settled it.
        Paid = "paid",
        /// An approver said no. A person can take that back.
        Rejected = "rejected",
        /// A person took it out of the books.
        Void = "void",
    }
}

words! {
    /// What happens to a bill.
    pub enum BillEvent {
        /// A check, or a late finding, needs a person.
        Hold = "held",
        /// A person cleared the hold, corrected a field or takes a rejection back: all checks run again.
        Reopen = "reopened",
        /// The checks found nothing to hold it for.
        Ask = "sent for approval",
        /// The last vote its policy needs is there.
        Approve = "approved",
        /// An approver said no.
        Reject = "rejected",
        /// Its payment is planned.
        Schedule = "scheduled",
        /// Its payment was cancelled or came back.
        Unschedule = "unscheduled",
        /// The bank has settled it.
        Settle = "paid",
        /// The bank gave the money back: a person has to look before it is paid again.
        Return = "money returned",
        /// A person takes it out of the books.
        Void = "voided",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: BillState, event: BillEvent) -> Result<BillState, Refused> {
    use BillEvent::{
        Approve, Ask, Hold, Reject, Reopen, Return, Schedule, Settle, Unschedule, Void,
    };
    let refused = Err(Refused {
        machine: "bill",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        BillState::Draft => match event {
            Hold => Ok(BillState::Held),
            Ask => Ok(BillState::AwaitingApproval),
            Reopen => Ok(BillState::Draft),
            Void => Ok(BillState::Void),
            Approve | Reject | Schedule | Unschedule | Settle | Return => refused,
        },
        BillState::Held => match event {
            Reopen => Ok(BillState::Draft),
            Reject => Ok(BillState::Rejected),
            Void => Ok(BillState::Void),
            Hold | Ask | Approve | Schedule | Unschedule | Settle | Return => refused,
        },
        BillState::AwaitingApproval => match event {
            Hold => Ok(BillState::Held),
            Reopen => Ok(BillState::Draft),
            Approve => Ok(BillState::Approved),
            Reject => Ok(BillState::Rejected),
            Void => Ok(BillState::Void),
            Ask | Schedule | Unschedule | Settle | Return => refused,
        },
        BillState::Approved => match event {
            Hold => Ok(BillState::Held),
            Reopen => Ok(BillState::Draft),
            Schedule => Ok(BillState::Scheduled),
            Reject => Ok(BillState::Rejected),
            Void => Ok(BillState::Void),
            Ask | Approve | Unschedule | Settle | Return => refused,
        },
        BillState::Scheduled => match event {
            Hold | Return => Ok(BillState::Held),
            Reopen => Ok(BillState::Draft),
            Unschedule => Ok(BillState::Approved),
            Settle => Ok(BillState::Paid),
            Void => Ok(BillState::Void),
            Ask | Approve | Reject | Schedule => refused,
        },
        BillState::Rejected => match event {
            // It was a mistake: all checks run again, and everybody is asked again.
            Reopen => Ok(BillState::Draft),
            Hold | Ask | Approve | Reject | Schedule | Unschedule | Settle | Return | Void => {
                refused
            }
        },
        BillState::Paid => match event {
            // Banks return money days after they reported it settled.
            Return => Ok(BillState::Held),
            Hold | Reopen | Ask | Approve | Reject | Schedule | Unschedule | Settle | Void => {
                refused
            }
        },
        BillState::Void => match event {
            Hold | Reopen | Ask | Approve | Reject | Schedule | Unschedule | Settle | Return
            | Void => refused,
        },
    }
}
