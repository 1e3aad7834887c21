//! Reminders: one at each rung of the ladder, one mail a customer and day, none to whom has paid, says so, or disputes.

use countinghouse::domain::exception::ExceptionCode;
use countinghouse::domain::outbound::OutboundState;
use countinghouse::domain::receivable::CustomerInvoice;
use countinghouse::steps::dispute_invoice::{dispute_invoice, end_dispute};
use countinghouse::steps::hold_reminders::release_final_notice;
use countinghouse::{sweeps, watch};

use crate::office::Office;
use crate::office::books::{DUE_26TH, KETTLE, day};
use crate::office::mails::{self, answer};
use crate::office::servers::unique_at;

#[tokio::test]
async fn a_reminder_goes_out_at_each_rung_and_one_mail_says_it_all() {
    let mut office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    // 7 and 3 days before, on the day, 3 (a Sunday: on Monday), 7 and 14 after.
    let rungs = [
        "2026-11-19",
        "2026-11-23",
        "2026-11-26",
        "2026-11-30",
        "2026-12-03",
        "2026-12-10",
    ];
    for (sent, rung) in rungs.iter().enumerate() {
        office.move_to(day(rung)).await;
        assert_eq!(office.outbound().await.len(), sent + 1, "on {rung}");
        // The sweep looks again; another mail on the same day is not written.
        office.move_to(day(rung)).await;
        assert_eq!(office.outbound().await.len(), sent + 1, "twice on {rung}");
    }
    // 30 days after (a holiday: on the next business day) a person is asked, once, before the last word.
    for waiting in ["2026-12-28", "2026-12-29"] {
        office.move_to(day(waiting)).await;
        assert_eq!(office.outbound().await.len(), rungs.len(), "on {waiting}");
        let silent = ExceptionCode::RemindersUnanswered;
        let asked = [ExceptionCode::FinalNotice; 2].into_iter().chain([silent]);
        let asked = asked.collect::<Vec<_>>();
        assert_eq!(office.waiting_for_a_person().await, asked, "on {waiting}");
    }
    let reason = ("Lena", "spoken with: they do not say when");
    for number in ["MR-2026-2001", "MR-2026-2002"] {
        let id = CustomerInvoice::id_of(number);
        let released = release_final_notice(&office.desk, id, reason).await;
        assert!(released.is_ok(), "{released:?}");
        let twice = release_final_notice(&office.desk, id, reason).await;
        assert!(twice.is_err());
    }
    // Mail after mail went out and no money came: their owner knows since the fifth.
    let silent = [ExceptionCode::RemindersUnanswered];
    assert_eq!(office.waiting_for_a_person().await, silent);
    office.move_to(day("2026-12-30")).await;
    office.move_to(day("2027-01-15")).await;
    let inbox = office.inbox_of(&office.people.kettle).await;
    assert_eq!(inbox.len(), rungs.len() + 1, "and nothing is left to say");
    for letter in &inbox {
        assert!(
            letter.text.contains("MR-2026-2001") && letter.text.contains("MR-2026-2002"),
            "{}",
            letter.text
        );
        assert_eq!(letter.field("Auto-Submitted"), "auto-generated");
    }
    office.close(&silent).await;
}

#[tokio::test]
async fn weekends_are_left_in_peace() {
    let mut office = Office::sqlite().await;
    office
        .import_invoices(&DUE_26TH.replace("2026-11-26", "2026-11-21"))
        .await;
    office.move_to(day("2026-11-21")).await;
    assert!(office.outbound().await.is_empty(), "a Saturday");
    office.next_day().await;
    assert!(office.outbound().await.is_empty(), "a Sunday");
    office.next_day().await;
    assert_eq!(office.outbound().await.len(), 1);
    office.close(&[]).await;
}

#[tokio::test]
async fn a_reminder_stops_when_the_invoice_is_paid() {
    let mut office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    office.move_to(day("2026-11-26")).await;
    assert_eq!(office.outbound().await.len(), 1);
    office
        .bank_books("2026-230-01", "1284.00", KETTLE, "MR-2026-2001")
        .await;
    office.move_to(day("2026-12-03")).await;
    let inbox = office.inbox_of(&office.people.kettle).await;
    assert_eq!(inbox.len(), 2);
    let second = inbox
        .iter()
        .find(|letter| !letter.text.contains("MR-2026-2001"))
        .unwrap();
    assert!(
        second.text.contains("MR-2026-2002"),
        "only what is still open: {}",
        second.text
    );
    office
        .bank_books("2026-237-01", "535.00", KETTLE, "MR-2026-2002")
        .await;
    office.move_to(day("2026-12-10")).await;
    assert_eq!(office.outbound().await.len(), 2, "everything is paid");
    office.close(&[]).await;
}

