//! Which invoice a payer means: by the reference we issued, by the number as we wrote it, by the number as people type it.

mod reference;
mod exact;
mod normalised;
pub mod subset;

use super::{CustomerInvoice, OpenInvoice};
use crate::basics::ids::CustomerId;
use crate::basics::number_key::NumberKey;
use crate::basics::text::fold;
use crate::words;

/// A bank's text has 140 characters, and no room for more numbers.
const NUMBERS_IN_TEXT: usize = 20;

words! {
    /// How a number found its invoice.
    pub enum How {
        /// The payment reference we issued.
        Reference = "payment reference",
        /// The number as we wrote it.
        Exact = "exact number",
        /// The number without prefix, leading zeros or separators.
        Normalised = "normalised number",
    }
}

/// What a written number means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Matched<'a> {
    /// One invoice.
    One(&'a OpenInvoice, How),
    /// Several fit equally well: a person decides.
    Rivals(Vec<&'a OpenInvoice>),
    /// None of ours.
    Nothing,
}

/// Finds the invoice a payer wrote down as `written`. Reference and exact number are looked up among all `invoices`, so
/// that a paid one is recognised as paid; looser spellings among the open ones, those of the payer when it is known, and
/// only then among that payer's paid ones.
pub fn find<'a>(
    written: &str,
    invoices: &'a [OpenInvoice],
    payer: Option<CustomerId>,
) -> Matched<'a> {
    let by_reference = |proven: bool| {
        pick(invoices, |i| {
            reference::proves_itself(&i.invoice) == proven
                && reference::is_meant(written, &i.invoice)
        })
    };
    if let Some(found) = decided(by_reference(true), How::Reference) {
        return found;
    }
    let by_number = pick(invoices, |i| exact::is_meant(written, &i.invoice));
    // A short reference may be another invoice's number: it is no surer than that.
    let mut alike = by_reference(false);
    alike.retain(|i| !by_number.contains(i) && payer.is_none_or(|p| i.invoice.customer == p));
    let how = if by_number.is_empty() {
        How::Reference
    } else {
        How::Exact
    };
    if let Some(found) = decided([by_number, alike].concat(), how) {
        return found;
    }
    let loose = |open: bool| {
        pick(invoices, |i| {
            i.is_open() == open
                && payer.is_none_or(|customer| i.invoice.customer == customer)
                && normalised::is_meant(written, &i.invoice)
        })
    };
    let found = decided(loose(true), How::Normalised);
    // A known payer may list what is paid by now; it is found so that it can be called paid.
    let found = found.or_else(|| payer.and_then(|_| decided(loose(false), How::Normalised)));
    found.unwrap_or(Matched::Nothing)
}

/// The open invoices a free text names.
#[derive(Clone, Default, Debug)]
pub struct Mentions<'a> {
    /// Whose payment reference it quotes; only references that prove themselves.
    pub by_reference: Vec<&'a OpenInvoice>,
    /// Whose number, or short payment reference, it quotes as we wrote it.
    pub exact: Vec<&'a OpenInvoice>,
    /// Whose number, or short payment reference, it quotes in any spelling, the exact ones included.
    pub normalised: Vec<&'a OpenInvoice>,
}

/// What the open ones among `invoices` are called in `text`, the remittance information of a bank entry.
pub fn mentions<'a>(text: &str, invoices: &'a [OpenInvoice]) -> Mentions<'a> {
    let runs = normalised::Runs::of(text);
    let open = || invoices.iter().filter(|i| i.is_open());
    // Once, and not for each of ten thousand invoices.
    let folded = fold(text);
    let exact: Vec<_> = open()
        .filter(|i| named_in(&folded, &i.invoice).is_some())
        .collect();
    // A number that stands there as we wrote it takes its characters: what it would also mean loosely is not meant.
    let taken = exact.iter().filter_map(|i| named_in(&folded, &i.invoice));
    let rest = taken.fold(text.to_owned(), |rest, name| exact::without(&rest, name));
    let loose_runs = normalised::Runs::of(&rest);
    let is_loose = |i: &OpenInvoice| {
        let by_reference =
            !reference::proves_itself(&i.invoice) && reference::is_quoted(&loose_runs, &i.invoice);
        by_reference || loose_runs.name(&i.invoice)
    };
    let loose = open().filter(|i| !exact.contains(i) && is_loose(i));
    Mentions {
        by_reference: open()
            .filter(|i| reference::proves_itself(&i.invoice))
            .filter(|i| reference::is_quoted(&runs, &i.invoice))
            .collect(),
        normalised: exact.iter().copied().chain(loose).collect(),
        exact,
    }
}

/// The words of a bank's text that may be numbers, as numbers are compared.
pub fn number_keys(text: &str) -> Vec<NumberKey> {
    let words = text.split_whitespace();
    let words = words.filter(|word| word.contains(|c: char| c.is_ascii_digit()));
    words.take(NUMBERS_IN_TEXT).map(NumberKey::of).collect()
}

/// The text names the invoice as we wrote it.
pub fn is_named(text: &str, invoice: &CustomerInvoice) -> bool {
    named_in(&fold(text), invoice).is_some()
}

/// What an invoice is called in the folded text, as we wrote it: its number, or its payment reference where that is no surer.
fn named_in<'i>(folded: &str, invoice: &'i CustomerInvoice) -> Option<&'i str> {
    let reference = reference::written(invoice).filter(|_| !reference::proves_itself(invoice));
    let mut names = std::iter::once(invoice.number.as_str()).chain(reference);
    names.find(|name| exact::is_named(folded, name))
}

fn pick(invoices: &[OpenInvoice], fits: impl Fn(&OpenInvoice) -> bool) -> Vec<&OpenInvoice> {
    invoices.iter().filter(|i| fits(i)).collect()
}

fn decided(found: Vec<&OpenInvoice>, how: How) -> Option<Matched<'_>> {
    match found.as_slice() {
        [] => None,
        [one] => Some(Matched::One(one, how)),
        [_, _, ..] => Some(Matched::Rivals(found)),
    }
}

#[cfg(test)]
mod tests;
