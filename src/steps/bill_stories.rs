//! Bills on their way through review, approval by mail and the plan of payment, told on a real store and vault.

use std::sync::Arc;

use super::decide_bill::{BillDecision, decide_bill};
use super::expire_approval::expire_approval;
use super::record_approval::record_approval;
use super::review_bill::review_bill;
use super::schedule_payment::schedule_payment;
use super::send_outbound::MailOut;
use super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{ApprovalRequestId, BillId, HeaderMessageId, MessageId};
use crate::domain::approval::ApprovalState;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::document::DocumentKind;
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::message::{Message, MessageState};
use crate::domain::outbound::{OutboundMessage, Purpose};
use crate::domain::payable::decide::BillField;
use crate::domain::payable::draft::{Sender, draft};
use crate::domain::payable::test_world::{OTHER_IBAN, alpha, document, eur, text};
use crate::domain::payable::{Bill, BillState, PaymentState};
use crate::io::clock::Clock;
use crate::io::reader::Reader;
use crate::io::smtp::Outgoing;
use crate::io::store::{Filter, Store, StoreConfig};
use crate::io::vault::Vault;

const CONFIG: &str = r#"
[company]
name = "Our Company GmbH"
domains = ["fin.test"]
[storage]
data_folder = "data"
database_url = "sqlite://data/books.db"
[[mailbox]]
name = "ap"
side = "ap"
address = "ap@fin.test"
kind = "maildir"
maildir = "ap"
[[mailbox]]
name = "ar"
side = "ar"
address = "ar@fin.test"
kind = "maildir"
maildir = "ar"
[outgoing]
kind = "maildir"
maildir = "out"
[[approver]]
name = "Anna Berg"
address = "anna@fin.test"
limit = "10000.00"
[[approver]]
name = "Ben Okafor"
address = "ben@fin.test"
[[approver]]
name = "Cem Kaya"
address = "cem@fin.test"
[[approval_rule]]
name = "everyday"
approvers = ["anna@fin.test"]
needed = 1
[approval]
two_above = "10000.00"
expires_days = 7
[authenticity]
trusted_authserv_ids = ["mx.fin.test"]
[owners]
payables = "office@fin.test"
receivables = "office@fin.test"
mail = "office@fin.test"
"#;

struct Story {
    office: Office,
    answers: std::cell::Cell<u32>,
    _folder: tempfile::TempDir,
}

