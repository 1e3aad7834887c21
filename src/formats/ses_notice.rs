//! What Amazon SES says about mails sent through it, as its notification service mails it: a JSON object in the body, bare or
//! wrapped, with a footer below. Names as in "Amazon SNS notification contents for Amazon SES" of its developer guide.

use serde_json::{Deserializer, Value};

use super::delivery_status::RecipientStatus;
use crate::basics::ids::HeaderMessageId;
use crate::basics::text::one_line;

/// Recipients kept: a mail through the service has at most 50.
const MAX_RECIPIENTS: usize = 50;
/// Longest value kept, in characters.
const MAX_VALUE_CHARS: usize = 1_000;

/// What the notice says happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SesEvent {
    /// It did not arrive, or not yet, or it did: each recipient says which.
    Delivery,
    /// A recipient called it unwanted.
    Complaint,
}

/// A notice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SesNotice {
    /// What happened.
    pub event: SesEvent,
    /// To whom.
    pub recipients: Vec<RecipientStatus>,
    /// `Message-ID` of the mail, where the notice carries its headers.
    pub original_message_id: Option<HeaderMessageId>,
}

/// Reads the text of a mail; `None` when it does not begin with a notice.
pub fn read(text: &str) -> Option<SesNotice> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    // Old servers break lines of more than 990 bytes with an exclamation mark, also inside a JSON string.
    let outer = first_value(text).or_else(|| first_value(&text.replace("!\n ", "")))?;
    let inner = outer
        .get("Message")
        .and_then(Value::as_str)
        .and_then(first_value);
    notice(inner.as_ref().unwrap_or(&outer))
}

/// The JSON value a text begins with; what follows is not looked at. Depth is limited by the parser.
fn first_value(text: &str) -> Option<Value> {
    Deserializer::from_str(text).into_iter().next()?.ok()
}

fn notice(value: &Value) -> Option<SesNotice> {
    let kind = ["notificationType", "eventType"]
        .iter()
        .find_map(|name| value.get(*name)?.as_str())?;
    let mail = value.get("mail")?;
    let (event, list, action) = match kind {
        "Bounce" => (
            SesEvent::Delivery,
            "/bounce/bouncedRecipients",
            Some("failed"),
        ),
        "Reject" | "Rendering Failure" => (SesEvent::Delivery, "/mail/destination", Some("failed")),
        "DeliveryDelay" => (
            SesEvent::Delivery,
            "/deliveryDelay/delayedRecipients",
            Some("delayed"),
        ),
        "Delivery" => (
            SesEvent::Delivery,
            "/delivery/recipients",
            Some("delivered"),
        ),
        "Complaint" => (SesEvent::Complaint, "/complaint/complainedRecipients", None),
        _ => return None,
    };
    let named = value.pointer(list).and_then(Value::as_array)?;
    let recipients = named.iter().take(MAX_RECIPIENTS).filter_map(|one| {
        let text = |name: &str| {
            one.get(name)
                .and_then(Value::as_str)
                .map(|text| one_line(text, MAX_VALUE_CHARS))
        };
        let address = one.as_str().map(|bare| one_line(bare, MAX_VALUE_CHARS));
        Some(RecipientStatus {
            final_recipient: Some(address.or_else(|| text("emailAddress"))?),
            action: text("action").or_else(|| action.map(str::to_owned)),
            status: text("status"),
            diagnostic: text("diagnosticCode"),
            ..RecipientStatus::default()
        })
    });
    Some(SesNotice {
        event,
        recipients: recipients.collect(),
        original_message_id: message_id(mail),
    })
}

/// `mail.messageId` is the service's own number: only the header is ours.
fn message_id(mail: &Value) -> Option<HeaderMessageId> {
    let headers = mail.get("headers").and_then(Value::as_array)?;
    let named = headers.iter().find(|header| {
        let name = header.get("name").and_then(Value::as_str);
        name.is_some_and(|name| name.eq_ignore_ascii_case("Message-ID"))
    });
    HeaderMessageId::parse(named?.get("value")?.as_str()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNCE: &str = r#"{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"anna@example.com","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 no such user"}]},"mail":{"messageId":"0101-service","headers":[{"name":"Message-Id","value":"<approval.X@fin.test>"}]}}"#;

    #[test]
    fn a_bounce_names_recipient_and_mail() {
        let notice = read(&format!("{BOUNCE}\n\n--\nTo unsubscribe: …\n")).expect("a notice");
        assert_eq!(notice.event, SesEvent::Delivery);
        let first = notice.recipients.first().expect("a recipient");
        assert_eq!(first.final_recipient.as_deref(), Some("anna@example.com"));
        assert_eq!(first.action.as_deref(), Some("failed"));
        assert_eq!(first.status.as_deref(), Some("5.1.1"));
        let id = notice.original_message_id.expect("an id");
        assert_eq!(id.as_str(), "approval.X@fin.test");
    }

    #[test]
    fn a_notice_is_read_wrapped_and_broken_by_an_old_server() {
        let wrapped = serde_json::json!({"Type": "Notification", "Message": BOUNCE});
        assert_eq!(read(&wrapped.to_string()), read(BOUNCE));
        assert_eq!(
            read(&BOUNCE.replace("example.com", "exam!\n ple.com")),
            read(BOUNCE)
        );
    }

    #[test]
    fn complaints_and_deliveries_are_told_apart() {
        let complaint = r#"{"eventType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"a@b.test"}]},"mail":{}}"#;
        assert_eq!(
            read(complaint).expect("a notice").event,
            SesEvent::Complaint
        );
        let delivery =
            r#"{"notificationType":"Delivery","delivery":{"recipients":["a@b.test"]},"mail":{}}"#;
        let arrived = read(delivery).expect("a notice");
        let action = arrived
            .recipients
            .first()
            .and_then(|one| one.action.clone());
        assert_eq!(action.as_deref(), Some("delivered"));
    }

    #[test]
    fn other_json_and_deep_json_is_no_notice() {
        for text in [
            "",
            "{}",
            "{\"notificationType\":\"Bounce\"}",
            "Dear Anna, {\"eventType\":1}",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"{\"a\":".repeat(100_000)), None);
    }
}
