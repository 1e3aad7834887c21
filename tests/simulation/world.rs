//! A town in one thread: the real steps, worker, books and vault, a clock that is set by hand, mailboxes that bring mails twice,
//! late and out of order or cannot be opened, a relay with moods, and people who answer when they feel like it. What happens
//! next, the dice decide.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use countinghouse::basics::address::MailAddress;
use countinghouse::basics::calendar::{Date, Timestamp, parse_iso_date};
use countinghouse::config::Config;
use countinghouse::io::clock::Clock;
use countinghouse::setup::{self, Purpose};
use countinghouse::steps;
use countinghouse::steps::import::{self, Import};
use countinghouse::worker::Worker;
use countinghouse::{sweeps, watch};
use jiff::SignedDuration;
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::dice::Dice;
use crate::office::bills::money;
use crate::office::mails::{self, Head, Letter, answer};
use crate::plan::{Fate, Plan, PlannedInvoice};
use crate::relay::Relay;

/// A Thursday.
const FIRST_DAY: &str = "2026-11-19";
/// Things that happen before everything heals.
const TURNS: usize = 90;
/// Days after that: the last bank statements, the last answers, the longest wait for a relay.
const QUIET_DAYS: usize = 8;

const KONTOR: (&str, &str) = ("Kontorküche Altona GmbH", "DE25200994700085516027");

/// The relay as it is found, answering without much delay or not at all.
pub const RELAY: &str =
    "host = \"127.0.0.1\"\nport = @PORT@\nsecurity = \"none\"\ntimeout_seconds = 5";

/// A mail on its way to a mailbox.
struct Posted {
    mailbox: &'static str,
    text: String,
    not_before: Timestamp,
}

/// Money on its way to our account.
struct Booked {
    reference: String,
    cents: i64,
    text: String,
}

pub struct World {
    pub office: steps::Office,
    pub relay: Relay,
    pub plan: Plan,
    config: Config,
    folder: TempDir,
    dice: Dice,
    post: Vec<Posted>,
    bank: Vec<Booked>,
    /// Mails of ours that were read.
    read: BTreeSet<(String, String)>,
    /// Files laid into mailboxes so far.
    laid: usize,
}

impl World {
    pub async fn begin(seed: u64) -> Self {
        let mut dice = Dice::new("world", seed);
        let plan = Plan::of(&mut dice, parse_iso_date(FIRST_DAY).unwrap());
        Self::open(seed, dice, plan, RELAY).await
    }

    /// A town in which one bill arrives; `relay` is what its configuration says of the relay.
    pub async fn with_one_bill(relay: &str) -> Self {
        let plan = Plan::one_bill(parse_iso_date(FIRST_DAY).unwrap());
        let mut world = Self::open(0, Dice::new("one bill", 0), plan, relay).await;
        let bill = world.post.remove(0);
        world.lay(bill.mailbox, &bill.text);
        world
    }

