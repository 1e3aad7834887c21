//! CPU per message and stage, on real servers: fetch and store, read, review and write the request, send. `benches/run`
//! starts the servers and names a configuration in COUNTINGHOUSE_CONFIG; without it there is nothing to measure.
//!
//! CPU is user + system time of this process and of the readers it started, from /proc in ticks of 10 ms: enough for 300
//! messages. Jobs of one step run together, 16 at a time as in the worker, so that each step can be charged.

#![expect(
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "a measurement"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "a measurement reads /proc and the environment"
)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;

use countinghouse::config::Config;
use countinghouse::setup::{Purpose, open_office};
use countinghouse::steps::{self, Office};
use countinghouse::watch::visit;
use futures_util::future::join_all;

const TOGETHER: u32 = 16;
const TICKS_A_SECOND: f64 = 100.0;

fn main() -> ExitCode {
    let Ok(file) = std::env::var("COUNTINGHOUSE_CONFIG") else {
        println!("stages: nothing to measure; benches/run starts the servers and this");
        return ExitCode::SUCCESS;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(measure(&PathBuf::from(file)));
    ExitCode::SUCCESS
}

async fn measure(file: &std::path::Path) {
    let config = Config::load(file).unwrap();
    let reader = PathBuf::from(env!("CARGO_BIN_EXE_countinghouse"));
    let office = open_office(&config, reader, Purpose::Daemon).await.unwrap();
    let mut spent: BTreeMap<String, (f64, u32)> = BTreeMap::new();
    let before = cpu_seconds();
    let mut messages = 0;
    for mailbox in &config.mailboxes {
        messages += visit(&office, mailbox).await.unwrap().new;
    }
    spent.insert(
        "fetch, store and mark".into(),
        (cpu_seconds() - before, messages),
    );
    while work(&office, &mut spent).await {}
    let total = spent.values().map(|(seconds, _)| seconds).sum::<f64>();
    for (stage, (seconds, jobs)) in &spent {
        println!(
            "stage {stage}: {:.2} ms CPU per message ({jobs} done)",
            seconds * 1e3 / f64::from(messages)
        );
    }
    println!(
        "stages together: {:.2} ms CPU per message, {messages} messages",
        total * 1e3 / f64::from(messages)
    );
    office.store.clone().close().await;
}

/// One claim and its jobs; false when nothing is due.
async fn work(office: &Office, spent: &mut BTreeMap<String, (f64, u32)>) -> bool {
    let before = cpu_seconds();
    let claimed = office
        .store
        .claim("stages", office.clock.now(), TOGETHER, steps::LEASE)
        .await
        .unwrap();
    let queue = spent.entry("the queue".into()).or_default();
    queue.0 += cpu_seconds() - before;
    queue.1 += 1;
    let mut by_step = BTreeMap::<&str, Vec<_>>::new();
    for job in &claimed {
        by_step.entry(job.step.as_str()).or_default().push(job);
    }
    for (step, jobs) in by_step {
        let before = cpu_seconds();
        let running = jobs.iter().map(|job| {
            let (office, job) = (office.clone(), (*job).clone());
            tokio::spawn(async move { steps::perform(&office, &job).await })
        });
        for done in join_all(running).await {
            done.unwrap().unwrap();
        }
        let stage = spent.entry(step.to_owned()).or_default();
        stage.0 += cpu_seconds() - before;
        stage.1 += u32::try_from(jobs.len()).unwrap();
    }
    !claimed.is_empty()
}

/// Of this process and of its children, living or waited for.
fn cpu_seconds() -> f64 {
    let children = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let children =
        children.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let living = children.flat_map(|list| {
        list.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    let own = ticks("self", 4);
    (own + living.map(|child| ticks(&child, 2)).sum::<f64>()) / TICKS_A_SECOND
}

/// utime, stime and, asked for four, cutime and cstime: the fields from the 14th on (proc(5)).
fn ticks(process: &str, how_many: usize) -> f64 {
    let Ok(text) = std::fs::read_to_string(format!("/proc/{process}/stat")) else {
        return 0.0;
    };
    let after_name = text.rsplit(')').next().unwrap_or_default();
    let fields = after_name.split_whitespace().skip(11).take(how_many);
    fields.filter_map(|field| field.parse::<f64>().ok()).sum()
}
