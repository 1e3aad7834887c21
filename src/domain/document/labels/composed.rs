//! Labels put together of the word for a bill and the word for a number or a day, in whatever order a language or a program has
//! them: `Number of the invoice`, `Rechnung-Ref.`, `Fecha de la factura`. The lists of spellings have the usual ones.

use super::{Label, is_bill_heading};

/// Words for a number behind the word for a bill, folded.
const NUMBERS: [&str; 24] = [
    "no",
    "nr",
    "n",
    "nbr",
    "num",
    "number",
    "nummer",
    "numero",
    "nro",
    "#",
    "id",
    "code",
    "codice",
    "codigo",
    "kennung",
    "kennzeichen",
    "ref",
    "reference",
    "referenz",
    "referentie",
    "referencia",
    "riferimento",
    "kenmerk",
    "identifier",
];
/// Those that say so before it, too: a reference before it may name another paper.
const LEADING_NUMBERS: [&str; 11] = [
    "no",
    "nr",
    "n",
    "nbr",
    "num",
    "number",
    "nummer",
    "numero",
    "nro",
    "id",
    "identifier",
];
/// Words for a day.
const DAYS: [&str; 12] = [
    "date",
    "dated",
    "datum",
    "fecha",
    "data",
    "dat",
    "dd",
    "issued",
    "emission",
    "emision",
    "emissione",
    "uitgifte",
];
/// What stands between them, folded.
const BETWEEN: [&str; 17] = [
    "of", "the", "this", "our", "der", "des", "unserer", "de", "d", "du", "la", "le", "del",
    "della", "van", "deze", "onze",
];
/// What a bill is of, between its word and that for its number: `Invoice document no.`
const KINDS: [&str; 12] = [
    "document", "doc", "serial", "sequence", "sales", "client", "cliente", "kunde", "vente",
    "venta", "vendita", "serie",
];
/// Longest of them in words.
const MAX_WORDS: usize = 5;

/// The label that starts at a word, and where it ends.
pub(super) fn label(keys: &[&str], start: usize) -> Option<(Label, u16, usize)> {
    let first = *keys.get(start)?;
    let rest = keys.get(start + 1..(start + MAX_WORDS).min(keys.len()))?;
    let word = |at: usize| rest.get(at).copied().unwrap_or_default();
    let skip = |words: &[&str]| rest.iter().take_while(|word| words.contains(word)).count();
    if is_bill_heading(first) {
        let kinds = skip(&KINDS).min(1);
        let end = start + kinds + 2;
        if NUMBERS.contains(&word(kinds)) {
            return Some((Label::Number, 3, end));
        }
        return (DAYS.contains(&word(kinds))).then_some((Label::IssueDate, 3, end));
    }
    let meaning = if LEADING_NUMBERS.contains(&first) {
        Label::Number
    } else if DAYS.contains(&first) {
        Label::IssueDate
    } else {
        return None;
    };
    let between = skip(&BETWEEN);
    (is_bill_heading(word(between))).then_some((meaning, 3, start + between + 2))
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;
    use crate::domain::document::layout::Layout;

    #[test]
    fn the_words_for_bill_and_number_make_a_label_in_every_order() {
        for (text, label) in [
            ("Number of this invoice: 4711", Label::Number),
            ("Nummer unserer Rechnung  4711", Label::Number),
            ("Factuur referentie  4711", Label::Number),
            ("Facture client numéro  4711", Label::Number),
            ("Invoice \u{2116} 4711", Label::Number),
            ("Datum unserer Rechnung  03.05.2026", Label::IssueDate),
            ("Date of our invoice  3 May 2026", Label::IssueDate),
        ] {
            let layout = Layout::of_text(text);
            let found = find(&layout);
            let best = found.iter().find(|hit| hit.strength == 3);
            assert_eq!(best.map(|hit| hit.label), Some(label), "{text}");
        }
    }

    #[test]
    fn a_reference_to_a_bill_is_not_the_number_of_this_one() {
        let layout = Layout::of_text("Referenz unserer Rechnung 4711");
        let own = |hit: &super::super::Hit| hit.label == Label::Number && hit.strength == 3;
        assert!(!find(&layout).iter().any(own));
    }
}
