//! How an amount is written over several words: groups of digits divided by blanks, cents raised or in a column of their own.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use super::currency_of;
use crate::domain::document::layout::{Layout, Token};

/// Cents raised behind a whole number are at most this part of its height.
const RAISED_HEIGHT: f32 = 0.8;
/// Headings of a column of cents, folded.
const CENTS: [&str; 6] = ["ct", "cts", "cent", "cents", "centimes", "c"];

/// A column of cents beside one of whole euros, as forms have.
pub(super) struct CentColumn {
    page: u32,
    line: usize,
    x0: f32,
    x1: f32,
}

/// The columns of cents of a document: `EUR | Ct`.
pub(super) fn cent_columns(layout: &Layout) -> Vec<CentColumn> {
    let lines = layout.lines.iter().enumerate();
    let pairs = lines.flat_map(|(at, row)| row.tokens.windows(2).map(move |pair| (at, row, pair)));
    let columns = pairs.filter_map(|(line, row, pair)| match pair {
        [whole, cents]
            if currency_of(&whole.text).is_some() && CENTS.contains(&cents.key.as_str()) =>
        {
            Some(CentColumn {
                page: row.page,
                line,
                x0: cents.place.x0,
                x1: cents.place.x1,
            })
        }
        _ => None,
    });
    columns.collect()
}

/// The text of the number that starts at this word, and how many words it takes.
pub(super) fn number_at(
    layout: &Layout,
    cents: &[CentColumn],
    line: usize,
    index: usize,
) -> Option<(String, usize)> {
    let row = layout.lines.get(line)?;
    let first = row.tokens.get(index)?;
    let (text, length) = grouped(&row.tokens, index).unwrap_or((first.text.clone(), 1));
    let (last, next) = (
        row.tokens.get(index + length - 1),
        row.tokens.get(index + length),
    );
    if let (Some(last), Some(next)) = (last, next)
        && is_whole(&text)
        && is_two_digits(&next.text)
        && (is_raised(last, next) || is_in_cents(layout, cents, line, next))
    {
        let whole = text
            .chars()
            .filter(|c| !matches!(c, '.' | ',' | '\'' | ' '));
        let joined = format!("{}.{}", whole.collect::<String>(), next.text);
        return Some((joined, length + 1));
    }
    Some((text, length))
}

/// `1 234,56` and `12 240 EUR`: groups of three digits behind one to three. Without cents they are one number where a currency
/// stands beside them or where they are all that their column holds behind its words; else `2 100` may be two.
fn grouped(tokens: &[Token], index: usize) -> Option<(String, usize)> {
    let first = tokens.get(index)?;
    let head = first.text.trim_start_matches(['-', '€', '$', '£']);
    if head.len() > 3 || !first.text.ends_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut text = first.text.clone();
    let mut length = 1;
    while let (Some(before), Some(next)) =
        (tokens.get(index + length - 1), tokens.get(index + length))
    {
        if !Layout::is_tight(before, next) || !is_group(&next.text) {
            break;
        }
        text.push(' ');
        text.push_str(&next.text);
        length += 1;
        if next.text.contains([',', '.']) {
            break;
        }
    }
    let has_cents = text.contains([',', '.']);
    let is_one = has_cents || !head.starts_with('0') && is_alone(tokens, index, length, &text);
    (length > 1 && is_one).then_some((text, length))
}

/// A currency beside it, or no other number in its column.
fn is_alone(tokens: &[Token], index: usize, length: usize, text: &str) -> bool {
    let before = index.checked_sub(1).and_then(|at| tokens.get(at));
    let after = tokens.get(index + length);
    let names_currency = |token: Option<&Token>| {
        token.is_some_and(|token| currency_of(&token.text).is_some() && !has_digit(&token.text))
    };
    let is_number = |token: Option<&Token>, other: Option<&Token>| {
        token
            .zip(other)
            .is_some_and(|(a, b)| Layout::is_tight(a, b))
            && token.is_some_and(|token| has_digit(&token.text))
    };
    currency_of(text).is_some()
        || names_currency(before)
        || names_currency(after)
        || !is_number(before, tokens.get(index))
            && !after.is_some_and(|after| {
                let last = tokens.get(index + length - 1);
                last.is_some_and(|last| Layout::is_tight(last, after))
            })
}

fn has_digit(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_digit())
}

fn is_group(text: &str) -> bool {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    digits == 3
        && text
            .chars()
            .nth(3)
            .is_none_or(|c| matches!(c, ',' | '.' | '€'))
}

/// Digits in groups or without, no cents: `1.190`, `1 190`, `190`.
pub(super) fn is_whole(text: &str) -> bool {
    let groups = text.split(['.', ',', '\'', ' ']).collect::<Vec<_>>();
    let digits = |group: &&str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit());
    let (first, rest) = groups.split_first().unwrap_or((&"", &[]));
    digits(first)
        && (rest.is_empty() || first.len() <= 3)
        && rest.iter().all(|group| group.len() == 3 && digits(group))
}

/// Two digits and nothing else: cents, a rate or a number of pieces.
pub(super) fn is_two_digits(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())
}

/// Smaller than the number before it, and not below its middle.
fn is_raised(whole: &Token, cents: &Token) -> bool {
    let height = |token: &Token| token.place.bottom - token.place.top;
    let middle = |token: &Token| (token.place.bottom + token.place.top) / 2.0;
    Layout::is_tight(whole, cents)
        && height(cents) <= RAISED_HEIGHT * height(whole)
        && middle(cents) <= middle(whole)
}

fn is_in_cents(layout: &Layout, columns: &[CentColumn], line: usize, cents: &Token) -> bool {
    let page = layout.lines.get(line).map(|row| row.page);
    columns.iter().any(|column| {
        column.line < line
            && (layout.is_text() || page == Some(column.page))
            && cents.place.x0 < column.x1
            && cents.place.x1 > column.x0
    })
}
