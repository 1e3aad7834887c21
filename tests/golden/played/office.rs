//! The sample office of the demo, moved by the lines of a script.

use std::path::PathBuf;
use std::sync::Arc;

use countinghouse::basics::calendar::{Timestamp, parse_iso_date};
use countinghouse::config::{Config, MailboxSource};
use countinghouse::domain::audit::{self, GENESIS};
use countinghouse::domain::outbound::{OutboundMessage, Purpose};
use countinghouse::io::clock::Clock;
use countinghouse::io::maildir::Maildir;
use countinghouse::io::store::Filter;
use countinghouse::setup;
use countinghouse::steps;
use countinghouse::steps::dispute_invoice::dispute_invoice;
use countinghouse::steps::import::{self, Import, ImportReport};
use countinghouse::worker::Worker;
use countinghouse::{sweeps, watch};
use tempfile::TempDir;
use tokio::sync::Notify;

const CONFIG: &str = include_str!("../../../config/demo/countinghouse.toml");
const SUPPLIERS: &str = include_str!("../../../config/demo/suppliers.csv");
const CUSTOMERS: &str = include_str!("../../../config/demo/customers.csv");
const INVOICES: &str = include_str!("../../../config/demo/invoices.csv");
/// An approver's answer, with places to fill.
const ANSWER: &str = include_str!("../../../config/demo/mail/17-approve.eml");

pub struct Office {
    pub desk: steps::Office,
    config: Config,
    folder: TempDir,
    mails: u32,
    /// The last entry of the trail that was told.
    pub told: u64,
}

/// All rows.
pub fn everything() -> Filter {
    Filter::default().limit(100_000)
}

