//! Three daemons on machines of their own, one PostgreSQL, one mailbox: one is killed, one freezes for longer than its lease, one is
//! cut off from the database. No mail is lost and nothing is done twice.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use countinghouse::io::limits::read_text;
use countinghouse::io::store::SeenReplica;

use crate::office::away::Away;
use crate::office::bills::bill;
#[cfg(feature = "object-store")]
use crate::office::buckets::TestBucket;
use crate::office::cable::Cable;
use crate::office::daemon::Daemon;
use crate::office::everything;
use crate::office::mails::Letter;
use crate::office::servers::servers;
use crate::office::{Database, Office};

/// A daemon that is not seen for thirty seconds is dead; the next looks every ten.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(120);

/// A mail that a dead daemon was sending is another's after two minutes, and the next looks every ten seconds.
const SENT_WITHIN: Duration = Duration::from_secs(180);
/// Sooner than a daemon that is not seen counts as dead.
const AT_ONCE: Duration = Duration::from_secs(25);

/// A question to the database is given up after one minute, and the work under way may have asked two.
const STOPS_WITHIN: Duration = Duration::from_secs(180);

/// The same company on another machine: a data folder of its own, and the database at the end of its own cable.
pub fn machine(office: &Away, name: &str, database: Option<&str>) -> Daemon {
    Daemon::start(&configuration(office, name, database))
}

/// Its configuration.
pub fn configuration(office: &Away, name: &str, database: Option<&str>) -> PathBuf {
    let text = read_text(&office.config_file(), 1 << 20).unwrap();
    let data = office.folder().join(name);
    let mut other = text.replace(
        "data_folder = \"data\"",
        &format!("data_folder = {:?}", data.to_str().unwrap()),
    );
    assert_ne!(text, other, "{text}");
    if let Some(address) = database {
        let server = servers().postgres_url.clone();
        let host = server.rsplit('@').next().unwrap();
        assert!(other.contains(host), "{host} in {other}");
        other = other.replace(host, address);
    }
    let file = office.folder().join(format!("{name}.toml"));
    std::fs::write(&file, other).unwrap();
    file
}

pub struct Machines {
    pub office: Away,
    bills: usize,
}

impl Machines {
    pub async fn open() -> Self {
        let office = Office::open(Database::Postgres).await;
        Self::keeping(office, "database", "").await
    }

    /// The same with their mails in a bucket.
    #[cfg(feature = "object-store")]
    pub async fn open_keeping(bucket: &TestBucket) -> Self {
        let office = Office::open(Database::Postgres).await;
        let table = bucket.table(office.folder());
        Self::keeping(office, "bucket", &table).await
    }

    async fn keeping(office: Office, raw_bytes: &str, table: &str) -> Self {
        let key = office
            .desk
            .token_key
            .map(|byte| format!("{byte:02x}"))
            .concat();
        let secret = office.folder().join("secret");
        std::fs::write(&secret, key).unwrap();
        let shared =
            format!("{table}[storage]\nraw_bytes = {raw_bytes:?}\ntoken_key_file = {secret:?}\n");
        let office = office.reopen_with("[storage]\n", &shared).await;
        let office = office.left_to_a_daemon().await;
        Self { office, bills: 0 }
    }

    /// Bills come, each in a mail of its own.
    pub async fn receive(&mut self, count: usize) {
        for _ in 0..count {
            self.bills += 1;
            let number = format!("RE-{}", 6000 + self.bills);
            let today = countinghouse::io::clock::Clock::system().now();
            let today = today.to_zoned(jiff::tz::TimeZone::UTC).date();
            let paper = bill(&number, 100_000 + i64::try_from(self.bills).unwrap() * 100);
            let mail = paper.issued(today).mail(u32::try_from(self.bills).unwrap());
            self.office.receive(&self.office.people.ap, &mail).await;
        }
    }

    /// Every bill that came was asked about and nothing is left to do.
    pub async fn all_is_done(&self, when: &str) {
        self.all_is_done_within(TAKEN_OVER_WITHIN, when).await;
    }

    /// The same, for what takes longer.
    pub async fn all_is_done_within(&self, patience: Duration, when: &str) {
        let bills = self.bills;
        let done = async |office: &Away| {
            office.sent_mails().await == bills && office.nothing_is_left().await
        };
        self.office.until_within(patience, when, done).await;
    }

