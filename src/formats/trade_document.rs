//! Structured business documents that are no invoices: orders and what follows them, advices, statements, reminders. UBL 2.x, the
//! UN/CEFACT messages that Order-X and Deliver-X put into PDFs, and remittance advices of ISO 20022, X12 and EDIFACT.

mod cross_industry;
pub mod remadv;
mod remt;
mod ubl;
pub mod x12_820;

use rust_decimal::Decimal;

use super::e_invoice::{Line, Party};
use super::issue::Issue;
use super::page::EmbeddedFile;
use super::xml::{self, Document, Element, XmlError};
use super::xml_root::{RootKind, kind};
use crate::basics::calendar::Date;

/// What they are called inside a PDF that shows them (Order-X 1.0 section 6, Deliver-X 1.0).
const EMBEDDED_NAMES: [&str; 3] = ["order-x.xml", "cida.xml", "deliver-x.xml"];

/// The document that a file inside a PDF says its pages are. A file of another name is what a supplier attached: the order he
/// answers, perhaps.
pub fn of_pages(file: &EmbeddedFile) -> Option<TradeDocument> {
    let is_named = EMBEDDED_NAMES.contains(&file.name.as_str());
    is_named.then(|| read(&file.bytes).ok().flatten()).flatten()
}

/// What one is written as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TradeKind {
    /// XML, by its root element.
    Xml(RootKind),
    /// X12 820, payment order and remittance advice.
    X12PaymentOrder,
    /// UN/EDIFACT REMADV, remittance advice.
    Remadv,
}

/// One such document. Amounts are in its currency, as written.
#[derive(Clone, PartialEq, Debug)]
pub struct TradeDocument {
    /// What it is.
    pub kind: TradeKind,
    /// Its UNCL1001 code, where it has one: Order-X tells orders, changes and responses by it.
    pub type_code: Option<String>,
    /// Its own number.
    pub number: Option<String>,
    /// Its date.
    pub issue_date: Option<Date>,
    /// ISO 4217 code as written.
    pub currency: Option<String>,
    /// The order it is, changes, answers or follows.
    pub order_number: Option<String>,
    /// Who sells; in a remittance advice, who is paid.
    pub seller: Party,
    /// Who buys; in a remittance advice, who pays.
    pub buyer: Party,
    /// Sum without VAT.
    pub net: Option<Decimal>,
    /// VAT.
    pub tax: Option<Decimal>,
    /// Sum with VAT.
    pub gross: Option<Decimal>,
    /// What is paid, open or asked for altogether.
    pub total: Option<Decimal>,
    /// The day of payment.
    pub payment_date: Option<Date>,
    /// The number the payer gave the payment.
    pub payment_reference: Option<String>,
    /// The account that is paid to.
    pub account: Option<String>,
    /// Terms of payment.
    pub payment_terms: Option<String>,
    /// Goods or services.
    pub lines: Vec<Line>,
    /// Invoices that are paid, open or overdue.
    pub invoices: Vec<NamedInvoice>,
    /// Files carried inside, decoded.
    pub attachments: Vec<EmbeddedFile>,
    /// Where the terms were found, by the names of the fields above.
    pub paths: Vec<(&'static str, String)>,
    /// What was odd.
    pub issues: Vec<Issue>,
}

/// An invoice or credit note that a statement, a reminder or a remittance advice names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedInvoice {
    /// Its number.
    pub number: String,
    /// What is paid or open of it; negative for a credit note.
    pub amount: Decimal,
    /// The discount for paying early that the payer took off it, where it says so.
    pub discount: Option<Decimal>,
}

impl TradeDocument {
    /// Says what a payment is for.
    pub fn is_remittance(&self) -> bool {
        match self.kind {
            TradeKind::Xml(root) => {
                matches!(root, RootKind::UblRemittanceAdvice | RootKind::Remt001)
            }
            TradeKind::X12PaymentOrder | TradeKind::Remadv => true,
        }
    }

    fn new(kind: TradeKind) -> Self {
        Self {
            kind,
            type_code: None,
            number: None,
            issue_date: None,
            currency: None,
            order_number: None,
            seller: Party::default(),
            buyer: Party::default(),
            net: None,
            tax: None,
            gross: None,
            total: None,
            payment_date: None,
            payment_reference: None,
            account: None,
            payment_terms: None,
            lines: Vec::new(),
            invoices: Vec::new(),
            attachments: Vec::new(),
            paths: Vec::new(),
            issues: Vec::new(),
        }
    }
}

/// Reads any of them; `None` when it is another document.
///
/// # Errors
/// When it is not readable as XML.
pub fn read(bytes: &[u8]) -> Result<Option<TradeDocument>, XmlError> {
    let Document { namespace, root } = xml::read(bytes)?;
    Ok(from_xml(kind(&namespace, &root.name), &root))
}

fn from_xml(kind: RootKind, root: &Element) -> Option<TradeDocument> {
    match kind {
        RootKind::UblOrder
        | RootKind::UblOrderChange
        | RootKind::UblOrderCancellation
        | RootKind::UblOrderResponse
        | RootKind::UblQuotation
        | RootKind::UblRequestForQuotation
        | RootKind::UblDespatchAdvice
        | RootKind::UblReceiptAdvice
        | RootKind::UblStatement
        | RootKind::UblReminder
        | RootKind::UblRemittanceAdvice
        | RootKind::UblCatalogue
        | RootKind::UblApplicationResponse => Some(ubl::read(kind, root)),
        RootKind::Remt001 => remt::read(root),
        RootKind::OrderX | RootKind::DeliverX => Some(cross_industry::read(kind, root)),
        RootKind::UblInvoice
        | RootKind::UblCreditNote
        | RootKind::UblSelfBilledInvoice
        | RootKind::UblSelfBilledCreditNote
        | RootKind::CiiInvoice
        | RootKind::Zugferd1
        | RootKind::FatturaPa
        | RootKind::Iso20022
        | RootKind::Other => None,
    }
}

#[cfg(test)]
mod tests;
