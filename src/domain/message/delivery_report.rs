//! What mail servers tell us about mail we sent: delivery reports (RFC 3464), the many that follow no standard, and
//! complaints (RFC 5965).

use super::automatic::{has_null_return_path, is_daemon};
use super::facts::{MailFacts, RecipientFacts};
use super::own::OwnMail;
use super::token::{TokenPurpose, find_tokens};
use crate::basics::address::MailAddress;
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
/// Lines of a report without structure that are searched for addresses: they stand at the top.
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
    let structured = mail
        .delivery_status
        .as_ref()
        .filter(|status| !status.recipients.is_empty());
    let mut reasons = Vec::new();
    if structured.is_some() {
        reasons.push("it has a delivery status part (RFC 3464)".to_owned());
    } else {
        reasons = signs(mail)?;
    }
    let mut recipients = structured
        .map(|status| status.recipients.iter().filter_map(delivery).collect())
        .unwrap_or_default();
    if Vec::<Delivery>::is_empty(&recipients) {
        recipients = named_in_headers(mail);
    }
    if recipients.is_empty() {
        recipients = named_in_text(mail);
    }
    recipients.truncate(MAX_RECIPIENTS);
    Some(DeliveryReport {
        original_message_id: mail
            .returned_message_id
            .clone()
            .or_else(|| message_id_in_text(&mail.text)),
        envelope_token: envelope_token(mail),
        recipients,
        reasons,
    })
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

/// The signs of an unstructured report; `None` when they are too few. Measured on public samples: 44 in 100 reports have
/// no structured part.
fn signs(mail: &MailFacts) -> Option<Vec<String>> {
    let mut seen = Vec::new();
    let mut weight = 0;
    let mut sign = |is_seen: bool, points: u32, words: &str| {
        if is_seen {
            weight += points;
            seen.push(words.to_owned());
        }
    };
    // People write about failed deliveries too, of goods; only a mail server's own marks make it a report.
    let report = mail.media_type == "multipart/report"
        || mail.report_type.as_deref() == Some("delivery-status");
    sign(report, 2, "multipart/report");
    sign(
        mail.first("X-Failed-Recipients").is_some(),
        4,
        "X-Failed-Recipients",
    );
    let daemon = mail.from.iter().any(|from| is_daemon(from.local()));
    let from_field = fold(mail.first("From").unwrap_or_default());
    let called_so = DAEMON_NAMES.iter().any(|name| from_field.contains(name));
    sign(daemon || called_so, 2, "sent by a mail server");
    let null_path = has_null_return_path(mail);
    sign(null_path, 1, "null return path");
    let returned = mail.returned_message_id.is_some();
    sign(returned, 1, "a mail is sent back in it");
    let marked =
        report || mail.first("X-Failed-Recipients").is_some() || daemon || called_so || null_path;
    let subject = fold(&mail.subject);
    sign(
        SUBJECTS.iter().any(|words| subject.contains(words)),
        2,
        "the subject speaks of failed delivery",
    );
    let start = fold(
        &mail
            .text
            .lines()
            .take(MAX_LINES)
            .collect::<Vec<_>>()
            .join("\n"),
    );
    sign(
        PHRASES.iter().any(|words| start.contains(words)),
        2,
        "the text speaks of failed delivery",
    );
    sign(server_answer(&start), 1, "a mail server's answer is quoted");
    (marked && weight >= 4).then_some(seen)
}

/// `550 5.1.1 …`, `550-…`, `550 User unknown`
fn server_answer(text: &str) -> bool {
    let words = text.split(|c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ':')
    });
    words.into_iter().any(|word| {
        let code = word.get(..3).unwrap_or_default();
        let after = word.get(3..4).unwrap_or_default();
        let is_code = matches!(code.as_bytes(), [b'4' | b'5', b'0'..=b'7', b'0'..=b'9']);
        is_code && matches!(after, "" | "-" | "#") || enhanced(word).is_some()
    })
}

fn enhanced(word: &str) -> Option<&str> {
    let word = word.trim_matches(|c: char| !c.is_ascii_digit());
    let parts = word.split('.').collect::<Vec<_>>();
    let digits = |part: &&str| {
        !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit())
    };
    (parts.len() == 3 && matches!(parts.first(), Some(&("4" | "5"))) && parts.iter().all(digits))
        .then_some(word)
}

fn named_in_headers(mail: &MailFacts) -> Vec<Delivery> {
    let listed = mail
        .all("X-Failed-Recipients")
        .flat_map(|value| value.split(','));
    listed
        .filter_map(MailAddress::parse)
        .map(|address| in_text(mail, &address))
        .collect()
}

/// Addresses the report's own words name, up to the copy of our mail; its own sender and addressee are none of them.
fn named_in_text(mail: &MailFacts) -> Vec<Delivery> {
    let ours = |address: &MailAddress| {
        mail.recipients
            .iter()
            .chain(&mail.from)
            .any(|own| own.same_mailbox(address))
            || is_daemon(address.local())
    };
    let mut found: Vec<MailAddress> = Vec::new();
    for line in own_lines(&mail.text) {
        for address in addresses(line).filter(|address| !ours(address)) {
            if !found.iter().any(|known| known.same_mailbox(&address))
                && found.len() < MAX_RECIPIENTS
            {
                found.push(address);
            }
        }
    }
    found.iter().map(|address| in_text(mail, address)).collect()
}

