//! Columns of a text or a page: a row of headings, and the words of the rows below put under them by what they are and where
//! they stand.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use super::super::super::layout::{Layout, Spot, on_row};
use super::super::amounts::{self, Amount};
use super::super::dates::{self, Printed};
use super::over_lines::{self, Record};
use super::says::{About, is};
use super::sheet::{Role, Sheet, SheetRow, clearness, is_payment_head, role_of};
use crate::basics::text::fold;

/// Pieces of one row looked at; more is no row of a remittance.
const MAX_PIECES: usize = 40;
/// Columns of one table; DOMAIN 6.2 knows eight.
const MAX_COLUMNS: usize = 24;
/// Tables of one document.
const MAX_SHEETS: usize = 50;
/// Words of the longest heading.
const MAX_HEADING_WORDS: usize = 5;
/// A row whose pieces fit worse than this per column is no row of the table.
const MAX_COST_PER_COLUMN: i32 = 30;
/// A column stays empty.
const EMPTY: i32 = 20;
/// A word is left out; a number or an amount is left out.
const LEFT_OUT_WORD: i32 = 35;
const LEFT_OUT_VALUE: i32 = 70;

/// One heading and its place.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Head {
    pub(super) role: Role,
    text: String,
    left: f32,
    right: f32,
}

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

/// Every table of payments in a text or on pages.
pub(super) fn sheets(layout: &Layout, amounts: &[Amount]) -> Vec<Sheet> {
    let dates = dates::find(layout);
    let mut found: Vec<Sheet> = Vec::new();
    let mut heads: Vec<Head> = Vec::new();
    let mut lower: Vec<Head> = Vec::new();
    let mut line = 0;
    while line < layout.lines.len() {
        let pieces_of = |line: usize| pieces(layout, line, amounts, &dates);
        let divided = over_lines::divided_heads(layout, line, pieces_of);
        let whole = || heads_at(layout, line).map(|(own, length)| (own, Vec::new(), length));
        if let Some((own, second, length)) =
            divided.map(|(own, second)| (own, second, 2)).or_else(whole)
        {
            let roles = own.iter().chain(&second).map(|head| head.role);
            let roles = roles.collect::<Vec<_>>();
            let goes_on = found.last().is_some_and(|sheet| sheet.roles == roles);
            if !goes_on && found.len() < MAX_SHEETS {
                found.push(Sheet {
                    roles,
                    headings: joined(&own) + " " + &joined(&second),
                    rows: Vec::new(),
                });
            }
            (heads, lower) = (own, second);
            line += length;
            continue;
        }
        let mut length = 1;
        if let Some(sheet) = found.last_mut() {
            let record = Record::at(layout, line, pieces_of);
            length = record.length();
            sheet.rows.push(SheetRow {
                cells: record.cells(&heads, &lower, height_of(layout, line)),
                folded: folded(layout, line),
                source: layout.source(whole_row(layout, line)),
            });
        }
        line += length;
    }
    found
}

fn height_of(layout: &Layout, line: usize) -> f32 {
    let row = layout.lines.get(line);
    row.map_or(10.0, |own| (own.bottom - own.top).max(4.0))
}

/// The words of a row, as they are compared.
pub(super) fn folded(layout: &Layout, line: usize) -> String {
    fold(&layout.text(whole_row(layout, line)))
}

fn whole_row(layout: &Layout, line: usize) -> Spot {
    let end = layout.lines.get(line).map_or(0, |own| own.tokens.len());
    Spot {
        line,
        start: 0,
        end,
    }
}

fn joined(heads: &[Head]) -> String {
    let texts = heads.iter().map(|head| head.text.as_str());
    texts.collect::<Vec<_>>().join(" ")
}

/// The headings that begin on this row, and how many rows they take: one, or two read together when that says more.
fn heads_at(layout: &Layout, line: usize) -> Option<(Vec<Head>, usize)> {
    let upper = row_heads(layout, line)?;
    let roles = |heads: &[Head]| heads.iter().map(|head| head.role).collect::<Vec<_>>();
    let one = roles(&upper);
    let known = one.iter().filter(|role| **role != Role::Unknown).count();
    if known == 0 {
        return None;
    }
    let may_go_on = are_neighbours(layout, line) && layout.segments(line).len() > 1;
    let lower = may_go_on.then(|| row_heads(layout, line + 1)).flatten();
    if let Some(lower) = lower {
        let below = roles(&lower);
        let wider = upper.len().max(lower.len());
        let two = stacked(upper.clone(), lower);
        // Where each heading of one row stands above one of the other, both rows belong together.
        let over = i32::from(two.len() <= wider);
        let alone = clearness(&one).max(clearness(&below));
        if is_payment_head(&roles(&two)) && clearness(&roles(&two)) + over > alone {
            return Some((two, 2));
        }
    }
    // A sentence has such words too, among others.
    let is_head = is_payment_head(&one) && known * 2 > one.len() && one.len() <= MAX_COLUMNS;
    is_head.then_some((upper, 1))
}

