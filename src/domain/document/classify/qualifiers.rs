//! Words that change what a bill means: paid already, cancelled, a draft, a copy (DOMAIN 2.3 and 2.6).

use super::stamps;
use crate::domain::document::extract::bill::Findings;
use crate::domain::document::layout::Layout;
use crate::domain::document::words::{self, says};
use crate::domain::document::{Classification, DocumentKind};

/// A bill that asks for nothing is not paid, a cancelled one is no bill, and a copy says so.
pub(super) fn weigh(found: &mut Classification, layout: &Layout, text: &str, findings: &Findings) {
    if !matches!(
        found.kind,
        DocumentKind::Bill | DocumentKind::CreditNote | DocumentKind::CustomerInvoice
    ) {
        return;
    }
    let any = |phrases: &[&str]| phrases.iter().any(|phrase| says(text, phrase));
    let is_bill = found.kind == DocumentKind::Bill;
    let due = findings.fields.payable_total.as_ref();
    let doubt = if is_bill && any(words::COURTESY_PHRASES) {
        Some(
            "not_payable: a courtesy copy; the invoice itself comes through the exchange of the tax office",
        )
    } else if is_bill && due.is_some_and(|due| due.value.is_zero()) {
        Some("not_payable: nothing is due on it")
    } else if is_bill
        && (any(words::PAID_PHRASES) || stamps::stands_alone(layout, words::PAID_STAMPS))
    {
        Some("not_payable: it says that it was paid already")
    } else {
        stamps::doubt(layout)
    };
    if let Some(doubt) = doubt {
        // Why the side is unclear is told first: it decides who looks.
        found.conflict.get_or_insert_with(|| doubt.to_owned());
    }
    if stamps::stands_alone(layout, words::COPY_STAMPS) || says(text, "copia di cortesia") {
        found.reasons.push("it says that it is a copy".into());
    }
}
