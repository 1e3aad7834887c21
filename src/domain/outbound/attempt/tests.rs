use super::*;
use crate::basics::address::MailAddress;
use crate::basics::ids::{BillId, HeaderMessageId, OutboundId};
use crate::domain::outbound::Letter;

/// The request that a mail carries still wants its answer.
const OPEN: Option<ApprovalState> = Some(ApprovalState::Open);

fn now() -> Timestamp {
    "2026-11-22T09:00:00Z".parse().unwrap()
}

fn address(text: &str) -> MailAddress {
    MailAddress::parse(text).unwrap()
}

fn mail(state: OutboundState) -> OutboundMessage {
    OutboundMessage {
        id: OutboundId::derive(&["a"]),
        purpose: Purpose::ApprovalRequest,
        about: BillId::derive(&["b"]).into(),
        header_message_id: HeaderMessageId::parse("a@fin.test").unwrap(),
        from: address("ap@fin.test"),
        reply_to: None,
        envelope_from: address("bounce+a@fin.test"),
        to: address("anna@fin.test"),
        in_reply_to: None,
        references: Vec::new(),
        letter: Letter {
            subject: "A bill".into(),
            text: String::new(),
            html: String::new(),
        },
        attachments: Vec::new(),
        written_at: now(),
        state,
        attempts: 0,
        losses: 0,
        next_attempt_at: now(),
        last_answer: None,
        version: 1,
    }
}

fn actor() -> Actor {
    Actor::program("test")
}

fn sent(intent: Intent) -> OutboundMessage {
    match intent {
        Intent::Send(moved) => moved.message,
        Intent::Nothing | Intent::AskPerson(_) => panic!("{intent:?}"),
    }
}

fn settled(message: OutboundMessage, outcome: Outcome, again: bool) -> OutboundMessage {
    let again_at = again.then(now);
    settle(message, outcome, again_at, (actor(), now()))
        .unwrap()
        .message
}

#[test]
fn a_mail_deferred_for_hours_and_then_lost_is_still_repeated_once() {
    let mut message = mail(OutboundState::Queued);
    for _ in 0..5 {
        message = sent(begin(message, actor(), now()).unwrap());
        message = settled(message, Outcome::Deferred("greylisted".into()), true);
        assert_eq!(follows(&message), Follows::Again);
    }
    message = sent(begin(message, actor(), now()).unwrap());
    message = settled(message, Outcome::Unsure("connection reset".into()), true);
    assert_eq!(
        (message.state, follows(&message)),
        (OutboundState::Unsure, Follows::Again)
    );
    message = sent(begin(message, actor(), now()).unwrap());
    message = settled(message, Outcome::Unsure("connection reset".into()), true);
    assert_eq!(
        follows(&message),
        Follows::Ask(ExceptionCode::DeliveryUnsure)
    );
    assert_eq!((message.attempts, message.losses), (7, 2));
}

#[test]
fn an_attempt_that_died_twice_is_not_made_a_third_time() {
    let first = sent(begin(mail(OutboundState::Queued), actor(), now()).unwrap());
    let second = begin(first, actor(), now()).unwrap();
    let Intent::Send(moved) = second else {
        panic!("{second:?}")
    };
    assert!(
        moved.told.reason.contains("did not live to tell"),
        "{moved:?}"
    );
    assert!(moved.then.is_some(), "lost, then started again");
    let third = begin(moved.message, actor(), now()).unwrap();
    let Intent::AskPerson(moved) = third else {
        panic!("{third:?}")
    };
    assert_eq!(moved.message.state, OutboundState::Unsure);
    assert_eq!(
        follows(&moved.message),
        Follows::Ask(ExceptionCode::DeliveryUnsure)
    );
}

#[test]
fn a_mail_deferred_too_often_fails_and_a_person_is_asked() {
    let message = sent(begin(mail(OutboundState::Queued), actor(), now()).unwrap());
    let message = settled(message, Outcome::Deferred("mailbox full".into()), false);
    assert_eq!(message.state, OutboundState::Failed);
    assert_eq!(
        follows(&message),
        Follows::Ask(ExceptionCode::DeliveryFailed)
    );
}

#[test]
fn a_recipient_the_server_does_not_know_is_asked_about_like_a_mail_that_came_back() {
    let message = sent(begin(mail(OutboundState::Queued), actor(), now()).unwrap());
    let refused = Outcome::NoSuchRecipient("550 5.1.1 no such user".into());
    let message = settled(message, refused, true);
    assert_eq!(message.state, OutboundState::Bounced);
    assert_eq!(
        follows(&message),
        Follows::Ask(ExceptionCode::DeliveryFailed)
    );
}

#[test]
fn what_is_settled_is_not_sent_again() {
    for state in [
        OutboundState::Sent,
        OutboundState::Bounced,
        OutboundState::Failed,
    ] {
        assert_eq!(begin(mail(state), actor(), now()).unwrap(), Intent::Nothing);
    }
}

#[test]
fn the_trail_does_not_keep_the_token_of_a_request() {
    let token = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let request = OutboundMessage {
        header_message_id: HeaderMessageId::parse(&format!("approval.{token}@fin.test")).unwrap(),
        ..mail(OutboundState::Sending)
    };
    let accepted = Outcome::Accepted("250 ok".into());
    let moved = settle(request, accepted, None, (actor(), now())).unwrap();
    let told = format!("{:?}", moved.told);
    assert!(told.contains("approval.****5FAV@fin.test"), "{told}");
    assert!(!told.contains(token), "{told}");
}

