//! Connections. One code path over sqlx's generic driver; what differs between SQLite and PostgreSQL stands here.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor};

use super::error::StoreError;
use super::readers::Readers;
use crate::basics::text::chain;

/// Where the store is.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// `sqlite:///var/lib/countinghouse/books.db` or `postgres://user@host/database`.
    pub url: String,
    /// The folder of the lock file; with SQLite it holds the database too. On a local disk.
    pub data_folder: PathBuf,
}

/// The database at hand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dialect {
    /// SQLite, in this process.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

impl Dialect {
    /// By the scheme of the address.
    pub(super) fn of(url: &str) -> Result<Self, StoreError> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            Some(_) | None => Err(StoreError::Address {
                // A password stands between the scheme and the @.
                url: url.rsplit('@').next().unwrap_or_default().to_owned(),
            }),
        }
    }

    /// The text for this database.
    pub(super) fn pick(self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }
}

/// FULL: mail is marked as fetched on the strength of a commit, and NORMAL loses commits in a power cut. `recursive_triggers`
/// makes INSERT OR REPLACE meet the triggers that refuse deletion. 8 MiB of pages for who writes and 16 MiB of log before it is
/// copied into the file: a page that many commits touch is then copied once for all of them.
const SQLITE_SETTINGS: &str =
    "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
    PRAGMA cache_size=-8192; PRAGMA wal_autocheckpoint=4096; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON; PRAGMA trusted_schema=OFF;";

/// Commits are durable whatever the server's default; a session that hangs holds nobody else up for long.
const POSTGRES_SETTINGS: &str =
    "SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '60s';
    SET lock_timeout = '30s'; SET client_connection_check_interval = '10s';";

/// A connection that reads forgets its pages whenever another one commits: it keeps what one question needs.
const READ_ONLY_SQLITE: &str = "PRAGMA query_only=ON; PRAGMA cache_size=-2048;";
const READ_ONLY_POSTGRES: &str = "SET default_transaction_read_only = on;";

/// Readers at a time: SQLite answers from memory within microseconds, a server is worth a few round trips at once.
const SQLITE_READERS: u32 = 4;
const POSTGRES_READERS: u32 = 8;

/// Reads all of it in one transaction: a copy of one moment, whatever is written meanwhile.
const COPY: &str = "VACUUM INTO $1";

/// How long a caller waits for a connection before the database counts as unreachable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);

/// How long the question why may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// The pools: exactly one connection that writes (more only wait for each other), several that read.
#[derive(Clone, Debug)]
pub(super) struct Database {
    pub(super) dialect: Dialect,
    writer: AnyPool,
    readers: Readers,
}

impl Database {
    /// Connects. `create` makes the file of a SQLite database.
    pub(super) async fn connect(config: &StoreConfig, create: bool) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let dialect = Dialect::of(&config.url)?;
        let url = address(&config.url, dialect, create);
        let settings = dialect.pick(SQLITE_SETTINGS, POSTGRES_SETTINGS);
        let writer = pool(&url, 1, vec![settings]).await?;
        let read_only = dialect.pick(READ_ONLY_SQLITE, READ_ONLY_POSTGRES);
        let read_only = vec![settings, read_only];
        let readers = match dialect {
            Dialect::Sqlite => {
                Readers::kept(pool(&url, SQLITE_READERS, read_only).await?, SQLITE_READERS)
            }
            Dialect::Postgres => Readers::pooled(pool(&url, POSTGRES_READERS, read_only).await?),
        };
        let database = Self {
            dialect,
            writer,
            readers,
        };
        database.warn_of_lies().await?;
        Ok(database)
    }

    /// A server with `fsync = off` says that a commit is durable when it is not.
    async fn warn_of_lies(&self) -> Result<(), StoreError> {
        if self.dialect == Dialect::Postgres {
            let mut reading = self.readers.take().await?;
            let setting = sqlx::query_scalar("SHOW fsync")
                .fetch_one(reading.connection()?)
                .await;
            let setting: String =
                setting.map_err(|error| StoreError::of("asking for fsync", error))?;
            reading.done();
            if setting == "off" {
                tracing::warn!(
                    "the PostgreSQL server runs with fsync = off: a power cut loses commits"
                );
            }
        }
        Ok(())
    }

    /// The one connection that writes. Only the writer task and the migrations take it.
    pub(super) async fn writer(&self) -> Result<PoolConnection<Any>, StoreError> {
        let taken = self.writer.acquire().await;
        taken.map_err(|error| StoreError::of("connecting to write", error))
    }

    /// Connections that can only read.
    pub(super) fn readers(&self) -> &Readers {
        &self.readers
    }

    /// Ends all connections.
    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// The file of a SQLite database.
