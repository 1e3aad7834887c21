//! By the structured payment reference we issued: RF (ISO 11649), QRR, OGM, KID. Payers group its characters as they like.

use super::normalised::Runs;
use crate::basics::text::squash;
use crate::domain::receivable::CustomerInvoice;

/// Shorter ones are no structured references and would be found by accident. RF with one digit has five characters.
const SHORTEST: usize = 5;

pub(super) fn is_meant(written: &str, invoice: &CustomerInvoice) -> bool {
    reference_of(invoice).is_some_and(|reference| squash(written) == reference)
}

/// Some run of words in the text is the reference.
pub(super) fn is_quoted(runs: &Runs, invoice: &CustomerInvoice) -> bool {
    reference_of(invoice).is_some_and(|reference| runs.contain(&reference))
}

fn reference_of(invoice: &CustomerInvoice) -> Option<String> {
    let reference = squash(invoice.payment_reference.as_deref()?);
    (reference.chars().count() >= SHORTEST).then_some(reference)
}
