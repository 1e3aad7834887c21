//! An approver who is away or not reached, and the delegate who is asked in that place.

use super::super::ask_delegate::ask_delegate;
use super::super::note_absence::{ask_delegates, note_absence};
use super::super::open_mail::open;
use super::super::record_delivery::record_delivery;
use super::payment_runs::due_soon;
use super::world::Story;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{ApprovalRequestId, BillId, MessageId};
use crate::domain::approval::ApprovalState;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::{Document, DocumentKind, StatedAmounts};
use crate::domain::job::Step;
use crate::domain::message::{Message, MessageState};
use crate::domain::outbound::{OutboundMessage, OutboundState, Purpose};
use crate::domain::payable::BillState;
use crate::domain::payable::test_world::{document, eur, text};

const PASSED: &str = "Authentication-Results: mx.fin.test; dmarc=pass header.from=fin.test\r\nReceived: from a by mx.fin.test; Sat, 21 Nov 2026 10:00:00 +0000\r\n";
const ANNA: &str = "address = \"anna@fin.test\"\nlimit = \"10000.00\"\n";
const BEN_STANDS_IN: &str = "delegate = \"ben@fin.test\"\ndelegate_from = \"2026-11-20\"\ndelegate_until = \"2026-11-30\"\n";
const AWAY: &str =
    "I am out of the office until 4 December. For urgent matters ask cem@fin.test, my substitute.";

fn plain_bill() -> Document {
    document(DocumentKind::Bill, |_| {})
}

impl Story {
    async fn with_delegate() -> Self {
        let mut story = Self::begin().await;
        story.reconfigured(&[(ANNA, &format!("{ANNA}{BEN_STANDS_IN}"))]);
        story
    }

    async fn stores(&self, raw: &[u8]) -> Message {
        let content = self.office.vault.put(raw).await.unwrap();
        let message = Message {
            id: Message::id_of(content),
            content,
            size_bytes: 1,
            header_message_id: None,
            from: None,
            subject: "a mail".into(),
            received_at: self.office.clock.now(),
            mailbox: "ap".into(),
            state: MessageState::Read,
            route: None,
            notes: Vec::new(),
            version: 0,
        };
        let told = self.told(message.id, "read");
        let change = Change::new(told).put(Record::Message(message.clone()));
        self.office.store.commit(change).await.unwrap();
        message
    }

    fn told(&self, id: MessageId, state: &str) -> AuditEvent {
        let now = self.office.clock.now();
        AuditEvent::new(now, Actor::program("story"), "told", id, "story").state(None, state)
    }

    /// An absence notice answers the last request to `name`; `number` tells two notices apart.
    async fn is_away(&self, name: &str, headers: &str, number: u32) {
        let request = self.request_to(name).await;
        let raw = format!(
            "{headers}From: {name}@fin.test\r\nTo: {}\r\nSubject: Automatic reply: {}\r\nMessage-ID: <away-{number}@fin.test>\r\nAuto-Submitted: auto-replied\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{AWAY}\r\n",
            request.reply_to.as_ref().unwrap(),
            request.letter.subject,
        );
        let message = self.stores(raw.as_bytes()).await;
        let opened = open(raw.as_bytes(), &self.office.own_mail()).unwrap();
        let (office, now) = (&self.office, self.office.clock.now());
        let change = Change::new(self.told(message.id, "read"));
        let change = note_absence(office, change, &message, &opened, now);
        let change = ask_delegates(office, change, &message, &opened, now).await;
        office.store.commit(change.unwrap()).await.unwrap();
    }

    /// The server of `name` says that there is no such mailbox.
    pub(super) async fn comes_back(&self, name: &str) {
        let mail = self.request_to(name).await;
        let sent = OutboundMessage {
            state: OutboundState::Sent,
            ..mail.clone()
        };
        let now: Timestamp = self.office.clock.now();
        let told = AuditEvent::new(now, Actor::program("story"), "sent", mail.id, "story");
        let told = told.state(None, "sent");
        let change = Change::new(told).put(Record::Outbound(sent));
        self.office.store.commit(change).await.unwrap();
        let raw = format!(
            "From: MAILER-DAEMON@mx.fin.test\r\nTo: {}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nno\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.fin.test\r\n\r\nFinal-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{}>\r\n\r\n--b--\r\n",
            mail.envelope_from, mail.to, mail.header_message_id,
        );
        let message = self.stores(raw.as_bytes()).await;
        let claim = self.claim(Step::RecordDelivery, message.id.into()).await;
        record_delivery(&self.office, &claim, message.id)
            .await
            .unwrap();
    }

