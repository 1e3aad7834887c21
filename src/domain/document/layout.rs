//! A page as a reader sees it: words in rows, what stands right of a label and what stands below it.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

mod build;
mod leaders;
mod near;
mod spaced;

pub use build::key;

use crate::formats::page::Rect;

use super::field::Source;

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

impl Token {
    /// Takes in what follows on its row: two pieces are one word then.
    fn append(&mut self, next: &Self) {
        self.text.push_str(&next.text);
        self.key = build::key(&self.text);
        self.place = Rect {
            x1: self.place.x1.max(next.place.x1),
            top: self.place.top.min(next.place.top),
            bottom: self.place.bottom.max(next.place.bottom),
            ..self.place
        };
    }
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

/// Something that stands at a spot.
pub trait Placed {
    /// The spot.
    fn spot(&self) -> Spot;
}

/// Those that stand on one row, of things in the order of the page. A page full of labels has thousands of them: whoever
/// looks for what stands beside one of them must not walk over all.
pub fn on_row<T: Placed>(things: &[T], line: usize) -> &[T] {
    let from = things.partition_point(|thing| thing.spot().line < line);
    let to = things.partition_point(|thing| thing.spot().line <= line);
    things.get(from..to).unwrap_or_default()
}

/// A whole document.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Layout {
    /// Its rows from the top, page after page.
    pub lines: Vec<Line>,
    /// Height of the first page.
    pub height: f32,
    is_text: bool,
    is_cut: bool,
}

impl Layout {
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

    /// It has more words than are looked at: the rest was left out.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Made of a text, not of a page.
    pub fn is_text(&self) -> bool {
        self.is_text
    }

    /// The page on which it begins: the bill of a file that holds several need not begin on the first.
    pub fn first_page(&self) -> u32 {
        self.lines.first().map_or(1, |line| line.page)
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
        let later_pages = row
            .page
            .saturating_sub(self.first_page())
            .saturating_mul(1000);
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

    /// The white space between two rows, in tenths of a point; none where they overlap.
    pub fn gap_tenths(&self, upper: Spot, lower: Spot) -> u32 {
        let gap = self.place(lower).top - self.place(upper).bottom;
        (gap.max(0.0) * 10.0) as u32
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::page::Page;

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
    fn a_paragraph_written_as_one_line_goes_on_in_further_rows_and_loses_no_word() {
        let words = (0..1_000).map(|n| format!("w{n}")).collect::<Vec<_>>();
        let layout = Layout::of_text(&format!("{}\nend", words.join(" ")));
        let longest = layout.lines.iter().map(|line| line.tokens.len()).max();
        assert!(longest.is_some_and(|longest| longest <= 200), "{longest:?}");
        let tokens = layout.lines.iter().flat_map(|line| &line.tokens);
        assert_eq!(tokens.count(), 1_001);
        let lines = layout
            .lines
            .iter()
            .map(|line| line.page)
            .collect::<Vec<_>>();
        assert_eq!((lines.first(), lines.last()), (Some(&1), Some(&2)));
        let word = |place: Rect| crate::formats::page::Word {
            text: "1,00".into(),
            place,
        };
        let row = (0..1_000_u16).map(|at| {
            let x0 = f32::from(at) * 30.0;
            word(Rect {
                x0,
                top: 10.0,
                x1: x0 + 20.0,
                bottom: 20.0,
            })
        });
        let page = Page {
            words: row.collect(),
            ..Page::default()
        };
        assert_eq!(Layout::of_pages(&[page]).lines.len(), 5);
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
    fn cells_stand_below_their_headings_beside_an_address() {
        let text = "ACME Ltd          Due date          Invoice no.\nMill Road\n12 High Street        19/05/2026            39839\n";
        let layout = Layout::of_text(text);
        let heads = layout.segments(0);
        let cells = heads.iter().skip(1).map(|head| {
            let below = layout.below(*head, 1);
            below.first().map(|cell| layout.text(*cell))
        });
        assert_eq!(
            cells.collect::<Vec<_>>(),
            [Some("19/05/2026".into()), Some("39839".into())]
        );
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