impl Story {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = crate::config::Config::parse(CONFIG, folder.path()).unwrap();
        let store_config = StoreConfig {
            url: format!("sqlite://{}", folder.path().join("books.db").display()),
            data_folder: folder.path().to_owned(),
        };
        let office = Office {
            store: Store::open_or_create(&store_config).await.unwrap(),
            vault: Vault::open(&folder.path().join("vault")).await.unwrap(),
            clock: Clock::set_to("2026-11-21T10:00:00Z".parse().unwrap()),
            reader: Arc::new(Reader::new("countinghouse".into())),
            mail_out: Arc::new(MailOut::new(Outgoing::Maildir(folder.path().join("out")))),
            dkim: None,
            rules: Arc::new(crate::config::rules::build(&config).unwrap()),
            token_key: [7; 32],
        };
        Self {
            office,
            answers: std::cell::Cell::new(0),
            _folder: folder,
        }
    }

    fn now(&self) -> Timestamp {
        self.office.clock.now()
    }

    fn event(&self, subject: impl Into<crate::domain::audit::Subject>, state: &str) -> AuditEvent {
        AuditEvent::new(
            self.now(),
            Actor::program("story"),
            "told",
            subject,
            "story",
        )
        .state(None, state)
    }

    /// A bill that was read, with its mail, document and supplier in the books.
    async fn arrives(&self, document: crate::domain::document::Document) -> BillId {
        let suppliers = [alpha()];
        let (bill, _) = draft(&document, &Sender::default(), &suppliers);
        let id = bill.id;
        let message = Message {
            id: document.message,
            content: document.content,
            size_bytes: 1,
            header_message_id: None,
            from: MailAddress::parse("billing@alpha.test"),
            subject: "Invoice".into(),
            received_at: self.now(),
            mailbox: "ap".into(),
            state: MessageState::Read,
            route: None,
            notes: Vec::new(),
            version: 0,
        };
        let mut change = Change::new(self.event(bill.id, "draft"))
            .event(self.event(message.id, "read"))
            .event(self.event(document.id, "consumed"))
            .put(Record::Message(message))
            .put(Record::Document(crate::domain::document::Document {
                version: 0,
                ..document
            }))
            .put(Record::Bill(bill));
        if self.office.store.suppliers().await.unwrap().is_empty() {
            change = change.put(Record::Supplier(crate::domain::payable::Supplier {
                version: 0,
                ..alpha()
            }));
        }
        self.office.store.commit(change).await.unwrap();
        self.reviewed(id).await;
        id
    }

    async fn claim(&self, step: Step, subject: crate::domain::audit::Subject) -> JobClaim {
        let job = NewJob {
            step,
            subject: subject.clone(),
            due_at: self.now(),
        };
        let told = AuditEvent::new(
            self.now(),
            Actor::program("story"),
            "job",
            subject.clone(),
            "story",
        );
        self.office
            .store
            .commit(Change::new(told).job(job))
            .await
            .unwrap();
        let lease = std::time::Duration::from_secs(600);
        loop {
            let claimed = self
                .office
                .store
                .claim("story", self.now(), 1, lease)
                .await
                .unwrap();
            let one = claimed.into_iter().next().unwrap();
            if one.step == step && one.subject == subject {
                return one.claim;
            }
            // Other steps' jobs are not part of the story: done without effect.
            let done = AuditEvent::new(
                self.now(),
                Actor::program("story"),
                "skipped",
                one.subject,
                "story",
            );
            self.office
                .store
                .commit(Change::new(done).finishing(one.claim))
                .await
                .unwrap();
        }
    }

    async fn reviewed(&self, id: BillId) {
        let claim = self.claim(Step::ReviewBill, id.into()).await;
        review_bill(&self.office, &claim, id).await.unwrap();
    }

    async fn scheduled(&self, id: BillId) {
        let claim = self.claim(Step::SchedulePayment, id.into()).await;
        schedule_payment(&self.office, &claim, id).await.unwrap();
    }

    async fn bill(&self, id: BillId) -> Bill {
        self.office.store.bill(id).await.unwrap().unwrap()
    }

    async fn mails(&self, purpose: Purpose) -> Vec<OutboundMessage> {
        let all = self
            .office
            .store
            .list_outbound(&Filter::default())
            .await
            .unwrap();
        let mut mails = all
            .into_iter()
            .filter(|mail| mail.purpose == purpose)
            .collect::<Vec<_>>();
        mails.reverse();
        mails
    }

    async fn request_to(&self, name: &str) -> OutboundMessage {
        let mails = self.mails(Purpose::ApprovalRequest).await;
        mails
            .into_iter()
            .rfind(|mail| mail.to.local() == name)
            .unwrap()
    }

    /// A mail answers the request to `asked`.
    async fn answer(
        &self,
        asked: &str,
        from: &str,
        headers: &str,
        body: &str,
    ) -> Result<(), StepError> {
        let request = self.request_to(asked).await;
        self.answer_to(&request, from, headers, body).await
    }

    async fn answer_to(
        &self,
        request: &OutboundMessage,
        from: &str,
        headers: &str,
        body: &str,
    ) -> Result<(), StepError> {
        let number = self.answers.get() + 1;
        self.answers.set(number);
        let own_id = format!("answer-{number}@fin.test");
        let to = request.reply_to.as_ref().unwrap();
        let raw = format!(
            "{headers}From: {from}\r\nTo: {to}\r\nSubject: Re: {}\r\nMessage-ID: <{own_id}>\r\nIn-Reply-To: {}\r\nDate: Sat, 21 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n",
            request.letter.subject, request.header_message_id
        );
        self.receives(raw.as_bytes(), &own_id).await
    }

    async fn receives(&self, raw: &[u8], own_id: &str) -> Result<(), StepError> {
        let content = self.office.vault.put(raw).await.unwrap();
        let id: MessageId = Message::id_of(content);
        let message = Message {
            id,
            content,
            size_bytes: raw.len() as u64,
            header_message_id: HeaderMessageId::parse(own_id),
            from: None,
            subject: "Re: approval".into(),
            received_at: self.now(),
            mailbox: "ap".into(),
            state: MessageState::Read,
            route: None,
            notes: Vec::new(),
            version: 0,
        };
        let change = Change::new(self.event(id, "read")).put(Record::Message(message));
        self.office.store.commit(change).await.unwrap();
        let claim = self.claim(Step::RecordApproval, id.into()).await;
        record_approval(&self.office, &claim, id).await
    }

    async fn exceptions(&self, id: BillId) -> Vec<String> {
        let all = self
            .office
            .store
            .exceptions_about(&id.into())
            .await
            .unwrap();
        all.iter()
            .map(|e| format!("{} {}", e.code, e.state))
            .collect()
    }
}