#[test]
fn a_mail_that_was_given_up_is_sent_again_when_a_person_says_so_and_a_reminder_is_not() {
    let by = || (Actor::Person("anna".into()), "the password is right now");
    let mut failed = mail(OutboundState::Failed);
    failed.attempts = 30;
    let moved = again(failed, None, OPEN, by(), now()).unwrap();
    assert_eq!(moved.message.state, OutboundState::Queued);
    assert_eq!(moved.message.attempts, 0, "as if it had never been tried");
    assert!(matches!(
        begin(moved.message, actor(), now()),
        Ok(Intent::Send(_))
    ));
    let reminder = OutboundMessage {
        purpose: Purpose::Reminder,
        ..mail(OutboundState::Failed)
    };
    assert!(again(reminder, None, None, by(), now()).is_err());
    for state in [OutboundState::Sent, OutboundState::Queued] {
        assert!(
            again(mail(state), None, OPEN, by(), now()).is_err(),
            "{state}"
        );
    }
}

#[test]
fn a_mail_that_came_back_is_sent_to_the_corrected_address_but_a_question_to_an_approver_only_to_him()
 {
    let by = || (Actor::Person("anna".into()), "they moved");
    let elsewhere = MailAddress::parse("ben@fin.test").unwrap();
    let with = |purpose| OutboundMessage {
        purpose,
        ..mail(OutboundState::Bounced)
    };
    let question = with(Purpose::Clarification);
    let moved = again(question.clone(), Some(elsewhere.clone()), None, by(), now()).unwrap();
    assert_eq!(
        (&moved.message.to, moved.message.state),
        (&elsewhere, OutboundState::Queued)
    );
    assert_eq!(moved.message.header_message_id, question.header_message_id);
    let request = with(Purpose::ApprovalRequest);
    assert!(again(request.clone(), Some(elsewhere), OPEN, by(), now()).is_err());
    let same = again(request.clone(), Some(request.to.clone()), OPEN, by(), now());
    assert_eq!(same.unwrap().message.to, request.to);
}

#[test]
fn a_question_that_is_settled_is_not_asked_again_though_it_never_arrived() {
    let by = || (Actor::Person("anna".into()), "they moved");
    let request = OutboundMessage {
        purpose: Purpose::ApprovalRequest,
        ..mail(OutboundState::Bounced)
    };
    for state in ApprovalState::ALL {
        let asked = again(request.clone(), None, Some(*state), by(), now());
        assert_eq!(asked.is_ok(), *state == ApprovalState::Open, "{state}");
    }
    let refused = again(request, None, None, by(), now()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "an approval request that is not in the books cannot be asked again"
    );
}

#[test]
fn a_mail_that_fails_after_a_person_sent_it_again_is_a_new_item() {
    // The store counts each version it writes.
    let stored = |message: OutboundMessage| OutboundMessage {
        version: message.version + 1,
        ..message
    };
    let refused = |message: OutboundMessage| {
        let sending = stored(sent(begin(message, actor(), now()).unwrap()));
        settled(sending, Outcome::Refused("552 too large".into()), false)
    };
    let owner = Ownership {
        owner: "ap@fin.test".into(),
        due_hours: 8,
    };
    let owners = Caretakers {
        payables: &owner,
        receivables: &owner,
    };
    let asked = |message: &OutboundMessage| {
        ask(ExceptionCode::DeliveryFailed, message, owners, (now(), 0)).id
    };
    let first = refused(mail(OutboundState::Queued));
    let retried = again(
        stored(first.clone()),
        None,
        OPEN,
        (actor(), "mended"),
        now(),
    )
    .unwrap();
    let second = refused(stored(retried.message));
    assert_eq!((first.attempts, second.attempts), (1, 1));
    assert_ne!(asked(&first), asked(&second));
    let back = mail(OutboundState::Bounced);
    let item = |round| ask(ExceptionCode::DeliveryFailed, &back, owners, (now(), round)).id;
    assert_eq!(item(0), item_of_bounce(&back, 0));
    assert_eq!(item(2), item_of_bounce(&back, 2));
    assert_ne!(item(0), item(1), "what was settled is not raised again");
}

#[test]
fn what_is_not_so_any_more_is_taken_back_before_it_is_handed_over() {
    let why = "paid";
    for (state, losses) in [
        (OutboundState::Queued, 0),
        (OutboundState::Sending, 1),
        (OutboundState::Unsure, 0),
    ] {
        let moved = withdraw(mail(state), (actor(), why), now()).unwrap();
        assert_eq!(moved.message.state, OutboundState::Withdrawn, "{state}");
        assert_eq!(moved.message.losses, losses);
        assert_eq!(moved.then.is_some(), state == OutboundState::Sending);
        assert_eq!(follows(&moved.message), Follows::Nothing);
        let intent = begin(moved.message, actor(), now()).unwrap();
        assert_eq!(intent, Intent::Nothing, "and it stays so");
    }
    for settled in [
        OutboundState::Sent,
        OutboundState::Failed,
        OutboundState::Bounced,
    ] {
        assert!(withdraw(mail(settled), (actor(), why), now()).is_err());
    }
}
