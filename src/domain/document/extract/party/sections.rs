//! The blocks of a page: which part speaks of the seller and which of the one addressed.

use crate::domain::document::labels::{Hit, Label};
use crate::domain::document::layout::{Layout, Spot};

/// Rows a block reaches below its heading: a form has many, an address few.
const SELLERS_ROWS: usize = 15;
const ADDRESSEES_ROWS: usize = 10;

/// Whose block this stands in: that of the nearest heading above it, or on its row, which does not begin right of it. Of
/// two headings on one row the nearer one to the left.
#[expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats; no amount passes through here"
)]
pub fn block_of(layout: &Layout, hits: &[Hit], spot: Spot) -> Option<Label> {
    let page = layout.lines.get(spot.line).map(|line| line.page);
    let place = layout.place(column_around(layout, spot));
    let slack = (place.bottom - place.top).max(4.0) * 2.0;
    let heads = hits.iter().filter(|hit| {
        matches!(hit.label, Label::Seller | Label::Addressee)
            && hit.spot.line <= spot.line
            && spot.line - hit.spot.line <= rows_of(hit.label)
            && (layout.is_text() || layout.lines.get(hit.spot.line).map(|line| line.page) == page)
            && begins_column(layout, hit.spot)
            && layout.place(hit.spot).x0 <= place.x0 + slack
    });
    let nearest = heads.max_by(|a, b| {
        let left = |hit: &Hit| layout.place(hit.spot).x0;
        a.spot
            .line
            .cmp(&b.spot.line)
            .then_with(|| left(a).total_cmp(&left(b)))
    });
    nearest.map(|hit| hit.label)
}

fn rows_of(label: Label) -> usize {
    if label == Label::Seller {
        SELLERS_ROWS
    } else {
        ADDRESSEES_ROWS
    }
}

/// The run of words without a wide gap this stands in.
fn column_around(layout: &Layout, spot: Spot) -> Spot {
    let segments = layout.segments(spot.line);
    let around = segments
        .iter()
        .find(|segment| segment.start <= spot.start && spot.start < segment.end);
    around.copied().unwrap_or(spot)
}

fn begins_column(layout: &Layout, spot: Spot) -> bool {
    layout
        .segments(spot.line)
        .iter()
        .any(|segment| segment.start == spot.start)
}
