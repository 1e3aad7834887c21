//! Raw bytes in the database, in pieces.

use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use futures_util::TryFutureExt;
use sqlx::any::AnyPoolOptions;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor, Transaction};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use super::super::{VaultError, VaultWriter};
use super::in_time;
use crate::basics::ids::ContentHash;
use crate::io::failpoint::{self, Act};

/// Bytes of a row: a long mail is never whole in memory, and PostgreSQL takes a gibibyte at most.
const PIECE_BYTES: usize = 1 << 20;
/// Connections: mails are read by sixteen jobs and each asks for a moment.
const CONNECTIONS: u32 = 4;
/// How long to wait for one before the database counts as unreachable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(15);
/// A batch of mails, or one of 50 MiB, is written in seconds; a server that is cut off says nothing for a quarter of an hour.
const ANSWERED_WITHIN: Duration = Duration::from_secs(120);
/// What is on the shelf must survive a power cut of the server, whatever its default; and who is cut off must not hold the rows
/// that another machine wants to write, too.
const SETTINGS: &str =
    "SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '60s';
    SET lock_timeout = '30s'; SET client_connection_check_interval = '10s';";

const HAS: &str = "SELECT hash FROM contents WHERE hash = $1 AND piece = 0";
const PUT: &str = "INSERT INTO contents (hash, piece, bytes) VALUES ($1, $2, $3)
    ON CONFLICT (hash, piece) DO NOTHING";
const PIECE: &str = "SELECT bytes FROM contents WHERE hash = $1 AND piece = $2";
const SIZE: &str = "SELECT CAST(SUM(LENGTH(bytes)) AS BIGINT) FROM contents WHERE hash = $1";
const BETWEEN: &str =
    "SELECT hash FROM contents WHERE hash >= $1 AND hash <= $2 AND piece = 0 ORDER BY hash";

/// The table of raw bytes. Clones share its connections.
#[derive(Clone)]
pub struct DatabaseShelf {
    pool: AnyPool,
}

impl fmt::Debug for DatabaseShelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseShelf")
    }
}

impl DatabaseShelf {
    /// Connects to the database of that address, whose tables are up to date.
    pub(super) async fn connect(url: &str) -> Result<Self, VaultError> {
        sqlx::any::install_default_drivers();
        let is_server = !url.starts_with("sqlite");
        let connected = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if is_server {
                        connection.execute(sqlx::raw_sql(SETTINGS)).await?;
                    }
                    Ok(())
                })
            })
            .connect(url)
            .await;
        let pool = connected.map_err(shared("connect to"))?;
        Ok(Self { pool })
    }

    /// Puts files there, in the order of their names: two that put the same ones in another order would each wait for the other.
    pub(super) async fn put(&self, files: &[(ContentHash, &Path)]) -> Result<(), VaultError> {
        let doing = "write to";
        let mut connection = self.connection(doing).await?;
        let put = in_time(doing, ANSWERED_WITHIN, put_sorted(&mut connection, files)).await;
        ended(connection, put)
    }

    async fn connection(&self, doing: &'static str) -> Result<PoolConnection<Any>, VaultError> {
        self.pool.acquire().await.map_err(shared(doing))
    }

    /// Brings a file into the vault; nothing when it is not there either.
    pub(super) async fn bring(
        &self,
        hash: ContentHash,
        into: VaultWriter,
    ) -> Result<Option<ContentHash>, VaultError> {
        let doing = "read from";
        let mut connection = self.connection(doing).await?;
        let read = in_time(doing, ANSWERED_WITHIN, read(&mut connection, hash, into)).await;
        ended(connection, read)
    }

    /// How many bytes are there under that name.
    pub(super) async fn size(&self, hash: ContentHash) -> Result<Option<u64>, VaultError> {
        let doing = "look on";
        let mut connection = self.connection(doing).await?;
        let asked = sqlx::query_scalar::<Any, Option<i64>>(SIZE).bind(hash.to_string());
        let asked = asked.fetch_one(&mut *connection).map_err(shared(doing));
        let size = in_time(doing, ANSWERED_WITHIN, asked).await;
        Ok(ended(connection, size)?.map(i64::unsigned_abs))
    }

    /// Which names from the first to the last are there.
    pub(super) async fn between(
        &self,
        first: ContentHash,
        last: ContentHash,
    ) -> Result<BTreeSet<ContentHash>, VaultError> {
        let asked = sqlx::query_scalar::<Any, String>(BETWEEN);
        let asked = asked.bind(first.to_string()).bind(last.to_string());
        let doing = "look on";
        let mut connection = self.connection(doing).await?;
        let asked = asked.fetch_all(&mut *connection).map_err(shared(doing));
        let names = in_time(doing, ANSWERED_WITHIN, asked).await;
        Ok(ended(connection, names)?
            .iter()
            .filter_map(|name| ContentHash::parse(name))
            .collect())
    }
}

