//! The books of one machine, copied from SQLite into an empty PostgreSQL. One transaction: until it is committed the target is
//! empty, whatever happens. Before it is, every table was read back there and is the same to the last value.
//!
//! What stands in the tables of both is asked of the databases (`shape`), so that no table can be forgotten. Raw bytes go their own
//! way, before the books (`io::vault`): SQLite has none of them.

mod rows;
mod shape;

use std::collections::BTreeMap;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Executor};

use super::database::{Database, Dialect, StoreConfig};
use super::error::StoreError;
use super::in_time::within;
use super::lock::{self, FolderLock};
use super::statements::fetch;
use super::{DAEMON_LOCK, Store, load};
use crate::io::failpoint::{self, Act};
use shape::Shape;

pub use rows::Contents;

/// Where the raw bytes lie when they are in the database: put there beside the books, and perhaps there already.
const RAW_BYTES: &str = "contents";
/// A million rows are checked against each other when they are committed: half a minute, and a slow server takes longer.
const PATIENCE: Duration = Duration::from_secs(1800);
/// What migrations write themselves: the copy has these rows from the source.
const MADE_BY_MIGRATIONS: [&str; 2] = ["audit_head", "installation"];

/// Nobody writes into the books meanwhile, nor does this: a snapshot, and a lock on writing.
const HOLD_STILL: &str = "BEGIN IMMEDIATE";
/// The server waits while all tables of the source are read, which takes minutes: it must not end the session for that. One whose client
/// died is noticed by its connection.
const BEGIN: &str = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0";
/// Two copies into one target: the second waits here, and then finds it full.
const LOCK_TARGET: &str = "LOCK TABLE audit_head IN ACCESS EXCLUSIVE MODE";

/// SQLite books that stand still, and the PostgreSQL database that gets them.
pub struct Moving {
    /// The books, to be read.
    pub source: Store,
    still: PoolConnection<Any>,
    held: Database,
    target: Database,
    target_config: StoreConfig,
    tables: BTreeMap<String, Shape>,
    is_there: bool,
    _alone: FolderLock,
}

/// Both ends of a copy.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CopiedTable {
    /// Its name.
    pub name: String,
    /// What is in it, on both sides.
    pub contents: Contents,
}

impl Moving {
    /// Holds the source still and makes the tables of the target where there are none. Nothing of the source is changed.
    ///
    /// # Errors
    /// `Locked` while a daemon works on the source, `NotSuchTwo` when they are not SQLite and PostgreSQL, `MigrationNeeded` when either is older than
    /// this program, `NotEmpty` when the target has rows of others, `Foreign` when the tables of both are not alike.
    pub async fn begin(source: &StoreConfig, target: &StoreConfig) -> Result<Self, StoreError> {
        if Dialect::of(&source.url)? != Dialect::Sqlite
            || Dialect::of(&target.url)? != Dialect::Postgres
        {
            return Err(StoreError::NotSuchTwo);
        }
        let alone = lock::take(&source.data_folder, DAEMON_LOCK)?;
        let opened = Store::open(source).await?;
        let held = Database::connect(source, false).await?;
        let mut still = held.writer().await?;
        run(
            &mut still,
            Dialect::Sqlite,
            "holding the books still",
            HOLD_STILL,
        )
        .await?;
        // Makes the tables where there are none, and says so where they are old.
        Store::open_or_create(target).await?.close().await;
        let target_database = Database::connect(target, false).await?;
        let mut there = target_database.writer().await?;
        let tables = shape::shapes(&mut still, Dialect::Sqlite).await?;
        let in_target = shape::shapes(&mut there, Dialect::Postgres).await?;
        shape::fits(&tables, &in_target)?;
        let is_there = holds_the_same(&mut still, &mut there, &tables).await?;
        drop(there);
        Ok(Self {
            source: opened,
            still,
            held,
            target: target_database,
            target_config: target.clone(),
            tables,
            is_there,
            _alone: alone,
        })
    }

    /// The target has these books already: an earlier copy was interrupted after its commit.
    pub fn is_there(&self) -> bool {
        self.is_there
    }

    /// Copies all tables, unless they are there, and compares every value of both sides. `on_the_way` hears how many rows of which
    /// table were copied.
    ///
    /// # Errors
    /// `Differs` names the first table that is not the same: then this copy was not committed. What either database said.
    pub async fn copy(
        &mut self,
        on_the_way: &mut (dyn FnMut(&str, u64) + Send),
    ) -> Result<Vec<CopiedTable>, StoreError> {
        let mut there = self.target.writer().await?;
        run(&mut there, Dialect::Postgres, "beginning the copy", BEGIN).await?;
        let copied = self.copy_within(&mut there, on_the_way).await;
        let (ending, attempted) = match &copied {
            Ok(_) => ("COMMIT", "committing the copy"),
            Err(_) => ("ROLLBACK", "taking the copy back"),
        };
        if copied.is_ok() {
            // The driver takes a COMMIT that rolled back for a success: a transaction that failed says so here.
            run(&mut there, Dialect::Postgres, attempted, "SELECT 1").await?;
            failpoint::before(Act::Commit);
        }
        let ended = run(&mut there, Dialect::Postgres, attempted, ending).await;
        match copied {
            Ok(tables) => {
                ended?;
                failpoint::after(Act::Commit);
                Ok(tables)
            }
            // It ends with the connection otherwise.
            Err(failure) => Err(failure),
        }
    }

