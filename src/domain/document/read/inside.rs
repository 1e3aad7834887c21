//! A PDF with an invoice, an order or an advice inside: what its XML says, held against what its pages show.

use rust_decimal::Decimal;

use super::{DocumentInput, from_e_invoice, from_trade_document};
use crate::domain::document::classify;
use crate::domain::document::extract::{bill, e_invoice, lines};
use crate::domain::document::identity::{KnownParty, OwnIdentity};
use crate::domain::document::layout::Layout;
use crate::domain::document::{Classification, Confidence, DocumentKind, Reading};
use crate::formats::e_invoice::EInvoice;
use crate::formats::factur_x::{self, Profile};
use crate::formats::issue::Issue;
use crate::formats::page::Paginated;
use crate::formats::trade_document::{self, TradeDocument};

/// What a PDF carries inside that says what it is.
pub(super) enum Embedded {
    /// An invoice.
    Invoice(Box<EInvoice>),
    /// An order, an advice or the like.
    TradeDocument(Box<TradeDocument>),
    /// Neither.
    Nothing,
}

/// Looks for it.
pub(super) fn embedded(pages: &Paginated, input: &DocumentInput<'_>) -> Embedded {
    if !input.with_embedded {
        return Embedded::Nothing;
    }
    if let Some(Ok(invoice)) = factur_x::invoice(&pages.embedded) {
        return Embedded::Invoice(Box::new(invoice));
    }
    // A file that any supplier may attach to a bill, the order it answers perhaps, does not say what the page is.
    let mut documents = pages.embedded.iter().filter_map(trade_document::of_pages);
    documents.next().map_or(Embedded::Nothing, |document| {
        Embedded::TradeDocument(Box::new(document))
    })
}

/// The XML is master; the page is held against it.
pub(super) fn hybrid(
    invoice: &EInvoice,
    layout: &Layout,
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    let mut reading = from_e_invoice(invoice, own);
    let text = layout.plain();
    let has_text = text.chars().filter(char::is_ascii_digit).count() >= 10;
    let page = bill::read(layout, &input.mail, own, known, false);
    let shows = |amount: Decimal| e_invoice::shows_amount(layout, &page.amounts, amount);
    let due = invoice.payable.filter(|due| !due.is_zero());
    let gross = invoice.tax_inclusive.or(invoice.payable);
    let unseen = gross.filter(|gross| !shows(*gross) && !due.is_some_and(shows));
    let mismatch = unseen
        .map(|gross| {
            format!("the XML inside says {gross}, and no page of the PDF shows this amount")
        })
        .or_else(|| e_invoice::contradicted_by(invoice, layout, &page))
        .or_else(|| {
            let seen = classify::page(layout, &page, &input.mail, own);
            other_sign(reading.classification.kind, &seen)
        });
    if let Some(why) = mismatch.filter(|_| has_text) {
        reading.issues.push(Issue::new("", why.clone()));
        reading.classification.conflict = Some(format!("hybrid_mismatch: {why}"));
    }
    if invoice
        .specification
        .as_deref()
        .and_then(Profile::of)
        .is_some_and(Profile::is_header_only)
    {
        e_invoice::as_hints(&mut reading.fields, layout, &page.amounts);
        e_invoice::fill_from_page(&mut reading.fields, page.fields);
        // The page is the document: such an XML has no lines, or is not meant to.
        if reading.lines.is_empty()
            && let Some(table) = page.lines
        {
            reading.issues.extend(lines::doubt(&table));
            reading.lines = table.lines;
        }
        reading.classification.reasons.push(
            "the XML inside carries only the header: it is taken as a hint beside the page".into(),
        );
    }
    reading
}

/// An order or advice inside a PDF says what the page is; unless the page says otherwise itself, for its name is what a stranger
/// chose: a supplier may attach the order he answers to his bill.
pub(super) fn trade_document_in_pages(
    document: &TradeDocument,
    layout: &Layout,
    input: &DocumentInput<'_>,
    own: &OwnIdentity,
    known: &[KnownParty],
) -> Reading {
    let mut reading = from_trade_document(document, &input.mail, own);
    let page = bill::read(layout, &input.mail, own, known, false);
    let seen = classify::page(layout, &page, &input.mail, own);
    let (inside, outside) = (reading.classification.kind, seen.kind);
    let sure = if asks_for_money(outside) {
        LIKE_A_BILL
    } else {
        SURELY_ANOTHER
    };
    if outside != inside && outside != DocumentKind::Other && seen.confidence >= sure {
        let why = format!("the XML inside is a {inside}, and the page looks like a {outside}");
        reading.issues.push(Issue::new("", why.clone()));
        reading.classification.conflict = Some(format!("hybrid_mismatch: {why}"));
    }
    reading
}

/// A page this likely to ask for money is not put away with the order inside it.
const LIKE_A_BILL: Confidence = Confidence::per_mille(700);
/// A page of any other kind than the XML inside is asked about when it says so plainly.
const SURELY_ANOTHER: Confidence = Confidence::per_mille(950);

fn asks_for_money(kind: DocumentKind) -> bool {
    match kind {
        DocumentKind::Bill
        | DocumentKind::CreditNote
        | DocumentKind::CustomerInvoice
        | DocumentKind::SupplierReminder => true,
        DocumentKind::Remittance
        | DocumentKind::PurchaseOrder
        | DocumentKind::PurchaseOrderChange
        | DocumentKind::PurchaseOrderResponse
        | DocumentKind::GoodsReceipt
        | DocumentKind::Quotation
        | DocumentKind::Proforma
        | DocumentKind::Receipt
        | DocumentKind::SupplierStatement
        | DocumentKind::BankStatement
        | DocumentKind::Other => false,
    }
}

/// The XML asks for money and the page gives it back, or the other way round.
fn other_sign(written: DocumentKind, seen: &Classification) -> Option<String> {
    let differs = matches!(
        (written, seen.kind),
        (DocumentKind::Bill, DocumentKind::CreditNote)
            | (DocumentKind::CreditNote, DocumentKind::Bill)
    );
    let is_plain = seen.confidence >= SURELY_ANOTHER && seen.conflict.is_none();
    (differs && is_plain).then(|| {
        format!(
            "the XML inside is a {written}, and the page a {}",
            seen.kind
        )
    })
}
