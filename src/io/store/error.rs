//! What can go wrong between us and the database.

use std::path::PathBuf;

use crate::basics::ids::JobId;
use crate::io::disposition::Disposition;

/// Why the store did not do what it was asked. Nothing was written, unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row was replaced or inserted by somebody else since it was loaded: load again, decide again.
    #[error("{what} was changed by somebody else in the meantime")]
    Conflict {
        /// Table and key of the row.
        what: String,
    },
    /// The lease on the job ended and somebody else may be doing it.
    #[error("job {job} is no longer held by {owner}")]
    StaleClaim {
        /// The job.
        job: JobId,
        /// Who thought to hold it.
        owner: String,
    },
    /// A second row where there can be one. The name is the constraint's, as in the migrations.
    #[error("there is such a row already: {0}")]
    Unique(String),
    /// One key, two inputs: a bug in what made the key.
    #[error("the idempotency key {key:?} was used before for other input")]
    KeyReused {
        /// The key.
        key: String,
    },
    /// The tables are older than this program (or there are none): `countinghouse migrate`.
    #[error(
        "the database needs {pending} migration(s): run `countinghouse migrate`; `countinghouse migrate --plan` says what they do and whether daemons may work meanwhile"
    )]
    MigrationNeeded {
        /// How many are missing.
        pending: usize,
    },
    /// The tables are not those this program's migrations make.
    #[error("the database does not fit this program: {why}")]
    Foreign {
        /// What does not fit.
        why: String,
    },
    /// Another daemon works in this folder.
    #[error("another daemon holds the lock {}", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// They are no file of this machine.
    #[error(
        "the books are on a PostgreSQL server: back them up with pg_dump, and after them the data folder, or the bucket that keeps the mails"
    )]
    NotAFile,
    /// A migration waits that changes what they use.
    #[error(
        "{daemons} daemon(s) work on these books, and what waits changes what they use: stop them (one that was killed counts for half a minute), or see `countinghouse migrate --plan`"
    )]
    DaemonsWork {
        /// How many.
        daemons: u64,
    },
    /// Books are copied from SQLite into PostgreSQL, and not otherwise.
    #[error(
        "books are moved from a SQLite file to a PostgreSQL server, and these are not such two"
    )]
    NotSuchTwo,
    /// Nothing is copied over what is there.
    #[error(
        "the database to copy into is not empty ({table} has rows): name an empty one, or drop it and create it again"
    )]
    NotEmpty {
        /// The first table with rows.
        table: String,
    },
    /// What was read back of a copy, this one or one that was interrupted after its commit, is not what the books hold.
    #[error(
        "the table {table} is not the same on both sides ({here} rows here, {there} there); the old books stay in force: name an empty database, or drop this one and create it again"
    )]
    Differs {
        /// The table.
        table: String,
        /// Rows of the books.
        here: u64,
        /// Rows of the copy.
        there: u64,
    },
    /// The data folder cannot be used.
    #[error("cannot use the data folder {}: {why}", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        why: String,
    },
    /// The configured address names no database we know.
    #[error("{url:?} is no address of a database: it begins with sqlite:// or postgres://")]
    Address {
        /// What was configured; never with a password, see `Store::open`.
        url: String,
    },
    /// No answer. A commit that was under way may have happened: look again before trying again.
    #[error("the database cannot be reached ({attempted}): {why}")]
    Unreachable {
        /// What was attempted.
        attempted: &'static str,
        /// What the driver said.
        why: String,
    },
    /// The database answered with an error.
    #[error("the database refused ({attempted})")]
    Database {
        /// What was attempted.
        attempted: &'static str,
        /// What it said.
        #[source]
        source: sqlx::Error,
    },
    /// A row holds what this program would never write.
    #[error("{table}.{column} cannot be read: {why}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// What is wrong, without the value.
        why: String,
    },
    /// Books that are only looked at.
    #[error("nothing was written: {why}")]
    OnlyRead {
        /// Why.
        why: String,
    },
    /// The writer has ended: the daemon is stopping.
    #[error("the store is closed")]
    Closed,
}

