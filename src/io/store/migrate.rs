//! The migrations: one numbered set of portable SQL, rendered for the database at hand. sqlx keeps book of what was run
//! and of its checksum, so that an edited migration is noticed.

use std::borrow::Cow;

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AssertSqlSafe, SqlSafeStr};

use super::database::Dialect;
use super::error::StoreError;
use super::migration_text::{self, INSERT_ONLY};
use super::statements::fetch;
use crate::io::failpoint::{self, Act};

/// Number, name and text of every migration, in order. A migration that has been released is never edited.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "the books",
        include_str!("../../../migrations/0001_the_books.sql"),
    ),
    (
        2,
        "lost attempts",
        include_str!("../../../migrations/0002_lost_attempts.sql"),
    ),
    (
        3,
        "found at once",
        include_str!("../../../migrations/0003_found_at_once.sql"),
    ),
    (
        4,
        "memories",
        include_str!("../../../migrations/0004_memories.sql"),
    ),
    (
        5,
        "model days",
        include_str!("../../../migrations/0005_model_days.sql"),
    ),
    (
        6,
        "disputes of files",
        include_str!("../../../migrations/0006_disputes_of_files.sql"),
    ),
    (
        7,
        "codings",
        include_str!("../../../migrations/0007_codings.sql"),
    ),
    (
        8,
        "mailboxes reconciled",
        include_str!("../../../migrations/0008_mailboxes_reconciled.sql"),
    ),
    (
        9,
        "claims end",
        include_str!("../../../migrations/0009_claims_end.sql"),
    ),
    (
        14,
        "start of mailboxes",
        include_str!("../../../migrations/0014_start_of_mailboxes.sql"),
    ),
    (
        15,
        "senders and absences",
        include_str!("../../../migrations/0015_senders_and_absences.sql"),
    ),
    (
        16,
        "replicas",
        include_str!("../../../migrations/0016_replicas.sql"),
    ),
    (
        17,
        "sent lately",
        include_str!("../../../migrations/0017_sent_lately.sql"),
    ),
    (
        22,
        "payment runs",
        include_str!("../../../migrations/0022_payment_runs.sql"),
    ),
    (
        23,
        "alike bills",
        include_str!("../../../migrations/0023_alike_bills.sql"),
    ),
    (
        25,
        "delegates",
        include_str!("../../../migrations/0025_delegates.sql"),
    ),
    (
        26,
        "counted at once",
        include_str!("../../../migrations/0026_counted_at_once.sql"),
    ),
    (
        27,
        "orders",
        include_str!("../../../migrations/0027_orders.sql"),
    ),
    (
        28,
        "supplier accounts",
        include_str!("../../../migrations/0028_supplier_accounts.sql"),
    ),
    (
        30,
        "reminder gate",
        include_str!("../../../migrations/0030_reminder_gate.sql"),
    ),
    (
        31,
        "deductions",
        include_str!("../../../migrations/0031_deductions.sql"),
    ),
    (
        32,
        "payments come back",
        include_str!("../../../migrations/0032_payments_come_back.sql"),
    ),
];

/// Ours, and with a test of upgrades those of the version to come.
fn known() -> impl Iterator<Item = (i64, &'static str, &'static str)> {
    let ours = MIGRATIONS.iter().copied();
    #[cfg(debug_assertions)]
    let ours = ours.chain(to_come::known());
    ours
}

/// A test of upgrades needs a program that is newer than this one: the same with migrations from files.
#[cfg(debug_assertions)]
pub mod to_come {
    use std::path::Path;
    use std::sync::OnceLock;

    use crate::io::limits::{MAX_CONFIG_BYTES, read_text};

    static TO_COME: OnceLock<Vec<(i64, String, String)>> = OnceLock::new();

