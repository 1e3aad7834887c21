//! The queue, looked at.

use super::super::Store;
use super::super::error::StoreError;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::JobId;
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::job::Step;

/// What the queue holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Idle {
    /// Jobs that are due and wait for a worker.
    pub ready: u64,
    /// Jobs whose time has not come.
    pub later: u64,
    /// Jobs being done, or left by a worker that died.
    pub leased: u64,
    /// Jobs given up.
    pub parked: u64,
    /// When the next job becomes due, of those that are not parked.
    pub next_due: Option<Timestamp>,
}

impl Idle {
    /// Nothing is due and nothing is being done.
    pub fn is_idle(&self) -> bool {
        self.ready == 0 && self.leased == 0
    }
}

/// A job that was given up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParkedJob {
    /// Its id.
    pub job: JobId,
    /// What was to be done.
    pub step: Step,
    /// To what.
    pub subject: Subject,
    /// How often it was tried.
    pub attempts: u32,
    /// What it failed with last.
    pub error: String,
}

pub(in crate::io::store) const IDLE: &str = "SELECT
    COUNT(CASE WHEN state = 'ready' AND due_at <= $1 THEN 1 END),
    COUNT(CASE WHEN state = 'ready' AND due_at > $1 THEN 1 END),
    COUNT(CASE WHEN state = 'leased' THEN 1 END),
    COUNT(CASE WHEN state = 'parked' THEN 1 END),
    MIN(CASE WHEN state = 'ready' THEN due_at END)
    FROM jobs";
pub(in crate::io::store) const PARKED: &str =
    "SELECT id, step, subject_kind, subject_id, attempts, COALESCE(error, '')
    FROM jobs WHERE state = 'parked' ORDER BY id LIMIT $1";

/// A question to the model waits for tomorrow when today's are used up; reminders do not wait for that.
pub(in crate::io::store) const NOT_TAKEN_DOWN: &str = "SELECT m.mailbox FROM jobs j
    JOIN documents d ON d.id = j.subject_id JOIN messages m ON m.id = d.message
    WHERE j.state <> 'parked' AND (j.step IN ('read_document', 'record_remittance')
        OR (j.step = 'ask_model' AND j.due_at <= $1))
    UNION SELECT m.mailbox FROM jobs j JOIN messages m ON m.id = j.subject_id
    WHERE j.state <> 'parked' AND j.step IN ('read_message', 'record_customer_reply')
    UNION SELECT m.mailbox FROM messages m WHERE m.state = 'fetched'
    AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.subject_id = m.id AND j.step = 'read_message')";
/// A remittance that waits for its money is looked at again days later: that is no cash.
pub(in crate::io::store) const CASH_WAITING: &str = "SELECT COUNT(*) FROM jobs
    WHERE step = 'apply_cash' AND state <> 'parked' AND due_at <= $1";

