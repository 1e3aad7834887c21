//! A file a person asked for, whole under its name or not there.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::failpoint::{self, Act};

/// Writes a new file, durable when this returns. Crash before the rename: a leftover beside it, which the next one replaces.
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
    // Not by a link: what a person carries it away on may know none. One that came meanwhile is replaced.
    let renamed = std::fs::rename(&unfinished, path);
    failpoint::after(Act::SavedFile);
    renamed
}
