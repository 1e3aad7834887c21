//! Labels broken over two or three rows of a column: `Invoice` above `Number`, `Rechnungs-` above `nummer`, `Date` above `de`
//! above `facture`.

use super::{Hit, INDEX, Label, composed, compound, joined};
use crate::basics::text::fold;
use crate::domain::document::layout::{Layout, Spot, key};
use crate::domain::document::words::headings_of;

/// Words of one row of such a label.
const MAX_WORDS: usize = 2;
/// Longest label in characters: `numero identificacion fiscal`.
const MAX_CHARS: usize = 32;

/// Adds the labels that the rows make together, and takes away what their halves were taken for.
pub(super) fn join(layout: &Layout, hits: &mut Vec<Hit>) {
    // By rows: a page full of such halves has thousands of them.
    let mut rows = vec![Vec::new(); layout.lines.len()];
    for hit in hits.drain(..) {
        if let Some(row) = rows.get_mut(hit.spot.line) {
            row.push(hit);
        }
    }
    join_rows(layout, &mut rows);
    hits.extend(rows.into_iter().flatten());
}

fn join_rows(layout: &Layout, rows: &mut [Vec<Hit>]) {
    for line in 0..layout.lines.len() {
        for upper in layout.segments(line) {
            let Some(lower) = next_part(layout, upper) else {
                continue;
            };
            let third = next_part(layout, lower);
            let three = third.and_then(|third| whole(layout, rows, &[upper, lower, third]));
            if let Some(found) = three.or_else(|| whole(layout, rows, &[upper, lower])) {
                put(rows, &found);
            }
        }
    }
}

/// The short column right below a short one.
fn next_part(layout: &Layout, upper: Spot) -> Option<Spot> {
    if !is_short(layout, upper) {
        return None;
    }
    layout.below(upper, 1).into_iter().find(|lower| {
        lower.line == upper.line + 1
            && is_short(layout, *lower)
            && is_next_to(layout, upper, *lower)
    })
}

/// A label and the rows it takes.
struct Whole {
    parts: Vec<Spot>,
    hit: Hit,
}

/// The label these rows make together, where none of them is one by itself.
fn whole(layout: &Layout, rows: &[Vec<Hit>], parts: &[Spot]) -> Option<Whole> {
    let (upper, last) = (*parts.first()?, *parts.last()?);
    let valued = parts.iter().filter(|part| has_value_beside(layout, **part));
    let valued = valued.copied().collect::<Vec<_>>();
    // `Invoice  4711` above `Date  1.2.2026`: two labels, each with its value beside it.
    if valued.len() > 1 || is_heading_of(layout, upper, *parts.get(1)?) {
        return None;
    }
    let texts = parts.iter().map(|part| layout.text(*part));
    let (label, strength) = meaning_of(&texts.collect::<Vec<_>>().join(" "))?;
    let alone = |spot: Spot| {
        let row = rows.get(spot.line)?;
        row.iter().find(|hit| hit.spot == spot)
    };
    // The last row says the same by itself, or the rows are several labels. `Fecha de  5.7.2026` above `vencimiento` are one.
    let is_led = valued.first().is_some_and(|own| *own != last) && is_half(layout, upper);
    let last_alone = alone(last).is_some_and(|hit| {
        let is_whose = matches!(hit.label, Label::Addressee | Label::Name);
        let is_end = is_led && (hit.label == label || is_whose);
        hit.strength == 3 && hit.label != Label::OtherNumber && !is_end
    });
    let (_, before) = parts.split_last()?;
    let is_alone = |part: &Spot| alone(*part).is_some_and(|hit| hit.strength == 3);
    if last_alone || before.iter().any(is_alone) {
        return None;
    }
    // In a narrow cell the value stands beside the first row: `Credit  4711` above `memo no.`
    let spot = valued.first().copied().unwrap_or(last);
    let hit = Hit {
        label,
        strength,
        spot,
    };
    let parts = parts.to_vec();
    Some(Whole { parts, hit })
}

