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
/// Taxes and registers of countries whose money has the dollar sign, too, folded.
const OTHER_DOLLARS: [&str; 14] = [
    "gst",
    "hst",
    "qst",
    "tps",
    "tvq",
    "abn",
    "acn",
    "nzbn",
    "uen",
    "rfc",
    "cuit",
    "canada",
    "australia",
    "singapore",
];
/// Other currencies with the dollar sign.
const DOLLARS: [&str; 6] = ["CAD", "AUD", "NZD", "SGD", "HKD", "MXN"];
/// The states of the United States as in addresses, with the capital.
const STATES: [&str; 51] = [
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN",
    "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ",
    "NM", "NV", "NY", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT", "WA",
    "WI", "WV", "WY",
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
    let states = || is_american(layout).then_some(("USD", 700));
    let found = codes.next().map(|code| (code, 800));
    let (code, confidence) = found.or_else(words).or_else(states)?;
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
    let Some(first) = counts.first().copied() else {
        return of_the_country(layout, vat_ids, ibans);
    };
    // `$` beside amounts and `Total CAD` once: the sign is the one of the code.
    let named = counts.iter().find(|(code, ..)| DOLLARS.contains(code));
    let (code, count, spot, by_code) = match named {
        Some((code, _, spot, _)) if first.0 == "USD" && !first.3 => {
            return Some(Field::text(
                Currency::parse(code)?,
                Confidence::per_mille(850),
                layout.source(*spot),
            ));
        }
        _ => first,
    };
    let alone = counts.len() == 1;
    let ahead = counts
        .get(1)
        .is_none_or(|(_, second, ..)| count >= second * 3);
    let confidence = match (alone, ahead, by_code) {
        (true, _, true) => 980,
        (true, _, false) => bare_dollar(layout),
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

/// The dollar sign alone belongs to many countries: the words of the page tell whether it is the one of the United States.
fn bare_dollar(layout: &Layout) -> u16 {
    let says = |words: &[&str]| {
        let first = layout.lines.iter().flat_map(|line| line.tokens.iter());
        let mut parts = first.flat_map(|token| token.key.split('/'));
        parts.any(|part| words.contains(&part))
    };
    // In capitals: `ein` is a word of every German text.
    let mut words = layout.lines.iter().flat_map(|line| line.tokens.iter());
    let has_ein = words.any(|token| token.text.trim_end_matches([':', '#']) == "EIN");
    if says(&OTHER_DOLLARS) {
        700
    } else if is_american(layout) || says(&["usa", "aba"]) || has_ein {
        920
    } else {
        880
    }
}

/// An address with a state and its postcode, or words of American taxes and banks.
fn is_american(layout: &Layout) -> bool {
    let tokens = || layout.lines.iter().flat_map(|line| line.tokens.windows(2));
    let is_zip = |word: &str| {
        let plain = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let (five, rest) = plain.split_once('-').unwrap_or((plain, "0000"));
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        five.len() == 5 && rest.len() == 4 && digits(five) && digits(rest)
    };
    let has_state = tokens().any(|pair| {
        matches!(pair, [state, zip] if STATES.contains(&state.text.trim_end_matches([',', '.'])) && is_zip(&zip.text))
    });
    let sales_tax = tokens().any(|pair| {
        matches!(pair, [a, b] if matches!((a.key.as_str(), b.key.as_str()), ("sales", "tax") | ("aba", "number") | ("routing", "number") | ("ach", "routing")))
    });
    has_state || sales_tax
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::labels;

    fn read(text: &str) -> (String, u16) {
        let layout = Layout::of_text(text);
        let found = currency(&layout, &labels::find(&layout), &[], &[]).expect("a currency");
        (found.value.to_string(), found.confidence.as_per_mille())
    }

    #[test]
    fn a_bare_dollar_is_surely_american_only_on_an_american_page() {
        let american = "Springfield, IL 62701\nSubtotal $100.00\nTotal $108.00";
        assert!(matches!(read(american), (code, 900..) if code == "USD"));
        assert!(matches!(
            read("Subtotal $100.00\nSales tax $8.00"),
            (_, 900..)
        ));
        let canadian = "Toronto, ON M5H 2M9\nGST/HST No. 123456789 RT0001\nTotal $113.00";
        assert!(read(canadian).1 < 900);
        assert_eq!(
            read("Toronto, ON\nPumps $100.00\nTotal CAD $100.00").0,
            "CAD"
        );
        assert_eq!(
            read("Maple Hollow, TX 91949\nInvoice total 100.00").0,
            "USD"
        );
        assert!(read("Pumps $100.00\nTotal $100.00").1 < 900);
        assert!(read("Pumps US$100.00\nTotal USD 100.00").1 >= 900);
    }
}
