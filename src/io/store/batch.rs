//! What one transaction writes: the changes of one or several callers, then the audit entries and jobs of all of them
//! together. Nothing here survives if the transaction does not: a crash at any line leaves the books as they were.

use std::collections::{BTreeMap, HashSet};

use sqlx::AnyConnection;

use super::database::Dialect;
use super::error::StoreError;
use super::order::Committed;
use super::queue;
use super::row::{Cell, Cells, Row};
use super::statements::{Statements, execute, fetch};
use super::work::{Action, Ending, JobRow, PreparedRow, Work, held, stale};
use crate::basics::ids::{ContentHash, JobId};
use crate::domain::audit::{AuditEvent, ChainedEvent, Subject, SubjectKind, chain_hash};
use crate::domain::change::IdempotencyKey;

pub(super) const LOCK_HEAD_SQLITE: &str = "SELECT sequence, hash FROM audit_head WHERE id = 1";
pub(super) const LOCK_HEAD_POSTGRES: &str =
    "SELECT sequence, hash FROM audit_head WHERE id = 1 FOR UPDATE";
pub(super) const MOVE_HEAD: &str = "UPDATE audit_head SET sequence = $1, hash = $2 WHERE id = 1";
pub(super) const CLAIM_KEY: &str = "INSERT INTO idempotency_keys (key, input, first_sequence)
    VALUES ($1, $2, $3) ON CONFLICT (key) DO NOTHING";
pub(super) const READ_KEY: &str =
    "SELECT input, first_sequence FROM idempotency_keys WHERE key = $1";
pub(super) const FINISH_JOB: &str = "DELETE FROM jobs
    WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'leased' AND again = 0";
pub(super) const REPEAT_JOB: &str = "UPDATE jobs
    SET state = 'ready', attempts = 0, again = 0, lease_owner = NULL, lease_until = NULL
    WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'leased' AND again = 1";
pub(super) const PARK_JOB: &str = "UPDATE jobs
    SET state = 'parked', again = 0, lease_owner = NULL, lease_until = NULL, error = $4
    WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'leased'";
pub(super) const FORGET_NAMED: &str = "DELETE FROM remittance_invoices WHERE remittance = $1";
pub(super) const NAME_INVOICE: &str = "INSERT INTO remittance_invoices (remittance, invoice)
    VALUES ($1, $2) ON CONFLICT (remittance, invoice) DO NOTHING";

/// The last entry of the chain.
#[derive(Clone, Copy)]
struct Head {
    sequence: u64,
    hash: ContentHash,
}

/// Collects what is written at the end of the transaction.
pub(super) struct Batch<'c> {
    pub(super) connection: &'c mut AnyConnection,
    dialect: Dialect,
    head: Option<Head>,
    events: Vec<Vec<Cell>>,
    jobs: BTreeMap<JobId, JobRow>,
}

impl<'c> Batch<'c> {
    pub(super) fn new(connection: &'c mut AnyConnection, dialect: Dialect) -> Self {
        Self {
            connection,
            dialect,
            head: None,
            events: Vec::new(),
            jobs: BTreeMap::new(),
        }
    }

    /// Writes one change. The order matters only to other transactions, which see all of it or nothing.
    pub(super) async fn change(&mut self, work: &Work) -> Result<Committed, StoreError> {
        // The head first: it is the lock that puts the commits of several processes in a row.
        let head = self.head().await?;
        let first_sequence = head.sequence + 1;
        if let Some(ending) = &work.ends {
            self.end(ending).await?;
        }
        if let Some(key) = &work.key
            && let Some(earlier) = self.earlier(key, first_sequence).await?
        {
            return Ok(earlier);
        }
        let known = self.rows(&work.rows, first_sequence).await?;
        self.append(head, &work.events, &known);
        for row in &work.jobs {
            let kept = self.jobs.entry(row.id).or_insert_with(|| row.clone());
            kept.job.due_at = kept.job.due_at.min(row.job.due_at);
        }
        Ok(Committed {
            first_sequence,
            repeated: false,
        })
    }

