//! Rows out of the words of pages, the characters of a text or the cells of tables.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use super::{Layout, Line, Token, leaders, spaced};
use crate::basics::text::fold;
use crate::formats::page::{Page, Rect};

/// Words looked at in one document: some four hundred dense pages, or a payment advice of thirty thousand lines. Of a longer
/// one a person is told that it was not read to its end.
const MAX_WORDS: usize = 400_000;
/// Words of one row: what stands beside a word is looked for among them all. A row of a page has thirty; more come from a
/// paragraph written as one line, which goes on in further rows.
const MAX_ROW_WORDS: usize = 200;
/// Two words are on one row when their middles differ by less than this share of their height (DOMAIN 3.2: 0.6).
const ROW_TOLERANCE: f32 = 0.6;
/// The size of one character in a text without places. Only their ratio matters.
const CHARACTER: (f32, f32) = (6.0, 10.0);
/// Lines of a text stand this far apart, so that a line is never taken for its neighbour.
const LINE_STEP: f32 = 12.0;
/// Characters of a cell looked at: what matters of a longer one is that it is long.
const MAX_CELL_CHARS: usize = 60;

impl Layout {
    /// Rows out of the words of pages.
    pub fn of_pages(pages: &[Page]) -> Self {
        let mut lines = Vec::new();
        let mut left = MAX_WORDS;
        let mut is_cut = false;
        for (number, page) in (1..).zip(pages) {
            is_cut = is_cut || page.words.len() > left;
            let mut tokens = Vec::with_capacity(page.words.len());
            for word in page.words.iter().take(left) {
                push_word(&mut tokens, &word.text, word.place);
            }
            left = left.saturating_sub(page.words.len());
            lines.extend(rows(number, tokens));
        }
        let height = pages.first().map_or(0.0, |page| page.height);
        Self {
            lines,
            height,
            is_text: false,
            is_cut,
        }
    }

    /// Rows out of a text: every character has the same width, so columns made of blanks or tabs stay columns.
    pub fn of_text(text: &str) -> Self {
        let (width, height) = CHARACTER;
        let mut lines = Vec::new();
        let mut left = MAX_WORDS;
        let mut top = 0.0;
        for (number, line) in (1..).zip(text.lines()) {
            let words = words_of(line, left);
            for words in words.chunks(MAX_ROW_WORDS) {
                let bottom = top + height;
                let mut tokens = Vec::new();
                let edge = words.first().map_or(0.0, |(column, _)| *column);
                let edge = if lines.last().is_some_and(|last: &Line| last.page == number) {
                    edge
                } else {
                    0.0
                };
                for (column, word) in words {
                    let x0 = (column - edge) * width;
                    let x1 = x0 + count(word) * width;
                    push_word(
                        &mut tokens,
                        word,
                        Rect {
                            x0,
                            top,
                            x1,
                            bottom,
                        },
                    );
                }
                left = left.saturating_sub(tokens.len());
                lines.push(Line {
                    page: number,
                    tokens: spaced::joined(leaders::left_out(tokens)),
                    top,
                    bottom,
                });
                top += LINE_STEP;
            }
            if words.is_empty() {
                top += LINE_STEP;
            }
            if left == 0 {
                break;
            }
        }
        Self {
            lines,
            height: top,
            is_text: true,
            is_cut: left == 0,
        }
    }

    /// Rows out of tables whose cells are known, as of HTML: every column of a table starts below its heading.
    pub fn of_tables(tables: &[Vec<Vec<String>>]) -> Self {
        let mut text = String::new();
        for table in tables {
            let columns = table.iter().map(Vec::len).max().unwrap_or_default();
            let width = |column: usize| {
                let cells = table.iter().filter_map(|row| row.get(column));
                let longest = cells.map(|cell| cell.chars().count()).max();
                longest.unwrap_or_default().min(MAX_CELL_CHARS)
            };
            let widths = (0..columns).map(width).collect::<Vec<_>>();
            for row in table {
                for (cell, width) in row.iter().zip(&widths) {
                    let cell = cell.chars().take(MAX_CELL_CHARS).collect::<String>();
                    text.push_str(&format!("{cell:<width$}   "));
                }
                text.push('\n');
            }
        }
        Self::of_text(&text)
    }
}

/// A label and its value are often written in one piece, `No.:4711` or `Nr.4711`: they become two words.
fn push_word(tokens: &mut Vec<Token>, text: &str, place: Rect) {
    if let Some((label, dots, value)) = leaders::within(text) {
        let mut x0 = place.x0;
        for part in [label, dots, value] {
            let x1 = x0 + (place.x1 - place.x0) * count(part) / count(text);
            if !part.is_empty() {
                push_word(tokens, part, Rect { x0, x1, ..place });
            }
            x0 = x1;
        }
        return;
    }
    let by_colon = text.split_once(':').filter(|(label, value)| {
        label.chars().any(char::is_alphabetic)
            && value.chars().any(char::is_alphanumeric)
            && !value.starts_with('/')
    });
    let labelled = by_colon.map(|(label, value)| (format!("{label}:"), value));
    let Some((label, value)) = labelled.or_else(|| behind_number_sign(text)) else {
        tokens.push(token(text, place));
        return;
    };
    let label = label.as_str();
    let share = count(label) / (count(label) + count(value));
    let middle = place.x0 + (place.x1 - place.x0) * share;
    tokens.push(token(
        label,
        Rect {
            x1: middle,
            ..place
        },
    ));
    tokens.push(token(
        value,
        Rect {
            x0: middle,
            ..place
        },
    ));
}

