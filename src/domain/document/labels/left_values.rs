//! Values that stand left of their labels, in a block whose rows all begin so: `21.07.2026  Invoice date`.

use super::Hit;
use crate::domain::document::layout::{Layout, Spot, on_row};

/// `12 de enero de 2026` has five words; what is longer is a sentence.
const MAX_WORDS: usize = 5;

/// What stands left of this label, where the row above or below is alike: its label begins at the same place, and its value
/// stands before it. Rows with their values to the right have none.
pub fn value_left(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<Spot> {
    let own = left(layout, hits, hit.spot)?;
    let line = hit.spot.line;
    let mut around = [line.checked_sub(1), line.checked_add(1)]
        .into_iter()
        .flatten();
    let is_alike = |line: usize| {
        on_row(hits, line).iter().any(|other| {
            layout.starts_level(hit.spot, other.spot) && left(layout, hits, other.spot).is_some()
        })
    };
    around.any(is_alike).then_some(own)
}

/// The words before a label that ends its row, up to the beginning of their column: none of them a label, one of them with a
/// digit.
fn left(layout: &Layout, hits: &[Hit], label: Spot) -> Option<Spot> {
    let columns = layout.segments(label.line);
    let last = *columns.last()?;
    let is_last = last.end == label.end && last.start <= label.start;
    let points_right = layout.text(label).ends_with(':');
    if !is_last || points_right {
        return None;
    }
    let value = if last.start < label.start {
        Spot {
            end: label.start,
            ..last
        }
    } else {
        let before = columns.len().checked_sub(2)?;
        *columns.get(before)?
    };
    let words = layout.tokens(value);
    let has_digit = words
        .iter()
        .any(|word| word.text.contains(|c: char| c.is_ascii_digit()));
    let is_labelled = on_row(hits, label.line)
        .iter()
        .any(|other| other.spot.start < value.end && value.start < other.spot.end);
    let fits = has_digit && words.len() <= MAX_WORDS && !is_labelled;
    fits.then_some(value)
}