    /// Writes what was collected. Must be the last thing before COMMIT.
    pub(super) async fn flush(&mut self) -> Result<(), StoreError> {
        let events: Vec<&[Cell]> = self.events.iter().map(Vec::as_slice).collect();
        if let (false, Some(head)) = (events.is_empty(), self.head) {
            let trail = Statements::for_table(ChainedEvent::TABLE.name)?;
            trail
                .insert(self.connection, "writing the audit trail", &events)
                .await?;
            let moved = [count(head.sequence), head.hash.to_string().into()];
            execute(
                self.connection,
                "writing the audit trail",
                MOVE_HEAD,
                &moved,
            )
            .await?;
        }
        let jobs: Vec<Vec<Cell>> = self.jobs.values().map(JobRow::cells).collect();
        let jobs: Vec<&[Cell]> = jobs.iter().map(Vec::as_slice).collect();
        let queue = Statements::for_table("jobs")?;
        queue
            .insert(self.connection, "enqueueing jobs", &jobs)
            .await?;
        Ok(())
    }

    /// Whether jobs will be there after the commit.
    pub(super) fn has_jobs(&self) -> bool {
        !self.jobs.is_empty()
    }

    async fn head(&mut self) -> Result<Head, StoreError> {
        if let Some(head) = self.head {
            return Ok(head);
        }
        let text = self.dialect.pick(LOCK_HEAD_SQLITE, LOCK_HEAD_POSTGRES);
        let rows: Vec<(i64, String)> =
            fetch(&mut *self.connection, "locking the audit trail", text, &[]).await?;
        let read = rows.first().and_then(|(sequence, hash)| {
            Some(Head {
                sequence: u64::try_from(*sequence).ok()?,
                hash: ContentHash::parse(hash)?,
            })
        });
        let head = read.ok_or_else(|| StoreError::Corrupt {
            table: "audit_head",
            column: "hash",
            why: "there is no head to chain to".into(),
        })?;
        self.head = Some(head);
        Ok(head)
    }

    /// Ends the job or goes on holding it, if this worker still does. Otherwise the whole change is refused: somebody else
    /// has done the job, or is doing it, and would write the same effects again.
    async fn end(&mut self, ending: &Ending) -> Result<(), StoreError> {
        let attempted = "ending a job";
        let claim = match ending {
            Ending::Done(claim) => {
                let held = held(claim);
                let done = execute(self.connection, attempted, FINISH_JOB, &held).await?;
                if done == 1 || execute(self.connection, attempted, REPEAT_JOB, &held).await? == 1 {
                    return Ok(());
                }
                claim
            }
            Ending::Held(claim, lease) => {
                return queue::renew(self.connection, self.dialect, claim, *lease).await;
            }
            Ending::Parked(claim, error) => {
                let [id, owner, attempt] = held(claim);
                let cells = [id, owner, attempt, error.as_str().into()];
                if execute(self.connection, attempted, PARK_JOB, &cells).await? == 1 {
                    return Ok(());
                }
                claim
            }
        };
        Err(stale(claim))
    }

    /// The result of the first commit under this key, if there was one.
    async fn earlier(
        &mut self,
        key: &IdempotencyKey,
        first_sequence: u64,
    ) -> Result<Option<Committed>, StoreError> {
        let attempted = "checking an idempotency key";
        let name = Cell::from(key.key.as_str());
        let input = key.input.to_string();
        let cells = [name.clone(), input.as_str().into(), count(first_sequence)];
        if execute(self.connection, attempted, CLAIM_KEY, &cells).await? == 1 {
            return Ok(None);
        }
        let rows: Vec<(String, i64)> =
            fetch(&mut *self.connection, attempted, READ_KEY, &[name]).await?;
        match rows.first() {
            Some((before, first)) if *before == input => Ok(Some(Committed {
                first_sequence: u64::try_from(*first).unwrap_or_default(),
                repeated: true,
            })),
            Some(_) | None => Err(StoreError::KeyReused {
                key: key.key.clone(),
            }),
        }
    }