/// Things of a table in a state that have no job of a step, whatever the state of that job; oldest first.
macro_rules! without_job {
    ($($kind:ident = $name:ident in $table:literal;)*) => {
        $(const $name: &str = concat!(
            "SELECT t.id FROM ", $table, " t WHERE t.state = $1 AND NOT EXISTS
            (SELECT 1 FROM jobs j WHERE j.subject_id = t.id AND j.step = $2)
            ORDER BY t.sequence, t.id LIMIT $3");)*

        fn without_job(kind: SubjectKind) -> Option<&'static str> {
            let texts = [$((SubjectKind::$kind, $name)),*];
            texts.into_iter().find(|(of, _)| *of == kind).map(|(_, text)| text)
        }

        /// Every text of this file.
        pub(in crate::io::store) fn texts() -> Vec<String> {
            [IDLE, PARKED, NOT_TAKEN_DOWN, CASH_WAITING, $($name),*].map(str::to_owned).to_vec()
        }
    };
}

without_job! {
    Message = MESSAGES in "messages";
    Document = DOCUMENTS in "documents";
    Bill = BILLS in "bills";
    ApprovalRequest = REQUESTS in "approval_requests";
    Payment = PAYMENTS in "payments";
    Remittance = REMITTANCES in "remittances";
    Outbound = OUTBOUND in "outbound";
    Exception = EXCEPTIONS in "exceptions";
}

impl Store {
    /// What the queue holds, and when the next job is due.
    ///
    /// # Errors
    /// What the database said.
    pub async fn idle(&self, now: Timestamp) -> Result<Idle, StoreError> {
        let cells = [now.as_millisecond().into()];
        let rows: Vec<(i64, i64, i64, i64, Option<i64>)> =
            self.tuples("looking at the queue", IDLE, &cells).await?;
        let (ready, later, leased, parked, next) = rows.first().copied().unwrap_or_default();
        Ok(Idle {
            ready: ready.unsigned_abs(),
            later: later.unsigned_abs(),
            leased: leased.unsigned_abs(),
            parked: parked.unsigned_abs(),
            next_due: next.and_then(|at| Timestamp::from_millisecond(at).ok()),
        })
    }

    /// The mailboxes that brought something which may say what was paid or why not, and which is not taken down yet. What was
    /// given up lies before a person.
    ///
    /// # Errors
    /// What the database said.
    pub async fn mailboxes_not_taken_down(
        &self,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        let cells = [now.as_millisecond().into()];
        let rows: Vec<(String,)> = self
            .tuples("looking for what is not taken down", NOT_TAKEN_DOWN, &cells)
            .await?;
        Ok(rows.into_iter().map(|(mailbox,)| mailbox).collect())
    }

    /// Whether money the bank reported has not been looked at yet.
    ///
    /// # Errors
    /// What the database said.
    pub async fn cash_is_waiting(&self, now: Timestamp) -> Result<bool, StoreError> {
        let cells = [now.as_millisecond().into()];
        let rows: Vec<(i64,)> = self
            .tuples("looking for cash to apply", CASH_WAITING, &cells)
            .await?;
        Ok(rows.iter().any(|(count,)| *count > 0))
    }

    /// Jobs that were given up.
    ///
    /// # Errors
    /// What the database said.
    pub async fn parked_jobs(&self, limit: u32) -> Result<Vec<ParkedJob>, StoreError> {
        let cells = [i64::from(limit).into()];
        let rows: Vec<(String, String, String, String, i64, String)> = self
            .tuples("looking at parked jobs", PARKED, &cells)
            .await?;
        rows.into_iter().map(parked).collect()
    }

    /// Things in a state for which no job of this step waits, is being done or is parked, oldest first: what a sweep
    /// enqueues. Empty for kinds without states.
    ///
    /// # Errors
    /// What the database said.
    pub async fn subjects_without_job(
        &self,
        kind: SubjectKind,
        state: &str,
        step: Step,
        limit: u32,
    ) -> Result<Vec<Subject>, StoreError> {
        let Some(text) = without_job(kind) else {
            return Ok(Vec::new());
        };
        let cells = [state.into(), step.as_str().into(), i64::from(limit).into()];
        let rows: Vec<(String,)> = self
            .tuples("looking for what has no job", text, &cells)
            .await?;
        Ok(rows.into_iter().map(|(id,)| Subject { kind, id }).collect())
    }
}

fn parked(row: (String, String, String, String, i64, String)) -> Result<ParkedJob, StoreError> {
    let (id, step, kind, subject, attempts, error) = row;
    let unreadable = |column: &'static str| StoreError::Corrupt {
        table: "jobs",
        column,
        why: "it is not what this program writes there".into(),
    };
    Ok(ParkedJob {
        job: JobId::parse(&id).ok_or_else(|| unreadable("id"))?,
        step: Step::parse(&step).ok_or_else(|| unreadable("step"))?,
        subject: Subject {
            kind: SubjectKind::parse(&kind).ok_or_else(|| unreadable("subject_kind"))?,
            id: subject,
        },
        attempts: u32::try_from(attempts).map_err(|_| unreadable("attempts"))?,
        error,
    })
}
