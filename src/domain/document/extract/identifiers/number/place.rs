//! Where the number of a label stands: right of it, below it, above it, a step lower.

use crate::domain::document::extract::identifiers::shape::{is_number, number_text, whole};
use crate::domain::document::labels::{self, Hit, Label};
use crate::domain::document::layout::{Layout, Spot, Token, on_row};
use crate::formats::date;

/// Words between a label and its number: `(please quote with every payment)`.
const MAX_BETWEEN: usize = 7;

/// Right of the label, else left of it, below it, above it. Nearness 60 beside, 40 left or below and aligned, 10 further, 0
/// above.
pub(super) fn number_near(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<(Spot, u16)> {
    let row = hit.spot.line;
    let tokens = layout.lines.get(row)?.tokens.len();
    let next = next_label(layout, hits, hit).unwrap_or(tokens);
    let columns = labels_on(hits, row);
    if let Some(part) = at_its_place(layout, hits, hit) {
        return is_number(layout, part, false).then_some((part, 60));
    }
    if let Some(found) = beside(layout, hits, hit, next, columns) {
        return Some(found);
    }
    if let Some(left) = labels::value_left(layout, hits, hit) {
        // `RE 2026 0815`: the letters of a series are no number by themselves.
        let mut words = (left.start..left.end).map(|start| Spot {
            start,
            end: start + 1,
            ..left
        });
        let has_number = words.any(|word| is_number(layout, word, false));
        return has_number.then_some((left, 40));
    }
    let weak = hit.strength == 1;
    let hung = above(layout, hits, hit).filter(|value| layout.hangs_under(hit.spot, *value));
    if let Some(value) = hung {
        return Some((value, 0));
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
    let below = below(layout, hits, hit, columns).or_else(|| begun(layout, hit, next));
    // A year below may be the end of the day beside.
    let is_long =
        |(spot, _): &(Spot, u16)| digits_of(layout, *spot) >= 3 && !is_a_year(&layout.text(*spot));
    let above = || {
        let above = above(layout, hits, hit).filter(|_| hit.strength >= 2);
        above.map(|spot| (spot, 0))
    };
    below
        .filter(is_long)
        .or_else(above)
        .or(below)
        .or_else(|| wrapped(layout, hit).map(|spot| (spot, 0)))
        .or_else(|| stepped(layout, hits, hit).map(|spot| (spot, 10)))
        .or_else(|| pointed(layout, hit).map(|spot| (spot, 10)))
}

/// The part at the place of its label, where strokes divide labels and values alike: `Customer no. / Your order  4711 / PO-77`.
fn at_its_place(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<Spot> {
    let columns = layout.segments(hit.spot.line);
    let is_own = |column: &Spot| column.start <= hit.spot.start && hit.spot.end <= column.end;
    let own = columns.iter().position(is_own)?;
    let (labels, values) = (*columns.get(own)?, *columns.get(own + 1)?);
    // The next column may be another label in two languages, with or without its value.
    let is_label = on_row(hits, hit.spot.line)
        .iter()
        .any(|other| values.start <= other.spot.start && other.spot.end <= values.end);
    if is_label || digits_of(layout, labels) > 0 || digits_of(layout, values) == 0 {
        return None;
    }
    let parts = |column: Spot| {
        let words = layout.tokens(column).iter().enumerate();
        let strokes = words.filter(|(_, word)| word.text == "/");
        let strokes = strokes.map(|(at, _)| column.start + at);
        let edges = strokes.chain(std::iter::once(column.end));
        let mut start = column.start;
        let part = |end: usize| {
            let part = Spot {
                start,
                end,
                ..column
            };
            start = end + 1;
            part
        };
        edges.map(part).collect::<Vec<_>>()
    };
    let (of_labels, of_values) = (parts(labels), parts(values));
    if of_labels.len() < 2 || of_labels.len() != of_values.len() {
        return None;
    }
    let at = of_labels
        .iter()
        .position(|part| part.start <= hit.spot.start && hit.spot.end <= part.end)?;
    of_values.get(at).copied()
}

/// Right of the label, up to the next one at `next`: or below it, where what stands right is part of something else.
fn beside(
    layout: &Layout,
    hits: &[Hit],
    hit: &Hit,
    next: usize,
    columns: usize,
) -> Option<(Spot, u16)> {
    let row = hit.spot.line;
    let tokens = layout.lines.get(row)?.tokens.len();
    let right = (hit.spot.end..next.min(hit.spot.end + MAX_BETWEEN)).map(|index| Spot {
        line: row,
        start: index,
        end: index + 1,
    });
    let weak = hit.strength == 1;
    let fits = |spot: &Spot| is_number(layout, *spot, weak);
    let column = layout.run(row, hit.spot.start, tokens);
    let begins = layout.segments(row);
    let begins = begins.iter().rfind(|own| own.start <= hit.spot.start);
    let begins = begins.copied().unwrap_or(hit.spot);
    let is_bare = |from: usize, to: usize| {
        let between = Spot {
            start: from,
            end: to,
            ..hit.spot
        };
        layout
            .tokens(between)
            .iter()
            .all(|word| word.key.is_empty())
    };
    let is_near =
        |spot: &Spot| !weak || spot.start < column.end || is_bare(hit.spot.end, spot.start);
    let spot = right.into_iter().find(fits).filter(is_near)?;
    let spot = whole(layout, hit, spot, next);
    // `6027 MW Molenbroek` in the next column is an address; the number stands below.
    let is_elsewhere = spot.start >= column.end && !fills_its_column(layout, spot);
    let cell = || {
        below(layout, hits, hit, columns).filter(|(cell, near)| {
            *near == 40
                && (layout.starts_level(hit.spot, *cell) || layout.starts_level(begins, *cell))
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
    Some((spot, if beside { 60 } else { 10 }))
}

/// The first word of the next row of a text, where the label ends a row that holds other labels.
fn wrapped(layout: &Layout, hit: &Hit) -> Option<Spot> {
    let first = layout.next_of_text(hit.spot)?;
    (hit.strength >= 2 && is_number(layout, first, true)).then_some(first)
}

/// `Invoice no.: 7546.01`: right behind a clear label even what looks like an amount is the number, where it has
/// no groups of thousands.
fn pointed(layout: &Layout, hit: &Hit) -> Option<Spot> {
    let tokens = layout.lines.get(hit.spot.line)?.tokens.len();
    let right = layout.right_of(hit.spot, tokens);
    let below = layout.below(hit.spot, 1);
    let columns = std::iter::once(right).chain(below);
    let mut firsts = columns.filter(|column| column.start < column.end && hit.strength >= 2);
    firsts.find_map(|column| {
        let spot = Spot {
            end: column.start + 1,
            ..column
        };
        let behind = Spot {
            start: spot.end,
            ..column
        };
        let is_all = column.end == spot.end || layout.text(behind).starts_with('/');
        (is_all && is_pointed(&number_text(&layout.text(spot)))).then_some(spot)
    })
}

/// `7546.01`: four digits or more without groups of thousands, a point and two digits.
fn is_pointed(text: &str) -> bool {
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let parts = text.split_once('.');
    parts.is_some_and(|(whole, cents)| {
        whole.len() >= 4 && cents.len() == 2 && is_digits(whole) && is_digits(cents)
    })
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

fn is_a_year(text: &str) -> bool {
    let year = text.parse::<u16>().ok().filter(|_| text.len() == 4);
    year.is_some_and(|year| (1990..2100).contains(&year))
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
            if let Some(groups) = groups_of(layout, hits, hit, segment) {
                return Some((groups, if rank == 0 { 40 } else { 10 }));
            }
            let words = (segment.start..segment.end).map(|index| Spot {
                line: segment.line,
                start: index,
                end: index + 1,
            });
            let free = |spot: &Spot| {
                let owned = hit.strength < 3 && other_labels_are_served(layout, hits, *spot);
                owned || !is_claimed(hits, segment, *spot)
            };
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

/// Its words are groups of digits, the letters of a series and strokes between them.
fn is_of_groups(layout: &Layout, spot: Spot) -> bool {
    let is_group = |word: &Token| {
        let digits = word.text.bytes().all(|b| b.is_ascii_digit());
        let series = word.text.len() <= 4 && word.text.bytes().all(|b| b.is_ascii_uppercase());
        digits || series || matches!(word.text.as_str(), "-" | "/")
    };
    let words = layout.tokens(spot);
    let is_day = !date::readings(&layout.text(spot)).is_empty();
    let are_tight = words
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if Layout::is_tight(a, b)));
    !is_day && are_tight && words.iter().all(is_group)
}

/// All of a column that holds nothing but the groups of one number, `KD 2026 04993`: set wider than its label, not every
/// group stands below it.
fn groups_of(layout: &Layout, hits: &[Hit], hit: &Hit, column: Spot) -> Option<Spot> {
    let words = layout.tokens(column);
    let is_group = |text: &str| {
        let digits = text.len() >= 2 && text.bytes().all(|b| b.is_ascii_digit());
        let series = text.len() <= 4 && text.bytes().all(|b| b.is_ascii_uppercase());
        digits || series || matches!(text, "-" | "/")
    };
    let is_tight = |pair: &[Token]| matches!(pair, [a, b] if Layout::is_tight(a, b));
    let ends = words
        .last()
        .is_some_and(|word| word.text.len() >= 3 && is_group(&word.text));
    let is_day = !date::readings(&layout.text(column)).is_empty();
    let is_one = (2..=4).contains(&words.len())
        && ends
        && words.iter().all(|word| is_group(&word.text))
        && words.windows(2).all(is_tight)
        && layout.is_aligned(hit.spot, column)
        && is_number(layout, column, false);
    // The letters of a series may be a label elsewhere: `FT - 87914`.
    let is_series =
        |other: &Hit| other.spot.start == column.start && other.spot.end == column.start + 1;
    let is_free = on_row(hits, column.line).iter().all(|other| {
        other.spot.end <= column.start || other.spot.start >= column.end || is_series(other)
    });
    (is_one && !is_day && is_free && hit.strength >= 2 && !is_claimed(hits, column, column))
        .then_some(column)
}

/// The only word of the column right below a heading that is nothing but `Invoice`: letters and digits, or many digits.
fn alone_below(layout: &Layout, hits: &[Hit], hit: &Hit) -> Option<Spot> {
    let columns = layout.segments(hit.spot.line);
    let heads = columns.iter().any(|column| {
        let rest = Spot {
            start: hit.spot.end.min(column.end),
            ..*column
        };
        column.start == hit.spot.start && layout.tokens(rest).iter().all(|word| word.key.is_empty())
    });
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
        let is_grouped = || length <= 4 && is_of_groups(layout, *spot);
        (length <= 2 || is_grouped())
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

/// `HST no. 812345678     SI107556`: every label further left on the row has its own number in its own column.
fn other_labels_are_served(layout: &Layout, hits: &[Hit], spot: Spot) -> bool {
    let columns = layout.segments(spot.line);
    let labels = on_row(hits, spot.line).iter();
    let mut before = labels.filter(|other| other.spot.end <= spot.start);
    before.all(|other| {
        let own = columns.iter().find(|own| own.end > other.spot.start);
        own.is_some_and(|own| {
            let rest = Spot {
                start: other.spot.end,
                ..*own
            };
            own.end <= spot.start && digits_of(layout, rest) >= 3
        })
    })
}

/// Words between a label and its number that mean nothing: `Invoice ref no: 4711`.
const NUMBER_SIGNS: [&str; 9] = [
    "no", "nr", "n", "num", "number", "nummer", "numero", "ref", "id",
];

/// The letters of a series alone beside the label, at the end of a narrow column: `INV-` above `4711`.
fn begun(layout: &Layout, hit: &Hit, next: usize) -> Option<(Spot, u16)> {
    let right = layout.right_of(hit.spot, next);
    let text = layout.text(right);
    let series = text.strip_suffix(['-', '/'])?;
    let is_series =
        (1..=6).contains(&series.len()) && series.bytes().all(|b| b.is_ascii_uppercase());
    (hit.strength == 3 && is_series && right.end == right.start + 1).then_some((right, 40))
}

/// How many labels a row has.
fn labels_on(hits: &[Hit], row: usize) -> usize {
    let spots = on_row(hits, row).iter().map(|hit| hit.spot);
    let mut spots = spots.collect::<Vec<_>>();
    spots.dedup();
    spots.len()
}
