//! A batch made durable by one flush. Flushing each of fifty files and the folders of their names takes ten times as long as
//! flushing one file that holds all fifty, and until that is done the mailbox waits.
//!
//! So a batch is written into a journal first, one file that is only added to, and flushed there. Then each content gets its file and
//! its name as ever, but is not flushed: after a power cut the next process of the same user that opens the vault finds the journal
//! and makes every file of it anew. When a journal has grown, and at an orderly end, the file system is flushed as a whole
//! and the journal is removed. A name that can be seen is therefore safe, by its own flush or by a journal.
//!
//! A journal belongs to the process that holds its lock, which the kernel ends with the process. Only the owner of the vault's folder
//! writes one: of what another user wrote nobody knows who will open the vault after a power cut, so each of its files is flushed.

mod recovery;

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::ops::Range;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use rustix::fs::{FlockOperation, flock, syncfs};
use rustix::process::geteuid;

use super::{Vault, VaultError, flush_folder, make_folder, writer};
use crate::basics::ids::ContentHash;
use crate::basics::text::chain;
use crate::io::failpoint::{self, Act};

pub(super) use recovery::recover;

/// Then a journal is done with: some thousand mails. After a kill or a power cut each of them is written once more.
const FULL_BYTES: u64 = 64 << 20;
/// Of a record before its content: the length, eight bytes, the highest first, then the SHA-256.
const LENGTH_BYTES: usize = 8;
const HASH_BYTES: usize = 32;
/// A longer record was not written by us: contents that are not short go their own way.
const LONGEST_RECORD: u64 = super::AT_ONCE_BYTES as u64;

/// Where the batches of this process go, once there was one.
#[derive(Debug, Default)]
pub(super) struct Journal(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    open: Option<Open>,
    /// What is being done with, beside the work.
    emptying: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Open {
    /// Locked.
    file: File,
    path: PathBuf,
    length_bytes: u64,
    /// The vault's folder, opened before anything was written: the kernel tells at a flush what failed since then.
    folder: File,
}

/// The records of one batch, as they are written.
pub(super) struct Records {
    bytes: Vec<u8>,
    contents: Vec<(ContentHash, Range<usize>)>,
}

impl Records {
    pub(super) fn of<B: AsRef<[u8]>>(contents: &[B]) -> Self {
        let sizes = contents
            .iter()
            .map(|content| content.as_ref().len() + LENGTH_BYTES + HASH_BYTES);
        let mut records = Self {
            bytes: Vec::with_capacity(sizes.sum()),
            contents: Vec::with_capacity(contents.len()),
        };
        for content in contents {
            let (content, hash) = (content.as_ref(), ContentHash::of(content.as_ref()));
            records.bytes.extend((content.len() as u64).to_be_bytes());
            records.bytes.extend(hash.as_bytes());
            let start = records.bytes.len();
            records.bytes.extend(content);
            records.contents.push((hash, start..records.bytes.len()));
        }
        records
    }

    /// The names, in the order given.
    pub(super) fn names(&self) -> Vec<ContentHash> {
        self.contents.iter().map(|(hash, _)| *hash).collect()
    }

    fn contents(&self) -> impl Iterator<Item = (ContentHash, &[u8])> {
        let content = |range: &Range<usize>| self.bytes.get(range.clone()).unwrap_or_default();
        self.contents
            .iter()
            .map(move |(hash, range)| (*hash, content(range)))
    }
}

impl Journal {
    /// Makes a batch durable, each content under its name.
    ///
    /// # Errors
    /// When a file could not be made; without a journal, on a full disk for example, each is flushed by itself.
    pub(super) fn put(&self, vault: &Vault, records: &Records) -> Result<(), VaultError> {
        // Held to the end: a journal is not removed while a name that relies on it is being made.
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let open = match state.open.take() {
            Some(open) => Ok(open),
            None => {
                // One that could not be emptied may be left; what it holds is not believed to be on the disk.
                if let Err(failure) = recover(vault) {
                    tracing::warn!(error = %chain(&failure), "a journal that was left behind could not be read");
                }
                begin(vault)
            }
        };
        match open.and_then(|open| open.add(vault, records)) {
            Ok(open) if open.length_bytes < FULL_BYTES => state.open = Some(open),
            Ok(full) => state.empty_beside_the_work(full),
            Err(failure) => {
                tracing::warn!(error = %chain(&failure), "there is no journal for a batch of mails: each is flushed by itself");
                return one_by_one(vault, records);
            }
        }
        Ok(())
    }

    /// Makes safe without a journal what was put up to now.
    ///
    /// # Errors
    /// When it could not be flushed: the journal stays for the next who opens the vault.
    pub(super) fn end(&self) -> Result<(), VaultError> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(earlier) = state.emptying.take() {
            earlier.join().ok();
        }
        state.open.take().map_or(Ok(()), Open::empty)
    }
}

impl State {
    fn empty_beside_the_work(&mut self, open: Open) {
        // One at a time: a disk that is slower than the mail makes the mail wait.
        if let Some(earlier) = self.emptying.take() {
            earlier.join().ok();
        }
        self.emptying = Some(std::thread::spawn(move || {
            if let Err(failure) = open.empty() {
                // It stays; the next journal that is begun, or whoever opens the vault, tries again.
                tracing::warn!(error = %chain(&failure), "a journal of mails could not be emptied");
            }
        }));
    }
}