#[tokio::test]
async fn a_reminder_waits_while_the_customer_says_it_is_paid() {
    let mut office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    let claim = "Good morning,\n\nToday we paid the following invoices by bank transfer:\n\n  Invoice MR-2026-2001    EUR 1,284.00\n  \
                 Invoice MR-2026-2002    EUR   535.00\n\n  Total paid              EUR 1,819.00\n\nPayment date: 25 November 2026\n\n\
                 The Copper Kettle Company Ltd";
    office
        .take(
            &office.people.ar,
            &mails::plain("office@copperkettle.example", "Remittance advice", claim),
        )
        .await;
    assert!(office.open_on("MR-2026-2001").await.claimed);
    office.move_to(day("2026-11-26")).await;
    assert!(office.outbound().await.is_empty(), "it is claimed");
    // The money does not come: after the days a claim protects, a person looks and the reminders go on.
    office.move_to(day("2026-12-10")).await;
    office.next_day().await;
    assert!(
        !office.open_on("MR-2026-2001").await.claimed
            || !office.waiting_for_a_person().await.is_empty()
    );
    let waiting = office.waiting_for_a_person().await;
    office.close(&waiting).await;
}

#[tokio::test]
async fn a_disputed_invoice_is_not_reminded_of_until_the_dispute_ends() {
    let mut office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    for number in ["MR-2026-2001", "MR-2026-2002"] {
        dispute_invoice(&office.desk, number, "Lena", "two sacks were torn")
            .await
            .unwrap();
    }
    office.move_to(day("2026-11-26")).await;
    assert!(office.outbound().await.is_empty());
    end_dispute(
        &office.desk,
        "MR-2026-2001",
        "Lena",
        "the sacks were replaced",
    )
    .await
    .unwrap();
    office.move_to(day("2026-11-27")).await;
    let inbox = office.inbox_of(&office.people.kettle).await;
    assert_eq!(inbox.len(), 1);
    assert!(
        inbox[0].text.contains("MR-2026-2001") && !inbox[0].text.contains("MR-2026-2002"),
        "{}",
        inbox[0].text
    );
    office.close(&[]).await;
}

#[tokio::test]
async fn a_customers_answer_goes_to_a_person_and_holds_the_next_reminder() {
    let mut office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    office.move_to(day("2026-11-26")).await;
    let reminder = office.inbox_of(&office.people.kettle).await.remove(0);
    let says = "Please call me about these.";
    office
        .take(
            &reminder.reply_to,
            &answer(&reminder, &office.people.kettle, says).write(),
        )
        .await;
    assert_eq!(
        office.outbound().await.len(),
        1,
        "a person answers, not a program"
    );
    office.move_to(day("2026-12-03")).await;
    assert_eq!(office.outbound().await.len(), 1);
    office.close(&[ExceptionCode::CustomerReply]).await;
}

#[tokio::test]
async fn a_bounce_of_ours_is_recorded_and_not_answered() {
    let mut office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    office.move_to(day("2026-11-26")).await;
    let sent = office.outbound().await.remove(0);
    assert_eq!(sent.state, OutboundState::Sent);
    let report = mails::bounce_of(&sent);
    office.take(&sent.envelope_from, &report).await;
    let now = office.outbound().await;
    assert_eq!(
        (now.len(), now[0].state),
        (1, OutboundState::Bounced),
        "recorded, and nothing is written about it"
    );
    assert!(
        now[0]
            .last_answer
            .as_deref()
            .unwrap_or_default()
            .contains("5.1.1"),
        "{:?}",
        now[0].last_answer
    );
    // The report once more, by another way: it is recorded already.
    office
        .take(
            &sent.envelope_from,
            &report.replace("4BNC0E19A2@", "again@"),
        )
        .await;
    office.move_to(day("2026-12-03")).await;
    assert_eq!(
        office.outbound().await.len(),
        1,
        "nobody writes to an address that does not exist"
    );
    office.close(&[ExceptionCode::DeliveryFailed]).await;
}

#[tokio::test]
async fn an_address_the_relay_refuses_is_put_before_a_person_at_once() {
    let mut office = Office::sqlite().await;
    office.people.kettle =
        countinghouse::basics::address::MailAddress::parse("nobody@ext.test").unwrap();
    office.import_customers().await;
    office.import_invoices(DUE_26TH).await;
    office.move_to(day("2026-11-26")).await;
    assert_eq!(office.outbound().await[0].state, OutboundState::Bounced);
    // Somebody mends the address: the next rung goes there.
    office.people.kettle = unique_at("kettle", "ext.test");
    office.import_customers().await;
    office.move_to(day("2026-12-03")).await;
    assert_eq!(office.inbox_of(&office.people.kettle).await.len(), 1);
    office.close(&[ExceptionCode::DeliveryFailed]).await;
}

#[tokio::test]
async fn nobody_is_reminded_before_the_mail_of_the_day_is_read() {
    let office = Office::sqlite().await;
    office.import_invoices(DUE_26TH).await;
    office
        .desk
        .clock
        .move_to("2026-11-26T09:00:00Z".parse().unwrap());
    // The daemon has just been started: its first sweep runs beside its first look at the mailboxes.
    sweeps::sweep(&office.desk).await.unwrap();
    let idle = office
        .desk
        .store
        .idle(office.desk.clock.now())
        .await
        .unwrap();
    assert_eq!(idle.ready, 0, "no reminder is called for");
    for mailbox in &office.config.mailboxes {
        watch::visit(&office.desk, mailbox).await.unwrap();
    }
    sweeps::sweep(&office.desk).await.unwrap();
    office.work().await;
    assert_eq!(office.outbound().await.len(), 1);
    office.close(&[]).await;
}
