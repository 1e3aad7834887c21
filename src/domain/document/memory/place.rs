//! The place of a value on a page, so that it is found on the next page of the same layout: the label left of it or above
//! it, the zone, what is printed around it, the shape of the value itself.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats; no amount passes through here"
)]

use super::super::extract::{amounts, dates, identifiers};
use super::super::field::Source;
use super::super::layout::{Layout, Spot, Token};
use super::Value;
use crate::basics::bank_account::Iban;
use crate::basics::currency::Currency;
use crate::basics::text::{one_line, squash};

/// Landmarks kept of a layout: more add nothing and cost space in every memory.
const MAX_LANDMARKS: usize = 60;
/// Longest landmark, label or neighbour: longer ones are sentences.
const MAX_PHRASE_CHARS: usize = 60;
/// Words of a label next to its value.
const MAX_LABEL_WORDS: usize = 4;
/// Neighbours kept.
const MAX_NEIGHBOURS: usize = 8;
/// Words of a number that is printed with blanks in it.
const MAX_TEXT_WORDS: usize = 4;
/// Places of one value looked at: a value printed more often is a price.
const MAX_PLACES: usize = 40;
/// How far a landmark or a value may stand from where it stood, in points: a template does not move, a printer does.
const SLACK_POINTS: f32 = 12.0;
/// How far up or down a value may have moved, in per mille of the page: lines above it push it.
const SLACK_DEPTH: u32 = 40;
/// Of the landmarks of the shorter page so many, in per cent, must stand on the other.
const SAME_LAYOUT_PER_CENT: usize = 50;
/// Fewer common landmarks may be chance.
const MIN_COMMON: usize = 3;
/// A place less like the remembered one is another place.
const MIN_SCORE: u32 = 60;
/// The best place must be so much better than the best one with another value.
const MIN_LEAD: u32 = 10;

/// Words that stand on every bill of a layout, and where they begin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Landmark {
    /// Folded.
    pub words: String,
    /// From the left edge, in points.
    pub left_points: u16,
}

/// Where a value stood.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Evidence {
    /// By what the layout is known again.
    pub landmarks: Vec<Landmark>,
    /// The label left of it; empty for none.
    pub left: String,
    /// The label above it; empty for none.
    pub above: String,
    /// The words in its row and the rows beside it.
    pub neighbours: Vec<String>,
    /// Left edge in points.
    pub left_points: u16,
    /// Right edge in points.
    pub right_points: u16,
    /// Per mille of the page.
    pub depth_per_mille: u32,
    /// What kind of value, and how it was written.
    pub shape: Shape,
    /// The same day or amount stood under other labels, too: which of them was meant, one page does not tell.
    pub is_ambiguous: bool,
}

/// What kind of value stood there, and how it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Letters and digits by runs: `RE-2026-0815` is `A-9-9`.
    Text(String),
    /// Which of its readings was meant, where it has several: `03/04/2026` the first or the second.
    Day(Option<usize>),
    /// The same for `1.234`.
    Amount(Option<usize>),
    /// An IBAN.
    Account,
    /// A currency code or sign.
    Currency,
}

