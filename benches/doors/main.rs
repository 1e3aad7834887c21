//! What the doors of the office do in a second: fetching, sending, the books. `benches/mail` starts the servers and says what is
//! to be measured; without it there is nothing to measure.

#![expect(
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "a measurement"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a measurement is told by its arguments and asks the clock what time it is"
)]

mod fill;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countinghouse::basics::address::MailAddress;
use countinghouse::basics::ids::BillId;
use countinghouse::config::{Config, MailboxSource, OutgoingTarget};
use countinghouse::domain::audit::{Actor, AuditEvent, Subject};
use countinghouse::domain::change::Change;
use countinghouse::domain::job::{JobClaim, NewJob, Step};
use countinghouse::io::clock::Clock;
use countinghouse::io::imap::{ImapAccount, ImapSession};
use countinghouse::io::remote::batches;
use countinghouse::io::smtp::SmtpSession;
use countinghouse::io::store::{Store, StoreConfig};
use countinghouse::setup::{Purpose, open_office, smtp_account, token_sources};
use countinghouse::steps::send_reminders::customers_due;
use countinghouse::steps::{LEASE, Office};
use countinghouse::watch::visit;
use countinghouse::worker::Worker;
use futures_util::future::join_all;
use tokio::sync::Notify;

fn main() -> ExitCode {
    let arguments = std::env::args().skip(1);
    // cargo adds one of its own.
    let arguments = arguments
        .filter(|argument| argument != "--bench")
        .collect::<Vec<_>>();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let words = arguments.iter().map(String::as_str).collect::<Vec<_>>();
    runtime.block_on(async {
        match words.as_slice() {
            ["fetch-only", config] => fetch_only(&load(config)).await,
            ["fetch", config] => fetch(&load(config)).await,
            ["send", config, count] => send(&load(config), count.parse().unwrap()).await,
            ["commit", url, folder] => commit(&books(url, folder).await).await,
            ["claim", url, folder] => claim(&books(url, folder).await).await,
            ["fill", config, count] => fill::fill(&load(config), count.parse().unwrap()).await,
            ["sweep", config] => sweep(&load(config)).await,
            ["work", config] => work(&load(config)).await,
            _ => println!("doors: nothing to measure; benches/mail starts the servers and this"),
        }
    });
    ExitCode::SUCCESS
}

fn load(file: &str) -> Config {
    Config::load(Path::new(file)).unwrap()
}

async fn office(config: &Config) -> Office {
    let reader = std::env::var("COUNTINGHOUSE").unwrap_or_default();
    open_office(config, PathBuf::from(reader), Purpose::Daemon)
        .await
        .unwrap()
}

/// Who is to be reminded today, of all that is open, three times over: what the daemon asks every few minutes.
async fn sweep(config: &Config) {
    let mut office = office(config).await;
    // A Tuesday at eleven in Berlin: nobody is reminded at night.
    office.clock = Clock::set_to("2026-11-24T10:00:00Z".parse().unwrap());
    let open = office.store.open_invoices().await.unwrap().len();
    for _ in 0..3 {
        let begun = Instant::now();
        let due = customers_due(&office).await.unwrap();
        tell(
            &format!("sweep of {} customers due, open", due.customers.len()),
            open,
            begun,
        );
    }
}

async fn books(url: &str, folder: &str) -> Store {
    let config = StoreConfig {
        url: url.to_owned(),
        data_folder: PathBuf::from(folder),
    };
    Store::open_or_create(&config).await.unwrap()
}

/// One line: what, how many, how long, how many a second.
fn tell(what: &str, count: usize, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    println!(
        "{what} n={count} wall={seconds:.2}s rate={:.0}/s",
        count as f64 / seconds
    );
}

/// The client alone: every mail fetched and thrown away.
async fn fetch_only(config: &Config) {
    let mailbox = config.mailboxes.first().unwrap();
    let MailboxSource::Imap { server, folder } = &mailbox.source else {
        panic!("not on a server");
    };
    let begun = Instant::now();
    let password = server.password.as_ref().unwrap().read().unwrap();
    let account = ImapAccount {
        server: server.into(),
        user: server.user.clone().unwrap(),
        proof: password.into(),
    };
    let mut session = ImapSession::connect(&account).await.unwrap();
    session.select(folder).await.unwrap();
    let announced = session.new_uids(1).await.unwrap();
    let mut count = 0;
    for batch in batches(&announced) {
        count += session.fetch(batch).await.unwrap().fetched.len();
    }
    session.logout().await;
    tell("fetch-only", count, begun);
}

/// As the daemon does: every mail in the vault and in the books when it returns.
async fn fetch(config: &Config) {
    let office = office(config).await;
    let begun = Instant::now();
    let haul = visit(&office, config.mailboxes.first().unwrap())
        .await
        .unwrap();
    tell("fetch", haul.new as usize, begun);
    office.store.clone().close().await;
}

