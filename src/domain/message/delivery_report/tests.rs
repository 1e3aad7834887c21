use super::*;
use crate::basics::address::MailAddress;
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
        ..DeliveryStatusFacts::default()
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
fn goods_that_could_not_be_delivered_are_no_report() {
    let mail = MailFacts {
        fields: vec![(
            "From".into(),
            "Mail Delivery Services <info@carrier.example>".into(),
        )],
        from: vec![address("info@carrier.example")],
        subject: "Delivery notification: parcel 550".into(),
        text: "Your parcel could not be delivered: recipient absent.".into(),
        ..MailFacts::default()
    };
    assert!(delivery_report(&mail).is_none());
    let from_its_postmaster = MailFacts {
        from: vec![address("postmaster@carrier.example")],
        subject: "Delivery notification".into(),
        text: "Please find our invoice.".into(),
        ..MailFacts::default()
    };
    assert!(delivery_report(&from_its_postmaster).is_none());
}

#[test]
fn a_report_in_each_language_of_the_mail_systems_is_one() {
    for (subject, text) in [
        (
            "Unzustellbar: Rechnung",
            "Ihre Nachricht konnte nicht zugestellt werden an anna@example.com",
        ),
        (
            "Non remis : Facture",
            "Votre message n'a pas pu être remis à anna@example.com",
        ),
        (
            "No se puede entregar: Factura",
            "No se pudo entregar el mensaje a anna@example.com",
        ),
        (
            "Non recapitabile: Fattura",
            "Impossibile recapitare il messaggio a anna@example.com",
        ),
        (
            "Onbestelbaar: Factuur",
            "Uw bericht kon niet worden bezorgd bij anna@example.com",
        ),
    ] {
        let mail = MailFacts {
            subject: subject.into(),
            ..bounce(text)
        };
        let report = delivery_report(&mail).expect(subject);
        let named = report.recipients.iter().map(|one| one.recipient.as_str());
        assert_eq!(named.collect::<Vec<_>>(), ["anna@example.com"], "{subject}");
    }
}

#[test]
fn old_sendmail_names_the_recipient_below_its_first_line() {
    let mail = bounce(
        "The original message was received at Thu, 29 Apr 2010 23:34:45 +0900\nfrom ap@fin.test\n\n\
         ---The following addresses had delivery errors---\n\nanna@example.com [User unknown]\n",
    );
    let report = delivery_report(&mail).expect("a report");
    let named = report.recipients.iter().map(|one| one.recipient.as_str());
    assert_eq!(named.collect::<Vec<_>>(), ["anna@example.com"]);
}

#[test]
fn a_report_that_names_nobody_is_about_the_addressee_of_what_it_gives_back() {
    let mail = bounce(
        "Message could not be delivered to mobile.\n\nOriginal Message:\nFrom: ap <ap@fin.test>\n\
         To: anna@example.com\nMessage-ID: <approval.X@fin.test>\n",
    );
    let report = delivery_report(&mail).expect("a report");
    let named = report.recipients.iter().map(|one| one.recipient.as_str());
    assert_eq!(named.collect::<Vec<_>>(), ["anna@example.com"]);
}

#[test]
fn a_mailing_list_that_takes_no_mail_of_strangers_is_a_report() {
    let mail = MailFacts {
        fields: vec![("X-ML-Name".into(), "bills".into())],
        from: vec![address("bills-admin@lists.example")],
        subject: "You ap@fin.test are not a member (bills)".into(),
        text: "You are not a member of this mailing list.".into(),
        ..MailFacts::default()
    };
    assert!(delivery_report(&mail).is_some());
    let by_a_member = MailFacts {
        from: vec![address("anna@lists.example")],
        ..mail
    };
    assert!(delivery_report(&by_a_member).is_none());
}

#[test]
fn a_report_a_person_quotes_is_no_report() {
    let status = DeliveryStatusFacts {
        source: StatusSource::Text,
        recipients: vec![RecipientFacts {
            final_recipient: Some("anna@example.com".into()),
            action: Some("failed".into()),
            ..RecipientFacts::default()
        }],
        ..DeliveryStatusFacts::default()
    };
    let mail = MailFacts {
        from: vec![address("otto@example.com")],
        subject: "Fwd: Undeliverable".into(),
        text: "Look, could not be delivered".into(),
        delivery_status: Some(status.clone()),
        ..MailFacts::default()
    };
    assert!(delivery_report(&mail).is_none());
    let by_a_server = MailFacts {
        delivery_status: Some(status),
        ..bounce("could not be delivered")
    };
    let report = delivery_report(&by_a_server).expect("a report");
    assert_eq!(report.recipients.len(), 1);
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
