//! What a part of a mail becomes: a document that is read, or a file that is kept.

use crate::formats::sniff::FileType;

/// A part that is read as a document.
#[derive(Clone, PartialEq, Debug)]
pub struct PartDocument {
    /// Its place in the mail.
    pub part: String,
    /// Its file name, cleaned; `body` for the text of the mail.
    pub name: String,
    /// By its leading bytes.
    pub kind: FileType,
    /// Its bytes, the transfer encoding removed; for a text in UTF-8.
    pub bytes: Vec<u8>,
}

impl PartDocument {
    /// It is the text of the mail, no file.
    pub fn is_body(&self) -> bool {
        let is_text = matches!(self.kind, FileType::Text | FileType::Html);
        is_text && matches!(self.name.as_str(), "body" | "")
    }
}

/// A part that is kept and not read.
#[derive(Clone, PartialEq, Debug)]
pub struct SetAside {
    /// Its place in the mail.
    pub part: String,
    /// Its name, for the eye.
    pub name: String,
    /// By its leading bytes.
    pub kind: FileType,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Why.
    pub why: String,
    /// It was unpacked: what it held stands for it.
    pub is_replaced: bool,
}
