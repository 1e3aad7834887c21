//! Files read with a limit, so that a wrong path or a hostile file costs an error and not the machine's memory.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::disposition::Disposition;
use crate::formats::mime;

/// One message or document handed in as a file: twice the 50 MiB that mail servers commonly accept.
pub const MAX_DOCUMENT_BYTES: u64 = 100 << 20;
/// A stored mail: one byte more than is read, so that the mail reader itself says what is too long.
pub const MAX_MAIL_BYTES: u64 = mime::MAX_MAIL_BYTES as u64 + 1;
/// Configuration, secrets and certificates: written by hand or by a tool for people, never near this.
pub const MAX_CONFIG_BYTES: u64 = 1 << 20;
/// A table to import: 200,000 rows of 300 bytes.
pub const MAX_TABLE_BYTES: u64 = 64 << 20;

/// Why a file could not be read.
#[derive(thiserror::Error, Debug)]
pub enum FileError {
    /// The system refused.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Longer than its purpose allows.
    #[error("{} is longer than {limit_bytes} bytes", path.display())]
    TooLong {
        /// Which file.
        path: PathBuf,
        /// What was allowed.
        limit_bytes: u64,
    },
    /// Not UTF-8.
    #[error("{} is not UTF-8 text (byte {at_byte})", path.display())]
    NotText {
        /// Which file.
        path: PathBuf,
        /// The first byte that does not fit, from 0.
        at_byte: usize,
    },
}

impl FileError {
    /// A file someone named is theirs to put right.
    pub fn disposition(&self) -> Disposition {
        Disposition::AskPerson
    }
}

/// The whole file, refused beyond `limit_bytes`.
pub fn read_bytes(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, FileError> {
    let unreadable = |source| FileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    // One byte more than allowed tells "too long" from "just fits", and a file that grows while being read is cut too.
    let read = file
        .take(limit_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if read as u64 > limit_bytes {
        return Err(FileError::TooLong {
            path: path.to_owned(),
            limit_bytes,
        });
    }
    Ok(bytes)
}

/// The whole file as UTF-8 text without a byte order mark, refused beyond `limit_bytes`.
pub fn read_text(path: &Path, limit_bytes: u64) -> Result<String, FileError> {
    let text =
        String::from_utf8(read_bytes(path, limit_bytes)?).map_err(|error| FileError::NotText {
            path: path.to_owned(),
            at_byte: error.utf8_error().valid_up_to(),
        })?;
    Ok(text
        .strip_prefix('\u{feff}')
        .map(str::to_owned)
        .unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_exactly_the_limit_is_read_and_one_byte_more_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"12345").unwrap();
        assert_eq!(read_bytes(&path, 5).unwrap(), b"12345");
        assert!(matches!(
            read_bytes(&path, 4),
            Err(FileError::TooLong { limit_bytes: 4, .. })
        ));
        assert!(matches!(
            read_bytes(&folder.path().join("b"), 4),
            Err(FileError::Unreadable { .. })
        ));
    }

    #[test]
    fn text_is_checked_and_loses_its_byte_order_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "\u{feff}Müller").unwrap();
        assert_eq!(read_text(&path, 100).unwrap(), "Müller");
        std::fs::write(&path, b"M\xfcller").unwrap();
        assert!(matches!(
            read_text(&path, 100),
            Err(FileError::NotText { at_byte: 1, .. })
        ));
    }
}
