//! Maildir folders: one file per message, names that are never reused, no server. For the demo, and for companies whose
//! mail server delivers to disk.
//!
//! A message comes into being in `tmp/`, is renamed to `new/`, and to `cur/` with its flags after a colon (`:2,S`) once it
//! was looked at. The part before the colon is its name for ever.

#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::disposition::Disposition;
use super::failpoint::{self, Act};
use super::remote::{Announced, Batch, Fetched, How, Marked, RemoteKey};
use crate::basics::calendar::Timestamp;
use crate::basics::ids::ContentHash;

/// Names taken from one look into a folder: what is beyond comes with the next look.
const MAX_LISTED: usize = 10_000;

/// Why a Maildir could not be used.
#[derive(thiserror::Error, Debug)]
pub enum MaildirError {
    /// The system refused.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder lacks `new` or `cur`: probably a wrong path.
    #[error("{} is no Maildir: it has no folder '{missing}'", path.display())]
    NotMaildir {
        /// As configured.
        path: PathBuf,
        /// Which of its three folders is missing.
        missing: &'static str,
    },
    /// Longer than the limit.
    #[error("message {uid} has {size_bytes} bytes, more than {limit_bytes}")]
    TooLong {
        /// Which message.
        uid: String,
        /// How long it is.
        size_bytes: u64,
        /// What was allowed.
        limit_bytes: u64,
    },
    /// A folder name that would leave the Maildir.
    #[error("'{name}' cannot name a folder of a Maildir")]
    FolderName {
        /// As configured.
        name: String,
    },
}

impl MaildirError {
    /// Disks heal; wrong paths do not.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Io { .. } => Disposition::Retry,
            Self::NotMaildir { .. } | Self::TooLong { .. } | Self::FolderName { .. } => {
                Disposition::AskPerson
            }
        }
    }

    /// It is about one file: damaged, somebody else's, or longer than it was.
    pub fn may_be_the_message(&self) -> bool {
        match self {
            Self::Io { .. } | Self::TooLong { .. } => true,
            Self::NotMaildir { .. } | Self::FolderName { .. } => false,
        }
    }

    fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}

/// A Maildir on disk.
#[derive(Clone, Debug)]
pub struct Maildir {
    path: PathBuf,
}

