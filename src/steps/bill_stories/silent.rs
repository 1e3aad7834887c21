//! An approver who does not answer: reminded, the delegate asked, somebody told.

use super::super::perform;
use super::super::resolve_exception::resolve_exception;
use super::world::Story;
use crate::basics::address::MailAddress;
use crate::domain::approval::ApprovalState;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::Change;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::exception::ExceptionCode;
use crate::domain::job::Step;
use crate::domain::outbound::{OutboundMessage, Purpose};
use crate::domain::payable::BillState;
use crate::domain::payable::test_world::document;
use crate::io::store::Filter;

const PASSED: &str = "Authentication-Results: mx.fin.test; dmarc=pass header.from=fin.test\r\nReceived: from a by mx.fin.test; Tue, 24 Nov 2026 10:00:00 +0000\r\n";
const ANNA: &str = "address = \"anna@fin.test\"\nlimit = \"10000.00\"\n";
const BEN_STANDS_IN: &str = "delegate = \"ben@fin.test\"\ndelegate_from = \"2026-11-20\"\ndelegate_until = \"2026-11-30\"\n";
/// The stories' bills are asked about on a Saturday; the first open day begins on Monday.
const MONDAY: &str = "2026-11-23T09:00:00Z";
const TUESDAY: &str = "2026-11-24T09:00:00Z";
const WEDNESDAY: &str = "2026-11-25T09:00:00Z";
const THURSDAY: &str = "2026-11-26T09:00:00Z";

fn plain_bill() -> Document {
    document(DocumentKind::Bill, |_| {})
}

impl Story {
    /// It is this time, and what waits for approvers is done; nothing else is.
    async fn is(&self, time: &str) {
        self.office.clock.move_to(time.parse().unwrap());
        let (store, now) = (&self.office.store, self.office.clock.now());
        let lease = std::time::Duration::from_secs(600);
        loop {
            let claimed = store.claim("story", now, 1, lease).await.unwrap();
            let Some(one) = claimed.into_iter().next() else {
                return;
            };
            if matches!(one.step, Step::RemindApprover | Step::AskDelegate) {
                perform(&self.office, &one).await.unwrap();
            } else {
                let by = Actor::program("story");
                let done = AuditEvent::new(now, by, "skipped", one.subject, "");
                let change = Change::new(done).finishing(one.claim);
                store.commit(change).await.unwrap();
            }
        }
    }

    async fn reminders(&self) -> Vec<OutboundMessage> {
        self.mails(Purpose::ApprovalReminder).await
    }
}

#[tokio::test]
async fn anna_is_reminded_twice_and_approves_by_an_answer_to_the_reminder() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let request = story.request_to("anna").await;
    story.is(MONDAY).await;
    assert_eq!(
        story.reminders().await,
        [],
        "a weekend is no day of patience"
    );
    story.is(TUESDAY).await;
    story.is(TUESDAY).await;
    let [reminder] = story.reminders().await.try_into().unwrap();
    assert_eq!(reminder.to.local(), "anna");
    assert_eq!(reminder.reply_to, request.reply_to);
    assert_eq!(
        reminder.in_reply_to.as_ref(),
        Some(&request.header_message_id)
    );
    assert!(
        reminder
            .letter
            .subject
            .starts_with("Reminder, please decide: ")
    );
    assert!(
        reminder
            .letter
            .text
            .contains("! REMINDER: you were asked on ")
    );
    assert_eq!(reminder.attachments, request.attachments);
    story.is(WEDNESDAY).await;
    assert_eq!(story.reminders().await.len(), 2);
    let answer = story.answer_to(&reminder, "anna@fin.test", PASSED, "Approved");
    answer.await.unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
    story.is(THURSDAY).await;
    assert_eq!(story.reminders().await.len(), 2, "nobody waits any more");
    assert_eq!(story.mails(Purpose::Escalation).await, []);
}

#[tokio::test]
async fn nobody_else_answers_a_reminder() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    story.is(TUESDAY).await;
    let [reminder] = story.reminders().await.try_into().unwrap();
    let answer = story.answer_to(&reminder, "ben@fin.test", PASSED, "Approved");
    answer.await.unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::AwaitingApproval);
}

