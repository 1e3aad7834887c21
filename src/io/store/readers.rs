//! The connections that read. With SQLite they are kept here between two questions: the pool asks a connection that comes
//! back whether it still lives, which costs as much as the question itself, and a file in this process is never gone.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::error::StoreError;

/// Connections that can only read. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    pool: AnyPool,
    kept: Option<Arc<Kept>>,
}

#[derive(Debug)]
struct Kept {
    /// As many as the pool may open: whoever has one finds a connection here or in the pool.
    free: Semaphore,
    idle: Mutex<Vec<PoolConnection<Any>>>,
}

/// A connection to ask one question on. Dropped without a word, as when whoever asked waits no longer, a server's is let go: the
/// pool would wait for an answer on it before it opens another.
pub(super) struct Reading<'r> {
    connection: Option<PoolConnection<Any>>,
    kept: Option<&'r Kept>,
    _permit: Option<SemaphorePermit<'r>>,
}

impl Readers {
    /// Connections that the pool looks after.
    pub(super) fn pooled(pool: AnyPool) -> Self {
        Self { pool, kept: None }
    }

    /// Connections that stay here; `size` is what the pool may open.
    pub(super) fn kept(pool: AnyPool, size: u32) -> Self {
        let kept = Kept {
            free: Semaphore::new(usize::try_from(size).unwrap_or(1)),
            idle: Mutex::default(),
        };
        Self {
            pool,
            kept: Some(Arc::new(kept)),
        }
    }

    /// A connection, as soon as one is free.
    pub(super) async fn take(&self) -> Result<Reading<'_>, StoreError> {
        let kept = self.kept.as_deref();
        let permit = match kept {
            // The semaphore is never closed.
            Some(kept) => kept.free.acquire().await.ok(),
            None => None,
        };
        let idle = kept.and_then(|kept| kept.idle().pop());
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let acquired = self.pool.acquire().await;
                acquired.map_err(|error| StoreError::of("connecting to read", error))?
            }
        };
        Ok(Reading {
            connection: Some(connection),
            kept,
            _permit: permit,
        })
    }

    /// Ends all connections.
    pub(super) async fn close(&self) {
        if let Some(kept) = &self.kept {
            // The pool waits for every connection that somebody holds.
            kept.idle().clear();
        }
        self.pool.close().await;
    }
}

impl Reading<'_> {
    /// To ask on.
    pub(super) fn connection(&mut self) -> Result<&mut AnyConnection, StoreError> {
        // Taken out only by what ends this.
        self.connection.as_deref_mut().ok_or(StoreError::Closed)
    }

    /// The question was answered: the connection is as good as before.
    pub(super) fn done(mut self) {
        match (self.connection.take(), self.kept) {
            (Some(connection), Some(kept)) => kept.idle().push(connection),
            (connection, _) => drop(connection),
        }
    }

    /// The answer to the question, the connection being good or not by that.
    pub(super) fn ended<T>(mut self, answer: Result<T, StoreError>) -> Result<T, StoreError> {
        match &answer {
            Ok(_) => self.done(),
            Err(failure) if failure.is_unreachable() => drop(self.connection.take().map(let_go)),
            Err(_) => drop(self.connection.take()),
        }
        answer
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        let is_of_server = self.kept.is_none();
        if let Some(connection) = self.connection.take().filter(|_| is_of_server) {
            let_go(connection);
        }
    }
}

impl Kept {
    /// A panic elsewhere leaves the list of idle connections whole.
    fn idle(&self) -> MutexGuard<'_, Vec<PoolConnection<Any>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Not given back: the pool would ask it whether it lives, wait for that answer, too, and open no other meanwhile.
pub(super) fn let_go(connection: PoolConnection<Any>) {
    drop(connection.detach());
}
