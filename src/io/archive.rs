//! Archives of files in the format of POSIX.1-1988 (ustar), which every machine can unpack.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::failpoint::{self, Act};
use super::folder::{flush_names, folder_of};
use crate::basics::ids::ContentHash;

/// Only its owner may read it: keys may be in it.
const MODE: u32 = 0o600;

/// What a file of an archive is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// Another file.
    File(PathBuf),
    /// These octets.
    Bytes(Vec<u8>),
}

/// How much was written.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Written {
    /// Files.
    pub files: u64,
    /// Their octets.
    pub bytes: u64,
}

/// Writes these files, each under its name, into a new archive, durable when this returns. An interrupted one never stands under
/// the archive's name.
///
/// # Errors
/// What the system said; `AlreadyExists` when there is a file of that name.
pub fn write(
    archive: &Path,
    files: impl Iterator<Item = io::Result<(String, Content)>>,
) -> io::Result<Written> {
    if archive.exists() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut unfinished = archive.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let written = write_all(&unfinished, files);
    if let Err(failure) = &written
        && failure.kind() == io::ErrorKind::AlreadyExists
    {
        let path = unfinished.display();
        let why = format!(
            "{path} is there: another backup is being written, or was interrupted: remove it then"
        );
        return Err(io::Error::other(why));
    }
    let written = written.and_then(|written| {
        // Crash before: only the unfinished file is there. A file of that name that came meanwhile is replaced.
        failpoint::before(Act::BackupFile);
        std::fs::rename(&unfinished, archive)?;
        flush_names(folder_of(archive))?;
        failpoint::after(Act::BackupFile);
        Ok(written)
    });
    if written.is_err() {
        // What is left of it is of no use; that it cannot be removed changes nothing.
        std::fs::remove_file(&unfinished).ok();
    }
    written
}

fn write_all(
    path: &Path,
    files: impl Iterator<Item = io::Result<(String, Content)>>,
) -> io::Result<Written> {
    let mut options = OpenOptions::new();
    // Two at once must not write into one file; what an interrupted one left is in the way and named.
    options.write(true).create_new(true).mode(MODE);
    let mut tar = tar::Builder::new(BufWriter::new(options.open(path)?));
    let mut written = Written::default();
    for file in files {
        let (name, content) = file?;
        let mut header = tar::Header::new_gnu();
        let bytes = match content {
            Content::File(path) => {
                let mut file = File::open(path)?;
                let about = file.metadata()?;
                header.set_metadata(&about);
                // Whoever unpacks it gets files that are his alone, whatever protected them here.
                header.set_mode(MODE);
                tar.append_data(&mut header, name, &mut file)?;
                about.len()
            }
            Content::Bytes(bytes) => {
                let length = bytes.len() as u64;
                header.set_size(length);
                header.set_mode(MODE);
                tar.append_data(&mut header, name, bytes.as_slice())?;
                length
            }
        };
        written.files = written.files.saturating_add(1);
        written.bytes = written.bytes.saturating_add(bytes);
    }
    let mut whole = tar.into_inner()?;
    whole.flush()?;
    whole.get_ref().sync_all()?;
    Ok(written)
}

/// More files are no archive of ours.
const MOST_FILES: usize = 10_000;
/// A file that is read and not only hashed is no longer than that.
const MOST_BYTES: u64 = 256 << 20;

/// A file of an archive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Of its octets.
    pub hash: ContentHash,
    /// They themselves, where they are wanted.
    pub bytes: Option<Vec<u8>>,
}

/// The files of an archive that somebody else made: hashed, and those `wanted` read. Nothing is unpacked.
///
/// # Errors
/// What the system said; `InvalidData` for what is no archive of plain files and folders, each file there once.
pub fn read(archive: &Path, wanted: &[&str]) -> io::Result<Vec<Found>> {
    let refused = |why: String| io::Error::new(io::ErrorKind::InvalidData, why);
    let mut tar = tar::Archive::new(BufReader::new(File::open(archive)?));
    let mut found: Vec<Found> = Vec::new();
    for entry in tar.entries()? {
        let broken = |_| {
            refused(
                "it is no tar archive, or not all of one; unpack it first where it is compressed"
                    .to_owned(),
            )
        };
        let mut entry = entry.map_err(broken)?;
        let name = entry.path()?.to_string_lossy().into_owned();
        // As they are when somebody unpacked it and put it together again.
        let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            continue;
        }
        if !kind.is_file() {
            return Err(refused(format!("{name} is no plain file")));
        }
        if found.len() >= MOST_FILES || found.iter().any(|known| known.name == name) {
            return Err(refused(format!(
                "{name} is there twice, or one of too many"
            )));
        }
        let is_wanted = wanted.contains(&name.as_str());
        if is_wanted && entry.size() > MOST_BYTES {
            return Err(refused(format!(
                "{name} is longer than {MOST_BYTES} octets"
            )));
        }
        let (hash, bytes) = hashed(&mut entry, is_wanted)?;
        found.push(Found { name, hash, bytes });
    }
    Ok(found)
}

