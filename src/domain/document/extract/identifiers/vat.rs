//! VAT ids on a page: by their shape with the letters of the country, by their label without them.

use super::Found;
use crate::basics::tax_id::VatId;
use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::{Layout, Spot, on_row};

/// Words one id is printed in: `CHE 123 456 789 MWST`.
const MAX_WORDS: usize = 6;
/// Ids of one document: a bill has two or three, a list of them is none.
const MAX_IDS: usize = 200;

/// Prefix and the shapes of the rest, digits as `9`, letters as `A`, either as `*` (European Commission, VIES).
const VAT_SHAPES: &[(&str, &[&str])] = &[
    ("AT", &["U99999999"]),
    ("BE", &["9999999999"]),
    (
        "CH",
        &[
            "E999999999",
            "E999999999MWST",
            "E999999999TVA",
            "E999999999IVA",
        ],
    ),
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
    ("NO", &["999999999MVA", "999999999"]),
    ("SI", &["99999999"]),
    ("SK", &["9999999999"]),
];

/// Shapes of ids printed without the letters of the country, where a label says what they are.
const NATIONAL_SHAPES: &[&str] = &[
    "99999999999",
    "A99999999",
    "A9999999A",
    "99999999A",
    "999999999A99",
    "U99999999",
    "999999999",
    "9999999999",
    "E999999999",
    "999999999MVA",
];

fn fits(shape: &str, text: &str) -> bool {
    shape.len() == text.len()
        && shape.bytes().zip(text.bytes()).all(|(s, c)| match s {
            b'9' => c.is_ascii_digit(),
            b'A' => c.is_ascii_uppercase(),
            b'*' => c.is_ascii_uppercase() || c.is_ascii_digit(),
            _ => s == c,
        })
}

/// A text, without blanks, that has the shape of a VAT id of the EU, the United Kingdom, Switzerland or Norway.
pub fn is_vat_shape(text: &str) -> bool {
    let Some((prefix, rest)) = text.split_at_checked(2) else {
        return false;
    };
    VAT_SHAPES
        .iter()
        .any(|(country, shapes)| *country == prefix && shapes.iter().any(|shape| fits(shape, rest)))
}

/// Greek and Cyrillic capitals that look like Latin ones: a scan chooses any of them.
pub(super) fn latin(text: &str) -> String {
    let one = |c: char| match c {
        'Α' | 'А' => 'A',
        'Β' | 'В' => 'B',
        'С' => 'C',
        'Ε' | 'Е' => 'E',
        'Η' | 'Н' => 'H',
        'Ι' | 'І' => 'I',
        'Κ' | 'К' => 'K',
        'Μ' | 'М' => 'M',
        'Ν' => 'N',
        'Ο' | 'О' => 'O',
        'Ρ' | 'Р' => 'P',
        'Τ' | 'Т' => 'T',
        'Χ' | 'Х' => 'X',
        'Ζ' => 'Z',
        c => c,
    };
    text.chars().map(one).collect()
}

/// Every VAT id of a document, once each; those beside a label and with right check digits surer.
pub fn vat_ids(layout: &Layout, hits: &[Hit]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    // The first groups of an account of Belgium have the shape of an id.
    let accounts = super::account_spots(layout);
    let is_in_account = |spot: &Spot| {
        let mut accounts = accounts.iter();
        accounts.any(|own| own.line == spot.line && own.start <= spot.start && spot.end <= own.end)
    };
    for (line, row) in layout.lines.iter().enumerate() {
        for (start, token) in row.tokens.iter().enumerate() {
            let begins = latin(token.text.trim_start_matches('('));
            let prefixed =
                begins.len() >= 2 && begins.bytes().take(2).all(|b| b.is_ascii_uppercase());
            let spot = Spot {
                line,
                start,
                end: start + 1,
            };
            if prefixed && !is_of_an_account(layout, spot) && !is_in_account(&spot) {
                add(&mut found, with_country(layout, hits, spot));
            }
        }
    }
    for hit in hits.iter().filter(|hit| hit.label == Label::VatId) {
        if !found
            .iter()
            .any(|other| other.spot.line == hit.spot.line && other.spot.start >= hit.spot.end)
        {
            add(&mut found, without_country(layout, hit));
        }
    }
    found
}

fn add(found: &mut Vec<Found>, id: Option<Found>) {
    let Some(id) = id else { return };
    let is_room = found.len() < MAX_IDS;
    match found.iter_mut().find(|other| other.value == id.value) {
        Some(other) => other.confidence = other.confidence.max(id.confidence),
        None if is_room => found.push(id),
        None => {}
    }
}

