//! Where files for the bank are handed out: each complete under its name or not there at all, for its owner's eyes.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::disposition::Disposition;
use super::failpoint::{self, Act};
use super::folder::{flush_names, folder_of};

/// A file for a bank says whom we pay what.
const FILE_MODE: u32 = 0o600;

/// Why a file could not be handed out.
#[derive(thiserror::Error, Debug)]
pub enum PaymentFolderError {
    /// The system refused.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was attempted.
        doing: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something else has that name.
    #[error("{} is there already and holds something else: name another file by --to", path.display())]
    Occupied {
        /// The name.
        path: PathBuf,
    },
}

impl PaymentFolderError {
    /// Whoever asked for the file is told.
    pub fn disposition(&self) -> Disposition {
        Disposition::AskPerson
    }
}

/// Writes the bytes to `path`, making its folder where it is missing. The same bytes there already are as good.
///
/// A crash leaves either no file or the whole one, besides a `.part` that the next hand-out writes anew.
///
/// # Errors
/// What the system said, or that another file has that name.
pub fn hand_out(path: &Path, bytes: &[u8]) -> Result<(), PaymentFolderError> {
    let failed = |doing, path: &Path| {
        let path = path.to_owned();
        move |source| PaymentFolderError::Io {
            doing,
            path,
            source,
        }
    };
    let folder = folder_of(path);
    fs::create_dir_all(folder).map_err(failed("make the folder", folder))?;
    let part = part_of(path);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(FILE_MODE)
        .open(&part)
        .map_err(failed("write", &part))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(failed("write", &part))?;
    failpoint::before(Act::PaymentFile);
    // A link, not a rename: what has the name already keeps it.
    let linked = match fs::hard_link(&part, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if holds(path, bytes).map_err(failed("read", path))? {
                Ok(())
            } else {
                Err(PaymentFolderError::Occupied {
                    path: path.to_owned(),
                })
            }
        }
        linked => linked.map_err(failed("write", path)),
    };
    let removed = fs::remove_file(&part).map_err(failed("remove", &part));
    linked.and(removed)?;
    flush_names(folder).map_err(failed("flush", folder))?;
    failpoint::after(Act::PaymentFile);
    Ok(())
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

fn holds(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let mut there = Vec::new();
    let most = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    fs::File::open(path)?
        .take(most.saturating_add(1))
        .read_to_end(&mut there)?;
    Ok(there == bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn the_same_file_may_be_handed_out_again_and_another_does_not_take_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out/run.xml");
        hand_out(&path, b"one").unwrap();
        hand_out(&path, b"one").unwrap();
        let other = hand_out(&path, b"two").unwrap_err();
        assert!(matches!(other, PaymentFolderError::Occupied { .. }));
        assert!(holds(&path, b"one").unwrap());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path().join("out")).unwrap().count(), 1);
    }

    #[test]
    fn what_a_crash_left_half_written_is_written_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.xml");
        fs::write(part_of(&path), b"half of something much longer").unwrap();
        hand_out(&path, b"whole").unwrap();
        assert!(holds(&path, b"whole").unwrap());
    }
}
