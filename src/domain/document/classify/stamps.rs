//! What is stamped on a bill, or said of it in a sentence, so that it is not to be paid as it stands.

use crate::domain::document::layout::{Layout, Spot, Token};
use crate::domain::document::words::says;

/// Stamped on a bill that was taken back, folded.
const CANCELLED: [&str; 17] = [
    "cancelled",
    "canceled",
    "void",
    "storno",
    "storniert",
    "annulliert",
    "ungultig",
    "credited",
    "gutgeschrieben",
    "annule",
    "annulee",
    "anulado",
    "anulada",
    "annullato",
    "annullata",
    "geannuleerd",
    "vernietigd",
];

/// Stamped on what is not to be paid, or not yet, folded: in large print or capitals, for the words are those of goods and
/// names as well.
const DRAFTS: [&str; 20] = [
    "draft",
    "sample",
    "specimen",
    "not valid",
    "invalid",
    "do not pay",
    "entwurf",
    "muster",
    "probedruck",
    "nicht zahlen",
    "nicht bezahlen",
    "brouillon",
    "ne pas payer",
    "borrador",
    "no pagar",
    "bozza",
    "facsimile",
    "non pagare",
    "concept",
    "niet betalen",
];

/// Words for a bill, folded; the cancellation of an order does not cancel its bill.
const BILLS: [&str; 6] = [
    "rechnung", "invoice", "facture", "factura", "fattura", "factuur",
];

/// What a sentence about a bill says when it was taken back, folded.
const TAKEN_BACK: [&str; 18] = [
    "wurde storniert",
    "wird storniert",
    "haben wir storniert",
    "wurde annulliert",
    "wurde gutgeschrieben",
    "has been cancelled",
    "has been canceled",
    "was cancelled",
    "is cancelled",
    "has been voided",
    "a ete annulee",
    "est annulee",
    "ha sido anulada",
    "queda anulada",
    "e stata annullata",
    "is geannuleerd",
    "werd geannuleerd",
    "is gecrediteerd",
];

/// A sentence with one of them says what would happen, folded.
const CONDITIONS: [&str; 12] = [
    "if", "unless", "until", "wenn", "falls", "sofern", "si", "lorsque", "se", "qualora", "als",
    "indien",
];

/// Words of one stamp or sentence looked at.
const MAX_WORDS: usize = 40;
/// A stamp is printed at least this many times as tall as the usual word.
const TALL: u32 = 2;
/// Rows of which the usual height of a word is taken.
const USUAL_ROWS: usize = 60;

/// Why a bill with these stamps and sentences is not to be paid as it stands.
pub(super) fn doubt(layout: &Layout) -> Option<&'static str> {
    let usual = layout.usual_height(USUAL_ROWS);
    let stamps = stamps(layout, usual);
    let cancelled = |stamp: &Stamp| CANCELLED.contains(&stamp.words.as_str());
    let draft = |stamp: &Stamp| stamp.is_loud && DRAFTS.contains(&stamp.words.as_str());
    if stamps.iter().any(cancelled) || is_taken_back(layout) {
        Some("document_unclear: it says that it was cancelled")
    } else if stamps.iter().any(draft) {
        Some("document_unclear: it says that it is a draft, a sample or not to be paid")
    } else {
        None
    }
}

/// One of these words stands alone on a row.
pub(super) fn stands_alone(layout: &Layout, words: &[&str]) -> bool {
    let mut stamps = stamps(layout, u32::MAX / TALL).into_iter();
    stamps.any(|stamp| words.contains(&stamp.words.as_str()))
}

/// Words that may be a stamp.
struct Stamp {
    /// Folded, with single blanks.
    words: String,
    /// In large print or capitals.
    is_loud: bool,
}

