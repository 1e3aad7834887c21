//! One of several daemons on the same books: it says that it lives, takes over from those that do not, and watches a mailbox only
//! while no other does. With SQLite it is the only daemon there can be, and nothing of this is asked.
//!
//! Ownership saves work and connections; it is not what keeps a mail from being taken twice. Two owners for a moment, one of them
//! frozen, meet the same rows: the later commit of a place in the mailbox is refused by the row's version, and read again.

use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::basics::text::chain;
use crate::config::Mailbox;
use crate::domain::job::Step;
use crate::io::store::{LIVES_FOR, Replica, SeenReplica, Store, StoreError};
use crate::io::vault::Vault;
use crate::steps::{Office, StepError};
use crate::watch::watch_mailbox;

/// How often a daemon says that it lives, and asks for what it could watch.
const SEEN_EVERY: Duration = Duration::from_secs(10);
/// An owner that could not renew for so long stops before anybody else begins.
const STOPS_AFTER: Duration = Duration::from_secs(20);

/// Names of mails and files compared with the database at a time.
const PAGE: u32 = 500;

/// Of daemons on several machines each must find the mails the others fetched: one that keeps them to itself does not begin beside
/// another. Nobody's fault for good: the other may have ended, and is then not seen any more.
///
/// # Errors
/// What to configure, or what the store met.
pub async fn can_share(office: &Office, replica: &Replica) -> anyhow::Result<()> {
    if office.vault.is_shared() {
        return Ok(());
    }
    let replicas = office.store.replicas().await?;
    let now = office.clock.now();
    let is_elsewhere = |one: &&SeenReplica| {
        let unseen = now.duration_since(one.seen_at).unsigned_abs();
        one.replica.host != replica.host && unseen < LIVES_FOR * 2
    };
    match replicas.iter().find(is_elsewhere) {
        Some(other) => anyhow::bail!(
            "a daemon on {} works on the same books, and this one would keep its mails to itself: set raw_bytes = \"database\" or \"bucket\" on every machine",
            other.replica.host
        ),
        None => Ok(()),
    }
}

/// Says for ever that this daemon lives, takes over the jobs of those that do not, and shares the mails only it has. To be dropped
/// only when nothing is under way any more: what a daemon does while it stops is still its own.
pub async fn live(office: &Office, replica: &Replica, poke: &Notify) {
    let sharing = async {
        match share_raw_bytes(&office.store, &office.vault).await {
            Ok(0) => {}
            Ok(files) => info!(
                files,
                "mails and files that only this machine had are where all machines find them now"
            ),
            Err(failure) => {
                warn!(error = %chain(&failure), "not every mail of this machine is where all machines find it; the next start goes on");
            }
        }
    };
    tokio::join!(say_on(office, replica, poke), sharing);
}

/// What came before `raw_bytes = "database"` or `"bucket"` lies in one folder, or in the database; the others look for it there. Says
/// how many mails and files were put there.
///
/// # Errors
/// What the books or the vault met.
pub async fn share_raw_bytes(store: &Store, vault: &Vault) -> Result<u64, StepError> {
    let (mut shared, mut last) = (0, None);
    if !vault.is_shared() {
        return Ok(0);
    }
    loop {
        let page = store.contents_after(last, PAGE).await?;
        let mut names = page.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        names.dedup();
        shared += vault.share_missing(&names).await?;
        match names.pop() {
            Some(name) => last = Some(name),
            None => return Ok(shared),
        }
    }
}

async fn say_on(office: &Office, replica: &Replica, poke: &Notify) {
    loop {
        match say_and_bury(&office.store, replica).await {
            Ok(0) => {}
            Ok(dead) => {
                warn!(
                    dead,
                    "other daemons ended without a word; their work goes on here and there"
                );
                poke.notify_one();
            }
            Err(failure) => {
                warn!(error = %chain(&failure), "the other daemons could not be told that this one lives");
            }
        }
        tokio::time::sleep(SEEN_EVERY).await;
    }
}

async fn say_and_bury(store: &Store, replica: &Replica) -> Result<u64, StoreError> {
    store.appear(replica.clone()).await?;
    // The dead may only be frozen, and a mail server knows no fence: what they were sending waits for the end of its own lease.
    store.bury_dead(LIVES_FOR, Step::SendOutbound).await
}

/// Watches a mailbox whenever no other daemon does, until told to stop.
pub async fn watch_alone(
    office: &Office,
    mailbox: &Mailbox,
    replica: &Replica,
    poke: &Notify,
    mut stop: watch::Receiver<bool>,
) {
    if !office.store.is_shared() {
        return watch_mailbox(office, mailbox, poke, stop).await;
    }
    let lease = format!("mailbox/{}", mailbox.name);
    while !*stop.borrow() {
        if let Some(taken_at) = taken(&office.store, &lease, &replica.name).await {
            info!(mailbox = mailbox.name, "watching; no other daemon does");
            tokio::select! {
                // A look may be dropped anywhere: what was committed stays, the rest is announced again.
                () = lost(&office.store, &lease, &replica.name, taken_at) => {
                    warn!(mailbox = mailbox.name, "another daemon may watch now");
                }
                () = watch_mailbox(office, mailbox, poke, stop.clone()) => {}
            }
        }
        tokio::select! {
            () = tokio::time::sleep(SEEN_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
    if let Err(failure) = office.store.yield_lease(&lease, &replica.name).await {
        // It ends by itself.
        warn!(error = %chain(&failure), "the mailbox could not be given to another daemon");
    }
}

/// Returns when this daemon may watch no longer.
async fn lost(store: &Store, lease: &str, owner: &str, mut taken_at: Instant) {
    loop {
        tokio::time::sleep(SEEN_EVERY).await;
        let left = STOPS_AFTER.saturating_sub(taken_at.elapsed());
        // Before the question: the database counts from when it heard it, and the answer may have been long under way.
        let asked_at = Instant::now();
        match tokio::time::timeout(left, store.take_lease(lease, owner, LIVES_FOR)).await {
            Ok(Ok(Some(_))) => taken_at = asked_at,
            Ok(Ok(None)) | Err(_) => return,
            // The database may be back before the time is over.
            Ok(Err(_)) => {}
        }
    }
}

/// Since when this daemon surely is the only one that may watch; nothing when another does, or nobody knows.
async fn taken(store: &Store, lease: &str, owner: &str) -> Option<Instant> {
    let asked_at = Instant::now();
    match store.take_lease(lease, owner, LIVES_FOR).await {
        Ok(epoch) => epoch.map(|_| asked_at),
        Err(failure) => {
            warn!(error = %chain(&failure), "nobody could say whether another daemon watches");
            None
        }
    }
}
