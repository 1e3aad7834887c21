//! The writer: one task, one connection, one transaction at a time. Callers wait in a channel; whatever waits goes into
//! the next transaction together, because the sync at its end costs the same for one as for sixty-four.
//!
//! After a crash a caller that got no answer does not know whether it was committed. It need not: ids are derived, jobs
//! are fenced, and a step done again meets its own rows.

use std::sync::Arc;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, Connection};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, timeout_at};

use super::batch::Batch;
use super::database::{Database, Dialect};
use super::error::StoreError;
use super::in_time::in_time;
use super::looks;
use super::order::{Answer, Order, Request};
use super::queue;
use super::readers::let_go;
use super::replicas;
use crate::basics::calendar::Timestamp;
use crate::io::failpoint::{self, Act};

/// Changes in one transaction: enough to share a sync between all workers, few enough that nobody waits long for it.
const GROUP: usize = 64;

/// How long to wait for more when several write at the same time: a transaction costs its sync and its pages however few share
/// it. Somebody who writes alone waits for nobody.
const GATHER: Duration = Duration::from_millis(3);

/// What is attempted first.
const BEGINNING: &str = "beginning a transaction";
/// The whole of it.
const WRITING: &str = "writing a transaction";

/// The task's own things.
pub(super) struct Writer {
    pub(super) database: Database,
    pub(super) jobs_added: Arc<Notify>,
    pub(super) connection: Option<PoolConnection<Any>>,
    /// When the leases of the dead were last ended.
    pub(super) leases_ended: Option<Timestamp>,
}

impl Writer {
    /// Serves until nobody can ask any more, or until asked to close.
    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Request>) {
        let mut waiting = Vec::with_capacity(GROUP);
        let mut expected = 1;
        loop {
            if orders.recv_many(&mut waiting, GROUP).await == 0 {
                return;
            }
            let is_busy = expected > 1 || waiting.len() > 1;
            if is_busy {
                gather(&mut waiting, &mut orders, expected).await;
            }
            // Half of them the next time: who has gone is not waited for much longer.
            expected = waiting.len().max(expected / 2);
            let closing = waiting
                .iter()
                .any(|request| matches!(request.order, Order::Close));
            self.serve(std::mem::take(&mut waiting)).await;
            if closing {
                return;
            }
        }
    }

    async fn serve(&mut self, requests: Vec<Request>) {
        let together = if is_dry(&requests) && requests.len() > 1 {
            None
        } else {
            Some(self.transaction(&requests).await)
        };
        match together {
            Some(Ok(answers)) => {
                for (request, answer) in requests.into_iter().zip(answers) {
                    reply(request, Ok(answer));
                }
            }
            Some(Err(error)) if requests.len() == 1 || error.is_unreachable() => {
                fail_all(requests.into_iter(), error);
            }
            // One of them was refused, and the transaction with it. Each on its own then: rare, and simpler than a
            // savepoint around each every time.
            Some(Err(_)) | None => self.one_by_one(requests.into_iter()).await,
        }
    }

    async fn one_by_one(&mut self, mut requests: std::vec::IntoIter<Request>) {
        while let Some(request) = requests.next() {
            let answer = self.transaction(std::slice::from_ref(&request)).await;
            let answer = answer.map(|mut answers| answers.pop());
            match answer.and_then(|answer| answer.ok_or(StoreError::Closed)) {
                // The next would wait as long for the same lock, one after the other, and all of them come again.
                Err(held) if held.waited_in_vain() => {
                    let first = std::iter::once(request);
                    return fail_all(first.chain(requests), held);
                }
                answer => reply(request, answer),
            }
        }
    }

    /// One transaction: all of the orders or none.
    async fn transaction(&mut self, requests: &[Request]) -> Result<Vec<Answer>, StoreError> {
        let held = self.connection.take();
        let was_held = held.is_some();
        let mut connection = match held {
            Some(connection) => connection,
            None => self.database.writer().await?,
        };
        let dialect = self.database.dialect;
        let mut result = in_time(dialect, WRITING, self.write(&mut connection, requests)).await;
        // The server ended the session while nobody asked for anything. Nothing was begun, so beginning again is safe.
        if was_held && result.as_ref().is_err_and(never_began) {
            let_go(connection);
            connection = self.database.writer().await?;
            result = in_time(dialect, WRITING, self.write(&mut connection, requests)).await;
        }
        if result.as_ref().is_err_and(StoreError::is_unreachable) {
            let_go(connection);
        } else {
            self.connection = Some(connection);
        }
        result
    }

    async fn write(
        &mut self,
        connection: &mut AnyConnection,
        requests: &[Request],
    ) -> Result<Vec<Answer>, StoreError> {
        let dialect = self.database.dialect;
        let begin = dialect.pick("BEGIN IMMEDIATE", "BEGIN");
        let begun = connection.begin_with(begin).await;
        let mut transaction = begun.map_err(|error| StoreError::of(BEGINNING, error))?;
        let mut batch = Batch::new(&mut transaction, dialect);
        let answers = perform(&mut batch, dialect, requests, &mut self.leases_ended).await;
        let has_jobs = batch.has_jobs();
        let is_change = |request: &Request| matches!(request.order, Order::Commit(_));
        let act = if requests.iter().any(is_change) {
            Act::Commit
        } else {
            Act::Queue
        };
        let answers = match answers {
            Ok(answers) if !is_dry(requests) => answers,
            undone => {
                let rolled_back = transaction.rollback().await;
                rolled_back.map_err(|error| StoreError::of("rolling back", error))?;
                return undone;
            }
        };
        // PostgreSQL answers COMMIT of a failed transaction with a rollback and the driver does not notice: this fails
        // where that would lie.
        if dialect == Dialect::Postgres {
            let alive = sqlx::query("SELECT 1").execute(&mut *transaction).await;
            alive.map_err(|error| StoreError::of("checking before COMMIT", error))?;
        }
        failpoint::before(act);
        let committed = transaction.commit().await;
        committed.map_err(|error| StoreError::of("committing", error))?;
        failpoint::after(act);
        if has_jobs {
            self.jobs_added.notify_one();
        }
        Ok(answers)
    }
}

