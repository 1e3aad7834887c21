//! Dates on a page: by their labels, with the order of day and month decided by agreement (DOMAIN 3.3).

mod printed;
mod paired;
mod order;
mod terms;

pub use order::{Order, Origin, order};
pub use printed::{Printed, find};

use super::super::labels::{self, Hit, Label};
use super::super::layout::{Layout, Spot, on_row};
use crate::basics::calendar::{Date, days_between};

/// Due dates later than this after the issue are a misreading (DOMAIN 3.3).
const MAX_TERM_DAYS: i32 = 180;
/// Per mille for a due date that does not fit the issue date.
const IMPLAUSIBLE: u16 = 500;

/// A chosen date.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// The day.
    pub value: Date,
    /// Where it stands.
    pub spot: Spot,
    /// Per mille.
    pub confidence: u16,
}

/// One day out of the readings, and whether that is certain.
fn settle(printed: &Printed, order: Order, shown: bool) -> Option<(Date, bool)> {
    match (printed.readings.as_slice(), order) {
        ([only], _) => Some((*only, true)),
        ([day_first, ..], Order::DayFirst) => Some((*day_first, shown)),
        ([_, month_first, ..], Order::MonthFirst) => Some((*month_first, shown)),
        ([first, ..], Order::Unknown) => Some((*first, false)),
        _ => None,
    }
}

/// The issue date and the due date.
pub fn issue_and_due(
    layout: &Layout,
    hits: &[Hit],
    dates: &[Printed],
    origin: &Origin<'_>,
) -> (Option<Chosen>, Option<Chosen>) {
    let (order, shown) = order(layout, hits, dates, origin);
    let unlabelled = unlabelled(layout, hits, dates, order, shown);
    let issue = labelled(layout, hits, dates, Label::IssueDate, order, shown)
        .filter(|named| unlabelled.is_none_or(|other| other.confidence <= named.confidence))
        .or(unlabelled);
    let is_after_issue = |due: &Chosen| {
        issue.is_none_or(|issue| {
            let term = days_between(issue.value, due.value);
            (0..=MAX_TERM_DAYS).contains(&term)
        })
    };
    let named = labelled(layout, hits, dates, Label::DueDate, order, shown);
    // Both labelled and half a year or more apart, or the wrong way round: either may be misread.
    let is_odd = named.is_some_and(|due| !is_after_issue(&due));
    let settle = |printed: &Printed| settle(printed, order, shown);
    let unnamed = dates
        .iter()
        .filter(|day| !is_of_another_day(layout, hits, dates, day));
    let unnamed = unnamed.cloned().collect::<Vec<_>>();
    let due = named
        .filter(is_after_issue)
        .or_else(|| terms::in_a_sentence(layout, &unnamed, settle).filter(is_after_issue))
        .or_else(|| issue.and_then(|issue| terms::computed(layout, &issue)))
        // Before the issue or half a year behind it: perhaps misread, perhaps so.
        .or(named.map(|due| Chosen {
            confidence: due.confidence.min(IMPLAUSIBLE),
            ..due
        }));
    let issue = issue.map(|issue| Chosen {
        confidence: if is_odd {
            issue.confidence.min(IMPLAUSIBLE)
        } else {
            issue.confidence
        },
        ..issue
    });
    (issue, due)
}

/// A label right before it in its column, or at its place before the stroke, says that it is another day than the one to pay by.
fn is_of_another_day(layout: &Layout, hits: &[Hit], dates: &[Printed], day: &Printed) -> bool {
    on_row(hits, day.spot.line).iter().any(|hit| {
        let is_other = matches!(hit.label, Label::IssueDate | Label::OtherDate);
        let paired = paired::at_its_place(layout, dates, hit).flatten();
        if is_other && paired.is_some_and(|own| own.spot == day.spot) {
            return true;
        }
        let between = Spot {
            start: hit.spot.end,
            end: day.spot.start,
            ..day.spot
        };
        let is_before = hit.spot.end <= day.spot.start;
        is_other
            && hit.strength > 1
            && is_before
            && labels::leads_its_column(layout, hits, hit)
            && layout
                .tokens(between)
                .iter()
                .all(|word| word.key.is_empty())
    })
}

