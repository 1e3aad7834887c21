//! Everything one commit writes. It cannot be made without an audit event, and no state in it changes without one.

use std::time::Duration;

use super::approval::{Absence, ApprovalRequest, Vote};
use super::audit::{AuditEvent, Subject};
use super::bank::{BankData, BankEntry};
use super::document::Document;
use super::document::memory::Memory;
use super::exception::Exception;
use super::job::{JobClaim, NewJob, Step};
use super::message::start::Start;
use super::message::{Arrival, Message};
use super::outbound::OutboundMessage;
use super::payable::{
    Bill, CodingMemory, GoodsReceipt, OrderLine, Payment, PaymentRun, Supplier, SupplierAccount,
};
use super::receivable::{
    CashApplication, Customer, CustomerInvoice, Deduction, Reminder, Remittance,
};
use crate::basics::calendar::Date;
use crate::basics::ids::ContentHash;

/// The fact of a mail of ours that names what it says: SHA-256 of its text.
const LETTER: &str = "letter";

/// Where fetching a mailbox stands: the next UID to ask for, per UIDVALIDITY.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailboxProgress {
    /// Its name in the configuration.
    pub mailbox: String,
    /// UIDVALIDITY of the folder; 0 for a Maildir.
    pub uid_validity: u32,
    /// The first UID not yet stored; 0 for a Maildir.
    pub next_uid: u32,
    /// Where the work on it begins, when older mails are left alone.
    pub start: Option<Start>,
    /// 0 before it is stored.
    pub version: u64,
}

/// What the language model was asked on a day, for its limits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModelDay {
    /// In the office's time zone.
    pub day: Date,
    /// Questions.
    pub requests: u32,
    /// Of questions and answers, as the endpoint counts them.
    pub tokens: u64,
    /// 0 before it is stored.
    pub version: u64,
}

impl ModelDay {
    /// Nothing was asked yet.
    pub fn begin(day: Date) -> Self {
        Self {
            day,
            requests: 0,
            tokens: 0,
            version: 0,
        }
    }
}

/// One row to write. A thing with a version is inserted at version 0 and otherwise replaced only if nobody else
/// replaced it since it was loaded; a thing without one is inserted and never changed.
#[derive(Clone, PartialEq, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a change holds few records and each is moved once"
)]
pub enum Record {
    /// Versioned.
    Mailbox(MailboxProgress),
    /// Versioned.
    Message(Message),
    /// Inserted; only `filed` ever changes.
    Arrival(Arrival),
    /// Versioned.
    Document(Document),
    /// Versioned.
    ModelDay(ModelDay),
    /// Versioned.
    BankData(BankData),
    /// Versioned.
    Memory(Memory),
    /// Versioned.
    CodingMemory(CodingMemory),
    /// Versioned.
    Supplier(Supplier),
    /// Versioned.
    SupplierAccount(SupplierAccount),
    /// Versioned.
    Bill(Bill),
    /// Versioned.
    ApprovalRequest(ApprovalRequest),
    /// Inserted.
    Vote(Vote),
    /// Inserted.
    Absence(Absence),
    /// Versioned.
    Payment(Payment),
    /// Versioned.
    PaymentRun(PaymentRun),
    /// Versioned.
    OrderLine(OrderLine),
    /// Versioned.
    GoodsReceipt(GoodsReceipt),
    /// Versioned.
    Customer(Customer),
    /// Versioned.
    CustomerInvoice(CustomerInvoice),
    /// Versioned.
    Remittance(Remittance),
    /// Versioned.
    BankEntry(BankEntry),
    /// Inserted.
    CashApplication(CashApplication),
    /// Inserted.
    Deduction(Deduction),
    /// Inserted.
    Reminder(Reminder),
    /// Versioned.
    Outbound(OutboundMessage),
    /// Versioned; raising one that exists changes nothing.
    Exception(Exception),
}

/// What makes a commit happen once: the same key with the same input gives the first result again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IdempotencyKey {
    /// Names the act: a job and its attempt's subject, a command and the hash of its file.
    pub key: String,
    /// Hash of what it was decided from; the same key with other input is a bug.
    pub input: crate::basics::ids::ContentHash,
}

/// Everything one commit writes.
#[derive(Clone, PartialEq, Debug)]
pub struct Change {
    events: Vec<AuditEvent>,
    records: Vec<Record>,
    jobs: Vec<NewJob>,
    key: Option<IdempotencyKey>,
    done: Option<JobClaim>,
    held: Option<(JobClaim, Duration)>,
}

impl Change {
    /// A change begins with what is said of it in the audit trail.
    pub fn new(event: AuditEvent) -> Self {
        Self {
            events: vec![event],
            records: Vec::new(),
            jobs: Vec::new(),
            key: None,
            done: None,
            held: None,
        }
    }

