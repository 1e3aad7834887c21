//! The bytes of one document made readable: a PDF in the reader's child, all else here, a
//! signed file without its signature. What cannot be read says why.

use crate::domain::document::read::Content;
use crate::formats::smime;
use crate::formats::sniff::{FileType, file_type};
use crate::io::disposition::Disposition;
use crate::io::reader::{Reader, ReaderError};

/// Why a document stays unread.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unreadable {
    /// In a sentence for a person.
    pub why: String,
}

/// The content of a document. A file that cannot be read is an answer, too.
///
/// # Errors
/// Only when our own reader cannot be started.
pub async fn read_content(
    reader: &Reader,
    kind: FileType,
    bytes: &[u8],
) -> Result<Result<Content, Unreadable>, ReaderError> {
    if kind != FileType::Pkcs7 {
        return read_unsigned(reader, kind, bytes).await;
    }
    let content = match smime::content(bytes) {
        Ok(content) => content,
        Err(error) => {
            return Ok(Err(Unreadable {
                why: error.to_string(),
            }));
        }
    };
    let read = read_unsigned(reader, file_type(&content), &content).await?;
    Ok(read.map(|content| Content::Signed(Box::new(content))))
}

async fn read_unsigned(
    reader: &Reader,
    kind: FileType,
    bytes: &[u8],
) -> Result<Result<Content, Unreadable>, ReaderError> {
    if kind != FileType::Pdf {
        return Ok(Ok(Content::parse(kind, bytes)));
    }
    match reader.read_pdf(bytes.to_vec()).await {
        Ok(pages) => Ok(Ok(Content::Paginated(pages))),
        Err(error) if error.disposition() == Disposition::Retry => Err(error),
        Err(error) => Ok(Err(Unreadable {
            why: error.to_string(),
        })),
    }
}

/// A mail's own text stays text, whatever its first bytes look like.
pub fn kind_of(media_type: &str, bytes: &[u8]) -> FileType {
    match media_type {
        "text/plain" => FileType::Text,
        "text/html" => FileType::Html,
        _ => file_type(bytes),
    }
}