fn labelled(
    layout: &Layout,
    hits: &[Hit],
    dates: &[Printed],
    label: Label,
    order: Order,
    shown: bool,
) -> Option<Chosen> {
    let mut best: Option<(u16, Chosen)> = None;
    let mut rival = false;
    for hit in hits.iter().filter(|hit| hit.label == label) {
        let Some((printed, nearness)) = value_of(layout, hits, dates, hit) else {
            continue;
        };
        let Some((value, certain)) = settle(printed, order, shown) else {
            continue;
        };
        let certain = certain && !is_year_first(&layout.text(printed.spot));
        // A label in the middle of a sentence is talk about a date.
        let leads = labels::leads_its_column(layout, hits, hit);
        let is_listed =
            label == Label::IssueDate && is_of_a_list(layout, hits, dates, hit, printed);
        let strength = if leads && !is_listed { hit.strength } else { 1 };
        let score = strength * 100 + nearness;
        // The day until which a discount is given is no due date, whatever its label says.
        let is_early = label == Label::DueDate
            && printed.spot.line == hit.spot.line
            && terms::has_discount(layout, printed.spot, hit.spot);
        if is_early {
            continue;
        }
        let confidence = match (strength, certain, nearness) {
            _ if is_listed => LISTED,
            (3, true, 40..) => 970,
            (3, true, _) => 930,
            (2, true, 40..) => 920,
            (2, true, _) => 860,
            (_, false, _) => 700,
            _ => 600,
        };
        let chosen = Chosen {
            value,
            spot: printed.spot,
            confidence,
        };
        match &best {
            Some((top, other)) if *top >= score => rival |= *top == score && other.value != value,
            _ => {
                rival = best
                    .as_ref()
                    .is_some_and(|(top, other)| *top == score && other.value != value);
                best = Some((score, chosen));
            }
        }
    }
    best.map(|(_, chosen)| {
        if rival {
            Chosen {
                confidence: chosen.confidence.min(650),
                ..chosen
            }
        } else {
            chosen
        }
    })
}

/// Per mille for the first day of a list, of a night, a trip, a piece of work: any day that stands by itself is likelier.
const LISTED: u16 = 350;
/// Rows below a day in which the next day of a list stands.
const LIST_ROWS: usize = 2;

/// A bare `Date` heads a column of the table of items, or several days stand below it with no label between them.
fn is_of_a_list(
    layout: &Layout,
    hits: &[Hit],
    dates: &[Printed],
    hit: &Hit,
    printed: &Printed,
) -> bool {
    if hit.strength > 2 || printed.spot.line <= hit.spot.line {
        return false;
    }
    let columns = on_row(hits, hit.spot.line).iter();
    let columns = columns.filter(|other| other.label == Label::Column).count();
    let from = printed.spot.line + 1;
    let is_label = |line: usize| {
        on_row(hits, line)
            .iter()
            .any(|other| layout.starts_level(other.spot, printed.spot))
    };
    let rows = (from..from + LIST_ROWS).take_while(|line| !is_label(*line));
    let mut below = rows.flat_map(|line| on_row(dates, line));
    columns >= 2 || below.any(|other| layout.starts_level(other.spot, printed.spot))
}

/// `26-11-20`: the year may stand first, and would be the later one.
fn is_year_first(text: &str) -> bool {
    let groups = text.trim_end_matches([',', ';', '.']).split('-');
    let groups = groups.map(|group| group.parse::<u8>().ok().filter(|_| group.len() == 2));
    match groups.collect::<Vec<_>>().as_slice() {
        [Some(first), Some(month), Some(last)] => {
            first > last && (1..=12).contains(month) && (1..=31).contains(last)
        }
        _ => false,
    }
}