    /// One more event.
    pub fn event(mut self, event: AuditEvent) -> Self {
        self.events.push(event);
        self
    }

    /// One more row.
    pub fn put(mut self, record: Record) -> Self {
        self.records.push(record);
        self
    }

    /// One more job; it becomes visible with the commit.
    pub fn job(mut self, job: NewJob) -> Self {
        self.jobs.push(job);
        self
    }

    /// A mail to send: its row, and the job that sends it.
    pub fn mail(self, message: OutboundMessage) -> Self {
        let job = NewJob::now(Step::SendOutbound, message.id, message.next_attempt_at);
        self.saying(&message)
            .put(Record::Outbound(message))
            .job(job)
    }

    /// What was said to whom can be proved later: what happens to the mail names its words.
    pub fn saying(mut self, message: &OutboundMessage) -> Self {
        let own = Subject::from(message.id);
        let letter = ContentHash::of(message.letter.text.as_bytes()).to_string();
        for event in self.events.iter_mut().filter(|event| event.subject == own) {
            event.facts.push((LETTER.to_owned(), letter.clone()));
        }
        self
    }

    /// A person is asked.
    pub fn raise(self, exception: Exception) -> Self {
        let raised = AuditEvent::new(
            exception.raised_at,
            super::audit::Actor::program("raise_exception"),
            "exception raised",
            exception.id,
            exception.reason.clone(),
        )
        .state(None, exception.state.as_str())
        .fact("code", exception.code)
        .fact("about", &exception.subject);
        self.event(raised).put(Record::Exception(exception))
    }

    /// Everything of another change as well.
    pub fn and(mut self, other: Self) -> Self {
        self.events.extend(other.events);
        self.records.extend(other.records);
        self.jobs.extend(other.jobs);
        self.key = self.key.or(other.key);
        self.done = self.done.or(other.done);
        self.held = self.held.or(other.held);
        self
    }

    /// Happens once for this key.
    pub fn once(mut self, key: IdempotencyKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Also ends this job, in the same commit.
    pub fn finishing(mut self, claim: JobClaim) -> Self {
        self.done = Some(claim);
        self
    }

    /// Only while this job is held, which it is for so long from now on: for the intent of an effect that nobody else may
    /// begin meanwhile.
    pub fn holding(mut self, claim: JobClaim, lease: Duration) -> Self {
        self.held = Some((claim, lease));
        self
    }

    /// What is said in the audit trail, in order.
    pub fn events(&self) -> &[AuditEvent] {
        &self.events
    }

    /// The rows to write, in order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The jobs to enqueue.
    pub fn jobs(&self) -> &[NewJob] {
        &self.jobs
    }

    /// What makes it happen once.
    pub fn key(&self) -> Option<&IdempotencyKey> {
        self.key.as_ref()
    }

    /// The job it ends.
    pub fn done(&self) -> Option<&JobClaim> {
        self.done.as_ref()
    }

    /// The job that must be held, and for how long it is.
    pub fn held(&self) -> Option<&(JobClaim, Duration)> {
        self.held.as_ref()
    }
}

impl Record {
    /// What the row is about and the state it stands in, for things that have states. The store refuses a commit in
    /// which such a row has no event that says so.
    pub fn state(&self) -> Option<(Subject, &'static str)> {
        match self {
            Self::Message(m) => Some((m.id.into(), m.state.as_str())),
            Self::Document(d) => Some((d.id.into(), d.state.as_str())),
            Self::SupplierAccount(a) => Some((a.id.into(), a.state.as_str())),
            Self::Bill(b) => Some((b.id.into(), b.state.as_str())),
            Self::ApprovalRequest(r) => Some((r.id.into(), r.state.as_str())),
            Self::Payment(p) => Some((p.id.into(), p.state.as_str())),
            Self::PaymentRun(r) => Some((r.id.into(), r.state.as_str())),
            Self::Remittance(r) => Some((r.id.into(), r.state.as_str())),
            Self::Outbound(o) => Some((o.id.into(), o.state.as_str())),
            Self::Exception(e) => Some((e.id.into(), e.state.as_str())),
            Self::Mailbox(_)
            | Self::Arrival(_)
            | Self::ModelDay(_)
            | Self::BankData(_)
            | Self::Memory(_)
            | Self::CodingMemory(_)
            | Self::Supplier(_)
            | Self::OrderLine(_)
            | Self::GoodsReceipt(_)
            | Self::Vote(_)
            | Self::Absence(_)
            | Self::Customer(_)
            | Self::CustomerInvoice(_)
            | Self::BankEntry(_)
            | Self::CashApplication(_)
            | Self::Deduction(_)
            | Self::Reminder(_) => None,
        }
    }
}
