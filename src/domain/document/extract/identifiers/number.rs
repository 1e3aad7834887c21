//! The number a label announces: right of it, below it, above it.

use super::Found;
use super::shape::{MAX_NUMBER_CHARS, is_number, number_text, whole};
use crate::basics::text::squash;
use crate::domain::document::labels::{self, Hit, Label};
use crate::domain::document::layout::{Layout, Spot, on_row};

/// Words between a label and its number: `(please quote with every payment)`.
const MAX_BETWEEN: usize = 7;

/// The number a label announces: the invoice's or the order's. `seen_elsewhere` are file name and subject of the mail:
/// who wrote them knew the number.
pub fn labelled_number(
    layout: &Layout,
    hits: &[Hit],
    label: Label,
    seen_elsewhere: &[&str],
) -> Option<Found> {
    let mut found: Vec<(u16, Found)> = Vec::new();
    for hit in hits.iter().filter(|hit| hit.label == label) {
        let Some((spot, nearness)) = number_near(layout, hits, hit) else {
            continue;
        };
        let value = number_text(&layout.text(spot));
        let confirmed = seen_elsewhere
            .iter()
            .any(|text| contains_number(text, &value));
        let is_other = label == Label::Number && is_about_another(layout, hit);
        let leads = labels::leads_its_column(layout, hits, hit) && !is_other;
        if is_bare(layout, hit) && !heads(layout, hits, hit) {
            continue;
        }
        // `Invoice #4711` says as much as `Invoice no. 4711`.
        let signed = layout.text(spot).starts_with('#');
        let strength = match (leads, signed) {
            (true, true) => 3,
            (true, false) => hit.strength,
            (false, _) => 0,
        };
        let (score, confidence) = weigh(strength, nearness, &value, confirmed);
        found.push((
            score,
            Found {
                value,
                spot,
                confidence,
            },
        ));
    }
    if label == Label::Number {
        found.extend(below_heading(layout, hits));
    }
    found.sort_by_key(|(score, found)| (std::cmp::Reverse(*score), found.spot));
    let (top, best) = found.first()?.clone();
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
    let from = hit.spot.start.saturating_sub(2);
    let before = Spot {
        start: from,
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

/// Right of the label, else below it, else above it. Nearness 60 beside, 40 below and aligned, 10 further, 0 above.
fn number_near(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<(Spot, u16)> {
    let row = hit.spot.line;
    let tokens = layout.lines.get(row)?.tokens.len();
    let next = next_label(layout, hits, hit).unwrap_or(tokens);
    let right = (hit.spot.end..next.min(hit.spot.end + MAX_BETWEEN)).map(|index| Spot {
        line: row,
        start: index,
        end: index + 1,
    });
    let weak = hit.strength == 1;
    let fits = |spot: &Spot| is_number(layout, *spot, weak);
    let column = layout.run(row, hit.spot.start, tokens);
    let is_near = |spot: &Spot| !weak || spot.start < column.end || spot.start == hit.spot.end;
    let columns = labels_on(hits, row);
    if let Some(spot) = right.into_iter().find(fits).filter(is_near) {
        let spot = whole(layout, hit, spot, next);
        // `6027 MW Molenbroek` in the next column is an address; the number stands below.
        let is_elsewhere = spot.start >= column.end && !fills_its_column(layout, spot);
        let cell = || {
            below(layout, hits, hit, columns).filter(|(cell, near)| {
                *near == 40
                    && layout.starts_level(hit.spot, *cell)
                    && fills_its_column(layout, *cell)
            })
        };
        if let Some(cell) = is_elsewhere.then(cell).flatten() {
            return Some(cell);
        }
        let between = layout.tokens(Spot {
            line: row,
            start: hit.spot.end,
            end: spot.start,
        });
        let is_word = |key: &str| key.is_empty() || NUMBER_SIGNS.contains(&key);
        let is_remark = between
            .first()
            .is_some_and(|word| word.text.starts_with('('))
            && between.last().is_some_and(|word| word.text.contains(')'));
        let beside = is_remark || between.iter().all(|token| is_word(&token.key));
        return Some((spot, if beside { 60 } else { 10 }));
    }
    // `Invoice` alone heads a page; what stands below it is seldom its number, unless it heads a column.
    let dated = on_row(hits, row)
        .iter()
        .any(|other| other.label == Label::IssueDate);
    if weak && columns + usize::from(dated) < 3 {
        return alone_below(layout, hits, hit).map(|spot| (spot, 10));
    }
    if next < tokens && next == hit.spot.end && columns < 2 {
        return None;
    }
    let below = below(layout, hits, hit, columns);
    let is_long = |(spot, _): &(Spot, u16)| digits_of(layout, *spot) >= 3;
    let above = || {
        let above = above(layout, hits, hit).filter(|_| hit.strength >= 2);
        above.map(|spot| (spot, 0))
    };
    below
        .filter(is_long)
        .or_else(above)
        .or(below)
        .or_else(|| stepped(layout, hits, hit).map(|spot| (spot, 10)))
        .or_else(|| pointed(layout, hit).map(|spot| (spot, 10)))
}

/// `Invoice no.: 7546.01`: right behind a label that says it all even what looks like an amount is the number, where it has
/// no groups of thousands.
fn pointed(layout: &Layout, hit: &Hit) -> Option<Spot> {
    let tokens = layout.lines.get(hit.spot.line)?.tokens.len();
    let right = layout.right_of(hit.spot, tokens);
    let spot = Spot {
        end: (right.start + 1).min(right.end),
        ..right
    };
    let text = number_text(&layout.text(spot));
    let (whole, cents) = text.split_once('.')?;
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let is_pointed = whole.len() >= 4 && cents.len() == 2 && is_digits(whole) && is_digits(cents);
    (hit.strength == 3 && right.end == spot.end && is_pointed).then_some(spot)
}

/// No word stands beside it in its column.
fn fills_its_column(layout: &Layout, spot: Spot) -> bool {
    let columns = layout.segments(spot.line);
    columns.iter().any(|column| {
        let marks = |from: usize, to: usize| {
            let words = Spot {
                start: from,
                end: to,
                ..spot
            };
            layout.tokens(words).iter().all(|word| word.key.is_empty())
        };
        column.start <= spot.start
            && spot.end <= column.end
            && marks(column.start, spot.start)
            && marks(spot.end, column.end)
    })
}

/// The only word at the right of the next row, typed a little lower than the label of its box: nothing but the label stands
/// at the right of its own row.
fn stepped(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<Spot> {
    let last = layout.segments(hit.spot.line).last().copied()?;
    let line = hit.spot.line + 1;
    let spot = layout.segments(line).last().copied()?;
    let ends_row = last.start == hit.spot.start && last.end == hit.spot.end;
    let is_lower_right = layout.steps_to(hit.spot, spot);
    let is_free = on_row(hits, line).is_empty();
    let fits =
        spot.end - spot.start == 1 && digits_of(layout, spot) >= 3 && is_number(layout, spot, true);
    (hit.strength >= 2 && ends_row && is_lower_right && is_free && fits).then_some(spot)
}

fn digits_of(layout: &Layout, spot: Spot) -> usize {
    let text = layout.text(spot);
    text.chars().filter(char::is_ascii_digit).count()
}

/// The first word of the next label on the row that is not about the same value. `Belegnummer / Datum` announces two,
/// `Numero / Number` one in two languages.
fn next_label(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<usize> {
    let after = on_row(hits, hit.spot.line)
        .iter()
        .filter(|other| other.spot.start >= hit.spot.end);
    let is_coupled = |other: &Hit| {
        let between = layout.text(Spot {
            start: hit.spot.end,
            end: other.spot.start,
            ..hit.spot
        });
        let is_remark = between.starts_with('(') && !between.contains(')')
            || layout.text(other.spot).starts_with('(');
        let slashed = between == "/";
        let is_same = other.label == hit.label || other.label == Label::IssueDate;
        is_remark || slashed && is_same
    };
    let others = after.filter(|other| !labels::continues(hit, other) && !is_coupled(other));
    others.map(|other| other.spot.start).min()
}

/// In the rows below, in the column of the label.
fn below(layout: &Layout, hits: &[Hit], hit: &Hit, columns: usize) -> Option<(Spot, u16)> {
    let weak = hit.strength == 1;
    layout
        .below(hit.spot, 2)
        .into_iter()
        .enumerate()
        .find_map(|(rank, segment)| {
            let words = (segment.start..segment.end).map(|index| Spot {
                line: segment.line,
                start: index,
                end: index + 1,
            });
            let free = |spot: &Spot| !is_claimed(hits, segment, *spot);
            // The first row of a table begins with 1.
            let long_enough = |spot: &Spot| columns >= 2 || digits_of(layout, *spot) >= 2;
            words
                .filter(|spot| is_number(layout, *spot, weak))
                .filter(|spot| layout.is_under(hit.spot, *spot))
                .filter(long_enough)
                .find(free)
                .map(|spot| whole(layout, hit, spot, segment.end))
                .map(|spot| (spot, if rank == 0 { 40 } else { 10 }))
        })
}

/// The only word of the column right below a heading that is nothing but `Invoice`: letters and digits, or many digits.
fn alone_below(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<Spot> {
    let heads = layout.segments(hit.spot.line).contains(&hit.spot);
    let first = layout.below(hit.spot, 1).into_iter().next()?;
    let spot = first_word_behind_sign(layout, first);
    let text = layout.text(spot);
    let digits = digits_of(layout, spot);
    let lettered = text.starts_with(|c: char| c.is_ascii_uppercase() || c == '#');
    let only = spot.end == first.end && heads && !is_claimed(hits, first, spot);
    (only && is_number(layout, spot, true) && (lettered || spot.start > first.start || digits >= 6))
        .then_some(spot)
}

/// `# 4711` without its sign, when it stands apart.
fn first_word_behind_sign(layout: &Layout, column: Spot) -> Spot {
    let signed = layout
        .tokens(column)
        .first()
        .is_some_and(|token| token.text == "#");
    let start = column.start + usize::from(signed && column.end - column.start > 1);
    Spot {
        start,
        end: start + 1,
        ..column
    }
}

/// The only number of the column above, where labels are set in small type below their values.
fn above(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<Spot> {
    layout.right_above(hit.spot).into_iter().find(|spot| {
        let length = spot.end - spot.start;
        let last = Spot {
            start: spot.end - 1,
            ..*spot
        };
        length <= 2
            && is_number(layout, last, false)
            && is_number(layout, *spot, true)
            && digits_of(layout, *spot) >= 3
            && !is_claimed(hits, Spot { start: 0, ..*spot }, *spot)
    })
}

/// Another label announces it: one in its column, or one further left that announces numbers. What begins the row far
/// away, a heading, a name or a sentence, does not.
fn is_claimed(hits: &[Hit], column: Spot, spot: Spot) -> bool {
    on_row(hits, spot.line).iter().any(|other| {
        let before = other.spot.end <= spot.start;
        let announces = matches!(
            other.label,
            Label::Number
                | Label::Order
                | Label::OtherNumber
                | Label::Reference
                | Label::VatId
                | Label::Iban
                | Label::Bic
        );
        before && (other.spot.start >= column.start || announces && other.strength > 1)
    })
}

/// Words between a label and its number that mean nothing: `Invoice ref no: 4711`.
const NUMBER_SIGNS: [&str; 9] = [
    "no", "nr", "n", "num", "number", "nummer", "numero", "ref", "id",
];

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

/// How many labels a row has.
fn labels_on(hits: &[Hit], row: usize) -> usize {
    let spots = on_row(hits, row).iter().map(|hit| hit.spot);
    let mut spots = spots.collect::<Vec<_>>();
    spots.dedup();
    spots.len()
}

fn contains_number(text: &str, number: &str) -> bool {
    let (text, number) = (squash(text), squash(number));
    number.chars().count() >= 4 && text.contains(&number)
}