impl Office {
    pub async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        // The same tokens on every run.
        std::fs::write(folder.path().join("data/token.key"), [7; 32]).unwrap();
        let config = Config::parse(CONFIG, folder.path()).unwrap();
        let clock = Clock::set_to(morning("2026-11-18"));
        let program = PathBuf::from(env!("CARGO_BIN_EXE_countinghouse"));
        let desk = setup::open_office_at(&config, program, setup::Purpose::Daemon, clock)
            .await
            .unwrap();
        taken(
            &import::import_suppliers(&desk, file("suppliers.csv", SUPPLIERS))
                .await
                .unwrap(),
        );
        taken(
            &import::import_customers(&desk, file("customers.csv", CUSTOMERS))
                .await
                .unwrap(),
        );
        for mailbox in &config.mailboxes {
            if let MailboxSource::Maildir(path) = &mailbox.source {
                Maildir::create(path).await.unwrap();
            }
        }
        let told = desk.store.audit_head().await.unwrap().0;
        Self {
            desk,
            config,
            folder,
            mails: 0,
            told,
        }
    }

    /// One line of the script.
    pub async fn does(&mut self, line: &str) {
        let words = line.split_whitespace().collect::<Vec<_>>();
        let quoted = line.split('"').nth(1).unwrap_or_default();
        match words.as_slice() {
            ["On", date] => {
                self.desk.clock.move_to(morning(date));
                self.work().await;
                sweeps::sweep(&self.desk).await.unwrap();
            }
            ["the", "sample", "invoices", "are", "open"] => {
                taken(
                    &import::import_invoices(&self.desk, file("invoices.csv", INVOICES))
                        .await
                        .unwrap(),
                );
            }
            [mailbox, "receives", name] => self.receives(mailbox, name).await,
            ["somebody", "pretends", "to", "be", name, .., number] => {
                self.answers(name, quoted, number, true).await
            }
            [.., "to", "the", "reminder"] => self.customer_answers(words[0], quoted).await,
            [name, "answers", .., number] => self.answers(name, quoted, number, false).await,
            ["bank", "books", amount, "from", customer, ..] => {
                self.bank_books(amount, customer, quoted).await
            }
            [name, "disputes", number, "because", ..] => {
                let reason = line.split_once("because ").unwrap().1;
                dispute_invoice(&self.desk, number, name, reason)
                    .await
                    .unwrap();
            }
            _ => panic!("nobody understands: {line}"),
        }
        self.work().await;
    }

    async fn work(&self) {
        let worker = Worker::new(
            self.desk.clone(),
            setup::this_replica().unwrap().name,
            Arc::new(Notify::new()),
        );
        for _ in 0..2 {
            for mailbox in &self.config.mailboxes {
                watch::visit(&self.desk, mailbox).await.unwrap();
            }
            worker.until_idle().await.unwrap();
        }
    }

    async fn receives(&mut self, mailbox: &str, name: &str) {
        let path = crate::golden("../../config/demo/mail").join(name);
        self.deliver(mailbox, &std::fs::read(path).unwrap()).await;
    }

    async fn deliver(&self, mailbox: &str, bytes: &[u8]) {
        let Some(MailboxSource::Maildir(path)) =
            self.config.mailbox(mailbox).map(|found| &found.source)
        else {
            panic!("no mailbox {mailbox}")
        };
        Maildir::create(path)
            .await
            .unwrap()
            .deliver(bytes)
            .await
            .unwrap();
    }

    async fn answers(&mut self, name: &str, says: &str, number: &str, forged: bool) {
        let approver = self
            .config
            .approvers
            .iter()
            .find(|approver| approver.name.starts_with(name))
            .unwrap()
            .clone();
        let asks = |mail: &&OutboundMessage| {
            mail.purpose == Purpose::ApprovalRequest
                && mail.to == approver.address
                && mail.letter.subject.contains(number)
        };
        let request = self
            .newest_mail(asks)
            .await
            .unwrap_or_else(|| panic!("{name} was not asked about {number}"));
        let mut mail = self.answer_to(&request, says);
        mail = mail.replace("Petra Vogt", &approver.name).replace(
            "petra.vogt@morgenrot.example",
            &approver.address.to_string(),
        );
        if forged {
            mail = mail
                .replace("dkim=pass", "dkim=none")
                .replace("dmarc=pass", "dmarc=fail")
                .replace("spf=pass", "spf=fail");
        }
        self.deliver("ap", mail.as_bytes()).await;
    }

    async fn customer_answers(&mut self, customer: &str, says: &str) {
        let reminds = |mail: &&OutboundMessage| {
            mail.purpose == Purpose::Reminder && mail.to.to_string() == customer
        };
        let reminder = self
            .newest_mail(reminds)
            .await
            .unwrap_or_else(|| panic!("{customer} was not reminded"));
        let domain = customer.rsplit('@').next().unwrap();
        let mail = self.answer_to(&reminder, says);
        let mail = mail
            .replace("petra.vogt@morgenrot.example", customer)
            .replace("Petra Vogt", "Buchhaltung");
        self.deliver(
            "ar",
            mail.replace(
                "header.from=morgenrot.example",
                &format!("header.from={domain}"),
            )
            .as_bytes(),
        )
        .await;
    }

    fn answer_to(&mut self, mail: &OutboundMessage, says: &str) -> String {
        self.mails += 1;
        let reply_to = mail.reply_to.as_ref().unwrap_or(&mail.from);
        ANSWER
            .replace(
                "{{request_message_id}}",
                &mail.header_message_id.to_string(),
            )
            .replace("{{reply_to}}", &reply_to.to_string())
            .replace("{{subject}}", &mail.letter.subject)
            .replace("b2c1-approve-01", &format!("answer-{}", self.mails))
            .replacen("\nFreigegeben\n", &format!("\n{says}\n"), 1)
    }

    async fn newest_mail(
        &self,
        fits: impl FnMut(&&OutboundMessage) -> bool,
    ) -> Option<OutboundMessage> {
        let mails = self.desk.store.list_outbound(&everything()).await.unwrap();
        mails
            .iter()
            .filter(fits)
            .max_by_key(|mail| mail.written_at)
            .cloned()
    }

    async fn bank_books(&mut self, amount: &str, number: &str, text: &str) {
        self.mails += 1;
        let customers = self.desk.store.customers().await.unwrap();
        let payer = customers
            .iter()
            .find(|customer| customer.number == number)
            .unwrap();
        let (day, iban) = (
            self.desk.today(),
            payer
                .ibans
                .first()
                .map(ToString::to_string)
                .unwrap_or_default(),
        );
        let rows = format!(
            "entry_id,booking_date,value_date,amount,currency,counterparty_name,counterparty_iban,remittance_information\n\
             {day}-{},{day},{day},{amount},EUR,{},{iban},{text}\n",
            self.mails, payer.name
        );
        taken(
            &import::import_bank_statement(&self.desk, file("bank.csv", &rows))
                .await
                .unwrap(),
        );
    }

    /// Nothing is left, and the trail holds.
    pub async fn close(self) {
        let store = &self.desk.store;
        let idle = store.idle(self.desk.clock.now()).await.unwrap();
        assert_eq!(
            (idle.ready, idle.leased, idle.parked),
            (0, 0, 0),
            "{idle:?}"
        );
        let entries = store.audit_after(0, 1_000_000).await.unwrap();
        audit::verify((0, GENESIS), &entries).unwrap_or_else(|broken| panic!("{broken}"));
        self.desk.store.close().await;
        drop(self.folder);
    }
}

fn file<'a>(source: &'a str, rows: &'a str) -> Import<'a> {
    Import {
        bytes: rows.as_bytes(),
        source,
        by: "script",
        partial: false,
    }
}

fn taken(report: &ImportReport) {
    assert!(!report.refused, "{:?}", report.mistakes);
}

fn morning(day: &str) -> Timestamp {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let day = parse_iso_date(day).unwrap_or_else(|| panic!("{day} is not a date"));
    day.at(9, 0, 0, 0).to_zoned(zone).unwrap().timestamp()
}
