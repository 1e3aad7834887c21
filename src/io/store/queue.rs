//! The jobs: claimed with a lease, tried again, parked. At most one of a subject is leased at a time, whatever its step.
//!
//! After a crash a claimed job stays leased until its lease ends; then a claim makes it ready again. The claim's
//! owner and attempt fence every commit: a worker that comes back late can write nothing.

use std::time::Duration;

use sqlx::AnyConnection;

use super::database::Dialect;
use super::database_clock::{clocked, millis};
use super::error::StoreError;
use super::order::{Claimed, Claiming};
use super::row::Cell;
use super::statements::{execute, fetch};
use super::work::{JobRow, held, stale};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::JobId;
use crate::domain::audit::{Subject, SubjectKind};
use crate::domain::job::{JobClaim, NewJob, Step};

clocked!(
    END_LEASES_SQLITE,
    END_LEASES_POSTGRES = "UPDATE jobs
    SET state = 'ready', lease_owner = NULL, lease_until = NULL
    WHERE state = 'leased' AND lease_until <= ",
    now
);
clocked!(
    HOLD_SQLITE,
    HOLD_POSTGRES = "UPDATE jobs SET lease_until = $4 + ",
    now,
    "
    WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'leased'"
);
// What this owner was handed and does not do: $2 names what it does.
pub(super) const LET_GO: &str = "UPDATE jobs
    SET state = 'ready', lease_owner = NULL, lease_until = NULL
    WHERE state = 'leased'
        AND substr(lease_owner, 1, length(CAST($1 AS TEXT)) + 1) = CAST($1 AS TEXT) || '/'
        AND CAST($2 AS TEXT) NOT LIKE '%' || id || '%'";
pub(super) const RELEASE_ALL: &str = "UPDATE jobs
    SET state = 'ready', lease_owner = NULL, lease_until = NULL WHERE state = 'leased'";
// What is due, one of a subject, nothing of a subject of which something is being done. Steps that a newer version has and this one
// does not ($5 names those it has) are left to daemons that know them.
clocked!(
    CLAIM_SQLITE,
    CLAIM_POSTGRES = "WITH chosen AS MATERIALIZED (
    SELECT j.id FROM jobs j WHERE j.state = 'ready' AND j.due_at <= $1
    AND CAST($5 AS TEXT) LIKE '%|' || j.step || '|%'
    AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.subject_id = j.subject_id AND o.state = 'leased')
    AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.subject_id = j.subject_id AND o.state = 'ready'
        AND (o.due_at < j.due_at OR (o.due_at = j.due_at AND o.id < j.id)))
    ORDER BY j.due_at, j.id LIMIT $2 ",
    skip_locked,
    ")
    UPDATE jobs SET state = 'leased', attempts = attempts + 1, again = 0, lease_owner = $3,
        lease_until = $4 + ",
    now,
    " WHERE id IN (SELECT id FROM chosen)
    RETURNING id, step, subject_kind, subject_id, attempts, due_at"
);
pub(super) const RETRY: &str = "UPDATE jobs
    SET state = 'ready', due_at = $4, error = $5, lease_owner = NULL, lease_until = NULL
    WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'leased'";
pub(super) const POSTPONE: &str = "UPDATE jobs
    SET state = 'ready', due_at = $4, attempts = 0, lease_owner = NULL, lease_until = NULL
    WHERE id = $1 AND lease_owner = $2 AND attempts = $3 AND state = 'leased'";
pub(super) const REQUEUE: &str = "UPDATE jobs
    SET state = 'ready', attempts = 0, due_at = $2 WHERE id = $1 AND state = 'parked'";
pub(super) const ENQUEUE: &str = "INSERT INTO jobs
    (id, step, subject_kind, subject_id, state, due_at, attempts, again)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING";

/// How often the leases of the dead are looked for, in milliseconds: they last half an hour, and jobs are claimed a hundred times
/// a second.
const END_LEASES_EVERY: i64 = 1_000;

type JobColumns = (String, String, String, String, i64, i64);

/// Makes ready again what somebody dead holds, unless that was just done; `last` says when.
pub(super) async fn end_leases(
    connection: &mut AnyConnection,
    dialect: Dialect,
    now: Timestamp,
    last: &mut Option<Timestamp>,
) -> Result<(), StoreError> {
    let passed = last.map(|last| now.as_millisecond() - last.as_millisecond());
    // A clock that was set back says nothing about what passed.
    if passed.is_some_and(|passed| (0..END_LEASES_EVERY).contains(&passed)) {
        return Ok(());
    }
    let text = dialect.pick(END_LEASES_SQLITE, END_LEASES_POSTGRES);
    execute(connection, "ending leases", text, &[]).await?;
    *last = Some(now);
    Ok(())
}

/// Makes ready again what this owner was handed and does not do; says how many jobs those were.
pub(super) async fn let_go(
    connection: &mut AnyConnection,
    owner: &str,
    doing: &[JobId],
) -> Result<u64, StoreError> {
    let doing = doing.iter().map(JobId::to_string).collect::<Vec<_>>();
    let cells = [owner.into(), doing.join(" ").as_str().into()];
    execute(connection, "letting go of jobs", LET_GO, &cells).await
}

