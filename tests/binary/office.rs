//! An office in a temporary folder, and the program started in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Two local mailboxes, mail out into a folder, SQLite: everything in one folder.
pub struct Office {
    folder: TempDir,
}

/// What a run of the program gave.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// It must have ended with 0.
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self
    }

    /// One JSON object a line.
    pub fn objects(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
            })
            .collect()
    }

    /// The only one.
    pub fn object(&self) -> Value {
        let mut objects = self.objects();
        assert_eq!(objects.len(), 1, "{}", self.out);
        objects.remove(0)
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

/// The program, away from any configuration of this machine.
pub fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countinghouse"));
    command
        .current_dir(folder)
        .env_remove("COUNTINGHOUSE_CONFIG")
        .env_remove("NOTIFY_SOCKET");
    command
}

impl Office {
    /// With the demo's configuration and empty mailboxes.
    pub fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let office = Self { folder };
        std::fs::write(
            office.path("countinghouse.toml"),
            include_str!("../../config/demo/countinghouse.toml"),
        )
        .unwrap();
        for mailbox in ["ap", "ar"] {
            for part in ["tmp", "new", "cur"] {
                std::fs::create_dir_all(office.path(&format!("mail/{mailbox}/{part}"))).unwrap();
            }
        }
        office
    }

    /// A folder with nothing in it.
    pub fn empty() -> Self {
        let folder = TempDir::new().unwrap();
        Self { folder }
    }

    /// After the demo has run in it.
    pub fn after_demo() -> Self {
        let office = Self::empty();
        office.run(&["demo", "--dir", ".", "--exit"]).ok();
        office
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn command(&self) -> Command {
        program(self.folder.path())
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.command().args(arguments).output().unwrap().into()
    }
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path)
            }
        }
    }
    found.sort();
    found
}
