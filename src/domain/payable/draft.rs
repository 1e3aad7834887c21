//! From a document to the draft of a bill. What could not be read stays missing: the checks hold it, nobody guesses.

use super::identify::{Identified, identify};
use super::terms::net_days;
use super::{Bill, BillKind, BillState, Supplier};
use crate::basics::address::MailAddress;
use crate::basics::calendar::{Date, add_days};
use crate::basics::money::Money;
use crate::basics::text::one_line;
use crate::domain::document::{Document, DocumentKind, Field, Fields};

/// Longest number, reference and order number kept; longer ones are misread paragraphs.
const NUMBER_CHARS: usize = 64;
/// Longest supplier name kept.
const NAME_CHARS: usize = 200;

/// Who sent a document, as far as the books care.
#[derive(Clone, Debug, Default)]
pub struct Sender<'a> {
    /// The single From address; a claim.
    pub from: Option<&'a MailAddress>,
    /// The domains of our own people, lower case: one of them sends in what a supplier sent to a person.
    pub own_domains: &'a [String],
}

impl Sender<'_> {
    /// The colleague who sent it in and therefore must not approve it.
    fn submitter(&self) -> Option<MailAddress> {
        let own = |from: &&MailAddress| {
            self.own_domains
                .iter()
                .any(|domain| domain == from.domain())
        };
        self.from.filter(own).cloned()
    }
}

/// The draft of the bill in this document, and how its supplier was found.
pub fn draft(
    document: &Document,
    sender: &Sender<'_>,
    suppliers: &[Supplier],
) -> (Bill, Identified) {
    let fields = &document.reading.fields;
    let kind = match document.reading.classification.kind {
        DocumentKind::CreditNote => BillKind::CreditNote,
        DocumentKind::Bill
        | DocumentKind::CustomerInvoice
        | DocumentKind::Remittance
        | DocumentKind::SupplierStatement
        | DocumentKind::PurchaseOrder
        | DocumentKind::PurchaseOrderChange
        | DocumentKind::PurchaseOrderResponse
        | DocumentKind::GoodsReceipt
        | DocumentKind::Quotation
        | DocumentKind::Proforma
        | DocumentKind::SupplierReminder
        | DocumentKind::Receipt
        | DocumentKind::BankStatement
        | DocumentKind::Other => BillKind::Invoice,
    };
    let is_turned = is_turned(kind, fields);
    let amount = |field: &Option<Field<Money>>| {
        let value = field.as_ref().map(|field| field.value)?;
        if is_turned {
            value.checked_neg()
        } else {
            Some(value)
        }
    };
    let gross = amount(&fields.gross_total);
    let number = line(&fields.invoice_number, NUMBER_CHARS);
    let bill = Bill {
        id: Bill::id_of(document.id),
        document: document.id,
        message: document.message,
        kind,
        supplier: None,
        supplier_name: line(&fields.supplier_name, NAME_CHARS).unwrap_or_default(),
        payment_reference: line(&fields.payment_reference, NUMBER_CHARS).or_else(|| number.clone()),
        number,
        issue_date: fields.issue_date.as_ref().map(|field| field.value),
        due_date: fields.due_date.as_ref().map(|field| field.value),
        currency: fields.currency.as_ref().map(|field| field.value),
        net: amount(&fields.net_total),
        tax: amount(&fields.tax_total),
        gross,
        payable: amount(&fields.payable_total).or(gross),
        iban: fields
            .iban
            .as_ref()
            .map(|field| without_blanks(&field.value)),
        po_number: line(&fields.po_number, NUMBER_CHARS),
        preceding_number: line(&fields.preceding_number, NUMBER_CHARS),
        submitter: sender.submitter(),
        corrected_by: Vec::new(),
        codings: Vec::new(),
        findings: Vec::new(),
        cleared: Vec::new(),
        state: BillState::Draft,
        version: 0,
    };
    complete(bill, fields, sender.from, suppliers)
}

/// Looks for the supplier once more, in case it was imported since, and fills in the due date from the terms. Leaves alone
/// what is known already, because a person may have entered it.
pub fn complete(
    mut bill: Bill,
    fields: &Fields,
    from: Option<&MailAddress>,
    suppliers: &[Supplier],
) -> (Bill, Identified) {
    let identified = match bill.supplier {
        Some(known) => Identified {
            supplier: Some(known),
            ..Identified::default()
        },
        None => identify(fields, from, suppliers),
    };
    bill.supplier = identified.supplier;
    let supplier = suppliers
        .iter()
        .find(|supplier| Some(supplier.id) == bill.supplier);
    bill.due_date = bill
        .due_date
        .or_else(|| due_date(bill.issue_date?, fields, supplier));
    (bill, identified)
}

