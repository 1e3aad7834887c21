//! The load on real servers: a daemon between Dovecot and Postfix, with bills, votes, a rejection, a remittance and a report
//! that one of its mails came back.

use std::path::{Path, PathBuf};
use std::time::Duration;

use countinghouse::basics::address::MailAddress;
use countinghouse::basics::calendar::{Date, add_days};
use countinghouse::config::Config;
use countinghouse::domain::message::MessageState;
use countinghouse::domain::outbound::{OutboundMessage, OutboundState, Purpose};
use countinghouse::io::clock::Clock;
use countinghouse::io::smtp::SmtpSession;
use countinghouse::io::store::Store;
use countinghouse::setup::{self, Purpose as OpenedFor};
use countinghouse::steps::import::{self, Import};
use tempfile::TempDir;

use super::account::{self, Account};
use super::deaths::{self, Death};
use super::demo::NOWHERE;
use super::keeping::Keeping;
use super::{Ended, Lived};
use crate::office::bills::bill;
use crate::office::daemon::program;
use crate::office::mails::{self, Head, Letter};
use crate::office::servers::servers;
use crate::office::{People, books, everything, sql};

/// Longer than all the work of a run takes on the busiest machine, with all its lives.
const PATIENCE: Duration = Duration::from_secs(240);

/// What the bills of the story ask for, and who is asked.
const APPROVED: &str = "RE-6001";
const LARGE: &str = "RE-6002";
const REJECTED: &str = "RE-6003";
const WRONG: &str = "RE-6004";
const BOUNCED: &str = "RE-6005";

const REMITTANCE: &str = "Guten Tag,\n\nwir überweisen Ihnen für folgende Rechnungen:\n\n\
    Rechnung          vom           Betrag EUR\nMR-2026-1044      02.11.2026      2.140,00\n\
    MR 2026/1047      06.11.2026        856,00\n------------------------------------------\n\
    Gesamtbetrag                      2.996,00\n\nKontorküche Altona GmbH";

/// People with addresses of their own, who live through the same story again and again: every mail is the same each time, so
/// the ids are too. Between two runs their mailboxes are emptied.
pub struct Town {
    people: People,
    /// The day of the first run: bills are dated the same when midnight comes between two.
    today: Date,
    keeping: Keeping,
}

/// One run.
struct Office<'t> {
    town: &'t Town,
    folder: TempDir,
    database: Option<String>,
    store: Store,
    life: Option<Life>,
    planned: Vec<Death>,
    died: Vec<Death>,
}

/// A daemon at work.
struct Life {
    process: tokio::process::Child,
    death: Option<Death>,
    standard_error: PathBuf,
}

impl Town {
    pub async fn settle(keeping: Keeping) -> Self {
        let people = People::new();
        let today = Clock::system().today(&jiff::tz::TimeZone::UTC);
        Self {
            people,
            today,
            keeping,
        }
    }

    /// From the first bill to the last answer, with these deaths on the way.
    pub async fn run(&self, planned: &[Death]) -> Lived {
        let mut office = Office::open(self, planned).await;
        let worked = async {
            office.first_mails().await;
            office.settles(7).await;
            office.answers().await;
            office.settles(13).await;
            office.delegate_answers().await;
            office.settles(14).await;
        };
        let ended = tokio::time::timeout(PATIENCE, worked).await;
        assert!(ended.is_ok(), "not done:\n{}", office.standard_error());
        office.close().await
    }

    /// Everybody of whom our mail arrives somewhere.
    fn readers(&self) -> [&MailAddress; 3] {
        let People {
            petra,
            jonas,
            carla,
            ..
        } = &self.people;
        [petra, jonas, carla]
    }

    /// Jonas answers where Petra is not reached.
    fn with_delegate(&self, configuration: String) -> String {
        let (from, until) = (add_days(self.today, -1), add_days(self.today, 30));
        let limit = "limit = \"10000.00\"\n";
        let jonas = &self.people.jonas;
        let delegate = format!(
            "{limit}delegate = \"{jonas}\"\ndelegate_from = \"{from}\"\ndelegate_until = \"{until}\"\n"
        );
        let with = configuration.replacen(limit, &delegate, 1);
        assert_ne!(with, configuration);
        with
    }

    async fn empty_mailboxes(&self) {
        let People { ap, ar, .. } = &self.people;
        for person in self.readers().into_iter().chain([ap, ar]) {
            servers().empty(person, "INBOX").await;
        }
        servers().empty(ar, "Processed").await;
    }