fn hashed(entry: &mut impl Read, is_wanted: bool) -> io::Result<(ContentHash, Option<Vec<u8>>)> {
    let mut digest = Sha256::new();
    let mut kept = is_wanted.then(Vec::new);
    let mut chunk = vec![0_u8; 64 * 1024];
    loop {
        let length = entry.read(&mut chunk)?;
        let Some(read) = chunk.get(..length).filter(|read| !read.is_empty()) else {
            return Ok((ContentHash::from_digest(digest.finalize().into()), kept));
        };
        digest.update(read);
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(read);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_holds_every_file_under_its_name_and_replaces_none() {
        let folder = tempfile::tempdir().unwrap();
        let letter = folder.path().join("letter");
        std::fs::write(&letter, "Dear Anna").unwrap();
        let archive = folder.path().join("backup.tar");
        let files = || {
            [Ok((
                "mail/letter".to_owned(),
                Content::File(letter.clone()),
            ))]
            .into_iter()
        };
        let written = write(&archive, files()).unwrap();
        assert_eq!((written.files, written.bytes), (1, 9));
        let again = write(&archive, files()).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        let mut tar = tar::Archive::new(File::open(&archive).unwrap());
        let entries = tar.entries().unwrap();
        let entries = entries.map(|entry| {
            let entry = entry.unwrap();
            let mode = entry.header().mode().unwrap();
            (entry.path().unwrap().into_owned(), mode)
        });
        // Unpacked, it is its owner's alone, though the letter was not.
        let letter = (PathBuf::from("mail/letter"), 0o600);
        assert_eq!(entries.collect::<Vec<_>>(), [letter]);
    }

    #[test]
    fn what_others_archived_is_read_by_its_names_and_only_plain_files() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.tar");
        let files = [("list", "{}"), ("mails/1.eml", "Dear Anna")];
        let files = files.map(|(name, text)| Ok((name.to_owned(), Content::Bytes(text.into()))));
        write(&archive, files.into_iter()).unwrap();
        let found = read(&archive, &["list"]).unwrap();
        assert_eq!(found[0].bytes.as_deref(), Some(b"{}".as_slice()));
        let letter = (found[1].name.as_str(), found[1].hash, &found[1].bytes);
        let hash = ContentHash::of(b"Dear Anna");
        assert_eq!(letter, ("mails/1.eml", hash, &None));
        let linked = |kind: tar::EntryType, names: &[&str]| {
            let mut tar = tar::Builder::new(File::create(&archive).unwrap());
            for name in names {
                let mut header = tar::Header::new_gnu();
                header.set_entry_type(kind);
                header.set_size(0);
                header.set_link_name("/etc/passwd").unwrap();
                tar.append_data(&mut header, name, io::empty()).unwrap();
            }
            tar.into_inner().unwrap();
            read(&archive, &[]).unwrap_err().to_string()
        };
        let told = linked(tar::EntryType::Symlink, &["list"]);
        assert!(told.contains("no plain file"), "{told}");
        let told = linked(tar::EntryType::Regular, &["list", "./list"]);
        assert!(told.contains("there twice"), "{told}");
        std::fs::write(&archive, "no archive").unwrap();
        let told = read(&archive, &[]).unwrap_err().to_string();
        assert!(told.contains("no tar archive"), "{told}");
    }

    #[test]
    fn two_backups_of_one_name_do_not_write_into_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("backup.tar");
        let unfinished = folder.path().join("backup.tar.unfinished");
        std::fs::write(&unfinished, "half of it").unwrap();
        let failure = write(&archive, std::iter::empty()).unwrap_err();
        assert!(
            failure
                .to_string()
                .contains("another backup is being written")
        );
        let kept = crate::io::limits::read_bytes(&unfinished, 99).unwrap();
        assert_eq!(kept, b"half of it");
    }

    #[test]
    fn an_archive_that_cannot_be_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("backup.tar");
        let missing = folder.path().join("missing");
        let files = [Ok(("missing".to_owned(), Content::File(missing)))].into_iter();
        assert_eq!(
            write(&archive, files).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
