//! What labels that stand together make of each other: in `Delivery no./Date` the day is the delivery's, and a bare
//! `No.` beside `Date` is the number of the paper.

use super::{Hit, Label, leads_its_column, over_rows};
use crate::basics::text::fold;
use crate::domain::document::layout::{Layout, Spot, on_row};

/// Labels that say only that something is the number of a paper, folded. What is called a reference may be the reader's.
const BARE: [&str; 13] = [
    "nr",
    "no",
    "n",
    "num",
    "number",
    "nummer",
    "numero",
    "nro",
    "beleg",
    "dokument",
    "document",
    "documento",
    "doc",
];

/// The labels of a document, sorted, each seen with its neighbours.
pub(super) fn refine(layout: &Layout, hits: &mut [Hit]) {
    let seen = hits
        .iter()
        .enumerate()
        .map(|(at, hit)| {
            if hit.label == Label::IssueDate {
                dated(layout, hits.get(..at).unwrap_or_default(), hit)
            } else if hit.label == Label::Number && hit.strength == 1 {
                numbered(layout, hits, hit)
            } else if hit.label == Label::Currency {
                valued(layout, hit)
            } else {
                *hit
            }
        })
        .collect::<Vec<_>>();
    hits.copy_from_slice(&seen);
}

/// A bare `date` fixed to another label by a stroke is the day of what that label names; fixed to words about an order or
/// a delivery it is theirs, however these are called.
fn dated(layout: &Layout, before: &[Hit], hit: &Hit) -> Hit {
    if hit.strength != 2 {
        return *hit;
    }
    // `Date de` alone in its column: which day it is, the next row says.
    if over_rows::ends_open(layout, column_from(layout, hit)) {
        return Hit {
            strength: 1,
            ..*hit
        };
    }
    let coupled = before.last().filter(|other| {
        let is_one_word = other.spot.end > hit.spot.start;
        let between = |other: &Hit| Spot {
            start: other.spot.end,
            end: hit.spot.start,
            ..hit.spot
        };
        other.spot.line == hit.spot.line
            && other.spot != hit.spot
            && (is_one_word || layout.text(between(other)) == "/")
    });
    match coupled.map(|other| (other.label, other.strength)) {
        Some((Label::Number, 2..)) => Hit {
            strength: 3,
            ..*hit
        },
        Some((Label::Order, _)) => other_day(hit),
        Some(_) | None if is_of_another_paper(layout, hit) => other_day(hit),
        Some(_) | None => *hit,
    }
}

/// A label and the words behind it in its column, where no value stands among them.
fn column_from(layout: &Layout, hit: &Hit) -> Spot {
    let columns = layout.segments(hit.spot.line);
    let column = columns.iter().rfind(|own| own.start <= hit.spot.start);
    let end = column.map_or(hit.spot.end, |column| column.end);
    Spot { end, ..hit.spot }
}

/// `Valuta` before a day is the day of payment, before a code the currency.
fn valued(layout: &Layout, hit: &Hit) -> Hit {
    let next = layout.right_of(hit.spot, usize::MAX);
    let is_value = fold(&layout.text(hit.spot)).starts_with("valuta");
    let is_day = layout.text(next).starts_with(|c: char| c.is_ascii_digit());
    if is_value && is_day {
        Hit {
            label: Label::DueDate,
            strength: 2,
            ..*hit
        }
    } else {
        *hit
    }
}

fn other_day(hit: &Hit) -> Hit {
    Hit {
        label: Label::OtherDate,
        strength: 3,
        ..*hit
    }
}

/// `Sales order no./Date`: a stroke stands before the word for the day, and words about another paper before the stroke.
fn is_of_another_paper(layout: &Layout, hit: &Hit) -> bool {
    let columns = layout.segments(hit.spot.line);
    let Some(column) = columns
        .iter()
        .rfind(|column| column.start <= hit.spot.start)
    else {
        return false;
    };
    let before = Spot {
        end: hit.spot.start,
        ..*column
    };
    // `Page: 1 / 1, Date: …`: what another label says ends before this one begins.
    let ends =
        |text: &str| text.ends_with([':', ',', ';']) || text.contains(|c: char| c.is_ascii_digit());
    let ended = layout
        .tokens(before)
        .iter()
        .rposition(|word| ends(&word.text));
    let label = Spot {
        start: column.start + ended.map_or(0, |at| at + 1),
        end: hit.spot.end,
        ..*column
    };
    let text = fold(&layout.text(label));
    let named = text.rsplit_once('/').map(|(named, _)| named);
    named.is_some_and(|named| OTHER_PAPERS.iter().any(|word| named.contains(word)))
}

/// Parts of words that name a paper which is not the bill, folded.
const OTHER_PAPERS: [&str; 28] = [
    "liefer",
    "auftrag",
    "bestell",
    "vertrag",
    "angebot",
    "order",
    "ordre",
    "deliver",
    "despatch",
    "shipment",
    "contract",
    "quot",
    "livraison",
    "command",
    "contrat",
    "devis",
    "consegna",
    "ddt",
    "ordine",
    "preventivo",
    "entrega",
    "pedido",
    "albaran",
    "presupuesto",
    "lever",
    "bestel",
    "opdracht",
    "offerte",
];

/// `No.` that begins its column, with the label of the issue date in the row or in the rows above and below.
fn numbered(layout: &Layout, hits: &[Hit], hit: &Hit) -> Hit {
    let mut words = layout.tokens(hit.spot).iter();
    let is_bare = words.all(|word| BARE.contains(&word.key.as_str()));
    let here = on_row(hits, hit.spot.line);
    let columns = here.iter().filter(|other| other.label == Label::Column);
    // `Numero linea` is the number of something else.
    let next = layout.right_of(hit.spot, usize::MAX);
    let word = layout.tokens(next).first();
    let goes_on = word.is_some_and(|word| word.key.len() > 2 && is_word(&word.key))
        && !here.iter().any(|other| other.spot.start == next.start);
    if !is_bare || goes_on || columns.count() >= 2 || !leads_its_column(layout, hits, hit) {
        return *hit;
    }
    let is_day = |other: &Hit| other.label == Label::IssueDate && other.strength > 1;
    let beside = here.iter().any(is_day);
    // Labels in a column stand one row apart, or more with their values and the rows of other columns between them.
    let from = hit.spot.line.saturating_sub(ROWS);
    let is_in_column = (from..=hit.spot.line + ROWS)
        .filter(|line| *line != hit.spot.line)
        .flat_map(|line| on_row(hits, line))
        .any(|other| is_day(other) && layout.starts_level(hit.spot, other.spot));
    Hit {
        strength: if beside || is_in_column { 2 } else { 1 },
        ..*hit
    }
}

fn is_word(key: &str) -> bool {
    key.chars().all(char::is_alphabetic)
}

/// How many rows above and below the label of the day stands in the same column: four labels, each with its value below.
const ROWS: usize = 8;
