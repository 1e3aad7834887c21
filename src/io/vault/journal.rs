//! A batch made durable by one flush. Flushing each of fifty files and the folders of their names takes ten times as long as
//! flushing one file that holds all fifty, and until that is done the mailbox waits.
//!
//! So a batch is written into a journal first, one file that is only added to, and flushed there. Then each content gets its file and
//! its name as ever, but is not flushed: after a power cut the next process of the same user that opens the vault finds the journal
//! and makes anew what is missing or damaged. When a journal has grown, and at an orderly end, the file system is flushed as a whole
//! and the journal is removed. A name that can be seen is therefore safe, by its own flush or by a journal.
//!
//! A journal belongs to the process that holds its lock, which the kernel ends with the process. Only the owner of the vault's folder
//! writes one: of what another user wrote nobody knows who will open the vault after a power cut, so each of its files is flushed.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
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
use crate::io::limits::read_bytes;

/// Then a journal is done with: some thousand mails. It is read again after every stop, in a tenth of a second.
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
            None => begin(vault),
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
                // It stays; whoever opens the vault next tries again.
                tracing::warn!(error = %chain(&failure), "a journal of mails could not be emptied");
            }
        }));
    }
}

impl Open {
    /// Adds a batch, then makes its files. After any failure the journal is added to no more, for what stands at its end is not
    /// known; what stands before is made safe without it.
    fn add(mut self, vault: &Vault, records: &Records) -> Result<Self, VaultError> {
        failpoint::before(Act::VaultFlush);
        // Crash while writing: the last record is not whole, and nobody relies on it.
        let written = self.file.write_all(&records.bytes);
        let written = written.and_then(|()| self.file.sync_data());
        failpoint::after(Act::VaultFlush);
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
        remove(&self.path)
    }
}

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
    let root = File::open(&vault.root).map_err(VaultError::io("open", &vault.root))?;
    Ok((path, root))
}

/// What processes of ours that are gone have left behind is made good. Journals of those who live stay, and those of other users:
/// whoever only looks, as root, would make files that the daemon could not read.
///
/// # Errors
/// When a file could not be made again: the journal stays.
pub(super) fn recover(vault: &Vault) -> Result<(), VaultError> {
    let folder = vault.journals();
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if is_none_of_ours(error.kind()) => return Ok(()),
        Err(error) => return Err(VaultError::io("list", &folder)(error)),
    };
    for entry in entries {
        let path = entry.map_err(VaultError::io("list", &folder))?.path();
        match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => recover_one(vault, file, path)?,
            Err(error) if is_none_of_ours(error.kind()) => tell_unreadable(vault, &path),
            Err(error) => return Err(VaultError::io("open", &path)(error)),
        }
    }
    Ok(())
}

fn recover_one(vault: &Vault, mut file: File, path: PathBuf) -> Result<(), VaultError> {
    if lock(&file, &path).is_err() || !is_still(&file, &path) {
        return Ok(());
    }
    let owner = file.metadata().map_err(VaultError::io("look at", &path))?;
    if owner.uid() != geteuid().as_raw() {
        tell_left(&path, owner.uid());
        return Ok(());
    }
    let folder = File::open(&vault.root).map_err(VaultError::io("open", &vault.root))?;
    replay(vault, &mut file, &path)?;
    let done = Open {
        file,
        path,
        length_bytes: 0,
        folder,
    };
    done.empty()
}

/// The owner of the vault cannot read it, and it is nobody else's to read: a command of another user once left it.
fn tell_unreadable(vault: &Vault, path: &Path) {
    if let (true, Ok(data)) = (is_ours(&vault.root), std::fs::metadata(path)) {
        tell_left(path, data.uid());
    }
}

fn tell_left(path: &Path, user: u32) {
    tracing::warn!(
        journal = %path.display(),
        user,
        "mails in a journal wait for the user who wrote it to open this vault, by any command about the books"
    );
}

/// Whether whoever opens the vault after a power cut is most likely us.
pub(super) fn is_ours(root: &Path) -> bool {
    std::fs::metadata(root).is_ok_and(|data| data.uid() == geteuid().as_raw())
}

fn is_none_of_ours(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
    )
}

/// Whoever had it locked before may have removed it.
fn is_still(file: &File, path: &Path) -> bool {
    let here = file.metadata().map(|data| (data.dev(), data.ino()));
    let there = std::fs::metadata(path).map(|data| (data.dev(), data.ino()));
    matches!((here, there), (Ok(here), Ok(there)) if here == there)
}

/// Every record to its end; what follows a record that is not whole was never relied on.
fn replay(vault: &Vault, file: &mut File, path: &Path) -> Result<(), VaultError> {
    let mut made = 0_u32;
    while let Some((hash, content)) =
        next(file).map_err(|error| VaultError::io("read", path)(error))?
    {
        if read_bytes(&vault.path(hash), LONGEST_RECORD).is_ok_and(|there| there == content) {
            continue;
        }
        writer::replace_unflushed(vault, hash, &content)?;
        made = made.saturating_add(1);
    }
    if made > 0 {
        tracing::warn!(
            files = made,
            "mails were made again from the journal: the machine stopped before they were on the disk"
        );
    }
    Ok(())
}

fn next(file: &mut File) -> std::io::Result<Option<(ContentHash, Vec<u8>)>> {
    let (mut length, mut hash) = ([0; LENGTH_BYTES], [0; HASH_BYTES]);
    if !filled(file, &mut length)? || !filled(file, &mut hash)? {
        return Ok(None);
    }
    let length = u64::from_be_bytes(length);
    if length > LONGEST_RECORD {
        return Ok(None);
    }
    let mut content = vec![0; usize::try_from(length).unwrap_or_default()];
    let hash = ContentHash::from_digest(hash);
    let is_whole = filled(file, &mut content)? && ContentHash::of(&content) == hash;
    Ok(is_whole.then_some((hash, content)))
}

/// `false`: the file ends before.
fn filled(file: &mut File, bytes: &mut [u8]) -> std::io::Result<bool> {
    match file.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
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
