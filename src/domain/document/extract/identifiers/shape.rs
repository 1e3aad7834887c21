//! The shape of the numbers of papers: what is one, and how many words it has.

use super::vat::is_vat_shape;
use crate::basics::bank_account::Iban;
use crate::basics::tax_id::VatId;
use crate::domain::document::extract::amounts::has_cents;
use crate::domain::document::labels::Hit;
use crate::domain::document::layout::{Layout, Spot, Token, on_row};
use crate::formats::date;

/// Longest invoice number met is some thirty characters; longer words are something else.
pub(super) const MAX_NUMBER_CHARS: usize = 40;

/// The whole number around its first word with digits: with the letters of its series and what goes on behind it.
pub(super) fn whole(layout: &Layout, hit: &Hit, spot: Spot, limit: usize) -> Spot {
    let spot = with_groups_before(layout, hit, spot);
    with_tail(layout, with_series(layout, hit, spot), limit)
}

/// With the shorter groups before it: `2 538 572`, of which the first alone is too short to be looked at. Never further than
/// its label or its column.
fn with_groups_before(layout: &Layout, hit: &Hit, spot: Spot) -> Spot {
    let columns = layout.segments(spot.line);
    let column = columns.iter().rfind(|column| column.start <= spot.start);
    let edge = column.map_or(spot.start, |column| column.start);
    let edge = if spot.line == hit.spot.line {
        edge.max(hit.spot.end)
    } else {
        edge
    };
    let is_group = |text: &str, longest: usize| {
        (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let mut wider = spot;
    while wider.start > edge {
        let pair = Spot {
            start: wider.start - 1,
            end: wider.start + 1,
            ..wider
        };
        let goes_on = matches!(layout.tokens(pair), [before, after]
            if is_group(&before.text, 3)
                && after.text.len() == 3
                && is_group(&after.text, 3)
                && Layout::is_tight(before, after));
        if !goes_on {
            break;
        }
        wider.start -= 1;
    }
    wider
}

/// With what follows a stroke or dash: `2026 / 0815`, `RE- 4711`.
fn with_tail(layout: &Layout, spot: Spot, limit: usize) -> Spot {
    let mut spot = spot;
    while spot.end < limit {
        let next = Spot {
            start: spot.end,
            end: spot.end + 1,
            ..spot
        };
        let last = Spot {
            start: spot.end - 1,
            ..spot
        };
        let (Some(before), Some(after)) =
            (layout.tokens(last).first(), layout.tokens(next).first())
        else {
            break;
        };
        let joins = before.text.ends_with(['/', '-']) || after.text.starts_with(['/', '-']);
        let whole = layout.text(Spot {
            end: next.end,
            ..spot
        });
        let stroke = after.key.is_empty() && matches!(after.text.as_str(), "/" | "-");
        let behind = Spot {
            start: next.end,
            end: next.end + 1,
            ..spot
        };
        let goes_on = stroke
            && behind.end <= limit
            && is_number(layout, behind, false)
            && !begins_date(layout, behind)
            || !stroke && is_number(layout, next, false);
        if !joins || !goes_on || !Layout::is_tight(before, after) || whole.len() > MAX_NUMBER_CHARS
        {
            break;
        }
        spot.end += 1;
    }
    with_groups(layout, spot, limit)
}

/// `20 May 2026` behind the stroke of `4711 / 20 May 2026`; its year may stand in the next row.
fn begins_date(layout: &Layout, spot: Spot) -> bool {
    let two = Spot {
        end: spot.start + 2,
        ..spot
    };
    let is_day = |day: &Token| day.key.len() <= 2 && day.key.bytes().all(|b| b.is_ascii_digit());
    let is_month = |month: &Token| month.key.len() >= 3 && date::is_month(&month.key);
    if matches!(layout.tokens(two), [day, month] if is_day(day) && is_month(month)) {
        return true;
    }
    (spot.start + 1..=spot.start + MAX_DATE_WORDS).any(|end| {
        let text = layout.text(Spot { end, ..spot });
        let text = text.trim_matches(|c: char| !c.is_alphanumeric());
        text.len() >= 6 && !date::readings(text).is_empty()
    })
}

/// With the groups of digits behind blanks: `F2024 0012`, `F 24 11 0012`. Only where nothing but its date follows in the
/// column, for a word of a sentence may be a number, too.
fn with_groups(layout: &Layout, spot: Spot, limit: usize) -> Spot {
    let rest = layout.run(spot.line, spot.end, limit);
    let words = layout.tokens(rest).iter();
    let dated = words
        .clone()
        .position(|word| is_divider(word) || ENDS_NUMBER.contains(&word.key.as_str()));
    let comma = words
        .clone()
        .position(|word| word.text.ends_with([',', ';']));
    let end = [dated, comma.map(|at| at + 1)].into_iter().flatten().min();
    let wider = Spot {
        end: end.map_or(rest.end, |end| rest.start + end),
        ..spot
    };
    let groups = layout.tokens(wider).get(spot.end - spot.start - 1..);
    let [before, groups @ ..] = groups.unwrap_or_default() else {
        return spot;
    };
    let are_groups = groups.iter().all(|group| {
        let digits = group.text.trim_end_matches([',', ';', '.']);
        (2..=8).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    });
    let pairs = layout.tokens(wider).windows(2);
    let are_tight = pairs
        .into_iter()
        .all(|pair| matches!(pair, [a, b] if Layout::is_tight(a, b)));
    let goes_on = spot.end < limit
        && (1..=3).contains(&groups.len())
        && before.text.ends_with(|c: char| c.is_ascii_digit())
        && are_groups
        && are_tight
        && is_number(layout, wider, false);
    if goes_on { wider } else { spot }
}

/// A dash, point or bar between a number and what follows it.
fn is_divider(word: &Token) -> bool {
    matches!(word.text.as_str(), "-" | "·" | "•" | "|" | "–" | "—" | "*")
}

/// Words that begin what follows a number: its day. Folded.
const ENDS_NUMBER: [&str; 13] = [
    "vom", "dated", "date", "du", "del", "van", "of", "le", "de", "en", "d.d", "dd", "am",
];
/// Longest date behind a number in words.
const MAX_DATE_WORDS: usize = 5;
/// What stands right behind it may be the rest of it: a dash or stroke, digits, a single letter. Or it ends with a dash: the
/// rest is in the next row.
pub(super) fn goes_on(layout: &Layout, hits: &[Hit], spot: Spot) -> bool {
    let dashes = ['-', '/', '\u{2013}', '\u{2014}'];
    let column = layout.run(spot.line, spot.start, usize::MAX);
    let last = layout.tokens(spot).last();
    let rest = Spot {
        start: spot.end,
        end: column.end.max(spot.end),
        ..spot
    };
    let is_labelled = on_row(hits, spot.line)
        .iter()
        .any(|hit| hit.spot.start == spot.end);
    let (Some(last), next) = (last, layout.tokens(rest).first()) else {
        return false;
    };
    let Some(next) = next.filter(|next| Layout::is_tight(last, next) && !is_labelled) else {
        return last.text.ends_with(dashes);
    };
    if last.text.ends_with([',', ';', ')']) {
        return false;
    }
    let text = next.text.trim_end_matches([',', ';', '.']);
    let is_digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_letter = text.len() == 1 && text.bytes().all(|b| b.is_ascii_uppercase());
    let is_last = rest.end - rest.start == 1;
    let is_dash = text.starts_with(dashes) && rest.end - rest.start <= 2;
    is_dash || is_digits || is_letter && is_last
}

/// With the letters of its series in front: `E 2018092011804`, `INV - 2024 - 001`.
fn with_series(layout: &Layout, hit: &Hit, spot: Spot) -> Spot {
    let is_series = |text: &str| {
        let letters = text.trim_end_matches(['-', '/']);
        (1..=4).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_uppercase())
    };
    let wider = |words: usize| Spot {
        start: spot.start.saturating_sub(words),
        ..spot
    };
    let (one, two) = (wider(1), wider(2));
    // Of a row below the label every word may be of the number.
    let from = if spot.line == hit.spot.line {
        hit.spot.end
    } else {
        0
    };
    match (layout.tokens(two), layout.tokens(one)) {
        ([series, stroke, number], _)
            if two.start >= from
                && matches!(stroke.text.as_str(), "-" | "/")
                && is_series(&series.text)
                && Layout::is_tight(series, stroke)
                && Layout::is_tight(stroke, number) =>
        {
            two
        }
        (_, [series, number])
            if one.start >= from && is_series(&series.text) && Layout::is_tight(series, number) =>
        {
            one
        }
        _ => spot,
    }
}

/// A word or a group of words that can be a number of a paper: digits, no date, no amount, no account, no rate.
pub(super) fn is_number(layout: &Layout, spot: Spot, weak: bool) -> bool {
    let text = number_text(&layout.text(spot));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let odd = |c: char| {
        !(c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_' | '#' | '\\' | ':' | '+' | ' '))
    };
    let shaped = digits >= 1
        && text.chars().count() <= MAX_NUMBER_CHARS
        && !text.contains(odd)
        && letters <= digits + 8;
    let is_currency_or_mail = text.contains(['€', '$', '@', '%']);
    let is_date = !date::readings(&text).is_empty()
        && text.contains(['.', '/', '-'])
        && !text.chars().any(char::is_alphabetic);
    let is_amount = has_cents(&text)
        && letters == 0
        && (text.contains(',') || text.matches('.').count() == 1)
        && !begins_with_year(&text);
    let long_enough = !weak || digits >= 3;
    shaped
        && !is_currency_or_mail
        && !is_date
        && !is_amount
        && long_enough
        && Iban::parse(&text).is_none()
        && !is_right_vat_id(&text)
}

/// `2026.17`: the year and the number in it.
fn begins_with_year(text: &str) -> bool {
    let parts = text.split_once('.');
    parts.is_some_and(|(year, _)| year.len() == 4 && year.starts_with("20"))
}

/// A VAT id whose check digits are right is no other number.
fn is_right_vat_id(text: &str) -> bool {
    let id = || VatId::parse(text).and_then(|id| id.has_right_check_digits());
    is_vat_shape(text) && id() == Some(true)
}

/// Without the signs around it.
pub(super) fn number_text(text: &str) -> String {
    text.trim_start_matches(['#', ':', '(', '№'])
        .trim_end_matches([',', ';', ':', ')', '.', '*'])
        .trim()
        .to_owned()
}