    /// Does the jobs that ask delegates, and says how many there were.
    async fn delegates_are_asked(&self) -> u32 {
        let (store, now) = (&self.office.store, self.office.clock.now());
        let lease = std::time::Duration::from_secs(600);
        let mut asked = 0;
        loop {
            let claimed = store.claim("story", now, 1, lease).await.unwrap();
            let Some(one) = claimed.into_iter().next() else {
                return asked;
            };
            if one.step == Step::AskDelegate {
                let id = ApprovalRequestId::parse(&one.subject.id).unwrap();
                ask_delegate(&self.office, &one.claim, id).await.unwrap();
                asked += 1;
            } else {
                let done =
                    AuditEvent::new(now, Actor::program("story"), "skipped", one.subject, "");
                let change = Change::new(done).finishing(one.claim);
                store.commit(change).await.unwrap();
            }
        }
    }

    async fn asked(&self) -> Vec<String> {
        let mails = self.mails(Purpose::ApprovalRequest).await;
        mails.iter().map(|mail| mail.to.local().into()).collect()
    }

    async fn told_of_delegation(&self) -> Vec<(String, String)> {
        let mails = self.mails(Purpose::Delegation).await.into_iter();
        let told = mails.map(|mail| {
            let first = mail.letter.subject.split(':').next().unwrap_or_default();
            (mail.to.local().into(), first.into())
        });
        told.collect()
    }

    /// What a person is asked about its requests.
    async fn items(&self, bill: BillId) -> Vec<String> {
        let store = &self.office.store;
        let mut found = Vec::new();
        for request in store.requests_of_bill(bill).await.unwrap() {
            let about = request.id.into();
            let items = store.exceptions_about(&about).await.unwrap();
            found.extend(items.into_iter().map(|one| one.reason));
        }
        found
    }

    async fn states(&self, bill: BillId) -> Vec<(String, ApprovalState)> {
        let requests = self.office.store.requests_of_bill(bill).await.unwrap();
        let states = requests.into_iter();
        let states = states.map(|one| (one.approver.local().to_owned(), one.state));
        states.collect()
    }
}

fn told(to: &str, what: &str) -> (String, String) {
    (to.into(), what.into())
}

