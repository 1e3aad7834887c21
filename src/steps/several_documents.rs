//! A file that holds several documents, as files of one document each.

use super::open_mail::PartDocument;
use crate::formats::sniff::{FileType, file_type};
use crate::formats::xml_root::RootKind;
use crate::formats::{fatturapa, smime};

/// The documents of a file that holds several; empty when it is one, or cannot be taken apart, which reading it tells.
pub fn several_documents(file: &PartDocument) -> Vec<PartDocument> {
    let is_signed = file.kind == FileType::Pkcs7;
    let content = is_signed
        .then(|| smime::content(&file.bytes))
        .and_then(Result::ok);
    let bytes = content.as_deref().unwrap_or(&file.bytes);
    let kind = if is_signed {
        file_type(bytes)
    } else {
        file.kind
    };
    if kind != FileType::Xml(RootKind::FatturaPa) {
        return Vec::new();
    }
    let pieces = fatturapa::split(bytes).unwrap_or_default();
    let count = pieces.len();
    let numbered = pieces.into_iter().enumerate().map(|(index, bytes)| {
        let number = index + 1;
        PartDocument {
            part: format!("{}/{number}", file.part),
            name: format!("{} ({number} of {count})", file.name),
            kind,
            bytes,
        }
    });
    numbered.collect()
}
