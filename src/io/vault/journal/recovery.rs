//! What processes that are gone have left in their journals.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use rustix::io::retry_on_intr;
use rustix::process::geteuid;

use super::super::{Vault, VaultError, writer};
use super::{HASH_BYTES, LENGTH_BYTES, LONGEST_RECORD, Open, is_ours, lock};
use crate::basics::ids::ContentHash;
use crate::io::limits::read_bytes;

/// What processes of ours that are gone have left behind is made good. Journals of those who live stay, and those of other users:
/// whoever only looks, as root, would make files that the daemon could not read.
///
/// # Errors
/// When a file could not be made again: the journal stays.
pub(in super::super) fn recover(vault: &Vault) -> Result<(), VaultError> {
    let folder = vault.journals();
    let alone = match File::open(&folder) {
        Ok(alone) => alone,
        Err(error) if is_none_of_ours(error.kind()) => return Ok(()),
        Err(error) => return Err(VaultError::io("open", &folder)(error)),
    };
    // Another process may be at it: what it holds locked is not a living one's, and its mails are not there yet.
    if retry_on_intr(|| flock(alone.as_fd(), FlockOperation::LockExclusive)).is_err() {
        // A file system without locks has no journals.
        return Ok(());
    }
    let entries = std::fs::read_dir(&folder).map_err(VaultError::io("list", &folder))?;
    for entry in entries {
        let path = entry.map_err(VaultError::io("list", &folder))?.path();
        if !has_name_of_journal(&path) {
            continue;
        }
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
    let is_whole = replay(vault, &mut file, &path)?;
    let done = Open {
        file,
        path,
        length_bytes: 0,
        folder,
    };
    if is_whole { done.empty() } else { done.keep() }
}

/// Begins with the number of a process, see `Vault::new_unfinished`.
fn has_name_of_journal(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    name.first().is_some_and(u8::is_ascii_digit)
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

/// What stands in a journal next.
enum Next {
    Record(ContentHash, Vec<u8>),
    /// As long as a record, and its content is not what its hash says.
    Damaged,
    /// No length of ours: where the next record begins is not known.
    Lost,
    /// The end, also in the middle of the record that was being written last: nobody relied on it.
    End,
}

/// Every record that can be read, also behind one that cannot; whether all of them could. What is there already is not believed:
/// after a flush that failed a damaged file reads well from memory until the power goes.
fn replay(vault: &Vault, file: &mut File, path: &Path) -> Result<bool, VaultError> {
    let (mut made, mut is_whole) = (0_u32, true);
    loop {
        match next(file).map_err(|error| VaultError::io("read", path)(error))? {
            Next::Record(hash, content) => {
                let there = read_bytes(&vault.path(hash), LONGEST_RECORD);
                made = made.saturating_add(u32::from(!there.is_ok_and(|there| there == content)));
                writer::replace_unflushed(vault, hash, &content)?;
            }
            Next::Damaged => is_whole = false,
            Next::Lost => {
                is_whole = false;
                break;
            }
            Next::End => break,
        }
    }
    if made > 0 {
        tracing::warn!(
            files = made,
            "mails were made again from the journal: the machine stopped before they were on the disk"
        );
    }
    Ok(is_whole)
}

fn next(file: &mut File) -> std::io::Result<Next> {
    let (mut length, mut hash) = ([0; LENGTH_BYTES], [0; HASH_BYTES]);
    if !filled(file, &mut length)? || !filled(file, &mut hash)? {
        return Ok(Next::End);
    }
    let length = u64::from_be_bytes(length);
    if length > LONGEST_RECORD {
        return Ok(Next::Lost);
    }
    let mut content = vec![0; usize::try_from(length).unwrap_or_default()];
    if !filled(file, &mut content)? {
        return Ok(Next::End);
    }
    let hash = ContentHash::from_digest(hash);
    Ok(if ContentHash::of(&content) == hash {
        Next::Record(hash, content)
    } else {
        Next::Damaged
    })
}

/// `false`: the file ends before.
fn filled(file: &mut File, bytes: &mut [u8]) -> std::io::Result<bool> {
    match file.read_exact(bytes) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
