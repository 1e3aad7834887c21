//! The audit trail: what happened to what, by whom and why, each entry chained to the one before by its hash.

pub mod counts;

use std::fmt;

use sha2::{Digest, Sha256};

use crate::basics::calendar::Timestamp;
use crate::basics::ids::{
    ApprovalRequestId, BankEntryId, BillId, CashApplicationId, CodingMemoryId, ContentHash,
    CustomerId, CustomerInvoiceId, DocumentId, ExceptionId, GoodsReceiptId, JobId, MemoryId,
    MessageId, OrderLineId, OutboundId, PaymentId, PaymentRunId, ReminderId, RemittanceId,
    SupplierAccountId, SupplierId,
};
use crate::words;

words! {
    /// The kinds of things an audit event, an exception or a job can be about.
    pub enum SubjectKind {
        /// A mailbox we fetch from; its id is its name in the configuration.
        Mailbox = "mailbox",
        /// One received mail.
        Message = "message",
        /// One file or body worth reading.
        Document = "document",
        /// A party that bills us.
        Supplier = "supplier",
        /// An account that is said to be a supplier's.
        SupplierAccount = "supplier_account",
        /// What a supplier asks us to pay.
        Bill = "bill",
        /// The question to one approver.
        ApprovalRequest = "approval_request",
        /// Our instruction to pay.
        Payment = "payment",
        /// Payments that leave together.
        PaymentRun = "payment_run",
        /// One line of a purchase order.
        OrderLine = "order_line",
        /// What came in on one line of an order.
        GoodsReceipt = "goods_receipt",
        /// A party that owes us.
        Customer = "customer",
        /// What a customer owes us.
        CustomerInvoice = "customer_invoice",
        /// A payer's statement of what a payment covers.
        Remittance = "remittance",
        /// One line of a bank statement.
        BankEntry = "bank_entry",
        /// Money applied to an invoice.
        CashApplication = "cash_application",
        /// A dunning level reached.
        Reminder = "reminder",
        /// A mail we send.
        Outbound = "outbound",
        /// A work item for a person.
        Exception = "exception",
        /// A step waiting to be done.
        Job = "job",
        /// Where a supplier prints a value.
        Memory = "memory",
        /// Where a supplier's lines of one description are booked.
        CodingMemory = "coding_memory",
        /// An account of our books; its id is its name.
        Account = "account",
    }
}

/// One thing, by kind and id.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Subject {
    /// What kind of thing.
    pub kind: SubjectKind,
    /// Its id as text.
    pub id: String,
}

impl Subject {
    /// A mailbox has a name instead of an id.
    pub fn mailbox(name: &str) -> Self {
        Self {
            kind: SubjectKind::Mailbox,
            id: name.to_owned(),
        }
    }

    /// So has an account.
    pub fn account(name: &str) -> Self {
        Self {
            kind: SubjectKind::Account,
            id: name.to_owned(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)
    }
}

macro_rules! subjects {
    ($($id:ident => $kind:ident),* $(,)?) => {$(
        impl From<$id> for Subject {
            fn from(id: $id) -> Self {
                Self { kind: SubjectKind::$kind, id: id.to_string() }
            }
        }
    )*};
}

subjects! {
    MessageId => Message, DocumentId => Document, SupplierId => Supplier, SupplierAccountId => SupplierAccount, BillId => Bill,
    ApprovalRequestId => ApprovalRequest, PaymentId => Payment, PaymentRunId => PaymentRun, OrderLineId => OrderLine, GoodsReceiptId => GoodsReceipt, CustomerId => Customer,
    CustomerInvoiceId => CustomerInvoice, RemittanceId => Remittance, BankEntryId => BankEntry,
    CashApplicationId => CashApplication, ReminderId => Reminder, OutboundId => Outbound,
    ExceptionId => Exception, JobId => Job, MemoryId => Memory, CodingMemoryId => CodingMemory,
}

/// Who did it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Actor {
    /// The program, by the name of the step or command.
    Program(String),
    /// A person, by mail address or by the name given on the command line.
    Person(String),
    /// A rule of the configuration, by its name: a bill that needs no approver is approved by one.
    Policy(String),
    /// A language model, by its name: it proposes and does nothing else.
    Model(String),
}

impl Actor {
    /// The program, acting in this step.
    pub fn program(step: &str) -> Self {
        Self::Program(step.to_owned())
    }

    /// `kind` and name as they are stored.
    pub fn parts(&self) -> (&'static str, &str) {
        match self {
            Self::Program(name) => ("program", name),
            Self::Person(name) => ("person", name),
            Self::Policy(name) => ("policy", name),
            Self::Model(name) => ("model", name),
        }
    }

