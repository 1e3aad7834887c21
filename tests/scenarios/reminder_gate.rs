//! The gate before each reminder: what is known when it is handed over decides, and whoever may have paid, written or is spoken with is
//! left alone.

use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::outbound::{OutboundMessage, OutboundState, Purpose};
use countinghouse::domain::receivable::Customer;
use countinghouse::domain::receivable::reminder_ladder::Suppression;
use countinghouse::steps::dispute_invoice::dispute_invoice;
use countinghouse::steps::hold_reminders::pause_reminders;
use countinghouse::steps::send_reminders::outlook;
use jiff::SignedDuration;

use crate::office::Office;
use crate::office::bills::bill;
use crate::office::books::{DUE_26TH, KETTLE, day};
use crate::office::mails;

/// A reminder of the 26th is written and waits in the outbox, since a mail to an approver was all that may go out in ten minutes.
async fn a_reminder_in_the_outbox() -> Office {
    let office = Office::sqlite().await;
    let limited = "[outgoing]\nmax_in_ten_minutes = 1\n";
    let mut office = office.reopen_with("[outgoing]\n", limited).await;
    office.import_invoices(DUE_26TH).await;
    let paper = bill("RE-7001", 10_000);
    office.receive(&office.people.ap, &paper.mail(1)).await;
    office.move_to(day("2026-11-26")).await;
    assert_eq!(office.outbound().await.len(), 2);
    assert_eq!(reminder(&office).await.state, OutboundState::Queued);
    assert!(office.inbox_of(&office.people.kettle).await.is_empty());
    office
}

async fn reminder(office: &Office) -> OutboundMessage {
    let mut mails = office.outbound().await;
    mails.retain(|mail| mail.purpose == Purpose::Reminder);
    assert_eq!(mails.len(), 1);
    mails.remove(0)
}

async fn ten_minutes_later(office: &Office) {
    office.desk.clock.move_by(SignedDuration::from_mins(11));
    office.work().await;
}

/// What keeps the customer of `DUE_26TH` from being written to today.
async fn kept_back(office: &Office) -> Option<Suppression> {
    let customer = office.desk.store.customer(Customer::id_of("20026")).await;
    let customer = customer.unwrap().unwrap();
    let outlook = outlook(&office.desk, &customer).await.unwrap();
    let mut whole = outlook
        .suppressed
        .iter()
        .filter(|one| one.invoice.is_none());
    whole.next().map(|one| one.why)
}

#[tokio::test]
async fn a_reminder_says_what_is_open_when_it_leaves_and_not_when_it_was_written() {
    let office = a_reminder_in_the_outbox().await;
    let written = reminder(&office).await;
    assert!(written.letter.text.contains("MR-2026-2001"));
    office
        .bank_books("2026-330-01", "1284.00", KETTLE, "MR-2026-2001")
        .await;
    ten_minutes_later(&office).await;
    let inbox = office.inbox_of(&office.people.kettle).await;
    assert_eq!(inbox.len(), 1);
    let text = &inbox[0].text;
    assert!(
        !text.contains("MR-2026-2001") && text.contains("MR-2026-2002"),
        "{text}"
    );
    let told = office.desk.store.list_reminders(10).await.unwrap();
    assert_eq!(told.len(), 1, "the paid one was never reminded of");
    office.close(&[ExceptionCode::TooMuchMail]).await;
}

#[tokio::test]
async fn a_reminder_of_what_is_paid_or_disputed_meanwhile_never_leaves() {
    let mut office = a_reminder_in_the_outbox().await;
    office
        .bank_books("2026-330-01", "1284.00", KETTLE, "MR-2026-2001")
        .await;
    dispute_invoice(&office.desk, "MR-2026-2002", "Lena", "torn sacks")
        .await
        .unwrap();
    ten_minutes_later(&office).await;
    assert_eq!(reminder(&office).await.state, OutboundState::Withdrawn);
    office.move_to(day("2026-11-27")).await;
    assert!(office.inbox_of(&office.people.kettle).await.is_empty());
    assert!(
        office
            .desk
            .store
            .list_reminders(10)
            .await
            .unwrap()
            .is_empty()
    );
    office.close(&[ExceptionCode::TooMuchMail]).await;
}

#[tokio::test]
async fn a_reminder_that_missed_its_hours_leaves_the_next_morning_as_of_that_day() {
    let office = a_reminder_in_the_outbox().await;
    office.desk.clock.move_by(SignedDuration::from_hours(12));
    office.work().await;
    assert_eq!(reminder(&office).await.state, OutboundState::Queued);
    // The limit has done its part: the next morning a mail to the approver is due as well.
    let mut office = office.reopen_with("max_in_ten_minutes = 1\n", "").await;
    office.move_to(day("2026-11-27")).await;
    // One mail for both days, in words that are true on the second.
    assert_eq!(reminder(&office).await.state, OutboundState::Sent);
    let inbox = office.inbox_of(&office.people.kettle).await;
    assert_eq!(inbox.len(), 1);
    assert!(!inbox[0].text.contains("due today"), "{}", inbox[0].text);
    office.close(&[ExceptionCode::TooMuchMail]).await;
}

