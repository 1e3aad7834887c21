//! The file by which a daemon knows the one before it on this data folder, whose lock it holds: as that one is surely dead, its
//! work needs no waiting.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use crate::io::failpoint::{self, Act};
use crate::io::limits::read_text;

/// Its name in the data folder.
const REPLICA_MARK: &str = "last-daemon";
/// Two names.
const MAX_BYTES: u64 = 1024;
/// One life of one machine. In a copy of the folder elsewhere, or after a start of the machine, nothing is known of who was named.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";

/// Who worked here last, on this machine since it started.
///
/// # Errors
/// What the system said.
pub fn read(data_folder: &Path) -> io::Result<Option<String>> {
    let file = match File::open(data_folder.join(REPLICA_MARK)) {
        Err(failure) if failure.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut text = String::new();
    file.take(MAX_BYTES).read_to_string(&mut text)?;
    // What a death cut short is a name of nobody, or has no boot.
    let named = text.trim_end().split_once(' ');
    let here = boot();
    Ok(named
        .filter(|(boot, _)| !boot.is_empty() && Some(*boot) == here.as_deref())
        .map(|(_, name)| name.to_owned()))
}

/// Says that this one works here now. Not flushed: after a power cut the machine is another by its boot.
///
/// # Errors
/// What the system said.
pub fn write(data_folder: &Path, name: &str) -> io::Result<()> {
    failpoint::before(Act::ReplicaMark);
    let mut file = File::create(data_folder.join(REPLICA_MARK))?;
    writeln!(file, "{} {name}", boot().unwrap_or_default())?;
    failpoint::after(Act::ReplicaMark);
    Ok(())
}

fn boot() -> Option<String> {
    let text = read_text(Path::new(BOOT), 64).ok()?;
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_daemon_knows_who_worked_before_it_but_not_in_a_folder_copied_from_another_machine() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read(folder.path()).expect("asked"), None);
        write(folder.path(), "one").expect("written");
        assert_eq!(read(folder.path()).expect("asked").as_deref(), Some("one"));
        let elsewhere = "0f5d0b6e-0000-0000-0000-000000000000 one\n";
        std::fs::write(folder.path().join(REPLICA_MARK), elsewhere).expect("copied");
        assert_eq!(read(folder.path()).expect("asked"), None);
    }
}