const PASSED: &str = "Authentication-Results: mx.fin.test; dmarc=pass header.from=fin.test\r\nReceived: from a by mx.fin.test; Sat, 21 Nov 2026 10:00:00 +0000\r\n";

fn plain_bill() -> crate::domain::document::Document {
    document(DocumentKind::Bill, |_| {})
}

fn large_bill() -> crate::domain::document::Document {
    let mut large = document(DocumentKind::Bill, |fields| {
        fields.net_total = Some(text(eur(1_000_001)));
        fields.tax_total = None;
        fields.gross_total = Some(text(eur(1_000_001)));
        fields.payable_total = Some(text(eur(1_000_001)));
    });
    large.reading.amounts = crate::domain::document::StatedAmounts::default();
    large
}

#[tokio::test]
async fn a_bill_is_approved_by_mail_and_its_payment_planned() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    assert_eq!(story.bill(bill).await.state, BillState::AwaitingApproval);
    let request = story.request_to("anna").await;
    assert!(
        request.letter.text.contains("1,190.00 EUR"),
        "{}",
        request.letter.text
    );
    assert!(
        request
            .reply_to
            .as_ref()
            .is_some_and(|to| to.detail().is_some())
    );
    assert_eq!(request.attachments.len(), 1);
    story
        .answer(
            "anna",
            "Anna Berg <anna@fin.test>",
            PASSED,
            "Approve\r\n\r\nBest regards\r\nAnna",
        )
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
    assert_eq!(story.mails(Purpose::ApprovalReceipt).await.len(), 1);
    story.scheduled(bill).await;
    let payments = story.office.store.payments_of_bill(bill).await.unwrap();
    // Dated 20 November with 14 days: due Friday, 4 December.
    let planned = payments
        .iter()
        .map(|p| (p.planned_for.to_string(), p.blocked.is_some(), p.state));
    assert_eq!(
        planned.collect::<Vec<_>>(),
        [("2026-12-04".into(), false, PaymentState::Planned)]
    );
    assert_eq!(story.bill(bill).await.state, BillState::Scheduled);
    story.scheduled(bill).await;
    assert_eq!(
        story
            .office
            .store
            .payments_of_bill(bill)
            .await
            .unwrap()
            .len(),
        1,
        "planned again, not twice"
    );
}

#[tokio::test]
async fn forged_strange_automatic_and_unclear_answers_approve_nothing() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let failed = "Authentication-Results: mx.fin.test; dmarc=fail header.from=fin.test\r\n";
    let stranger = "Authentication-Results: mx.fin.test; dmarc=pass header.from=evil.test\r\n";
    let forged_result = "Authentication-Results: mx.evil.test; dmarc=pass header.from=fin.test\r\n";
    let absent = format!("{PASSED}Auto-Submitted: auto-replied\r\n");
    for (from, headers, body) in [
        ("anna@fin.test", failed, "Approve"),
        ("anna@fin.test", "", "Approve"),
        ("anna@fin.test", forged_result, "Approve"),
        ("eve@evil.test", stranger, "Approve"),
        ("ben@fin.test", PASSED, "Approve"),
        ("anna@fin.test", &absent, "Approve"),
        ("anna@fin.test", PASSED, "ok?"),
        ("anna@fin.test", PASSED, "Approve if it is right"),
        ("anna@fin.test", PASSED, "> Approve"),
    ] {
        story.answer("anna", from, headers, body).await.unwrap();
        assert_eq!(
            story.bill(bill).await.state,
            BillState::AwaitingApproval,
            "{from} {headers} {body}"
        );
    }
    assert_eq!(story.mails(Purpose::ReplyRefused).await.len(), 5);
    assert_eq!(story.mails(Purpose::Clarification).await.len(), 3);
    assert!(
        story
            .office
            .store
            .votes_of_bill(bill)
            .await
            .unwrap()
            .is_empty()
    );
    story
        .answer("anna", "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(
        story.bill(bill).await.state,
        BillState::Approved,
        "and the request was open all the time"
    );
}

