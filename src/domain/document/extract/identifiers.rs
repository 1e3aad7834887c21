//! Numbers that name things on a page: the invoice's, the order's, accounts by their check digits, VAT ids by their shape.

use super::super::labels::{Hit, Label};
use super::super::layout::{Layout, Spot};
use super::amounts::has_cents;
use crate::basics::bank_account::{Bic, Iban};
use crate::basics::text::squash;
use crate::formats::date;

/// Longest invoice number met is some thirty characters; longer words are something else.
const MAX_NUMBER_CHARS: usize = 40;
/// An IBAN is printed in at most nine groups.
const MAX_IBAN_WORDS: usize = 9;

/// A value with its place and how sure it is, in per mille.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// As it is stored.
    pub value: String,
    /// Where it stands.
    pub spot: Spot,
    /// Per mille.
    pub confidence: u16,
}

/// The number a label announces: the invoice's or the order's. `seen_elsewhere` are file name and subject of the mail:
/// who wrote them knew the number.
pub fn labelled_number(
    layout: &Layout,
    hits: &[Hit],
    label: Label,
    seen_elsewhere: &[&str],
) -> Option<Found> {
    let mut found: Vec<(u16, Found)> = Vec::new();
    for hit in hits.iter().filter(|hit| hit.label == label) {
        let Some((spot, nearness)) = number_near(layout, hits, hit) else {
            continue;
        };
        let value = number_text(&layout.text(spot));
        let confirmed = seen_elsewhere
            .iter()
            .any(|text| contains_number(text, &value));
        let digits = value.chars().filter(char::is_ascii_digit).count();
        let (base, score) = match hit.strength {
            3 => (if nearness >= 40 { 950 } else { 850 }, 300),
            2 => (850, 200),
            _ => (
                if nearness >= 60 && digits >= 4 {
                    800
                } else {
                    650
                },
                100,
            ),
        };
        let confidence = if confirmed {
            980
        } else {
            base - if digits < 3 { 120 } else { 0 }
        };
        let score =
            score + nearness + if confirmed { 150 } else { 0 } + if digits >= 3 { 20 } else { 0 };
        found.push((
            score,
            Found {
                value,
                spot,
                confidence,
            },
        ));
    }
    found.sort_by_key(|(score, found)| (std::cmp::Reverse(*score), found.spot));
    let (top, best) = found.first()?.clone();
    // Another number just as well labelled: one of the two is not the one.
    let rival = found.iter().any(|(score, other)| {
        other.value != best.value && score + 30 > top && other.confidence >= 850
    });
    Some(if rival {
        Found {
            confidence: best.confidence.min(700),
            ..best
        }
    } else {
        best
    })
}

