//! The file by which restored books are known: a backup has it, a working data folder does not.

use std::io;
use std::path::Path;

use crate::basics::calendar::Timestamp;
use crate::io::failpoint::{self, Act};

/// Its name in the data folder.
pub const BACKUP_MARK: &str = "restored-from-backup";
/// A moment and a line end.
const MAX_BYTES: u64 = 64;

/// Writes a mark of books copied at that moment.
///
/// # Errors
/// What the system said.
pub fn write(file: &Path, made_at: Timestamp) -> io::Result<()> {
    std::fs::write(file, format!("{made_at}\n"))
}

/// When the books in this data folder were copied, if they come from a backup and nobody was told yet.
///
/// # Errors
/// What the system said, or `InvalidData` for something else under that name.
pub fn read(data_folder: &Path) -> io::Result<Option<Timestamp>> {
    use io::Read;
    let file = match std::fs::File::open(data_folder.join(BACKUP_MARK)) {
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text)?;
    let made_at = text.trim().parse().map_err(io::Error::other)?;
    Ok(Some(made_at))
}

/// Everybody was told.
///
/// # Errors
/// What the system said.
pub fn remove(data_folder: &Path) -> io::Result<()> {
    failpoint::before(Act::RestoreMark);
    let removed = std::fs::remove_file(data_folder.join(BACKUP_MARK));
    failpoint::after(Act::RestoreMark);
    removed
}
