//! The world fails under the daemon: a disk fills up or cannot be written, the database goes and comes back. It says so, waits,
//! and goes on when the world is mended; no mail is lost and none is taken twice.
//!
//! A disk of our own is mounted, so these stories need root, as `tests/run` does; PostgreSQL is one that is installed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::office::Office;
use crate::paper::{Desk, labelled_bill};

/// Longer than a daemon takes to look again after its longest wait in these stories, on the busiest machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// Mails of one story, and the room each takes: together more than a small disk has.
const MAILS: usize = 8;
const PADDING_LINES: usize = 9_000;

fn system(program: &str, arguments: &[&str]) {
    let ran = Command::new(program).args(arguments).output();
    let ran = ran.unwrap_or_else(|error| panic!("{program}: {error}"));
    let told = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{program} {arguments:?}: {told}");
}

/// A disk in memory, at its place until it is dropped.
struct Disk(PathBuf);

impl Disk {
    fn at(path: PathBuf, options: &str) -> Self {
        std::fs::create_dir_all(&path).unwrap();
        let place = path.to_str().unwrap();
        system("mount", &["-t", "tmpfs", "-o", options, "tmpfs", place]);
        Self(path)
    }

    fn becomes(&self, options: &str) {
        let options = format!("remount,{options}");
        system("mount", &["-o", &options, self.0.to_str().unwrap()]);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        system("umount", &["--lazy", self.0.to_str().unwrap()]);
    }
}

