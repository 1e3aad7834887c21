//! The pieces of a row, and the heading that each of them stands under.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use super::super::super::layout::{Layout, Spot, on_row};
use super::super::amounts::{self, Amount};
use super::super::dates::Printed;
use super::heads::Head;
use super::says::{About, is};
use super::sheet::Role;
use crate::basics::text::fold;

/// Pieces of one row looked at; more is no row of a remittance.
const MAX_PIECES: usize = 40;
/// A row whose pieces fit worse than this per column is no row of the table.
const MAX_COST_PER_COLUMN: i32 = 30;
/// A column stays empty.
const EMPTY: i32 = 20;
/// A word is left out; a number or an amount is left out.
const LEFT_OUT_WORD: i32 = 35;
const LEFT_OUT_VALUE: i32 = 70;

/// What a piece of a row is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Date,
    Money,
    Digits,
    Currency,
    Words,
}

/// A piece of a row: one word, or the words of one date or amount.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    pub(super) text: String,
    pub(super) left: f32,
    right: f32,
}

/// The pieces of one row, from the left.
pub(super) fn pieces(
    layout: &Layout,
    line: usize,
    amounts: &[Amount],
    dates: &[Printed],
) -> Vec<Piece> {
    let Some(row) = layout.lines.get(line) else {
        return Vec::new();
    };
    if row.tokens.iter().any(|token| is(&token.key, About::Phone)) {
        return Vec::new();
    }
    let (amounts, dates) = (on_row(amounts, line), on_row(dates, line));
    let mut found = Vec::new();
    let mut at = 0;
    while at < row.tokens.len() && found.len() < MAX_PIECES {
        let date = dates
            .iter()
            .find(|date| date.spot.start == at && !is_bare(layout, date.spot));
        let amount = amounts.iter().find(|amount| amount.spot.start == at);
        let (kind, end) = match (date, amount) {
            (Some(date), _) => (Kind::Date, date.spot.end),
            (None, Some(amount)) if amount.is_money => {
                (Kind::Money, with_sign(layout, line, amount.spot.end))
            }
            (None, Some(amount)) => (Kind::Digits, amount.spot.end),
            (None, None) => {
                let text = row.tokens.get(at).map(|token| token.text.as_str());
                (word_kind(text.unwrap_or_default()), at + 1)
            }
        };
        let spot = Spot {
            line,
            start: at,
            end,
        };
        let place = layout.place(spot);
        found.push(Piece {
            kind,
            text: layout.text(spot),
            left: place.x0,
            right: place.x1,
        });
        at = end;
    }
    found
}

/// `20261101` may be a day and is more often a number.
fn is_bare(layout: &Layout, spot: Spot) -> bool {
    layout.text(spot).chars().all(|c| c.is_ascii_digit())
}

/// A sign that stands apart behind its amount belongs to it: `59.50 CR`, `59,50 -`.
fn with_sign(layout: &Layout, line: usize, end: usize) -> usize {
    let next = layout.tokens(Spot {
        line,
        start: end,
        end: end + 1,
    });
    let is_sign = next
        .first()
        .is_some_and(|token| matches!(token.text.as_str(), "CR" | "-" | "−"));
    end + usize::from(is_sign)
}

fn word_kind(text: &str) -> Kind {
    let is_code = text.chars().count() <= 4 && amounts::currency_of(text).is_some();
    match text.contains(|c: char| c.is_ascii_digit()) {
        true => Kind::Digits,
        false if is_code => Kind::Currency,
        false => Kind::Words,
    }
}

/// Each heading's piece or nothing: the cheapest way that keeps both orders.
pub(super) fn cells(pieces: &[Piece], heads: &[Head], height: f32) -> Vec<String> {
    let (n, m) = (pieces.len(), heads.len());
    if n == 0 || m == 0 {
        return Vec::new();
    }
    // best[i][j]: the least cost of the first i pieces under the first j headings, and how it came about.
    let mut best = vec![vec![(0, Step::Start); m + 1]; n + 1];
    for i in 0..=n {
        for j in 0..=m {
            let at = |i: usize, j: usize| best.get(i).and_then(|row| row.get(j)).copied();
            let mut ways = Vec::new();
            if i == 0 && j == 0 {
                continue;
            }
            if let Some((cost, _)) = j.checked_sub(1).and_then(|j| at(i, j)) {
                ways.push((cost + EMPTY, Step::Empty));
            }
            let piece = i.checked_sub(1).and_then(|i| pieces.get(i));
            let head = j.checked_sub(1).and_then(|j| heads.get(j));
            if let (Some(piece), Some((cost, _))) = (piece, i.checked_sub(1).and_then(|i| at(i, j)))
            {
                let is_word = matches!(piece.kind, Kind::Words | Kind::Currency);
                let left_out = if is_word {
                    LEFT_OUT_WORD
                } else {
                    LEFT_OUT_VALUE
                };
                ways.push((cost + left_out, Step::LeftOut));
            }
            if let (Some(piece), Some(head)) = (piece, head)
                && let Some((cost, _)) = at(i - 1, j - 1)
            {
                ways.push((cost + fit(piece, head, height), Step::Under));
            }
            let cheapest = ways.into_iter().min_by_key(|(cost, _)| *cost);
            let cell = best.get_mut(i).and_then(|row| row.get_mut(j));
            if let (Some(cell), Some(cheapest)) = (cell, cheapest) {
                *cell = cheapest;
            }
        }
    }
    walked_back(&best, pieces, m)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Start,
    Empty,
    LeftOut,
    Under,
}

