//! Files that hold files: ZIP, Outlook's .msg and winmail.dat. One level is opened at a time; whoever asks goes deeper.
//!
//! Strangers make these files, so the daemon has them opened in a child process (`io::reader`), never in its own.

use super::sniff::{FileType, file_type};
use super::{outlook, tnef, zip};

pub use super::unpacked::{ContainerError, Contents, MAX_FILES, MAX_UNPACKED_BYTES, Opened};

/// Largest container opened: as much as a document may have.
pub const MAX_BYTES: usize = 25 * 1024 * 1024;

/// Whether files of this type hold files that are taken out of them.
pub fn is_container(kind: FileType) -> bool {
    matches!(
        kind,
        FileType::Zip | FileType::OutlookMessage | FileType::Tnef
    )
}

/// Opens one level. `passwords` are tried in their order on what is locked.
///
/// # Errors
/// When it is locked, broken or above a limit: then nothing is taken out of it.
pub fn open(bytes: &[u8], passwords: &[String]) -> Result<Opened, ContainerError> {
    if bytes.len() > MAX_BYTES {
        return Err(ContainerError::OverLimit("it is larger than 25 MiB".into()));
    }
    let kind = file_type(bytes);
    if kind == FileType::Zip {
        return zip::unpack(bytes, passwords);
    }
    if kind == FileType::OutlookMessage {
        let message = outlook::read(bytes)?;
        return Ok(Opened {
            issues: message.issues.clone(),
            contents: Contents::Mail(message.to_mail()),
        });
    }
    if kind == FileType::Tnef {
        let message = tnef::read(bytes)?;
        return Ok(Opened {
            issues: message.issues.clone(),
            contents: Contents::Rest(message.to_mail()),
        });
    }
    Err(ContainerError::damaged("it is of another kind"))
}
