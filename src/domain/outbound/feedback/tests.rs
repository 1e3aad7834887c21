//! Who is told, and who is not.

use super::*;
use crate::basics::calendar::date;
use crate::domain::message::automatic::AutomaticKind;

const ALL: FeedbackPolicy = FeedbackPolicy {
    mode: FeedbackMode::All,
    per_sender_per_day: 2,
};

fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

fn id(text: &str) -> HeaderMessageId {
    HeaderMessageId::parse(text).unwrap()
}

fn mail(number: u32) -> MailFacts {
    MailFacts {
        message_id: Some(id(&format!("<{number}@supplier.test>"))),
        from: vec![address("anna@supplier.test")],
        from_count: 1,
        subject: "Invoice 4711".into(),
        ..MailFacts::default()
    }
}

fn nobody_checked() -> Authenticity {
    Authenticity {
        dkim: CheckOutcome::None,
        spf: CheckOutcome::None,
        dmarc: CheckOutcome::None,
        reasons: Vec::new(),
    }
}

fn told(mail: &MailFacts, earlier: &[OutboundMessage]) -> Result<String, &'static str> {
    let checked = nobody_checked();
    let sent = Sent {
        mail,
        automatic: None,
        authenticity: &checked,
        fate: Fate::Received,
        age: SignedDuration::ZERO,
    };
    let ours = [address("ap@fin.test")];
    addressee(ALL, sent, earlier, &ours).map(ToString::to_string)
}

fn letter_to(mail: &MailFacts) -> OutboundMessage {
    let letter = Letter {
        subject: "Received".into(),
        text: "Received".into(),
        html: "Received".into(),
    };
    let message = MessageId::derive(&[&mail.subject]);
    let when = (date(2026, 11, 19), Timestamp::UNIX_EPOCH);
    let (mailbox, to) = (address("ap@fin.test"), address("anna@supplier.test"));
    feedback_mail((&mailbox, &to), (mail, message), letter, when).unwrap()
}

#[test]
fn a_person_is_told_once_a_thread_and_day_and_not_too_often() {
    let first = mail(1);
    assert_eq!(told(&first, &[]), Ok("anna@supplier.test".into()));
    let letter = letter_to(&first);
    assert_eq!(letter.in_reply_to, first.message_id);
    let again = MailFacts {
        thread: vec![id("<1@supplier.test>")],
        ..mail(2)
    };
    let in_thread = "the sender was told in this thread today";
    assert_eq!(told(&again, std::slice::from_ref(&letter)), Err(in_thread));
    assert_eq!(
        letter_to(&again).id,
        letter.id,
        "one letter a thread and day"
    );
    assert!(told(&mail(3), std::slice::from_ref(&letter)).is_ok());
    let two = [letter, letter_to(&mail(3))];
    let enough = "the sender was told often enough today";
    assert_eq!(told(&mail(4), &two), Err(enough));
}

#[test]
fn programs_our_own_mailboxes_and_answers_to_such_letters_are_never_told() {
    let checked = nobody_checked();
    let automatic = Automatic {
        kind: AutomaticKind::Bulk,
        why: "List-Id".into(),
    };
    let mail_of_list = mail(1);
    let sent = Sent {
        mail: &mail_of_list,
        automatic: Some(&automatic),
        authenticity: &checked,
        fate: Fate::NoDocument,
        age: SignedDuration::ZERO,
    };
    let ours = [address("ap@fin.test")];
    assert_eq!(addressee(ALL, sent, &[], &ours), Err("a program wrote it"));
    let ours = MailFacts {
        from: vec![address("ap+token@fin.test")],
        ..mail(1)
    };
    assert_eq!(told(&ours, &[]), Err("it is from a mailbox of ours"));
    let two = MailFacts {
        from_count: 2,
        ..mail(1)
    };
    assert_eq!(told(&two, &[]), Err("it names no single sender"));
    let answer = MailFacts {
        thread: vec![letter_to(&mail(1)).header_message_id],
        ..mail(2)
    };
    assert_eq!(told(&answer, &[]), Err("it answers a letter of this kind"));
}

#[test]
fn whoever_may_not_have_written_is_not_bothered() {
    let forged = "somebody else may have written it";
    let checks = |dmarc, spf| Authenticity {
        dmarc,
        spf,
        ..nobody_checked()
    };
    let ours = [address("ap@fin.test")];
    let plain = mail(1);
    for (dmarc, spf, expected) in [
        (CheckOutcome::Pass, CheckOutcome::Fail, true),
        (CheckOutcome::None, CheckOutcome::None, true),
        (CheckOutcome::None, CheckOutcome::Fail, false),
        (CheckOutcome::Fail, CheckOutcome::Pass, false),
    ] {
        let authenticity = checks(dmarc, spf);
        let sent = Sent {
            mail: &plain,
            automatic: None,
            authenticity: &authenticity,
            fate: Fate::Received,
            age: SignedDuration::ZERO,
        };
        let told = addressee(ALL, sent, &[], &ours);
        assert_eq!(told.is_ok(), expected, "{dmarc} {spf}");
    }
    let returns = |path: &str| MailFacts {
        fields: vec![("Return-Path".into(), path.into())],
        ..mail(1)
    };
    assert!(told(&returns("<bounces@mail.supplier.test>"), &[]).is_ok());
    assert_eq!(told(&returns("<x@elsewhere.example>"), &[]), Err(forged));
}

#[test]
fn a_mailbox_tells_only_what_it_is_set_to() {
    let checked = nobody_checked();
    let plain = mail(1);
    for (mode, fate, expected) in [
        (FeedbackMode::Off, Fate::Unreadable, false),
        (FeedbackMode::Rejected, Fate::Received, false),
        (FeedbackMode::Rejected, Fate::Partly, true),
        (FeedbackMode::Rejected, Fate::NoDocument, true),
        (FeedbackMode::All, Fate::Received, true),
    ] {
        let policy = FeedbackPolicy { mode, ..ALL };
        let sent = Sent {
            mail: &plain,
            automatic: None,
            authenticity: &checked,
            fate,
            age: SignedDuration::ZERO,
        };
        let told = addressee(policy, sent, &[], &[]);
        assert_eq!(told.is_ok(), expected, "{mode} {fate}");
        let old = Sent {
            age: SignedDuration::from_hours(73),
            ..sent
        };
        assert!(addressee(policy, old, &[], &[]).is_err(), "{mode} {fate}");
    }
}