#[tokio::test]
async fn the_answer_to_a_bill_that_was_corrected_since_does_not_count_and_the_new_request_does() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let old = story.request_to("anna").await;
    let correction = BillDecision::Correct(BillField::PoNumber, "PO-7".into());
    decide_bill(&story.office, bill, &correction, "dora", "was missing")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Draft);
    story.reviewed(bill).await;
    story
        .answer_to(&old, "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::AwaitingApproval);
    assert_eq!(story.mails(Purpose::ReplyRefused).await.len(), 1);
    let new = story.request_to("anna").await;
    assert_ne!(new.id, old.id);
    assert!(
        new.references == old.references && !new.references.is_empty(),
        "one thread"
    );
    story
        .answer_to(&new, "anna@fin.test", PASSED, "Approved")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
}

#[tokio::test]
async fn the_same_answer_delivered_again_is_judged_once() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let request = story.request_to("anna").await;
    let to = request.reply_to.clone().unwrap();
    let raw = |hop: &str| {
        format!(
            "Received: from {hop}\r\n{PASSED}From: anna@fin.test\r\nTo: {to}\r\nMessage-ID: <same@fin.test>\r\nSubject: Re\r\n\r\nReject: wrong goods\r\n"
        )
    };
    story
        .receives(raw("a").as_bytes(), "same@fin.test")
        .await
        .unwrap();
    story
        .office
        .clock
        .move_by(jiff::SignedDuration::from_hours(24));
    story
        .receives(raw("b").as_bytes(), "same@fin.test")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Rejected);
    assert_eq!(
        story.mails(Purpose::ReplyRefused).await.len(),
        0,
        "a replay is not answered"
    );
    assert_eq!(
        story.office.store.votes_of_bill(bill).await.unwrap().len(),
        1
    );
    assert_eq!(story.exceptions(bill).await, ["bill_rejected open"]);
}