    /// This program also knows the migrations in these files, `9000_a_name.sql`. Once, before any books are opened.
    ///
    /// # Errors
    /// What the system said.
    pub fn learn(files: &[impl AsRef<Path>]) -> std::io::Result<()> {
        let read = files.iter().map(|file| {
            let text = read_text(file.as_ref(), MAX_CONFIG_BYTES).map_err(std::io::Error::other)?;
            let name = file.as_ref().file_stem().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            let number = name
                .split('_')
                .next()
                .and_then(|number| number.parse().ok());
            let number = number.ok_or_else(|| std::io::Error::other("it has no number"))?;
            Ok((number, name, text))
        });
        let read = read.collect::<std::io::Result<Vec<_>>>()?;
        TO_COME.get_or_init(|| read);
        Ok(())
    }

    pub(super) fn known() -> impl Iterator<Item = (i64, &'static str, &'static str)> {
        let known = TO_COME.get().into_iter().flatten();
        known.map(|(number, name, text)| (*number, name.as_str(), text.as_str()))
    }
}

/// The table in which sqlx keeps book.
const HISTORY: &str = "_sqlx_migrations";

/// From here on the books know which daemons live.
const REPLICAS: i64 = 16;
/// What the newest migration says of older programs, among what all daemons agree on.
const WORKS_WITH: &str = "works with";

/// Daemons wait behind a migration that waits for a lock: it gives up soon and tries again.
const GIVE_WAY: &str = "SET lock_timeout = '3s'";
const TRIES: usize = 20;

/// A migration that waits to be run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// Its number.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// What it does: `bills: new column codings`.
    pub changes: Vec<String>,
    /// The daemons of the program before may work while it is run, and afterwards.
    pub while_working: bool,
}

/// How many migrations are missing; `None` when none was ever run here.
pub(super) async fn pending(
    connection: &mut AnyConnection,
    dialect: Dialect,
) -> Result<Option<usize>, StoreError> {
    let applied = applied(connection, dialect).await?;
    Ok(applied.map(|applied| missing(&applied).count()))
}

/// Those that are missing, in order.
pub(super) async fn waiting(
    connection: &mut AnyConnection,
    dialect: Dialect,
) -> Result<Vec<Waiting>, StoreError> {
    let applied = applied(connection, dialect).await?.unwrap_or_default();
    let oldest = match dialect {
        // A SQLite file has one daemon, which is started anew with the new program anyway.
        Dialect::Sqlite => None,
        Dialect::Postgres => oldest_at_work(connection, &applied).await?,
    };
    Ok(missing(&applied)
        .map(|(version, name, text)| told(version, name, text, oldest))
        .collect())
}

/// The oldest program that may be working on these tables, by its newest migration: the one of the last migration, or an older one
/// that the last migration let work on.
async fn oldest_at_work(
    connection: &mut AnyConnection,
    applied: &[i64],
) -> Result<Option<i64>, StoreError> {
    let said = if applied.contains(&REPLICAS) {
        said_to_work(connection).await?
    } else {
        None
    };
    Ok(said.or_else(|| applied.iter().max().copied()))
}

/// All of them, for a database that is not there yet.
pub(super) fn all_waiting() -> Vec<Waiting> {
    let all = missing(&[]);
    all.map(|(version, name, text)| told(version, name, text, None))
        .collect()
}

/// `oldest`: the oldest program that may work meanwhile, where any may.
fn told(version: i64, name: &str, text: &str, oldest: Option<i64>) -> Waiting {
    let told = migration_text::told(text);
    let works_with_oldest = oldest
        .zip(told.works_with)
        .is_some_and(|(oldest, works_with)| works_with <= oldest);
    Waiting {
        version,
        name: name.to_owned(),
        changes: told.changes,
        while_working: told.only_adds && works_with_oldest,
    }
}

fn missing(applied: &[i64]) -> impl Iterator<Item = (i64, &'static str, &'static str)> {
    known().filter(|(version, _, _)| !applied.contains(version))
}

/// How many daemons live, as far as the books know of daemons at all.
pub(super) async fn living(
    connection: &mut AnyConnection,
    dialect: Dialect,
) -> Result<u64, StoreError> {
    let applied = applied(connection, dialect).await?.unwrap_or_default();
    if !applied.contains(&REPLICAS) {
        return Ok(0);
    }
    super::replicas::living(connection, dialect).await
}

