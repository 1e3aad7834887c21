//! What a change costs. Not part of the suite: `cargo test --release --test store -- --ignored speed --nocapture`.

use countinghouse::domain::change::{Change, Record};
use countinghouse::domain::job::{NewJob, Step};
use countinghouse::io::store::Store;

use crate::env::Env;
use crate::samples::*;

const CHANGES: u32 = 4000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, asserts nothing"]
async fn processor_time_of_a_change_on_sqlite() {
    for callers in [1, 8, 64] {
        let env = Env::sqlite().await;
        measure("SQLite", callers, &env.store).await;
        env.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures, asserts nothing"]
async fn processor_time_of_a_change_on_postgres() {
    for callers in [1, 8, 64] {
        let env = Env::postgres().await;
        measure("PostgreSQL", callers, &env.store).await;
        env.end().await;
    }
}

/// A change as a step makes it: a message read, its document stored, two entries, the next job.
fn small_change(name: &str) -> Change {
    let message = read_message(name);
    let document = document(&message, "1");
    let job = NewJob::now(Step::ReadDocument, document.id, now());
    change(vec![Record::Message(message), Record::Document(document)]).job(job)
}

async fn measure(database: &str, callers: u32, store: &Store) {
    let (began, used) = (wall(), processor_ms());
    let tasks = (0..callers).map(|caller| {
        let store = store.clone();
        tokio::spawn(async move {
            for n in 0..CHANGES / callers {
                store
                    .commit(small_change(&format!("{caller} {n}")))
                    .await
                    .expect("committed");
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.expect("no panic");
    }
    let (wall, used) = (wall() - began, processor_ms() - used);
    println!(
        "{database}, {callers} callers: {} µs of processor and {} µs of time a change",
        used * 1000 / u64::from(CHANGES),
        wall / i128::from(CHANGES) / 1000,
    );

    let claims = processor_ms();
    let mut claimed = 0;
    while let Ok(held) = store
        .claim("w", later(1), 16, std::time::Duration::from_secs(60))
        .await
    {
        if held.is_empty() {
            break;
        }
        claimed += held.len() as u64;
        for held in held {
            let event = countinghouse::domain::audit::AuditEvent::new(
                now(),
                countinghouse::domain::audit::Actor::program("test"),
                "done",
                held.subject,
                "a test",
            );
            store
                .commit(Change::new(event).finishing(held.claim))
                .await
                .expect("done");
        }
    }
    let used = processor_ms() - claims;
    println!(
        "{database}: {} µs of processor to claim and finish a job",
        used * 1000 / claimed.max(1)
    );
}

#[expect(
    clippy::disallowed_methods,
    reason = "a measurement needs the real time"
)]
fn wall() -> i128 {
    jiff::Timestamp::now().as_nanosecond()
}

/// User and system time of this process, from `/proc/self/stat` (fields 14 and 15, in hundredths of a second).
#[expect(clippy::disallowed_methods, reason = "one line of the kernel's")]
fn processor_ms() -> u64 {
    let text = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let after = text.rsplit(") ").next().expect("a name in brackets");
    let fields: Vec<&str> = after.split(' ').collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|f| f.parse::<u64>().ok())
            .expect("a number")
    };
    (ticks(11) + ticks(12)) * 10
}
