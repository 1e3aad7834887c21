//! `run`: tells systemd that it is ready, and ends well when it is told to.

use std::os::unix::net::UnixDatagram;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::office::Office;
use crate::paper::{BY, Desk, labelled_bill};

/// Longer than any machine needs to open the books; a daemon that is not ready by then has failed.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Daemon {
    child: Child,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // A test that failed leaves no daemon behind; one that ended is gone already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Started, and ready by its own word.
pub fn start(office: &Office) -> Daemon {
    let path = office.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let child = office
        .command()
        .arg("run")
        .env("NOTIFY_SOCKET", &path)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let daemon = Daemon { child };
    let mut said = [0_u8; 256];
    let length = socket.recv(&mut said).unwrap();
    let said = String::from_utf8_lossy(&said[..length]).into_owned();
    assert!(said.contains("READY=1"), "{said}");
    std::fs::remove_file(path).unwrap();
    daemon
}

pub fn terminate(mut daemon: Daemon) -> Option<i32> {
    let id = daemon.child.id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-TERM", &id])
        .status()
        .unwrap();
    assert!(sent.success());
    daemon.child.wait().unwrap().code()
}

#[test]
fn a_daemon_that_starts_removes_what_an_interrupted_one_left_in_the_vault() {
    let office = Office::new();
    assert_eq!(terminate(start(&office)), Some(0));
    let unfinished = office.path("data/unfinished");
    let (old, young) = (unfinished.join("1-0"), unfinished.join("1-1"));
    for file in [&old, &young] {
        std::fs::write(file, "half a mail").unwrap();
    }
    let file = std::fs::File::options().write(true).open(&old).unwrap();
    file.set_modified(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(terminate(start(&office)), Some(0));
    assert!(!old.exists(), "left by a writer that is gone");
    assert!(young.exists(), "perhaps somebody is at work");
}

#[test]
fn sigterm_ends_the_daemon_with_0() {
    let office = Office::new();
    let daemon = start(&office);
    assert_eq!(terminate(daemon), Some(0));
}

#[test]
fn a_correction_waits_for_the_daemons_checks_and_tells_what_came_of_them() {
    let desk = Desk::open();
    let amounts = ["100,00", "19,00", "119,00"];
    let page = labelled_bill(
        "Rechnungsnummer:",
        "RE-2026-0417",
        "884213",
        "02.11.2026",
        amounts,
    );
    let (_, bill) = desk.receives("first", &page);
    let corrected = |number: &str| {
        let id = bill["id"].as_str().unwrap();
        let field = format!("invoice_number={number}");
        let ran = desk
            .0
            .run(&[&["bills", "correct", id, &field][..], &BY].concat());
        ran.ok().err
    };
    let alone = corrected("RE-2026-0418");
    assert!(alone.contains("as soon as the daemon works"), "{alone}");
    let daemon = start(&desk.0);
    // It waits for two seconds, which a machine that is busy with other things may need several times.
    let beside = (419..430)
        .map(|number| corrected(&format!("RE-2026-0{number}")))
        .find(|told| !told.contains("as soon as the daemon works"));
    assert_eq!(terminate(daemon), Some(0));
    let beside = beside.unwrap();
    let after = desk.show("bills", bill["id"].as_str().unwrap());
    let state = after["state"].as_str().unwrap();
    assert_ne!(state, "draft");
    let told = format!("the checks ran again: the bill is {state}");
    assert!(beside.contains(&told), "{beside}");
    for finding in after["findings"].as_array().unwrap() {
        let evidence = finding["evidence"].as_str().unwrap();
        assert!(beside.contains(evidence), "{beside}");
    }
}

#[test]
fn beside_a_daemon_files_are_only_stored_and_a_second_daemon_does_not_start() {
    let office = Office::new();
    let daemon = start(&office);
    office.write(
        "note.eml",
        "From: a@b.example\r\nSubject: hello\r\n\r\nNothing to book here.\r\n",
    );
    let ran = office.run(&["process", "note.eml", "--json"]).ok();
    assert!(ran.err.contains("takes over"), "{}", ran.err);
    assert_eq!(ran.objects().len(), 1);
    assert_eq!(office.run(&["run"]).code, Some(1));
    assert_eq!(terminate(daemon), Some(0));
}

/// What `/metrics` and `/health` answer.
fn asked(address: &str, path: &str) -> (String, String) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.lines().next().unwrap().to_owned(), body.to_owned())
}