/// The numbers of those that were run, of which this program knows all or need not; `None` when none ever was.
async fn applied(
    connection: &mut AnyConnection,
    dialect: Dialect,
) -> Result<Option<Vec<i64>>, StoreError> {
    let attempted = "looking for migrations";
    let tables: i64 = sqlx::query_scalar(dialect.pick(
        "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = '_sqlx_migrations'",
        "SELECT COUNT(*) FROM information_schema.tables
         WHERE table_schema = current_schema() AND table_name = '_sqlx_migrations'",
    ))
    .fetch_one(&mut *connection)
    .await
    .map_err(|error| StoreError::of(attempted, error))?;
    if tables == 0 {
        return Ok(None);
    }
    let run = connection.list_applied_migrations(HISTORY).await;
    let run = run.map_err(|error| foreign(&error))?;
    let known = migrator(dialect);
    for (migration, ours) in run.iter().filter_map(|m| {
        let ours = known.iter().find(|k| k.version == m.version);
        Some((m, ours?))
    }) {
        if migration.checksum != ours.checksum {
            let why = format!("migration {} was made by another text", migration.version);
            return Err(StoreError::Foreign { why });
        }
    }
    let newer = run.iter().find(|m| !known.version_exists(m.version));
    if let Some(newer) = newer
        && !works_with_us(connection).await?
    {
        let why = format!(
            "migration {} is of a newer version, which this one cannot work beside: install the newer one here, too",
            newer.version
        );
        return Err(StoreError::Foreign { why });
    }
    Ok(Some(run.iter().map(|m| m.version).collect()))
}

/// Whether whoever made the newer tables says that a program as old as this one works on them.
async fn works_with_us(connection: &mut AnyConnection) -> Result<bool, StoreError> {
    let ours = known().map(|(version, _, _)| version).max();
    let oldest = said_to_work(connection).await?;
    Ok(oldest.is_some_and(|oldest| ours.is_some_and(|ours| ours >= oldest)))
}

/// The oldest program that works on these tables, as the newest migration said.
async fn said_to_work(connection: &mut AnyConnection) -> Result<Option<i64>, StoreError> {
    let attempted = "asking whether an older program may work";
    let asked = [WORKS_WITH.into()];
    let said: Vec<(String,)> =
        fetch(connection, attempted, super::replicas::AGREED, &asked).await?;
    Ok(said.first().and_then(|(oldest,)| oldest.parse().ok()))
}

/// How many migrations there are.
pub(super) fn count() -> usize {
    known().count()
}

/// Runs what is missing. Each migration is one transaction: a crash leaves it done or not begun.
pub(super) async fn run(
    connection: &mut AnyConnection,
    dialect: Dialect,
) -> Result<(), StoreError> {
    failpoint::before(Act::Migration);
    let mut migrator = migrator(dialect);
    // What a newer program added is its own affair; `applied` looked whether we may go on beside it.
    migrator.set_ignore_missing(true);
    if dialect == Dialect::Postgres {
        let set = sqlx::raw_sql(GIVE_WAY).execute(&mut *connection).await;
        set.map_err(|error| StoreError::of("preparing to migrate", error))?;
    }
    let mut tries = 1;
    while let Err(error) = migrator.run_direct(None, connection, false).await {
        if !waited_too_long(&error) {
            return Err(foreign(&error));
        }
        if tries == TRIES {
            return Err(in_use(error));
        }
        tries += 1;
    }
    failpoint::after(Act::Migration);
    Ok(())
}

/// Returns when no other machine is migrating: on a server the folder's lock does not reach it, the database's own does.
pub(super) async fn wait_for_others(connection: &mut AnyConnection) -> Result<(), StoreError> {
    // Whoever waits too long (lock_timeout) is told that a migration is needed, which is so until the other one is done.
    if connection.lock().await.is_ok() {
        connection.unlock().await.map_err(|error| foreign(&error))?;
    }
    Ok(())
}

