//! Delivery reports for machines: `message/delivery-status` (RFC 3464) and `message/feedback-report` (RFC 5965). Both are
//! groups of header-like fields with blank lines between.

use crate::basics::ids::HeaderMessageId;
use crate::basics::text::one_line;

/// Groups kept: one for the message, one per recipient. Our mails have one recipient; a list may have some hundred.
const MAX_GROUPS: usize = 1_000;
/// Longest value kept, in characters.
const MAX_VALUE_CHARS: usize = 1_000;

/// A delivery report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DeliveryStatus {
    /// `Original-Envelope-Id` (RFC 3461 section 4.4): what we named the envelope.
    pub envelope_id: Option<String>,
    /// `Reporting-MTA`, without its type.
    pub reporting_mta: Option<String>,
    /// `X-Original-Message-ID`: no standard, yet what several large servers write.
    pub original_message_id: Option<HeaderMessageId>,
    /// One per recipient.
    pub recipients: Vec<RecipientStatus>,
}

/// What became of the mail for one recipient.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RecipientStatus {
    /// `Final-Recipient` without its type.
    pub final_recipient: Option<String>,
    /// `Original-Recipient` without its type: the address we wrote to, before anyone forwarded it.
    pub original_recipient: Option<String>,
    /// `Action`: failed, delayed, delivered, relayed, expanded; lower case.
    pub action: Option<String>,
    /// `Status` (RFC 3463): `5.1.1`.
    pub status: Option<String>,
    /// `Diagnostic-Code` without its type.
    pub diagnostic: Option<String>,
}

/// Reads the text of a `message/delivery-status` part. Some programs forget the blank line between the message's group and
/// the first recipient's, so a recipient starts at any recipient field after another one was complete.
pub fn read(text: &str) -> DeliveryStatus {
    let mut status = DeliveryStatus::default();
    for group in groups(text) {
        let mut recipient = RecipientStatus::default();
        for (name, value) in group {
            match name.as_str() {
                "original-envelope-id" => status.envelope_id = Some(xtext(&value)),
                "x-original-message-id" | "original-message-id" => {
                    status.original_message_id = HeaderMessageId::parse(&value);
                }
                "reporting-mta" => status.reporting_mta = Some(without_type(&value)),
                "final-recipient" | "original-recipient" | "x-actual-recipient" => {
                    let repeated = match name.as_str() {
                        "final-recipient" => recipient.final_recipient.is_some(),
                        _ => {
                            recipient.original_recipient.is_some()
                                && recipient.final_recipient.is_some()
                        }
                    };
                    if repeated {
                        status.recipients.push(std::mem::take(&mut recipient));
                    }
                    let slot = match name.as_str() {
                        "final-recipient" => &mut recipient.final_recipient,
                        _ => &mut recipient.original_recipient,
                    };
                    slot.get_or_insert_with(|| address(&value));
                }
                "action" => recipient.action = first_word(&value).map(|word| word.to_lowercase()),
                "status" => recipient.status = enhanced_code(&value),
                "diagnostic-code" => recipient.diagnostic = Some(without_type(&value)),
                _ => {}
            }
        }
        if recipient.final_recipient.is_some()
            || recipient.original_recipient.is_some()
            || recipient.action.is_some()
        {
            status.recipients.push(recipient);
        }
    }
    status
}

