//! Words that change what a bill means: paid already, cancelled, a copy (DOMAIN 2.3 and 2.6).

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
    // A stamp stands alone; in a sentence the same word may be part of a condition.
    let stamped = |stamps: &[&str]| {
        layout.lines.iter().any(|line| {
            let words = line.tokens.iter().map(|token| token.key.as_str());
            let words = words.filter(|word| !word.is_empty()).take(5);
            let line = words.collect::<Vec<_>>().join(" ");
            stamps.contains(&line.as_str())
        })
    };
    let is_bill = found.kind == DocumentKind::Bill;
    let due = findings.fields.payable_total.as_ref();
    let doubt = if is_bill && any(words::COURTESY_PHRASES) {
        Some(
            "not_payable: a courtesy copy; the invoice itself comes through the exchange of the tax office",
        )
    } else if is_bill && due.is_some_and(|due| due.value.is_zero()) {
        Some("not_payable: nothing is due on it")
    } else if is_bill && (any(words::PAID_PHRASES) || stamped(words::PAID_STAMPS)) {
        Some("not_payable: it says that it was paid already")
    } else if stamped(words::CANCELLED_STAMPS) {
        Some("document_unclear: it says that it was cancelled")
    } else {
        None
    };
    if let Some(doubt) = doubt {
        // Why the side is unclear is told first: it decides who looks.
        found.conflict.get_or_insert_with(|| doubt.to_owned());
    }
    if stamped(words::COPY_STAMPS) || says(text, "copia di cortesia") {
        found.reasons.push("it says that it is a copy".into());
    }
}
