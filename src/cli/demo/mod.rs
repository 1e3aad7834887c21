//! `demo`: the main job on sample mail. The real daemon's parts, an office of our own making, a clock that is walked by hand.
//!
//! Run twice in one folder, nothing is done twice: the same mails are laid in the same places, and the books know them.

mod account;
mod script;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use jiff::tz::TimeZone;
use tokio::sync::Notify;

use self::script::{Answer, Mail, Occasion};
use super::Context;
use super::desk::Desk;
use super::output::Printer;
use crate::basics::calendar::{Date, Timestamp, add_days, parse_iso_date};
use crate::config::{Config, MailboxSource};
use crate::domain::outbound::{OutboundMessage, Purpose};
use crate::io::clock::Clock;
use crate::io::limits;
use crate::io::maildir::Maildir;
use crate::io::store::Filter;
use crate::setup;
use crate::steps::Office;
use crate::steps::import::{self, Import, ImportReport};
use crate::steps::tell_owners::tell_owners;
use crate::worker::Worker;
use crate::{daemon, sweeps, watch};

/// Arguments of `demo`.
#[derive(Args)]
pub struct DemoArguments {
    /// Folder of the demo's office
    #[arg(long, default_value = super::DEMO_FOLDER)]
    dir: PathBuf,
    /// End when the story is told, instead of going on to watch the mailboxes
    #[arg(long)]
    exit: bool,
}

