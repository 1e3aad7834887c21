//! Rows of a remittance that go over two lines: the number of the invoice in the first, its amount in the second, beside a
//! number of the payer's own or the rest of a text.

use super::super::super::layout::Layout;
use super::heads::{Head, row_heads};
use super::numbers::is_alike;
use super::pieces::{Kind, Piece, cells};
use super::rows::{are_neighbours, folded, is_new_paragraph};
use super::says::{About, has};
use super::sheet::Role;

/// What stands on one line, or on two that make one row.
pub(super) struct Record {
    first: Vec<Piece>,
    second: Option<Vec<Piece>>,
}

impl Record {
    /// The row that begins on a line.
    pub(super) fn at(
        layout: &Layout,
        line: usize,
        pieces_of: impl Fn(usize) -> Vec<Piece>,
    ) -> Self {
        let first = pieces_of(line);
        let may_go_on = is_begun(&first)
            && !is_new_paragraph(layout, line + 1)
            && !has(&folded(layout, line + 1), About::Total);
        let second = may_go_on.then(|| pieces_of(line + 1));
        let second = second.filter(|second| ends(&first, second));
        Self { first, second }
    }

    /// Lines it takes.
    pub(super) fn length(&self) -> usize {
        1 + usize::from(self.second.is_some())
    }

    /// Its cells under the headings, of which those in `lower` stand over the second line.
    pub(super) fn cells(&self, heads: &[Head], lower: &[Head], height: f32) -> Vec<String> {
        if !lower.is_empty() {
            let second = self.second.as_deref().unwrap_or_default();
            return [
                padded(cells(&self.first, heads, height), heads.len()),
                cells(second, lower, height),
            ]
            .concat();
        }
        let values = self.second.iter().flatten();
        // Words of the second line go on with those of the first, and its number is the payer's own.
        let values = values.filter(|own| !matches!(own.kind, Kind::Words | Kind::Digits));
        let mut all = self.first.iter().chain(values).cloned().collect::<Vec<_>>();
        all.sort_by(|a, b| a.left.total_cmp(&b.left));
        cells(&all, heads, height)
    }
}

fn padded(mut cells: Vec<String>, columns: usize) -> Vec<String> {
    cells.resize(columns, String::new());
    cells
}

/// A number and no amount.
fn is_begun(pieces: &[Piece]) -> bool {
    let has = |kind: Kind| pieces.iter().any(|piece| piece.kind == kind);
    has(Kind::Digits) && !has(Kind::Money)
}

/// It holds the amount of the row begun: no number like the first, and none that begins a row of its own.
fn ends(first: &[Piece], second: &[Piece]) -> bool {
    let has_amount = second.iter().any(|piece| piece.kind == Kind::Money);
    let of = |pieces: &[Piece]| {
        let numbers = pieces.iter().filter(|piece| piece.kind == Kind::Digits);
        numbers.map(|piece| piece.text.clone()).collect::<Vec<_>>()
    };
    let is_like = |number: &String| of(first).iter().any(|own| is_alike(own, number));
    let begins = second
        .first()
        .is_some_and(|piece| piece.kind == Kind::Digits);
    has_amount && !begins && !of(second).iter().any(is_like)
}

/// Headings of numbers over headings of amounts, where the rows below go over two lines as they do.
pub(super) fn divided_heads(
    layout: &Layout,
    line: usize,
    pieces_of: impl Fn(usize) -> Vec<Piece>,
) -> Option<(Vec<Head>, Vec<Head>)> {
    let upper = row_heads(layout, line)?;
    let is_number = |head: &Head| head.role.is_number();
    let is_paid = |head: &Head| head.role.may_be_paid();
    if !upper.iter().any(is_number) || upper.iter().any(is_paid) || !are_neighbours(layout, line) {
        return None;
    }
    let lower = row_heads(layout, line + 1)?;
    let is_known = |heads: &[Head]| {
        let known = heads.iter().filter(|head| head.role != Role::Unknown);
        known.count() * 2 > heads.len()
    };
    let has_kind = |line: usize, kind: Kind| pieces_of(line).iter().any(|own| own.kind == kind);
    let is_divided = lower.iter().any(is_paid)
        && !lower.iter().any(is_number)
        && is_known(&upper)
        && is_known(&lower)
        && is_begun(&pieces_of(line + 2))
        && has_kind(line + 3, Kind::Money);
    is_divided.then_some((upper, lower))
}
