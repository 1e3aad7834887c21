//! Archives of files in the format of POSIX.1-1988 (ustar), which every machine can unpack.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::failpoint::{self, Act};
use super::folder::{flush_names, folder_of};

/// Only its owner may read it: keys may be in it.
const MODE: u32 = 0o600;

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
    files: impl Iterator<Item = io::Result<(String, PathBuf)>>,
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
    files: impl Iterator<Item = io::Result<(String, PathBuf)>>,
) -> io::Result<Written> {
    let mut options = OpenOptions::new();
    // Two at once must not write into one file; what an interrupted one left is in the way and named.
    options.write(true).create_new(true).mode(MODE);
    let mut tar = tar::Builder::new(BufWriter::new(options.open(path)?));
    let mut written = Written::default();
    for file in files {
        let (name, path) = file?;
        let mut file = File::open(path)?;
        written.files = written.files.saturating_add(1);
        let about = file.metadata()?;
        written.bytes = written.bytes.saturating_add(about.len());
        let mut header = tar::Header::new_gnu();
        header.set_metadata(&about);
        // Whoever unpacks it gets files that are his alone, whatever protected them here.
        header.set_mode(MODE);
        tar.append_data(&mut header, name, &mut file)?;
    }
    let mut whole = tar.into_inner()?;
    whole.flush()?;
    whole.get_ref().sync_all()?;
    Ok(written)
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
        let files = || [Ok(("mail/letter".to_owned(), letter.clone()))].into_iter();
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
        let files = [Ok(("missing".to_owned(), missing))].into_iter();
        assert_eq!(
            write(&archive, files).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
