//! What is unique about every mail of ours, made from its id: the envelope sender a bounce comes back to, and the
//! Message-ID an answer refers to. Neither is a secret, but for the Message-ID of an approval request.

use crate::basics::address::MailAddress;
use crate::basics::ids::{HeaderMessageId, OutboundId};
use crate::basics::text::mask;
use crate::domain::message::token::{TokenPurpose, in_message_id};

/// Crockford's base 32: no letter that is mistaken for another.
const ALPHABET: [u8; 32] = *b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 26 characters of five bits hold the 128 bits of an id.
const LENGTH: u32 = 26;

/// The id as 26 characters that survive mail servers which fold case.
pub fn token_of(outbound: OutboundId) -> String {
    let hex = outbound.to_string().replace('-', "");
    let bits = u128::from_str_radix(&hex, 16).unwrap_or_default();
    let digit = |place: u32| {
        let five = (bits >> (5 * place)) & 31;
        usize::try_from(five)
            .ok()
            .and_then(|n| ALPHABET.get(n))
            .copied()
    };
    (0..LENGTH)
        .rev()
        .filter_map(digit)
        .map(char::from)
        .collect()
}

/// `ar+TOKEN@example.com` for the mailbox `ar@example.com`: where a report about this mail comes back to.
pub fn envelope_sender(mailbox: &MailAddress, outbound: OutboundId) -> MailAddress {
    mailbox.with_detail(&token_of(outbound))
}

/// `<reminder.TOKEN@example.com>`: the same at every attempt. `None` only for a domain no Message-ID can hold.
pub fn message_id(
    kind: &str,
    mailbox: &MailAddress,
    outbound: OutboundId,
) -> Option<HeaderMessageId> {
    HeaderMessageId::parse(&format!(
        "{kind}.{}@{}",
        token_of(outbound),
        mailbox.domain()
    ))
}

/// A Message-ID as it may be shown and kept in the trail. That of an approval request holds the request's token, by which
/// answers are found: only its end is shown.
pub fn shown_message_id(id: &HeaderMessageId) -> String {
    let token = in_message_id(id.as_str())
        .filter(|seen| seen.purpose == TokenPurpose::Approval)
        .map(|seen| seen.token);
    match (token, id.as_str().rsplit_once('@')) {
        (Some(token), Some((_, domain))) => {
            format!("<approval.{}@{domain}>", mask(token.as_str()))
        }
        _ => id.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_has_its_own_token_and_keeps_it() {
        let (one, two) = (OutboundId::derive(&["1"]), OutboundId::derive(&["2"]));
        assert_eq!(token_of(one), token_of(one));
        assert_ne!(token_of(one), token_of(two));
        assert_eq!(token_of(one).len(), 26);
        // 130 places for 128 bits: the first character is one of eight.
        assert!(token_of(one).starts_with(|c| matches!(c, '0'..='7')));
    }

    #[test]
    fn reports_and_answers_find_their_way_back() {
        let ar = MailAddress::parse("ar@fin.test").unwrap();
        let id = OutboundId::derive(&["1"]);
        let token = token_of(id);
        assert_eq!(envelope_sender(&ar, id).detail(), Some(token.as_str()));
        let header = message_id("reminder", &ar, id).unwrap();
        assert_eq!(header.to_string(), format!("<reminder.{token}@fin.test>"));
    }

    #[test]
    fn the_token_of_a_request_is_never_shown_and_other_ids_are_whole() {
        let shown = |id: &str| shown_message_id(&HeaderMessageId::parse(id).unwrap());
        assert_eq!(
            shown("<approval.01ARZ3NDEKTSV4RRFFQ69G5FAV@fin.test>"),
            "<approval.****5FAV@fin.test>"
        );
        assert_eq!(
            shown("<Approval.01arz3ndektsv4rrffq69g5fav@fin.test>"),
            "<approval.****5FAV@fin.test>"
        );
        for whole in [
            "<reminder.01ARZ3NDEKTSV4RRFFQ69G5FAV@fin.test>",
            "<answer.01ARZ3NDEKTSV4RRFFQ69G5FAV@fin.test>",
            "<approval.of.something@fin.test>",
            "<a@fin.test>",
        ] {
            assert_eq!(shown(whole), whole);
        }
    }
}
