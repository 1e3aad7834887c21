//! A change made ready to write: checked, its rows turned into cells, in the caller's task, so that the one writer only
//! writes.

use std::time::Duration;

use super::error::StoreError;
use super::row::{Cell, Cells, Row, Table};
use crate::basics::ids::JobId;
use crate::domain::audit::{AuditEvent, Subject};
use crate::domain::change::{Change, IdempotencyKey, Record};
use crate::domain::job::{JobClaim, NewJob};

/// What a change writes.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) events: Vec<AuditEvent>,
    pub(super) rows: Vec<PreparedRow>,
    pub(super) jobs: Vec<JobRow>,
    pub(super) key: Option<IdempotencyKey>,
    pub(super) ends: Option<Ending>,
}

/// What becomes of the job with this change.
#[derive(Debug)]
pub(super) enum Ending {
    /// It goes on, for so long.
    Held(JobClaim, Duration),
    /// It is done.
    Done(JobClaim),
    /// It is given up, for this reason.
    Parked(JobClaim, String),
}

/// One row: what to do with it.
#[derive(Debug)]
pub(super) struct PreparedRow {
    pub(super) table: &'static Table,
    pub(super) action: Action,
    /// Its cells, without version and sequence.
    pub(super) cells: Vec<Cell>,
}

/// What to do with a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Action {
    /// It is new; one of that key is a conflict.
    Insert,
    /// It replaces this version.
    Replace(u64),
    /// It is new, or it is the arrival that is there already.
    Arrive,
    /// A work item: new, or known and then left alone. Its subject in the audit trail.
    Raise(Subject),
    /// The invoices this remittance names: an index beside its row.
    NameInvoices {
        /// The remittance.
        remittance: String,
        /// The invoices.
        invoices: Vec<String>,
    },
}

impl Action {
    /// Rows of one table in a row with this action may share an INSERT.
    pub(super) fn is_insert(&self) -> bool {
        matches!(self, Self::Insert | Self::Arrive)
    }
}

/// A job to enqueue.
#[derive(Clone, Debug)]
pub(super) struct JobRow {
    pub(super) id: JobId,
    pub(super) job: NewJob,
}

impl From<&NewJob> for JobRow {
    /// The id is made of step and subject: a second job of the same kind is the same row.
    fn from(job: &NewJob) -> Self {
        let subject = &job.subject;
        let parts = [job.step.as_str(), subject.kind.as_str(), &subject.id];
        Self {
            id: JobId::derive(&parts),
            job: job.clone(),
        }
    }
}

impl JobRow {
    /// Its cells: id, step, subject, state, due, attempts, again.
    pub(super) fn cells(&self) -> Vec<Cell> {
        let mut to = Cells::default();
        to.shown(&self.id);
        to.text(self.job.step.as_str());
        to.text(self.job.subject.kind.as_str());
        to.text(&self.job.subject.id);
        to.text("ready");
        to.time(self.job.due_at);
        to.int(0);
        to.int(0);
        to.0
    }
}

impl Work {
    /// Checks and prepares a change.
    ///
    /// # Panics
    /// When a row with a state has no event that says so: a state nobody can explain later is a bug of ours, and it is
    /// stopped before it is written.
    pub(super) fn of(change: &Change) -> Self {
        for (subject, state) in change.records().iter().filter_map(Record::state) {
            let told = |event: &AuditEvent| {
                event.subject == subject && event.to_state.as_deref() == Some(state)
            };
            assert!(
                change.events().iter().any(told),
                "no audit event says that {subject} is {state}"
            );
        }
        Self {
            events: change.events().iter().cloned().map(printable).collect(),
            rows: change.records().iter().flat_map(prepare).collect(),
            jobs: change.jobs().iter().map(JobRow::from).collect(),
            key: change.key().cloned(),
            ends: change.done().cloned().map(Ending::Done).or_else(|| {
                let (claim, lease) = change.held()?.clone();
                Some(Ending::Held(claim, lease))
            }),
        }
    }
}