/// Right of the label, else below it. Nearness 60 beside, 40 below and aligned, 10 further.
fn number_near(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<(Spot, u16)> {
    let row = hit.spot.line;
    let tokens = layout.lines.get(row)?.tokens.len();
    let next = hits
        .iter()
        .filter(|other| other.spot.line == row && other.spot.start >= hit.spot.end)
        .map(|h| h.spot.start)
        .min()
        .unwrap_or(tokens);
    let right = (hit.spot.end..next.min(hit.spot.end + 4)).map(|index| Spot {
        line: row,
        start: index,
        end: index + 1,
    });
    let weak = hit.strength == 1;
    let fits = |spot: &Spot| is_number(layout, *spot, weak);
    if let Some(spot) = right.into_iter().find(fits) {
        let spot = with_series(layout, hit, spot);
        let between = layout.tokens(Spot {
            line: row,
            start: hit.spot.end,
            end: spot.start,
        });
        let beside = between.iter().all(|token| token.key.is_empty());
        return Some((spot, if beside { 60 } else { 10 }));
    }
    // `Invoice` alone heads a page; what stands below it is seldom its number.
    if weak || next < tokens && next == hit.spot.end && !is_heading_row(hits, row) {
        return None;
    }
    layout
        .below(hit.spot, 2)
        .into_iter()
        .enumerate()
        .find_map(|(rank, segment)| {
            let words = (segment.start..segment.end).map(|index| Spot {
                line: segment.line,
                start: index,
                end: index + 1,
            });
            let free = |spot: &Spot| {
                !hits.iter().any(|other| {
                    other.spot.line == spot.line
                        && other.spot.start <= spot.start
                        && other.spot.end <= spot.start
                })
            };
            words
                .filter(fits)
                .filter(|spot| layout.is_aligned(hit.spot, *spot))
                .find(free)
                .map(|spot| (spot, if rank == 0 { 40 } else { 10 }))
        })
}

/// With the letters of its series in front: `E 2018092011804`.
fn with_series(layout: &Layout, hit: &Hit, spot: Spot) -> Spot {
    let wider = Spot {
        start: spot.start.saturating_sub(1),
        ..spot
    };
    match layout.tokens(wider) {
        [series, number]
            if wider.start >= hit.spot.end
                && Layout::is_tight(series, number)
                && (1..=4).contains(&series.text.len())
                && series.text.bytes().all(|b| b.is_ascii_uppercase()) =>
        {
            wider
        }
        _ => spot,
    }
}

/// Several labels and nothing else: the values stand below.
fn is_heading_row(hits: &[Hit], row: usize) -> bool {
    hits.iter().filter(|hit| hit.spot.line == row).count() >= 2
}

/// A word that can be a number of a paper: digits, no date, no amount, no account, no rate.
fn is_number(layout: &Layout, spot: Spot, weak: bool) -> bool {
    let text = number_text(&layout.text(spot));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let odd = |c: char| {
        !(c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | '#' | '\\' | ':' | '+'))
    };
    let shaped = digits >= 1
        && text.chars().count() <= MAX_NUMBER_CHARS
        && !text.contains(odd)
        && letters <= digits + 8;
    let is_currency_or_mail = text.contains(['€', '$', '@', '%']);
    let is_date = !date::readings(&text).is_empty()
        && text.contains(['.', '/', '-'])
        && !text.chars().any(char::is_alphabetic);
    let is_amount = has_cents(&text) && letters == 0 && text.contains(',')
        || (has_cents(&text) && text.matches('.').count() == 1 && letters == 0);
    let long_enough = !weak || digits >= 3;
    shaped
        && !is_currency_or_mail
        && !is_date
        && !is_amount
        && long_enough
        && Iban::parse(&text).is_none()
}

fn number_text(text: &str) -> String {
    text.trim_start_matches(['#', ':', '(', '№'])
        .trim_end_matches([',', ';', ':', ')', '.', '*'])
        .trim()
        .to_owned()
}

fn contains_number(text: &str, number: &str) -> bool {
    let (text, number) = (squash(text), squash(number));
    number.chars().count() >= 4 && text.contains(&number)
}

/// Every account whose check digits are right, once each.
pub fn ibans(layout: &Layout) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        for (start, token) in row.tokens.iter().enumerate() {
            let compact = token
                .text
                .trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
            let bytes = compact.as_bytes();
            let begins = bytes.len() >= 2
                && bytes.iter().take(2).all(u8::is_ascii_uppercase)
                && bytes.iter().skip(2).take(2).all(u8::is_ascii_digit);
            if !begins {
                continue;
            }
            let longest = MAX_IBAN_WORDS.min(row.tokens.len() - start);
            let read = (1..=longest).rev().find_map(|length| {
                let spot = Spot {
                    line,
                    start,
                    end: start + length,
                };
                let text = layout.text(spot);
                Iban::parse(text.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
                    .map(|iban| (iban, spot))
            });
            if let Some((iban, spot)) = read
                && !found.iter().any(|other| other.value == iban.as_str())
            {
                found.push(Found {
                    value: iban.as_str().to_owned(),
                    spot,
                    confidence: 970,
                });
            }
        }
    }
    found
}