/// Lays out the office, walks through its days, tells what happened.
///
/// # Errors
/// What went wrong; the folder can be used again or thrown away.
pub async fn demo(context: &Context, arguments: DemoArguments) -> anyhow::Result<ExitCode> {
    let dir = arguments.dir;
    lay_out(&dir).with_context(|| format!("laying out the demo in {}", dir.display()))?;
    let config = Config::load(&dir.join("countinghouse.toml"))?;
    let zone = config.company.time_zone.clone();
    let clock = Clock::set_to(at(&zone, script::FIRST_DAY, 8)?);
    let executable = context.executable.clone();
    let office =
        setup::open_office_at(&config, executable.clone(), setup::Purpose::Daemon, clock).await?;
    walk(&office, &config, &dir, &zone).await?;
    if context.json {
        let desk = Desk {
            config: config.clone(),
            office: office.clone(),
            print: Printer {
                json: true,
                zone: zone.clone(),
            },
        };
        desk.print.list(&account::records(&desk).await?, &[])?;
    } else {
        super::print(&account::tell(&office, &dir).await?)?;
    }
    office.close().await;
    drop(office);
    if !arguments.exit {
        eprintln!(
            "Watching {} now; end with Ctrl-C.",
            dir.join("mail").display()
        );
        daemon::run(config, executable).await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Files that are there are left: the user may have changed them.
fn lay_out(dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    for file in script::FILES {
        let path = dir.join(file.path);
        if !path.exists() {
            std::fs::write(path, file.bytes)?;
        }
    }
    Ok(())
}

/// Day by day, as the daemon would: fetch, work, sweep, answer.
async fn walk(office: &Office, config: &Config, dir: &Path, zone: &TimeZone) -> anyhow::Result<()> {
    open_books(office, dir).await?;
    deliver_mails(config, script::FIRST_MORNING).await?;
    work(office, config).await?;
    office.clock.move_to(at(zone, script::FIRST_DAY, 9)?);
    deliver_mails(config, script::LATER).await?;
    let statement = read(dir, "bank-statement.csv")?;
    taken(import::import_bank_statement(office, file("bank-statement.csv", &statement)).await?)?;
    work(office, config).await?;
    let last = day(script::LAST_DAY)?;
    let mut today = day(script::FIRST_DAY)?;
    while today <= last {
        let text = today.to_string();
        office.clock.move_to(at(zone, &text, 10)?);
        // The day's mail first: nobody is reminded before what he wrote is read.
        work(office, config).await?;
        sweeps::sweep(office).await?;
        tell_owners(office).await?;
        work(office, config).await?;
        for answer in script::ANSWERS.iter().filter(|answer| answer.day == text) {
            deliver_answer(office, config, answer).await?;
            // One after the other, as people answer: the account reads the same every time.
            work(office, config).await?;
        }
        today = add_days(today, 1);
    }
    Ok(())
}

async fn open_books(office: &Office, dir: &Path) -> anyhow::Result<()> {
    let (suppliers, customers, invoices) = (
        read(dir, "suppliers.csv")?,
        read(dir, "customers.csv")?,
        read(dir, "invoices.csv")?,
    );
    taken(import::import_suppliers(office, file("suppliers.csv", &suppliers)).await?)?;
    taken(import::import_customers(office, file("customers.csv", &customers)).await?)?;
    taken(import::import_invoices(office, file("invoices.csv", &invoices)).await?)
}

fn read(dir: &Path, name: &str) -> anyhow::Result<Vec<u8>> {
    Ok(limits::read_bytes(
        &dir.join(name),
        limits::MAX_TABLE_BYTES,
    )?)
}

fn file<'a>(source: &'a str, bytes: &'a [u8]) -> Import<'a> {
    Import {
        bytes,
        source,
        by: "demo",
        partial: false,
    }
}

fn taken(report: ImportReport) -> anyhow::Result<()> {
    let told = report
        .mistakes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>();
    anyhow::ensure!(
        !report.refused,
        "a file of the demo is damaged: {}",
        told.join("; ")
    );
    Ok(())
}

/// Fetches every mailbox and works until nothing is left to do.
async fn work(office: &Office, config: &Config) -> anyhow::Result<()> {
    let worker = Worker::new(
        office.clone(),
        setup::this_replica()?.name,
        Arc::new(Notify::new()),
    );
    for mailbox in &config.mailboxes {
        watch::visit(office, mailbox).await?;
    }
    worker.until_idle().await?;
    // Once more, so that what was read is marked in the mailbox.
    for mailbox in &config.mailboxes {
        watch::visit(office, mailbox).await?;
    }
    Ok(())
}

async fn deliver_mails(config: &Config, mails: &[Mail]) -> anyhow::Result<()> {
    for mail in mails {
        deliver(config, mail.mailbox, mail.bytes).await?;
    }
    Ok(())
}

async fn deliver(config: &Config, mailbox: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let source = config.mailbox(mailbox).map(|m| &m.source);
    let Some(MailboxSource::Maildir(path)) = source else {
        anyhow::bail!(
            "the demo needs {mailbox} to be a Maildir: remove the folder and start it again"
        );
    };
    Maildir::create(path).await?.deliver(bytes).await?;
    Ok(())
}

/// Fills an answer in from the mail it answers, as the person's mail program would.
async fn deliver_answer(office: &Office, config: &Config, answer: &Answer) -> anyhow::Result<()> {
    let Some(mail) = answered(office, &answer.to).await? else {
        return Ok(());
    };
    let reply_to = mail.reply_to.as_ref().unwrap_or(&mail.from);
    let text = answer
        .written()
        .replace(
            "{{request_message_id}}",
            &mail.header_message_id.to_string(),
        )
        .replace(
            "{{outbound_message_id}}",
            &mail.header_message_id.to_string(),
        )
        .replace("{{reply_to}}", &reply_to.to_string())
        .replace("{{recipient}}", &mail.to.to_string())
        .replace("{{subject}}", &mail.letter.subject);
    deliver(config, answer.mailbox, text.as_bytes()).await
}

async fn answered(office: &Office, occasion: &Occasion) -> anyhow::Result<Option<OutboundMessage>> {
    let mails = office
        .store
        .list_outbound(&Filter::default().limit(10_000))
        .await?;
    let fits = |mail: &&OutboundMessage| match occasion {
        Occasion::Request { bill, approver } => {
            mail.purpose == Purpose::ApprovalRequest
                && mail.to.to_string() == *approver
                && mail.letter.subject.contains(bill)
        }
        Occasion::Reminder { customer } => {
            mail.purpose == Purpose::Reminder && mail.to.to_string() == *customer
        }
    };
    Ok(mails
        .iter()
        .filter(fits)
        .min_by_key(|mail| mail.written_at)
        .cloned())
}

fn day(text: &str) -> anyhow::Result<Date> {
    parse_iso_date(text).with_context(|| format!("{text} is not a date"))
}

fn at(zone: &TimeZone, date: &str, hour: i8) -> anyhow::Result<Timestamp> {
    let time = day(date)?.at(hour, 0, 0, 0);
    Ok(time.to_zoned(zone.clone())?.timestamp())
}
