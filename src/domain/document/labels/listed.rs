//! Whether words stand in a block of labels, each with its value beside or below it.

use crate::domain::document::layout::{Layout, Spot};

/// Rows above and below in which the next label of a block stands: its value may stand between them.
const ROWS: usize = 3;
/// Longest value below a label in words: `12 November 2026`.
const MAX_VALUE_WORDS: usize = 3;

/// It has a value, and another run of words that begins level with it or stands beside it has one, too.
pub fn is_label(layout: &Layout, column: Spot) -> bool {
    let from = column.line.saturating_sub(ROWS);
    let around = || {
        let rows = (from..=column.line + ROWS).flat_map(|line| layout.segments(line));
        rows.filter(|other| *other != column)
    };
    let is_level = |other: &Spot| other.line == column.line || layout.starts_level(column, *other);
    has_value(layout, column) && around().any(|other| is_level(&other) && has_value(layout, other))
}

/// Words without digits, and digits beside or right below them.
fn has_value(layout: &Layout, column: Spot) -> bool {
    if has_digit(layout, column) || !layout.text(column).contains(char::is_alphabetic) {
        return false;
    }
    let columns = layout.segments(column.line);
    let beside = columns.iter().find(|other| other.start == column.end);
    let below = || {
        let below = layout.below(column, 1).into_iter().next();
        let value = below.filter(|below| layout.starts_level(column, *below));
        value.is_some_and(|value| {
            has_digit(layout, value) && value.end - value.start <= MAX_VALUE_WORDS
        })
    };
    beside.is_some_and(|value| has_digit(layout, *value)) || below()
}

fn has_digit(layout: &Layout, spot: Spot) -> bool {
    layout.text(spot).contains(|c: char| c.is_ascii_digit())
}
