//! What mail servers tell us about mail we sent: delivery reports (RFC 3464), the many that follow no standard, and
//! complaints (RFC 5965).

mod signs;
mod named;
#[cfg(test)]
mod tests;

use super::facts::{MailFacts, RecipientFacts, StatusSource};
use super::own::OwnMail;
use super::token::{TokenPurpose, find_tokens};
use crate::basics::ids::HeaderMessageId;
use crate::basics::text::{fold, one_line};
use crate::basics::token::ReplyToken;
use crate::words;

words! {
    /// What a report says happened, in the words of RFC 3464.
    pub enum DeliveryAction {
        /// It will not arrive.
        Failed = "failed",
        /// It may still arrive.
        Delayed = "delayed",
        /// It arrived, was handed on or multiplied.
        Arrived = "delivered",
    }
}

/// One recipient.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// The address as the report names it.
    pub recipient: String,
    /// The address we wrote to, where the report tells it apart.
    pub original_recipient: Option<String>,
    /// What happened.
    pub action: DeliveryAction,
    /// RFC 3463: `5.1.1`.
    pub status: Option<String>,
    /// The server's words.
    pub diagnostic: Option<String>,
}

/// What sort of failure a status is: what is done about it differs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FailureClass {
    /// The address does not work: write there no more, tell a person.
    Address,
    /// It may work later: full mailbox, busy server.
    Passing,
    /// They refuse us or the content, not the address.
    Policy,
    /// The report does not say.
    Unknown,
}

/// A delivery report, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeliveryReport {
    /// The mail it is about, where the report carries its headers.
    pub original_message_id: Option<HeaderMessageId>,
    /// The token of the envelope the report came to, or of the envelope id.
    pub envelope_token: Option<ReplyToken>,
    /// Per recipient; empty where the report names none.
    pub recipients: Vec<Delivery>,
    /// Why this is taken for a report.
    pub reasons: Vec<String>,
}

/// Recipients kept of one report.
const MAX_RECIPIENTS: usize = 100;
/// Lines of a report without structure that are looked at: what it says stands at the top.
const MAX_LINES: usize = 200;
/// Longest server answer kept, in characters.
const MAX_DIAGNOSTIC_CHARS: usize = 500;

impl Delivery {
    /// By subject and detail of the status (RFC 3463 section 3).
    pub fn failure_class(&self) -> FailureClass {
        let Some(status) = self.status.as_deref() else {
            return FailureClass::Unknown;
        };
        let mut parts = status.split('.');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("4"), _, _) | (_, Some("2"), Some("2")) => FailureClass::Passing,
            (Some("5"), Some("7"), _) => FailureClass::Policy,
            (Some("5"), Some("1" | "2" | "4"), _) => FailureClass::Address,
            _ => FailureClass::Unknown,
        }
    }
}

/// A complaint: somebody marked our mail as unwanted. Microsoft sends them without the standard's part.
pub fn is_feedback_report(mail: &MailFacts) -> bool {
    let structured =
        mail.report_type.as_deref() == Some("feedback-report") || mail.feedback.is_some();
    let in_words = fold(&mail.subject).starts_with("complaint about message from");
    structured || in_words && mail.returned_message_id.is_some()
}

/// Reads a report; `None` when the mail is none. A structured report is certain; without one, several signs must agree.
pub fn delivery_report(mail: &MailFacts) -> Option<DeliveryReport> {
    if is_feedback_report(mail) || mail.report_type.as_deref() == Some("disposition-notification") {
        return None;
    }
    let status = mail
        .delivery_status
        .as_ref()
        .filter(|status| !status.recipients.is_empty());
    // What only looks like a status in the middle of a text may be quoted by a person.
    let reasons = match status.map(|status| status.source) {
        Some(StatusSource::Part) => vec!["it has a delivery status part (RFC 3464)".to_owned()],
        Some(StatusSource::Service) => vec!["it is the notice of a sending service".to_owned()],
        Some(StatusSource::Text) | None => signs::signs(mail)?,
    };
    let in_fields = status
        .into_iter()
        .flat_map(|status| &status.recipients)
        .filter_map(delivery);
    let ways: [&dyn Fn() -> Vec<Delivery>; 3] = [
        &|| named::in_headers(mail),
        &|| named::in_text(mail),
        &|| named::as_addressee(mail),
    ];
    let mut recipients = in_fields.collect::<Vec<_>>();
    for way in ways {
        if recipients.is_empty() {
            recipients = way();
        }
    }
    recipients.truncate(MAX_RECIPIENTS);
    Some(DeliveryReport {
        original_message_id: original_message_id(mail),
        envelope_token: envelope_token(mail),
        recipients,
        reasons,
    })
}

/// The mail a report or complaint is about. The best statement first: the mail sent back, then what the report says of it. Servers answer as mail programs do, so the
/// thread comes last.
pub fn original_message_id(mail: &MailFacts) -> Option<HeaderMessageId> {
    let returned = mail.returned_message_id.clone();
    let status = mail.delivery_status.as_ref();
    returned
        .or_else(|| status.and_then(|status| status.original_message_id.clone()))
        .or_else(|| message_id_in_text(&mail.text))
        .or_else(|| mail.thread.first().cloned())
}

fn delivery(facts: &RecipientFacts) -> Option<Delivery> {
    let recipient = facts
        .final_recipient
        .clone()
        .or_else(|| facts.original_recipient.clone())?;
    let class = facts
        .status
        .as_deref()
        .and_then(|status| status.chars().next());
    let action = match (facts.action.as_deref(), class) {
        (Some("delayed"), _) => DeliveryAction::Delayed,
        (Some("delivered" | "relayed" | "expanded"), _) => DeliveryAction::Arrived,
        (Some("failed"), _) => DeliveryAction::Failed,
        (_, Some('2')) => DeliveryAction::Arrived,
        (_, Some('4')) => DeliveryAction::Delayed,
        _ => DeliveryAction::Failed,
    };
    let original_recipient = facts.original_recipient.clone();
    let diagnostic = facts
        .diagnostic
        .as_deref()
        .map(|text| one_line(text, MAX_DIAGNOSTIC_CHARS));
    Some(Delivery {
        recipient,
        original_recipient,
        action,
        status: facts.status.clone(),
        diagnostic,
    })
}

fn message_id_in_text(text: &str) -> Option<HeaderMessageId> {
    let lines = text
        .lines()
        .map(|line| line.trim_start_matches(['>', ' ', '\t', '|']));
    let mut ids = lines.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("message-id")
            .then_some(value)
    });
    ids.find_map(HeaderMessageId::parse)
}

fn envelope_token(mail: &MailFacts) -> Option<ReplyToken> {
    let by_id = mail
        .delivery_status
        .as_ref()
        .and_then(|status| status.envelope_id.as_deref())
        .and_then(ReplyToken::parse);
    // Only places that say what they are for count here, whoever's mailboxes they are.
    let sightings = find_tokens(mail, &OwnMail::default());
    let by_address = sightings
        .into_iter()
        .find(|seen| seen.purpose == TokenPurpose::Envelope)
        .map(|seen| seen.token);
    by_address.or(by_id)
}
