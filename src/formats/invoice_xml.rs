//! The one way to read the XML documents that are invoices.

use super::e_invoice::EInvoice;
use super::page::EmbeddedFile;
use super::xml::{self, Document, XmlError};
use super::xml_root::{RootKind, kind};
use super::{cii, fatturapa, ubl};

/// Why a file did not give an e-invoice.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotAnInvoice {
    /// Not readable as XML.
    #[error(transparent)]
    Xml(#[from] XmlError),
    /// Readable, but another document or a syntax that is not read yet.
    #[error("the XML root is {root}, not an invoice this program reads")]
    Root {
        /// What it is instead.
        kind: RootKind,
        /// The root's local name.
        root: String,
    },
}

/// Reads UBL Invoice and CreditNote, CII D16B, ZUGFeRD 1.0 and FatturaPA.
pub fn read(bytes: &[u8]) -> Result<EInvoice, NotAnInvoice> {
    let Document { namespace, root } = xml::read(bytes)?;
    let kind = kind(&namespace, &root.name);
    ubl::from_xml(kind, &root)
        .or_else(|| cii::from_xml(kind, &root))
        .or_else(|| fatturapa::from_xml(kind, &root))
        .ok_or(NotAnInvoice::Root {
            kind,
            root: crate::basics::text::one_line(&root.name, 80),
        })
}

/// What holds a file inside an invoice: BG-24 in UBL and CII, Allegati in FatturaPA.
const HOLDERS: [&[u8]; 3] = [
    b"EmbeddedDocumentBinaryObject",
    b"AttachmentBinaryObject",
    b"Allegati",
];
/// Files taken out of one invoice: people attach a handful of time sheets and delivery notes.
const MAX_FILES: usize = 50;

/// The files carried inside an e-invoice, decoded; their size is bounded by that of the XML. Empty for what is none, or
/// cannot be read, which reading it tells.
pub fn embedded_files(bytes: &[u8]) -> Vec<EmbeddedFile> {
    let is_there = |holder: &&[u8]| memchr::memmem::find(bytes, holder).is_some();
    if !HOLDERS.iter().any(is_there) {
        return Vec::new();
    }
    let mut files = read(bytes)
        .map(|invoice| invoice.attachments)
        .unwrap_or_default();
    files.truncate(MAX_FILES);
    files
}

#[cfg(test)]
mod tests;