/// The words before it say it is an account.
fn is_of_an_account(layout: &Layout, spot: Spot) -> bool {
    let before = Spot {
        start: spot.start.saturating_sub(1),
        end: spot.start,
        ..spot
    };
    layout
        .tokens(before)
        .iter()
        .any(|t| t.key.starts_with("iban"))
}

/// The longest run of words with the shape of an id.
fn with_country(layout: &Layout, hits: &[Hit], spot: Spot) -> Option<Found> {
    let tokens = layout.lines.get(spot.line)?.tokens.len();
    let longest = MAX_WORDS.min(tokens - spot.start);
    let in_row = (1..=longest).rev().find_map(|length| {
        let spot = Spot {
            end: spot.start + length,
            ..spot
        };
        let compact = compact(layout, spot);
        is_vat_shape(&compact).then_some((compact, spot))
    });
    let (value, spot) = in_row.or_else(|| over_rows(layout, spot))?;
    let labelled = on_row(hits, spot.line).iter().any(|hit| {
        matches!(hit.label, Label::VatId | Label::Tax)
            && hit.spot.end <= spot.start
            && spot.start - hit.spot.end <= 2
    });
    let right = VatId::parse(&value).and_then(|id| id.has_right_check_digits());
    let foreign_letters = latin(&layout.text(spot)) != layout.text(spot);
    let confidence = match (labelled, right) {
        _ if foreign_letters => 750,
        (true, Some(true)) => 975,
        (true, None) => 930,
        (false, Some(true)) => 920,
        (true, Some(false)) => 850,
        (false, None) => 750,
        (false, Some(false)) => 500,
    };
    Some(Found {
        value,
        spot,
        confidence,
    })
}

/// Divided between the end of one row and the beginning of the next, with right check digits.
fn over_rows(layout: &Layout, spot: Spot) -> Option<(String, Spot)> {
    let tokens = layout.lines.get(spot.line)?.tokens.len();
    let head = layout.run(spot.line, spot.start, tokens);
    let next = layout.goes_on(head)?;
    let longest = MAX_WORDS.min(next.end - next.start);
    (1..=longest).find_map(|length| {
        let tail = Spot {
            end: next.start + length,
            ..next
        };
        let whole = compact(layout, head) + &compact(layout, tail);
        let right = || VatId::parse(&whole).and_then(|id| id.has_right_check_digits());
        (is_vat_shape(&whole) && right() == Some(true)).then_some((whole, head))
    })
}

/// Two digits, a dash and seven digits are the number of an employer in the United States, no VAT id.
fn is_american(text: &str) -> bool {
    let digits =
        |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let parts = text.split_once('-');
    parts.is_some_and(|(first, second)| digits(first, 2) && digits(second, 7))
}

/// Behind its label, as printed: without the letters of the country, or with a shape that no country has.
fn without_country(layout: &Layout, hit: &Hit) -> Option<Found> {
    let tokens = layout.lines.get(hit.spot.line)?.tokens.len();
    let run = layout.right_of(hit.spot, tokens);
    let beside = (run.start < run.end).then_some(run);
    let below = || layout.below(hit.spot, 1).first().copied();
    let spot = beside.or_else(below)?;
    let longest = MAX_WORDS.min(spot.end - spot.start);
    // `P. IVA e C.F. 00743110157`: words of the label stand before the number.
    let wordy = layout
        .tokens(spot)
        .iter()
        .take_while(|token| !token.text.contains(|c: char| c.is_ascii_digit()))
        .count()
        .min(4);
    let starts = spot.start..(spot.start + wordy + 1).min(spot.end);
    let read = starts.into_iter().find_map(|start| {
        (1..=longest).rev().find_map(|length| {
            let part = Spot {
                start,
                end: (start + length).min(spot.end),
                ..spot
            };
            if is_american(&layout.text(part)) {
                return None;
            }
            let compact = compact(layout, part);
            let known =
                NATIONAL_SHAPES.iter().any(|shape| fits(shape, &compact)) || is_vat_shape(&compact);
            known.then_some((compact, part, 800))
        })
    });
    let (value, spot, confidence) = read.or_else(|| {
        let first = Spot {
            start: spot.start + wordy.min(1),
            end: spot.start + wordy.min(1) + 1,
            ..spot
        };
        let compact = compact(layout, first);
        let digits = compact.bytes().filter(u8::is_ascii_digit).count();
        let letters = compact.bytes().take(2).all(|b| b.is_ascii_uppercase());
        let odd = letters && (7..=13).contains(&digits) && compact.len() <= 15;
        odd.then_some((compact, first, 500))
    })?;
    Some(Found {
        value,
        spot,
        confidence,
    })
}

fn compact(layout: &Layout, spot: Spot) -> String {
    latin(&layout.text(spot))
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect()
}
