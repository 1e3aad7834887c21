//! The daemon: one task a mailbox, the worker, the sweeps. If one of them ends, all end, and systemd starts anew.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::basics::calendar::Timestamp;
use crate::basics::text::chain;
use crate::config::{Config, Mailbox};
use crate::io::disposition::Disposition;
use crate::io::store::{FailPoint, Look};
use crate::setup;
use crate::steps::Office;
use crate::steps::fetch_mail::{Haul, fetch_mail};
use crate::steps::file_mail::file_mail;
use crate::steps::mail_source::{MailSource, MailboxError};
use crate::sweeps;
use crate::worker::Worker;

/// Sweeps look this often; what they find is never urgent.
const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// An unfinished file of the vault that is older belongs to nobody any more; another daemon may be writing a younger one.
const LEFTOVERS_AFTER: Duration = Duration::from_secs(24 * 3600);
/// The longest wait after failures in a row.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Runs until SIGTERM or SIGINT, then drains: running jobs end, nothing new begins. With a fail point it dies there, as if the
/// power went: the crash tests ask for that.
///
/// # Errors
/// When it cannot start, or a part of it ended by itself.
pub async fn run(
    config: Config,
    executable: PathBuf,
    dies: Option<FailPoint>,
) -> anyhow::Result<()> {
    // Before anything is begun: a signal that comes early must find somebody listening, or it kills without draining.
    let signals = Signals::listen()?;
    let office = setup::open_office(&config, executable, setup::Purpose::Daemon).await?;
    if let Some(point) = dies {
        office.store.abort_at(point);
    }
    remove_leftovers(&office).await;
    let (stop_sender, stop) = watch::channel(false);
    let poke = Arc::new(Notify::new());
    let mut tasks = JoinSet::new();
    for mailbox in config.mailboxes.clone() {
        let (office, poke, stop) = (office.clone(), Arc::clone(&poke), stop.clone());
        tasks.spawn(async move {
            watch_mailbox(&office, &mailbox, &poke, stop).await;
            Ok(())
        });
    }
    let worker = Worker::new(office.clone(), setup::worker_name(), Arc::clone(&poke));
    let worker_stop = stop.clone();
    tasks.spawn(async move { worker.run(worker_stop).await.context("the worker ended") });
    let sweeping = (office.clone(), Arc::clone(&poke), stop.clone());
    tasks.spawn(async move {
        let (office, poke, stop) = sweeping;
        sweep_on(&office, &poke, stop).await;
        Ok(())
    });
    ready();
    info!(mailboxes = config.mailboxes.len(), "working");
    let ended = wait_for_end(&mut tasks, signals).await;
    stopping();
    // Whoever listens stops; a dropped receiver has stopped already.
    stop_sender.send(true).ok();
    poke.notify_waiters();
    while let Some(task) = tasks.join_next().await {
        if let Err(failure) = task {
            error!(error = %failure, "a task panicked while stopping");
        }
    }
    office.store.close().await;
    info!("stopped");
    ended
}

/// Files that interrupted writers left in the vault. A failure costs their room and nothing else.
async fn remove_leftovers(office: &Office) {
    let before = office.clock.now().checked_sub(LEFTOVERS_AFTER);
    match office
        .vault
        .remove_leftovers(before.unwrap_or(Timestamp::MIN))
        .await
    {
        Ok(0) => {}
        Ok(files) => info!(files, "unfinished files of an earlier run removed"),
        Err(failure) => warn!(error = %chain(&failure), "the vault could not be tidied"),
    }
}

/// What ends the daemon well.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// From now on these signals wait to be looked at.
    fn listen() -> anyhow::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate()).context("listening for SIGTERM")?,
            interrupt: signal(SignalKind::interrupt()).context("listening for SIGINT")?,
        })
    }
}

/// Waits for a signal; anything else that ends is a failure.
async fn wait_for_end(
    tasks: &mut JoinSet<anyhow::Result<()>>,
    mut signals: Signals,
) -> anyhow::Result<()> {
    tokio::select! {
        _ = signals.terminate.recv() => { info!("SIGTERM: finishing what is begun"); Ok(()) }
        _ = signals.interrupt.recv() => { info!("SIGINT: finishing what is begun"); Ok(()) }
        Some(ended) = tasks.join_next() => match ended {
            Ok(Ok(())) => anyhow::bail!("a part of the daemon ended by itself"),
            Ok(Err(failure)) => Err(failure),
            Err(panic) => Err(anyhow::Error::new(panic).context("a part of the daemon panicked")),
        },
    }
}

async fn watch_mailbox(
    office: &Office,
    mailbox: &Mailbox,
    poke: &Notify,
    mut stop: watch::Receiver<bool>,
) {
    let poll = Duration::from_secs(u64::from(mailbox.poll_seconds));
    let mut failures = 0_u32;
    while !*stop.borrow() {
        let visited = tokio::select! {
            visited = visit(office, mailbox) => visited,
            // A visit may be dropped anywhere: what was committed stays, the rest is announced again.
            _ = stop.changed() => return,
        };
        let told = visited.as_ref().err().map(|failure| chain(failure));
        failures = if told.is_some() {
            failures.saturating_add(1)
        } else {
            0
        };
        report(mailbox, &visited, told.as_deref());
        let look = Look {
            mailbox: mailbox.name.clone(),
            looked_at: office.clock.now(),
            problem: told,
        };
        if let Err(failure) = office.store.note_look(look).await {
            warn!(error = %chain(&failure), "the time of this look could not be noted");
        }
        poke.notify_one();
        let wait = poll
            .saturating_mul(2_u32.saturating_pow(failures.min(10)))
            .min(LONGEST_WAIT.max(poll));
        tokio::select! {
            () = tokio::time::sleep(if failures == 0 { poll } else { wait }) => {}
            _ = stop.changed() => {}
        }
    }
}

fn report(mailbox: &Mailbox, visited: &Result<Haul, MailboxError>, told: Option<&str>) {
    match visited {
        Ok(Haul { new: 0, known: 0 }) => {}
        Ok(haul) => info!(
            mailbox = mailbox.name,
            new = haul.new,
            known = haul.known,
            "looked"
        ),
        Err(failure) if failure.disposition() == Disposition::Retry => {
            warn!(mailbox = mailbox.name, error = told, "looking again soon");
        }
        Err(_) => error!(
            mailbox = mailbox.name,
            error = told,
            "somebody has to mend this; trying on"
        ),
    }
}

/// One look at a mailbox: fetch what is new, mark what is in the books.
///
/// # Errors
/// What the mailbox or the books met.
pub async fn visit(office: &Office, mailbox: &Mailbox) -> Result<Haul, MailboxError> {
    let (mut source, uid_validity) = MailSource::open(mailbox).await?;
    let haul = fetch_mail(office, mailbox, &mut source, uid_validity).await?;
    file_mail(office, mailbox, &mut source).await?;
    source.close().await;
    Ok(haul)
}

async fn sweep_on(office: &Office, poke: &Notify, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        sweeps::sweep_and_tell(office).await;
        poke.notify_one();
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Tells systemd (Type=notify); anywhere else nobody listens.
fn ready() {
    if let Err(failure) = sd_notify::notify(&[sd_notify::NotifyState::Ready]) {
        warn!(error = %failure, "systemd could not be told that the daemon is ready");
    }
}

fn stopping() {
    if let Err(failure) = sd_notify::notify(&[sd_notify::NotifyState::Stopping]) {
        warn!(error = %failure, "systemd could not be told that the daemon is stopping");
    }
}