impl Maildir {
    /// One that must exist: a mailbox that is misspelt is not an empty mailbox.
    pub async fn open(path: &Path) -> Result<Self, MaildirError> {
        for missing in ["new", "cur"] {
            if !fs::try_exists(path.join(missing)).await.unwrap_or(false) {
                return Err(MaildirError::NotMaildir {
                    path: path.to_owned(),
                    missing,
                });
            }
        }
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// One that is made when missing.
    pub async fn create(path: &Path) -> Result<Self, MaildirError> {
        for folder in ["tmp", "new", "cur"] {
            let folder = path.join(folder);
            fs::create_dir_all(&folder)
                .await
                .map_err(MaildirError::io("create", &folder))?;
        }
        Ok(Self {
            path: path.to_owned(),
        })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of all messages, without a look at their files.
    pub async fn listed(&self) -> Result<Vec<RemoteKey>, MaildirError> {
        let mut found = Vec::new();
        for folder in ["new", "cur"] {
            let folder = self.path.join(folder);
            let failed = MaildirError::io("list", &folder);
            let mut entries = fs::read_dir(&folder).await.map_err(failed)?;
            loop {
                let failed = MaildirError::io("list", &folder);
                let Some(entry) = entries.next_entry().await.map_err(failed)? else {
                    break;
                };
                found.extend(entry.file_name().to_str().and_then(key_of));
            }
        }
        Ok(found)
    }

    /// Messages not yet known to the caller, oldest name first. A Maildir has no UIDNEXT, so the caller says what it knows.
    pub async fn new_messages(
        &self,
        known: impl Fn(&RemoteKey) -> bool,
    ) -> Result<Vec<Announced>, MaildirError> {
        let mut found = Vec::new();
        for folder in ["new", "cur"] {
            let folder = self.path.join(folder);
            let mut entries = fs::read_dir(&folder)
                .await
                .map_err(MaildirError::io("list", &folder))?;
            while let Some(entry) = entries
                .next_entry()
                .await
                .map_err(MaildirError::io("list", &folder))?
            {
                // A name that is not UTF-8 or begins with a dot is no message's (the Maildir manual page says so of dots).
                let Some(key) = entry.file_name().to_str().and_then(key_of) else {
                    continue;
                };
                if known(&key) || found.len() >= MAX_LISTED {
                    continue;
                }
                // One that is gone by now was moved by its owner.
                let Ok(data) = entry.metadata().await else {
                    continue;
                };
                let received_at = data
                    .modified()
                    .ok()
                    .and_then(|time| Timestamp::try_from(time).ok());
                if data.is_file() {
                    found.push(Announced {
                        key,
                        size_bytes: data.len(),
                        received_at,
                    });
                }
            }
        }
        found.sort_by(|a, b| a.key.cmp(&b.key));
        found.dedup_by(|a, b| a.key == b.key);
        Ok(found)
    }

    /// The messages with their bytes; what vanished since the announcement is `gone`.
    pub async fn fetch(
        &self,
        batch: &[Announced],
        limit_bytes: u64,
    ) -> Result<Batch, MaildirError> {
        let mut result = Batch::default();
        for announced in batch {
            let Some(path) = self.find(&announced.key).await? else {
                result.gone.push(announced.key.clone());
                continue;
            };
            match read_message(&path, &announced.key, limit_bytes).await {
                Ok(bytes) => result.fetched.push(Fetched {
                    key: announced.key.clone(),
                    bytes,
                }),
                Err(MaildirError::Io { source, .. }) if source.kind() == ErrorKind::NotFound => {
                    result.gone.push(announced.key.clone());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(result)
    }

    /// Marks messages as taken: the flag `S` in `cur/`, or into a subfolder of the Maildir++ form (`.Processed/cur`). May be
    /// repeated: one that is marked already, or gone, is done.
    pub async fn mark(&self, keys: &[RemoteKey], how: &How) -> Result<Marked, MaildirError> {
        let target = match how {
            How::Flag(_) => self.path.join("cur"),
            How::Move(name) => self.subfolder(name).await?,
        };
        let mut marked = Marked::default();
        for key in keys {
            if let Some(from) = self.find(key).await? {
                let to = target.join(seen_name(&from, key));
                failpoint::before(Act::MaildirMark);
                let moved = fs::rename(&from, &to).await;
                failpoint::after(Act::MaildirMark);
                if moved
                    .as_ref()
                    .is_err_and(|error| error.kind() != ErrorKind::NotFound)
                {
                    moved.map_err(MaildirError::io("move", &from))?;
                }
            }
            marked.done.push(key.clone());
        }
        Ok(marked)
    }

    /// Adds a message. The name comes from its content, so delivering the same message again, after a crash or on purpose,
    /// leaves one file. Returns where it is.
    pub async fn deliver(&self, message: &[u8]) -> Result<PathBuf, MaildirError> {
        self.deliver_once(ContentHash::of(message), message).await
    }

    /// Adds a message unless one was delivered under that name: of a mail whose bytes are not the same at each attempt, as
    /// its signature names the time, one file is left. Returns where it is.
    pub async fn deliver_once(
        &self,
        name: ContentHash,
        message: &[u8],
    ) -> Result<PathBuf, MaildirError> {
        let name = name.to_string();
        let key = RemoteKey {
            uid_validity: 0,
            uid: name.clone(),
        };
        if let Some(already) = self.find(&key).await? {
            return Ok(already);
        }
        let (unfinished, new) = (self.path.join("tmp").join(&name), self.path.join("new"));
        let path = new.join(&name);
        let mut file = fs::File::create(&unfinished)
            .await
            .map_err(MaildirError::io("create", &unfinished))?;
        file.write_all(message)
            .await
            .map_err(MaildirError::io("write", &unfinished))?;
        file.flush()
            .await
            .map_err(MaildirError::io("write", &unfinished))?;
        // Crash before the rename: a file in tmp/, overwritten by the repetition. After it: the message is there, whole.
        file.sync_all()
            .await
            .map_err(MaildirError::io("flush", &unfinished))?;
        failpoint::before(Act::MaildirDelivery);
        fs::rename(&unfinished, &path)
            .await
            .map_err(MaildirError::io("rename to", &path))?;
        failpoint::after(Act::MaildirDelivery);
        let folder = fs::File::open(&new)
            .await
            .map_err(MaildirError::io("open", &new))?;
        folder
            .sync_all()
            .await
            .map_err(MaildirError::io("flush", &new))?;
        Ok(path)
    }

    /// The file that holds this message now. Its owner's mail program may have moved it and changed its flags.
    async fn find(&self, key: &RemoteKey) -> Result<Option<PathBuf>, MaildirError> {
        let fresh = self.path.join("new").join(&key.uid);
        let plain = key_of(&key.uid).is_some_and(|same| same == *key);
        if !plain || fs::try_exists(&fresh).await.unwrap_or(false) {
            return Ok(plain.then_some(fresh));
        }
        let folder = self.path.join("cur");
        let mut entries = fs::read_dir(&folder)
            .await
            .map_err(MaildirError::io("list", &folder))?;
        while let Some(entry) = entries
            .next_entry()
            .await
            .map_err(MaildirError::io("list", &folder))?
        {
            if entry.file_name().to_str().and_then(key_of).as_ref() == Some(key) {
                return Ok(Some(entry.path()));
            }
        }
        Ok(None)
    }

    async fn subfolder(&self, name: &str) -> Result<PathBuf, MaildirError> {
        let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
        if !plain {
            return Err(MaildirError::FolderName {
                name: name.to_owned(),
            });
        }
        let folder = Self::create(&self.path.join(format!(".{name}"))).await?;
        Ok(folder.path.join("cur"))
    }
}

/// The message a file name stands for: what is before the colon. `None` for names that are no message's.
fn key_of(file_name: &str) -> Option<RemoteKey> {
    let uid = file_name.split(':').next().unwrap_or_default();
    let plain = !uid.is_empty() && !uid.starts_with('.') && !uid.contains(['/', '\0']);
    plain.then(|| RemoteKey {
        uid_validity: 0,
        uid: uid.to_owned(),
    })
}

/// The file's name with the flag `S` among its flags, which stand in alphabetical order.
fn seen_name(path: &Path, key: &RemoteKey) -> String {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let mut flags = name
        .split_once(":2,")
        .map(|(_, flags)| flags.chars().collect::<Vec<_>>())
        .unwrap_or_default();
    flags.push('S');
    flags.sort_unstable();
    flags.dedup();
    format!("{}:2,{}", key.uid, flags.into_iter().collect::<String>())
}

async fn read_message(
    path: &Path,
    key: &RemoteKey,
    limit_bytes: u64,
) -> Result<Vec<u8>, MaildirError> {
    let file = fs::File::open(path)
        .await
        .map_err(MaildirError::io("open", path))?;
    let mut bytes = Vec::new();
    let mut limited = file.take(limit_bytes.saturating_add(1));
    let read = limited
        .read_to_end(&mut bytes)
        .await
        .map_err(MaildirError::io("read", path))? as u64;
    if read > limit_bytes {
        return Err(MaildirError::TooLong {
            uid: key.uid.clone(),
            size_bytes: read,
            limit_bytes,
        });
    }
    Ok(bytes)
}
