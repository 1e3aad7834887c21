//! Which invoice a payer means: by the reference we issued, by the number as we wrote it, by the number as people type it.

mod reference;
mod exact;
mod normalised;

use super::OpenInvoice;
use crate::basics::ids::CustomerId;
use crate::words;

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
    let by_reference = pick(invoices, |i| reference::is_meant(written, &i.invoice));
    if let Some(found) = decided(by_reference, How::Reference) {
        return found;
    }
    let by_number = pick(invoices, |i| exact::is_meant(written, &i.invoice));
    if let Some(found) = decided(by_number, How::Exact) {
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
    /// Whose payment reference it quotes.
    pub by_reference: Vec<&'a OpenInvoice>,
    /// Whose number it quotes as we wrote it.
    pub exact: Vec<&'a OpenInvoice>,
    /// Whose number it quotes in any spelling, the exact ones included.
    pub normalised: Vec<&'a OpenInvoice>,
}

/// What the open ones among `invoices` are called in `text`, the remittance information of a bank entry.
pub fn mentions<'a>(text: &str, invoices: &'a [OpenInvoice]) -> Mentions<'a> {
    let runs = normalised::Runs::of(text);
    let open = || invoices.iter().filter(|i| i.is_open());
    let exact: Vec<_> = open()
        .filter(|i| exact::is_named(text, &i.invoice))
        .collect();
    // A number that stands there as we wrote it takes its characters: what it would also mean loosely is not meant.
    let rest = exact.iter().fold(text.to_owned(), |rest, i| {
        exact::without(&rest, &i.invoice.number)
    });
    let loose_runs = normalised::Runs::of(&rest);
    let loose = open().filter(|i| !exact.contains(i) && loose_runs.name(&i.invoice));
    Mentions {
        by_reference: open()
            .filter(|i| reference::is_quoted(&runs, &i.invoice))
            .collect(),
        normalised: exact.iter().copied().chain(loose).collect(),
        exact,
    }
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
