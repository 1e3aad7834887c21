//! What the writer is asked for, and what it answers.

use std::time::Duration;

use tokio::sync::oneshot;

use super::error::StoreError;
use super::work::Work;
use crate::basics::calendar::Timestamp;
use crate::basics::ids::JobId;
use crate::domain::audit::Subject;
use crate::domain::job::{JobClaim, NewJob, Step};

/// What a commit gave.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Committed {
    /// The number of its first audit entry.
    pub first_sequence: u64,
    /// It had been committed before under the same idempotency key; nothing was written now.
    pub repeated: bool,
}

/// A job this worker holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claimed {
    /// The proof, for the commit that ends it.
    pub claim: JobClaim,
    /// What to do.
    pub step: Step,
    /// To what.
    pub subject: Subject,
}

/// What a claim asks for.
#[derive(Clone, Debug)]
pub(super) struct Claiming {
    /// Unique to this claim: the fence.
    pub(super) owner: String,
    pub(super) now: Timestamp,
    pub(super) limit: u32,
    pub(super) lease: Duration,
}

/// One look at a mailbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Look {
    /// By its name in the configuration.
    pub mailbox: String,
    /// When.
    pub looked_at: Timestamp,
    /// What was wrong, when something was.
    pub problem: Option<String>,
    /// When every mail in it was last accounted for; none leaves what is known.
    pub reconciled_at: Option<Timestamp>,
}

/// A running daemon.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replica {
    /// Unique among all that ever ran.
    pub name: String,
    /// The machine.
    pub host: String,
    /// Its number there.
    pub process: u32,
    /// Of the program.
    pub program_version: String,
}

/// How long a daemon must not have been seen before others do its jobs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unseen {
    /// So long.
    pub span: Duration,
    /// Only the jobs of this step, or all others.
    pub only: bool,
    /// That step.
    pub step: Step,
}

/// What is asked of the writer about replicas.
#[derive(Debug)]
pub(super) enum ReplicaOrder {
    /// It lives.
    Appear(Replica),
    /// It ends well.
    Leave(String),
    /// What those were doing who are not seen is done by others.
    TakeOver(Vec<Unseen>),
    /// What this one was doing, who is surely dead, is done by others; what it alone might do is free.
    Succeed(String),
    /// Be or stay the only one to do this.
    Take {
        name: String,
        owner: String,
        span: Duration,
    },
    /// Another may do it.
    Yield { name: String, owner: String },
    /// All have this alike.
    Agree { name: String, value: String },
}

/// What the writer is asked for.
#[derive(Debug)]
pub(super) enum Order {
    /// Write a change.
    Commit(Work),
    /// Write a change and take it back.
    DryRun(Work),
    /// Lease jobs.
    Claim(Claiming),
    /// Put a job back.
    Retry {
        claim: JobClaim,
        due_at: Timestamp,
        error: String,
    },
    /// Put a job off that was not tried.
    Postpone { claim: JobClaim, due_at: Timestamp },
    /// Give back what this owner was handed and does not do.
    LetGo { owner: String, doing: Vec<JobId> },
    /// Keep a job longer.
    Renew { claim: JobClaim, lease: Duration },
    /// Try a parked job again.
    Requeue { job: JobId, now: Timestamp },
    /// Enqueue what is not there.
    Enqueue(Vec<NewJob>),
    /// Note that a mailbox was looked at.
    Look(Look),
    /// About the daemons on these books.
    Replica(ReplicaOrder),
    /// End every lease.
    ReleaseAll,
    /// Finish and end.
    Close,
}

/// What the writer answers.
#[derive(Debug)]
pub(super) enum Answer {
    Committed(Committed),
    Claimed(Vec<Claimed>),
    Count(u64),
}

/// An order and who waits for it.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) order: Order,
    pub(super) answer: oneshot::Sender<Result<Answer, StoreError>>,
}