/// SQLSTATE 55P03, lock_not_available: the transaction is gone and can be begun again.
fn waited_too_long(error: &MigrateError) -> bool {
    let (MigrateError::Execute(said) | MigrateError::ExecuteMigration(said, _)) = error else {
        return false;
    };
    let code = said.as_database_error().and_then(|said| said.code());
    code.is_some_and(|code| code == "55P03")
}

/// The tables are ours, and somebody works on them for longer than was waited.
fn in_use(error: MigrateError) -> StoreError {
    let attempted = "migrating tables that another program holds; try again";
    if let MigrateError::Execute(said) | MigrateError::ExecuteMigration(said, _) = error {
        StoreError::of(attempted, said)
    } else {
        foreign(&error)
    }
}

fn foreign(error: &MigrateError) -> StoreError {
    StoreError::Foreign {
        why: error.to_string(),
    }
}

fn migrator(dialect: Dialect) -> Migrator {
    let rendered = known().map(|(version, name, text)| {
        let sql = AssertSqlSafe(render(text, dialect)).into_sql_str();
        let name = Cow::Borrowed(name);
        Migration::new(version, name, MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(rendered.collect())
}

/// Fills in the tokens explained at the top of the first migration.
fn render(text: &str, dialect: Dialect) -> String {
    let mut sql = String::with_capacity(text.len());
    for line in text.lines() {
        match (
            line.strip_prefix(INSERT_ONLY),
            migration_text::works_with(line),
        ) {
            (Some(table), _) => sql.push_str(&insert_only(table.trim(), dialect)),
            (None, Some(oldest)) => sql.push_str(&say_works_with(oldest)),
            (None, None) => sql.push_str(line),
        }
        sql.push('\n');
    }
    sql.replace("{{key}}", dialect.pick("TEXT", "TEXT COLLATE \"C\""))
        .replace("{{i64}}", dialect.pick("INTEGER", "BIGINT"))
        .replace("{{bytes}}", dialect.pick("BLOB", "BYTEA"))
        .replace("{{strict}}", dialect.pick(" STRICT", ""))
}

/// For a program that does not know this migration and meets its tables.
fn say_works_with(oldest: i64) -> String {
    format!(
        "INSERT INTO installation (name, value) VALUES ('{WORKS_WITH}', '{oldest}')
         ON CONFLICT (name) DO UPDATE SET value = excluded.value;"
    )
}

/// Triggers that refuse every change of a row. They do not bind the owner of the database: the hash chain is for that.
fn insert_only(table: &str, dialect: Dialect) -> String {
    let refuse = |what: &str| {
        format!(
            "CREATE TRIGGER {table}_no_{what} BEFORE {what} ON {table}
             BEGIN SELECT RAISE(ABORT, '{table} is never changed'); END;\n"
        )
    };
    match dialect {
        Dialect::Sqlite => refuse("UPDATE") + &refuse("DELETE"),
        Dialect::Postgres => format!(
            "CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION '{table} is never changed'; END $$;
             CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
             FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse();\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last one from before `--@works_with`: all of that time are of one release.
    const BEFORE_THE_RULE: i64 = 17;

    #[test]
    fn every_new_migration_lets_the_version_before_work_on_or_says_since_when_nobody_misses_anything()
     {
        let mut oldest = 0;
        for (version, name, text) in MIGRATIONS.iter().filter(|m| m.0 > BEFORE_THE_RULE) {
            let told = migration_text::told(text);
            let works_with = told.works_with;
            let works_with = works_with.unwrap_or_else(|| panic!("{name} has no --@works_with"));
            assert!(works_with < *version && works_with >= oldest, "{name}");
            assert!(told.only_adds || works_with > oldest, "{name}: {told:?}");
            oldest = works_with;
        }
    }

    #[test]
    fn no_token_is_left_over() {
        for dialect in [Dialect::Sqlite, Dialect::Postgres] {
            for (version, _, text) in MIGRATIONS {
                let sql = render(text, dialect);
                let code = sql.lines().filter(|line| !line.starts_with("--"));
                assert!(!code.clone().any(|line| line.contains("{{")), "{version}");
                assert!(
                    !sql.lines().any(|line| line.starts_with("--@")),
                    "{version}"
                );
            }
        }
    }
}
