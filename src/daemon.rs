//! The daemon: one task a mailbox, the worker, the sweeps. If one of them ends, all end, and systemd starts anew.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tracing::{error, info, warn};

use crate::basics::calendar::Timestamp;
use crate::basics::text::chain;
use crate::config::Config;
use crate::io::{backup_mark, monitor_door};
use crate::monitor::{Monitor, feed_watchdog};
use crate::replica;
use crate::setup;
use crate::steps::Office;
use crate::steps::tell_of_restore::tell_of_restore;
use crate::sweeps;
use crate::worker::Worker;

/// Sweeps look this often; what they find is never urgent.
const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// An unfinished file of the vault that is older belongs to nobody any more; another daemon may be writing a younger one.
const LEFTOVERS_AFTER: Duration = Duration::from_secs(24 * 3600);

/// Runs until SIGTERM or SIGINT, then drains: running jobs end, nothing new begins.
///
/// # Errors
/// When it cannot start, or a part of it ended by itself.
pub async fn run(config: Config, executable: PathBuf) -> anyhow::Result<()> {
    // Before anything is begun: a signal that comes early must find somebody listening, or it kills without draining.
    let signals = Signals::listen()?;
    // Before anything is claimed: what ends the program here costs no job an attempt.
    let door = door(&config).await?;
    let office = setup::open_office(&config, executable, setup::Purpose::Daemon).await?;
    remove_leftovers(&office).await;
    tell_of_restored_books(&office, &config).await?;
    let (stop_sender, stop) = watch::channel(false);
    let poke = Arc::new(Notify::new());
    let mut tasks = JoinSet::new();
    let replica = setup::this_replica()?;
    let monitor = Monitor::begin(&office, &config).await?;
    // Apart from the tasks that end when told to: as long as one of them drains, the others must not take this daemon for dead.
    let mut alive = JoinSet::new();
    if office.store.is_shared() {
        replica::can_share(&office, &replica).await?;
        let folder = &config.storage.data_folder;
        let begun = replica::begin(&office, folder, &replica).await;
        begun.context("taking the place of the daemon before")?;
        let (office, replica, poke) = (office.clone(), replica.clone(), Arc::clone(&poke));
        alive.spawn(async move { replica::live(&office, &replica, &poke).await });
    }
    for mailbox in config.mailboxes.clone() {
        let (office, replica) = (office.clone(), replica.clone());
        let (poke, stop) = (Arc::clone(&poke), stop.clone());
        tasks.spawn(async move {
            replica::watch_alone(&office, &mailbox, &replica, &poke, stop).await;
            Ok(())
        });
    }
    let worker = Worker::new(office.clone(), replica.name.clone(), Arc::clone(&poke));
    let worker_stop = stop.clone();
    tasks.spawn(async move { worker.run(worker_stop).await.context("the worker ended") });
    let sweeping = (office.clone(), Arc::clone(&poke), stop.clone());
    tasks.spawn(async move {
        let (office, poke, stop) = sweeping;
        sweep_on(&office, &poke, stop).await;
        Ok(())
    });
    // Ends with this function: whoever asks gets answers to the last.
    let _asked = be_asked(&office, door, monitor);
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
    alive.shutdown().await;
    if office.store.is_shared()
        && let Err(failure) = office.store.leave(&replica.name).await
    {
        // The others see that it lives no more.
        warn!(error = %chain(&failure), "the other daemons could not be told of the end");
    }
    office.tokens.finish().await;
    office.close().await;
    info!("stopped");
    ended
}

/// Where a monitoring system asks, when one is configured.
async fn door(config: &Config) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = config.monitor.listen else {
        return Ok(None);
    };
    let listener = monitor_door::listen(address).await;
    let listener = listener.with_context(|| format!("monitor.listen: listening at {address}"))?;
    Ok(Some(listener))
}

/// Whoever wants to know how the daemon is gets answers: a monitoring system, and systemd.
fn be_asked(office: &Office, door: Option<TcpListener>, monitor: Monitor) -> JoinSet<()> {
    let mut asked = JoinSet::new();
    if let Some(listener) = door {
        asked.spawn(monitor_door::serve(listener, move |path| {
            let monitor = monitor.clone();
            async move { monitor.page(&path).await }
        }));
    }
    let office = office.clone();
    asked.spawn(async move { feed_watchdog(&office).await });
    asked
}

/// Books from a backup begin with a word to the people of their mailboxes.
async fn tell_of_restored_books(office: &Office, config: &Config) -> anyhow::Result<()> {
    let folder = &config.storage.data_folder;
    let Some(made_at) = backup_mark::read(folder).context("reading the mark of a backup")? else {
        return Ok(());
    };
    warn!(%made_at, "these books were restored from a backup");
    let told = tell_of_restore(office, &config.mailboxes, made_at).await;
    told.context("telling of the restored books")?;
    // Crash before: told again, as the same items.
    backup_mark::remove(folder).context("removing the mark of a backup")
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

async fn sweep_on(office: &Office, poke: &Notify, mut stop: watch::Receiver<bool>) {
    let mut last_day = office.today();
    while !*stop.borrow() {
        sweeps::sweep_and_tell(office).await;
        sweeps::tie_at_night(office, &mut last_day).await;
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
