//! The store: the books in SQLite or PostgreSQL, by one code path and one SQL text over sqlx's generic driver. Nothing of
//! sqlx leaves this module.
//!
//! Writes go through `commit` to one writer task (`writer`), which puts what waits into one transaction (`batch`). Reads
//! (`load`) go to connections that cannot write. `row` says how each record lies in its table; `statements` makes the SQL.

mod error;
mod readers;
mod database;
mod database_clock;
mod in_time;
mod migrate;
mod migration_text;
mod lock;
mod row;
mod statements;
mod work;
mod order;
mod batch;
mod queue;
mod looks;
mod replicas;
mod writer;
mod commit;
mod moving;
pub mod load;

pub use database::{Dialect, StoreConfig, server_of as database_name};
pub use error::StoreError;
pub use load::Filter;
pub use migrate::Waiting;
#[cfg(debug_assertions)]
pub use migrate::to_come;
pub use moving::{CopiedTable, Moving};
pub use order::{Claimed, Committed, Look, Replica, Unseen};
pub use replicas::{LIVES_FOR, SeenReplica};

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::{Notify, mpsc};

use database::Database;
use lock::FolderLock;
use order::{Order, Request};
use readers::Readers;
use writer::Writer;

/// Callers that may wait for the writer before the next has to wait to ask.
const WAITING: usize = 256;

/// The lock of the daemon, in the data folder.
const DAEMON_LOCK: &str = "countinghouse.lock";
/// The lock of whoever migrates: SQLite has none of its own for that.
const MIGRATE_LOCK: &str = "migrate.lock";

/// The books. Cheap to clone; all clones share one writer.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: StoreConfig,
    database: Database,
    orders: mpsc::Sender<Request>,
    jobs_added: Arc<Notify>,
    claims: AtomicU64,
    directories: load::Directories,
    lock: Mutex<Option<FolderLock>>,
    /// Why nothing is committed here, where that is so.
    only_read: OnceLock<String>,
}

