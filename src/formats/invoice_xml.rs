//! Which business document an XML file is, by its root element, and the one way to read those that are invoices.

use serde::{Deserialize, Serialize};

use super::e_invoice::EInvoice;
use super::xml::{self, Document, XmlError};
use super::{cii, ubl};

/// The business document a root element stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum RootKind {
    /// UBL 2.x Invoice.
    UblInvoice,
    /// UBL 2.x CreditNote.
    UblCreditNote,
    /// UBL Order.
    UblOrder,
    /// UBL OrderChange.
    UblOrderChange,
    /// UBL OrderCancellation.
    UblOrderCancellation,
    /// UBL OrderResponse and OrderResponseSimple.
    UblOrderResponse,
    /// UBL Quotation.
    UblQuotation,
    /// UBL DespatchAdvice.
    UblDespatchAdvice,
    /// UBL ReceiptAdvice.
    UblReceiptAdvice,
    /// UBL Statement (of account).
    UblStatement,
    /// UBL Reminder (the supplier's dunning letter).
    UblReminder,
    /// UBL RemittanceAdvice.
    UblRemittanceAdvice,
    /// UBL ApplicationResponse: an answer about another document.
    UblApplicationResponse,
    /// UN/CEFACT CrossIndustryInvoice D16B: Factur-X, ZUGFeRD 2, XRechnung.
    CiiInvoice,
    /// CrossIndustryDocument: ZUGFeRD 1.0.
    Zugferd1,
    /// SCRDMCCBDACIOMessageStructure: Order-X.
    OrderX,
    /// FatturaElettronica of the Italian exchange.
    FatturaPa,
    /// ISO 20022: camt, pain.
    Iso20022,
    /// Anything else.
    Other,
}

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

/// What the root element says, from the start of the file only.
pub fn sniff(bytes: &[u8]) -> Result<RootKind, XmlError> {
    let (namespace, name) = xml::root(bytes)?;
    Ok(kind(&namespace, &name))
}

/// Reads UBL Invoice and CreditNote, CII D16B and ZUGFeRD 1.0.
pub fn read(bytes: &[u8]) -> Result<EInvoice, NotAnInvoice> {
    let Document { namespace, root } = xml::read(bytes)?;
    let kind = kind(&namespace, &root.name);
    ubl::from_xml(kind, &root)
        .or_else(|| cii::from_xml(kind, &root))
        .ok_or(NotAnInvoice::Root {
            kind,
            root: crate::basics::text::one_line(&root.name, 80),
        })
}

/// Local names repeat between standards (UBL and others have an `Invoice`), so both parts decide.
fn kind(namespace: &str, name: &str) -> RootKind {
    if let Some(document) = namespace.strip_prefix("urn:oasis:names:specification:ubl:schema:xsd:")
    {
        return if document.starts_with(name) {
            ubl_kind(name)
        } else {
            RootKind::Other
        };
    }
    match name {
        "CrossIndustryInvoice" if namespace.contains(":CrossIndustryInvoice:") => {
            RootKind::CiiInvoice
        }
        "CrossIndustryDocument" if namespace.contains(":CrossIndustryDocument:") => {
            RootKind::Zugferd1
        }
        "SCRDMCCBDACIOMessageStructure" => RootKind::OrderX,
        "FatturaElettronica" => RootKind::FatturaPa,
        "Document" if namespace.starts_with("urn:iso:std:iso:20022:") => RootKind::Iso20022,
        _ => RootKind::Other,
    }
}

fn ubl_kind(name: &str) -> RootKind {
    match name {
        "Invoice" => RootKind::UblInvoice,
        "CreditNote" => RootKind::UblCreditNote,
        "Order" => RootKind::UblOrder,
        "OrderChange" => RootKind::UblOrderChange,
        "OrderCancellation" => RootKind::UblOrderCancellation,
        "OrderResponse" | "OrderResponseSimple" => RootKind::UblOrderResponse,
        "Quotation" => RootKind::UblQuotation,
        "DespatchAdvice" => RootKind::UblDespatchAdvice,
        "ReceiptAdvice" => RootKind::UblReceiptAdvice,
        "Statement" => RootKind::UblStatement,
        "Reminder" => RootKind::UblReminder,
        "RemittanceAdvice" => RootKind::UblRemittanceAdvice,
        "ApplicationResponse" => RootKind::UblApplicationResponse,
        _ => RootKind::Other,
    }
}

#[cfg(test)]
mod tests;