/// The date right of a label, else the one left of it or below it; nearness 60 right beside, 40 left or below and aligned, 0
/// further.
fn value_of<'d>(
    layout: &Layout,
    hits: &[Hit],
    dates: &'d [Printed],
    hit: &Hit,
) -> Option<(&'d Printed, u16)> {
    if let Some(paired) = paired::at_its_place(layout, dates, hit) {
        return paired.map(|printed| (printed, 60));
    }
    let next = on_row(hits, hit.spot.line)
        .iter()
        .filter(|other| other.spot.start >= hit.spot.end)
        .filter(|other| !labels::continues(hit, other) && !shares_its_day(layout, hit, other))
        .map(|h| h.spot.start)
        .min()
        .unwrap_or(usize::MAX);
    let right = on_row(dates, hit.spot.line)
        .iter()
        .find(|d| d.spot.start >= hit.spot.end && d.spot.start < next);
    if let Some(printed) = right {
        let words_between = printed.spot.start - hit.spot.end;
        return Some((printed, if words_between <= 1 { 60 } else { 0 }));
    }
    if let Some(left) = labels::value_left(layout, hits, hit) {
        let mut own = on_row(dates, left.line).iter();
        return own.find(|d| d.spot == left).map(|d| (d, 40));
    }
    let hung = above(layout, hits, dates, hit)
        .filter(|(printed, _)| layout.hangs_under(hit.spot, printed.spot));
    let next = layout.next_of_text(hit.spot);
    let wrapped = next.and_then(|next| {
        let mut own = on_row(dates, next.line).iter();
        own.find(|d| d.spot.start == next.start)
    });
    let wrapped = wrapped.filter(|_| hit.strength >= 2).map(|d| (d, 0));
    if let Some(found) = hung.or(wrapped) {
        return Some(found);
    }
    let below = layout.below(hit.spot, 2).into_iter().enumerate();
    let mut below = below.filter_map(|(rank, segment)| {
        // `Vence:` above `Fecha: 27/01/2026`: the day is the other label's.
        let is_claimed = |d: &Printed| {
            on_row(hits, segment.line).iter().any(|other| {
                let is_day = matches!(
                    other.label,
                    Label::IssueDate | Label::DueDate | Label::OtherDate
                );
                is_day && other.spot.start >= segment.start && other.spot.end <= d.spot.start
            })
        };
        let inside = |d: &&Printed| {
            d.spot.start >= segment.start
                && d.spot.end <= segment.end
                && !is_claimed(d)
                && (layout.is_under(hit.spot, d.spot) || is_behind_stroke(layout, d.spot))
        };
        on_row(dates, segment.line)
            .iter()
            .find(inside)
            .map(|printed| (printed, if rank == 0 { 40 } else { 0 }))
    });
    below
        .next()
        .or_else(|| above(layout, hits, dates, hit))
        .or_else(|| stepped(layout, hits, dates, hit))
}

/// The date at the right end of the next row, typed a little lower than the label of its box, on a row without labels.
fn stepped<'d>(
    layout: &Layout,
    hits: &[Hit],
    dates: &'d [Printed],
    hit: &Hit,
) -> Option<(&'d Printed, u16)> {
    let ends_row = layout.segments(hit.spot.line).last().copied() == Some(hit.spot);
    let printed = on_row(dates, hit.spot.line + 1).last()?;
    let is_free = on_row(hits, hit.spot.line + 1).is_empty();
    (ends_row && is_free && layout.steps_to(hit.spot, printed.spot)).then_some((printed, 0))
}

/// `4711 / 20.05.2026` below `Invoice no./Date`.
fn is_behind_stroke(layout: &Layout, spot: Spot) -> bool {
    let before = Spot {
        start: spot.start.saturating_sub(1),
        end: spot.start,
        ..spot
    };
    layout.text(before) == "/"
}

