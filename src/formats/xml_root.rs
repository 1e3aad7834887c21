//! Which business document an XML file is, by its root element.

use serde::{Deserialize, Serialize};

use super::xml::{self, XmlError};

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
    /// FatturaElettronica of the Italian exchange, ordinary or simplified.
    FatturaPa,
    /// ISO 20022: camt, pain.
    Iso20022,
    /// Anything else.
    Other,
}

/// What the root element says, from the start of the file only.
pub fn sniff(bytes: &[u8]) -> Result<RootKind, XmlError> {
    let (namespace, name) = xml::root(bytes)?;
    Ok(kind(&namespace, &name))
}

/// Local names repeat between standards (UBL and others have an `Invoice`), so both parts decide.
pub(super) fn kind(namespace: &str, name: &str) -> RootKind {
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
        "FatturaElettronica" | "FatturaElettronicaSemplificata" => RootKind::FatturaPa,
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
