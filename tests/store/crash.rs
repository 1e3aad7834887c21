//! Death at a commit: the test runs itself as a child that is killed by the store's own failpoint, then looks at what is
//! left. What was answered is there; what was not is there whole or not at all.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use countinghouse::domain::audit::{GENESIS, verify};
use countinghouse::domain::change::Record;
use countinghouse::domain::job::{NewJob, Step};
use countinghouse::io::store::{FailPoint, Filter, Side, Store};

use crate::env::sqlite_config;
use crate::samples::*;

/// Says to the child where to work and when to die.
const ORDER: &str = "COUNTINGHOUSE_TEST_CRASH";

#[tokio::test]
async fn killed_before_the_commit_nothing_of_it_is_there() {
    assert_eq!(messages_after_death(3, Side::Before).await, 2);
}

#[tokio::test]
async fn killed_after_the_commit_all_of_it_is_there() {
    assert_eq!(messages_after_death(3, Side::After).await, 3);
}

#[tokio::test]
async fn killed_at_the_very_first_commit_the_books_are_empty_and_whole() {
    assert_eq!(messages_after_death(1, Side::Before).await, 0);
}

async fn messages_after_death(commit: u64, side: Side) -> usize {
    let folder = tempfile::tempdir().expect("a folder");
    let order = format!("{commit} {side:?} {}", folder.path().display());
    let me = std::env::current_exe().expect("a test program");
    let child = Command::new(me)
        .args(["--exact", "crash::child", "--ignored", "--nocapture"])
        .env(ORDER, order)
        .output()
        .expect("it runs");
    assert!(!child.status.success(), "it was to be killed");
    let answered = String::from_utf8_lossy(&child.stdout)
        .matches("answered")
        .count();

    let config = sqlite_config(folder.path().to_owned());
    let store = Store::open(&config).await.expect("it opens after a crash");
    store.lock().await.expect("the dead hold no lock");
    let messages = store
        .list_messages(&Filter::default())
        .await
        .expect("loads")
        .len();
    let entries = store.audit_after(0, 100).await.expect("loads");
    let head = verify((0, GENESIS), &entries).expect("the chain holds");
    assert_eq!(head, store.audit_head().await.expect("loads"));
    let jobs = store.idle(now()).await.expect("loads");
    assert!(messages >= answered, "what was answered is there");
    assert_eq!(
        (entries.len(), jobs.ready),
        (2 * messages, messages as u64),
        "whole commits only"
    );
    store.close().await;
    messages
}

/// Not a test: what the tests above run.
#[tokio::test]
#[ignore = "run by the tests of this file in a process of its own"]
#[expect(
    clippy::disallowed_methods,
    reason = "the parent tells its child by the environment what to do"
)]
async fn child() {
    let order = std::env::var(ORDER).expect("run by its parent");
    let mut words = order.splitn(3, ' ');
    let commit = words.next().and_then(|n| n.parse().ok()).expect("a number");
    let side = match words.next() {
        Some("Before") => Side::Before,
        _ => Side::After,
    };
    let folder = Path::new(words.next().expect("a folder")).to_owned();
    let store = Store::open_or_create(&sqlite_config(folder))
        .await
        .expect("a new database");
    store.lock().await.expect("nobody else");
    store.abort_at(FailPoint { commit, side });
    for name in ["a", "b", "c", "d", "e"] {
        let job = NewJob::now(Step::ReadMessage, message(name).id, now());
        let change = change(vec![Record::Message(message(name))]).job(job);
        store.commit(change).await.expect("committed");
        println!("answered");
        std::io::stdout().flush().expect("written");
    }
}
