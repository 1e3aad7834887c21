//! The headings of a page and how much each says about what it is.

use super::{Scores, uncl1001};
use crate::domain::document::layout::Layout;
use crate::domain::document::words::{COMPOUND_ENDINGS, Heading, headings_of};

/// Headings in the upper part of the first page.
pub(super) fn titles(layout: &Layout, scores: &mut Scores) {
    let first_page = layout
        .lines
        .iter()
        .take_while(|line| layout.is_text() || line.page == layout.first_page())
        .count()
        .min(80);
    let usual = layout.usual_height(first_page);
    let mut is_first = true;
    for line in 0..first_page {
        let depth = layout.depth_per_mille(line);
        let segments = layout.segments(line);
        for (at, segment) in segments.iter().enumerate() {
            let tokens = layout.tokens(*segment);
            let keys = tokens
                .iter()
                .map(|token| token.key.as_str())
                .filter(|key| !key.is_empty())
                .collect::<Vec<_>>();
            let is_tall = layout.height_tenths(*segment) * 10 > usual * 13;
            // `ORDER CHANGE:  4711`, the number in a column of its own.
            let announces = tokens.last().is_some_and(|token| token.text.ends_with(':'))
                && segments
                    .get(at + 1)
                    .is_some_and(|next| layout.text(*next).chars().any(|c| c.is_ascii_digit()));
            let code = tokens.iter().find_map(|token| printed_code(&token.text));
            let mut found_one = false;
            for (heading, words, rest) in headings_at(&keys) {
                // `Your order: 4711` quotes it.
                let quotes = keys
                    .first()
                    .is_some_and(|first| BEFORE_HEADINGS.contains(first));
                if quotes && is_an_order(heading) && rest != Rest::Nothing {
                    continue;
                }
                let heading = code.filter(|_| is_a_bill(heading)).unwrap_or(heading);
                let weight = match (rest, is_tall, depth) {
                    (Rest::Labelled, false, 350..600) if is_an_order(heading) => 40,
                    (Rest::Labelled, false, _) if is_an_order(heading) && segments.len() > 1 => 40,
                    (_, true, 0..600) => 250,
                    (Rest::Nothing, false, 0..500) if announces || segments.len() <= 2 => 230,
                    (Rest::Nothing, false, 0..500) if segments.len() > 3 => 40,
                    (Rest::Nothing, false, 0..500) => 120,
                    (_, false, 0..600) if segment.start == 0 => 180,
                    (_, false, 0..600) => 80,
                    _ => 0,
                };
                // What a page says first of all it is rather than what it mentions further down.
                let bonus = if is_first && weight >= 80 {
                    FIRST_TITLE
                } else {
                    0
                };
                found_one |= weight >= 80;
                scores.title(heading, weight + bonus, &words);
            }
            is_first &= !found_one;
        }
    }
}

/// More for the uppermost heading, in hundredths.
const FIRST_TITLE: u32 = 40;

/// The paper a type code of UNCL1001 printed behind a heading stands for: `Invoice correction (384)`.
fn printed_code(text: &str) -> Option<Heading> {
    let code = text.strip_prefix('(')?.strip_suffix(')')?;
    let is_code = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
    let meaning = uncl1001::meaning(code);
    (is_code && meaning.doubt.is_none()).then_some(meaning.heading)
}

fn is_a_bill(heading: Heading) -> bool {
    matches!(
        heading,
        Heading::Invoice | Heading::CreditNote | Heading::SelfBilling
    )
}

/// Numbers of these are quoted on every paper that follows them.
fn is_an_order(heading: Heading) -> bool {
    matches!(
        heading,
        Heading::Order | Heading::Delivery | Heading::Quotation
    )
}

/// What follows a heading in its segment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Nothing,
    Number,
    /// `no.` and a number: perhaps a heading, perhaps a label.
    Labelled,
}

/// `Your invoice for October`, `Copy of invoice`.
const BEFORE_HEADINGS: [&str; 22] = [
    "ihre",
    "ihr",
    "unsere",
    "unser",
    "your",
    "our",
    "votre",
    "notre",
    "su",
    "nuestra",
    "vostra",
    "nostra",
    "uw",
    "onze",
    "kopie",
    "copy",
    "duplicate",
    "duplikat",
    "duplicata",
    "copia",
    "original",
    "originale",
];
/// Words of a label between a heading and its number.
const NUMBER_WORDS: [&str; 9] = [
    "no", "nr", "n", "number", "nummer", "numero", "id", "num", "ref",
];

/// `accuse de reception de commande`.
const MAX_HEADING_WORDS: usize = 5;

/// Headings a segment begins with, perhaps behind a word such as `Our`.
fn headings_at(keys: &[&str]) -> Vec<(Heading, String, Rest)> {
    let found = beginnings(keys);
    match keys {
        [first, rest @ ..] if found.is_empty() && BEFORE_HEADINGS.contains(first) => {
            beginnings(rest)
        }
        _ => found,
    }
}

/// The longest words of each kind; only when nothing or a number follows.
fn beginnings(keys: &[&str]) -> Vec<(Heading, String, Rest)> {
    let Some(first) = keys.first() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for length in (1..=MAX_HEADING_WORDS.min(keys.len())).rev() {
        let joined = keys.get(..length).unwrap_or_default().join(" ");
        let Some(rest) = rest_of(keys.get(length..).unwrap_or_default()) else {
            continue;
        };
        let named = headings_of(&joined);
        found.extend(named.map(|heading| (heading, joined.clone(), rest)));
        if length == 1 && found.is_empty() {
            let ending = COMPOUND_ENDINGS
                .iter()
                .find(|(_, ending)| first.len() > ending.len() && first.ends_with(ending));
            found.extend(ending.map(|(heading, _)| (*heading, joined.clone(), rest)));
        }
        if !found.is_empty() {
            break;
        }
    }
    found
}

fn rest_of(rest: &[&str]) -> Option<Rest> {
    let has_number = |keys: &[&str]| {
        keys.iter()
            .take(4)
            .any(|key| key.contains(|c: char| c.is_ascii_digit()))
    };
    match rest {
        [] => Some(Rest::Nothing),
        [word, more @ ..] if NUMBER_WORDS.contains(word) && rest.len() <= 8 => {
            (more.is_empty() || has_number(more)).then_some(Rest::Labelled)
        }
        rest if rest.len() <= 8 && has_number(rest) => Some(Rest::Number),
        _ => None,
    }
}
