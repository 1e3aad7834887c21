//! Sentences and lists: numbers of invoices and the amounts said of them, and what was paid in all.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::super::super::layout::{Layout, Spot, on_row};
use super::super::amounts::Amount;
use super::cells::currency_in;
use super::numbers::{self, Named, is_alike};
use super::rows::{folded, is_new_paragraph};
use super::says::{About, has};
use super::sheet::{Role, role_of};
use super::{Draft, Row, Stated};
use crate::basics::currency::Currency;
use crate::basics::text::fold;

/// A discount is less than this part of what it is taken off; what is more is what is left.
const DISCOUNT_AT_MOST: i64 = 5;
/// Words of the label before an amount.
const MAX_LABEL_WORDS: usize = 6;
/// Words from a number of another make to its amount: `and RE/77 over EUR 300.00`.
const MAX_WORDS_TO_AMOUNT: usize = 3;

/// A number or an amount, in the order of the text.
#[derive(Clone, PartialEq, Debug)]
enum Said {
    Number { number: String, is_called: bool },
    Amount(Value),
}

/// One amount and what the words before it say.
#[derive(Clone, PartialEq, Debug)]
struct Value {
    value: Decimal,
    line: usize,
    spot: Spot,
    role: Role,
    is_total: bool,
}

/// A number and the amounts said of it.
#[derive(Clone, PartialEq, Debug)]
struct Entry {
    number: String,
    is_called: bool,
    line: usize,
    values: Vec<Value>,
}

/// What the sentences of a text say, and where the amounts of single invoices stand when there are several.
pub(super) fn read(layout: &Layout, amounts: &[Amount]) -> (Draft, Vec<Spot>) {
    let mut draft = Draft::default();
    let mut of_invoices = Vec::new();
    let mut paragraph = Vec::new();
    for line in 0..layout.lines.len() {
        if !paragraph.is_empty() && is_new_paragraph(layout, line) {
            let said = std::mem::take(&mut paragraph);
            of_invoices.extend(resolve(layout, said, &mut draft));
        }
        paragraph.extend(
            said_on(layout, line, amounts)
                .into_iter()
                .map(|said| (line, said)),
        );
    }
    of_invoices.extend(resolve(layout, paragraph, &mut draft));
    if draft.rows.len() < 2 {
        // Of a single invoice the amount may be the total as well.
        of_invoices.clear();
    }
    (draft, of_invoices)
}

/// Amounts behind words that state a total, which may stand at the end of the row before, then those elsewhere on such a row,
/// with their places.
pub(super) fn totals(layout: &Layout, amounts: &[Amount]) -> Vec<(Spot, Stated)> {
    let states = |text: &str| has(text, About::Total) && !has(text, About::Carried);
    let of_row = |line: usize| {
        let own = said_of_numbers(layout, line, amounts);
        let is_on_row = own.is_none() && states(&folded(layout, line));
        let money = on_row(amounts, line).iter();
        let money = money.filter(|amount| amount.is_money);
        money.map(move |amount| {
            let is_called = match &own {
                Some(own) => own.contains(&amount.spot),
                None => states(&label_of(layout, amount, amounts)),
            };
            (amount, is_called, is_on_row)
        })
    };
    let rows = (0..layout.lines.len()).filter(|line| !on_row(amounts, *line).is_empty());
    let mut stated = Vec::new();
    for (amount, is_called, is_on_row) in rows.flat_map(of_row) {
        if let Some(value) = amount.readings.first().filter(|_| is_called || is_on_row) {
            let total = Stated {
                value: *value,
                source: layout.source(amount.spot),
                column: None,
            };
            stated.push((!is_called, amount.spot, total));
        }
    }
    stated.sort_by_key(|(is_later, ..)| *is_later);
    let stated = stated.into_iter();
    stated.map(|(_, spot, total)| (spot, total)).collect()
}

/// In a sentence of several amounts that names invoices an amount belongs to the number before it: the places of those whose
/// own words call them the total.
fn said_of_numbers(layout: &Layout, line: usize, amounts: &[Amount]) -> Option<Vec<Spot>> {
    if !is_sentence(layout, line) {
        return None;
    }
    let said = said_on(layout, line, amounts);
    let values = said.iter().filter_map(|said| match said {
        Said::Amount(value) => Some(value),
        Said::Number { .. } => None,
    });
    let values = values.collect::<Vec<_>>();
    let totals = values.iter().filter(|value| value.is_total);
    let totals = totals.map(|value| value.spot).collect();
    (values.len() > 1 && values.len() < said.len()).then_some(totals)
}

