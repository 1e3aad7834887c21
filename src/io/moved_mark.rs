//! The file by which books are known that were moved to a server: whoever worked on them here would do everything a second time.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::failpoint::{self, Act};
use super::folder::flush_names;

/// Its name in the data folder, beside the books that were left behind.
pub const MOVED_MARK: &str = "moved-to-postgresql";
/// The name of a server and a database.
const MAX_BYTES: u64 = 1024;

/// Writes that the books of this folder are there now, durably.
///
/// # Errors
/// What the system said.
pub fn write(data_folder: &Path, place: &str) -> io::Result<()> {
    failpoint::before(Act::MovedMark);
    let mut file = File::create(data_folder.join(MOVED_MARK))?;
    writeln!(file, "{place}")?;
    file.sync_all()?;
    let flushed = flush_names(data_folder);
    failpoint::after(Act::MovedMark);
    flushed
}

/// Where the books of this folder were moved to; nothing for books that are worked on here.
///
/// # Errors
/// What the system said.
pub fn read(data_folder: &Path) -> io::Result<Option<String>> {
    let file = match File::open(data_folder.join(MOVED_MARK)) {
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut place = String::new();
    file.take(MAX_BYTES).read_to_string(&mut place)?;
    Ok(Some(place.trim().to_owned()))
}
