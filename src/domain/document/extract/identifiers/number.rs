//! The number a label announces: right of it, below it, above it.

mod place;
mod stand_in;

use super::Found;
use super::shape::{MAX_NUMBER_CHARS, goes_on, is_number, number_text};
use crate::basics::text::squash;
use crate::domain::document::extract::amounts::currency_of;
use crate::domain::document::labels::{self, Hit, Label};
use crate::domain::document::layout::{Layout, Spot, on_row};
use crate::domain::document::words::{Heading, headings_of};
use place::number_near;

/// The number a label announces: the invoice's or the order's. `seen_elsewhere` are file name and subject of the mail:
/// who wrote them knew the number.
pub fn labelled_number(
    layout: &Layout,
    hits: &[Hit],
    label: Label,
    seen_elsewhere: &[&str],
) -> Option<Found> {
    let own = hits.iter().filter(|hit| hit.label == label);
    let found = own.filter_map(|hit| number_of(layout, hits, hit, seen_elsewhere));
    let mut found = found.collect::<Vec<_>>();
    if label == Label::Number {
        found.extend(below_heading(layout, hits));
    }
    found.sort_by_key(|(score, found)| (std::cmp::Reverse(*score), found.spot));
    let Some((top, best)) = found.first().cloned() else {
        let is_own = label == Label::Number;
        return is_own.then(|| stand_in::stand_in(layout, hits)).flatten();
    };
    // Another number just as well labelled: one of the two is not the one.
    let rival = found.iter().any(|(score, other)| {
        other.value != best.value && score + 30 > top && other.confidence >= 850
    });
    Some(if rival {
        Found {
            confidence: best.confidence.min(700),
            ..best
        }
    } else {
        best
    })
}

/// The number one label announces, with its score among those of the others.
fn number_of(
    layout: &Layout,
    hits: &[Hit],
    hit: &Hit,
    seen_elsewhere: &[&str],
) -> Option<(u16, Found)> {
    let hit = &announced(layout, *hit);
    let (spot, nearness) = number_near(layout, hits, hit)?;
    let (value, is_whole) = over_rows(layout, spot);
    if !value.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let confirmed = seen_elsewhere
        .iter()
        .any(|text| contains_number(text, &value));
    let is_other = hit.label == Label::Number && is_about_another(layout, hit);
    let leads = labels::leads_its_column(layout, hits, hit) && !is_other;
    if is_bare(layout, hit) && !heads(layout, hits, hit) {
        return None;
    }
    // `Invoice #4711` says as much as `Invoice no. 4711`.
    let signed = layout.text(spot).starts_with('#');
    let strength = match (leads, signed) {
        (true, true) => 3,
        (true, false) if hit.strength == 1 && is_title(layout, hit, spot) => 2,
        (true, false) => hit.strength,
        (false, _) => 0,
    };
    let (score, confidence) = weigh(strength, nearness, &value, confirmed);
    // `Rif.` says less than `Fattura` in the same block.
    let score = score.saturating_sub(if is_bare(layout, hit) { BARE_BEHIND } else { 0 });
    // `Order no. 4711` is the seller's where `Customer P.O. 815` stands beside it.
    let theirs = hit.label == Label::Order && names_the_reader(layout, hit);
    let score = score + if theirs { READERS } else { 0 };
    let may_go_on = goes_on(layout, hits, spot);
    let confidence = match (confirmed, is_whole, may_go_on) {
        (true, ..) => confidence,
        (false, false, _) => confidence.min(BROKEN),
        (false, true, true) => confidence.min(CUT),
        (false, true, false) => confidence,
    };
    let found = Found {
        value,
        spot,
        confidence,
    };
    Some((score, found))
}

/// What a bare `No.` or `Ref.` is behind a word for the bill.
const BARE_BEHIND: u16 = 60;