impl Open {
    /// Adds a batch, then makes its files. After any failure the journal is added to no more, for what stands at its end is not
    /// known; what stands before is made safe without it.
    fn add(mut self, vault: &Vault, records: &Records) -> Result<Self, VaultError> {
        failpoint::before(Act::JournalWrite);
        // Crash while writing: the last record is not whole, and nobody relies on it.
        let written = self.file.write_all(&records.bytes);
        failpoint::after(Act::JournalWrite);
        failpoint::before(Act::JournalFlush);
        let written = written.and_then(|()| self.file.sync_data());
        failpoint::after(Act::JournalFlush);
        // Crash from here on: whoever opens the vault next makes these files.
        let added = written
            .map_err(VaultError::io("write", &self.path))
            .and_then(|()| {
                records
                    .contents()
                    .try_for_each(|(hash, content)| writer::place_unflushed(vault, hash, content))
            });
        if let Err(failure) = added {
            self.empty()?;
            return Err(failure);
        }
        self.length_bytes = self.length_bytes.saturating_add(records.bytes.len() as u64);
        Ok(self)
    }

    /// Flushes every file made since it was begun, and removes it.
    fn empty(self) -> Result<(), VaultError> {
        syncfs(self.folder.as_fd())
            .map_err(|error| VaultError::io("flush", &self.path)(error.into()))?;
        // Crash before this line: it is read once more, and everything is found as it should be.
        failpoint::before(Act::JournalRemoval);
        let removed = remove(&self.path);
        failpoint::after(Act::JournalRemoval);
        removed
    }

    /// Flushes what was made from it and keeps it for a person: something in it cannot be read, and no other copy may be left.
    fn keep(self) -> Result<(), VaultError> {
        syncfs(self.folder.as_fd())
            .map_err(|error| VaultError::io("flush", &self.path)(error.into()))?;
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let kept = self.path.with_file_name(format!("{DAMAGED}{name}"));
        // Crash before this line: it is read and told once more.
        std::fs::rename(&self.path, &kept).map_err(VaultError::io("rename to", &kept))?;
        tracing::error!(
            kept = %kept.display(),
            "a journal of mails is damaged and not all of it could be read: audit verify tells whether a mail is missing; keep the file until then"
        );
        kept.parent().map_or(Ok(()), flush_folder)
    }
}

/// How the name of a journal begins that is kept because not all of it can be read. Nobody reads it by itself again.
const DAMAGED: &str = "damaged-";

/// A new journal. It is locked before it has its name, so that nobody takes it for one that was left behind.
fn begin(vault: &Vault) -> Result<Open, VaultError> {
    let (file, unfinished) = vault.new_unfinished()?;
    let begun = name_it(vault, &file, &unfinished);
    // Both names are of one file; where there is only this one, it is of no use.
    std::fs::remove_file(&unfinished).ok();
    let (path, folder) = begun?;
    Ok(Open {
        file,
        path,
        length_bytes: 0,
        folder,
    })
}

fn name_it(vault: &Vault, file: &File, unfinished: &Path) -> Result<(PathBuf, File), VaultError> {
    let folder = vault.journals();
    make_folder(&folder)?;
    lock(file, unfinished)?;
    let name = unfinished
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let mut path = folder.join(&name);
    let mut count = 0_u32;
    failpoint::before(Act::JournalName);
    // A process of this number may have left one that could not be recovered: its name stays its own.
    while let Err(error) = std::fs::hard_link(unfinished, &path) {
        if error.kind() != ErrorKind::AlreadyExists {
            return Err(VaultError::io("link to", &path)(error));
        }
        count = count.saturating_add(1);
        path = folder.join(format!("{name}-{count}"));
    }
    flush_folder(&folder)?;
    flush_folder(&vault.root)?;
    // Crash from here on: an empty journal, which whoever opens the vault next removes.
    failpoint::after(Act::JournalName);
    let root = File::open(&vault.root).map_err(VaultError::io("open", &vault.root))?;
    Ok((path, root))
}

/// Whether whoever opens the vault after a power cut is most likely us.
pub(super) fn is_ours(root: &Path) -> bool {
    std::fs::metadata(root).is_ok_and(|data| data.uid() == geteuid().as_raw())
}

fn lock(file: &File, path: &Path) -> Result<(), VaultError> {
    flock(file.as_fd(), FlockOperation::NonBlockingLockExclusive)
        .map_err(|error| VaultError::io("lock", path)(error.into()))
}

fn remove(path: &Path) -> Result<(), VaultError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(VaultError::io("remove", path)(error))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The slow way: each file flushed, then the folders of their names. Also what can be seen already is written anew: it may be there
/// unflushed, by the journal that failed.
fn one_by_one(vault: &Vault, records: &Records) -> Result<(), VaultError> {
    for (hash, content) in records.contents() {
        writer::replace_flushed(vault, hash, content)?;
    }
    vault.flush_shards_of(&records.names())
}
