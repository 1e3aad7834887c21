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

/// `19 de octubre de` or `February 13,` in a narrow column, and its year below it in the next row.
fn over_rows(layout: &Layout, line: usize, index: usize) -> Option<Printed> {
    let tokens = layout.lines.get(line)?.tokens.as_slice();
    let length = day_and_month(tokens.get(index..)?)?;
    let rest = Spot {
        line,
        start: index,
        end: index + length,
    };
    let words = layout.tokens(rest);
    let are_tight = words
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if Layout::is_tight(a, b)));
    let year = year_below(layout, rest).or_else(|| year_of_next(layout, rest));
    let year = year.filter(|_| are_tight)?;
    let readings = date::readings(&format!("{} {year}", layout.text(rest)));
    (!readings.is_empty()).then_some(Printed {
        readings,
        spot: rest,
    })
}

/// The words of a day and its month, and of the `de` that a year follows.
fn day_and_month(tokens: &[Token]) -> Option<usize> {
    let is_day = |token: &Token| {
        let begins = token.text.starts_with(|c: char| c.is_ascii_digit());
        begins && token.text.chars().count() <= 4 && !token.text.contains(['/', '-'])
    };
    let is_month = |token: &Token| token.key.len() >= 3 && date::is_month(&token.key);
    let is_of = |token: &Token| matches!(token.key.as_str(), "de" | "di" | "of");
    match tokens {
        [day, of, month, last, ..]
            if is_day(day) && is_of(of) && is_month(month) && is_of(last) =>
        {
            Some(4)
        }
        [day, of, month, ..] if is_day(day) && is_of(of) && is_month(month) => Some(3),
        [day, month, last, ..] if is_day(day) && is_month(month) && is_of(last) => Some(3),
        [day, month, ..] if is_day(day) && is_month(month) => Some(2),
        [month, day, ..] if is_month(month) && is_day(day) => Some(2),
        _ => None,
    }
}

/// The year that begins the next row of a column whose end these words are: `4711 / 14. Mai` above `2026`.
fn year_of_next(layout: &Layout, spot: Spot) -> Option<String> {
    let next = layout.goes_on(spot)?;
    let year = layout.tokens(next).first()?;
    is_year(year).then(|| year.key.clone())
}

fn is_year(token: &Token) -> bool {
    let digits = token.key.len() == 4 && token.key.bytes().all(|b| b.is_ascii_digit());
    digits && token.key.starts_with(['1', '2'])
}

/// A year that stands under the words, in a row as near as the next one of a text.
fn year_below(layout: &Layout, spot: Spot) -> Option<String> {
    let (row, below) = (
        layout.lines.get(spot.line)?,
        layout.lines.get(spot.line + 1)?,
    );
    let place = layout.place(spot);
    let is_under = |token: &&Token| token.place.x0 < place.x1 && token.place.x1 > place.x0;
    let mut years = below.tokens.iter().filter(|token| is_year(token));
    let year = years.find(is_under)?;
    let next = Spot {
        line: spot.line + 1,
        start: 0,
        end: below.tokens.len(),
    };
    let is_near = layout.gap_tenths(spot, next) < layout.height_tenths(spot);
    ((layout.is_text() || row.page == below.page) && is_near).then(|| year.key.clone())
}
