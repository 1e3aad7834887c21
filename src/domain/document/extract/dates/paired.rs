//! Labels divided by strokes, and their days divided alike: `Invoice date / Due date   21.06.2026 / 05.07.2026`.

use super::Printed;
use crate::domain::document::labels::Hit;
use crate::domain::document::layout::{Layout, Spot, on_row};

/// The day at the place of its label; nothing inside where no day stands there, and none at all where labels and values are
/// not divided alike.
pub(super) fn at_its_place<'d>(
    layout: &Layout,
    dates: &'d [Printed],
    hit: &Hit,
) -> Option<Option<&'d Printed>> {
    let line = hit.spot.line;
    let columns = layout.segments(line);
    let is_own = |column: &Spot| column.start <= hit.spot.start && hit.spot.end <= column.end;
    let own = columns.iter().position(is_own)?;
    let (labels, values) = (*columns.get(own)?, *columns.get(own + 1)?);
    let (of_labels, of_values) = (strokes(layout, labels), strokes(layout, values));
    if of_labels.is_empty() || of_labels.len() != of_values.len() {
        return None;
    }
    let place = |strokes: &[usize], at: usize| strokes.iter().filter(|own| **own < at).count();
    let wanted = place(&of_labels, hit.spot.start);
    let is_wanted = |day: &&Printed| {
        values.start <= day.spot.start
            && day.spot.end <= values.end
            && place(&of_values, day.spot.start) == wanted
    };
    Some(on_row(dates, line).iter().find(is_wanted))
}

/// The words that are nothing but a stroke.
fn strokes(layout: &Layout, spot: Spot) -> Vec<usize> {
    let words = layout.tokens(spot).iter().enumerate();
    let strokes = words.filter(|(_, word)| word.text == "/");
    strokes.map(|(at, _)| spot.start + at).collect()
}
