//! A fresh database for each test.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use countinghouse::io::store::{Store, StoreConfig};
use sqlx::{AnyConnection, Connection, Executor};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// A migrated, empty database and the store on it.
pub struct Env {
    pub store: Store,
    pub config: StoreConfig,
    folder: TempDir,
    database: Option<String>,
}

static NUMBER: AtomicU32 = AtomicU32::new(0);
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

impl Env {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = sqlite_config(folder.path().to_owned());
        let store = Store::open_or_create(&config)
            .await
            .expect("a new database");
        let database = None;
        Self {
            store,
            config,
            folder,
            database,
        }
    }

    pub async fn postgres() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let template = TEMPLATE.get_or_init(make_template).await;
        let name = fresh_name();
        sql(
            &server(),
            &format!("CREATE DATABASE {name} TEMPLATE {template}"),
        )
        .await;
        let config = StoreConfig {
            url: server() + &name,
            data_folder: folder.path().to_owned(),
        };
        let store = Store::open(&config).await.expect("a migrated database");
        let database = Some(name);
        Self {
            store,
            config,
            folder,
            database,
        }
    }

    /// The same kind of database with nothing in it.
    pub async fn empty(&self) -> StoreConfig {
        let data_folder = self.folder.path().join(fresh_name());
        std::fs::create_dir(&data_folder).expect("a folder");
        if self.database.is_none() {
            return sqlite_config(data_folder);
        }
        let name = fresh_name();
        sql(&server(), &format!("CREATE DATABASE {name}")).await;
        StoreConfig {
            url: server() + &name,
            data_folder,
        }
    }

    /// Another store on the same database, as a second process has it.
    pub async fn another(&self) -> Store {
        Store::open(&self.config).await.expect("the same database")
    }

    pub fn is_sqlite(&self) -> bool {
        self.database.is_none()
    }

    /// Runs SQL past the store, as somebody with the password could.
    pub async fn tamper(&self, text: &str) -> Result<(), sqlx::Error> {
        let mut connection = AnyConnection::connect(&self.config.url).await?;
        let done = connection
            .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(text)))
            .await;
        connection.close().await?;
        done.map(drop)
    }

    pub async fn end(self) {
        self.store.close().await;
        if let Some(name) = self.database {
            sql(&server(), &format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

pub fn sqlite_config(data_folder: PathBuf) -> StoreConfig {
    StoreConfig {
        url: format!("sqlite://{}", data_folder.join("books.db").display()),
        data_folder,
    }
}

fn fresh_name() -> String {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("t_{}_{number}", std::process::id())
}

async fn make_template() -> String {
    let name = format!("{}_template", fresh_name());
    sql(&server(), &format!("CREATE DATABASE {name}")).await;
    let config = StoreConfig {
        url: server() + &name,
        data_folder: tempfile::tempdir().expect("a temporary folder").keep(),
    };
    Store::migrate(&config)
        .await
        .expect("a fresh database can be migrated");
    name
}

async fn sql(url: &str, text: &str) {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(&format!("{url}postgres"))
        .await
        .expect("the PostgreSQL of tests/run answers");
    let done = connection
        .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(text)))
        .await;
    done.unwrap_or_else(|error| panic!("{text}: {error}"));
    connection.close().await.expect("a clean end");
}

/// The address of the server of `tests/run`, to which the name of a database is added.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where their servers are"
)]
fn server() -> String {
    let missing = "PostgreSQL is not there. Run the tests with: tests/run";
    let file = std::env::var("COUNTINGHOUSE_TEST_SERVERS").expect(missing);
    let text = std::fs::read_to_string(&file).expect(missing);
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("postgres_url = "));
    format!("{}/", line.expect(missing).trim().trim_matches('"'))
}
