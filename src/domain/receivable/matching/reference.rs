//! By the payment reference we issued: RF (ISO 11649), QRR, OGM, KID. Payers group its characters as they like.
//!
//! Only a reference that proves itself names its invoice whoever writes it: its check digits are those of ISO 11649, or it
//! is so long that nobody writes it by accident. Any other one (five digits, the number of the customer, whatever the books
//! it was imported from print) is a number like ours, and is looked at as one.

use super::normalised::Runs;
use crate::basics::bank_account::is_creditor_reference;
use crate::basics::text::squash;
use crate::domain::receivable::CustomerInvoice;

/// Shorter ones are no references and would be found by accident. RF with one digit has five characters.
const SHORTEST: usize = 5;
/// Ten characters: OGM has 12, Dutch ones 16, QRR 27, and sums, dates and telephone extensions are shorter.
const PROVES_ITSELF: usize = 10;

/// Somebody wrote just this reference.
pub(super) fn is_meant(written: &str, invoice: &CustomerInvoice) -> bool {
    reference_of(invoice).is_some_and(|reference| squash(written) == reference)
}

/// Some run of words in the text is the reference.
pub(super) fn is_quoted(runs: &Runs, invoice: &CustomerInvoice) -> bool {
    reference_of(invoice).is_some_and(|reference| runs.contain(&reference))
}

/// Nobody writes the reference of this invoice who was not told it.
pub(super) fn proves_itself(invoice: &CustomerInvoice) -> bool {
    reference_of(invoice).is_some_and(|reference| {
        is_creditor_reference(&reference)
            || reference.chars().count() >= PROVES_ITSELF
                && reference.contains(|c: char| c.is_ascii_digit())
    })
}

/// The reference as it was issued, where it is one.
pub(super) fn written(invoice: &CustomerInvoice) -> Option<&str> {
    let written = invoice.payment_reference.as_deref()?;
    reference_of(invoice).map(|_| written)
}

fn reference_of(invoice: &CustomerInvoice) -> Option<String> {
    let reference = squash(invoice.payment_reference.as_deref()?);
    (reference.chars().count() >= SHORTEST).then_some(reference)
}