    async fn copy_within(
        &mut self,
        there: &mut AnyConnection,
        on_the_way: &mut (dyn FnMut(&str, u64) + Send),
    ) -> Result<Vec<CopiedTable>, StoreError> {
        run(there, Dialect::Postgres, "locking the target", LOCK_TARGET).await?;
        if !self.is_there {
            // Somebody else may have come since we looked.
            let empty = first_filled(there, &self.tables).await?;
            empty.map_or(Ok(()), |table| Err(StoreError::NotEmpty { table }))?;
            for table in MADE_BY_MIGRATIONS {
                let text = format!("DELETE FROM {table}");
                run(
                    there,
                    Dialect::Postgres,
                    "clearing what migrations made",
                    text,
                )
                .await?;
            }
        }
        let mut copied = Vec::new();
        for table in self.tables.values().filter(|table| table.name != RAW_BYTES) {
            let here = if self.is_there {
                rows::look(&mut self.still, Dialect::Sqlite, table).await?
            } else {
                rows::copy(&mut self.still, there, table, on_the_way).await?
            };
            copied.push(CopiedTable {
                name: table.name.clone(),
                contents: here,
            });
        }
        for (table, here) in self
            .tables
            .values()
            .filter(|t| t.name != RAW_BYTES)
            .zip(&copied)
        {
            let contents = rows::look(there, Dialect::Postgres, table).await?;
            if contents != here.contents {
                return Err(StoreError::Differs {
                    table: table.name.clone(),
                    here: here.contents.rows,
                    there: contents.rows,
                });
            }
        }
        // Without its figures the server would plan as for empty tables until it finds the time to count.
        run(
            there,
            Dialect::Postgres,
            "counting for the planner",
            "ANALYZE",
        )
        .await?;
        Ok(copied)
    }

    /// The copied books, as a daemon opens them.
    ///
    /// # Errors
    /// What the database said.
    pub async fn open_target(&self) -> Result<Store, StoreError> {
        Store::open(&self.target_config).await
    }

    /// What the last daemon of the source was doing is free in the copy: it is dead, or it would hold the lock. From here on the two
    /// are not alike, and no other run would know the copy again: for when it is noted that the books moved.
    ///
    /// # Errors
    /// What the database said.
    pub async fn free_jobs(copy: &Store) -> Result<(), StoreError> {
        copy.release_leases().await.map(drop)
    }

    /// Lets go of both.
    ///
    /// # Errors
    /// What the database said.
    pub async fn end(mut self) -> Result<(), StoreError> {
        let attempted = "letting the books go";
        let ended = run(&mut self.still, Dialect::Sqlite, attempted, "ROLLBACK").await;
        drop(self.still);
        self.held.close().await;
        self.target.close().await;
        self.source.close().await;
        ended
    }
}

async fn run(
    connection: &mut AnyConnection,
    dialect: Dialect,
    attempted: &'static str,
    text: impl Into<String>,
) -> Result<(), StoreError> {
    let text = AssertSqlSafe(text.into());
    let ran = async {
        let ran = connection.execute(sqlx::raw_sql(text)).await;
        ran.map(drop)
            .map_err(|error| StoreError::of(attempted, error))
    };
    within(dialect, PATIENCE, attempted, ran).await
}

/// Whether the trail of the target ends as that of the source; `NotEmpty` when it holds anything else.
async fn holds_the_same(
    here: &mut AnyConnection,
    there: &mut AnyConnection,
    tables: &BTreeMap<String, Shape>,
) -> Result<bool, StoreError> {
    let attempted = "comparing where the trails end";
    let head = load::audit::HEAD;
    let ours: Vec<(i64, String)> = fetch(here, attempted, head, &[]).await?;
    let theirs: Vec<(i64, String)> = fetch(there, attempted, head, &[]).await?;
    match first_filled(there, tables).await? {
        None => Ok(false),
        Some(_) if ours == theirs => Ok(true),
        Some(table) => Err(StoreError::NotEmpty { table }),
    }
}

/// A table of the target that holds what neither migrations nor an interrupted copy write.
async fn first_filled(
    there: &mut AnyConnection,
    tables: &BTreeMap<String, Shape>,
) -> Result<Option<String>, StoreError> {
    let made = |name: &str| name == RAW_BYTES || MADE_BY_MIGRATIONS.contains(&name);
    for name in tables.keys().filter(|name| !made(name)) {
        let text = AssertSqlSafe(format!("SELECT 1 FROM {name} LIMIT 1"));
        let found = sqlx::query(text).fetch_optional(&mut *there).await;
        let found = found.map_err(|error| StoreError::of("looking for rows", error))?;
        if found.is_some() {
            return Ok(Some(name.clone()));
        }
    }
    Ok(None)
}