/// The same where its fields stand among other words: gateways that take mails apart make plain text of the part. `None`
/// without the two fields every recipient has (RFC 3464 section 2.3).
pub fn find(text: &str) -> Option<DeliveryStatus> {
    let is_field = |line: &str, name: &str| {
        line.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    let has = |name: &str| text.lines().any(|line| is_field(line, name));
    if !has("final-recipient:") || !has("action:") {
        return None;
    }
    let mut status = read(text);
    status
        .recipients
        .retain(|recipient| recipient.final_recipient.is_some() && recipient.action.is_some());
    (!status.recipients.is_empty()).then_some(status)
}

/// The fields of a `message/feedback-report`, names in lower case.
pub fn read_feedback(text: &str) -> Vec<(String, String)> {
    groups(text).into_iter().flatten().collect()
}

fn groups(text: &str) -> Vec<Vec<(String, String)>> {
    let mut groups: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for line in text.lines() {
        let Some(group) = groups.last_mut() else {
            break;
        };
        if line.trim().is_empty() {
            if !group.is_empty() {
                groups.push(Vec::new());
            }
            if groups.len() > MAX_GROUPS {
                break;
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = group.last_mut() {
                *value = one_line(&format!("{value} {line}"), MAX_VALUE_CHARS);
            }
        } else if let Some((name, value)) = line.split_once(':') {
            group.push((
                name.trim().to_ascii_lowercase(),
                one_line(value, MAX_VALUE_CHARS),
            ));
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// `rfc822; anna@example.com`, also with angle brackets or without the type.
fn address(value: &str) -> String {
    let bare = without_type(value);
    let inner = bare.split_once('<').map_or(bare.as_str(), |(_, rest)| {
        rest.split('>').next().unwrap_or(rest)
    });
    xtext(inner.trim())
}

fn without_type(value: &str) -> String {
    let is_type = |head: &str| {
        !head.is_empty()
            && head
                .trim()
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    value
        .split_once(';')
        .filter(|(head, _)| is_type(head))
        .map_or(value, |(_, rest)| rest)
        .trim()
        .to_owned()
}

fn first_word(value: &str) -> Option<&str> {
    value
        .split(|c: char| c.is_whitespace() || matches!(c, '(' | ';'))
        .find(|word| !word.is_empty())
}

/// The first enhanced status code of RFC 3463 in a text: class 2, 4 or 5, subject and detail of up to three digits.
pub fn enhanced_code(text: &str) -> Option<String> {
    let is_code = |word: &&str| {
        let parts = word.split('.').collect::<Vec<_>>();
        let digits = |part: &&str| {
            !part.is_empty() && part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit())
        };
        parts.len() == 3
            && matches!(parts.first(), Some(&("2" | "4" | "5")))
            && parts.iter().all(digits)
    };
    let words = text
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .map(|word| word.trim_matches('.'));
    words
        .into_iter()
        .find(|word| is_code(word))
        .map(str::to_owned)
}

/// RFC 3461 section 4: `+HH` stands for one byte. A plus sign of an address written without the encoding stays.
fn xtext(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digit = |byte: Option<u8>| {
            let upper = byte.filter(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b))?;
            char::from(upper)
                .to_digit(16)
                .and_then(|value| u8::try_from(value).ok())
        };
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'+', Some(high), Some(low))
                if matches!(high << 4 | low, b'+' | b'=' | b'@' | b' '..=b'#') =>
            {
                bytes.push(high << 4 | low);
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_by_the_book() {
        let status = read(
            "Reporting-MTA: dns; mx.example.org\nOriginal-Envelope-Id: ABC+3D1\n\n\
             Original-Recipient: rfc822;anna@example.com\nFinal-Recipient: rfc822; box7@example.net\n\
             Action: failed\nStatus: 5.1.1 (unknown)\nDiagnostic-Code: smtp; 550 5.1.1 no such\n user here\n",
        );
        assert_eq!(status.envelope_id.as_deref(), Some("ABC=1"));
        let recipient = status.recipients.first().cloned().unwrap_or_default();
        assert_eq!(
            recipient.final_recipient.as_deref(),
            Some("box7@example.net")
        );
        assert_eq!(
            recipient.original_recipient.as_deref(),
            Some("anna@example.com")
        );
        assert_eq!(recipient.status.as_deref(), Some("5.1.1"));
        assert_eq!(
            recipient.diagnostic.as_deref(),
            Some("550 5.1.1 no such user here")
        );
    }

    #[test]
    fn recipients_without_the_blank_line_between_are_still_two() {
        let status = read(
            "Final-Recipient: rfc822; a@b.test\nAction: failed\nFinal-Recipient: rfc822; c@d.test\nAction: delayed\n",
        );
        let seen = status
            .recipients
            .iter()
            .filter_map(|r| r.final_recipient.as_deref())
            .collect::<Vec<_>>();
        assert_eq!(seen, ["a@b.test", "c@d.test"]);
    }

    #[test]
    fn a_plus_address_is_not_taken_for_an_encoding() {
        assert_eq!(xtext("anna+abc@example.com"), "anna+abc@example.com");
        assert_eq!(xtext("anna+2Babc@example.com"), "anna+abc@example.com");
    }

    #[test]
    fn enhanced_codes_are_told_from_addresses_and_versions() {
        assert_eq!(
            enhanced_code("550 5.7.26 unauthenticated").as_deref(),
            Some("5.7.26")
        );
        assert_eq!(enhanced_code("host 192.0.2.1 said 550"), None);
        assert_eq!(enhanced_code("(8.14.4/8.14.4)"), None);
    }
}