/// Takes the oldest jobs that are due.
pub(super) async fn claim(
    connection: &mut AnyConnection,
    dialect: Dialect,
    asked: &Claiming,
) -> Result<Vec<Claimed>, StoreError> {
    let attempted = "claiming jobs";
    let cells = [
        asked.now.as_millisecond().into(),
        i64::from(asked.limit).into(),
        asked.owner.as_str().into(),
        millis(asked.lease),
        known_steps().as_str().into(),
    ];
    let text = dialect.pick(CLAIM_SQLITE, CLAIM_POSTGRES);
    let mut rows: Vec<JobColumns> = match fetch(connection, attempted, text, &cells).await {
        Ok(rows) => rows,
        // Two daemons on one PostgreSQL chose jobs of one subject at the same moment: the index lets one of them win.
        Err(StoreError::Unique(_)) => return Err(lost_race()),
        Err(error) => return Err(error),
    };
    rows.sort_by(|a, b| (a.5, &a.0).cmp(&(b.5, &b.0)));
    rows.into_iter()
        .map(|row| claimed(row, &asked.owner))
        .collect()
}

fn known_steps() -> String {
    let steps = Step::ALL.iter().map(|step| step.as_str());
    format!("|{}|", steps.collect::<Vec<_>>().join("|"))
}

fn lost_race() -> StoreError {
    StoreError::Conflict {
        what: "the queue".into(),
    }
}

fn claimed(row: JobColumns, owner: &str) -> Result<Claimed, StoreError> {
    let (id, step, kind, subject, attempts, _) = row;
    let unreadable = |column: &'static str| StoreError::Corrupt {
        table: "jobs",
        column,
        why: "it is not what this program writes there".into(),
    };
    Ok(Claimed {
        claim: JobClaim {
            job: JobId::parse(&id).ok_or_else(|| unreadable("id"))?,
            attempt: u32::try_from(attempts).map_err(|_| unreadable("attempts"))?,
            owner: owner.to_owned(),
        },
        step: Step::parse(&step).ok_or_else(|| unreadable("step"))?,
        subject: Subject {
            kind: SubjectKind::parse(&kind).ok_or_else(|| unreadable("subject_kind"))?,
            id: subject,
        },
    })
}

/// Gives the job back untried, for later.
pub(super) async fn postpone(
    connection: &mut AnyConnection,
    claim: &JobClaim,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    let [id, owner, attempt] = held(claim);
    let cells = [id, owner, attempt, due_at.as_millisecond().into()];
    match execute(connection, "postponing a job", POSTPONE, &cells).await? {
        1 => Ok(()),
        _ => Err(stale(claim)),
    }
}

/// Gives the job back, to be tried again when it is due.
pub(super) async fn retry(
    connection: &mut AnyConnection,
    claim: &JobClaim,
    due_at: Timestamp,
    error: &str,
) -> Result<(), StoreError> {
    let [id, owner, attempt] = held(claim);
    let due = due_at.as_millisecond().into();
    let cells = [id, owner, attempt, due, error.into()];
    match execute(connection, "putting a job back", RETRY, &cells).await? {
        1 => Ok(()),
        _ => Err(stale(claim)),
    }
}

/// Keeps a job that is still being done.
pub(super) async fn renew(
    connection: &mut AnyConnection,
    dialect: Dialect,
    claim: &JobClaim,
    lease: Duration,
) -> Result<(), StoreError> {
    let [id, owner, attempt] = held(claim);
    let cells = [id, owner, attempt, millis(lease)];
    let text = dialect.pick(HOLD_SQLITE, HOLD_POSTGRES);
    match execute(connection, "renewing a lease", text, &cells).await? {
        1 => Ok(()),
        _ => Err(stale(claim)),
    }
}

/// A person wants a parked job tried again; says whether it was parked.
pub(super) async fn requeue(
    connection: &mut AnyConnection,
    job: JobId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let cells = [Cell::from(job.to_string()), now.as_millisecond().into()];
    execute(connection, "requeueing a job", REQUEUE, &cells).await
}

/// Enqueues what is not there yet, for sweeps: a job that waits, is being done or is parked is left as it is.
pub(super) async fn enqueue(
    connection: &mut AnyConnection,
    jobs: &[NewJob],
) -> Result<u64, StoreError> {
    let mut added = 0;
    for job in jobs {
        let cells = JobRow::from(job).cells();
        added += execute(connection, "enqueueing jobs", ENQUEUE, &cells).await?;
    }
    Ok(added)
}

/// Makes every leased job ready. Only for the one process that works on this database, when it starts.
pub(super) async fn release_all(connection: &mut AnyConnection) -> Result<u64, StoreError> {
    execute(
        connection,
        "releasing the leases of the dead",
        RELEASE_ALL,
        &[],
    )
    .await
}
