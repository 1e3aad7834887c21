//! The office the stories happen in.

use super::super::mail_out::MailOut;
use super::super::record_approval::record_approval;
use super::super::review_bill::review_bill;
use super::super::schedule_payment::schedule_payment;
use super::super::{Office, StepError};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::{BillId, HeaderMessageId, MessageId};
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::{Change, Record};
use crate::domain::job::{JobClaim, NewJob, Step};
use crate::domain::message::{Message, MessageState};
use crate::domain::outbound::{OutboundMessage, Purpose};
use crate::domain::payable::Bill;
use crate::domain::payable::draft::{Sender, draft};
use crate::domain::payable::test_world::alpha;
use crate::io::clock::Clock;
use crate::io::oauth::TokenSources;
use crate::io::reader::Reader;
use crate::io::recogniser::Recogniser;
use crate::io::smtp::Outgoing;
use crate::io::store::{Filter, Store, StoreConfig};
use crate::io::vault::Vault;
use std::sync::Arc;

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
[[payment_account]]
name = "main"
iban = "DE02120300000000202051"
folder = "payments"
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

/// An office on a temporary folder, whose clock stands still until it is moved.
pub struct Story {
    /// The office.
    pub office: Office,
    answers: std::cell::Cell<u32>,
    folder: tempfile::TempDir,
}

impl Story {
    pub async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = crate::config::Config::parse(CONFIG, folder.path()).unwrap();
        let store_config = StoreConfig {
            url: format!("sqlite://{}", folder.path().join("books.db").display()),
            data_folder: folder.path().to_owned(),
        };
        let office = Office {
            tokens: TokenSources::default(),
            dkim_signing: None,
            store: Store::open_or_create(&store_config).await.unwrap(),
            vault: Vault::open(&folder.path().join("vault")).await.unwrap(),
            clock: Clock::set_to("2026-11-21T10:00:00Z".parse().unwrap()),
            reader: Arc::new(Reader::new("countinghouse".into())),
            recogniser: Arc::new(Recogniser::new("countinghouse".into())),
            mail_out: Arc::new(MailOut::new(Outgoing::Maildir(folder.path().join("out")))),
            dkim: None,
            model: None,
            file_passwords: Arc::default(),
            rules: Arc::new(crate::config::rules::build(&config).unwrap()),
            token_key: [7; 32],
        };
        Self {
            office,
            answers: std::cell::Cell::new(0),
            folder,
        }
    }

    /// Goes on with another configuration: the stories' own, with these texts replaced.
    pub fn reconfigured(&mut self, changes: &[(&str, &str)]) {
        let replaced = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
        let text = changes.iter().fold(CONFIG.to_owned(), replaced);
        let config = crate::config::Config::parse(&text, self.folder.path()).unwrap();
        self.office.rules = Arc::new(crate::config::rules::build(&config).unwrap());
    }

    /// Where its files are.
    pub fn data_folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// One of its mailboxes, a Maildir in `data_folder`.
    pub async fn mailbox(&self, name: &str) -> crate::config::Mailbox {
        let config = crate::config::Config::parse(CONFIG, self.folder.path()).unwrap();
        crate::io::maildir::Maildir::create(&self.folder.path().join(name))
            .await
            .unwrap();
        let mut mailboxes = config.mailboxes.into_iter();
        mailboxes.find(|mailbox| mailbox.name == name).unwrap()
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
    pub async fn arrives(&self, document: crate::domain::document::Document) -> BillId {
        self.arrives_with(document, None).await
    }

    /// A bill whose mail brought another document with it.
    pub async fn arrives_with(
        &self,
        document: crate::domain::document::Document,
        other: Option<crate::domain::document::Document>,
    ) -> BillId {
        let (bill, _) = draft(&document, &Sender::default(), &[alpha()]);
        let id = bill.id;
        let mut change = self.in_the_books(bill, document);
        if let Some(other) = other {
            change = change
                .event(self.event(other.id, other.state.as_str()))
                .put(Record::Document(other));
        }
        if self.office.store.suppliers().await.unwrap().is_empty() {
            change = change.put(new_supplier());
        }
        self.office.store.commit(change).await.unwrap();
        self.reviewed(id).await;
        id
    }

    /// A bill whose supplier is not in the books yet.
    pub async fn arrives_from_nobody(&self, document: crate::domain::document::Document) -> BillId {
        let (bill, _) = draft(&document, &Sender::default(), &[]);
        let id = bill.id;
        let change = self.in_the_books(bill, document);
        self.office.store.commit(change).await.unwrap();
        self.reviewed(id).await;
        id
    }

    /// Now it is.
    pub async fn supplier_is_imported(&self) {
        let told = self.event(alpha().id, "known");
        let change = Change::new(told).put(new_supplier());
        self.office.store.commit(change).await.unwrap();
    }

    fn in_the_books(&self, bill: Bill, document: crate::domain::document::Document) -> Change {
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
        Change::new(self.event(bill.id, "draft"))
            .event(self.event(message.id, "read"))
            .event(self.event(document.id, "consumed"))
            .put(Record::Message(message))
            .put(Record::Document(crate::domain::document::Document {
                version: 0,
                ..document
            }))
            .put(Record::Bill(bill))
    }

    pub async fn claim(&self, step: Step, subject: crate::domain::audit::Subject) -> JobClaim {
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

    pub async fn reviewed(&self, id: BillId) {
        let claim = self.claim(Step::ReviewBill, id.into()).await;
        review_bill(&self.office, &claim, id).await.unwrap();
    }

    pub async fn scheduled(&self, id: BillId) {
        let claim = self.claim(Step::SchedulePayment, id.into()).await;
        schedule_payment(&self.office, &claim, id).await.unwrap();
    }

    pub async fn bill(&self, id: BillId) -> Bill {
        self.office.store.bill(id).await.unwrap().unwrap()
    }

    pub async fn mails(&self, purpose: Purpose) -> Vec<OutboundMessage> {
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

    pub async fn request_to(&self, name: &str) -> OutboundMessage {
        let mails = self.mails(Purpose::ApprovalRequest).await;
        mails
            .into_iter()
            .rfind(|mail| mail.to.local() == name)
            .unwrap()
    }

    /// A mail answers the request to `asked`.
    pub async fn answer(
        &self,
        asked: &str,
        from: &str,
        headers: &str,
        body: &str,
    ) -> Result<(), StepError> {
        let request = self.request_to(asked).await;
        self.answer_to(&request, from, headers, body).await
    }

    pub async fn answer_to(
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

    pub async fn receives(&self, raw: &[u8], own_id: &str) -> Result<(), StepError> {
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

    pub async fn exceptions(&self, id: BillId) -> Vec<String> {
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

fn new_supplier() -> Record {
    Record::Supplier(crate::domain::payable::Supplier {
        version: 0,
        ..alpha()
    })
}