    pub async fn watcher(&self) -> SeenReplica {
        let watches = |one: &SeenReplica| one.leases.iter().any(|lease| lease == "mailbox/ap");
        loop {
            let replicas = self.office.store.replicas().await.unwrap();
            match replicas.into_iter().find(watches) {
                Some(watcher) => return watcher,
                None => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// How many mails the books know.
    #[cfg(feature = "object-store")]
    pub async fn known_mails(&self) -> usize {
        let known = self.office.store.list_messages(&everything()).await;
        known.unwrap().len()
    }

    /// The books and the approver's mailbox agree: one bill, one request, one mail each.
    pub async fn everything_was_done_once(self) {
        let (bills, person) = (self.bills, self.office.people.petra.clone());
        let office = self.office.taken_back().await;
        let mut mails = BTreeMap::new();
        for mail in servers().inbox_with(&person, bills).await {
            *mails
                .entry(Letter::read(&mail.bytes).message_id)
                .or_insert(0) += 1;
        }
        assert_eq!(mails.len(), bills, "a request each");
        assert!(mails.values().all(|copies| *copies == 1), "{mails:?}");
        for number in 1..=bills {
            let number = format!("RE-{}", 6000 + number);
            assert_eq!(office.bills(&number).await.len(), 1, "{number}");
            assert_eq!(
                office.state_of(&number).await,
                "awaiting_approval",
                "{number}"
            );
        }
        office.close(&[]).await;
    }
}

#[tokio::test]
async fn one_of_three_daemons_is_killed_and_one_freezes_and_the_mail_goes_on() {
    let mut machines = Machines::open().await;
    let mut daemons = Vec::new();
    for name in ["a", "b", "c"] {
        daemons.push(machine(&machines.office, name, None));
    }
    machines.receive(4).await;
    machines.all_is_done("three daemons").await;

    let first = machines.watcher().await;
    let killed = daemons.iter().position(|one| one.is(&first)).unwrap();
    drop(daemons.remove(killed));
    machines.receive(3).await;
    machines.all_is_done("one was killed").await;

    let second = machines.watcher().await;
    assert_ne!(second.replica.name, first.replica.name);
    let frozen = daemons.iter().find(|one| one.is(&second)).unwrap();
    frozen.freezes();
    machines.receive(3).await;
    machines.all_is_done("one is frozen").await;
    let third = machines.watcher().await;
    assert!(third.replica.name != second.replica.name, "another watches");
    frozen.thaws();
    machines.receive(2).await;
    machines.all_is_done("it is back").await;
    drop(daemons);
    machines.everything_was_done_once().await;
}

/// Dies when a mail is announced to the relay, and its content has not left.
const WHILE_SENDING: [&str; 2] = ["--die-at", "smtp-envelope.after:1"];

/// Bills come one by one until this daemon died over a mail of one.
async fn dies_while_sending(machines: &mut Machines, daemon: &mut Daemon) {
    while !daemon.has_ended() {
        let before = machines.office.sent_mails().await;
        machines.receive(1).await;
        while !daemon.has_ended() && machines.office.sent_mails().await == before {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[tokio::test]
async fn the_mail_one_of_three_daemons_was_sending_when_it_was_killed_is_sent_by_another_in_minutes()
 {
    let mut machines = Machines::open().await;
    let a = machine(&machines.office, "a", None);
    let b = machine(&machines.office, "b", None);
    machines.receive(2).await;
    machines.all_is_done("two daemons").await;
    let config = configuration(&machines.office, "killed", None);
    let mut killed = Daemon::start_with(&config, &WHILE_SENDING);
    dies_while_sending(&mut machines, &mut killed).await;
    machines
        .all_is_done_within(SENT_WITHIN, "one was killed over a mail")
        .await;
    let mails = machines.office.store.list_outbound(&everything()).await;
    let losses = mails.unwrap().iter().map(|mail| mail.losses).sum::<u32>();
    assert_eq!(losses, 1, "nobody could know that it had not left");
    let seen = machines.office.store.replicas().await.unwrap();
    let dead = seen.iter().find(|one| killed.is(one)).unwrap();
    assert!(!dead.lives, "it can still be seen who is missing");
    drop((a, b));
    machines.everything_was_done_once().await;
}

#[tokio::test]
async fn a_daemon_that_is_started_again_goes_on_at_once_with_the_mail_it_was_killed_over() {
    let mut machines = Machines::open().await;
    let config = configuration(&machines.office, "one", None);
    let mut killed = Daemon::start_with(&config, &WHILE_SENDING);
    dies_while_sending(&mut machines, &mut killed).await;
    let again = Daemon::start(&config);
    machines
        .all_is_done_within(AT_ONCE, "it was started again")
        .await;
    drop(again);
    machines.everything_was_done_once().await;
}

#[tokio::test]
async fn a_daemon_cut_off_from_the_database_stops_watching_and_another_goes_on() {
    let mut machines = Machines::open().await;
    let cable = Cable::to_the_database().await;
    let cut = machine(&machines.office, "cut", Some(&cable.address()));
    machines.receive(2).await;
    machines.all_is_done("the one daemon").await;
    assert!(cut.is(&machines.watcher().await));

    let other = machine(&machines.office, "other", None);
    cable.cut();
    machines.receive(3).await;
    machines.all_is_done("it was cut off").await;
    assert!(other.is(&machines.watcher().await));
    cable.mend();
    machines.receive(2).await;
    machines.all_is_done("its cable is mended").await;
    // Whoever stops a daemon does not wait until the kernel gives its connections up.
    cable.cut();
    cut.stops_within(STOPS_WITHIN).await;
    drop(other);
    machines.everything_was_done_once().await;
}
