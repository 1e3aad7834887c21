//! A server that is cut off says nothing, and a question to it would hang for as long as the kernel believes in the connection: a
//! quarter of an hour. SQLite is in this process and is waited for.

use std::time::Duration;

use super::database::Dialect;
use super::error::StoreError;

/// Whoever waits for a lock is told after 30 s (`lock_timeout`); nothing of ours takes as long again.
const ANSWERED_WITHIN: Duration = Duration::from_secs(60);

/// The answer, or that the server cannot be reached. What was asked for may have been done all the same, as after any lost answer.
pub(super) async fn in_time<T>(
    dialect: Dialect,
    attempted: &'static str,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    within(dialect, ANSWERED_WITHIN, attempted, work).await
}

/// The same, for what may take its time.
pub(super) async fn within<T>(
    dialect: Dialect,
    limit: Duration,
    attempted: &'static str,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    match dialect {
        Dialect::Sqlite => work.await,
        Dialect::Postgres => {
            let waited = tokio::time::timeout(limit, work).await;
            waited.unwrap_or_else(|_| {
                Err(StoreError::Unreachable {
                    attempted,
                    why: format!("no answer within {} s", limit.as_secs()),
                })
            })
        }
    }
}
