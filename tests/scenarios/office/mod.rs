//! The office in which the stories happen: its mail servers, its books, its people. The library runs in this process, on a
//! clock that is moved by hand; the mail goes through the real servers.

pub mod servers;
pub mod bills;
pub mod mails;
pub mod books;
pub mod closing;
pub mod cable;
#[cfg(feature = "object-store")]
pub mod buckets;
pub mod away;
pub mod daemon;
pub mod closed;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use countinghouse::basics::address::MailAddress;
use countinghouse::basics::calendar::{Date, add_days, parse_iso_date};
use countinghouse::config::Config;
use countinghouse::io::clock::Clock;
use countinghouse::io::store::Filter;
use countinghouse::setup::{self, Purpose};
use countinghouse::steps;
use countinghouse::steps::import::{self, Import, ImportReport};
use countinghouse::worker::Worker;
use countinghouse::{sweeps, watch};
use sqlx::{AnyConnection, Connection as _, Executor as _};
use tempfile::TempDir;
use tokio::sync::Notify;

use self::mails::Letter;
use self::servers::{servers, unique, unique_at};

/// The first day of every story: a Thursday.
pub const FIRST_DAY: &str = "2026-11-19";

/// What the books are kept in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Database {
    Sqlite,
    Postgres,
}

/// Its people have addresses of their own in every story, so that all stories can run at once.
#[derive(Clone)]
pub struct People {
    pub ap: MailAddress,
    pub ar: MailAddress,
    /// Approves everyday bills, up to 10,000.00.
    pub petra: MailAddress,
    /// Approves large ones.
    pub jonas: MailAddress,
    /// So does she.
    pub carla: MailAddress,
    /// A customer.
    pub kontor: MailAddress,
    /// Another customer.
    pub kettle: MailAddress,
}

impl People {
    pub fn new() -> Self {
        Self {
            ap: unique("ap"),
            ar: unique("ar"),
            petra: unique("petra"),
            jonas: unique("jonas"),
            carla: unique("carla"),
            kontor: unique_at("kontor", "ext.test"),
            kettle: unique_at("kettle", "ext.test"),
        }
    }
}

pub struct Office {
    pub desk: steps::Office,
    pub config: Config,
    pub people: People,
    folder: TempDir,
    database: Option<String>,
    today: Date,
}

impl Office {
    /// A new office on its first morning, with suppliers, customers and open invoices in its books.
    pub async fn open(database: Database) -> Self {
        let people = People::new();
        let folder = tempfile::tempdir().unwrap();
        let database = match database {
            Database::Sqlite => None,
            Database::Postgres => Some(new_database().await),
        };
        write_config(&folder, &people, database.as_deref());
        let today = parse_iso_date(FIRST_DAY).unwrap();
        let (config, desk) = open_desk(&folder, Clock::set_to(morning(today))).await;
        let office = Self {
            desk,
            config,
            people,
            folder,
            database,
            today,
        };
        office.open_books().await;
        office
    }

    pub async fn sqlite() -> Self {
        Self::open(Database::Sqlite).await
    }

    async fn open_books(&self) {
        self.import_suppliers(books::SUPPLIERS).await;
        self.import_customers().await;
        self.import_invoices(books::INVOICES).await;
    }

    pub async fn import_suppliers(&self, rows: &str) {
        taken(
            &import::import_suppliers(&self.desk, file("suppliers.csv", rows))
                .await
                .unwrap(),
        );
    }

    pub async fn import_orders(&self, rows: &str) {
        let orders = file("purchase-orders.csv", rows);
        taken(
            &import::import_purchase_orders(&self.desk, orders)
                .await
                .unwrap(),
        );
    }

    pub async fn import_receipts(&self, rows: &str) {
        let receipts = file("goods-receipts.csv", rows);
        taken(
            &import::import_goods_receipts(&self.desk, receipts)
                .await
                .unwrap(),
        );
    }

