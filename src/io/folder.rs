//! The folder a file stands in, and how a new name in it is made durable: the bytes of a file are safe before its name is.

use std::fs::File;
use std::io;
use std::path::Path;

/// Where this file stands; a bare name stands where the program runs.
pub fn folder_of(file: &Path) -> &Path {
    let parent = file.parent();
    let named = parent.filter(|parent| !parent.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

/// Makes the names in a folder durable: those given, changed and taken away before. A crash before it may undo any of them.
///
/// # Errors
/// What the system said.
pub fn flush_names(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_name_stands_in_the_folder_the_program_runs_in() {
        assert_eq!(folder_of(Path::new("books.tar")), Path::new("."));
        assert_eq!(folder_of(Path::new("out/books.tar")), Path::new("out"));
        assert!(flush_names(folder_of(Path::new("books.tar"))).is_ok());
    }
}
