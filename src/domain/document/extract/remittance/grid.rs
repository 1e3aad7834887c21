//! Columns of a text or a page: a row of headings, and the words of the rows below put under them by what they are and where
//! they stand.

use super::super::super::layout::Layout;
use super::super::amounts::Amount;
use super::super::dates;
use super::heads::{Head, joined, row_heads, stacked};
use super::over_lines::{self, Record};
use super::pieces::pieces;
use super::rows::{are_neighbours, folded, height_of, whole_row};
use super::sheet::{Role, Sheet, SheetRow, clearness, is_payment_head};

/// Columns of one table; DOMAIN 6.2 knows eight.
const MAX_COLUMNS: usize = 24;
/// Tables of one document.
const MAX_SHEETS: usize = 50;

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