impl Store {
    /// Opens the books.
    ///
    /// # Errors
    /// `MigrationNeeded` when their tables are older than this program or there are none, `Foreign` when they are not
    /// ours.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        let opened = Self::open_if_any(config).await?;
        let pending = migrate::count();
        opened.ok_or(StoreError::MigrationNeeded { pending })
    }

    /// Opens the books, or makes them where there are none at all. Existing ones are never migrated by this.
    ///
    /// # Errors
    /// As `open`.
    pub async fn open_or_create(config: &StoreConfig) -> Result<Self, StoreError> {
        match Self::open_if_any(config).await {
            Ok(Some(store)) => return Ok(store),
            // What looks old may be new, and another process half way through making it.
            Ok(None) | Err(StoreError::MigrationNeeded { .. }) => {}
            Err(failure) => return Err(failure),
        }
        let migrating = lock::wait_for(&config.data_folder, MIGRATE_LOCK).await?;
        let database = Database::connect(config, true).await?;
        let mut connection = database.writer().await?;
        match migrate::pending(&mut connection, database.dialect).await? {
            None => migrate::run(&mut connection, database.dialect).await?,
            // Another process made them while this one waited.
            Some(0) => {}
            Some(_) => migrate::wait_for_others(&mut connection).await?,
        }
        drop(connection);
        database.close().await;
        drop(migrating);
        Self::open(config).await
    }

    /// Which migrations wait, in order. Changes nothing.
    ///
    /// # Errors
    /// `Foreign` when the tables are not ours, or newer than this program can work on.
    pub async fn waiting_migrations(config: &StoreConfig) -> Result<Vec<Waiting>, StoreError> {
        if database::sqlite_file(&config.url).is_some_and(|file| !file.exists()) {
            return Ok(migrate::all_waiting());
        }
        let database = Database::connect(config, false).await?;
        let mut connection = database.writer().await?;
        let waiting = migrate::waiting(&mut connection, database.dialect).await;
        drop(connection);
        database.close().await;
        waiting
    }

    /// Brings the tables up to date; gives how many migrations were run. On a server daemons may work meanwhile, when all that
    /// waits lets them.
    ///
    /// # Errors
    /// `Foreign` when the tables are not ours, or newer than this program can work on; `Locked` or `DaemonsWork` while daemons work
    /// that may not.
    pub async fn migrate(config: &StoreConfig) -> Result<usize, StoreError> {
        // Before it is asked what waits: behind another run nothing may be left to do.
        let _migrating = lock::wait_for(&config.data_folder, MIGRATE_LOCK).await?;
        let waiting = Self::waiting_migrations(config).await?;
        let on_server = Dialect::of(&config.url)? == Dialect::Postgres;
        let beside = on_server && waiting.iter().all(|one| one.while_working);
        let _alone = (!beside)
            .then(|| lock::take(&config.data_folder, DAEMON_LOCK))
            .transpose()?;
        let database = Database::connect(config, true).await?;
        let mut connection = database.writer().await?;
        if on_server && !beside {
            let daemons = migrate::living(&mut connection, database.dialect).await?;
            if daemons > 0 {
                return Err(StoreError::DaemonsWork { daemons });
            }
        }
        migrate::run(&mut connection, database.dialect).await?;
        drop(connection);
        database.close().await;
        Ok(waiting.len())
    }

    /// Writes a copy of the books as they are now into a new file, beside whoever works on them.
    ///
    /// # Errors
    /// `NotAFile` when they are on a server; what the database said, also when the file is there already.
    pub async fn copy_to(config: &StoreConfig, file: &Path) -> Result<(), StoreError> {
        if database::sqlite_file(&config.url).is_none() {
            return Err(StoreError::NotAFile);
        }
        let database = Database::connect(config, false).await?;
        let mut connection = database.writer().await?;
        let copied = database::copy_to(&mut connection, file).await;
        drop(connection);
        database.close().await;
        copied
    }

    /// Opens the books; nothing when no migration was ever run here.
    ///
    /// # Errors
    /// As `open`.
    pub async fn open_if_any(config: &StoreConfig) -> Result<Option<Self>, StoreError> {
        if database::sqlite_file(&config.url).is_some_and(|file| !file.exists()) {
            return Ok(None);
        }
        let database = Database::connect(config, false).await?;
        let mut connection = database.writer().await?;
        let pending = migrate::pending(&mut connection, database.dialect).await;
        drop(connection);
        match pending {
            Ok(Some(0)) => Ok(Some(Self::start(config, database))),
            other => {
                database.close().await;
                match other? {
                    Some(pending) => Err(StoreError::MigrationNeeded { pending }),
                    None => Ok(None),
                }
            }
        }
    }

    fn start(config: &StoreConfig, database: Database) -> Self {
        let (orders, waiting) = mpsc::channel(WAITING);
        let jobs_added = Arc::new(Notify::new());
        let writer = Writer {
            database: database.clone(),
            jobs_added: jobs_added.clone(),
            connection: None,
            leases_ended: None,
        };
        tokio::spawn(writer.run(waiting));
        Self(Arc::new(Inner {
            config: config.clone(),
            database,
            orders,
            jobs_added,
            claims: AtomicU64::new(0),
            directories: load::Directories::default(),
            lock: Mutex::new(None),
            only_read: OnceLock::new(),
        }))
    }

    /// Makes this the one daemon on the data folder, until the process ends. With SQLite the leases of an earlier one
    /// end here: it is dead, or it would hold the lock.
    ///
    /// # Errors
    /// `Locked` when another daemon holds it; `Folder` when the folder cannot be used.
    pub async fn lock(&self) -> Result<(), StoreError> {
        let taken = lock::take(&self.0.config.data_folder, DAEMON_LOCK)?;
        *self.0.lock.lock().unwrap_or_else(PoisonError::into_inner) = Some(taken);
        if self.dialect() == Dialect::Sqlite {
            self.release_leases().await?;
        }
        Ok(())
    }

    /// From here on nothing is committed, and whoever tries is told why: these books were left behind.
    pub fn only_read(&self, why: String) {
        self.0.only_read.get_or_init(|| why);
    }

    /// Whether other daemons can work on these books: on a server they can, a SQLite file has one.
    pub fn is_shared(&self) -> bool {
        self.dialect() == Dialect::Postgres
    }

    /// Which database it is.
    pub fn dialect(&self) -> Dialect {
        self.0.database.dialect
    }

    /// Woken whenever a commit has enqueued jobs. A lost wake-up costs a poll interval, nothing else.
    pub fn jobs_added(&self) -> &Notify {
        &self.0.jobs_added
    }

    /// Finishes what waits, then ends the writer and all connections.
    pub async fn close(self) {
        // Closed already is closed.
        drop(self.submit(Order::Close).await);
        self.0.database.close().await;
    }

    fn readers(&self) -> &Readers {
        self.0.database.readers()
    }

    fn directories(&self) -> &load::Directories {
        &self.0.directories
    }

    fn orders(&self) -> &mpsc::Sender<Request> {
        &self.0.orders
    }

    /// A name no other claim has: what a worker writes with it is fenced against every later holder of the same job.
    fn claim_name(&self, owner: &str) -> String {
        let number = self.0.claims.fetch_add(1, Ordering::Relaxed);
        format!("{owner}/{number}")
    }
}
