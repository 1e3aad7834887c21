//! The one way to read the XML documents that are invoices.

use super::e_invoice::EInvoice;
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

#[cfg(test)]
mod tests;