/// `FACTUUR 20261051329` in large type heads the page with its number.
fn is_title(layout: &Layout, hit: &Hit, number: Spot) -> bool {
    let words = layout.tokens(hit.spot);
    let is_bill = words
        .last()
        .is_some_and(|word| headings_of(&word.key).any(is_a_bill));
    let usual = layout.usual_height(ROWS_OF_HEAD);
    let is_tall = layout.height_tenths(hit.spot) * 10 > usual * 13;
    let is_of_it = layout.height_tenths(number) * 10 > usual * 13;
    let follows = number.line == hit.spot.line && number.start == hit.spot.end;
    is_bill && is_tall && is_of_it && follows && layout.depth_per_mille(hit.spot.line) < 500
}

/// Rows whose height is the usual one.
const ROWS_OF_HEAD: usize = 80;

fn is_a_bill(heading: Heading) -> bool {
    matches!(
        heading,
        Heading::Invoice | Heading::CreditNote | Heading::SelfBilling
    )
}

/// What an order number has ahead of others when its label says that it is the reader's.
const READERS: u16 = 120;
/// Words that make an order the reader's own, folded: of a label, or before it.
const READERS_WORDS: [&str; 30] = [
    "po",
    "p.o",
    "p/o",
    "cust",
    "customer",
    "customer's",
    "client",
    "cliente",
    "klant",
    "kunde",
    "kunden",
    "your",
    "ihr",
    "ihre",
    "votre",
    "vos",
    "su",
    "s/pedido",
    "vs",
    "vs.",
    "vostro",
    "v/ordine",
    "uw",
    "buyer's",
    "purchase",
    "v/cde",
    "besteller",
    "acheteur",
    "compra",
    "acquisto",
];

fn names_the_reader(layout: &Layout, hit: &Hit) -> bool {
    let columns = layout.segments(hit.spot.line);
    let column = columns.iter().rfind(|own| own.start <= hit.spot.start);
    let around = Spot {
        start: hit
            .spot
            .start
            .saturating_sub(1)
            .max(column.map_or(0, |own| own.start)),
        ..hit.spot
    };
    let mut words = layout.tokens(around).iter();
    words.any(|word| READERS_WORDS.contains(&word.key.as_str()))
}

/// Per mille at most for a number that is broken over two rows, or whose end nobody found.
const BROKEN: u16 = 850;

/// The number of a spot, with what goes on in the next row of a narrow column: `INV-2026/` above `4711`. And whether one
/// row has it all.
fn over_rows(layout: &Layout, spot: Spot) -> (String, bool) {
    let value = number_text(&layout.text(spot));
    if let Some(series) = series_above(layout, spot) {
        let blank = if series.ends_with(['-', '/']) {
            ""
        } else {
            " "
        };
        return (format!("{series}{blank}{value}"), false);
    }
    if !value.ends_with(['-', '/']) {
        return (value, true);
    }
    let last = Spot {
        start: spot.end - 1,
        ..spot
    };
    let next = layout.goes_on(last).and_then(|row| {
        let mut words = (row.start..row.end).map(|start| Spot {
            start,
            end: start + 1,
            ..row
        });
        words.find(|word| {
            let goes_on = is_number(layout, *word, false) || is_letters(&layout.text(*word));
            layout.starts_level(spot, *word) && goes_on
        })
    });
    let rest = next.map(|next| number_text(&layout.text(next)));
    (value + &rest.unwrap_or_default(), false)
}
/// The letters of a series alone in the row right above the number in its narrow column: `INV` above `084163`.
fn series_above(layout: &Layout, spot: Spot) -> Option<String> {
    let above = layout.right_above(spot).into_iter().next()?;
    let text = layout.text(above);
    let letters = text.trim_end_matches(['-', '/']);
    let is_series =
        (1..=4).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_uppercase());
    let is_near = layout.gap_tenths(above, spot) * 2 < layout.height_tenths(spot);
    let is_next = above.line + 1 == spot.line && above.end == above.start + 1;
    let is_label = known_word(letters);
    (is_series && is_near && is_next && !is_label).then_some(text)
}

