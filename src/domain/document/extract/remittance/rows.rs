//! The rows of a text or a page: their words, and how they stand to each other.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use super::super::super::layout::{Layout, Spot};
use crate::basics::text::fold;

/// The words of a row, as they are compared.
pub(super) fn folded(layout: &Layout, line: usize) -> String {
    fold(&layout.text(whole_row(layout, line)))
}

pub(super) fn whole_row(layout: &Layout, line: usize) -> Spot {
    let end = layout.lines.get(line).map_or(0, |own| own.tokens.len());
    Spot {
        line,
        start: 0,
        end,
    }
}

pub(super) fn height_of(layout: &Layout, line: usize) -> f32 {
    let row = layout.lines.get(line);
    row.map_or(10.0, |own| (own.bottom - own.top).max(4.0))
}

/// The next row stands right below, without an empty one between.
pub(super) fn are_neighbours(layout: &Layout, line: usize) -> bool {
    match (layout.lines.get(line), layout.lines.get(line + 1)) {
        (Some(a), Some(b)) if layout.is_text() => b.page == a.page + 1,
        (Some(a), Some(b)) => a.page == b.page && b.top - a.bottom < (a.bottom - a.top) * 1.2,
        _ => false,
    }
}

/// A gap before this row: an empty line, or half a row and more on a page.
pub(super) fn is_new_paragraph(layout: &Layout, line: usize) -> bool {
    let before = line
        .checked_sub(1)
        .and_then(|before| layout.lines.get(before));
    match (before, layout.lines.get(line)) {
        (Some(before), Some(own)) if layout.is_text() => own.page > before.page + 1,
        (Some(before), Some(own)) => {
            own.page != before.page || own.top > before.bottom + (before.bottom - before.top)
        }
        _ => false,
    }
}