/// The words before an amount, back to the amount before it.
fn label_of(layout: &Layout, amount: &Amount, amounts: &[Amount]) -> String {
    let line = amount.spot.line;
    let ends = |line: usize, before: usize| {
        let mut ends = on_row(amounts, line).iter().map(|other| other.spot.end);
        ends.rfind(|end| *end <= before)
    };
    let text = |line: usize, start: usize, end: usize| layout.text(Spot { line, start, end });
    let start = ends(line, amount.spot.start);
    let here = text(line, start.unwrap_or(0), amount.spot.start);
    // Only a sentence goes on in the next row; headings above a column say nothing of its first amount.
    let above = line.checked_sub(1).filter(|above| {
        let is_sentence = layout.is_text() && layout.segments(*above).len() == 1;
        is_sentence && start.is_none() && !is_new_paragraph(layout, above + 1)
    });
    let above = above.map_or(String::new(), |above| {
        let end = layout.lines.get(above).map_or(0, |own| own.tokens.len());
        text(above, ends(above, end).unwrap_or(0), end)
    });
    let words = fold(&format!("{above} {here}"));
    let words = words.split(' ').collect::<Vec<_>>();
    let from = words.len().saturating_sub(MAX_LABEL_WORDS);
    words.get(from..).unwrap_or_default().join(" ")
}

/// Numbers and amounts of one row, in their order.
fn said_on(layout: &Layout, line: usize, amounts: &[Amount]) -> Vec<Said> {
    let money = on_row(amounts, line)
        .iter()
        .filter(|amount| amount.is_money)
        .collect::<Vec<_>>();
    let numbers = numbers::on_line(layout, line, &money);
    let mut said = meant(layout, line, numbers, &money)
        .into_iter()
        .map(|named| {
            let is_called = named.is_called;
            let number = named.number;
            (named.at, Said::Number { number, is_called })
        })
        .collect::<Vec<_>>();
    let mut label_from = 0;
    for amount in money {
        let spot = amount.spot;
        let start = said
            .iter()
            .filter(|(at, _)| *at < spot.start)
            .map(|(at, _)| at + 1)
            .fold(label_from, usize::max);
        let label = fold(&layout.text(Spot {
            line,
            start,
            end: spot.start,
        }));
        if let Some(value) = amount.readings.first() {
            said.push((spot.start, Said::Amount(valued(*value, spot, &label))));
        }
        label_from = spot.end;
    }
    said.sort_by_key(|(at, _)| *at);
    said.into_iter().map(|(_, said)| said).collect()
}

/// Which numbers of a row are meant: those called so, else the first before an amount. A sentence goes on to the next one
/// behind an amount, `NL-1001: 1190.00 and NL-1002: 300.00`: a number of the same make, or one right before an amount.
fn meant(layout: &Layout, line: usize, numbers: Vec<Named>, amounts: &[&Amount]) -> Vec<Named> {
    let any_called = numbers.iter().any(|named| named.is_called);
    let is_sentence = is_sentence(layout, line);
    let mut kept: Vec<Named> = Vec::new();
    let mut rest = numbers.into_iter().peekable();
    for before in amounts.iter().map(Some).chain([None]) {
        let end = before.map_or(usize::MAX, |amount| amount.spot.start);
        let mut between = Vec::new();
        while let Some(named) = rest.next_if(|named| named.at < end) {
            between.push(named);
        }
        if between.iter().any(|named| named.is_called) {
            kept.extend(between.into_iter().filter(|named| named.is_called));
        } else if kept.is_empty() {
            let first = between.into_iter().next();
            kept.extend(first.filter(|_| !any_called && before.is_some()));
        } else if is_sentence && (before.is_some() || !any_called) {
            let like = between
                .iter()
                .position(|named| kept.iter().any(|own| is_alike(&own.number, &named.number)));
            let is_near = |named: &Named| {
                before.is_some() && !any_called && end - named.at <= MAX_WORDS_TO_AMOUNT
            };
            let near = || between.last().filter(|named| is_near(named)).cloned();
            let next = like.and_then(|at| between.get(at).cloned()).or_else(near);
            kept.extend(next);
        }
    }
    kept
}