/// What stands beside an IBAN label and is none: its check digits are wrong, or it was misread.
pub fn broken_iban(layout: &Layout, hits: &[Hit]) -> Option<Found> {
    hits.iter()
        .filter(|hit| hit.label == Label::Iban)
        .find_map(|hit| {
            let tokens = layout.lines.get(hit.spot.line)?.tokens.len();
            let run = layout.run(
                hit.spot.line,
                hit.spot.end,
                tokens.min(hit.spot.end + MAX_IBAN_WORDS),
            );
            let compact = layout
                .text(run)
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect::<String>();
            let bytes = compact.as_bytes();
            let shaped = (15..=34).contains(&bytes.len())
                && bytes.iter().take(2).all(u8::is_ascii_uppercase)
                && bytes.iter().skip(2).take(2).all(u8::is_ascii_digit);
            shaped.then(|| Found {
                value: compact.clone(),
                spot: run,
                confidence: 300,
            })
        })
}

/// The BIC beside its label.
pub fn bic(layout: &Layout, hits: &[Hit]) -> Option<Found> {
    hits.iter()
        .filter(|hit| hit.label == Label::Bic)
        .find_map(|hit| {
            let words = layout
                .lines
                .get(hit.spot.line)?
                .tokens
                .get(hit.spot.end..)?;
            let (index, bic) = words.iter().take(2).enumerate().find_map(|(index, word)| {
                Bic::parse(word.text.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
                    .map(|bic| (index, bic))
            })?;
            let start = hit.spot.end + index;
            Some(Found {
                value: bic.as_str().to_owned(),
                spot: Spot {
                    line: hit.spot.line,
                    start,
                    end: start + 1,
                },
                confidence: 930,
            })
        })
}

/// Prefix and the shapes of the rest, digits as `9`, letters as `A`, either as `*` (European Commission, VIES).
const VAT_SHAPES: &[(&str, &[&str])] = &[
    ("AT", &["U99999999"]),
    ("BE", &["9999999999"]),
    ("BG", &["999999999", "9999999999"]),
    ("CY", &["99999999A"]),
    ("CZ", &["99999999", "999999999", "9999999999"]),
    ("DE", &["999999999"]),
    ("DK", &["99999999"]),
    ("EE", &["999999999"]),
    ("EL", &["999999999"]),
    ("ES", &["*9999999*"]),
    ("FI", &["99999999"]),
    ("FR", &["**999999999"]),
    ("GB", &["999999999", "999999999999"]),
    ("HR", &["99999999999"]),
    ("HU", &["99999999"]),
    ("IE", &["9*99999A", "9999999A", "9999999AA"]),
    ("IT", &["99999999999"]),
    ("LT", &["999999999", "999999999999"]),
    ("LU", &["99999999"]),
    ("LV", &["99999999999"]),
    ("MT", &["99999999"]),
    ("NL", &["999999999A99"]),
    ("PL", &["9999999999"]),
    ("PT", &["999999999"]),
    ("RO", &["99999999", "999999999", "9999999999"]),
    ("SE", &["999999999999"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
];

/// A text, without blanks, that has the shape of a VAT id of the EU or the United Kingdom.
pub fn is_vat_shape(text: &str) -> bool {
    let Some((prefix, rest)) = text.split_at_checked(2) else {
        return false;
    };
    let fits = |shape: &&str| {
        shape.len() == rest.len()
            && shape.bytes().zip(rest.bytes()).all(|(s, c)| match s {
                b'9' => c.is_ascii_digit(),
                b'A' => c.is_ascii_uppercase(),
                b'*' => c.is_ascii_uppercase() || c.is_ascii_digit(),
                _ => s == c,
            })
    };
    VAT_SHAPES
        .iter()
        .any(|(country, shapes)| *country == prefix && shapes.iter().any(fits))
}

/// Every VAT id of a document, once each, those beside a label surer.
pub fn vat_ids(layout: &Layout, hits: &[Hit]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        for (start, token) in row.tokens.iter().enumerate() {
            let begins = token.text.trim_start_matches('(');
            if !begins.as_bytes().iter().take(2).all(u8::is_ascii_uppercase) || begins.len() < 2 {
                continue;
            }
            let longest = 5.min(row.tokens.len() - start);
            let read = (1..=longest).rev().find_map(|length| {
                let spot = Spot {
                    line,
                    start,
                    end: start + length,
                };
                let compact = layout
                    .text(spot)
                    .chars()
                    .filter(char::is_ascii_alphanumeric)
                    .collect::<String>();
                is_vat_shape(&compact).then_some((compact, spot))
            });
            let Some((value, spot)) = read else { continue };
            if layout
                .tokens(Spot {
                    line,
                    start: start.saturating_sub(1),
                    end: start,
                })
                .iter()
                .any(|t| t.key == "iban")
            {
                continue;
            }
            let labelled = hits.iter().any(|hit| {
                hit.label == Label::VatId
                    && hit.spot.line == line
                    && hit.spot.end <= start
                    && start - hit.spot.end <= 2
            });
            let confidence = if labelled { 960 } else { 880 };
            match found.iter_mut().find(|other| other.value == value) {
                Some(other) => other.confidence = other.confidence.max(confidence),
                None => found.push(Found {
                    value,
                    spot,
                    confidence,
                }),
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::super::labels;
    use super::*;

    fn number(text: &str) -> Option<(String, u16)> {
        let layout = Layout::of_text(text);
        labelled_number(&layout, &labels::find(&layout), Label::Number, &[])
            .map(|found| (found.value, found.confidence))
    }

    #[test]
    fn the_invoice_number_stands_beside_or_below_its_label() {
        for text in [
            "Rechnungsnummer: RE-2026/0815  Kundennummer: 4711",
            "Kundennummer  Rechnungs-Nr.   Datum\n4711          RE-2026/0815    22.11.2026",
            "Invoice # RE-2026/0815",
            "N° de facture : RE-2026/0815",
        ] {
            assert_eq!(
                number(text).map(|n| n.0).as_deref(),
                Some("RE-2026/0815"),
                "{text}"
            );
        }
    }

    #[test]
    fn dates_and_amounts_are_no_numbers() {
        assert_eq!(number("Invoice no. 22.11.2026"), None);
        assert_eq!(number("Invoice number: 1.190,00"), None);
        assert_eq!(number("Invoice total 1190"), None);
    }

    #[test]
    fn two_numbers_with_the_same_label_are_not_sure() {
        assert!(number("Invoice no. 4711\nInvoice no. 4712").is_some_and(|(_, sure)| sure < 900));
    }

    #[test]
    fn accounts_by_their_check_digits() {
        let layout =
            Layout::of_text("IBAN: DE89 3704 0044 0532 0130 00 BIC: COBADEFFXXX\nIBAN DE00 1111");
        assert_eq!(
            ibans(&layout).first().map(|f| f.value.clone()).as_deref(),
            Some("DE89370400440532013000")
        );
        assert_eq!(
            bic(&layout, &labels::find(&layout))
                .map(|f| f.value)
                .as_deref(),
            Some("COBADEFFXXX")
        );
    }

    #[test]
    fn vat_ids_by_their_shape() {
        for good in [
            "DE136695976",
            "FR40303265045",
            "NL123456782B90",
            "ATU13585627",
            "ESA58818501",
            "BE0428759497",
        ] {
            assert!(is_vat_shape(good), "{good}");
        }
        for bad in [
            "DE12345678",
            "XX123456789",
            "INV123456",
            "DE89370400440532013000",
        ] {
            assert!(!is_vat_shape(bad), "{bad}");
        }
        let layout = Layout::of_text("USt-IdNr.: DE 136 695 976");
        let ids = vat_ids(&layout, &labels::find(&layout));
        assert_eq!(
            ids.first().map(|f| (f.value.as_str(), f.confidence)),
            Some(("DE136695976", 960))
        );
    }
}