#[tokio::test]
async fn whose_money_is_not_applied_is_not_reminded_until_it_is() {
    let mut office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    // It pays neither of them: nobody can say what it is for.
    office
        .bank_books("2026-330-01", "1000.00", KETTLE, "thank you")
        .await;
    office.move_to(day("2026-11-26")).await;
    assert!(office.outbound().await.is_empty());
    assert_eq!(kept_back(&office).await, Some(Suppression::CashUnapplied));
    let asked = office.desk.store.open_exceptions(10).await.unwrap();
    assert_eq!(asked[0].code, ExceptionCode::CashUnidentified);
    let id = asked[0].id;
    countinghouse::steps::resolve_exception::resolve_exception(
        &office.desk,
        id,
        &[],
        "Lena",
        "a deposit, booked by hand",
    )
    .await
    .unwrap();
    office.move_to(day("2026-11-27")).await;
    assert_eq!(office.inbox_of(&office.people.kettle).await.len(), 1);
    office.close(&[]).await;
}

#[tokio::test]
async fn whose_mail_waits_for_a_person_is_not_reminded_and_others_are() {
    let mut office = Office::sqlite().await;
    let both = format!("{DUE_26TH}MR-2026-2003,20014,2026-10-27,2026-11-26,EUR,107.00,,no\n");
    office.import_invoices(&both).await;
    // A file nobody can open: it may say that everything is paid.
    let broken = mails::typed(
        "office@copperkettle.example",
        "Our payments",
        "application/pdf; name=payments.pdf",
        "%PDF-1.7 cut off",
    );
    office.take(&office.people.ar, &broken).await;
    office.move_to(day("2026-11-26")).await;
    assert_eq!(kept_back(&office).await, Some(Suppression::MailWaiting));
    assert_eq!(office.inbox_of(&office.people.kontor).await.len(), 1);
    assert!(office.inbox_of(&office.people.kettle).await.is_empty());
    let waiting = office.waiting_for_a_person().await;
    office.close(&waiting).await;
}

#[tokio::test]
async fn a_person_pauses_the_reminders_to_a_customer_until_a_day() {
    let mut office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    let (id, until) = (Customer::id_of("20026"), day("2026-11-27"));
    let why = ("Lena", "they pay when the crane is mended");
    let yesterday = day("2026-11-18");
    assert!(
        pause_reminders(&office.desk, id, Some(yesterday), why)
            .await
            .is_err()
    );
    pause_reminders(&office.desk, id, Some(until), why)
        .await
        .unwrap();
    // The next import of customers knows nothing of it.
    office.import_customers().await;
    office.move_to(day("2026-11-26")).await;
    assert!(office.outbound().await.is_empty());
    assert_eq!(kept_back(&office).await, Some(Suppression::Paused));
    office.move_to(until).await;
    assert_eq!(office.inbox_of(&office.people.kettle).await.len(), 1);
    office.close(&[]).await;
}

#[tokio::test]
async fn nobody_is_reminded_by_what_the_bank_told_last_week_and_a_person_is_asked_for_its_data() {
    let office = Office::sqlite().await;
    let asks = ("bank_data_business_days = 0", "bank_data_business_days = 1");
    let mut office = office.reopen_with(asks.0, asks.1).await;
    office.import_invoices(DUE_26TH).await;
    office.move_to(day("2026-11-20")).await;
    office
        .bank_books("2026-324-01", "749.00", KETTLE, "MR-2026-1052")
        .await;
    let asked = office.waiting_for_a_person().await;
    office.move_to(day("2026-11-26")).await;
    office.next_day().await;
    assert!(office.outbound().await.is_empty());
    let stale = |codes: &[ExceptionCode]| {
        let code = ExceptionCode::BankDataStale;
        codes.iter().filter(|one| **one == code).count()
    };
    assert_eq!(stale(&office.waiting_for_a_person().await), 1, "once");
    // Yesterday's statement comes: the item is settled, and the mail goes out with the next look.
    office
        .bank_books("2026-331-01", "1284.00", KETTLE, "MR-2026-2001")
        .await;
    assert_eq!(office.waiting_for_a_person().await, asked);
    office.move_to(day("2026-11-30")).await;
    let inbox = office.inbox_of(&office.people.kettle).await;
    assert_eq!(inbox.len(), 1);
    assert!(!inbox[0].text.contains("MR-2026-2001"), "{}", inbox[0].text);
    office.close(&asked).await;
}
