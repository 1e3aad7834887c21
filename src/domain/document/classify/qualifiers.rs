//! Words that change what a bill means: paid already, cancelled, a draft, a copy (DOMAIN 2.3 and 2.6).

use super::{channel, payee, stamps};
use crate::domain::document::extract::bill::Findings;
use crate::domain::document::identity::OwnIdentity;
use crate::domain::document::layout::Layout;
use crate::domain::document::words::{self, says};
use crate::domain::document::{Classification, DocumentKind};

/// A bill that asks for nothing is not paid, a cancelled one is no bill, and a copy says so.
pub(super) fn weigh(
    found: &mut Classification,
    layout: &Layout,
    text: &str,
    (findings, own): (&Findings, &OwnIdentity),
) {
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
        let takes_back = is_bill.then(|| stamps::takes_back(layout)).flatten();
        takes_back.or_else(|| stamps::doubt(layout))
    };
    let others = || {
        is_bill
            .then(|| payee::doubt(layout, text, findings))
            .flatten()
    };
    if let Some(doubt) = doubt.map(str::to_owned).or_else(others) {
        // Why the side is unclear is told first: it decides who looks.
        found.conflict.get_or_insert(doubt);
    }
    if is_bill && let Some(flag) = channel::missed(findings, own) {
        found.reasons.push(flag);
    }
    if stamps::stands_alone(layout, words::COPY_STAMPS) || says(text, "copia di cortesia") {
        found.reasons.push("it says that it is a copy".into());
    }
}
