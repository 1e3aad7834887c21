//! Headings of columns, and where they stand.
#![expect(
    clippy::float_arithmetic,
    reason = "places on a page are floats in every format that has pages; no amount passes through here"
)]

use super::super::super::layout::{Layout, Spot};
use super::super::amounts;
use super::sheet::{Role, role_of};

/// Words of the longest heading.
const MAX_HEADING_WORDS: usize = 5;

/// One heading and its place.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Head {
    pub(super) role: Role,
    pub(super) text: String,
    pub(super) left: f32,
    pub(super) right: f32,
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
pub(super) fn stacked(upper: Vec<Head>, lower: Vec<Head>) -> Vec<Head> {
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

pub(super) fn joined(heads: &[Head]) -> String {
    let texts = heads.iter().map(|head| head.text.as_str());
    texts.collect::<Vec<_>>().join(" ")
}