/// The chain is made over what is stored, and PostgreSQL stores no U+0000.
fn printable(mut event: AuditEvent) -> AuditEvent {
    let clean = |text: &mut String| {
        if text.contains('\0') {
            *text = text.replace('\0', "\u{fffd}");
        }
    };
    clean(&mut event.action);
    clean(&mut event.reason);
    clean(&mut event.subject.id);
    for (name, value) in &mut event.facts {
        clean(name);
        clean(value);
    }
    event
}

fn prepare(record: &Record) -> Vec<PreparedRow> {
    match record {
        Record::Mailbox(r) => vec![versioned(r, r.version)],
        Record::Message(r) => vec![versioned(r, r.version)],
        Record::Arrival(r) => vec![row(r, Action::Arrive)],
        Record::Document(r) => vec![versioned(r, r.version)],
        Record::ModelDay(r) => vec![versioned(r, r.version)],
        Record::BankData(r) => vec![versioned(r, r.version)],
        Record::Memory(r) => vec![versioned(r, r.version)],
        Record::CodingMemory(r) => vec![versioned(r, r.version)],
        Record::Supplier(r) => vec![versioned(r, r.version)],
        Record::SupplierAccount(r) => vec![versioned(r, r.version)],
        Record::Bill(r) => vec![versioned(r, r.version)],
        Record::ApprovalRequest(r) => vec![versioned(r, r.version)],
        Record::Vote(r) => vec![row(r, Action::Insert)],
        Record::Absence(r) => vec![row(r, Action::Insert)],
        Record::Payment(r) => vec![versioned(r, r.version)],
        Record::PaymentRun(r) => vec![versioned(r, r.version)],
        Record::OrderLine(r) => vec![versioned(r, r.version)],
        Record::GoodsReceipt(r) => vec![versioned(r, r.version)],
        Record::Customer(r) => vec![versioned(r, r.version)],
        Record::CustomerInvoice(r) => vec![versioned(r, r.version)],
        Record::Remittance(r) => {
            let invoices = r.lines.iter().filter_map(|line| line.invoice);
            let naming = Action::NameInvoices {
                remittance: r.id.to_string(),
                invoices: invoices.map(|id| id.to_string()).collect(),
            };
            let index = PreparedRow {
                table: <crate::domain::receivable::Remittance as Row>::TABLE,
                action: naming,
                cells: Vec::new(),
            };
            vec![versioned(r, r.version), index]
        }
        Record::BankEntry(r) => vec![versioned(r, r.version)],
        Record::CashApplication(r) => vec![row(r, Action::Insert)],
        Record::Deduction(r) => vec![row(r, Action::Insert)],
        Record::Reminder(r) => vec![row(r, Action::Insert)],
        Record::Outbound(r) => vec![versioned(r, r.version)],
        Record::Exception(r) if r.version == 0 => vec![row(r, Action::Raise(r.id.into()))],
        Record::Exception(r) => vec![versioned(r, r.version)],
    }
}

fn versioned<R: Row>(record: &R, version: u64) -> PreparedRow {
    let action = match version {
        0 => Action::Insert,
        loaded => Action::Replace(loaded),
    };
    row(record, action)
}

fn row<R: Row>(record: &R, action: Action) -> PreparedRow {
    let mut cells = Cells::default();
    record.write(&mut cells);
    debug_assert_eq!(cells.0.len(), R::TABLE.columns.len(), "{}", R::TABLE.name);
    PreparedRow {
        table: R::TABLE,
        action,
        cells: cells.0,
    }
}

/// The cells that say who holds the job.
pub(super) fn held(claim: &JobClaim) -> [Cell; 3] {
    [
        claim.job.to_string().into(),
        claim.owner.as_str().into(),
        i64::from(claim.attempt).into(),
    ]
}

/// The refusal of a claim that is held no longer.
pub(super) fn stale(claim: &JobClaim) -> StoreError {
    StoreError::StaleClaim {
        job: claim.job,
        owner: claim.owner.clone(),
    }
}
