//! Places where a crash test lets the program die as by kill -9: before and after every commit and every effect.
//!
//! A build without debug assertions, as a release is, has neither the places nor the option that chooses one: nobody can ask a
//! daemon at work to die.

use crate::words;

words! {
    /// What is committed, or done to the world. What is new here is new in the crash tests, which fail until they met it.
    pub enum Act {
        /// A transaction with changes of the business in it.
        Commit = "commit",
        /// A transaction about the queue alone: jobs leased, put back, added; looks noted.
        Queue = "queue",
        /// The tables, made.
        Migration = "migration",
        /// The key of the approval tokens, made.
        Key = "key",
        /// The bytes of a mail, under their name.
        VaultFile = "vault-file",
        /// The names of several, safe from a power cut.
        VaultFlush = "vault-flush",
        /// A journal of mails, under its name.
        JournalName = "journal-name",
        /// A batch, written into it.
        JournalWrite = "journal-write",
        /// The batch, safe from a power cut.
        JournalFlush = "journal-flush",
        /// A journal that is done with, away.
        JournalRemoval = "journal-removal",
        /// The bytes of mails in the database, for all machines.
        ShelfCommit = "shelf-commit",
        /// The bytes of a mail in a bucket.
        BucketObject = "bucket-object",
        /// Those of a long one, after its pieces.
        BucketUpload = "bucket-upload",
        /// A refresh token, under its name.
        TokenFile = "token-file",
        /// Which daemon works on this data folder.
        ReplicaMark = "replica-mark",
        /// A mail of ours, written into a local folder.
        MaildirDelivery = "maildir-delivery",
        /// A mail marked in a local folder.
        MaildirMark = "maildir-mark",
        /// Mails marked on an IMAP server.
        ImapMark = "imap-mark",
        /// A mail of ours announced to the relay: sender, recipient, DATA.
        SmtpEnvelope = "smtp-envelope",
        /// Its content, handed over.
        SmtpContent = "smtp-content",
        /// A file for the bank, under its name.
        PaymentFile = "payment-file",
        /// A backup, under its name.
        BackupFile = "backup-file",
        /// The mark of restored books, away: everybody was told.
        RestoreMark = "restore-mark",
        /// The mark of books that were moved to a server.
        MovedMark = "moved-mark",
        /// A document a person saves, under its name.
        SavedFile = "saved-file",
    }
}

words! {
    /// On which side of it.
    pub enum Side {
        /// Nothing has happened.
        Before = "before",
        /// It has happened, and nobody wrote it down.
        After = "after",
    }
}

/// Dies here when the test wants it.
#[inline]
pub(crate) fn before(act: Act) {
    reached(act, Side::Before);
}

/// Dies here when the test wants it.
#[inline]
pub(crate) fn after(act: Act) {
    reached(act, Side::After);
}

#[cfg(not(debug_assertions))]
#[inline]
fn reached(_: Act, _: Side) {}

#[cfg(debug_assertions)]
pub use armed::{Death, arm};

#[cfg(debug_assertions)]
use armed::reached;

#[cfg(debug_assertions)]
mod armed {
    use std::str::FromStr;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    use rustix::process::{Signal, getpid, kill_process};

    use super::{Act, Side};

    /// Where to die: `commit.after:3` at the third commit, once it is durable; `nowhere` only tells which places are met.
    #[derive(Clone, Copy, PartialEq, Eq, Debug)]
    pub struct Death(Option<(Act, Side, u64)>);

    impl FromStr for Death {
        type Err = &'static str;

        fn from_str(text: &str) -> Result<Self, Self::Err> {
            if text == "nowhere" {
                return Ok(Self(None));
            }
            let parts = text.split_once(':').and_then(|(place, nth)| {
                let (act, side) = place.split_once('.')?;
                Some((Act::parse(act)?, Side::parse(side)?, nth.parse().ok()?))
            });
            parts
                .map(|place| Self(Some(place)))
                .ok_or("a place and how often it was met: commit.after:3")
        }
    }

    struct Armed {
        death: Death,
        met: AtomicU64,
    }

    static ARMED: OnceLock<Armed> = OnceLock::new();

    /// From now on every place that is met is told on standard error, and the chosen one kills. Once, before anything is begun.
    pub fn arm(death: Death) {
        let met = AtomicU64::new(0);
        ARMED.get_or_init(|| Armed { death, met });
    }

    pub(super) fn reached(act: Act, side: Side) {
        let Some(Armed { death, met }) = ARMED.get() else {
            return;
        };
        eprintln!("met {act}.{side}");
        if let Death(Some((fatal_act, fatal_side, nth))) = death
            && (act, side) == (*fatal_act, *fatal_side)
            && met.fetch_add(1, Ordering::Relaxed) + 1 == *nth
        {
            // Not abort: no handler runs, nothing is flushed, no core is written.
            kill_process(getpid(), Signal::KILL).ok();
            std::process::abort();
        }
    }
}