/// At work until it is dropped.
struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    fn start(office: &Office) -> Self {
        let log = office.path("log");
        let mut command = office.command();
        let command = command.arg("run").stderr(File::create(&log).unwrap());
        let child = command.spawn().unwrap();
        Self { child, log }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    fn until(&self, what: &str, reached: impl Fn() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !reached() {
            assert!(Instant::now() < end, "never: {what}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn says_one_of(&self, words: &[&str]) {
        self.until(&format!("{words:?}"), || {
            let log = self.log();
            words.iter().any(|word| log.contains(word))
        });
    }

    fn is_alive(&mut self) {
        let ended = self.child.try_wait().unwrap();
        assert!(ended.is_none(), "{ended:?}\n{}", self.log());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // One that ended already has failed its test by other words.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An office that looks every second.
fn office() -> Office {
    let office = Office::new();
    let file = office.path("countinghouse.toml");
    let mut text = std::fs::read_to_string(&file).unwrap();
    for side in ["side = \"ap\"", "side = \"ar\""] {
        text = text.replace(side, &format!("{side}\npoll_seconds = 1"));
    }
    std::fs::write(file, text).unwrap();
    office
}

/// A bill behind a preamble that takes room.
fn lay_mail(office: &Office, nth: usize) {
    let number = format!("RE-2026-04{nth:02}");
    let amounts = ["100,00", "19,00", "119,00"];
    let pdf = labelled_bill("Rechnungsnummer:", &number, "884213", "02.11.2026", amounts);
    let mail = crate::paper::mail(&number, &pdf);
    let (head, part) = mail.split_once("Content-Type:").unwrap();
    let padding = format!("{nth:072}\r\n").repeat(PADDING_LINES);
    let mail = format!(
        "{head}Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n{padding}\r\n--b\r\nContent-Type:{part}\r\n--b--\r\n"
    );
    office.write(&format!("mail/ap/tmp/{nth}"), mail);
    let (tmp, new) = (office.path("mail/ap/tmp"), office.path("mail/ap/new"));
    std::fs::rename(tmp.join(nth.to_string()), new.join(nth.to_string())).unwrap();
}

fn filed(office: &Office) -> usize {
    let ran = office.run(&["messages", "list", "--json"]);
    // While the world is broken the command may fail as well.
    if ran.code != Some(0) {
        return 0;
    }
    let messages = ran.objects().into_iter();
    messages
        .filter(|message| message["state"] == "filed")
        .count()
}

/// Every mail is in the books once with its bill, nobody gave up, and nothing is damaged.
fn all_is_well(office: &Office, daemon: &Daemon, mails: usize) {
    daemon.until("every mail is filed", || filed(office) == mails);
    let bills = office.run(&["bills", "list", "--json"]).ok().objects();
    let mut numbers = bills
        .iter()
        .map(|bill| bill["invoice_number"].to_string())
        .collect::<Vec<_>>();
    numbers.sort();
    numbers.dedup();
    assert_eq!((bills.len(), numbers.len()), (mails, mails), "{numbers:?}");
    let open = office.run(&["exceptions", "list", "--json"]).ok().out;
    assert!(!open.contains("job_parked"), "{open}");
    office.run(&["audit", "verify"]).ok();
}

#[test]
fn a_full_disk_stops_the_taking_of_mail_until_there_is_room_again() {
    let office = office();
    let disk = Disk::at(office.path("data"), "size=5m");
    let desk = Desk::at(office);
    let mut daemon = Daemon::start(&desk.0);
    for nth in 0..MAILS {
        lay_mail(&desk.0, nth);
    }
    daemon.says_one_of(&["No space left on device", "database or disk is full"]);
    daemon.is_alive();
    disk.becomes("size=64m");
    all_is_well(&desk.0, &daemon, MAILS);
    daemon.is_alive();
}

#[test]
fn on_a_disk_that_cannot_be_written_the_daemon_does_not_start_and_says_why() {
    let office = office();
    let disk = Disk::at(office.path("data"), "size=64m");
    let desk = Desk::at(office);
    lay_mail(&desk.0, 0);
    disk.becomes("ro");
    let ran = desk.0.run(&["run"]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.to_lowercase().contains("read-only"), "{}", ran.err);
    disk.becomes("rw");
    let daemon = Daemon::start(&desk.0);
    all_is_well(&desk.0, &daemon, 1);
}

/// A PostgreSQL server of this story alone.
struct Postgres {
    folder: tempfile::TempDir,
    programs: PathBuf,
    port: u16,
}

impl Postgres {
    fn install() -> Self {
        let versions = std::fs::read_dir("/usr/lib/postgresql").map(|found| {
            let found = found.map(|entry| entry.unwrap().path().join("bin"));
            found.max()
        });
        let Ok(Some(programs)) = versions else {
            panic!("this story needs PostgreSQL: tests/run installs it")
        };
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        system("chown", &["postgres:", folder.path().to_str().unwrap()]);
        let server = Self {
            folder,
            programs,
            port,
        };
        let words = ["-U", "app", "-A", "trust", "-E", "UTF8", "--no-sync"];
        server.as_postgres("initdb", &words);
        server
    }

    fn as_postgres(&self, program: &str, arguments: &[&str]) {
        let (data, program) = (self.folder.path().join("data"), self.programs.join(program));
        let user = ["-u", "postgres", "--"];
        let ran = Command::new("runuser")
            .args(user)
            .args([Path::new(&program), Path::new("-D"), &data])
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(
            ran.unwrap().success(),
            "{} {arguments:?}",
            program.display()
        );
    }

    fn start(&self) {
        let folder = self.folder.path().display();
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off",
            self.port
        );
        let log = format!("{folder}/log");
        self.as_postgres("pg_ctl", &["-l", &log, "-w", "-o", &options, "start"]);
    }

    fn stop(&self) {
        self.as_postgres("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }
}

#[test]
fn a_database_that_goes_under_work_and_comes_back_loses_nothing() {
    let server = Postgres::install();
    server.start();
    let office = office();
    let file = office.path("countinghouse.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let port = server.port;
    let address = format!("[storage]\ndatabase_url = \"postgres://app@127.0.0.1:{port}/postgres\"");
    std::fs::write(&file, text.replace("[storage]", &address)).unwrap();
    let desk = Desk::at(office);
    let mut daemon = Daemon::start(&desk.0);
    for nth in 0..MAILS / 2 {
        lay_mail(&desk.0, nth);
    }
    daemon.says_one_of(&["mail fetched"]);
    server.stop();
    for nth in MAILS / 2..MAILS {
        lay_mail(&desk.0, nth);
    }
    daemon.says_one_of(&["the database cannot be reached"]);
    daemon.is_alive();
    server.start();
    all_is_well(&desk.0, &daemon, MAILS);
    daemon.is_alive();
    drop(daemon);
    server.stop();
}
