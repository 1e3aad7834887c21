//! The life of a mail we send: Queued, Sending, Sent, Bounced, Failed, Unsure, and Withdrawn, which is no longer true.

use crate::basics::words::Refused;
use crate::words;

words! {
    /// Where a mail stands.
    pub enum OutboundState {
        /// Written, not tried.
        Queued = "queued",
        /// About to be handed to the server; after a crash nobody knows.
        Sending = "sending",
        /// The server took it.
        Sent = "sent",
        /// It came back.
        Bounced = "bounced",
        /// The server refused it, or we gave up.
        Failed = "failed",
        /// The connection was lost after DATA. Repeated once, with the same Message-ID.
        Unsure = "unsure",
        /// What it says is no longer so: it is not sent.
        Withdrawn = "withdrawn",
    }
}

impl OutboundState {
    /// The states of a mail that may have told nobody anything.
    pub const UNSAID: [Self; 3] = [Self::Failed, Self::Bounced, Self::Withdrawn];
}

words! {
    /// What happens to a mail.
    pub enum OutboundEvent {
        /// The intent is committed.
        Start = "started",
        /// The server took it.
        Accept = "accepted",
        /// The server cannot take it now.
        Defer = "deferred",
        /// The server will never take it.
        Refuse = "refused",
        /// The answer was lost.
        Lose = "lost from sight",
        /// A report says it came back, or the server says that there is no such recipient.
        Bounce = "bounced",
        /// A person has mended what kept it and wants it sent.
        Requeue = "queued again",
        /// What it says is no longer so.
        Withdraw = "withdrawn",
    }
}

/// The state that follows.
///
/// # Errors
/// Refused where the event means nothing.
pub fn next(state: OutboundState, event: OutboundEvent) -> Result<OutboundState, Refused> {
    use OutboundEvent::{Accept, Bounce, Defer, Lose, Refuse, Requeue, Start, Withdraw};
    let refused = Err(Refused {
        machine: "outbound message",
        state: state.as_str(),
        event: event.as_str(),
    });
    match state {
        OutboundState::Queued => match event {
            Start => Ok(OutboundState::Sending),
            Refuse => Ok(OutboundState::Failed),
            Withdraw => Ok(OutboundState::Withdrawn),
            Accept | Defer | Lose | Bounce | Requeue => refused,
        },
        OutboundState::Sending => match event {
            Accept => Ok(OutboundState::Sent),
            Defer => Ok(OutboundState::Queued),
            Refuse => Ok(OutboundState::Failed),
            Lose => Ok(OutboundState::Unsure),
            Bounce => Ok(OutboundState::Bounced),
            Start | Requeue | Withdraw => refused,
        },
        OutboundState::Unsure => match event {
            Start => Ok(OutboundState::Sending),
            Accept => Ok(OutboundState::Sent),
            Refuse => Ok(OutboundState::Failed),
            Bounce => Ok(OutboundState::Bounced),
            // It is not repeated.
            Withdraw => Ok(OutboundState::Withdrawn),
            Defer | Lose | Requeue => refused,
        },
        OutboundState::Sent => match event {
            Bounce => Ok(OutboundState::Bounced),
            Start | Accept | Defer | Refuse | Lose | Requeue | Withdraw => refused,
        },
        OutboundState::Failed => match event {
            Requeue => Ok(OutboundState::Queued),
            Start | Accept | Defer | Refuse | Lose | Bounce | Withdraw => refused,
        },
        OutboundState::Bounced => match event {
            // A person knows the right address, or that the mailbox is there again.
            Requeue => Ok(OutboundState::Queued),
            Start | Accept | Defer | Refuse | Lose | Bounce | Withdraw => refused,
        },
        // A report may still say that the attempt before was made for nothing.
        OutboundState::Withdrawn => match event {
            Bounce => Ok(OutboundState::Bounced),
            Start | Accept | Defer | Refuse | Lose | Requeue | Withdraw => refused,
        },
    }
}
