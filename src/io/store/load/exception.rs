//! Work items for a person.

use super::super::Filter;
use super::super::Store;
use super::super::error::StoreError;
use super::select::{common, selects};
use crate::basics::address::MailAddress;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::ExceptionId;
use crate::domain::audit::Subject;
use crate::domain::exception::{Exception, ExceptionCode, ExceptionState};

common!(Exception, "exception": exception(ExceptionId), list_exceptions, find_exceptions);

selects! {
    OPEN_OF: Exception = "WHERE t.code = $1 AND t.state = 'open' ORDER BY t.sequence, t.id";
    ABOUT: Exception = "WHERE t.subject_id = $1 AND t.subject_kind = $2 ORDER BY t.sequence, t.id";
}

/// Open ones, those of them due before a moment, and the oldest.
pub(super) const WAITING: &str = "SELECT COUNT(*),
    COUNT(CASE WHEN due_at < $1 THEN 1 END), MIN(raised_at)
    FROM exceptions WHERE state = 'open'";

/// Who sent mails that wait for a person, themselves or by a file in them that is no bill.
const SENDERS_WAITING: &str = "SELECT m.from_address FROM exceptions e
    JOIN messages m ON m.id = e.subject_id
    WHERE e.state = 'open' AND e.subject_kind = 'message' AND m.from_address IS NOT NULL
    UNION SELECT m.from_address FROM exceptions e
    JOIN documents d ON d.id = e.subject_id JOIN messages m ON m.id = d.message
    WHERE e.state = 'open' AND e.subject_kind = 'document' AND d.side <> 'ap'
    AND m.from_address IS NOT NULL";

/// What waits for a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// How many work items.
    pub open: u64,
    /// Those of them that are late.
    pub late: u64,
    /// Since when the oldest waits.
    pub oldest: Option<Timestamp>,
}

impl Store {
    /// The newest work items nobody has decided yet.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_exceptions(&self, limit: u32) -> Result<Vec<Exception>, StoreError> {
        let open = Filter::state(ExceptionState::Open.as_str());
        self.list_exceptions(&open.limit(limit)).await
    }

    /// How many work items wait for a person, and for how long.
    ///
    /// # Errors
    /// What the database said.
    pub async fn exceptions_waiting(&self, now: Timestamp) -> Result<Waiting, StoreError> {
        let cells = [now.as_millisecond().into()];
        let rows: Vec<(i64, i64, Option<i64>)> = self
            .tuples("counting what waits for a person", WAITING, &cells)
            .await?;
        let (open, late, oldest) = rows.into_iter().next().unwrap_or_default();
        Ok(Waiting {
            open: open.unsigned_abs(),
            late: late.unsigned_abs(),
            oldest: oldest.map(|at| Timestamp::from_millisecond(at).unwrap_or_default()),
        })
    }

    /// Who sent mails that wait for a person: the mails themselves, or files in them that are no bills.
    ///
    /// # Errors
    /// What the database said.
    pub async fn senders_waiting(&self) -> Result<Vec<MailAddress>, StoreError> {
        let rows: Vec<(String,)> = self
            .tuples(
                "looking whose mails wait for a person",
                SENDERS_WAITING,
                &[],
            )
            .await?;
        let senders = rows.into_iter();
        Ok(senders
            .filter_map(|(from,)| MailAddress::parse(&from))
            .collect())
    }

    /// Every work item of a sort that nobody has decided yet, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_exceptions_of(
        &self,
        code: ExceptionCode,
    ) -> Result<Vec<Exception>, StoreError> {
        self.all(&OPEN_OF, &[code.as_str().into()]).await
    }

    /// Every work item about a thing, oldest first.
    ///
    /// # Errors
    /// What the database said.
    pub async fn exceptions_about(&self, subject: &Subject) -> Result<Vec<Exception>, StoreError> {
        let cells = [subject.id.as_str().into(), subject.kind.as_str().into()];
        self.all(&ABOUT, &cells).await
    }
}