#[test]
fn a_monitoring_system_on_this_machine_is_told_how_things_stand() {
    let office = Office::after_demo();
    // A port nobody listens on: somebody else may take it before the daemon does, and then it says so and ends.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let config = std::fs::read_to_string(office.path("countinghouse.toml")).unwrap();
    let listening = format!(
        "{config}\n[monitor]\nlisten = \"{address}\"\n\
         [[oauth]]\nname = \"id\"\ngrant = \"refresh_token\"\nclient_id = \"cid\"\ntoken_endpoint = \"https://id.test/token\"\n"
    );
    office.write("countinghouse.toml", listening);
    let signed_in = r#"{"refresh_token":"rt-1","client_id":"cid","since":"2026-11-01T00:00:00Z","ends":null,"seed":null}"#;
    std::fs::create_dir_all(office.path("data/oauth")).unwrap();
    std::fs::write(office.path("data/oauth/id.token"), signed_in).unwrap();
    let daemon = start(&office);

    let (status, metrics) = asked(&address, "/metrics");
    assert_eq!(status, "HTTP/1.1 200 OK");
    let value = |name: &str| {
        let of_it = |line: &str| {
            line.strip_prefix(name)?
                .strip_prefix(' ')?
                .parse::<i64>()
                .ok()
        };
        metrics
            .lines()
            .find_map(of_it)
            .unwrap_or_else(|| panic!("{name} in {metrics}"))
    };
    assert_eq!(value("countinghouse_audit_chain_unbroken"), 1);
    assert_eq!(value("countinghouse_jobs{state=\"parked\"}"), 0);
    assert_eq!(
        value("countinghouse_oauth_signed_in_at_seconds{oauth=\"id\"}"),
        1_793_491_200
    );
    assert!(!metrics.contains("rt-1"), "{metrics}");
    let open = office.run(&["exceptions", "list", "--json"]).ok().objects();
    let open = open.iter().filter(|one| one["state"] == "open").count();
    assert_eq!(
        value("countinghouse_exceptions{which=\"open\"}"),
        i64::try_from(open).unwrap()
    );
    assert!(
        metrics.contains("countinghouse_things{kind=\"bill\",state=\"scheduled\"} "),
        "{metrics}"
    );
    assert_eq!(asked(&address, "/health").0, "HTTP/1.1 200 OK");
    assert_eq!(asked(&address, "/").0, "HTTP/1.1 404 Not Found");

    // Somebody takes a mailbox away.
    std::fs::remove_dir_all(office.path("mail/ap")).unwrap();
    std::fs::write(office.path("mail/ap"), "no folder").unwrap();
    let unwell = || Some(asked(&address, "/health")).filter(|(status, _)| status.contains(" 503 "));
    let told = std::iter::repeat_with(|| {
        std::thread::sleep(Duration::from_millis(200));
        unwell()
    });
    let (_, why) = told.flatten().next().unwrap();
    assert!(why.starts_with("mailbox ap: "), "{why}");
    assert_eq!(terminate(daemon), Some(0));
}

#[test]
fn systemds_watchdog_is_told_that_the_daemon_lives() {
    let office = Office::new();
    let path = office.path("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let child = office
        .command()
        .arg("run")
        .env("NOTIFY_SOCKET", &path)
        .env("WATCHDOG_USEC", "1500000")
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let daemon = Daemon { child };
    let mut said = Vec::new();
    while said.iter().filter(|words| **words == "WATCHDOG=1").count() < 3 {
        let mut words = [0_u8; 256];
        let length = socket.recv(&mut words).unwrap();
        said.push(String::from_utf8_lossy(&words[..length]).trim().to_owned());
    }
    assert!(
        said.iter().any(|words| words.contains("READY=1")),
        "{said:?}"
    );
    assert_eq!(terminate(daemon), Some(0));
}