pub(super) fn sqlite_file(url: &str) -> Option<&Path> {
    let file = url.strip_prefix("sqlite:")?;
    let file = file.strip_prefix("//").unwrap_or(file);
    file.split('?').next().map(Path::new)
}

fn address(url: &str, dialect: Dialect, create: bool) -> String {
    let has_mode = url.contains("mode=");
    if dialect == Dialect::Postgres || has_mode {
        return url.to_owned();
    }
    let joint = if url.contains('?') { '&' } else { '?' };
    let mode = if create { "rwc" } else { "rw" };
    format!("{url}{joint}mode={mode}")
}

async fn pool(url: &str, size: u32, settings: Vec<&'static str>) -> Result<AnyPool, StoreError> {
    let connected = AnyPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        // The writer holds its connection, and a server may be gone between two questions.
        .test_before_acquire(size == 1 || !url.starts_with("sqlite"))
        .after_connect(move |connection, _| {
            let settings = settings.clone();
            Box::pin(async move { set(connection, &settings).await })
        })
        .connect(url)
        .await;
    match connected {
        Ok(pool) => Ok(pool),
        // The pool tried again until its time was up and does not say what it met.
        Err(sqlx::Error::PoolTimedOut) => Err(unreachable(url).await),
        Err(error) => Err(StoreError::of("connecting", error)),
    }
}

/// Why no connection comes, asked once more and told with the server's name.
async fn unreachable(url: &str) -> StoreError {
    let why = match tokio::time::timeout(PROBE_TIMEOUT, AnyConnection::connect(url)).await {
        Ok(Err(error)) => chain(&error),
        Ok(Ok(_)) | Err(_) => format!("no connection within {} s", ACQUIRE_TIMEOUT.as_secs()),
    };
    StoreError::Unreachable {
        attempted: "connecting",
        why: format!("{}: {why}", server_of(url)),
    }
}

/// host:port/database, without user and password.
pub fn server_of(url: &str) -> &str {
    // What follows may hold a password, and an @ in it.
    let bare = url.split(['?', '#']).next().unwrap_or(url);
    let bare = bare.split_once("://").map_or(bare, |(_, rest)| rest);
    bare.rsplit('@').next().unwrap_or(bare)
}

async fn set(connection: &mut AnyConnection, settings: &[&'static str]) -> Result<(), sqlx::Error> {
    for text in settings {
        connection.execute(sqlx::raw_sql(*text)).await?;
    }
    Ok(())
}

/// A copy of a SQLite database in a new file.
pub(super) async fn copy_to(connection: &mut AnyConnection, file: &Path) -> Result<(), StoreError> {
    let path = file.to_string_lossy().into_owned();
    let copied = sqlx::query(COPY).bind(path).execute(connection).await;
    copied.map_err(|error| StoreError::of("copying the books", error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_books_are_is_told_without_a_password() {
        for url in [
            "postgres://host:5432/books",
            "postgres://user:secret@host:5432/books?sslmode=disable",
            "postgres://host:5432/books?user=user&password=se@cret#se@cret",
        ] {
            assert_eq!(server_of(url), "host:5432/books", "{url}");
        }
    }

    #[tokio::test]
    async fn a_port_nobody_listens_on_is_named_without_the_password() {
        sqlx::any::install_default_drivers();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let url = format!("postgres://books:secret@127.0.0.1:{port}/books?sslmode=disable");
        let told = unreachable(&url).await.to_string();
        assert!(
            told.contains(&format!("127.0.0.1:{port}/books: ")),
            "{told}"
        );
        assert!(
            told.contains("refused") && !told.contains("secret"),
            "{told}"
        );
    }
}
