//! What the daemon asks of a mailbox: what is new, and its bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use imap_proto::{MailboxDatum, Response, ResponseCode};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::ImapAccount;
use super::connect::{Abilities, connect};
use super::error::ImapError;
use super::item::Item;
use super::runner::{Command, Done, Runner};
use super::uid_set::{chunks, uid_set};
use crate::formats::imap_name::{encode, quote};
use crate::io::remote::{Announced, Batch, Fetched, RemoteKey, WINDOW_BYTES};

/// A server may end a session that idles for 30 minutes (RFC 2177 section 3); networks forget a silent connection sooner.
const LONGEST_IDLE: Duration = Duration::from_secs(15 * 60);
/// Announcements taken at once, the lowest UIDs first: what is beyond comes with the next look. Some 2 MiB.
const MAX_ANNOUNCED: usize = 10_000;

/// A folder as the server described it on selection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Selected {
    /// The folder's epoch: under another one all UIDs mean other messages.
    pub uid_validity: u32,
    /// The lowest UID not yet given; servers may leave it out.
    pub uid_next: Option<u32>,
    /// Messages in the folder.
    pub exists: u32,
    /// Messages cannot be marked here.
    pub read_only: bool,
}

/// A logged-in connection. After any error it answers nothing but [`ImapError::Broken`]: drop it and connect again.
pub struct ImapSession {
    pub(super) runner: Runner,
    pub(super) abilities: Abilities,
    uid_validity: u32,
}

/// A part of a message.
enum Window {
    /// What stands there; nothing behind the end.
    Bytes(Vec<u8>),
    /// The server names the message and gives NIL.
    Withheld,
    /// It says nothing of it.
    Gone,
}

impl ImapSession {
    /// Connects and logs in.
    pub async fn connect(account: &ImapAccount) -> Result<Self, ImapError> {
        let (runner, abilities) = connect(account).await?;
        Ok(Self {
            runner,
            abilities,
            uid_validity: 0,
        })
    }

