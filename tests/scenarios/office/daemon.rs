//! The real program, started as an admin starts it.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use countinghouse::io::limits::read_text;
use countinghouse::io::store::SeenReplica;

/// The program with these arguments, silent.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countinghouse"));
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// The highest memory in KiB of a process that fetches the mails of a mailbox and reads none.
pub async fn memory_of_a_fetch(config: &Path, mailbox: &str) -> u64 {
    let config = config.to_str().unwrap();
    let arguments = ["--config", config, "mailbox", "reconcile", mailbox];
    let mut child = program(&arguments).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut highest = 0;
    let ended = loop {
        let told = read_text(Path::new(&status), 1 << 16).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        highest = highest.max(kib.unwrap_or_default());
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    };
    assert_eq!(ended.code(), Some(0));
    highest
}

/// A daemon on the servers, killed when it is let go.
pub struct Daemon(Child);

impl Daemon {
    pub fn start(config: &Path) -> Self {
        Self::start_with(config, &[])
    }

    /// With arguments of a test.
    pub fn start_with(config: &Path, more: &[&str]) -> Self {
        let arguments = ["--config", config.to_str().unwrap(), "run"];
        Self(program(&arguments).args(more).spawn().unwrap())
    }

    /// It is the one the books speak of.
    pub fn is(&self, replica: &SeenReplica) -> bool {
        self.0.id() == replica.replica.process
    }

    /// It died.
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// Nothing runs in it any more, and it does not know.
    pub fn freezes(&self) {
        self.signal("-STOP");
    }

    pub fn thaws(&self) {
        self.signal("-CONT");
    }

    /// Told to stop as systemd does it, it ends by itself.
    pub async fn stops_within(mut self, limit: Duration) {
        self.signal("-TERM");
        let ended = async {
            while self.0.try_wait().unwrap().is_none() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let ended = tokio::time::timeout(limit, ended).await;
        assert!(ended.is_ok(), "it still runs after {limit:?}");
    }

    fn signal(&self, signal: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}
