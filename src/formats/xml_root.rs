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
    /// UBL SelfBilledInvoice.
    UblSelfBilledInvoice,
    /// UBL SelfBilledCreditNote.
    UblSelfBilledCreditNote,
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
    /// UBL RequestForQuotation.
    UblRequestForQuotation,
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
    /// UBL Catalogue.
    UblCatalogue,
    /// UBL ApplicationResponse: an answer about another document.
    UblApplicationResponse,
    /// UN/CEFACT CrossIndustryInvoice D16B: Factur-X, ZUGFeRD 2, XRechnung.
    CiiInvoice,
    /// CrossIndustryDocument: ZUGFeRD 1.0.
    Zugferd1,
    /// SCRDMCCBDACIOMessageStructure: Order-X, an order, a change or a response.
    OrderX,
    /// SCRDMCCBDACIDAMessageStructure: Deliver-X, a despatch advice.
    DeliverX,
    /// FatturaElettronica of the Italian exchange, ordinary or simplified.
    FatturaPa,
    /// ISO 20022 remt.001: a remittance advice.
    Remt001,
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
        "SCRDMCCBDACIDAMessageStructure" => RootKind::DeliverX,
        "FatturaElettronica" | "FatturaElettronicaSemplificata" => RootKind::FatturaPa,
        "Document" if namespace.starts_with("urn:iso:std:iso:20022:tech:xsd:remt.001.") => {
            RootKind::Remt001
        }
        "Document" if namespace.starts_with("urn:iso:std:iso:20022:") => RootKind::Iso20022,
        _ => RootKind::Other,
    }
}

fn ubl_kind(name: &str) -> RootKind {
    match name {
        // A freight invoice is built like any other.
        "Invoice" | "FreightInvoice" => RootKind::UblInvoice,
        "CreditNote" => RootKind::UblCreditNote,
        "SelfBilledInvoice" => RootKind::UblSelfBilledInvoice,
        "SelfBilledCreditNote" => RootKind::UblSelfBilledCreditNote,
        "Order" => RootKind::UblOrder,
        "OrderChange" => RootKind::UblOrderChange,
        "OrderCancellation" => RootKind::UblOrderCancellation,
        "OrderResponse" | "OrderResponseSimple" => RootKind::UblOrderResponse,
        "Quotation" => RootKind::UblQuotation,
        "RequestForQuotation" => RootKind::UblRequestForQuotation,
        "DespatchAdvice" => RootKind::UblDespatchAdvice,
        "ReceiptAdvice" => RootKind::UblReceiptAdvice,
        "Statement" => RootKind::UblStatement,
        "Reminder" => RootKind::UblReminder,
        "RemittanceAdvice" => RootKind::UblRemittanceAdvice,
        "Catalogue" => RootKind::UblCatalogue,
        "ApplicationResponse" => RootKind::UblApplicationResponse,
        _ => RootKind::Other,
    }
}
