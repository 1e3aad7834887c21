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

/// What the writer of a sentence about a bill does with it, folded: on a credit note it is what the note is for.
const TAKES_BACK: [&str; 27] = [
    "stornieren wir",
    "wir stornieren",
    "storniere ich",
    "annullieren wir",
    "wir annullieren",
    "damit gegenstandslos",
    "hereby cancel",
    "hereby cancelled",
    "hereby void",
    "we cancel",
    "we are cancelling",
    "we have cancelled",
    "we have canceled",
    "nous annulons",
    "avons annule",
    "est sans objet",
    "anulamos",
    "hemos anulado",
    "queda sin efecto",
    "annulliamo",
    "abbiamo annullato",
    "abbiamo stornato",
    "si intende annullata",
    "annuleren wij",
    "wij annuleren",
    "hebben wij geannuleerd",
    "komt te vervallen",
];

/// What heads a notice that a bill is taken back, and names it, folded: `Stornierung Ihrer Rechnung RE-9`.
const CANCELLATIONS: [&str; 13] = [
    "stornierung",
    "stornobestatigung",
    "stornomitteilung",
    "stornohinweis",
    "annullierung",
    "cancellation",
    "annulation",
    "anulacion",
    "annullamento",
    "annullering",
    "annulering",
    "rechnungsstorno",
    "rechnungsstornierung",
];
/// Words of such a heading, the bill's name included: a sentence has more.
const MAX_HEADING_WORDS: usize = 8;

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

/// Why a bill that repeats the sums of another one only takes it back.
pub(super) fn takes_back(layout: &Layout) -> Option<&'static str> {
    let takes = of_a_bill(layout, &TAKES_BACK) || is_headed_as_cancellation(layout);
    takes.then_some(
        "document_unclear: by its sums a bill, by its words the cancellation of one that repeats them",
    )
}

/// Why a bill with these stamps and sentences is not to be paid as it stands.
pub(super) fn doubt(layout: &Layout) -> Option<&'static str> {
    let usual = layout.usual_height(USUAL_ROWS);
    let stamps = stamps(layout, usual);
    let cancelled = |stamp: &Stamp| CANCELLED.contains(&stamp.words.as_str());
    let draft = |stamp: &Stamp| stamp.is_loud && DRAFTS.contains(&stamp.words.as_str());
    if stamps.iter().any(cancelled) || of_a_bill(layout, &TAKEN_BACK) {
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

/// A row says one of these phrases of a bill: `Ihre Rechnung RE-9 wurde storniert`.
fn of_a_bill(layout: &Layout, phrases: &[&str]) -> bool {
    layout.lines.iter().any(|line| {
        let words = keys(line.tokens.iter().take(MAX_WORDS));
        let is_conditional = words.iter().any(|word| CONDITIONS.contains(word));
        let text = words.join(" ");
        words.iter().any(is_bill)
            && !is_conditional
            && phrases.iter().any(|phrase| says(&text, phrase))
    })
}

/// A short row begins with the word for a cancellation and names a bill, or stands alone above one.
fn is_headed_as_cancellation(layout: &Layout) -> bool {
    layout.lines.iter().enumerate().any(|(line, _)| {
        layout.segments(line).into_iter().any(|column| {
            let words = keys(layout.tokens(column).iter());
            let begins = words
                .first()
                .is_some_and(|word| CANCELLATIONS.contains(word));
            let is_short = words.len() <= MAX_HEADING_WORDS;
            begins && is_short && (words.len() == 1 || words.iter().any(is_bill))
        })
    })
}

fn keys<'t>(tokens: impl Iterator<Item = &'t Token>) -> Vec<&'t str> {
    let keys = tokens.map(|token| token.key.as_str());
    keys.filter(|key| !key.is_empty()).collect()
}

fn is_bill(word: &&str) -> bool {
    let mut bills = BILLS.iter();
    bills.any(|bill| word.starts_with(bill) || word.ends_with(bill))
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
    fn a_notice_that_takes_a_bill_back_and_repeats_its_sums_asks_a_person() {
        for notice in [
            "Stornierung\n\nhiermit stornieren wir unsere Rechnung RE-9 vom 17.11.2026.",
            "Stornierung Ihrer Rechnung RE-9\n\nRechnungsnummer: RE-9",
            "Cancellation of invoice RE-9\n\nInvoice no.: RE-9",
            "Notice\n\nWe hereby cancel the above invoice.",
            "Annulation de facture\n\nFacture n° RE-9",
            "Aviso\n\nAnulamos la factura RE-9",
            "Annullamento fattura RE-9",
            "Bericht\n\nHierbij annuleren wij factuur RE-9",
        ] {
            let text = format!("{notice}\n\nGesamtbetrag 119,00\n");
            assert_ne!(takes_back(&Layout::of_text(&text)), None, "{notice}");
        }
        for bill in [
            "Cancellation fee      20,00",
            "Stornierung der Buchung 4711      20,00",
            "Wenn wir die Rechnung stornieren, wir stornieren sie kostenlos.",
            "We cancel your booking 4711 free of charge.",
        ] {
            let text = format!("Rechnung RE-9\n\n{bill}\n\nGesamtbetrag 20,00\n");
            assert_eq!(takes_back(&Layout::of_text(&text)), None, "{bill}");
        }
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
