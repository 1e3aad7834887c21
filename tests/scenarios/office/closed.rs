//! An office whose books are closed: an admin does something to them, and it is opened again.

use std::path::PathBuf;
use std::process::{Output, Stdio};

use countinghouse::basics::calendar::Date;
use countinghouse::io::clock::Clock;
use countinghouse::io::limits::read_text;
use serde_json::Value;
use tempfile::TempDir;

use super::daemon::program;
use super::servers::servers;
use super::{Office, People, new_database, open_desk};

/// The office at night.
pub struct Closed {
    pub people: People,
    folder: TempDir,
    database: Option<String>,
    clock: Clock,
    today: Date,
}

/// What a command ended in.
pub struct Ran {
    /// None when it was killed.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The one object it printed.
    pub fn object(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap()
    }

    /// It ended with this code and said why.
    pub fn refused(&self, code: i32, because: &str) {
        assert_eq!(self.code, Some(code), "{}\n{}", self.out, self.err);
        assert!(self.err.contains(because), "{}", self.err);
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Office {
    /// Everybody goes home.
    pub async fn closed(self) -> Closed {
        let Self {
            desk,
            config: _,
            people,
            folder,
            database,
            today,
        } = self;
        desk.store.close().await;
        Closed {
            people,
            folder,
            database,
            clock: desk.clock,
            today,
        }
    }
}

impl Closed {
    /// A file of the office.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command with this configuration.
    pub fn run(&self, config: &str, arguments: &[&str]) -> Ran {
        let config = self.path(config);
        let mut command = program(&["--config", config.to_str().unwrap()]);
        let command = command.args(arguments).current_dir(self.folder.path());
        let ran = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        ran.output().unwrap().into()
    }

    /// The configuration for a new PostgreSQL database, as the admin writes it: what is said of storage, and the rest as before.
    pub async fn writes_new_configuration(&mut self, storage: &str) {
        let database = new_database().await;
        let url = format!("database_url = \"{}/{database}\"\n", servers().postgres_url);
        self.database = Some(database);
        let text = read_text(&self.path("countinghouse.toml"), 1 << 20).unwrap();
        let (before, behind) = text
            .split_once("[storage]\ndata_folder = \"data\"\n")
            .unwrap();
        std::fs::write(
            self.path("new.toml"),
            format!("{before}[storage]\n{storage}{url}{behind}"),
        )
        .unwrap();
    }

    /// The next morning, with the new configuration.
    pub async fn opened_with_new_configuration(self) -> Office {
        std::fs::rename(self.path("new.toml"), self.path("countinghouse.toml")).unwrap();
        self.opened().await
    }

    /// The next morning.
    pub async fn opened(self) -> Office {
        let (config, desk) = open_desk(&self.folder, self.clock).await;
        Office {
            desk,
            config,
            people: self.people,
            folder: self.folder,
            database: self.database,
            today: self.today,
        }
    }
}
