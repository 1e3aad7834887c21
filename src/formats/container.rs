//! Files that hold files: ZIP, Outlook's .msg and winmail.dat, also below a signature. One level is opened at a time; whoever asks goes deeper.
//!
//! Strangers make these files, so the daemon has them opened in a child process (`io::reader`), never in its own.

use super::issue::Issue;
use super::page::EmbeddedFile;
use super::sniff::{FileType, file_type};
use super::unpacked::{ContainerError, Contents, MAX_BYTES, Opened};
use super::{outlook, smime, tnef, zip};

/// Whether files of this type hold files that are taken out of them.
pub fn is_container(kind: FileType) -> bool {
    matches!(
        kind,
        FileType::Zip | FileType::OutlookMessage | FileType::Tnef
    )
}

/// The same of a file: a signed one holds files when what was signed does, or is a mail. Any other signed file is a document
/// by itself.
pub fn holds_files(kind: FileType, bytes: &[u8]) -> bool {
    is_container(kind)
        || kind == FileType::Pkcs7
            && smime::content(bytes).is_ok_and(|content| {
                let kind = file_type(&content);
                is_container(kind) || kind == FileType::Email
            })
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
    if kind == FileType::Pkcs7 {
        return unsigned(bytes);
    }
    Err(ContainerError::damaged("it is of another kind"))
}

/// What was signed. Nothing verifies the signature, and that is said.
fn unsigned(bytes: &[u8]) -> Result<Opened, ContainerError> {
    let content = smime::content(bytes);
    let content = content.map_err(|why| ContainerError::Damaged(why.to_string()))?;
    let contents = if file_type(&content) == FileType::Email {
        Contents::Mail(content)
    } else {
        Contents::Files(vec![EmbeddedFile {
            name: String::new(),
            bytes: content,
        }])
    };
    let issue = Issue::new(
        "",
        "the file is signed; whose signature it is was not checked",
    );
    Ok(Opened {
        contents,
        issues: vec![issue],
    })
}