/// Words without the gaps of columns between them.
fn is_sentence(layout: &Layout, line: usize) -> bool {
    layout.segments(line).len() == 1
}

fn valued(value: Decimal, spot: Spot, label: &str) -> Value {
    let words = label.split(' ').filter(|word| !word.is_empty());
    let words = words.collect::<Vec<_>>();
    let from = words.len().saturating_sub(MAX_LABEL_WORDS);
    let near = words.get(from..).unwrap_or_default().join(" ");
    Value {
        value,
        line: spot.line,
        spot,
        role: role_of(near.trim_end_matches([':', '='])),
        is_total: has(label, About::Total) && !has(label, About::Carried),
    }
}

/// The numbers of a paragraph with the amounts behind them, the other amounts, and of both in their order which are amounts.
fn gathered(paragraph: Vec<(usize, Said)>) -> (Vec<Entry>, Vec<Value>, Vec<bool>) {
    let mut entries: Vec<Entry> = Vec::new();
    let mut leading: Vec<Value> = Vec::new();
    let mut order = Vec::new();
    let mut met = HashSet::new();
    for (line, said) in paragraph {
        match said {
            Said::Number { number, is_called } => {
                // The row began above with the invoice; the number beside its amount is the payer's own.
                let goes_on = entries.last().is_some_and(|begun| {
                    begun.is_called
                        && !is_called
                        && begun.line + 1 == line
                        && begun.values.is_empty()
                        && !is_alike(&begun.number, &number)
                });
                if goes_on {
                    continue;
                }
                order.push(false);
                if met.insert(number.clone()) || !is_called {
                    entries.push(Entry {
                        number,
                        is_called,
                        line,
                        values: Vec::new(),
                    });
                }
            }
            Said::Amount(value) => {
                order.push(true);
                match entries.last_mut() {
                    Some(entry) if !value.is_total && belongs(entry, &value) => {
                        entry.values.push(value);
                    }
                    _ => leading.push(value),
                }
            }
        }
    }
    (entries, leading, order)
}

/// Puts the amounts of a paragraph to its numbers; gives back where the amounts of the numbers stand.
fn resolve(layout: &Layout, paragraph: Vec<(usize, Said)>, draft: &mut Draft) -> Vec<Spot> {
    let (mut entries, mut leading, order) = gathered(paragraph);
    pair_reversed(&mut entries, &mut leading, &order);
    share_listed(&mut entries, &mut leading);
    let paid = entries
        .iter()
        .filter_map(|entry| paid_of(&entry.values, false));
    let sum = paid.fold(Decimal::ZERO, |sum, (paid, _)| sum.saturating_add(paid));
    for value in leading {
        // `We sent 1,490.00 for NL-1001 (1,190.00) and NL-1002 (300.00)`: the sum of the others is the total.
        if value.is_total || entries.len() > 1 && value.value == sum {
            draft.totals.push(Stated {
                value: value.value,
                source: layout.source(value.spot),
                column: None,
            });
        }
    }
    let spots = entries.iter().flat_map(|entry| &entry.values);
    let spots = spots.map(|value| value.spot).collect();
    let mut kept = draft.rows.iter().cloned().collect::<HashSet<_>>();
    let mut rows = HashMap::new();
    for entry in entries {
        let mut facts = |value: &Value| -> RowFacts {
            let facts = rows.entry(value.line);
            *facts.or_insert_with(|| RowFacts::of(layout, value.line))
        };
        let currency = entry.values.iter().find_map(|value| facts(value).currency);
        let is_reduced = entry.values.iter().any(|value| facts(value).is_reduced);
        match paid_of(&entry.values, is_reduced) {
            Some((paid, discount)) => {
                let row = Row {
                    number: entry.number,
                    paid,
                    discount,
                    currency,
                };
                if kept.insert(row.clone()) {
                    draft.rows.push(row);
                }
            }
            None => draft.unpriced.push(entry.number),
        }
    }
    spots
}

/// What a row says besides its numbers and amounts.
#[derive(Clone, Copy)]
struct RowFacts {
    currency: Option<Currency>,
    /// It speaks of a discount.
    is_reduced: bool,
}

