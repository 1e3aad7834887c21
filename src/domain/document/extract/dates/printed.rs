//! The dates a page shows, each with every day it can mean.

use crate::basics::calendar::Date;
use crate::domain::document::layout::{Layout, Placed, Spot, Token};
use crate::formats::date;

/// Longest printed date in words: `20 de noviembre de 2026`.
const MAX_WORDS: usize = 5;

/// A printed date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Printed {
    /// Every day it can mean, day before month first.
    pub readings: Vec<Date>,
    /// Where it stands.
    pub spot: Spot,
}

impl Placed for Printed {
    fn spot(&self) -> Spot {
        self.spot
    }
}

/// Every date of a document.
pub fn find(layout: &Layout) -> Vec<Printed> {
    let mut found = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        let mut index = 0;
        while index < row.tokens.len() {
            let printed = at(layout, line, index);
            let printed = printed.or_else(|| over_rows(layout, line, index));
            index = printed
                .as_ref()
                .map_or(index + 1, |printed| printed.spot.end);
            found.extend(printed);
        }
    }
    found
}

/// The date that starts at this word, the longest reading of it.
fn at(layout: &Layout, line: usize, index: usize) -> Option<Printed> {
    let tokens = layout.lines.get(line)?.tokens.as_slice();
    let first = tokens.get(index)?;
    let digits = first.text.chars().filter(char::is_ascii_digit).count();
    let is_month_word =
        digits == 0 && first.key.len() >= 3 && first.key.chars().all(char::is_alphabetic);
    let next_is_number = tokens
        .get(index + 1)
        .is_some_and(|t| t.text.starts_with(|c: char| c.is_ascii_digit()));
    if digits == 0 && !(is_month_word && next_is_number) {
        return None;
    }
    // `vom 5.3.2026`: the date begins behind the word.
    if digits == 0 && at(layout, line, index + 1).is_some() {
        return None;
    }
    let single = digits >= 4 && first.text.contains(['.', '/', '-']);
    let lengths = if single { 1..=1 } else { 1..=MAX_WORDS };
    lengths.rev().find_map(|length| {
        let spot = Spot {
            line,
            start: index,
            end: index + length,
        };
        let words = tokens.get(index..index + length)?;
        let tight = words
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if Layout::is_tight(a, b)));
        let text = layout.text(spot);
        let text = text.trim_matches(|c: char| !c.is_alphanumeric());
        // `23. Januar 2026 / …`: the stroke divides it from what follows.
        let is_ended = words.last().is_some_and(|last| !last.key.is_empty());
        let readings = if tight && is_ended && !ends_in_next_day(tokens, spot) {
            date::readings(text)
        } else {
            Vec::new()
        };
        (!readings.is_empty()).then_some(Printed { readings, spot })
    })
}

/// `2 de julio de | 16 de julio de` above `2026 | 2026`: what seems to be a short year is the day of the next column.
fn ends_in_next_day(tokens: &[Token], spot: Spot) -> bool {
    let last = spot.end.checked_sub(1).and_then(|at| tokens.get(at));
    let is_short = last.is_some_and(|last| last.key.len() <= 2 && !last.text.ends_with(','));
    let behind = tokens.get(spot.end..).unwrap_or_default().iter();
    let mut behind = behind.skip_while(|word| word.key == "de" || word.key == "di");
    let is_month = |word: &Token| word.key.len() >= 3 && date::is_month(&word.key);
    spot.end - spot.start > 1 && is_short && behind.next().is_some_and(is_month)
}

/// `19 de octubre de` or `February 13,` at the end of a narrow column, and its year at the beginning of the next row.
fn over_rows(layout: &Layout, line: usize, index: usize) -> Option<Printed> {
    let row = layout.lines.get(line)?;
    let first = row.tokens.get(index)?;
    let is_day = first.text.len() <= 3 && first.text.starts_with(|c: char| c.is_ascii_digit());
    let rest = layout.run(line, index, row.tokens.len());
    let length = rest.end - rest.start;
    let is_month =
        length == 2 && first.key.len() >= 3 && first.key.chars().all(char::is_alphabetic);
    if !(is_day || is_month) || !(2..=MAX_WORDS).contains(&length) {
        return None;
    }
    let next = layout.goes_on(rest)?;
    let year = layout.tokens(next).first()?;
    let is_year = year.key.len() == 4 && year.key.starts_with(['1', '2']);
    let text = format!("{} {}", layout.text(rest), year.key);
    let readings = if is_year {
        date::readings(&text)
    } else {
        Vec::new()
    };
    (!readings.is_empty()).then_some(Printed {
        readings,
        spot: rest,
    })
}