/// A connection that failed is not given back: the pool would ask it whether it lives, and wait for that answer, too.
fn ended<T>(
    connection: PoolConnection<Any>,
    answer: Result<T, VaultError>,
) -> Result<T, VaultError> {
    match &answer {
        Ok(_) => drop(connection),
        Err(_) => drop(connection.detach()),
    }
    answer
}

async fn put_sorted(
    connection: &mut AnyConnection,
    files: &[(ContentHash, &Path)],
) -> Result<(), VaultError> {
    let begun = connection.begin().await;
    let mut transaction = begun.map_err(shared("begin to write to"))?;
    for (hash, path) in files {
        let has = sqlx::query(HAS).bind(hash.to_string());
        let has = has.fetch_optional(&mut *transaction).await;
        if has.map_err(shared("look on"))?.is_none() {
            write(&mut transaction, *hash, path).await?;
        }
    }
    // Crash before this line: nothing is there, and nobody has committed the name.
    failpoint::before(Act::ShelfCommit);
    let committed = transaction.commit().await;
    // Crash after it: bytes nobody named yet, which the repeated fetch meets.
    failpoint::after(Act::ShelfCommit);
    committed.map_err(shared("write to"))
}

async fn read(
    connection: &mut AnyConnection,
    hash: ContentHash,
    mut into: VaultWriter,
) -> Result<Option<ContentHash>, VaultError> {
    for piece in 0_i64.. {
        let asked = sqlx::query_scalar::<Any, Vec<u8>>(PIECE);
        let asked = asked.bind(hash.to_string()).bind(piece);
        let bytes = asked.fetch_optional(&mut *connection).await;
        match bytes.map_err(shared("read from"))? {
            Some(bytes) => into.push(&bytes).await?,
            None if piece == 0 => return Ok(None),
            None => break,
        }
    }
    into.place().await.map(Some)
}

async fn write(
    transaction: &mut Transaction<'_, Any>,
    hash: ContentHash,
    path: &Path,
) -> Result<(), VaultError> {
    let mut file = File::open(path)
        .await
        .map_err(VaultError::io("open", path))?;
    for piece in 0_i64.. {
        let mut bytes = Vec::new();
        let limited = (&mut file)
            .take(PIECE_BYTES as u64)
            .read_to_end(&mut bytes)
            .await;
        let read = limited.map_err(VaultError::io("read", path))?;
        // An empty file is there, too: with one empty piece.
        if read == 0 && piece > 0 {
            break;
        }
        let put = sqlx::query(PUT)
            .bind(hash.to_string())
            .bind(piece)
            .bind(bytes);
        put.execute(&mut **transaction)
            .await
            .map_err(shared("write to"))?;
    }
    Ok(())
}

fn shared(doing: &'static str) -> impl FnOnce(sqlx::Error) -> VaultError {
    move |error| VaultError::Shared {
        doing,
        source: Box::new(error),
    }
}