/// `Invoice date / Delivery date 9 February 2026`: two labels of one day.
fn shares_its_day(layout: &Layout, hit: &Hit, other: &Hit) -> bool {
    let between = Spot {
        start: hit.spot.end,
        end: other.spot.start.max(hit.spot.end),
        ..hit.spot
    };
    matches!(other.label, Label::IssueDate | Label::OtherDate) && layout.text(between) == "/"
}

/// The date right above, where labels are set in small type below their values: no label stands on its row before it.
fn above<'d>(
    layout: &Layout,
    hits: &[Hit],
    dates: &'d [Printed],
    hit: &Hit,
) -> Option<(&'d Printed, u16)> {
    layout.right_above(hit.spot).into_iter().find_map(|column| {
        let is_claimed = on_row(hits, column.line)
            .iter()
            .any(|other| other.spot.start <= column.start && other.spot.end > column.start);
        let mut own = on_row(dates, column.line).iter();
        let found = own.find(|printed| printed.spot == column)?;
        (!is_claimed).then_some((found, 0))
    })
}

/// Without a label: the only day of the upper part of the first page that no other label claims.
fn unlabelled(
    layout: &Layout,
    hits: &[Hit],
    dates: &[Printed],
    order: Order,
    shown: bool,
) -> Option<Chosen> {
    let claimed = |d: &Printed| {
        let before = Spot {
            start: d.spot.start.saturating_sub(2),
            end: d.spot.start,
            ..d.spot
        };
        let mut words = layout.tokens(before).iter();
        words.any(|word| UNTIL.contains(&word.key.as_str()))
            || on_row(hits, d.spot.line).iter().any(|hit| {
                matches!(hit.label, Label::OtherDate | Label::DueDate)
                    && hit.spot.end <= d.spot.start
            })
    };
    let within = |per_mille: u32| {
        let found = dates
            .iter()
            .filter(|d| layout.depth_per_mille(d.spot.line) < per_mille && !claimed(d));
        found.collect::<Vec<_>>()
    };
    // A till prints the day at the end.
    let upper = Some(within(500)).filter(|upper| !upper.is_empty());
    let in_foot = upper.is_none();
    let upper = upper.unwrap_or_else(|| within(1000));
    // The day of a letter stands by itself, perhaps behind the town.
    let by_itself = |d: &&&Printed| {
        let segment = layout.run(d.spot.line, d.spot.start, usize::MAX);
        let town = d.spot.start.checked_sub(1).map(|start| Spot {
            start,
            end: d.spot.start,
            ..d.spot
        });
        let behind_town = town
            .is_none_or(|town| layout.text(town).ends_with([',', ':']) || is_apart(layout, d.spot));
        segment.end == d.spot.end && behind_town
    };
    let first = upper.iter().find(by_itself).or(upper.first())?;
    let (value, certain) = settle(first, order, shown)?;
    let alone = upper.iter().all(|other| other.readings == first.readings);
    let confidence = match (alone, certain) {
        (_, true) if in_foot => 450,
        (true, true) => 750,
        (false, true) => 500,
        _ => 400,
    };
    Some(Chosen {
        value,
        spot: first.spot,
        confidence,
    })
}

/// Before a day up to which something holds or is to be done, folded.
const UNTIL: [&str; 15] = [
    "bis",
    "spatestens",
    "until",
    "before",
    "by",
    "avant",
    "jusqu'au",
    "hasta",
    "antes",
    "entro",
    "fino",
    "voor",
    "tot",
    "uiterlijk",
    "zum",
];

/// A wide gap stands before it.
fn is_apart(layout: &Layout, spot: Spot) -> bool {
    layout
        .segments(spot.line)
        .iter()
        .any(|segment| segment.start == spot.start)
}

#[cfg(test)]
mod tests;