    async fn open(seed: u64, dice: Dice, plan: Plan, named: &str) -> Self {
        let relay = Relay::open(seed).await;
        // In memory where that is possible: no power is cut here, and flushing takes most of the time.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        for mailbox in ["ap", "ar"] {
            for part in ["tmp", "new", "cur"] {
                std::fs::create_dir_all(folder.path().join(mailbox).join(part)).unwrap();
            }
        }
        std::fs::create_dir(folder.path().join("data")).unwrap();
        std::fs::write(folder.path().join("data/token.key"), [7; 32]).unwrap();
        let file = folder.path().join("countinghouse.toml");
        std::fs::write(&file, configuration(named, relay.port)).unwrap();
        let clock = Clock::set_to(morning(parse_iso_date(FIRST_DAY).unwrap()));
        let (config, office) = open_office(&file, clock).await;
        let mut world = Self {
            office,
            relay,
            plan,
            config,
            folder,
            dice,
            post: Vec::new(),
            bank: Vec::new(),
            read: BTreeSet::new(),
            laid: 0,
        };
        world.open_books().await;
        world.post_first_mails();
        world
    }

    /// The program is started again, and its configuration says this of the relay.
    pub async fn starts_again_with(self, named: &str) -> Self {
        let file = self.folder.path().join("countinghouse.toml");
        std::fs::write(&file, configuration(named, self.relay.port)).unwrap();
        let Self {
            office,
            relay,
            plan,
            config: _,
            folder,
            dice,
            post,
            bank,
            read,
            laid,
        } = self;
        let clock = office.clock.clone();
        office.store.clone().close().await;
        // The last of it holds the lock of the folder.
        drop(office);
        let (config, office) = open_office(&file, clock).await;
        Self {
            office,
            relay,
            plan,
            config,
            folder,
            dice,
            post,
            bank,
            read,
            laid,
        }
    }

    /// Everything that happens, in the order the dice give it.
    pub async fn live(&mut self) {
        for _ in 0..TURNS {
            match self.dice.below(16) {
                0..4 => drop(self.deliver_one()),
                4 => drop(self.bank_books_one().await),
                5 | 6 => self.time_passes(),
                7..10 => self.look_into_a_mailbox().await,
                10..13 => self.work().await,
                13 => drop(sweeps::sweep(&self.office).await.unwrap()),
                _ => self.people_read(),
            }
        }
        self.relay.recover();
        for _ in 0..QUIET_DAYS {
            self.pass(SignedDuration::from_hours(24));
            while self.deliver_one() {}
            while self.bank_books_one().await {}
            self.settle().await;
            sweeps::sweep(&self.office).await.unwrap();
            self.settle().await;
            self.people_read();
        }
    }

    /// Nothing new comes; what came is worked and marked.
    pub async fn settle(&self) {
        for _ in 0..2 {
            for mailbox in &self.config.mailboxes {
                watch::visit(&self.office, mailbox).await.unwrap();
            }
            self.work().await;
        }
        for mailbox in &self.config.mailboxes {
            watch::visit(&self.office, mailbox).await.unwrap();
        }
    }

    async fn work(&self) {
        let worker = Worker::new(
            self.office.clone(),
            "simulation".to_owned(),
            Arc::new(Notify::new()),
        );
        worker.one_at_a_time().until_idle().await.unwrap();
    }

    fn now(&self) -> Timestamp {
        self.office.clock.now()
    }

    /// Usually forward; machines' clocks are set back, too.
    fn time_passes(&mut self) {
        let minutes = if self.dice.chance(10) {
            -(self.dice.below(120) as i64)
        } else {
            self.dice.below(14 * 60) as i64
        };
        self.pass(SignedDuration::from_mins(minutes));
    }

    pub fn pass(&self, span: SignedDuration) {
        assert!(self.office.clock.move_by(span));
    }

    /// One of the mails that are on their way, any of them: once, twice, or into both mailboxes.
    fn deliver_one(&mut self) -> bool {
        let now = self.now();
        let ready = (0..self.post.len()).filter(|nth| self.post[*nth].not_before <= now);
        let ready = ready.collect::<Vec<_>>();
        if ready.is_empty() {
            return false;
        }
        let nth = *self.dice.one_of(&ready);
        let Posted { mailbox, text, .. } = self.post.remove(nth);
        self.lay(mailbox, &text);
        if self.dice.chance(15) {
            self.lay(mailbox, &text);
        }
        if self.dice.chance(10) {
            let other = if mailbox == "ap" { "ar" } else { "ap" };
            self.lay(other, &text);
        }
        true
    }

    fn lay(&mut self, mailbox: &str, text: &str) {
        // Names in no order: what is listed first is not what came first.
        let name = format!("{:08x}.{}", self.dice.below(usize::MAX >> 16), self.laid);
        self.laid += 1;
        let path = self.folder.path().join(mailbox).join("new").join(name);
        std::fs::write(&path, text).unwrap();
        let came = SystemTime::from(self.now());
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(came).unwrap();
    }

    async fn look_into_a_mailbox(&mut self) {
        let mailbox = self.dice.one_of(&self.config.mailboxes).clone();
        let folder = self.folder.path().join(&mailbox.name);
        let away = self.folder.path().join("away");
        let cannot = self.dice.chance(15);
        if cannot {
            std::fs::rename(&folder, &away).unwrap();
        }
        let looked = watch::visit(&self.office, &mailbox).await;
        assert_eq!(looked.is_err(), cannot, "{:?}", looked.err());
        if cannot {
            std::fs::rename(&away, &folder).unwrap();
        }
    }

    /// The next line of the statement; now and then the bank sends it again.
    async fn bank_books_one(&mut self) -> bool {
        let Some(Booked {
            reference,
            cents,
            text,
        }) = self.bank.pop()
        else {
            return false;
        };
        let day = self.office.today();
        let (name, iban) = KONTOR;
        let rows = format!(
            "entry_id,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,remittance_information\n\
             {reference},{day},{day},{},EUR,{name},{iban},{text}\n",
            money(cents)
        );
        for _ in 0..=self.dice.below(2) {
            let file = file("bank.csv", &rows);
            let report = import::import_bank_statement(&self.office, file).await;
            assert!(!report.unwrap().refused);
        }
        true
    }

    /// Whoever got a mail of ours reads it and decides what to write back, and when.
    fn people_read(&mut self) {
        for taken in self.relay.taken() {
            let letter = Letter::read(&taken.bytes);
            let is_new = self
                .read
                .insert((taken.to.clone(), letter.message_id.clone()));
            if is_new && letter.is_request() {
                self.approver_answers(&taken.to, &letter);
            }
        }
    }

    fn approver_answers(&mut self, person: &str, letter: &Letter) {
        let about = |bill: &&crate::plan::PlannedBill| letter.subject.contains(&bill.number);
        let Some(fate) = self.plan.bills.iter().find(about).map(|bill| bill.fate) else {
            panic!("asked about a bill nobody sent: {}", letter.subject)
        };
        let (says, verdict) = match fate {
            Fate::Approved => ("Freigegeben", "dmarc=pass"),
            Fate::Rejected => ("Abgelehnt: Ware nie bestellt", "dmarc=pass"),
            Fate::Forged => ("Freigegeben", "dmarc=fail"),
            Fate::Unanswered => return,
            Fate::Wrong => panic!(
                "asked about a bill that cannot be right: {}",
                letter.subject
            ),
        };
        if self.dice.chance(20) {
            self.reply(
                person,
                letter,
                "Wer hat das bestellt?",
                ("dmarc=pass", "asks"),
            );
        }
        self.reply(person, letter, says, (verdict, "decides"));
        if self.dice.chance(20) {
            self.reply(person, letter, says, (verdict, "again"));
        }
    }

    fn reply(
        &mut self,
        person: &str,
        letter: &Letter,
        says: &str,
        (verdict, id): (&'static str, &str),
    ) {
        let from = MailAddress::parse(person).unwrap();
        let id = format!(
            "<{id}.{}@fin.test>",
            letter.message_id.trim_matches(['<', '>']).replace('@', ".")
        );
        let text = answer(letter, &from, says)
            .message_id(&id)
            .verdict(verdict)
            .write();
        let hours = self.dice.below(60) as i64;
        let not_before = self.now().saturating_add(SignedDuration::from_hours(hours));
        self.post.push(Posted {
            mailbox: "ap",
            text,
            not_before: not_before.unwrap(),
        });
    }

    fn post_first_mails(&mut self) {
        let now = self.now();
        let post = |mailbox, text| Posted {
            mailbox,
            text,
            not_before: now,
        };
        for bill in &self.plan.bills {
            self.post.push(post("ap", bill.paper().mail(1)));
            // The supplier is impatient and sends it again.
            if self.dice.chance(25) {
                self.post.push(post("ap", bill.paper().mail(2)));
            }
        }
        for invoice in &self.plan.invoices {
            if invoice.is_announced() {
                self.post.push(post("ar", remittance(invoice)));
            }
            self.bank.extend(invoice.paid().map(|cents| Booked {
                reference: format!("B-{}", invoice.number),
                cents,
                text: invoice.number.clone(),
            }));
        }
    }

    async fn open_books(&self) {
        let mut invoices = String::from(
            "number,customer,issue_date,due_date,currency,gross_total,payment_reference,disputed\n",
        );
        for invoice in &self.plan.invoices {
            invoices.push_str(&format!(
                "{},20014,2026-10-20,{},EUR,{},,no\n",
                invoice.number,
                invoice.due,
                money(invoice.gross)
            ));
        }
        let taken = [
            import::import_suppliers(&self.office, file("suppliers.csv", SUPPLIERS)).await,
            import::import_customers(&self.office, file("customers.csv", CUSTOMERS)).await,
            import::import_invoices(&self.office, file("invoices.csv", &invoices)).await,
        ];
        assert!(taken.iter().all(|report| !report.as_ref().unwrap().refused));
    }
}