/// `EUR`, `NR`: letters that are no series.
fn known_word(letters: &str) -> bool {
    currency_of(letters).is_some() || BARE.contains(&letters.to_ascii_lowercase().as_str())
}

/// The letter a number may end with: `26-88163-` above `C`.
fn is_letters(text: &str) -> bool {
    (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase())
}

/// Per mille at most for a number behind which something stands that may be part of it.
const CUT: u16 = 850;

/// `Invoice: 4711`, and `Invoice  4711` in a block of labels, say as much as `Invoice no. 4711`, though not as surely.
fn announced(layout: &Layout, hit: Hit) -> Hit {
    let columns = layout.segments(hit.spot.line);
    let column = columns.iter().rfind(|own| own.start <= hit.spot.start);
    let column = column.copied().unwrap_or(hit.spot);
    let before = Spot {
        end: hit.spot.start,
        ..column
    };
    let mut words = layout.tokens(before).iter();
    let begins = words.all(|word| OWN.contains(&word.key.as_str()));
    let next = Spot {
        start: hit.spot.end,
        end: hit.spot.end + 1,
        ..hit.spot
    };
    let has_colon = layout.text(hit.spot).ends_with(':') || layout.text(next) == ":";
    let beside = columns.iter().find(|other| other.start == column.end);
    let has_number = |value: &Spot| layout.text(*value).contains(|c: char| c.is_ascii_digit());
    let is_listed = || {
        column.end == hit.spot.end
            && beside.is_some_and(has_number)
            && labels::is_label(layout, column)
    };
    let is_weak = hit.strength == 1 && hit.label == Label::Number && !is_bare(layout, &hit);
    Hit {
        strength: if is_weak && begins && (has_colon || is_listed()) {
            2
        } else {
            hit.strength
        },
        ..hit
    }
}

/// Make a paper the writer's own, folded.
const OWN: [&str; 12] = [
    "our", "unsere", "unser", "notre", "nuestra", "n", "ns", "nostra", "onze", "votre", "your",
    "ihre",
];

/// `No.` and nothing more.
fn is_bare(layout: &Layout, hit: &Hit) -> bool {
    let mut words = layout.tokens(hit.spot).iter();
    hit.strength == 1 && words.all(|word| BARE.contains(&word.key.as_str()))
}

/// It begins its column or follows the heading of the bill, and does not head a column of a table.
fn heads(layout: &Layout, hits: &[Hit], hit: &Hit) -> bool {
    let begins = layout
        .segments(hit.spot.line)
        .iter()
        .any(|column| column.start == hit.spot.start);
    let others = on_row(hits, hit.spot.line);
    let follows = others
        .iter()
        .any(|other| other.label == Label::Number && other.spot.end == hit.spot.start);
    let columns = others.iter();
    let columns = columns.filter(|other| other.label == Label::Column).count();
    (begins || follows) && columns < 2
}

/// `2024`, `RE 2024`: no digits but those of a year.
fn is_only_a_year(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit);
    let digits = digits.collect::<String>();
    let year = digits.parse::<u16>().ok().filter(|_| digits.len() == 4);
    year.is_some_and(|year| (1990..2100).contains(&year)) && value.ends_with(&digits)
}

