//! The tokens by which an answer finds the question it belongs to. A token finds; it never proves.
//!
//! Other people's programs write 26 characters of our alphabet, too: into addresses (VERP) and Message-IDs (ULID). So a
//! token counts where its place says what we asked, or where the address is one of our own mailboxes, and nowhere else.

use super::facts::MailFacts;
use super::own::OwnMail;
use crate::basics::address::MailAddress;
use crate::basics::token::ReplyToken;

/// What the mail that carried the token asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenPurpose {
    /// A decision about a bill.
    Approval,
    /// Payment of an invoice.
    Reminder,
    /// Nothing: the envelope sender of one of our mails, where delivery reports go.
    Envelope,
    /// One of our own mailboxes does not say; whoever stored the token knows.
    Unstated,
}

/// Where a token stood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenPlace {
    /// `approvals+TOKEN@…` among the recipients.
    Recipient,
    /// `<approval.TOKEN@…>` in `In-Reply-To` or `References`.
    Thread,
}

/// One token, seen in one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TokenSighting {
    /// The token.
    pub token: ReplyToken,
    /// What it was given out for, as far as the place tells.
    pub purpose: TokenPurpose,
    /// Where it stood.
    pub place: TokenPlace,
}

/// Fields a delivering server writes the envelope recipient into. Cyrus writes none of them (seen), hence the other places.
const ENVELOPE_FIELDS: [&str; 4] = [
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
];
/// Sightings kept: a mail of ours is found by the first; a References field of noise must not cost time.
const MAX_SIGHTINGS: usize = 20;

/// Every token in the mail, in the order in which they are to be believed: recipient, then thread.
pub fn find_tokens(mail: &MailFacts, ours: &OwnMail) -> Vec<TokenSighting> {
    if ours.nothing_asked {
        return Vec::new();
    }
    let envelope = ENVELOPE_FIELDS
        .iter()
        .flat_map(|name| mail.all(name))
        .filter_map(address_in_field);
    let recipients = envelope
        .chain(mail.recipients.iter().cloned())
        .filter_map(|address| in_recipient(&address, ours));
    let thread = mail
        .thread
        .iter()
        .filter_map(|id| in_message_id(id.as_str()));
    let mut sightings: Vec<TokenSighting> = Vec::new();
    for sighting in recipients.chain(thread).take(MAX_SIGHTINGS) {
        if !sightings.contains(&sighting) {
            sightings.push(sighting);
        }
    }
    sightings
}

fn address_in_field(value: &str) -> Option<MailAddress> {
    MailAddress::parse(value.trim().trim_start_matches('<').trim_end_matches('>'))
}

fn in_recipient(address: &MailAddress, ours: &OwnMail) -> Option<TokenSighting> {
    let token = ReplyToken::parse(address.detail()?)?;
    let mailbox = address
        .local()
        .split('+')
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let purpose = match mailbox.as_str() {
        "bounce" | "bounces" => TokenPurpose::Envelope,
        "approval" | "approvals" => TokenPurpose::Approval,
        _ if ours.is_detailed_mailbox(address) => TokenPurpose::Unstated,
        _ => return None,
    };
    Some(TokenSighting {
        token,
        purpose,
        place: TokenPlace::Recipient,
    })
}

/// `approval.TOKEN@domain`, without angle brackets. Any domain: the token decides, not its surroundings.
pub fn in_message_id(id: &str) -> Option<TokenSighting> {
    let (local, _) = id.rsplit_once('@')?;
    let (kind, token) = local.split_once('.')?;
    let purpose = match kind.to_ascii_lowercase().as_str() {
        "approval" => TokenPurpose::Approval,
        "reminder" => TokenPurpose::Reminder,
        _ => return None,
    };
    Some(TokenSighting {
        token: ReplyToken::parse(token)?,
        purpose,
        place: TokenPlace::Thread,
    })
}

/// True for a Message-ID of one of our reminders, with a token or without.
pub fn is_reminder_id(id: &str) -> bool {
    id.to_ascii_lowercase().starts_with("reminder.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::ids::HeaderMessageId;

    const TOKEN: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    fn ours() -> OwnMail {
        OwnMail {
            mailboxes: MailAddress::parse("ap@fin.test").into_iter().collect(),
            ..OwnMail::default()
        }
    }

    #[test]
    fn a_token_is_found_in_both_places_in_any_case() {
        let mail = MailFacts {
            recipients: MailAddress::parse(&format!("Approvals+{}@fin.test", TOKEN.to_lowercase()))
                .into_iter()
                .collect(),
            thread: HeaderMessageId::parse(&format!("<approval.{TOKEN}@fin.test>"))
                .into_iter()
                .collect(),
            ..MailFacts::default()
        };
        let places = find_tokens(&mail, &ours())
            .iter()
            .map(|seen| (seen.place, seen.purpose))
            .collect::<Vec<_>>();
        let expected = [
            (TokenPlace::Recipient, TokenPurpose::Approval),
            (TokenPlace::Thread, TokenPurpose::Approval),
        ];
        assert_eq!(places, expected);
    }

    #[test]
    fn the_envelope_recipient_counts_where_a_server_writes_it() {
        let fields = vec![("Delivered-To".to_owned(), format!("<ap+{TOKEN}@fin.test>"))];
        assert_eq!(
            find_tokens(
                &MailFacts {
                    fields,
                    ..MailFacts::default()
                },
                &ours()
            )
            .len(),
            1
        );
    }

    #[test]
    fn what_only_looks_like_a_token_is_none() {
        let address = |text: &str| MailAddress::parse(text).into_iter().collect::<Vec<_>>();
        let id = |text: &str| HeaderMessageId::parse(text).into_iter().collect::<Vec<_>>();
        let found = |mail: &MailFacts, ours: &OwnMail| find_tokens(mail, ours).len();
        let verp = MailFacts {
            recipients: address(&format!("list+{TOKEN}@fin.test")),
            ..MailFacts::default()
        };
        let ulid = MailFacts {
            thread: id(&format!("<order.{TOKEN}@shop.test>")),
            subject: format!("Order [#{TOKEN}]"),
            ..MailFacts::default()
        };
        assert_eq!((found(&verp, &ours()), found(&ulid, &ours())), (0, 0));
        let own = MailFacts {
            recipients: address(&format!("AP+{TOKEN}@fin.test")),
            ..MailFacts::default()
        };
        assert_eq!(found(&own, &ours()), 1);
        assert_eq!(found(&own, &ours().nothing_asked()), 0);
    }
}