    /// Reads what `parts` gave; `None` for an unknown kind.
    pub fn from_parts(kind: &str, name: &str) -> Option<Self> {
        match kind {
            "program" => Some(Self::Program(name.to_owned())),
            "person" => Some(Self::Person(name.to_owned())),
            "policy" => Some(Self::Policy(name.to_owned())),
            "model" => Some(Self::Model(name.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = self.parts();
        write!(f, "{kind} {name}")
    }
}

/// One entry of the trail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditEvent {
    /// When it was decided.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What was done, in the past tense: `bill held`, `cash applied`.
    pub action: String,
    /// What it was done to.
    pub subject: Subject,
    /// The state before, when the thing has states and existed.
    pub from_state: Option<String>,
    /// The state after, when the thing has states.
    pub to_state: Option<String>,
    /// Why.
    pub reason: String,
    /// Further facts by name: amounts, numbers, old and new values. Bank numbers masked.
    pub facts: Vec<(String, String)>,
}

impl AuditEvent {
    /// An event without a change of state.
    pub fn new(
        at: Timestamp,
        actor: Actor,
        action: &str,
        subject: impl Into<Subject>,
        reason: impl Into<String>,
    ) -> Self {
        Self {
            at,
            actor,
            action: action.to_owned(),
            subject: subject.into(),
            from_state: None,
            to_state: None,
            reason: reason.into(),
            facts: Vec::new(),
        }
    }

    /// With the change of state it records; `from` is empty for something new.
    pub fn state(mut self, from: Option<&str>, to: &str) -> Self {
        self.from_state = from.map(str::to_owned);
        self.to_state = Some(to.to_owned());
        self
    }

    /// With one more fact.
    pub fn fact(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.facts.push((name.to_owned(), value.to_string()));
        self
    }

    /// The bytes the chain is made over: a version, then every field with its length in front. Not JSON, whose
    /// spelling depends on the program that writes it.
    pub fn canonical_bytes(&self, sequence: u64) -> Vec<u8> {
        let mut bytes = vec![CANONICAL_VERSION];
        bytes.extend(sequence.to_be_bytes());
        bytes.extend(self.at.as_millisecond().to_be_bytes());
        let (actor_kind, actor_name) = self.actor.parts();
        put(&mut bytes, Some(actor_kind));
        put(&mut bytes, Some(actor_name));
        put(&mut bytes, Some(&self.action));
        put(&mut bytes, Some(self.subject.kind.as_str()));
        put(&mut bytes, Some(&self.subject.id));
        put(&mut bytes, self.from_state.as_deref());
        put(&mut bytes, self.to_state.as_deref());
        put(&mut bytes, Some(&self.reason));
        bytes.extend((self.facts.len() as u64).to_be_bytes());
        for (name, value) in &self.facts {
            put(&mut bytes, Some(name));
            put(&mut bytes, Some(value));
        }
        bytes
    }
}

/// Raised whenever the layout of `canonical_bytes` changes, so that old entries keep verifying by their own layout.
const CANONICAL_VERSION: u8 = 1;

fn put(bytes: &mut Vec<u8>, field: Option<&str>) {
    bytes.push(u8::from(field.is_some()));
    let text = field.unwrap_or_default();
    bytes.extend((text.len() as u64).to_be_bytes());
    bytes.extend(text.as_bytes());
}

/// What the first entry is chained to.
pub const GENESIS: ContentHash = ContentHash::ZERO;

/// The hash of entry `sequence` (counted from 1) whose predecessor has the hash `previous`.
pub fn chain_hash(previous: ContentHash, sequence: u64, event: &AuditEvent) -> ContentHash {
    let mut digest = Sha256::new();
    digest.update(previous.as_bytes());
    digest.update(event.canonical_bytes(sequence));
    ContentHash::from_digest(digest.finalize().into())
}

/// An entry as it is stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChainedEvent {
    /// 1, 2, 3, … without a gap.
    pub sequence: u64,
    /// The event.
    pub event: AuditEvent,
    /// Its hash over the previous one.
    pub hash: ContentHash,
}

/// Why the chain does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BrokenChain {
    /// The first entry that does not fit.
    pub sequence: u64,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for BrokenChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "first bad entry {}: {}", self.sequence, self.why)
    }
}

/// Walks entries that follow `head` (sequence and hash of the last good entry, `(0, GENESIS)` at the start) and gives
/// the new head.
///
/// # Errors
/// Names the first entry that is missing, out of order or altered.
pub fn verify(
    head: (u64, ContentHash),
    entries: &[ChainedEvent],
) -> Result<(u64, ContentHash), BrokenChain> {
    entries.iter().try_fold(head, |(sequence, hash), entry| {
        let expected = sequence + 1;
        if entry.sequence != expected {
            return Err(BrokenChain {
                sequence: expected,
                why: format!("missing; the next one is {}", entry.sequence),
            });
        }
        let computed = chain_hash(hash, entry.sequence, &entry.event);
        if computed != entry.hash {
            return Err(BrokenChain {
                sequence: expected,
                why: "its hash does not fit its text and the entry before".into(),
            });
        }
        Ok((expected, computed))
    })
}

#[cfg(test)]
mod tests;
