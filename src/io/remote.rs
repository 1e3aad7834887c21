//! The shapes in which every kind of mailbox announces and hands over its mail.

use crate::basics::calendar::Timestamp;
use crate::config::AfterReading;

/// Larger messages are fetched alone, in windows of [`WINDOW_BYTES`], and never held whole in memory.
pub const SMALL_MESSAGE_BYTES: u64 = 1 << 20;
/// Measured: windows of 1 MiB cost 2 MiB of memory and are no slower than larger ones.
pub const WINDOW_BYTES: u32 = 1 << 20;
/// Batches beyond 50 messages are no faster.
pub const BATCH_MESSAGES: usize = 50;
/// What one batch may hold in memory.
pub const BATCH_BYTES: u64 = 8 << 20;

/// A message's name on its server. IMAP: UIDVALIDITY and UID in decimal (RFC 3501 section 2.3.1.1), together never
/// reused. Maildir: 0 and the unique part of the file name.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct RemoteKey {
    /// The mailbox's epoch; 0 for a Maildir.
    pub uid_validity: u32,
    /// The message within the epoch.
    pub uid: String,
}

impl RemoteKey {
    /// The UID as IMAP counts it; `None` for a Maildir's name.
    pub fn imap_uid(&self) -> Option<u32> {
        self.uid.parse().ok().filter(|uid| *uid > 0)
    }
}

/// A message the mailbox says it has.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Announced {
    /// Its name there.
    pub key: RemoteKey,
    /// RFC822.SIZE or the file's length. Some servers only estimate; 0 when the server does not know.
    pub size_bytes: u64,
    /// INTERNALDATE or the file's time: when the mailbox got it.
    pub received_at: Option<Timestamp>,
}

impl Announced {
    /// Small enough to be fetched whole, with others. One of no size is one whose size the server does not know.
    pub fn is_small(&self) -> bool {
        (1..=SMALL_MESSAGE_BYTES).contains(&self.size_bytes)
    }
}

/// A message with its bytes as they came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fetched {
    /// Its name in the mailbox.
    pub key: RemoteKey,
    /// The whole message.
    pub bytes: Vec<u8>,
}

/// What a batch brought.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Batch {
    /// Messages with their bytes.
    pub fetched: Vec<Fetched>,
    /// Announced, but taken away by someone before they were fetched.
    pub gone: Vec<RemoteKey>,
}

/// How a message that is stored and committed is marked in the mailbox. Nothing depends on the mark, and it may be repeated.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum How {
    /// An IMAP flag or keyword such as `\Seen`; in a Maildir always the flag `S`.
    Flag(String),
    /// Into this folder, which is made when missing.
    Move(String),
}

impl How {
    /// As configured; `None` when mail is left as it is.
    pub fn of(after_reading: &AfterReading) -> Option<Self> {
        match after_reading {
            AfterReading::Nothing => None,
            AfterReading::Flag(flag) => Some(Self::Flag(flag.clone())),
            AfterReading::Move(folder) => Some(Self::Move(folder.clone())),
        }
    }
}

/// What marking achieved.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Marked {
    /// Marked now or before, or no longer in the mailbox: nothing left to do.
    pub done: Vec<RemoteKey>,
    /// Still unmarked: ask again later.
    pub left: Vec<RemoteKey>,
}

/// Cuts announced messages into batches in their order; a message that is not small is a batch of its own.
pub fn batches(announced: &[Announced]) -> Vec<&[Announced]> {
    let mut batches = Vec::new();
    let mut rest = announced;
    while !rest.is_empty() {
        let mut bytes = 0_u64;
        let fits = |message: &&Announced| {
            bytes = bytes.saturating_add(message.size_bytes);
            message.is_small() && bytes <= BATCH_BYTES
        };
        let count = rest
            .iter()
            .take(BATCH_MESSAGES)
            .take_while(fits)
            .count()
            .max(1);
        let (batch, after) = rest.split_at(count);
        batches.push(batch);
        rest = after;
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced(size_bytes: u64) -> Announced {
        let key = RemoteKey {
            uid_validity: 1,
            uid: "1".to_owned(),
        };
        Announced {
            key,
            size_bytes,
            received_at: None,
        }
    }

    #[test]
    fn batches_keep_their_limits_and_leave_nothing_out() {
        let mut mails = vec![announced(1000); 120];
        mails.insert(10, announced(30 << 20));
        mails.insert(11, announced(0));
        mails.extend(vec![announced(1 << 20); 9]);
        let sizes = batches(&mails)
            .iter()
            .map(|batch| batch.len())
            .collect::<Vec<_>>();
        assert_eq!(sizes, [10, 1, 1, 50, 50, 17, 2]);
        assert!(batches(&[]).is_empty());
    }
}
