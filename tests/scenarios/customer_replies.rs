//! Customers answer reminders: what they say beyond doubt is taken down, and everything else is read by a person.

use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::receivable::CustomerInvoice;
use countinghouse::steps::dispute_invoice::promise_payment;

use crate::office::Office;
use crate::office::books::{DUE_26TH, KETTLE, day};
use crate::office::mails::answer;

/// The customer was reminded on the 26th, and answers it.
async fn answered(says: &str, verdict: &'static str) -> Office {
    let mut office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    office.move_to(day("2026-11-26")).await;
    let reminder = office.inbox_of(&office.people.kettle).await.remove(0);
    let mail = answer(&reminder, &office.people.kettle, says).verdict(verdict);
    office.take(&reminder.reply_to, &mail.write()).await;
    office
}

async fn invoice(office: &Office, number: &str) -> CustomerInvoice {
    let id = CustomerInvoice::id_of(number);
    let found = office.desk.store.customer_invoice(id).await.unwrap();
    found.unwrap()
}

async fn reminders(office: &Office) -> usize {
    office.inbox_of(&office.people.kettle).await.len()
}

#[tokio::test]
async fn whoever_says_by_when_he_pays_is_left_alone_until_then_and_the_promise_is_watched() {
    let says = "Hello,\n\nWe will pay on 27 November.\n\nKind regards";
    let mut office = answered(says, PROVEN).await;
    for number in ["MR-2026-2001", "MR-2026-2002"] {
        let promised = invoice(&office, number).await.promised_for;
        assert_eq!(promised, Some(day("2026-11-27")));
    }
    assert_eq!(
        office.waiting_for_a_person().await,
        [],
        "nobody has to read it"
    );
    let trail = office.trail().await;
    let kept = |said: &str| trail.iter().any(|event| event.reason.contains(said));
    assert!(kept("We will pay on 27 November."), "the words are kept");
    // The next import of invoices knows nothing of it.
    office.import_invoices(DUE_26TH).await;
    office
        .bank_books("2026-332-01", "1284.00", KETTLE, "MR-2026-2001")
        .await;
    office.move_to(day("2026-12-02")).await;
    assert_eq!(reminders(&office).await, 1);
    // Three business days later the other one has not come: a person hears of it, once, and the reminders go on.
    office.move_to(day("2026-12-03")).await;
    let broken = [ExceptionCode::PromiseBroken];
    assert_eq!(office.waiting_for_a_person().await, broken);
    assert_eq!(reminders(&office).await, 2);
    office.next_day().await;
    assert_eq!(office.waiting_for_a_person().await, broken);
    office.close(&broken).await;
}

#[tokio::test]
async fn what_a_customer_does_not_accept_is_disputed_in_his_words_and_the_rest_is_reminded_of() {
    let says = "We never got the goods of MR-2026-2001.";
    let mut office = answered(says, PROVEN).await;
    let disputed = invoice(&office, "MR-2026-2001").await.disputed;
    assert_eq!(disputed.as_deref(), Some(says));
    assert_eq!(invoice(&office, "MR-2026-2002").await.disputed, None);
    let waiting = [ExceptionCode::CustomerReply];
    assert_eq!(
        office.waiting_for_a_person().await,
        waiting,
        "it has an owner"
    );
    office.move_to(day("2026-12-03")).await;
    let inbox = office.inbox_of(&office.people.kettle).await;
    assert_eq!(inbox.len(), 2);
    let mut others = inbox
        .iter()
        .filter(|letter| !letter.text.contains("MR-2026-2001"));
    assert!(others.any(|letter| letter.text.contains("MR-2026-2002")));
    office.close(&waiting).await;
}

#[tokio::test]
async fn an_answer_that_leaves_a_doubt_is_read_by_a_person_who_is_told_what_it_seems_to_say() {
    for (says, hint) in [
        ("We will pay next Friday.", "it will be paid"),
        (
            "We will pay on 27 November if the sacks are replaced.",
            "it will be paid",
        ),
        ("The goods were damaged.", "it is not accepted"),
        ("This was already paid last week.", "it was paid"),
        ("Please confirm your new bank account.", "BANK ACCOUNTS"),
    ] {
        let mut office = answered(says, PROVEN).await;
        let items = office.desk.store.open_exceptions(10).await.unwrap();
        assert_eq!(items[0].code, ExceptionCode::CustomerReply);
        assert!(items[0].reason.contains(hint), "{}", items[0].reason);
        assert!(items[0].reason.contains(says));
        for number in ["MR-2026-2001", "MR-2026-2002"] {
            let invoice = invoice(&office, number).await;
            assert_eq!((invoice.promised_for, invoice.disputed), (None, None));
        }
        office.move_to(day("2026-12-03")).await;
        assert_eq!(reminders(&office).await, 1, "it waits for the person");
        office.close(&[ExceptionCode::CustomerReply]).await;
    }
}

#[tokio::test]
async fn nobody_else_promises_or_disputes_in_a_customers_name() {
    for says in [
        "We will pay on 27 November.",
        "We never got the goods of MR-2026-2001.",
    ] {
        let office = answered(says, "dmarc=fail").await;
        for number in ["MR-2026-2001", "MR-2026-2002"] {
            let invoice = invoice(&office, number).await;
            assert_eq!((invoice.promised_for, invoice.disputed), (None, None));
        }
        let items = office.desk.store.open_exceptions(10).await.unwrap();
        assert!(
            items[0].reason.contains("DMARC failed"),
            "{}",
            items[0].reason
        );
        office.close(&[ExceptionCode::CustomerReply]).await;
    }
}

#[tokio::test]
async fn a_clerk_records_what_was_promised_by_telephone() {
    let mut office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    let why = ("Lena", "Mr Fox, by telephone");
    for number in ["MR-2026-2001", "MR-2026-2002"] {
        promise_payment(&office.desk, number, day("2026-11-26"), why)
            .await
            .unwrap();
    }
    let past = promise_payment(&office.desk, "MR-2026-2001", day("2026-11-18"), why);
    assert!(past.await.is_err());
    office.move_to(day("2026-12-01")).await;
    assert_eq!(reminders(&office).await, 0);
    office.move_to(day("2026-12-02")).await;
    assert_eq!(reminders(&office).await, 1);
    office.close(&[ExceptionCode::PromiseBroken; 2]).await;
}

/// What the company's mail server says of the customer's mail.
const PROVEN: &str = "dmarc=pass";