    /// A mail through the same relay to everybody, which arrives behind all that the daemon handed over.
    async fn inboxes(&self) -> Vec<(String, Vec<Letter>)> {
        let mut relay = SmtpSession::new(servers().relay());
        let mut found = Vec::new();
        for person in self.readers() {
            let last = mails::plain("town@ext.test", "The last mail", "Nothing follows.");
            let last = last.replace('\n', "\r\n");
            relay.send_raw(None, person, last.as_bytes()).await.unwrap();
            let letters = servers().inbox_until(person, "The last mail").await;
            let letters = letters.iter().map(|mail| Letter::read(&mail.bytes));
            let ours = letters.filter(|letter| letter.subject != "The last mail");
            found.push((person.to_string(), ours.collect()));
        }
        relay.close().await;
        found
    }
}

impl<'t> Office<'t> {
    async fn open(town: &'t Town, planned: &[Death]) -> Self {
        town.empty_mailboxes().await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        std::fs::write(folder.path().join("data/token.key"), [7; 32]).unwrap();
        let password = folder.path().join("password");
        std::fs::write(&password, &servers().password).unwrap();
        let (text, database) = town
            .keeping
            .configuration(&town.people, &password, folder.path())
            .await;
        let file = folder.path().join("countinghouse.toml");
        std::fs::write(&file, town.with_delegate(text)).unwrap();
        open_books(&file, &town.people).await;
        let store = account::open(&file).await;
        Self {
            town,
            folder,
            database,
            store,
            life: None,
            planned: planned.iter().rev().cloned().collect(),
            died: Vec::new(),
        }
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("countinghouse.toml")
    }

    async fn first_mails(&self) {
        let People { ap, ar, .. } = &self.town.people;
        for (number, gross) in [
            (APPROVED, 119_000),
            (LARGE, 2_000_000),
            (REJECTED, 50_000),
            (BOUNCED, 70_000),
        ] {
            let paper = bill(number, gross).issued(self.town.today);
            self.deliver(ap, &paper.mail(1)).await;
        }
        let wrong = bill(WRONG, 60_000).payable(59_900).issued(self.town.today);
        self.deliver(ap, &wrong.mail(1)).await;
        let from = "kreditoren@kontorkueche.example";
        let remittance = mails::plain(from, "Zahlungsavis", REMITTANCE);
        self.deliver(ar, &always_the_same(&remittance, 1)).await;
        let rain = "It rains.\n".repeat(self.town.keeping.lines_of_news());
        let news = mails::plain("news@beans.example", "Harvest report", &rain);
        self.deliver(ar, &always_the_same(&news, 2)).await;
    }

    /// What people write once they were asked; one bill comes again, and one of our mails comes back.
    async fn answers(&self) {
        let People {
            ap,
            petra,
            jonas,
            carla,
            ..
        } = &self.town.people;
        let approved = "Freigegeben";
        for (number, person, says) in [
            (APPROVED, petra, approved),
            (LARGE, jonas, approved),
            (LARGE, carla, approved),
            (REJECTED, petra, "Abgelehnt: Ware nie bestellt"),
        ] {
            let request = self.request(number, person).await;
            let reply_to = request.reply_to.clone().unwrap();
            self.deliver(&reply_to, &reply(&request, says)).await;
        }
        let again = bill(APPROVED, 119_000).issued(self.town.today);
        self.deliver(ap, &again.mail(2)).await;
        let lost = self.request(BOUNCED, petra).await;
        let report = mails::bounce_of(&lost);
        self.deliver(&lost.envelope_from, &report).await;
    }

    /// Petra's request came back, and Jonas was asked in her place.
    async fn delegate_answers(&self) {
        let request = self.request(BOUNCED, &self.town.people.jonas).await;
        let reply_to = request.reply_to.clone().unwrap();
        let approves = reply(&request, "Freigegeben");
        self.deliver(&reply_to, &approves).await;
    }

    async fn deliver(&self, to: &MailAddress, mail: &str) {
        let bytes = mail.as_bytes();
        servers().deliver("sender@ext.test", to, bytes).await;
    }

    /// What a person was asked about a bill.
    async fn request(&self, number: &str, person: &MailAddress) -> OutboundMessage {
        let mails = self.store.list_outbound(&everything()).await.unwrap();
        let about = mails.into_iter().find(|mail| {
            mail.purpose == Purpose::ApprovalRequest
                && mail.to == *person
                && mail.letter.subject.contains(number)
        });
        about.unwrap_or_else(|| panic!("{person} was not asked about {number}"))
    }