fn walked_back(best: &[Vec<(i32, Step)>], pieces: &[Piece], columns: usize) -> Vec<String> {
    let (mut i, mut j) = (pieces.len(), columns);
    let mut cells = vec![String::new(); columns];
    let at = |i: usize, j: usize| best.get(i).and_then(|row| row.get(j)).copied();
    let cost = at(i, j).map_or(0, |(cost, _)| cost);
    // In a narrow table `Bank charges` is one word more than it has columns for.
    let limit = i32::try_from(columns).unwrap_or(0) * MAX_COST_PER_COLUMN + LEFT_OUT_WORD;
    if cost > limit {
        return Vec::new();
    }
    while let Some((_, step)) = at(i, j) {
        match step {
            Step::Start => break,
            Step::Empty => j -= 1,
            Step::LeftOut => i -= 1,
            Step::Under => {
                (i, j) = (i - 1, j - 1);
                if let (Some(cell), Some(piece)) = (cells.get_mut(j), pieces.get(i)) {
                    *cell = with_code(pieces, i, &piece.text);
                }
            }
        }
    }
    cells
}

/// A number written apart from its letters, `RE 4711`; a word such as `Invoice` is none of its letters.
fn with_code(pieces: &[Piece], at: usize, text: &str) -> String {
    let own = pieces.get(at);
    let before = at.checked_sub(1).and_then(|before| pieces.get(before));
    match (before, own) {
        (Some(before), Some(own))
            if before.kind == Kind::Words
                && own.kind == Kind::Digits
                && own.left - before.right < 8.0
                && (2..=3).contains(&before.text.len())
                && before.text.chars().all(|c| c.is_ascii_uppercase())
                && !is(&fold(&before.text), About::Link) =>
        {
            format!("{} {text}", before.text)
        }
        _ => text.to_owned(),
    }
}

/// What it costs to put a piece under a heading: how little it is what the heading says, and how far away it stands.
fn fit(piece: &Piece, head: &Head, height: f32) -> i32 {
    let mismatch = match (head.role, piece.kind) {
        (role, Kind::Digits) if role.is_number() => 0,
        (role, Kind::Words) if role.is_number() => 50,
        (role, Kind::Money) if role.is_number() => 60,
        (role, Kind::Date | Kind::Currency) if role.is_number() => 80,
        (Role::Date, Kind::Date) => 0,
        (Role::Date, Kind::Digits) => 40,
        (Role::Date, _) => 80,
        (role, Kind::Money) if role.is_amount() => 0,
        (role, Kind::Digits) if role.is_amount() => 15,
        (role, Kind::Currency) if role.is_amount() => 60,
        (role, Kind::Words) if role.is_amount() => 90,
        (role, _) if role.is_amount() => 120,
        (Role::Currency, Kind::Currency) => 0,
        (Role::Currency, _) => 80,
        (_, Kind::Words) => 0,
        (_, Kind::Digits) => 12,
        (_, Kind::Currency) => 20,
        (_, Kind::Date) => 25,
        (_, Kind::Money) => 40,
    };
    let middle = |left: f32, right: f32| (left + right) / 2.0;
    let distances = [
        piece.left - head.left,
        piece.right - head.right,
        middle(piece.left, piece.right) - middle(head.left, head.right),
    ];
    let nearest = distances
        .into_iter()
        .map(f32::abs)
        .fold(f32::INFINITY, f32::min);
    let overlaps = piece.left < head.right && head.left < piece.right;
    let far = if overlaps { 0.3 } else { 1.0 } * nearest / height * 4.0;
    mismatch + far.clamp(0.0, 30.0) as i32
}