/// Issue date plus the printed terms, else plus the supplier's.
fn due_date(issued: Date, fields: &Fields, supplier: Option<&Supplier>) -> Option<Date> {
    let printed = fields
        .payment_terms
        .as_ref()
        .and_then(|field| net_days(&field.value));
    let days = printed.or_else(|| supplier?.terms_days)?;
    Some(add_days(issued, i32::from(days)))
}

/// Are the printed amounts of a credit note positive, so that their signs have to be turned? Most are; some systems print
/// them negative already.
pub(super) fn is_turned(kind: BillKind, fields: &Fields) -> bool {
    let total = fields
        .payable_total
        .as_ref()
        .filter(|field| !field.value.is_zero());
    let total = total.or(fields.gross_total.as_ref());
    match kind {
        BillKind::CreditNote => total.is_some_and(|field| field.value.is_positive()),
        BillKind::Invoice => false,
    }
}

fn line(field: &Option<Field<String>>, max_chars: usize) -> Option<String> {
    let value = field
        .as_ref()
        .map(|field| one_line(&field.value, max_chars))?;
    (!value.is_empty()).then_some(value)
}

fn without_blanks(text: &str) -> String {
    one_line(text, NUMBER_CHARS).replace(' ', "").to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::calendar::date;
    use crate::domain::payable::test_world::{document, eur, supplier, text};

    #[test]
    fn a_credit_note_is_a_bill_with_negative_totals_however_it_is_printed() {
        for printed in [119_000, -119_000] {
            let document = document(DocumentKind::CreditNote, |fields| {
                fields.net_total = Some(text(eur(printed / 119 * 100)));
                fields.gross_total = Some(text(eur(printed)));
                fields.payable_total = Some(text(eur(printed)));
            });
            let (bill, _) = draft(&document, &Sender::default(), &[]);
            assert_eq!(
                (bill.kind, bill.payable, bill.net),
                (
                    BillKind::CreditNote,
                    Some(eur(-119_000)),
                    Some(eur(-100_000))
                )
            );
        }
    }

    #[test]
    fn the_colleague_who_forwarded_a_bill_is_its_submitter_and_the_supplier_is_not() {
        let document = document(DocumentKind::Bill, |_| {});
        let submitter = |from: &str| {
            let from = MailAddress::parse(from);
            let sender = Sender {
                from: from.as_ref(),
                own_domains: &["fin.test".into()],
            };
            draft(&document, &sender, &[]).0.submitter
        };
        assert_eq!(
            submitter("anna@fin.test"),
            MailAddress::parse("anna@fin.test")
        );
        assert_eq!(submitter("billing@alpha.test"), None);
    }

    #[test]
    fn a_missing_due_date_comes_from_the_printed_terms_else_from_the_suppliers() {
        let alpha = supplier("70001", "Alpha GmbH", "DE136695976", &[], "alpha.test");
        let due = |printed: Option<Date>, terms: &str| {
            let document = document(DocumentKind::Bill, |fields| {
                fields.due_date = printed.map(text);
                fields.payment_terms = Some(text(terms.to_owned()));
            });
            draft(&document, &Sender::default(), std::slice::from_ref(&alpha))
                .0
                .due_date
        };
        assert_eq!(
            due(Some(date(2026, 12, 1)), "net 30"),
            Some(date(2026, 12, 1))
        );
        assert_eq!(due(None, "net 10"), Some(date(2026, 11, 30)));
        assert_eq!(
            due(None, ""),
            Some(date(2026, 12, 4)),
            "the supplier's 14 days"
        );
    }

    #[test]
    fn a_number_with_a_header_in_it_becomes_one_harmless_line() {
        let document = document(DocumentKind::Bill, |fields| {
            fields.invoice_number = Some(text("RE-1\r\nBcc: x@evil.test".to_owned()));
        });
        let (bill, _) = draft(&document, &Sender::default(), &[]);
        assert_eq!(bill.number.as_deref(), Some("RE-1 Bcc: x@evil.test"));
    }
}
