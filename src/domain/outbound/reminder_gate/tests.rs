use super::*;
use crate::basics::calendar::{Timestamp, date};
use crate::basics::ids::{DocumentId, MessageId};
use crate::domain::audit::{Actor, Subject};
use crate::domain::exception::Ownership;
use crate::domain::outbound::Letter;
use crate::domain::receivable::samples::{credit, customer, invoice};

fn now() -> Timestamp {
    "2026-11-19T12:00:00Z".parse().unwrap()
}

fn sent(customer: &Customer, state: OutboundState) -> OutboundMessage {
    let letter = Letter {
        subject: "s".into(),
        text: "t".into(),
        html: "h".into(),
    };
    let mailbox = MailAddress::parse("ar@us.test").unwrap();
    let id = crate::basics::ids::OutboundId::derive(&["1"]);
    let (what, between) = (
        (Purpose::Reminder, customer.id.into()),
        (&mailbox, customer.mail.as_ref().unwrap()),
    );
    let written = OutboundMessage::written(("reminder", id), what, between, letter, now());
    OutboundMessage {
        state,
        ..written.unwrap()
    }
}

fn item(code: ExceptionCode, about: Subject, occurrence: &str) -> Exception {
    let owner = Ownership {
        owner: "ar@us.test".into(),
        due_hours: 24,
    };
    Exception::raise(code, about, occurrence, &owner, now(), ("why", "look"))
}

fn settled(item: Exception) -> Exception {
    let anna = Actor::Person("Anna".into());
    item.resolve((&anna, "Anna"), "done", now()).unwrap().0
}

fn gate(customer: &Customer, sent: &[OutboundMessage], items: &[Exception]) -> Gate {
    Surroundings::default().gate(customer, &[], sent, items)
}

#[test]
fn a_bounce_counts_until_the_address_is_corrected() {
    let ours = customer("1");
    let mails = [
        sent(&ours, OutboundState::Sent),
        sent(&ours, OutboundState::Bounced),
    ];
    assert!(gate(&ours, &mails, &[]).bounced);
    let mut corrected = customer("1");
    corrected.mail = MailAddress::parse("new@c1.test");
    assert!(!gate(&corrected, &mails, &[]).bounced);
}

#[test]
fn what_our_own_server_refuses_or_a_person_settled_leaves_the_address_good() {
    let ours = customer("1");
    let refused = [sent(&ours, OutboundState::Failed)];
    assert!(!gate(&ours, &refused, &[]).bounced);
    let back = [sent(&ours, OutboundState::Bounced)];
    let occurrence = back[0].id.to_string();
    let item = item(ExceptionCode::DeliveryFailed, ours.id.into(), &occurrence);
    assert!(gate(&ours, &back, std::slice::from_ref(&item)).bounced);
    assert!(!gate(&ours, &back, &[settled(item)]).bounced);
}

#[test]
fn an_answer_counts_until_a_person_has_read_it() {
    let ours = customer("1");
    let item = item(ExceptionCode::CustomerReply, ours.id.into(), "m");
    let open = std::slice::from_ref(&item);
    assert!(gate(&ours, &[], open).answer_waiting);
    assert!(!gate(&ours, &[], &[settled(item)]).answer_waiting);
}

#[test]
fn one_mail_is_on_its_way_until_it_is_settled() {
    let ours = customer("1");
    for state in [
        OutboundState::Queued,
        OutboundState::Sending,
        OutboundState::Unsure,
    ] {
        assert!(gate(&ours, &[sent(&ours, state)], &[]).mail_on_its_way);
    }
    // Not sent a third time: nobody would be reminded any more.
    let lost = OutboundMessage {
        losses: 2,
        ..sent(&ours, OutboundState::Unsure)
    };
    assert!(!gate(&ours, &[lost], &[]).mail_on_its_way);
    for state in [OutboundState::Sent, OutboundState::Withdrawn] {
        assert!(!gate(&ours, &[sent(&ours, state)], &[]).mail_on_its_way);
    }
}

#[test]
fn whatever_else_of_the_customer_waits_for_a_person_keeps_its_reminder_back() {
    let (ours, other) = (customer("1"), customer("2"));
    let clerk = MailAddress::parse("clerk@c1.test").unwrap();
    let of_ours = Surroundings::of(UnappliedCash::default(), vec![clerk], &[], false);
    assert!(of_ours.gate(&ours, &[], &[], &[]).mail_waiting);
    assert!(!of_ours.gate(&other, &[], &[], &[]).mail_waiting);

    let cash = UnappliedCash::of(vec![credit(500, Some(&ours), "thank you")]);
    let of_ours = Surroundings::of(cash, Vec::new(), &[], false);
    let invoices = [invoice("MR-2026-1001", "1", 10_000)];
    assert!(of_ours.gate(&ours, &invoices, &[], &[]).cash_unapplied);
    assert!(!of_ours.gate(&other, &[], &[], &[]).cash_unapplied);
}

#[test]
fn a_held_remittance_counts_as_long_as_it_waits() {
    let ours = customer("1");
    let remittance = |place: &str, state, day| Remittance {
        id: Remittance::id_of(DocumentId::derive(&[place])),
        document: DocumentId::derive(&[place]),
        message: MessageId::derive(&["m"]),
        customer: Some(ours.id),
        payer: ours.name.clone(),
        total: None,
        payment_date: None,
        reference: None,
        lines: Vec::new(),
        state,
        waits_until: Some(date(2026, 11, day)),
        version: 1,
    };
    let all = [
        remittance("a", RemittanceState::Held, 21),
        remittance("b", RemittanceState::Held, 25),
        remittance("c", RemittanceState::Claimed, 30),
    ];
    let parked = |all: &[Remittance]| {
        let around = Surroundings::of(UnappliedCash::default(), Vec::new(), all, false);
        around.gate(&ours, &[], &[], &[]).advice_parked_until
    };
    assert_eq!(parked(&all), Some(date(2026, 11, 25)));
    assert_eq!(parked(&all[2..]), None, "its invoices say so themselves");
}

#[test]
fn an_invoice_of_which_a_deduction_is_asked_is_kept_back_and_no_other() {
    let (asked, other) = (invoice("MR-1", "1", 2_380), invoice("MR-2", "1", 10_000));
    let question = item(ExceptionCode::Deduction, asked.invoice.id.into(), "entry");
    let around = Surroundings::default().with_deductions_asked(&[question]);
    let (others, kept) = around.without_undecided(vec![asked.clone(), other.clone()]);
    assert_eq!(others, [other]);
    let why = Suppressed::of(&asked, Suppression::DeductionAsked, None);
    assert_eq!(kept, [why]);
}
