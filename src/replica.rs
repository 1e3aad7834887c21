//! One of several daemons on the same books: it says that it lives, takes over from those that do not, and watches a mailbox only
//! while no other does. With SQLite it is the only daemon there can be, and nothing of this is asked.
//!
//! Ownership saves work and connections; it is not what keeps a mail from being taken twice. Two owners for a moment, one of them
//! frozen, meet the same rows: the later commit of a place in the mailbox is refused by the row's version, and read again.

use std::path::Path;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::basics::text::chain;
use crate::config::Mailbox;
use crate::domain::job::Step;
use crate::io::fence::CLOSES_AFTER;
use crate::io::replica_mark;
use crate::io::store::{LIVES_FOR, Replica, SeenReplica, Store, StoreError, Unseen};
use crate::io::vault::Vault;
use crate::steps::{Office, StepError};
use crate::watch::watch_mailbox;

/// How often a daemon says that it lives, and asks for what it could watch.
const SEEN_EVERY: Duration = Duration::from_secs(10);
/// An owner that could not renew for so long stops before anybody else begins.
const STOPS_AFTER: Duration = CLOSES_AFTER;
/// A mail that a daemon was sending is another's when it was not seen for so long. It may only be frozen, or cut off, and know what
/// the relay said: time for a question to the database that is given up, and another. What it had not handed over by then its own
/// fence holds back.
const SENDING_FOR: Duration = Duration::from_secs(120);

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

/// Goes on where the daemon before on this data folder was killed, and says that this one lives. Our lock of the folder tells that
/// the other is dead: nothing of its work has to wait.
///
/// # Errors
/// What the disk or the store met.
pub async fn begin(office: &Office, data_folder: &Path, replica: &Replica) -> anyhow::Result<()> {
    if let Some(former) = replica_mark::read(data_folder)? {
        let jobs = office.store.succeed(&former).await?;
        if jobs > 0 {
            info!(
                jobs,
                "the daemon before this one was killed at work; it is done again"
            );
        }
    }
    // Crash up to here: the next one reads the same name. From here on: the next one reads ours, which holds nothing yet.
    replica_mark::write(data_folder, &replica.name)?;
    appear(office, replica).await?;
    Ok(())
}

/// Says that this daemon lives, and may send therefore.
async fn appear(office: &Office, replica: &Replica) -> Result<Instant, StoreError> {
    let asked_at = Instant::now();
    office.store.appear(replica.clone()).await?;
    office.mail_out.fence().opens(asked_at);
    Ok(asked_at)
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
    let mut heard = Heard::default();
    loop {
        match say_and_take_over(office, replica, &mut heard).await {
            Ok(0) => {}
            Ok(jobs) => {
                warn!(
                    jobs,
                    "another daemon ended without a word; its work goes on here and there"
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

/// Since when the books have heard of this daemon without a pause.
#[derive(Default)]
struct Heard {
    since: Option<Instant>,
    last: Option<Instant>,
}

impl Heard {
    fn at(&mut self, now: Instant) -> Duration {
        let paused = self
            .last
            .is_none_or(|last| now.duration_since(last) >= LIVES_FOR);
        self.last = Some(now);
        let since = match self.since {
            Some(since) if !paused => since,
            Some(_) | None => now,
        };
        self.since = Some(since);
        now.duration_since(since)
    }
}

/// Whose work is another's now, as one may say who was itself heard for so long.
fn unseen(heard_for: Duration) -> Vec<Unseen> {
    let step = Step::SendOutbound;
    let others = Unseen {
        span: LIVES_FOR,
        only: false,
        step,
    };
    let sending = Unseen {
        span: SENDING_FOR,
        only: true,
        step,
    };
    // When the database was away nobody was seen: whoever comes back first must not repeat what the others know the end of.
    let may_say = heard_for >= SENDING_FOR;
    [Some(others), may_say.then_some(sending)]
        .into_iter()
        .flatten()
        .collect()
}

async fn say_and_take_over(
    office: &Office,
    replica: &Replica,
    heard: &mut Heard,
) -> Result<u64, StoreError> {
    let heard_for = heard.at(appear(office, replica).await?);
    office.store.take_over(&unseen(heard_for)).await
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_another_was_sending_is_taken_over_only_by_whoever_was_heard_all_that_time() {
        let begin = Instant::now();
        let after = |seconds| begin + Duration::from_secs(seconds);
        let mut heard = Heard::default();
        let takes_mails = |heard_for| unseen(heard_for).iter().any(|one| one.only);
        for seconds in (0..120).step_by(10) {
            assert!(!takes_mails(heard.at(after(seconds))), "{seconds}");
        }
        assert!(takes_mails(heard.at(after(120))));
        // The database was away for as long as it takes to be called dead.
        assert!(!takes_mails(heard.at(after(150))));
        assert!(!takes_mails(heard.at(after(160))));
        assert_eq!(unseen(Duration::ZERO).len(), 1, "other work is not left");
    }
}
