//! Sentences and lists: numbers of invoices and the amounts said of them, and what was paid in all.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use super::super::super::layout::{Layout, Spot, on_row};
use super::super::amounts::Amount;
use super::cells::currency_in;
use super::grid::{folded, is_new_paragraph};
use super::numbers;
use super::says::{About, has};
use super::sheet::{Role, role_of};
use super::{Draft, Row, Stated};
use crate::basics::currency::Currency;
use crate::basics::text::fold;

/// A discount is less than this part of what it is taken off; what is more is what is left.
const DISCOUNT_AT_MOST: i64 = 5;
/// Words of the label before an amount.
const MAX_LABEL_WORDS: usize = 6;

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
    line: usize,
    values: Vec<Value>,
}

/// What the sentences of a text say.
pub(super) fn read(layout: &Layout, amounts: &[Amount]) -> Draft {
    let mut draft = Draft::default();
    let mut paragraph = Vec::new();
    for line in 0..layout.lines.len() {
        if !paragraph.is_empty() && is_new_paragraph(layout, line) {
            resolve(layout, std::mem::take(&mut paragraph), &mut draft);
        }
        paragraph.extend(
            said_on(layout, line, amounts)
                .into_iter()
                .map(|said| (line, said)),
        );
    }
    resolve(layout, paragraph, &mut draft);
    draft
}

/// Amounts behind words that state a total, which may stand at the end of the row before, then those elsewhere on such a row.
pub(super) fn totals(layout: &Layout, amounts: &[Amount]) -> Vec<Stated> {
    let states = |text: &str| has(text, About::Total) && !has(text, About::Carried);
    let of_row = |line: usize| {
        let is_on_row = states(&folded(layout, line));
        let money = on_row(amounts, line).iter();
        money
            .filter(|amount| amount.is_money)
            .map(move |amount| (amount, is_on_row))
    };
    let rows = (0..layout.lines.len()).filter(|line| !on_row(amounts, *line).is_empty());
    let mut stated = Vec::new();
    for (amount, is_on_row) in rows.flat_map(of_row) {
        let is_called = states(&label_of(layout, amount, amounts));
        if let Some(value) = amount.readings.first().filter(|_| is_called || is_on_row) {
            let total = Stated {
                value: *value,
                source: layout.source(amount.spot),
                column: None,
            };
            stated.push((!is_called, total));
        }
    }
    stated.sort_by_key(|(is_later, _)| *is_later);
    stated.into_iter().map(|(_, total)| total).collect()
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
    let mut numbers = numbers::on_line(layout, line, &money);
    let last_amount = money.last().map_or(0, |amount| amount.spot.start);
    if numbers.iter().any(|named| named.is_called) {
        numbers.retain(|named| named.is_called);
    } else {
        // Without a word that calls it so, the first number before an amount is the one meant.
        numbers.retain(|named| named.at < last_amount);
        numbers.truncate(1);
    }
    let mut said = numbers
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

/// Puts the amounts of a paragraph to its numbers.
fn resolve(layout: &Layout, paragraph: Vec<(usize, Said)>, draft: &mut Draft) {
    let mut entries: Vec<Entry> = Vec::new();
    let mut leading: Vec<Value> = Vec::new();
    let mut order = Vec::new();
    let mut met = HashSet::new();
    for (line, said) in paragraph {
        match said {
            Said::Number { number, is_called } => {
                order.push(false);
                if met.insert(number.clone()) || !is_called {
                    entries.push(Entry {
                        number,
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
    pair_reversed(&mut entries, &mut leading, &order);
    share_listed(&mut entries, &mut leading);
    for value in leading {
        if value.is_total {
            draft.totals.push(Stated {
                value: value.value,
                source: layout.source(value.spot),
                column: None,
            });
        }
    }
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
/// amount it does not matter which stands first.
fn pair_reversed(entries: &mut [Entry], leading: &mut Vec<Value>, order: &[bool]) {
    let alternates = order.len() == entries.len() * 2
        && order
            .iter()
            .enumerate()
            .all(|(at, is_amount)| *is_amount == (at % 2 == 0));
    let last_is_bare = entries.last().is_some_and(|entry| entry.values.is_empty());
    if !(alternates && last_is_bare && leading.len() == 1) {
        return;
    }
    let mut before = leading.clone();
    for entry in entries.iter_mut() {
        let after = std::mem::replace(&mut entry.values, std::mem::take(&mut before));
        before = after;
    }
    leading.retain(|value| value.is_total);
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
    let plain = values.iter().map(|value| value.value).collect::<Vec<_>>();
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
