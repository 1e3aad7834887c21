//! When each mailbox was looked at last. Operation, not business: it is overwritten and has no audit event.

use sqlx::AnyConnection;

use super::error::StoreError;
use super::order::Look;
use super::row::Cell;
use super::statements::execute;
use crate::basics::calendar::Timestamp;

pub(super) const NOTE: &str =
    "INSERT INTO mailbox_looks (mailbox, looked_at, problem, reconciled_at)
    VALUES ($1, $2, $3, $4) ON CONFLICT (mailbox)
    DO UPDATE SET looked_at = excluded.looked_at, problem = excluded.problem,
        reconciled_at = COALESCE(excluded.reconciled_at, mailbox_looks.reconciled_at)";

pub(super) async fn note(connection: &mut AnyConnection, look: &Look) -> Result<u64, StoreError> {
    let cells = [
        Cell::from(look.mailbox.as_str()),
        look.looked_at.as_millisecond().into(),
        look.problem.as_deref().map_or(Cell::Text(None), Cell::from),
        Cell::Int(look.reconciled_at.map(Timestamp::as_millisecond)),
    ];
    execute(connection, "noting a look at a mailbox", NOTE, &cells).await
}
