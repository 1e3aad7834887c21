//! Raw bytes by their SHA-256: what came from outside, kept as it came. A name says what the file must hold, so storing
//! twice is harmless and damage is noticed. Files lie in `sha256/ab/<64 hex digits>`, where `sha256sum` can check them.
//!
//! A caller may write the hash into its database only after `put` or `finish` returned: then the bytes survive a power cut.

mod files;
mod journal;
mod shelf;
mod writer;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::disposition::Disposition;
use super::failpoint::{self, Act};
use super::folder::flush_names;
use crate::basics::ids::ContentHash;

use journal::{Journal, Records};

pub use shelf::Shelf;
#[cfg(feature = "object-store")]
pub use shelf::{Bucket, BucketError, Tried};
pub use writer::VaultWriter;

/// Files of one batch flushed at the same time: the file system then writes its journal once for several.
const FLUSHED_TOGETHER: usize = 8;
/// What is no longer than this is copied and written in one go on another thread; the rest is written piece by piece.
const AT_ONCE_BYTES: usize = 1 << 20;
/// So many short contents or more are made durable together, by a journal.
const BATCH: usize = 4;
/// Mail is confidential: only the daemon's own user may read it.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;

/// Why bytes could not be stored or read back.
#[derive(thiserror::Error, Debug)]
pub enum VaultError {
    /// The system refused: a full disk, a lost mount.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The shelf all replicas share does not answer.
    #[error("cannot {doing} the shared shelf")]
    Shared {
        /// What was attempted.
        doing: &'static str,
        /// What the database or the bucket said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Nothing is stored under this hash.
    #[error("{hash} is not in the vault")]
    Missing {
        /// What was asked for.
        hash: ContentHash,
    },
    /// The file does not hold what its name says: the disk or someone changed it.
    #[error("{hash} is damaged: its content has the hash {found}")]
    Damaged {
        /// What was asked for.
        hash: ContentHash,
        /// What is there.
        found: ContentHash,
    },
    /// Where all machines look for it, it is lost or damaged.
    #[error("on the shelf of all machines")]
    OnShelf {
        /// Which of both.
        source: Box<Self>,
    },
    /// Longer than the caller wants to take.
    #[error("{hash} is longer than {limit_bytes} bytes")]
    TooLong {
        /// What was asked for.
        hash: ContentHash,
        /// What was allowed.
        limit_bytes: u64,
    },
}

impl VaultError {
    /// A full disk is made room on; lost or damaged evidence needs a person.
    pub fn disposition(&self) -> Disposition {
        match self {
            Self::Io { .. } | Self::Shared { .. } => Disposition::Retry,
            Self::Missing { .. }
            | Self::Damaged { .. }
            | Self::OnShelf { .. }
            | Self::TooLong { .. } => Disposition::AskPerson,
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

/// A folder of files named by content. Clones share it; several processes may, too. With a shelf, what is put here is put there
/// as well, and what is missing here is brought from there.
#[derive(Clone, Debug)]
pub struct Vault {
    root: Arc<Path>,
    journal: Arc<Journal>,
    shelf: Option<Shelf>,
}

impl Vault {
    /// Opens the vault in `root`, making the folders that are missing.
    pub async fn open(root: &Path) -> Result<Self, VaultError> {
        let vault = Self {
            root: root.into(),
            journal: Arc::default(),
            shelf: None,
        };
        let (folders, root) = ([vault.files(), vault.unfinished()], root.to_owned());
        let opened = vault.clone();
        blocking(move || {
            for folder in [&root].into_iter().chain(&folders) {
                make_folder(folder)?;
            }
            // A crash before these two: the folders may be gone after a power cut, and are made again by the next open.
            flush_folder(&root)?;
            let parent = root.parent();
            parent
                .filter(|parent| !parent.as_os_str().is_empty())
                .map_or(Ok(()), flush_folder)?;
            journal::recover(&opened)
        })
        .await?;
        Ok(vault)
    }

    /// Stores bytes and returns their name, once they are durable.
    pub async fn put(&self, bytes: &[u8]) -> Result<ContentHash, VaultError> {
        let hashes = self.put_all(&[bytes]).await?;
        Ok(hashes
            .first()
            .copied()
            .unwrap_or_else(|| ContentHash::of(bytes)))
    }

    /// Stores several and flushes them together: for a batch of fetched mails. The names come in the order given.
    pub async fn put_all<B: AsRef<[u8]>>(
        &self,
        contents: &[B],
    ) -> Result<Vec<ContentHash>, VaultError> {
        let are_short = contents
            .iter()
            .all(|bytes| bytes.as_ref().len() <= AT_ONCE_BYTES);
        let hashes = if are_short && contents.len() >= BATCH && self.is_ours().await? {
            let (vault, records) = (self.clone(), Records::of(contents));
            blocking(move || {
                vault.journal.put(&vault, &records)?;
                Ok(records.names())
            })
            .await?
        } else {
            self.put_each(contents).await?
        };
        self.share(&hashes).await?;
        Ok(hashes)
    }

    async fn is_ours(&self) -> Result<bool, VaultError> {
        let root = self.root.clone();
        blocking(move || Ok(journal::is_ours(&root))).await
    }

    /// An orderly end: nothing is left in a journal. What is put afterwards begins a new one.
    ///
    /// # Errors
    /// What the system said; whoever opens the vault next finds the journal.
    pub async fn close(&self) -> Result<(), VaultError> {
        let journal = self.journal.clone();
        blocking(move || journal.end()).await
    }

    /// Each flushed by itself, and then each folder once.
    async fn put_each<B: AsRef<[u8]>>(
        &self,
        contents: &[B],
    ) -> Result<Vec<ContentHash>, VaultError> {
        let work = contents
            .iter()
            .map(|bytes| self.place(bytes.as_ref()).boxed());
        let work: Vec<BoxFuture<'_, Result<ContentHash, VaultError>>> = work.collect();
        let hashes: Vec<ContentHash> = stream::iter(work)
            .buffered(FLUSHED_TOGETHER)
            .try_collect()
            .await?;
        // Crash up to here: some files may be there without a row. They are orphans, and are met again when the batch repeats.
        self.flush_folders_of(&hashes).await?;
        Ok(hashes)
    }

    /// Everything but flushing the folder of its name.
    async fn place(&self, bytes: &[u8]) -> Result<ContentHash, VaultError> {
        if bytes.len() <= AT_ONCE_BYTES {
            let (vault, bytes) = (self.clone(), bytes.to_vec());
            return blocking(move || writer::place_at_once(&vault, &bytes)).await;
        }
        let mut writer = self.writer(u64::MAX).await?;
        writer.push(bytes).await?;
        writer.place().await
    }

    /// A message that comes in pieces and is never whole in memory. Beyond `limit_bytes` writing fails and nothing is kept.
    pub async fn writer(&self, limit_bytes: u64) -> Result<VaultWriter, VaultError> {
        VaultWriter::begin(self.clone(), limit_bytes).await
    }

    /// The bytes of that name, checked; refused beyond `limit_bytes`.
    pub async fn get(&self, hash: ContentHash, limit_bytes: u64) -> Result<Vec<u8>, VaultError> {
        let path = self.brought(hash).await?;
        blocking(move || {
            let file = std::fs::File::open(&path).map_err(not_opened(&path, hash))?;
            let length = file.metadata().map_or(0, |data| data.len());
            // Room for all of it at once: growing step by step would hold a large mail twice for a moment.
            let room = usize::try_from(length.min(limit_bytes)).unwrap_or_default();
            let mut bytes = Vec::with_capacity(room.saturating_add(1));
            let mut limited = file.take(limit_bytes.saturating_add(1));
            limited
                .read_to_end(&mut bytes)
                .map_err(VaultError::io("read", &path))?;
            if bytes.len() as u64 > limit_bytes {
                return Err(VaultError::TooLong { hash, limit_bytes });
            }
            expect(hash, ContentHash::of(&bytes))?;
            Ok(bytes)
        })
        .await
    }

    /// Checks that the bytes of that name are there and unchanged, holding little of them in memory; with a shelf, that they are
    /// there, too.
    pub async fn verify(&self, hash: ContentHash) -> Result<(), VaultError> {
        if let Some(shelf) = &self.shelf {
            shelf.verify(hash).await?;
        }
        let path = self.brought(hash).await?;
        let mut file = fs::File::open(&path)
            .await
            .map_err(not_opened(&path, hash))?;
        let mut digest = Sha256::new();
        let mut chunk = vec![0_u8; 256 * 1024];
        loop {
            let read = file
                .read(&mut chunk)
                .await
                .map_err(VaultError::io("read", &path))?;
            let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            digest.update(bytes);
        }
        expect(hash, ContentHash::from_digest(digest.finalize().into()))
    }

    /// How many bytes are stored under that name; `None` when there are none.
    pub async fn size(&self, hash: ContentHash) -> Result<Option<u64>, VaultError> {
        let path = self.path(hash);
        match (fs::metadata(&path).await, &self.shelf) {
            (Ok(file), _) => Ok(Some(file.len())),
            (Err(error), Some(shelf)) if error.kind() == ErrorKind::NotFound => {
                shelf.size(hash).await
            }
            (Err(error), None) if error.kind() == ErrorKind::NotFound => Ok(None),
            (Err(error), _) => Err(VaultError::io("look for", &path)(error)),
        }
    }

    /// Where the bytes of that name lie on this machine.
    pub fn path(&self, hash: ContentHash) -> PathBuf {
        let name = hash.to_string();
        let shard = name.chars().take(2).collect::<String>();
        self.files().join(shard).join(name)
    }

    /// A name for what is not finished yet: the daemon removes what is left of it after a day.
    pub fn unfinished_file(&self, name: &str) -> PathBuf {
        self.unfinished().join(name)
    }

    /// Whether anything can be written, tried: a database on a disk that cannot be written says less about it, and later.
    ///
    /// # Errors
    /// What the system said.
    pub async fn try_writing(&self) -> Result<(), VaultError> {
        let vault = self.clone();
        blocking(move || {
            let (_, path) = vault.new_unfinished()?;
            std::fs::remove_file(&path).map_err(VaultError::io("remove", &path))
        })
        .await
    }

    fn files(&self) -> PathBuf {
        self.root.join("sha256")
    }

    fn unfinished(&self) -> PathBuf {
        self.root.join("unfinished")
    }

    fn journals(&self) -> PathBuf {
        self.root.join("journal")
    }

    /// A name no other writer has: process and count; a leftover of an earlier process with this number is skipped.
    fn new_unfinished(&self) -> Result<(std::fs::File, PathBuf), VaultError> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = self
                .unfinished()
                .join(format!("{}-{count}", std::process::id()));
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true).mode(FILE_MODE);
            match options.open(&path) {
                Ok(file) => return Ok((file, path)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(VaultError::io("create", &path)(error)),
            }
        }
    }

    async fn flush_folders_of(&self, hashes: &[ContentHash]) -> Result<(), VaultError> {
        let (vault, hashes) = (self.clone(), hashes.to_vec());
        blocking(move || vault.flush_shards_of(&hashes)).await
    }

    fn flush_shards_of(&self, hashes: &[ContentHash]) -> Result<(), VaultError> {
        let shards = hashes
            .iter()
            .filter_map(|hash| self.path(*hash).parent().map(Path::to_owned));
        let shards: BTreeSet<PathBuf> = shards.collect();
        // The shards' own names too: another writer may have made one a moment ago and not have come this far.
        let all = self.files();
        failpoint::before(Act::VaultFlush);
        shards
            .iter()
            .chain([&all])
            .try_for_each(|folder| flush_folder(folder))?;
        failpoint::after(Act::VaultFlush);
        Ok(())
    }
}

/// A short piece of work on files, on a thread that may wait: one change of threads for all of it, not one a call.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<T, VaultError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        // The work asserts what is a bug; only the end of the program cancels it.
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(cancelled) => Err(VaultError::Io {
                doing: "work on",
                path: PathBuf::new(),
                source: std::io::Error::other(cancelled),
            }),
        },
    }
}

fn expect(hash: ContentHash, found: ContentHash) -> Result<(), VaultError> {
    if found == hash {
        Ok(())
    } else {
        Err(VaultError::Damaged { hash, found })
    }
}

fn not_opened(path: &Path, hash: ContentHash) -> impl FnOnce(std::io::Error) -> VaultError {
    let failed = VaultError::io("open", path);
    move |error| {
        if error.kind() == ErrorKind::NotFound {
            VaultError::Missing { hash }
        } else {
            failed(error)
        }
    }
}

/// Makes a folder and its missing parents, readable by us alone; true for one that is there already.
fn make_folder(path: &Path) -> Result<(), VaultError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(FOLDER_MODE);
    builder.create(path).map_err(VaultError::io("create", path))
}

/// Makes the names in a folder durable: without it a renamed file can be gone after a power cut.
fn flush_folder(path: &Path) -> Result<(), VaultError> {
    flush_names(path).map_err(VaultError::io("flush", path))
}
