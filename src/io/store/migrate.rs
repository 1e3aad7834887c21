//! The migrations: one numbered set of portable SQL, rendered for the database at hand. sqlx keeps book of what was run
//! and of its checksum, so that an edited migration is noticed.

use std::borrow::Cow;

use sqlx::migrate::{Migrate, Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, AssertSqlSafe, SqlSafeStr};

use super::database::Dialect;
use super::error::StoreError;
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
];

/// The table in which sqlx keeps book.
const HISTORY: &str = "_sqlx_migrations";

/// How many migrations are missing; `None` when none was ever run here.
pub(super) async fn pending(
    connection: &mut AnyConnection,
    dialect: Dialect,
) -> Result<Option<usize>, StoreError> {
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
    if let Some(newer) = run.iter().find(|m| !known.version_exists(m.version)) {
        let why = format!("migration {} is of a newer version", newer.version);
        return Err(StoreError::Foreign { why });
    }
    Ok(Some(known.iter().count().saturating_sub(run.len())))
}

/// How many migrations there are.
pub(super) fn count() -> usize {
    MIGRATIONS.len()
}

/// Runs what is missing. Each migration is one transaction: a crash leaves it done or not begun.
pub(super) async fn run(
    connection: &mut AnyConnection,
    dialect: Dialect,
) -> Result<(), StoreError> {
    failpoint::before(Act::Migration);
    let done = migrator(dialect).run_direct(None, connection, false).await;
    done.map_err(|error| foreign(&error))?;
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

fn foreign(error: &sqlx::migrate::MigrateError) -> StoreError {
    StoreError::Foreign {
        why: error.to_string(),
    }
}

fn migrator(dialect: Dialect) -> Migrator {
    let rendered = MIGRATIONS.iter().map(|(version, name, text)| {
        let sql = AssertSqlSafe(render(text, dialect)).into_sql_str();
        let name = Cow::Borrowed(*name);
        Migration::new(*version, name, MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(rendered.collect())
}

/// Fills in the tokens explained at the top of the first migration.
fn render(text: &str, dialect: Dialect) -> String {
    let mut sql = String::with_capacity(text.len());
    for line in text.lines() {
        match line.strip_prefix("--@insert_only ") {
            Some(table) => sql.push_str(&insert_only(table.trim(), dialect)),
            None => sql.push_str(line),
        }
        sql.push('\n');
    }
    sql.replace("{{key}}", dialect.pick("TEXT", "TEXT COLLATE \"C\""))
        .replace("{{i64}}", dialect.pick("INTEGER", "BIGINT"))
        .replace("{{bytes}}", dialect.pick("BLOB", "BYTEA"))
        .replace("{{strict}}", dialect.pick(" STRICT", ""))
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