impl RowFacts {
    fn of(layout: &Layout, line: usize) -> Self {
        let words = folded(layout, line);
        Self {
            currency: currency_at(layout, line),
            is_reduced: words.split(' ').any(|word| role_of(word) == Role::Discount),
        }
    }
}

/// The first currency named anywhere.
pub(super) fn currency(layout: &Layout) -> Option<Currency> {
    (0..layout.lines.len()).find_map(|line| currency_at(layout, line))
}

fn currency_at(layout: &Layout, line: usize) -> Option<Currency> {
    let end = layout.lines.get(line).map_or(0, |own| own.tokens.len());
    currency_in(&layout.text(Spot {
        line,
        start: 0,
        end,
    }))
}

/// An amount is said of the number before it: on the same row, or the first one after a line end, or with a label of its
/// own, `Net: 980.00`.
fn belongs(entry: &Entry, value: &Value) -> bool {
    let has_own_row = entry.values.iter().any(|own| own.line == entry.line);
    value.line == entry.line || !has_own_row && (entry.values.is_empty() || value.role.is_amount())
}

/// `595.00 for invoice 4711 and 1,190.00 for invoice 4712`: the amount stands first. With a single number and a single
/// amount it does not matter which stands first. The total may stand behind them.
fn pair_reversed(entries: &mut [Entry], leading: &mut Vec<Value>, order: &[bool]) {
    let (order, total) = match (order, leading.last()) {
        ([pairs @ .., true], Some(last)) if pairs.len() % 2 == 0 && last.is_total => {
            (pairs, leading.pop())
        }
        (all, _) => (all, None),
    };
    let alternates = order.len() == entries.len() * 2
        && order
            .iter()
            .enumerate()
            .all(|(at, is_amount)| *is_amount == (at % 2 == 0));
    let last_is_bare = entries.last().is_some_and(|entry| entry.values.is_empty());
    if !(alternates && last_is_bare && leading.len() == 1) {
        leading.extend(total);
        return;
    }
    let mut before = std::mem::take(leading);
    for entry in entries.iter_mut() {
        let after = std::mem::replace(&mut entry.values, std::mem::take(&mut before));
        before = after;
    }
    leading.extend(total);
}

/// One amount behind several numbers is the sum of them; said of no single one.
fn share_listed(entries: &mut Vec<Entry>, leading: &mut Vec<Value>) {
    let listed = |entries: &[Entry], at: usize| {
        let before = at.checked_sub(1).and_then(|before| entries.get(before));
        before.is_some_and(|before| before.values.is_empty())
    };
    for at in 0..entries.len() {
        if listed(entries, at)
            && let Some(entry) = entries.get_mut(at)
            && !entry.values.is_empty()
        {
            let shared = std::mem::take(&mut entry.values);
            leading.extend(shared.into_iter().map(|value| Value {
                is_total: true,
                ..value
            }));
        }
    }
    if let ([only], [value]) = (entries.as_mut_slice(), leading.as_slice())
        && only.values.is_empty()
    {
        only.values.push(value.clone());
    }
}

/// What was paid of the amounts said of one invoice, and the discount taken: by their labels, else the last one, or what is
/// left where a discount is said.
fn paid_of(values: &[Value], is_reduced: bool) -> Option<(Decimal, Option<Decimal>)> {
    let of = |role: Role| values.iter().find(|value| value.role == role);
    let discount = of(Role::Discount).map(|value| value.value.abs());
    let discount = discount.filter(|value| !value.is_zero());
    if let Some(paid) = of(Role::Paid).or(of(Role::Net)) {
        return Some((paid.value, discount));
    }
    // What stays open was not paid.
    let said = values.iter().filter(|value| value.role != Role::Open);
    let plain = said.map(|value| value.value).collect::<Vec<_>>();
    match plain.as_slice() {
        [] => None,
        [only] => Some((*only, None)),
        [gross, taken, paid] if gross.saturating_sub(taken.abs()) == *paid => {
            Some((*paid, Some(taken.abs()).filter(|taken| !taken.is_zero())))
        }
        [gross, second] if is_reduced => {
            let is_taken =
                second.abs().saturating_mul(Decimal::from(DISCOUNT_AT_MOST)) < gross.abs();
            let rest = gross.saturating_sub(second.abs());
            Some(if is_taken {
                (rest, Some(second.abs()))
            } else {
                (*second, Some(rest))
            })
        }
        [.., last] => Some((*last, discount)),
    }
}