fn configuration(relay: &str, port: u16) -> String {
    let text = CONFIGURATION.replace("@RELAY@", relay);
    text.replace("@PORT@", &port.to_string())
}

async fn open_office(file: &Path, clock: Clock) -> (Config, steps::Office) {
    let config = Config::load(file).unwrap();
    let executable = PathBuf::from(env!("CARGO_BIN_EXE_countinghouse"));
    let opened = setup::open_office_at(&config, executable, Purpose::Daemon, clock).await;
    (config, opened.unwrap())
}

fn remittance(invoice: &PlannedInvoice) -> String {
    let (number, amount) = (&invoice.number, money(invoice.gross).replace('.', ","));
    let head = mails::head(&Head {
        from: "kreditoren@kontorkueche.example",
        to: "ar@fin.test",
        subject: &format!("Zahlungsavis {number}"),
        message_id: &format!("<avis.{number}@kontorkueche.example>"),
        verdict: "dmarc=pass",
        domain: "kontorkueche.example",
    });
    format!(
        "{head}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\
         Guten Tag,\n\nwir überweisen Ihnen für folgende Rechnung:\n\n\
         Rechnung          vom           Betrag EUR\n{number}      20.10.2026      {amount}\n\
         ------------------------------------------\nGesamtbetrag                      {amount}\n\n\
         Kontorküche Altona GmbH\n"
    )
}

