//! Tells a sender what became of a mail, where the mailbox is set to: that it was received, or why nothing could be done with it.
//!
//! The letter says nothing that was not in the mail itself: its subject, the names of its files, and a reason of a fixed list.
//! It goes to nobody who may not have written (RFC 3834 section 2), so that a forged sender is not bothered by us.

use jiff::SignedDuration;

use super::{Letter, OutboundMessage, Purpose};
use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, Timestamp};
use crate::basics::ids::{HeaderMessageId, MessageId, OutboundId};
use crate::basics::text::one_line;
use crate::domain::message::Route;
use crate::domain::message::authenticity::{Authenticity, CheckOutcome, same_organisation};
use crate::domain::message::automatic::Automatic;
use crate::domain::message::facts::MailFacts;
use crate::words;

/// Message-IDs of a thread that are repeated: the last ones, which every mail program looks at first.
const MAX_REFERENCES: usize = 20;
/// Older mail is answered by nobody: a mailbox may be looked at for the first time after years, or books be restored.
const ANSWERED_WITHIN: SignedDuration = SignedDuration::from_hours(3 * 24);
/// How the Message-ID of such a letter begins.
const KIND: &str = "feedback";

words! {
    /// Which senders are told.
    pub enum FeedbackMode {
        /// None.
        Off = "off",
        /// Those with whose mail nothing, or not everything, could be done.
        Rejected = "rejected",
        /// Also those whose mail was taken.
        All = "all",
    }
}

words! {
    /// What became of a mail, as far as its sender is concerned.
    pub enum Fate {
        /// Its documents were taken.
        Received = "received",
        /// Some files could not be opened.
        Partly = "partly",
        /// There was no document in it.
        NoDocument = "no_document",
        /// It could not be read at all.
        Unreadable = "unreadable",
    }
}

impl Fate {
    /// Of a mail that was taken apart; none where its sender hears of it otherwise: answers are answered by those who wait for
    /// them, and reports never.
    pub fn of(route: Route, documents: usize, left_closed: usize) -> Option<Self> {
        match route {
            Route::Documents | Route::Nothing if documents == 0 => Some(Self::NoDocument),
            Route::Documents | Route::Nothing if left_closed > 0 => Some(Self::Partly),
            Route::Documents | Route::Nothing => Some(Self::Received),
            Route::ApprovalReply
            | Route::CustomerReply
            | Route::DeliveryReport
            | Route::FeedbackReport
            | Route::AutomaticReply => None,
        }
    }
}

/// What the operator of a mailbox wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FeedbackPolicy {
    /// Which senders are told.
    pub mode: FeedbackMode,
    /// Letters to one sender on one day.
    pub per_sender_per_day: u32,
}

/// The mail that may be answered.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// Its header.
    pub mail: &'a MailFacts,
    /// A program wrote it.
    pub automatic: Option<&'a Automatic>,
    /// What our server says of its sender.
    pub authenticity: &'a Authenticity,
    /// What became of it.
    pub fate: Fate,
    /// How long ago it came.
    pub age: SignedDuration,
}

/// Whom to tell, or why nobody is told. `earlier` are the letters this sender got today, `ours` the addresses of our mailboxes.
pub fn addressee<'a>(
    policy: FeedbackPolicy,
    sent: Sent<'a>,
    earlier: &[OutboundMessage],
    ours: &[MailAddress],
) -> Result<&'a MailAddress, &'static str> {
    let Sent { mail, .. } = sent;
    match (policy.mode, sent.fate) {
        (FeedbackMode::Off, _) => return Err("this mailbox tells nobody"),
        (FeedbackMode::Rejected, Fate::Received) => {
            return Err("only senders of other mail are told");
        }
        (FeedbackMode::Rejected | FeedbackMode::All, _) => {}
    }
    if sent.age > ANSWERED_WITHIN {
        return Err("it came too long ago to be answered");
    }
    if sent.automatic.is_some() {
        return Err("a program wrote it");
    }
    let sender = mail.sender().ok_or("it names no single sender")?;
    if ours.iter().any(|own| is_of(own, sender)) {
        return Err("it is from a mailbox of ours");
    }
    if may_be_forged(sent, sender) {
        return Err("somebody else may have written it");
    }
    if answers_feedback(mail, ours) {
        return Err("it answers a letter of this kind");
    }
    if earlier.len() >= usize::try_from(policy.per_sender_per_day).unwrap_or(usize::MAX) {
        return Err("the sender was told often enough today");
    }
    let ids = || mail.thread.iter().chain(&mail.message_id);
    let told = |letter: &OutboundMessage| ids().any(|id| letter.references.contains(id));
    if earlier.iter().any(told) {
        return Err("the sender was told in this thread today");
    }
    Ok(sender)
}