/// Abbreviations of `number` that are printed without a blank behind them, with what ends them.
const NUMBER_SIGNS: [&str; 8] = ["nr.", "no.", "n°", "nº", "n.º", "n.°", "num.", "núm."];

/// `Nr.4711`, `N°2026-17`, `Rg.-Nr.RE-17`, `N°FV` before more: the label and its number.
fn behind_number_sign(text: &str) -> Option<(String, &str)> {
    let at = text.find(|c: char| c.is_ascii_digit());
    let head = text.get(..at.unwrap_or(text.len()))?.to_lowercase();
    let end = NUMBER_SIGNS
        .iter()
        .filter_map(|sign| Some(head.find(sign)? + sign.len()))
        .max()?;
    let (label, value) = text
        .split_at_checked(end)
        .filter(|(_, value)| at.is_some() || is_series_alone(value))?;
    let series = value.chars().take_while(|c| !c.is_ascii_digit());
    let is_series = series
        .into_iter()
        .all(|c| c.is_ascii_uppercase() || matches!(c, '-' | '/' | '#'));
    is_series.then(|| (label.to_owned(), value))
}

/// `N°FV 2026`: the letters of a series, its digits behind a blank.
fn is_series_alone(value: &str) -> bool {
    (1..=4).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_uppercase())
}

fn token(text: &str, place: Rect) -> Token {
    Token {
        text: text.to_owned(),
        key: key(text),
        place,
    }
}

/// Folded, without punctuation at the ends (`n°` is `n`), `Rechnungs.-Nr.` as `rechnungs-nr`.
pub fn key(text: &str) -> String {
    if text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return text.to_ascii_lowercase();
    }
    let folded = fold(text)
        .replace(".-", "-")
        .replace(['’', '‘', '´', '`'], "'");
    folded
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

fn count(text: &str) -> f32 {
    text.chars().take(1000).fold(0.0, |n, _| n + 1.0)
}

/// The first words of a text line with the column at which each starts; a tab goes to the next multiple of eight.
fn words_of(line: &str, most: usize) -> Vec<(f32, &str)> {
    let mut words = Vec::new();
    let mut column: u16 = 0;
    let mut start: Option<(u16, usize)> = None;
    for (at, c) in line.char_indices() {
        if words.len() >= most {
            return words;
        }
        let is_blank = c.is_whitespace() || c == '|';
        match (is_blank, start) {
            (true, Some((first, from))) => {
                words.extend(line.get(from..at).map(|word| (f32::from(first), word)));
                start = None;
            }
            (false, None) => start = Some((column, at)),
            (true, None) | (false, Some(_)) => {}
        }
        column = if c == '\t' {
            (column / 8).saturating_add(2).saturating_mul(8)
        } else {
            column.saturating_add(1)
        };
    }
    if let Some((first, from)) = start
        && words.len() < most
    {
        words.extend(line.get(from..).map(|word| (f32::from(first), word)));
    }
    words
}

/// Groups words into rows by their middles, whatever order they came in.
fn rows(page: u32, mut tokens: Vec<Token>) -> Vec<Line> {
    let middle = |token: &Token| (token.place.top + token.place.bottom) / 2.0;
    tokens.sort_by(|a, b| middle(a).total_cmp(&middle(b)));
    let mut lines: Vec<Line> = Vec::new();
    let mut row_middle = 0.0;
    for token in tokens {
        let height = (token.place.bottom - token.place.top).max(2.0);
        let own = middle(&token);
        match lines.last_mut() {
            Some(line)
                if own - row_middle < height * ROW_TOLERANCE
                    && height < 3.0 * (line.bottom - line.top) =>
            {
                line.top = line.top.min(token.place.top);
                line.bottom = line.bottom.max(token.place.bottom);
                line.tokens.push(token);
            }
            _ => {
                row_middle = own;
                lines.push(Line {
                    page,
                    top: token.place.top,
                    bottom: token.place.bottom,
                    tokens: vec![token],
                });
            }
        }
    }
    let by_left = |mut line: Line| {
        line.tokens
            .sort_by(|a, b| a.place.x0.total_cmp(&b.place.x0));
        line.tokens = spaced::joined(leaders::left_out(line.tokens));
        parted(line)
    };
    lines.into_iter().flat_map(by_left).collect()
}

/// A row with too many words as several at the same height.
fn parted(line: Line) -> Vec<Line> {
    if line.tokens.len() <= MAX_ROW_WORDS {
        return vec![line];
    }
    let parts = line.tokens.chunks(MAX_ROW_WORDS);
    let parts = parts.map(|tokens| Line {
        tokens: tokens.to_vec(),
        ..line
    });
    parts.collect()
}