impl StoreError {
    /// What to do about it.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Conflict { .. } | Self::Unreachable { .. } | Self::Closed => Disposition::Retry,
            // Somebody else does the job, or it is done.
            Self::StaleClaim { .. } => Disposition::GiveUp,
            Self::Database { source, .. } => of_database(source),
            Self::Unique(_)
            | Self::KeyReused { .. }
            | Self::MigrationNeeded { .. }
            | Self::Foreign { .. }
            | Self::Locked { .. }
            | Self::Folder { .. }
            | Self::NotAFile
            | Self::NotSuchTwo
            | Self::DaemonsWork { .. }
            | Self::NotEmpty { .. }
            | Self::Differs { .. }
            | Self::Address { .. }
            | Self::OnlyRead { .. }
            | Self::Corrupt { .. } => Disposition::AskPerson,
        }
    }

    /// Whether the connection is worth nothing any more.
    pub(super) fn is_unreachable(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// Whether it took long and the next would take as long: no server, or a lock that somebody holds (`lock_not_available`,
    /// SQLITE_BUSY, SQLITE_LOCKED).
    pub(super) fn waited_in_vain(&self) -> bool {
        let Self::Database { source, .. } = self else {
            return self.is_unreachable();
        };
        let code = source.as_database_error().and_then(|error| error.code());
        code.is_some_and(|code| {
            let sqlite = code.parse::<u32>().is_ok_and(|n| matches!(n % 256, 5 | 6));
            code == "55P03" || (code.len() < 5 && sqlite)
        })
    }

    /// Sorts what the driver says.
    pub(super) fn of(attempted: &'static str, source: sqlx::Error) -> Self {
        let by_code = source.as_database_error().and_then(|error| error.code());
        let lost = by_code.is_some_and(|code| ends_connection(&code))
            || matches!(
                source,
                sqlx::Error::Io(_)
                    | sqlx::Error::Tls(_)
                    | sqlx::Error::Protocol(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::WorkerCrashed
            );
        if lost {
            return Self::Unreachable {
                attempted,
                why: source.to_string(),
            };
        }
        match unique_name(&source) {
            Some(name) => Self::Unique(name),
            None => Self::Database { attempted, source },
        }
    }
}

/// SQLSTATE classes 08 (connection) and 57P (operator intervention: the server is stopping or starting).
fn ends_connection(code: &str) -> bool {
    code.starts_with("08") || code.starts_with("57P")
}

/// Waiting helps against a full disk, a lock or a deadlock; nothing else heals by itself.
fn of_database(error: &sqlx::Error) -> Disposition {
    let code = error.as_database_error().and_then(|e| e.code());
    let passes = code.is_some_and(|code| {
        let postgres = ["40", "53", "55"];
        // SQLITE_BUSY, _LOCKED, _IOERR, _FULL and their extended codes (the low byte names the family).
        let sqlite = code
            .parse::<u32>()
            .is_ok_and(|n| matches!(n % 256, 5 | 6 | 10 | 13));
        (code.len() == 5 && postgres.iter().any(|class| code.starts_with(class))) || sqlite
    });
    if passes {
        Disposition::Retry
    } else {
        Disposition::AskPerson
    }
}

/// The violated constraint by the name the migrations give it: `table_column_column`. PostgreSQL says it; SQLite says
/// `UNIQUE constraint failed: table.column, table.column`.
fn unique_name(error: &sqlx::Error) -> Option<String> {
    let database = error
        .as_database_error()
        .filter(|e| e.is_unique_violation())?;
    if let Some(name) = database.constraint() {
        return Some(name.to_owned());
    }
    let (_, columns) = database.message().split_once("failed: ")?;
    let mut name = String::new();
    for column in columns.split(", ") {
        let (table, column) = column.split_once('.')?;
        if name.is_empty() {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    Some(name)
}