/// The label a text is, if it says it all.
fn meaning_of(text: &str) -> Option<(Label, u16)> {
    let known = INDEX.get(&joined(text)).copied();
    let keys = text.split(' ').map(key).collect::<Vec<_>>();
    let keys = keys.iter().map(String::as_str).collect::<Vec<_>>();
    let composed = || {
        let (label, strength, end) = composed::label(&keys, 0)?;
        (end == keys.len()).then_some((label, strength))
    };
    known
        .filter(|(_, strength)| *strength == 3)
        .or_else(composed)
}

fn put(rows: &mut [Vec<Hit>], found: &Whole) {
    for part in &found.parts {
        if let Some(row) = rows.get_mut(part.line) {
            row.retain(|hit| !is_inside(hit.spot, *part));
        }
    }
    if let Some(row) = rows.get_mut(found.hit.spot.line) {
        row.push(found.hit);
    }
}

/// `Rechnung` alone on its row above `Datum | Text | Betrag`: the heading of the page above that of a table.
fn is_heading_of(layout: &Layout, upper: Spot, lower: Spot) -> bool {
    let is_alone = |spot: Spot| layout.segments(spot.line).len() == 1;
    let text = layout.text(upper);
    let key = fold(&text);
    let is_bill = headings_of(&key).any(compound::is_bill) || compound::is_bill_word(&key);
    is_alone(upper) && !is_alone(lower) && is_bill
}

/// Its last word announces another one: `Fecha de`, `Data di`, `Datum der`.
pub(super) fn ends_open(layout: &Layout, spot: Spot) -> bool {
    let last = layout.tokens(spot).last();
    last.is_some_and(|last| OPEN.contains(&last.key.as_str()))
}

/// It is the first half of a label: it ends open, or is the word for a day or a number that the next row says more of.
fn is_half(layout: &Layout, spot: Spot) -> bool {
    let words = layout.tokens(spot);
    let is_bare = words.iter().all(|word| HALVES.contains(&word.key.as_str()));
    ends_open(layout, spot) || is_bare
}

/// Words a label may begin with and is none by itself, folded.
const HALVES: [&str; 23] = [
    "date", "data", "fecha", "datum", "payment", "numero", "number", "n", "no", "nr", "your",
    "our", "ihre", "ihr", "votre", "vos", "su", "vostro", "vs", "uw", "customer", "codice", "code",
];
/// Words a label does not end with, folded.
const OPEN: [&str; 11] = [
    "de", "d", "del", "della", "di", "du", "la", "of", "der", "des", "van",
];

/// A word with digits follows the column on its row.
fn has_value_beside(layout: &Layout, column: Spot) -> bool {
    let next = layout.right_of(column, usize::MAX);
    let next = layout.tokens(next).first();
    next.is_some_and(|token| token.text.contains(|c: char| c.is_ascii_digit()))
}

fn is_short(layout: &Layout, spot: Spot) -> bool {
    let text = layout.text(spot);
    let is_plain = text.chars().any(char::is_alphabetic)
        && !text.contains(|c: char| c.is_ascii_digit())
        && !text.ends_with(':');
    is_plain && spot.end - spot.start <= MAX_WORDS && text.chars().count() <= MAX_CHARS
        || spot.end - spot.start <= MAX_WORDS && is_plain_but_for_its_colon(&text)
}

fn is_plain_but_for_its_colon(text: &str) -> bool {
    text.strip_suffix(':').is_some_and(|text| {
        text.chars()
            .all(|c| c.is_alphabetic() || matches!(c, '.' | ' ' | '-'))
    })
}

/// The rows stand as near as rows of one text do.
fn is_next_to(layout: &Layout, upper: Spot, lower: Spot) -> bool {
    let height = layout.height_tenths(upper).max(layout.height_tenths(lower));
    layout.gap_tenths(upper, lower) < height
}

fn is_inside(spot: Spot, outer: Spot) -> bool {
    spot.line == outer.line && outer.start <= spot.start && spot.end <= outer.end
}
