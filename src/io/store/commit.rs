//! The one write path: `commit` is the only way business state changes.

use std::time::Duration;

use tokio::sync::oneshot;

use super::Store;
use super::error::StoreError;
use super::order::{Answer, Claimed, Claiming, Committed, Look, Order, Request};
use super::work::{Ending, Work};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::JobId;
use crate::domain::audit::{Actor, AuditEvent};
use crate::domain::change::Change;
use crate::domain::exception::Exception;
use crate::domain::job::{JobClaim, NewJob};

impl Store {
    /// Writes a change: all of it, or nothing and an error. Durable when it returns.
    ///
    /// # Errors
    /// `Conflict` when a row was written by somebody else since it was loaded; `StaleClaim` when the job it ends is held
    /// by somebody else; `OnlyRead` after `only_read`; else what the database said.
    ///
    /// # Panics
    /// When a record with a state has no audit event that says so.
    pub async fn commit(&self, change: Change) -> Result<Committed, StoreError> {
        if let Some(why) = self.0.only_read.get() {
            return Err(StoreError::OnlyRead { why: why.clone() });
        }
        self.committed(Order::Commit(Work::of(&change))).await
    }

    /// The same path, rolled back at its end.
    ///
    /// # Errors
    /// As `commit`.
    ///
    /// # Panics
    /// As `commit`.
    pub async fn commit_dry_run(&self, change: Change) -> Result<Committed, StoreError> {
        self.committed(Order::DryRun(Work::of(&change))).await
    }

    /// Leases up to `limit` jobs that are due, the oldest first, at most one of a subject, for `lease` by the database's
    /// clock. The attempt counts from the moment it is leased: a job that kills the program is known by its attempts.
    ///
    /// # Errors
    /// What the database said. `Conflict` when another daemon was quicker.
    pub async fn claim(
        &self,
        owner: &str,
        now: Timestamp,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Claimed>, StoreError> {
        let asked = Claiming {
            owner: self.claim_name(owner),
            now,
            limit,
            lease,
        };
        match self.submit(Order::Claim(asked)).await? {
            Answer::Claimed(claimed) => Ok(claimed),
            Answer::Committed(_) | Answer::Count(_) => Ok(Vec::new()),
        }
    }

    /// Gives back what the claims of `owner` were handed and it is not `doing`; says how many jobs those were. The answer to a claim
    /// may be lost, and the fate of a job may not get written: nobody else can know that nobody does them.
    ///
    /// # Errors
    /// What the database said.
    pub async fn let_go(&self, owner: &str, doing: Vec<JobId>) -> Result<u64, StoreError> {
        let owner = owner.to_owned();
        self.counted(Order::LetGo { owner, doing }).await
    }

    /// Puts a failed job back, to be tried again at `due_at`.
    ///
    /// # Errors
    /// `StaleClaim` when it is held no longer.
    pub async fn retry(
        &self,
        claim: JobClaim,
        due_at: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        let error = error.to_owned();
        let order = Order::Retry {
            claim,
            due_at,
            error,
        };
        self.submit(order).await.map(drop)
    }

    /// Puts off to `due_at` what was not tried: no attempt, and no event, for nothing happened.
    ///
    /// # Errors
    /// `StaleClaim` when it is held no longer.
    pub async fn postpone(&self, claim: JobClaim, due_at: Timestamp) -> Result<(), StoreError> {
        let order = Order::Postpone { claim, due_at };
        self.submit(order).await.map(drop)
    }

    /// Keeps a job that is still being done for `lease` from now. No event: nothing happened.
    ///
    /// # Errors
    /// `StaleClaim` when it is held no longer.
    pub async fn renew(&self, claim: JobClaim, lease: Duration) -> Result<(), StoreError> {
        self.submit(Order::Renew { claim, lease }).await.map(drop)
    }

    /// Gives a job up and asks a person, in one commit.
    ///
    /// # Errors
    /// `StaleClaim` when it is held no longer.
    pub async fn park(
        &self,
        claim: JobClaim,
        error: &str,
        exception: Exception,
    ) -> Result<Committed, StoreError> {
        let parked = AuditEvent::new(
            exception.raised_at,
            Actor::program("worker"),
            "job parked",
            claim.job,
            error,
        )
        .state(Some("leased"), "parked")
        .fact("attempts", claim.attempt)
        .fact("about", &exception.subject);
        let mut work = Work::of(&Change::new(parked).raise(exception));
        work.ends = Some(Ending::Parked(claim, error.to_owned()));
        self.committed(Order::Commit(work)).await
    }

    /// Makes a parked job ready again; says whether it was parked.
    ///
    /// # Errors
    /// What the database said.
    pub async fn requeue(&self, job: JobId, now: Timestamp) -> Result<bool, StoreError> {
        let order = Order::Requeue { job, now };
        self.counted(order).await.map(|count| count == 1)
    }

    /// Enqueues jobs that stored state calls for, for sweeps; gives how many were new. What waits, is being done or is
    /// parked is left as it is.
    ///
    /// # Errors
    /// What the database said.
    pub async fn enqueue(&self, jobs: Vec<NewJob>) -> Result<u64, StoreError> {
        if jobs.is_empty() {
            return Ok(0);
        }
        let added = self.counted(Order::Enqueue(jobs)).await?;
        if added > 0 {
            self.jobs_added().notify_one();
        }
        Ok(added)
    }

    /// Whether the task that writes is there and does not hang; it may say that the database cannot be reached.
    pub async fn writer_answers(&self) -> bool {
        let asked = self.submit(Order::Enqueue(Vec::new())).await;
        !matches!(asked, Err(StoreError::Closed))
    }

    /// Notes a look, over the one before.
    ///
    /// # Errors
    /// What the database said.
    pub async fn note_look(&self, look: Look) -> Result<(), StoreError> {
        self.submit(Order::Look(look)).await.map(drop)
    }

    /// Ends every lease: those who held them are dead. Only where this is the one process on the database, which the
    /// folder lock proves for SQLite; with PostgreSQL leases end by their time.
    ///
    /// # Errors
    /// What the database said.
    pub(super) async fn release_leases(&self) -> Result<u64, StoreError> {
        self.counted(Order::ReleaseAll).await
    }

    async fn committed(&self, order: Order) -> Result<Committed, StoreError> {
        match self.submit(order).await? {
            Answer::Committed(committed) => Ok(committed),
            Answer::Claimed(_) | Answer::Count(_) => Err(StoreError::Closed),
        }
    }

    pub(super) async fn counted(&self, order: Order) -> Result<u64, StoreError> {
        match self.submit(order).await? {
            Answer::Count(count) => Ok(count),
            Answer::Claimed(_) | Answer::Committed(_) => Err(StoreError::Closed),
        }
    }

    pub(super) async fn submit(&self, order: Order) -> Result<Answer, StoreError> {
        let (answer, answered) = oneshot::channel();
        let request = Request { order, answer };
        let sent = self.orders().send(request).await;
        sent.map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}