/// The next row stands right below, without an empty one between.
pub(super) fn are_neighbours(layout: &Layout, line: usize) -> bool {
    match (layout.lines.get(line), layout.lines.get(line + 1)) {
        (Some(a), Some(b)) if layout.is_text() => b.page == a.page + 1,
        (Some(a), Some(b)) => a.page == b.page && b.top - a.bottom < (a.bottom - a.top) * 1.2,
        _ => false,
    }
}

/// The headings of one row; none when it has amounts, dates or several numbers.
pub(super) fn row_heads(layout: &Layout, line: usize) -> Option<Vec<Head>> {
    let row = layout.lines.get(line)?;
    let digits = row
        .tokens
        .iter()
        .filter(|token| token.text.contains(|c: char| c.is_ascii_digit()))
        .count();
    let segments = layout.segments(line);
    if digits > 1 || row.tokens.len() > 40 || row.tokens.iter().any(|t| amounts::has_cents(&t.text))
    {
        return None;
    }
    let mut heads = Vec::new();
    for segment in segments {
        let text = layout.text(segment);
        let role = role_of(&text);
        let is_one = segment.end - segment.start == 1;
        if is_one || role != Role::Unknown && !is_two(layout, segment, role) {
            heads.push(head(layout, segment, role));
        } else {
            heads.extend(heads_in(layout, segment));
        }
    }
    Some(heads)
}

fn head(layout: &Layout, spot: Spot, role: Role) -> Head {
    let place = layout.place(spot);
    Head {
        role,
        text: layout.text(spot),
        left: place.x0,
        right: place.x1,
    }
}

/// Headings that stand as close as words of a sentence: the longest known ones, from the left.
fn heads_in(layout: &Layout, segment: Spot) -> Vec<Head> {
    let mut heads: Vec<Head> = Vec::new();
    let mut at = segment.start;
    while at < segment.end {
        let longest = (1..=MAX_HEADING_WORDS.min(segment.end - at))
            .rev()
            .map(|length| Spot {
                line: segment.line,
                start: at,
                end: at + length,
            })
            .find(|spot| {
                let text = layout.text(*spot);
                let own = role_of(&text);
                own != Role::Unknown && !is_two(layout, *spot, own)
            });
        let spot = longest.unwrap_or(Spot {
            line: segment.line,
            start: at,
            end: at + 1,
        });
        let role = role_of(&layout.text(spot));
        heads.push(head(layout, spot, role));
        at = spot.end;
    }
    heads
}

/// These words are two headings: each part says something else by itself, and the last word is no continuation.
fn is_two(layout: &Layout, spot: Spot, role: Role) -> bool {
    (spot.start + 1..spot.end).any(|middle| {
        let part = |start: usize, end: usize| {
            role_of(&layout.text(Spot {
                line: spot.line,
                start,
                end,
            }))
        };
        let (first, second) = (part(spot.start, middle), part(middle, spot.end));
        let both = first != Role::Unknown && second != Role::Unknown && first != second;
        let text = layout.text(Spot {
            line: spot.line,
            start: middle,
            end: spot.end,
        });
        let begins_again = text.starts_with(char::is_uppercase);
        // `Payment Amount` is one heading, `Invoice Date`, too.
        both && begins_again && second != Role::Amount && second != role
    })
}

/// Two rows of headings, one heading above the other.
fn stacked(upper: Vec<Head>, lower: Vec<Head>) -> Vec<Head> {
    let mut heads = upper;
    for below in lower {
        let overlap =
            |above: &Head| above.right.min(below.right) - above.left.max(below.left) > 0.0;
        match heads.iter_mut().find(|above| overlap(above)) {
            Some(above) => {
                above.text = format!("{} {}", above.text, below.text);
                above.left = above.left.min(below.left);
                above.right = above.right.max(below.right);
                above.role = role_of(&above.text);
            }
            None => heads.push(below),
        }
    }
    heads.sort_by(|a, b| a.left.total_cmp(&b.left));
    heads
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

/// The pieces of one row, from the left.
fn pieces(layout: &Layout, line: usize, amounts: &[Amount], dates: &[Printed]) -> Vec<Piece> {
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
