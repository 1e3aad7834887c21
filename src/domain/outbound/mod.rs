//! Mails we send: written in the same commit as the reason for them, sent later, once.

pub mod state;
pub mod attempt;
pub mod pace;
pub mod envelope;
pub mod facts;
pub mod refusal;
pub mod reminder_facts;
pub mod reminder_gate;
pub mod reminder_mail;
pub mod feedback;
pub mod approval_mail;
pub mod delegation_mail;
pub mod account_notice;
pub mod work_list;
pub mod waiting_mail;
mod wrap;
pub mod templates;
pub mod compose;

pub use compose::ComposeError;
pub use reminder_facts::{OurAccount, RemindedInvoice, ReminderFacts};
pub use state::{OutboundEvent, OutboundState};
pub use templates::{TemplateError, Templates};

use super::audit::Subject;
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{ContentHash, HeaderMessageId, OutboundId};
use crate::words;

words! {
    /// Why we write.
    pub enum Purpose {
        /// Asks an approver.
        ApprovalRequest = "approval_request",
        /// Tells an approver that the answer was taken.
        ApprovalReceipt = "approval_receipt",
        /// Tells why an answer was not taken.
        ReplyRefused = "reply_refused",
        /// Asks an approver again who has not answered.
        ApprovalReminder = "approval_reminder",
        /// Tells somebody that an approver does not answer.
        Escalation = "escalation",
        /// Asks for one clear word.
        Clarification = "clarification",
        /// Tells an approver that a delegate is asked, or one of the two that the other answered.
        Delegation = "delegation",
        /// Tells a supplier that another account of its own is paid from a day on.
        AccountNotice = "account_notice",
        /// Tells the owner of work items what waits.
        WorkList = "work_list",
        /// Tells a sender what became of a mail.
        Feedback = "feedback",
        /// Reminds a customer.
        Reminder = "reminder",
    }
}

/// A file sent along.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attachment {
    /// Its file name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes in the vault.
    pub content: ContentHash,
}

/// What a mail says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Letter {
    /// One line.
    pub subject: String,
    /// The plain text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

/// One mail to one recipient. Everything in its bytes is fixed here, so that a second try sends the same mail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OutboundMessage {
    /// Derived from what it is about and the occasion.
    pub id: OutboundId,
    /// Why we write.
    pub purpose: Purpose,
    /// What it is about.
    pub about: Subject,
    /// Fixed before the first try.
    pub header_message_id: HeaderMessageId,
    /// The header From.
    pub from: MailAddress,
    /// The header Reply-To, when it differs.
    pub reply_to: Option<MailAddress>,
    /// The envelope sender, unique to this mail so that a bounce finds it.
    pub envelope_from: MailAddress,
    /// The one recipient.
    pub to: MailAddress,
    /// The mail it answers.
    pub in_reply_to: Option<HeaderMessageId>,
    /// The thread it belongs to, oldest first.
    pub references: Vec<HeaderMessageId>,
    /// What it says.
    pub letter: Letter,
    /// What it carries.
    pub attachments: Vec<Attachment>,
    /// When it was written; the Date header.
    pub written_at: Timestamp,
    /// Where it stands.
    pub state: OutboundState,
    /// Tries so far.
    pub attempts: u32,
    /// Tries of which nobody knows how they ended.
    pub losses: u32,
    /// Not before.
    pub next_attempt_at: Timestamp,
    /// What the server said last, or what a bounce said.
    pub last_answer: Option<String>,
    /// 0 before it is stored.
    pub version: u64,
}

/// A mail may be lost from sight twice: it is repeated once, a third time it could be there three times.
const LOSSES: u32 = 2;

impl OutboundMessage {
    /// Nobody said that it was refused or came back.
    pub fn may_have_arrived(&self) -> bool {
        match self.state {
            OutboundState::Bounced | OutboundState::Failed => false,
            OutboundState::Withdrawn => self.losses > 0,
            OutboundState::Queued
            | OutboundState::Sending
            | OutboundState::Sent
            | OutboundState::Unsure => true,
        }
    }

    /// It waits to be handed over, or will be handed over again.
    pub fn is_on_its_way(&self) -> bool {
        match self.state {
            OutboundState::Queued | OutboundState::Sending => true,
            OutboundState::Unsure => self.losses < LOSSES,
            OutboundState::Sent
            | OutboundState::Bounced
            | OutboundState::Failed
            | OutboundState::Withdrawn => false,
        }
    }

    /// It can be answered by a decision: it goes to nobody but the approver it was written to.
    pub fn carries_request(&self) -> bool {
        match self.purpose {
            Purpose::ApprovalRequest | Purpose::ApprovalReminder => true,
            Purpose::ApprovalReceipt
            | Purpose::ReplyRefused
            | Purpose::Escalation
            | Purpose::Clarification
            | Purpose::Delegation
            | Purpose::AccountNotice
            | Purpose::WorkList
            | Purpose::Feedback
            | Purpose::Reminder => false,
        }
    }

    /// A mail of this `kind` as it is written, not tried yet, that answers none and carries nothing. `None` only for a mailbox
    /// whose domain no Message-ID can hold.
    pub fn written(
        (kind, id): (&str, OutboundId),
        (purpose, about): (Purpose, Subject),
        (mailbox, to): (&MailAddress, &MailAddress),
        letter: Letter,
        now: Timestamp,
    ) -> Option<Self> {
        Some(Self {
            id,
            purpose,
            about,
            header_message_id: envelope::message_id(kind, mailbox, id)?,
            from: mailbox.clone(),
            reply_to: None,
            envelope_from: envelope::envelope_sender(mailbox, id),
            to: to.clone(),
            in_reply_to: None,
            references: Vec::new(),
            letter,
            attachments: Vec::new(),
            written_at: now,
            state: OutboundState::Queued,
            attempts: 0,
            losses: 0,
            next_attempt_at: now,
            last_answer: None,
            version: 0,
        })
    }
}
