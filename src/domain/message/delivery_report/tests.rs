use super::*;
use crate::domain::message::facts::DeliveryStatusFacts;

const TOKEN: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).expect("an address")
}

fn bounce(text: &str) -> MailFacts {
    MailFacts {
        from: vec![address("MAILER-DAEMON@mx.example.org")],
        recipients: vec![address("ap@fin.test")],
        subject: "Undelivered Mail Returned to Sender".into(),
        text: text.into(),
        ..MailFacts::default()
    }
}

#[test]
fn a_standard_report_gives_recipient_and_status() {
    let recipient = RecipientFacts {
        final_recipient: Some("anna@example.com".into()),
        action: Some("failed".into()),
        status: Some("5.1.1".into()),
        ..RecipientFacts::default()
    };
    let status = DeliveryStatusFacts {
        envelope_id: Some(TOKEN.into()),
        recipients: vec![recipient],
    };
    let mail = MailFacts {
        delivery_status: Some(status),
        ..bounce("")
    };
    let report = delivery_report(&mail).expect("a report");
    let first = report.recipients.first().expect("a recipient");
    assert_eq!(
        (first.recipient.as_str(), first.action),
        ("anna@example.com", DeliveryAction::Failed)
    );
    assert_eq!(first.failure_class(), FailureClass::Address);
    assert_eq!(
        report.envelope_token.as_ref().map(ReplyToken::as_str),
        Some(TOKEN)
    );
}

#[test]
fn a_report_without_structure_is_read_from_its_words() {
    let mail = bounce(
        "This message could not be delivered:\n\n  <anna@example.com>\n    550 5.2.2 mailbox full\n\n\
         ---- Original message ----\nMessage-ID: <approval.X@fin.test>\nTo: <other@example.com>\n",
    );
    let report = delivery_report(&mail).expect("a report");
    assert_eq!(
        report
            .recipients
            .iter()
            .map(|r| r.recipient.as_str())
            .collect::<Vec<_>>(),
        ["anna@example.com"]
    );
    assert_eq!(
        report.recipients.first().map(Delivery::failure_class),
        Some(FailureClass::Passing)
    );
    assert_eq!(
        report
            .original_message_id
            .as_ref()
            .map(HeaderMessageId::as_str),
        Some("approval.X@fin.test")
    );
}

#[test]
fn a_notice_of_delay_is_no_failure() {
    let mail = bounce(
        "Your mail to <anna@example.com> could not be delivered yet. You do not need to resend it.\n",
    );
    let report = delivery_report(&mail).expect("a report");
    assert_eq!(
        report.recipients.first().map(|r| r.action),
        Some(DeliveryAction::Delayed)
    );
}

#[test]
fn a_person_writing_about_a_failed_delivery_is_no_report() {
    let mail = MailFacts {
        from: vec![address("anna@example.com")],
        subject: "Re: delivery failed?".into(),
        text: "The goods could not be delivered, please send invoice 550 again.".into(),
        ..MailFacts::default()
    };
    assert!(delivery_report(&mail).is_none());
}

#[test]
fn a_complaint_is_no_delivery_report() {
    let mail = MailFacts {
        feedback: Some(Vec::new()),
        ..bounce("could not be delivered")
    };
    assert!(is_feedback_report(&mail));
    assert!(delivery_report(&mail).is_none());
}

#[test]
fn the_envelope_token_is_taken_from_the_bounce_address() {
    let mail = MailFacts {
        recipients: vec![address(&format!("bounce+{TOKEN}@fin.test"))],
        ..bounce("unable to deliver 550")
    };
    let report = delivery_report(&mail).expect("a report");
    assert_eq!(
        report.envelope_token.as_ref().map(ReplyToken::as_str),
        Some(TOKEN)
    );
}
