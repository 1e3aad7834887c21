//! A file a person asked for, whole under its name or not there.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::failpoint::{self, Act};
use super::folder::{flush_names, folder_of};

/// Writes a new file, durable when this returns. Crash before the rename: a leftover beside it, which the next one replaces.
/// Crash behind it: the whole file, or the leftover again.
///
/// # Errors
/// What the system said; `AlreadyExists` when there is a file of that name.
pub fn save_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if path.exists() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    failpoint::before(Act::SavedFile);
    name(&unfinished, path)?;
    flush_names(folder_of(path))?;
    failpoint::after(Act::SavedFile);
    Ok(())
}

/// Not by a link: what a person carries it away on may know none.
fn name(unfinished: &Path, path: &Path) -> io::Result<()> {
    match renameat_with(CWD, unfinished, CWD, path, RenameFlags::NOREPLACE) {
        // A share of the network that cannot look and rename in one. A file that came in between is replaced.
        Err(Errno::INVAL) if !path.exists() => std::fs::rename(unfinished, path),
        Err(Errno::INVAL) => Err(ErrorKind::AlreadyExists.into()),
        renamed => Ok(renamed?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::limits::read_bytes;

    #[test]
    fn a_file_that_came_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("bill.pdf"), "theirs").unwrap();
        std::fs::write(at("ours"), "ours").unwrap();
        let refused = name(&at("ours"), &at("bill.pdf")).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
        assert_eq!(read_bytes(&at("bill.pdf"), 100).unwrap(), b"theirs");
        let refused = save_new(&at("bill.pdf"), b"ours").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
        save_new(&at("new.pdf"), b"ours").unwrap();
        assert_eq!(read_bytes(&at("new.pdf"), 100).unwrap(), b"ours");
    }
}