/// One connection, one mail after the other.
async fn send(config: &Config, count: usize) {
    let OutgoingTarget::Smtp(server) = &config.outgoing.target else {
        panic!("not to a server");
    };
    let tokens = token_sources(config, &Clock::system());
    let account = smtp_account(config, server, &tokens).unwrap();
    let mut session = SmtpSession::new(account);
    let address = |text: &str| MailAddress::parse(text).unwrap();
    let (from, to) = (address("ap@fin.test"), address("x@sink.test"));
    let line = "Please approve the bill below by an answer that says APPROVED or REJECTED.\r\n";
    let text = line.repeat(33);
    let begun = Instant::now();
    for nth in 0..count {
        let mail = format!(
            "From: ap@fin.test\r\nTo: x@sink.test\r\nSubject: Approval {nth}\r\nMessage-ID: <{nth}.{}@fin.test>\r\n\r\n{text}",
            std::process::id()
        );
        let sent = session.send_raw(Some(&from), &to, mail.as_bytes()).await;
        sent.unwrap();
    }
    session.close().await;
    tell("send", count, begun);
}

fn said(subject: Subject) -> Change {
    let now = Clock::system().now();
    Change::new(AuditEvent::new(
        now,
        Actor::program("bench"),
        "measured",
        subject,
        "to see how long it takes",
    ))
}

fn bill(name: &str) -> BillId {
    let id = format!("{name} {}", std::process::id());
    BillId::derive(&[&id])
}

/// Commits of one entry and one job, by so many callers at a time.
async fn commit(store: &Store) {
    for callers in [1_usize, 4, 16, 64] {
        let each = if callers == 1 { 1_000 } else { 8_000 / callers };
        let begun = Instant::now();
        let calling = (0..callers).map(|caller| {
            let store = store.clone();
            tokio::spawn(async move {
                for nth in 0..each {
                    let bill = bill(&format!("{callers} {caller} {nth}"));
                    // Due only later: `claim` has jobs of its own.
                    let due = Clock::system().now() + Duration::from_secs(86_400);
                    let job = NewJob::now(Step::ReviewBill, bill, due);
                    store.commit(said(bill.into()).job(job)).await.unwrap();
                }
            })
        });
        join_all(calling).await.into_iter().for_each(Result::unwrap);
        tell(&format!("commit callers={callers}"), callers * each, begun);
    }
}

/// Jobs claimed so many at a time, then each ended by a commit of its own, all of a claim together: as the worker does.
async fn claim(store: &Store) {
    for (together, count) in [(1_u32, 1_000_u32), (4, 4_000), (16, 8_000), (50, 8_000)] {
        let now = Clock::system().now();
        let jobs = (0..count).map(|nth| {
            let bill = bill(&format!("claim {together} {nth}"));
            NewJob::now(Step::ReviewBill, bill, now)
        });
        store.enqueue(jobs.collect()).await.unwrap();
        let (begun, mut done, mut claiming) = (Instant::now(), 0, Duration::ZERO);
        loop {
            let asked = Instant::now();
            let claimed = store.claim("bench", now, together, LEASE).await.unwrap();
            claiming += asked.elapsed();
            if claimed.is_empty() {
                break;
            }
            done += claimed.len();
            let ended = claimed
                .into_iter()
                .map(|one| end(store, one.subject, one.claim));
            join_all(ended).await;
        }
        tell(&format!("job together={together}"), done, begun);
        println!(
            "claim together={together} n={done} wall={:.2}s rate={:.0}/s",
            claiming.as_secs_f64(),
            done as f64 / claiming.as_secs_f64()
        );
    }
}

async fn end(store: &Store, subject: Subject, claim: JobClaim) {
    let change = said(subject).finishing(claim);
    store.commit(change).await.unwrap();
}

/// One look at every mailbox, then all work there is.
async fn work(config: &Config) {
    let office = office(config).await;
    let (begun, before) = (Instant::now(), cpu_seconds());
    let mut messages = 0;
    for mailbox in &config.mailboxes {
        messages += visit(&office, mailbox).await.unwrap().new;
    }
    let worker = Worker::new(office.clone(), "bench".into(), Arc::new(Notify::new()));
    worker.until_idle().await.unwrap();
    let (cpu, wall) = (cpu_seconds() - before, begun.elapsed().as_secs_f64());
    let each = f64::from(messages) / 1e3;
    println!(
        "work n={messages} cpu/msg={:.2} ms wall/msg={:.2} ms",
        cpu / each,
        wall / each
    );
    office.store.clone().close().await;
}

/// Of this process and of the children it waited for, in ticks of 10 ms (proc(5)).
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = text.rsplit(')').next().unwrap().split_whitespace();
    let used = fields
        .skip(11)
        .take(4)
        .filter_map(|field| field.parse::<f64>().ok());
    used.sum::<f64>() / 100.0
}
