//! Labels broken over two rows of a column: `Invoice` above `Number`, `Rechnungs-` above `nummer`.

use super::{Hit, INDEX, Label, compound, joined};
use crate::basics::text::fold;
use crate::domain::document::layout::{Layout, Spot};
use crate::domain::document::words::headings_of;

/// Words of one row of such a label.
const MAX_WORDS: usize = 2;
/// Longest label in characters: `numero identificacion fiscal`.
const MAX_CHARS: usize = 32;

/// Adds the labels that two rows make together, and takes away what their halves were taken for.
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
        for upper in layout
            .segments(line)
            .into_iter()
            .filter(|upper| is_short(layout, *upper))
        {
            let lower = layout.below(upper, 1).into_iter().find(|lower| {
                lower.line == line + 1
                    && is_short(layout, *lower)
                    && is_next_to(layout, upper, *lower)
            });
            let Some(lower) = lower else { continue };
            // `Invoice  4711` above `Date  1.2.2026`: two labels, each with its value beside it.
            if has_value_beside(layout, upper) && has_value_beside(layout, lower) {
                continue;
            }
            if is_heading_of(layout, upper, lower) {
                continue;
            }
            let text = joined(&(layout.text(upper) + " " + &layout.text(lower)));
            let Some((label, strength @ 3)) = INDEX.get(&text).copied() else {
                continue;
            };
            let alone = |spot: Spot| {
                let row = rows.get(spot.line)?;
                row.iter().find(|hit| hit.spot == spot)
            };
            let beside_upper = has_value_beside(layout, upper) && !has_value_beside(layout, lower);
            // The lower row says the same by itself, or the two rows are two labels. `Fecha de  5.7.2026` above `vencimiento`
            // are one.
            let complete = alone(lower).is_some_and(|hit| {
                let is_end = hit.label == label && beside_upper && ends_open(layout, upper);
                hit.strength == 3 && hit.label != Label::OtherNumber && !is_end
            }) || alone(upper).is_some_and(|hit| hit.strength == 3);
            if complete {
                continue;
            }
            for part in [upper, lower] {
                if let Some(row) = rows.get_mut(part.line) {
                    row.retain(|hit| !is_inside(hit.spot, part));
                }
            }
            // In a narrow cell the value stands beside the first row: `Credit  4711` above `memo no.`
            let spot = if beside_upper { upper } else { lower };
            if let Some(row) = rows.get_mut(spot.line) {
                row.push(Hit {
                    label,
                    strength,
                    spot,
                });
            }
        }
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

/// Its last word announces another one: `Fecha de`, `Data di`, `Date`, `Datum der`.
fn ends_open(layout: &Layout, spot: Spot) -> bool {
    let last = layout.tokens(spot).last();
    last.is_some_and(|last| OPEN.contains(&last.key.as_str()))
}

/// Words a label does not end with, folded.
const OPEN: [&str; 14] = [
    "de", "d", "del", "di", "du", "la", "of", "der", "des", "van", "payment", "date", "data",
    "fecha",
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
