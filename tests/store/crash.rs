//! Death at a commit: the shipped program is killed at a failpoint while it opens the books of the demo, then
//! this looks at what is left. What was committed is there, what was not is there not at all.

use std::process::{Command, Stdio};

use countinghouse::config::Config;
use countinghouse::domain::audit::{GENESIS, verify};
use countinghouse::io::store::{Filter, Store};
use countinghouse::setup;

use crate::samples::now;

/// Rows of the demo's files, which are its first three commits; the mails of a mailbox are its fourth.
const SUPPLIERS: usize = 7;
const CUSTOMERS: usize = 6;
const INVOICES: usize = 10;

#[tokio::test]
async fn killed_at_the_very_first_commit_the_books_are_empty_and_whole() {
    assert_eq!(Left::by_death_at("before:1").await, Left::default());
}

#[tokio::test]
async fn killed_before_the_commit_nothing_of_it_is_there() {
    let left = Left {
        suppliers: SUPPLIERS,
        customers: CUSTOMERS,
        entries: SUPPLIERS + CUSTOMERS,
        ..Left::default()
    };
    assert_eq!(Left::by_death_at("before:3").await, left);
}

#[tokio::test]
async fn killed_after_the_commit_all_of_it_is_there() {
    let left = Left {
        suppliers: SUPPLIERS,
        customers: CUSTOMERS,
        invoices: INVOICES,
        entries: SUPPLIERS + CUSTOMERS + INVOICES,
        ..Left::default()
    };
    assert_eq!(Left::by_death_at("after:3").await, left);
    assert_eq!(Left::by_death_at("before:4").await, left);
}

#[tokio::test]
async fn a_mail_is_never_there_without_the_job_that_reads_it() {
    let left = Left::by_death_at("after:4").await;
    assert!(left.messages > 0 && left.jobs == left.messages, "{left:?}");
    assert!(left.entries > SUPPLIERS + CUSTOMERS + INVOICES, "{left:?}");
}

/// What the dead left, each thing counted.
#[derive(PartialEq, Eq, Default, Debug)]
struct Left {
    suppliers: usize,
    customers: usize,
    invoices: usize,
    messages: usize,
    jobs: usize,
    entries: usize,
}

impl Left {
    /// `before:3` dies before the third commit, `after:3` after it.
    async fn by_death_at(point: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let status = Command::new(env!("CARGO_BIN_EXE_countinghouse"))
            .args([
                "demo",
                "--exit",
                "--die-at",
                &format!("commit.{point}"),
                "--dir",
            ])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("it runs");
        assert!(!status.success(), "it was to be killed");
        let config = Config::load(&folder.path().join("countinghouse.toml")).expect("laid out");
        let config = setup::store_config(&config).expect("the books of the demo");
        let store = Store::open(&config).await.expect("it opens after a crash");
        store.lock().await.expect("the dead hold no lock");
        let entries = store.audit_after(0, 1000).await.expect("loads");
        let head = verify((0, GENESIS), &entries).expect("the chain holds");
        assert_eq!(head, store.audit_head().await.expect("loads"));
        let everything = Filter::default();
        let jobs = store.idle(now()).await.expect("loads");
        let left = Self {
            suppliers: store.suppliers().await.expect("loads").len(),
            customers: store.customers().await.expect("loads").len(),
            invoices: store
                .list_customer_invoices(&everything)
                .await
                .expect("loads")
                .len(),
            messages: store.list_messages(&everything).await.expect("loads").len(),
            jobs: usize::try_from(jobs.ready).expect("a few"),
            entries: entries.len(),
        };
        store.close().await;
        left
    }
}
