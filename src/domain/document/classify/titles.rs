//! The headings of a page and how much each says about what it is.

mod beginnings;

use beginnings::{BEFORE_HEADINGS, PROFORMA, Rest, SIGN, headings_at, is_a_bill};

use super::score::LABEL;
use super::signs::BILLS;
use super::{Scores, uncl1001};
use crate::domain::document::labels;
use crate::domain::document::layout::{Layout, Spot, Token};
use crate::domain::document::words::Heading;

/// Headings in the upper part of the first page. `is_numbered`: the page bears the number of a bill with its label.
pub(super) fn titles(layout: &Layout, is_numbered: bool, scores: &mut Scores) {
    // On a bill `Angebot: 4711` in a block of labels names another paper; on an offer it may be all that names it.
    let mut as_bill = scores.clone();
    titles_of(layout, true, &mut as_bill);
    if is_numbered || as_bill.bare_title(&BILLS) >= CLEAR {
        *scores = as_bill;
    } else {
        titles_of(layout, false, scores);
    }
}

fn titles_of(layout: &Layout, is_bill: bool, scores: &mut Scores) {
    let first_page = layout
        .lines
        .iter()
        .take_while(|line| layout.is_text() || line.page == layout.first_page())
        .count()
        .min(80);
    let usual = layout.usual_height(first_page);
    let mut above = Above::Nothing;
    for line in 0..first_page {
        let depth = layout.depth_per_mille(line);
        let segments = layout.segments(line);
        // A row of names without a number is the head of a table.
        let is_table_head = segments.len() > 2
            && !segments
                .iter()
                .any(|segment| layout.text(*segment).contains(|c: char| c.is_ascii_digit()));
        for (at, segment) in segments.iter().enumerate() {
            let tokens = layout.tokens(*segment);
            // `ORDER CHANGE:  4711`, the number in a column of its own.
            let announces = tokens.last().is_some_and(|token| token.text.ends_with(':'))
                && segments
                    .get(at + 1)
                    .is_some_and(|next| layout.text(*next).chars().any(|c| c.is_ascii_digit()));
            let place = Place {
                depth,
                is_tall: layout.height_tenths(*segment) * 10 > usual * 13,
                is_at_left: segment.start == 0,
                columns: segments.len(),
                is_table_head,
                announces,
                is_named: is_named_kind(layout, *segment),
                is_divided: tokens.iter().any(|token| token.text.ends_with(':')),
                is_listed: is_bill && labels::is_label(layout, *segment),
                is_begun: is_begun_above(layout, *segment),
            };
            let found = segment_titles(tokens, &place, above, scores);
            if let (Above::Nothing, Some(found)) = (above, found) {
                above = found;
            }
        }
    }
}

/// The headings one run of words begins with; what the strongest of them makes of the page below it.
fn segment_titles(
    tokens: &[Token],
    place: &Place,
    above: Above,
    scores: &mut Scores,
) -> Option<Above> {
    let keys = tokens.iter().filter_map(key_of).collect::<Vec<_>>();
    let code = tokens.iter().find_map(|token| printed_code(&token.text));
    // `Your order: 4711` quotes it.
    let quotes = place.is_begun
        || keys
            .first()
            .is_some_and(|first| BEFORE_HEADINGS.contains(first));
    let is_proforma = keys.iter().any(|key| PROFORMA.contains(key))
        || keys.windows(2).any(|pair| pair == ["pro", "forma"]);
    let mut strongest = None;
    for (heading, words, rest) in headings_at(&keys) {
        if quotes && is_an_order(heading) && !place.is_tall {
            continue;
        }
        let heading = code.filter(|_| is_a_bill(heading)).unwrap_or(heading);
        // `Invoice (pro forma)`.
        let heading = if is_a_bill(heading) && is_proforma {
            Heading::Proforma
        } else {
            heading
        };
        let weight = weight(heading, rest, place, above);
        // What a page says first of all it is rather than what it mentions further down.
        let is_first = above == Above::Nothing && weight >= 80;
        let bonus = if is_first { FIRST_TITLE } else { 0 };
        let is_bare = rest == Rest::Nothing || place.is_tall;
        scores.title(heading, (weight + bonus, is_bare), &words);
        if weight >= 80 && strongest.is_none_or(|(_, most)| weight > most) {
            // `Sollecito n. 1`, `Statement at 31.12.2026`: a number behind such a heading is its own, or a day.
            let is_plain =
                is_bare || matches!(rest, Rest::Number | Rest::Labelled) && !place.is_divided;
            let follows = names_others(heading) && is_plain && weight >= CLEAR;
            let makes = if follows {
                Above::Follower
            } else {
                Above::Other
            };
            strongest = Some((makes, weight));
        }
    }
    strongest.map(|(makes, _)| makes)
}

/// A word as headings are compared; a sign between words as a dash, other signs not at all.
fn key_of(token: &Token) -> Option<&str> {
    let is_sign = ["-", "\u{2013}", "\u{2014}", "/", "|", ":"].contains(&token.text.as_str());
    match token.key.as_str() {
        "" if token.text.starts_with('#') => Some("no"),
        "" => is_sign.then_some(SIGN),
        key => Some(key),
    }
}

/// What the uppermost heading of the page is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Above {
    /// None was met.
    Nothing,
    /// Of a paper that names the bill or order it is about.
    Follower,
    /// Any other.
    Other,
}

