//! When each mailbox was looked at last. Operation, not business: it is overwritten and has no audit event.

use sqlx::AnyConnection;

use super::Store;
use super::error::StoreError;
use super::row::Cell;
use super::statements::execute;
use super::writer::Order;
use crate::basics::calendar::Timestamp;

pub(super) const NOTE: &str = "INSERT INTO mailbox_looks (mailbox, looked_at, problem)
    VALUES ($1, $2, $3) ON CONFLICT (mailbox)
    DO UPDATE SET looked_at = excluded.looked_at, problem = excluded.problem";
pub(super) const LIST: &str =
    "SELECT mailbox, looked_at, problem FROM mailbox_looks ORDER BY mailbox";

/// One look at a mailbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Look {
    /// By its name in the configuration.
    pub mailbox: String,
    /// When.
    pub looked_at: Timestamp,
    /// What was wrong, when something was.
    pub problem: Option<String>,
}

pub(super) async fn note(connection: &mut AnyConnection, look: &Look) -> Result<u64, StoreError> {
    let cells = [
        Cell::from(look.mailbox.as_str()),
        look.looked_at.as_millisecond().into(),
        look.problem.as_deref().map_or(Cell::Text(None), Cell::from),
    ];
    execute(connection, "noting a look at a mailbox", NOTE, &cells).await
}

impl Store {
    /// Notes a look, over the one before.
    ///
    /// # Errors
    /// What the database said.
    pub async fn note_look(&self, look: Look) -> Result<(), StoreError> {
        self.submit(Order::Look(look)).await.map(drop)
    }

    /// The last look at every mailbox.
    ///
    /// # Errors
    /// What the database said.
    pub async fn looks(&self) -> Result<Vec<Look>, StoreError> {
        let rows: Vec<(String, i64, Option<String>)> =
            self.tuples("looking at the mailboxes", LIST, &[]).await?;
        let look = |(mailbox, at, problem)| Look {
            mailbox,
            looked_at: Timestamp::from_millisecond(at).unwrap_or_default(),
            problem,
        };
        Ok(rows.into_iter().map(look).collect())
    }
}