#[tokio::test]
async fn anna_is_away_and_ben_approves_in_her_place_once_however_often_she_says_so() {
    let story = Story::with_delegate().await;
    let bill = story.arrives(plain_bill()).await;
    let annas = story.request_to("anna").await;
    story.is_away("anna", PASSED, 1).await;
    assert_eq!(story.delegates_are_asked().await, 1);
    story.is_away("anna", PASSED, 2).await;
    story.delegates_are_asked().await;
    story.comes_back("anna").await;
    story.delegates_are_asked().await;
    assert_eq!(story.asked().await, ["anna", "ben"], "and never Cem");
    let asks = [told("anna", "Your delegate is asked")];
    assert_eq!(story.told_of_delegation().await, asks);
    let request = story.request_to("ben").await;
    assert!(request.letter.text.contains("IN THE PLACE OF Anna Berg"));
    assert_ne!(request.reply_to, annas.reply_to, "a token of its own");
    story
        .answer("ben", "ben@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
    let votes = story.office.store.votes_of_bill(bill).await.unwrap();
    let vote = votes.first().unwrap();
    assert_eq!(vote.approver.to_string(), "ben@fin.test");
    assert_eq!(vote.decider().to_string(), "anna@fin.test");
    let told_both = [asks[0].clone(), told("anna", "Answered already")];
    assert_eq!(story.told_of_delegation().await, told_both);
    story
        .answer_to(&annas, "anna@fin.test", PASSED, "Reject: too dear")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
    assert!(story.exceptions(bill).await.is_empty());
}

#[tokio::test]
async fn anna_answers_from_the_beach_and_ben_is_told_that_nothing_is_left_for_him() {
    let story = Story::with_delegate().await;
    let bill = story.arrives(plain_bill()).await;
    story.is_away("anna", PASSED, 1).await;
    story.delegates_are_asked().await;
    story
        .answer("anna", "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
    let last = story.told_of_delegation().await.pop();
    assert_eq!(last, Some(told("ben", "Answered already")));
    let late = story.answer("ben", "ben@fin.test", PASSED, "Reject: no");
    late.await.unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
    let states = story.states(bill).await;
    assert_eq!(states[1], ("ben".into(), ApprovalState::Withdrawn));
}

#[tokio::test]
async fn a_request_that_comes_back_goes_to_the_delegate_and_without_one_to_a_person() {
    let mut story = Story::with_delegate().await;
    let bill = story.arrives(plain_bill()).await;
    story.comes_back("anna").await;
    story.delegates_are_asked().await;
    assert_eq!(story.asked().await, ["anna", "ben"]);
    assert!(story.items(bill).await.is_empty());
    // Ben's own comes back as well: a delegate has no delegate.
    story.comes_back("ben").await;
    story.delegates_are_asked().await;
    assert_eq!(story.asked().await, ["anna", "ben"]);
    assert_eq!(story.items(bill).await.len(), 1);
    story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    story.comes_back("anna").await;
    assert_eq!(story.delegates_are_asked().await, 0);
    assert_eq!(story.items(bill).await.len(), 1);
}

#[tokio::test]
async fn who_told_of_being_away_is_stood_in_for_with_the_next_bill_too() {
    let story = Story::with_delegate().await;
    story.arrives(plain_bill()).await;
    story.is_away("anna", PASSED, 1).await;
    story.delegates_are_asked().await;
    let mut next = document(DocumentKind::Bill, |fields| {
        fields.invoice_number = Some(text("2026-0077".to_owned()));
        fields.net_total = Some(text(eur(50_000)));
        fields.tax_total = None;
        fields.gross_total = Some(text(eur(50_000)));
        fields.payable_total = Some(text(eur(50_000)));
    });
    next.reading.amounts = StatedAmounts::default();
    next.message = MessageId::derive(&["another mail"]);
    next.id = Document::id_of(next.message, "1");
    next.content = crate::basics::ids::ContentHash::of(b"another bill");
    let bill = story.arrives(next).await;
    let reviewed = story.bill(bill).await;
    let state = (reviewed.state, reviewed.findings);
    assert_eq!(state.0, BillState::AwaitingApproval, "{:?}", state.1);
    story.delegates_are_asked().await;
    assert_eq!(story.asked().await, ["anna", "ben", "anna", "ben"]);
}

#[tokio::test]
async fn a_forged_notice_and_a_delegation_of_another_time_ask_nobody() {
    let mut story = Story::with_delegate().await;
    story.arrives(plain_bill()).await;
    let failed = PASSED.replace("dmarc=pass", "dmarc=fail");
    story.is_away("anna", &failed, 1).await;
    assert_eq!(story.delegates_are_asked().await, 0);
    story.reconfigured(&[
        (ANNA, &format!("{ANNA}{BEN_STANDS_IN}")),
        ("2026-11-30", "2026-11-20"),
    ]);
    story.is_away("anna", PASSED, 2).await;
    story.delegates_are_asked().await;
    assert_eq!(story.asked().await, ["anna"]);
}

#[tokio::test]
async fn a_delegation_that_was_lowered_before_the_answer_approves_nothing_and_ben_is_told_why() {
    let mut story = Story::with_delegate().await;
    let bill = story.arrives(plain_bill()).await;
    story.comes_back("anna").await;
    story.delegates_are_asked().await;
    let lowered = format!("{ANNA}{BEN_STANDS_IN}delegate_limit = \"1000.00\"\n");
    story.reconfigured(&[(ANNA, &lowered)]);
    let answer = story.answer("ben", "ben@fin.test", PASSED, "Approve");
    answer.await.unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::AwaitingApproval);
    let refused = story.mails(Purpose::ReplyRefused).await;
    assert_eq!(refused.len(), 1);
    assert!(refused[0].letter.text.contains("do not stand in"));
    let states = story.states(bill).await;
    assert_eq!(states[1], ("ben".into(), ApprovalState::Withdrawn));
    // Anna is not reached, and nobody stands in for her any more: a person looks.
    assert_eq!(story.delegates_are_asked().await, 1);
    assert_eq!(story.items(bill).await.len(), 1);
    let answer = story.answer("anna", "anna@fin.test", PASSED, "Approve");
    answer.await.unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
}

#[tokio::test]
async fn neither_the_delegate_nor_who_was_stood_in_for_releases_the_payment() {
    let story = Story::with_delegate().await;
    let bill = story.arrives(due_soon(|_| {})).await;
    story.is_away("anna", PASSED, 1).await;
    story.delegates_are_asked().await;
    let answer = story.answer("ben", "ben@fin.test", PASSED, "Approve");
    answer.await.unwrap();
    story.scheduled(bill).await;
    let run = story.plans("lena").await.run.unwrap();
    for by in ["Ben Okafor", "Anna Berg"] {
        let refused = story.releases(&run, by).await.unwrap_err();
        assert!(refused.contains("approved bill"), "{by}: {refused}");
    }
    story.releases(&run, "Tom Ode").await.unwrap();
}
