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
    let of_labels = strokes(layout, dates, labels);
    let of_values = strokes(layout, dates, values);
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

/// The words that are nothing but a stroke, and none of a day: `21 / 06 / 2026`.
fn strokes(layout: &Layout, dates: &[Printed], spot: Spot) -> Vec<usize> {
    let days = on_row(dates, spot.line);
    let is_of_a_day = |at: &usize| {
        days.iter()
            .any(|day| (day.spot.start..day.spot.end).contains(at))
    };
    let words = layout.tokens(spot).iter().enumerate();
    let strokes = words.filter(|(_, word)| word.text == "/");
    let strokes = strokes.map(|(at, _)| spot.start + at);
    strokes.filter(|at| !is_of_a_day(at)).collect()
}