/// Short rows, and the tall words of others: a stamp across the page stands on the row of what it covers. In a sentence the
/// same word may be part of a condition.
fn stamps(layout: &Layout, usual: u32) -> Vec<Stamp> {
    let mut found = Vec::new();
    // Set across the page the words of one stamp stand on several rows.
    let mut across: Vec<(u32, Vec<&Token>)> = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        let is_tall = |start: usize| {
            let end = start + 1;
            layout.height_tenths(Spot { line, start, end }) >= usual.saturating_mul(TALL)
        };
        let all = row.tokens.iter().take(MAX_WORDS).collect::<Vec<_>>();
        let is_capital = |token: &&Token| !token.text.contains(char::is_lowercase);
        found.push(Stamp {
            is_loud: all.iter().all(is_capital),
            words: words_of(all),
        });
        let tall = row.tokens.iter().enumerate();
        let tall = tall.filter_map(|(at, token)| is_tall(at).then_some(token));
        let tall = tall.collect::<Vec<_>>();
        match across.last_mut().filter(|(page, _)| *page == row.page) {
            Some((_, words)) => words.extend(&tall),
            None => across.push((row.page, tall.clone())),
        }
        found.push(Stamp {
            is_loud: true,
            words: words_of(tall),
        });
    }
    for (_, mut tall) in across {
        tall.sort_by(|a, b| a.place.x0.total_cmp(&b.place.x0));
        found.push(Stamp {
            is_loud: true,
            words: words_of(tall),
        });
    }
    found
}

/// The first of them folded; more than a stamp has are no stamp.
fn words_of(tokens: Vec<&Token>) -> String {
    let words = tokens.iter().map(|token| token.key.as_str());
    let words = words.filter(|word| !word.is_empty()).take(5);
    words.collect::<Vec<_>>().join(" ")
}

/// A row says of a bill that it was taken back: `Ihre Rechnung RE-9 wurde storniert`.
fn is_taken_back(layout: &Layout) -> bool {
    layout.lines.iter().any(|line| {
        let words = line.tokens.iter().take(MAX_WORDS);
        let words = words.map(|token| token.key.as_str()).collect::<Vec<_>>();
        let is_bill = |word: &&str| {
            BILLS
                .iter()
                .any(|bill| word.starts_with(bill) || word.ends_with(bill))
        };
        let is_conditional = words.iter().any(|word| CONDITIONS.contains(word));
        let text = words.join(" ");
        words.iter().any(is_bill)
            && !is_conditional
            && TAKEN_BACK.iter().any(|phrase| says(&text, phrase))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::page::{Page, Rect, Word};

    fn doubts(text: &str) -> &'static str {
        doubt(&Layout::of_text(text)).unwrap_or_default()
    }

    #[test]
    fn a_stamp_in_any_of_the_languages_asks_a_person() {
        for stamp in [
            "STORNO",
            "Annulé",
            "ANULADO",
            "Annullato",
            "UNGÜLTIG",
            "ENTWURF",
            "DRAFT",
            "MUSTER",
            "NICHT ZAHLEN",
            "DO NOT PAY",
        ] {
            let doubt = doubts(&format!(
                "Rechnung RE-9\n\n{stamp}\n\nGesamtbetrag 119,00\n"
            ));
            assert_ne!(doubt, "", "{stamp}");
        }
    }

    #[test]
    fn a_bill_that_says_it_was_taken_back_asks_a_person() {
        assert_ne!(
            doubts("Stornobestätigung\nIhre Rechnung RE-9 vom 20.11.2026 wurde storniert.\n"),
            ""
        );
        assert_ne!(doubts("Your invoice RE-9 has been cancelled.\n"), "");
    }

    #[test]
    fn words_of_goods_names_and_conditions_are_no_stamp() {
        for text in [
            "Logo\nEntwurf\n3 h   300,00\n",
            "Max Muster\n",
            "If the invoice has been cancelled, no fee is due.\n",
            "Ihre Buchung wurde storniert, es bleibt eine Gebühr von 20,00 EUR.\n",
        ] {
            assert_eq!(doubts(text), "", "{text}");
        }
    }

    #[test]
    fn a_stamp_across_the_page_is_seen_among_the_words_it_covers() {
        let word = |text: &str, x0: f32, top: f32, size: f32| Word {
            text: text.into(),
            place: Rect {
                x0,
                top,
                x1: x0 + size * 5.0,
                bottom: top + size,
            },
        };
        let page = Page {
            width: 595.0,
            height: 842.0,
            words: vec![
                word("Rechnung", 40.0, 100.0, 9.0),
                word("Draft", 100.0, 300.0, 40.0),
                word("Gesamtbetrag", 40.0, 316.0, 9.0),
                word("119,00", 300.0, 316.0, 9.0),
                word("EUR", 340.0, 330.0, 9.0),
            ],
            ..Page::default()
        };
        assert!(doubt(&Layout::of_pages(&[page])).is_some());
    }
}