/// The report's words before it quotes our mail.
fn own_lines(text: &str) -> impl Iterator<Item = &str> {
    let is_copy = |line: &str| {
        let folded = fold(line);
        COPIES.iter().any(|words| folded.contains(words))
            || folded.starts_with("received:")
            || folded.starts_with("return-path:")
    };
    text.lines()
        .take(MAX_LINES)
        .take_while(move |line| !is_copy(line))
}

fn addresses(line: &str) -> impl Iterator<Item = MailAddress> {
    let cut = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>' | ',' | ';' | '"' | '(' | ')' | '[' | ']' | '\'' | '='
            )
    };
    line.split(cut)
        .filter(|word| word.contains('@'))
        .filter_map(|word| {
            let word = word
                .trim_start_matches("mailto:")
                .trim_matches(|c: char| matches!(c, ':' | '.' | '…' | '*' | '`'));
            MailAddress::parse(word.rsplit_once(':').map_or(word, |(_, address)| address))
        })
}

/// What the text says near the address.
fn in_text(mail: &MailFacts, address: &MailAddress) -> Delivery {
    let shown = address.to_string().to_lowercase();
    let lines = own_lines(&mail.text).collect::<Vec<_>>();
    let at = lines
        .iter()
        .position(|line| line.to_lowercase().contains(&shown))
        .unwrap_or(0);
    let near = lines.get(at..).unwrap_or_default().iter().take(8);
    let answer = near.clone().find(|line| server_answer(&fold(line)));
    let status = answer
        .and_then(|line| line.split_whitespace().find_map(enhanced))
        .map(str::to_owned);
    let whole = fold(&lines.join(" "));
    let waits = DELAYS.iter().any(|words| whole.contains(words))
        || status.as_deref().is_some_and(|s| s.starts_with('4'));
    Delivery {
        recipient: address.to_string(),
        original_recipient: None,
        action: if waits {
            DeliveryAction::Delayed
        } else {
            DeliveryAction::Failed
        },
        status,
        diagnostic: answer.map(|line| one_line(line, MAX_DIAGNOSTIC_CHARS)),
    }
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

// All lists are folded as `basics::text::fold` does.

const DAEMON_NAMES: &[&str] = &[
    "mailer-daemon",
    "mail delivery",
    "mail administrator",
    "postmaster",
    "delivery subsystem",
    "mail system",
    "mail router",
    "system administrator",
    "microsoft outlook",
    "internet mail delivery",
    "mailer daemon",
];

const SUBJECTS: &[&str] = &[
    "undeliver",
    "delivery status notification",
    "delivery failure",
    "delivery has failed",
    "delivery failed",
    "delivery problem",
    "delivery notification",
    "delivery report",
    "delivery incomplete",
    "failure notice",
    "failure notification",
    "returned mail",
    "returning message",
    "mail delivery",
    "mail could not be delivered",
    "could not be delivered",
    "message delivery",
    "non delivery",
    "nondeliverable",
    "non-delivery",
    "mail system error",
    "mail failure",
    "message not delivered",
    "not delivered",
    "could not send",
    "message undeliverable",
    "unzustellbar",
    "nicht zugestellt",
    "zustellung fehlgeschlagen",
    "fehlgeschlagene nachricht",
    "non remis",
    "echec de la remise",
    "no se puede entregar",
    "no se ha podido entregar",
    "impossibile recapitare",
    "mancato recapito",
    "niet bezorgd",
    "onbestelbaar",
    "user unknown",
    "bounce",
];

const PHRASES: &[&str] = &[
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "can not be delivered",
    "was not delivered",
    "were not delivered",
    "not been delivered",
    "unable to deliver",
    "undeliverable",
    "undelivered",
    "delivery to the following recipient",
    "delivery failed",
    "delivery has failed",
    "delivery attempts",
    "failed permanently",
    "permanent error",
    "permanent failure",
    "permanent fatal errors",
    "fatal errors",
    "had an error",
    "had delivery errors",
    "invalid user address",
    "invalid address",
    "error message below",
    "宛先不明",
    "送信できませんでした",
    "配信できません",
    "returned to sender",
    "returned below",
    "message could not be sent",
    "message was undeliverable",
    "did not reach the following recipient",
    "couldn't deliver",
    "could not deliver",
    "failed to deliver",
    "failed address",
    "unknown user",
    "user unknown",
    "no such user",
    "mailbox is full",
    "mailbox full",
    "mailbox unavailable",
    "over quota",
    "transcript of session follows",
    "the following addresses failed",
    "nicht zugestellt",
    "konnte nicht zugestellt werden",
    "n'a pas pu etre",
    "no se pudo entregar",
    "impossibile recapitare",
    "kon niet worden bezorgd",
];

const DELAYS: &[&str] = &[
    "you do not need to resend",
    "do not need to resend",
    "will continue to try",
    "will be retried",
    "delivery attempts will continue",
    "has been delayed",
    "delivery is delayed",
    "still being retried",
    "not yet been delivered",
    "wird weiterhin versucht",
];

const COPIES: &[&str] = &[
    "copy of the message",
    "copy of your message",
    "original message",
    "your message follows",
    "message header follows",
    "unsent message below",
    "returned message",
    "message headers follow",
    "received message headers",
    "copy of the first part of the message",
    "included is a copy",
    "included copy",
    "original-nachricht",
    "kopie der nachricht",
];

#[cfg(test)]
#[path = "delivery_report/tests.rs"]
mod tests;