fn file<'a>(source: &'a str, rows: &'a str) -> Import<'a> {
    Import {
        bytes: rows.as_bytes(),
        source,
        by: "simulation",
        partial: false,
    }
}

fn morning(day: Date) -> Timestamp {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    day.at(8, 0, 0, 0).to_zoned(zone).unwrap().timestamp()
}

const SUPPLIERS: &str = "number,name,vat_id,iban,domains,mail,terms_days,approver
70001,Elbkarton Verpackungen GmbH,DE267188348,DE53200994100040215583,elbkarton.example,,14,
";

const CUSTOMERS: &str = "number,name,vat_id,mail,language,domains,ibans
20014,Kontorküche Altona GmbH,DE312664807,buchhaltung@kontorkueche.example,de,kontorkueche.example,DE25200994700085516027
";

const CONFIGURATION: &str = r#"[company]
name = "Morgenrot Kaffeerösterei GmbH"
also_known_as = ["Morgenrot"]
vat_ids = ["DE318405278"]
ibans = ["DE02200994700061823900"]
domains = ["fin.test"]
invoice_number_patterns = ['^MR-\d{4}-\d{4}$']
time_zone = "Europe/Berlin"

[approval]
expires_days = 30

[authenticity]
trusted_authserv_ids = ["mx.fin.test"]
results_below_received = true

[owners]
payables = "lena@fin.test"
receivables = "lena@fin.test"
mail = "it@fin.test"

[storage]
data_folder = "data"

[[mailbox]]
name = "ap"
side = "ap"
address = "ap@fin.test"
kind = "maildir"
maildir = "ap"

[[mailbox]]
name = "ar"
side = "ar"
address = "ar@fin.test"
kind = "maildir"
maildir = "ar"

[outgoing]
@RELAY@

[[approver]]
name = "Petra Vogt"
address = "petra@fin.test"
limit = "10000.00"

[[approver]]
name = "Jonas Lindner"
address = "jonas@fin.test"

[[approver]]
name = "Carla Brandt"
address = "carla@fin.test"

[[approval_rule]]
name = "everyday bills"
approvers = ["petra@fin.test"]

[[approval_rule]]
name = "large bills"
above = "10000.00"
approvers = ["jonas@fin.test", "carla@fin.test"]
needed = 2
"#;