/// The same for all of them; each may come again.
fn fail_all(requests: impl Iterator<Item = Request>, error: StoreError) {
    let why = error.to_string();
    let mut first = Some(error);
    for request in requests {
        let error = first.take().unwrap_or_else(|| StoreError::Unreachable {
            attempted: "committing together with others",
            why: why.clone(),
        });
        reply(request, Err(error));
    }
}

/// Waits for as many as lately came together: they come again as soon as they have their answers. Not for long.
async fn gather(waiting: &mut Vec<Request>, orders: &mut mpsc::Receiver<Request>, expected: usize) {
    let end = Instant::now() + GATHER;
    while waiting.len() < expected.clamp(2, GROUP)
        && let Ok(Some(request)) = timeout_at(end, orders.recv()).await
    {
        waiting.push(request);
    }
    while waiting.len() < GROUP
        && let Ok(request) = orders.try_recv()
    {
        waiting.push(request);
    }
}

async fn perform(
    batch: &mut Batch<'_>,
    dialect: Dialect,
    requests: &[Request],
    leases_ended: &mut Option<Timestamp>,
) -> Result<Vec<Answer>, StoreError> {
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        answers.push(match &request.order {
            Order::Commit(work) | Order::DryRun(work) => {
                Answer::Committed(batch.change(work).await?)
            }
            Order::Claim(asked) => {
                queue::end_leases(batch.connection, dialect, asked.now, leases_ended).await?;
                Answer::Claimed(queue::claim(batch.connection, dialect, asked).await?)
            }
            Order::Retry {
                claim,
                due_at,
                error,
            } => {
                queue::retry(batch.connection, claim, *due_at, error).await?;
                Answer::Count(1)
            }
            Order::Postpone { claim, due_at } => {
                queue::postpone(batch.connection, claim, *due_at).await?;
                Answer::Count(1)
            }
            Order::LetGo { owner, doing } => {
                Answer::Count(queue::let_go(batch.connection, owner, doing).await?)
            }
            Order::Renew { claim, lease } => {
                queue::renew(batch.connection, dialect, claim, *lease).await?;
                Answer::Count(1)
            }
            Order::Requeue { job, now } => {
                Answer::Count(queue::requeue(batch.connection, *job, *now).await?)
            }
            Order::Enqueue(jobs) => Answer::Count(queue::enqueue(batch.connection, jobs).await?),
            Order::Look(look) => Answer::Count(looks::note(batch.connection, look).await?),
            Order::Replica(order) => {
                Answer::Count(replicas::perform(batch.connection, dialect, order).await?)
            }
            Order::ReleaseAll => Answer::Count(queue::release_all(batch.connection).await?),
            Order::Close => Answer::Count(0),
        });
    }
    batch.flush().await?;
    Ok(answers)
}

fn never_began(error: &StoreError) -> bool {
    matches!(error, StoreError::Unreachable { attempted, .. } if *attempted == BEGINNING)
}

fn is_dry(requests: &[Request]) -> bool {
    requests
        .iter()
        .any(|request| matches!(request.order, Order::DryRun(_)))
}

/// A caller that waits no longer has gone away; what was committed stays committed.
fn reply(request: Request, answer: Result<Answer, StoreError>) {
    drop(request.answer.send(answer));
}