    /// Writes the rows in their order and gives the work items that were known already.
    async fn rows(
        &mut self,
        rows: &[PreparedRow],
        first_sequence: u64,
    ) -> Result<HashSet<Subject>, StoreError> {
        let (mut new, mut known) = (HashSet::new(), HashSet::new());
        let together = |a: &PreparedRow, b: &PreparedRow| {
            a.table.name == b.table.name && a.action.is_insert() && b.action.is_insert()
        };
        for run in rows.chunk_by(together) {
            let Some(first) = run.first() else { continue };
            match &first.action {
                Action::Insert | Action::Arrive => self.insert(run, first_sequence).await?,
                Action::Replace(version) => self.replace(first, *version).await?,
                Action::Raise(subject) => {
                    if self.write_new(run, first_sequence).await? == 1 {
                        new.insert(subject);
                    } else if !new.contains(subject) {
                        known.insert(subject.clone());
                    }
                }
                Action::NameInvoices {
                    remittance,
                    invoices,
                } => self.name_invoices(remittance, invoices).await?,
            }
        }
        Ok(known)
    }

    async fn insert(&mut self, run: &[PreparedRow], first_sequence: u64) -> Result<(), StoreError> {
        let Some(first) = run.first() else {
            return Ok(());
        };
        let conflict = || StoreError::Conflict {
            what: format!("a row of {}", first.table.name),
        };
        match self.write_new(run, first_sequence).await {
            Ok(written) if written == run.len() as u64 => Ok(()),
            // Another message was at the same place of the mailbox.
            Ok(_) => Err(conflict()),
            Err(StoreError::Unique(name)) if name == first.table.primary_key() => Err(conflict()),
            Err(error) => Err(error),
        }
    }

    async fn write_new(
        &mut self,
        run: &[PreparedRow],
        first_sequence: u64,
    ) -> Result<u64, StoreError> {
        let Some(first) = run.first() else {
            return Ok(0);
        };
        let version = first.table.versioned.then(|| Cell::from(1));
        let behind: Vec<Cell> = version.into_iter().chain([count(first_sequence)]).collect();
        let complete = run.iter().map(|row| {
            let cells = row.cells.iter().chain(&behind).cloned();
            cells.collect::<Vec<Cell>>()
        });
        let complete: Vec<Vec<Cell>> = complete.collect();
        let rows: Vec<&[Cell]> = complete.iter().map(Vec::as_slice).collect();
        let statements = Statements::for_table(first.table.name)?;
        statements
            .insert(self.connection, "inserting records", &rows)
            .await
    }

    async fn replace(&mut self, row: &PreparedRow, version: u64) -> Result<(), StoreError> {
        let statements = Statements::for_table(row.table.name)?;
        let versions = [count(version + 1), count(version)];
        let cells: Vec<Cell> = row.cells.iter().chain(&versions).cloned().collect();
        let written = execute(
            self.connection,
            "replacing a record",
            &statements.update,
            &cells,
        );
        if written.await? == 1 {
            return Ok(());
        }
        let key = match row.cells.first() {
            Some(Cell::Text(Some(key))) => key.as_str(),
            Some(Cell::Text(None) | Cell::Int(_)) | None => "",
        };
        Err(StoreError::Conflict {
            what: format!("{} {key}", row.table.name),
        })
    }

    async fn name_invoices(
        &mut self,
        remittance: &str,
        invoices: &[String],
    ) -> Result<(), StoreError> {
        let attempted = "indexing a remittance";
        let key = Cell::from(remittance);
        execute(
            self.connection,
            attempted,
            FORGET_NAMED,
            std::slice::from_ref(&key),
        )
        .await?;
        for invoice in invoices {
            let pair = [key.clone(), invoice.as_str().into()];
            execute(self.connection, attempted, NAME_INVOICE, &pair).await?;
        }
        Ok(())
    }

    /// Chains the events, except those that raise a work item that was known already (or twice in this change).
    fn append(&mut self, mut head: Head, events: &[AuditEvent], known: &HashSet<Subject>) {
        let mut raised = HashSet::new();
        for event in events {
            let begins = event.from_state.is_none() && event.to_state.is_some();
            let raises = begins && event.subject.kind == SubjectKind::Exception;
            if raises && (known.contains(&event.subject) || !raised.insert(&event.subject)) {
                continue;
            }
            let sequence = head.sequence + 1;
            let hash = chain_hash(head.hash, sequence, event);
            head = Head { sequence, hash };
            let mut cells = Cells::default();
            let entry = ChainedEvent {
                sequence,
                event: event.clone(),
                hash,
            };
            entry.write(&mut cells);
            self.events.push(cells.0);
        }
        self.head = Some(head);
    }
}

fn count(number: u64) -> Cell {
    super::row::count(number).into()
}