/// Where a heading stands.
struct Place {
    depth: u32,
    is_tall: bool,
    is_at_left: bool,
    columns: usize,
    is_table_head: bool,
    announces: bool,
    /// It stands where a form says what kind of paper it is.
    is_named: bool,
    /// A colon stands in it, as between a label and its value.
    is_divided: bool,
    /// It stands among labels and has a value as they have, on a page headed as a bill.
    is_listed: bool,
    /// `Ihre` above `Bestellung`: it quotes one.
    is_begun: bool,
}

/// The row right above begins level with it and is nothing but `Your` or the like.
fn is_begun_above(layout: &Layout, segment: Spot) -> bool {
    let Some(above) = segment.line.checked_sub(1) else {
        return false;
    };
    let mut columns = layout.segments(above).into_iter();
    columns.any(|column| {
        let words = layout.tokens(column);
        let is_word = matches!(words, [word] if BEFORE_HEADINGS.contains(&word.key.as_str()));
        let is_near = layout.gap_tenths(column, segment) < layout.height_tenths(segment);
        is_word && is_near && layout.starts_level(column, segment)
    })
}

/// `Document type` above a cell.
fn is_named_kind(layout: &Layout, cell: Spot) -> bool {
    let Some(above) = cell.line.checked_sub(1) else {
        return false;
    };
    let mut labels = layout.segments(above).into_iter();
    labels.any(|label| {
        let words = layout.tokens(label).iter().map(|token| token.key.as_str());
        let words = words.collect::<Vec<_>>().join(" ");
        KIND_LABELS.contains(&words.as_str()) && layout.is_under(label, cell)
    })
}

/// Labels of the cell of a form that says what paper it is.
const KIND_LABELS: [&str; 16] = [
    "document",
    "document type",
    "type of document",
    "belegart",
    "belegtyp",
    "dokument",
    "dokumentart",
    "type de document",
    "nature du document",
    "documento",
    "tipo documento",
    "tipo de documento",
    "tipo di documento",
    "tipo doc",
    "documenttype",
    "soort document",
];

/// From this weight a heading says what the page is.
const CLEAR: u32 = 180;

fn weight(heading: Heading, rest: Rest, place: &Place, above: Above) -> u32 {
    let is_quoted = matches!(rest, Rest::Number | Rest::Labelled | Rest::Label) && !place.is_tall;
    if place.depth >= 600 {
        return 0;
    }
    let is_quotable = is_an_order(heading) || heading == Heading::OrderResponse;
    if place.is_listed && !place.is_tall && is_quotable {
        return LABEL;
    }
    // Below the heading of a reminder a number with `Invoice no.` is the bill it is about.
    if is_quoted
        && (is_a_bill(heading) || is_an_order(heading))
        && (above == Above::Follower || above == Above::Other && place.is_table_head)
    {
        return LABEL;
    }
    if is_quoted && is_an_order(heading) && (above != Above::Nothing || rest == Rest::Label) {
        return LABEL;
    }
    let is_column = rest == Rest::Nothing && place.columns > 2 && !place.is_tall;
    if is_column && !place.is_named && above == Above::Follower {
        return LABEL;
    }
    match (rest, place.is_tall, place.depth) {
        (Rest::Words, ..) if !names_others(heading) || !place.is_at_left => 0,
        (Rest::Words, _, 0..500) if place.columns <= 2 => 130,
        (Rest::Words, ..) => 0,
        (Rest::Subtitled, ..) if is_an_order(heading) => LABEL,
        // `QUOTATION No 4711` begins a page; `Quotation no: 4711` is a label.
        (Rest::Labelled, false, 0..350)
            if is_an_order(heading) && place.is_at_left && !place.is_divided =>
        {
            180
        }
        (Rest::Labelled, false, 350..600) if is_an_order(heading) => LABEL,
        (Rest::Labelled, false, _) if is_an_order(heading) && place.columns > 1 => LABEL,
        (_, true, _) => 250,
        (Rest::Nothing, false, 0..500)
            if place.announces || place.columns <= 2 || place.is_named =>
        {
            230
        }
        (Rest::Nothing, false, 0..500) if place.columns > 3 => LABEL,
        (Rest::Nothing, false, 0..500) => 120,
        (Rest::Nothing, false, _) if place.columns > 2 => LABEL,
        _ if place.is_at_left => 180,
        _ => 80,
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

/// Numbers of these are quoted on every paper that follows them.
fn is_an_order(heading: Heading) -> bool {
    matches!(
        heading,
        Heading::Order | Heading::Delivery | Heading::Quotation
    )
}

/// Papers about another one, whose number they show; and whose names are no labels on others.
fn names_others(heading: Heading) -> bool {
    match heading {
        Heading::Reminder
        | Heading::Statement
        | Heading::OrderChange
        | Heading::OrderResponse
        | Heading::Proforma
        | Heading::DirectDebit
        | Heading::BankDetails
        | Heading::Dispute => true,
        Heading::Invoice
        | Heading::CreditNote
        | Heading::SelfBilling
        | Heading::DebitNote
        | Heading::Order
        | Heading::Delivery
        | Heading::Remittance
        | Heading::Receipt
        | Heading::Bank
        | Heading::Quotation => false,
    }
}