    /// Opens a folder. UIDVALIDITY is told only here: select again before each look for new mail.
    pub async fn select(&mut self, folder: &str) -> Result<Selected, ImapError> {
        let text = format!("SELECT {}", folder_argument(folder)?);
        let (mut uid_validity, mut uid_next, mut exists) = (None, None, None);
        let each = |response: &Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Exists(count)) = response {
                exists = Some(*count);
            }
            if let Response::Data { outcome, .. } | Response::Done { outcome, .. } = response {
                match outcome.code {
                    Some(ResponseCode::UidValidity(epoch)) => uid_validity = Some(epoch),
                    Some(ResponseCode::UidNext(uid)) => uid_next = Some(uid),
                    _ => {}
                }
            }
        };
        let done = self.runner.run(Command::new("SELECT", &text), each).await?;
        let read_only = matches!(done, Done::Ok { read_only: true });
        let no_epoch = || ImapError::NoUidValidity {
            folder: folder.to_owned(),
        };
        self.runner.forget_growth();
        self.uid_validity = uid_validity
            .filter(|epoch| *epoch > 0)
            .ok_or_else(no_epoch)?;
        let exists = exists.unwrap_or_default();
        Ok(Selected {
            uid_validity: self.uid_validity,
            uid_next,
            exists,
            read_only,
        })
    }

    /// The name of every message in the folder, in their order. A number each: a mailbox of a million takes some 8 MiB.
    pub async fn all_keys(&mut self) -> Result<Vec<RemoteKey>, ImapError> {
        let mut uids = BTreeSet::new();
        let each = |response: &Response<'_>| uids.extend(Item::of(response).map(|item| item.uid));
        let command = Command::new("UID FETCH", "UID FETCH 1:* (UID)");
        self.runner.run(command, each).await?;
        Ok(uids.into_iter().map(|uid| self.key(uid)).collect())
    }

    /// These messages, as far as they are still there.
    pub async fn announce(&mut self, keys: &[RemoteKey]) -> Result<Vec<Announced>, ImapError> {
        let mut announced = Vec::new();
        for some in chunks(&self.uids(keys)) {
            announced.extend(
                self.announced(&uid_set(some), |uid| some.contains(&uid))
                    .await?,
            );
        }
        Ok(announced)
    }

    /// Messages with UIDs from `from` on, in their order, at most 10,000.
    pub async fn new_uids(&mut self, from: u32) -> Result<Vec<Announced>, ImapError> {
        // "n:*" names the last message even when its UID is below n (RFC 3501 section 6.4.8).
        self.announced(&format!("{}:*", from.max(1)), |uid| uid >= from)
            .await
    }

    async fn announced(
        &mut self,
        set: &str,
        is_asked_for: impl Fn(u32) -> bool,
    ) -> Result<Vec<Announced>, ImapError> {
        let text = format!("UID FETCH {set} (UID RFC822.SIZE INTERNALDATE)");
        let mut found = BTreeMap::new();
        let each = |response: &Response<'_>| {
            let Some(item) = Item::of(response) else {
                return;
            };
            if is_asked_for(item.uid) {
                found.insert(item.uid, (item.size_bytes, item.received_at));
            }
            if found.len() > MAX_ANNOUNCED {
                found.pop_last();
            }
        };
        self.runner
            .run(Command::new("UID FETCH", &text), each)
            .await?;
        let announced = found
            .into_iter()
            .map(|(uid, (size_bytes, received_at))| Announced {
                key: self.key(uid),
                size_bytes: size_bytes.unwrap_or_default(),
                received_at,
            });
        Ok(announced.collect())
    }

    /// The messages of one of [`crate::io::remote::batches`], small ones, with their bytes. Accepted only as a whole, with the
    /// server's OK; what is missing in its answer is gone. One of which it gives no content is an error.
    pub async fn fetch(&mut self, batch: &[Announced]) -> Result<Batch, ImapError> {
        let uids = self.uids(batch.iter().map(|announced| &announced.key));
        let (mut bodies, mut withheld) = (BTreeMap::new(), None);
        for some in chunks(&uids) {
            let text = format!("UID FETCH {} (UID BODY.PEEK[])", uid_set(some));
            let each = |response: &Response<'_>| {
                let Some(item) = Item::of(response) else {
                    return;
                };
                if let Some(body) = item.body {
                    bodies.insert(item.uid, body.to_vec());
                } else if item.withholds {
                    withheld = Some(item.uid);
                }
            };
            self.runner
                .run(Command::new("UID FETCH", &text), each)
                .await?;
        }
        if let Some(uid) = withheld {
            let uid = uid.to_string();
            return Err(ImapError::Withheld { uid });
        }
        let mut result = Batch::default();
        for announced in batch {
            match self.uid(&announced.key).and_then(|uid| bodies.remove(&uid)) {
                Some(bytes) => result.fetched.push(Fetched {
                    key: announced.key.clone(),
                    bytes,
                }),
                None => result.gone.push(announced.key.clone()),
            }
        }
        Ok(result)
    }

    /// Streams one large message in windows of 1 MiB, so that it is never whole in memory. `Some(length)` when it came to its
    /// end; `None` when it is gone, and what was written so far is to be thrown away.
    pub async fn fetch_to(
        &mut self,
        announced: &Announced,
        limit_bytes: u64,
        sink: &mut (impl AsyncWrite + Unpin),
    ) -> Result<Option<u64>, ImapError> {
        let Some(uid) = self.uid(&announced.key) else {
            return Ok(None);
        };
        let name = || announced.key.uid.clone();
        let mut offset = 0_u32;
        loop {
            let window = self.window(uid, offset).await?;
            let so_far = u64::from(offset);
            let bytes = match window {
                Window::Bytes(bytes) => bytes,
                Window::Gone => return Ok(None),
                // The end is an empty window. A server that says NIL there means the same, if nothing is missing.
                Window::Withheld if so_far > 0 && so_far >= announced.size_bytes => {
                    return Ok(Some(so_far));
                }
                Window::Withheld => return Err(ImapError::Withheld { uid: name() }),
            };
            let next = u32::try_from(bytes.len())
                .ok()
                .and_then(|length| offset.checked_add(length));
            let total = next.map(u64::from).filter(|total| *total <= limit_bytes);
            let Some((next, _)) = next.zip(total) else {
                return Err(ImapError::TooLong {
                    uid: name(),
                    limit_bytes,
                });
            };
            if next == offset {
                return Ok(Some(so_far));
            }
            let written = sink.write_all(&bytes).await;
            written.map_err(|source| ImapError::Sink {
                uid: name(),
                source,
            })?;
            offset = next;
        }
    }

    /// Whether the server can tell of new mail by itself (IDLE, RFC 2177).
    pub fn can_wait(&self) -> bool {
        self.abilities.has("IDLE")
    }

    /// Waits until the selected folder has grown since it was selected, at most so long. Mail that came during another command
    /// ends the wait at once. It only wakes: what is new is told by the next look.
    ///
    /// # Errors
    /// As any command; a session whose waiter gave up early is broken.
    pub async fn wait_for_news(&mut self, at_most: Duration) -> Result<(), ImapError> {
        if self.runner.has_grown() {
            return Ok(());
        }
        self.runner.idle(at_most.min(LONGEST_IDLE)).await
    }

    /// Says good-bye. What the server answers no longer matters.
    pub async fn logout(mut self) {
        self.runner
            .ask(Command::new("LOGOUT", "LOGOUT"), |_| {})
            .await
            .ok();
    }

    async fn window(&mut self, uid: u32, offset: u32) -> Result<Window, ImapError> {
        let text = format!("UID FETCH {uid} (UID BODY.PEEK[]<{offset}.{WINDOW_BYTES}>)");
        let mut window = Window::Gone;
        let each = |response: &Response<'_>| {
            let item = Item::of(response).filter(|item| item.uid == uid);
            let Some(item) = item else { return };
            if let Some(body) = item.body {
                window = Window::Bytes(body.to_vec());
            } else if item.withholds {
                window = Window::Withheld;
            }
        };
        self.runner
            .run(Command::new("UID FETCH", &text), each)
            .await?;
        Ok(window)
    }

    pub(super) fn key(&self, uid: u32) -> RemoteKey {
        RemoteKey {
            uid_validity: self.uid_validity,
            uid: uid.to_string(),
        }
    }

    /// The UID in the selected folder; `None` for a name of another epoch.
    pub(super) fn uid(&self, key: &RemoteKey) -> Option<u32> {
        key.imap_uid()
            .filter(|_| key.uid_validity == self.uid_validity)
    }

    pub(super) fn uids<'k>(&self, keys: impl IntoIterator<Item = &'k RemoteKey>) -> Vec<u32> {
        let uids = keys
            .into_iter()
            .filter_map(|key| self.uid(key))
            .collect::<BTreeSet<_>>();
        uids.into_iter().collect()
    }
}

pub(super) fn folder_argument(folder: &str) -> Result<String, ImapError> {
    let quoted = encode(folder).and_then(|encoded| quote(&encoded));
    quoted.ok_or_else(|| ImapError::Unspeakable {
        purpose: "a folder name",
        text: folder.to_owned(),
    })
}
