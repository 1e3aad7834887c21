//! Several daemons on one PostgreSQL: who lives, who watches which mailbox, what all must have alike. By the database's clock.
//!
//! A lease is a row and not a lock of the session: it can be seen, its end is chosen by us, and the owner that froze and comes
//! back finds its name gone. What it writes late is refused by the versions of the rows, not by the lease.

use std::time::Duration;

use sqlx::AnyConnection;

use super::Store;
use super::database::Dialect;
use super::database_clock::{clocked, millis};
use super::error::StoreError;
use super::order::{Order, Replica, ReplicaOrder, Unseen};
use super::queue;
use super::statements::{execute, fetch};
use crate::basics::calendar::Timestamp;

/// A daemon not seen for so long is dead, and a mailbox whose owner was silent for so long is another's.
pub const LIVES_FOR: Duration = Duration::from_secs(30);

clocked!(
    APPEAR_SQLITE,
    APPEAR_POSTGRES = "INSERT INTO replicas
    (name, host, process, program_version, started_at, seen_at) VALUES ($1, $2, $3, $4, ",
    now,
    ", ",
    now,
    ")
    ON CONFLICT (name) DO UPDATE SET seen_at = ",
    now
);
clocked!(
    TAKE_SQLITE,
    TAKE_POSTGRES = "INSERT INTO leases (name, owner, epoch, expires_at)
    VALUES ($1, $2, 1, ",
    now,
    " + $3)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at,
        epoch = leases.epoch + CASE WHEN leases.owner = excluded.owner THEN 0 ELSE 1 END
    WHERE leases.owner = excluded.owner OR leases.expires_at <= ",
    now,
    " RETURNING epoch"
);
clocked!(
    FORGET_SQLITE,
    FORGET_POSTGRES = "DELETE FROM replicas WHERE seen_at <= ",
    now,
    " - $1"
);
// Not by the end of a claim's own lease, and again at each look: whoever comes back and takes jobs is seen.
clocked!(
    TAKE_OVER_SQLITE,
    TAKE_OVER_POSTGRES = "UPDATE jobs
    SET state = 'ready', lease_owner = NULL, lease_until = NULL
    WHERE state = 'leased' AND (step = $1) = ($2 = 1) AND EXISTS (SELECT 1 FROM replicas r
        WHERE substr(jobs.lease_owner, 1, length(r.name) + 1) = r.name || '/' AND r.seen_at <= ",
    now,
    " - $3)"
);
clocked!(
    KNOWN_SQLITE,
    KNOWN_POSTGRES = "SELECT r.name, r.host, r.process, r.program_version, r.started_at, r.seen_at,
    (SELECT COUNT(*) FROM jobs j WHERE j.state = 'leased'
        AND substr(j.lease_owner, 1, length(r.name) + 1) = r.name || '/'),
    CAST(CASE WHEN r.seen_at > ",
    now,
    " - $1 THEN 1 ELSE 0 END AS BIGINT)
    FROM replicas r ORDER BY r.started_at, r.name"
);
clocked!(
    OWNED_SQLITE,
    OWNED_POSTGRES = "SELECT name, owner FROM leases WHERE expires_at > ",
    now,
    " ORDER BY name"
);
clocked!(
    HOW_MANY_SQLITE,
    HOW_MANY_POSTGRES = "SELECT COUNT(*) FROM replicas WHERE seen_at > ",
    now,
    " - $1"
);
pub(super) const YIELD: &str = "UPDATE leases SET expires_at = 0 WHERE name = $1 AND owner = $2";
pub(super) const YIELD_ALL: &str = "UPDATE leases SET expires_at = 0 WHERE owner = $1";
pub(super) const LEAVE: &str = "DELETE FROM replicas WHERE name = $1";
pub(super) const AGREE: &str =
    "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
pub(super) const AGREED: &str = "SELECT value FROM installation WHERE name = $1";

/// So long a daemon that ended without a word stays to be seen.
const REMEMBERED_FOR: Duration = Duration::from_secs(24 * 3600);

/// A daemon as the books know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeenReplica {
    /// Who.
    pub replica: Replica,
    /// Since when, by the database's clock.
    pub started_at: Timestamp,
    /// When it last said that it lives, by the same clock.
    pub seen_at: Timestamp,
    /// That was a moment ago.
    pub lives: bool,
    /// Jobs it is doing, or was doing and nobody took over yet.
    pub jobs: u64,
    /// What only it may do now: mailboxes it watches.
    pub leases: Vec<String>,
}

impl Store {
    /// Says that this daemon lives.
    ///
    /// # Errors
    /// What the database said.
    pub async fn appear(&self, replica: Replica) -> Result<(), StoreError> {
        self.about_replicas(ReplicaOrder::Appear(replica))
            .await
            .map(drop)
    }

    /// Says that this daemon ends.
    ///
    /// # Errors
    /// What the database said.
    pub async fn leave(&self, name: &str) -> Result<(), StoreError> {
        self.about_replicas(ReplicaOrder::Leave(name.to_owned()))
            .await
            .map(drop)
    }

    /// Gives the jobs of daemons that are not seen to the others; says how many jobs those were.
    ///
    /// # Errors
    /// What the database said.
    pub async fn take_over(&self, unseen: &[Unseen]) -> Result<u64, StoreError> {
        let order = ReplicaOrder::TakeOver(unseen.to_vec());
        self.about_replicas(order).await
    }

    /// Gives all work of a daemon that is surely dead to the others at once; says how many jobs those were.
    ///
    /// # Errors
    /// What the database said.
    pub async fn succeed(&self, name: &str) -> Result<u64, StoreError> {
        let order = ReplicaOrder::Succeed(name.to_owned());
        self.about_replicas(order).await
    }

    /// Becomes or stays the only one to do this, for so long; says whether it is. The epoch rises with every new owner.
    ///
    /// # Errors
    /// What the database said.
    pub async fn take_lease(
        &self,
        name: &str,
        owner: &str,
        span: Duration,
    ) -> Result<Option<u64>, StoreError> {
        let (name, owner) = (name.to_owned(), owner.to_owned());
        let epoch = self
            .about_replicas(ReplicaOrder::Take { name, owner, span })
            .await?;
        Ok((epoch > 0).then_some(epoch))
    }

    /// Lets another do it at once.
    ///
    /// # Errors
    /// What the database said.
    pub async fn yield_lease(&self, name: &str, owner: &str) -> Result<(), StoreError> {
        let (name, owner) = (name.to_owned(), owner.to_owned());
        self.about_replicas(ReplicaOrder::Yield { name, owner })
            .await
            .map(drop)
    }

    /// What all daemons of these books have alike under this name: what the first one brought.
    ///
    /// # Errors
    /// What the database said.
    pub async fn agree(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let order = ReplicaOrder::Agree {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        self.about_replicas(order).await?;
        let cells = [name.into()];
        let rows: Vec<(String,)> = self
            .tuples("reading what all agree on", AGREED, &cells)
            .await?;
        Ok(rows
            .into_iter()
            .next()
            .map_or_else(|| value.to_owned(), |(value,)| value))
    }

    /// Every daemon that did not say that it ends, oldest first; one that is not seen for a day is forgotten.
    ///
    /// # Errors
    /// What the database said.
    pub async fn replicas(&self) -> Result<Vec<SeenReplica>, StoreError> {
        let attempted = "looking at the replicas";
        let dialect = self.dialect();
        let known = dialect.pick(KNOWN_SQLITE, KNOWN_POSTGRES);
        let span = [millis(LIVES_FOR)];
        let rows: Vec<ReplicaColumns> = self.tuples(attempted, known, &span).await?;
        let owned = dialect.pick(OWNED_SQLITE, OWNED_POSTGRES);
        let owned: Vec<(String, String)> = self.tuples(attempted, owned, &[]).await?;
        Ok(rows.into_iter().map(|row| seen(row, &owned)).collect())
    }

    async fn about_replicas(&self, order: ReplicaOrder) -> Result<u64, StoreError> {
        self.counted(Order::Replica(order)).await
    }
}

type ReplicaColumns = (String, String, i64, String, i64, i64, i64, i64);

fn seen(row: ReplicaColumns, owned: &[(String, String)]) -> SeenReplica {
    let (name, host, process, program_version, started_at, seen_at, jobs, lives) = row;
    let instant = |at| Timestamp::from_millisecond(at).unwrap_or_default();
    let leases = owned.iter().filter(|(_, owner)| *owner == name);
    SeenReplica {
        leases: leases.map(|(lease, _)| lease.clone()).collect(),
        replica: Replica {
            name,
            host,
            process: u32::try_from(process).unwrap_or_default(),
            program_version,
        },
        started_at: instant(started_at),
        seen_at: instant(seen_at),
        lives: lives == 1,
        jobs: jobs.unsigned_abs(),
    }
}

/// Does what is asked; gives the epoch of a lease, else how many rows it touched.
pub(super) async fn perform(
    connection: &mut AnyConnection,
    dialect: Dialect,
    order: &ReplicaOrder,
) -> Result<u64, StoreError> {
    match order {
        ReplicaOrder::Appear(replica) => {
            let cells = [
                replica.name.as_str().into(),
                replica.host.as_str().into(),
                i64::from(replica.process).into(),
                replica.program_version.as_str().into(),
            ];
            let text = dialect.pick(APPEAR_SQLITE, APPEAR_POSTGRES);
            execute(connection, "saying that this daemon lives", text, &cells).await
        }
        ReplicaOrder::Leave(name) => {
            execute(
                connection,
                "saying that this daemon ends",
                LEAVE,
                &[name.as_str().into()],
            )
            .await
        }
        ReplicaOrder::TakeOver(unseen) => take_over(connection, dialect, unseen).await,
        ReplicaOrder::Succeed(name) => {
            let attempted = "going on after a dead daemon";
            execute(connection, attempted, YIELD_ALL, &[name.as_str().into()]).await?;
            queue::let_go(connection, name, &[]).await
        }
        ReplicaOrder::Take { name, owner, span } => {
            let cells = [name.as_str().into(), owner.as_str().into(), millis(*span)];
            let text = dialect.pick(TAKE_SQLITE, TAKE_POSTGRES);
            let rows: Vec<(i64,)> = fetch(connection, "taking a lease", text, &cells).await?;
            Ok(rows.first().map_or(0, |(epoch,)| epoch.unsigned_abs()))
        }
        ReplicaOrder::Yield { name, owner } => {
            let cells = [name.as_str().into(), owner.as_str().into()];
            execute(connection, "giving a lease back", YIELD, &cells).await
        }
        ReplicaOrder::Agree { name, value } => {
            let cells = [name.as_str().into(), value.as_str().into()];
            execute(connection, "agreeing with the other daemons", AGREE, &cells).await
        }
    }
}

async fn take_over(
    connection: &mut AnyConnection,
    dialect: Dialect,
    unseen: &[Unseen],
) -> Result<u64, StoreError> {
    let attempted = "taking over from the dead";
    let mut taken = 0;
    for one in unseen {
        let cells = [
            one.step.as_str().into(),
            i64::from(one.only).into(),
            millis(one.span),
        ];
        let text = dialect.pick(TAKE_OVER_SQLITE, TAKE_OVER_POSTGRES);
        taken += execute(connection, attempted, text, &cells).await?;
    }
    // No lease of theirs is that long.
    let text = dialect.pick(FORGET_SQLITE, FORGET_POSTGRES);
    execute(connection, attempted, text, &[millis(REMEMBERED_FOR)]).await?;
    Ok(taken)
}

/// How many daemons live.
pub(super) async fn living(
    connection: &mut AnyConnection,
    dialect: Dialect,
) -> Result<u64, StoreError> {
    let text = dialect.pick(HOW_MANY_SQLITE, HOW_MANY_POSTGRES);
    let attempted = "looking whether daemons live";
    let rows: Vec<(i64,)> = fetch(connection, attempted, text, &[millis(LIVES_FOR)]).await?;
    Ok(rows.first().map_or(0, |(count,)| count.unsigned_abs()))
}
