//! The currency of a bill.

use crate::basics::currency::Currency;
use crate::domain::document::extract::amounts;
use crate::domain::document::extract::identifiers::Found;
use crate::domain::document::field::{Confidence, Field, Source};
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::{Layout, Spot};

/// Countries that pay in euros, by the letters of their VAT ids and accounts.
const EURO_COUNTRIES: [&str; 22] = [
    "AT", "BE", "BG", "CY", "DE", "EE", "EL", "ES", "FI", "FR", "GR", "HR", "IE", "IT", "LT", "LU",
    "LV", "MT", "NL", "PT", "SI", "SK",
];
/// Countries with a currency of their own whose ids are read.
const OTHER_COUNTRIES: [(&str, &str); 9] = [
    ("CH", "CHF"),
    ("LI", "CHF"),
    ("GB", "GBP"),
    ("CZ", "CZK"),
    ("DK", "DKK"),
    ("NO", "NOK"),
    ("PL", "PLN"),
    ("RO", "RON"),
    ("SE", "SEK"),
];
/// Words for the VAT where it is paid in euros nearly always, folded.
const EURO_WORDS: [&str; 12] = [
    "mwst",
    "ust",
    "umsatzsteuer",
    "mehrwertsteuer",
    "tva",
    "ttc",
    "iva",
    "imponibile",
    "imponible",
    "btw",
    "p.iva",
    "nif",
];

/// No code and no sign anywhere, as on many receipts: by the country of the ids, else by the word for the VAT. Never sure.
fn of_the_country(layout: &Layout, vat_ids: &[Found], ibans: &[Found]) -> Option<Field<Currency>> {
    let countries = vat_ids
        .iter()
        .chain(ibans)
        .filter_map(|id| id.value.get(..2));
    let mut codes = countries.filter_map(|country| {
        if EURO_COUNTRIES.contains(&country) {
            return Some("EUR");
        }
        let other = OTHER_COUNTRIES.iter().find(|(own, _)| *own == country);
        other.map(|(_, code)| *code)
    });
    let words = || {
        let mut tokens = layout.lines.iter().flat_map(|line| line.tokens.iter());
        let said = tokens.any(|token| EURO_WORDS.contains(&token.key.as_str()));
        said.then_some(("EUR", 700))
    };
    let (code, confidence) = codes.next().map(|code| (code, 800)).or_else(words)?;
    Some(Field::text(
        Currency::parse(code)?,
        Confidence::per_mille(confidence),
        Source::Computed,
    ))
}

/// The currency: named by its label, else the one whose code or sign stands beside the amounts, else the one of the
/// country the page comes from.
pub(super) fn currency(
    layout: &Layout,
    hits: &[Hit],
    vat_ids: &[Found],
    ibans: &[Found],
) -> Option<Field<Currency>> {
    if let Some((currency, spot)) = labelled(layout, hits) {
        return Some(Field::text(
            currency,
            Confidence::per_mille(980),
            layout.source(spot),
        ));
    }
    let mut counts: Vec<(&str, u32, Spot, bool)> = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        for (start, token) in row.tokens.iter().enumerate() {
            let Some(code) = amounts::currency_of(&token.text) else {
                continue;
            };
            let spot = Spot {
                line,
                start,
                end: start + 1,
            };
            let is_code = !token.text.contains('$');
            match counts.iter_mut().find(|(known, ..)| *known == code) {
                Some((_, count, _, by_code)) => {
                    *count += 1;
                    *by_code |= is_code;
                }
                None => counts.push((code, 1, spot, is_code)),
            }
        }
    }
    counts.sort_by_key(|(_, count, ..)| std::cmp::Reverse(*count));
    let Some((code, count, spot, by_code)) = counts.first().copied() else {
        return of_the_country(layout, vat_ids, ibans);
    };
    let alone = counts.len() == 1;
    let ahead = counts
        .get(1)
        .is_none_or(|(_, second, ..)| count >= second * 3);
    let confidence = match (alone, ahead, by_code) {
        (true, _, true) => 980,
        // The dollar sign belongs to many countries.
        (true, _, false) => 920,
        (false, true, true) => 930,
        (false, true, false) => 850,
        (false, false, _) => 600,
    };
    Some(Field::text(
        Currency::parse(code)?,
        Confidence::per_mille(confidence),
        layout.source(spot),
    ))
}

/// The code behind a label for it.
fn labelled(layout: &Layout, hits: &[Hit]) -> Option<(Currency, Spot)> {
    hits.iter()
        .filter(|hit| hit.label == Label::Currency)
        .find_map(|hit| {
            let word = layout.lines.get(hit.spot.line)?.tokens.get(hit.spot.end)?;
            let spot = Spot {
                line: hit.spot.line,
                start: hit.spot.end,
                end: hit.spot.end + 1,
            };
            (word.text.len() == 3)
                .then(|| Currency::parse(&word.text))
                .flatten()
                .map(|currency| (currency, spot))
        })
}