    /// The customers with the addresses they have now.
    pub async fn import_customers(&self) {
        let customers = books::customers(&self.people);
        taken(
            &import::import_customers(&self.desk, file("customers.csv", &customers))
                .await
                .unwrap(),
        );
    }

    pub async fn import_invoices(&self, rows: &str) {
        taken(
            &import::import_invoices(&self.desk, file("invoices.csv", rows))
                .await
                .unwrap(),
        );
    }

    /// The bank books money from somebody; the work that follows is done.
    pub async fn bank_books(
        &self,
        reference: &str,
        amount: &str,
        (name, iban): (&str, &str),
        text: &str,
    ) {
        let (header, day) = (books::BANK_HEADER, self.today);
        let rows = format!("{header}{reference},{day},{day},{amount},EUR,{name},{iban},{text}\n");
        self.bank_sends(&rows).await;
    }

    /// A statement as the bank wrote it.
    pub async fn bank_sends(&self, rows: &str) {
        let import = import::import_bank_statement(&self.desk, file("bank.csv", rows));
        taken(&import.await.unwrap());
        self.work().await;
    }

    /// Where its configuration lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Closes the office and opens it again with another configuration: `from` becomes `to` in the file.
    pub async fn reopen_with(self, from: &str, to: &str) -> Self {
        let path = self.folder.path().join("countinghouse.toml");
        let text = countinghouse::io::limits::read_text(&path, 1 << 20).unwrap();
        assert!(text.contains(from), "the configuration does not say {from}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
        let Self {
            desk,
            config: _,
            people,
            folder,
            database,
            today,
        } = self;
        let clock = desk.clock.clone();
        desk.store.close().await;
        let (config, desk) = open_desk(&folder, clock).await;
        Self {
            desk,
            config,
            people,
            folder,
            database,
            today,
        }
    }

    /// What the configuration says of a mailbox.
    pub fn mailbox_section(&self, name: &str) -> String {
        let path = self.folder.path().join("countinghouse.toml");
        let text = countinghouse::io::limits::read_text(&path, 1 << 20).unwrap();
        let begin = text
            .find(&format!("[[mailbox]]\nname = \"{name}\""))
            .unwrap();
        let section = text.get(begin..).unwrap();
        let (section, _) = section.split_once("\n[").unwrap();
        format!("{section}\n")
    }

    /// A mail arrives in a mailbox, as the company's mail server puts it there.
    pub async fn receive(&self, to: &MailAddress, mail: &str) {
        self.receive_bytes(to, mail.as_bytes()).await;
    }

    pub async fn receive_bytes(&self, to: &MailAddress, mail: &[u8]) {
        servers().deliver("sender@ext.test", to, mail).await;
    }

    /// Fetches and works until nothing is left to do.
    pub async fn work(&self) {
        let worker = Worker::new(
            self.desk.clone(),
            setup::this_replica().unwrap().name,
            Arc::new(Notify::new()),
        );
        loop {
            let mut came = 0;
            for mailbox in &self.config.mailboxes {
                let haul = watch::visit(&self.desk, mailbox).await.unwrap();
                came += haul.new + haul.known;
            }
            worker.until_idle().await.unwrap();
            let idle = self.desk.store.idle(self.desk.clock.now()).await.unwrap();
            let unfiled = self.unfiled().await;
            if came == 0 && idle.ready == 0 && unfiled == 0 {
                return;
            }
        }
    }

    /// Arrivals that are read or quarantined and not yet marked on the server.
    async fn unfiled(&self) -> usize {
        let mut waiting = 0;
        for mailbox in &self.config.mailboxes {
            waiting += self
                .desk
                .store
                .arrivals_to_file(&mailbox.name, 1000)
                .await
                .unwrap()
                .len();
        }
        waiting
    }

    /// A mail arrives and everything that follows from it is done.
    pub async fn take(&self, to: &MailAddress, mail: &str) {
        self.receive(to, mail).await;
        self.work().await;
    }

    /// The next morning: the sweeps look at everything, and what they call for is done.
    pub async fn next_day(&mut self) {
        self.move_to(add_days(self.today, 1)).await;
    }

    /// The morning of a later day; the days between do not happen.
    pub async fn move_to(&mut self, day: Date) {
        self.today = day;
        self.desk.clock.move_to(morning(day));
        // Nobody is reminded before the day's mail is read.
        self.work().await;
        sweeps::sweep(&self.desk).await.unwrap();
        self.work().await;
    }

    /// What a person finds in their inbox: everything we sent there has arrived.
    pub async fn inbox_of(&self, person: &MailAddress) -> Vec<Letter> {
        let sent = self.desk.store.list_outbound(&everything()).await.unwrap();
        let sent = sent
            .iter()
            .filter(|mail| mail.to == *person && mail.attempts > 0)
            .count();
        let arrived = servers().inbox_with(person, sent).await;
        assert_eq!(
            arrived.len(),
            sent,
            "{person} got another number of mails than we sent"
        );
        arrived
            .iter()
            .map(|mail| Letter::read(&mail.bytes))
            .collect()
    }

    /// The one mail in a person's inbox about a bill.
    pub async fn request_about(&self, number: &str, person: &MailAddress) -> Letter {
        let inbox = self.inbox_of(person).await;
        let about = inbox
            .into_iter()
            .filter(|letter| letter.is_request() && letter.subject.contains(number));
        let mut about = about.collect::<Vec<_>>();
        assert_eq!(
            about.len(),
            1,
            "{person} got {} requests about {number}",
            about.len()
        );
        about.remove(0)
    }

    /// Everything the servers hold of a mailbox now.
    pub async fn on_the_server(
        &self,
        mailbox: &MailAddress,
        folder: &str,
    ) -> Vec<countinghouse::io::remote::Fetched> {
        servers().folder(mailbox, folder).await
    }

    async fn leave(self) {
        self.desk.store.close().await;
        if let Some(name) = self.database {
            sql(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

/// All rows there are.
pub fn everything() -> Filter {
    Filter::default().limit(100_000)
}

async fn open_desk(folder: &TempDir, clock: Clock) -> (Config, steps::Office) {
    let config = Config::load(&folder.path().join("countinghouse.toml")).unwrap();
    let executable = PathBuf::from(env!("CARGO_BIN_EXE_countinghouse"));
    let desk = setup::open_office_at(&config, executable, Purpose::Daemon, clock)
        .await
        .unwrap();
    (config, desk)
}

fn write_config(folder: &TempDir, people: &People, database: Option<&str>) {
    let password_file = folder.path().join("password");
    std::fs::write(&password_file, &servers().password).unwrap();
    let text = books::configuration(
        people,
        &password_file,
        database.map(|name| (servers().postgres_url.as_str(), name)),
    );
    std::fs::write(folder.path().join("countinghouse.toml"), text).unwrap();
}

fn file<'a>(source: &'a str, rows: &'a str) -> Import<'a> {
    Import {
        bytes: rows.as_bytes(),
        source,
        by: "story",
        partial: false,
    }
}

fn taken(report: &ImportReport) {
    assert!(!report.refused, "{:?}", report.mistakes);
}

fn morning(day: Date) -> countinghouse::basics::calendar::Timestamp {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    day.at(8, 0, 0, 0).to_zoned(zone).unwrap().timestamp()
}

pub async fn new_database() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "story_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    sql(&format!("CREATE DATABASE {name}")).await;
    name
}

pub async fn sql(text: &str) {
    sqlx::any::install_default_drivers();
    let url = format!("{}/postgres", servers().postgres_url);
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    connection
        .execute(sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned())))
        .await
        .unwrap();
    connection.close().await.unwrap();
}
