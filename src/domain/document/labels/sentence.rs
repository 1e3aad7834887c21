//! The number and the day of a bill in the words of a letter: `We invoice you under number 4711 of 3 May 2026:`.

use super::{Hit, Label, NUMBER_WORDS, date_word, is_bill_heading};
use crate::domain::document::layout::Spot;

/// Say that this paper bills, folded.
const BILLS: [&str; 14] = [
    "we invoice",
    "invoice you",
    "we charge",
    "charge you",
    "we bill",
    "bill you",
    "berechnen",
    "in rechnung",
    "facturons",
    "fatturiamo",
    "addebitiamo",
    "facturamos",
    "in rekening",
    "factureren",
];
/// Say that this paper is the one that is sent.
const ENCLOSES: [&str; 14] = [
    "please find",
    "herewith",
    "anbei",
    "beiliegend",
    "hiermit",
    "veuillez trouver",
    "ci-joint",
    "in allegato",
    "con la presente",
    "adjuntamos",
    "adjunto",
    "adjunta",
    "hierbij",
    "bijgaand",
];
/// Stand before the word for a number that nothing else is said to have: `under number`, `sous le numéro`.
const UNDER: [&str; 15] = [
    "under",
    "with",
    "unter",
    "mit",
    "der",
    "sous",
    "le",
    "con",
    "il",
    "el",
    "bajo",
    "onder",
    "met",
    "documento",
    "document",
];
/// Words that end with their number: `Rechnungsnummer 4711`, `factuurnummer 4711`.
const COMPOUNDS: [&str; 4] = [
    "rechnungsnummer",
    "rechnungsnr",
    "factuurnummer",
    "factuurnr",
];
/// Say that the bill named is another one: it is credited, reminded of, or settled.
const ANOTHER: [&str; 16] = [
    "zu",
    "zur",
    "storno",
    "gutschrift",
    "mahnung",
    "against",
    "credit",
    "reminder",
    "avoir",
    "relance",
    "credito",
    "sollecito",
    "abono",
    "credit-note",
    "creditnota",
    "herinnering",
];

/// What a sentence that begins its column announces.
pub(super) fn hits(column: Spot, keys: &[&str]) -> Vec<Hit> {
    announced(column, keys).unwrap_or_default()
}

fn announced(column: Spot, keys: &[&str]) -> Option<Vec<Hit>> {
    let text = keys.join(" ");
    let says = |phrases: &[&str]| {
        phrases
            .iter()
            .any(|phrase| crate::domain::document::words::says(&text, phrase))
    };
    let bills = says(&BILLS);
    if !(bills || says(&ENCLOSES)) || keys.iter().any(|key| ANOTHER.contains(key)) {
        return None;
    }
    let has_digit = |at: usize| {
        let key = keys.get(at)?;
        Some(key.contains(|c: char| c.is_ascii_digit()))
    };
    let end = (1..keys.len()).find(|end| {
        let last = keys.get(end - 1).copied().unwrap_or_default();
        let before = end.checked_sub(2).and_then(|at| keys.get(at)).copied();
        let before = before.unwrap_or_default();
        let is_named = NUMBER_WORDS.contains(&last)
            && (is_bill_heading(before) || UNDER.contains(&before))
            || COMPOUNDS.contains(&last)
            || bills && is_bill_heading(last);
        is_named && has_digit(*end) == Some(true)
    })?;
    let hit = |label: Label, strength: u16, start: usize, end: usize| Hit {
        label,
        strength,
        spot: Spot {
            line: column.line,
            start: column.start + start,
            end: column.start + end,
        },
    };
    // The whole beginning is the label: nothing before it says that the number is another paper's.
    let number = hit(Label::Number, 2, 0, end);
    let day = date_word(keys, end + 1).filter(|day| *day == end + 1);
    let day = day.map(|day| hit(Label::IssueDate, if bills { 2 } else { 1 }, day, day + 1));
    Some(std::iter::once(number).chain(day).collect())
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::*;
    use crate::domain::document::layout::Layout;

    fn number_labels(text: &str) -> Vec<String> {
        let layout = Layout::of_text(text);
        let hits = find(&layout);
        let whole = hits
            .iter()
            .filter(|hit| hit.label == Label::Number && hit.strength == 2);
        whole.map(|hit| layout.text(hit.spot)).collect()
    }

    #[test]
    fn the_words_of_a_letter_announce_number_and_day() {
        for (text, label) in [
            (
                "We invoice you under number 4711 of 3 May 2026:",
                "We invoice you under number",
            ),
            (
                "Wir berechnen Ihnen mit Rechnung Nr. 4711 vom 03.05.2026 folgende Leistungen:",
                "Wir berechnen Ihnen mit Rechnung Nr.",
            ),
            (
                "Nous vous facturons sous le numéro 4711 du 03/05/2026 :",
                "Nous vous facturons sous le numéro",
            ),
            (
                "Hierbij ontvangt u onze factuur nr. 4711 van 3 mei 2026.",
                "Hierbij ontvangt u onze factuur nr.",
            ),
        ] {
            assert_eq!(number_labels(text).first().map(String::as_str), Some(label));
            let hits = find(&Layout::of_text(text));
            assert!(
                hits.iter().any(|hit| hit.label == Label::IssueDate),
                "{text}"
            );
        }
    }

    #[test]
    fn the_number_of_another_paper_is_not_announced() {
        for text in [
            "Wir berechnen Ihnen gemäß Auftrag Nr. 4711 vom 03.05.2026:",
            "Hiermit erhalten Sie die Gutschrift zu unserer Rechnung Nr. 4711",
            "The parcel has number 4711",
        ] {
            assert_eq!(number_labels(text), [""; 0], "{text}");
        }
    }
}
