//! Labels put together of the word for a bill and the word for a number or a day, in whatever order a language or a program has
//! them: `Number of the invoice`, `Rechnung-Ref.`, `Fecha de la factura`. The lists of spellings have the usual ones.

use super::{Label, is_bill_heading};

/// Words for a number before or behind the word for a bill, folded.
const NUMBERS: [&str; 11] = [
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
/// Those that say so only behind it: a reference before it may name another paper.
const TRAILING_NUMBERS: [&str; 13] = [
    "#",
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

/// How programs abbreviate the word for a bill, folded.
const ABBREVIATED: [&str; 14] = [
    "rechnungs",
    "rechn",
    "rech",
    "rg",
    "fakt",
    "faktura",
    "fact",
    "fac",
    "fra",
    "fras",
    "fatt",
    "ft",
    "inv",
    "factuur",
];
/// Papers that may be the bill itself.
const PAPERS: [&str; 8] = [
    "document",
    "documento",
    "dokument",
    "beleg",
    "doc",
    "piece",
    "voucher",
    "dok",
];
/// Shorter words for a number mean something else at the end of another word.
const LEAST_ENDING: usize = 2;

/// The label that starts at a word, and where it ends.
pub(super) fn label(keys: &[&str], start: usize) -> Option<(Label, u16, usize)> {
    let first = *keys.get(start)?;
    let rest = keys.get(start + 1..(start + MAX_WORDS).min(keys.len()))?;
    let word = |at: usize| rest.get(at).copied().unwrap_or_default();
    let skip = |words: &[&str]| rest.iter().take_while(|word| words.contains(word)).count();
    if let Some((meaning, strength)) = in_one_word(first) {
        return Some((meaning, strength, start + 1));
    }
    if let Some(strength) = named(first) {
        let kinds = skip(&KINDS).min(1);
        let end = start + kinds + 2;
        if is_trailing_number(word(kinds)) {
            return Some((Label::Number, strength, end));
        }
        return (DAYS.contains(&word(kinds))).then_some((Label::IssueDate, strength, end));
    }
    let meaning = if NUMBERS.contains(&first) {
        Label::Number
    } else if DAYS.contains(&first) {
        Label::IssueDate
    } else {
        return None;
    };
    let between = skip(&BETWEEN);
    Some((meaning, named(word(between))?, start + between + 2))
}

fn is_trailing_number(word: &str) -> bool {
    NUMBERS.contains(&word) || TRAILING_NUMBERS.contains(&word)
}

/// How surely a word is that for the bill.
fn named(word: &str) -> Option<u16> {
    if is_bill_heading(word) || ABBREVIATED.contains(&word) {
        Some(3)
    } else {
        PAPERS.contains(&word).then_some(2)
    }
}

/// `Rechn.-Dat.`, `Fact.nr`: both in one word, whatever stands between them.
fn in_one_word(word: &str) -> Option<(Label, u16)> {
    let plain = word.chars().filter(|c| c.is_alphanumeric());
    let plain = plain.collect::<String>();
    let ending = |begins: &&str| {
        let ending = plain.strip_prefix(*begins)?;
        let is_long = ending.chars().count() >= LEAST_ENDING;
        is_long.then(|| ending.to_owned())
    };
    let mut endings = ABBREVIATED.iter().filter_map(ending);
    endings.find_map(|ending| {
        if is_trailing_number(&ending) {
            Some((Label::Number, 3))
        } else {
            DAYS.contains(&ending.as_str())
                .then_some((Label::IssueDate, 3))
        }
    })
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
            ("Nr. Fatt. 4711", Label::Number),
            ("Num. fact.  4711", Label::Number),
            ("Rechn.-Dat. 03.05.2026", Label::IssueDate),
            ("Fact.datum 03-05-2026", Label::IssueDate),
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
    fn the_number_of_a_paper_is_less_sure_than_that_of_a_bill() {
        let layout = Layout::of_text("Documento nr. 4711");
        let found = find(&layout).into_iter().max_by_key(|hit| hit.strength);
        assert_eq!(
            found.map(|hit| (hit.label, hit.strength)),
            Some((Label::Number, 2))
        );
    }

    #[test]
    fn a_reference_to_a_bill_is_not_the_number_of_this_one() {
        let layout = Layout::of_text("Referenz unserer Rechnung 4711");
        let own = |hit: &super::super::Hit| hit.label == Label::Number && hit.strength == 3;
        assert!(!find(&layout).iter().any(own));
    }
}
