//! kill -9, and the program is started again: it ends as if nothing had happened. The real program dies at a commit, before
//! it is durable or after; nothing of this process survives in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use countinghouse::config::Config;
use countinghouse::domain::audit::{self, GENESIS};
use countinghouse::io::clock::Clock;
use countinghouse::io::limits::read_bytes;
use countinghouse::io::store::Store;
use countinghouse::setup;
use tempfile::TempDir;
use tokio::task::JoinSet;

use crate::office::bills::bill;
use crate::office::closing::eur;
use crate::office::daemon::{Daemon, program};
use crate::office::mails::{Letter, answer};
use crate::office::{Office, everything};

/// So many deaths a test run; together they take less than a minute. `killed_at_every_commit…` tries them all.
const DEATHS: u64 = 8;

/// An empty folder with a known key in it, so that the tokens of every run are the same.
fn office_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("data")).unwrap();
    std::fs::write(folder.path().join("data/token.key"), [7; 32]).unwrap();
    folder
}

/// Runs the demo in a folder; true when it came to its end.
async fn demo(folder: PathBuf, die_at_commit: Option<String>) -> bool {
    let run = move || {
        let mut arguments = vec!["demo", "--exit", "--dir", folder.to_str().unwrap()];
        if let Some(point) = &die_at_commit {
            arguments.extend(["--die-at-commit", point.as_str()]);
        }
        program(&arguments).status().unwrap().success()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// What a demo's books and its folder of sent mail say at the end, line by line, without numbers and times of entries.
async fn account(folder: &Path) -> Vec<String> {
    let config = Config::load(&folder.join("countinghouse.toml")).unwrap();
    let store = Store::open(&setup::store_config(&config).unwrap())
        .await
        .unwrap();
    let mut lines = Vec::new();
    for bill in store.list_bills(&everything()).await.unwrap() {
        lines.push(format!(
            "bill {} {} {:?} {:?} {:?}",
            bill.id,
            bill.state,
            bill.number,
            bill.gross,
            codes(&bill.findings)
        ));
        for request in store.requests_of_bill(bill.id).await.unwrap() {
            lines.push(format!(
                "request {} {} {}",
                request.id, request.approver, request.state
            ));
        }
        for vote in store.votes_of_bill(bill.id).await.unwrap() {
            lines.push(format!(
                "vote {} {} {} {}",
                vote.request, vote.approver, vote.verdict, vote.reason
            ));
        }
        for payment in store.payments_of_bill(bill.id).await.unwrap() {
            lines.push(format!(
                "payment {} {} {} {:?}",
                payment.id, payment.amount, payment.planned_for, payment.blocked
            ));
        }
    }
    for invoice in store.list_customer_invoices(&everything()).await.unwrap() {
        let open = store.open_invoice(invoice.id).await.unwrap().unwrap();
        lines.push(format!(
            "invoice {} {} {} {:?}",
            invoice.number, open.balance, open.claimed, invoice.disputed
        ));
        for cash in store.cash_of_invoice(invoice.id).await.unwrap() {
            lines.push(format!("cash {} {} {}", cash.id, cash.amount, cash.how));
        }
    }
    for reminder in store.list_reminders(100_000).await.unwrap() {
        lines.push(format!(
            "reminder {} {} {}",
            reminder.invoice, reminder.level_days, reminder.on
        ));
    }
    for remittance in store.list_remittances(&everything()).await.unwrap() {
        lines.push(format!("remittance {} {}", remittance.id, remittance.state));
    }
    for mail in store.list_outbound(&everything()).await.unwrap() {
        lines.push(format!(
            "mail {} {} {} {}",
            mail.header_message_id, mail.to, mail.state, mail.letter.subject
        ));
    }
    for message in store.list_messages(&everything()).await.unwrap() {
        lines.push(format!(
            "message {} {} {:?}",
            message.id, message.state, message.route
        ));
    }
    for exception in store.list_exceptions(&everything()).await.unwrap() {
        lines.push(format!(
            "exception {} {} {}",
            exception.code, exception.subject, exception.state
        ));
    }
    let (ready, parked) = {
        let idle = store.idle(Clock::system().now()).await.unwrap();
        (idle.leased, idle.parked)
    };
    assert_eq!((ready, parked), (0, 0), "jobs are left");
    lines.extend(trail(&store).await);
    store.close().await;
    lines.extend(sent(&folder.join("mail/out")));
    lines.sort();
    lines
}

fn codes(findings: &[countinghouse::domain::payable::Finding]) -> Vec<&str> {
    findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

/// What a death itself adds to the trail: that the attempt before did not live to tell, and the attempt after it; and
/// looks that found the work done.
fn is_of_a_death(action: &str) -> bool {
    [
        "mail lost from sight",
        "mail started",
        "no reminder due",
        "message read already",
        "mail fetched",
        "mail filed",
    ]
    .contains(&action)
}

async fn trail(store: &Store) -> Vec<String> {
    let entries = store.audit_after(0, 1_000_000).await.unwrap();
    let head = audit::verify((0, GENESIS), &entries).unwrap_or_else(|broken| panic!("{broken}"));
    assert_eq!(head, store.audit_head().await.unwrap());
    let told = entries
        .iter()
        .map(|entry| &entry.event)
        .filter(|event| !is_of_a_death(&event.action));
    told.map(|event| {
        format!(
            "trail {} {} {:?}",
            event.action, event.subject, event.to_state
        )
    })
    .collect()
}

/// The Message-IDs in the folder of sent mail, each with the number of its files.
fn sent(folder: &Path) -> Vec<String> {
    let mut count = BTreeMap::new();
    for file in std::fs::read_dir(folder.join("new")).unwrap() {
        let letter = Letter::read(&read_bytes(&file.unwrap().path(), 50 << 20).unwrap());
        *count.entry(letter.message_id).or_insert(0) += 1;
    }
    count
        .into_iter()
        .map(|(id, files)| format!("file {id} {files}"))
        .collect()
}

/// Dies there, starts again, and gives what it ended with; `None` when there are not so many commits.
async fn ended_after(point: String) -> Option<Vec<String>> {
    let folder = office_folder();
    if demo(folder.path().to_owned(), Some(point.clone())).await {
        return None;
    }
    assert!(
        demo(folder.path().to_owned(), None).await,
        "after a death at {point} the demo does not come to its end"
    );
    Some(account(folder.path()).await)
}

fn differences(expected: &[String], seen: &[String]) -> String {
    let only = |sign: &str, of: &[String], other: &[String]| {
        let missing = of.iter().filter(|line| !other.contains(line));
        missing
            .map(|line| format!("{sign} {line}\n"))
            .collect::<String>()
    };
    only("-", expected, seen) + &only("+", seen, expected)
}

async fn ends_as_uninterrupted(points: Vec<String>) {
    let folder = office_folder();
    assert!(demo(folder.path().to_owned(), None).await);
    let expected = account(folder.path()).await;
    let mut running = JoinSet::new();
    let mut points = points.into_iter();
    let mut wrong = String::new();
    loop {
        while running.len() < 2
            && let Some(point) = points.next()
        {
            running.spawn(async move { (point.clone(), ended_after(point).await) });
        }
        let Some(ended) = running.join_next().await else {
            break;
        };
        if let (point, Some(seen)) = ended.unwrap()
            && seen != expected
        {
            wrong.push_str(&format!(
                "killed at {point}:\n{}\n",
                differences(&expected, &seen)
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// How many commits the demo has: the first number at which it does not die any more, to within a step.
async fn commits(step: u64) -> u64 {
    let mut at = step;
    loop {
        let folder = office_folder();
        if demo(folder.path().to_owned(), Some(at.to_string())).await {
            return at;
        }
        at += step;
    }
}

/// Odd commits before they are durable, even ones after.
fn point(commit: u64) -> String {
    if commit.is_multiple_of(2) {
        format!("{commit}+")
    } else {
        commit.to_string()
    }
}

#[tokio::test]
async fn the_demo_killed_at_a_commit_and_started_again_ends_as_an_uninterrupted_one() {
    let all = commits(50).await - 50;
    let stride = all / DEATHS;
    let points = (0..=DEATHS)
        .map(|nth| 1 + nth * stride + (nth * 7) % stride.max(1))
        .map(point);
    ends_as_uninterrupted(points.collect()).await;
}

/// A bill arrives, the daemon dies at a commit on its way to the approver, and a new daemon brings it there.
async fn a_daemon_killed_at(point: String) {
    let office = Office::sqlite().await;
    let today = Clock::system()
        .now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let paper = bill("RE-5001", 119_000).issued(today);
    office.receive(&office.people.ap, &paper.mail(1)).await;
    let office = office.left_to_a_daemon().await;

    Daemon::start(&office.config_file(), Some(&point))
        .dies()
        .await;
    let daemon = Daemon::start(&office.config_file(), None);
    office
        .until(&point, async |office| {
            office.sent_mails().await == 1 && office.nothing_is_left().await
        })
        .await;
    let request = office.the_one_mail_to(&office.people.petra).await;
    office
        .receive(
            &request.reply_to,
            &answer(&request, &office.people.petra, "approved").write(),
        )
        .await;
    office
        .until(&point, async |office| {
            office.sent_mails().await == 2 && office.nothing_is_left().await
        })
        .await;
    drop(daemon);

    let office = office.taken_back().await;
    assert_eq!(office.bills("RE-5001").await.len(), 1, "{point}");
    assert_eq!(office.state_of("RE-5001").await, "scheduled", "{point}");
    assert_eq!(office.votes_on("RE-5001").await, 1, "{point}");
    let payments = office.payments_of("RE-5001").await;
    assert_eq!(
        payments
            .iter()
            .map(|payment| payment.amount)
            .collect::<Vec<_>>(),
        [eur(119_000)],
        "{point}"
    );
    office.close(&[]).await;
}

#[tokio::test]
async fn a_daemon_on_real_servers_killed_on_the_way_asks_the_approver_all_the_same() {
    let mut running = JoinSet::new();
    for commit in 1..=5 {
        for point in [commit.to_string(), format!("{commit}+")] {
            if running.len() >= 3 {
                running.join_next().await.unwrap().unwrap();
            }
            running.spawn(a_daemon_killed_at(point));
        }
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}