    /// Until so many mails came and nothing is left to do, however often the daemon dies.
    async fn settles(&mut self, came: usize) {
        loop {
            self.keep_alive();
            if self.is_settled(came).await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn is_settled(&self, came: usize) -> bool {
        let mails = self.store.list_outbound(&everything()).await.unwrap();
        let settled = mails.iter().all(|mail| match mail.state {
            OutboundState::Sent
            | OutboundState::Bounced
            | OutboundState::Failed
            | OutboundState::Withdrawn => true,
            OutboundState::Unsure => mail.losses >= 2,
            OutboundState::Queued | OutboundState::Sending => false,
        });
        let messages = self.store.list_messages(&everything()).await.unwrap();
        let filed = messages
            .iter()
            .filter(|message| message.state == MessageState::Filed);
        let idle = self.store.idle(Clock::system().now()).await.unwrap();
        settled && filed.count() == came && idle.is_idle()
    }

    /// A daemon that died is followed by another, which dies as planned next.
    fn keep_alive(&mut self) {
        if let Some(life) = &mut self.life {
            let Some(status) = life.process.try_wait().unwrap() else {
                return;
            };
            let told = read(&life.standard_error);
            assert_eq!(Ended::of(status, &told), Ended::Killed, "{told}");
            self.died.extend(life.death.take());
        }
        let death = self.planned.pop();
        let lives = self.died.len();
        let standard_error = self.folder.path().join(format!("life-{lives}"));
        let die_at = death
            .as_ref()
            .map_or_else(|| NOWHERE.to_owned(), Death::to_string);
        let config = self.config();
        let arguments = [
            "--config",
            config.to_str().unwrap(),
            "run",
            "--die-at",
            &die_at,
        ];
        let mut command = program(&arguments);
        command.stderr(std::fs::File::create(&standard_error).unwrap());
        let mut command = tokio::process::Command::from(command);
        let process = command.kill_on_drop(true).spawn().unwrap();
        self.life = Some(Life {
            process,
            death,
            standard_error,
        });
    }

    fn standard_error(&self) -> String {
        let life = self.life.as_ref();
        life.map(|life| read(&life.standard_error))
            .unwrap_or_default()
    }

    async fn close(mut self) -> Lived {
        let places = deaths::told(&self.standard_error());
        if let Some(mut life) = self.life.take() {
            life.process.kill().await.unwrap();
        }
        let inboxes = self.town.inboxes().await;
        let config = self.config();
        self.store.close().await;
        let account = Account::of(&config, &inboxes).await;
        if let Some(name) = self.database {
            sql(&format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
        Lived {
            deaths: self.died,
            places,
            account,
        }
    }
}

async fn open_books(config: &Path, people: &People) {
    let config = Config::load(config).unwrap();
    let executable = PathBuf::from(env!("CARGO_BIN_EXE_countinghouse"));
    let desk = setup::open_office_at(&config, executable, OpenedFor::Daemon, Clock::system())
        .await
        .unwrap();
    let file = |source, rows: &'static str| Import {
        bytes: rows.as_bytes(),
        source,
        by: "story",
        partial: false,
    };
    let customers = books::customers(people);
    let customers = Import {
        bytes: customers.as_bytes(),
        ..file("customers.csv", "")
    };
    let taken = [
        import::import_suppliers(&desk, file("suppliers.csv", books::SUPPLIERS)).await,
        import::import_customers(&desk, customers).await,
        import::import_invoices(&desk, file("invoices.csv", books::INVOICES)).await,
    ];
    assert!(taken.iter().all(|report| !report.as_ref().unwrap().refused));
    desk.store.close().await;
}

/// The mail under a Message-ID that is the same in every run.
fn always_the_same(mail: &str, nth: u32) -> String {
    let keep = |line: &str| {
        if line.starts_with("Message-ID:") {
            format!("Message-ID: <story-{nth}@kontorkueche.example>\n")
        } else {
            format!("{line}\n")
        }
    };
    mail.lines().map(keep).collect()
}

/// Answers above nothing: what a mail program would quote has a time in it, and another in every run.
fn reply(to: &OutboundMessage, says: &str) -> String {
    let head = mails::head(&Head {
        from: &to.to.to_string(),
        to: &to.reply_to.as_ref().unwrap().to_string(),
        subject: &format!("AW: {}", to.letter.subject),
        message_id: &format!("<answer-{}@fin.test>", to.id),
        verdict: "dmarc=pass",
        domain: to.to.domain(),
    });
    let id = &to.header_message_id;
    format!(
        "{head}In-Reply-To: {id}\nReferences: {id}\nMIME-Version: 1.0\n\
         Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{says}\n"
    )
}

/// What stands in a file so far.
pub fn read(file: &Path) -> String {
    let bytes = countinghouse::io::limits::read_bytes(file, 50 << 20).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}
