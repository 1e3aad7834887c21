//! Writing into the vault, durable step by step.

use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use sha2::{Digest, Sha256};
use tokio::fs;
use tokio::io::AsyncWrite;

use super::{AsyncWriteExt, Vault, VaultError, blocking, make_folder};
use crate::basics::ids::ContentHash;
use crate::formats::letter_hash::LetterHasher;
use crate::io::failpoint::{self, Act};

/// Takes a message piece by piece (`push`, or as an [`AsyncWrite`]) and hashes it on the way. Dropped before `finish`, it
/// leaves nothing.
#[derive(Debug)]
pub struct VaultWriter {
    vault: Vault,
    file: fs::File,
    unfinished: PathBuf,
    digest: Sha256,
    letter: LetterHasher,
    written_bytes: u64,
    limit_bytes: u64,
    placed: bool,
}

impl VaultWriter {
    pub(super) async fn begin(vault: Vault, limit_bytes: u64) -> Result<Self, VaultError> {
        let begun = vault.clone();
        let (file, unfinished) = blocking(move || begun.new_unfinished()).await?;
        Ok(Self {
            vault,
            file: fs::File::from_std(file),
            unfinished,
            digest: Sha256::new(),
            letter: LetterHasher::default(),
            written_bytes: 0,
            limit_bytes,
            placed: false,
        })
    }

    /// Adds the next piece.
    pub async fn push(&mut self, bytes: &[u8]) -> Result<(), VaultError> {
        let written = self.write_all(bytes).await;
        written.map_err(VaultError::io("write", &self.unfinished))
    }

    /// How many bytes came so far.
    pub fn written_bytes(&self) -> u64 {
        self.written_bytes
    }

    /// Makes the message durable under its name; gives that, and the hash of the letter in it.
    pub async fn finish(mut self) -> Result<(ContentHash, ContentHash), VaultError> {
        let vault = self.vault.clone();
        let letter = std::mem::take(&mut self.letter).finish();
        let hash = self.place().await?;
        // Crash before this line: the name may be lost with the power. The caller has not committed it, so it fetches again.
        vault.flush_folders_of(&[hash]).await?;
        vault.share(&[hash]).await?;
        // Crash after it: bytes without a row, an orphan that the repeated fetch meets.
        Ok((hash, letter))
    }

    /// Everything but flushing the folder that holds the name, which a batch does once for all.
    pub(super) async fn place(mut self) -> Result<ContentHash, VaultError> {
        let flushed = self.file.flush().await;
        flushed.map_err(VaultError::io("write", &self.unfinished))?;
        let hash = ContentHash::from_digest(std::mem::take(&mut self.digest).finalize().into());
        let path = self.vault.path(hash);
        if is_stored(&path, self.written_bytes) {
            return Ok(hash);
        }
        // Crash before the content is on the disk: an unfinished file, swept later.
        let synced = self.file.sync_all().await;
        synced.map_err(VaultError::io("flush", &self.unfinished))?;
        // Crash before the rename: the same.
        rename(&self.unfinished, &path)?;
        self.placed = true;
        Ok(hash)
    }
}

/// The same bytes are there already, whole: what writes a name has flushed the file before. A process killed between its
/// rename and its folder's flush leaves this case behind, which is why our caller flushes even then.
fn is_stored(path: &Path, length_bytes: u64) -> bool {
    std::fs::metadata(path).is_ok_and(|data| data.len() == length_bytes)
}

/// Everything but flushing the folder that holds the name, for a short content, without giving the thread back.
pub(super) fn place_at_once(vault: &Vault, bytes: &[u8]) -> Result<ContentHash, VaultError> {
    let hash = ContentHash::of(bytes);
    if !is_stored(&vault.path(hash), bytes.len() as u64) {
        write(vault, hash, bytes, std::fs::File::sync_all)?;
    }
    Ok(hash)
}

/// The same for a content that is safe elsewhere.
pub(super) fn place_unflushed(
    vault: &Vault,
    hash: ContentHash,
    bytes: &[u8],
) -> Result<(), VaultError> {
    if is_stored(&vault.path(hash), bytes.len() as u64) {
        return Ok(());
    }
    replace_unflushed(vault, hash, bytes)
}

/// The same, in place of what stands there: it was found to be something else.
pub(super) fn replace_unflushed(
    vault: &Vault,
    hash: ContentHash,
    bytes: &[u8],
) -> Result<(), VaultError> {
    write(vault, hash, bytes, |_| Ok(()))
}

/// The same, safe by itself when this returns and its folder is flushed.
pub(super) fn replace_flushed(
    vault: &Vault,
    hash: ContentHash,
    bytes: &[u8],
) -> Result<(), VaultError> {
    write(vault, hash, bytes, std::fs::File::sync_all)
}

fn write(
    vault: &Vault,
    hash: ContentHash,
    bytes: &[u8],
    flush: impl FnOnce(&std::fs::File) -> io::Result<()>,
) -> Result<(), VaultError> {
    let (mut file, unfinished) = vault.new_unfinished()?;
    // Crash before the content is on the disk, or before the rename: an unfinished file, swept later.
    let placed = file
        .write_all(bytes)
        .map_err(VaultError::io("write", &unfinished))
        .and_then(|()| flush(&file).map_err(VaultError::io("flush", &unfinished)))
        .and_then(|()| rename(&unfinished, &vault.path(hash)));
    if placed.is_err() {
        // Best effort: what stays behind is swept later.
        std::fs::remove_file(&unfinished).ok();
    }
    placed
}

/// The rename is atomic: under the name there is nothing, or all of it, and never a part.
fn rename(unfinished: &Path, path: &Path) -> Result<(), VaultError> {
    failpoint::before(Act::VaultFile);
    let mut renamed = std::fs::rename(unfinished, path);
    if renamed
        .as_ref()
        .is_err_and(|error| error.kind() == ErrorKind::NotFound)
        && let Some(shard) = path.parent()
    {
        // The first file of its shard.
        make_folder(shard)?;
        renamed = std::fs::rename(unfinished, path);
    }
    failpoint::after(Act::VaultFile);
    renamed.map_err(VaultError::io("rename to", path))
}

impl AsyncWrite for VaultWriter {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let total = self.written_bytes.saturating_add(bytes.len() as u64);
        if total > self.limit_bytes {
            let limit = format!("longer than {} bytes", self.limit_bytes);
            return Poll::Ready(Err(io::Error::new(ErrorKind::FileTooLarge, limit)));
        }
        let taken = ready!(Pin::new(&mut self.file).poll_write(cx, bytes))?;
        let written = bytes.get(..taken).unwrap_or_default();
        self.digest.update(written);
        self.letter.push(written);
        self.written_bytes = self.written_bytes.saturating_add(taken as u64);
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_shutdown(cx)
    }
}

impl Drop for VaultWriter {
    fn drop(&mut self) {
        if !self.placed {
            // Best effort: what stays behind is swept later.
            std::fs::remove_file(&self.unfinished).ok();
        }
    }
}