#[tokio::test]
async fn with_the_second_reminder_the_delegate_is_asked_and_then_the_office_is_told() {
    let mut story = Story::begin().await;
    story.reconfigured(&[(ANNA, &format!("{ANNA}{BEN_STANDS_IN}"))]);
    let bill = story.arrives(plain_bill()).await;
    story.is(TUESDAY).await;
    let asked = || async { story.mails(Purpose::ApprovalRequest).await.len() };
    assert_eq!(asked().await, 1);
    story.is(WEDNESDAY).await;
    assert_eq!(asked().await, 2);
    let told = story.mails(Purpose::Delegation).await.remove(0);
    let why = "you were asked on 2026-11-21 and have not answered yet";
    assert!(told.letter.text.contains(why), "{}", told.letter.text);
    story.is(THURSDAY).await;
    let [escalation] = story.mails(Purpose::Escalation).await.try_into().unwrap();
    assert_eq!(
        escalation.to,
        MailAddress::parse("office@fin.test").unwrap()
    );
    assert_eq!(escalation.reply_to, None, "an answer decides nothing");
    assert_eq!(story.exceptions(bill).await, ["approval_late open"]);
    // Ben was asked a day ago; his own wait has begun.
    let reminded = story.reminders().await.into_iter();
    let reminded = reminded.map(|mail| mail.to.local().to_owned());
    assert_eq!(reminded.collect::<Vec<_>>(), ["anna", "anna", "ben"]);
    let ben = story.request_to("ben").await;
    let answer = story.answer_to(&ben, "ben@fin.test", PASSED, "Approved");
    answer.await.unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
    assert_eq!(story.exceptions(bill).await, ["approval_late resolved"]);
}

#[tokio::test]
async fn the_office_may_name_who_is_told_and_that_nobody_is_reminded() {
    let mut story = Story::begin().await;
    let patience = "expires_days = 7\nremind_after_hours = []\nescalate_after_hours = 24\nescalate_to = \"head@fin.test\"\n";
    story.reconfigured(&[("expires_days = 7\n", patience)]);
    story.arrives(plain_bill()).await;
    story.is(TUESDAY).await;
    assert_eq!(story.reminders().await, []);
    let [escalation] = story.mails(Purpose::Escalation).await.try_into().unwrap();
    assert_eq!(escalation.to, MailAddress::parse("head@fin.test").unwrap());
}

#[tokio::test]
async fn the_clock_stands_while_annas_question_is_open() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let request = story.request_to("anna").await;
    story.is(MONDAY).await;
    let asks = story.answer_to(&request, "anna@fin.test", PASSED, "Who ordered this?");
    asks.await.unwrap();
    story.is(TUESDAY).await;
    story.is(WEDNESDAY).await;
    assert_eq!(story.reminders().await, []);
    let items = story
        .office
        .store
        .exceptions_about(&bill.into())
        .await
        .unwrap();
    let asked = items
        .iter()
        .find(|item| item.code == ExceptionCode::ApproverAsks);
    let (office, id) = (&story.office, asked.unwrap().id);
    let resolved = resolve_exception(office, id, &[], "lena@fin.test", "told her: Ben");
    resolved.await.unwrap();
    // Ten hours of Monday were gone, and the rest of the day of patience begins at ten on Wednesday.
    story.is("2026-11-25T22:00:00Z").await;
    assert_eq!(story.reminders().await, []);
    story.is(THURSDAY).await;
    assert_eq!(story.reminders().await.len(), 1);
}

#[tokio::test]
async fn who_answers_unclearly_is_asked_for_one_word_and_reminded_of_it() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let request = story.request_to("anna").await;
    let unclear = story.answer_to(&request, "anna@fin.test", PASSED, "ok, fine with me");
    unclear.await.unwrap();
    assert_eq!(story.exceptions(bill).await, ["approver_asks open"]);
    story.is(TUESDAY).await;
    assert_eq!(story.reminders().await.len(), 1, "it is her turn");
    let clear = story.answer_to(&request, "anna@fin.test", PASSED, "Approve");
    clear.await.unwrap();
    assert_eq!(story.exceptions(bill).await, ["approver_asks resolved"]);
}

#[tokio::test]
async fn whose_mailbox_refused_the_request_is_not_written_to_again_but_somebody_is_told() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    story.comes_back("anna").await;
    for day in [TUESDAY, WEDNESDAY, THURSDAY] {
        story.is(day).await;
    }
    assert_eq!(story.reminders().await, []);
    assert_eq!(story.mails(Purpose::Escalation).await.len(), 1);
    let requests = story.office.store.requests_of_bill(bill).await.unwrap();
    assert_eq!(requests.len(), 1);
    assert!(requests.iter().all(|one| one.state == ApprovalState::Open));
    let mails = story.office.store.list_outbound(&Filter::default()).await;
    assert_eq!(mails.unwrap().len(), 2, "the request and the escalation");
}