/// Score among rivals and confidence in per mille: how explicit the label is, how near the value, whether file name or
/// subject name it too. A label in the middle of a sentence has no strength. One or two digits may only count the
/// instalments, `Facture d'acompte n° 2`: a longer number that is said less clearly goes first.
fn weigh(strength: u16, nearness: u16, value: &str, confirmed: bool) -> (u16, u16) {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let (base, score) = match (strength, nearness) {
        (3, 40..) => (950, 300),
        (3, 1..) => (850, 300),
        (3, 0) => (700, 300),
        (2, 1..) => (850, 200),
        (2, 0) => (700, 200),
        (1, 60..) if digits >= 4 => (800, 100),
        (1, _) => (650, 100),
        _ => (600, 20),
    };
    let confidence = match (confirmed, strength) {
        (true, 2..) => 980,
        (true, _) => 880,
        (false, _) => base - if digits < 3 { 120 } else { 0 },
    };
    // The rest of a number that goes on where nobody looked: `RE (2024) 0012`, `2026 / A`.
    let confidence = if is_only_a_year(value) {
        confidence.min(800)
    } else {
        confidence
    };
    let bonus = if confirmed { 150 } else { 0 } + if digits >= 3 { 140 } else { 0 };
    (score + nearness + bonus, confidence)
}

/// Words before a label that make it name another paper: `zu Rechnung Nr. 4711` on a credit note, folded.
const ANOTHER: [&str; 45] = [
    "to",
    "of",
    "re",
    "relates",
    "credits",
    "cancels",
    "replaces",
    "fur",
    "auf",
    "betrifft",
    "betr",
    "storniert",
    "korrigiert",
    "rif",
    "alla",
    "della",
    "dell",
    "contra",
    "anula",
    "op",
    "voor",
    "bij",
    "inzake",
    "zu",
    "zur",
    "unsere",
    "unserer",
    "original",
    "originalrechnung",
    "ursprungliche",
    "bezug",
    "storno",
    "previous",
    "corrects",
    "relating",
    "against",
    "ref",
    "sur",
    "corrige",
    "annule",
    "rectifica",
    "riferimento",
    "storna",
    "betreft",
    "corrigeert",
];

fn is_about_another(layout: &Layout, hit: &Hit) -> bool {
    // Words of another column say nothing: `Bill to` left of `Invoice no.`
    let columns = layout.segments(hit.spot.line);
    let column = columns
        .iter()
        .rfind(|column| column.start <= hit.spot.start);
    let edge = column.map_or(0, |column| column.start);
    let before = Spot {
        start: hit.spot.start.saturating_sub(2).max(edge),
        end: hit.spot.start,
        ..hit.spot
    };
    let words = layout.tokens(before);
    words
        .iter()
        .any(|word| ANOTHER.contains(&word.key.as_str()))
}

/// `# 1001` in the rows below a heading that says no more than `Invoice`.
fn below_heading(layout: &Layout, hits: &[Hit]) -> Option<(u16, Found)> {
    let heading = hits
        .iter()
        .find(|hit| hit.label == Label::Number && layout.depth_per_mille(hit.spot.line) < 400)?;
    let rows = heading.spot.line..=heading.spot.line + 2;
    let line_of = |line: usize| layout.lines.get(line).map(|row| row.tokens.as_slice());
    rows.into_iter().find_map(|line| {
        let tokens = line_of(line)?;
        let at = tokens
            .iter()
            .position(|token| token.text.starts_with('#'))?;
        let start = if tokens.get(at)?.key.is_empty() {
            at + 1
        } else {
            at
        };
        let spot = Spot {
            line,
            start,
            end: start + 1,
        };
        let value = number_text(&layout.text(spot));
        let digits = value.chars().any(|c| c.is_ascii_digit());
        let free = |c: char| c.is_alphanumeric() || matches!(c, '-' | '/' | '.' | '_');
        (digits && value.chars().all(free) && value.len() <= MAX_NUMBER_CHARS).then_some((
            250,
            Found {
                value,
                spot,
                confidence: 820,
            },
        ))
    })
}

/// Labels that say only that something is a number, folded.
const BARE: [&str; 13] = [
    "nr",
    "no",
    "n",
    "num",
    "number",
    "nummer",
    "numero",
    "nro",
    "reference",
    "ref",
    "rif",
    "referentie",
    "identifier",
];

fn contains_number(text: &str, number: &str) -> bool {
    let (text, number) = (squash(text), squash(number));
    number.chars().count() >= 4 && text.contains(&number)
}
