//! ZIP archives (PKWARE APPNOTE 6.3): the central directory, stored and deflated entries, the old encryption and the one of
//! WinZip and 7-Zip. What is not expected in a mail (several disks, other methods) stays closed and is said.
//!
//! Names are claims: only what stands behind the last slash is kept, and nothing is ever written to a path.

mod directory;
mod old_cipher;
mod aes;
mod aes_cipher;
#[cfg(test)]
mod tests;

use std::io::Read;

use flate2::read::DeflateDecoder;

pub use directory::{Entry, Lock, entries};

use super::issue::Issue;
use super::little_endian::Input;
use super::page::EmbeddedFile;
use super::unpacked::{ContainerError, Contents, MAX_FILES, MAX_UNPACKED_BYTES, Opened};
use crate::basics::text::one_line;

/// An entry that grows by more is a bomb: text and XML shrink to a twentieth, deflate's limit is 1,032.
const MAX_RATIO: u64 = 100;
/// Below this size the ratio means nothing: a form of blanks shrinks to a hundredth, too.
const SMALL_BYTES: u64 = 1024 * 1024;
/// Bytes of a local header before the names (section 4.3.7).
const LOCAL_HEADER_BYTES: usize = 30;

/// Takes every file out.
///
/// # Errors
/// When an entry is locked and no password fits, the directory is broken, or a limit is passed: then nothing is taken, since
/// half of a parcel of bills passes for the whole.
pub fn unpack(bytes: &[u8], passwords: &[String]) -> Result<Opened, ContainerError> {
    let entries = entries(bytes)?;
    let mut passwords = passwords.iter().map(String::as_str).collect::<Vec<_>>();
    let mut issues = Vec::new();
    let mut files = Vec::new();
    let mut total = 0_usize;
    for entry in entries.iter().filter(|entry| !is_clutter(entry)) {
        if entry.is_link {
            issues.push(Issue::new(entry.shown(), "a link to a file: left out"));
            continue;
        }
        if files.len() >= MAX_FILES {
            return Err(ContainerError::OverLimit(format!(
                "it holds more than {MAX_FILES} files"
            )));
        }
        let content = content(bytes, entry, MAX_UNPACKED_BYTES - total, &mut passwords)?;
        total += content.len();
        files.push(EmbeddedFile {
            name: entry.file_name(),
            bytes: content,
        });
    }
    Ok(Opened {
        contents: Contents::Files(files),
        issues,
    })
}

/// The bytes of the entry of this name, for formats that are ZIP archives themselves. `None` when it is not there.
///
/// # Errors
/// As [`unpack`].
pub fn member(
    bytes: &[u8],
    entries: &[Entry],
    name: &str,
) -> Result<Option<Vec<u8>>, ContainerError> {
    let found = entries.iter().find(|entry| entry.name == name);
    found
        .map(|entry| content(bytes, entry, MAX_UNPACKED_BYTES, &mut []))
        .transpose()
}

/// The bytes of an entry that is neither packed nor locked; nothing is made of them.
pub fn stored<'b>(bytes: &'b [u8], entry: &Entry) -> Option<&'b [u8]> {
    let is_plain = entry.method == 0 && entry.lock.is_none();
    packed(bytes, entry).filter(|_| is_plain)
}

/// Folders, and what file managers leave behind. A file that only bears such a name is none of it.
fn is_clutter(entry: &Entry) -> bool {
    let name = entry.file_name();
    let is_empty = entry.size_bytes == 0;
    // A Mac puts `._bill.pdf` beside `bill.pdf`.
    let is_of_a_mac = entry.name.starts_with("__MACOSX/") && name.starts_with("._");
    (entry.name.ends_with('/') && is_empty)
        || is_of_a_mac
        || [".DS_Store", "Thumbs.db", "desktop.ini"].contains(&name.as_str())
}

fn content(
    bytes: &[u8],
    entry: &Entry,
    room: usize,
    passwords: &mut [&str],
) -> Result<Vec<u8>, ContainerError> {
    let too_much = || {
        ContainerError::OverLimit(format!(
            "it unpacks to more than {} MiB",
            MAX_UNPACKED_BYTES >> 20
        ))
    };
    if entry.size_bytes > room as u64 {
        return Err(too_much());
    }
    if entry.size_bytes > SMALL_BYTES && entry.size_bytes / MAX_RATIO > entry.packed_bytes {
        return Err(ContainerError::OverLimit(format!(
            "{} grows to more than {MAX_RATIO} times its size",
            entry.shown()
        )));
    }
    let packed = packed(bytes, entry).ok_or_else(|| cut(entry))?;
    let Some(lock) = entry.lock else {
        return inflated(packed, entry);
    };
    let opened = |password: &str| {
        let plain = match lock {
            Lock::Old(check_byte) => old_cipher::decrypt(packed, password.as_bytes(), check_byte),
            Lock::Aes(key) => aes_cipher::decrypt(packed, password.as_bytes(), key),
            Lock::Unknown => None,
        };
        plain.and_then(|plain| inflated(&plain, entry).ok())
    };
    let fitting = passwords
        .iter()
        .enumerate()
        .find_map(|(index, password)| Some((index, opened(password)?)));
    let (index, content) = fitting.ok_or(ContainerError::Encrypted)?;
    // What opened one entry opens the next: trying the others costs milliseconds each.
    passwords.swap(0, index);
    Ok(content)
}

/// The bytes behind the local header, whose names may differ in length from those of the directory.
fn packed<'b>(bytes: &'b [u8], entry: &Entry) -> Option<&'b [u8]> {
    let header = bytes.get(entry.offset..)?;
    let mut lengths = Input(header.get(LOCAL_HEADER_BYTES - 4..)?);
    let (name, extra) = (lengths.u16()?, lengths.u16()?);
    let start = LOCAL_HEADER_BYTES + usize::from(name) + usize::from(extra);
    let length = usize::try_from(entry.packed_bytes).ok()?;
    header
        .starts_with(b"PK\x03\x04")
        .then(|| header.get(start..start.checked_add(length)?))?
}

/// Exactly as many bytes as the directory promises, and their checksum.
fn inflated(packed: &[u8], entry: &Entry) -> Result<Vec<u8>, ContainerError> {
    let content = match entry.method {
        0 => packed.to_vec(),
        8 => {
            let mut content = Vec::new();
            DeflateDecoder::new(packed)
                .take(entry.size_bytes.saturating_add(1))
                .read_to_end(&mut content)
                .map_err(|_| cut(entry))?;
            content
        }
        other => {
            return Err(ContainerError::Damaged(format!(
                "{} is packed by a method that is not read ({other})",
                entry.shown()
            )));
        }
    };
    let mut checksum = flate2::Crc::new();
    checksum.update(&content);
    let is_damaged = entry.checksum.is_some_and(|sum| checksum.sum() != sum);
    if content.len() as u64 != entry.size_bytes || is_damaged {
        return Err(cut(entry));
    }
    Ok(content)
}

fn cut(entry: &Entry) -> ContainerError {
    ContainerError::Damaged(format!("{} is damaged or cut off", entry.shown()))
}

impl Entry {
    /// What stands behind the last slash.
    pub fn file_name(&self) -> String {
        let path = self.name.trim_end_matches(['/', '\\']);
        let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
        one_line(last, 200)
    }

    fn shown(&self) -> String {
        format!("“{}”", one_line(&self.name, 80))
    }
}