impl Default for Shape {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Evidence {
    /// For a person.
    pub fn in_words(&self) -> String {
        match (self.left.is_empty(), self.above.is_empty()) {
            (false, _) => format!("right of “{}”", self.left),
            (true, false) => format!("below “{}”", self.above),
            (true, true) => "at the same place of the page".into(),
        }
    }
}

/// A value found again.
#[derive(Clone, PartialEq, Debug)]
pub struct Seen {
    /// As it stands there.
    pub value: Value,
    /// Where.
    pub source: Source,
    /// Label and shape are those remembered.
    pub is_sure: bool,
    /// An amount known by the heading of its column alone: perhaps one row of several.
    pub is_of_column: bool,
}

/// A value of a kind somewhere on the page.
struct Candidate {
    spot: Spot,
    value: Value,
    shape: Shape,
}

/// Where this value stands. Of several places one with a label counts, the last of those for an amount (sums stand below
/// their parts), else the first.
pub fn evidence(layout: &Layout, value: &Value) -> Option<Evidence> {
    let mut places = standing(layout, value)
        .into_iter()
        .take(MAX_PLACES)
        .map(|candidate| describe(layout, candidate.spot, candidate.shape))
        .collect::<Vec<_>>();
    if matches!(value, Value::Amount(_)) {
        places.reverse();
    }
    let labelled = places
        .iter()
        .position(|place| !place.left.is_empty())
        .or_else(|| places.iter().position(|place| !place.above.is_empty()));
    let chosen = match (labelled, places.len()) {
        (Some(index), _) => places.get(index)?,
        (None, 1) => places.first()?,
        (None, _) => return None,
    };
    // A number of a paper that stands twice is the same number; equal days and amounts may be different things.
    let by_chance = matches!(value, Value::Day(_) | Value::Amount(_));
    let labels = |place: &Evidence| (place.left.clone(), place.above.clone());
    let is_ambiguous = by_chance && places.iter().any(|other| labels(other) != labels(chosen));
    let evidence = Evidence {
        landmarks: landmarks(layout),
        is_ambiguous,
        ..chosen.clone()
    };
    // What would not be found again on its own page is no memory.
    find(layout, &evidence)
        .is_some_and(|seen| seen.value.is_same(value))
        .then_some(evidence)
}

/// The place on this page that is most like the remembered one, when one is clearly so.
pub fn find(layout: &Layout, evidence: &Evidence) -> Option<Seen> {
    let mut scored = candidates(layout, &evidence.shape)
        .into_iter()
        .map(|candidate| {
            let place = describe(layout, candidate.spot, candidate.shape.clone());
            (likeness(evidence, &place), place, candidate)
        })
        .filter(|(score, ..)| *score >= MIN_SCORE)
        .collect::<Vec<_>>();
    scored.sort_by_key(|(score, ..)| std::cmp::Reverse(*score));
    let (score, place, best) = scored.first()?;
    let rival = scored
        .iter()
        .find(|(_, _, other)| !other.value.is_same(&best.value));
    if rival.is_some_and(|(other, ..)| other + MIN_LEAD > *score) {
        return None;
    }
    let same_left = is_same_label(&evidence.left, &place.left);
    let same_label = same_left || is_same_label(&evidence.above, &place.above);
    Some(Seen {
        value: best.value.clone(),
        source: layout.source(best.spot),
        is_sure: same_label && is_meant_so(&evidence.shape, &best.shape),
        is_of_column: !same_left && matches!(best.value, Value::Amount(_)),
    })
}

/// Written as it was. What had one reading there and has several here may be meant otherwise.
fn is_meant_so(remembered: &Shape, seen: &Shape) -> bool {
    match (remembered, seen) {
        (Shape::Day(_), Shape::Day(None)) | (Shape::Amount(_), Shape::Amount(None)) => true,
        (one, other) => one == other,
    }
}

fn is_same_label(remembered: &str, seen: &str) -> bool {
    !remembered.is_empty() && remembered == seen
}

/// 0 to 100: label 50, place 30, neighbours 20.
fn likeness(remembered: &Evidence, seen: &Evidence) -> u32 {
    let left = is_same_label(&remembered.left, &seen.left);
    let above = is_same_label(&remembered.above, &seen.above);
    let unlabelled = [&remembered.left, &remembered.above, &seen.left, &seen.above]
        .iter()
        .all(|label| label.is_empty());
    let label = match (left, above) {
        (true, true) => 50,
        (true, false) => 45,
        (false, true) if remembered.left.is_empty() => 45,
        (false, true) => 30,
        (false, false) if unlabelled => 20,
        (false, false) => 0,
    };
    let near = |a: u16, b: u16| f32::from(a.abs_diff(b)) <= SLACK_POINTS;
    let across = near(remembered.left_points, seen.left_points)
        || near(remembered.right_points, seen.right_points);
    let down = remembered.depth_per_mille.abs_diff(seen.depth_per_mille) <= SLACK_DEPTH;
    let common = remembered
        .neighbours
        .iter()
        .filter(|words| seen.neighbours.contains(words))
        .count();
    let all = remembered.neighbours.len().max(1);
    let around = u32::try_from(common * 20 / all).unwrap_or(20);
    label + u32::from(across) * 15 + u32::from(down) * 15 + around
}

/// The words of the first page that carry no digit, with their left edges: letterhead, labels, headings of columns, feet.
pub fn landmarks(layout: &Layout) -> Vec<Landmark> {
    let first = layout.lines.first().map(|line| line.page);
    let mut found: Vec<Landmark> = Vec::new();
    for (line, row) in layout.lines.iter().enumerate() {
        if !layout.is_text() && Some(row.page) != first || found.len() >= MAX_LANDMARKS {
            break;
        }
        for segment in layout.segments(line) {
            if let Some(words) = phrase(layout.tokens(segment)) {
                let left_points = points(layout.place(segment).x0);
                found.push(Landmark { words, left_points });
            }
        }
    }
    found.truncate(MAX_LANDMARKS);
    found
}

/// Half of what the shorter page shows stands on the other, too, at the same distance from the left edge.
pub fn is_same_layout(one: &[Landmark], other: &[Landmark]) -> bool {
    let stands = |landmark: &&Landmark| {
        other.iter().any(|seen| {
            seen.words == landmark.words
                && f32::from(seen.left_points.abs_diff(landmark.left_points)) <= SLACK_POINTS
        })
    };
    let common = one.iter().filter(stands).count();
    let shorter = one.len().min(other.len());
    common >= MIN_COMMON && common * 100 >= shorter * SAME_LAYOUT_PER_CENT
}

/// A segment as a landmark: at least three letters, no digit.
fn phrase(tokens: &[Token]) -> Option<String> {
    let has_digit = tokens
        .iter()
        .any(|token| token.text.contains(|c: char| c.is_numeric()));
    let words = joined(tokens);
    let letters = words.chars().filter(|c| c.is_alphabetic()).count();
    (!has_digit && letters >= 3).then_some(words)
}

fn joined(tokens: &[Token]) -> String {
    let keys = tokens.iter().map(|token| token.key.as_str());
    let keys = keys.filter(|key| !key.is_empty()).collect::<Vec<_>>();
    one_line(&keys.join(" "), MAX_PHRASE_CHARS)
}

fn points(place: f32) -> u16 {
    place.clamp(0.0, 20_000.0) as u16
}

/// A spot with everything around it.
fn describe(layout: &Layout, spot: Spot, shape: Shape) -> Evidence {
    let place = layout.place(spot);
    Evidence {
        landmarks: Vec::new(),
        left: left_of(layout, spot),
        above: above(layout, spot),
        neighbours: neighbours(layout, spot),
        left_points: points(place.x0),
        right_points: points(place.x1),
        depth_per_mille: layout.depth_per_mille(spot.line),
        shape,
        is_ambiguous: false,
    }
}

/// The words that lead to a value in its row. A rate between label and amount is part of neither.
fn left_of(layout: &Layout, spot: Spot) -> String {
    let tokens = layout.lines.get(spot.line).map(|row| row.tokens.as_slice());
    let before = tokens.and_then(|tokens| tokens.get(..spot.start));
    let mut words: Vec<&str> = Vec::new();
    for token in before.unwrap_or_default().iter().rev() {
        let has_letter = token.text.chars().any(char::is_alphabetic);
        let has_digit = token.text.chars().any(char::is_numeric);
        if has_letter && has_digit || words.len() >= MAX_LABEL_WORDS {
            break;
        }
        if has_letter && token.text.ends_with(':') && !words.is_empty() {
            break;
        }
        if has_letter && !token.key.is_empty() {
            words.push(&token.key);
        } else if has_digit && !words.is_empty() {
            break;
        }
    }
    words.reverse();
    one_line(&words.join(" "), MAX_PHRASE_CHARS)
}

/// The nearest words without digits above a value, within four of its heights.
fn above(layout: &Layout, spot: Spot) -> String {
    let place = layout.place(spot);
    let height = (place.bottom - place.top).max(4.0);
    let page = layout.lines.get(spot.line).map(|line| line.page);
    for line in (0..spot.line).rev() {
        let Some(row) = layout.lines.get(line) else {
            break;
        };
        let other_page = !layout.is_text() && Some(row.page) != page;
        if other_page || place.top - row.bottom > height * 4.0 {
            break;
        }
        let over = layout.segments(line).into_iter().find(|segment| {
            let own = layout.place(*segment);
            own.x0 < place.x1 && own.x1 > place.x0
        });
        if let Some(segment) = over {
            return phrase(layout.tokens(segment)).unwrap_or_default();
        }
    }
    String::new()
}

fn neighbours(layout: &Layout, spot: Spot) -> Vec<String> {
    let mut found = Vec::new();
    for line in spot.line.saturating_sub(1)..=spot.line.saturating_add(1) {
        let segments = layout.segments(line).into_iter();
        found.extend(segments.filter_map(|segment| phrase(layout.tokens(segment))));
    }
    found.truncate(MAX_NEIGHBOURS);
    found
}

/// Every place where this value stands.
fn standing(layout: &Layout, value: &Value) -> Vec<Candidate> {
    let all = match value {
        Value::Text(text) => texts(layout, |spot| {
            squash(&trimmed(layout, spot)) == squash(text)
        }),
        Value::Day(_) => days(layout),
        Value::Amount(_) => sums(layout),
        Value::Account(_) => accounts(layout),
        Value::Currency(_) => currencies(layout),
    };
    all.into_iter()
        .filter(|candidate| candidate.value.is_same(value))
        .collect()
}

/// Every value of the remembered kind, read as it was meant there.
fn candidates(layout: &Layout, shape: &Shape) -> Vec<Candidate> {
    let same = |candidate: &Candidate, meant: &Option<usize>| match &candidate.shape {
        Shape::Day(None) | Shape::Amount(None) => true,
        Shape::Day(Some(index)) | Shape::Amount(Some(index)) => meant.is_none_or(|m| m == *index),
        Shape::Text(_) | Shape::Account | Shape::Currency => false,
    };
    match shape {
        Shape::Text(shape) => texts(layout, |spot| {
            is_like(&shape_of(&trimmed(layout, spot)), shape)
        }),
        Shape::Day(meant) => kept(days(layout), |candidate| same(candidate, meant)),
        Shape::Amount(meant) => kept(sums(layout), |candidate| same(candidate, meant)),
        Shape::Account => accounts(layout),
        Shape::Currency => currencies(layout),
    }
}

fn kept(all: Vec<Candidate>, is_kept: impl Fn(&Candidate) -> bool) -> Vec<Candidate> {
    all.into_iter().filter(|one| is_kept(one)).collect()
}

/// Each reading of each date; which one it is stands in the shape, when there are several.
fn days(layout: &Layout) -> Vec<Candidate> {
    let printed = dates::find(layout).into_iter();
    let each = printed.flat_map(|printed| {
        let several = printed.readings.len() > 1;
        let spot = printed.spot;
        let readings = printed.readings.into_iter().enumerate();
        readings.map(move |(index, day)| Candidate {
            spot,
            value: Value::Day(day),
            shape: Shape::Day(several.then_some(index)),
        })
    });
    each.collect()
}

fn sums(layout: &Layout) -> Vec<Candidate> {
    let printed = amounts::find(layout).into_iter();
    let each = printed.flat_map(|amount| {
        let several = amount.readings.len() > 1;
        let spot = amount.spot;
        let readings = amount.readings.into_iter().enumerate();
        readings.map(move |(index, value)| Candidate {
            spot,
            value: Value::Amount(value),
            shape: Shape::Amount(several.then_some(index)),
        })
    });
    each.collect()
}

fn accounts(layout: &Layout) -> Vec<Candidate> {
    let found = identifiers::ibans(layout).into_iter();
    let each = found.filter_map(|found| {
        Some(Candidate {
            spot: found.spot,
            value: Value::Account(Iban::parse(&found.value)?),
            shape: Shape::Account,
        })
    });
    each.collect()
}

fn currencies(layout: &Layout) -> Vec<Candidate> {
    let each = single_words(layout).filter_map(|spot| {
        let code = amounts::currency_of(&layout.text(spot))?;
        Some(Candidate {
            spot,
            value: Value::Currency(Currency::parse(code)?),
            shape: Shape::Currency,
        })
    });
    each.collect()
}

fn single_words(layout: &Layout) -> impl Iterator<Item = Spot> {
    layout.lines.iter().enumerate().flat_map(|(line, row)| {
        (0..row.tokens.len()).map(move |start| Spot {
            line,
            start,
            end: start + 1,
        })
    })
}

/// The first place where these words stand letter for letter, but for punctuation around them.
pub fn literal(layout: &Layout, text: &str) -> Option<Spot> {
    let wanted = text.split_whitespace().collect::<Vec<_>>();
    let (length, wanted) = (wanted.len(), wanted.join(" "));
    let bare = |text: &str| text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let wanted = bare(&wanted);
    let stands = |first: Spot| {
        let spot = Spot {
            end: first.start + length,
            ..first
        };
        let is_whole = layout.tokens(spot).len() == length;
        (is_whole && bare(&layout.text(spot)) == wanted).then_some(spot)
    };
    single_words(layout)
        .filter(|_| !wanted.is_empty())
        .find_map(stands)
}

/// Runs of words that are wanted: the longest at each place.
fn texts(layout: &Layout, is_wanted: impl Fn(Spot) -> bool) -> Vec<Candidate> {
    let each = single_words(layout).filter_map(|first| {
        let longest = layout
            .run(first.line, first.start, first.start + MAX_TEXT_WORDS)
            .end;
        let spot = (first.end..=longest)
            .rev()
            .map(|end| Spot { end, ..first })
            .find(|spot| is_wanted(*spot))?;
        let text = trimmed(layout, spot);
        Some(Candidate {
            spot,
            shape: Shape::Text(shape_of(&text)),
            value: Value::Text(text),
        })
    });
    each.collect()
}

/// Without the punctuation around a number.
fn trimmed(layout: &Layout, spot: Spot) -> String {
    layout
        .text(spot)
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_owned()
}

/// Runs of letters become `A`, runs of digits `9`, everything else stays.
fn shape_of(text: &str) -> String {
    let mut shape = String::new();
    for c in text.chars().take(MAX_PHRASE_CHARS) {
        let class = match c {
            _ if c.is_numeric() => '9',
            _ if c.is_alphabetic() => 'A',
            other => other,
        };
        if !(shape.ends_with(class) && class.is_alphanumeric()) {
            shape.push(class);
        }
    }
    shape
}

/// The same shape, or the same but for which groups are letters and which digits. A text without digits is no number.
fn is_like(shape: &str, remembered: &str) -> bool {
    let plain = |shape: &str| {
        shape
            .replace("A9", "9")
            .replace("9A", "9")
            .replace('A', "9")
    };
    let both = |shape: &str| plain(&plain(shape)).replace("99", "9");
    shape.contains('9') && remembered.contains('9') && both(shape) == both(remembered)
}