#[tokio::test]
async fn a_large_bill_waits_for_two_people() {
    let story = Story::begin().await;
    let bill = story.arrives(large_bill()).await;
    assert_eq!(
        story.mails(Purpose::ApprovalRequest).await.len(),
        2,
        "Anna's limit does not reach"
    );
    story
        .answer("ben", "ben@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::AwaitingApproval);
    story
        .answer("ben", "ben@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(
        story.bill(bill).await.state,
        BillState::AwaitingApproval,
        "the same person twice"
    );
    decide_bill(
        &story.office,
        bill,
        &BillDecision::Approve,
        "cem@fin.test",
        "",
    )
    .await
    .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
}

#[tokio::test]
async fn a_changed_account_is_approved_and_its_payment_waits_until_somebody_confirms_it() {
    let story = Story::begin().await;
    let bill = story
        .arrives(document(DocumentKind::Bill, |f| {
            f.iban = Some(text(OTHER_IBAN.into()))
        }))
        .await;
    let letter = story.request_to("anna").await.letter.text;
    assert!(letter.contains("5432"), "{letter}");
    assert!(!letter.contains(OTHER_IBAN), "never the whole account");
    story
        .answer("anna", "anna@fin.test", PASSED, "Genehmigt")
        .await
        .unwrap();
    story.scheduled(bill).await;
    let blocked = |payments: Vec<crate::domain::payable::Payment>| {
        payments.iter().any(|p| p.blocked.is_some())
    };
    assert!(blocked(
        story.office.store.payments_of_bill(bill).await.unwrap()
    ));
    assert_eq!(story.exceptions(bill).await, ["payment_blocked open"]);
    let confirm = BillDecision::Clear(vec!["bank_account.changed".into()]);
    decide_bill(
        &story.office,
        bill,
        &confirm,
        "dora",
        "called the supplier on the known number",
    )
    .await
    .unwrap();
    story.scheduled(bill).await;
    assert!(!blocked(
        story.office.store.payments_of_bill(bill).await.unwrap()
    ));
    assert_eq!(story.exceptions(bill).await, ["payment_blocked resolved"]);
}

#[tokio::test]
async fn a_duplicate_and_a_wrong_sum_are_held_and_a_person_can_clear_or_void_them() {
    let story = Story::begin().await;
    story.arrives(plain_bill()).await;
    story
        .office
        .clock
        .move_by(jiff::SignedDuration::from_hours(1));
    let again = story
        .arrives(document(DocumentKind::Bill, |f| {
            f.invoice_number = Some(text("RE 2026/815".into()))
        }))
        .await;
    assert_eq!(story.bill(again).await.state, BillState::Held);
    assert_eq!(story.exceptions(again).await, ["bill_held open"]);
    let codes = story
        .bill(again)
        .await
        .findings
        .iter()
        .map(|f| f.code.clone())
        .collect::<Vec<_>>();
    assert_eq!(codes, ["duplicate.alike_number"]);
    decide_bill(
        &story.office,
        again,
        &BillDecision::Clear(codes),
        "dora",
        "a second delivery",
    )
    .await
    .unwrap();
    story.reviewed(again).await;
    assert_eq!(story.bill(again).await.state, BillState::AwaitingApproval);
    assert_eq!(story.exceptions(again).await, ["bill_held resolved"]);
    decide_bill(
        &story.office,
        again,
        &BillDecision::Void,
        "dora",
        "it was a duplicate after all",
    )
    .await
    .unwrap();
    let requests = story.office.store.requests_of_bill(again).await.unwrap();
    assert!(
        requests
            .iter()
            .all(|request| request.state == ApprovalState::Withdrawn)
    );
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_asked_again() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let old = story.request_to("anna").await;
    let first = story.office.store.requests_of_bill(bill).await.unwrap();
    let id: ApprovalRequestId = first.first().unwrap().id;
    story
        .office
        .clock
        .move_by(jiff::SignedDuration::from_hours(7 * 24));
    let claim = story.claim(Step::ExpireApproval, id.into()).await;
    expire_approval(&story.office, &claim, id).await.unwrap();
    story.reviewed(bill).await;
    assert_eq!(story.mails(Purpose::ApprovalRequest).await.len(), 2);
    story
        .answer_to(&old, "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(
        story.bill(bill).await.state,
        BillState::AwaitingApproval,
        "too late"
    );
    story
        .answer("anna", "anna@fin.test", PASSED, "Approve")
        .await
        .unwrap();
    assert_eq!(story.bill(bill).await.state, BillState::Approved);
}

#[tokio::test]
async fn a_review_that_runs_twice_asks_once() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    story.reviewed(bill).await;
    assert_eq!(story.mails(Purpose::ApprovalRequest).await.len(), 1);
    assert_eq!(
        story
            .office
            .store
            .requests_of_bill(bill)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn nobody_approves_a_bill_they_corrected_or_without_being_asked() {
    let story = Story::begin().await;
    let bill = story.arrives(plain_bill()).await;
    let stranger = decide_bill(&story.office, bill, &BillDecision::Approve, "eve", "").await;
    assert!(stranger.is_err());
    let correction = BillDecision::Correct(BillField::PoNumber, "PO-7".into());
    decide_bill(&story.office, bill, &correction, "Anna Berg", "was missing")
        .await
        .unwrap();
    story.reviewed(bill).await;
    assert_eq!(
        story.bill(bill).await.state,
        BillState::Held,
        "Anna was the only one who could approve it"
    );
    assert_eq!(story.exceptions(bill).await, ["no_approver open"]);
}
