//! A page as a reader sees it: words in rows, what stands right of a label and what stands below it.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use crate::basics::text::fold;
use crate::formats::page::{Page, Rect};

use super::field::Source;

/// Words looked at in one document: thirty dense pages. More is no bill.
const MAX_WORDS: usize = 40_000;
/// Two words are on one row when their middles differ by less than this share of their height (DOMAIN 3.2: 0.6).
const ROW_TOLERANCE: f32 = 0.6;
/// A gap wider than this many heights divides a row into columns; a blank is about 0.3.
const COLUMN_GAP: f32 = 1.1;
/// How many heights below a label its value may start.
const BELOW_REACH: f32 = 4.0;
/// The size of one character in a text without places. Only their ratio matters.
const CHARACTER: (f32, f32) = (6.0, 10.0);
/// Lines of a text stand this far apart, so that a line is never taken for its neighbour.
const LINE_STEP: f32 = 12.0;

/// Characters of a cell looked at: what matters of a longer one is that it is long.
const MAX_CELL_CHARS: usize = 60;

/// One word.
#[derive(Clone, PartialEq, Debug)]
pub struct Token {
    /// As printed.
    pub text: String,
    /// Folded, without punctuation at its ends: what labels are compared with. Empty for bare punctuation.
    pub key: String,
    /// Its place.
    pub place: Rect,
}

/// The words of one row, from the left.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// Page, or line of a text, counted from 1.
    pub page: u32,
    /// The words.
    pub tokens: Vec<Token>,
    /// Upper edge.
    pub top: f32,
    /// Lower edge.
    pub bottom: f32,
}

/// Some neighbouring words of one row: the row, the first and the one after the last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Spot {
    /// Index of the row.
    pub line: usize,
    /// Index of the first word.
    pub start: usize,
    /// Index after the last word.
    pub end: usize,
}

/// A whole document.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layout {
    /// Its rows from the top, page after page.
    pub lines: Vec<Line>,
    /// Height of the first page.
    pub height: f32,
    is_text: bool,
}

impl Layout {
    /// Rows out of the words of pages.
    pub fn of_pages(pages: &[Page]) -> Self {
        let mut lines = Vec::new();
        let mut left = MAX_WORDS;
        for (number, page) in (1..).zip(pages) {
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
        }
    }

