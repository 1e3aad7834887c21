//! Whom a report without structure names, and what it says about them.

use super::{Delivery, DeliveryAction, MAX_DIAGNOSTIC_CHARS, MAX_LINES, MAX_RECIPIENTS};
use crate::basics::address::MailAddress;
use crate::basics::text::{fold, one_line};
use crate::domain::message::automatic::is_daemon;
use crate::domain::message::facts::MailFacts;

/// `550 5.1.1 …`, `550-…`, `550 User unknown`
pub(super) fn server_answer(text: &str) -> bool {
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

/// `X-Failed-Recipients`, as Exim and Gmail write it.
pub(super) fn in_headers(mail: &MailFacts) -> Vec<Delivery> {
    let listed = mail
        .all("X-Failed-Recipients")
        .flat_map(|value| value.split(','));
    listed
        .filter_map(MailAddress::parse)
        .map(|address| said_of(mail, &address))
        .collect()
}

/// Addresses the report's own words name, up to the copy of our mail; its own sender and addressee are none of them.
pub(super) fn in_text(mail: &MailFacts) -> Vec<Delivery> {
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
    found.iter().map(|address| said_of(mail, address)).collect()
}

/// Addressees of our mail as the report gives it back, where its own words name nobody.
pub(super) fn as_addressee(mail: &MailFacts) -> Vec<Delivery> {
    let mut found = mail.returned_recipients.clone();
    if found.is_empty() {
        let lines = mail.text.lines().map(str::trim);
        let copy = lines.skip_while(|line| !is_copy(line)).take(MAX_LINES);
        let field = copy.filter(|line| starts_with_any(&fold(line), &["to:", "an:", "para:"]));
        found = field.take(1).flat_map(addresses).collect();
    }
    found.iter().map(|address| said_of(mail, address)).collect()
}

/// The report's words before it quotes our mail, without the fields that hold ids and senders.
fn own_lines(text: &str) -> impl Iterator<Item = &str> {
    let is_other = |line: &&str| starts_with_any(&fold(line), OTHER_FIELDS);
    text.lines()
        .take(MAX_LINES)
        .take_while(|line| !is_copy(line))
        .filter(move |line| !is_other(line))
}

/// Does our mail begin here? Old sendmail opens its report with "The original message was received at".
fn is_copy(line: &str) -> bool {
    let folded = fold(line);
    let begins = COPIES.iter().any(|words| folded.contains(words))
        && !RECEIVED.iter().any(|words| folded.contains(words));
    begins || starts_with_any(&folded, &["received:", "return-path:"])
}

fn starts_with_any(folded: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| folded.starts_with(start))
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
fn said_of(mail: &MailFacts, address: &MailAddress) -> Delivery {
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

// All lists are folded as `basics::text::fold` does.

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
    "will keep trying",
    "will be attempted again",
    "attempts to deliver the message will continue",
    "this is a warning message only",
    "this is only a warning",
    "delayed mail",
    "wird weiterhin versucht",
    "verzogert",
    "remise differee",
    "livraison retardee",
    "se seguira intentando",
    "entrega retrasada",
    "consegna ritardata",
    "ulteriori tentativi",
    "vertraagd",
];

/// Fields whose values are no recipients.
const OTHER_FIELDS: &[&str] = &[
    "message-id",
    "references",
    "in-reply-to",
    "original-envelope-id",
    "resent-message-id",
    "content-id",
    "from:",
    "mail from:",
    "sender:",
    "reply-to:",
];

const RECEIVED: &[&str] = &["was received", "message received"];

const COPIES: &[&str] = &[
    "copy of the message",
    "copy of your message",
    "original message",
    "original mail",
    "orginal message",
    "message you sent follows",
    "message contents follow",
    "first part of the message",
    "headers of the message",
    "header of the original",
    "header of the message",
    "non-delivered message",
    "undelivered message follows",
    "unsent message follows",
    "rejected message",
    "text of the message",
    "text of your message",
    "ursprungliche nachricht",
    "urspruengliche nachricht",
    "message d'origine",
    "message initial",
    "en-tetes du message",
    "mensaje original",
    "copia del mensaje",
    "messaggio originale",
    "copia del messaggio",
    "oorspronkelijk bericht",
    "kopie van uw bericht",
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