/// A mailbox of ours, whatever detail is added to it.
fn is_of(own: &MailAddress, sender: &MailAddress) -> bool {
    let detailed = sender.detail().map(|detail| own.with_detail(detail));
    own.same_mailbox(sender) || detailed.is_some_and(|own| own.same_mailbox(sender))
}

/// A check of the sender failed, or reports about the mail go to somebody else.
fn may_be_forged(sent: Sent<'_>, sender: &MailAddress) -> bool {
    let Authenticity {
        dkim, spf, dmarc, ..
    } = sent.authenticity;
    let failed = match dmarc {
        CheckOutcome::Pass => false,
        CheckOutcome::Fail => true,
        CheckOutcome::None => [dkim, spf].contains(&&CheckOutcome::Fail),
    };
    let returns_to = sent.mail.first("Return-Path").and_then(|path| {
        let bare = path.trim().trim_start_matches('<').trim_end_matches('>');
        MailAddress::parse(bare)
    });
    let returns_elsewhere = returns_to.is_some_and(|path| {
        !same_organisation(path.domain(), sender.domain()) && *dmarc != CheckOutcome::Pass
    });
    failed || returns_elsewhere || !sent.mail.duplicated.is_empty()
}

/// Whoever answers such a letter is not told again: two programs would go on for ever.
fn answers_feedback(mail: &MailFacts, ours: &[MailAddress]) -> bool {
    mail.thread.iter().any(|id| {
        let bare = id.as_str().trim_matches(['<', '>']);
        let begins = bare
            .strip_prefix(KIND)
            .is_some_and(|rest| rest.starts_with('.'));
        let domain = bare.rsplit_once('@').map(|(_, domain)| domain);
        begins && ours.iter().any(|own| domain == Some(own.domain()))
    })
}

/// What the letter says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedbackFacts {
    /// The company.
    pub company: String,
    /// Whom the letter goes to.
    pub to: MailAddress,
    /// The subject of the mail, one printable line.
    pub subject_answered: String,
    /// What became of it.
    pub fate: Fate,
    /// The names of the files that were taken, as the sender gave them.
    pub taken: Vec<String>,
    /// The names of those that could not be opened.
    pub closed: Vec<String>,
    /// Where to write.
    pub contact: MailAddress,
}

/// The facts, nothing in them but what the sender wrote.
pub fn feedback_facts(
    company: &str,
    (to, contact): (&MailAddress, &MailAddress),
    (fate, subject): (Fate, &str),
    (taken, closed): (Vec<String>, Vec<String>),
) -> FeedbackFacts {
    FeedbackFacts {
        company: company.to_owned(),
        to: to.clone(),
        subject_answered: one_line(subject, 120),
        fate,
        taken,
        closed,
        contact: contact.clone(),
    }
}

/// The letter in the thread of the mail. Its id is made of sender, thread and day: of two mails of a thread read at the same moment
/// one is answered. `None` only for a domain no Message-ID can hold.
pub fn feedback_mail(
    (mailbox, to): (&MailAddress, &MailAddress),
    (mail, message): (&MailFacts, MessageId),
    letter: Letter,
    (today, now): (Date, Timestamp),
) -> Option<OutboundMessage> {
    let root = root_of(mail).map_or_else(|| message.to_string(), ToString::to_string);
    let id = OutboundId::derive(&[KIND, &to.to_string(), &root, &today.to_string()]);
    let own = mail.message_id.clone();
    let thread = mail.thread.iter().chain(&own);
    let mut references = Vec::<HeaderMessageId>::new();
    for id in thread {
        if !references.contains(id) {
            references.push(id.clone());
        }
    }
    let beyond = references.len().saturating_sub(MAX_REFERENCES);
    references.drain(..beyond);
    let what = (Purpose::Feedback, message.into());
    let letter = OutboundMessage::written((KIND, id), what, (mailbox, to), letter, now)?;
    Some(OutboundMessage {
        in_reply_to: own,
        references,
        ..letter
    })
}

/// The mail that began the thread: the first of the References, which stand behind the one In-Reply-To.
fn root_of(mail: &MailFacts) -> Option<&HeaderMessageId> {
    let references = mail.thread.get(1).or_else(|| mail.thread.first());
    references.or(mail.message_id.as_ref())
}

#[cfg(test)]
mod tests;