    /// Rows out of a text: every character has the same width, so columns made of blanks or tabs stay columns.
    pub fn of_text(text: &str) -> Self {
        let (width, height) = CHARACTER;
        let mut lines = Vec::new();
        let mut left = MAX_WORDS;
        let mut top = 0.0;
        for (number, line) in (1..).zip(text.lines()) {
            let bottom = top + height;
            let mut tokens = Vec::new();
            for (column, word) in words_of(line).into_iter().take(left) {
                let x0 = column * width;
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
            if !tokens.is_empty() {
                lines.push(Line {
                    page: number,
                    tokens,
                    top,
                    bottom,
                });
            }
            top += LINE_STEP;
        }
        Self {
            lines,
            height: top,
            is_text: true,
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

    /// The words of a spot.
    pub fn tokens(&self, spot: Spot) -> &[Token] {
        self.lines
            .get(spot.line)
            .and_then(|line| line.tokens.get(spot.start..spot.end))
            .unwrap_or_default()
    }

    /// The words of a spot as printed, with single blanks.
    pub fn text(&self, spot: Spot) -> String {
        let words = self.tokens(spot).iter().map(|token| token.text.as_str());
        words.collect::<Vec<_>>().join(" ")
    }

    /// The rectangle around a spot.
    pub fn place(&self, spot: Spot) -> Rect {
        let mut tokens = self.tokens(spot).iter().map(|token| token.place);
        let first = tokens.next().unwrap_or_default();
        tokens.fold(first, |a, b| Rect {
            x0: a.x0.min(b.x0),
            top: a.top.min(b.top),
            x1: a.x1.max(b.x1),
            bottom: a.bottom.max(b.bottom),
        })
    }

    /// Where a spot is, for the clerk.
    pub fn source(&self, spot: Spot) -> Source {
        let page = self.lines.get(spot.line).map_or(1, |line| line.page);
        if self.is_text {
            Source::Line(page)
        } else {
            Source::Page(page, self.place(spot))
        }
    }

    /// Made of a text, not of a page.
    pub fn is_text(&self) -> bool {
        self.is_text
    }

    /// The columns of a row: runs of words without a wide gap.
    pub fn segments(&self, line: usize) -> Vec<Spot> {
        let Some(row) = self.lines.get(line) else {
            return Vec::new();
        };
        let mut segments = Vec::new();
        let mut start = 0;
        for (index, pair) in row.tokens.windows(2).enumerate() {
            if let [before, after] = pair
                && is_gap(before, after)
            {
                segments.push(Spot {
                    line,
                    start,
                    end: index + 1,
                });
                start = index + 1;
            }
        }
        segments.push(Spot {
            line,
            start,
            end: row.tokens.len(),
        });
        segments
    }

    /// The run of words that starts at `start`, up to `limit` or the next wide gap.
    pub fn run(&self, line: usize, start: usize, limit: usize) -> Spot {
        let tokens = self
            .lines
            .get(line)
            .map(|row| row.tokens.as_slice())
            .unwrap_or_default();
        let limit = limit.min(tokens.len());
        let mut end = (start + 1).min(limit);
        while let (Some(before), Some(after)) = (tokens.get(end.wrapping_sub(1)), tokens.get(end)) {
            if end >= limit || is_gap(before, after) {
                break;
            }
            end += 1;
        }
        Spot {
            line,
            start: start.min(end),
            end,
        }
    }

    /// The runs of words below a spot that overlap it from left to right, or stand in its column where none does; nearest
    /// row first. Every row found may be as far from the one before it as the first from the spot.
    pub fn below(&self, spot: Spot, rows: usize) -> Vec<Spot> {
        let place = self.place(spot);
        let height = (place.bottom - place.top).max(4.0);
        let page = self
            .lines
            .get(spot.line)
            .map(|line| (line.page, self.is_text));
        let mut found = Vec::new();
        let mut seen_rows = 0;
        let mut edge = place.bottom;
        for (offset, line) in self.lines.iter().skip(spot.line + 1).enumerate() {
            let same_page = page.is_some_and(|(number, text)| text || number == line.page);
            if !same_page || line.top - edge > height * BELOW_REACH || seen_rows >= rows {
                break;
            }
            if line.top < place.top + height * 0.5 {
                continue;
            }
            let segments = self.segments(spot.line + 1 + offset);
            let overlapping = segments.iter().filter(|segment| {
                let own = self.place(**segment);
                own.x0 < place.x1 + height && own.x1 > place.x0 - height
            });
            let before = found.len();
            found.extend(overlapping);
            if found.len() == before {
                let inside = segments
                    .iter()
                    .filter(|segment| self.is_in_column(spot, **segment));
                found.extend(inside);
            }
            if found.len() > before {
                seen_rows += 1;
                edge = line.bottom;
            }
        }
        found
    }

    /// Left edges or right edges of two spots agree within a character or two.
    pub fn is_aligned(&self, a: Spot, b: Spot) -> bool {
        let (a, b) = (self.place(a), self.place(b));
        let slack = (a.bottom - a.top).max(4.0);
        (a.x0 - b.x0).abs() < slack || (a.x1 - b.x1).abs() < slack || (a.x0 < b.x1 && b.x0 < a.x1)
    }

    /// A value stands under a heading: aligned with it, or between its neighbours to the left and to the right.
    pub fn is_under(&self, heading: Spot, value: Spot) -> bool {
        self.is_aligned(heading, value) || self.is_in_column(heading, value)
    }

    /// The middle of `value` lies between the neighbours of `heading` on its row. A heading at the end of a row has no
    /// column: nothing says how far it reaches.
    fn is_in_column(&self, heading: Spot, value: Spot) -> bool {
        let Some(row) = self.lines.get(heading.line) else {
            return false;
        };
        let Some(right) = row.tokens.get(heading.end).map(|token| token.place.x0) else {
            return false;
        };
        let left = heading
            .start
            .checked_sub(1)
            .and_then(|at| row.tokens.get(at));
        let left = left.map_or(self.place(heading).x0, |token| token.place.x1);
        let value = self.place(value);
        let middle = (value.x0 + value.x1) / 2.0;
        left < middle && middle < right
    }

    /// How far down the document a row is, in per mille of the first page; 1000 and more on later pages.
    pub fn depth_per_mille(&self, line: usize) -> u32 {
        let Some(row) = self.lines.get(line) else {
            return 1000;
        };
        if self.is_text {
            return u32::try_from(line.saturating_mul(1000) / self.lines.len().max(1))
                .unwrap_or(1000);
        }
        let share = (row.top / self.height.max(1.0)).clamp(0.0, 1.0) * 1000.0;
        let later_pages = row.page.saturating_sub(1).saturating_mul(1000);
        share as u32 + later_pages
    }

    /// Height of the tallest word of a spot, in tenths of a point.
    pub fn height_tenths(&self, spot: Spot) -> u32 {
        let tallest = self
            .tokens(spot)
            .iter()
            .map(|t| t.place.bottom - t.place.top)
            .fold(0.0, f32::max);
        (tallest * 10.0) as u32
    }

    /// The height of most of the first `rows` rows, in tenths of a point.
    pub fn usual_height(&self, rows: usize) -> u32 {
        let spots = self.lines.iter().take(rows).enumerate();
        let mut heights = spots
            .map(|(line, row)| {
                let (start, end) = (0, row.tokens.len());
                self.height_tenths(Spot { line, start, end })
            })
            .collect::<Vec<_>>();
        heights.sort_unstable();
        heights.get(heights.len() / 2).copied().unwrap_or(100)
    }

    /// Two words stand as near as digit groups of one number do.
    pub fn is_tight(before: &Token, after: &Token) -> bool {
        let height = (before.place.bottom - before.place.top).max(4.0);
        after.place.x0 - before.place.x1 < height * 0.65
    }

    /// The whole document as one text, a row a line.
    pub fn plain(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            for token in &line.tokens {
                text.push_str(&token.text);
                text.push(' ');
            }
            text.push('\n');
        }
        text
    }
}

fn is_gap(before: &Token, after: &Token) -> bool {
    let height = (before.place.bottom - before.place.top).max(4.0);
    after.place.x0 - before.place.x1 > height * COLUMN_GAP
}

/// A label and its value are often written in one piece, `No.:4711`: they become two words.
fn push_word(tokens: &mut Vec<Token>, text: &str, place: Rect) {
    let (label, value) = match text.split_once(':') {
        Some((label, value))
            if label.chars().any(char::is_alphabetic)
                && value.chars().any(char::is_alphanumeric)
                && !value.starts_with('/') =>
        {
            (label, Some(value))
        }
        _ => (text, None),
    };
    let Some(value) = value else {
        tokens.push(token(text, place));
        return;
    };
    let share = (count(label) + 1.0) / (count(label) + 1.0 + count(value));
    let middle = place.x0 + (place.x1 - place.x0) * share;
    tokens.push(token(
        &format!("{label}:"),
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
    let folded = fold(text).replace(".-", "-");
    folded
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

fn count(text: &str) -> f32 {
    text.chars().take(1000).fold(0.0, |n, _| n + 1.0)
}

/// Words of a text line with the column at which each starts; a tab goes to the next multiple of eight.
fn words_of(line: &str) -> Vec<(f32, &str)> {
    let mut words = Vec::new();
    let mut column: u16 = 0;
    let mut start: Option<(u16, usize)> = None;
    for (at, c) in line.char_indices() {
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
    if let Some((first, from)) = start {
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
    for line in &mut lines {
        line.tokens
            .sort_by(|a, b| a.place.x0.total_cmp(&b.place.x0));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_columns() {
        let layout = Layout::of_text("Invoice no.   Date\nRE-1          22.11.2026\n");
        let segments = layout.segments(0);
        assert_eq!(segments.len(), 2);
        let label = segments.first().copied().unwrap_or(Spot {
            line: 0,
            start: 0,
            end: 0,
        });
        let below = layout.below(label, 1);
        assert_eq!(
            below.first().map(|spot| layout.text(*spot)),
            Some("RE-1".into())
        );
    }

    #[test]
    fn cells_of_a_table_stand_below_their_heading() {
        let rows = [["Item", "Amount"], ["Hinges, galvanised", "25.00"]];
        let table = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let layout = Layout::of_tables(&[table]);
        let starts = |line: usize| {
            let segments = layout.segments(line).into_iter();
            segments.map(|s| layout.place(s).x0).collect::<Vec<_>>()
        };
        assert_eq!(starts(0), starts(1));
    }

    #[test]
    fn label_and_value_in_one_piece_become_two_words() {
        let layout = Layout::of_text("Rechnungs-Nr.:4711 http://a.test 12:30");
        let keys = layout
            .lines
            .first()
            .map(|l| l.tokens.iter().map(|t| t.key.as_str()).collect::<Vec<_>>());
        assert_eq!(
            keys,
            Some(vec!["rechnungs-nr", "4711", "http://a.test", "12:30"])
        );
    }

    #[test]
    fn words_a_little_out_of_line_are_still_one_row() {
        let word = |text: &str, x0: f32, top: f32| crate::formats::page::Word {
            text: text.into(),
            place: Rect {
                x0,
                top,
                x1: x0 + 30.0,
                bottom: top + 10.0,
            },
        };
        let page = Page {
            width: 600.0,
            height: 800.0,
            words: vec![
                word("b", 50.0, 102.0),
                word("a", 10.0, 100.0),
                word("c", 10.0, 115.0),
            ],
            ..Page::default()
        };
        let layout = Layout::of_pages(&[page]);
        let rows = layout
            .lines
            .iter()
            .map(|l| l.tokens.iter().map(|t| t.text.as_str()).collect::<String>());
        assert_eq!(rows.collect::<Vec<_>>(), ["ab", "c"]);
    }
}
